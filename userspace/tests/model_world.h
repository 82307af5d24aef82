/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "fib/model.h"
#include "fib/names.h"

/*
 * A world is told by lines:
 *
 *	link INDEX NAME [down] [nocarrier] [group N] [vrf TABLE]
 *	rule PRIORITY ACTION [TABLE] [WORD VALUE]...     of the snapshot, as `ip rule` has it
 *	late-rule ...                                    of the snapshot at the end
 *	route TABLE PREFIX [WORD VALUE]...               of the snapshot; "leg" begins another
 *	@TIME add|del route ...                          an event inside a request
 *	@TIME ask-add|ask-del|append route ...           a request without an event
 *	@TIME replace route ...                          an event inside a request to replace
 *	@TIME prepend route ...                          and inside one to prepend
 *	@TIME first route ...                            another one that stood before it went
 *	@TIME add|del rule ...
 *	@TIME link INDEX OP                              up, down, del, carrier-down, carrier-up,
 *	                                                 master INDEX
 *	@TIME addr INDEX add|del ADDRESS/LEN             with its routes, as one record
 *	@TIME in link INDEX OP del route ...             what came of it
 * and of IPv6, where append is an event:
 *	@TIME refused route ...                          it is there already
 *	@TIME advertisement GATEWAY INDEX LIFETIME
 *	@TIME flood INDEX                                routes by it die, more than are told
 *	@TIME object NHID                                it came, or became another
 *
 * Without a line "rule" the namespace has the default ones.  Records are numbered from 1.
 */
struct world {
	unsigned int family;
	struct rp_fib fib;
	struct rp_model model;
	uint64_t seq;
	bool rules;
};

void make_world(struct world *w, unsigned int family, const char *text, uint64_t snapshot_ns);
void end_world(struct world *w);

#define WORLD_ANSWER_LEN	256

/*
 * A flow is "dst 10.0.0.1 mark 2 at 150 undo 3", an answer
 * "found 254 10.0.0.0/8 via 10.0.1.2 dev 7, dev 8 rule 100".
 */
void ask_world(unsigned int family, const char *text, const char *flow, uint64_t snapshot_ns,
	       char answer[WORLD_ANSWER_LEN]);

/* What was not taken: "0.0.0.0/0 dev 7: prefix, 10.0.0.0/8 dev 8: metric" */
void ask_losers(unsigned int family, const char *text, const char *flow, uint64_t snapshot_ns,
		char answer[WORLD_ANSWER_LEN]);

struct row {
	const char *world, *flow, *expected;
};

/* kselftest_harness.h comes first */
#define RUN_ROWS(family, rows, ns)	ASK_ROWS(ask_world, family, rows, ns)
#define ASK_ROWS(ask, family, rows, ns) do {				\
	char answer_[WORLD_ANSWER_LEN];					\
	size_t i_;							\
									\
	for (i_ = 0; i_ < RP_ARRAY_SIZE(rows); i_++) {			\
		ask((family), (rows)[i_].world, (rows)[i_].flow, (ns), answer_); \
		EXPECT_STREQ((rows)[i_].expected, answer_)		\
			TH_LOG("%s\n%s", (rows)[i_].world, (rows)[i_].flow); \
	}								\
} while (0)

#endif
