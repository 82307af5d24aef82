/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_MODEL_H
#define RP_FIB_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <routeprobe.h>

#include "fib/config.h"
#include "lib/addr.h"

struct rp_fib;

/* A lifetime is told in whole seconds, and that of a snapshot some time after its begin. */
#define RP_MODEL_DOUBT_NS	2000000000ULL

#define RP_MODEL_HOPS		16	/* of a multipath route that are told */
#define RP_MODEL_PASSED		16	/* rules that are told of as passed over */
#define RP_MODEL_LOSERS		16	/* routes that are told of as not taken */
#define RP_MODEL_CHANGES	128	/* newest ones that may concern a flow */

/*
 * The kernel's lookup over a snapshot and the changes since.  Nothing is forgotten: each
 * route, rule and device keeps its versions, so a lookup can be made as of any moment, and
 * as if some changes had not been.
 */
struct rp_model {
	struct rp_fib *fib;		/* names of devices, for rules that go by them */
	bool snapshot;			/* there is one, and it is whole */
	bool untold[2];			/* of IPv4 and of IPv6: there are changes without events */
	uint64_t snapshot_ns;
	struct rp_model_root *roots;	/* what changes came of, in their order */
	struct rp_model_version *versions;
	struct rp_model_leg *legs;
	struct rp_model_route *routes;
	struct rp_model_link *links;
	struct rp_model_rule *rules;	/* in their order */
	struct rp_model_netns *netns;	/* that the snapshot covers */
	struct rp_model_object *objects;	/* next hops that came, went, or became others */
	struct rp_model_own *own;	/* addresses of devices */
	uint32_t *buckets;		/* routes by prefix, links by index: number + 1 */
	size_t nroots, nversions, nlegs, nroutes, nlinks, nrules, nnetns, nbuckets, nobjects, nown;
	uint32_t norders;		/* of IPv6 routes, as they came */
	struct rp_addr_lengths lengths[2];	/* of prefixes of IPv4, and of IPv6 */
};

/* How a route, a rule or a device was from some moment on */
enum rp_model_state {
	RP_MODEL_NOT_TOLD,
	RP_MODEL_ABSENT,
	RP_MODEL_PRESENT,
};

/* Of whom a lookup is asked, when, and in which world */
struct rp_model_query {
	uint32_t netns;
	unsigned int family;
	const struct rp_flow *flow;
	uint64_t at_ns;
	const uint64_t *undo;		/* changes that are thought away, see rp_model_id() */
	size_t nundo;
	const struct rp_rule *matched;	/* rules that the flow is known to have matched (op: */
					/* several that look alike), */
	size_t nmatched;
	bool walked;			/* and no other with a priority up to this: */
	uint32_t walked_to;
	bool unmerged;			/* it is known that rules were asked */
	bool ignore_linkdown;		/* as the sysctl ignore_routes_with_linkdown */
	bool ageless;			/* as if no lifetime ended, and nobody had cleared away */
};

enum rp_model_word {
	RP_MODEL_UNKNOWN,		/* too little is known to tell */
	RP_MODEL_FOUND,
	RP_MODEL_NONE,			/* no table that was asked has a route */
	RP_MODEL_ROUTE_REJECTS,
	RP_MODEL_RULE_REJECTS,
};

/* What of a rule did not fit */
enum rp_model_selector {
	RP_MODEL_FITS,
	RP_MODEL_IIF, RP_MODEL_OIF, RP_MODEL_MARK, RP_MODEL_L3MDEV, RP_MODEL_UID,
	RP_MODEL_FROM, RP_MODEL_TO, RP_MODEL_TOS, RP_MODEL_PROTO, RP_MODEL_SPORT,
	RP_MODEL_DPORT, RP_MODEL_NOT,
	RP_MODEL_SOME,			/* it was not carried out, by what is not recorded */
	RP_MODEL_NOT_KNOWN,		/* too little of the rule is recorded */
};

/* A rule on the way to an answer.  Pointers hold until the model changes. */
struct rp_model_passed {
	const struct rp_fib_rule *rule;
	enum rp_model_selector by;	/* fits: it was carried out, and led no further */
	bool suppressed;
};

struct rp_model_hop {
	uint32_t oif;			/* 0: not known */
	uint8_t gw_family;
	uint8_t gw[16];
};

struct rp_model_answer {
	enum rp_model_word word;
	int err;
	const struct rp_fib_rule *rule;	/* that decided, NULL: none was asked */
	uint32_t table;
	struct rp_route route;		/* its first leg that is alive */
	struct rp_model_hop hops[RP_MODEL_HOPS];	/* all that are */
	unsigned int nhops;
	struct rp_model_passed passed[RP_MODEL_PASSED];
	unsigned int npassed;
	bool by_neighbour;		/* another route, if the next hop did not answer */
	uint32_t mtu;			/* of the route itself, 0: it has none */
	uint64_t expires_ns;		/* when the route is too old, at the earliest; 0: never */
};

/* Why a route for the flow was not taken, in the table that had the answer */
enum rp_model_lost {
	RP_LOST_UNKNOWN,		/* and then it is not told of */
	RP_LOST_SHORTER,		/* its prefix is shorter */
	RP_LOST_METRIC,			/* its metric is higher */
	RP_LOST_TOS,			/* it is for another tos, or for any */
	RP_LOST_SCOPE,			/* it leads farther than was asked */
	RP_LOST_DOWN,			/* its device is down, or has no carrier */
	RP_LOST_DEV,			/* it is by another device than was asked */
	RP_LOST_LATER,			/* it came later, and is like the other else */
	RP_LOST_FROM,			/* IPv6: of another source, or of any */
	RP_LOST_PREF,			/* IPv6: the router preference is lower */
	RP_LOST_EXPIRED,		/* IPv6: it was too old */
};

struct rp_model_loser {
	struct rp_route route;
	enum rp_model_lost by;
};

/* One version of something that a lookup looked at: what made it, and what it is */
struct rp_model_change {
	uint64_t id;
	uint64_t time_ns;
	uint64_t thing;			/* the same for versions of the same */
	struct rp_record rec;		/* as recorded: of a route its event */
	const struct rp_record *root;
};

void rp_model_init(struct rp_model *m, struct rp_fib *fib);
void rp_model_exit(struct rp_model *m);

/* ---- what there is: of a snapshot ---- */

void rp_model_know_route(struct rp_model *m, const struct rp_record *leg);
/* A snapshot of the end says what rules that came meanwhile select by. */
void rp_model_know_rule(struct rp_model *m, uint32_t netns, const struct rp_fib_rule *rule,
			bool end);
void rp_model_know_link(struct rp_model *m, uint32_t netns, const struct rp_fib_link *link);

/* Of a snapshot of the end: a device that came meanwhile is a VRF. */
void rp_model_know_vrf(struct rp_model *m, uint32_t netns, const struct rp_fib_link *link);

/* ---- what changed, in its order; @root is what it came of, which may be itself ---- */

/* Lookups of a prefix begin or cease to find a route, inside a request or on their own. */
void rp_model_event(struct rp_model *m, const struct rp_record *rec,
		    const struct rp_record *request, const struct rp_record *root);
/*
 * A request that was granted; its events, which say more, were given before.  Or an IPv6 one
 * that was refused, since the route was there.
 */
void rp_model_request(struct rp_model *m, const struct rp_record *rec,
		      const struct rp_record *root);
/* Nothing but requests tells of changes, which is not enough. */
void rp_model_untold(struct rp_model *m, unsigned int family);
/* A next hop object came, went, or became another, as its IPv6 routes do unsaid. */
void rp_model_nexthop_event(struct rp_model *m, const struct rp_record *rec);
/* A router told of itself. */
void rp_model_advertised(struct rp_model *m, const struct rp_record *rec);
/* A flush, with how many of its routes events have told */
void rp_model_flush(struct rp_model *m, const struct rp_record *rec, unsigned int told,
		    const struct rp_record *root);
void rp_model_rule_event(struct rp_model *m, const struct rp_record *rec);
/* An address came or went; what events tell of it was given before. */
void rp_model_addr_event(struct rp_model *m, const struct rp_record *rec,
			 const struct rp_record *root);
/* What IPv6 makes of it is an event of its own, of which only what lasts is of interest. */
void rp_model_link_event(struct rp_model *m, const struct rp_record *rec,
			 const struct rp_record *root);

/* ---- questions ---- */

/* A change's number, by what it came of */
static inline uint64_t rp_model_id(const struct rp_record *root)
{
	return (uint64_t)root->cpu << 48 | (root->seq & 0xffffffffffffULL);
}

/* Does the snapshot have this namespace? */
bool rp_model_knows(const struct rp_model *m, uint32_t netns, unsigned int family);
/* The leg nh_sel of the snapshot's best route for table, prefix and tos */
bool rp_model_known_leg(const struct rp_model *m, uint32_t netns, unsigned int family,
			struct rp_route *route);
/* The next of its rules with this priority, table and action after @after */
const struct rp_fib_rule *rp_model_known_rule(const struct rp_model *m, uint32_t netns,
					      unsigned int family, const struct rp_rule *rule,
					      const struct rp_fib_rule *after);
/*
 * IPv6: of a prefix in a table the route that is the first for any source and any device;
 * @route is filled in.
 */
enum rp_model_state rp_model_first6(const struct rp_model *m, uint32_t netns, uint64_t at_ns,
				    struct rp_route *route);
/* Is all known of it, and can lookups be made? */
bool rp_model_covers(const struct rp_model *m, uint32_t netns, unsigned int family);
void rp_model_lookup(struct rp_model *m, const struct rp_model_query *q,
		     struct rp_model_answer *a);
/*
 * Routes that cover the destination and were not taken, longest prefix first; returns how many.
 * @won is what the lookup answered.
 */
size_t rp_model_losers(struct rp_model *m, const struct rp_model_query *q,
		       const struct rp_model_answer *won,
		       struct rp_model_loser losers[RP_MODEL_LOSERS]);
/* The first selector of a rule that does not fit */
enum rp_model_selector rp_model_mismatch(const struct rp_model *m,
					 const struct rp_model_query *q,
					 const struct rp_fib_rule *rule);
/* Would it fit but for one of them? */
bool rp_model_is_near(const struct rp_model *m, const struct rp_model_query *q,
		      const struct rp_fib_rule *rule);
/*
 * What a rule that is there would lead to if it matched, and with @unsuppressed if it
 * suppressed nothing; false: to nothing, or not known
 */
bool rp_model_would(struct rp_model *m, const struct rp_model_query *q,
		    const struct rp_fib_rule *rule, bool unsuppressed,
		    struct rp_model_answer *a);
/* Changes after @since_ns of what a lookup may look at, newest first */
size_t rp_model_changes(struct rp_model *m, const struct rp_model_query *q, uint64_t since_ns,
			struct rp_model_change *changes);
/* Is it known to be a VRF? */
bool rp_model_is_vrf(const struct rp_model *m, uint32_t netns, uint32_t index);
/* The master that a device had at the snapshot; 0: none, or not known */
uint32_t rp_model_known_master(const struct rp_model *m, uint32_t netns, uint32_t index);
/* The same of its MTU */
uint32_t rp_model_known_mtu(const struct rp_model *m, uint32_t netns, uint32_t index);
/* The state of a device: RP_CHANGE_UP, DOWN, DELETE, CARRIER_*; none: not known */
enum rp_change_op rp_model_link_state(const struct rp_model *m, const struct rp_model_query *q,
				      uint32_t index);

#endif
