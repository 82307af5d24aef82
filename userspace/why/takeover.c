// SPDX-License-Identifier: GPL-2.0
/*
 * Happy Eyeballs: a program that has addresses of both families tries the next one when one
 * fails.  The same process then finds a way in the other family, to the same port of the
 * same protocol; the address is another by nature.
 */
#include <netinet/in.h>

#include "lib/addr.h"
#include "story/decision.h"
#include "why/why_inner.h"

#define RP_TAKEOVER_NS		(2 * RP_NSEC_PER_SEC)
#define RP_TAKEOVER_FAILS_NS	(3 * RP_TAKEOVER_NS)	/* a neighbour is asked for 3 s */

static bool rp_takeover_is_service(const struct rp_flow *flow)
{
	return (flow->proto == IPPROTO_TCP || flow->proto == IPPROTO_UDP) && flow->dport;
}

/* Who sent the packet that an error came back for, if it can be but one */
static uint32_t rp_takeover_sender(const struct rp_why *why, const struct rp_decision *d)
{
	const struct rp_why_sent *sent;
	uint32_t tgid = 0;
	unsigned int i;

	for (i = 0; i < RP_WHY_SENT; i++) {
		sent = &why->sent[i];
		if (sent->netns != d->netns || sent->family != d->rec->family ||
		    sent->flow.proto != d->flow->proto || sent->flow.dport != d->flow->dport ||
		    !rp_addr_equal(&sent->flow.dst, &d->flow->dst) ||
		    (sent->flow.sport && sent->flow.sport != d->flow->sport) ||
		    d->rec->time_ns - sent->end_ns >= RP_TAKEOVER_NS)
			continue;
		if (tgid && tgid != sent->tgid)
			return 0;
		tgid = sent->tgid;
	}
	return tgid;
}

uint32_t rp_why_whose(struct rp_why *why, const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;

	if (!rp_takeover_is_service(d->flow))
		return 0;
	if (rec->kind == RP_KIND_ICMP_IN)
		return rp_takeover_sender(why, d);
	return rec->context == RP_CONTEXT_TASK && rec->kind != RP_KIND_INPUT &&
	       rec->kind != RP_KIND_ICMP_OUT && !rp_origin_is_get(&why->reading.src, rec) ?
	       rec->tgid : 0;
}

static bool rp_takeover_is_same(const struct rp_why_recent *recent, const struct rp_decision *d,
				uint64_t within_ns)
{
	return recent->group->flow.netns == d->netns &&
	       recent->flow.proto == d->flow->proto && recent->flow.dport == d->flow->dport &&
	       d->rec->time_ns > recent->time_ns &&
	       d->rec->time_ns - recent->time_ns < within_ns;
}

/*
 * The process went to that port by the other family before anything failed, as a proxy or a
 * browser does all the time: what it finds now may be of something else.
 */
static bool rp_takeover_is_busy(const struct rp_why *why, const struct rp_why_recent *recent,
				const struct rp_decision *d)
{
	const struct rp_why_sent *sent;
	unsigned int i;

	for (i = 0; i < RP_WHY_SENT; i++) {
		sent = &why->sent[i];
		if (sent->tgid == recent->tgid && sent->netns == d->netns &&
		    sent->family == d->rec->family && sent->flow.proto == d->flow->proto &&
		    sent->flow.dport == d->flow->dport && sent->end_ns <= recent->time_ns &&
		    recent->time_ns - sent->end_ns < RP_TAKEOVER_NS)
			return true;
	}
	return false;
}

/*
 * The task goes on: by the other family, or by the same one after all.  What another host
 * refused has a way here each time that it is sent.
 */
static void rp_takeover_works(const struct rp_why *why, struct rp_why_recent *recent,
			      const struct rp_decision *d)
{
	struct rp_takeover *takeover = &recent->group->takeover;
	bool same = recent->group->flow.family == d->rec->family;

	if (same && recent->group->origin.signal &&
	    rp_addr_equal(&recent->flow.dst, &d->flow->dst))
		return;
	recent->went_on = true;
	if (same || (!takeover->times && rp_takeover_is_busy(why, recent, d)))
		return;
	recent->before = *takeover;
	takeover->times++;
	takeover->after_ns = d->rec->time_ns - recent->time_ns;
	takeover->family = d->rec->family;
	takeover->dst = d->flow->dst;
}

/* What took over failed in its turn: nothing is said of it, and the next may work. */
static void rp_takeover_fails(struct rp_why_recent *recent, const struct rp_decision *d)
{
	struct rp_takeover *takeover = &recent->group->takeover;
	bool is_it = recent->went_on && takeover->times > recent->before.times &&
			   takeover->family == d->rec->family &&
			   rp_addr_equal(&takeover->dst, &d->flow->dst);

	if (!is_it)
		return;
	*takeover = recent->before;
	recent->went_on = false;
}

static bool rp_takeover_is_failure(struct rp_why *why, const struct rp_decision *d)
{
	struct rp_origin o;

	return rp_origin_find(&o, &why->reading.src, d);
}

void rp_why_see_family(struct rp_why *why, const struct rp_decision *d, bool works)
{
	uint64_t within_ns = works ? RP_TAKEOVER_NS : RP_TAKEOVER_FAILS_NS;
	unsigned int i = why->nrecent < RP_WHY_RECENT ? why->nrecent : RP_WHY_RECENT;
	bool failure = false, known = false;
	struct rp_why_recent *recent;
	uint32_t tgid = 0;

	if (!rp_takeover_is_service(d->flow))
		return;
	while (i--) {
		recent = &why->recent[i];
		if (!recent->tgid || !rp_takeover_is_same(recent, d, within_ns))
			continue;
		if (!known) {
			known = true;
			tgid = works && !d->node->within ? rp_why_whose(why, d) : 0;
			failure = !works && rp_takeover_is_failure(why, d);
		}
		if (tgid && tgid == recent->tgid && !recent->went_on)
			rp_takeover_works(why, recent, d);
		else if (failure)
			rp_takeover_fails(recent, d);
	}
}
