// SPDX-License-Identifier: GPL-2.0
/* One step of a story in words. */
#include <errno.h>

#include <routeprobe.h>

#include "lib/names.h"
#include "source/source.h"
#include "story/story.h"
#include "words/format.h"
#include "words/print.h"
#include "words/step.h"

static void rp_step_add(struct rp_text *t, const char *word)
{
	rp_format_put(t, " ");
	rp_format_put(t, word);
}

void rp_step_what(struct rp_text *what, struct rp_print *p, const struct rp_record *rec,
		  uint32_t netns)
{
	struct rp_text part;
	struct rp_name name;

	what->len = 0;
	rp_format_put(what, rp_names_kind(rec->kind, &name));
	if (rec->has & RP_HAS_RULE)
		rp_step_add(what, rp_format_rule(&part, p->fib, &rec->rule));
	if (rec->kind == RP_KIND_EVENT)
		rp_step_add(what, rp_names_change(rec->change.op, &name));
	if (rec->kind == RP_KIND_LOOKUP)
		rp_step_add(what, rp_format_table(&part, p->fib, rec->route.table));
	if (rec->kind == RP_KIND_VALIDATE && rec->has & RP_HAS_FLOW)
		rp_step_add(what, rp_format_flow(&part, p->fib, netns, rec->family, &rec->flow,
						 rec->kind));
	if (rp_story_is_signal(rec))
		rp_step_add(what, rp_format_signal(&part, p->fib, netns, rec));
}

/* "next" and "hit" need no number; a refusal is named. */
void rp_step_verdict(struct rp_text *verdict, struct rp_print *p,
		     const struct rp_record *rec)
{
	struct rp_name name;

	verdict->len = 0;
	if (rec->kind == RP_KIND_SUPPRESS && rec->rule.suppressed)
		rp_format_put(verdict, "suppressed");
	else if (rec->kind == RP_KIND_RULES && rec->err == -ESRCH)
		rp_format_put(verdict, "none decided");
	else
		rp_format_put(verdict, rp_names_verdict(rec->verdict, &name));
	if (rec->err && rec->err != -ESRCH && rec->verdict != RP_VERDICT_NEXT)
		rp_step_add(verdict, rp_names_error(rec->err, rp_source_reason(p->src, rec->err),
						    &name));
}

const char *rp_step_format(struct rp_text *t, struct rp_print *p,
			   const struct rp_record *rec, uint32_t netns)
{
	struct rp_text verdict, route;

	rp_step_what(t, p, rec, netns);
	if (rp_story_is_signal(rec) && !rec->err)
		return t->text;
	rp_step_verdict(&verdict, p, rec);
	rp_format_put(t, ": ");
	rp_format_put(t, verdict.text);
	if (rec->has & RP_HAS_ROUTE && !rp_story_is_signal(rec))
		rp_step_add(t, rp_format_route(&route, p->fib, netns, rec->family, &rec->route));
	return t->text;
}
