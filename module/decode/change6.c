// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of IPv6's tables: net/ipv6/ip6_fib.c and route.c.
 *
 * All routes come and go by two functions, also those of router advertisements, of addresses
 * and of a garbage collection.  They run under the lock of the table, with softirqs off, and
 * not always under the RTNL lock: what they let go of is freed by RCU, after our return.
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/netlink.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/netlink.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "fill.h"
#include "fill6.h"
#include "kprobe.h"

static void rp_decode_change6(unsigned long ret, const struct nl_info *info, u8 op,
			      struct rp_record *rec)
{
	rec->change.op = op;
	rec->change.nlflags = info->nlh ? info->nlh->nlmsg_flags : 0;
	rec->has |= RP_HAS_CHANGE;
	rec->err = min_t(int, ret, 0);
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_change6);

/* ---- fib6_add, fib6_del ---- */

RP_ASSERT_PROTO(fib6_add, int, struct fib6_node *, struct fib6_info *, struct nl_info *,
		struct netlink_ext_ack *);

static nokprobe_inline unsigned int rp_enter_info6(struct rp_call *call,
						   const struct nl_info *info)
{
	rp_call_net(call, info->nl_net);
	call->family = AF_INET6;
	return RP_ENTER;
}

static nokprobe_inline unsigned int rp_enter_fib6_add(struct rp_call *call)
{
	return rp_enter_info6(call, (void *)rp_arg(call, 2));
}

static nokprobe_inline void rp_decode_fib6_add(const struct rp_call *call, unsigned long ret,
					       struct rp_record *rec)
{
	rp_fill_entry6(rec, (void *)rp_arg(call, 1));
	rp_decode_change6(ret, (void *)rp_arg(call, 2), RP_CHANGE_INSERT, rec);
}

/* What fails is told by the request. */
RP_DEFINE_HIT(fib6_add, FIB6_ADD, EVENT, rp_enter_fib6_add, rp_decode_fib6_add,
	      .flags = RP_ROW_SUCCESSES | RP_ROW_LOCKED);
RP_HANDLERS_RETURN(fib6_add, 3);
RP_DEFINE_ROW(fib6_add, CHANGE, RETURN, "IPv6 routes that came, by whomever");

RP_COMPAT_ASSERT_FIB6_DEL;

/*
 * A softirq that interrupts the task which sets a device down, to clear away what became too
 * old, has the same current.
 */
static nokprobe_inline unsigned int rp_enter_fib6_del(struct rp_call *call)
{
	if (rp_hit_context_locked() == RP_CONTEXT_TASK && rp_omit_flood_takes())
		return 0;
	return rp_enter_info6(call, (void *)rp_arg(call, 1));
}

static nokprobe_inline void rp_decode_fib6_del(const struct rp_call *call, unsigned long ret,
					       struct rp_record *rec)
{
	rp_fill_entry6(rec, (void *)rp_arg(call, 0));
	rp_decode_change6(ret, (void *)rp_arg(call, 1), RP_CHANGE_DELETE, rec);
}

RP_DEFINE_HIT(fib6_del, FIB6_DEL, EVENT, rp_enter_fib6_del, rp_decode_fib6_del,
	      .flags = RP_ROW_SUCCESSES | RP_ROW_LOCKED);
RP_HANDLERS_RETURN(fib6_del, 2);
RP_DEFINE_ROW(fib6_del, CHANGE, RETURN, "IPv6 routes that went, and of what");

/* ---- ip6_route_add, ip6_route_del ---- */

RP_ASSERT_PROTO(ip6_route_add, int, struct fib6_config *, gfp_t, struct netlink_ext_ack *);

/* int ip6_route_del(struct fib6_config *cfg, struct netlink_ext_ack *extack), static */
static nokprobe_inline unsigned int rp_enter_config6(struct rp_call *call)
{
	const struct fib6_config *cfg = (void *)rp_arg(call, 0);

	return rp_enter_info6(call, &cfg->fc_nlinfo);
}

static void rp_decode_config6(const struct rp_call *call, unsigned long ret, u8 op,
			      struct rp_record *rec)
{
	const struct fib6_config *cfg = (void *)rp_arg(call, 0);

	rp_fill_config6(rec, cfg);
	rp_decode_change6(ret, &cfg->fc_nlinfo, op, rec);
}
NOKPROBE_SYMBOL(rp_decode_config6);

static nokprobe_inline void rp_decode_route_add6(const struct rp_call *call, unsigned long ret,
						 struct rp_record *rec)
{
	rp_decode_config6(call, ret, RP_CHANGE_INSERT, rec);
}

RP_DEFINE_HIT(ip6_route_add, IP6_ROUTE_ADD, CHANGE, rp_enter_config6, rp_decode_route_add6);
RP_HANDLERS_RETURN(ip6_route_add, 1);
RP_DEFINE_ROW(ip6_route_add, CHANGE, RETURN, "IPv6 routes asked for, and attempts that failed");

static nokprobe_inline void rp_decode_route_del6(const struct rp_call *call, unsigned long ret,
						 struct rp_record *rec)
{
	rp_decode_config6(call, ret, RP_CHANGE_DELETE, rec);
}

RP_DEFINE_HIT(ip6_route_del, IP6_ROUTE_DEL, CHANGE, rp_enter_config6, rp_decode_route_del6);
RP_HANDLERS_RETURN(ip6_route_del, 1);
RP_DEFINE_ROW(ip6_route_del, CHANGE, RETURN,
	      "IPv6 routes to be deleted, and attempts that failed");
