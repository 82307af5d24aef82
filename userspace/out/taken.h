/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_TAKEN_H
#define RP_OUT_TAKEN_H

#include "lib/tally.h"

struct rp_decision;
struct rp_why;

#define RP_TAKEN_FLOWS	64	/* that are told of */

/* Flows that found their way: of each its last decision, and why it was that */
struct rp_taken {
	struct rp_why *why;
	struct rp_tally flows;
	uint64_t more;		/* decisions of flows for which there was no room */
};

void rp_taken_init(struct rp_taken *taken, struct rp_why *why);
void rp_taken_exit(struct rp_taken *taken);
/* A decision that worked; for struct rp_why_watch */
void rp_taken_add(void *taken, const struct rp_decision *d);
void rp_print_taken(struct rp_taken *taken);

#endif
