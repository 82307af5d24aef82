/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_COUNT_WHATIF_H
#define RP_COUNT_WHATIF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fib/sandbox.h"
#include "lib/tally.h"
#include "story/pipeline.h"
#include "words/flow_class.h"
#include "words/print.h"

/* What the command would do to a flow, in the order in which it is told */
enum rp_whatif_effect {
	RP_WHATIF_FAILS,
	RP_WHATIF_MOVES,
	RP_WHATIF_WORKS,	/* it failed before */
	RP_WHATIF_UNSURE,	/* the sandbox is not as the box was */
	RP_WHATIF_STAYS,
	RP_WHATIF_EFFECTS
};

/* A class of flows, and what was recorded of its newest decision */
struct rp_whatif_flow {
	const char *key;	/* namespace, a tab, and the flow's class */
	struct rp_flow_class class;
	struct rp_flow flow;	/* as it was asked for */
	int err;		/* as in a record */
	bool matched;		/* dst and dst_len of way are what matched */
	struct rp_route way;
	uint64_t times;
	bool gone;		/* its namespace is, whose inode may be another's now */
	enum rp_whatif_effect effect;
	const struct rp_sandbox_answer *before, *after;	/* NULL: it was not asked for */
};

struct rp_whatif {
	struct rp_reading reading;
	struct rp_print print;
	struct rp_tally flows;
	struct rp_buf key;
	uint64_t left_out;		/* decisions for whose flows there was no room */
	struct rp_sandbox sandbox;
	struct rp_sandbox_question *questions;
	struct rp_whatif_flow **asked;	/* those in the sandbox' namespace */
	uint64_t counts[RP_WHATIF_EFFECTS];
	uint64_t shifting;		/* unsure ones that are answered differently afterwards */
	uint64_t elsewhere;		/* flows in other namespaces */
};

int rp_whatif_open(struct rp_whatif *w, struct rp_wanted *wanted, bool json);
void rp_whatif_read(struct rp_whatif *w);
/* Namespaces that have flows, as an array to be freed */
uint32_t *rp_whatif_namespaces(struct rp_whatif *w, size_t *count);
/*
 * Asks for all flows in the namespace @netns of a snapshot, before and after @command, an
 * `ip` that may have an @input.
 */
enum rp_sandbox_result rp_whatif_run(struct rp_whatif *w, FILE *snapshot, uint32_t netns,
				     char *const *command, FILE *input);
void rp_whatif_close(struct rp_whatif *w);

/* What was recorded, in the form of an answer; the errno is that of the record. */
void rp_whatif_recorded(const struct rp_whatif_flow *flow, struct rp_sandbox_answer *a);

/* Each flow that the command does something to, with @all also the others; and the totals */
void rp_print_whatif(struct rp_whatif *w, bool all);

#endif
