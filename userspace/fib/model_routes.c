// SPDX-License-Identifier: GPL-2.0
/* Routes of IPv4: which one a snapshot, an event or a request is about, and what it tells. */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fib/model_inner.h"
#include "lib/addr.h"

#define RP_MODEL_COPIES		128	/* of a route that differ in their next hops only */
#define RP_MODEL_COPY		64	/* the first of them that came */
#define RP_MODEL_NEW_FLAGS	(NLM_F_REPLACE | NLM_F_EXCL | NLM_F_CREATE | NLM_F_APPEND)

static struct rp_model_route *rp_model_find(struct rp_model *m, uint32_t netns,
					    unsigned int family, const struct rp_route *key,
					    unsigned int copy)
{
	const struct rp_model_query q = { .netns = netns, .family = family };
	union rp_addr dst = rp_addr_prefix(&key->dst, key->dst_len);
	const struct rp_model_route *route = NULL;

	while ((route = rp_model_prefix(m, &q, &dst, key->dst_len, route)))
		if (route->table == key->table && route->tos == key->tos &&
		    route->metric == key->metric && route->copy == copy)
			return &m->routes[route - m->routes];
	return NULL;
}

/* The number of the first of several; RP_MODEL_COPY if there is none */
static unsigned int rp_model_first_copy(struct rp_model *m, uint32_t netns,
					unsigned int family, const struct rp_route *key)
{
	unsigned int copy = RP_MODEL_COPY;

	while (copy && rp_model_find(m, netns, family, key, copy - 1))
		copy--;
	return copy;
}

/* A route is what its prefix, table, tos and metric say, and which of several it is. */
static struct rp_model_route *rp_model_get(struct rp_model *m, uint32_t netns,
					   unsigned int family, const struct rp_route *key,
					   unsigned int copy)
{
	struct rp_model_route *route = rp_model_find(m, netns, family, key, copy);

	if (route)
		return route;
	return rp_model_add_route(m, &(struct rp_model_route) {
		.netns = netns, .family = family, .len = key->dst_len, .copy = copy,
		.dst = rp_addr_prefix(&key->dst, key->dst_len),
		.table = key->table, .tos = key->tos, .metric = key->metric,
	});
}

static void rp_model_know(struct rp_model *m, struct rp_model_route *route,
			  const struct rp_record *rec)
{
	struct rp_model_version *v;

	v = rp_model_add_version(m, &route->known, &route->known, 0, NULL);
	v->state = RP_MODEL_PRESENT;
	rp_model_fill(m, v, rec);
	rp_model_add_own(m, route, &rec->route);
}

/* Legs of a route come one after the other, and routes in the kernel's order. */
void rp_model_know_route4(struct rp_model *m, const struct rp_record *rec)
{
	const struct rp_route *leg = &rec->route;
	struct rp_model_route *route;
	struct rp_model_version *v;
	unsigned int copy;

	for (copy = RP_MODEL_COPY; copy < RP_MODEL_COPIES; copy++) {
		route = rp_model_get(m, rec->netns, rec->family, leg, copy);
		if (!route->known) {
			rp_model_know(m, route, rec);
			return;
		}
		v = &m->versions[route->known - 1];
		if (leg->nh_sel && leg->nh_sel == v->nlegs && v->leg + v->nlegs == m->nlegs) {
			rp_model_add_leg(m, v, leg);
			return;
		}
	}
}

static const struct rp_model_version *rp_model_known(const struct rp_model *m,
						     const struct rp_model_query *q,
						     struct rp_route *route)
{
	union rp_addr dst = rp_addr_prefix(&route->dst, route->dst_len);
	const struct rp_model_route *its = NULL, *best = NULL;

	while ((its = rp_model_prefix(m, q, &dst, route->dst_len, its)))
		if (its->known && its->table == route->table && its->tos == route->tos &&
		    (!best || rp_model_is_first(its, best)))
			best = its;
	if (!best)
		return NULL;
	route->metric = best->metric;
	return &m->versions[best->known - 1];
}

bool rp_model_known_leg(const struct rp_model *m, uint32_t netns, unsigned int family,
			struct rp_route *route)
{
	const struct rp_model_query q = { .netns = netns, .family = family };
	const struct rp_model_version *v = rp_model_known(m, &q, route);
	const struct rp_model_leg *leg;

	if (!v || route->nh_sel >= v->nlegs)
		return false;
	leg = &m->legs[v->leg + route->nh_sel];
	route->type = v->type;
	route->scope = v->scope;
	route->protocol = v->protocol;
	route->nhid = v->nhid;
	route->oif = leg->oif;
	route->gw_family = leg->gw_family;
	memcpy(route->gw, leg->gw, sizeof(route->gw));
	return true;
}

/*
 * The kernel tells of the first route of a prefix only: where that is another now, those
 * that stood before it are gone, and where there is none, all are.
 */
static void rp_model_drop_others(struct rp_model *m, const struct rp_record *rec,
				 const struct rp_record *root,
				 const struct rp_model_route *first, bool all)
{
	const struct rp_model_query q = { .netns = rec->netns, .family = rec->family };
	union rp_addr dst = first->dst;
	const struct rp_model_route *route = NULL;

	while ((route = rp_model_prefix(m, &q, &dst, first->len, route)))
		if (route->table == first->table && route != first &&
		    (all || rp_model_is_first(route, first)) && rp_model_is_present(m, route))
			rp_model_drop(m, &m->routes[route - m->routes], rec, root);
}

/* Was it there before, as the one that told of it says? */
static enum rp_model_state rp_model_before(const struct rp_record *request)
{
	if (!request || request->kind != RP_KIND_CHANGE ||
	    request->change.nlflags & NLM_F_REPLACE)
		return RP_MODEL_NOT_TOLD;
	return request->change.op == RP_CHANGE_INSERT ? RP_MODEL_ABSENT : RP_MODEL_PRESENT;
}

static bool rp_model_has_leg(const struct rp_model *m, const struct rp_model_version *v,
			     const struct rp_route *route)
{
	const struct rp_model_leg *leg = &m->legs[v->leg];

	return leg->oif == route->oif && leg->gw_family == route->gw_family &&
	       v->type == route->type && !memcmp(leg->gw, route->gw, sizeof(leg->gw));
}

static bool rp_model_replaces(const struct rp_record *request)
{
	return !request || request->change.nlflags & NLM_F_REPLACE;
}

/* As `ip route prepend` asks: it comes before those that are there. */
static bool rp_model_prepends(const struct rp_record *request)
{
	return request && request->change.op == RP_CHANGE_INSERT &&
	       (request->change.nlflags & RP_MODEL_NEW_FLAGS) == NLM_F_CREATE;
}

/*
 * Which of several an event is about: the one that has its next hop; else the first that is
 * there, if it may have been replaced.
 */
static struct rp_model_route *rp_model_told(struct rp_model *m, const struct rp_record *rec,
					    const struct rp_record *request)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	struct rp_model_route *route, *first = NULL;
	const struct rp_model_version *v;
	unsigned int before, copy;

	before = rp_model_first_copy(m, rec->netns, rec->family, &rec->route);
	for (copy = before; copy < RP_MODEL_COPIES; copy++) {
		route = rp_model_find(m, rec->netns, rec->family, &rec->route, copy);
		if (!route)
			break;
		if (rp_model_route_at(m, &now, route, &v) != RP_MODEL_PRESENT)
			continue;
		if (rp_model_has_leg(m, v, &rec->route))
			return route;
		if (!first)
			first = route;
	}
	if (first && rp_model_replaces(request))
		return first;
	copy = first && before && rp_model_prepends(request) ? before - 1 : RP_MODEL_COPY;
	return rp_model_get(m, rec->netns, rec->family, &rec->route, copy);
}

/* Who is the first of its prefix, since another one went, is told as if it came. */
static bool rp_model_is_uncovered(const struct rp_model *m, const struct rp_model_route *route,
				  const struct rp_record *rec, const struct rp_record *request)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	const struct rp_model_version *v;

	return rec->change.op == RP_CHANGE_INSERT && !rec->route.nhid &&
	       (!request || request->change.op != RP_CHANGE_INSERT) &&
	       rp_model_route_at(m, &now, route, &v) == RP_MODEL_PRESENT && !v->nhid &&
	       rp_model_has_leg(m, v, &rec->route) && v->scope == rec->route.scope &&
	       v->protocol == rec->route.protocol && v->mtu == rec->change.mtu &&
	       rp_addr_equal(&v->prefsrc, &rec->route.prefsrc);
}

void rp_model_event4(struct rp_model *m, const struct rp_record *rec,
		     const struct rp_record *request, const struct rp_record *root)
{
	struct rp_model_route *route = rp_model_told(m, rec, request);
	struct rp_model_version *v;

	if (rp_model_is_uncovered(m, route, rec, request)) {
		rp_model_drop_others(m, rec, root, route, false);
		return;
	}
	if (rec->change.op == RP_CHANGE_INSERT) {
		v = rp_model_put(m, route, rec, root);
		v->state = RP_MODEL_PRESENT;
		v->before = rp_model_before(request);
	} else {
		v = rp_model_put(m, route, rec, root);
		v->state = RP_MODEL_ABSENT;
		v->before = RP_MODEL_PRESENT;
	}
	rp_model_fill(m, v, rec);
	if (v->state == RP_MODEL_PRESENT)
		rp_model_add_own(m, route, &rec->route);
	rp_model_drop_others(m, rec, root, route, rec->change.op != RP_CHANGE_INSERT);
}

/* Has an event inside the request told of that very route? */
static bool rp_model_was_told(const struct rp_model *m, const struct rp_model_route *route,
			      const struct rp_record *rec)
{
	return route->newest && m->versions[route->newest - 1].from_ns >= rec->time_ns;
}

static bool rp_model_is_meant(const struct rp_model *m, const struct rp_model_route *route,
			      const struct rp_route *wanted)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	const struct rp_model_version *v;

	return route->table == wanted->table && route->tos == wanted->tos &&
	       (!wanted->metric || route->metric == wanted->metric) &&
	       rp_model_route_at(m, &now, route, &v) == RP_MODEL_PRESENT &&
	       rp_model_is_such(m, v, wanted);
}

/*
 * The route that a request to delete means, and that no event told of: then it is not the
 * first of its prefix, and of the others the first that fits.
 */
static struct rp_model_route *rp_model_meant(struct rp_model *m, const struct rp_record *rec)
{
	const struct rp_model_query q = { .netns = rec->netns, .family = rec->family };
	union rp_addr dst = rp_addr_prefix(&rec->route.dst, rec->route.dst_len);
	const struct rp_model_route *route = NULL, *first = NULL, *best = NULL;

	while ((route = rp_model_prefix(m, &q, &dst, rec->route.dst_len, route))) {
		if (route->table != rec->route.table)
			continue;
		if (rp_model_was_told(m, route, rec))
			return NULL;
		if (rp_model_is_present(m, route) && (!first || rp_model_is_first(route, first)))
			first = route;
	}
	while ((route = rp_model_prefix(m, &q, &dst, rec->route.dst_len, route)))
		if (route != first && rp_model_is_meant(m, route, &rec->route) &&
		    (!best || rp_model_is_first(route, best)))
			best = route;
	return best ? &m->routes[best - m->routes] : NULL;
}

/* The place behind those that are there, NULL: there is none.  Those before may be gone. */
static struct rp_model_route *rp_model_behind(struct rp_model *m, const struct rp_record *rec)
{
	struct rp_model_route *route;
	unsigned int copy, behind = RP_MODEL_COPY;

	for (copy = RP_MODEL_COPY; copy < RP_MODEL_COPIES; copy++) {
		route = rp_model_find(m, rec->netns, rec->family, &rec->route, copy);
		if (!route)
			break;
		if (rp_model_is_present(m, route))
			behind = copy + 1;
	}
	if (behind == RP_MODEL_COPIES)
		return NULL;
	return rp_model_get(m, rec->netns, rec->family, &rec->route, behind);
}

/* And of one of the same prefix, metric and tos? */
static bool rp_model_is_told(struct rp_model *m, const struct rp_record *rec)
{
	const struct rp_model_route *route;
	unsigned int copy;

	copy = rp_model_first_copy(m, rec->netns, rec->family, &rec->route);
	for (; copy < RP_MODEL_COPIES; copy++) {
		route = rp_model_find(m, rec->netns, rec->family, &rec->route, copy);
		if (!route)
			break;
		if (rp_model_was_told(m, route, rec))
			return true;
	}
	return false;
}

/* A route is to be replaced by one that is as it is, which no event tells: nothing changes. */
static bool rp_model_is_as_asked(const struct rp_model *m, const struct rp_model_route *route,
				 const struct rp_record *rec)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	const struct rp_route *wanted = &rec->route;
	const struct rp_model_version *v;

	return rec->change.nlflags & NLM_F_REPLACE &&
	       rp_model_route_at(m, &now, route, &v) == RP_MODEL_PRESENT && v->nall == 1 &&
	       wanted->nh_count <= 1 && v->nhid == wanted->nhid && v->scope == wanted->scope &&
	       v->protocol == wanted->protocol &&
	       rp_addr_equal(&v->prefsrc, &wanted->prefsrc) &&
	       wanted->gw_family == m->legs[v->leg].gw_family && rp_model_is_such(m, v, wanted);
}

void rp_model_request4(struct rp_model *m, const struct rp_record *rec,
		       const struct rp_record *root)
{
	struct rp_model_route *route;
	struct rp_model_version *v;

	if (rec->err)
		return;
	if (rec->change.op == RP_CHANGE_DELETE) {
		route = rp_model_meant(m, rec);
		if (route)
			rp_model_drop(m, route, rec, root);
		return;
	}
	if (rec->change.op != RP_CHANGE_INSERT || rp_model_is_told(m, rec))
		return;
	route = rp_model_told(m, rec, rec);
	if (rec->change.nlflags & NLM_F_APPEND)
		route = rp_model_behind(m, rec);
	if (!route) {
		m->snapshot = false;
		return;
	}
	if (rp_model_is_as_asked(m, route, rec))
		return;
	v = rp_model_put(m, route, rec, root);
	v->state = RP_MODEL_PRESENT;
	v->before = rp_model_before(rec);
	rp_model_fill(m, v, rec);
	rp_model_add_own(m, route, &rec->route);
}
