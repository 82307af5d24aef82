// SPDX-License-Identifier: GPL-2.0
/* Differences between two recordings, as lines or as JSON objects. */
#include <stdlib.h>
#include <string.h>

#include "count/diff.h"
#include "fib/names.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "out/change.h"
#include "out/why_words.h"
#include "why/cause.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"

static const char *const rp_diff_sides[2] = { "a", "b" };

/* "-" only A said it, "+" only B did, " " both did */
static char rp_diff_sign(const struct rp_diff_answer *answer)
{
	if (!answer->times[1])
		return '-';
	return answer->times[0] ? ' ' : '+';
}

/* "; ha set down by ip[7]" */
static void rp_diff_print_cause(const struct rp_print *p, const struct rp_diff_answer *answer)
{
	struct rp_text change = { "", 0 }, owner;

	if (!answer->cause)
		return;
	rp_fib_at(p->fib, answer->cause->root.time_ns);
	rp_why_add_change(&change, p->fib, answer->cause->root.netns, answer->cause);
	fprintf(p->out, "; %s", change.text);
	if (rp_cause_has_owner(answer->cause))
		fprintf(p->out, " by %s", rp_format_owner(&owner, &answer->cause->root));
}

static void rp_diff_print_answer(const struct rp_print *p, const struct rp_diff_answer *answer)
{
	FILE *out = p->out;
	struct rp_text text[RP_ANSWER_FIELDS];
	int i;

	for (i = 0; i < RP_ANSWER_FIELDS; i++)
		rp_diff_field(&text[i], answer, i);
	fprintf(out, "%c %s rule %s table %s %s %s src %s", rp_diff_sign(answer),
		text[RP_ANSWER_VERDICT].text, text[RP_ANSWER_RULE].text,
		text[RP_ANSWER_TABLE].text, text[RP_ANSWER_ROUTE].text,
		text[RP_ANSWER_HOP].text, text[RP_ANSWER_SOURCE].text);
	fprintf(out, " (%llu)", (unsigned long long)(answer->times[0] + answer->times[1]));
	rp_diff_print_cause(p, answer);
	fputc('\n', out);
}

static void rp_diff_print_text(const struct rp_print *p, const struct rp_diff_flow *flow,
			       bool different)
{
	FILE *out = p->out;
	const char *words = strchr(flow->key, '\t') + 1;
	const struct rp_diff_answer *answer;
	const char *sep = ": ";
	int i;

	fprintf(out, "%.*s %s", (int)(words - 1 - flow->key), flow->key, words);
	for (i = 0; different && i < RP_ANSWER_FIELDS; i++) {
		if (!rp_diff_differs(flow, i))
			continue;
		fprintf(out, "%s%s", sep, rp_answer_field_name(i));
		sep = ", ";
	}
	if (!different)
		fprintf(out, ": only in %s", flow->times[0] ? "A" : "B");
	fputc('\n', out);
	STAILQ_FOREACH(answer, &flow->answers, link)
		rp_diff_print_answer(p, answer);
}

static void rp_diff_json_cause(struct rp_print *p, struct rp_buf *b, const struct rp_past *cause)
{
	rp_json_open(b, "cause", '{');
	rp_json_change(p, b, cause->root.netns, cause);
	rp_json_close(b, '}');
}

/* @second: of the second recording, which the causes are of */
static void rp_diff_json_side(struct rp_print *second, struct rp_buf *b,
			      const struct rp_diff_flow *flow, unsigned int side)
{
	const struct rp_diff_answer *answer;

	rp_json_open(b, rp_diff_sides[side], '[');
	STAILQ_FOREACH(answer, &flow->answers, link) {
		if (!answer->times[side])
			continue;
		rp_json_open(b, NULL, '{');
		rp_json_number(b, "times", answer->times[side]);
		rp_json_add(b, answer->json);
		if (answer->cause)
			rp_diff_json_cause(second, b, answer->cause);
		rp_json_close(b, '}');
	}
	rp_json_close(b, ']');
}

static void rp_diff_print_json(struct rp_diff *diff, const struct rp_diff_flow *flow,
			       bool different)
{
	struct rp_print *p = &diff->prints[0];
	struct rp_buf *b = rp_json_begin(p);
	unsigned int side;
	int i;

	rp_json_string(b, "kind", "diff");
	rp_json_add(b, flow->json);
	rp_json_open(b, "differs", '[');
	for (i = 0; different && i < RP_ANSWER_FIELDS; i++)
		if (rp_diff_differs(flow, i))
			rp_json_item(b, rp_answer_field_name(i), strlen(rp_answer_field_name(i)));
	rp_json_close(b, ']');
	for (side = 0; side < 2; side++)
		rp_diff_json_side(&diff->prints[1], b, flow, side);
	rp_json_end(p);
}

static void rp_diff_summary(struct rp_diff *diff, struct rp_print *p)
{
	struct rp_buf *b;

	if (p->json) {
		b = rp_json_begin(p);
		rp_json_string(b, "kind", "summary");
		rp_json_number(b, "different", diff->different);
		rp_json_number(b, "same", diff->same);
		rp_json_number(b, "only_a", diff->only[0]);
		rp_json_number(b, "only_b", diff->only[1]);
		rp_json_number(b, "left_out", diff->left_out);
		rp_json_end(p);
	}
	fflush(p->out);
	fprintf(rp_wrap(stderr), "%llu flows differ, %llu do not, %llu only in A, %llu only in B\n",
		(unsigned long long)diff->different, (unsigned long long)diff->same,
		(unsigned long long)diff->only[0], (unsigned long long)diff->only[1]);
	if (diff->left_out)
		rp_util_warn("%llu decisions were not compared: more than %d flows or answers",
			     (unsigned long long)diff->left_out, RP_TALLY_MAX);
}

void rp_print_diff(struct rp_diff *diff, bool all)
{
	struct rp_print *p = &diff->prints[0];
	struct rp_diff_flow **flows;
	bool different;
	size_t i;

	flows = rp_tally_sorted(&diff->flows);
	for (i = 0; i < diff->flows.count; i++) {
		different = rp_diff_is_different(flows[i]);
		if (!different && (!all || (flows[i]->times[0] && flows[i]->times[1])))
			continue;
		if (p->json)
			rp_diff_print_json(diff, flows[i], different);
		else
			rp_diff_print_text(&diff->prints[1], flows[i], different);
	}
	rp_diff_summary(diff, p);
	free(flows);
}
