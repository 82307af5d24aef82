// SPDX-License-Identifier: GPL-2.0
/*
 * Failures, each with its origin and its cause, counted by flow.  Several records
 * that tell of one failure count once: the lookup inside a packet's being routed
 * again, the ICMP error that comes of a packet refused, and that one's arrival.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/in_route.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <linux/icmp.h>

#include "lib/util.h"
#include "source/stream.h"
#include "why/cause.h"
#include "why/infer.h"
#include "why/why.h"
#include "words/format.h"
#include "words/step.h"

#define RP_WHY_KEY_LEN		1024
#define RP_WHY_GROUPS_MAX	(1 << 16)
#define RP_WHY_WAYS		(1 << 14)
#define RP_WHY_SAME_NS		(2 * RP_NSEC_PER_SEC)

/* Where the way of a flow is kept, whichever is there */
static struct rp_way *rp_why_way(const struct rp_why *why, const struct rp_decision *d)
{
	uint64_t hash = rp_addr_hash(&d->flow->dst, d->netns);

	return &why->ways[hash >> 32 & (RP_WHY_WAYS - 1)];
}

static bool rp_why_is_way(const struct rp_way *way, const struct rp_decision *d)
{
	return way->netns == d->netns && way->family == d->rec->family &&
	       rp_addr_equal(&way->dst, &d->flow->dst);
}

static const struct rp_way *rp_why_known_way(const struct rp_why *why,
					     const struct rp_decision *d)
{
	const struct rp_way *way = rp_why_way(why, d);

	return rp_why_is_way(way, d) ? way : NULL;
}

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

static void rp_why_write_steps(struct rp_why *why, FILE *out, const struct rp_node *node,
			       uint32_t netns, int depth)
{
	const struct rp_node *inner;
	struct rp_text text;

	TAILQ_FOREACH(inner, &node->inner, link) {
		uint32_t its = rp_decision_netns(&inner->rec, netns);

		fprintf(out, "%*s%s\n", 2 * depth, "",
			rp_step_format(&text, &why->print, &inner->rec, its));
		rp_why_write_steps(why, out, inner, its, depth + 1);
	}
}

/* What the story was made of, as lines; more may come from a story that is part of it */
static void rp_why_add_evidence(struct rp_why *why, struct rp_why_group *group,
				const struct rp_decision *d)
{
	const struct rp_print *p = &why->print;
	char *text = NULL;
	struct rp_text line;
	size_t size;
	FILE *out;

	if (!p->details && !p->json)
		return;
	out = open_memstream(&text, &size);
	if (!out)
		return;
	if (group->evidence)
		fputs(group->evidence, out);
	fprintf(out, "%s\n", rp_step_format(&line, &why->print, d->rec, d->netns));
	rp_why_write_steps(why, out, d->node, d->netns, 1);
	fclose(out);
	free(group->evidence);
	group->evidence = text;
}

static const struct rp_record *rp_why_copy(struct rp_record *to,
					   const struct rp_record *from)
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

static void rp_why_blame(struct rp_why_group *group, const struct rp_decision *d,
			 const struct rp_past *cause)
{
	uint64_t time_ns = cause->root.time_ns;

	if (group->cause.rec.kind && group->cause.root.time_ns == time_ns)
		return;
	group->cause = *cause;
	group->ago_ns = d->rec->time_ns > time_ns ? d->rec->time_ns - time_ns : 0;
}

static void rp_why_derived(struct rp_why_group *group, const struct rp_search *s)
{
	group->is_derived = s->is_derived;
	group->passed_over = s->passed_over;
	group->derived = s->derived;
	if (s->is_derived && !s->passed_over)
		group->d.table = s->derived.table;
}

static struct rp_why_group *rp_why_group(struct rp_why *why, struct rp_origin *o,
					 const struct rp_decision *d)
{
	struct rp_why_group *group;
	struct rp_past cause;
	struct rp_search s;
	struct rp_flow_class c;
	char key[RP_WHY_KEY_LEN];
	bool found;

	rp_search_init(&s, &why->history, &why->reading.fib, d, rp_why_known_way(why, d));
	rp_derive(&s, o);
	found = rp_cause_find(&s, o, &cause);
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
		rp_why_add_evidence(why, group, d);
	}
	if (found)
		rp_why_blame(group, d, &cause);
	return group;
}

/* ---- several records of one failure ---- */

static void rp_why_remember(struct rp_why *why, struct rp_why_group *group,
			    const struct rp_decision *d)
{
	why->recent[why->nrecent++ % RP_WHY_RECENT] = (struct rp_why_recent) {
		group, *d->flow, d->rec->time_ns, rp_stream_end_ns(d->rec),
	};
}

static bool rp_why_is_same_packet(const struct rp_flow *a, const struct rp_flow *b)
{
	return rp_addr_equal(&a->src, &b->src) && rp_addr_equal(&a->dst, &b->dst) &&
	       a->proto == b->proto && a->sport == b->sport && a->dport == b->dport;
}

/* The newest failure with this packet, and one of these origins (bits) */
static struct rp_why_group *rp_why_find_recent(const struct rp_why *why,
					       const struct rp_decision *d,
					       unsigned int words)
{
	const struct rp_why_recent *recent;
	unsigned int i;

	for (i = 1; i <= RP_WHY_RECENT && i <= why->nrecent; i++) {
		recent = &why->recent[(why->nrecent - i) % RP_WHY_RECENT];
		if (recent->group->flow.netns == d->netns &&
		    words & 1U << recent->group->origin.word &&
		    d->rec->time_ns - recent->time_ns < RP_WHY_SAME_NS &&
		    rp_why_is_same_packet(&recent->flow, d->flow))
			return recent->group;
	}
	return NULL;
}

/* Did this host send the ICMP error that came in? */
static bool rp_why_is_own(const struct rp_why *why, const struct rp_decision *d)
{
	unsigned int family = d->rec->family;
	struct rp_route local = { .table = RT_TABLE_LOCAL, .dst_len = rp_addr_bits(family),
				  .dst = d->rec->signal.from };

	return rp_addr_equal(&d->rec->signal.from, &d->flow->src) ||
	       rp_history_at(&why->history, d->netns, family, &local, d->rec->time_ns) ==
	       RP_HISTORY_PRESENT;
}

/* Why there was no way for a packet that was routed again, from the decision inside */
static void rp_why_add_inner(struct rp_why *why, struct rp_why_group *group,
			     struct rp_origin *o, const struct rp_decision *d)
{
	struct rp_past cause;
	struct rp_search s;

	if (group->origin.inner)
		return;
	rp_search_init(&s, &why->history, &why->reading.fib, d, NULL);
	rp_derive(&s, o);
	group->origin.inner = o->word;
	group->d.ntables = d->ntables;
	memcpy(group->d.tables, d->tables, sizeof(d->tables));
	group->d.table = d->table;
	group->d.main = rp_why_copy(&group->main, d->main);
	group->d.rule = rp_why_copy(&group->rule, d->rule);
	group->d.lookup = rp_why_copy(&group->lookup, d->lookup);
	rp_why_derived(group, &s);
	rp_why_add_evidence(why, group, d);
	if (rp_cause_find(&s, o, &cause))
		rp_why_blame(group, d, &cause);
}

/* The failure that was told of when @rec began, with a flow that changed meanwhile */
static struct rp_why_group *rp_why_find_around(const struct rp_why *why,
					       const struct rp_record *rec,
					       enum rp_origin_word word)
{
	const struct rp_why_recent *recent;
	unsigned int i;

	for (i = 1; i <= RP_WHY_RECENT && i <= why->nrecent; i++) {
		recent = &why->recent[(why->nrecent - i) % RP_WHY_RECENT];
		if (recent->group->origin.word == word &&
		    recent->group->flow.netns == rec->netns &&
		    recent->time_ns <= rec->time_ns &&
		    recent->end_ns >= rp_stream_end_ns(rec))
			return recent->group;
	}
	return NULL;
}

static void rp_why_learn(void *ctx, const struct rp_decision *d)
{
	struct rp_why *why = ctx;

	rp_history_add(&why->history, d->node,
		       rp_source_armed(&why->reading.src, RP_KIND_EVENT));
}

/* Before the filter: what changed, which way is in use, why there was none inside */
static void rp_why_see(void *ctx, const struct rp_decision *d)
{
	struct rp_why *why = ctx;
	struct rp_why_group *group;
	struct rp_origin o;
	union rp_addr learned_from = { .w = { 0, 0 } };
	struct rp_way *way;

	if (rp_stream_end_ns(d->rec) > why->known_ns)
		rp_why_learn(why, d);
	if (!d->flow)
		return;
	if (d->node->within && rp_origin_find(&o, &why->reading.src, d) && o.part) {
		group = rp_why_find_around(why, d->node->within, RP_ORIGIN_REROUTE);
		if (group)
			rp_why_add_inner(why, group, &o, d);
		return;
	}
	way = rp_why_way(why, d);
	if (d->rec->kind == RP_KIND_EXCEPTION && !d->rec->signal.info && rp_why_is_way(way, d))
		way->learned_from = d->rec->signal.from;
	if (!rp_decision_is_asking(d->rec) || d->rec->err || !d->rtable)
		return;
	if (d->rtable->rt_flags & RTCF_REDIRECTED && rp_why_is_way(way, d))
		learned_from = way->learned_from;
	*way = (struct rp_way) {
		.netns = d->netns, .family = d->rec->family, .dst = d->flow->dst,
		.learned_from = learned_from,
	};
	if (d->route)
		way->route = *d->route;
	else
		way->on_link = true;
	if (d->rule) {
		way->rule = d->rule->rule.priority;
		way->rule_table = d->rule->rule.table;
	}
}

/*
 * A story that only goes on with a failure that was told of: true.  The error of a
 * next hop that does not answer, or of a refusal, comes back to this host by itself.
 */
static bool rp_why_is_more(struct rp_why *why, struct rp_origin *o,
			   const struct rp_decision *d)
{
	const unsigned int own = 1U << RP_ORIGIN_NEIGHBOUR | 1U << RP_ORIGIN_NETFILTER |
				 1U << RP_ORIGIN_REROUTE | 1U << RP_ORIGIN_FORWARD;
	struct rp_why_group *group = NULL;

	if (o->part && o->word == RP_ORIGIN_FORWARD) {
		group = rp_why_find_recent(why, d, 1U << RP_ORIGIN_FORWARD);
		if (group && !group->origin.signal)
			group->origin.signal = rp_why_copy(&group->signal, d->rec);
	} else if (o->part) {
		return true;
	} else if (d->rec->kind == RP_KIND_ICMP_OUT) {
		group = rp_why_find_recent(why, d, own);
	} else if (d->rec->kind == RP_KIND_EXCEPTION) {
		if (d->node->within && d->node->within->kind == RP_KIND_ICMP_IN)
			return true;
		group = rp_why_find_recent(why, d, 1U << RP_ORIGIN_ICMP);
	} else if (d->rec->kind == RP_KIND_ICMP_IN && rp_why_is_own(why, d)) {
		group = rp_why_find_recent(why, d, own);
		if (group)
			group->heard++;
		else if (d->rec->signal.code == ICMP_HOST_UNREACH)
			o->word = RP_ORIGIN_UNKNOWN;
	}
	return group;
}

static bool rp_why_take(void *ctx, const struct rp_decision *d)
{
	struct rp_why *why = ctx;
	struct rp_why_group *group;
	struct rp_origin o;

	if (!rp_origin_find(&o, &why->reading.src, d) || !d->flow ||
	    rp_why_is_more(why, &o, d))
		return false;
	group = rp_why_group(why, &o, d);
	if (!group) {
		why->left_out++;
		return true;
	}
	group->times++;
	group->told += o.told;
	group->incomplete |= d->node->incomplete;
	if (d->rec->time_ns > group->last_ns)
		group->last_ns = d->rec->time_ns;
	rp_why_remember(why, group, d);
	return true;
}

/* ---- for whoever prints ---- */

static int rp_why_compare(const void *a, const void *b)
{
	const struct rp_why_group *x = *(struct rp_why_group *const *)a;
	const struct rp_why_group *y = *(struct rp_why_group *const *)b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return strcmp(x->key, y->key);
}

struct rp_why_group **rp_why_sorted(const struct rp_why *why)
{
	struct rp_why_group **groups = rp_tally_list(&why->groups);

	qsort(groups, why->groups.count, sizeof(*groups), rp_why_compare);
	return groups;
}

static void rp_why_route(void *ctx, uint32_t netns, unsigned int family,
			 const struct rp_route *leg)
{
	rp_history_route(ctx, netns, family, leg);
}

static void rp_why_rule(void *ctx, uint32_t netns, const struct rp_fib_rule *rule)
{
	rp_history_rule(ctx, netns, rule);
}

static void rp_why_snapshot(struct rp_why *why)
{
	struct rp_fib_visitor visitor = {
		.route = rp_why_route, .rule = rp_why_rule, .ctx = &why->history,
	};
	struct rp_reading *r = &why->reading;

	why->history.snapshot = true;
	why->history.snapshot_ns = r->src.recording ? (uint64_t)r->src.session.start_ns :
				   (uint64_t)rp_util_now(CLOCK_MONOTONIC);
	rp_reading_configured(r, &visitor, false);
}

static bool rp_why_ignore(void *ctx, const struct rp_decision *d)
{
	(void)ctx;
	(void)d;
	return false;
}

/*
 * What there is now was not there always: all changes that the buffer holds are read
 * first.  A recording has a snapshot from before its changes.
 */
static int rp_why_read_ahead(struct rp_why *why, const struct rp_wanted *wanted)
{
	struct rp_wanted w = {
		.dir = wanted->dir, .see = rp_why_learn, .take = rp_why_ignore, .ctx = why,
	};

	if (rp_reading_open(&why->reading, &w))
		return -1;
	why->known_ns = rp_util_now(CLOCK_MONOTONIC);
	rp_why_snapshot(why);
	while (rp_reading_step(&why->reading))
		;
	rp_reading_drain(&why->reading);
	rp_reading_close(&why->reading);
	return 0;
}

int rp_why_open(struct rp_why *why, struct rp_wanted *w, bool details, bool json)
{
	memset(why, 0, sizeof(*why));
	w->see = rp_why_see;
	w->take = rp_why_take;
	w->ctx = why;
	w->all = true;	/* source checks that are part of no decision */
	rp_history_init(&why->history);
	if ((!w->recording && rp_why_read_ahead(why, w)) ||
	    rp_reading_open(&why->reading, w)) {
		rp_history_exit(&why->history);
		return -1;
	}
	rp_print_init(&why->print, &why->reading, details, json);
	if (w->recording)
		rp_why_snapshot(why);
	rp_tally_init(&why->groups, sizeof(struct rp_why_group));
	why->groups.max = RP_WHY_GROUPS_MAX;
	why->ways = rp_util_alloc(RP_WHY_WAYS, sizeof(*why->ways));
	return 0;
}

static void rp_why_release(void *entry)
{
	struct rp_why_group *group = entry;

	free(group->evidence);
}

void rp_why_close(struct rp_why *why)
{
	rp_tally_exit(&why->groups, rp_why_release);
	rp_history_exit(&why->history);
	free(why->ways);
	rp_reading_close(&why->reading);
}
