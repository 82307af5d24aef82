// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of the FIB: net/ipv4/fib_trie.c and fib_notifier.c.  All run under the RTNL lock, which
 * keeps the table and the request until the caller is done.
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/ptrace.h>
#include <net/ip_fib.h>

#include "decode/decode.h"
#include "fill.h"

/* Of all three: namespace, table, and a request or a flag. */
bool rp_enter_change(struct rp_call *call, struct pt_regs *regs)
{
	call->arg[0] = (void *)regs_get_kernel_argument(regs, 0);
	call->arg[1] = (void *)regs_get_kernel_argument(regs, 1);
	call->arg[2] = (void *)regs_get_kernel_argument(regs, 2);
	call->net = call->arg[0];
	return true;
}
NOKPROBE_SYMBOL(rp_enter_change);

static void rp_decode_op(unsigned long ret, u8 op, struct rp_record *rec)
{
	rec->change.op = op;
	rec->has |= RP_HAS_CHANGE;
	rec->err = min_t(int, ret, 0);
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_op);

static void rp_decode_request(const struct rp_call *call, unsigned long ret, u8 op,
			      struct rp_record *rec)
{
	const struct fib_table *tb = call->arg[1];
	const struct fib_config *cfg = call->arg[2];

	rp_decode_op(ret, op, rec);
	rp_fill_config(rec, (struct net *)call->arg[0], cfg);
	rec->route.table = tb->tb_id;
	rec->change.nlflags = cfg->fc_nlflags;
}
NOKPROBE_SYMBOL(rp_decode_request);

RP_ASSERT_PROTO(fib_table_insert, int, struct net *, struct fib_table *, struct fib_config *,
		struct netlink_ext_ack *);

void rp_decode_table_insert(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	rp_decode_request(call, ret, RP_CHANGE_INSERT, rec);
}
NOKPROBE_SYMBOL(rp_decode_table_insert);

RP_ASSERT_PROTO(fib_table_delete, int, struct net *, struct fib_table *, struct fib_config *,
		struct netlink_ext_ack *);

void rp_decode_table_delete(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	rp_decode_request(call, ret, RP_CHANGE_DELETE, rec);
}
NOKPROBE_SYMBOL(rp_decode_table_delete);

RP_ASSERT_PROTO(fib_table_flush, int, struct net *, struct fib_table *, bool);

/* Returns the number of routes dropped. */
void rp_decode_table_flush(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct fib_table *tb = call->arg[1];

	rp_decode_op(ret, RP_CHANGE_FLUSH, rec);
	rec->route.table = tb->tb_id;
	rec->change.count = max_t(int, ret, 0);
}
NOKPROBE_SYMBOL(rp_decode_table_flush);

RP_ASSERT_PROTO(call_fib4_notifiers, int, struct net *, enum fib_event_type,
		struct fib_notifier_info *);

/*
 * Called for every entry that lookups begin or cease to find, also for those
 * that die in a flush, which nothing else names.  It takes events of next hops
 * as well, which are none of ours.
 */
bool rp_enter_fib_event(struct rp_call *call, struct pt_regs *regs)
{
	rp_enter_change(call, regs);
	switch ((enum fib_event_type)(unsigned long)call->arg[1]) {
	case FIB_EVENT_ENTRY_REPLACE:
	case FIB_EVENT_ENTRY_APPEND:
	case FIB_EVENT_ENTRY_ADD:
	case FIB_EVENT_ENTRY_DEL:
		return true;
	default:
		return false;
	}
}
NOKPROBE_SYMBOL(rp_enter_fib_event);

void rp_decode_fib_event(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	enum fib_event_type type = (unsigned long)call->arg[1];

	rp_fill_entry(rec, container_of(call->arg[2], struct fib_entry_notifier_info, info));
	rp_decode_op(ret, type == FIB_EVENT_ENTRY_DEL ? RP_CHANGE_DELETE : RP_CHANGE_INSERT, rec);
}
NOKPROBE_SYMBOL(rp_decode_fib_event);
