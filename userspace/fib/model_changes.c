// SPDX-License-Identifier: GPL-2.0
/* Which changes may have changed an answer. */
#include <stdio.h>
#include <string.h>

#include "fib/model_inner.h"
#include "fib/names.h"
#include "lib/addr.h"

#define RP_MODEL_STEPS	1024	/* of a chain that is looked through */

static uint64_t rp_model_thing(enum rp_model_thing what, uint64_t number)
{
	return (uint64_t)what << 56 | number;
}

/* What came or went, as an event tells it */
static void rp_model_tell(const struct rp_model *m, const struct rp_model_version *v,
			  const struct rp_model_route *route, struct rp_record *rec)
{
	struct rp_model_answer a = { .nhops = 0 };
	const char *dev;

	if (v->nlegs)
		rp_model_add_hop(&a, &m->legs[v->leg]);
	rp_model_found(&a, route, v);
	dev = m->fib ? rp_fib_link(m->fib, rec->netns, a.route.oif) : NULL;
	if (rec->route.oif == a.route.oif && *rec->route.dev)
		memcpy(a.route.dev, rec->route.dev, sizeof(a.route.dev));
	else if (dev)
		snprintf(a.route.dev, sizeof(a.route.dev), "%s", dev);
	rec->kind = RP_KIND_EVENT;
	rec->family = route->family;
	rec->time_ns = v->from_ns;
	rec->has = RP_HAS_ROUTE | RP_HAS_CHANGE;
	rec->route = a.route;
	rec->change = (struct rp_change) {
		.op = v->state == RP_MODEL_PRESENT ? RP_CHANGE_INSERT : RP_CHANGE_DELETE,
	};
}

/* A ring in order of time would be no faster: they are few. */
static void rp_model_offer(const struct rp_model *m, const struct rp_model_version *v,
			   uint64_t thing, struct rp_model_change *changes, size_t *n)
{
	const struct rp_model_root *root = &m->roots[v->root - 1];
	size_t i = *n;

	if (i == RP_MODEL_CHANGES) {
		if (changes[i - 1].time_ns >= v->from_ns)
			return;
		i--;
	} else {
		++*n;
	}
	for (; i && changes[i - 1].time_ns < v->from_ns; i--)
		changes[i] = changes[i - 1];
	changes[i] = (struct rp_model_change) {
		.id = root->id, .time_ns = v->from_ns, .thing = thing, .rec = root->rec,
		.root = &root->rec,
	};
	if (thing >> 56 == RP_MODEL_A_ROUTE)
		rp_model_tell(m, v, &m->routes[thing & 0xffffffff], &changes[i].rec);
}

static void rp_model_offer_all(const struct rp_model *m, const struct rp_model_query *q,
			       uint32_t newest, uint64_t since_ns, uint64_t thing,
			       struct rp_model_change *changes, size_t *n)
{
	const struct rp_model_version *v;

	unsigned int steps, offered = 0;

	for (steps = 0; newest && steps < RP_MODEL_STEPS && offered < RP_MODEL_CHANGES;
	     steps++, newest = v->older) {
		v = &m->versions[newest - 1];
		if (v->from_ns <= since_ns)
			return;
		if (v->from_ns > q->at_ns)
			continue;
		rp_model_offer(m, v, thing, changes, n);
		offered++;
	}
}

/* Each is one by itself: that another one came or went before makes it no other. */
static void rp_model_offer_addresses(const struct rp_model *m, const struct rp_model_query *q,
				     uint32_t newest, uint64_t since_ns,
				     struct rp_model_change *changes, size_t *n)
{
	const struct rp_model_version *v;
	unsigned int steps;

	for (steps = 0; newest && steps < RP_MODEL_STEPS; steps++, newest = v->older) {
		v = &m->versions[newest - 1];
		if (v->from_ns <= since_ns)
			return;
		if (v->from_ns <= q->at_ns)
			rp_model_offer(m, v, rp_model_thing(RP_MODEL_AN_ADDRESS, newest), changes,
				       n);
	}
}

static void rp_model_offer_links(const struct rp_model *m, const struct rp_model_query *q,
				 uint32_t number, uint64_t since_ns,
				 struct rp_model_change *changes, size_t *n)
{
	const struct rp_model_version *v = number ? &m->versions[number - 1] : NULL;
	const struct rp_model_link *link;
	unsigned int i;

	for (i = 0; v && i < v->nlegs; i++) {
		link = rp_model_link(m, q->netns, m->legs[v->leg + i].oif);
		if (link)
			rp_model_offer_all(m, q, link->newest, since_ns,
					   rp_model_thing(RP_MODEL_A_LINK, link - m->links),
					   changes, n);
		if (link && q->family == AF_INET)
			rp_model_offer_addresses(m, q, link->addressed, since_ns, changes, n);
	}
}

static bool rp_model_is_one(const struct rp_model_change *a, const struct rp_model_change *b)
{
	return a->id == b->id && a->thing == b->thing && a->time_ns == b->time_ns;
}

/* Several routes may go by one device. */
static size_t rp_model_unique(struct rp_model_change *changes, size_t n)
{
	size_t i, j, kept = 0;

	for (i = 0; i < n; i++) {
		for (j = 0; j < kept && !rp_model_is_one(&changes[j], &changes[i]); j++)
			;
		if (j == kept)
			changes[kept++] = changes[i];
	}
	return kept;
}

static void rp_model_offer_prefix(const struct rp_model *m, const struct rp_model_query *q,
				  unsigned int len, uint64_t since_ns,
				  struct rp_model_change *changes, size_t *n)
{
	union rp_addr dst = rp_addr_prefix(&q->flow->dst, len);
	const struct rp_model_route *route = NULL;

	while ((route = rp_model_prefix(m, q, &dst, len, route))) {
		rp_model_offer_all(m, q, route->newest, since_ns,
				   rp_model_thing(RP_MODEL_A_ROUTE, route - m->routes),
				   changes, n);
		rp_model_offer_links(m, q, route->known, since_ns, changes, n);
		rp_model_offer_links(m, q, route->newest, since_ns, changes, n);
	}
}

size_t rp_model_changes(struct rp_model *m, const struct rp_model_query *q, uint64_t since_ns,
			struct rp_model_change *changes)
{
	const struct rp_model_link *link;
	struct rp_model_rule *rules;
	size_t count, i, n = 0;
	unsigned int len;

	rules = rp_model_rules(m, q->netns, q->family, &count);
	for (i = 0; i < count; i++)
		rp_model_offer_all(m, q, rules[i].newest, since_ns,
				   rp_model_thing(RP_MODEL_A_RULE, rules[i].order), changes, &n);
	for (len = 0; len <= rp_addr_bits(q->family); len++)
		if (rp_addr_has_length(rp_model_lengths(m, q->family), len))
			rp_model_offer_prefix(m, q, len, since_ns, changes, &n);
	link = rp_model_link(m, q->netns, rp_model_port(q->flow));
	if (link)
		rp_model_offer_all(m, q, link->newest, since_ns,
				   rp_model_thing(RP_MODEL_A_LINK, link - m->links), changes, &n);
	return rp_model_unique(changes, n);
}
