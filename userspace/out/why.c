// SPDX-License-Identifier: GPL-2.0
/* What routeprobe why found, as lines or as JSON objects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/names.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "out/change.h"
#include "out/journal.h"
#include "out/row.h"
#include "out/why_words.h"
#include "source/source.h"
#include "why/limit.h"
#include "why/why.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"
#include "words/selector.h"
#include "words/setting.h"

/* For less than that the words stand below. */
#define RP_WHY_ROOM	40

static const struct rp_row_column rp_why_columns[] = {
	{ "LAST", 15, 0, false },	{ "NETNS", 10, 4, false },
	{ "OWNER", 17, 2, false },	{ "TIMES", 6, 0, true },
	{ "TOLD", 5, 5, true },		{ "ORIGIN", 10, 3, false },
	{ "VERDICT", 12, 0, false },	{ "FLOW", 42, 0, false },
};

/* ---- as lines ---- */

static void rp_why_header(struct rp_print *p, const struct rp_row *row)
{
	if (p->began)
		return;
	p->began = true;
	rp_row_header(row, "WHY");
}

static void rp_why_row(struct rp_why *why, const struct rp_why_group *group)
{
	struct rp_print *p = &why->print;
	char times[24], told[24], summary[RP_WHY_SUMMARY_LEN];
	struct rp_text time, netns, owner, flow;
	int err = group->origin.err;
	struct rp_name verdict;
	const char *const texts[] = {
		rp_clock_format(&time, &p->clock, group->last_ns),
		rp_format_netns(&netns, p->fib, group->d.netns),
		rp_format_owner(&owner, group->d.rec),
		times, told, rp_origin_name(group->origin.word),
		rp_names_error(err, rp_source_reason(p->src, err), &verdict),
		rp_format_flow(&flow, p->fib, group->d.netns, group->flow.family,
			       &group->flow.flow, group->flow.kind),
	};
	struct rp_row row;

	rp_row_init(&row, p->out, rp_why_columns, RP_ARRAY_SIZE(rp_why_columns),
		    rp_clock_width(&p->clock), RP_WHY_ROOM);
	rp_why_header(p, &row);
	snprintf(times, sizeof(times), "%llu", (unsigned long long)group->times);
	snprintf(told, sizeof(told), "%llu", (unsigned long long)group->told);
	rp_why_format_summary(summary, why, group);
	rp_row_print(&row, texts, summary);
}

/* Of the first line nothing is cut off: reason, and cause. */
static void rp_why_lines(struct rp_why *why, const struct rp_why_group *group)
{
	struct rp_print *p = &why->print;
	struct rp_text next, missing, step;
	unsigned int pos = 0, at = 0;

	rp_why_row(why, group);
	while (p->details && rp_why_evidence(&step, why, group, &at))
		fprintf(p->out, "    %s\n", step.text);
	while (p->details && rp_why_missing(&missing, group, &pos))
		fprintf(p->out, "    (%s)\n", missing.text);
	rp_why_format_next(&next, why, group);
	fprintf(p->out, "    # %s\n", next.text);
}

/* ---- as JSON ---- */

static void rp_why_json_cause(struct rp_print *p, struct rp_buf *b,
			      const struct rp_why_group *group)
{
	unsigned int i;

	rp_json_open(b, "cause", '{');
	rp_json_change(p, b, group->d.netns, &group->cause);
	rp_json_number(b, "ago_ns", group->ago_ns);
	if (group->nwith)
		rp_json_open(b, "with", '[');
	for (i = 0; i < group->nwith; i++) {
		rp_json_open(b, NULL, '{');
		rp_json_change(p, b, group->d.netns, &group->with[i]);
		rp_json_close(b, '}');
	}
	if (group->nwith)
		rp_json_close(b, ']');
	rp_json_close(b, '}');
}

static void rp_why_json_signal(struct rp_buf *b, const struct rp_why_group *group)
{
	const struct rp_record *rec = group->d.rec, *signal = group->origin.signal;
	struct rp_text ip;
	struct rp_name name;

	if (signal && !rp_addr_is_any(&signal->signal.from))
		rp_json_string(b, "from", rp_format_ip(&ip, group->flow.family,
						       &signal->signal.from));
	else if (rp_why_was_learned(group))
		rp_json_string(b, "from", rp_format_ip(&ip, group->flow.family,
						       &group->way.learned_from));
	if (signal && signal->kind == RP_KIND_EXCEPTION) {
		rp_json_open(b, "icmp", '{');
		rp_json_number(b, "mtu", signal->signal.info);
		rp_json_close(b, '}');
	} else if (signal) {
		rp_json_icmp(b, signal->family, &signal->signal);
	}
	if (rec->kind == RP_KIND_NETFILTER)
		rp_json_string(b, "hook", rp_names_hook(rec->signal.hook, &name));
}

/* Whose MTU it was, if that is known */
static void rp_why_json_limit(struct rp_buf *b, const struct rp_why_group *group)
{
	rp_json_open(b, "limit", '{');
	rp_json_number(b, "mtu", group->d.rec->signal.info);
	if (group->limit)
		rp_json_string(b, "by", rp_limit_name(group->limit));
	rp_json_close(b, '}');
}

/* The next hop that does not answer, and the route that led there, if it is known */
static void rp_why_json_hop(struct rp_print *p, struct rp_buf *b,
			    const struct rp_why_group *group)
{
	const struct rp_route *hop = &group->d.rec->route;
	const struct rp_route *route = &group->way.route;

	if (route->table)
		rp_json_route(b, group->flow.family, route, false);
	rp_json_gateway(b, group->flow.family, hop);
	rp_json_out(p, b, group->d.netns, group->flow.family, hop);
	rp_json_leg(b, route);
	rp_json_flags(b, route);
	rp_json_table(p, b, route->table);
}

/* What the records do not tell stands behind what they do. */
static void rp_why_json_derived(struct rp_print *p, struct rp_buf *b,
				const struct rp_why_group *group)
{
	const struct rp_route *derived = &group->derived, *out = group->d.rtable;

	if (group->d.rule)
		rp_json_rule(p, b, &group->d.rule->rule);
	rp_json_table(p, b, group->d.table);
	if (!out && (group->passed_over || group->limit))
		out = derived;
	if (out)
		rp_json_out(p, b, group->d.netns, group->flow.family, out);
	rp_json_flags(b, derived);
	rp_json_route(b, group->flow.family, derived, true);
	rp_json_gateway(b, group->flow.family, derived);
	rp_json_leg(b, derived);
}

static void rp_why_json_answer(struct rp_why *why, struct rp_buf *b,
			       const struct rp_why_group *group)
{
	if (group->d.rec->kind == RP_KIND_LINK_FAILURE)
		rp_why_json_hop(&why->print, b, group);
	else if (group->is_derived)
		rp_why_json_derived(&why->print, b, group);
	else
		rp_json_answer(&why->print, b, &group->d);
}

static void rp_why_json_near(struct rp_why *why, struct rp_buf *b,
			     const struct rp_why_group *group)
{
	const struct rp_near *near = &group->near;
	struct rp_print *p = &why->print;
	struct rp_text text;

	rp_json_open(b, "near", '{');
	rp_json_rule(p, b, &near->rule.rule);
	rp_json_string(b, "dst", rp_format_prefix(&text, group->flow.family, &near->route));
	rp_json_string(b, "selector", near->suppressed ? "suppress" : rp_selector_name(near->by));
	if (!near->suppressed)
		rp_json_string(b, "why", rp_format_selector(&text, p->fib, group->d.netns,
							    &near->rule, near->by, &near->flow));
	rp_json_close(b, '}');
}

/* The way back that a source check found: a decision of its own */
static void rp_why_json_back(struct rp_print *p, struct rp_buf *b,
			     const struct rp_why_group *group)
{
	const struct rp_record *back = &group->back;

	rp_json_open(b, "back", '{');
	if (back->has & RP_HAS_FLOW)
		rp_json_flow(p, b, back->family, &back->flow, group->d.netns);
	if (back->has & RP_HAS_RULE)
		rp_json_rule(p, b, &back->rule);
	rp_json_table(p, b, back->route.table);
	rp_json_way(p, b, group->d.netns, back->family, &back->route, &back->route);
	rp_json_close(b, '}');
}

static void rp_why_json_rewrite(struct rp_print *p, struct rp_buf *b,
				const struct rp_why_group *group)
{
	const struct rp_rewrite *rewrite = &group->rewrite;
	const struct {
		const char *name;
		bool has;
		const struct rp_flow *flow;
	} flows[] = {
		{ "before", rewrite->has_before, &rewrite->before },
		{ "after", rewrite->has_after, &rewrite->after },
		{ "asked", rewrite->has_asked, &rewrite->asked },
	};
	size_t i;

	rp_json_open(b, "rewrite", '{');
	for (i = 0; i < RP_ARRAY_SIZE(flows); i++) {
		if (!flows[i].has)
			continue;
		rp_json_open(b, flows[i].name, '{');
		rp_json_flow(p, b, group->flow.family, flows[i].flow, group->d.netns);
		rp_json_close(b, '}');
	}
	rp_json_close(b, '}');
}

static void rp_why_json_takeover(struct rp_buf *b, const struct rp_why_group *group)
{
	const struct rp_takeover *takeover = &group->takeover;
	struct rp_text ip;

	rp_json_open(b, "takeover", '{');
	rp_json_family(b, takeover->family);
	rp_json_string(b, "dst", rp_format_ip(&ip, takeover->family, &takeover->dst));
	rp_json_number(b, "times", takeover->times);
	rp_json_number(b, "after_ns", takeover->after_ns);
	rp_json_close(b, '}');
}

static void rp_why_json_sysctls(struct rp_print *p, struct rp_buf *b,
				const struct rp_why_group *group)
{
	const struct rp_fib_setting *setting;
	struct rp_text name;
	unsigned int i;

	rp_json_open(b, "settings", '[');
	for (i = 0; i < group->sysctls.count; i++) {
		setting = &group->sysctls.all[i];
		rp_json_open(b, NULL, '{');
		rp_json_string(b, "sysctl", rp_format_sysctl(&name, p->fib, group->d.netns,
							     setting));
		rp_json_number(b, "value", setting->value);
		rp_json_close(b, '}');
	}
	rp_json_close(b, ']');
}

static void rp_why_json_evidence(struct rp_why *why, struct rp_buf *b,
				 const struct rp_why_group *group)
{
	struct rp_text step;
	unsigned int pos = 0;

	rp_json_open(b, "evidence", '[');
	while (rp_why_evidence(&step, why, group, &pos))
		rp_json_item(b, step.text, step.len);
	rp_json_close(b, ']');
}

static void rp_why_json_missing(struct rp_buf *b, const struct rp_why_group *group)
{
	struct rp_text missing;
	unsigned int pos = 0;

	rp_json_open(b, "missing", '[');
	while (rp_why_missing(&missing, group, &pos))
		rp_json_item(b, missing.text, missing.len);
	rp_json_close(b, ']');
}

static void rp_why_json(struct rp_why *why, const struct rp_why_group *group)
{
	struct rp_print *p = &why->print;
	const struct rp_origin *origin = &group->origin;
	char summary[RP_WHY_SUMMARY_LEN];
	struct rp_text next, utc;
	struct rp_buf *b = rp_json_begin(p);

	rp_json_string(b, "kind", "why");
	rp_json_string(b, "origin", rp_origin_name(origin->word));
	rp_json_error(p, b, "verdict", origin->err);
	rp_why_format_summary(summary, why, group);
	rp_json_string(b, "summary", summary);
	rp_json_netns(p, b, group->flow.netns);
	rp_flow_class_json(p, b, &group->flow);
	rp_json_number(b, "times", group->times);
	rp_json_number(b, "told", group->told);
	rp_json_time(p, b, "first_ns", "first_realtime_ns", group->first_ns);
	rp_json_time(p, b, "time_ns", "realtime_ns", group->last_ns);
	rp_clock_utc(&utc, rp_session_realtime(&p->src->session, group->last_ns));
	rp_json_string(b, "time", utc.text);
	rp_json_who(b, group->d.rec);
	rp_json_string(b, "caller", rp_source_caller(p->src, group->d.rec->caller));
	rp_why_json_answer(why, b, group);
	if (origin->check)
		rp_json_string(b, "check", rp_origin_check_name(origin->check));
	if (origin->inner)
		rp_json_string(b, "inner", rp_origin_name(origin->inner));
	if (origin->word == RP_ORIGIN_MTU && group->d.rec->signal.info)
		rp_why_json_limit(b, group);
	rp_why_json_signal(b, group);
	if (group->rewrite.has_after)
		rp_why_json_rewrite(p, b, group);
	if (group->back.kind)
		rp_why_json_back(p, b, group);
	if (group->sysctls.count)
		rp_why_json_sysctls(p, b, group);
	if (group->near.is_near)
		rp_why_json_near(why, b, group);
	rp_why_json_evidence(why, b, group);
	rp_why_json_missing(b, group);
	if (group->cause.rec.kind)
		rp_why_json_cause(p, b, group);
	if (group->takeover.times)
		rp_why_json_takeover(b, group);
	rp_why_format_next(&next, why, group);
	rp_json_string(b, "next", next.text);
	rp_json_bool(b, "incomplete", group->incomplete);
	rp_json_end(p);
}

void rp_print_why(struct rp_why *why, uint64_t before_ns, bool grown)
{
	struct rp_why_group **groups, *group;
	uint64_t before;
	size_t i;

	if (!grown && why->nshown == why->groups.count)
		return;
	groups = rp_why_sorted(why);
	for (i = 0; i < why->groups.count; i++) {
		group = groups[i];
		if (group->first_ns >= before_ns ||
		    (group->shown && (!grown || group->shown == group->times)))
			continue;
		why->nshown += !group->shown;
		group->shown = group->times;
		before = rp_fib_at(&why->reading.fib, group->first_ns);
		if (why->journal)
			rp_journal_send(why->journal, why, group);
		else if (why->print.json)
			rp_why_json(why, group);
		else
			rp_why_lines(why, group);
		rp_fib_at(&why->reading.fib, before);
	}
	free(groups);
}

void rp_print_why_end(struct rp_why *why)
{
	uint64_t forgotten = rp_history_forgotten(&why->memory.history);

	if (why->left_out)
		fprintf(rp_wrap(stderr), "%llu failures of more flows than can be kept were left out\n",
			(unsigned long long)why->left_out);
	if (forgotten)
		fprintf(rp_wrap(stderr), "%llu changes were forgotten: causes from before %llu of them are not known\n",
			(unsigned long long)forgotten, (unsigned long long)why->memory.history.max);
}
