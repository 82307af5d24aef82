// SPDX-License-Identifier: GPL-2.0
/* Decisions as lines in columns, and their steps below them. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <routeprobe.h>

#include "lib/buf.h"
#include "lib/names.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "source/source.h"
#include "story/decision.h"
#include "story/pipeline.h"
#include "story/story.h"
#include "why/blame.h"
#include "why/origin.h"
#include "words/format.h"
#include "words/lost.h"
#include "words/print.h"
#include "words/selector.h"
#include "words/step.h"

/* As `ip -c` has them */
#define RP_COLOR_OFF		"\033[0m"
#define RP_COLOR_DEV		"\033[36m"
#define RP_COLOR_INET		"\033[35m"
#define RP_COLOR_INET6		"\033[34m"
#define RP_COLOR_GOOD		"\033[32m"
#define RP_COLOR_BAD		"\033[31m"

/*
 * Least widths; what is longer moves the rest of its line.  What matters most
 * stands first, and goes last where a line has to fit.
 */
static const struct rp_column {
	const char *title, *name;
	size_t width;
	unsigned int rank;
} rp_columns[] = {
	{ "TIME", "time", 15, 2 },	{ "NETNS", "netns", 10, 6 },
	{ "OWNER", "owner", 17, 3 },	{ "KIND", "kind", 6, 9 },
	{ "VERDICT", "verdict", 12, 0 },	{ "FLOW", "flow", 42, 1 },
	{ "RULE", "rule", 5, 7 },		{ "TABLE", "table", 7, 8 },
	{ "ROUTE", "route", 18, 4 },	{ "NEXT HOP", "hop", 38, 5 },
	{ "CALLER", "caller", 0, 10 },
};

enum rp_column_id {
	RP_COLUMN_TIME, RP_COLUMN_NETNS, RP_COLUMN_OWNER, RP_COLUMN_KIND, RP_COLUMN_VERDICT,
	RP_COLUMN_FLOW, RP_COLUMN_RULE, RP_COLUMN_TABLE, RP_COLUMN_ROUTE, RP_COLUMN_HOP,
	RP_COLUMN_CALLER,
	RP_COLUMNS,
};

#define RP_COLUMNS_ALL		((1U << RP_COLUMNS) - 1)
#define RP_FLOW_LEAST		24
#define RP_STEP_WIDE		120	/* where steps have wide columns, too */

static bool rp_print_shows(const struct rp_print *p, enum rp_column_id id)
{
	return !p->columns || p->columns & 1U << id;
}

static size_t rp_print_width(const struct rp_print *p, enum rp_column_id id)
{
	if (id == RP_COLUMN_TIME)
		return rp_clock_width(&p->clock);
	return id == RP_COLUMN_FLOW && p->flow_width ? p->flow_width : rp_columns[id].width;
}

int rp_print_choose(struct rp_print *p, const char *names)
{
	size_t len;
	int id;

	for (p->columns = 0; *names; names += len + !!names[len]) {
		len = strcspn(names, ",");
		for (id = 0; id < RP_COLUMNS; id++)
			if (strlen(rp_columns[id].name) == len &&
			    !strncasecmp(rp_columns[id].name, names, len))
				break;
		if (id == RP_COLUMNS)
			return rp_util_err("\"%.*s\" is no column; there are time, netns, owner, kind, verdict, flow, rule, table, route, hop and caller",
					   (int)len, names);
		p->columns |= 1U << id;
	}
	return 0;
}

static size_t rp_print_sum(const struct rp_print *p)
{
	size_t sum = 0;
	int id;

	for (id = 0; id < RP_COLUMN_CALLER; id++)
		if (rp_print_shows(p, id))
			sum += rp_print_width(p, id) + 1;
	return sum;
}

void rp_print_fit(struct rp_print *p, size_t width)
{
	unsigned int last, sum;
	int id;

	if (!width)
		return;
	if (!p->columns)
		p->columns = RP_COLUMNS_ALL;
	if (rp_print_sum(p) <= width)
		return;
	p->flow_width = RP_FLOW_LEAST;
	for (last = RP_COLUMNS; last && (sum = rp_print_sum(p)) > width; last--)
		for (id = 0; id < RP_COLUMNS; id++)
			if (rp_columns[id].rank == last && p->columns & ~(1U << id))
				p->columns &= ~(1U << id);
	sum = rp_print_sum(p);
	if (p->columns & 1U << RP_COLUMN_FLOW && sum < width)
		p->flow_width += width - sum;
}

static void rp_print_newline(struct rp_print *p, size_t start)
{
	struct rp_buf *line = &p->line;

	while (p->columns && line->len > start && line->data[line->len - 1] == ' ')
		line->len--;
	rp_buf_char(line, '\n');
}

static void rp_print_colored(struct rp_print *p, size_t width, const char *color,
			     const char *text)
{
	size_t len = strlen(text);

	if (!p->color || !color) {
		rp_buf_column(&p->line, width, text);
	} else {
		rp_buf_text(&p->line, color);
		rp_buf_put(&p->line, text, len);
		rp_buf_text(&p->line, RP_COLOR_OFF);
		if (len < width)
			rp_buf_spaces(&p->line, width - len);
	}
	rp_buf_char(&p->line, ' ');
}

static void rp_print_column_in(struct rp_print *p, enum rp_column_id id, const char *color,
			       const char *text)
{
	if (rp_print_shows(p, id))
		rp_print_colored(p, rp_print_width(p, id), color, text);
}

static void rp_print_column(struct rp_print *p, enum rp_column_id id, const char *text)
{
	rp_print_column_in(p, id, NULL, text);
}

/* Words that take the place of several columns */
static void rp_print_wide(struct rp_print *p, enum rp_column_id first, enum rp_column_id last,
			  const char *text)
{
	size_t width = 0;

	for (; first <= last; first++)
		if (rp_print_shows(p, first))
			width += (width ? 1 : 0) + rp_print_width(p, first);
	rp_buf_column(&p->line, width, text);
	rp_buf_char(&p->line, ' ');
}

static void rp_print_header(struct rp_print *p)
{
	enum rp_column_id id;

	if (p->began)
		return;
	p->began = true;
	for (id = 0; id < RP_COLUMN_CALLER; id++)
		rp_print_column(p, id, rp_columns[id].title);
	if (rp_print_shows(p, RP_COLUMN_CALLER))
		rp_buf_text(&p->line, rp_columns[RP_COLUMN_CALLER].title);
	rp_print_newline(p, 0);
}

void rp_print_head(struct rp_print *p)
{
	if (p->json)
		return;
	rp_print_header(p);
	rp_buf_flush(&p->line, p->out);
}

static void rp_print_flow(struct rp_print *p, const struct rp_decision *d)
{
	struct rp_text flow;

	rp_print_column_in(p, RP_COLUMN_FLOW, d->rec->family == AF_INET6 ? RP_COLOR_INET6 :
			   RP_COLOR_INET, !d->flow ? "-" :
			   rp_format_flow(&flow, p->fib, d->netns, d->rec->family, d->flow,
					  d->rec->kind));
}

/* What happened to a packet: its flow, and words that need no columns */
static void rp_print_signal(struct rp_print *p, const struct rp_decision *d)
{
	struct rp_text signal;

	rp_print_flow(p, d);
	rp_print_wide(p, RP_COLUMN_RULE, RP_COLUMN_HOP,
		      rp_format_signal(&signal, p->fib, d->netns, d->rec));
}

static void rp_print_body(struct rp_print *p, const struct rp_decision *d)
{
	char rule[RP_DIGITS_MAX + 1] = "-";
	struct rp_text part;

	rp_print_flow(p, d);
	if (d->rule)
		rule[rp_digits(rule, d->rule->rule.priority)] = '\0';
	rp_print_column(p, RP_COLUMN_RULE, rule);
	rp_print_column(p, RP_COLUMN_TABLE, rp_format_table(&part, p->fib, d->table));
	rp_print_column(p, RP_COLUMN_ROUTE, rp_format_match(&part, d));
	rp_print_column_in(p, RP_COLUMN_HOP, RP_COLOR_DEV,
			   rp_format_hop(&part, p->fib, d->netns, d->rec->family, d->route,
					 d->rtable));
}

/* " [1.234 us from fib_lookup]": of a record that has no end no time was measured. */
static void rp_print_took(struct rp_buf *line, const struct rp_record *rec, const char *caller)
{
	if (!rec->duration_ns && !caller) {
		while (line->data[line->len - 1] == ' ')
			line->len--;
		return;
	}
	rp_buf_text(line, " [");
	if (rec->duration_ns) {
		rp_buf_number(line, rec->duration_ns / 1000);
		rp_buf_char(line, '.');
		rp_buf_zeroes(line, 3, rec->duration_ns % 1000);
		rp_buf_text(line, caller ? " us " : " us");
	}
	if (caller) {
		rp_buf_text(line, "from ");
		rp_buf_text(line, caller);
	}
	rp_buf_char(line, ']');
}

static void rp_print_step(struct rp_print *p, const struct rp_node *node,
			  uint32_t netns, int depth)
{
	const struct rp_record *rec = &node->rec;
	bool route = rec->has & RP_HAS_ROUTE && !rp_story_is_signal(rec);
	bool narrow = p->width && p->width < RP_STEP_WIDE;
	int indent = 4 + 2 * depth, words = (narrow ? 30 : 44) - indent;
	struct rp_buf *line = &p->line;
	size_t start = line->len;
	struct rp_text part;

	rp_buf_spaces(line, indent);
	rp_step_what(&part, p, rec, netns);
	rp_buf_column(line, narrow && words < 0 ? 0 : abs(words), part.text);
	rp_buf_char(line, ' ');
	rp_step_verdict(&part, p, rec);
	rp_buf_column(line, narrow ? 5 : 18, part.text);
	if (route) {
		rp_buf_char(line, ' ');
		rp_buf_text(line, rp_format_typed(&part, rec->family, &rec->route));
		rp_buf_char(line, ' ');
		rp_buf_text(line, rp_format_hop(&part, p->fib, netns, rec->family, &rec->route,
						NULL));
	}
	rp_print_took(line, rec, rp_source_caller(p->src, rec->caller));
	rp_print_newline(p, start);
}

static void rp_print_steps(struct rp_print *p, const struct rp_node *node,
			   uint32_t netns, int depth)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &node->inner, link) {
		uint32_t its = rp_decision_netns(&inner->rec, netns);

		rp_print_step(p, inner, its, depth);
		rp_print_steps(p, inner, its, depth + 1);
	}
}

static void rp_print_passed(struct rp_print *p, uint32_t netns)
{
	const struct rp_model_answer *a = &p->passed->answer;
	const struct rp_model_passed *passed;
	struct rp_text rule, selector;
	unsigned int i;

	if (p->passed->word != RP_PASSED_SAME)
		return;
	for (i = 0; i < a->npassed; i++) {
		passed = &a->passed[i];
		if (passed->by == RP_MODEL_FITS)
			continue;	/* it has a step of its own */
		rp_format_rule(&rule, p->fib, &passed->rule->rule);
		rp_format_selector(&selector, p->fib, netns, passed->rule, passed->by,
				   &p->passed->asked.flow);
		rp_buf_text(&p->line, "    rule ");
		rp_buf_text(&p->line, rule.text);
		rp_buf_text(&p->line, " passed over: ");
		rp_buf_text(&p->line, selector.text);
		rp_buf_char(&p->line, '\n');
	}
}

static void rp_print_lost_routes(struct rp_print *p, const struct rp_decision *d)
{
	const struct rp_model_loser *loser;
	struct rp_text part;
	size_t i;

	for (i = 0; i < p->passed->nlosers; i++) {
		loser = &p->passed->losers[i];
		rp_buf_text(&p->line, "    route ");
		rp_buf_text(&p->line, rp_format_route(&part, p->fib, d->netns, d->rec->family,
						      &loser->route));
		rp_buf_text(&p->line, " not taken: ");
		rp_buf_text(&p->line, rp_format_lost(&part, loser, &p->passed->asked.flow));
		rp_buf_char(&p->line, '\n');
	}
}

/* What has no room in a line goes on below its flow. */
static size_t rp_print_hang(const struct rp_print *p)
{
	size_t column = 0;
	int id;

	for (id = 0; id < RP_COLUMN_FLOW; id++)
		if (rp_print_shows(p, id))
			column += rp_print_width(p, id) + 1;
	return rp_print_shows(p, RP_COLUMN_FLOW) ? column : 0;
}

/* Who called and what came of it has no end, so it comes last. */
static void rp_print_tail(struct rp_print *p, const struct rp_decision *d,
			  const char *origin, size_t start)
{
	const char *caller = rp_source_caller(p->src, d->rec->caller);

	if (rp_print_shows(p, RP_COLUMN_CALLER)) {
		rp_buf_text(&p->line, caller ? caller : "-");
		rp_buf_text(&p->line, origin ? " origin " : "");
		rp_buf_text(&p->line, origin ? origin : "");
		rp_buf_text(&p->line, d->node->incomplete ? " (incomplete)" : "");
	}
	rp_print_newline(p, start);
	if (!rp_wrap_width(p->out))
		return;
	rp_wrap_hang(p->out, rp_print_hang(p));
	rp_buf_flush(&p->line, p->out);
	rp_wrap_hang(p->out, 0);
}

void rp_print_text(struct rp_print *p, const struct rp_decision *d)
{
	struct rp_origin origin;
	bool failed = rp_origin_find(&origin, p->src, d);
	int err = failed ? origin.err : d->rec->err;
	struct rp_text part;
	struct rp_name name;
	size_t start;

	rp_print_header(p);
	start = p->line.len;
	rp_print_column(p, RP_COLUMN_TIME, rp_clock_format(&part, &p->clock, d->rec->time_ns));
	rp_print_column(p, RP_COLUMN_NETNS, rp_format_netns(&part, p->fib, d->netns));
	rp_print_column(p, RP_COLUMN_OWNER, rp_format_owner(&part, d->rec));
	rp_print_column(p, RP_COLUMN_KIND, rp_names_kind(rp_decision_kind(d->rec), &name));
	rp_print_column_in(p, RP_COLUMN_VERDICT, err ? RP_COLOR_BAD : RP_COLOR_GOOD,
			   rp_names_error(err, rp_source_reason(p->src, err), &name));
	if (rp_decision_is_change(d->rec))
		rp_print_wide(p, RP_COLUMN_FLOW, RP_COLUMN_HOP,
			      rp_format_change(&part, p->fib, d));
	else if (rp_story_is_signal(d->rec))
		rp_print_signal(p, d);
	else
		rp_print_body(p, d);
	rp_print_tail(p, d, failed ? rp_origin_name(origin.word) : NULL, start);
	if (p->details)
		rp_print_steps(p, d->node, d->netns, 0);
	if (p->passed) {
		rp_print_passed(p, d->netns);
		rp_print_lost_routes(p, d);
	}
	rp_buf_flush(&p->line, p->out);
}

static void rp_print_lost(const struct rp_source *src, FILE *out)
{
	const char *sep = " (";
	size_t i;

	for (i = 0; i < src->nstreams; i++) {
		if (!src->streams[i].lost)
			continue;
		fprintf(out, "%scpu%u %llu", sep, src->streams[i].cpu,
			(unsigned long long)src->streams[i].lost);
		sep = ", ";
	}
	fputs(*sep == ',' ? ")" : "", out);
}

void rp_print_text_end(struct rp_print *p, const struct rp_totals *t, FILE *out)
{
	if (p->label)
		fprintf(out, "%s: ", p->label);
	fprintf(out, "%llu records, %llu decisions",
		(unsigned long long)rp_source_records(p->src),
		(unsigned long long)t->decisions);
	if (t->shown != t->decisions)
		fprintf(out, " (%llu shown)", (unsigned long long)t->shown);
	if (t->incomplete)
		fprintf(out, " (%llu incomplete)", (unsigned long long)t->incomplete);
	fprintf(out, ", %llu lost", (unsigned long long)rp_source_lost(p->src));
	rp_print_lost(p->src, out);
	fprintf(out, ", %llu missed by probes, %llu lookups outside decisions\n",
		(unsigned long long)t->missed, (unsigned long long)t->outside);
	if (t->unknown)
		fprintf(out, "%llu records of a newer kind were passed over: upgrade the reader\n",
			(unsigned long long)t->unknown);
}

void rp_print_decision(struct rp_print *p, const struct rp_decision *d)
{
	if (p->json)
		rp_print_json(p, d);
	else
		rp_print_text(p, d);
}

void rp_print_init(struct rp_print *p, struct rp_reading *r, bool details, bool json)
{
	FILE *out = json ? stdout : rp_wrap(stdout);

	*p = (struct rp_print) {
		.out = out, .width = rp_wrap_width(out), .src = &r->src, .fib = &r->fib,
		.details = details, .json = json,
		.clock = { .session = &r->src.session },
	};
}

bool rp_print_take(void *p, const struct rp_decision *d)
{
	rp_print_decision(p, d);
	return true;
}

int rp_print_finish(struct rp_print *p, struct rp_reading *r)
{
	rp_reading_finish(r);
	if (p->json)
		rp_print_json_end(p, &r->totals);
	rp_buf_exit(&p->line);
	fflush(p->out);
	rp_print_text_end(p, &r->totals, rp_wrap(stderr));
	if (fflush(stdout) || ferror(stdout)) {
		rp_util_err("stdout: not everything could be written");
		return RP_EXIT_DAMAGED;
	}
	return r->src.damaged ? RP_EXIT_DAMAGED : RP_EXIT_OK;
}
