/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_METRICS_H
#define RP_OUT_METRICS_H

#include <stdint.h>

#include "lib/buf.h"
#include "lib/tally.h"

struct rp_decision;
struct rp_source;
struct rp_why;
struct rp_why_group;

#define RP_METRICS_NS		15000000000ULL	/* how often they are written */
#define RP_METRICS_KINDS	200		/* of failures that are told apart */

/*
 * Numbers for Prometheus, in the text that node_exporter's textfile collector reads.  No
 * label has a flow, a process or a namespace, so that there are few series.
 */
struct rp_metrics {
	struct rp_why *why;
	const char *path;
	struct rp_tally failures;	/* by their labels */
	uint64_t all;
	uint64_t others;		/* of more kinds than are kept */
	uint64_t written_ns;
	struct rp_buf text;
};

void rp_metrics_init(struct rp_metrics *m, struct rp_why *why, const char *path);
void rp_metrics_exit(struct rp_metrics *m);

/* For a watch of why */
void rp_metrics_failure(void *metrics, const struct rp_why_group *group,
			const struct rp_decision *d);
/* Writes the file, if it is time; -1 with a message */
int rp_metrics_write(struct rp_metrics *m, uint64_t now_ns);

#endif
