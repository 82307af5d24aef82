// SPDX-License-Identifier: GPL-2.0
/*
 * Failures, each with its origin and its cause, counted by flow.  Several records
 * that tell of one failure count once: the lookup inside a packet's being routed
 * again, the ICMP error that comes of a packet refused, and that one's arrival.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>

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
#define RP_WHY_BLAMED		(1 << 8)
#define RP_WHY_SAME_NS		(2 * RP_NSEC_PER_SEC)
#define RP_WHY_CALL_NS		(RP_NSEC_PER_SEC / 100)

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

/* ---- what works ---- */

/* All that routes may be chosen by, but for the port that is another each time */
static uint64_t rp_why_flow_key(const struct rp_decision *d)
{
	const struct rp_flow *flow = d->flow;
	uint64_t key = rp_addr_mix((uint64_t)d->netns << 32 | flow->oif,
				   (uint64_t)flow->iif << 32 | flow->mark);

	key = rp_addr_mix(key, (uint64_t)flow->uid << 32 | flow->tos << 24 | flow->proto << 16 |
			       flow->dport);
	key = rp_addr_mix(key, rp_decision_kind(d->rec) << 8 | d->rec->family);
	return rp_addr_hash(&flow->src, rp_addr_hash(&flow->dst, key));
}

static uint64_t rp_why_heard_key(uint32_t netns, uint32_t iif, const union rp_addr *from)
{
	return rp_addr_hash(from, (uint64_t)netns << 32 | iif);
}

static void rp_why_set_good(struct rp_why *why, uint64_t key, uint64_t time_ns)
{
	why->goods[key >> 32 & (RP_WHY_WAYS - 1)] = (struct rp_good) { key, time_ns };
}

static uint64_t rp_why_was_good(const struct rp_why *why, uint64_t key)
{
	const struct rp_good *good = &why->goods[key >> 32 & (RP_WHY_WAYS - 1)];

	return good->key == key ? good->time_ns : 0;
}

/* Since then something must have changed: the same flow worked, or the neighbour was heard. */
static uint64_t rp_why_since(const struct rp_why *why, const struct rp_origin *o,
			     const struct rp_decision *d)
{
	const struct rp_route *hop = &d->rec->route;
	union rp_addr gw = { .w = { 0, 0 } };
	uint64_t heard, answered;

	if (o->word != RP_ORIGIN_NEIGHBOUR)
		return rp_why_was_good(why, rp_why_flow_key(d));
	memcpy(&gw, hop->gw, sizeof(hop->gw));
	heard = rp_why_was_good(why, rp_why_heard_key(d->netns, hop->oif, &gw));
	answered = rp_why_was_good(why, rp_why_heard_key(d->netns, hop->oif, &d->flow->dst));
	return heard > answered ? heard : answered;
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
		memcpy(blamed->with, s->with, sizeof(s->with));
	}
	s->nwith = blamed->nwith;
	memcpy(s->with, blamed->with, sizeof(s->with));
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

static struct rp_why_group *rp_why_group(struct rp_why *why, struct rp_origin *o,
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
		rp_sysctls_find(&group->sysctls, &s, o);
		rp_why_add_evidence(why, group, d);
	}
	if (found)
		rp_why_blame(group, &s, &cause);
	return group;
}

/* ---- several records of one failure ---- */

static void rp_why_remember(struct rp_why *why, struct rp_why_group *group,
			    const struct rp_decision *d)
{
	why->recent[why->nrecent++ % RP_WHY_RECENT] = (struct rp_why_recent) {
		group, *d->flow, d->rec->time_ns, rp_stream_end_ns(d->rec), d->rec->tid,
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
	       rp_history_at(&why->memory.history, d->netns, family, &local, d->rec->time_ns) ==
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
	rp_search_init(&s, &why->memory.history, &why->reading.fib, d, NULL);
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
		rp_why_blame(group, &s, &cause);
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

/* The device that a packet got leads nowhere, whatever the tables said. */
static bool rp_why_is_down(struct rp_why *why, struct rp_origin *o, const struct rp_decision *d)
{
	const struct rp_model_query q = { .netns = d->netns, .family = AF_INET,
					  .at_ns = d->rec->time_ns };
	const char *caller = rp_source_caller(&why->reading.src, d->rec->caller);

	if (!d->flow || !d->rtable || d->rec->err || !d->rtable->oif ||
	    rp_decision_kind(d->rec) != RP_KIND_OUTPUT ||
	    (caller && !strcmp(caller, "inet_rtm_getroute")) ||
	    rp_model_link_state(&why->memory.history.model, &q, d->rtable->oif) != RP_CHANGE_DOWN)
		return false;
	memset(o, 0, sizeof(*o));
	o->word = RP_ORIGIN_DEVICE;
	o->err = -ENETDOWN;
	o->kind = RP_KIND_OUTPUT;
	return true;
}

/* Before the filter: what changed, which way is in use, why there was none inside */
static void rp_why_see(void *ctx, const struct rp_decision *d)
{
	struct rp_why *why = ctx;
	struct rp_why_group *group;
	struct rp_origin o;
	union rp_addr learned_from = { .w = { 0, 0 } };
	struct rp_way *way;

	rp_memory_see(&why->memory, d);
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
	if (!rp_why_is_down(why, &o, d))
		rp_why_set_good(why, rp_why_flow_key(d), d->rec->time_ns);
	/* Who is to send an ICMP error asks as if the packet had come, which says nothing. */
	if (d->rec->kind == RP_KIND_INPUT && !d->node->within)
		rp_why_set_good(why, rp_why_heard_key(d->netns, d->flow->iif, &d->flow->src),
				d->rec->time_ns);
	if (rp_search_is_redirected(d->rec->family, d->rtable) && rp_why_is_way(way, d))
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

/* A call may ask for its route several times, and knows more of its flow each time. */
static bool rp_why_is_same_call(const struct rp_why *why, const struct rp_decision *d)
{
	const struct rp_why_recent *last;

	if (!why->nrecent)
		return false;
	last = &why->recent[(why->nrecent - 1) % RP_WHY_RECENT];
	return last->group->origin.word == RP_ORIGIN_DEVICE && last->tid == d->rec->tid &&
	       last->group->d.rec->kind != RP_KIND_ICMP_OUT &&
	       rp_addr_equal(&last->flow.dst, &d->flow->dst) &&
	       last->flow.proto == d->flow->proto && last->flow.dport == d->flow->dport &&
	       d->rec->time_ns - last->end_ns < RP_WHY_CALL_NS;
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
	const unsigned int sent = own | 1U << RP_ORIGIN_DEVICE | 1U << RP_ORIGIN_ICMP;
	struct rp_why_group *group = NULL;

	if (o->word == RP_ORIGIN_DEVICE && d->rec->kind != RP_KIND_ICMP_OUT)
		return rp_why_is_same_call(why, d);
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
		group = rp_why_find_recent(why, d, sent);
		if (group)
			group->heard++;
		else if (d->rec->signal.code == (d->rec->family == AF_INET6 ?
						 ICMPV6_ADDR_UNREACH : ICMP_HOST_UNREACH))
			o->word = RP_ORIGIN_UNKNOWN;
	}
	return group;
}

static void rp_why_worked(struct rp_why *why, const struct rp_decision *d)
{
	if (why->watch.worked && d->flow && d->rtable && !d->rec->err &&
	    rp_decision_is_asking(d->rec))
		why->watch.worked(why->watch.ctx, d);
}

static bool rp_why_take(void *ctx, const struct rp_decision *d)
{
	struct rp_why *why = ctx;
	struct rp_why_group *group;
	struct rp_origin o;

	if (why->watch.story)
		why->watch.story(why->watch.ctx, d);
	if (!rp_origin_find(&o, &why->reading.src, d) && !rp_why_is_down(why, &o, d)) {
		rp_why_worked(why, d);
		return false;
	}
	if (!d->flow || rp_why_is_more(why, &o, d))
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
	if (why->watch.failed)
		why->watch.failed(why->watch.ctx, group, d);
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

int rp_why_open(struct rp_why *why, struct rp_wanted *w, bool details, bool json)
{
	memset(why, 0, sizeof(*why));
	w->see = rp_why_see;
	w->take = rp_why_take;
	w->ctx = why;
	w->all = true;	/* source checks that are part of no decision */
	if (rp_memory_open(&why->memory, &why->reading, w))
		return -1;
	rp_print_init(&why->print, &why->reading, details, json);
	rp_tally_init(&why->groups, sizeof(struct rp_why_group));
	why->groups.max = RP_WHY_GROUPS_MAX;
	why->ways = rp_util_alloc(RP_WHY_WAYS, sizeof(*why->ways));
	why->goods = rp_util_alloc(RP_WHY_WAYS, sizeof(*why->goods));
	why->blamed = rp_util_alloc(RP_WHY_BLAMED, sizeof(*why->blamed));
	return 0;
}

static void rp_why_release(void *entry)
{
	struct rp_why_group *group = entry;

	free(group->evidence);
	free(group->with);
}

void rp_why_forget(struct rp_why *why)
{
	size_t max = why->groups.max;

	rp_tally_exit(&why->groups, rp_why_release);
	rp_tally_init(&why->groups, sizeof(struct rp_why_group));
	why->groups.max = max;
	why->nshown = 0;
	why->nrecent = 0;
}

void rp_why_close(struct rp_why *why)
{
	rp_tally_exit(&why->groups, rp_why_release);
	rp_memory_close(&why->memory);
	free(why->ways);
	free(why->goods);
	free(why->blamed);
	rp_reading_close(&why->reading);
}
