/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_MODEL_INNER_H
#define RP_FIB_MODEL_INNER_H

#include "fib/model.h"

struct rp_model_root {
	uint64_t id;
	struct rp_record rec;
};

struct rp_model_leg {
	uint32_t oif;
	uint8_t gw_family;
	uint8_t gw[16];
};

/* References are numbers + 1, 0: none.  An absent route has the legs of what went. */
struct rp_model_version {
	uint64_t from_ns;
	uint32_t root;
	uint32_t older;
	uint32_t leg;
	uint16_t nlegs, nall;		/* that are told, and that there are */
	uint8_t state;			/* of a device: enum rp_change_op */
	uint8_t before;			/* that the first of all tells by itself */
	uint8_t type, scope, protocol;
	bool cleared;			/* IPv6, absent: it was too old, and nobody asked for it */
	uint32_t nhid;			/* of a device: its master */
	uint32_t mtu;			/* of the route itself, 0: it has none */
	union rp_addr prefsrc;
	/* Of IPv6 */
	uint32_t flags;			/* RTF_* */
	uint32_t order;			/* among those of one metric */
	uint64_t expires_ns;		/* at the earliest, 0: never */
};

struct rp_model_route {
	union rp_addr dst;
	union rp_addr src;		/* IPv6: `from`, see src_len */
	uint32_t netns, table, metric;
	uint32_t next;			/* in its bucket */
	uint32_t newest, first;
	uint32_t known;			/* the snapshot's version */
	uint8_t family, len;
	union {
		uint8_t tos, src_len;	/* of IPv4, and of IPv6 */
	};
	uint8_t copy;			/* IPv4: how many with the same stand before it */
};

struct rp_model_link {
	uint32_t netns;
	struct rp_fib_link link;
	bool known;
	bool joins;			/* it got another master at some time */
	uint32_t next;
	uint32_t newest, first;
	uint32_t newest6, first6;	/* when IPv6 let go of routes, a moment after */
	uint32_t unsure, unsure_first;	/* when routes by it died that nobody named */
	uint32_t advertised, advertised_first;	/* when a router told of itself there */
	uint32_t addressed, addressed_first;	/* when an IPv4 address came, or went */
	uint32_t own;				/* its addresses: the last of their chain, */
	uint32_t nown;				/* how many, and of more it is not known */
};

/* A local route that is an address of a device, or was */
struct rp_model_own {
	uint32_t route;
	uint32_t next;
};

struct rp_model_rule {
	uint32_t netns;
	struct rp_fib_rule rule;
	bool start, end;		/* the snapshots that have it */
	uint32_t order;			/* of coming, which does not change */
	uint32_t newest, first;
};

struct rp_model_netns {
	uint32_t netns;
	uint8_t family;
	bool unmerged;			/* it has, or had, rules of its own */
};

struct rp_model_object {
	uint64_t from_ns;
	uint32_t netns, nhid;
	bool came;
};

/* The kinds of things that have versions, in rp_model_change.thing */
enum rp_model_thing {
	RP_MODEL_A_ROUTE, RP_MODEL_A_RULE, RP_MODEL_A_LINK, RP_MODEL_AN_ADDRESS,
};

/* Room for one more of an array that doubles */
void *rp_model_room(void *array, size_t count, size_t size);
/* No room for more changes: true, and it is no model any more. */
bool rp_model_is_full(struct rp_model *m);
/* One more, that becomes the newest */
struct rp_model_version *rp_model_add_version(struct rp_model *m, uint32_t *newest,
					      uint32_t *first, uint64_t from_ns,
					      const struct rp_record *root);
void rp_model_add_leg(struct rp_model *m, struct rp_model_version *v,
		      const struct rp_route *route);
/* All of a version that a record of a route tells, with one leg */
void rp_model_fill(struct rp_model *m, struct rp_model_version *v,
		   const struct rp_record *rec);
static inline const struct rp_addr_lengths *rp_model_lengths(const struct rp_model *m,
							     unsigned int family)
{
	return &m->lengths[family == AF_INET6];
}

struct rp_model_netns *rp_model_netns(const struct rp_model *m, uint32_t netns,
				      unsigned int family);

/* ---- routes ---- */

struct rp_model_route *rp_model_add_route(struct rp_model *m,
					  const struct rp_model_route *its);
/* From now on: it is for the caller to say how. */
struct rp_model_version *rp_model_put(struct rp_model *m, struct rp_model_route *route,
				      const struct rp_record *rec,
				      const struct rp_record *root);
/* A route is no more; what it was stays with that. */
void rp_model_drop(struct rp_model *m, struct rp_model_route *route,
		   const struct rp_record *rec, const struct rp_record *root);
bool rp_model_is_present(const struct rp_model *m, const struct rp_model_route *route);
/* Is it what a request to delete names? */
bool rp_model_is_such(const struct rp_model *m, const struct rp_model_version *v,
		      const struct rp_route *wanted);

/*
 * The version in force in the world of @q, NULL: one from before all that are known.  Of
 * too many it is one whose state is not told.
 */
const struct rp_model_version *rp_model_version_at(const struct rp_model *m,
						   const struct rp_model_query *q,
						   uint32_t newest);
static inline const struct rp_model_version *rp_model_first(const struct rp_model *m,
							    uint32_t first)
{
	return first ? &m->versions[first - 1] : NULL;
}

/* What a route is then; @v is its version, NULL if it is absent or not known. */
enum rp_model_state rp_model_route_at(const struct rp_model *m, const struct rp_model_query *q,
				      const struct rp_model_route *route,
				      const struct rp_model_version **v);
enum rp_model_state rp_model_rule_at(const struct rp_model *m, const struct rp_model_query *q,
				     const struct rp_model_rule *rule);
struct rp_model_link *rp_model_link(const struct rp_model *m, uint32_t netns, uint32_t index);
/* What a device did to routes of IPv4 by it, in the world of @q */
struct rp_model_life {
	uint64_t died_ns;	/* when they died last; a leg of several may have come back: */
	bool dead;		/* has it not? */
	bool lost;		/* it is not told whether they died since */
};

/* @since_ns: the route is from then. */
void rp_model_life(const struct rp_model *m, const struct rp_model_query *q,
		   const struct rp_model_link *link, uint64_t since_ns,
		   struct rp_model_life *life);
/* When a device was set down or removed last, in the world of @q; 0: never */
uint64_t rp_model_down_ns(const struct rp_model *m, const struct rp_model_query *q,
			  const struct rp_model_link *link);
/* By which device a flow is in a VRF, or in none */
static inline uint32_t rp_model_port(const struct rp_flow *flow)
{
	return flow->iif > 1 ? flow->iif : flow->oif;
}

/* The VRF that a device is a port of, in the world of @q; 0: of none */
uint32_t rp_model_vrf_at(const struct rp_model *m, const struct rp_model_query *q,
			 uint32_t index);
/* A local route by a device may be one of its addresses. */
void rp_model_add_own(struct rp_model *m, const struct rp_model_route *route,
		      const struct rp_route *its);
/* Does @a come before @b, of one prefix and table? */
static inline bool rp_model_is_first(const struct rp_model_route *a,
				     const struct rp_model_route *b)
{
	if (a->tos != b->tos)
		return a->tos > b->tos;
	return a->metric != b->metric ? a->metric < b->metric : a->copy < b->copy;
}

/* The first route of a prefix, in no order; then NULL */
const struct rp_model_route *rp_model_prefix(const struct rp_model *m,
					     const struct rp_model_query *q,
					     const union rp_addr *dst, unsigned int len,
					     const struct rp_model_route *after);
struct rp_model_link *rp_model_get_link(struct rp_model *m, uint32_t netns, uint32_t index);

/* By family: what rp_model_know_route(), _event() and _request() do */
void rp_model_know_route4(struct rp_model *m, const struct rp_record *rec);
void rp_model_know_route6(struct rp_model *m, const struct rp_record *rec);
void rp_model_event4(struct rp_model *m, const struct rp_record *rec,
		     const struct rp_record *request, const struct rp_record *root);
void rp_model_event6(struct rp_model *m, const struct rp_record *rec,
		     const struct rp_record *root);
void rp_model_request4(struct rp_model *m, const struct rp_record *rec,
		       const struct rp_record *root);
/* Routes by a device died that nobody named: all that go by it alone. */
void rp_model_died6(struct rp_model *m, const struct rp_record *rec,
		    const struct rp_record *root);
void rp_model_request6(struct rp_model *m, const struct rp_record *rec,
		       const struct rp_record *root);
/* May it be one of the legs of a multipath route of IPv6? */
bool rp_model_is_sibling(const struct rp_model *m, const struct rp_model_version *v);

/* May the next hops of a route be others than when it came? */
bool rp_model_is_rehung(const struct rp_model *m, const struct rp_model_query *q,
			const struct rp_model_version *v);

/* ---- lookups ---- */

/* What one step of the way came to */
enum rp_model_step {
	RP_STEP_NEXT,		/* nothing here */
	RP_STEP_DONE,
	RP_STEP_LOST,		/* too little is known */
};

/* @with: a table that is part of it, and comes first where the prefix is the same; 0: none */
enum rp_model_step rp_model_ask_table(struct rp_model *m, const struct rp_model_query *q,
				      uint32_t table, uint32_t with,
				      struct rp_model_answer *a);
enum rp_model_step rp_model_ask_table6(const struct rp_model *m, const struct rp_model_query *q,
				       uint32_t table, struct rp_model_answer *a);
size_t rp_model_losers4(struct rp_model *m, const struct rp_model_query *q, uint32_t with,
			const struct rp_model_answer *won,
			struct rp_model_loser losers[RP_MODEL_LOSERS]);
size_t rp_model_losers6(const struct rp_model *m, const struct rp_model_query *q,
			const struct rp_model_answer *won,
			struct rp_model_loser losers[RP_MODEL_LOSERS]);
/* One more of them, if there is room */
void rp_model_lose(const struct rp_model *m, const struct rp_model_route *route,
		   const struct rp_model_version *v, enum rp_model_lost by,
		   struct rp_model_loser losers[RP_MODEL_LOSERS], size_t *n);
/* The error of a route that rejects, else 0 */
int rp_model_reject(const struct rp_model_version *v);
void rp_model_add_hop(struct rp_model_answer *a, const struct rp_model_leg *leg);
/* Its hops are there. */
void rp_model_found(struct rp_model_answer *a, const struct rp_model_route *route,
		    const struct rp_model_version *v);

/* Is the flow known to have matched the rule?  Which is certain if none looks the same. */
enum rp_model_selector rp_model_known_match(const struct rp_model *m,
					    const struct rp_model_query *q,
					    const struct rp_rule *rule);
/* All rules of a namespace, in their order: the first, and how many */
struct rp_model_rule *rp_model_rules(const struct rp_model *m, uint32_t netns,
				     unsigned int family, size_t *count);

static inline bool rp_model_is_undone(const struct rp_model_query *q, uint64_t id)
{
	size_t i;

	for (i = 0; i < q->nundo; i++)
		if (q->undo[i] == id)
			return true;
	return false;
}

#endif
