// SPDX-License-Identifier: GPL-2.0
/* A recorded lookup as a question to the model: its key, and which rules it matched. */
#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/addr.h"
#include "story/decision.h"
#include "story/story.h"
#include "why/blame.h"
#include "why/case.h"

static struct rp_rule *rp_asked_rule(struct rp_asked *asked, const struct rp_rule *rule)
{
	size_t i;

	for (i = 0; i < asked->q.nmatched; i++)
		if (asked->matched[i].priority == rule->priority &&
		    asked->matched[i].table == rule->table &&
		    asked->matched[i].action == rule->action)
			return &asked->matched[i];
	return NULL;
}

static void rp_asked_add(struct rp_asked *asked, const struct rp_rule *rule)
{
	struct rp_rule *its = rp_asked_rule(asked, rule);

	if (its)
		its->suppressed |= rule->suppressed;
	else if (asked->q.nmatched < RP_ASKED_RULES)
		asked->matched[asked->q.nmatched++] = *rule;
}

/* After one that suppressed, another one that looks the same may have answered. */
static void rp_asked_suppress(struct rp_asked *asked, const struct rp_rule *rule)
{
	struct rp_rule *its = rp_asked_rule(asked, rule);

	if (its && its->suppressed)
		its->op = RP_CHANGE_INSERT;
	rp_asked_add(asked, rule);
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
	if (inside == back && rec->kind == RP_KIND_SUPPRESS && rec->has & RP_HAS_RULE)
		rp_asked_suppress(asked, &rec->rule);
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
		asked->flow = d->main->has & RP_HAS_FLOW ? d->main->flow : *d->flow;
	if (!asked->flow.iif)
		asked->flow.iif = 1;
	asked->q.flow = &asked->flow;
}

/* A socket may ask several times: that which counts */
static const struct rp_node *rp_asked_main(const struct rp_decision *d)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &d->node->inner, link)
		if (&inner->rec == d->main)
			return inner;
	return d->node;
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
	rp_asked_collect(asked, rp_asked_main(d), d->flow, back, false);
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

static bool rp_passed_has_hop(const struct rp_model_answer *a, const struct rp_route *route)
{
	unsigned int i;

	for (i = 0; i < a->nhops; i++)
		if (a->hops[i].oif == route->oif && a->hops[i].gw_family == route->gw_family &&
		    !memcmp(a->hops[i].gw, route->gw, sizeof(route->gw)))
			return true;
	return a->nhops < a->route.nh_count || a->route.type != RTN_UNICAST;
}

bool rp_asked_is_found(const struct rp_model_answer *a, unsigned int family,
		       const struct rp_route *route)
{
	return a->word == RP_MODEL_FOUND && a->table == route->table &&
	       a->route.dst_len == route->dst_len && a->route.type == route->type &&
	       a->route.metric == route->metric &&
	       (rp_search_is_redirected(family, route) || rp_passed_has_hop(a, route));
}

/* Does the model say what the kernel said? */
static bool rp_passed_agrees(const struct rp_model_answer *a, const struct rp_decision *d)
{
	if (d->lookup && d->lookup->verdict == RP_VERDICT_REJECT)
		return a->word == RP_MODEL_ROUTE_REJECTS && a->err == d->lookup->err;
	if (d->rule && d->rule->verdict == RP_VERDICT_REJECT)
		return a->word == RP_MODEL_RULE_REJECTS && a->err == d->rule->err &&
		       a->rule->rule.priority == d->rule->rule.priority;
	if (d->route)
		return rp_asked_is_found(a, d->rec->family, d->route);
	/* What is not forwarded has no route, whatever was found for it. */
	return a->word == (d->lookup && d->lookup->verdict == RP_VERDICT_HIT ?
			   RP_MODEL_FOUND : RP_MODEL_NONE);
}

void rp_passed_over_find(struct rp_passed_over *passed, struct rp_search *s)
{
	const struct rp_decision *d = s->d;

	passed->word = RP_PASSED_UNKNOWN;
	passed->nlosers = 0;
	if (!rp_decision_is_asking(d->rec) || d->node->incomplete || (!d->asked && !d->route) ||
	    (d->route && !d->route->table) || !rp_asked_make(&passed->asked, s, false))
		return;
	rp_model_lookup(&s->history->model, &passed->asked.q, &passed->answer);
	if (passed->answer.word == RP_MODEL_UNKNOWN)
		return;
	if (rp_passed_agrees(&passed->answer, d)) {
		passed->word = RP_PASSED_SAME;
		passed->nlosers = rp_model_losers(&s->history->model, &passed->asked.q,
						  &passed->answer, passed->losers);
	} else if (!passed->answer.by_neighbour) {
		passed->word = RP_PASSED_DIFFERS;
	}
}
