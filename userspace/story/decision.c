// SPDX-License-Identifier: GPL-2.0
/* Which of the records of a story says what a person wants to know of it. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/addr.h"
#include "story/decision.h"
#include "story/story.h"

unsigned int rp_decision_kind(const struct rp_record *rec)
{
	return rec->kind == RP_KIND_OUTPUT_FLOW ? RP_KIND_OUTPUT : rec->kind;
}

bool rp_decision_is_asking(const struct rp_record *rec)
{
	return rp_story_is(rec, RP_KINDS_DECISION);
}

bool rp_decision_is_change(const struct rp_record *rec)
{
	return rp_story_is(rec, RP_KINDS_CHANGE | RP_KINDS_EVENT);
}

bool rp_decision_is_flush(const struct rp_record *rec)
{
	return rec->kind == RP_KIND_CHANGE && rec->change.op == RP_CHANGE_FLUSH;
}

uint32_t rp_decision_netns(const struct rp_record *rec, uint32_t enclosing)
{
	return rec->netns ? rec->netns : enclosing;
}

/*
 * The first output with a route is the decision; IPsec asks for more after it.  IPv6 asks
 * again, with a source, where there was none: without a route the last one is.
 */
static const struct rp_node *rp_decision_main(const struct rp_node *node)
{
	const struct rp_node *inner, *last = node;

	if (node->rec.kind != RP_KIND_OUTPUT_FLOW)
		return node;
	TAILQ_FOREACH(inner, &node->inner, link) {
		if (inner->rec.kind != RP_KIND_OUTPUT)
			continue;
		last = inner;
		if (!inner->rec.err)
			break;
	}
	return last;
}

/* Whether the source is an address of ours is asked by a lookup, too. */
static bool rp_decision_is_aside(const struct rp_decision *d, const struct rp_record *rec)
{
	return rec->kind == RP_KIND_VALIDATE ||
	       (rec->kind == RP_KIND_LOOKUP && rec->has & d->main->has & RP_HAS_FLOW &&
		!rp_addr_is_any(&d->main->flow.dst) &&
		!rp_addr_equal(&rec->flow.dst, &d->main->flow.dst));
}

/*
 * The last rule and the last table win, but for a match that was suppressed.
 * A source check has rules and tables of its own.
 */
static void rp_decision_walk(struct rp_decision *d, const struct rp_node *node)
{
	const struct rp_record *rec = &node->rec;
	const struct rp_node *inner;

	if (rp_decision_is_aside(d, rec)) {
		d->foreign |= rec->kind == RP_KIND_LOOKUP &&
			      rp_addr_equal(&rec->flow.dst, &d->main->flow.src) &&
			      (rec->verdict != RP_VERDICT_HIT || rec->route.type != RTN_LOCAL);
		return;
	}
	d->asked |= rec != d->main;
	TAILQ_FOREACH(inner, &node->inner, link)
		rp_decision_walk(d, inner);
	if (rec->kind == RP_KIND_SUPPRESS && rec->rule.suppressed) {
		d->rule = NULL;
		d->lookup = NULL;
	}
	if (rec->kind == RP_KIND_LOOKUP && rec->verdict == RP_VERDICT_NEXT &&
	    d->ntables < RP_DECISION_TABLES)
		d->tables[d->ntables++] = rec->route.table;
	if (rec->verdict == RP_VERDICT_NONE || rec->verdict == RP_VERDICT_NEXT)
		return;
	if (rec->kind == RP_KIND_LOOKUP)
		d->lookup = rec;
	else if (rec->kind == RP_KIND_RULE && rec->has & RP_HAS_RULE)
		d->rule = rec;
	else if (rec->kind == RP_KIND_RULES && rec->has & RP_HAS_RULE && !d->rule)
		d->rule = rec;
}

static uint32_t rp_decision_table(const struct rp_decision *d)
{
	if (d->route && d->route->table)
		return d->route->table;
	if (d->lookup)
		return d->lookup->route.table;
	return 0;
}

void rp_decision_make(struct rp_decision *d, const struct rp_node *node)
{
	const struct rp_node *main = rp_decision_main(node);
	const struct rp_node *inner;

	memset(d, 0, sizeof(*d));
	d->node = node;
	d->rec = &node->rec;
	d->main = &main->rec;
	rp_decision_walk(d, main);
	if (d->main->has & RP_HAS_ROUTE)
		d->route = &d->main->route;
	else if (d->lookup && d->lookup->has & RP_HAS_ROUTE)
		d->route = &d->lookup->route;
	/* IPv6 chooses the source after the route. */
	if (d->rec->family == AF_INET6 && d->rec->has & RP_HAS_RTABLE)
		d->rtable = &d->rec->route;
	else if (d->main->has & RP_HAS_RTABLE)
		d->rtable = &d->main->route;
	else if (d->rec->has & RP_HAS_RTABLE)
		d->rtable = &d->rec->route;
	if (d->rec->has & RP_HAS_FLOW)
		d->flow = &d->rec->flow;
	else if (d->main->has & RP_HAS_FLOW)
		d->flow = &d->main->flow;
	d->netns = d->rec->netns;
	TAILQ_FOREACH(inner, &node->inner, link)
		d->netns = rp_decision_netns(d->rec, inner->rec.netns);
	d->table = rp_decision_table(d);
}

unsigned int rp_decision_reject_type(int err)
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
