// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel does not say: the route that rejected a lookup, or that was passed
 * over, from what is known of the tables at the time.
 */
#include <linux/rtnetlink.h>

#include "lib/addr.h"
#include "story/decision.h"
#include "why/case.h"
#include "why/expiry.h"
#include "why/infer.h"
#include "why/limit.h"
#include "why/origin.h"

/* A next hop object that is a black hole has the loopback device, or none. */
static bool rp_derive_is_hole(const struct rp_route *hop)
{
	return hop->nhid && !hop->gw_family && hop->oif <= 1;
}

static bool rp_derive_is_blackhole(const struct rp_search *s, const struct rp_route *route)
{
	const struct rp_past *object = rp_search_object(s, route);

	return object ? rp_derive_is_hole(&object->rec.route) : rp_derive_is_hole(route);
}

/* The longest route of a type in a table, if none before it may have said the same */
static bool rp_derive_of_type(const struct rp_search *s, struct rp_route *route,
			      unsigned int type, uint32_t table)
{
	int len;

	for (len = rp_addr_bits(s->family); len >= 0; len = route->dst_len - 1) {
		if (!rp_search_longest(s, route, table, len))
			return false;
		if (type == RTN_BLACKHOLE && rp_derive_is_blackhole(s, route))
			route->type = type;
		if (route->type == type)
			return true;
		if (type == RTN_BLACKHOLE && route->nhid)
			return false;
	}
	return false;
}

/* The route that rejects; without custom rules it may be one of the table local. */
static void rp_derive_rejecting(struct rp_search *s)
{
	const struct rp_record *lookup = s->d->lookup;
	unsigned int type = rp_decision_reject_type(lookup->err);
	struct rp_route local;

	if (lookup->has & RP_HAS_ROUTE) {
		s->derived = lookup->route;
		s->is_told = true;
		return;
	}
	s->is_derived = rp_derive_of_type(s, &s->derived, type, lookup->route.table);
	if (s->d->rule || lookup->route.table != RT_TABLE_MAIN ||
	    !rp_derive_of_type(s, &local, type, RT_TABLE_LOCAL) ||
	    (s->is_derived && s->derived.dst_len >= local.dst_len))
		return;
	s->derived = local;
	s->is_derived = true;
}

/* *@link is when the carrier went; NULL: before all that is recorded. */
static bool rp_derive_is_down(const struct rp_search *s, uint32_t oif,
			      const struct rp_past **link)
{
	const struct rp_model_query q = { .netns = s->d->netns, .family = s->family,
					  .at_ns = s->time_ns };

	*link = rp_history_of_link(s->history, s->d->netns, oif, s->time_ns);
	if (oif && *link && (*link)->rec.netns == s->d->netns && (*link)->rec.route.oif == oif)
		return (*link)->rec.change.op == RP_CHANGE_CARRIER_DOWN;
	*link = NULL;
	return oif && rp_model_link_state(&s->history->model, &q, oif) == RP_CHANGE_CARRIER_DOWN;
}

/* A route is there, but the table passed it over: no leg of it has a carrier. */
static bool rp_derive_is_passed_over(struct rp_search *s, const struct rp_route *route)
{
	const struct rp_past *link, *newest = NULL;
	struct rp_route leg = *route;
	bool down;

	do {
		down = rp_derive_is_down(s, leg.oif, &link);
		if (down && link && (!newest || link->rec.time_ns > newest->rec.time_ns))
			newest = link;
		leg.nh_sel++;
	} while (down && rp_history_leg(s->history, s->d->netns, s->family, &leg));
	if (!down)
		return false;
	s->newest = newest;
	return true;
}

/*
 * No route, though there is one: it throws, and so hides a shorter one of its table;
 * or its links are not there.
 */
static void rp_derive_none(struct rp_search *s, enum rp_origin_word *word)
{
	struct rp_route *route = &s->derived;
	unsigned int i;

	for (i = 0; i < s->d->ntables; i++) {
		if (!rp_search_longest(s, route, s->d->tables[i], rp_addr_bits(s->family)))
			continue;
		if (route->type == RTN_THROW) {
			s->is_derived = rp_search_has_route(s, route->table, route->dst_len - 1);
			if (s->is_derived)
				*word = RP_ORIGIN_ROUTE_TYPE;
		} else if (!rp_search_is_rejecting(route->type)) {
			s->is_derived = rp_derive_is_passed_over(s, route);
			s->passed_over = s->is_derived;
			if (s->is_derived)
				route->nh_flags |= RTNH_F_LINKDOWN;
		}
		if (s->is_derived)
			return;
	}
}

/* The address that a packet is for is ours, or was: then it is not to be forwarded. */
static void rp_derive_own(struct rp_search *s, enum rp_origin_word *word)
{
	struct rp_route local = { .table = RT_TABLE_LOCAL, .dst = s->d->flow->dst,
				  .dst_len = rp_addr_bits(s->family) };
	const struct rp_past *past;

	s->is_own = rp_history_at(s->history, s->d->netns, s->family, &local, s->time_ns) ==
		    RP_HISTORY_PRESENT && local.type == RTN_LOCAL;
	past = rp_history_of_addr(s->history, s->d->netns, s->family, &s->d->flow->dst,
				  s->time_ns);
	if (s->is_own || (past && past->rec.netns == s->d->netns &&
			  past->rec.family == s->family &&
			  rp_addr_equal(&past->rec.route.prefsrc, &s->d->flow->dst)))
		*word = RP_ORIGIN_OWN_ADDRESS;
}

void rp_derive(struct rp_search *s, struct rp_origin *o)
{
	enum rp_origin_word *word = o->inner ? &o->inner : &o->word;

	if (o->word == RP_ORIGIN_FORWARD)
		rp_derive_own(s, word);
	if (*word == RP_ORIGIN_ROUTE_TYPE && s->d->lookup && s->d->lookup->err)
		rp_derive_rejecting(s);
	else if (*word == RP_ORIGIN_NO_ROUTE)
		rp_derive_none(s, word);
	else if (*word == RP_ORIGIN_MTU)
		rp_limit_find(s);
	rp_expiry_find(s, word);
}
