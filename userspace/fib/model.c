// SPDX-License-Identifier: GPL-2.0
/* What there was when: versions of routes and devices, from snapshot and changes. */
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "fib/model_inner.h"
#include "lib/addr.h"
#include "lib/util.h"

/* More than this is no model any more, rather than more memory */
#define RP_MODEL_ROOTS_MAX	(1U << 17)
#define RP_MODEL_VERSIONS_MAX	(1U << 22)
#define RP_MODEL_STEPS		1024	/* of a chain that is looked through */
#define RP_MODEL_REQUESTS	16	/* that are made again */

void rp_model_init(struct rp_model *m, struct rp_fib *fib)
{
	memset(m, 0, sizeof(*m));
	m->fib = fib;
}

void rp_model_exit(struct rp_model *m)
{
	free(m->roots);
	free(m->versions);
	free(m->legs);
	free(m->routes);
	free(m->links);
	free(m->rules);
	free(m->netns);
	free(m->objects);
	free(m->own);
	free(m->buckets);
	memset(m, 0, sizeof(*m));
}

void *rp_model_room(void *array, size_t count, size_t size)
{
	if (count & (count - 1) || count == 1)
		return array;
	return rp_util_grow(array, count ? 2 * count : 2, size);
}

struct rp_model_netns *rp_model_netns(const struct rp_model *m, uint32_t netns,
				      unsigned int family)
{
	size_t i;

	for (i = m->nnetns; i > 0; i--)
		if (m->netns[i - 1].netns == netns && m->netns[i - 1].family == family)
			return &m->netns[i - 1];
	return NULL;
}

bool rp_model_knows(const struct rp_model *m, uint32_t netns, unsigned int family)
{
	return rp_model_netns(m, netns, family);
}

bool rp_model_covers(const struct rp_model *m, uint32_t netns, unsigned int family)
{
	return m->snapshot && !m->untold[family == AF_INET6] && rp_model_netns(m, netns, family);
}

/* ---- versions ---- */

bool rp_model_is_full(struct rp_model *m)
{
	if (m->nroots < RP_MODEL_ROOTS_MAX && m->nversions < RP_MODEL_VERSIONS_MAX &&
	    m->nobjects < RP_MODEL_ROOTS_MAX)
		return false;
	m->snapshot = false;
	return true;
}

static uint32_t rp_model_root(struct rp_model *m, const struct rp_record *root)
{
	uint64_t id = rp_model_id(root);

	if (m->nroots && m->roots[m->nroots - 1].id == id)
		return m->nroots;
	m->roots = rp_model_room(m->roots, m->nroots, sizeof(*m->roots));
	m->roots[m->nroots++] = (struct rp_model_root) { id, *root };
	return m->nroots;
}

struct rp_model_version *rp_model_add_version(struct rp_model *m, uint32_t *newest,
					      uint32_t *first, uint64_t from_ns,
					      const struct rp_record *root)
{
	struct rp_model_version version = { .from_ns = from_ns, .older = *newest };

	if (root)
		version.root = rp_model_root(m, root);
	m->versions = rp_model_room(m->versions, m->nversions, sizeof(*m->versions));
	m->versions[m->nversions++] = version;
	*newest = m->nversions;
	if (!*first)
		*first = m->nversions;
	return &m->versions[m->nversions - 1];
}

static bool rp_model_is_leg(const struct rp_model_leg *a, const struct rp_model_leg *b)
{
	return a->oif == b->oif && a->gw_family == b->gw_family &&
	       !memcmp(a->gw, b->gw, sizeof(a->gw));
}

void rp_model_add_leg(struct rp_model *m, struct rp_model_version *v,
		      const struct rp_route *route)
{
	struct rp_model_leg leg = { .oif = route->oif, .gw_family = route->gw_family };

	memcpy(leg.gw, route->gw, sizeof(leg.gw));
	/* Most of a million routes go the same way, one after the other. */
	if (v->nall == 1 && !v->nlegs && m->nlegs &&
	    rp_model_is_leg(&m->legs[m->nlegs - 1], &leg)) {
		v->leg = m->nlegs - 1;
		v->nlegs = 1;
		return;
	}
	m->legs = rp_model_room(m->legs, m->nlegs, sizeof(*m->legs));
	if (!v->nlegs)
		v->leg = m->nlegs;
	m->legs[m->nlegs++] = leg;
	v->nlegs++;
}

void rp_model_fill(struct rp_model *m, struct rp_model_version *v,
		   const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	v->type = route->type;
	v->scope = route->scope;
	v->protocol = route->protocol;
	v->nhid = route->nhid;
	v->prefsrc = route->prefsrc;
	v->mtu = rec->change.mtu;
	v->nall = route->nh_count ? route->nh_count : 1;
	rp_model_add_leg(m, v, route);
}

const struct rp_model_version *rp_model_version_at(const struct rp_model *m,
						   const struct rp_model_query *q,
						   uint32_t newest)
{
	static const struct rp_model_version not_told;
	const struct rp_model_version *v;
	unsigned int steps;

	for (steps = 0; newest; newest = v->older) {
		v = &m->versions[newest - 1];
		if (v->from_ns <= q->at_ns && !(q->ageless && v->cleared) &&
		    !(q->nundo && rp_model_is_undone(q, m->roots[v->root - 1].id)))
			return v;
		if (++steps == RP_MODEL_STEPS)
			return &not_told;
	}
	return NULL;
}

/* ---- the hash table, which has no use for order ---- */

static uint64_t rp_model_hash(uint32_t netns, unsigned int family, const union rp_addr *dst,
			      unsigned int len)
{
	return rp_addr_hash(dst, rp_addr_mix(netns, family << 8 | len)) >> 16;
}

static uint64_t rp_model_hash_link(uint32_t netns, uint32_t index)
{
	return rp_addr_mix(rp_addr_mix(netns, 1ULL << 32 | index), 0) >> 16;
}

/* Routes have the even buckets, devices the odd ones. */
static uint32_t *rp_model_bucket(const struct rp_model *m, uint64_t hash, bool link)
{
	return &m->buckets[(hash << 1 | link) & (m->nbuckets - 1)];
}

static void rp_model_link_up(struct rp_model *m, size_t number, bool link)
{
	struct rp_model_route *route = link ? NULL : &m->routes[number];
	uint32_t *next = link ? &m->links[number].next : &route->next, *bucket;
	uint64_t hash = link ? rp_model_hash_link(m->links[number].netns,
						  m->links[number].link.index) :
			       rp_model_hash(route->netns, route->family, &route->dst, route->len);

	bucket = rp_model_bucket(m, hash, link);
	*next = *bucket;
	*bucket = number + 1;
}

/* Room for one more of either */
static void rp_model_buckets(struct rp_model *m)
{
	size_t i;

	if (m->nroutes + m->nlinks < m->nbuckets / 2)
		return;
	free(m->buckets);
	m->nbuckets = m->nbuckets ? 4 * m->nbuckets : 256;
	m->buckets = rp_util_alloc(m->nbuckets, sizeof(*m->buckets));
	for (i = 0; i < m->nroutes; i++)
		rp_model_link_up(m, i, false);
	for (i = 0; i < m->nlinks; i++)
		rp_model_link_up(m, i, true);
}

/* ---- routes ---- */

const struct rp_model_route *rp_model_prefix(const struct rp_model *m,
					     const struct rp_model_query *q,
					     const union rp_addr *dst, unsigned int len,
					     const struct rp_model_route *after)
{
	const struct rp_model_route *route;
	uint32_t number;

	if (!m->nbuckets)
		return NULL;
	number = after ? after->next :
		 *rp_model_bucket(m, rp_model_hash(q->netns, q->family, dst, len), false);
	for (; number; number = route->next) {
		route = &m->routes[number - 1];
		if (route->netns == q->netns && route->family == q->family &&
		    route->len == len && rp_addr_equal(&route->dst, dst))
			return route;
	}
	return NULL;
}

struct rp_model_route *rp_model_add_route(struct rp_model *m, const struct rp_model_route *its)
{
	rp_model_buckets(m);
	m->routes = rp_model_room(m->routes, m->nroutes, sizeof(*m->routes));
	m->routes[m->nroutes] = *its;
	rp_model_link_up(m, m->nroutes, false);
	rp_addr_add_length(&m->lengths[its->family == AF_INET6], its->len);
	return &m->routes[m->nroutes++];
}

bool rp_model_is_such(const struct rp_model *m, const struct rp_model_version *v,
		      const struct rp_route *wanted)
{
	const struct rp_model_leg *leg = &m->legs[v->leg];

	return (!wanted->type || wanted->type == v->type) &&
	       (!wanted->oif || !leg->oif || wanted->oif == leg->oif) &&
	       (!wanted->gw_family || (wanted->gw_family == leg->gw_family &&
				       !memcmp(wanted->gw, leg->gw, sizeof(leg->gw))));
}

/*
 * Would it have been granted where @was is there?  What is there is not added, and only what
 * is meant is deleted; others may be found to be gone with it.
 */
static bool rp_model_is_granted(const struct rp_model *m, const struct rp_model_version *v,
				const struct rp_model_version *was)
{
	const struct rp_record *request = &m->roots[v->root - 1].rec;

	if (request->kind != RP_KIND_CHANGE)
		return true;
	if (request->change.op == RP_CHANGE_DELETE && v->state == RP_MODEL_ABSENT)
		return rp_model_is_such(m, was, &request->route) ||
		       !rp_model_is_such(m, v, &request->route);
	return request->change.op != RP_CHANGE_INSERT || v->state != RP_MODEL_PRESENT ||
	       !(request->change.nlflags & NLM_F_EXCL);
}

/* Without some changes others would have been refused: they are made again, one by one. */
static enum rp_model_state rp_model_remade(const struct rp_model *m,
					   const struct rp_model_query *q,
					   const struct rp_model_route *route, uint32_t newest,
					   const struct rp_model_version **v, unsigned int depth)
{
	const struct rp_model_version *first, *was;
	enum rp_model_state state;

	*v = rp_model_version_at(m, q, newest);
	if (*v && q->nundo && depth < RP_MODEL_REQUESTS) {
		state = rp_model_remade(m, q, route, (*v)->older, &was, depth + 1);
		if (state == RP_MODEL_PRESENT && !rp_model_is_granted(m, *v, was)) {
			*v = was;
			return state;
		}
	}
	if (*v) {
		state = (*v)->state;
		if (state != RP_MODEL_PRESENT)
			*v = NULL;
		return state;
	}
	first = rp_model_first(m, route->first);
	if (first && first->from_ns <= m->snapshot_ns) {
		if (first->before == RP_MODEL_PRESENT)
			*v = first;
		return first->before;
	}
	if (route->known)
		*v = &m->versions[route->known - 1];
	return *v ? RP_MODEL_PRESENT : RP_MODEL_ABSENT;
}

enum rp_model_state rp_model_route_at(const struct rp_model *m, const struct rp_model_query *q,
				      const struct rp_model_route *route,
				      const struct rp_model_version **v)
{
	return rp_model_remade(m, q, route, route->newest, v, 0);
}

bool rp_model_is_present(const struct rp_model *m, const struct rp_model_route *route)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	const struct rp_model_version *v;

	return rp_model_route_at(m, &now, route, &v) == RP_MODEL_PRESENT;
}

struct rp_model_version *rp_model_put(struct rp_model *m, struct rp_model_route *route,
				      const struct rp_record *rec,
				      const struct rp_record *root)
{
	return rp_model_add_version(m, &route->newest, &route->first, rec->time_ns, root);
}

void rp_model_drop(struct rp_model *m, struct rp_model_route *route,
		   const struct rp_record *rec, const struct rp_record *root)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	const struct rp_model_version *was;
	struct rp_model_version *v, copy = { .before = RP_MODEL_PRESENT };

	if (rp_model_route_at(m, &now, route, &was) == RP_MODEL_PRESENT)
		copy = *was;
	v = rp_model_put(m, route, rec, root);
	copy.from_ns = v->from_ns;
	copy.root = v->root;
	copy.older = v->older;
	copy.state = RP_MODEL_ABSENT;
	copy.before = RP_MODEL_PRESENT;
	*v = copy;
}

/* ---- of either family ---- */

/* A damaged record may say anything. */
static bool rp_model_is_prefix(const struct rp_record *rec)
{
	return rec->route.dst_len <= rp_addr_bits(rec->family) &&
	       (rec->family == AF_INET || rec->route.src_len <= RP_ADDR_LEN_MAX);
}

void rp_model_know_route(struct rp_model *m, const struct rp_record *leg)
{
	if (leg->family == AF_INET6)
		rp_model_know_route6(m, leg);
	else
		rp_model_know_route4(m, leg);
}

void rp_model_event(struct rp_model *m, const struct rp_record *rec,
		    const struct rp_record *request, const struct rp_record *root)
{
	if (!rp_model_is_prefix(rec) || rp_model_is_full(m))
		return;
	if (rec->family == AF_INET6)
		rp_model_event6(m, rec, root);
	else
		rp_model_event4(m, rec, request, root);
}

void rp_model_request(struct rp_model *m, const struct rp_record *rec,
		      const struct rp_record *root)
{
	if (!rp_model_is_prefix(rec) || rp_model_is_full(m))
		return;
	if (rec->family == AF_INET6)
		rp_model_request6(m, rec, root);
	else
		rp_model_request4(m, rec, root);
}

void rp_model_untold(struct rp_model *m, unsigned int family)
{
	m->untold[family == AF_INET6] = true;
}

/* ---- devices ---- */

struct rp_model_link *rp_model_link(const struct rp_model *m, uint32_t netns, uint32_t index)
{
	struct rp_model_link *link;
	uint32_t number = 0;

	if (m->nbuckets)
		number = *rp_model_bucket(m, rp_model_hash_link(netns, index), true);
	for (; number; number = link->next) {
		link = &m->links[number - 1];
		if (link->netns == netns && link->link.index == index)
			return link;
	}
	return NULL;
}

struct rp_model_link *rp_model_get_link(struct rp_model *m, uint32_t netns, uint32_t index)
{
	struct rp_model_link *link = rp_model_link(m, netns, index);

	if (link)
		return link;
	rp_model_buckets(m);
	m->links = rp_model_room(m->links, m->nlinks, sizeof(*m->links));
	link = &m->links[m->nlinks];
	*link = (struct rp_model_link) { .netns = netns, .link.index = index };
	rp_model_link_up(m, m->nlinks++, true);
	return link;
}
