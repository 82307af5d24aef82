// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel stacks, on demand: a record has the number of one, and the file "stacks"
 * says what the number stands for.
 *
 * Why not what the kernel has: stack_depot_save() is for modules only where the kernel
 * was built with something else that needs it, which 5.10 was not; it allocates in the
 * handler, never frees, cannot be bounded for one of its users, and cannot be listed.
 * A BPF stack map needs BPF.  So only the walk is the kernel's, by stack_trace_save(),
 * which modules have from 5.2 on, or by what that stands on.
 *
 * A number is never used again: each table that is made has its own range, for the
 * ring may hold records from before.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "compat.h"
#include "stack.h"

/* Frames of the stack and, before them, of the probe itself, which are some ten. */
#define RP_STACK_WALK	(RP_STACK_FRAMES + 24)

struct rp_stacks {
	u32 base;		/* of the numbers of this table */
	u64 __percpu *records;	/* by slot */
	struct rp_stack_table table;
};

/*
 * Handlers have preemption or interrupts off from where they read this to their last
 * use of it: after synchronize_rcu() none is left that saw another.
 */
struct rp_stacks __rcu *rp_stacks;

static DEFINE_MUTEX(rp_stack_lock);	/* protects that rp_stacks changes, and the next */
static u32 rp_stack_base;		/* of the next table; wraps after a million of them */

/*
 * From where the kernel calls softirqs, 0: not known.  What is further out is what an
 * interrupt happened to hit, of which there is no end, and never the reason.
 */
static unsigned long rp_stack_softirq;

/**
 * rp_stack_take() - the number of the stack of a call that is probed
 * @regs: the handler's
 * @caller: where the call returns to, and the stack begins
 *
 * A stack that the walk did not find it in is the caller alone: the unwinder gave up, or
 * the kernel has none.
 *
 * Context: preemption off.
 * Return: what rp_record.stack is to be, 0: there is no room, which is counted.
 */
u32 rp_stack_take(struct pt_regs *regs, unsigned long caller)
{
	struct rp_stacks *stacks = rcu_dereference_sched(rp_stacks);
	unsigned long frames[RP_STACK_WALK];
	unsigned int count, first, last, slot;

	if (!stacks)
		return 0;
	count = rp_compat_stack(regs, frames, ARRAY_SIZE(frames));
	for (first = 0; first < count && frames[first] != caller; first++)
		;
	if (first == count) {
		frames[0] = caller;
		first = 0;
		count = 1;
	}
	for (last = first; last < count - 1 && frames[last] != rp_stack_softirq; last++)
		;
	slot = rp_stack_table_put(&stacks->table, frames + first, last + 1 - first);
	if (slot)
		return stacks->base + slot;
	this_cpu_inc(stacks->records[0]);
	return 0;
}
NOKPROBE_SYMBOL(rp_stack_take);

/* A record with this stack was made; if the table is another by now, it is not counted. */
void rp_stack_count(u32 id)
{
	struct rp_stacks *stacks = rcu_dereference_sched(rp_stacks);

	if (id && stacks && id - stacks->base < RP_STACKS)
		this_cpu_inc(stacks->records[id - stacks->base]);
}
NOKPROBE_SYMBOL(rp_stack_count);

/* What two softirqs that differ look like from inside. */
static struct rp_stack_look {
	unsigned long frames[RP_STACK_WALK];
	unsigned int count;
	struct completion done;
} rp_stack_looks[2];

static void rp_stack_in_timer(struct timer_list *timer)
{
	struct rp_stack_look *look = &rp_stack_looks[0];

	look->count = rp_compat_stack_here(look->frames, RP_STACK_WALK);
	complete(&look->done);
}

static void rp_stack_in_tasklet(struct tasklet_struct *tasklet)
{
	struct rp_stack_look *look = &rp_stack_looks[1];

	look->count = rp_compat_stack_here(look->frames, RP_STACK_WALK);
	complete(&look->done);
}

static DEFINE_TIMER(rp_stack_timer, rp_stack_in_timer);
static DECLARE_TASKLET(rp_stack_tasklet, rp_stack_in_tasklet);

/*
 * The innermost frame that both have is the one that calls softirqs.  The end of a
 * softirq is waited for by the synchronize_rcu() that follows.
 */
static void rp_stack_learn_softirq(void)
{
	const struct rp_stack_look *a = &rp_stack_looks[0], *b = &rp_stack_looks[1];
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(rp_stack_looks); i++)
		init_completion(&rp_stack_looks[i].done);
	mod_timer(&rp_stack_timer, jiffies + 1);
	tasklet_schedule(&rp_stack_tasklet);
	for (i = 0; i < ARRAY_SIZE(rp_stack_looks); i++)
		wait_for_completion(&rp_stack_looks[i].done);

	for (i = 0; i < a->count; i++)
		for (j = 0; j < b->count; j++)
			if (a->frames[i] == b->frames[j]) {
				rp_stack_softirq = a->frames[i];
				return;
			}
}

static void rp_stack_free(struct rp_stacks *stacks)
{
	if (stacks)
		free_percpu(stacks->records);
	kvfree(stacks);
}

/* Whoever asked for stacks is told that there is no memory: the log need not be. */
static struct rp_stacks *rp_stack_alloc(void)
{
	struct rp_stacks *stacks = kvzalloc(sizeof(*stacks), GFP_KERNEL | __GFP_NOWARN);

	if (!stacks)
		return NULL;
	stacks->records = __alloc_percpu_gfp(RP_STACKS * sizeof(u64), sizeof(u64),
					     GFP_KERNEL | __GFP_NOWARN);
	if (stacks->records)
		return stacks;
	rp_stack_free(stacks);
	return NULL;
}

/**
 * rp_stack_switch() - take stacks from now on, or no more and forget those taken
 * @on: which
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM.
 */
int rp_stack_switch(bool on)
{
	struct rp_stacks *old, *stacks = NULL;
	int err = 0;

	mutex_lock(&rp_stack_lock);
	old = rcu_dereference_protected(rp_stacks, lockdep_is_held(&rp_stack_lock));
	if (!old == !on)
		goto unlock;
	if (on) {
		stacks = rp_stack_alloc();
		if (!stacks) {
			err = -ENOMEM;
			goto unlock;
		}
		rp_stack_learn_softirq();
		stacks->base = rp_stack_base;
		rp_stack_base += RP_STACKS;
	}
	rcu_assign_pointer(rp_stacks, stacks);
	synchronize_rcu();
	rp_stack_free(old);
unlock:
	mutex_unlock(&rp_stack_lock);
	return err;
}

/* Of a slot below RP_STACKS.  Context: may sleep. */
void rp_stack_status(unsigned int slot, struct rp_stack_status *status)
{
	const struct rp_stacks *stacks;
	const struct rp_stack *stack;
	int cpu;

	memset(status, 0, sizeof(*status));
	mutex_lock(&rp_stack_lock);
	stacks = rcu_dereference_protected(rp_stacks, lockdep_is_held(&rp_stack_lock));
	if (!stacks)
		goto unlock;
	for_each_possible_cpu(cpu)
		status->records += READ_ONCE(per_cpu_ptr(stacks->records, cpu)[slot]);
	stack = rp_stack_table_get(&stacks->table, slot);
	if (stack) {
		status->id = stacks->base + slot;
		status->count = stack->count;
		status->cut = stack->cut;
		memcpy(status->frames, stack->frames, stack->count * sizeof(*stack->frames));
	}
unlock:
	mutex_unlock(&rp_stack_lock);
}
