/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_STACK_TABLE_H
#define _RP_STACK_TABLE_H

#include "compat.h"

#define RP_STACKS		4096	/* slots; the first stays free: 0 is no stack */
#define RP_STACK_FRAMES		48	/* of one stack, what is further out is cut off */
#define RP_STACK_WORDS		131072	/* 1 MiB for all frames */

struct rp_stack {
	u32 hash;
	u16 count;
	u16 cut;			/* there were more */
	unsigned long frames[];		/* return addresses, the innermost first */
};

struct rp_stack_table {
	struct rp_stack *slots[RP_STACKS];
	u32 used;			/* of words */
	unsigned long words[RP_STACK_WORDS];
};

unsigned int rp_stack_table_put(struct rp_stack_table *table, const unsigned long *frames,
				unsigned int count);
const struct rp_stack *rp_stack_table_get(const struct rp_stack_table *table, unsigned int slot);

#endif
