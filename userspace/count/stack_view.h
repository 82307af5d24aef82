/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_COUNT_STACK_VIEW_H
#define RP_COUNT_STACK_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/tally.h"
#include "story/pipeline.h"
#include "words/print.h"

struct rp_decision;
struct rp_stack;

/* Decisions that have a stack in common */
struct rp_stack_row {
	/*
	 * The probed function and its stack, a line each and the innermost first; or
	 * folded: function names, the outermost first, with ';' between them
	 */
	const char *key;
	uint64_t hits;
};

/* What numbers were seen together, and their row */
struct rp_stack_seen {
	const char *key;
	struct rp_stack_row *row;
};

struct rp_stack_view {
	struct rp_reading reading;
	struct rp_print print;
	bool all;			/* also what asks for no route */
	bool folded, graph;
	uint64_t limit;			/* rows to show */
	struct rp_tally rows, seen;
	uint64_t hits, bare;		/* decisions; those without a stack */
	uint64_t longest_ns;
	char *longest;			/* as it is to be printed, or NULL */
};

/* The stack of a record; NULL: it has none, or nobody can tell. */
const struct rp_stack *rp_stack_view_of(struct rp_source *src, const struct rp_record *rec);
/* The function that was probed */
const char *rp_stack_view_probe(const struct rp_source *src, const struct rp_record *rec);

/* Is this return address in that function? */
bool rp_stack_view_is(const char *frame, const char *function);

void rp_print_stacks(struct rp_stack_view *v);
/* The calls of one decision as a tree below its line, or its object */
void rp_print_graph(struct rp_print *p, const struct rp_decision *d);

#endif
