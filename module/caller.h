/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_CALLER_H
#define _RP_CALLER_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/jump_label.h>
#include <linux/kprobes.h>
#include <linux/log2.h>
#include <linux/types.h>

struct pt_regs;

#define RP_CALLERS	1024	/* distinct call sites that get a number */

/* Private to the functions below. */
extern unsigned long rp_callers[RP_CALLERS];
u32 rp_caller_find(unsigned long addr, unsigned long sp, bool asker);

static nokprobe_inline u32 rp_caller_slot(unsigned long addr)
{
	return hash_long(addr, ilog2(RP_CALLERS));
}

#ifdef CONFIG_UNWINDER_ORC
#define RP_CALLER_ASKER	true

/* Off: those between have a probe, which tells who asked. */
DECLARE_STATIC_KEY_TRUE(rp_caller_asks);

#define RP_CALLER_CALLS	4	/* as many as there are; nearly all come by the first */
extern struct rp_caller_call {
	unsigned long addr;	/* where the call returns to, 0: none yet */
	unsigned long up;	/* 0: nobody is behind it */
} rp_caller_calls[RP_CALLER_CALLS];
unsigned long rp_caller_asker(unsigned long addr, unsigned long sp, struct pt_regs *regs);
#else
#define RP_CALLER_ASKER	false
#endif

/**
 * rp_caller_id() - the number of who called a probed function
 * @addr: where the call returns to
 * @sp: where the stack ends after the return
 * @regs: the registers then, NULL: those of the handler's caller
 * @asker: that may be a function between, and who asked for a route is wanted
 *
 * Return: 1 to RP_CALLERS, or 0: nobody knows, or no slot near its place is free.
 */
static nokprobe_inline u32 rp_caller_id(unsigned long addr, unsigned long sp,
					struct pt_regs *regs, bool asker)
{
	u32 slot;

#ifdef CONFIG_UNWINDER_ORC
	if (asker && static_branch_likely(&rp_caller_asks)) {
		/* pairs with rp_caller_learn() */
		if (likely(smp_load_acquire(&rp_caller_calls[0].addr) == addr))
			addr = *(unsigned long *)(sp + rp_caller_calls[0].up);
		else
			addr = rp_caller_asker(addr, sp, regs);
	}
#endif
	slot = rp_caller_slot(addr);
	return likely(READ_ONCE(rp_callers[slot]) == addr) ? slot + 1 :
	       rp_caller_find(addr, sp, asker);
}

void rp_caller_ask(bool ask);
unsigned long rp_caller_addr(u32 id);

#endif
