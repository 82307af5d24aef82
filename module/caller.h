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
u32 rp_caller_find(unsigned long addr);

static nokprobe_inline u32 rp_caller_slot(unsigned long addr)
{
	return hash_long(addr, ilog2(RP_CALLERS));
}

/**
 * rp_caller_id() - the number of a return address
 * @addr: not 0
 *
 * Return: 1 to RP_CALLERS, or 0 when no slot near its place is free.
 */
static nokprobe_inline u32 rp_caller_id(unsigned long addr)
{
	u32 slot = rp_caller_slot(addr);

	return likely(READ_ONCE(rp_callers[slot]) == addr) ? slot + 1 : rp_caller_find(addr);
}

#ifdef CONFIG_UNWINDER_ORC
#define RP_CALLER_ASKER	true

/* Off: those between have a probe, which tells who asked. */
DECLARE_STATIC_KEY_TRUE(rp_caller_asks);

/* Private to the function below. */
#define RP_CALLER_CALLS	4	/* as many as there are; nearly all come by the first */
extern struct rp_caller_call {
	unsigned long addr;	/* where the call returns to, 0: none yet */
	unsigned long up;	/* 0: nobody is behind it */
} rp_caller_calls[RP_CALLER_CALLS];
unsigned long rp_caller_rare(unsigned long addr, unsigned long sp, struct pt_regs *regs);
u32 rp_caller_behind(unsigned long addr, unsigned long sp, bool asker);

/**
 * rp_caller_asker() - who asked for a route
 * @addr: where the call returns to, perhaps a function between
 * @sp: where the stack ends after the return
 * @regs: the registers then, NULL: those of the handler's caller
 */
static nokprobe_inline unsigned long rp_caller_asker(unsigned long addr, unsigned long sp,
						     struct pt_regs *regs)
{
	if (!static_branch_likely(&rp_caller_asks))
		return addr;
	/* pairs with rp_caller_learn() */
	if (likely(smp_load_acquire(&rp_caller_calls[0].addr) == addr))
		return *(unsigned long *)(sp + rp_caller_calls[0].up);
	return rp_caller_rare(addr, sp, regs);
}
#else
#define RP_CALLER_ASKER	false
static inline unsigned long rp_caller_asker(unsigned long addr, unsigned long sp,
					    struct pt_regs *regs)
{
	return addr;
}

static inline u32 rp_caller_behind(unsigned long addr, unsigned long sp, bool asker)
{
	return 0;
}
#endif
void rp_caller_ask(bool ask);
unsigned long rp_caller_addr(u32 id);

#endif
