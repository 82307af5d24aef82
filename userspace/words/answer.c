// SPDX-License-Identifier: GPL-2.0
/* An answer as texts that are the same for the same answer in any recording. */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/addr.h"
#include "lib/buf.h"
#include "lib/names.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/decision.h"
#include "words/answer.h"
#include "words/format.h"
#include "words/print.h"

const char *rp_answer_field_name(enum rp_answer_field field)
{
	static const char *const names[] = {
		[RP_ANSWER_VERDICT]	= "verdict",
		[RP_ANSWER_RULE]	= "rule",
		[RP_ANSWER_TABLE]	= "table",
		[RP_ANSWER_ROUTE]	= "route",
		[RP_ANSWER_HOP]		= "hop",
		[RP_ANSWER_SOURCE]	= "source",
	};

	return names[field];
}

/* The source has a field of its own. */
static const char *rp_answer_hop(struct rp_text *t, struct rp_fib *fib,
				 const struct rp_decision *d)
{
	const struct rp_route *out = d->rtable ? d->rtable : d->route;
	struct rp_route way = { .oif = 0 };

	if (out)
		way = *out;
	way.prefsrc = (union rp_addr) { .w = { 0, 0 } };
	return rp_format_hop(t, fib, d->netns, d->rec->family, d->route, &way);
}

static const char *rp_answer_source(struct rp_text *t, const struct rp_decision *d)
{
	if (!d->rtable || rp_addr_is_any(&d->rtable->prefsrc))
		return "-";
	return rp_format_ip(t, d->rec->family, &d->rtable->prefsrc);
}

/*
 * While the kernel's own rules are all there are it asks none, so they are called
 * none: which of them decided is to be seen from the table.
 */
static bool rp_answer_is_own(const struct rp_rule *rule)
{
	if (rule->action != FR_ACT_TO_TBL)
		return false;
	switch (rule->priority) {
	case 0:
		return rule->table == RT_TABLE_LOCAL;
	case 32766:
		return rule->table == RT_TABLE_MAIN;
	case 32767:
		return rule->table == RT_TABLE_DEFAULT;
	default:
		return false;
	}
}

static void rp_answer_put(struct rp_buf *key, const char *text)
{
	rp_buf_char(key, '\t');
	rp_buf_text(key, text);
}

void rp_answer_add(struct rp_buf *key, struct rp_print *p, const struct rp_decision *d)
{
	char rule[RP_DIGITS_MAX + 1] = "-";
	int err = d->rec->err;
	struct rp_text part;
	struct rp_name name;

	if (d->rule && !rp_answer_is_own(&d->rule->rule))
		rule[rp_digits(rule, d->rule->rule.priority)] = '\0';
	rp_answer_put(key, rp_names_error(err, rp_source_reason(p->src, err), &name));
	rp_answer_put(key, rule);
	rp_answer_put(key, rp_format_table(&part, p->fib, d->table));
	rp_answer_put(key, rp_format_match(&part, d));
	rp_answer_put(key, rp_answer_hop(&part, p->fib, d));
	rp_answer_put(key, rp_answer_source(&part, d));
}

const char *rp_answer_field(struct rp_text *t, const char *fields, enum rp_answer_field field)
{
	int i;

	for (i = 0; i < (int)field; i++)
		fields = strchr(fields + 1, '\t');
	t->len = 0;
	rp_format_add(t, "%.*s", (int)strcspn(fields + 1, "\t"), fields + 1);
	return t->text;
}
