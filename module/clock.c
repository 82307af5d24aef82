// SPDX-License-Identifier: GPL-2.0
/* Where the line of clock.h comes from. */
#include "clock.h"

#ifdef RP_COMPAT_CYCLES
DEFINE_STATIC_KEY_FALSE(rp_clock_usable);
struct rp_clock rp_clock;

/*
 * A line does not go on where the old one is when that is so far behind, or has not
 * been read for so long that no call that has read it is still under way.
 */
#define RP_CLOCK_JUMP_NS	1000000
#define RP_CLOCK_GAP		(4 * RP_CLOCK_CYCLES)

/* What the clock was when the last line was drawn.  Of who has set rp_clock_busy. */
static struct rp_clock_line rp_clock_measured;
static unsigned long rp_clock_busy;

/* The narrowest of some tries: @ns was the time when the counter was at @cycles. */
static void rp_clock_measure(u64 *ns, u64 *cycles)
{
	u64 before, now, after, best = U64_MAX;
	int try;

	for (try = 0; try < 4; try++) {
		before = rp_compat_cycles();
		now = ktime_get_ns();
		after = rp_compat_cycles();
		if (after - before >= best)
			continue;
		best = after - before;
		*ns = now;
		*cycles = before + best / 2;
	}
}
NOKPROBE_SYMBOL(rp_clock_measure);

static void rp_clock_set(u64 cycles, u64 ns, u64 mult)
{
	u32 seq = rp_clock.seq + 1;
	struct rp_clock_line *line = rp_clock_line(seq);

	/* who reads this line meanwhile, which ended long ago, sees that seq has moved on */
	smp_wmb();
	WRITE_ONCE(line->cycles, cycles);
	WRITE_ONCE(line->ns, ns);
	WRITE_ONCE(line->mult, mult);
	smp_store_release(&rp_clock.seq, seq);	/* the line first */
}
NOKPROBE_SYMBOL(rp_clock_set);

static u64 rp_clock_at(const struct rp_clock_line *line, u64 cycles)
{
	return line->ns + mul_u64_u32_shr(cycles - line->cycles, line->mult, RP_CLOCK_SHIFT);
}
NOKPROBE_SYMBOL(rp_clock_at);

/* Nanoseconds of a cycle since the last measurement, if that was not long ago or just now */
static u64 rp_clock_rate(u64 ns, u64 cycles)
{
	const struct rp_clock_line *last = &rp_clock_measured;

	cycles -= last->cycles;
	if (cycles < RP_CLOCK_CYCLES / 2 || cycles > RP_CLOCK_GAP)
		return last->mult;
	return div64_u64((ns - last->ns) << RP_CLOCK_SHIFT, cycles);
}
NOKPROBE_SYMBOL(rp_clock_rate);

/*
 * A new line, from where the old one is now.  It bends so that it meets the clock when
 * RP_CLOCK_GAP is over: sooner, and one that is drawn late would overshoot.
 */
static u64 rp_clock_draw(const struct rp_clock_line *line)
{
	u64 ns, cycles, now;
	s64 off;

	rp_clock_measure(&ns, &cycles);
	rp_clock_measured = (struct rp_clock_line) { cycles, ns, rp_clock_rate(ns, cycles) };

	now = rp_clock_at(line, cycles);
	off = max_t(s64, ns - now, -RP_CLOCK_JUMP_NS);
	if (cycles - line->cycles > RP_CLOCK_GAP || off > RP_CLOCK_JUMP_NS) {
		now = ns;
		off = 0;
	}
	rp_clock_set(cycles, now, rp_clock_measured.mult +
		     off * (1 << RP_CLOCK_SHIFT) / (s64)RP_CLOCK_GAP);
	return now;
}
NOKPROBE_SYMBOL(rp_clock_draw);

static void rp_clock_read(struct rp_clock_line *line)
{
	u32 seq;

	do {
		seq = smp_load_acquire(&rp_clock.seq);	/* as in rp_clock_ns() */
		*line = *rp_clock_line(seq);
		smp_rmb();	/* the same */
	} while (seq != READ_ONCE(rp_clock.seq));
}
NOKPROBE_SYMBOL(rp_clock_read);

/* By a line that should have been renewed, or that began after this CPU's counter. */
static u64 rp_clock_by_old(const struct rp_clock_line *line)
{
	u64 cycles = rp_compat_cycles();

	if (line->cycles - cycles < RP_CLOCK_CYCLES)
		return line->ns;
	return cycles - line->cycles > RP_CLOCK_GAP ? ktime_get_ns() : rp_clock_at(line, cycles);
}
NOKPROBE_SYMBOL(rp_clock_by_old);

/*
 * The time, for who finds that the line has ended.  Who interrupts the one who draws
 * a new line cannot wait for it.
 */
u64 rp_clock_renew(void)
{
	struct rp_clock_line line;
	unsigned long flags;
	u64 ns;

	if (rp_compat_cycles_untrusted())
		return ktime_get_ns();
	local_irq_save(flags);
	if (cmpxchg(&rp_clock_busy, 0, 1)) {
		rp_clock_read(&line);
		ns = rp_clock_by_old(&line);
	} else {
		rp_clock_read(&line);
		/* renewed meanwhile, or this CPU's counter is behind */
		if (rp_compat_cycles() - line.cycles < RP_CLOCK_CYCLES ||
		    line.cycles - rp_compat_cycles() < RP_CLOCK_CYCLES)
			ns = rp_clock_by_old(&line);
		else
			ns = rp_clock_draw(&line);
		smp_store_release(&rp_clock_busy, 0);	/* what it has measured first */
	}
	local_irq_restore(flags);
	return ns;
}
NOKPROBE_SYMBOL(rp_clock_renew);

/*
 * The rate is measured by the clock, whichever that is: what the kernel knows (tsc_khz)
 * may be off by more than a call takes to get from one probe to the next.
 */
void rp_clock_init(void)
{
	u64 ns, cycles, ns_later, cycles_later, mult;

	if (rp_compat_cycles_untrusted())
		return;
	rp_clock_measure(&ns, &cycles);
	msleep(20);
	rp_clock_measure(&ns_later, &cycles_later);
	if (cycles_later <= cycles)
		return;
	mult = div64_u64((ns_later - ns) << RP_CLOCK_SHIFT, cycles_later - cycles);
	rp_clock_measured = (struct rp_clock_line) { cycles_later, ns_later, mult };
	rp_clock_set(cycles_later, ns_later, mult);
	static_branch_enable(&rp_clock_usable);
}
#endif
