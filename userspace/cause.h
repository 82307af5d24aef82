/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CAUSE_H
#define RP_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "history.h"

struct rp_decision;
struct rp_fib;
struct rp_origin;

/* The way that packets to a destination took when they last found one */
struct rp_way {
	uint32_t netns, dst;
	bool on_link;			/* none was found, and none was needed */
	uint32_t rule;			/* priority, and the table that it led to; 0: none */
	uint32_t rule_table;
	uint32_t learned_from;		/* who sent a redirect, 0: none came */
	struct rp_route route;
};

/* What a failure is looked at with */
struct rp_search {
	const struct rp_history *history;
	struct rp_fib *fib;
	const struct rp_decision *d;
	const struct rp_way *way;	/* or NULL */
	uint64_t time_ns;		/* of the failure */
	uint32_t addr;			/* that a prefix has to cover */
	struct rp_route derived;	/* what said no, where the records do not tell; */
	bool is_derived;		/* it is certain, */
	bool passed_over;		/* or that it was there but its link was not */
	const struct rp_past *newest;
};

void rp_search_init(struct rp_search *s, const struct rp_history *h, struct rp_fib *fib,
		    const struct rp_decision *d, const struct rp_way *way);
/* Fills in what can be derived; that no route was found may come of one that throws. */
void rp_cause_derive(struct rp_search *s, struct rp_origin *o);
/* False if nothing that is known explains the failure. */
bool rp_cause_find(struct rp_search *s, const struct rp_origin *o, struct rp_past *cause);

/* "link-down": what the change was that all came of */
const char *rp_cause_name(const struct rp_past *past);
/* Tells a record of a route's coming or going? */
bool rp_cause_is_route(const struct rp_record *rec);

#endif
