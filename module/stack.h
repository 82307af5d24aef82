/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_STACK_H
#define _RP_STACK_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "stack_table.h"

struct pt_regs;
struct rp_stacks;

/* Private to the next one; NULL: no stacks are taken. */
extern struct rp_stacks __rcu *rp_stacks;

static inline bool rp_stack_wanted(void)
{
	return unlikely(rcu_access_pointer(rp_stacks));
}

u32 rp_stack_take(struct pt_regs *regs, unsigned long caller);
void rp_stack_count(u32 id);

int rp_stack_switch(bool on);

/* What is in one slot. */
struct rp_stack_status {
	u32 id;
	u64 records;		/* of slot 0: for which there was no room */
	unsigned int count;	/* of frames, 0: there is no stack */
	bool cut;
	unsigned long frames[RP_STACK_FRAMES];
};

void rp_stack_status(unsigned int slot, struct rp_stack_status *status);

#endif
