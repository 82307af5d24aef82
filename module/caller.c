// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers for return addresses, so that a record holds no kernel address: who
 * may read the number need not be trusted with the address, and a recording
 * can be read elsewhere.  A table that only grows needs no lock: a slot goes
 * from 0 to an address once, by cmpxchg(), and its index is the number.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/log2.h>
#include <linux/sched.h>
#include <linux/string.h>
#ifdef CONFIG_UNWINDER_ORC
#include <asm/unwind.h>
#endif

#include "caller.h"

#define RP_CALLER_TRIES	16	/* bounds the search when the table fills up */

static unsigned long rp_callers[RP_CALLERS];

/**
 * rp_caller_id() - the number of a return address
 * @addr: not 0
 *
 * Return: 1 to RP_CALLERS, or 0 when no slot near its place is free.
 */
u32 rp_caller_id(unsigned long addr)
{
	u32 slot = hash_long(addr, ilog2(RP_CALLERS));
	int try;

	for (try = 0; try < RP_CALLER_TRIES; try++, slot = (slot + 1) % RP_CALLERS) {
		unsigned long seen = READ_ONCE(rp_callers[slot]);

		if (!seen)
			seen = cmpxchg(&rp_callers[slot], 0, addr) ?: addr;
		if (seen == addr)
			return slot + 1;
	}
	return 0;
}
NOKPROBE_SYMBOL(rp_caller_id);

#ifdef CONFIG_UNWINDER_ORC
/*
 * How far above the stack pointer, after a call, the return address of the function
 * that called stands: it is the same whenever that call is made, which is what ORC
 * lives by.  So the unwinder is asked once for each call.
 */
static struct rp_caller_call {
	unsigned long addr;	/* where the call returns to, 0: none yet */
	unsigned long up;	/* 0: nobody is behind it */
} rp_caller_calls[4];		/* those that there are, and to spare */

static DEFINE_RAW_SPINLOCK(rp_caller_lock);

/* Functions of the kernel that ask for a route on behalf of another */
static bool rp_caller_is_go_between(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(name, addr);
	return !strcmp(name, "ip_route_output_flow") || !strcmp(name, "ip_route_output_key_hash");
}
NOKPROBE_SYMBOL(rp_caller_is_go_between);

static unsigned long rp_caller_up(unsigned long addr, unsigned long sp, unsigned long bp)
{
	struct pt_regs regs = { .ip = addr, .sp = sp, .bp = bp, .cs = __KERNEL_CS };
	struct unwind_state state;
	unsigned long up;

	if (!rp_caller_is_go_between(addr))
		return 0;
	unwind_start(&state, current, &regs, NULL);	/* goes to the next frame at once */
	if (unwind_done(&state))
		return 0;
	up = state.sp - sizeof(long) - sp;
	return up % sizeof(long) || up > PAGE_SIZE ? 0 : up;
}
NOKPROBE_SYMBOL(rp_caller_up);

/* What is between is the same for all calls, so whoever comes first finds it out. */
static unsigned long rp_caller_learn(unsigned long addr, unsigned long sp, unsigned long bp)
{
	unsigned long up = rp_caller_up(addr, sp, bp);
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&rp_caller_lock, flags);
	for (i = 0; i < ARRAY_SIZE(rp_caller_calls); i++) {
		struct rp_caller_call *call = &rp_caller_calls[i];

		if (call->addr && call->addr != addr)
			continue;
		call->up = up;
		smp_store_release(&call->addr, addr);	/* pairs with rp_caller_asker() */
		break;
	}
	raw_spin_unlock_irqrestore(&rp_caller_lock, flags);
	return up;
}
NOKPROBE_SYMBOL(rp_caller_learn);

/**
 * rp_caller_asker() - who asked for a route
 * @addr: where the call returns to, perhaps a function between
 * @sp: where the stack ends after the return
 * @bp: the frame pointer register then
 */
unsigned long rp_caller_asker(unsigned long addr, unsigned long sp, unsigned long bp)
{
	unsigned long up;
	int i;

	for (i = 0; i < ARRAY_SIZE(rp_caller_calls); i++)
		/* pairs with rp_caller_learn() */
		if (smp_load_acquire(&rp_caller_calls[i].addr) == addr)
			break;
	up = likely(i < ARRAY_SIZE(rp_caller_calls)) ? rp_caller_calls[i].up :
						       rp_caller_learn(addr, sp, bp);
	return up ? *(unsigned long *)(sp + up) : addr;
}
NOKPROBE_SYMBOL(rp_caller_asker);
#endif

/* The address of number @id from 1 to RP_CALLERS, 0: not given away yet. */
unsigned long rp_caller_addr(u32 id)
{
	return READ_ONCE(rp_callers[id - 1]);
}
