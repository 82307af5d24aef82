/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_PROGRESS_H
#define RP_LIB_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How far it is, for who waits at a terminal: after a second, and gone in the end */
struct rp_progress {
	FILE *out;		/* NULL: nobody waits */
	bool shown;
	int64_t start_ns, last_ns;
};

/* @wanted: stderr is looked at, if it is a terminal */
void rp_progress_init(struct rp_progress *p, bool wanted);
/* Is it time to say something again? */
bool rp_progress_is_due(struct rp_progress *p, int64_t now_ns);
/* "42 %" of @total, or what there is where that is 0: "1000000 records" */
void rp_progress_show(struct rp_progress *p, uint64_t done, uint64_t total);
void rp_progress_end(struct rp_progress *p);

#endif
