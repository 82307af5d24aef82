/* SPDX-License-Identifier: GPL-2.0 */
/* What a rule leaves for the lookup in its table. */
#ifndef _RP_RULES_H
#define _RP_RULES_H

#include <linux/errno.h>
#include <linux/fib_rules.h>
#include <linux/kprobes.h>
#include <linux/types.h>
#include <net/fib_rules.h>

#include "call.h"
#include "decode/decode.h"
#include "omit.h"

void rp_rules_lookups_armed(bool armed);
bool rp_rules_take(struct rp_omit_walk *walk, struct rp_rule *rule);
void rp_rules_record_passed(struct rp_omit_walk *walk);

/*
 * A rule that names a table waits for the lookup there.  @have_lookups: its record, or
 * what it leaves here, can tell of the rule.
 */
static nokprobe_inline bool rp_rules_wait(struct rp_omit_walk *walk, const struct fib_rule *rule,
					  bool have_lookups)
{
	unsigned int count;

	if (unlikely(walk && !walk->net))
		return true;
	if (unlikely(!walk || rule->action != FR_ACT_TO_TBL || !have_lookups))
		return false;
	count = rp_omit_walk_count(walk);
	if (unlikely(count == RP_PASSED_MAX))
		return false;
	WRITE_ONCE(walk->count, count + 1);
	walk->passed[count] = (struct rp_passed) {
		.priority	= rule->pref,
		.table		= rule->table,
		.l3mdev		= rule->l3mdev,
	};
	return true;
}

/* What the next rule ends, or the end of the walk */
static nokprobe_inline void rp_rules_next(const struct rp_call *call)
{
	if (call->walk && unlikely(rp_omit_walk_count(call->walk)) &&
	    READ_ONCE(call->walk->task) == current)
		rp_rules_record_passed(call->walk);
}

static nokprobe_inline void rp_decode_passed(const struct rp_call *call, unsigned long ret,
					     struct rp_record *rec)
{
	const struct rp_omit_walk *walk = (void *)rp_arg(call, 0);

	memcpy(rec->passed, walk->passed, sizeof(rec->passed));
	rec->passed_count = rp_omit_walk_count(walk);
	rec->has |= RP_HAS_PASSED;
	rp_decode_err(-EAGAIN, rec);
}

/* Of a rule that names no table */
static nokprobe_inline int rp_rules_err(const struct fib_rule *rule)
{
	return rule->action == FR_ACT_UNREACHABLE ? -ENETUNREACH :
	       rule->action == FR_ACT_PROHIBIT ? -EACCES : -EINVAL;
}

/* The rule that asks this table, NULL: none does.  With l3mdev it does not name it. */
static nokprobe_inline struct rp_passed *rp_rules_asking(struct rp_omit_walk *walk, u32 table)
{
	const unsigned int count = rp_omit_walk_count(walk);
	struct rp_passed *last;

	if (!count)
		return NULL;
	last = &walk->passed[count - 1];
	return !last->asked && (last->table == table || last->l3mdev) ? last : NULL;
}

#endif
