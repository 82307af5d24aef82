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
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "uapi/routeprobe.h"

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
 * Calls whose probe was disarmed before they returned have left what they
 * claimed.  Context: no handler runs that might return to it.
 */
void rp_omit_forget(void);

#endif
