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
 *
 * Softirqs are off also where packets are handled outside of one: in a kernel thread
 * that polls (threaded NAPI, a backlog thread), for whomever the packets are; and in
 * system calls, for the caller where it sends, and not where it receives.
 */
u8 rp_hit_context_rare(void)
{
	unsigned long hardirqs = preempt_count() & HARDIRQ_MASK;

	if (in_nmi())
		hardirqs -= HARDIRQ_OFFSET;
	if (hardirqs)
		return RP_CONTEXT_HARDIRQ;
	if (in_serving_softirq() || (softirq_count() && current->flags & PF_KTHREAD) ||
	    rp_omit_is_covered(rp_hit_input))
		return RP_CONTEXT_SOFTIRQ;
	return RP_CONTEXT_TASK;
}
NOKPROBE_SYMBOL(rp_hit_context_rare);
