// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers for return addresses, so that a record holds no kernel address: who
 * may read the number need not be trusted with the address, and a recording
 * can be read elsewhere.  A table that only grows needs no lock: a slot goes
 * from 0 to an address once, by cmpxchg(), and its index is the number.
 */
#include <linux/atomic.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#ifdef CONFIG_UNWINDER_ORC
#include <asm/unwind.h>
#endif

#include "caller.h"

#define RP_CALLER_TRIES	16	/* bounds the search when the table fills up */

unsigned long rp_callers[RP_CALLERS];

/* Of an address that is not where it would be if it had been alone. */
u32 rp_caller_find(unsigned long addr)
{
	u32 slot = rp_caller_slot(addr);
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
NOKPROBE_SYMBOL(rp_caller_find);

#ifdef CONFIG_UNWINDER_ORC
/*
 * How far above the stack pointer, after a call, the return address of the function
 * that called stands: it is the same whenever that call is made, which is what ORC
 * lives by.  So the unwinder is asked once for each call.
 */
struct rp_caller_call rp_caller_calls[RP_CALLER_CALLS];

static DEFINE_RAW_SPINLOCK(rp_caller_lock);

/* Functions of the kernel that ask for a route on behalf of another */
static const char *const rp_caller_between[] = {
	"ip_route_output_flow",		/* the first one's */
	"ip_route_output_key_hash",
};

static unsigned long rp_caller_unwind(unsigned long addr, unsigned long sp, unsigned long bp)
{
	struct pt_regs regs = { .ip = addr, .sp = sp, .bp = bp, .cs = __KERNEL_CS };
	struct unwind_state state;
	unsigned long up;

	unwind_start(&state, current, &regs, NULL);	/* goes to the next frame at once */
	if (unwind_done(&state))
		return 0;
	up = state.sp - sizeof(long) - sp;
	return up % sizeof(long) || up > PAGE_SIZE ? 0 : up;
}
NOKPROBE_SYMBOL(rp_caller_unwind);

/* The same for all calls that return there, so whoever comes first finds it out. */
static unsigned long rp_caller_learn(unsigned long addr, unsigned long sp, unsigned long bp)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned long up = 0;
	unsigned long flags;
	int between, i;

	sprint_symbol_no_offset(name, addr);
	between = match_string(rp_caller_between, ARRAY_SIZE(rp_caller_between), name);
	if (between >= 0)
		up = rp_caller_unwind(addr, sp, bp);

	raw_spin_lock_irqsave(&rp_caller_lock, flags);
	for (i = between || !up; i < RP_CALLER_CALLS; i++) {
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

/* rp_caller_asker() of any but the first call */
unsigned long rp_caller_rare(unsigned long addr, unsigned long sp, struct pt_regs *regs)
{
	unsigned long up;
	int i;

	for (i = 1; i < RP_CALLER_CALLS; i++)
		/* pairs with rp_caller_learn() */
		if (smp_load_acquire(&rp_caller_calls[i].addr) == addr)
			break;
	up = i < RP_CALLER_CALLS ? rp_caller_calls[i].up :
				   rp_caller_learn(addr, sp, frame_pointer(regs));
	return up ? *(unsigned long *)(sp + up) : addr;
}
NOKPROBE_SYMBOL(rp_caller_rare);
#endif

/* The address of number @id from 1 to RP_CALLERS, 0: not given away yet. */
unsigned long rp_caller_addr(u32 id)
{
	return READ_ONCE(rp_callers[id - 1]);
}
