// SPDX-License-Identifier: GPL-2.0
/* What a table of IPv6 answers: fib6_table_lookup(). */
#include <errno.h>
#include <linux/ipv6_route.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fib/model_inner.h"
#include "lib/addr.h"
#include "lib/util.h"

#define RP_TABLE6_PASSED	(-1)	/* not for this flow */
#define RP_TABLE6_BLACKHOLE	INT32_MAX	/* an object which leaves no choice */

/* What is asked of a table, and how */
struct rp_table6 {
	const struct rp_model *m;
	const struct rp_model_query *q;
	uint32_t table;
	uint32_t dev;		/* routes by it are preferred, 0: by any; */
	bool strict;		/* and others are none */
	const struct rp_model_answer *silent;	/* its next hop does not answer; NULL: all do */
	bool begun;		/* there were routes already, if none that fitted */
	bool lost;		/* too little is known */
};

/* The best route up to now of one prefix */
struct rp_choice6 {
	const struct rp_model_route *route;
	const struct rp_model_version *v;
	int score;
};

/* Is the version a blackhole by its next hop object?  Groups have no device that is told. */
static bool rp_table6_is_hole(const struct rp_table6 *t, const struct rp_model_version *v)
{
	return v->nhid && v->nlegs == 1 && !t->m->legs[v->leg].gw_family &&
	       t->m->legs[v->leg].oif == 1;
}

static bool rp_table6_is_advertised(const struct rp_table6 *t, const struct rp_model_version *v)
{
	const struct rp_model_link *link;
	const struct rp_model_version *last;

	if ((v->protocol != RTPROT_RA && v->protocol != RTPROT_KERNEL) || !v->nlegs)
		return false;
	link = rp_model_link(t->m, t->q->netns, t->m->legs[v->leg].oif);
	last = link ? rp_model_version_at(t->m, t->q, link->advertised) : NULL;
	return last && last->from_ns > v->from_ns;
}

/* Too old?  Nobody tells when that comes, nor when an advertisement makes it later. */
static bool rp_table6_is_expired(struct rp_table6 *t, const struct rp_model_version *v)
{
	if (!v->expires_ns || t->q->ageless || t->q->at_ns < v->expires_ns)
		return false;
	t->lost |= t->q->at_ns < v->expires_ns + RP_MODEL_DOUBT_NS ||
		   rp_table6_is_advertised(t, v);
	return true;
}

/* It went, and is only there in a world in which something had not been. */
static bool rp_table6_is_brought(const struct rp_table6 *t, const struct rp_model_route *route,
				 const struct rp_model_version *v)
{
	const struct rp_model_query as_is = { .netns = t->q->netns, .at_ns = t->q->at_ns,
					      .family = AF_INET6 };
	const struct rp_model_version *its;

	return t->q->nundo &&
	       (rp_model_route_at(t->m, &as_is, route, &its) != RP_MODEL_PRESENT || its != v);
}

/* It would have died with its device, unsaid; one of several might have come back with it. */
static bool rp_table6_has_died(struct rp_table6 *t, const struct rp_model_link *link,
			       const struct rp_model_version *v,
			       const struct rp_model_version *unsure)
{
	if (rp_model_down_ns(t->m, t->q, link) <= v->from_ns &&
	    !(unsure && unsure->from_ns > v->from_ns))
		return false;
	t->lost |= rp_model_is_sibling(t->m, v);
	return true;
}

/* Of several legs those that are dead stay, and may come back; what is alone goes. */
static bool rp_table6_is_dead(struct rp_table6 *t, const struct rp_model_route *route,
			      const struct rp_model_version *v, const struct rp_model_leg *leg)
{
	const struct rp_model_link *link = rp_model_link(t->m, t->q->netns, leg->oif);
	const struct rp_model_version *unsure;
	enum rp_change_op state;

	if (!link)
		return false;
	state = rp_model_link_state(t->m, t->q, leg->oif);
	if (t->q->ignore_linkdown && state == RP_CHANGE_CARRIER_DOWN)
		return true;
	unsure = rp_model_version_at(t->m, t->q, link->unsure);
	if (state != RP_CHANGE_DOWN && state != RP_CHANGE_DELETE &&
	    rp_table6_is_brought(t, route, v))
		return rp_table6_has_died(t, link, v, unsure);
	if (!rp_model_is_sibling(t->m, v))
		return rp_table6_is_brought(t, route, v);
	t->lost |= unsure && unsure->from_ns > v->from_ns;
	return state == RP_CHANGE_DOWN || state == RP_CHANGE_DELETE;
}

/* IPV6_DECODE_PREF(): low, medium, high */
static int rp_table6_worth(const struct rp_model_version *v)
{
	return 4 * ((v->flags >> 27 & 3) ^ 2);
}

static bool rp_table6_is_silent(const struct rp_table6 *t, const struct rp_model_leg *leg)
{
	return t->silent && leg->gw_family && leg->oif == t->silent->route.oif &&
	       !memcmp(leg->gw, t->silent->route.gw, sizeof(leg->gw));
}

/* As rt6_score_route(): the device counts less than what a router is worth. */
static int rp_table6_score_leg(struct rp_table6 *t, const struct rp_model_route *route,
			       const struct rp_model_version *v, const struct rp_model_leg *leg)
{
	int worth = rp_table6_worth(v);

	if (rp_table6_is_dead(t, route, v, leg) || rp_table6_is_silent(t, leg))
		return RP_TABLE6_PASSED;
	if (!t->dev || leg->oif == t->dev)
		return worth + 2;
	return t->strict ? RP_TABLE6_PASSED : worth;
}

/* Of a group the first leg that fits. */
static int rp_table6_score(struct rp_table6 *t, const struct rp_model_route *route,
			   const struct rp_model_version *v)
{
	int score = RP_TABLE6_PASSED;
	unsigned int i;

	if (rp_table6_is_expired(t, v))
		return RP_TABLE6_PASSED;
	t->lost |= rp_model_is_rehung(t->m, t->q, v);
	if (rp_table6_is_hole(t, v))
		return RP_TABLE6_BLACKHOLE;
	t->lost |= v->nlegs < v->nall && t->dev;
	if (!v->nlegs)
		return rp_table6_worth(v) + 2;
	for (i = 0; i < v->nlegs && score == RP_TABLE6_PASSED; i++)
		score = rp_table6_score_leg(t, route, v, &t->m->legs[v->leg + i]);
	return score;
}

/* The next route of a table for a prefix, and for one of the source; its version then */
static const struct rp_model_route *rp_table6_next(struct rp_table6 *t, unsigned int len,
						   const struct rp_model_route *route,
						   const struct rp_model_version **v)
{
	union rp_addr dst = rp_addr_prefix(&t->q->flow->dst, len);
	enum rp_model_state state;

	while ((route = rp_model_prefix(t->m, t->q, &dst, len, route))) {
		if (route->table != t->table)
			continue;
		state = rp_model_route_at(t->m, t->q, route, v);
		t->lost |= state == RP_MODEL_NOT_TOLD;
		if (state == RP_MODEL_PRESENT)
			return route;
	}
	return NULL;
}

static bool rp_table6_is_from(const struct rp_table6 *t, const struct rp_model_route *route,
			      unsigned int src_len)
{
	return route->src_len == src_len &&
	       rp_addr_covers(&route->src, src_len, &t->q->flow->src);
}

static void rp_choice6_offer(struct rp_choice6 *choice, const struct rp_model_route *route,
			     const struct rp_model_version *v, int score)
{
	if (score == RP_TABLE6_PASSED || score < choice->score)
		return;
	if (score == choice->score &&
	    (route->metric > choice->route->metric ||
	     (route->metric == choice->route->metric && v->order > choice->v->order)))
		return;
	*choice = (struct rp_choice6) { route, v, score };
}

/* As find_rr_leaf(): the best of the lowest metric, and if none fits, of all others */
static void rp_table6_choose(struct rp_table6 *t, unsigned int len, unsigned int src_len,
			     struct rp_choice6 *choice)
{
	const struct rp_model_route *route = NULL;
	const struct rp_model_version *v;
	uint32_t lowest = UINT32_MAX;

	*choice = (struct rp_choice6) { .score = RP_TABLE6_PASSED };
	while ((route = rp_table6_next(t, len, route, &v))) {
		if (!rp_table6_is_from(t, route, src_len))
			continue;
		t->begun = true;
		if (route->metric < lowest)
			lowest = route->metric;
	}
	while ((route = rp_table6_next(t, len, route, &v)))
		if (route->metric == lowest && rp_table6_is_from(t, route, src_len))
			rp_choice6_offer(choice, route, v, rp_table6_score(t, route, v));
	if (choice->route)
		return;
	while ((route = rp_table6_next(t, len, route, &v)))
		if (route->metric != lowest && rp_table6_is_from(t, route, src_len))
			rp_choice6_offer(choice, route, v, rp_table6_score(t, route, v));
}

/* As in fib6_select_path(): each of its siblings may be taken as well. */
static void rp_table6_add_hops(struct rp_table6 *t, unsigned int len,
			       const struct rp_choice6 *choice, struct rp_model_answer *a)
{
	const struct rp_model_route *route = NULL;
	const struct rp_model_version *v;
	unsigned int i;

	for (i = 0; i < choice->v->nlegs; i++)
		rp_model_add_hop(a, &t->m->legs[choice->v->leg + i]);
	if (!rp_model_is_sibling(t->m, choice->v))
		return;
	while ((route = rp_table6_next(t, len, route, &v)))
		if (v != choice->v && route->metric == choice->route->metric &&
		    rp_table6_is_from(t, route, choice->route->src_len) &&
		    rp_model_is_sibling(t->m, v) &&
		    rp_table6_score_leg(t, route, v, &t->m->legs[v->leg]) != RP_TABLE6_PASSED)
			rp_model_add_hop(a, &t->m->legs[v->leg]);
}

static enum rp_model_step rp_table6_select(struct rp_table6 *t, unsigned int len,
					   unsigned int src_len, struct rp_model_answer *a)
{
	struct rp_choice6 choice;

	rp_table6_choose(t, len, src_len, &choice);
	if (t->lost)
		return RP_STEP_LOST;
	if (!choice.route)
		return RP_STEP_NEXT;
	a->nhops = 0;
	a->err = choice.score == RP_TABLE6_BLACKHOLE ? -EINVAL : rp_model_reject(choice.v);
	a->word = a->err ? RP_MODEL_ROUTE_REJECTS : RP_MODEL_FOUND;
	if (!a->err)
		rp_table6_add_hops(t, len, &choice, a);
	rp_model_found(a, choice.route, choice.v);
	a->expires_ns = choice.v->expires_ns;
	if (!choice.v->nhid)
		a->route.nh_count = a->nhops;
	return t->lost ? RP_STEP_LOST : RP_STEP_DONE;
}

/* The longest prefix of the source, below a length, for which there are routes; 0: none */
static unsigned int rp_table6_from(struct rp_table6 *t, unsigned int len, unsigned int below,
				   bool *any)
{
	const struct rp_model_route *route = NULL;
	const struct rp_model_version *v;
	unsigned int longest = 0;

	while ((route = rp_table6_next(t, len, route, &v))) {
		*any |= route->src_len;
		if (route->src_len < below && route->src_len > longest &&
		    rp_table6_is_from(t, route, route->src_len))
			longest = route->src_len;
	}
	return longest;
}

/*
 * As fib6_node_lookup() and fib6_backtrack().  The first looks for a prefix of the source
 * where there are some, and where none fits passes over the others with them; but for the
 * root of the tree.
 */
static enum rp_model_step rp_table6_prefix(struct rp_table6 *t, unsigned int len,
					   struct rp_model_answer *a)
{
	unsigned int src_len = RP_ADDR_LEN_MAX + 1;
	enum rp_model_step step;
	bool any = false;

	while ((src_len = rp_table6_from(t, len, src_len, &any))) {
		step = rp_table6_select(t, len, src_len, a);
		if (step != RP_STEP_NEXT)
			return step;
	}
	if (t->lost)
		return RP_STEP_LOST;
	if (any && len && !t->begun)
		return RP_STEP_NEXT;
	return rp_table6_select(t, len, 0, a);
}

static enum rp_model_step rp_table6_walk(struct rp_table6 *t, struct rp_model_answer *a)
{
	const struct rp_addr_lengths *lengths = rp_model_lengths(t->m, AF_INET6);
	enum rp_model_step step;
	int len;

	t->begun = false;
	for (len = RP_ADDR_LEN_MAX; len >= 0; len--) {
		if (!rp_addr_has_length(lengths, len))
			continue;
		step = rp_table6_prefix(t, len, a);
		if (step != RP_STEP_NEXT)
			return step;
	}
	return RP_STEP_NEXT;
}

static bool rp_table6_is_same(const struct rp_model_answer *a, const struct rp_model_answer *b)
{
	return a->word == b->word && a->err == b->err && a->route.metric == b->route.metric &&
	       a->route.dst_len == b->route.dst_len && a->route.src_len == b->route.src_len &&
	       a->route.oif == b->route.oif &&
	       !memcmp(a->route.gw, b->route.gw, sizeof(a->route.gw));
}

/* The same with other settings: does it make a difference? */
static bool rp_table6_differs(const struct rp_table6 *other, enum rp_model_step step,
			      const struct rp_model_answer *a)
{
	struct rp_model_answer its = { .word = RP_MODEL_NONE };
	struct rp_table6 t = *other;

	if (rp_table6_walk(&t, &its) != step)
		return true;
	return step == RP_STEP_DONE && !rp_table6_is_same(&its, a);
}

/*
 * Link-local addresses, groups, and ::1 are of one link only.  So is what a socket sends that
 * is bound to a device; but whether one is that has an address already is not recorded.
 */
static bool rp_table6_is_strict(const struct rp_flow *flow)
{
	static const union rp_addr link_local = { .b = { 0xfe, 0x80 } };
	static const union rp_addr groups = { .b = { 0xff } }, loopback = { .b = { [15] = 1 } };

	return rp_addr_covers(&link_local, 10, &flow->dst) ||
	       rp_addr_covers(&groups, 8, &flow->dst) || rp_addr_equal(&loopback, &flow->dst);
}

static struct rp_table6 rp_table6_of(const struct rp_model *m, const struct rp_model_query *q,
				     uint32_t table)
{
	const struct rp_flow *flow = q->flow;
	bool output = flow->iif <= 1;
	uint32_t dev = output ? flow->oif : flow->iif;

	return (struct rp_table6) {
		.m = m, .q = q, .table = table,
		.dev = flow->l3mdev == dev ? 0 : dev,
		.strict = rp_table6_is_strict(flow) || (output && rp_addr_is_any(&flow->src)),
	};
}

/*
 * A host passes over a gateway that does not answer, where there is another way: what then
 * would be taken is told of, as neighbours are not modelled.
 */
enum rp_model_step rp_model_ask_table6(const struct rp_model *m, const struct rp_model_query *q,
				       uint32_t table, struct rp_model_answer *a)
{
	struct rp_table6 t = rp_table6_of(m, q, table), other = t;
	bool output = q->flow->iif <= 1;
	struct rp_model_answer otherwise;
	enum rp_model_step step = rp_table6_walk(&t, a);

	if (step == RP_STEP_LOST)
		return step;
	other.strict = true;
	if (output && !t.strict && t.dev && rp_table6_differs(&other, step, a))
		return RP_STEP_LOST;
	other.strict = t.strict;
	other.silent = a;
	a->by_neighbour = step == RP_STEP_DONE && a->nhops && a->route.gw_family &&
			  rp_table6_walk(&other, &otherwise) != RP_STEP_NEXT;
	if (step == RP_STEP_DONE && a->err == -EAGAIN)
		return RP_STEP_NEXT;	/* thrown */
	return step;
}

/* ---- what was not taken ---- */

static bool rp_table6_is_by(const struct rp_table6 *t, const struct rp_model_version *v)
{
	unsigned int i;

	for (i = 0; i < v->nlegs; i++)
		if (t->m->legs[v->leg + i].oif == t->dev)
			return true;
	return !t->dev || !v->nlegs;
}

static bool rp_table6_is_down(struct rp_table6 *t, const struct rp_model_route *route,
			      const struct rp_model_version *v)
{
	unsigned int i;

	for (i = 0; i < v->nlegs; i++)
		if (!rp_table6_is_dead(t, route, v, &t->m->legs[v->leg + i]))
			return false;
	return v->nlegs;
}

/* What kept a route of the same prefix, or a longer one, from being the answer */
static enum rp_model_lost rp_table6_lost(struct rp_table6 *t, const struct rp_model_route *route,
					 const struct rp_model_version *v,
					 const struct rp_model_answer *won, int worth)
{
	if (route->src_len != won->route.src_len || !rp_table6_is_from(t, route, route->src_len))
		return RP_LOST_FROM;
	if (rp_table6_is_expired(t, v))
		return RP_LOST_EXPIRED;
	if (rp_table6_is_down(t, route, v))
		return RP_LOST_DOWN;
	if (!rp_table6_is_by(t, v) && t->strict)
		return RP_LOST_DEV;
	if (route->metric != won->route.metric)
		return route->metric > won->route.metric ? RP_LOST_METRIC : RP_LOST_UNKNOWN;
	if (rp_table6_worth(v) != worth)
		return rp_table6_worth(v) < worth ? RP_LOST_PREF : RP_LOST_UNKNOWN;
	return rp_table6_is_by(t, v) ? RP_LOST_LATER : RP_LOST_DEV;
}

/* Is it the answer, or one of the legs of that? */
static bool rp_table6_has_won(const struct rp_table6 *t, const struct rp_model_route *route,
			      const struct rp_model_version *v,
			      const struct rp_model_answer *won)
{
	const struct rp_model_leg *leg = v->nlegs ? &t->m->legs[v->leg] : NULL;
	unsigned int i;

	if (route->len != won->route.dst_len || route->metric != won->route.metric ||
	    route->src_len != won->route.src_len || v->type != won->route.type)
		return false;
	for (i = 0; leg && i < won->nhops; i++)
		if (won->hops[i].oif == leg->oif && won->hops[i].gw_family == leg->gw_family &&
		    !memcmp(won->hops[i].gw, leg->gw, sizeof(leg->gw)))
			return true;
	return !leg || !won->nhops;
}

/* What the router preference of the answer is worth */
static int rp_table6_won_worth(struct rp_table6 *t, const struct rp_model_answer *won)
{
	const struct rp_model_route *route = NULL;
	const struct rp_model_version *v;

	while ((route = rp_table6_next(t, won->route.dst_len, route, &v)))
		if (rp_table6_has_won(t, route, v, won))
			return rp_table6_worth(v);
	return 0;
}

size_t rp_model_losers6(const struct rp_model *m, const struct rp_model_query *q,
			const struct rp_model_answer *won,
			struct rp_model_loser losers[RP_MODEL_LOSERS])
{
	const struct rp_addr_lengths *lengths = rp_model_lengths(m, AF_INET6);
	struct rp_table6 t = rp_table6_of(m, q, won->table);
	const struct rp_model_route *route;
	const struct rp_model_version *v;
	enum rp_model_lost by;
	int worth = rp_table6_won_worth(&t, won), len;
	size_t n = 0;

	for (len = RP_ADDR_LEN_MAX; len >= 0; len--) {
		if (!rp_addr_has_length(lengths, len))
			continue;
		route = NULL;
		while ((route = rp_table6_next(&t, len, route, &v))) {
			if (rp_table6_has_won(&t, route, v, won))
				continue;
			by = len < won->route.dst_len ? RP_LOST_SHORTER :
			     rp_table6_lost(&t, route, v, won, worth);
			rp_model_lose(m, route, v, by, losers, &n);
		}
	}
	return n;
}

enum rp_model_state rp_model_first6(const struct rp_model *m, uint32_t netns, uint64_t at_ns,
				    struct rp_route *route)
{
	const struct rp_flow flow = { .dst = route->dst };
	const struct rp_model_query q = {
		.netns = netns, .family = AF_INET6, .flow = &flow, .at_ns = at_ns,
	};
	struct rp_table6 t = { .m = m, .q = &q, .table = route->table };
	struct rp_model_answer a = { .nhops = 0 };
	struct rp_choice6 choice;

	rp_table6_choose(&t, route->dst_len, 0, &choice);
	if (t.lost)
		return RP_MODEL_NOT_TOLD;
	if (!choice.route)
		return RP_MODEL_ABSENT;
	if (choice.v->nlegs)
		rp_model_add_hop(&a, &m->legs[choice.v->leg]);
	rp_model_found(&a, choice.route, choice.v);
	*route = a.route;
	return RP_MODEL_PRESENT;
}
