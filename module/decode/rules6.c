// SPDX-License-Identifier: GPL-2.0
/*
 * As rules.c, for IPv6: net/ipv6/fib6_rules.c.
 *
 * Not only decisions walk the rules.  What netfilter, BPF and the kernel itself look up
 * asks the tables past the tracepoint of lookup6.c, so that each of their rules has a
 * record of its own.
 */
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <net/fib_rules.h>
#include <net/flow.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/rules.h"
#include "decode/rules6.h"
#include "detour.h"
#include "fill.h"
#include "fill6.h"
#include "hit.h"
#include "kprobe.h"
#include "omit.h"

bool rp_rules6_have_inputs, rp_rules6_have_walks, rp_rules6_have_lookups;

/*
 * Only ip6_route_output_flags() and ip6_route_input() use that flag, and then what is handed
 * down is the packet received, if there is one.
 */
static bool rp_rules6_is_chatter(int flags, const struct fib_lookup_arg *arg)
{
	const struct sk_buff *skb = arg->lookup_data;
	struct rp_flow flow = { };

	if (!(flags & RT6_LOOKUP_F_DST_NOREF) || !skb)
		return false;
	rp_fill_ports6(&flow, skb, skb_network_offset(skb));
	return rp_is_link_chatter(&flow);
}
NOKPROBE_SYMBOL(rp_rules6_is_chatter);

/* The second is RTM_GETROUTE for a packet received. */
static bool rp_rules6_is_decision(const struct flowi *fl, int flags,
				  const struct fib_lookup_arg *arg)
{
	return flags & RT6_LOOKUP_F_DST_NOREF ||
	       (!arg->lookup_data && fl->u.ip6.flowi6_iif > LOOPBACK_IFINDEX);
}
NOKPROBE_SYMBOL(rp_rules6_is_decision);

/* ---- fib6_rule_action ---- */

static nokprobe_inline bool rp_rules6_covered(struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);
	const void *fl = (void *)regs_get_kernel_argument(regs, 1);

	return rp_rules_wait(rp_omit_walk_find(fl), rule, READ_ONCE(rp_rules6_have_lookups)) ||
	       rp_rules6_is_chatter(regs_get_kernel_argument(regs, 2),
				    (void *)regs_get_kernel_argument(regs, 3));
}

static nokprobe_inline unsigned int rp_enter_rule6_action(struct rp_call *call)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);
	const struct flowi *fl = (void *)rp_arg(call, 1);

	if (rp_rules_wait(call->walk, rule, READ_ONCE(rp_rules6_have_lookups)))
		return 0;	/* those before have their record now */
	rp_call_net(call, rule->fr_net);
	call->family = AF_INET6;
	rp_fill_flow6(&call->flow, &fl->u.ip6);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_rule6_action(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);

	rp_fill_rule(rec, rule);
	if (rule->action != FR_ACT_TO_TBL)
		rp_decode_err(rp_rules_err(rule), rec);
}

RP_DEFINE_HIT(fib6_rule_action, FIB6_RULE_ACTION, RULE, rp_enter_rule6_action,
	      rp_decode_rule6_action, .flags = RP_ROW_STEP, .precede = rp_rules_next);
RP_HANDLERS_ENTRY(fib6_rule_action, 2, rp_rules6_covered);
RP_CALLBACK(fib6_rule_action);
RP_DEFINE_ROW(fib6_rule_action, LOOKUP, ENTRY,
	      "each matching IPv6 rule, with its priority and action",
	      .detour = RP_DETOUR(fib6_rule_action));

/* ---- rules that were passed: the same row ---- */

static nokprobe_inline unsigned int rp_enter_passed6(struct rp_call *call)
{
	const struct rp_omit_walk *walk = (void *)rp_arg(call, 0);

	rp_call_net(call, walk->net);
	call->family = AF_INET6;
	rp_fill_flow6(&call->flow, walk->flow);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

RP_DEFINE_HIT(passed6, FIB6_RULE_ACTION, RULE, rp_enter_passed6, rp_decode_passed,
	      .flags = RP_ROW_ROUTE | RP_ROW_NO_CALLER);

/* Each counted as left out when it was tried. */
void rp_rules6_record_passed(struct rp_call *call)
{
	rp_hit_take_back(RP_PROBE_FIB6_RULE_ACTION);
	if (static_branch_unlikely(&rp_hit_filtered))
		rp_hit_moment(&rp_hit_passed6, call, 0, NULL, true);
	else
		rp_hit_moment(&rp_hit_passed6, call, 0, NULL, false);
}
NOKPROBE_SYMBOL(rp_rules6_record_passed);

/* ---- fib6_rule_suppress ---- */

static nokprobe_inline const struct fib_lookup_arg *rp_suppress6_arg(const struct rp_call *call)
{
	return (void *)rp_arg(call, RP_COMPAT_SUPPRESS_ARG);
}

/* Where the kernel does not say by which flags, nothing is known of the caller. */
static nokprobe_inline int rp_suppress6_flags(const struct rp_call *call)
{
	return RP_COMPAT_SUPPRESS_ARG == 2 ? rp_arg(call, 1) : 0;
}

/* It was no lookup that led to a route when there is none in the result. */
static nokprobe_inline unsigned int rp_enter_rule6_suppress(struct rp_call *call)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);
	const struct fib_lookup_arg *arg = rp_suppress6_arg(call);
	const struct fib6_result *res = arg->result;

	if ((rule->suppress_prefixlen < 0 && rule->suppress_ifgroup < 0) || !res->rt6 ||
	    rp_rules6_is_chatter(rp_suppress6_flags(call), arg))
		return 0;
	rp_call_net(call, rule->fr_net);
	call->family = AF_INET6;
	return RP_ENTER;
}

/* As of a decision, but where the rule stands there is no room for what was cached. */
static void rp_rules6_fill_result(struct rp_record *rec, const struct fib6_result *res)
{
	const struct rt6_info *rt = res->rt6;
	const struct fib6_info *f6i = rt ? rcu_dereference_raw(rt->from) : res->f6i;

	if (!f6i)
		return;
	rp_fill_info6(rec, f6i);
	if (!rt || rt->dst.error)
		return;
	if (rt->rt6i_flags & RTF_GATEWAY)
		rp_fill_gw(&rec->route, AF_INET6, &rt->rt6i_gateway);
	rp_fill_dev(&rec->route, rt->dst.dev);
}
NOKPROBE_SYMBOL(rp_rules6_fill_result);

/* A route that was suppressed is let go of, if it was taken with a reference. */
static nokprobe_inline void rp_decode_rule6_suppress(const struct rp_call *call,
						     unsigned long ret, struct rp_record *rec)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);
	bool suppressed = (u8)ret;	/* a bool comes back in one byte */

	rp_fill_rule(rec, rule);
	rec->rule.suppressed = suppressed;
	rec->verdict = suppressed ? RP_VERDICT_NEXT : RP_VERDICT_HIT;
	if (!suppressed)
		rp_rules6_fill_result(rec, rp_suppress6_arg(call)->result);
}

RP_DEFINE_HIT(fib6_rule_suppress, FIB6_RULE_SUPPRESS, SUPPRESS, rp_enter_rule6_suppress,
	      rp_decode_rule6_suppress);
RP_HANDLERS_RETURN(fib6_rule_suppress, 3);
RP_WRAPPER(fib6_rule_suppress, bool,
	   (struct fib_rule *rule, int flags, struct fib_lookup_arg *arg),
	   (rule, flags, arg),
	   (unsigned long)rule, (unsigned long)flags, (unsigned long)arg);
RP_DEFINE_ROW(fib6_rule_suppress, LOOKUP, RETURN,
	      "IPv6 matches that a rule's suppress_* took back",
	      .detour = RP_DETOUR(fib6_rule_suppress));

/* ---- fib_rules_lookup ---- */

unsigned int rp_rules6_enter(struct rp_call *call)
{
	const struct fib_rules_ops *ops = (void *)rp_arg(call, 0);
	const struct flowi *fl = (void *)rp_arg(call, 1);
	const struct fib_lookup_arg *arg = (void *)rp_arg(call, 3);
	int flags = rp_arg(call, 2);

	if (rp_rules6_is_chatter(flags, arg))
		return 0;
	rp_call_net(call, ops->fro_net);
	call->family = AF_INET6;
	rp_fill_flow6(&call->flow, &fl->u.ip6);
	call->has = RP_HAS_FLOW;
	return rp_rules6_is_decision(fl, flags, arg) ? RP_ENTER | RP_ENTER_WALKS : RP_ENTER;
}
NOKPROBE_SYMBOL(rp_rules6_enter);

/* -ESRCH: no rule decided; then arg->rule is not set. */
void rp_rules6_decode(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_lookup_arg *arg = (void *)rp_arg(call, 3);

	rp_decode_err((int)ret, rec);
	if (rec->err == -ESRCH) {
		rec->verdict = RP_VERDICT_ERROR;
		return;
	}
	rp_fill_rule(rec, arg->rule);
	if (!rec->err)
		rp_rules6_fill_result(rec, arg->result);
}
NOKPROBE_SYMBOL(rp_rules6_decode);
