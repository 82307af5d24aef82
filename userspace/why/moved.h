/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_MOVED_H
#define RP_WHY_MOVED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/tally.h"
#include "story/pipeline.h"
#include "why/blame.h"
#include "why/memory.h"
#include "words/flow_class.h"
#include "words/print.h"

/* Rule, table, route, next hop and source that flows were given */
struct rp_moved_answer {
	const char *key;		/* a tab and a text for each field, see words/answer.h */
	struct rp_answered was;
	char *json;
};

/* A flow that was answered otherwise from some moment on, without failing */
struct rp_move {
	const char *key;		/* of its flow, and both answers */
	struct rp_flow_class flow;
	const struct rp_moved_answer *from, *to;
	uint64_t times;
	uint64_t first_ns, last_ns;	/* of the first packet of each move */
	uint64_t ago_ns;		/* how long before the last one its cause was */
	uint64_t back_ns;		/* when it was as before again; 0: it is not */
	struct rp_past cause, back;	/* of the last, if it has a kind; and of its return */
	struct rp_record rec;		/* the first decision */
	uint64_t shown;			/* times and returns when it was printed last */
	struct rp_move *older;		/* of the same flow, that is not over */
};

struct rp_moved {
	struct rp_reading reading;
	struct rp_print print;
	struct rp_memory memory;
	struct rp_tally answers, flows, moves;
	struct rp_buf key;
	uint64_t left_out;		/* decisions for which there was no room */
};

int rp_moved_open(struct rp_moved *moved, struct rp_wanted *w, bool details, bool json);
void rp_moved_close(struct rp_moved *moved);

/* Those that are new, or with @grown moved again or came back, and began before @before_ns */
void rp_print_moved(struct rp_moved *moved, uint64_t before_ns, bool grown);
void rp_print_moved_end(struct rp_moved *moved);

#endif
