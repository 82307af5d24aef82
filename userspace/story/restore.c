// SPDX-License-Identifier: GPL-2.0
/*
 * What the module need not record twice, and so does not:
 *
 * - a rule that asks a table is told by the lookup there;
 * - a rule that cannot suppress anything is not told to have let its match stand;
 * - a lookup is recorded with table and next hop; the prefix that matched stands in
 *   what encloses it, for the last match is the one that counts;
 * - without custom rules there is one match at most, and when it was an output that
 *   asked, its record alone tells it;
 * - an output that a socket asked for over IPv6 is told by the output-flow around it.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "lib/addr.h"
#include "lib/util.h"
#include "story/restore.h"

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

static struct rp_node *rp_imply_copy(struct rp_story *st, const struct rp_node *from,
				     unsigned int kind, unsigned int probe)
{
	struct rp_node *node = rp_story_node(st);

	node->rec = from->rec;
	node->rec.kind = kind;
	node->rec.probe = probe;
	node->rec.duration_ns = 0;
	node->rec.caller = 0;
	node->arrival = from->arrival;
	return node;
}

static const struct rp_steps *rp_imply_steps(const struct rp_story *st,
					     const struct rp_record *rec)
{
	return rec->family == AF_INET6 ? &st->steps6 : &st->steps;
}

static struct rp_node *rp_imply_lookup(struct rp_story *st, struct rp_node *output)
{
	struct rp_node *lookup = rp_imply_copy(st, output, RP_KIND_LOOKUP,
					       rp_imply_steps(st, &output->rec)->lookup);

	lookup->rec.has &= RP_HAS_FLOW | RP_HAS_ROUTE;
	memset(&lookup->rec.folded, 0, sizeof(lookup->rec.folded));
	TAILQ_INSERT_TAIL(&output->inner, lookup, link);
	return lookup;
}

/* Without custom rules the table main is the last that is asked. */
static void rp_imply_missed(struct rp_story *st, struct rp_node *output)
{
	struct rp_node *lookup = rp_imply_lookup(st, output);

	lookup->rec.verdict = RP_VERDICT_NEXT;
	lookup->rec.err = -EAGAIN;
	lookup->rec.has = RP_HAS_FLOW;
	lookup->rec.route = (struct rp_route) { .table = RT_TABLE_MAIN };
}

/* The last match that a rule let stand is the one that counts. */
static void rp_imply_stands(struct rp_story *st, struct rp_node *rules)
{
	struct rp_node *rule = TAILQ_LAST(&rules->inner, rp_nodes), *suppress;
	const unsigned int probe = rp_imply_steps(st, &rules->rec)->suppress;

	if (!probe || !rule || rule->rec.kind != RP_KIND_RULE ||
	    rule->rec.verdict != RP_VERDICT_HIT)
		return;
	suppress = rp_imply_copy(st, rule, RP_KIND_SUPPRESS, probe);
	suppress->rec.flow = (struct rp_flow) { 0 };
	suppress->rec.has = RP_HAS_RULE | (rules->rec.has & RP_HAS_ROUTE);
	suppress->rec.route = rules->rec.route;
	TAILQ_INSERT_TAIL(&rules->inner, suppress, link);
}

static bool rp_imply_asked_rules(const struct rp_node *output)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &output->inner, link)
		if (inner->rec.kind != RP_KIND_LOOKUP)
			return true;
	return false;
}

bool rp_imply_passed(const struct rp_story *st, const struct rp_record *rec, unsigned int n,
		     struct rp_record *step)
{
	const struct rp_passed *passed = &rec->passed[n];

	if (n >= rec->passed_count || n >= RP_PASSED_MAX)
		return false;
	*step = *rec;
	step->has = (rec->has & ~RP_HAS_PASSED) | RP_HAS_RULE;
	step->passed_count = 0;
	memset(step->passed, 0, sizeof(step->passed));
	step->rule.priority = passed->priority;
	step->rule.table = passed->l3mdev ? 0 : passed->table;
	step->rule.action = FR_ACT_TO_TBL;
	step->rule.l3mdev = passed->l3mdev;
	if (passed->asked) {
		step->kind = RP_KIND_LOOKUP;
		step->probe = rp_imply_steps(st, rec)->lookup;
		step->route.table = passed->table;
	}
	return true;
}

struct rp_node *rp_imply_rule(struct rp_story *st, struct rp_node *lookup)
{
	struct rp_node *rule = rp_imply_copy(st, lookup, RP_KIND_RULE,
					     rp_imply_steps(st, &lookup->rec)->rule);

	rule->rec.has &= RP_HAS_FLOW | RP_HAS_RULE;
	lookup->rec.has &= ~RP_HAS_RULE;
	memset(&lookup->rec.rule, 0, sizeof(lookup->rec.rule));
	TAILQ_INSERT_TAIL(&rule->inner, lookup, link);
	return rule;
}

static bool rp_imply_rejects(const struct rp_record *rec)
{
	const unsigned int type = rec->route.type;

	return rec->family == AF_INET6 && (type == RTN_UNREACHABLE || type == RTN_PROHIBIT ||
					   type == RTN_BLACKHOLE);
}

/* What an output without any rules found, and has not in a record besides */
static void rp_imply_asked(struct rp_story *st, struct rp_node *output)
{
	struct rp_record *rec = &output->rec;
	const struct rp_node *last;

	if (!rp_imply_steps(st, rec)->lookup || rp_imply_asked_rules(output))
		return;
	last = TAILQ_LAST(&output->inner, rp_nodes);
	if (last && last->rec.verdict != RP_VERDICT_NEXT)
		return;
	if (rec->has & RP_HAS_ROUTE && !rec->err)
		rp_imply_lookup(st, output)->rec.verdict = RP_VERDICT_HIT;
	else if (rec->has & RP_HAS_ROUTE && rp_imply_rejects(rec))
		rp_imply_lookup(st, output)->rec.verdict = RP_VERDICT_REJECT;
	else if (rec->has & RP_HAS_FOLDED && rec->folded.missed)
		rp_imply_missed(st, output);
}

/* Steps of the first of two outputs have no source yet. */
static void rp_imply_move(struct rp_node *flow, struct rp_node *output, bool sourceless)
{
	struct rp_node *step, *next;

	for (step = TAILQ_FIRST(&flow->inner); step; step = next) {
		next = TAILQ_NEXT(step, link);
		if (step->rec.kind == RP_KIND_OUTPUT ||
		    (sourceless && !rp_addr_is_any(&step->rec.flow.src)))
			continue;
		TAILQ_REMOVE(&flow->inner, step, link);
		TAILQ_INSERT_TAIL(&output->inner, step, link);
	}
}

/* An output of the same flow that was recorded after all, and has a source, came later. */
static void rp_imply_insert(struct rp_node *flow, struct rp_node *output)
{
	struct rp_node *other;

	TAILQ_FOREACH(other, &flow->inner, link) {
		if (!rp_addr_is_any(&other->rec.flow.src)) {
			TAILQ_INSERT_BEFORE(other, output, link);
			return;
		}
	}
	TAILQ_INSERT_TAIL(&flow->inner, output, link);
}

static struct rp_node *rp_imply_output(struct rp_story *st, struct rp_node *flow, int err,
				       unsigned int has, bool missed)
{
	struct rp_node *output = rp_imply_copy(st, flow, RP_KIND_OUTPUT, st->steps6.output);
	struct rp_record *rec = &output->rec;

	rec->stack = 0;
	rec->err = err;
	rec->verdict = err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	rec->has = RP_HAS_FLOW | RP_HAS_FOLDED | has;
	if (!(has & RP_HAS_ROUTE))
		rec->route = (struct rp_route) { .table = 0 };
	else if (err)
		rec->route.prefsrc = (union rp_addr) { .w = { 0, 0 } };
	rec->folded = (struct rp_folded) { .missed = missed };
	if (has & RP_HAS_CACHED)
		rec->cached = flow->rec.cached;
	return output;
}

static void rp_imply_end_output(struct rp_story *st, struct rp_node *flow, struct rp_node *output)
{
	rp_imply(st, output);
	output->rec.has &= ~RP_HAS_FOLDED;
	output->rec.folded.missed = 0;
	rp_imply_insert(flow, output);
}

/* Where it succeeded after the last of these failed, the route is of another. */
static unsigned int rp_imply_found(const struct rp_record *rec)
{
	if (rec->folded.err)
		return rec->err ? rec->has & RP_HAS_ROUTE : 0;
	return rec->has & (RP_HAS_ROUTE | RP_HAS_RTABLE | RP_HAS_CACHED);
}

static void rp_imply_outputs(struct rp_story *st, struct rp_node *flow)
{
	struct rp_record *rec = &flow->rec;
	const bool twice = rec->folded.outputs > 1;
	struct rp_node *first, *last;

	if (twice) {
		first = rp_imply_output(st, flow, rec->folded.first_err, 0, rec->folded.missed & 2);
		rp_imply_move(flow, first, true);
		rp_imply_end_output(st, flow, first);
	}
	last = rp_imply_output(st, flow, rec->folded.err, rp_imply_found(rec),
			       rec->folded.missed & 1);
	if (twice)
		last->rec.flow.src = rec->route.prefsrc;
	rp_imply_move(flow, last, false);
	rp_imply_end_output(st, flow, last);
	rec->has &= ~RP_HAS_FOLDED;
	memset(&rec->folded.err, 0, sizeof(rec->folded) - offsetof(struct rp_folded, err));
	if (rec->err) {		/* that is the output's, and told there */
		rec->has &= RP_HAS_FLOW;
		rec->route = (struct rp_route) { .table = 0 };
	}
}

void rp_imply(struct rp_story *st, struct rp_node *node)
{
	const struct rp_record *rec = &node->rec;
	struct rp_node *match;

	rp_imply_suppressed(&node->inner);
	if (rec->kind == RP_KIND_RULES && rec->verdict == RP_VERDICT_HIT)
		rp_imply_stands(st, node);
	if (rec->kind == RP_KIND_OUTPUT_FLOW && rec->has & RP_HAS_FOLDED && rec->folded.outputs)
		rp_imply_outputs(st, node);
	if (rec->kind != RP_KIND_RULES && rec->kind != RP_KIND_OUTPUT && rec->kind != RP_KIND_INPUT)
		return;
	match = rec->has & RP_HAS_ROUTE ? rp_imply_match(&node->inner) : NULL;
	if (match && !(match->rec.has & RP_HAS_ROUTE))
		rp_imply_route(match, rec);
	else if (!match && rec->kind == RP_KIND_OUTPUT)
		rp_imply_asked(st, node);
}
