// SPDX-License-Identifier: GPL-2.0
/*
 * Which change is to blame: the newest one without which, in the model, this would not have
 * failed.  What counts is how things are and were, not what an event says: what went and
 * came back as it was is the same, and so is a table that no rule asks.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fib/model.h"
#include "lib/addr.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/history.h"
#include "why/origin.h"
#include "why/sysctl.h"

/* So many rules are looked at for one failure */
#define RP_TRIAL_RULES	(1U << 17)

struct rp_trial;

/* How well an answer does in a world where some changes had not been */
enum rp_trial_result {
	RP_TRIAL_SAME,		/* it fails as it did */
	RP_TRIAL_OTHER,		/* it fails otherwise */
	RP_TRIAL_WELL,
	RP_TRIAL_UNKNOWN,
};

typedef enum rp_trial_result (*rp_trial_judge)(const struct rp_trial *t,
					       const struct rp_model_answer *a);

/* A failure in court: the lookup, who judges, and the changes under suspicion */
struct rp_trial {
	struct rp_model *model;
	const struct rp_search *s;
	struct rp_asked asked;
	rp_trial_judge judge;
	struct rp_model_answer as_is;
	struct rp_model_change changes[RP_MODEL_CHANGES];	/* newest first */
	size_t nchanges;
	uint64_t undo[RP_MODEL_CHANGES];
	size_t nundo;		/* of these, in the world without the guilty one */
	bool loose;		/* any way back will do */
	const struct rp_answered *was;	/* of a flow that moved: its answer before */
	bool unknown;		/* what some of them did cannot be told */
	bool cut;		/* there are more */
};

/* ---- judges: of the answer of a world ---- */

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
static enum rp_trial_result rp_judge_back(const struct rp_trial *t,
					  const struct rp_model_answer *a)
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
static enum rp_trial_result rp_judge_moved(const struct rp_trial *t,
					   const struct rp_model_answer *a)
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

/* ---- does the model say what the kernel said? ---- */

static bool rp_trial_is_table(uint32_t recorded, uint32_t table)
{
	return recorded == table || (recorded == RT_TABLE_MAIN && table == RT_TABLE_LOCAL);
}

static bool rp_trial_agrees(const struct rp_trial *t, enum rp_origin_word word)
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

static rp_trial_judge rp_trial_judge_of(enum rp_origin_word word, bool *back)
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

static void rp_trial_lookup(struct rp_trial *t, struct rp_model_answer *a, size_t nundo)
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

static void rp_trial_init(struct rp_trial *t, const struct rp_search *s)
{
	t->model = &s->history->model;
	t->s = s;
	t->unknown = false;
	t->cut = false;
	t->loose = false;
	t->was = NULL;
}

/* False: there is no such lookup, or the model does not know what the kernel knew. */
static bool rp_trial_begin(struct rp_trial *t, enum rp_origin_word word, bool back)
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

static bool rp_trial_open(struct rp_trial *t, const struct rp_search *s, const struct rp_origin *o)
{
	enum rp_origin_word word = o->inner ? o->inner : o->word;
	bool back;

	rp_trial_init(t, s);
	t->judge = rp_trial_judge_of(word, &back);
	return rp_trial_begin(t, word, back);
}

/* ---- the trial of one change, and of all ---- */

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

static bool rp_trial_is_undone(const struct rp_trial *t, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->nundo; i++)
		if (t->undo[i] == id)
			return true;
	return false;
}

static bool rp_trial_was_tried(const struct rp_trial *t, size_t number)
{
	size_t i;

	for (i = 0; i < number; i++)
		if (t->changes[i].id == t->changes[number].id)
			return true;
	return false;
}

static enum rp_trial_result rp_trial_run(struct rp_trial *t, size_t nundo,
					 struct rp_model_answer *a)
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

/* The newest change whose undoing has this result; false: none has. */
static bool rp_trial_one(struct rp_trial *t, enum rp_trial_result wanted, size_t *guilty,
			 struct rp_model_answer *without)
{
	size_t i;

	for (i = 0; i < t->nchanges; i++) {
		if (rp_trial_was_tried(t, i) || !rp_trial_is_guilty(t, i, wanted, without))
			continue;
		*guilty = i;
		return true;
	}
	return false;
}

static size_t rp_trial_first(const struct rp_trial *t, uint64_t id)
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
 * All of them together did it: which are enough?  The oldest are let go first.  False, too,
 * where it is not known whether one is needed.
 */
static bool rp_trial_all(struct rp_trial *t, size_t *guilty, struct rp_model_answer *without)
{
	enum rp_trial_result result;
	size_t n = 0, i;
	uint64_t id;

	for (i = 0; i < t->nchanges; i++)
		if (!rp_trial_was_tried(t, i))
			t->undo[n++] = t->changes[i].id;
	if (!n || rp_trial_run(t, n, without) != RP_TRIAL_WELL)
		return false;
	for (i = n; i-- > 0 && n > 1; ) {
		id = t->undo[i];
		memmove(&t->undo[i], &t->undo[i + 1], (n - i - 1) * sizeof(id));
		result = rp_trial_run(t, n - 1, without);
		if (result == RP_TRIAL_UNKNOWN)
			return false;
		if (result == RP_TRIAL_WELL) {
			n--;
			continue;
		}
		memmove(&t->undo[i + 1], &t->undo[i], (n - i - 1) * sizeof(id));
		t->undo[i] = id;
	}
	rp_trial_run(t, n, without);
	t->nundo = n;
	*guilty = rp_trial_newest(t);
	return true;
}

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
	if (!rp_trial_open(&t, s, o))
		return RP_BLAME_UNKNOWN;
	if (!rp_trial_one(&t, RP_TRIAL_WELL, &guilty, &without) &&
	    !rp_trial_one(&t, RP_TRIAL_OTHER, &guilty, &without)) {
		if (!rp_trial_all(&t, &guilty, &without))
			return rp_trial_give_up(&t, s);
		rp_trial_accomplices(&t, guilty, s);
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

/* ---- but for one selector ---- */

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
