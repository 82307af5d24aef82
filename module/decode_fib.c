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

#include "decode.h"
#include "fill.h"

RP_ASSERT_PROTO(fib_table_lookup, int, struct fib_table *, const struct flowi4 *,
		struct fib_result *, int);

bool rp_enter_table_lookup(struct rp_call *call, struct pt_regs *regs)
{
	call->arg[0] = (void *)regs_get_kernel_argument(regs, 0);
	call->arg[1] = (void *)regs_get_kernel_argument(regs, 2);
	rp_fill_flow(&call->flow, (void *)regs_get_kernel_argument(regs, 1));
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_table_lookup);

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

void rp_decode_table_lookup(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_table *tb = call->arg[0];
	const struct fib_result *res = call->arg[1];

	rp_decode_err((int)ret, rec);
	rec->route.table = tb->tb_id;
	if (rec->err)
		return;
	rp_fill_result(rec, res);
	rec->netns = rp_fill_netns(res->fi->fib_net);
}
NOKPROBE_SYMBOL(rp_decode_table_lookup);

bool rp_enter_rule_action(struct rp_call *call, struct pt_regs *regs)
{
	const struct fib_rule *rule = (void *)regs_get_kernel_argument(regs, 0);
	const struct flowi *fl = (void *)regs_get_kernel_argument(regs, 1);

	call->net = rule->fr_net;
	call->arg[0] = rule;
	call->arg[1] = (void *)regs_get_kernel_argument(regs, 3);
	rp_fill_flow(&call->flow, &fl->u.ip4);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_rule_action);

void rp_decode_rule_action(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_lookup_arg *arg = call->arg[1];

	rp_decode_err((int)ret, rec);
	rp_fill_rule(rec, call->arg[0]);
	if (!rec->err)
		rp_fill_result(rec, arg->result);
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
