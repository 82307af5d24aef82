// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions as JSON, one object a line, in the words of `ip -j route` and
 * `ip -j rule`.
 */
#include <routeprobe.h>

#include "lib/addr.h"
#include "lib/buf.h"
#include "lib/names.h"
#include "source/source.h"
#include "story/decision.h"
#include "story/pipeline.h"
#include "story/story.h"
#include "why/blame.h"
#include "why/origin.h"
#include "words/format.h"
#include "words/json.h"
#include "words/lost.h"
#include "words/print.h"
#include "words/selector.h"

/* What came with a signal: from whom, and which ICMP error, PMTU or hook */
static void rp_json_signal(struct rp_buf *b, const struct rp_record *rec)
{
	struct rp_text ip;
	struct rp_name name;

	if (!(rec->has & RP_HAS_SIGNAL))
		return;
	if (!rp_addr_is_any(&rec->signal.from))
		rp_json_string(b, "from", rp_format_ip(&ip, rec->family, &rec->signal.from));
	if (rec->kind == RP_KIND_NETFILTER)
		rp_json_string(b, "hook", rp_names_hook(rec->signal.hook, &name));
	else if (rec->kind == RP_KIND_EXCEPTION || rec->kind == RP_KIND_REFUSED)
		rp_json_nonzero(b, "mtu", rec->signal.info);
	else
		rp_json_icmp(b, rec->family, &rec->signal);
}

static void rp_json_step(struct rp_print *p, struct rp_buf *b, const struct rp_record *rec,
			 uint32_t netns, int depth)
{
	const struct rp_probe *probe = rp_source_probe(p->src, rec->probe);
	struct rp_name name;

	rp_json_open(b, NULL, '{');
	rp_json_string(b, "kind", rp_names_kind(rec->kind, &name));
	rp_json_string(b, "probe", probe ? probe->name : NULL);
	rp_json_number(b, "depth", depth);
	rp_json_number(b, "time_ns", rec->time_ns);
	if (rec->duration_ns)
		rp_json_number(b, "duration_ns", rec->duration_ns);
	rp_json_string(b, "caller", rp_source_caller(p->src, rec->caller));
	if (rec->has & RP_HAS_FLOW)
		rp_json_flow(p, b, rec->family, &rec->flow, netns);
	if (rec->has & RP_HAS_RULE)
		rp_json_rule(p, b, &rec->rule);
	if (rec->has & RP_HAS_CHANGE) {
		rp_json_string(b, "event", rp_names_change(rec->change.op, &name));
		rp_json_nonzero(b, "mtu", rec->change.mtu);
	}
	rp_json_signal(b, rec);
	rp_json_table(p, b, rec->route.table);
	if (rec->has & RP_HAS_ROUTE)
		rp_json_way(p, b, netns, rec->family, &rec->route, &rec->route);
	rp_json_string(b, "verdict", rp_names_verdict(rec->verdict, &name));
	if (rec->err && rec->verdict != RP_VERDICT_NEXT)
		rp_json_error(p, b, "error", rec->err);
	rp_json_close(b, '}');
}

static void rp_json_steps(struct rp_print *p, struct rp_buf *b, const struct rp_node *node,
			  uint32_t netns, int depth)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &node->inner, link) {
		uint32_t its = rp_decision_netns(&inner->rec, netns);

		rp_json_step(p, b, &inner->rec, its, depth);
		rp_json_steps(p, b, inner, its, depth + 1);
	}
}

static void rp_json_change(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;
	unsigned int pos = 0;
	struct rp_name name;
	const char *flag;

	if (rec->kind == RP_KIND_RULE_EVENT) {
		rp_json_string(b, "event", rp_names_change(rec->rule.op, &name));
		rp_json_rule(p, b, &rec->rule);
		return;
	}
	if (rec->kind == RP_KIND_SYSCTL_EVENT) {
		rp_json_setting(p, b, d->netns, rec);
		return;
	}
	rp_json_string(b, "event", rp_names_change(rec->change.op, &name));
	rp_json_table(p, b, rec->route.table);
	if (rp_decision_is_flush(rec))
		rp_json_number(b, "count", rec->change.count);
	else
		rp_json_way(p, b, d->netns, rec->family, &rec->route, &rec->route);
	if (rec->kind == RP_KIND_LINK_EVENT && rec->family == AF_INET6 && rec->change.count)
		rp_json_number(b, "count", rec->change.count);
	rp_json_nonzero(b, "mtu", rec->change.mtu);
	rp_json_open(b, "nlflags", '[');
	while ((flag = rp_names_nl_flag(rec->change.nlflags, &pos)))
		rp_json_item(b, flag, strlen(flag));
	rp_json_close(b, ']');
}

static void rp_json_who(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;
	struct rp_name name;

	rp_json_string(b, "kind", rp_names_kind(rp_decision_kind(rec), &name));
	rp_json_family(b, rec->family);
	rp_json_number(b, "time_ns", rec->time_ns);
	rp_json_number(b, "realtime_ns", rp_session_realtime(&p->src->session, rec->time_ns));
	if (rec->duration_ns)
		rp_json_number(b, "duration_ns", rec->duration_ns);
	rp_json_number(b, "cpu", rec->cpu);
	rp_json_netns(p, b, d->netns);
	rp_json_string(b, "context", rp_names_context(rec->context, &name));
	if (rec->context == RP_CONTEXT_TASK) {
		rp_json_task(b, rec);
		rp_json_number(b, "tid", rec->tid);
	}
	rp_json_string(b, "caller", rp_source_caller(p->src, rec->caller));
}

static void rp_json_passed(struct rp_print *p, struct rp_buf *b, uint32_t netns)
{
	const struct rp_model_answer *a = &p->passed->answer;
	const struct rp_model_passed *passed;
	struct rp_text selector;
	unsigned int i;

	rp_json_open(b, "passed_over", '[');
	for (i = 0; i < a->npassed; i++) {
		passed = &a->passed[i];
		if (passed->by == RP_MODEL_FITS)
			continue;
		rp_format_selector(&selector, p->fib, netns, passed->rule, passed->by,
				   &p->passed->asked.flow);
		rp_json_open(b, NULL, '{');
		rp_json_rule(p, b, &passed->rule->rule);
		rp_json_string(b, "selector", rp_selector_name(passed->by));
		rp_json_string(b, "why", selector.text);
		rp_json_close(b, '}');
	}
	rp_json_close(b, ']');
}

static void rp_json_not_taken(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	const struct rp_model_loser *loser;
	struct rp_text why;
	size_t i;

	rp_json_open(b, "not_taken", '[');
	for (i = 0; i < p->passed->nlosers; i++) {
		loser = &p->passed->losers[i];
		rp_json_open(b, NULL, '{');
		rp_json_way(p, b, d->netns, d->rec->family, &loser->route, &loser->route);
		rp_json_string(b, "reason", rp_lost_name(loser->by));
		rp_json_string(b, "why", rp_format_lost(&why, loser, &p->passed->asked.flow));
		rp_json_close(b, '}');
	}
	rp_json_close(b, ']');
}

void rp_print_json(struct rp_print *p, const struct rp_decision *d)
{
	struct rp_buf *b = rp_json_begin(p);
	struct rp_origin origin;

	rp_json_who(p, b, d);
	if (rp_decision_is_change(d->rec)) {
		rp_json_change(p, b, d);
	} else {
		if (d->flow)
			rp_json_flow(p, b, d->rec->family, d->flow, d->netns);
		rp_json_signal(b, d->rec);
		rp_json_answer(p, b, d);
	}
	if (rp_origin_find(&origin, p->src, d)) {
		rp_json_error(p, b, "verdict", origin.err);
		rp_json_string(b, "origin", rp_origin_name(origin.word));
	} else {
		rp_json_error(p, b, "verdict", d->rec->err);
	}
	rp_json_bool(b, "incomplete", d->node->incomplete);
	rp_json_open(b, "steps", '[');
	rp_json_steps(p, b, d->node, d->netns, 0);
	rp_json_close(b, ']');
	if (p->passed && p->passed->word == RP_PASSED_SAME)
		rp_json_passed(p, b, d->netns);
	if (p->passed && p->passed->nlosers)
		rp_json_not_taken(p, b, d);
	if (p->passed && p->passed->word)
		rp_json_string(b, "model", p->passed->word == RP_PASSED_SAME ? "same" : "differs");
	rp_json_end(p);
}

void rp_print_json_end(struct rp_print *p, const struct rp_totals *t)
{
	struct rp_buf *b = rp_json_begin(p);
	char name[16];
	size_t i;

	rp_json_string(b, "kind", "end");
	rp_json_string(b, "recording", p->label);
	rp_json_number(b, "records", rp_source_records(p->src));
	rp_json_number(b, "decisions", t->decisions);
	rp_json_number(b, "shown", t->shown);
	rp_json_number(b, "incomplete", t->incomplete);
	rp_json_number(b, "lost", rp_source_lost(p->src));
	rp_json_open(b, "lost_by_cpu", '{');
	for (i = 0; i < p->src->nstreams; i++) {
		snprintf(name, sizeof(name), "cpu%u", p->src->streams[i].cpu);
		rp_json_nonzero(b, name, p->src->streams[i].lost);
	}
	rp_json_close(b, '}');
	rp_json_number(b, "missed", t->missed);
	rp_json_number(b, "outside", t->outside);
	rp_json_number(b, "unknown", t->unknown);
	rp_json_bool(b, "damaged", p->src->damaged);
	rp_json_end(p);
}
