// SPDX-License-Identifier: GPL-2.0
/* What routeprobe top can count by. */
#include <linux/rtnetlink.h>
#include <string.h>

#include "count/top.h"
#include "lib/names.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/decision.h"
#include "story/story.h"
#include "words/flow_class.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"

/*
 * Of a route what is the same at each hit and in the configuration.  What comes in
 * for an address of ours has the device lo, whichever the route stands for.
 */
static void rp_top_way(struct rp_route *way, const struct rp_route *route)
{
	*way = *route;
	way->prefsrc = (union rp_addr) { .w = { 0, 0 } };
	way->nh_flags = 0;
	if (way->type == RTN_LOCAL || way->type == RTN_BROADCAST) {
		way->oif = 0;
		memset(way->dev, 0, sizeof(way->dev));
	}
}

static const char *rp_top_route_words(struct rp_text *t, struct rp_print *p,
				      const struct rp_decision *d)
{
	struct rp_route way;
	struct rp_text table;

	if (d->route) {
		rp_top_way(&way, d->route);
		rp_format_route(t, p->fib, d->netns, d->rec->family, &way);
	} else {
		rp_format_match(t, d);
	}
	if (d->table)
		rp_format_add(t, " table %s", rp_format_table(&table, p->fib, d->table));
	return t->text;
}

static void rp_top_route_json(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	struct rp_route way;
	struct rp_text match;

	rp_json_table(p, b, d->table);
	if (!d->route) {
		rp_json_string(b, "match", rp_format_match(&match, d));
		return;
	}
	rp_top_way(&way, d->route);
	rp_json_way(p, b, d->netns, d->rec->family, &way, &way);
}

static const char *rp_top_rule_words(struct rp_text *t, struct rp_print *p,
				     const struct rp_decision *d)
{
	return d->rule ? rp_format_rule(t, p->fib, &d->rule->rule) : "(no rule)";
}

static void rp_top_rule_json(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	if (d->rule)
		rp_json_rule(p, b, &d->rule->rule);
}

static const char *rp_top_table_words(struct rp_text *t, struct rp_print *p,
				      const struct rp_decision *d)
{
	return d->table ? rp_format_table(t, p->fib, d->table) : "(no table)";
}

static void rp_top_table_json(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	rp_json_table(p, b, d->table);
}

static const char *rp_top_flow_words(struct rp_text *t, struct rp_print *p,
				     const struct rp_decision *d)
{
	struct rp_flow_class c;

	if (!rp_flow_class_of(&c, d))
		return NULL;
	return rp_flow_class_format(t, p->fib, &c);
}

static void rp_top_flow_json(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	struct rp_flow_class c;

	if (rp_flow_class_of(&c, d))
		rp_flow_class_json(p, b, &c);
}

static const char *rp_top_verdict_words(struct rp_text *t, struct rp_print *p,
					const struct rp_decision *d)
{
	int err = d->rec->err;
	struct rp_name name;

	t->len = 0;
	rp_format_add(t, "%s", rp_names_error(err, rp_source_reason(p->src, err), &name));
	return t->text;
}

static void rp_top_verdict_json(struct rp_print *p, struct rp_buf *b,
				const struct rp_decision *d)
{
	rp_json_error(p, b, "verdict", d->rec->err);
}

static const char *rp_top_caller_words(struct rp_text *t, struct rp_print *p,
				       const struct rp_decision *d)
{
	const char *caller = rp_source_caller(p->src, d->rec->caller);

	(void)t;
	return caller ? caller : "(unknown)";
}

static void rp_top_caller_json(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	rp_json_string(b, "caller", rp_source_caller(p->src, d->rec->caller));
}

static const struct rp_top_by rp_top_bys[] = {
	{ "route",   "ROUTE",   rp_top_route_words,   rp_top_route_json,   true, false, true },
	{ "rule",    "RULE",    rp_top_rule_words,    rp_top_rule_json,    false, true, true },
	{ "table",   "TABLE",   rp_top_table_words,   rp_top_table_json,   false, false, true },
	{ "flow",    "FLOW",    rp_top_flow_words,    rp_top_flow_json,    false, false, false },
	{ "verdict", "VERDICT", rp_top_verdict_words, rp_top_verdict_json, false, false, false },
	{ "caller",  "CALLER",  rp_top_caller_words,  rp_top_caller_json,  false, false, false },
};

const char *rp_top_by_name(unsigned int n)
{
	return n < RP_ARRAY_SIZE(rp_top_bys) ? rp_top_bys[n].name : NULL;
}

const struct rp_top_by *rp_top_by(const char *name)
{
	struct rp_text list = { "", 0 };
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_top_bys); i++) {
		if (!strcmp(rp_top_bys[i].name, name))
			return &rp_top_bys[i];
		rp_format_add(&list, " %s", rp_top_bys[i].name);
	}
	rp_util_err("\"%s\" is nothing to count by; allowed are%s", name, list.text);
	return NULL;
}
