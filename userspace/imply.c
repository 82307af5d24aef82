// SPDX-License-Identifier: GPL-2.0
/*
 * What the module need not record twice, and so does not:
 *
 * - a rule that asks a table is recorded when it is carried out; what came of it
 *   is the lookup that follows, or, when none does, that there is no such table;
 * - a lookup is recorded with table and next hop; the prefix that matched stands in
 *   what encloses it, for the last match is the one that counts;
 * - without custom rules there is one match at most, and when it was an output that
 *   asked, its record alone tells it.
 */
#include <errno.h>
#include <string.h>

#include "imply.h"
#include "util.h"

static bool rp_imply_is_open(const struct rp_node *node)
{
	return node->rec.kind == RP_KIND_RULE && node->rec.verdict == RP_VERDICT_NONE;
}

/* Did the walk over the rules that ended in @outer stop at this one? */
static bool rp_imply_decided(const struct rp_record *outer, const struct rp_record *rule)
{
	return outer->kind == RP_KIND_RULES && outer->verdict == RP_VERDICT_HIT &&
	       outer->has & RP_HAS_RULE && outer->rule.priority == rule->rule.priority &&
	       outer->rule.table == rule->rule.table;
}

static void rp_imply_rule(const struct rp_node *outer, struct rp_nodes *all, struct rp_node *rule)
{
	struct rp_node *lookup = TAILQ_NEXT(rule, link);

	if (lookup && lookup->rec.kind == RP_KIND_LOOKUP) {
		TAILQ_REMOVE(all, lookup, link);
		TAILQ_INSERT_TAIL(&rule->inner, lookup, link);
		rule->rec.verdict = lookup->rec.verdict;
		rule->rec.err = lookup->rec.err;
	} else if (rp_imply_decided(&outer->rec, &rule->rec)) {
		rule->rec.verdict = RP_VERDICT_HIT;	/* its lookup was lost */
	} else {
		rule->rec.verdict = RP_VERDICT_NEXT;
		rule->rec.err = -EAGAIN;
	}
}

/* The last of these and what is inside them that matched, and may still count */
static struct rp_node *rp_imply_match(struct rp_nodes *all)
{
	bool taken_back = false;
	struct rp_node *node, *found;

	TAILQ_FOREACH_REVERSE(node, all, rp_nodes, link) {
		if (node->rec.kind == RP_KIND_VALIDATE)
			continue;
		if (node->rec.kind == RP_KIND_SUPPRESS) {
			taken_back = node->rec.rule.suppressed;
			continue;
		}
		found = node->rec.kind == RP_KIND_LOOKUP && node->rec.verdict == RP_VERDICT_HIT ?
			node : rp_imply_match(&node->inner);
		if (found && !taken_back)
			return found;
		taken_back &= !found;
	}
	return NULL;
}

static void rp_imply_route(struct rp_node *lookup, const struct rp_record *from)
{
	lookup->rec.route = from->route;
	lookup->rec.has |= RP_HAS_ROUTE;
	if (!lookup->rec.netns)
		lookup->rec.netns = from->netns;
}

/* The match before a suppress record is the one that it is about. */
static void rp_imply_suppressed(struct rp_nodes *all)
{
	struct rp_node *node, *lookup = NULL, *last;

	TAILQ_FOREACH(node, all, link) {
		last = TAILQ_LAST(&node->inner, rp_nodes);
		if (node->rec.kind == RP_KIND_RULE)
			lookup = last;
		else if (node->rec.kind == RP_KIND_SUPPRESS && lookup &&
			 node->rec.has & RP_HAS_ROUTE && !(lookup->rec.has & RP_HAS_ROUTE))
			rp_imply_route(lookup, &node->rec);
	}
}

static void rp_imply_lookup(struct rp_story *st, struct rp_node *output)
{
	struct rp_node *lookup = rp_util_alloc(1, sizeof(*lookup));

	lookup->rec = output->rec;
	lookup->rec.kind = RP_KIND_LOOKUP;
	lookup->rec.probe = st->lookup_probe;
	lookup->rec.verdict = RP_VERDICT_HIT;
	lookup->rec.err = 0;
	lookup->rec.has = RP_HAS_FLOW | RP_HAS_ROUTE;
	lookup->rec.duration_ns = 0;
	lookup->rec.caller = 0;
	lookup->arrival = output->arrival;
	TAILQ_INIT(&lookup->inner);
	TAILQ_INSERT_TAIL(&output->inner, lookup, link);
	st->nodes++;
}

static bool rp_imply_asked_rules(const struct rp_node *output)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &output->inner, link)
		if (inner->rec.kind != RP_KIND_LOOKUP)
			return true;
	return false;
}

void rp_imply(struct rp_story *st, struct rp_node *node)
{
	const struct rp_record *rec = &node->rec;
	struct rp_node *inner, *match;

	TAILQ_FOREACH(inner, &node->inner, link)
		if (rp_imply_is_open(inner))
			rp_imply_rule(node, &node->inner, inner);
	rp_imply_suppressed(&node->inner);
	if (!(rec->has & RP_HAS_ROUTE))
		return;
	if (rec->kind != RP_KIND_RULES && rec->kind != RP_KIND_OUTPUT && rec->kind != RP_KIND_INPUT)
		return;
	match = rp_imply_match(&node->inner);
	if (match && !(match->rec.has & RP_HAS_ROUTE))
		rp_imply_route(match, rec);
	else if (!match && st->lookup_probe && rec->kind == RP_KIND_OUTPUT &&
		 !rp_imply_asked_rules(node))
		rp_imply_lookup(st, node);
}
