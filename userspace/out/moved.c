// SPDX-License-Identifier: GPL-2.0
/* What routeprobe why moved found, as lines or as JSON objects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fib/names.h"
#include "lib/util.h"
#include "out/change.h"
#include "story/story.h"
#include "why/cause.h"
#include "why/moved.h"
#include "why/why_words.h"
#include "words/answer.h"
#include "words/format.h"
#include "words/json.h"

#define RP_MOVED_FORMAT	"%-*s %-10s %-17s %6s %-42s "

/* ---- as lines ---- */

static void rp_moved_header(struct rp_print *p)
{
	if (p->began)
		return;
	p->began = true;
	fprintf(p->out, RP_MOVED_FORMAT "%s\n", (int)rp_clock_width(&p->clock), "LAST", "NETNS",
		"OWNER", "TIMES", "FLOW", "MOVED");
}

/* "table main => uplink, hop dev ha => dev hb" */
static void rp_moved_fields(FILE *out, const struct rp_move *move)
{
	struct rp_text from, to;
	const char *sep = "";
	int i;

	for (i = RP_ANSWER_RULE; i < RP_ANSWER_FIELDS; i++) {
		rp_answer_field(&from, move->from->key, i);
		rp_answer_field(&to, move->to->key, i);
		if (!strcmp(from.text, to.text))
			continue;
		fprintf(out, "%s%s %s => %s", sep, rp_answer_field_name(i), from.text, to.text);
		sep = ", ";
	}
}

static void rp_moved_change(struct rp_moved *moved, const struct rp_move *move,
			    const struct rp_past *past)
{
	struct rp_text change = { "", 0 }, owner;

	rp_why_add_change(&change, &moved->reading.fib, move->flow.netns, past);
	fprintf(moved->print.out, "%s", change.text);
	if (rp_cause_has_owner(past))
		fprintf(moved->print.out, " by %s", rp_format_owner(&owner, &past->root));
}

static void rp_moved_seconds(FILE *out, uint64_t ns)
{
	fprintf(out, " %llu.%03llu s", (unsigned long long)(ns / RP_NSEC_PER_SEC),
		(unsigned long long)(ns % RP_NSEC_PER_SEC / 1000000));
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

static void rp_moved_lines(struct rp_moved *moved, const struct rp_move *move)
{
	struct rp_print *p = &moved->print;
	struct rp_text time, netns, owner, flow;
	char times[24];

	rp_moved_header(p);
	snprintf(times, sizeof(times), "%llu", (unsigned long long)move->times);
	fprintf(p->out, RP_MOVED_FORMAT, (int)rp_clock_width(&p->clock),
		rp_clock_format(&time, &p->clock, move->last_ns),
		rp_format_netns(&netns, p->fib, move->flow.netns),
		rp_format_owner(&owner, &move->rec), times,
		rp_format_flow(&flow, p->fib, move->flow.netns, move->flow.family,
			       &move->flow.flow, move->flow.kind));
	rp_moved_fields(p->out, move);
	if (move->cause.rec.kind) {
		fputs("; ", p->out);
		rp_moved_change(moved, move, &move->cause);
		rp_moved_seconds(p->out, move->ago_ns);
		fputs(" earlier", p->out);
	}
	if (move->back_ns) {
		fputs("; back after", p->out);
		rp_moved_seconds(p->out, move->back_ns - move->last_ns);
	}
	if (move->back.rec.kind) {
		fputs(": ", p->out);
		rp_moved_change(moved, move, &move->back);
	}
	fputc('\n', p->out);
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
		fprintf(stderr, "%llu decisions of more flows than can be kept were left out\n",
			(unsigned long long)moved->left_out);
}
