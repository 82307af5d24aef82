// SPDX-License-Identifier: GPL-2.0
/* A recorded lookup as a question to the model: its key, and which rules it matched. */
#include <string.h>

#include "lib/addr.h"
#include "story/decision.h"
#include "story/story.h"
#include "why/blame.h"
#include "why/case.h"

static bool rp_asked_has(const struct rp_asked *asked, const struct rp_rule *rule)
{
	size_t i;

	for (i = 0; i < asked->q.nmatched; i++)
		if (asked->matched[i].priority == rule->priority &&
		    asked->matched[i].table == rule->table &&
		    asked->matched[i].action == rule->action)
			return true;
	return false;
}

static void rp_asked_add(struct rp_asked *asked, const struct rp_rule *rule)
{
	if (asked->q.nmatched < RP_ASKED_RULES && !rp_asked_has(asked, rule))
		asked->matched[asked->q.nmatched++] = *rule;
}

/* Which of the two lookups that a packet received has a record is of */
static bool rp_asked_is_of(const struct rp_record *rec, const struct rp_flow *flow, bool back)
{
	return rp_story_is(rec, RP_KINDS_STEP) && rec->kind != RP_KIND_VALIDATE &&
	       rec->has & RP_HAS_FLOW &&
	       rp_addr_equal(&rec->flow.dst, back ? &flow->src : &flow->dst);
}

/* The first of them has the key, and all of them the rules that were carried out. */
static void rp_asked_collect(struct rp_asked *asked, const struct rp_node *node,
			     const struct rp_flow *flow, bool back, bool inside)
{
	const struct rp_record *rec = &node->rec;
	const struct rp_node *inner;

	inside |= rec->kind == RP_KIND_VALIDATE;
	if (inside == back && rp_asked_is_of(rec, flow, back)) {
		if (!asked->q.flow) {
			asked->flow = rec->flow;
			asked->q.flow = &asked->flow;
		}
		if (rec->has & RP_HAS_RULE) {
			asked->q.unmerged = true;
			rp_asked_add(asked, &rec->rule);
		}
	}
	TAILQ_FOREACH(inner, &node->inner, link)
		rp_asked_collect(asked, inner, flow, back, inside);
}

/* A source check asks for the way back: see __fib_validate_source() */
static void rp_asked_reverse(struct rp_flow *flow, const struct rp_flow *of)
{
	*flow = *of;
	flow->dst = of->src;
	flow->src = of->dst;
	flow->iif = 1;
	flow->mark = 0;			/* but with src_valid_mark */
	flow->sport = of->dport;
	flow->dport = of->sport;
}

/* What sends a packet of this host asks without a device of arrival, which is lo. */
static void rp_asked_guess(struct rp_asked *asked, const struct rp_decision *d, bool back)
{
	if (back)
		rp_asked_reverse(&asked->flow, d->flow);
	else
		asked->flow = *d->flow;
	if (!asked->flow.iif)
		asked->flow.iif = 1;
	asked->q.flow = &asked->flow;
}

bool rp_asked_make(struct rp_asked *asked, const struct rp_search *s, bool back)
{
	const struct rp_decision *d = s->d;
	const struct rp_rule way = { .priority = s->way ? s->way->rule : 0,
				     .table = s->way ? s->way->rule_table : 0, .action = 1 };

	memset(asked, 0, sizeof(*asked));
	asked->q.netns = d->netns;
	asked->q.family = s->family;
	asked->q.at_ns = s->time_ns;
	asked->q.matched = asked->matched;
	rp_asked_collect(asked, d->node, d->flow, back, false);
	if (!asked->q.flow)
		rp_asked_guess(asked, d, back);
	asked->q.walked = asked->q.unmerged && !d->node->incomplete;
	asked->q.walked_to = !back && d->rule ? d->rule->rule.priority : UINT32_MAX;
	if (back && asked->q.nmatched)
		asked->q.walked_to = asked->matched[asked->q.nmatched - 1].priority;
	if (!back && way.priority)
		rp_asked_add(asked, &way);
	return rp_model_covers(&s->history->model, d->netns, s->family);
}

/* The last lookup that found something, and not one that was suppressed, with its rule */
static void rp_asked_find_back(const struct rp_node *node, const struct rp_record *rule,
			       bool inside, struct rp_record *back)
{
	const struct rp_record *rec = &node->rec;
	const struct rp_node *inner;

	inside |= rec->kind == RP_KIND_VALIDATE;
	if (rec->kind == RP_KIND_RULE)
		rule = rec;
	if (inside && rec->kind == RP_KIND_LOOKUP && rec->verdict == RP_VERDICT_HIT) {
		*back = *rec;
		if (rule && !(rec->has & RP_HAS_RULE)) {
			back->rule = rule->rule;
			back->has |= RP_HAS_RULE;
		}
	}
	TAILQ_FOREACH(inner, &node->inner, link)
		rp_asked_find_back(inner, rule, inside, back);
	if (inside && rec->kind == RP_KIND_SUPPRESS && rec->rule.suppressed)
		back->kind = RP_KIND_NONE;
}

void rp_asked_back(const struct rp_decision *d, struct rp_record *back)
{
	back->kind = RP_KIND_NONE;
	rp_asked_find_back(d->node, NULL, false, back);
}

/* Does the model say what the kernel said? */
static bool rp_passed_agrees(const struct rp_model_answer *a, const struct rp_decision *d)
{
	switch (a->word) {
	case RP_MODEL_FOUND:
		return !d->main->err && d->route && d->route->dst_len == a->route.dst_len &&
		       d->table == a->table;
	case RP_MODEL_NONE:
		return d->main->err == a->err && !d->lookup;
	case RP_MODEL_ROUTE_REJECTS:
		return d->lookup && d->lookup->err == a->err;
	case RP_MODEL_RULE_REJECTS:
		return d->rule && d->rule->rule.priority == a->rule->rule.priority;
	default:
		return false;
	}
}

bool rp_passed_over_find(struct rp_passed_over *passed, struct rp_search *s)
{
	if (!rp_decision_is_asking(s->d->rec) ||
	    !rp_asked_make(&passed->asked, s, false) || !passed->asked.q.unmerged)
		return false;
	rp_model_lookup(&s->history->model, &passed->asked.q, &passed->answer);
	return rp_passed_agrees(&passed->answer, s->d);
}
