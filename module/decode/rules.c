// SPDX-License-Identifier: GPL-2.0
/*
 * The walk over the rules: net/ipv4/fib_rules.c and net/core/fib_rules.c.  All run
 * under an RCU read lock of a caller, which keeps what a result points to until that
 * caller is done with it.
 *
 * A rule that names a table waits for the lookup there.  If that finds something, its
 * record tells of the rule too.  If not, or if there is no such table and no lookup
 * follows, the rule was passed, and rules that were passed share a record.
 */
#include <linux/kprobes.h>
#include <net/fib_rules.h>
#include <net/flow.h>
#include <net/ip_fib.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/rules.h"
#include "decode/rules6.h"
#include "detour.h"
#include "fill.h"
#include "hit.h"
#include "kprobe.h"
#include "omit.h"

/* Whether records of lookups are made, that can tell of a rule. */
static bool rp_rules_have_lookups;

void rp_rules_lookups_armed(bool armed)
{
	WRITE_ONCE(rp_rules_have_lookups, armed);
}

/* ---- fib4_rule_action ---- */

/* Static where there are no retpolines, but the kernel calls it by this pointer. */
RP_ASSERT_MEMBER(struct fib_rules_ops, action,
		 int (*)(struct fib_rule *, struct flowi *, int, struct fib_lookup_arg *));

static nokprobe_inline bool rp_rules_covered(struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);
	const struct flowi *fl = (void *)regs_get_kernel_argument(regs, 1);

	return rp_rules_wait(rp_omit_walk_find(fl), rule, READ_ONCE(rp_rules_have_lookups));
}

static nokprobe_inline unsigned int rp_enter_rule_action(struct rp_call *call)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);
	const struct flowi *fl = (void *)rp_arg(call, 1);

	if (rp_rules_wait(call->walk, rule, READ_ONCE(rp_rules_have_lookups)))
		return 0;	/* those before have their record now */
	rp_call_net(call, rule->fr_net);
	rp_fill_flow(&call->flow, &fl->u.ip4);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

/* The rule has not been carried out yet, but without a table that has one end only. */
static nokprobe_inline void rp_decode_rule_action(const struct rp_call *call, unsigned long ret,
						  struct rp_record *rec)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);

	rp_fill_rule(rec, rule);
	if (rule->action == FR_ACT_TO_TBL)
		return;
	rp_decode_err(rp_rules_err(rule), rec);
}

/* ---- rules that were passed: the same row ---- */

static nokprobe_inline unsigned int rp_enter_passed(struct rp_call *call)
{
	const struct rp_omit_walk *walk = (void *)rp_arg(call, 0);

	rp_call_net(call, walk->net);
	rp_fill_flow(&call->flow, walk->flow);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

RP_DEFINE_HIT(passed, FIB4_RULE_ACTION, RULE, rp_enter_passed, rp_decode_passed,
	      .flags = RP_ROW_ROUTE | RP_ROW_NO_CALLER);

/* Each counted as left out when it was tried. */
static void rp_rules4_record_passed(struct rp_call *call)
{
	rp_hit_take_back(RP_PROBE_FIB4_RULE_ACTION);
	if (static_branch_unlikely(&rp_hit_filtered))
		rp_hit_moment(&rp_hit_passed, call, 0, NULL, true);
	else
		rp_hit_moment(&rp_hit_passed, call, 0, NULL, false);
}
NOKPROBE_SYMBOL(rp_rules4_record_passed);

void rp_rules_record_passed(struct rp_omit_walk *walk)
{
	struct rp_call call = { .arg = { (unsigned long)walk } };

	if (IS_ENABLED(CONFIG_IPV6) && walk->family == AF_INET6)
		rp_rules6_record_passed(&call);
	else
		rp_rules4_record_passed(&call);
	memset(walk->passed, 0, sizeof(walk->passed));
	WRITE_ONCE(walk->count, 0);
}
NOKPROBE_SYMBOL(rp_rules_record_passed);

/* The last one was not passed.  False: it is another's by now. */
bool rp_rules_take(struct rp_omit_walk *walk, struct rp_rule *rule)
{
	const unsigned int count = rp_omit_walk_count(walk);
	struct rp_passed *last;

	if (!count)
		return false;
	WRITE_ONCE(walk->count, count - 1);
	last = &walk->passed[count - 1];
	*rule = (struct rp_rule) {
		.priority	= last->priority,
		.table		= last->table,
		.action		= FR_ACT_TO_TBL,
		.l3mdev		= last->l3mdev,
	};
	*last = (struct rp_passed) { };
	return true;
}
NOKPROBE_SYMBOL(rp_rules_take);

RP_DEFINE_HIT(fib4_rule_action, FIB4_RULE_ACTION, RULE, rp_enter_rule_action,
	      rp_decode_rule_action, .flags = RP_ROW_STEP, .precede = rp_rules_next);
RP_HANDLERS_ENTRY(fib4_rule_action, 2, rp_rules_covered);
RP_CALLBACK(fib4_rule_action);
RP_DEFINE_ROW(fib4_rule_action, LOOKUP, ENTRY, "each matching rule, with its priority and action",
	      .detour = RP_DETOUR(fib4_rule_action));

/* ---- fib4_rule_suppress ---- */

static_assert(RP_COMPAT_SUPPRESS_ARG, "fib_rules_ops.suppress has another type than compat.h knows");

/*
 * Called only after the rule's action found a route, also when the rule suppresses
 * nothing: that is left out.  A suppressed route is released before the return,
 * unless it was taken without a reference, as fib_lookup() does.
 */
static nokprobe_inline unsigned int rp_enter_rule_suppress(struct rp_call *call)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);

	if (rule->suppress_prefixlen < 0 && rule->suppress_ifgroup < 0)
		return 0;
	rp_call_net(call, rule->fr_net);
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_rule_suppress(const struct rp_call *call,
						    unsigned long ret, struct rp_record *rec)
{
	const struct fib_rule *rule = (void *)rp_arg(call, 0);
	const struct fib_lookup_arg *arg = (void *)rp_arg(call, RP_COMPAT_SUPPRESS_ARG);
	bool suppressed = (u8)ret;	/* a bool comes back in one byte */

	rp_fill_rule(rec, rule);
	rec->rule.suppressed = suppressed;
	rec->verdict = suppressed ? RP_VERDICT_NEXT : RP_VERDICT_HIT;
	if (!suppressed || arg->flags & FIB_LOOKUP_NOREF)
		rp_fill_result(rec, arg->result);
}

RP_DEFINE_HIT(fib4_rule_suppress, FIB4_RULE_SUPPRESS, SUPPRESS, rp_enter_rule_suppress,
	      rp_decode_rule_suppress);
RP_HANDLERS_RETURN(fib4_rule_suppress, 3);
#ifdef RP_COMPAT_DETOURS
RP_ASSERT_MEMBER(struct fib_rules_ops, suppress,
		 bool (*)(struct fib_rule *, int, struct fib_lookup_arg *));
#endif
RP_WRAPPER(fib4_rule_suppress, bool,
	   (struct fib_rule *rule, int flags, struct fib_lookup_arg *arg),
	   (rule, flags, arg),
	   (unsigned long)rule, (unsigned long)flags, (unsigned long)arg);
RP_DEFINE_ROW(fib4_rule_suppress, LOOKUP, RETURN, "matches that a rule's suppress_* took back",
	      .detour = RP_DETOUR(fib4_rule_suppress));

/* ---- fib_rules_lookup ---- */

RP_ASSERT_PROTO(fib_rules_lookup, int, struct fib_rules_ops *, struct flowi *, int,
		struct fib_lookup_arg *);

/* Multicast routing asks its own rules through the same function; IPv6 is in rules6.c. */
static nokprobe_inline unsigned int rp_enter_rules_lookup(struct rp_call *call)
{
	const struct fib_rules_ops *ops = (void *)rp_arg(call, 0);
	const struct flowi *fl = (void *)rp_arg(call, 1);

	if (ops->family != AF_INET)
		return IS_ENABLED(CONFIG_IPV6) && ops->family == AF_INET6 ?
		       rp_rules6_enter(call) : 0;

	rp_call_net(call, ops->fro_net);
	rp_fill_flow(&call->flow, &fl->u.ip4);
	call->has = RP_HAS_FLOW;
	return RP_ENTER | RP_ENTER_WALKS;
}

/* -ESRCH: no rule decided; then arg->rule is not set. */
static nokprobe_inline void rp_decode_rules_lookup(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	const struct fib_lookup_arg *arg = (void *)rp_arg(call, 3);

	if (IS_ENABLED(CONFIG_IPV6) && unlikely(call->family == AF_INET6)) {
		rp_rules6_decode(call, ret, rec);
		return;
	}
	rp_decode_err((int)ret, rec);
	if (rec->err == -ESRCH) {
		rec->verdict = RP_VERDICT_ERROR;
		return;
	}
	rp_fill_rule(rec, arg->rule);
	if (!rec->err)
		rp_fill_result(rec, arg->result);
}

RP_DEFINE_HIT(fib_rules_lookup, FIB_RULES_LOOKUP, RULES, rp_enter_rules_lookup,
	      rp_decode_rules_lookup, .precede = rp_rules_next);
RP_HANDLERS_RETURN(fib_rules_lookup, 4);
RP_WRAPPER(fib_rules_lookup, int,
	   (struct fib_rules_ops *ops, struct flowi *fl, int flags, struct fib_lookup_arg *arg),
	   (ops, fl, flags, arg),
	   (unsigned long)ops, (unsigned long)fl, (unsigned long)flags, (unsigned long)arg);

/* Without it no step of an IPv6 decision can be told to be part of none. */
static void rp_armed_rules_lookup(bool armed)
{
	if (IS_ENABLED(CONFIG_IPV6))
		WRITE_ONCE(rp_rules6_have_walks, armed);
}

RP_DEFINE_ROW(fib_rules_lookup, LOOKUP, RETURN, "which rule decided in the end",
	      .armed = rp_armed_rules_lookup, .detour = RP_DETOUR(fib_rules_lookup));
