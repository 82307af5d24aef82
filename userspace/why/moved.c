// SPDX-License-Identifier: GPL-2.0
/*
 * Flows that were answered otherwise than before, without failing: each with the change
 * that moved it, and when it came back.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/addr.h"
#include "lib/util.h"
#include "source/stream.h"
#include "story/decision.h"
#include "why/case.h"
#include "why/moved.h"
#include "words/answer.h"
#include "words/format.h"
#include "words/json.h"

#define RP_MOVED_MAX	(1 << 16)

struct rp_moved_flow {
	const char *key;
	const struct rp_moved_answer *now;	/* NULL: it failed since, or was not seen */
	uint64_t now_ns;
	struct rp_move *open;			/* the newest that is not over */
};

static const char *rp_moved_flow_key(struct rp_moved *moved, const struct rp_flow_class *c)
{
	struct rp_buf *key = &moved->key;
	struct rp_fib *fib = &moved->reading.fib;
	struct rp_text part;

	key->len = 0;
	rp_buf_number(key, rp_fib_life(fib, c->netns).until_ns);
	rp_buf_char(key, '\t');
	rp_buf_text(key, rp_format_netns(&part, fib, c->netns));
	rp_buf_char(key, '\t');
	rp_buf_text(key, rp_flow_class_format(&part, fib, c));
	rp_buf_char(key, '\0');
	return key->data;
}

static struct rp_moved_answer *rp_moved_answer(struct rp_moved *moved,
					       const struct rp_decision *d)
{
	struct rp_print *p = &moved->print;
	struct rp_moved_answer *answer;
	struct rp_buf json = { 0 };

	moved->key.len = 0;
	rp_answer_add(&moved->key, p, d);
	rp_buf_char(&moved->key, '\0');
	answer = rp_tally_get(&moved->answers, moved->key.data);
	if (!answer || answer->was.route.table)
		return answer;
	answer->was = (struct rp_answered) {
		.route = *d->route, .has_rule = d->rule, .source = d->rtable->prefsrc,
	};
	if (d->rule)
		answer->was.rule = d->rule->rule;
	if (p->json) {
		rp_json_answer(p, &json, d);
		answer->json = rp_json_text(&json);
	}
	return answer;
}

/* Another leg of the same route is chosen by a hash, and nothing moved. */
static bool rp_moved_is_same(const struct rp_moved_answer *a, const struct rp_moved_answer *b)
{
	const struct rp_route *x = &a->was.route, *y = &b->was.route;

	return a == b || (x->nh_count > 1 && y->nh_count > 1 && x->table == y->table &&
			  x->dst_len == y->dst_len && rp_addr_equal(&x->dst, &y->dst) &&
			  x->metric == y->metric && x->tos == y->tos);
}

static void rp_moved_find_cause(struct rp_moved *moved, const struct rp_moved_flow *flow,
				const struct rp_decision *d, struct rp_past *cause)
{
	const struct rp_answered *was = &flow->now->was;
	struct rp_way way = { .rule = was->rule.priority, .rule_table = was->rule.table };
	struct rp_search s;

	memset(cause, 0, sizeof(*cause));
	rp_search_init(&s, &moved->memory.history, &moved->reading.fib, d, &way);
	s.since_ns = flow->now_ns;
	if (!rp_blame_move(&s, was, cause))
		cause->rec.kind = RP_KIND_NONE;
}

/* Is it as before one of the moves that are not over?  Then that one is, and all since. */
static bool rp_moved_came_back(struct rp_moved *moved, struct rp_moved_flow *flow,
			       const struct rp_moved_answer *answer,
			       const struct rp_decision *d)
{
	struct rp_past cause;
	struct rp_move *move;

	for (move = flow->open; move && !rp_moved_is_same(move->from, answer); move = move->older)
		;
	if (!move)
		return false;
	rp_moved_find_cause(moved, flow, d, &cause);
	for (;; flow->open = flow->open->older) {
		flow->open->back_ns = d->rec->time_ns;
		flow->open->back = cause;
		if (flow->open == move)
			break;
	}
	flow->open = move->older;
	return true;
}

static struct rp_move *rp_moved_move(struct rp_moved *moved, const struct rp_moved_flow *flow,
				     const struct rp_moved_answer *answer)
{
	struct rp_buf *key = &moved->key;

	key->len = 0;
	rp_buf_text(key, flow->key);
	rp_buf_text(key, flow->now->key);
	rp_buf_text(key, answer->key);
	rp_buf_char(key, '\0');
	return rp_tally_get(&moved->moves, key->data);
}

static bool rp_moved_went(struct rp_moved *moved, struct rp_moved_flow *flow,
			  const struct rp_moved_answer *answer, const struct rp_decision *d,
			  const struct rp_flow_class *c)
{
	struct rp_move *move = rp_moved_move(moved, flow, answer);

	if (!move)
		return false;
	if (!move->times) {
		move->flow = *c;
		move->from = flow->now;
		move->to = answer;
		move->first_ns = d->rec->time_ns;
		move->rec = *d->rec;
	}
	move->times++;
	move->last_ns = d->rec->time_ns;
	move->back_ns = 0;
	move->back.rec.kind = RP_KIND_NONE;
	rp_moved_find_cause(moved, flow, d, &move->cause);
	move->ago_ns = move->cause.rec.kind && move->cause.root.time_ns < d->rec->time_ns ?
		       d->rec->time_ns - move->cause.root.time_ns : 0;
	move->older = flow->open;
	flow->open = move;
	return true;
}

static bool rp_moved_take(void *ctx, const struct rp_decision *d)
{
	const struct rp_moved_answer *answer;
	struct rp_moved *moved = ctx;
	struct rp_moved_flow *flow;
	struct rp_flow_class c;
	bool shown = false;

	if (d->node->incomplete || !rp_flow_class_of(&c, d))
		return false;
	flow = rp_tally_get(&moved->flows, rp_moved_flow_key(moved, &c));
	if (flow && (d->rec->err || !d->rtable || !d->route || !d->route->table)) {
		flow->now = NULL;
		flow->open = NULL;
		return false;
	}
	answer = flow ? rp_moved_answer(moved, d) : NULL;
	if (!answer) {
		moved->left_out++;
		return false;
	}
	if (flow->now && !rp_moved_is_same(flow->now, answer)) {
		shown = true;
		if (!rp_moved_came_back(moved, flow, answer, d) &&
		    !rp_moved_went(moved, flow, answer, d, &c))
			moved->left_out++;
		flow->now = NULL;
	}
	if (!flow->now)
		flow->now = answer;
	flow->now_ns = rp_stream_end_ns(d->rec);
	return shown;
}

static void rp_moved_see(void *ctx, const struct rp_decision *d)
{
	struct rp_moved *moved = ctx;

	rp_memory_see(&moved->memory, d);
}

int rp_moved_open(struct rp_moved *moved, struct rp_wanted *w, bool details, bool json)
{
	memset(moved, 0, sizeof(*moved));
	w->see = rp_moved_see;
	w->take = rp_moved_take;
	w->ctx = moved;
	if (rp_memory_open(&moved->memory, &moved->reading, w))
		return -1;
	rp_print_init(&moved->print, &moved->reading, details, json);
	rp_tally_init(&moved->answers, sizeof(struct rp_moved_answer));
	rp_tally_init(&moved->flows, sizeof(struct rp_moved_flow));
	rp_tally_init(&moved->moves, sizeof(struct rp_move));
	moved->moves.max = RP_MOVED_MAX;
	return 0;
}

static void rp_moved_release(void *entry)
{
	struct rp_moved_answer *answer = entry;

	free(answer->json);
}

void rp_moved_close(struct rp_moved *moved)
{
	rp_tally_exit(&moved->answers, rp_moved_release);
	rp_tally_exit(&moved->flows, NULL);
	rp_tally_exit(&moved->moves, NULL);
	rp_buf_exit(&moved->key);
	rp_memory_close(&moved->memory);
	rp_reading_close(&moved->reading);
}
