/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a call begins and ends.  It begins at what ktime_get_ns() says, so that a call
 * within another never begins before it; the end is that plus what the cycle counter
 * says, which costs a third.  Between two records the counter may run on a little faster
 * or slower than the clock: see rp_ring_end_ns().
 */
#ifndef _RP_CLOCK_H
#define _RP_CLOCK_H

#include <linux/jump_label.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/types.h>

#ifdef CONFIG_X86_64
#include <linux/math64.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#define RP_CLOCK_SHIFT	24

/* Set once, before anything is armed.  Off: the kernel does not trust the counter. */
DECLARE_STATIC_KEY_FALSE(rp_clock_tsc);
extern u32 rp_clock_mult;	/* nanoseconds of a cycle, << RP_CLOCK_SHIFT */

static nokprobe_inline u64 rp_clock_cycles(void)
{
	return static_branch_likely(&rp_clock_tsc) ? rdtsc() : 0;
}

/* @start_ns and @cycles: when it began */
static nokprobe_inline u64 rp_clock_end_ns(u64 start_ns, u64 cycles)
{
	if (!static_branch_likely(&rp_clock_tsc))
		return ktime_get_ns();
	cycles = rdtsc() - cycles;
	if (unlikely((s64)cycles < 0))	/* it went on where the counter is behind */
		return start_ns;
	return start_ns + mul_u64_u32_shr(cycles, rp_clock_mult, RP_CLOCK_SHIFT);
}

void rp_clock_init(void);
#else
static nokprobe_inline u64 rp_clock_cycles(void)
{
	return 0;
}

static nokprobe_inline u64 rp_clock_end_ns(u64 start_ns, u64 cycles)
{
	return ktime_get_ns();
}

static inline void rp_clock_init(void)
{
}
#endif

#endif
