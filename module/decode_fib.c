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

#include "decode.h"
#include "fill.h"

/* -EAGAIN is "go on": no match, or a route of type throw. */
static void rp_decode_err(int err, struct rp_record *rec)
{
	rec->err = err;
	if (!err)
		rec->verdict = RP_VERDICT_HIT;
	else if (err == -EAGAIN)
		rec->verdict = RP_VERDICT_NEXT;
	else
		rec->verdict = RP_VERDICT_REJECT;
}
NOKPROBE_SYMBOL(rp_decode_err);

static_assert(RP_COMPAT_PROTO(check_trace_callback_type_fib_table_lookup, void,
			      typeof(rp_trace_table_lookup) *),
	      "the tracepoint fib_table_lookup has other arguments than its handler");

static noinline void rp_told_table_lookup(u32 tb_id, const struct flowi4 *flp,
					  const struct fib_nh_common *nhc, int err)
{
	struct rp_call call = {
		.arg	= { (void *)(unsigned long)tb_id, nhc },
		.net	= nhc && nhc->nhc_dev ? dev_net(nhc->nhc_dev) : NULL,
		.has	= RP_HAS_FLOW,
	};

	rp_fill_flow(&call.flow, flp);
	rp_probe_told(RP_PROBE_FIB_TABLE_LOOKUP, &call, err);
}
NOKPROBE_SYMBOL(rp_told_table_lookup);

/*
 * The tracepoint tells the table asked and the next hop, NULL without a match, but
 * not the prefix that matched: that stands in what encloses the lookup.
 */
void rp_trace_table_lookup(void *data, u32 tb_id, const struct flowi4 *flp,
			   const struct fib_nh_common *nhc, int err)
{
	if (!err && flp == this_cpu_read(rp_output_key))
		rp_probe_passed_over(RP_PROBE_FIB_TABLE_LOOKUP);
	else
		rp_told_table_lookup(tb_id, flp, nhc, err);
}
NOKPROBE_SYMBOL(rp_trace_table_lookup);

void rp_decode_table_lookup(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_nh_common *nhc = call->arg[1];

	rp_decode_err((int)ret, rec);
	rec->route.table = (unsigned long)call->arg[0];
	if (nhc)
		rp_fill_nhc(&rec->route, nhc);
}
NOKPROBE_SYMBOL(rp_decode_table_lookup);

bool rp_enter_rule_action(struct rp_call *call, struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);
	const struct flowi *fl = (void *)regs_get_kernel_argument(regs, 1);

	call->net = rule->fr_net;
	call->arg[0] = rule;
	rp_fill_flow(&call->flow, &fl->u.ip4);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_rule_action);

/* What a table answers, its lookup tells; that there is none, that no lookup follows. */
void rp_decode_rule_action(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_rule *rule = call->arg[0];

	rp_fill_rule(rec, rule);
	switch (rule->action) {
	case FR_ACT_TO_TBL:
		return;
	case FR_ACT_UNREACHABLE:
		rec->err = -ENETUNREACH;
		break;
	case FR_ACT_PROHIBIT:
		rec->err = -EACCES;
		break;
	default:
		rec->err = -EINVAL;
	}
	rec->verdict = RP_VERDICT_REJECT;
}
NOKPROBE_SYMBOL(rp_decode_rule_action);

/*
 * Called only after the rule's action found a route.  A suppressed one is
 * released before the return, unless it was taken without a reference, as
 * fib_lookup() does.
 */
bool rp_enter_rule_suppress(struct rp_call *call, struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);

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

	call->net = ops->fro_net;
	call->arg[0] = (void *)regs_get_kernel_argument(regs, 3);
	rp_fill_flow(&call->flow, &fl->u.ip4);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_rules_lookup);

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
