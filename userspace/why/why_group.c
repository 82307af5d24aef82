// SPDX-License-Identifier: GPL-2.0
/* Failures of one flow with what is told of them: the first of them, and the cause of the last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/addr.h"
#include "lib/util.h"
#include "story/decision.h"
#include "story/story.h"
#include "why/cause.h"
#include "why/infer.h"
#include "why/why_inner.h"
#include "words/format.h"

#define RP_WHY_KEY_LEN		1024

/* Devices of arrival are a matter of input; of a signal it is that of the packet. */
static void rp_why_class(struct rp_flow_class *c, const struct rp_origin *o,
			 const struct rp_decision *d)
{
	rp_flow_class_make(c, d->netns, d->rec->family, o->kind, d->flow);
	if (rp_story_is_signal(d->rec) && o->kind == RP_KIND_OUTPUT)
		c->flow.iif = 0;
}

static void rp_why_key(char key[RP_WHY_KEY_LEN], struct rp_why *why,
		       const struct rp_origin *o, const struct rp_decision *d,
		       const struct rp_flow_class *c, const struct rp_past *cause)
{
	struct rp_text netns, flow, hop = { "", 0 }, prefix;
	struct rp_addr_text from = { "" };
	size_t len;

	if (d->rec->kind == RP_KIND_LINK_FAILURE)
		rp_format_hop(&hop, &why->reading.fib, c->netns, c->family, &d->rec->route,
			      NULL);
	if (o->signal)
		rp_addr_format(&from, &o->signal->signal.from, d->rec->family);
	len = snprintf(key, RP_WHY_KEY_LEN, "%s\t%s\t%d\t%d\t%d\t%d\t%u\t%s\t%s",
		       rp_format_netns(&netns, &why->reading.fib, c->netns),
		       rp_flow_class_format(&flow, &why->reading.fib, c), o->word, o->inner,
		       o->check, o->err, d->table,
		       from.text, hop.text);
	if (cause)
		snprintf(key + len, RP_WHY_KEY_LEN - len, "\t%s\t%s\t%u\t%u\t%u\t%.*s",
			 rp_cause_name(cause),
			 rp_format_prefix(&prefix, c->family, &cause->rec.route),
			 cause->rec.route.table, cause->rec.rule.priority,
			 cause->root.route.oif, RP_NAME_LEN, cause->root.comm);
}

static void rp_why_add_step(struct rp_why_group *group, const struct rp_record *rec,
			    uint32_t netns, unsigned int depth, uint64_t at_ns)
{
	group->steps = rp_util_grow(group->steps, group->nsteps + 1, sizeof(*group->steps));
	group->steps[group->nsteps++] = (struct rp_why_step) { *rec, netns, depth, at_ns };
}

static void rp_why_add_steps(struct rp_why_group *group, const struct rp_node *node,
			     uint32_t netns, unsigned int depth, uint64_t at_ns)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &node->inner, link) {
		uint32_t its = rp_decision_netns(&inner->rec, netns);

		rp_why_add_step(group, &inner->rec, its, depth, at_ns);
		rp_why_add_steps(group, inner, its, depth + 1, at_ns);
	}
}

/* What the story was made of; more may come from a story that is part of it */
static void rp_why_add_evidence(const struct rp_why *why, struct rp_why_group *group,
				const struct rp_decision *d)
{
	if (!why->print.details && !why->print.json)
		return;
	rp_why_add_step(group, d->rec, d->netns, 0, d->rec->time_ns);
	rp_why_add_steps(group, d->node, d->netns, 1, d->rec->time_ns);
}

const struct rp_record *rp_why_copy(struct rp_record *to, const struct rp_record *from)
{
	if (!from)
		return NULL;
	*to = *from;
	return to;
}

/* The story is gone soon: what is told of it later goes to copies. */
static void rp_why_keep(struct rp_why_group *group, const struct rp_origin *o,
			const struct rp_decision *d)
{
	struct rp_decision *its = &group->d;

	group->origin = *o;
	group->origin.signal = rp_why_copy(&group->signal, o->signal);
	group->origin.check_rec = rp_why_copy(&group->check, o->check_rec);
	group->node.rec = *d->rec;
	group->node.incomplete = d->node->incomplete;
	TAILQ_INIT(&group->node.inner);
	*its = *d;
	its->node = &group->node;
	its->rec = &group->node.rec;
	its->main = rp_why_copy(&group->main, d->main);
	its->rule = rp_why_copy(&group->rule, d->rule);
	its->lookup = rp_why_copy(&group->lookup, d->lookup);
	its->flow = &group->flow.flow;
	its->route = d->route ? d->route == &d->main->route ? &group->main.route :
				&group->lookup.route : NULL;
	its->rtable = d->rtable ? d->rtable == &d->main->route ? &group->main.route :
				  &group->node.rec.route : NULL;
}

static void rp_why_blame(struct rp_why_group *group, const struct rp_search *s,
			 const struct rp_past *cause)
{
	const struct rp_decision *d = s->d;
	uint64_t time_ns = cause->root.time_ns;

	if (group->cause.rec.kind && group->cause.root.time_ns == time_ns)
		return;
	group->cause = *cause;
	free(group->with);
	group->with = NULL;
	group->nwith = s->nwith;
	if (s->nwith) {
		group->with = rp_util_alloc(s->nwith, sizeof(*s->with));
		memcpy(group->with, s->with, s->nwith * sizeof(*s->with));
	}
	group->ago_ns = d->rec->time_ns > time_ns ? d->rec->time_ns - time_ns : 0;
}

static void rp_why_derived(struct rp_why_group *group, const struct rp_search *s)
{
	group->is_own = s->is_own;
	group->is_derived = s->is_derived;
	group->passed_over = s->passed_over;
	group->limit = s->limit;
	group->derived = s->derived;
	group->expired_ns = s->expired_ns;
	if (s->is_derived && !s->passed_over)
		group->d.table = s->derived.table;
}

/*
 * The same failure again, with nothing changed between, came of the same.  Where all changes
 * were read ahead, their number does not tell that.
 */
static bool rp_why_find_cause(struct rp_why *why, struct rp_search *s,
			      const struct rp_origin *o, struct rp_past *cause)
{
	uint64_t key = rp_addr_mix(rp_why_flow_key(s->d),
				   (uint64_t)s->d->rec->route.oif << 32 | o->word << 8 | o->inner);
	struct rp_blamed *blamed = &why->blamed[key >> 32 & (RP_WHY_BLAMED - 1)];
	uint64_t versions = s->history->model.nversions + s->history->count;

	if (blamed->key != key || blamed->versions != versions ||
	    blamed->since_ns != s->since_ns || !versions ||
	    s->time_ns <= why->memory.known_ns) {
		blamed->key = key;
		blamed->versions = versions;
		blamed->since_ns = s->since_ns;
		blamed->found = rp_cause_find(s, o, &blamed->cause);
		blamed->nwith = s->nwith;
		memcpy(blamed->with, s->with, s->nwith * sizeof(*s->with));
	}
	s->nwith = blamed->nwith;
	memcpy(s->with, blamed->with, s->nwith * sizeof(*s->with));
	*cause = blamed->cause;
	return blamed->found;
}

/* Rules that do not fit are told where something of the kind is missing. */
static void rp_why_find_near(struct rp_why_group *group, struct rp_search *s,
			     const struct rp_origin *o)
{
	if (o->word == RP_ORIGIN_RP_FILTER)
		rp_asked_back(s->d, &group->back);
	if ((o->inner ? o->inner : o->word) == RP_ORIGIN_NO_ROUTE ||
	    o->word == RP_ORIGIN_RP_FILTER)
		rp_near_find(&group->near, s, o);
}

struct rp_why_group *rp_why_group(struct rp_why *why, struct rp_origin *o,
				  const struct rp_decision *d)
{
	struct rp_why_group *group;
	struct rp_past cause;
	struct rp_search s;
	struct rp_flow_class c;
	char key[RP_WHY_KEY_LEN];
	bool found;

	rp_search_init(&s, &why->memory.history, &why->reading.fib, d, rp_why_known_way(why, d));
	s.since_ns = rp_why_since(why, o, d);
	rp_derive(&s, o);
	found = rp_why_find_cause(why, &s, o, &cause);
	rp_why_class(&c, o, d);
	rp_why_key(key, why, o, d, &c, found ? &cause : NULL);
	group = rp_tally_get(&why->groups, key);
	if (!group)
		return NULL;
	if (!group->times) {
		group->flow = c;
		group->first_ns = d->rec->time_ns;
		if (s.way)
			group->way = *s.way;
		rp_why_keep(group, o, d);
		rp_why_derived(group, &s);
		rp_why_find_near(group, &s, o);
		rp_why_find_rewrite(&group->rewrite, why, d);
		rp_sysctls_find(&group->sysctls, &s, o);
		rp_why_add_evidence(why, group, d);
	}
	if (found)
		rp_why_blame(group, &s, &cause);
	return group;
}

/* Why there was no way for a packet that was routed again, from the decision inside */
void rp_why_add_inner(struct rp_why *why, struct rp_why_group *group, struct rp_origin *o,
		      const struct rp_decision *d)
{
	struct rp_past cause;
	struct rp_search s;

	if (group->origin.inner)
		return;
	rp_search_init(&s, &why->memory.history, &why->reading.fib, d, NULL);
	rp_derive(&s, o);
	group->origin.inner = o->word;
	group->rewrite.has_asked = true;
	group->rewrite.asked = *d->flow;
	group->d.ntables = d->ntables;
	memcpy(group->d.tables, d->tables, sizeof(d->tables));
	group->d.table = d->table;
	group->d.main = rp_why_copy(&group->main, d->main);
	group->d.rule = rp_why_copy(&group->rule, d->rule);
	group->d.lookup = rp_why_copy(&group->lookup, d->lookup);
	rp_why_derived(group, &s);
	rp_why_add_evidence(why, group, d);
	if (rp_cause_find(&s, o, &cause))
		rp_why_blame(group, &s, &cause);
}
