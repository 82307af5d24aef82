/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_CASE_H
#define RP_WHY_CASE_H

#include <stdbool.h>
#include <stdint.h>

#include "why/history.h"

struct rp_decision;
struct rp_fib;

/* The bits of a tos that routes go by: before Linux 6.12, and since */
#define RP_SEARCH_TOS_OLD	0x1c
#define RP_SEARCH_TOS		0xfc

/* The way that packets to a destination took when they last found one */
struct rp_way {
	union rp_addr dst;
	uint32_t netns;
	uint8_t family;
	bool on_link;			/* none was found, and none was needed */
	uint32_t rule;			/* priority, and the table that it led to; 0: none */
	uint32_t rule_table;
	union rp_addr learned_from;	/* who sent a redirect, 0: none came */
	uint32_t pmtu;			/* that was learned, 0: none */
	struct rp_route route;
};

/* Whose MTU a packet is too large for */
enum rp_limit {
	RP_LIMIT_UNKNOWN,
	RP_LIMIT_ROUTE,
	RP_LIMIT_DEVICE,
	RP_LIMIT_LEARNED,		/* the path's */
};

#define RP_SEARCH_WITH	7	/* changes that are told besides the cause */

/* What a failure is looked at with */
struct rp_search {
	struct rp_history *history;
	struct rp_fib *fib;
	const struct rp_decision *d;
	const struct rp_way *way;	/* or NULL */
	uint64_t time_ns;		/* of the failure */
	uint64_t since_ns;		/* when all was well, or as far as is known; 0: never */
	union rp_addr addr;		/* that a prefix has to cover */
	unsigned int family;
	struct rp_route derived;	/* what said no, where the records do not tell; */
	bool is_derived;		/* it is certain, */
	bool passed_over;		/* or that it was there but its link was not; */
	bool is_told;			/* or they do */
	bool is_own;			/* the destination is an address of ours at the time */
	uint64_t expired_ns;		/* when the derived route became too old, 0: it did not */
	enum rp_limit limit;
	bool is_tried;			/* the model tried all changes that the lookup met, */
	uint64_t suspects[RP_MODEL_CHANGES];	/* and of these could not tell what they did */
	size_t nsuspects;
	const struct rp_past *newest;
	struct rp_past with[RP_SEARCH_WITH];	/* only together with these the cause did it */
	unsigned int nwith;
};

void rp_search_init(struct rp_search *s, struct rp_history *h, struct rp_fib *fib,
		    const struct rp_decision *d, const struct rp_way *way);

/* The longest route of a table that is for the flow, not longer than @len, and certain */
bool rp_search_longest(const struct rp_search *s, struct rp_route *route, uint32_t table,
		       int len);
/* Is there such a one, and it does not reject? */
bool rp_search_has_route(const struct rp_search *s, uint32_t table, int len);
/* What the object of a route is, that may have changed since the route came */
const struct rp_past *rp_search_object(const struct rp_search *s,
				       const struct rp_route *route);

bool rp_search_is_rejecting(unsigned int type);
/* Was the next hop of a route that is in use learned from a redirect? */
bool rp_search_is_redirected(unsigned int family, const struct rp_route *rtable);
/* Is a route for the flow by what it asks for besides its prefix? */
bool rp_search_is_for_tos(const struct rp_search *s, const struct rp_route *route);
/* Until the first custom rule the table local is part of main. */
bool rp_search_was_asked(const struct rp_decision *d, uint32_t table);

#endif
