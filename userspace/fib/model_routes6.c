// SPDX-License-Identifier: GPL-2.0
/*
 * Routes of IPv6: each leg is one of its own, and events tell of all that come and go, but of
 * what another one replaced.  See net/ipv6/ip6_fib.c, fib6_add_rt2node().
 */
#include <errno.h>
#include <linux/ipv6_route.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fib/model_inner.h"
#include "lib/addr.h"
#include "lib/util.h"

static const struct rp_model_version *rp_model_newest(const struct rp_model *m,
						      const struct rp_model_route *route)
{
	uint32_t number = route->newest ? route->newest : route->known;

	return number ? &m->versions[number - 1] : NULL;
}

static bool rp_model_is_beside(const struct rp_model_route *route, const struct rp_record *rec)
{
	return route->table == rec->route.table && route->metric == rec->route.metric &&
	       route->src_len == rec->route.src_len &&
	       rp_addr_covers(&route->src, route->src_len, &rec->flow.src);
}

/* Two routes that stand beside each other never have the same next hop. */
static bool rp_model_is_hop(const struct rp_model *m, const struct rp_model_version *v,
			    const struct rp_route *route)
{
	const struct rp_model_leg *leg = &m->legs[v->leg];

	if (v->nhid || route->nhid)
		return v->nhid == route->nhid;
	return leg->oif == route->oif && leg->gw_family == route->gw_family &&
	       !memcmp(leg->gw, route->gw, sizeof(leg->gw));
}

static struct rp_model_route *rp_model_find6(struct rp_model *m, const struct rp_record *rec)
{
	const struct rp_model_query q = { .netns = rec->netns, .family = rec->family };
	union rp_addr dst = rp_addr_prefix(&rec->route.dst, rec->route.dst_len);
	const struct rp_model_route *route = NULL;

	while ((route = rp_model_prefix(m, &q, &dst, rec->route.dst_len, route)))
		if (rp_model_is_beside(route, rec) &&
		    rp_model_is_hop(m, rp_model_newest(m, route), &rec->route))
			return &m->routes[route - m->routes];
	return NULL;
}

static struct rp_model_route *rp_model_add6(struct rp_model *m, const struct rp_record *rec)
{
	const struct rp_route *its = &rec->route;

	return rp_model_add_route(m, &(struct rp_model_route) {
		.netns = rec->netns, .family = rec->family,
		.dst = rp_addr_prefix(&its->dst, its->dst_len), .len = its->dst_len,
		.src = rp_addr_prefix(&rec->flow.src, its->src_len), .src_len = its->src_len,
		.table = its->table, .metric = its->metric,
	});
}

/* When the route is too old, at the earliest; 0: never.  Records have whole seconds. */
static uint64_t rp_model_expires_ns(const struct rp_record *rec, uint64_t told_ns)
{
	if (!(rec->route.rt_flags & RTF_EXPIRES))
		return 0;
	return told_ns + rec->change.expires_s * RP_NSEC_PER_SEC;
}

static void rp_model_fill6(struct rp_model *m, struct rp_model_version *v,
			   const struct rp_record *rec, uint64_t told_ns, uint32_t order)
{
	rp_model_fill(m, v, rec);
	v->flags = rec->route.rt_flags;
	v->order = order;
	v->expires_ns = rp_model_expires_ns(rec, told_ns);
	if (!v->nhid)
		v->nall = 1;
	/* An event of a group of next hops tells none of them. */
	if (v->nhid && !rec->route.oif)
		v->nlegs = 0;
}

void rp_model_know_route6(struct rp_model *m, const struct rp_record *rec)
{
	struct rp_model_route *route = rp_model_find6(m, rec);
	struct rp_model_version *v;

	/* Its legs share the object; those of other routes are routes. */
	if (route && route->known && rec->route.nhid && rec->route.nh_sel) {
		v = &m->versions[route->known - 1];
		if (v->leg + v->nlegs == m->nlegs)
			rp_model_add_leg(m, v, &rec->route);
		return;
	}
	route = rp_model_add6(m, rec);
	v = rp_model_add_version(m, &route->known, &route->known, 0, NULL);
	v->state = RP_MODEL_PRESENT;
	rp_model_fill6(m, v, rec, m->snapshot_ns, ++m->norders);
}

bool rp_model_is_sibling(const struct rp_model *m, const struct rp_model_version *v)
{
	return v->nlegs && m->legs[v->leg].gw_family && !v->nhid &&
	       !(v->flags & RTF_ADDRCONF);
}

/* A request to replace means the first of its like, and of none the first. */
static bool rp_model_is_rather(const struct rp_model *m, const struct rp_model_version *v,
			       const struct rp_model_version *other, bool sibling)
{
	bool fits = rp_model_is_sibling(m, v) == sibling;

	if (!other)
		return true;
	if (fits != (rp_model_is_sibling(m, other) == sibling))
		return fits;
	return v->order < other->order;
}

/* Read live, the snapshot has what was not replaced. */
static const struct rp_model_version *rp_model_standing(const struct rp_model *m,
							const struct rp_model_route *route,
							const struct rp_record *rec)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	const struct rp_model_version *v;

	if (!rp_model_is_beside(route, rec) ||
	    (!route->newest && rec->time_ns <= m->snapshot_ns) ||
	    rp_model_route_at(m, &now, route, &v) != RP_MODEL_PRESENT)
		return NULL;
	return v;
}

/* What an event replaces is gone, and if it was one of siblings, so are they.  Its order */
static uint32_t rp_model_replace6(struct rp_model *m, const struct rp_record *rec,
				  const struct rp_record *root)
{
	const struct rp_model_query q = { .netns = rec->netns, .family = rec->family };
	union rp_addr dst = rp_addr_prefix(&rec->route.dst, rec->route.dst_len);
	const struct rp_route *its = &rec->route;
	bool sibling = its->gw_family && !its->nhid && !(its->rt_flags & RTF_ADDRCONF);
	const struct rp_model_route *route = NULL;
	const struct rp_model_version *v, *first = NULL;
	uint32_t order;
	bool all;

	while ((route = rp_model_prefix(m, &q, &dst, its->dst_len, route))) {
		v = rp_model_standing(m, route, rec);
		if (v && rp_model_is_rather(m, v, first, sibling))
			first = v;
	}
	if (!first)
		return ++m->norders;
	order = first->order;
	all = rp_model_is_sibling(m, first);
	while ((route = rp_model_prefix(m, &q, &dst, its->dst_len, route))) {
		v = rp_model_standing(m, route, rec);
		if (v && (v->order == order || (all && rp_model_is_sibling(m, v))))
			rp_model_drop(m, &m->routes[route - m->routes], rec, root);
	}
	return order;
}

void rp_model_event6(struct rp_model *m, const struct rp_record *rec,
		     const struct rp_record *root)
{
	bool came = rec->change.op == RP_CHANGE_INSERT;
	bool replaces = came && rec->change.nlflags & NLM_F_REPLACE;
	uint32_t order = replaces ? rp_model_replace6(m, rec, root) : came ? ++m->norders : 0;
	struct rp_model_route *route = rp_model_find6(m, rec);
	struct rp_model_version *v;

	if (!route)
		route = rp_model_add6(m, rec);
	else if (!came)
		order = rp_model_newest(m, route)->order;
	v = rp_model_put(m, route, rec, root);
	v->state = came ? RP_MODEL_PRESENT : RP_MODEL_ABSENT;
	v->before = replaces ? RP_MODEL_NOT_TOLD : came ? RP_MODEL_ABSENT : RP_MODEL_PRESENT;
	rp_model_fill6(m, v, rec, rec->time_ns, order);
	v->cleared = !came && rp_model_id(rec) == rp_model_id(root) &&
		     rec->route.rt_flags & RTF_EXPIRES && !rec->change.expires_s;
}

/* Are there others of its like, so that the kernel keeps it when its device is set down? */
static bool rp_model_has_siblings(const struct rp_model *m, const struct rp_model_route *route,
				  const struct rp_model_version *v)
{
	const struct rp_model_query q = { .netns = route->netns, .family = AF_INET6 };
	const struct rp_model_route *other = NULL;
	const struct rp_model_version *its;

	if (!rp_model_is_sibling(m, v))
		return false;
	while ((other = rp_model_prefix(m, &q, &route->dst, route->len, other))) {
		if (other == route || other->table != route->table ||
		    other->metric != route->metric || other->src_len != route->src_len ||
		    !rp_addr_equal(&other->src, &route->src) || !rp_model_is_present(m, other))
			continue;
		its = rp_model_newest(m, other);
		if (rp_model_is_sibling(m, its) && m->legs[its->leg].oif != m->legs[v->leg].oif)
			return true;
	}
	return false;
}

void rp_model_died6(struct rp_model *m, const struct rp_record *rec,
		    const struct rp_record *root)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	const struct rp_model_version *v;
	struct rp_model_route *route;
	size_t i;

	for (i = 0; i < m->nroutes; i++) {
		route = &m->routes[i];
		if (route->netns != rec->netns || route->family != AF_INET6 ||
		    rp_model_route_at(m, &now, route, &v) != RP_MODEL_PRESENT || v->nhid ||
		    !v->nlegs || m->legs[v->leg].oif != rec->route.oif ||
		    rp_model_has_siblings(m, route, v) || rp_model_is_full(m))
			continue;
		rp_model_drop(m, route, rec, root);
	}
}

/* A route gets a new lifetime, and is the same otherwise. */
static void rp_model_prolong(struct rp_model *m, struct rp_model_route *route,
			     const struct rp_record *rec, const struct rp_record *root,
			     uint64_t expires_ns)
{
	struct rp_model_version *v, copy = *rp_model_newest(m, route);

	v = rp_model_put(m, route, rec, root);
	copy.from_ns = v->from_ns;
	copy.root = v->root;
	copy.older = v->older;
	copy.before = RP_MODEL_PRESENT;
	copy.expires_ns = expires_ns;
	copy.flags = expires_ns ? copy.flags | RTF_EXPIRES : copy.flags & ~RTF_EXPIRES;
	*v = copy;
}

/* One more of the same is refused, and the one that is there gets its lifetime. */
void rp_model_request6(struct rp_model *m, const struct rp_record *rec,
		       const struct rp_record *root)
{
	struct rp_model_route *route;

	if (rec->err != -EEXIST || rec->change.op != RP_CHANGE_INSERT ||
	    rec->change.nlflags & NLM_F_EXCL)
		return;
	route = rp_model_find6(m, rec);
	if (route && rp_model_is_present(m, route) && rp_model_newest(m, route)->expires_ns)
		rp_model_prolong(m, route, rec, root, rp_model_expires_ns(rec, rec->time_ns));
}

void rp_model_nexthop_event(struct rp_model *m, const struct rp_record *rec)
{
	if (rp_model_is_full(m))
		return;
	m->objects = rp_model_room(m->objects, m->nobjects, sizeof(*m->objects));
	m->objects[m->nobjects++] = (struct rp_model_object) {
		rec->time_ns, rec->netns, rec->route.nhid, rec->change.op == RP_CHANGE_INSERT,
	};
}

/* A group is another, too, when one of its members is. */
bool rp_model_is_rehung(const struct rp_model *m, const struct rp_model_query *q,
			const struct rp_model_version *v)
{
	const struct rp_model_object *object;
	size_t i;

	for (i = v->nhid ? m->nobjects : 0; i > 0; i--) {
		object = &m->objects[i - 1];
		if (object->from_ns <= v->from_ns)
			return false;
		if (object->netns == q->netns && object->from_ns <= q->at_ns &&
		    (v->nlegs != 1 || (object->came && object->nhid == v->nhid)))
			return true;
	}
	return false;
}

/* The route by who advertises itself lasts as long as that says; if it is new an event told. */
void rp_model_advertised(struct rp_model *m, const struct rp_record *rec)
{
	const struct rp_model_query q = { .netns = rec->netns, .family = AF_INET6 };
	const union rp_addr any = { .w = { 0, 0 } };
	const struct rp_model_route *route = NULL;
	const struct rp_model_version *v;
	struct rp_model_link *link;

	if (rp_model_is_full(m) || rec->kind != RP_KIND_RA_EVENT)
		return;
	link = rp_model_get_link(m, rec->netns, rec->route.oif);
	rp_model_add_version(m, &link->advertised, &link->advertised_first, rec->time_ns, rec);
	while ((route = rp_model_prefix(m, &q, &any, 0, route))) {
		v = rp_model_newest(m, route);
		if (rp_model_is_present(m, route) && v->protocol == RTPROT_RA &&
		    v->expires_ns && rp_model_is_hop(m, v, &rec->route))
			rp_model_prolong(m, &m->routes[route - m->routes], rec, rec,
					 rec->time_ns + rec->change.expires_s * RP_NSEC_PER_SEC);
	}
}
