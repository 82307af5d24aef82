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
#define RP_CALLER_FRAMES 32	/* bounds that for who is behind a trampoline */
#define RP_CALLER_START	9	/* how long endbr64 and the call to ftrace are */

unsigned long rp_callers[RP_CALLERS];

/*
 * What return probes and tracers of others put where a return address stood.  Their names
 * are looked at once for each address, before it gets a number: none of these does.
 */
static const char *const rp_caller_trampoline_names[] = {
	"kretprobe_trampoline", "__kretprobe_trampoline", "arch_rethook_trampoline",
	"return_to_handler", "bpf_trampoline_", "ftrace_trampoline",
};

/* The newest ones found; a BPF program's comes and goes with it. */
static unsigned long rp_caller_trampolines[8];
static unsigned int rp_caller_trampolines_next;

static bool rp_caller_is_known_trampoline(unsigned long addr)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(rp_caller_trampolines); i++)
		if (READ_ONCE(rp_caller_trampolines[i]) == addr)
			return true;
	return false;
}
NOKPROBE_SYMBOL(rp_caller_is_known_trampoline);

static bool rp_caller_is_trampoline(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int i, next;

	if (rp_caller_is_known_trampoline(addr))
		return true;
	sprint_symbol_no_offset(name, addr);
	for (i = 0; i < ARRAY_SIZE(rp_caller_trampoline_names); i++) {
		if (!strstarts(name, rp_caller_trampoline_names[i]))
			continue;
		next = READ_ONCE(rp_caller_trampolines_next);
		WRITE_ONCE(rp_caller_trampolines[next % ARRAY_SIZE(rp_caller_trampolines)], addr);
		WRITE_ONCE(rp_caller_trampolines_next, next + 1);
		return true;
	}
	return false;
}
NOKPROBE_SYMBOL(rp_caller_is_trampoline);

/* The number of @addr, which it gets if it is new; 0: no free slot near its place. */
static u32 rp_caller_put(unsigned long addr)
{
	u32 slot = rp_caller_slot(addr);
	int try;

	for (try = 0; try < RP_CALLER_TRIES; try++, slot = (slot + 1) % RP_CALLERS) {
		unsigned long seen = READ_ONCE(rp_callers[slot]);

		if (!seen) {
			if (rp_caller_is_trampoline(addr))
				return 0;
			seen = cmpxchg(&rp_callers[slot], 0, addr) ?: addr;
		}
		if (seen == addr)
			return slot + 1;
	}
	return 0;
}
NOKPROBE_SYMBOL(rp_caller_put);

#ifdef CONFIG_UNWINDER_ORC
/*
 * How far above the stack pointer, after a call, the return address of the function
 * that called stands: it is the same whenever that call is made, which is what ORC
 * lives by.  So the unwinder is asked once for each call.
 */
struct rp_caller_call rp_caller_calls[RP_CALLER_CALLS];

DEFINE_STATIC_KEY_TRUE(rp_caller_asks);

static DEFINE_RAW_SPINLOCK(rp_caller_lock);

/* Functions of the kernel that ask for a route on behalf of another */
static const char *const rp_caller_between[] = {
	"ip_route_output_flow",		/* the first one's */
	"ip_route_output_key_hash",
};

static bool rp_caller_is_between(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];

	sprint_symbol_no_offset(name, addr);
	return match_string(rp_caller_between, ARRAY_SIZE(rp_caller_between), name) >= 0;
}
NOKPROBE_SYMBOL(rp_caller_is_between);

/*
 * Behind the start of a function only its call to ftrace returns: what came by that to a
 * trampoline of BPF has such an address below the caller's.
 */
static bool rp_caller_is_start(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int offset;
	char *plus;

	sprint_symbol(name, addr);
	plus = strrchr(name, '+');
	return plus && sscanf(plus, "+0x%x", &offset) == 1 && offset <= RP_CALLER_START;
}
NOKPROBE_SYMBOL(rp_caller_is_start);

/*
 * The number of who called, where a trampoline has the return address; 0: it has not, or
 * the unwinder does not get there.
 *
 * The kernel's unwinder knows what trampolines of its own stand for, and those of BPF
 * have frames.  It is slow, and there only as long as somebody else traces the function.
 */
static u32 rp_caller_behind(unsigned long addr, unsigned long sp, bool asker)
{
	struct unwind_state state;
	unsigned long caller;
	int frames = 0;

	if (!rp_caller_is_known_trampoline(addr))
		return 0;
	for (unwind_start(&state, current, NULL, NULL);
	     !unwind_done(&state) && frames < RP_CALLER_FRAMES;
	     unwind_next_frame(&state), frames++) {
		if (state.sp < sp)
			continue;	/* of the handler, or of what called it */
		caller = unwind_get_return_address(&state);
		if (!caller)
			return 0;
		if (!rp_caller_is_trampoline(caller) && !rp_caller_is_start(caller) &&
		    !(asker && rp_caller_is_between(caller)))
			return rp_caller_put(caller);
	}
	return 0;
}
NOKPROBE_SYMBOL(rp_caller_behind);

/*
 * From where the call returns to, with registers as of then; without them from here,
 * through what lies between.
 */
static unsigned long rp_caller_unwind(unsigned long addr, unsigned long sp,
				      struct pt_regs *regs)
{
	struct pt_regs then = { .ip = addr, .sp = sp, .cs = __KERNEL_CS };
	struct unwind_state state;
	unsigned long up;

	if (regs) {
		then.bp = frame_pointer(regs);
		unwind_start(&state, current, &then, NULL);	/* goes to the next frame at once */
	} else {
		unwind_start(&state, current, NULL, NULL);
		while (!unwind_done(&state) && state.sp <= sp)
			unwind_next_frame(&state);
	}
	if (unwind_done(&state))
		return 0;
	up = state.sp - sizeof(long) - sp;
	return up % sizeof(long) || up > PAGE_SIZE ? 0 : up;
}
NOKPROBE_SYMBOL(rp_caller_unwind);

/* The same for all calls that return there, so whoever comes first finds it out. */
static unsigned long rp_caller_learn(unsigned long addr, unsigned long sp,
				     struct pt_regs *regs)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned long up = 0;
	unsigned long flags;
	int between, i;

	if (rp_caller_is_trampoline(addr))
		return 0;
	sprint_symbol_no_offset(name, addr);
	between = match_string(rp_caller_between, ARRAY_SIZE(rp_caller_between), name);
	if (between >= 0)
		up = rp_caller_unwind(addr, sp, regs);

	raw_spin_lock_irqsave(&rp_caller_lock, flags);
	for (i = between || !up; i < RP_CALLER_CALLS; i++) {
		struct rp_caller_call *call = &rp_caller_calls[i];

		if (call->addr && call->addr != addr)
			continue;
		call->up = up;
		smp_store_release(&call->addr, addr);	/* pairs with rp_caller_id() */
		break;
	}
	raw_spin_unlock_irqrestore(&rp_caller_lock, flags);
	return up;
}
NOKPROBE_SYMBOL(rp_caller_learn);

/* Who asked, unless it is behind the first call, which nearly all are. */
unsigned long rp_caller_asker(unsigned long addr, unsigned long sp, struct pt_regs *regs)
{
	unsigned long up;
	int i;

	for (i = 1; i < RP_CALLER_CALLS; i++)
		/* pairs with rp_caller_learn() */
		if (smp_load_acquire(&rp_caller_calls[i].addr) == addr)
			break;
	up = i < RP_CALLER_CALLS ? rp_caller_calls[i].up :
				   rp_caller_learn(addr, sp, regs);
	return up ? *(unsigned long *)(sp + up) : addr;
}
NOKPROBE_SYMBOL(rp_caller_asker);

u32 rp_caller_find(unsigned long addr, unsigned long sp, bool asker)
{
	return rp_caller_put(addr) ?: rp_caller_behind(addr, sp, asker);
}
#else
u32 rp_caller_find(unsigned long addr, unsigned long sp, bool asker)
{
	return rp_caller_put(addr);
}
#endif
NOKPROBE_SYMBOL(rp_caller_find);

/* Whether rp_caller_id() is to look for who asked.  Context: may sleep. */
void rp_caller_ask(bool ask)
{
#ifdef CONFIG_UNWINDER_ORC
	if (ask)
		static_branch_enable(&rp_caller_asks);
	else
		static_branch_disable(&rp_caller_asks);
#endif
}

/* The address of number @id from 1 to RP_CALLERS, 0: not given away yet. */
unsigned long rp_caller_addr(u32 id)
{
	return READ_ONCE(rp_callers[id - 1]);
}
