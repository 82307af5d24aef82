/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a file of this folder is made of.  For each probe: a pair of functions, enter
 * and decode, what handlers are compiled for, the handlers, and the row.
 *
 *	static nokprobe_inline unsigned int rp_enter_NAME(struct rp_call *call)
 *	static nokprobe_inline void rp_decode_NAME(const struct rp_call *call,
 *						   unsigned long ret, struct rp_record *rec)
 *	RP_DEFINE_HIT(FUNCTION, ID, KIND, rp_enter_NAME, rp_decode_NAME);
 *	RP_HANDLERS_RETURN(FUNCTION, number of arguments used);
 *	RP_DEFINE_ROW(FUNCTION, GROUP, RETURN, "what is lost without it");
 *
 * Both functions copy.  They run with nothing held but what the probed function's
 * caller holds: no sleeping, no locks, nothing followed that the probed function did
 * not just use itself, under the same RCU read lock.
 */
#ifndef _RP_DECODE_H
#define _RP_DECODE_H

#include <linux/errno.h>

#include "probe.h"
#include "uapi/routeprobe.h"

/* All rows, in the order of the ids. */
#define RP_TABLE(ROW)								\
	ROW(IP_ROUTE_OUTPUT_KEY_HASH_RCU, ip_route_output_key_hash_rcu)		\
	ROW(IP_ROUTE_OUTPUT_FLOW, ip_route_output_flow)				\
	ROW(FIB_TABLE_LOOKUP, fib_table_lookup)					\
	ROW(FIB4_RULE_ACTION, fib4_rule_action)					\
	ROW(FIB4_RULE_SUPPRESS, fib4_rule_suppress)				\
	ROW(FIB_RULES_LOOKUP, fib_rules_lookup)					\
	ROW(IP_ROUTE_INPUT_SLOW, ip_route_input_slow)				\
	ROW(FIB_VALIDATE_SOURCE, fib_validate_source)				\
	ROW(FIB_TABLE_INSERT, fib_table_insert)					\
	ROW(FIB_TABLE_DELETE, fib_table_delete)					\
	ROW(FIB_TABLE_FLUSH, fib_table_flush)					\
	ROW(CALL_FIB4_NOTIFIERS, call_fib4_notifiers)				\
	ROW(ICMP_UNREACH, icmp_unreach)						\
	ROW(__ICMP_SEND, __icmp_send)						\
	ROW(IPV4_LINK_FAILURE, ipv4_link_failure)				\
	ROW(NF_HOOK_SLOW, nf_hook_slow)						\
	ROW(IP_ROUTE_ME_HARDER, ip_route_me_harder)				\
	ROW(FIB_NETDEV_EVENT, fib_netdev_event)					\
	ROW(FIB_INETADDR_EVENT, fib_inetaddr_event)				\
	ROW(CALL_FIB_NOTIFIERS, call_fib_notifiers)				\
	ROW(NEXTHOP_NOTIFY, nexthop_notify)					\
	ROW(REMOVE_NEXTHOP, remove_nexthop)					\
	ROW(SK_DST_CHECK, sk_dst_check)						\
	ROW(__SK_DST_CHECK, __sk_dst_check)					\
	ROW(__IP_RT_UPDATE_PMTU, __ip_rt_update_pmtu)				\
	ROW(__IP_DO_REDIRECT, __ip_do_redirect)				\
	ROW(IP_ROUTE_USE_HINT, ip_route_use_hint)			\
	ROW(IP_MC_VALIDATE_SOURCE, ip_mc_validate_source)		\
	ROW(IP6_ROUTE_OUTPUT_FLAGS, ip6_route_output_flags)		\
	ROW(IP6_DST_LOOKUP_FLOW, ip6_dst_lookup_flow)			\
	ROW(FIB6_RULE_LOOKUP, fib6_rule_lookup)				\
	ROW(IP6_FORWARD, ip6_forward)					\
	ROW(FIB6_TABLE_LOOKUP, fib6_table_lookup)			\
	ROW(FIB6_RULE_ACTION, fib6_rule_action)				\
	ROW(FIB6_RULE_SUPPRESS, fib6_rule_suppress)			\
	ROW(FIB6_ADD, fib6_add)						\
	ROW(FIB6_DEL, fib6_del)						\
	ROW(IP6_ROUTE_ADD, ip6_route_add)				\
	ROW(IP6_ROUTE_DEL, ip6_route_del)				\
	ROW(ADDRCONF_NOTIFY, addrconf_notify)				\
	ROW(RT6_DISABLE_IP, rt6_disable_ip)				\
	ROW(IPV6_DEL_ADDR, ipv6_del_addr)				\
	ROW(ICMPV6_NOTIFY, icmpv6_notify)				\
	ROW(ICMP6_SEND, icmp6_send)					\
	ROW(IP6_LINK_FAILURE, ip6_link_failure)				\
	ROW(__IP6_RT_UPDATE_PMTU, __ip6_rt_update_pmtu)			\
	ROW(RT6_DO_REDIRECT, rt6_do_redirect)				\
	ROW(IP6_ROUTE_ME_HARDER, ip6_route_me_harder)			\
	ROW(NDISC_ROUTER_DISCOVERY, ndisc_router_discovery)		\
	ROW(PROC_SYS_WRITE, proc_sys_write)				\
	ROW(IP_LOCAL_ERROR, ip_local_error)				\
	ROW(IPV6_LOCAL_ERROR, ipv6_local_error)				\
	ROW(KFREE_SKB, kfree_skb)

#define RP_TABLE_EXTERN(id, fn)	extern const struct rp_row rp_row_##fn;
RP_TABLE(RP_TABLE_EXTERN)

/* More of struct rp_hit may follow. */
#define RP_DEFINE_HIT(fn, _id, _kind, _enter, _decode, ...)	\
	enum {						\
		rp_kind_of_##fn = RP_KIND_##_kind,	\
		rp_id_of_##fn = RP_PROBE_##_id,		\
	};						\
	static const struct rp_hit rp_hit_##fn = {	\
		.id	= rp_id_of_##fn,		\
		.kind	= (enum rp_kind)rp_kind_of_##fn,\
		.enter	= _enter,			\
		.decode	= _decode,			\
		__VA_ARGS__				\
	}

#define RP_ON_RETURN(fn)	.on_entry = rp_entry_##fn, .on_return = rp_return_##fn
#define RP_ON_ENTRY(fn)		.on_pre = rp_pre_##fn
#define RP_ON_TRACEPOINT(fn)	.on_trace = rp_trace_##fn

#define RP_DEFINE_ROW(fn, _group, _attach, _use, ...)		\
	const struct rp_row rp_row_##fn = {		\
		.symbol	= #fn,				\
		.group	= RP_GROUP_##_group,		\
		.use	= _use,				\
		.attach	= RP_ATTACH_##_attach,		\
		.kind	= (enum rp_kind)rp_kind_of_##fn,\
		RP_ON_##_attach(fn),			\
		__VA_ARGS__				\
	}

/* -EAGAIN is "go on": no match, or a route of type throw. */
static nokprobe_inline void rp_decode_err(int err, struct rp_record *rec)
{
	rec->err = err;
	if (!err)
		rec->verdict = RP_VERDICT_HIT;
	else if (err == -EAGAIN)
		rec->verdict = RP_VERDICT_NEXT;
	else
		rec->verdict = RP_VERDICT_REJECT;
}

static nokprobe_inline void rp_decode_errno(unsigned long ret, struct rp_record *rec)
{
	rec->err = (int)ret;
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}

#endif
