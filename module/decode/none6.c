// SPDX-License-Identifier: GPL-2.0
/* A kernel without IPv6 has none of these functions, and their rows are absent. */
#include "decode/decode.h"
#include "decode/setting.h"

#define RP_ROW_NONE(fn, _group, _kind)					\
	const struct rp_row rp_row_##fn = {				\
		.symbol	= #fn,						\
		.group	= RP_GROUP_##_group,				\
		.kind	= RP_KIND_##_kind,				\
		.use	= "nothing: this kernel has no IPv6",		\
	}

RP_ROW_NONE(ip6_route_output_flags, OUTPUT, OUTPUT);
RP_ROW_NONE(ip6_dst_lookup_flow, OUTPUT, OUTPUT_FLOW);
RP_ROW_NONE(fib6_rule_lookup, INPUT, INPUT);
RP_ROW_NONE(ip6_forward, INPUT, FORWARD);
RP_ROW_NONE(fib6_table_lookup, LOOKUP, LOOKUP);
RP_ROW_NONE(fib6_rule_action, LOOKUP, RULE);
RP_ROW_NONE(fib6_rule_suppress, LOOKUP, SUPPRESS);
RP_ROW_NONE(fib6_add, CHANGE, EVENT);
RP_ROW_NONE(fib6_del, CHANGE, EVENT);
RP_ROW_NONE(ip6_route_add, CHANGE, CHANGE);
RP_ROW_NONE(ip6_route_del, CHANGE, CHANGE);
RP_ROW_NONE(addrconf_notify, CHANGE, LINK_EVENT);
RP_ROW_NONE(rt6_disable_ip, CHANGE, LINK_EVENT);
RP_ROW_NONE(ipv6_del_addr, CHANGE, ADDR_EVENT);
RP_ROW_NONE(icmpv6_notify, SIGNAL, ICMP_IN);
RP_ROW_NONE(icmp6_send, SIGNAL, ICMP_OUT);
RP_ROW_NONE(ip6_link_failure, SIGNAL, LINK_FAILURE);
RP_ROW_NONE(__ip6_rt_update_pmtu, SIGNAL, EXCEPTION);
RP_ROW_NONE(rt6_do_redirect, SIGNAL, EXCEPTION);
RP_ROW_NONE(ip6_route_me_harder, SIGNAL, REROUTE);
RP_ROW_NONE(ndisc_router_discovery, CHANGE, RA_EVENT);
RP_ROW_NONE(ipv6_local_error, SIGNAL, REFUSED);

bool rp_setting6(const struct net *net, const struct net_device *dev, u8 id, u8 scope,
		 int *value)
{
	return false;
}
