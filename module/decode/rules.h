/* SPDX-License-Identifier: GPL-2.0 */
/* What a rule leaves for the lookup in its table. */
#ifndef _RP_RULES_H
#define _RP_RULES_H

#include <linux/types.h>

#include "omit.h"

void rp_rules_lookups_armed(bool armed);

/* The rule that asks this table, NULL: none does.  With l3mdev it does not name it. */
static nokprobe_inline struct rp_passed *rp_rules_asking(struct rp_omit_walk *walk, u32 table)
{
	struct rp_passed *last;

	if (!walk->count)
		return NULL;
	last = &walk->passed[walk->count - 1];
	return !last->asked && (last->table == table || last->l3mdev) ? last : NULL;
}

void rp_rules_take(struct rp_omit_walk *walk, struct rp_rule *rule);
void rp_rules_record_passed(struct rp_omit_walk *walk);

#endif
