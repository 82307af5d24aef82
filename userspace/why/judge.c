// SPDX-License-Identifier: GPL-2.0
/* What the answer of a world is to a failure: does it fail as it did, otherwise, or not? */
#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/addr.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/limit.h"
#include "why/origin.h"
#include "why/trial.h"

static enum rp_trial_result rp_judge_none(const struct rp_trial *t,
					  const struct rp_model_answer *a)
{
	(void)t;
	switch (a->word) {
	case RP_MODEL_UNKNOWN:
		return RP_TRIAL_UNKNOWN;
	case RP_MODEL_FOUND:
		return RP_TRIAL_WELL;
	case RP_MODEL_NONE:
		return RP_TRIAL_SAME;
	default:
		return RP_TRIAL_OTHER;
	}
}

/* A route or a rule rejects: the same one, with the same error */
static enum rp_trial_result rp_judge_reject(const struct rp_trial *t,
					    const struct rp_model_answer *a)
{
	const struct rp_model_answer *as_is = &t->as_is;

	if (a->word == RP_MODEL_UNKNOWN)
		return RP_TRIAL_UNKNOWN;
	if (a->word == RP_MODEL_FOUND)
		return RP_TRIAL_WELL;
	if (a->word != as_is->word || a->err != as_is->err)
		return RP_TRIAL_OTHER;
	if (a->word == RP_MODEL_RULE_REJECTS)
		return a->rule == as_is->rule ? RP_TRIAL_SAME : RP_TRIAL_OTHER;
	return a->table == as_is->table && a->route.dst_len == as_is->route.dst_len &&
	       a->route.metric == as_is->route.metric ? RP_TRIAL_SAME : RP_TRIAL_OTHER;
}

/* Are all next hops told, with their devices? */
static bool rp_judge_knows_hops(const struct rp_model_answer *a)
{
	unsigned int i;

	for (i = 0; i < a->nhops; i++)
		if (!a->hops[i].oif)
			return false;
	return a->nhops >= a->route.nh_count;
}

/* The way back has to be by the device of arrival, or to be at all. */
enum rp_trial_result rp_judge_back(const struct rp_trial *t, const struct rp_model_answer *a)
{
	unsigned int i;

	if (a->word == RP_MODEL_UNKNOWN)
		return RP_TRIAL_UNKNOWN;
	if (a->word != RP_MODEL_FOUND || a->route.type != RTN_UNICAST)
		return RP_TRIAL_SAME;
	for (i = 0; i < a->nhops; i++)
		if (t->loose || a->hops[i].oif == t->s->d->flow->iif)
			return RP_TRIAL_WELL;
	return rp_judge_knows_hops(a) ? RP_TRIAL_SAME : RP_TRIAL_UNKNOWN;
}

/* The source is an address of ours. */
static enum rp_trial_result rp_judge_own(const struct rp_trial *t,
					 const struct rp_model_answer *a)
{
	(void)t;
	if (a->word == RP_MODEL_UNKNOWN)
		return RP_TRIAL_UNKNOWN;
	return a->word == RP_MODEL_FOUND && a->route.type == RTN_LOCAL ? RP_TRIAL_SAME :
									 RP_TRIAL_WELL;
}

static bool rp_judge_is_hop(const struct rp_trial *t, const struct rp_model_hop *hop)
{
	const struct rp_route *silent = &t->s->d->rec->route;

	if (hop->oif != silent->oif)
		return false;
	if (hop->gw_family)
		return hop->gw_family == silent->gw_family &&
		       !memcmp(hop->gw, silent->gw, sizeof(hop->gw));
	return !memcmp(silent->gw, &t->s->d->flow->dst, sizeof(silent->gw));
}

/* It is sent to the next hop that does not answer. */
static enum rp_trial_result rp_judge_neighbour(const struct rp_trial *t,
					       const struct rp_model_answer *a)
{
	unsigned int i;

	if (a->word == RP_MODEL_UNKNOWN)
		return RP_TRIAL_UNKNOWN;
	if (a->word != RP_MODEL_FOUND)
		return RP_TRIAL_OTHER;
	for (i = 0; i < a->nhops; i++)
		if (rp_judge_is_hop(t, &a->hops[i]))
			return RP_TRIAL_SAME;
	return rp_judge_knows_hops(a) ? RP_TRIAL_WELL : RP_TRIAL_UNKNOWN;
}

/* It goes to somebody else, though the address is ours. */
static enum rp_trial_result rp_judge_astray(const struct rp_trial *t,
					    const struct rp_model_answer *a)
{
	(void)t;
	if (a->word == RP_MODEL_UNKNOWN)
		return RP_TRIAL_UNKNOWN;
	return a->word == RP_MODEL_FOUND && a->route.type == RTN_LOCAL ? RP_TRIAL_WELL :
									 RP_TRIAL_SAME;
}

/* There is no more room for it. */
static enum rp_trial_result rp_judge_mtu(const struct rp_trial *t,
					 const struct rp_model_answer *a)
{
	uint32_t mtu;

	if (a->word == RP_MODEL_UNKNOWN)
		return RP_TRIAL_UNKNOWN;
	if (a->word != RP_MODEL_FOUND)
		return RP_TRIAL_OTHER;
	mtu = rp_limit_of(t->s, a);
	if (!mtu)
		return RP_TRIAL_UNKNOWN;
	return mtu > t->s->d->rec->signal.info ? RP_TRIAL_WELL : RP_TRIAL_SAME;
}

static bool rp_judge_is(const struct rp_model_answer *a, unsigned int family,
			const struct rp_route *route, const struct rp_rule *rule,
			const union rp_addr *source)
{
	return rp_asked_is_found(a, family, route) &&
	       (!rule || !a->rule || a->rule->rule.priority == rule->priority) &&
	       (rp_addr_is_any(&a->route.prefsrc) || rp_addr_is_any(source) ||
		rp_addr_equal(&a->route.prefsrc, source));
}

/* It is answered as it was before. */
enum rp_trial_result rp_judge_moved(const struct rp_trial *t, const struct rp_model_answer *a)
{
	const struct rp_decision *d = t->s->d;

	if (a->word == RP_MODEL_UNKNOWN)
		return RP_TRIAL_UNKNOWN;
	if (rp_judge_is(a, t->s->family, d->route, d->rule ? &d->rule->rule : NULL,
			&d->rtable->prefsrc) &&
	    (a == &t->as_is || rp_addr_equal(&a->route.prefsrc, &t->as_is.route.prefsrc)))
		return RP_TRIAL_SAME;
	return rp_judge_is(a, t->s->family, &t->was->route,
			   t->was->has_rule ? &t->was->rule : NULL,
			   &t->was->source) ? RP_TRIAL_WELL : RP_TRIAL_OTHER;
}

static bool rp_trial_is_table(uint32_t recorded, uint32_t table)
{
	return recorded == table || (recorded == RT_TABLE_MAIN && table == RT_TABLE_LOCAL);
}

bool rp_trial_agrees(const struct rp_trial *t, enum rp_origin_word word)
{
	const struct rp_decision *d = t->s->d;
	const struct rp_model_answer *a = &t->as_is;

	switch (word) {
	case RP_ORIGIN_NO_ROUTE:
		return a->word == RP_MODEL_NONE;
	case RP_ORIGIN_ROUTE_TYPE:
		if (!d->lookup || !d->lookup->err)
			return a->word == RP_MODEL_NONE;	/* it throws */
		return a->word == RP_MODEL_ROUTE_REJECTS && a->err == d->lookup->err &&
		       rp_trial_is_table(d->lookup->route.table, a->table);
	case RP_ORIGIN_RULE:
		return a->word == RP_MODEL_RULE_REJECTS && d->rule &&
		       a->rule->rule.priority == d->rule->rule.priority;
	default:
		return t->judge(t, a) == RP_TRIAL_SAME;
	}
}

rp_trial_judge rp_trial_judge_of(enum rp_origin_word word, bool *back)
{
	*back = false;
	switch (word) {
	case RP_ORIGIN_NO_ROUTE:
		return rp_judge_none;
	case RP_ORIGIN_ROUTE_TYPE:
	case RP_ORIGIN_RULE:
		return rp_judge_reject;
	case RP_ORIGIN_NEIGHBOUR:
		return rp_judge_neighbour;
	case RP_ORIGIN_MTU:
		return rp_judge_mtu;
	case RP_ORIGIN_OWN_ADDRESS:
		return rp_judge_astray;
	case RP_ORIGIN_RP_FILTER:
		*back = true;
		return rp_judge_back;
	case RP_ORIGIN_MARTIAN:
		*back = true;
		return rp_judge_own;
	default:
		return NULL;
	}
}
