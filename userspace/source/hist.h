/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_HIST_H
#define RP_SOURCE_HIST_H

#include <stdbool.h>
#include <stdint.h>

#define RP_HIST_TEXT_MAX	(1 << 20)
#define RP_HIST_BUCKETS		64

/* A line of the file "hist" */
struct rp_hist {
	char name[64];
	uint64_t calls[RP_HIST_BUCKETS];	/* [n]: below 2^n ns, but not half of that */
	uint64_t sum, most;
	unsigned int first, last;		/* that are not 0 */
};

/* False if it is none; @line is cut up. */
bool rp_hist_parse(struct rp_hist *h, char *line);

#endif
