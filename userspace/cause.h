/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CAUSE_H
#define RP_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "history.h"

struct rp_decision;
struct rp_origin;
struct rp_rule;

/* The way that packets to a destination took when they last found one */
struct rp_way {
	uint32_t netns, dst;
	bool on_link;			/* none was found, and none was needed */
	uint32_t rule;		/* priority, and the table that it led to; 0: none */
	uint32_t rule_table;
	struct rp_route route;
};

/* NULL if nothing that is known explains the failure; @way may be NULL. */
const struct rp_past *rp_cause_find(const struct rp_history *h, const struct rp_origin *o,
				    const struct rp_decision *d, const struct rp_way *way);

/* "link-down": what the change was that all came of */
const char *rp_cause_name(const struct rp_past *past);
/* Tells a record of a route's coming or going? */
bool rp_cause_is_route(const struct rp_record *rec);

/*
 * The route that rejects @dst in a table with an error: @route is filled in if
 * it is certain.
 */
bool rp_cause_rejecting(const struct rp_history *h, uint32_t netns, uint32_t dst,
			uint8_t tos, int err, uint64_t time_ns, struct rp_route *route);

#endif
