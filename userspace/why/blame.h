/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_BLAME_H
#define RP_WHY_BLAME_H

#include <stdbool.h>

#include "fib/model.h"

struct rp_decision;
struct rp_origin;
struct rp_past;
struct rp_search;

#define RP_ASKED_RULES	32

/* A lookup as it was recorded, to be made again in the model */
struct rp_asked {
	struct rp_model_query q;
	struct rp_flow flow;
	struct rp_rule matched[RP_ASKED_RULES];
};

/*
 * The lookup of a decision, or with @back that of its source check.  False if there is
 * none that can be made again.
 */
bool rp_asked_make(struct rp_asked *asked, const struct rp_search *s, bool back);

/* The lookup by which a source check found the way back to who sent a packet; else of no kind */
void rp_asked_back(const struct rp_decision *d, struct rp_record *back);

/* Is that what was found, by any of its next hops? */
bool rp_asked_is_found(const struct rp_model_answer *a, unsigned int family,
		       const struct rp_route *route);

enum rp_blame {
	RP_BLAME_UNKNOWN,	/* the model cannot tell */
	RP_BLAME_NOBODY,	/* no change that is recorded did it */
	RP_BLAME_FOUND,
};

/* The newest change without which this would not have failed */
enum rp_blame rp_blame_find(struct rp_search *s, const struct rp_origin *o,
			    struct rp_past *cause);

/* Was nothing proven of a change, neither that it did it nor that it did not? */
bool rp_blame_is_suspect(const struct rp_search *s, const struct rp_past *past);

/* What a flow was answered */
struct rp_answered {
	struct rp_route route;
	struct rp_rule rule;
	bool has_rule;
	union rp_addr source;
};

/* The newest change without which a flow would be answered as it was; false: none is known. */
bool rp_blame_move(struct rp_search *s, const struct rp_answered *was, struct rp_past *cause);

/* Would the way back have been right, if it had been asked for with the packet's mark? */
bool rp_blame_would_with_mark(const struct rp_search *s, const struct rp_origin *o);

/* Would there be a route without a change, for who is bound to a port of @vrf? */
bool rp_blame_would_route(const struct rp_search *s, const struct rp_past *without,
			  uint32_t vrf);

/* A next hop that does not answer: where would the packet have gone instead? */
struct rp_elsewhere {
	bool by_carrier;	/* elsewhere, if routes without a carrier were ignored */
	bool by_leg;		/* by another leg of the same route */
};

void rp_elsewhere_find(struct rp_elsewhere *elsewhere, const struct rp_search *s,
		       const struct rp_origin *o);

enum rp_passed_word {
	RP_PASSED_UNKNOWN,	/* no lookup, or too little is known to make it again */
	RP_PASSED_SAME,		/* the model says what the kernel said */
	RP_PASSED_DIFFERS,
};

/* The way of a decision through the rules, as the model has it */
struct rp_passed_over {
	enum rp_passed_word word;
	struct rp_asked asked;
	struct rp_model_answer answer;
	struct rp_model_loser losers[RP_MODEL_LOSERS];	/* routes that lost against it */
	size_t nlosers;
};

void rp_passed_over_find(struct rp_passed_over *passed, struct rp_search *s);

/* A rule that would have led somewhere but for one selector */
struct rp_near {
	bool is_near;
	struct rp_fib_rule rule;
	enum rp_model_selector by;
	bool suppressed;
	struct rp_route route;
	struct rp_flow flow;		/* as it was asked with */
};

void rp_near_find(struct rp_near *near, struct rp_search *s, const struct rp_origin *o);

#endif
