// SPDX-License-Identifier: GPL-2.0
/*
 * Which change is to blame: the newest one without which, in the model, this would not have
 * failed.  What counts is how things are and were, not what an event says: what went and
 * came back as it was is the same, and so is a table that no rule asks.
 */
#include "lib/addr.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/history.h"
#include "why/origin.h"
#include "why/trial.h"

/*
 * What is told of the guilty one: what became of the route that would have been the answer.
 * A device that is removed was set down before, and that took the route.
 */
static size_t rp_trial_told(struct rp_trial *t, size_t guilty,
			    const struct rp_model_answer *without)
{
	const struct rp_model_change *change;
	const struct rp_route *wanted = &without->route;
	size_t i, found = guilty;

	for (i = 0; i < t->nchanges; i++) {
		change = &t->changes[i];
		if (change->rec.kind != RP_KIND_EVENT ||
		    !rp_trial_is_undone(t, change->id))
			continue;
		if (change->rec.route.dst_len == wanted->dst_len &&
		    change->rec.route.table == wanted->table)
			return i;
		if (t->changes[found].rec.kind != RP_KIND_EVENT &&
		    t->changes[found].rec.kind != RP_KIND_RULE_EVENT)
			found = i;
	}
	return found;
}

static void rp_trial_tell(struct rp_trial *t, size_t guilty,
			  const struct rp_model_answer *without, struct rp_past *cause)
{
	*cause = (struct rp_past) { .root = *t->changes[guilty].root,
				    .rec = t->changes[rp_trial_told(t, guilty, without)].rec };
}

/* Those that it needed besides the guilty one */
static void rp_trial_accomplices(const struct rp_trial *t, size_t guilty, struct rp_search *s)
{
	size_t i, number;

	s->nwith = 0;
	for (i = 0; i < t->nundo && s->nwith < RP_SEARCH_WITH; i++) {
		if (t->undo[i] == t->changes[guilty].id)
			continue;
		number = rp_trial_first(t, t->undo[i]);
		s->with[s->nwith++] = (struct rp_past) {
			.root = *t->changes[number].root, .rec = t->changes[number].rec,
		};
	}
}

/* What the lookup did not meet, and what makes no difference alone, is innocent. */
static enum rp_blame rp_trial_give_up(struct rp_trial *t, struct rp_search *s)
{
	struct rp_model_answer without;
	size_t i;

	if (!t->unknown)
		return RP_BLAME_NOBODY;
	s->is_tried = !t->cut;
	s->nsuspects = 0;
	for (i = 0; i < t->nchanges; i++) {
		t->undo[0] = t->changes[i].id;
		if (!rp_trial_was_tried(t, i) && rp_trial_run(t, 1, &without) != RP_TRIAL_SAME)
			s->suspects[s->nsuspects++] = t->changes[i].id;
	}
	return RP_BLAME_UNKNOWN;
}

bool rp_blame_is_suspect(const struct rp_search *s, const struct rp_past *past)
{
	uint64_t id = rp_model_id(&past->root);
	size_t i;

	for (i = 0; i < s->nsuspects; i++)
		if (s->suspects[i] == id)
			return true;
	return !s->is_tried;
}

enum rp_blame rp_blame_find(struct rp_search *s, const struct rp_origin *o,
			    struct rp_past *cause)
{
	struct rp_model_answer without;
	struct rp_trial t;
	size_t guilty;

	s->is_tried = false;
	if (o->word == RP_ORIGIN_MTU && !s->is_derived)
		return RP_BLAME_NOBODY;	/* nobody of the tables has such an MTU */
	if (!rp_trial_open(&t, s, o))
		return RP_BLAME_UNKNOWN;
	if (!rp_trial_one(&t, RP_TRIAL_WELL, &guilty, &without)) {
		if (rp_trial_all(&t, &guilty, &without) && t.nundo <= RP_SEARCH_WITH + 1)
			rp_trial_accomplices(&t, guilty, s);
		else if (!rp_trial_one(&t, RP_TRIAL_OTHER, &guilty, &without))
			return rp_trial_give_up(&t, s);
	}
	rp_trial_tell(&t, guilty, &without, cause);
	return RP_BLAME_FOUND;
}

/* Its source went, and nothing else. */
static bool rp_blame_source(const struct rp_search *s, const struct rp_answered *was,
			    struct rp_past *cause)
{
	const struct rp_past *past;

	past = rp_history_of_addr(s->history, s->d->netns, s->family, &was->source, s->time_ns);
	if (!past || past->rec.netns != s->d->netns || past->rec.family != s->family ||
	    past->rec.change.op != RP_CHANGE_DELETE || past->rec.time_ns <= s->since_ns ||
	    !rp_addr_equal(&past->rec.route.prefsrc, &was->source))
		return false;
	*cause = *past;
	return true;
}

bool rp_blame_move(struct rp_search *s, const struct rp_answered *was, struct rp_past *cause)
{
	struct rp_model_answer without;
	struct rp_trial t;
	size_t guilty;

	rp_trial_init(&t, s);
	t.was = was;
	t.judge = rp_judge_moved;
	if (rp_trial_begin(&t, RP_ORIGIN_NONE, false) &&
	    (rp_trial_one(&t, RP_TRIAL_WELL, &guilty, &without) ||
	     rp_trial_all(&t, &guilty, &without))) {
		rp_trial_tell(&t, guilty, &without, cause);
		return true;
	}
	return !rp_addr_equal(&was->source, &s->d->rtable->prefsrc) &&
	       rp_blame_source(s, was, cause);
}
