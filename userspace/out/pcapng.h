/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_PCAPNG_H
#define RP_OUT_PCAPNG_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/buf.h"
#include "lib/tally.h"

struct rp_decision;
struct rp_why;
struct rp_why_group;

/*
 * Decisions as packets for Wireshark: written as they come, so that memory only grows
 * with namespaces, up to a limit.
 */
struct rp_pcapng {
	struct rp_why *why;
	FILE *out;
	struct rp_buf block;		/* the packet that is not written yet */
	struct rp_buf comment;		/* its story, to which a cause may come */
	struct rp_tally netns;		/* and their numbers as interfaces */
	unsigned int direction;
};

void rp_pcapng_begin(void *pcapng, struct rp_why *why, FILE *out);
/* What was written is whole then. */
void rp_pcapng_finish(void *pcapng);
void rp_pcapng_end(void *pcapng);

/* Each story, and behind it where its failure came from; both for a watch of why */
void rp_pcapng_story(void *pcapng, const struct rp_decision *d);
void rp_pcapng_failure(void *pcapng, const struct rp_why_group *group,
		       const struct rp_decision *d);

#endif
