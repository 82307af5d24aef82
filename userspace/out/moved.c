// SPDX-License-Identifier: GPL-2.0
/* What routeprobe why moved found, as lines or as JSON objects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fib/names.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "out/change.h"
#include "out/row.h"
#include "out/why_words.h"
#include "story/story.h"
#include "why/cause.h"
#include "why/moved.h"
#include "words/answer.h"
#include "words/format.h"
#include "words/json.h"

/* For less than that the words stand below. */
#define RP_MOVED_ROOM	40

static const struct rp_row_column rp_moved_columns[] = {
	{ "LAST", 15, 0, false },	{ "NETNS", 10, 2, false },
	{ "OWNER", 17, 1, false },	{ "TIMES", 6, 0, true },
	{ "FLOW", 42, 0, false },
};

/* ---- as lines ---- */

/* "table main => uplink, hop dev ha => dev hb" */
static void rp_moved_fields(struct rp_buf *b, const struct rp_move *move)
{
	struct rp_text from, to;
	const char *sep = "";
	int i;

	for (i = RP_ANSWER_RULE; i < RP_ANSWER_FIELDS; i++) {
		rp_answer_field(&from, move->from->key, i);
		rp_answer_field(&to, move->to->key, i);
		if (!strcmp(from.text, to.text))
			continue;
		rp_buf_text(b, sep);
		rp_buf_text(b, rp_answer_field_name(i));
		rp_buf_char(b, ' ');
		rp_buf_text(b, from.text);
		rp_buf_text(b, " => ");
		rp_buf_text(b, to.text);
		sep = ", ";
	}
}

static void rp_moved_change(struct rp_buf *b, struct rp_moved *moved, const struct rp_move *move,
			    const struct rp_past *past)
{
	struct rp_text change = { "", 0 }, owner;

	rp_why_add_change(&change, &moved->reading.fib, move->flow.netns, past);
	rp_buf_text(b, change.text);
	if (!rp_cause_has_owner(past))
		return;
	rp_buf_text(b, " by ");
	rp_buf_text(b, rp_format_owner(&owner, &past->root));
}

static void rp_moved_seconds(struct rp_buf *b, uint64_t ns)
{
	rp_buf_char(b, ' ');
	rp_buf_number(b, ns / RP_NSEC_PER_SEC);
	rp_buf_char(b, '.');
	rp_buf_zeroes(b, 3, ns % RP_NSEC_PER_SEC / 1000000);
	rp_buf_text(b, " s");
}

static void rp_moved_answer_line(FILE *out, char sign, const struct rp_moved_answer *answer)
{
	struct rp_text text;
	int i;

	fprintf(out, "    %c", sign);
	for (i = RP_ANSWER_RULE; i < RP_ANSWER_FIELDS; i++)
		fprintf(out, " %s %s", rp_answer_field_name(i),
			rp_answer_field(&text, answer->key, i));
	fputc('\n', out);
}

/* What moved, because of what, and what took it back */
static void rp_moved_words(struct rp_buf *b, struct rp_moved *moved, const struct rp_move *move)
{
	rp_moved_fields(b, move);
	if (move->cause.rec.kind) {
		rp_buf_text(b, "; ");
		rp_moved_change(b, moved, move, &move->cause);
		rp_moved_seconds(b, move->ago_ns);
		rp_buf_text(b, " earlier");
	}
	if (move->back_ns) {
		rp_buf_text(b, "; back after");
		rp_moved_seconds(b, move->back_ns - move->last_ns);
	}
	if (move->back.rec.kind) {
		rp_buf_text(b, ": ");
		rp_moved_change(b, moved, move, &move->back);
	}
	rp_buf_char(b, '\0');
}

static void rp_moved_lines(struct rp_moved *moved, const struct rp_move *move)
{
	struct rp_print *p = &moved->print;
	struct rp_text time, netns, owner, flow;
	char times[24];
	const char *const texts[] = {
		rp_clock_format(&time, &p->clock, move->last_ns),
		rp_format_netns(&netns, p->fib, move->flow.netns),
		rp_format_owner(&owner, &move->rec), times,
		rp_format_flow(&flow, p->fib, move->flow.netns, move->flow.family,
			       &move->flow.flow, move->flow.kind),
	};
	struct rp_row row;

	rp_row_init(&row, p->out, rp_moved_columns, RP_ARRAY_SIZE(rp_moved_columns),
		    rp_clock_width(&p->clock), RP_MOVED_ROOM);
	if (!p->began)
		rp_row_header(&row, "MOVED");
	p->began = true;
	snprintf(times, sizeof(times), "%llu", (unsigned long long)move->times);
	rp_moved_words(&p->line, moved, move);
	rp_row_print(&row, texts, p->line.data);
	p->line.len = 0;
	if (!p->details)
		return;
	rp_moved_answer_line(p->out, '-', move->from);
	rp_moved_answer_line(p->out, '+', move->to);
}

/* ---- as JSON ---- */

static void rp_moved_json_answer(struct rp_buf *b, const char *name,
				 const struct rp_moved_answer *answer)
{
	rp_json_open(b, name, '{');
	rp_json_add(b, answer->json);
	rp_json_close(b, '}');
}

static void rp_moved_json_differs(struct rp_buf *b, const struct rp_move *move)
{
	struct rp_text from, to;
	const char *name;
	int i;

	rp_json_open(b, "differs", '[');
	for (i = RP_ANSWER_RULE; i < RP_ANSWER_FIELDS; i++) {
		name = rp_answer_field_name(i);
		if (strcmp(rp_answer_field(&from, move->from->key, i),
			   rp_answer_field(&to, move->to->key, i)))
			rp_json_item(b, name, strlen(name));
	}
	rp_json_close(b, ']');
}

static void rp_moved_json(struct rp_moved *moved, const struct rp_move *move)
{
	struct rp_print *p = &moved->print;
	struct rp_buf *b = rp_json_begin(p);

	rp_json_string(b, "kind", "moved");
	rp_json_netns(p, b, move->flow.netns);
	rp_flow_class_json(p, b, &move->flow);
	rp_json_number(b, "times", move->times);
	rp_json_time(p, b, "first_ns", "first_realtime_ns", move->first_ns);
	rp_json_time(p, b, "time_ns", "realtime_ns", move->last_ns);
	rp_json_who(b, &move->rec);
	rp_moved_json_differs(b, move);
	rp_moved_json_answer(b, "from", move->from);
	rp_moved_json_answer(b, "to", move->to);
	if (move->cause.rec.kind) {
		rp_json_open(b, "cause", '{');
		rp_json_change(p, b, move->flow.netns, &move->cause);
		rp_json_number(b, "ago_ns", move->ago_ns);
		rp_json_close(b, '}');
	}
	if (move->back_ns) {
		rp_json_open(b, "back", '{');
		rp_json_time(p, b, "time_ns", "realtime_ns", move->back_ns);
		if (move->back.rec.kind) {
			rp_json_open(b, "cause", '{');
			rp_json_change(p, b, move->flow.netns, &move->back);
			rp_json_close(b, '}');
		}
		rp_json_close(b, '}');
	}
	rp_json_end(p);
}

static int rp_moved_compare(const void *a, const void *b)
{
	const struct rp_move *x = *(struct rp_move *const *)a;
	const struct rp_move *y = *(struct rp_move *const *)b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return strcmp(x->key, y->key);
}

void rp_print_moved(struct rp_moved *moved, uint64_t before_ns, bool grown)
{
	struct rp_move **moves = rp_tally_list(&moved->moves), *move;
	uint64_t now, before;
	size_t i;

	qsort(moves, moved->moves.count, sizeof(*moves), rp_moved_compare);
	for (i = 0; i < moved->moves.count; i++) {
		move = moves[i];
		now = 2 * move->times + !!move->back_ns;
		if (move->first_ns >= before_ns ||
		    (move->shown && (!grown || move->shown == now)))
			continue;
		move->shown = now;
		before = rp_fib_at(&moved->reading.fib, move->first_ns);
		if (moved->print.json)
			rp_moved_json(moved, move);
		else
			rp_moved_lines(moved, move);
		rp_fib_at(&moved->reading.fib, before);
	}
	free(moves);
}

void rp_print_moved_end(struct rp_moved *moved)
{
	if (moved->left_out)
		fprintf(rp_wrap(stderr), "%llu decisions of more flows than can be kept were left out\n",
			(unsigned long long)moved->left_out);
}
