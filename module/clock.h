/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CLOCK_MONOTONIC by the cycle counter: a third of what ktime_get_ns() costs, and
 * a record with its steps reads the clock a dozen times.
 *
 * The clock is a line over the counter, the same for all CPUs.  It never goes back
 * while calls are under way, so that a call within another does not begin before
 * it.  A reader who finds the line older than RP_CLOCK_CYCLES draws a new one,
 * which goes on where the old one ended and bends towards ktime_get_ns().  Between
 * them the two differ by what NTP changes in that time: less than a microsecond.
 *
 * Where the kernel does not trust the counter, and on arm64, it is ktime_get_ns().
 */
#ifndef _RP_CLOCK_H
#define _RP_CLOCK_H

#include "compat.h"

#ifdef RP_COMPAT_CYCLES
#define RP_CLOCK_SHIFT	24
#define RP_CLOCK_CYCLES	BIT_ULL(28)	/* 0.1 s at 2.7 GHz */

/* ns + (counter - cycles) * mult >> RP_CLOCK_SHIFT */
struct rp_clock_line {
	u64 cycles;
	u64 ns;
	u64 mult;
} __aligned(32);		/* a shift finds it */

/*
 * A latch: one line is in force, the other is being written or was.  Readers may be
 * interrupted for as long as they like, and then begin again.
 */
struct rp_clock {
	struct rp_clock_line line[2];
	u32 seq;
};

/* Private to the functions below.  Off: the kernel does not trust the counter. */
DECLARE_STATIC_KEY_FALSE(rp_clock_usable);
extern struct rp_clock rp_clock;
u64 rp_clock_renew(void);

static nokprobe_inline struct rp_clock_line *rp_clock_line(u32 seq)
{
	return &rp_clock.line[seq % 2];
}

/* Context: any but an NMI. */
static nokprobe_inline u64 rp_clock_ns(void)
{
	const struct rp_clock_line *line;
	u64 cycles, ns;
	u32 seq;

	if (!static_branch_likely(&rp_clock_usable))
		return ktime_get_ns();
	do {
		seq = smp_load_acquire(&rp_clock.seq);	/* pairs with rp_clock_set() */
		line = rp_clock_line(seq);
		cycles = rp_compat_cycles() - line->cycles;
		ns = line->ns + (cycles * line->mult >> RP_CLOCK_SHIFT);
		smp_rmb();	/* pairs with rp_clock_set(): the line first, seq after it */
	} while (unlikely(seq != READ_ONCE(rp_clock.seq)));
	/* also when this CPU's counter is behind the one that drew the line */
	return likely(cycles < RP_CLOCK_CYCLES) ? ns : rp_clock_renew();
}

void rp_clock_init(void);
#else
static nokprobe_inline u64 rp_clock_ns(void)
{
	return ktime_get_ns();
}

static inline void rp_clock_init(void)
{
}
#endif

#endif
