// SPDX-License-Identifier: GPL-2.0
/*
 * The lookup in one table: net/ipv6/route.c, by the kernel's tracepoint.  It runs under an
 * RCU read lock of a caller.  It has the namespace and the route, which IPv4's has not.
 */
#include <linux/in6.h>
#include <linux/kprobes.h>
#include <linux/rtnetlink.h>
#include <net/flow.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <trace/events/fib6.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/rules.h"
#include "decode/rules6.h"
#include "fill.h"
#include "fill6.h"
#include "hit.h"
#include "omit.h"

/* The flow has to be the second.  Beside the arguments: the rule whose table it is. */
enum { RP_LOOKUP6_NET, RP_LOOKUP6_FLOW, RP_LOOKUP6_RESULT, RP_LOOKUP6_TABLE, RP_LOOKUP6_RULE };

static nokprobe_inline unsigned int rp_enter_table_lookup6(struct rp_call *call)
{
	rp_call_net(call, (void *)rp_arg(call, RP_LOOKUP6_NET));
	call->family = AF_INET6;
	rp_fill_flow6(&call->flow, (void *)rp_arg(call, RP_LOOKUP6_FLOW));
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

static bool rp_lookup6_is_empty(const struct net *net, const struct fib6_result *res)
{
	return res->f6i == net->ipv6.fib6_null_entry;
}
NOKPROBE_SYMBOL(rp_lookup6_is_empty);

/* A table without a match says what an unreachable route does, so that must not be asked. */
static int rp_lookup6_err(const struct net *net, const struct fib6_result *res)
{
	if (rp_lookup6_is_empty(net, res))
		return -EAGAIN;
	switch (res->fib6_type) {
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT:
		return -EACCES;
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_THROW:
		return -EAGAIN;
	default:
		return 0;
	}
}
NOKPROBE_SYMBOL(rp_lookup6_err);

/* Of a multipath route the leg has not been chosen yet. */
static nokprobe_inline void rp_decode_table_lookup6(const struct rp_call *call, unsigned long ret,
						    struct rp_record *rec)
{
	const struct fib6_result *res = (void *)rp_arg(call, RP_LOOKUP6_RESULT);
	const struct rp_rule *rule = (void *)rp_arg(call, RP_LOOKUP6_RULE);

	rp_decode_err((int)ret, rec);
	rec->route.table = rp_arg(call, RP_LOOKUP6_TABLE);
	if (!rp_lookup6_is_empty(call->net, res)) {
		rp_fill_info6(rec, res->f6i);
		rec->route.type = res->fib6_type;
		if (!ret && res->nh && rec->route.nh_count <= 1)
			rp_fill_nhc(&rec->route, &res->nh->nh_common);
	}
	if (rule) {
		rec->rule = *rule;
		rec->has |= RP_HAS_RULE;
	}
}

RP_DEFINE_HIT(fib6_table_lookup, FIB6_TABLE_LOOKUP, LOOKUP, rp_enter_table_lookup6,
	      rp_decode_table_lookup6,
	      .flags = RP_ROW_ALWAYS | RP_ROW_NO_CALLER);

static nokprobe_inline void rp_lookup6(const struct net *net, const struct fib6_result *res,
				       u32 table, const struct flowi6 *flp,
				       struct rp_omit_walk *walk, bool asks, bool filtered)
{
	struct rp_call call RP_COMPAT_UNINITIALIZED;
	struct rp_rule rule;

	rp_arg(&call, RP_LOOKUP6_NET) = (unsigned long)net;
	rp_arg(&call, RP_LOOKUP6_FLOW) = (unsigned long)flp;
	rp_arg(&call, RP_LOOKUP6_RESULT) = (unsigned long)res;
	rp_arg(&call, RP_LOOKUP6_TABLE) = table;
	asks = asks && rp_rules_take(walk, &rule);
	rp_arg(&call, RP_LOOKUP6_RULE) = asks ? (unsigned long)&rule : 0;
	if (walk && rp_omit_walk_count(walk))
		rp_rules_record_passed(walk);
	rp_hit_moment(&rp_hit_fib6_table_lookup, &call, rp_lookup6_err(net, res), NULL, filtered);
}

static noinline void rp_lookup6_filtered(const struct net *net, const struct fib6_result *res,
					 u32 table, const struct flowi6 *flp,
					 struct rp_omit_walk *walk, bool asks)
{
	rp_lookup6(net, res, table, flp, walk, asks, true);
}
NOKPROBE_SYMBOL(rp_lookup6_filtered);

static noinline void rp_lookup6_plain(const struct net *net, const struct fib6_result *res,
				      u32 table, const struct flowi6 *flp,
				      struct rp_omit_walk *walk, bool asks)
{
	rp_lookup6(net, res, table, flp, walk, asks, false);
}
NOKPROBE_SYMBOL(rp_lookup6_plain);

static bool rp_lookup6_is_link_group(const struct in6_addr *addr)
{
	return addr->s6_addr[0] == 0xff && (addr->s6_addr[1] & 0xf) == IPV6_ADDR_SCOPE_LINKLOCAL;
}
NOKPROBE_SYMBOL(rp_lookup6_is_link_group);

/*
 * Chatter of a link that is to be left out finds nothing before the link is ready.  Its type
 * is not in the flow, but what asks a group on the link by ICMPv6 is hardly anything else.
 */
static bool rp_lookup6_is_chatter(const struct flowi6 *flp)
{
	return flp->flowi6_iif > LOOPBACK_IFINDEX && rp_lookup6_is_link_group(&flp->daddr) &&
	       (flp->flowi6_proto == IPPROTO_ICMPV6 || flp->flowi6_proto == IPPROTO_HOPOPTS);
}
NOKPROBE_SYMBOL(rp_lookup6_is_chatter);

/* A lookup without an answer only leaves a mark at its rule. */
static noinline void rp_lookup6_uncovered(const struct net *net, const struct fib6_result *res,
					  u32 table, const struct flowi6 *flp)
{
	struct rp_omit_walk *walk = rp_omit_walk_find(flp);
	struct rp_passed *rule = walk ? rp_rules_asking(walk, table) : NULL;

	if (walk && !walk->net) {
		rp_hit_leave_out(rp_id_of_fib6_table_lookup);
	} else if (rule && rp_lookup6_is_empty(net, res)) {
		rule->table = table;
		rule->asked = true;
		rp_hit_leave_out(rp_id_of_fib6_table_lookup);
	} else if (static_branch_unlikely(&rp_hit_filtered)) {
		rp_lookup6_filtered(net, res, table, flp, walk, rule);
	} else {
		rp_lookup6_plain(net, res, table, flp, walk, rule);
	}
}
NOKPROBE_SYMBOL(rp_lookup6_uncovered);

/*
 * Without custom rules the decision tells of the match; and the table local, which is always
 * asked first, nearly never has any.
 */
static noinline void rp_lookup6_unframed(void *data, const struct net *net,
					 const struct fib6_result *res,
					 struct fib6_table *table, const struct flowi6 *flp)
{
	const bool input = flp->flowi6_iif > LOOPBACK_IFINDEX;
	bool covered;

	if (rp_lookup6_err(net, res) &&
	    !(table->tb6_id == RT6_TABLE_LOCAL && rp_lookup6_is_empty(net, res)))
		covered = rp_lookup6_is_chatter(flp);
	else
		covered = rp_omit_is_covered(flp) || (input && READ_ONCE(rp_rules6_have_inputs));
	if (covered)
		rp_hit_leave_out(rp_id_of_fib6_table_lookup);
	else
		rp_lookup6_uncovered(net, res, table->tb6_id, flp);
}
NOKPROBE_SYMBOL(rp_lookup6_unframed);

/* It may be for a packet that is not recorded: then there is no walk over the rules either. */
static noinline void rp_lookup6_ruled(void *data, const struct net *net,
				      const struct fib6_result *res, struct fib6_table *table,
				      const struct flowi6 *flp)
{
	if (unlikely(flp->flowi6_iif > LOOPBACK_IFINDEX) && READ_ONCE(rp_rules6_have_walks) &&
	    !rp_omit_walk_find(flp))
		rp_hit_leave_out(rp_id_of_fib6_table_lookup);
	else
		rp_lookup6_uncovered(net, res, table->tb6_id, flp);
}
NOKPROBE_SYMBOL(rp_lookup6_ruled);

/* A frame has the route that rejects, too, and whether the last table had any. */
static nokprobe_inline bool rp_lookup6_is_framed(const struct net *net,
						 const struct fib6_result *res,
						 const struct fib6_table *table,
						 const struct flowi6 *flp)
{
	struct rp_omit_frame *frame = rp_omit_frame_here();

	if (!rp_omit_frame_is_near(frame) || unlikely(frame->asked != flp))
		return false;
	if (res->f6i != net->ipv6.fib6_null_entry)
		return likely(res->fib6_type != RTN_THROW);
	if (table->tb6_id == RT6_TABLE_LOCAL)
		return true;
	if (table->tb6_id != RT6_TABLE_MAIN)
		return false;
	frame->missed = true;
	return true;
}

/* What happens most saves no register. */
static notrace void rp_trace_fib6_table_lookup(void *data, const struct net *net,
					       const struct fib6_result *res,
					       struct fib6_table *table,
					       const struct flowi6 *flp)
{
	if (rp_compat_has_rules6(net))
		rp_lookup6_ruled(data, net, res, table, flp);
	else if (rp_lookup6_is_framed(net, res, table, flp))
		rp_hit_leave_out(rp_id_of_fib6_table_lookup);
	else
		rp_lookup6_unframed(data, net, res, table, flp);
}
NOKPROBE_SYMBOL(rp_trace_fib6_table_lookup);

static_assert(RP_COMPAT_PROTO(check_trace_callback_type_fib6_table_lookup, void,
			      typeof(rp_trace_fib6_table_lookup) *),
	      "the tracepoint fib6_table_lookup has other arguments than its handler");

static void rp_armed_lookup6(bool armed)
{
	WRITE_ONCE(rp_rules6_have_lookups, armed);
}

RP_DEFINE_ROW(fib6_table_lookup, LOOKUP, TRACEPOINT, "each IPv6 table asked",
	      .armed = rp_armed_lookup6);
