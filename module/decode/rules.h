/* SPDX-License-Identifier: GPL-2.0 */
/* What a rule leaves for the record of the lookup in its table. */
#ifndef _RP_RULES_H
#define _RP_RULES_H

#include <linux/types.h>

#include "omit.h"

void rp_rules_lookups_armed(bool armed);

/*
 * @walk, if it is its rule that asks this table, else NULL.  A rule with l3mdev does
 * not name its table.
 */
static nokprobe_inline struct rp_omit_walk *rp_rules_take(struct rp_omit_walk *walk, u32 table)
{
	if (!walk || !walk->waiting || (walk->rule.table != table && !walk->rule.l3mdev))
		return NULL;
	walk->waiting = false;
	return walk;
}

#endif
