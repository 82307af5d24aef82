/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which record stands for which others: the section "Records left out" of the
 * contract.  All state is kept by task and flow, two pointers that only the
 * call under way has: a task may be preempted and go on elsewhere between any
 * two of the functions that read and write it.
 *
 * The flow tells a softirq from the task that it interrupts: both have the
 * same current, but live flows have different addresses.
 */
#ifndef _RP_OMIT_H
#define _RP_OMIT_H

#include <linux/compiler.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/thread_info.h>
#include <linux/types.h>

#include "uapi/routeprobe.h"

struct dst_entry;
struct net;

/*
 * A call whose record will tell what the lookup of @flow found.  Where it stands is
 * where the call was when it began, which is where it most likely still is.
 *
 * No lock, no atomic, and no look at who had the place before: a softirq and the task
 * below it, or tasks that preempt each other, may spoil it for each other, and then a
 * lookup gets a record that it need not have.  No lookup lacks one for it: both pointers
 * have to be those of the call, the flow is nobody else's as long as the call lasts,
 * and whoever was the last to write @task clears it later, from wherever it is then.
 */
struct rp_omit_key {
	const struct task_struct *task;	/* NULL: free */
	const void *flow;
};

DECLARE_PER_CPU(struct rp_omit_key, rp_omit_keys);

static nokprobe_inline struct rp_omit_key *rp_omit_claim(const void *flow)
{
	struct rp_omit_key *key = raw_cpu_ptr(&rp_omit_keys);

	WRITE_ONCE(key->flow, flow);
	WRITE_ONCE(key->task, current);
	return key;
}

static nokprobe_inline void rp_omit_release(struct rp_omit_key *key)
{
	/* first, or who is interrupted between its two stores would take it over */
	WRITE_ONCE(key->flow, NULL);
	WRITE_ONCE(key->task, NULL);
}

static nokprobe_inline bool rp_omit_is_covered(const void *flow)
{
	return raw_cpu_read(rp_omit_keys.flow) == flow &&
	       raw_cpu_read(rp_omit_keys.task) == current;
}

/*
 * A call by a wrapper whose record also tells what calls inside it found that have the
 * same flow.  They leave it here, in the stack of the wrapper.
 *
 * Where it stands is told by a pointer of the CPU where the call began.  As with a key,
 * others may take that place, or the call may go on elsewhere: then those inside find no
 * frame, and have records of their own.  What they find is theirs to write into:
 *
 * - A frame above them in their own stack, within a page: stacks are at least a page
 *   apart, or one never gets that near to the end of another.
 * - It is live.  The call that claimed it clears the pointer before it returns, in the
 *   place where it wrote it, and nobody else ever writes this frame there.  In one stack
 *   that order is the program's; who moves to another CPU meanwhile takes it along.
 * - It has their flow, which is written before the pointer, and is no other live call's.
 *
 * As a wrapper always returns to us, nothing is left behind when a probe is disarmed.
 */
struct rp_omit_frame {
	const void *flow;
	const void *asked;		/* the same while an output looks it up, or NULL */
	struct rp_omit_frame **slot;
	const struct dst_entry *dst;	/* the last output's; no more than its address */
	struct rp_folded folded;
	u16 has;			/* of route and folded: RP_HAS_* */
	bool missed;			/* of the output under way, or of the last */
	struct rp_route route;
};

DECLARE_PER_CPU(struct rp_omit_frame *, rp_omit_frames);

static nokprobe_inline void rp_omit_frame_claim(struct rp_omit_frame *frame, const void *flow,
						const void *asked)
{
	struct rp_omit_frame **slot = raw_cpu_ptr(&rp_omit_frames);

	frame->flow = flow;
	frame->asked = asked;
	frame->slot = slot;
	frame->folded = (struct rp_folded) { };
	frame->missed = false;
	barrier();	/* who interrupts us finds all of it, or nothing */
	WRITE_ONCE(*slot, frame);
}

static nokprobe_inline void rp_omit_frame_release(struct rp_omit_frame *frame)
{
	WRITE_ONCE(*frame->slot, NULL);
}

/* May be anybody's, or NULL: to be followed only if it is near. */
static nokprobe_inline struct rp_omit_frame *rp_omit_frame_here(void)
{
	return raw_cpu_read(rp_omit_frames);
}

static nokprobe_inline bool rp_omit_frame_is_near(const struct rp_omit_frame *frame)
{
	return likely((unsigned long)frame - current_stack_pointer < PAGE_SIZE);
}

/*
 * A walk over the rules.  Who carries out a rule leaves it here for the lookup in
 * its table, which leaves it if it has no answer.  A slot is claimed by cmpxchg(), as
 * it holds more than what tells whose it is.
 */
struct rp_omit_walk {
	const struct task_struct *task;	/* NULL: free */
	const void *flow;
	const struct net *net;		/* alive as long as the walk; NULL: nothing of it is
					 * recorded, as a filter refused it
					 */
	bool more;			/* of the first in a bucket: others were used, too */
	u8 family;
	u8 count;			/* of passed, the others are zero */
	struct rp_passed passed[RP_PASSED_MAX];	/* not recorded yet; the last may not be passed */
};

/*
 * Looked at with one or two misses of the cache.  A task has more than one walk
 * when a softirq interrupts it.
 */
#define RP_OMIT_BUCKETS	64
#define RP_OMIT_WAYS	4

extern struct rp_omit_walk rp_omit_walks[RP_OMIT_BUCKETS * RP_OMIT_WAYS];

/*
 * Whose handlers run while others are disarmed may find their walk another's: no index into
 * passed may be read twice, and nothing is recorded for a walk that is no more theirs.
 */
static nokprobe_inline unsigned int rp_omit_walk_count(const struct rp_omit_walk *walk)
{
	return min_t(unsigned int, READ_ONCE(walk->count), RP_PASSED_MAX);
}

/* NULL: there is no room, and each rule has a record of its own. */
struct rp_omit_walk *rp_omit_walk_begin(const void *flow, u8 family, const struct net *net);
struct rp_omit_walk *rp_omit_walk_find_on(struct rp_omit_walk *walk, const void *flow);

static nokprobe_inline struct rp_omit_walk *rp_omit_walk_bucket(void)
{
	/* side by side tasks are some 38 times 256 bytes apart */
	return rp_omit_walks + ((unsigned long)current >> 8) % RP_OMIT_BUCKETS * RP_OMIT_WAYS;
}

/* NULL: there is none for this flow. */
static nokprobe_inline struct rp_omit_walk *rp_omit_walk_find(const void *flow)
{
	struct rp_omit_walk *walk = rp_omit_walk_bucket();

	if (likely(READ_ONCE(walk->task) == current && READ_ONCE(walk->flow) == flow))
		return walk;
	return unlikely(READ_ONCE(walk->more)) ? rp_omit_walk_find_on(walk, flow) : NULL;
}

static nokprobe_inline void rp_omit_walk_end(struct rp_omit_walk *walk)
{
	if (unlikely(READ_ONCE(walk->task) != current))
		return;		/* rp_omit_forget() */
	WRITE_ONCE(walk->flow, NULL);
	/* pairs with the cmpxchg() of whoever is next */
	smp_store_release(&walk->task, NULL);
}

/*
 * A call in which routes die by the thousands, if a device has that many: the first are
 * recorded, and the others are counted, for its own record.  Who gets here has the RTNL
 * lock of its namespace at least, and a device at a time, so there are few at once; one
 * that finds no room has all recorded.
 *
 * Only the task that has it writes to it, or finds it.  As with a walk, rp_omit_forget()
 * may have given it to another, whose count is then too high by those that were under way.
 */
struct rp_omit_flood {
	const struct task_struct *task;	/* NULL: free */
	u32 count;
};

#define RP_OMIT_FLOODS	4

struct rp_omit_flood *rp_omit_flood_begin(void);
bool rp_omit_flood_takes(void);

static nokprobe_inline u32 rp_omit_flood_left_out(const struct rp_omit_flood *flood)
{
	const u32 count = READ_ONCE(flood->count);

	return count > RP_EVENTS_MAX ? count - RP_EVENTS_MAX : 0;
}

static nokprobe_inline void rp_omit_flood_end(struct rp_omit_flood *flood)
{
	if (READ_ONCE(flood->task) != current)
		return;		/* rp_omit_forget() */
	/* pairs with the cmpxchg() of whoever is next */
	smp_store_release(&flood->task, NULL);
}

/*
 * Calls whose probe was disarmed before they returned have left what they
 * claimed.  Context: no handler runs that might return to it.
 */
void rp_omit_forget(void);

#endif
