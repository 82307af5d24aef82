// SPDX-License-Identifier: GPL-2.0
/* What would have helped: the packet's mark, another next hop, a rule but for one selector. */
#include <string.h>

#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/trial.h"

/* The walk that was recorded is that of another flow then. */
bool rp_blame_would_with_mark(const struct rp_search *s, const struct rp_origin *o)
{
	struct rp_model_answer a;
	struct rp_trial t;

	if (!rp_trial_open(&t, s, o))
		return false;
	t.asked.flow.mark = s->d->flow->mark;
	t.asked.q.walked = false;
	t.asked.q.nmatched = 0;
	rp_trial_lookup(&t, &a, 0);
	return t.judge(&t, &a) == RP_TRIAL_WELL;
}

bool rp_blame_would_route(const struct rp_search *s, const struct rp_past *without,
			  uint32_t vrf)
{
	const uint64_t undo = rp_model_id(&without->root);
	struct rp_model_answer a;
	struct rp_asked asked;

	if (!rp_asked_make(&asked, s, false))
		return false;
	asked.flow.l3mdev = vrf;
	asked.q.undo = &undo;
	asked.q.nundo = 1;
	rp_model_lookup(&s->history->model, &asked.q, &a);
	return a.word == RP_MODEL_FOUND;
}

void rp_elsewhere_find(struct rp_elsewhere *elsewhere, const struct rp_search *s,
		       const struct rp_origin *o)
{
	struct rp_model_answer a;
	struct rp_trial t;

	*elsewhere = (struct rp_elsewhere) { false, false };
	if (!rp_trial_open(&t, s, o))
		return;
	elsewhere->by_leg = t.as_is.nhops > 1;
	if (t.asked.q.ignore_linkdown)
		return;
	t.asked.q.ignore_linkdown = true;
	rp_trial_lookup(&t, &a, 0);
	elsewhere->by_carrier = t.judge(&t, &a) == RP_TRIAL_WELL;
}

/* Would the rule give a better answer, if that one selector were none? */
static bool rp_near_would_help(struct rp_trial *t, const struct rp_model_passed *passed,
			       struct rp_model_answer *a)
{
	return (passed->suppressed ||
		(passed->by != RP_MODEL_FITS &&
		 rp_model_is_near(t->model, &t->asked.q, passed->rule))) &&
	       rp_model_would(t->model, &t->asked.q, passed->rule, passed->suppressed, a) &&
	       t->judge(t, a) == RP_TRIAL_WELL;
}

void rp_near_find(struct rp_near *near, struct rp_search *s, const struct rp_origin *o)
{
	const struct rp_model_passed *passed;
	struct rp_model_answer a;
	struct rp_trial t;
	unsigned int i;

	memset(near, 0, sizeof(*near));
	if (!rp_trial_open(&t, s, o))
		return;
	for (i = 0; i < t.as_is.npassed && !near->is_near; i++) {
		passed = &t.as_is.passed[i];
		if (!rp_near_would_help(&t, passed, &a))
			continue;
		*near = (struct rp_near) {
			.is_near = true, .rule = *passed->rule, .by = passed->by,
			.suppressed = passed->suppressed,
			.route = a.route, .flow = t.asked.flow,
		};
	}
}
