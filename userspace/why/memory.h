/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_MEMORY_H
#define RP_WHY_MEMORY_H

#include "story/pipeline.h"
#include "why/history.h"

struct rp_decision;

/* What there was, for whoever reads a source: its snapshot, and the changes so far */
struct rp_memory {
	struct rp_reading *reading;
	struct rp_history history;
	uint64_t known_ns;	/* all changes until then were read before */
};

/* Opens @reading as well; -1 with a message */
int rp_memory_open(struct rp_memory *memory, struct rp_reading *reading,
		   const struct rp_wanted *w);
/* Before the reading is closed */
void rp_memory_close(struct rp_memory *memory);
/* Every story, in their order */
void rp_memory_see(struct rp_memory *memory, const struct rp_decision *d);

#endif
