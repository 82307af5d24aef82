// SPDX-License-Identifier: GPL-2.0
/* Devices: what they were when, and what died with them. */
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include "fib/model_inner.h"
#include "lib/addr.h"

#define RP_MODEL_STEPS	1024	/* of a chain that is looked through */
#define RP_MODEL_OWN	256	/* addresses of a device that are kept apart */

void rp_model_know_link(struct rp_model *m, uint32_t netns, const struct rp_fib_link *its)
{
	struct rp_model_link *link = rp_model_get_link(m, netns, its->index);

	if (link->known)
		return;
	link->link = *its;
	link->known = true;
}

void rp_model_know_vrf(struct rp_model *m, uint32_t netns, const struct rp_fib_link *its)
{
	struct rp_model_link *link;

	if (!its->vrf_table)
		return;
	link = rp_model_get_link(m, netns, its->index);
	if (!link->known)
		link->link.vrf_table = its->vrf_table;
}

bool rp_model_is_vrf(const struct rp_model *m, uint32_t netns, uint32_t index)
{
	const struct rp_model_link *link = rp_model_link(m, netns, index);

	return link && link->link.vrf_table;
}

uint32_t rp_model_known_master(const struct rp_model *m, uint32_t netns, uint32_t index)
{
	const struct rp_model_link *link = rp_model_link(m, netns, index);

	return link && link->known ? link->link.master : 0;
}

uint32_t rp_model_known_mtu(const struct rp_model *m, uint32_t netns, uint32_t index)
{
	const struct rp_model_link *link = rp_model_link(m, netns, index);

	return link && link->known ? link->link.mtu : 0;
}

void rp_model_flush(struct rp_model *m, const struct rp_record *rec, unsigned int told,
		    const struct rp_record *root)
{
	struct rp_model_link *link;

	if (rec->change.count <= told || root->kind == RP_KIND_LINK_EVENT ||
	    !root->route.oif || rp_model_is_full(m))
		return;
	link = rp_model_get_link(m, rec->netns, root->route.oif);
	rp_model_add_version(m, &link->unsure, &link->unsure_first, rec->time_ns, root);
}

void rp_model_link_event(struct rp_model *m, const struct rp_record *rec,
			 const struct rp_record *root)
{
	struct rp_model_version *v;
	struct rp_model_link *link;

	if (rp_model_is_full(m))
		return;
	link = rp_model_get_link(m, rec->netns, rec->route.oif);
	if (rec->family == AF_INET6) {
		/* A later snapshot does not have them, and no event tells of them. */
		if (rec->change.count && rec->time_ns <= m->snapshot_ns)
			rp_model_untold(m, AF_INET6);
		else if (rec->change.count)
			rp_model_died6(m, rec, root);
		if (rec->change.op == RP_CHANGE_DISABLE)
			rp_model_add_version(m, &link->unsure, &link->unsure_first, rec->time_ns,
					     root);
		else
			rp_model_add_version(m, &link->newest6, &link->first6, rec->time_ns, root);
		return;
	}
	v = rp_model_add_version(m, &link->newest, &link->first, rec->time_ns, root);
	v->state = rec->change.op;
	if (rec->change.op != RP_CHANGE_MASTER)
		return;
	v->nhid = rec->change.count;
	link->joins = true;
}

/* What IPv6 made of a change of a device is thought away, and so for IPv6 it was none. */
static bool rp_model_is_undone6(const struct rp_model *m, const struct rp_model_query *q,
				const struct rp_model_link *link, uint64_t from_ns,
				uint64_t before_ns)
{
	const struct rp_model_version *v;
	unsigned int steps;
	uint32_t number = link->newest6;

	for (steps = 0; number && steps < RP_MODEL_STEPS; steps++, number = v->older) {
		v = &m->versions[number - 1];
		if (v->from_ns < from_ns)
			return false;
		if (v->from_ns < before_ns && rp_model_is_undone(q, m->roots[v->root - 1].id))
			return true;
	}
	return false;
}

/* The last time that a device came into a state of @states (bits), in the world of @q */
static const struct rp_model_version *rp_model_was(const struct rp_model *m,
						   const struct rp_model_query *q,
						   const struct rp_model_link *link,
						   unsigned int states)
{
	const struct rp_model_version *v;
	uint64_t before_ns = UINT64_MAX;
	uint32_t number = link->newest;
	unsigned int steps;

	for (steps = 0; number && steps < RP_MODEL_STEPS; steps++, number = v->older) {
		v = &m->versions[number - 1];
		if (v->from_ns <= q->at_ns && 1U << v->state & states &&
		    !rp_model_is_undone(q, m->roots[v->root - 1].id) &&
		    !(q->nundo && q->family == AF_INET6 &&
		      rp_model_is_undone6(m, q, link, v->from_ns, before_ns)))
			return v;
		before_ns = v->from_ns;
	}
	return NULL;
}

static uint64_t rp_model_was_ns(const struct rp_model *m, const struct rp_model_query *q,
				const struct rp_model_link *link, unsigned int states)
{
	const struct rp_model_version *v = rp_model_was(m, q, link, states);

	return v ? v->from_ns : 0;
}

uint64_t rp_model_down_ns(const struct rp_model *m, const struct rp_model_query *q,
			  const struct rp_model_link *link)
{
	return rp_model_was_ns(m, q, link, 1U << RP_CHANGE_DOWN | 1U << RP_CHANGE_DELETE);
}

enum rp_change_op rp_model_link_state(const struct rp_model *m, const struct rp_model_query *q,
				      uint32_t index)
{
	const struct rp_model_link *link = rp_model_link(m, q->netns, index);
	const struct rp_model_version *v;

	if (!link)
		return RP_CHANGE_NONE;
	v = rp_model_was(m, q, link, UINT32_MAX);
	if (v)
		return v->state;
	if (!link->known || (link->newest &&
			     rp_model_first(m, link->first)->from_ns <= m->snapshot_ns))
		return RP_CHANGE_NONE;
	if (!(link->link.flags & IFF_UP))
		return RP_CHANGE_DOWN;
	return link->link.flags & IFF_RUNNING ? RP_CHANGE_UP : RP_CHANGE_CARRIER_DOWN;
}

uint32_t rp_model_vrf_at(const struct rp_model *m, const struct rp_model_query *q,
			 uint32_t index)
{
	const struct rp_model_link *link = rp_model_link(m, q->netns, index);
	const struct rp_model_version *v;
	uint32_t master;

	if (!link)
		return 0;
	v = link->joins ? rp_model_was(m, q, link, 1U << RP_CHANGE_MASTER) : NULL;
	master = v ? v->nhid : link->known ? link->link.master : 0;
	return master && rp_model_is_vrf(m, q->netns, master) ? master : 0;
}

/* ---- addresses: with the last one all routes by the device die, and nobody tells of it ---- */

void rp_model_add_own(struct rp_model *m, const struct rp_model_route *route,
		      const struct rp_route *its)
{
	const uint32_t number = route - m->routes + 1;
	struct rp_model_link *link;
	uint32_t own;

	if (route->family != AF_INET || route->table != RT_TABLE_LOCAL || !its->oif ||
	    its->type != RTN_LOCAL || route->len != rp_addr_bits(AF_INET))
		return;
	link = rp_model_get_link(m, route->netns, its->oif);
	for (own = link->own; own; own = m->own[own - 1].next)
		if (m->own[own - 1].route == number)
			return;
	if (link->nown > RP_MODEL_OWN)
		return;
	link->nown++;
	m->own = rp_model_room(m->own, m->nown, sizeof(*m->own));
	m->own[m->nown++] = (struct rp_model_own) { number, link->own };
	link->own = m->nown;
}

static bool rp_model_is_by(const struct rp_model *m, const struct rp_model_version *v,
			   uint32_t index)
{
	unsigned int i;

	for (i = 0; i < v->nlegs; i++)
		if (m->legs[v->leg + i].oif == index)
			return true;
	return false;
}

/* Has a device an address, then? */
static enum rp_model_state rp_model_own_at(const struct rp_model *m,
					   const struct rp_model_query *q,
					   const struct rp_model_link *link, uint64_t at_ns)
{
	enum rp_model_state state = RP_MODEL_ABSENT, its;
	const struct rp_model_version *v;
	struct rp_model_query then = *q;
	uint32_t own;

	if (link->nown > RP_MODEL_OWN)
		return RP_MODEL_NOT_TOLD;
	then.at_ns = at_ns;
	for (own = link->own; own; own = m->own[own - 1].next) {
		its = rp_model_route_at(m, &then, &m->routes[m->own[own - 1].route - 1], &v);
		if (its == RP_MODEL_PRESENT && rp_model_is_by(m, v, link->link.index))
			return RP_MODEL_PRESENT;
		if (its == RP_MODEL_NOT_TOLD)
			state = its;
	}
	return state;
}

/*
 * It ends when its routes are gone, and its version says what is left then, and whether it
 * went itself.
 */
void rp_model_addr_event(struct rp_model *m, const struct rp_record *rec,
			 const struct rp_record *root)
{
	uint64_t end_ns = rec->time_ns + rec->duration_ns;
	const struct rp_model_query now = { .netns = rec->netns, .family = AF_INET,
					    .at_ns = UINT64_MAX };
	struct rp_model_version *v;
	struct rp_model_link *link;
	enum rp_model_state left;

	if (rec->family != AF_INET || !rec->route.oif || rp_model_is_full(m))
		return;
	link = rp_model_get_link(m, rec->netns, rec->route.oif);
	left = rec->change.op == RP_CHANGE_DELETE ? rp_model_own_at(m, &now, link, UINT64_MAX) :
						    RP_MODEL_PRESENT;
	v = rp_model_add_version(m, &link->addressed, &link->addressed_first, end_ns, root);
	v->state = left;
	v->before = rec->change.op == RP_CHANGE_DELETE;
}

/* In another world others may be left. */
static enum rp_model_state rp_model_left(const struct rp_model *m, const struct rp_model_query *q,
					 const struct rp_model_link *link,
					 const struct rp_model_version *v)
{
	return q->nundo ? rp_model_own_at(m, q, link, v->from_ns) : v->state;
}

/* Who gets an address gets the legs back that it lost with the last one. */
static void rp_model_life_by_addresses(const struct rp_model *m, const struct rp_model_query *q,
				       const struct rp_model_link *link, uint64_t since_ns,
				       struct rp_model_life *life)
{
	enum rp_model_state left;
	const struct rp_model_version *v;
	unsigned int steps = 0;
	bool again = false;
	uint32_t number;

	for (number = link->addressed; number; number = v->older) {
		v = &m->versions[number - 1];
		if (v->from_ns <= since_ns || v->from_ns <= life->died_ns)
			return;
		if (v->from_ns > q->at_ns || rp_model_is_undone(q, m->roots[v->root - 1].id))
			continue;
		if (!v->before) {
			again = true;
			continue;
		}
		left = ++steps > RP_MODEL_OWN ? RP_MODEL_NOT_TOLD : rp_model_left(m, q, link, v);
		life->lost |= left == RP_MODEL_NOT_TOLD && q->nundo;
		if (left == RP_MODEL_PRESENT)
			continue;
		if (left == RP_MODEL_NOT_TOLD)
			return;
		life->died_ns = v->from_ns;
		life->dead |= !again &&
			      v->from_ns > rp_model_was_ns(m, q, link, 1U << RP_CHANGE_UP);
		return;
	}
}

void rp_model_life(const struct rp_model *m, const struct rp_model_query *q,
		   const struct rp_model_link *link, uint64_t since_ns,
		   struct rp_model_life *life)
{
	enum rp_change_op state = rp_model_link_state(m, q, link->link.index);

	*life = (struct rp_model_life) {
		.died_ns = rp_model_down_ns(m, q, link),
		.dead = state == RP_CHANGE_DOWN || state == RP_CHANGE_DELETE,
	};
	rp_model_life_by_addresses(m, q, link, since_ns, life);
}
