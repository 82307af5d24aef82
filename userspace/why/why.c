// SPDX-License-Identifier: GPL-2.0
/*
 * Failures, each with its origin and its cause, counted by flow.  Several records
 * that tell of one failure count once: the lookup inside a packet's being routed
 * again, the ICMP error that comes of a packet refused, and that one's arrival.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>

#include "lib/util.h"
#include "source/stream.h"
#include "why/why_inner.h"

#define RP_WHY_GROUPS_MAX	(1 << 16)
#define RP_WHY_SAME_NS		(2 * RP_NSEC_PER_SEC)

/* ---- several records of one failure ---- */

static void rp_why_remember(struct rp_why *why, struct rp_why_group *group,
			    const struct rp_decision *d)
{
	why->recent[why->nrecent++ % RP_WHY_RECENT] = (struct rp_why_recent) {
		.group = group, .flow = *d->flow, .time_ns = d->rec->time_ns,
		.end_ns = rp_stream_end_ns(d->rec), .tid = d->rec->tid,
		.tgid = rp_why_whose(why, d),
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

/* Was it told that a path has this MTU? */
static bool rp_why_is_learned(const struct rp_why *why, const struct rp_decision *d)
{
	const struct rp_way *way = rp_why_known_way(why, d);
	const struct rp_why_recent *recent;
	unsigned int i;

	if (!way || way->pmtu != d->rec->signal.info)
		return false;
	for (i = 1; i <= RP_WHY_RECENT && i <= why->nrecent; i++) {
		recent = &why->recent[(why->nrecent - i) % RP_WHY_RECENT];
		if (recent->group->flow.netns == d->netns &&
		    recent->group->origin.word == RP_ORIGIN_ICMP &&
		    recent->group->origin.err == -EMSGSIZE &&
		    rp_addr_equal(&recent->flow.dst, &d->flow->dst))
			return true;
	}
	return false;
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

/*
 * The device that a packet got leads nowhere, whatever the tables said.  What the kernel sends
 * by itself it sends while a device comes up, which is told a moment later.
 */
static bool rp_why_is_down(struct rp_why *why, struct rp_origin *o, const struct rp_decision *d)
{
	const struct rp_model_query q = { .netns = d->netns, .family = AF_INET,
					  .at_ns = d->rec->time_ns };

	if (!d->flow || !d->rtable || d->rec->err || !d->rtable->oif ||
	    d->rec->context != RP_CONTEXT_TASK || rp_decision_kind(d->rec) != RP_KIND_OUTPUT ||
	    rp_origin_is_get(&why->reading.src, d->rec) ||
	    rp_model_link_state(&why->memory.history.model, &q, d->rtable->oif) != RP_CHANGE_DOWN)
		return false;
	memset(o, 0, sizeof(*o));
	o->word = RP_ORIGIN_DEVICE;
	o->err = -ENETDOWN;
	o->kind = RP_KIND_OUTPUT;
	return true;
}

/* The MTU of the path that a socket was given with its route */
static uint32_t rp_why_pmtu(const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec->has & (RP_HAS_CACHED | RP_HAS_FOLDED) ? d->rec :
										    d->main;

	if (rec->has & RP_HAS_CACHED)
		return rec->cached.pmtu;
	return rec->has & RP_HAS_FOLDED ? rec->folded.cached.pmtu : 0;
}

/* Before the filter: what changed, which way is in use, why there was none inside */
static void rp_why_see(void *ctx, const struct rp_decision *d)
{
	struct rp_why *why = ctx;
	struct rp_why_group *group;
	struct rp_origin o;
	union rp_addr learned_from = { .w = { 0, 0 } };
	struct rp_way *way;
	bool found, down;

	rp_memory_see(&why->memory, d);
	if (!d->flow)
		return;
	if (d->rec->kind == RP_KIND_REROUTE && !d->rec->err)
		rp_why_see_rewrite(why, d);
	if (d->node->within && rp_origin_find(&o, &why->reading.src, d) && o.part) {
		group = rp_why_find_around(why, d->node->within, RP_ORIGIN_REROUTE);
		if (group)
			rp_why_add_inner(why, group, &o, d);
		return;
	}
	way = rp_why_way(why, d);
	if (d->rec->kind == RP_KIND_EXCEPTION && rp_why_is_way(way, d)) {
		if (d->rec->signal.info)
			way->pmtu = d->rec->signal.info;
		else
			way->learned_from = d->rec->signal.from;
	}
	found = rp_decision_is_asking(d->rec) && !d->rec->err && d->rtable;
	down = found && rp_why_is_down(why, &o, d);
	rp_why_see_family(why, d, found && !down);
	if (!found)
		return;
	rp_why_see_sent(why, d);
	if (!down)
		rp_why_set_good(why, rp_why_flow_key(d), d->rec->time_ns);
	/* Who is to send an ICMP error asks as if the packet had come, which says nothing. */
	if (d->rec->kind == RP_KIND_INPUT && !d->node->within)
		rp_why_set_good(why, rp_why_heard_key(d->netns, d->flow->iif, &d->flow->src),
				d->rec->time_ns);
	if (rp_search_is_redirected(d->rec->family, d->rtable) && rp_why_is_way(way, d))
		learned_from = way->learned_from;
	*way = (struct rp_way) {
		.netns = d->netns, .family = d->rec->family, .dst = d->flow->dst,
		.learned_from = learned_from, .pmtu = rp_why_pmtu(d),
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
	if (o->word == RP_ORIGIN_MTU)
		return rp_why_is_learned(why, d);
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

static bool rp_why_count(struct rp_why *why, struct rp_origin *o, const struct rp_decision *d)
{
	struct rp_why_group *group;

	if (!d->flow || rp_why_is_more(why, o, d))
		return false;
	group = rp_why_group(why, o, d);
	if (!group) {
		why->left_out++;
		return true;
	}
	group->times++;
	group->told += o->told;
	group->incomplete |= d->node->incomplete;
	if (d->rec->time_ns > group->last_ns)
		group->last_ns = d->rec->time_ns;
	rp_why_remember(why, group, d);
	if (why->watch.failed)
		why->watch.failed(why->watch.ctx, group, d);
	return true;
}

/* Who is told that a packet is too large has not said all of its flow, but asked for its way. */
static bool rp_why_count_sent(struct rp_why *why, struct rp_origin *o,
			      const struct rp_decision *d)
{
	const struct rp_flow *sent = d->flow ? rp_why_find_sent(why, d) : NULL;
	struct rp_decision its = *d;
	struct rp_record rec = *d->rec;

	if (sent) {
		rec.flow = *sent;
		rec.flow.iif = 0;	/* of a signal */
		its.rec = &rec;
		its.main = &rec;
		its.flow = &rec.flow;
	}
	return rp_why_count(why, o, &its);
}

static bool rp_why_take(void *ctx, const struct rp_decision *d)
{
	struct rp_why *why = ctx;
	struct rp_origin o;

	if (why->watch.story)
		why->watch.story(why->watch.ctx, d);
	if (!rp_origin_find(&o, &why->reading.src, d) && !rp_why_is_down(why, &o, d)) {
		rp_why_worked(why, d);
		return false;
	}
	return o.word == RP_ORIGIN_MTU ? rp_why_count_sent(why, &o, d) :
					 rp_why_count(why, &o, d);
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
	why->sent = rp_util_alloc(RP_WHY_SENT, sizeof(*why->sent));
	why->rewritten = rp_util_alloc(RP_WHY_SENT, sizeof(*why->rewritten));
	return 0;
}

static void rp_why_release(void *entry)
{
	struct rp_why_group *group = entry;

	free(group->steps);
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
	free(why->sent);
	free(why->rewritten);
	rp_reading_close(&why->reading);
}
