// SPDX-License-Identifier: GPL-2.0
/* What a table of IPv4 answers: fib_table_lookup(). */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fib/model_inner.h"
#include "lib/addr.h"

#define RP_MODEL_SAME	32	/* routes of one prefix and table */
/* The bits of a tos that routes go by: since Linux 6.12, and before */
#define RP_MODEL_TOS_BITS	0xfc
#define RP_MODEL_TOS_BITS_OLD	0x1c

static bool rp_model_for_flow(const struct rp_model_query *q,
			      const struct rp_model_route *route,
			      const struct rp_model_version *v)
{
	uint8_t tos = q->flow->tos;

	return (!route->tos || route->tos == (tos & RP_MODEL_TOS_BITS) ||
		route->tos == (tos & RP_MODEL_TOS_BITS_OLD)) &&
	       v->scope >= q->flow->scope;
}

int rp_model_reject(const struct rp_model_version *v)
{
	switch (v->type) {
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT:
		return -EACCES;
	case RTN_THROW:
		return -EAGAIN;
	default:
		return 0;
	}
}

/*
 * A route dies with its device, or with the last address there.  Of several legs one can come
 * back.  Local routes stay when their device is set down; events tell if they went.
 */
static bool rp_model_leg_alive(struct rp_model *m, const struct rp_model_query *q,
			       const struct rp_model_version *v, const struct rp_model_leg *leg,
			       bool *lost)
{
	const struct rp_model_link *link = rp_model_link(m, q->netns, leg->oif);
	struct rp_model_life life;

	if (!link || v->type == RTN_LOCAL)
		return true;
	if (q->ignore_linkdown &&
	    rp_model_link_state(m, q, leg->oif) == RP_CHANGE_CARRIER_DOWN)
		return false;
	rp_model_life(m, q, link, v->from_ns, &life);
	*lost |= life.lost;
	return v->nall > 1 ? !life.dead : life.died_ns <= v->from_ns;
}

/* Who asks for a VRF asks for any device; who asks for a port of it asks for that one. */
static bool rp_model_leg_fits(const struct rp_model_query *q, const struct rp_model_leg *leg)
{
	const struct rp_flow *flow = q->flow;

	return !flow->oif || flow->oif == flow->l3mdev || flow->oif == leg->oif;
}

void rp_model_add_hop(struct rp_model_answer *a, const struct rp_model_leg *leg)
{
	struct rp_model_hop *hop;

	if (a->nhops == RP_MODEL_HOPS)
		return;
	hop = &a->hops[a->nhops++];
	hop->oif = leg->oif;
	hop->gw_family = leg->gw_family;
	memcpy(hop->gw, leg->gw, sizeof(hop->gw));
}

void rp_model_found(struct rp_model_answer *a, const struct rp_model_route *route,
		    const struct rp_model_version *v)
{
	a->table = route->table;
	a->mtu = v->mtu;
	a->route = (struct rp_route) {
		.dst = route->dst, .dst_len = route->len, .table = route->table,
		.tos = route->tos, .metric = route->metric, .type = v->type,
		.scope = v->scope, .protocol = v->protocol, .nhid = v->nhid,
		.prefsrc = v->prefsrc, .nh_count = v->nall,
	};
	if (!a->nhops)
		return;
	a->route.oif = a->hops[0].oif;
	a->route.gw_family = a->hops[0].gw_family;
	memcpy(a->route.gw, a->hops[0].gw, sizeof(a->route.gw));
}

/* Routes by a device died since, and this may be one of them. */
static bool rp_model_is_unsure(const struct rp_model *m, const struct rp_model_query *q,
			       const struct rp_model_version *v)
{
	const struct rp_model_version *unsure;
	const struct rp_model_link *link;
	unsigned int i;

	for (i = 0; i < v->nlegs; i++) {
		link = rp_model_link(m, q->netns, m->legs[v->leg + i].oif);
		unsure = link ? rp_model_version_at(m, q, link->unsure) : NULL;
		if (unsure && unsure->from_ns > v->from_ns)
			return true;
	}
	return false;
}

/* As in fib_table_lookup(): does this route answer? */
static enum rp_model_step rp_model_try(struct rp_model *m, const struct rp_model_query *q,
				       const struct rp_model_route *route,
				       const struct rp_model_version *v,
				       struct rp_model_answer *a)
{
	bool lost = false;
	unsigned int i;

	a->nhops = 0;
	a->err = rp_model_reject(v);
	if (a->err) {
		rp_model_found(a, route, v);
		a->word = RP_MODEL_ROUTE_REJECTS;
		return RP_STEP_DONE;
	}
	for (i = 0; i < v->nlegs; i++)
		if (rp_model_leg_alive(m, q, v, &m->legs[v->leg + i], &lost) &&
		    rp_model_leg_fits(q, &m->legs[v->leg + i]))
			rp_model_add_hop(a, &m->legs[v->leg + i]);
	if (lost)
		return RP_STEP_LOST;
	if (!a->nhops)
		return v->nlegs < v->nall ? RP_STEP_LOST : RP_STEP_NEXT;
	rp_model_found(a, route, v);
	a->word = RP_MODEL_FOUND;
	return RP_STEP_DONE;
}

/* The routes of one prefix in a table, the higher tos and the lower metric first */
static size_t rp_model_leaf(const struct rp_model *m, const struct rp_model_query *q,
			    uint32_t table, unsigned int len,
			    const struct rp_model_route *leaf[RP_MODEL_SAME])
{
	union rp_addr dst = rp_addr_prefix(&q->flow->dst, len);
	const struct rp_model_route *route = NULL;
	size_t n = 0, i;

	while (n < RP_MODEL_SAME && (route = rp_model_prefix(m, q, &dst, len, route))) {
		if (route->table != table)
			continue;
		for (i = n++; i && rp_model_is_first(route, leaf[i - 1]); i--)
			leaf[i] = leaf[i - 1];
		leaf[i] = route;
	}
	return n;
}

static enum rp_model_step rp_model_ask_prefix(struct rp_model *m,
					      const struct rp_model_query *q, uint32_t table,
					      unsigned int len, struct rp_model_answer *a)
{
	const struct rp_model_route *leaf[RP_MODEL_SAME];
	size_t n = rp_model_leaf(m, q, table, len, leaf), i;
	const struct rp_model_version *v;
	enum rp_model_state state;
	enum rp_model_step step;

	for (i = 0; i < n; i++) {
		state = rp_model_route_at(m, q, leaf[i], &v);
		if (state == RP_MODEL_NOT_TOLD)
			return RP_STEP_LOST;
		if (state == RP_MODEL_ABSENT || !rp_model_for_flow(q, leaf[i], v))
			continue;
		if (i && rp_model_is_unsure(m, q, v))
			return RP_STEP_LOST;
		step = rp_model_try(m, q, leaf[i], v, a);
		if (step != RP_STEP_NEXT)
			return step;
	}
	return RP_STEP_NEXT;
}

enum rp_model_step rp_model_ask_table(struct rp_model *m, const struct rp_model_query *q,
				      uint32_t table, uint32_t with,
				      struct rp_model_answer *a)
{
	enum rp_model_step step;
	int len;

	for (len = rp_addr_bits(q->family); len >= 0; len--) {
		if (!rp_addr_has_length(rp_model_lengths(m, q->family), len))
			continue;
		step = with ? rp_model_ask_prefix(m, q, with, len, a) : RP_STEP_NEXT;
		if (step == RP_STEP_NEXT)
			step = rp_model_ask_prefix(m, q, table, len, a);
		if (step == RP_STEP_DONE && a->err == -EAGAIN)
			return RP_STEP_NEXT;	/* thrown */
		if (step != RP_STEP_NEXT)
			return step;
	}
	return RP_STEP_NEXT;
}

/* ---- what was not taken ---- */

void rp_model_lose(const struct rp_model *m, const struct rp_model_route *route,
		   const struct rp_model_version *v, enum rp_model_lost by,
		   struct rp_model_loser losers[RP_MODEL_LOSERS], size_t *n)
{
	struct rp_model_answer a = { .nhops = 0 };
	unsigned int i;

	if (*n == RP_MODEL_LOSERS || by == RP_LOST_UNKNOWN)
		return;
	for (i = 0; i < v->nlegs; i++)
		rp_model_add_hop(&a, &m->legs[v->leg + i]);
	rp_model_found(&a, route, v);
	losers[(*n)++] = (struct rp_model_loser) { a.route, by };
}

/* Of one that came before the answer: what kept it from being that */
static enum rp_model_lost rp_model_kept(struct rp_model *m, const struct rp_model_query *q,
					const struct rp_model_route *route,
					const struct rp_model_version *v)
{
	bool alive = false, lost = false;
	unsigned int i;

	if (!rp_model_for_flow(q, route, v))
		return v->scope < q->flow->scope ? RP_LOST_SCOPE : RP_LOST_TOS;
	for (i = 0; i < v->nlegs; i++)
		alive |= rp_model_leg_alive(m, q, v, &m->legs[v->leg + i], &lost);
	if (lost)
		return RP_LOST_UNKNOWN;
	return alive ? RP_LOST_DEV : RP_LOST_DOWN;
}

/* Of one that stands behind the answer */
static enum rp_model_lost rp_model_behind(const struct rp_model_route *route,
					  const struct rp_route *won)
{
	if (route->len < won->dst_len)
		return RP_LOST_SHORTER;
	if (route->tos != won->tos)
		return RP_LOST_TOS;
	return route->metric > won->metric ? RP_LOST_METRIC : RP_LOST_LATER;
}

/* What of several routes of a prefix was tried in vain, and once it is @over what stands behind */
static void rp_model_losers_of(struct rp_model *m, const struct rp_model_query *q,
			       uint32_t table, unsigned int len, bool *over,
			       const struct rp_model_answer *won,
			       struct rp_model_loser losers[RP_MODEL_LOSERS], size_t *n)
{
	const struct rp_model_route *leaf[RP_MODEL_SAME];
	size_t count = rp_model_leaf(m, q, table, len, leaf), i;
	struct rp_model_answer a = { .nhops = 0 };
	const struct rp_model_version *v;

	for (i = 0; i < count; i++) {
		if (rp_model_route_at(m, q, leaf[i], &v) != RP_MODEL_PRESENT)
			continue;
		if (*over) {
			rp_model_lose(m, leaf[i], v, rp_model_behind(leaf[i], &won->route), losers,
				      n);
			continue;
		}
		*over = rp_model_for_flow(q, leaf[i], v) &&
			rp_model_try(m, q, leaf[i], v, &a) == RP_STEP_DONE;
		if (!*over)
			rp_model_lose(m, leaf[i], v, rp_model_kept(m, q, leaf[i], v), losers, n);
	}
}

size_t rp_model_losers4(struct rp_model *m, const struct rp_model_query *q, uint32_t with,
			const struct rp_model_answer *won,
			struct rp_model_loser losers[RP_MODEL_LOSERS])
{
	uint32_t table = with ? RT_TABLE_MAIN : won->table;
	bool over = false;
	size_t n = 0;
	int len;

	for (len = rp_addr_bits(q->family); len >= 0; len--) {
		if (!rp_addr_has_length(rp_model_lengths(m, q->family), len))
			continue;
		if (with)
			rp_model_losers_of(m, q, with, len, &over, won, losers, &n);
		rp_model_losers_of(m, q, table, len, &over, won, losers, &n);
	}
	return n;
}
