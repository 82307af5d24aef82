// SPDX-License-Identifier: GPL-2.0
/*
 * Which change a failure came of: the newest before it, in its namespace, that
 * concerns the flow and without which just this failure would not have been.  A
 * change that may be innocent is not named.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "cause.h"
#include "decision.h"
#include "origin.h"
#include "stream.h"
#include "util.h"

#define RP_CAUSE_TABLES	16	/* of one prefix that are looked at */

/* The bits of a tos that routes go by: before Linux 6.12, and since */
#define RP_CAUSE_TOS_OLD	0x1c
#define RP_CAUSE_TOS		0xfc

/* What a cause is looked for with */
struct rp_search {
	const struct rp_history *history;
	const struct rp_decision *d;
	uint64_t time_ns;
	uint32_t addr;		/* that a prefix has to cover */
	uint32_t oif;		/* demanded, 0: any */
	const struct rp_past *newest;
};

/* Does the last change of a route explain what is searched? */
typedef bool (*rp_cause_fits)(const struct rp_search *s, const struct rp_past *past);

static bool rp_cause_is_rejecting(unsigned int type)
{
	return type == RTN_UNREACHABLE || type == RTN_PROHIBIT || type == RTN_BLACKHOLE ||
	       type == RTN_THROW;
}

/* Until the first custom rule the table local is part of main. */
static bool rp_cause_was_asked(const struct rp_decision *d, uint32_t table)
{
	unsigned int i;

	for (i = 0; i < d->ntables; i++)
		if (d->tables[i] == table ||
		    (d->tables[i] == RT_TABLE_MAIN && table == RT_TABLE_LOCAL))
			return true;
	return false;
}

static bool rp_cause_is_for_tos(const struct rp_route *route, uint8_t tos)
{
	return !route->tos || route->tos == (tos & RP_CAUSE_TOS) ||
	       route->tos == (tos & RP_CAUSE_TOS_OLD);
}

static void rp_cause_offer(struct rp_search *s, const struct rp_past *past)
{
	if (!s->newest || past->rec.time_ns > s->newest->rec.time_ns)
		s->newest = past;
}

/* Of one prefix the last change in each table and for each tos: those before it are over. */
static void rp_cause_prefix(struct rp_search *s, unsigned int len, rp_cause_fits fits)
{
	uint32_t dst = rp_history_mask(s->addr, len), netns = s->d->netns;
	uint64_t seen[RP_CAUSE_TABLES], key;
	const struct rp_past *past;
	unsigned int n = 0, i;

	past = rp_history_of_route(s->history, netns, dst, len, s->time_ns);
	for (; past && n < RP_CAUSE_TABLES; past = rp_history_older(s->history, past)) {
		key = (uint64_t)past->rec.route.table << 8 | past->rec.route.tos;
		for (i = 0; i < n && seen[i] != key; i++)
			;
		if (i < n)
			continue;
		seen[n++] = key;
		if (past->rec.netns == netns && past->rec.route.dst == dst &&
		    past->rec.route.dst_len == len && fits(s, past))
			rp_cause_offer(s, past);
	}
}

static void rp_cause_routes(struct rp_search *s, rp_cause_fits fits)
{
	unsigned int len;

	for (len = 0; len <= 32; len++)
		rp_cause_prefix(s, len, fits);
}

static bool rp_cause_is_gone(const struct rp_past *past)
{
	return past->rec.change.op == RP_CHANGE_DELETE;
}

/* Has a table a route for @s->addr, not longer than @len, as far as is known? */
static bool rp_cause_has_route(const struct rp_search *s, uint32_t table, int len)
{
	struct rp_route route;

	for (; len >= 0; len--) {
		route = (struct rp_route) { .table = table, .dst_len = len,
					    .dst = rp_history_mask(s->addr, len) };
		if (rp_history_at(s->history, s->d->netns, &route, s->time_ns) ==
		    RP_HISTORY_PRESENT)
			return !rp_cause_is_rejecting(route.type);
	}
	return false;
}

/*
 * A route that would have taken the flow is gone from a table that was asked, or a
 * throw route stands in front of it.
 */
static bool rp_cause_fits_no_route(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_route *route = &past->rec.route;
	const struct rp_flow *flow = s->d->flow;

	if (!rp_cause_was_asked(s->d, route->table) ||
	    !rp_cause_is_for_tos(route, flow->tos))
		return false;
	if (!rp_cause_is_gone(past))
		return route->type == RTN_THROW &&
		       rp_cause_has_route(s, route->table, route->dst_len - 1);
	return !rp_cause_is_rejecting(route->type) && route->scope >= flow->scope &&
	       (!flow->oif || flow->oif == route->oif);
}

static unsigned int rp_cause_type(int err)
{
	switch (err) {
	case -EHOSTUNREACH:
		return RTN_UNREACHABLE;
	case -EACCES:
		return RTN_PROHIBIT;
	case -EINVAL:
		return RTN_BLACKHOLE;
	default:
		return RTN_UNSPEC;
	}
}

/* A route object that is a black hole rejects too, without being of that type. */
static bool rp_cause_may_reject(const struct rp_route *route, int err)
{
	return route->nhid && err == -EINVAL;
}

bool rp_cause_rejecting(const struct rp_history *h, uint32_t netns, uint32_t dst,
			uint8_t tos, int err, uint64_t time_ns, struct rp_route *route)
{
	const uint8_t toses[] = { tos & RP_CAUSE_TOS, tos & RP_CAUSE_TOS_OLD, 0 };
	const struct rp_route asked = *route;
	enum rp_history_state state;
	unsigned int i;
	int len;

	for (len = 32; len >= 0; len--) {
		for (i = toses[0] ? 0 : 2; i < RP_ARRAY_SIZE(toses); i++) {
			*route = (struct rp_route) {
				.table = asked.table, .tos = toses[i],
				.dst = rp_history_mask(dst, len), .dst_len = len,
			};
			state = rp_history_at(h, netns, route, time_ns);
			if (state == RP_HISTORY_PRESENT && route->type == rp_cause_type(err))
				return true;
			if (state == RP_HISTORY_UNKNOWN ||
			    (state == RP_HISTORY_PRESENT && rp_cause_may_reject(route, err)))
				goto err_restore;
		}
	}
err_restore:
	*route = asked;
	return false;
}

/* The last word on the longest prefix that has such a route is that it came. */
static bool rp_cause_fits_route_type(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_record *lookup = s->d->lookup;
	const struct rp_route *route = &past->rec.route;

	return !rp_cause_is_gone(past) && route->type == rp_cause_type(lookup->err) &&
	       route->table == lookup->route.table &&
	       rp_cause_is_for_tos(route, s->d->flow->tos);
}

static const struct rp_past *rp_cause_route_type(struct rp_search *s)
{
	const struct rp_record *lookup = s->d->lookup;
	struct rp_route route = { .table = lookup->route.table };
	int len;

	/* Known from the snapshot, it has its own last change, or none. */
	if (rp_cause_rejecting(s->history, s->d->netns, s->addr, s->d->flow->tos,
			       lookup->err, s->time_ns, &route)) {
		rp_cause_prefix(s, route.dst_len, rp_cause_fits_route_type);
		return s->newest;
	}
	for (len = 32; len >= 0 && !s->newest; len--)
		rp_cause_prefix(s, len, rp_cause_fits_route_type);
	return s->newest;
}

/* What the kernel shows of a rule's selectors: see struct rp_flow */
static bool rp_cause_selects(const struct rp_record *rule, const struct rp_flow *flow)
{
	const struct rp_flow *by = &rule->flow;

	return (!by->oif || by->oif == flow->oif) && (!by->iif || by->iif == flow->iif) &&
	       (!by->mark || by->mark == flow->mark) &&
	       (!by->proto || by->proto == flow->proto) &&
	       (!by->dport || by->dport == flow->dport) &&
	       (!by->sport || by->sport == flow->sport);
}

static bool rp_cause_selects_by_any(const struct rp_record *rule)
{
	const struct rp_flow *by = &rule->flow;

	return by->oif || by->iif || by->mark || by->proto || by->dport || by->sport;
}

/*
 * A rule that led to a table with a route is gone.  Of addresses and users that it
 * selected nothing is known, so it counts if the flow is known to have used it, or
 * if it selected by something else.
 */
static bool rp_cause_fits_rule_gone(const struct rp_search *s, const struct rp_past *past,
				    const struct rp_way *way)
{
	const struct rp_rule *rule = &past->rec.rule;
	bool used = way && way->rule == rule->priority && way->rule_table == rule->table;

	return rule->op == RP_CHANGE_DELETE && rule->table &&
	       !rp_cause_was_asked(s->d, rule->table) &&
	       rp_cause_selects(&past->rec, s->d->flow) &&
	       (used || rp_cause_selects_by_any(&past->rec)) &&
	       (used || rp_cause_has_route(s, rule->table, 32));
}

static void rp_cause_rules_gone(struct rp_search *s, const struct rp_way *way)
{
	const struct rp_past *past;

	past = rp_history_of_rules(s->history, s->d->netns, s->time_ns);
	for (; past; past = rp_history_older(s->history, past)) {
		if (!rp_cause_fits_rule_gone(s, past, way))
			continue;
		rp_cause_offer(s, past);
		return;
	}
}

static const struct rp_past *rp_cause_rule(struct rp_search *s)
{
	const struct rp_rule *rule = &s->d->rule->rule, *its;
	const struct rp_past *past;

	past = rp_history_of_rules(s->history, s->d->netns, s->time_ns);
	for (; past; past = rp_history_older(s->history, past)) {
		its = &past->rec.rule;
		if (past->rec.netns == s->d->netns && its->priority == rule->priority &&
		    its->action == rule->action)
			return its->op == RP_CHANGE_INSERT ? past : NULL;
	}
	return NULL;
}

/* The last change of the device, if it is one of @ops */
static void rp_cause_link(struct rp_search *s, uint32_t index, unsigned int ops)
{
	const struct rp_past *past;

	past = rp_history_of_link(s->history, s->d->netns, index, s->time_ns);
	if (index && past && past->rec.netns == s->d->netns && past->rec.route.oif == index &&
	    1U << past->rec.change.op & ops)
		rp_cause_offer(s, past);
}

static void rp_cause_addr(struct rp_search *s, uint32_t addr, unsigned int op)
{
	const struct rp_past *past;

	past = rp_history_of_addr(s->history, s->d->netns, addr, s->time_ns);
	if (past && past->rec.netns == s->d->netns && past->rec.route.prefsrc == addr &&
	    past->rec.change.op == op)
		rp_cause_offer(s, past);
}

static const struct rp_past *rp_cause_pre_check(struct rp_search *s,
						const struct rp_origin *o)
{
	const struct rp_flow *flow = s->d->flow;

	if (o->check == RP_CHECK_SOURCE)
		rp_cause_addr(s, flow->src, RP_CHANGE_DELETE);
	else if (o->check == RP_CHECK_DEVICE)
		rp_cause_link(s, flow->oif, 1U << RP_CHANGE_DOWN);
	else if (o->check == RP_CHECK_DEVICE_ABSENT)
		rp_cause_link(s, flow->oif, 1U << RP_CHANGE_DELETE);
	return s->newest;
}

/*
 * The way back: the route to the source by which the packet came is gone, or one
 * by another device took its place.
 */
static bool rp_cause_fits_back(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_route *route = &past->rec.route;
	bool by_iif = route->oif == s->d->flow->iif;
	struct rp_route longer;
	unsigned int len;

	if (rp_cause_is_rejecting(route->type) || rp_cause_is_gone(past) != by_iif)
		return false;
	if (rp_cause_is_gone(past))
		return true;
	for (len = route->dst_len + 1; len <= 32; len++) {
		longer = (struct rp_route) { .table = route->table, .dst_len = len,
					     .dst = rp_history_mask(s->addr, len) };
		if (rp_history_at(s->history, s->d->netns, &longer, s->time_ns) !=
		    RP_HISTORY_ABSENT)
			return false;
	}
	return true;
}

static const struct rp_past *rp_cause_back(struct rp_search *s)
{
	s->addr = s->d->flow->src;
	rp_cause_routes(s, rp_cause_fits_back);
	return s->newest;
}

/* The last word on the very route in use is that it came. */
static bool rp_cause_fits_way(const struct rp_search *s, const struct rp_past *past,
			      const struct rp_route *way)
{
	const struct rp_route *route = &past->rec.route;

	(void)s;
	return !rp_cause_is_gone(past) && route->table == way->table &&
	       route->tos == way->tos && route->metric == way->metric &&
	       (route->oif == way->oif || way->nh_count > 1);
}

static void rp_cause_way(struct rp_search *s, const struct rp_route *way)
{
	const struct rp_past *past;

	past = rp_history_of_route(s->history, s->d->netns, way->dst, way->dst_len,
				   s->time_ns);
	for (; past; past = rp_history_older(s->history, past)) {
		if (past->rec.route.table != way->table || past->rec.route.tos != way->tos)
			continue;
		if (rp_cause_fits_way(s, past, way))
			rp_cause_offer(s, past);
		return;
	}
}

static const struct rp_past *rp_cause_neighbour(struct rp_search *s,
						const struct rp_way *way)
{
	uint32_t oif = s->d->rec->route.oif;

	rp_cause_link(s, oif, 1U << RP_CHANGE_CARRIER_DOWN | 1U << RP_CHANGE_DOWN |
			      1U << RP_CHANGE_MASTER);
	if (way && !way->on_link && (!oif || way->route.oif == oif))
		rp_cause_way(s, &way->route);
	return s->newest;
}

static const struct rp_past *rp_cause_of(struct rp_search *s, const struct rp_origin *o,
					 enum rp_origin_word word, const struct rp_way *way)
{
	switch (word) {
	case RP_ORIGIN_NO_ROUTE:
		rp_cause_routes(s, rp_cause_fits_no_route);
		rp_cause_rules_gone(s, way);
		return s->newest;
	case RP_ORIGIN_ROUTE_TYPE:
		return rp_cause_route_type(s);
	case RP_ORIGIN_RULE:
		return rp_cause_rule(s);
	case RP_ORIGIN_PRE_CHECK:
		return rp_cause_pre_check(s, o);
	case RP_ORIGIN_RP_FILTER:
		return rp_cause_back(s);
	case RP_ORIGIN_MARTIAN:
		rp_cause_addr(s, s->d->flow->src, RP_CHANGE_INSERT);
		return s->newest;
	case RP_ORIGIN_NEIGHBOUR:
		return rp_cause_neighbour(s, way);
	default:
		return NULL;
	}
}

const struct rp_past *rp_cause_find(const struct rp_history *h, const struct rp_origin *o,
				    const struct rp_decision *d, const struct rp_way *way)
{
	bool through = o->word == RP_ORIGIN_FORWARD;
	struct rp_search s = {
		.history = h, .d = d,
		.time_ns = rp_stream_end_ns(d->rec),
	};

	if (!d->flow || !d->netns)
		return NULL;
	s.addr = d->flow->dst;
	return rp_cause_of(&s, o, through ? o->inner : o->word, way);
}

bool rp_cause_is_route(const struct rp_record *rec)
{
	return rec->kind == RP_KIND_EVENT || rec->kind == RP_KIND_CHANGE;
}

static const char *rp_cause_link_name(unsigned int op)
{
	switch (op) {
	case RP_CHANGE_UP:
		return "link-up";
	case RP_CHANGE_DOWN:
		return "link-down";
	case RP_CHANGE_CARRIER_UP:
		return "carrier-up";
	case RP_CHANGE_CARRIER_DOWN:
		return "carrier-down";
	case RP_CHANGE_MASTER:
		return "master";
	default:
		return "link-del";
	}
}

const char *rp_cause_name(const struct rp_past *past)
{
	const struct rp_record *root = &past->root;
	bool gone = root->change.op != RP_CHANGE_INSERT;

	switch (root->kind) {
	case RP_KIND_LINK_EVENT:
		return rp_cause_link_name(root->change.op);
	case RP_KIND_ADDR_EVENT:
		return gone ? "addr-del" : "addr-add";
	case RP_KIND_NEXTHOP_EVENT:
		return gone ? "nexthop-del" : "nexthop-add";
	case RP_KIND_RULE_EVENT:
		return root->rule.op == RP_CHANGE_INSERT ? "rule-add" : "rule-del";
	default:
		if (gone)
			return "route-del";
		return root->change.nlflags & NLM_F_REPLACE ? "route-replace" : "route-add";
	}
}
