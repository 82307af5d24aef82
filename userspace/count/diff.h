/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_COUNT_DIFF_H
#define RP_COUNT_DIFF_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "lib/tally.h"
#include "story/pipeline.h"
#include "why/memory.h"
#include "words/answer.h"
#include "words/print.h"

struct rp_answered;
struct rp_past;
struct rp_text;

struct rp_diff_answer {
	const char *key;	/* of its flow, and a tab and a text for each field */
	STAILQ_ENTRY(rp_diff_answer) link;	/* of the same flow, oldest first */
	uint64_t times[2];
	char *json;
	struct rp_past *cause;	/* the change in the second recording that led to it, or NULL */
};

/* All decisions of one class of flows, in both recordings */
struct rp_diff_flow {
	const char *key;	/* namespace, a tab, and the flow's class */
	STAILQ_HEAD(, rp_diff_answer) answers;
	uint64_t times[2];
	char *json;
	struct rp_answered *was;	/* the last answer that was a route, or NULL */
	uint64_t was_ns;		/* when, of the second recording; 0: of the first */
	uint32_t netns;			/* that it was in */
};

struct rp_diff {
	struct rp_reading readings[2];
	struct rp_print prints[2];
	struct rp_memory memory;	/* of the second */
	unsigned int searched;		/* answers for whose cause it was searched */
	unsigned int side;	/* that is being read */
	struct rp_tally flows, answers;
	struct rp_buf key;	/* that is looked for */
	uint64_t left_out;	/* decisions for whose flows or answers there was no room */
	/* How many flows */
	uint64_t same, different, only[2];
};

int rp_diff_open(struct rp_diff *diff, const struct rp_wanted *w, char *const dirs[2],
		 bool json);
void rp_diff_read(struct rp_diff *diff);
void rp_diff_close(struct rp_diff *diff);

const char *rp_diff_field(struct rp_text *t, const struct rp_diff_answer *answer,
			  enum rp_answer_field field);
/* Does one side alone ever say something in this field? */
bool rp_diff_differs(const struct rp_diff_flow *flow, enum rp_answer_field field);
/* Do both have the flow, and does one side alone have an answer? */
bool rp_diff_is_different(const struct rp_diff_flow *flow);

/* Flows that were answered differently; with @all also those of one side alone. */
void rp_print_diff(struct rp_diff *diff, bool all);

#endif
