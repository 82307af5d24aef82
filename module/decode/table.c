// SPDX-License-Identifier: GPL-2.0
/*
 * The probe table.  To add a probe: an id in include/uapi/routeprobe.h (append
 * only), a row here, a pair of functions in a file of this folder and its line in
 * decode.h.  Nothing else changes, the reader included.
 *
 * Rules for a row:
 *  - it stands at its id, in the order of the ids, without a hole;
 *  - the symbol is a tracepoint or a whole function: never one with a suffix (.isra,
 *    .constprop, .part), whose arguments may be others than the source says;
 *  - the function has an RP_ASSERT_PROTO() in its decode file, unless it is
 *    static, which is said there;
 *  - every probe may be missing on some kernel: use says what is lost then.
 */
#include "decode/decode.h"
#include "routeprobe_names.h"

const char *const rp_group_names[__RP_GROUP_MAX] = {
	[RP_GROUP_OUTPUT]	= "output",
	[RP_GROUP_LOOKUP]	= "lookup",
	[RP_GROUP_INPUT]	= "input",
	[RP_GROUP_CHANGE]	= "change",
	[RP_GROUP_SIGNAL]	= "signal",
	[RP_GROUP_CACHE]	= "cache",
	[RP_GROUP_NETFILTER]	= "netfilter",
	[RP_GROUP_IPSEC]	= "ipsec",
};

const char *const rp_kind_names[__RP_KIND_MAX] = { RP_KIND_NAMES };

#define RP_ROW(id, _symbol, _group, _kind, _enter, _decode, _use, ...)	\
	[RP_PROBE_##id] = {					\
		.symbol	= _symbol,				\
		.group	= RP_GROUP_##_group,			\
		.kind	= RP_KIND_##_kind,			\
		.use	= _use,					\
		.entry	= rp_enter_##_enter,			\
		.decode	= rp_decode_##_decode,			\
		__VA_ARGS__					\
	}

const struct rp_probe_desc rp_probe_descs[__RP_PROBE_MAX] = {
	RP_ROW(IP_ROUTE_OUTPUT_KEY_HASH_RCU, "ip_route_output_key_hash_rcu",
	       OUTPUT, OUTPUT, output_key, output_key,
	       "every route for a packet to send, with its result", .failed = rp_failed_output,
	       .on_entry = rp_on_entry_output_key, .on_return = rp_on_return_output_key),
	RP_ROW(IP_ROUTE_OUTPUT_FLOW, "ip_route_output_flow",
	       IPSEC, OUTPUT_FLOW, output_flow, output_flow,
	       "what IPsec made of a route", .failed = rp_failed_output),
	[RP_PROBE_FIB_TABLE_LOOKUP] = {
		.symbol	= "fib_table_lookup",
		.group	= RP_GROUP_LOOKUP,
		.kind	= RP_KIND_LOOKUP,
		.use	= "each table asked",
		.attach	= RP_ATTACH_TRACEPOINT,
		.trace	= rp_trace_table_lookup,
		.decode	= rp_decode_table_lookup,
	},
	RP_ROW(FIB4_RULE_ACTION, "fib4_rule_action",
	       LOOKUP, RULE, rule_action, rule_action,
	       "each matching rule, with its priority and action",
	       .attach = RP_ATTACH_ENTRY, .on_pre = rp_on_pre_rule_action),
	RP_ROW(FIB4_RULE_SUPPRESS, "fib4_rule_suppress",
	       LOOKUP, SUPPRESS, rule_suppress, rule_suppress,
	       "matches that a rule's suppress_* took back"),
	RP_ROW(FIB_RULES_LOOKUP, "fib_rules_lookup",
	       LOOKUP, RULES, rules_lookup, rules_lookup,
	       "which rule decided in the end", .keep = rp_keep_rules,
	       .on_entry = rp_on_entry_rules_lookup, .on_return = rp_on_return_rules_lookup),
	RP_ROW(IP_ROUTE_INPUT_SLOW, "ip_route_input_slow",
	       INPUT, INPUT, input_slow, input_slow,
	       "every route for a packet received"),
	RP_ROW(FIB_VALIDATE_SOURCE, "fib_validate_source",
	       INPUT, VALIDATE, validate_source, validate_source,
	       "rp_filter and martian sources"),
	RP_ROW(FIB_TABLE_INSERT, "fib_table_insert",
	       CHANGE, CHANGE, change, table_insert,
	       "routes added, and attempts that failed"),
	RP_ROW(FIB_TABLE_DELETE, "fib_table_delete",
	       CHANGE, CHANGE, change, table_delete,
	       "routes deleted, and attempts that failed"),
	RP_ROW(FIB_TABLE_FLUSH, "fib_table_flush",
	       CHANGE, CHANGE, change, table_flush,
	       "that routes died with a link, address or next hop"),
	RP_ROW(CALL_FIB4_NOTIFIERS, "call_fib4_notifiers",
	       CHANGE, EVENT, fib_event, fib_event,
	       "which routes died with a link, address or next hop"),
	RP_ROW(ICMP_UNREACH, "icmp_unreach",
	       SIGNAL, ICMP_IN, icmp_unreach, icmp_unreach,
	       "ICMP errors received, with who sent them"),
	RP_ROW(__ICMP_SEND, "__icmp_send",
	       SIGNAL, ICMP_OUT, icmp_send, none,
	       "ICMP errors that this host sends, to itself too"),
	RP_ROW(IPV4_LINK_FAILURE, "ipv4_link_failure",
	       SIGNAL, LINK_FAILURE, link_failure, link_failure,
	       "neighbours and tunnel ends that do not answer"),
	RP_ROW(NF_HOOK_SLOW, "nf_hook_slow",
	       NETFILTER, NETFILTER, hook_slow, errno,
	       "packets that netfilter refuses", .keep = rp_keep_failure),
	RP_ROW(IP_ROUTE_ME_HARDER, "ip_route_me_harder",
	       SIGNAL, REROUTE, route_me_harder, errno,
	       "that netfilter asked for another route"),
	RP_ROW(FIB_NETDEV_EVENT, "fib_netdev_event",
	       CHANGE, LINK_EVENT, netdev_event, event,
	       "devices going up and down, and what died of it"),
	RP_ROW(FIB_INETADDR_EVENT, "fib_inetaddr_event",
	       CHANGE, ADDR_EVENT, inetaddr_event, event,
	       "addresses added and removed, and what died of it"),
	RP_ROW(CALL_FIB_NOTIFIERS, "call_fib_notifiers",
	       CHANGE, RULE_EVENT, rule_event, rule_event,
	       "rules added and deleted"),
	RP_ROW(NEXTHOP_NOTIFY, "nexthop_notify",
	       CHANGE, NEXTHOP_EVENT, nexthop_notify, event,
	       "next hop objects added and replaced"),
	RP_ROW(REMOVE_NEXTHOP, "remove_nexthop",
	       CHANGE, NEXTHOP_EVENT, remove_nexthop, event,
	       "next hop objects deleted, and what died of it"),
	RP_ROW(SK_DST_CHECK, "sk_dst_check",
	       CACHE, CACHE, sk_dst_check, sk_dst_check,
	       "routes that connected UDP sockets keep"),
	RP_ROW(__SK_DST_CHECK, "__sk_dst_check",
	       CACHE, CACHE, sk_dst_check, sk_dst_check,
	       "routes that TCP connections keep"),
	RP_ROW(__IP_RT_UPDATE_PMTU, "__ip_rt_update_pmtu",
	       SIGNAL, EXCEPTION, update_pmtu, none,
	       "path MTUs learned"),
	RP_ROW(__IP_DO_REDIRECT, "__ip_do_redirect",
	       SIGNAL, EXCEPTION, do_redirect, do_redirect,
	       "gateways learned from redirects"),
};
