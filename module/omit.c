// SPDX-License-Identifier: GPL-2.0
/* What records leave out: see omit.h. */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "omit.h"

DEFINE_PER_CPU(struct rp_omit_key, rp_omit_keys);

DEFINE_PER_CPU(struct rp_omit_frame *, rp_omit_frames);

struct rp_omit_walk rp_omit_walks[RP_OMIT_BUCKETS * RP_OMIT_WAYS];

struct rp_omit_walk *rp_omit_walk_begin(const void *flow, u8 family, const struct net *net)
{
	struct rp_omit_walk *first = rp_omit_walk_bucket(), *walk = first;
	int way;

	for (way = 0; way < RP_OMIT_WAYS; way++, walk++) {
		if (READ_ONCE(walk->task) || cmpxchg(&walk->task, NULL, current))
			continue;
		if (unlikely(way))
			WRITE_ONCE(first->more, true);	/* it is this task that looks for it */
		walk->net = net;
		walk->family = family;
		if (unlikely(walk->count)) {	/* rp_omit_forget() */
			memset(walk->passed, 0, sizeof(walk->passed));
			WRITE_ONCE(walk->count, 0);
		}
		WRITE_ONCE(walk->flow, flow);
		return walk;
	}
	return NULL;
}
NOKPROBE_SYMBOL(rp_omit_walk_begin);

/* In the other ways than the first. */
struct rp_omit_walk *rp_omit_walk_find_on(struct rp_omit_walk *walk, const void *flow)
{
	int way;

	for (way = 1, walk++; way < RP_OMIT_WAYS; way++, walk++)
		if (READ_ONCE(walk->task) == current && READ_ONCE(walk->flow) == flow)
			return walk;
	return NULL;
}
NOKPROBE_SYMBOL(rp_omit_walk_find_on);

static struct rp_omit_flood rp_omit_floods[RP_OMIT_FLOODS];

/* NULL: there is no room. */
struct rp_omit_flood *rp_omit_flood_begin(void)
{
	struct rp_omit_flood *flood;

	for (flood = rp_omit_floods; flood < rp_omit_floods + RP_OMIT_FLOODS; flood++) {
		if (READ_ONCE(flood->task) || cmpxchg(&flood->task, NULL, current))
			continue;
		WRITE_ONCE(flood->count, 0);
		return flood;
	}
	return NULL;
}
NOKPROBE_SYMBOL(rp_omit_flood_begin);

/* One more, of this task: is it one too many? */
bool rp_omit_flood_takes(void)
{
	struct rp_omit_flood *flood;

	for (flood = rp_omit_floods; flood < rp_omit_floods + RP_OMIT_FLOODS; flood++) {
		if (READ_ONCE(flood->task) != current)
			continue;
		WRITE_ONCE(flood->count, flood->count + 1);
		return flood->count > RP_EVENTS_MAX;
	}
	return false;
}
NOKPROBE_SYMBOL(rp_omit_flood_takes);

void rp_omit_forget(void)
{
	int i;

	for_each_possible_cpu(i)
		WRITE_ONCE(per_cpu(rp_omit_keys, i).task, NULL);
	for (i = 0; i < ARRAY_SIZE(rp_omit_walks); i++)
		WRITE_ONCE(rp_omit_walks[i].task, NULL);
	for (i = 0; i < RP_OMIT_FLOODS; i++)
		WRITE_ONCE(rp_omit_floods[i].task, NULL);
}
