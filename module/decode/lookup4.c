// SPDX-License-Identifier: GPL-2.0
/*
 * The lookup in one table: net/ipv4/fib_trie.c, by the kernel's tracepoint.  It runs
 * under an RCU read lock of a caller.
 */
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <net/flow.h>
#include <net/ip_fib.h>
#include <trace/events/fib.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/rules.h"
#include "fill.h"
#include "hit.h"
#include "omit.h"

/* Beside the arguments: the namespace and the rule of the walk, NULL: there is none. */
enum { RP_LOOKUP_TABLE, RP_LOOKUP_FLOW, RP_LOOKUP_NHC, RP_LOOKUP_NET, RP_LOOKUP_RULE };

static nokprobe_inline unsigned int rp_enter_table_lookup(struct rp_call *call)
{
	const struct fib_nh_common *nhc = (void *)rp_arg(call, RP_LOOKUP_NHC);
	const struct net *net = (void *)rp_arg(call, RP_LOOKUP_NET);

	if (!net && nhc && nhc->nhc_dev)
		net = dev_net(nhc->nhc_dev);
	if (net)
		rp_call_net(call, net);
	rp_fill_flow(&call->flow, (void *)rp_arg(call, RP_LOOKUP_FLOW));
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

/*
 * The tracepoint tells the table asked and the next hop, NULL without a match, but
 * not the prefix that matched: that stands in what encloses the lookup.
 */
static nokprobe_inline void rp_decode_table_lookup(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	const struct fib_nh_common *nhc = (void *)rp_arg(call, RP_LOOKUP_NHC);
	const struct rp_rule *rule = (void *)rp_arg(call, RP_LOOKUP_RULE);

	rp_decode_err((int)ret, rec);
	rec->route.table = rp_arg(call, RP_LOOKUP_TABLE);
	if (nhc)
		rp_fill_nhc(&rec->route, nhc);
	if (rule) {
		rec->rule = *rule;
		rec->has |= RP_HAS_RULE;
	}
}

RP_DEFINE_HIT(fib_table_lookup, FIB_TABLE_LOOKUP, LOOKUP, rp_enter_table_lookup,
	      rp_decode_table_lookup, .flags = RP_ROW_ALWAYS | RP_ROW_NO_CALLER);

static nokprobe_inline void rp_lookup(u32 tb_id, const struct flowi4 *flp,
				      const struct fib_nh_common *nhc, int err,
				      struct rp_omit_walk *walk, bool asks, bool filtered)
{
	struct rp_call call RP_COMPAT_UNINITIALIZED;
	struct rp_rule rule;

	rp_arg(&call, RP_LOOKUP_TABLE) = tb_id;
	rp_arg(&call, RP_LOOKUP_FLOW) = (unsigned long)flp;
	rp_arg(&call, RP_LOOKUP_NHC) = (unsigned long)nhc;
	rp_arg(&call, RP_LOOKUP_NET) = walk ? (unsigned long)walk->net : 0;
	asks = asks && rp_rules_take(walk, &rule);
	rp_arg(&call, RP_LOOKUP_RULE) = asks ? (unsigned long)&rule : 0;
	if (walk && rp_omit_walk_count(walk))
		rp_rules_record_passed(walk);
	rp_hit_moment(&rp_hit_fib_table_lookup, &call, err, NULL, filtered);
}

static noinline void rp_lookup_filtered(u32 tb_id, const struct flowi4 *flp,
					const struct fib_nh_common *nhc, int err,
					struct rp_omit_walk *walk, bool asks)
{
	rp_lookup(tb_id, flp, nhc, err, walk, asks, true);
}
NOKPROBE_SYMBOL(rp_lookup_filtered);

static noinline void rp_lookup_plain(u32 tb_id, const struct flowi4 *flp,
				     const struct fib_nh_common *nhc, int err,
				     struct rp_omit_walk *walk, bool asks)
{
	rp_lookup(tb_id, flp, nhc, err, walk, asks, false);
}
NOKPROBE_SYMBOL(rp_lookup_plain);

/* A lookup without an answer only leaves a mark at its rule. */
static noinline void rp_lookup_uncovered(u32 tb_id, const struct flowi4 *flp,
					 const struct fib_nh_common *nhc, int err)
{
	struct rp_omit_walk *walk = rp_omit_walk_find(flp);
	struct rp_passed *rule = walk ? rp_rules_asking(walk, tb_id) : NULL;

	if (walk && !walk->net) {
		rp_hit_leave_out(rp_id_of_fib_table_lookup);
	} else if (rule && err == -EAGAIN) {
		rule->table = tb_id;
		rule->asked = true;
		rp_hit_leave_out(rp_id_of_fib_table_lookup);
	} else if (static_branch_unlikely(&rp_hit_filtered)) {
		rp_lookup_filtered(tb_id, flp, nhc, err, walk, rule);
	} else {
		rp_lookup_plain(tb_id, flp, nhc, err, walk, rule);
	}
}
NOKPROBE_SYMBOL(rp_lookup_uncovered);

/* What happens most, a lookup that its output tells of, saves no register. */
static notrace void rp_trace_fib_table_lookup(void *data, u32 tb_id, const struct flowi4 *flp,
					      const struct fib_nh_common *nhc, int err)
{
	if (!err && rp_omit_is_covered(flp))
		rp_hit_leave_out(rp_id_of_fib_table_lookup);
	else
		rp_lookup_uncovered(tb_id, flp, nhc, err);
}
NOKPROBE_SYMBOL(rp_trace_fib_table_lookup);

static_assert(RP_COMPAT_PROTO(check_trace_callback_type_fib_table_lookup, void,
			      typeof(rp_trace_fib_table_lookup) *),
	      "the tracepoint fib_table_lookup has other arguments than its handler");

RP_DEFINE_ROW(fib_table_lookup, LOOKUP, TRACEPOINT, "each table asked",
	      .armed = rp_rules_lookups_armed, .tested = true);
