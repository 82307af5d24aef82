// SPDX-License-Identifier: GPL-2.0
/* Decisions as lines in columns, and their steps below them. */
#include <errno.h>
#include <string.h>

#include <routeprobe.h>

#include "lib/names.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/decision.h"
#include "story/pipeline.h"
#include "story/story.h"
#include "why/origin.h"
#include "words/format.h"
#include "words/print.h"

/*
 * Least widths; what is longer moves the rest of its line.  What matters most
 * stands first, for terminals that are not as wide.
 */
#define RP_HEAD_FORMAT	"%-15s %-10s %-17s %-6s %-12s "
#define RP_BODY_FORMAT	"%-42s %-5s %-7s %-18s %-38s "
#define RP_BODY_WIDTH	114
#define RP_TAIL_FORMAT	"%s%s%s%s\n"

static void rp_print_header(struct rp_print *p)
{
	if (p->began)
		return;
	p->began = true;
	fprintf(p->out, RP_HEAD_FORMAT RP_BODY_FORMAT RP_TAIL_FORMAT,
		"TIME", "NETNS", "OWNER", "KIND", "VERDICT", "FLOW", "RULE",
		"TABLE", "ROUTE", "NEXT HOP", "CALLER", "", "", "");
}

/* What happened to a packet: its flow, and words that need no columns */
static void rp_print_signal(struct rp_print *p, const struct rp_decision *d)
{
	struct rp_text flow = { "-", 1 }, signal;

	if (d->flow)
		rp_format_flow(&flow, p->fib, d->netns, d->rec->family, d->flow,
			       d->rec->kind);
	fprintf(p->out, "%-42s %-*s ", flow.text, RP_BODY_WIDTH - 43,
		rp_format_signal(&signal, p->fib, d->netns, d->rec));
}

static void rp_print_body(struct rp_print *p, const struct rp_decision *d)
{
	struct rp_text flow = { "-", 1 }, table, match, hop;
	char rule[16] = "-";

	if (d->flow)
		rp_format_flow(&flow, p->fib, d->netns, d->rec->family, d->flow,
			       d->rec->kind);
	if (d->rule)
		snprintf(rule, sizeof(rule), "%u", d->rule->rule.priority);
	fprintf(p->out, RP_BODY_FORMAT, flow.text, rule,
		rp_format_table(&table, p->fib, d->table),
		rp_format_match(&match, d),
		rp_format_hop(&hop, p->fib, d->netns, d->rec->family, d->route, d->rtable));
}

/* What one step asked or answered, without its verdict */
static void rp_print_step_what(struct rp_print *p, struct rp_text *what,
			       const struct rp_record *rec, uint32_t netns)
{
	struct rp_text part;
	struct rp_name name;

	what->len = 0;
	rp_format_add(what, "%s", rp_names_kind(rec->kind, &name));
	if (rec->has & RP_HAS_RULE)
		rp_format_add(what, " %s", rp_format_rule(&part, p->fib, &rec->rule));
	if (rec->kind == RP_KIND_EVENT)
		rp_format_add(what, " %s", rp_names_change(rec->change.op, &name));
	if (rec->kind == RP_KIND_LOOKUP)
		rp_format_add(what, " %s",
			      rp_format_table(&part, p->fib, rec->route.table));
	if (rec->kind == RP_KIND_VALIDATE && rec->has & RP_HAS_FLOW)
		rp_format_add(what, " %s", rp_format_flow(&part, p->fib, netns, rec->family,
							  &rec->flow, rec->kind));
	if (rp_story_is_signal(rec))
		rp_format_add(what, " %s", rp_format_signal(&part, p->fib, netns, rec));
}

/* "next" and "hit" need no number; a refusal is named. */
static void rp_print_step_verdict(struct rp_print *p, struct rp_text *verdict,
				  const struct rp_record *rec)
{
	struct rp_name name;

	verdict->len = 0;
	if (rec->kind == RP_KIND_SUPPRESS && rec->rule.suppressed)
		rp_format_add(verdict, "suppressed");
	else if (rec->kind == RP_KIND_RULES && rec->err == -ESRCH)
		rp_format_add(verdict, "none decided");
	else
		rp_format_add(verdict, "%s", rp_names_verdict(rec->verdict, &name));
	if (rec->err && rec->err != -ESRCH && rec->verdict != RP_VERDICT_NEXT)
		rp_format_add(verdict, " %s",
			      rp_names_error(rec->err, rp_source_reason(p->src, rec->err),
					     &name));
}

const char *rp_print_step_text(struct rp_text *t, struct rp_print *p,
			       const struct rp_record *rec, uint32_t netns)
{
	struct rp_text verdict, route;

	rp_print_step_what(p, t, rec, netns);
	if (rp_story_is_signal(rec) && !rec->err)
		return t->text;
	rp_print_step_verdict(p, &verdict, rec);
	rp_format_add(t, ": %s", verdict.text);
	if (rec->has & RP_HAS_ROUTE && !rp_story_is_signal(rec))
		rp_format_add(t, " %s", rp_format_route(&route, p->fib, netns,
							rec->family, &rec->route));
	return t->text;
}

static void rp_print_step(struct rp_print *p, const struct rp_node *node,
			  uint32_t netns, int depth)
{
	const struct rp_record *rec = &node->rec;
	bool route = rec->has & RP_HAS_ROUTE && !rp_story_is_signal(rec);
	struct rp_text what, verdict, match = { "", 0 }, hop = { "", 0 };
	const char *caller = rp_source_caller(p->src, rec->caller);
	int indent = 4 + 2 * depth;

	rp_print_step_what(p, &what, rec, netns);
	rp_print_step_verdict(p, &verdict, rec);
	fprintf(p->out, "%*s%-*s %-18s", indent, "", 44 - indent, what.text,
		verdict.text);
	if (route)
		fprintf(p->out, " %s %s", rp_format_typed(&match, rec->family, &rec->route),
			rp_format_hop(&hop, p->fib, netns, rec->family, &rec->route, NULL));
	fprintf(p->out, " [%llu.%03llu us%s%s]\n",
		(unsigned long long)rec->duration_ns / 1000,
		(unsigned long long)rec->duration_ns % 1000,
		caller ? " from " : "", caller ? caller : "");
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

void rp_print_text(struct rp_print *p, const struct rp_decision *d)
{
	const char *caller = rp_source_caller(p->src, d->rec->caller);
	struct rp_text time, netns, owner, change;
	struct rp_name kind, verdict;
	struct rp_origin origin;
	bool failed = rp_origin_find(&origin, p->src, d);
	int err = failed ? origin.err : d->rec->err;

	rp_print_header(p);
	fprintf(p->out, RP_HEAD_FORMAT,
		rp_format_time(&time, d->rec->time_ns +
			       p->src->session.clock_offset_ns),
		rp_format_netns(&netns, p->fib, d->netns),
		rp_format_owner(&owner, d->rec),
		rp_names_kind(rp_decision_kind(d->rec), &kind),
		rp_names_error(err, rp_source_reason(p->src, err), &verdict));
	if (rp_decision_is_change(d->rec))
		fprintf(p->out, "%-*s ", RP_BODY_WIDTH,
			rp_format_change(&change, p->fib, d));
	else if (rp_story_is_signal(d->rec))
		rp_print_signal(p, d);
	else
		rp_print_body(p, d);
	fprintf(p->out, RP_TAIL_FORMAT, caller ? caller : "-", failed ? " origin " : "",
		failed ? rp_origin_name(origin.word) : "",
		d->node->incomplete ? " (incomplete)" : "");
	if (p->details)
		rp_print_steps(p, d->node, d->netns, 0);
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
	*p = (struct rp_print) {
		.out = stdout, .src = &r->src, .fib = &r->fib,
		.details = details, .json = json,
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
	fflush(p->out);
	rp_print_text_end(p, &r->totals, stderr);
	if (fflush(stdout) || ferror(stdout)) {
		rp_util_err("stdout: not everything could be written");
		return RP_EXIT_DAMAGED;
	}
	return r->src.damaged ? RP_EXIT_DAMAGED : RP_EXIT_OK;
}
