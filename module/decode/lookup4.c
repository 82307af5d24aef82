// SPDX-License-Identifier: GPL-2.0
/*
 * The lookup in tables and rules: net/ipv4/fib_trie.c, net/ipv4/fib_rules.c and
 * net/core/fib_rules.c.  All run under an RCU read lock of a caller, which
 * keeps what a result points to until that caller is done with it.
 *
 * fib4_rule_action() and fib4_rule_suppress() are static on a kernel without
 * retpolines, and then have no prototype that could be checked.
 */
#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <net/fib_rules.h>
#include <net/flow.h>
#include <net/ip_fib.h>
#include <trace/events/fib.h>

#include "decode/decode.h"
#include "fill.h"
#include "filter.h"
#include "record.h"

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

static_assert(RP_COMPAT_PROTO(check_trace_callback_type_fib_table_lookup, void,
			      typeof(rp_trace_table_lookup) *),
	      "the tracepoint fib_table_lookup has other arguments than its handler");

/*
 * The rule that is being carried out, until the lookup in its table tells of it too.
 * A task that leaves the CPU meanwhile leaves it behind; then a lookup lacks its rule.
 * What was left behind may outlive its namespace and its key: nothing here is followed,
 * and a lookup in another table is not the rule's, even if its key stands there now.
 */
struct rp_fib_rule {
	const struct flowi4 *flp;
	u32 netns;
	struct rp_rule rule;
};

static DEFINE_PER_CPU(struct rp_fib_rule [__RP_CONTEXT_MAX], rp_fib_rules);

static nokprobe_inline struct rp_fib_rule *rp_fib_rule(u8 context)
{
	return this_cpu_ptr(rp_fib_rules) + context;
}

static nokprobe_inline void rp_fib_leave_rule(struct rp_fib_rule *at, const struct fib_rule *rule,
					      const struct flowi4 *flp)
{
	at->flp = flp;
	at->netns = rp_fill_netns(rule->fr_net);
	at->rule = (struct rp_rule) {
		.priority	= rule->pref,
		.table		= rule->table,
		.action		= rule->action,
		.l3mdev		= rule->l3mdev,
	};
}

/* With l3mdev the rule does not name the table. */
static nokprobe_inline bool rp_fib_is_rules(const struct rp_fib_rule *at,
					    const struct flowi4 *flp, u32 tb_id)
{
	return at->flp == flp && (at->rule.table == tb_id || at->rule.l3mdev);
}

static bool rp_fib_take_rule(const struct flowi4 *flp, struct rp_fib_rule *copy)
{
	struct rp_fib_rule *at = rp_fib_rule(rp_record_context());

	if (at->flp != flp)
		return false;
	*copy = *at;
	at->flp = NULL;
	return READ_ONCE(rp_probe_lookups);
}
NOKPROBE_SYMBOL(rp_fib_take_rule);

/* Where a rule is carried out, for a filter that asks; NULL if that is gone. */
static const struct net *rp_fib_net(const struct rp_fib_rule *at)
{
	const struct net *net;

	if (rp_filter_asks_net())
		for_each_net_rcu(net)
			if (rp_fill_netns(net) == at->netns)
				return net;
	return NULL;
}
NOKPROBE_SYMBOL(rp_fib_net);

/* Where there may be a reason to leave it out */
static noinline void rp_told_picky_lookup(u32 tb_id, const struct flowi4 *flp,
					  const struct fib_nh_common *nhc, int err)
{
	struct rp_fib_rule at;
	struct rp_call call;

	rp_record_call(&call);
	rp_fill_flow(&call.flow, flp);
	call.has = RP_HAS_FLOW;
	call.arg[0] = (void *)(unsigned long)tb_id;
	call.arg[1] = nhc;
	call.arg[2] = NULL;
	if (nhc && nhc->nhc_dev)
		call.net = dev_net(nhc->nhc_dev);
	if (rp_fib_is_rules(rp_fib_rule(rp_record_context()), flp, tb_id) &&
	    rp_fib_take_rule(flp, &at)) {
		if (!call.net)
			call.net = rp_fib_net(&at);
		call.arg[2] = &at;
	}
	if (!rp_probe_told(RP_PROBE_FIB_TABLE_LOOKUP, &call, err))
		rp_record_none(RP_PROBE_FIB_TABLE_LOOKUP);
}
NOKPROBE_SYMBOL(rp_told_picky_lookup);

static nokprobe_inline void rp_record_lookup(struct rp_record *rec, u32 tb_id,
					     const struct flowi4 *flp,
					     const struct fib_nh_common *nhc, int err)
{
	const u8 context = rp_record_context();
	struct rp_fib_rule *at = rp_fib_rule(context);
	u64 now = ktime_get_ns();
	u8 has = RP_HAS_FLOW;
	u32 netns = 0;

	if (likely(rp_fib_is_rules(at, flp, tb_id))) {
		at->flp = NULL;
		rec->rule = at->rule;
		netns = at->netns;
		has |= RP_HAS_RULE;
	} else {
		rec->signal = (struct rp_signal) { };	/* the union's largest */
		if (nhc && nhc->nhc_dev)
			netns = rp_fill_netns(dev_net(nhc->nhc_dev));
	}
	rp_record_begin(rec, netns, now, now);
	rec->caller = 0;
	rp_record_kind_in(rec, RP_PROBE_FIB_TABLE_LOOKUP, RP_KIND_LOOKUP, context,
			  RP_VERDICT_NONE, has);
	rp_fill_flow(&rec->flow, flp);
	rp_fill_no_route(&rec->route);
	rec->route.table = tb_id;
	if (nhc)
		rp_fill_nhc(&rec->route, nhc);
	rp_decode_err(err, rec);
}

/* Takes what it is called with from there, as it is. */
static noinline void rp_told_table_lookup(void *data, u32 tb_id, const struct flowi4 *flp,
					  const struct fib_nh_common *nhc, int err)
{
	struct rp_record *rec;
	struct rp_ring *ring;
	unsigned long flags;

	local_irq_save(flags);
	ring = rp_ring_here();
	if (static_branch_unlikely(&rp_probe_picky)) {
		rp_told_picky_lookup(tb_id, flp, nhc, err);
	} else if (likely(rp_ring_reserve(ring, &rec))) {
		rp_record_lookup(rec, tb_id, flp, nhc, err);
		rp_record_commit(ring, rec, RP_PROBE_FIB_TABLE_LOOKUP, 0);
	}
	local_irq_restore(flags);
}
NOKPROBE_SYMBOL(rp_told_table_lookup);

/*
 * The tracepoint tells the table asked and the next hop, NULL without a match, but
 * not the prefix that matched: that stands in what encloses the lookup.
 */
notrace void rp_trace_table_lookup(void *data, u32 tb_id, const struct flowi4 *flp,
				   const struct fib_nh_common *nhc, int err)
{
	if (!err && flp == this_cpu_read(rp_output_key))
		rp_record_none(RP_PROBE_FIB_TABLE_LOOKUP);
	else
		rp_told_table_lookup(data, tb_id, flp, nhc, err);
}
NOKPROBE_SYMBOL(rp_trace_table_lookup);

void rp_decode_table_lookup(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_nh_common *nhc = call->arg[1];
	const struct rp_fib_rule *at = call->arg[2];

	rp_decode_err((int)ret, rec);
	rec->route.table = (unsigned long)call->arg[0];
	if (nhc)
		rp_fill_nhc(&rec->route, nhc);
	if (at) {
		rec->netns = at->netns;
		rec->rule = at->rule;
		rec->has |= RP_HAS_RULE;
	}
}
NOKPROBE_SYMBOL(rp_decode_table_lookup);

/* No lookup came: there is no such table.  That counted as filtered until now. */
static noinline void rp_fib_no_table(const struct flowi4 *flp)
{
	struct rp_fib_rule at;
	struct rp_call call;

	if (!rp_fib_take_rule(flp, &at))
		return;
	rp_record_call(&call);
	rp_fill_flow(&call.flow, flp);
	call.has = RP_HAS_FLOW;
	call.net = rp_fib_net(&at);
	call.arg[0] = &at;
	if (rp_probe_told(RP_PROBE_FIB4_RULE_ACTION, &call, -EAGAIN))
		rp_record_not_none(RP_PROBE_FIB4_RULE_ACTION);
}
NOKPROBE_SYMBOL(rp_fib_no_table);

/* One that asks a table is told by the lookup. */
bool rp_enter_rule_action(struct rp_call *call, struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);
	const struct flowi *fl = (void *)regs_get_kernel_argument(regs, 1);
	struct rp_fib_rule *at = rp_fib_rule(rp_record_context());

	if (unlikely(at->flp == &fl->u.ip4))
		rp_fib_no_table(&fl->u.ip4);
	if (likely(rule->action == FR_ACT_TO_TBL && READ_ONCE(rp_probe_lookups))) {
		rp_fib_leave_rule(at, rule, &fl->u.ip4);
		return false;
	}
	rp_fib_leave_rule(at, rule, NULL);
	call->net = rule->fr_net;
	call->arg[0] = at;
	rp_fill_flow(&call->flow, &fl->u.ip4);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_rule_action);

/* In place of rp_probe_pre(), as there may be many */
notrace int rp_on_pre_rule_action(struct kprobe *kp, struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);
	const struct flowi *fl = (void *)regs_get_kernel_argument(regs, 1);
	struct rp_fib_rule *at = rp_fib_rule(rp_record_context());

	if (unlikely(at->flp == &fl->u.ip4 || rule->action != FR_ACT_TO_TBL ||
		     !READ_ONCE(rp_probe_lookups)))
		return rp_probe_pre(kp, regs);
	rp_fib_leave_rule(at, rule, &fl->u.ip4);
	rp_record_none(RP_PROBE_FIB4_RULE_ACTION);
	return 0;
}
NOKPROBE_SYMBOL(rp_on_pre_rule_action);

/* @ret: 0 when the rule has not been carried out yet, which can have one end only */
void rp_decode_rule_action(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct rp_fib_rule *at = call->arg[0];
	u8 action = at->rule.action;
	int err = (int)ret;

	rec->netns = at->netns;
	rec->rule = at->rule;
	rec->has |= RP_HAS_RULE;
	if (!err && action == FR_ACT_TO_TBL)
		return;		/* nobody will tell */
	if (!err)
		err = action == FR_ACT_UNREACHABLE ? -ENETUNREACH :
		      action == FR_ACT_PROHIBIT ? -EACCES : -EINVAL;
	rp_decode_err(err, rec);
}
NOKPROBE_SYMBOL(rp_decode_rule_action);

/*
 * Called only after the rule's action found a route, also when the rule suppresses
 * nothing: that is not told.  A suppressed one is
 * released before the return, unless it was taken without a reference, as
 * fib_lookup() does.
 */
bool rp_enter_rule_suppress(struct rp_call *call, struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);

	if (rule->suppress_prefixlen < 0 && rule->suppress_ifgroup < 0)
		return false;
	call->net = rule->fr_net;
	call->arg[0] = rule;
	call->arg[1] = (void *)regs_get_kernel_argument(regs, 2);
	return true;
}
NOKPROBE_SYMBOL(rp_enter_rule_suppress);

void rp_decode_rule_suppress(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_lookup_arg *arg = call->arg[1];
	bool suppressed = (u8)ret;	/* a bool comes back in one byte */

	rp_fill_rule(rec, call->arg[0]);
	rec->rule.suppressed = suppressed;
	rec->verdict = suppressed ? RP_VERDICT_NEXT : RP_VERDICT_HIT;
	if (!suppressed || arg->flags & FIB_LOOKUP_NOREF)
		rp_fill_result(rec, arg->result);
}
NOKPROBE_SYMBOL(rp_decode_rule_suppress);

RP_ASSERT_PROTO(fib_rules_lookup, int, struct fib_rules_ops *, struct flowi *, int,
		struct fib_lookup_arg *);

/* IPv6 and multicast routing ask their own rules through the same function. */
bool rp_enter_rules_lookup(struct rp_call *call, struct pt_regs *regs)
{
	const struct fib_rules_ops *ops = (void *)regs_get_kernel_argument(regs, 0);
	const struct flowi *fl = (void *)regs_get_kernel_argument(regs, 1);

	if (ops->family != AF_INET)
		return false;

	rp_fib_rule(rp_record_context())->flp = NULL;
	call->net = ops->fro_net;
	call->arg[0] = (void *)regs_get_kernel_argument(regs, 3);
	call->arg[1] = &fl->u.ip4;
	rp_fill_flow(&call->flow, &fl->u.ip4);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_rules_lookup);

/* All of them are ours, but first comes what the last rule did. */
bool rp_keep_rules(const struct rp_call *call, unsigned long ret)
{
	preempt_disable_notrace();
	if (unlikely(rp_fib_rule(rp_record_context())->flp == call->arg[1]))
		rp_fib_no_table(call->arg[1]);
	preempt_enable_notrace();
	return true;
}
NOKPROBE_SYMBOL(rp_keep_rules);

/* -ESRCH: no rule decided; then arg->rule is not set. */
void rp_decode_rules_lookup(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_lookup_arg *arg = call->arg[0];

	rp_decode_err((int)ret, rec);
	if (rec->err == -ESRCH) {
		rec->verdict = RP_VERDICT_ERROR;
		return;
	}
	rp_fill_rule(rec, arg->rule);
	if (!rec->err)
		rp_fill_result(rec, arg->result);
}
NOKPROBE_SYMBOL(rp_decode_rules_lookup);

static nokprobe_inline unsigned long rp_rules_caller(const struct rp_call *call,
						     struct kretprobe_instance *ri,
						     struct pt_regs *regs)
{
	return rp_compat_caller(ri, regs);
}

static nokprobe_inline void rp_decode_rules(const struct rp_call *call, unsigned long ret,
					    struct rp_record *rec)
{
	rp_record_kind(rec, RP_PROBE_FIB_RULES_LOOKUP, RP_KIND_RULES, RP_VERDICT_NONE,
		       RP_HAS_FLOW);
	rp_fill_no_route(&rec->route);
	rec->signal = (struct rp_signal) { };	/* the union's largest */
	rp_decode_rules_lookup(call, ret, rec);
}

/* Each decision makes one where there are rules. */
notrace int rp_on_entry_rules_lookup(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return rp_record_entry(ri, regs, RP_PROBE_FIB_RULES_LOOKUP, rp_enter_rules_lookup);
}
NOKPROBE_SYMBOL(rp_on_entry_rules_lookup);

notrace int rp_on_return_rules_lookup(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return rp_record_return(ri, regs, RP_PROBE_FIB_RULES_LOOKUP, rp_keep_rules,
				rp_rules_caller, rp_decode_rules);
}
NOKPROBE_SYMBOL(rp_on_return_rules_lookup);
