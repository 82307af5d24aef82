// SPDX-License-Identifier: GPL-2.0
/* Which stories may lack a part because records were lost. */
#include <string.h>

#include "lib/util.h"
#include "source/stream.h"
#include "story/gaps.h"
#include "story/story.h"

void rp_gaps_add(struct rp_story *st, unsigned int cpu, uint64_t from_ns,
		 uint64_t to_ns)
{
	struct rp_story_gaps *g;

	if (cpu >= st->ngaps) {
		st->gaps = rp_util_grow(st->gaps, cpu + 1, sizeof(*g));
		memset(st->gaps + st->ngaps, 0,
		       (cpu + 1 - st->ngaps) * sizeof(*g));
		st->ngaps = cpu + 1;
	}
	g = &st->gaps[cpu];
	if (g->count == RP_GAPS_KEPT) {
		/* The oldest two become one: too much is doubted, not too little. */
		g->count--;
		g->to[0] = g->to[1];
		memmove(&g->from[1], &g->from[2], (RP_GAPS_KEPT - 2) * sizeof(g->from[0]));
		memmove(&g->to[1], &g->to[2], (RP_GAPS_KEPT - 2) * sizeof(g->to[0]));
	}
	g->from[g->count] = from_ns;
	g->to[g->count++] = to_ns;
}

static bool rp_gaps_overlap(const struct rp_story *st, unsigned int cpu,
			    uint64_t begin, uint64_t end)
{
	const struct rp_story_gaps *g = &st->gaps[cpu];
	unsigned int i;

	for (i = 0; i < g->count; i++)
		if (g->from[i] < end && g->to[i] > begin)
			return true;
	return false;
}

static bool rp_gaps_on_cpus(const struct rp_story *st, const struct rp_node *node,
			    uint64_t begin, uint64_t end)
{
	const struct rp_node *inner;

	if (node->rec.cpu < st->ngaps &&
	    rp_gaps_overlap(st, node->rec.cpu, begin, end))
		return true;
	TAILQ_FOREACH(inner, &node->inner, link)
		if (rp_gaps_on_cpus(st, inner, begin, end))
			return true;
	return false;
}

/*
 * A task that moved leaves records on several CPUs.  If there is nothing
 * inside, all of it may have been on a CPU that we do not know of.
 */
bool rp_gaps_touch(const struct rp_story *st, const struct rp_node *node)
{
	uint64_t begin = node->rec.time_ns, end = rp_stream_end_ns(&node->rec);
	size_t cpu;

	if (!st->ngaps)
		return false;
	if (rp_gaps_on_cpus(st, node, begin, end))
		return true;
	if (!TAILQ_EMPTY(&node->inner) || node->rec.context != RP_CONTEXT_TASK)
		return false;
	for (cpu = 0; cpu < st->ngaps; cpu++)
		if (rp_gaps_overlap(st, cpu, begin, end))
			return true;
	return false;
}
