/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_CHROME_H
#define RP_OUT_CHROME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/buf.h"
#include "lib/tally.h"

struct rp_decision;
struct rp_why;
struct rp_why_group;

/*
 * A trace in the JSON of Chrome, which Perfetto reads: written as it comes, so that
 * memory only grows with namespaces and tasks, up to a limit.
 */
struct rp_chrome {
	struct rp_why *why;
	FILE *out;
	struct rp_buf line;
	struct rp_tally tracks;		/* those that have their names */
	struct rp_tally netns;		/* and their numbers */
	uint64_t arrows;
	bool began;
};

void rp_chrome_begin(void *chrome, struct rp_why *why, FILE *out);
/* What was written is whole then. */
void rp_chrome_finish(void *chrome);
void rp_chrome_end(void *chrome);

/* Each story, and behind it where its failure came from; both for a watch of why */
void rp_chrome_story(void *chrome, const struct rp_decision *d);
void rp_chrome_failure(void *chrome, const struct rp_why_group *group,
		       const struct rp_decision *d);

#endif
