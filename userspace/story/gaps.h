/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_GAPS_H
#define RP_STORY_GAPS_H

#include <stdbool.h>
#include <stdint.h>

struct rp_node;
struct rp_story;

#define RP_GAPS_KEPT	8

/* The newest moments between which records of one CPU were lost. */
struct rp_story_gaps {
	unsigned int count;
	uint64_t from[RP_GAPS_KEPT], to[RP_GAPS_KEPT];
};

void rp_gaps_add(struct rp_story *st, unsigned int cpu, uint64_t from_ns,
		 uint64_t to_ns);
/* Could a record that was lost have been part of this story? */
bool rp_gaps_touch(const struct rp_story *st, const struct rp_node *node);

#endif
