// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of the FIB: net/ipv4/fib_trie.c and fib_notifier.c.  All run under the RTNL lock, which
 * keeps the table and the request until the caller is done.
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <net/ip_fib.h>

#include "call.h"
#include "decode/decode.h"
#include "fill.h"
#include "kprobe.h"

/* All have the namespace first. */
static nokprobe_inline unsigned int rp_enter_change(struct rp_call *call)
{
	rp_call_net(call, (void *)rp_arg(call, 0));
	return RP_ENTER;
}

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
	const struct fib_table *tb = (void *)rp_arg(call, 1);
	const struct fib_config *cfg = (void *)rp_arg(call, 2);

	rp_decode_op(ret, op, rec);
	rp_fill_config(rec, (struct net *)rp_arg(call, 0), cfg);
	rec->route.table = tb->tb_id;
	rec->change.nlflags = cfg->fc_nlflags;
}
NOKPROBE_SYMBOL(rp_decode_request);

RP_ASSERT_PROTO(fib_table_insert, int, struct net *, struct fib_table *, struct fib_config *,
		struct netlink_ext_ack *);

static nokprobe_inline void rp_decode_table_insert(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	rp_decode_request(call, ret, RP_CHANGE_INSERT, rec);
}

RP_DEFINE_HIT(fib_table_insert, FIB_TABLE_INSERT, CHANGE, rp_enter_change,
	      rp_decode_table_insert);
RP_HANDLERS_RETURN(fib_table_insert, 3);
RP_DEFINE_ROW(fib_table_insert, CHANGE, RETURN, "routes added, and attempts that failed");

RP_ASSERT_PROTO(fib_table_delete, int, struct net *, struct fib_table *, struct fib_config *,
		struct netlink_ext_ack *);

static nokprobe_inline void rp_decode_table_delete(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	rp_decode_request(call, ret, RP_CHANGE_DELETE, rec);
}

RP_DEFINE_HIT(fib_table_delete, FIB_TABLE_DELETE, CHANGE, rp_enter_change,
	      rp_decode_table_delete);
RP_HANDLERS_RETURN(fib_table_delete, 3);
RP_DEFINE_ROW(fib_table_delete, CHANGE, RETURN, "routes deleted, and attempts that failed");

RP_ASSERT_PROTO(fib_table_flush, int, struct net *, struct fib_table *, bool);

/* Returns the number of routes dropped. */
static nokprobe_inline void rp_decode_table_flush(const struct rp_call *call, unsigned long ret,
						  struct rp_record *rec)
{
	const struct fib_table *tb = (void *)rp_arg(call, 1);

	rp_decode_op(ret, RP_CHANGE_FLUSH, rec);
	rec->route.table = tb->tb_id;
	rec->change.count = max_t(int, ret, 0);
}

RP_DEFINE_HIT(fib_table_flush, FIB_TABLE_FLUSH, CHANGE, rp_enter_change, rp_decode_table_flush);
RP_HANDLERS_RETURN(fib_table_flush, 2);
RP_DEFINE_ROW(fib_table_flush, CHANGE, RETURN, "that routes died with a link, address or next hop");

RP_ASSERT_PROTO(call_fib4_notifiers, int, struct net *, enum fib_event_type,
		struct fib_notifier_info *);

/*
 * Called for every entry that lookups begin or cease to find, also for those
 * that die in a flush, which nothing else names.  It takes events of next hops
 * as well, which are none of ours.
 */
static nokprobe_inline unsigned int rp_enter_fib_event(struct rp_call *call)
{
	rp_enter_change(call);
	switch ((enum fib_event_type)rp_arg(call, 1)) {
	case FIB_EVENT_ENTRY_REPLACE:
	case FIB_EVENT_ENTRY_APPEND:
	case FIB_EVENT_ENTRY_ADD:
	case FIB_EVENT_ENTRY_DEL:
		return RP_ENTER;
	default:
		return 0;
	}
}

static nokprobe_inline void rp_decode_fib_event(const struct rp_call *call, unsigned long ret,
						struct rp_record *rec)
{
	enum fib_event_type type = rp_arg(call, 1);
	struct fib_notifier_info *info = (void *)rp_arg(call, 2);

	rp_fill_entry(rec, container_of(info, struct fib_entry_notifier_info, info));
	rp_decode_op(ret, type == FIB_EVENT_ENTRY_DEL ? RP_CHANGE_DELETE : RP_CHANGE_INSERT, rec);
}

RP_DEFINE_HIT(call_fib4_notifiers, CALL_FIB4_NOTIFIERS, EVENT, rp_enter_fib_event,
	      rp_decode_fib_event);
RP_HANDLERS_RETURN(call_fib4_notifiers, 3);
RP_DEFINE_ROW(call_fib4_notifiers, CHANGE, RETURN, "which routes died with a link, address or next hop");
