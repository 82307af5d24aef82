// SPDX-License-Identifier: GPL-2.0
/* What all hits share: see hit.h. */
#include <linux/hardirq.h>

#include "hit.h"

struct rp_hit_counts __percpu *rp_hit_counts;

DEFINE_STATIC_KEY_FALSE(rp_hit_filtered);

DEFINE_PER_CPU(struct rp_record, rp_hit_scratch);

const struct task_struct *rp_hit_tester;
unsigned long rp_hit_tested;

const char rp_hit_input[1];

/*
 * A kprobe that is a breakpoint runs in what the kernel takes for an NMI: as no probed
 * function runs in one, its part of the count is taken off again.
 */
static bool rp_hit_in_hardirq(void)
{
	unsigned long hardirqs = preempt_count() & HARDIRQ_MASK;

	return in_nmi() ? hardirqs > HARDIRQ_OFFSET : hardirqs;
}
NOKPROBE_SYMBOL(rp_hit_in_hardirq);

/*
 * Softirqs are off also where packets are handled outside of one: in a kernel thread
 * that polls (threaded NAPI, a backlog thread), for whomever the packets are; and in
 * system calls, for the caller where it sends, and not where it receives.
 */
u8 rp_hit_context_rare(void)
{
	if (rp_hit_in_hardirq())
		return RP_CONTEXT_HARDIRQ;
	if (in_serving_softirq() || (softirq_count() && current->flags & PF_KTHREAD) ||
	    rp_omit_is_covered(rp_hit_input))
		return RP_CONTEXT_SOFTIRQ;
	return RP_CONTEXT_TASK;
}
NOKPROBE_SYMBOL(rp_hit_context_rare);

/* A kernel thread that has softirqs off works for itself here, or for the link. */
u8 rp_hit_context_locked(void)
{
	if (rp_hit_in_hardirq())
		return RP_CONTEXT_HARDIRQ;
	return in_serving_softirq() ? RP_CONTEXT_SOFTIRQ : RP_CONTEXT_TASK;
}
NOKPROBE_SYMBOL(rp_hit_context_locked);
