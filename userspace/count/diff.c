// SPDX-License-Identifier: GPL-2.0
/*
 * What two recordings say of the same flows.  A flow may have had several
 * answers in each, so sets are compared: what one side alone has is a difference,
 * in whatever order and however often.
 */
#include <stdlib.h>
#include <string.h>

#include "count/diff.h"
#include "lib/util.h"
#include "source/stream.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/cause.h"
#include "why/infer.h"
#include "why/origin.h"
#include "words/answer.h"
#include "words/flow_class.h"
#include "words/format.h"
#include "words/json.h"

static const char *rp_diff_key(struct rp_buf *key, struct rp_fib *fib,
			       const struct rp_flow_class *c)
{
	struct rp_text part;

	key->len = 0;
	rp_buf_text(key, rp_format_netns(&part, fib, c->netns));
	rp_buf_char(key, '\t');
	rp_buf_text(key, rp_flow_class_format(&part, fib, c));
	rp_buf_char(key, '\0');
	return key->data;
}

static const char *rp_diff_answer_key(struct rp_buf *key, struct rp_print *p,
				      const struct rp_diff_flow *flow,
				      const struct rp_decision *d)
{
	key->len = 0;
	rp_buf_text(key, flow->key);
	rp_answer_add(key, p, d);
	rp_buf_char(key, '\0');
	return key->data;
}

static struct rp_diff_flow *rp_diff_flow(struct rp_diff *diff, struct rp_print *p,
					 const struct rp_flow_class *c)
{
	struct rp_diff_flow *flow;
	struct rp_buf b = { 0 };

	flow = rp_tally_get(&diff->flows, rp_diff_key(&diff->key, p->fib, c));
	/* One that was there before has its list. */
	if (!flow || flow->answers.stqh_last)
		return flow;
	STAILQ_INIT(&flow->answers);
	if (p->json) {
		rp_json_netns(p, &b, c->netns);
		rp_flow_class_json(p, &b, c);
		flow->json = rp_json_text(&b);
	}
	return flow;
}

static struct rp_diff_answer *rp_diff_answer(struct rp_diff *diff, struct rp_print *p,
					     struct rp_diff_flow *flow,
					     const struct rp_decision *d)
{
	struct rp_diff_answer *answer;
	struct rp_buf b = { 0 };

	answer = rp_tally_get(&diff->answers, rp_diff_answer_key(&diff->key, p, flow, d));
	if (!answer || answer->times[0] || answer->times[1])
		return answer;
	STAILQ_INSERT_TAIL(&flow->answers, answer, link);
	if (p->json) {
		rp_json_answer(p, &b, d);
		rp_json_error(p, &b, "verdict", d->rec->err);
		answer->json = rp_json_text(&b);
	}
	return answer;
}

/* ---- which change it was, if the second recording has it ---- */

#define RP_DIFF_CAUSES	(1 << 14)	/* that are looked for: each may take long */

static bool rp_diff_is_way(const struct rp_decision *d)
{
	return !d->rec->err && d->rtable && d->route && d->route->table;
}

/* Numbers of devices are those of the other recording as long as the namespace is the same. */
static bool rp_diff_find_cause(struct rp_diff *diff, const struct rp_diff_flow *flow,
			       const struct rp_decision *d, struct rp_past *cause)
{
	struct rp_way way = { .rule = 0 };
	struct rp_origin o;
	struct rp_search s;

	memset(cause, 0, sizeof(*cause));
	if (flow->was && flow->netns == d->netns) {
		way.rule = flow->was->rule.priority;
		way.rule_table = flow->was->rule.table;
	}
	rp_search_init(&s, &diff->memory.history, &diff->readings[1].fib, d, &way);
	s.since_ns = flow->was_ns;
	if (rp_diff_is_way(d))
		return flow->was && flow->netns == d->netns && rp_blame_move(&s, flow->was, cause);
	if (!rp_origin_find(&o, &diff->readings[1].src, d))
		return false;
	rp_derive(&s, &o);
	return rp_cause_find(&s, &o, cause);
}

static void rp_diff_tell_cause(struct rp_diff *diff, struct rp_diff_flow *flow,
			       struct rp_diff_answer *answer, const struct rp_decision *d)
{
	struct rp_past cause;

	if (!diff->side || !flow->times[0] || answer->times[0] || answer->times[1] ||
	    diff->searched++ >= RP_DIFF_CAUSES || !rp_diff_find_cause(diff, flow, d, &cause))
		return;
	answer->cause = rp_util_alloc(1, sizeof(cause));
	*answer->cause = cause;
}

static void rp_diff_keep_way(struct rp_diff *diff, struct rp_diff_flow *flow,
			     const struct rp_decision *d)
{
	if (!rp_diff_is_way(d))
		return;
	if (!flow->was)
		flow->was = rp_util_alloc(1, sizeof(*flow->was));
	*flow->was = (struct rp_answered) {
		.route = *d->route, .has_rule = d->rule, .source = d->rtable->prefsrc,
	};
	if (d->rule)
		flow->was->rule = d->rule->rule;
	flow->was_ns = diff->side ? rp_stream_end_ns(d->rec) : 0;
	flow->netns = d->netns;
}

static void rp_diff_see(void *ctx, const struct rp_decision *d)
{
	struct rp_diff *diff = ctx;

	if (diff->side)
		rp_memory_see(&diff->memory, d);
}

/* A decision that lacks a step would differ by what was lost. */
static bool rp_diff_take(void *ctx, const struct rp_decision *d)
{
	struct rp_diff *diff = ctx;
	struct rp_print *p = &diff->prints[diff->side];
	struct rp_diff_answer *answer = NULL;
	struct rp_diff_flow *flow;
	struct rp_flow_class c;

	if (d->node->incomplete || !rp_flow_class_of(&c, d))
		return false;
	flow = rp_diff_flow(diff, p, &c);
	if (flow)
		answer = rp_diff_answer(diff, p, flow, d);
	if (!answer) {
		diff->left_out++;
		return false;
	}
	rp_diff_tell_cause(diff, flow, answer, d);
	rp_diff_keep_way(diff, flow, d);
	flow->times[diff->side]++;
	answer->times[diff->side]++;
	return true;
}

/* Before the first field are the namespace and the flow. */
const char *rp_diff_field(struct rp_text *t, const struct rp_diff_answer *answer,
			  enum rp_answer_field field)
{
	return rp_answer_field(t, strchr(strchr(answer->key, '\t') + 1, '\t'), field);
}

/* Which sides ever say a text in one field */
struct rp_diff_said {
	const char *key;
	bool by[2];
};

/* Not each answer against each other: one flow may have a million. */
bool rp_diff_differs(const struct rp_diff_flow *flow, enum rp_answer_field field)
{
	const struct rp_diff_answer *answer;
	struct rp_diff_said *said, **all;
	struct rp_tally texts;
	struct rp_text text;
	bool differs = false;
	size_t i;

	rp_tally_init(&texts, sizeof(*said));
	STAILQ_FOREACH(answer, &flow->answers, link) {
		said = rp_tally_get(&texts, rp_diff_field(&text, answer, field));
		for (i = 0; said && i < 2; i++)
			said->by[i] |= answer->times[i] != 0;
	}
	all = rp_tally_list(&texts);
	for (i = 0; i < texts.count; i++)
		differs |= all[i]->by[0] != all[i]->by[1];
	free(all);
	rp_tally_exit(&texts, NULL);
	return differs;
}

bool rp_diff_is_different(const struct rp_diff_flow *flow)
{
	const struct rp_diff_answer *answer;

	if (!flow->times[0] || !flow->times[1])
		return false;
	STAILQ_FOREACH(answer, &flow->answers, link)
		if (!answer->times[0] || !answer->times[1])
			return true;
	return false;
}

static int rp_diff_open_side(struct rp_diff *diff, const struct rp_wanted *w, int side)
{
	struct rp_reading *reading = &diff->readings[side];

	return side ? rp_memory_open(&diff->memory, reading, w) : rp_reading_open(reading, w);
}

int rp_diff_open(struct rp_diff *diff, const struct rp_wanted *w, char *const dirs[2],
		 bool json)
{
	struct rp_wanted wanted = *w;
	int i;

	memset(diff, 0, sizeof(*diff));
	wanted.recording = true;
	wanted.take = rp_diff_take;
	wanted.ctx = diff;
	wanted.see = rp_diff_see;
	for (i = 0; i < 2; i++) {
		wanted.dir = dirs[i];
		if (rp_diff_open_side(diff, &wanted, i)) {
			if (i)
				rp_reading_close(&diff->readings[0]);
			return -1;
		}
		rp_print_init(&diff->prints[i], &diff->readings[i], false, json);
		diff->prints[i].label = dirs[i];
	}
	rp_tally_init(&diff->flows, sizeof(struct rp_diff_flow));
	rp_tally_init(&diff->answers, sizeof(struct rp_diff_answer));
	return 0;
}

static void rp_diff_count(struct rp_diff *diff)
{
	struct rp_diff_flow **flows = rp_tally_list(&diff->flows);
	size_t i;

	for (i = 0; i < diff->flows.count; i++) {
		if (!flows[i]->times[1])
			diff->only[0]++;
		else if (!flows[i]->times[0])
			diff->only[1]++;
		else if (rp_diff_is_different(flows[i]))
			diff->different++;
		else
			diff->same++;
	}
	free(flows);
}

void rp_diff_read(struct rp_diff *diff)
{
	for (diff->side = 0; diff->side < 2; diff->side++) {
		while (rp_reading_step(&diff->readings[diff->side]))
			;
		rp_reading_drain(&diff->readings[diff->side]);
	}
	rp_diff_count(diff);
}

static void rp_diff_release_flow(void *entry)
{
	struct rp_diff_flow *flow = entry;

	free(flow->was);
	free(flow->json);
}

static void rp_diff_release_answer(void *entry)
{
	struct rp_diff_answer *answer = entry;

	free(answer->cause);
	free(answer->json);
}

void rp_diff_close(struct rp_diff *diff)
{
	rp_tally_exit(&diff->flows, rp_diff_release_flow);
	rp_tally_exit(&diff->answers, rp_diff_release_answer);
	rp_buf_exit(&diff->key);
	rp_memory_close(&diff->memory);
	rp_reading_close(&diff->readings[0]);
	rp_reading_close(&diff->readings[1]);
}
