// SPDX-License-Identifier: GPL-2.0
/* The trial of a failure: changes are undone in the model, one of them, or all. */
#include <string.h>

#include "why/blame.h"
#include "why/case.h"
#include "why/origin.h"
#include "why/sysctl.h"
#include "why/trial.h"

/* So many rules are looked at for one failure */
#define RP_TRIAL_RULES	(1U << 17)

void rp_trial_lookup(struct rp_trial *t, struct rp_model_answer *a, size_t nundo)
{
	t->asked.q.undo = t->undo;
	t->asked.q.nundo = nundo;
	rp_model_lookup(t->model, &t->asked.q, a);
}

/*
 * Is rp_filter loose?  Where it is not known: when it was well last, the way back was not by
 * the device of arrival.
 */
static bool rp_trial_is_loose(struct rp_trial *t)
{
	struct rp_model_answer then;
	int rp_filter;

	if (t->judge != rp_judge_back)
		return false;
	rp_filter = rp_sysctls_rp_filter(t->s);
	if (rp_filter > 0 || !t->s->since_ns)
		return rp_filter == 2;
	t->asked.q.at_ns = t->s->since_ns;
	rp_trial_lookup(t, &then, 0);
	t->asked.q.at_ns = t->s->time_ns;
	return then.word == RP_MODEL_FOUND && rp_judge_back(t, &then) == RP_TRIAL_SAME;
}

void rp_trial_init(struct rp_trial *t, const struct rp_search *s)
{
	t->model = &s->history->model;
	t->s = s;
	t->unknown = false;
	t->cut = false;
	t->loose = false;
	t->was = NULL;
}

bool rp_trial_begin(struct rp_trial *t, enum rp_origin_word word, bool back)
{
	const struct rp_search *s = t->s;
	size_t most;

	if (!t->judge || !rp_asked_make(&t->asked, s, back))
		return false;
	t->loose = rp_trial_is_loose(t);
	rp_trial_lookup(t, &t->as_is, 0);
	if (!rp_trial_agrees(t, word)) {
		t->asked.q.ignore_linkdown = true;
		rp_trial_lookup(t, &t->as_is, 0);
		if (!rp_trial_agrees(t, word))
			return false;
	}
	t->nchanges = rp_model_changes(t->model, &t->asked.q, s->since_ns, t->changes);
	most = RP_TRIAL_RULES / (t->model->nrules + 1);
	if (most > RP_MODEL_CHANGES)
		most = RP_MODEL_CHANGES;
	if (t->nchanges < most)
		return true;
	t->nchanges = most;	/* the oldest are not tried */
	t->unknown = true;
	t->cut = true;
	return true;
}

bool rp_trial_open(struct rp_trial *t, const struct rp_search *s, const struct rp_origin *o)
{
	enum rp_origin_word word = o->inner ? o->inner : o->word;
	bool back;

	rp_trial_init(t, s);
	t->judge = rp_trial_judge_of(word, &back);
	return rp_trial_begin(t, word, back);
}

static bool rp_trial_shares(const struct rp_trial *t, uint64_t id, uint64_t thing)
{
	size_t i;

	for (i = 0; i < t->nchanges; i++)
		if (t->changes[i].id == id && t->changes[i].thing == thing)
			return true;
	return false;
}

/*
 * A change, and those before it of the same things: without them these things are as they
 * were when all was well.
 */
static size_t rp_trial_undo(struct rp_trial *t, size_t number)
{
	const struct rp_model_change *change = &t->changes[number];
	size_t n = 0, i;

	for (i = number; i < t->nchanges; i++)
		if (rp_trial_shares(t, change->id, t->changes[i].thing))
			t->undo[n++] = t->changes[i].id;
	return n;
}

bool rp_trial_is_undone(const struct rp_trial *t, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->nundo; i++)
		if (t->undo[i] == id)
			return true;
	return false;
}

bool rp_trial_was_tried(const struct rp_trial *t, size_t number)
{
	size_t i;

	for (i = 0; i < number; i++)
		if (t->changes[i].id == t->changes[number].id)
			return true;
	return false;
}

enum rp_trial_result rp_trial_run(struct rp_trial *t, size_t nundo, struct rp_model_answer *a)
{
	enum rp_trial_result result;

	rp_trial_lookup(t, a, nundo);
	result = t->judge(t, a);
	t->unknown |= result == RP_TRIAL_UNKNOWN;
	return result;
}

/* It is one of those that are undone, and it takes part: without it they would not do. */
static bool rp_trial_is_needed(struct rp_trial *t, uint64_t id, size_t nundo,
			       enum rp_trial_result wanted)
{
	struct rp_model_answer a;
	size_t n = 0, i;

	for (i = 0; i < nundo; i++)
		if (t->undo[i] != id)
			t->undo[n++] = t->undo[i];
	return !n || rp_trial_run(t, n, &a) != wanted;
}

/* Did it take something away? */
static bool rp_trial_took(const struct rp_model_change *change)
{
	const struct rp_record *rec = &change->rec;

	if (rec->kind == RP_KIND_RULE_EVENT)
		return rec->rule.op == RP_CHANGE_DELETE;
	return rec->change.op == RP_CHANGE_DELETE || rec->change.op == RP_CHANGE_DOWN;
}

/*
 * Undo one change: with those before it of the same things, if without it alone something
 * was another; or alone, if it took away what had come meanwhile.  What came again as it
 * was is not undone alone.
 */
static bool rp_trial_is_guilty(struct rp_trial *t, size_t number, enum rp_trial_result wanted,
			       struct rp_model_answer *without)
{
	uint64_t id = t->changes[number].id;
	enum rp_trial_result alone;

	t->undo[0] = id;
	alone = rp_trial_run(t, 1, without);
	if (alone == RP_TRIAL_SAME)
		return false;
	t->nundo = 1;
	if (alone == wanted && rp_trial_took(&t->changes[number]))
		return true;
	t->nundo = rp_trial_undo(t, number);
	if (rp_trial_run(t, t->nundo, without) != wanted ||
	    !rp_trial_is_needed(t, id, t->nundo, wanted))
		return false;
	rp_trial_undo(t, number);
	return true;
}

/* Another rule or route refuses it with the same error: nobody could tell the difference. */
static bool rp_trial_is_like(const struct rp_trial *t, const struct rp_model_answer *without)
{
	return (without->word == RP_MODEL_ROUTE_REJECTS ||
		without->word == RP_MODEL_RULE_REJECTS) && without->err == t->as_is.err;
}

bool rp_trial_one(struct rp_trial *t, enum rp_trial_result wanted, size_t *guilty,
		  struct rp_model_answer *without)
{
	size_t i;

	for (i = 0; i < t->nchanges; i++) {
		if (rp_trial_was_tried(t, i) || !rp_trial_is_guilty(t, i, wanted, without) ||
		    (wanted == RP_TRIAL_OTHER && rp_trial_is_like(t, without)))
			continue;
		*guilty = i;
		return true;
	}
	return false;
}

size_t rp_trial_first(const struct rp_trial *t, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->nchanges && t->changes[i].id != id; i++)
		;
	return i;
}

/* When it came, did it begin to fail?  What took a route that was gone already did nothing. */
static bool rp_trial_began(struct rp_trial *t, size_t number)
{
	uint64_t at_ns = t->asked.q.at_ns, id = t->changes[number].id;
	struct rp_model_answer before, after;
	size_t i;

	t->asked.q.at_ns = t->changes[number].time_ns;
	rp_trial_lookup(t, &after, 0);
	for (i = number; i < t->nchanges; i++)
		if (t->changes[i].id == id)
			t->asked.q.at_ns = t->changes[i].time_ns - 1;
	rp_trial_lookup(t, &before, 0);
	t->asked.q.at_ns = at_ns;
	return t->judge(t, &before) != RP_TRIAL_SAME && t->judge(t, &after) == RP_TRIAL_SAME;
}

/* Of those that did it together the newest with which it began */
static size_t rp_trial_newest(struct rp_trial *t)
{
	size_t i, number;

	for (i = 0; i < t->nundo; i++) {
		number = rp_trial_first(t, t->undo[i]);
		if (rp_trial_began(t, number))
			return number;
	}
	return rp_trial_first(t, t->undo[0]);
}

/*
 * Lets go of those without which it does as well, the oldest first: how many are left?  0:
 * it is not known of one whether it is needed.
 */
static size_t rp_trial_let_go(struct rp_trial *t, size_t n, struct rp_model_answer *without)
{
	enum rp_trial_result result;
	size_t i;
	uint64_t id;

	for (i = n; i-- > 0 && n > 1; ) {
		id = t->undo[i];
		memmove(&t->undo[i], &t->undo[i + 1], (n - i - 1) * sizeof(id));
		result = rp_trial_run(t, n - 1, without);
		if (result == RP_TRIAL_UNKNOWN)
			return 0;
		if (result == RP_TRIAL_WELL) {
			n--;
			continue;
		}
		memmove(&t->undo[i + 1], &t->undo[i], (n - i - 1) * sizeof(id));
		t->undo[i] = id;
	}
	return n;
}

/*
 * All of them together did it: which are enough?  One may be needed only as long as a newer
 * one is thought away, that is let go later: so it is tried again.
 */
bool rp_trial_all(struct rp_trial *t, size_t *guilty, struct rp_model_answer *without)
{
	size_t n = 0, left, i;

	for (i = 0; i < t->nchanges; i++)
		if (!rp_trial_was_tried(t, i))
			t->undo[n++] = t->changes[i].id;
	if (!n || rp_trial_run(t, n, without) != RP_TRIAL_WELL)
		return false;
	for (left = rp_trial_let_go(t, n, without); left && left < n;
	     left = rp_trial_let_go(t, n, without))
		n = left;
	if (!left)
		return false;
	rp_trial_run(t, n, without);
	t->nundo = n;
	*guilty = rp_trial_newest(t);
	return true;
}
