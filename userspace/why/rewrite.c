// SPDX-License-Identifier: GPL-2.0
/* What netfilter changed of a packet before it was routed again. */
#include "lib/addr.h"
#include "source/stream.h"
#include "story/decision.h"
#include "why/why_inner.h"

#define RP_WHY_REWRITTEN_NS	(30 * RP_NSEC_PER_SEC)	/* for which it may wait for a neighbour */

static struct rp_why_sent *rp_why_sent(const struct rp_why *why, uint32_t tid)
{
	return &why->sent[rp_addr_mix(tid, 0) >> 32 & (RP_WHY_SENT - 1)];
}

/* A later lookup of the same call knows more of the flow. */
void rp_why_see_sent(struct rp_why *why, const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;

	if (rec->context != RP_CONTEXT_TASK || d->node->within ||
	    rp_decision_kind(rec) != RP_KIND_OUTPUT)
		return;
	*rp_why_sent(why, rec->tid) = (struct rp_why_sent) {
		.tid = rec->tid, .tgid = rec->tgid, .netns = d->netns, .family = rec->family,
		.end_ns = rp_stream_end_ns(rec), .flow = *d->flow,
	};
}

const struct rp_flow *rp_why_find_sent(const struct rp_why *why, const struct rp_decision *d)
{
	const struct rp_why_sent *sent = rp_why_sent(why, d->rec->tid);

	return d->rec->context == RP_CONTEXT_TASK && sent->tid == d->rec->tid &&
	       sent->netns == d->netns && sent->family == d->rec->family &&
	       rp_addr_equal(&sent->flow.dst, &d->flow->dst) &&
	       sent->flow.proto == d->flow->proto &&
	       d->rec->time_ns - sent->end_ns < RP_WHY_CALL_NS ? &sent->flow : NULL;
}

/* The address that is to send may have been chosen since, and so may the port. */
static bool rp_rewrite_is_of(const struct rp_why_sent *sent, const struct rp_decision *d)
{
	const struct rp_flow *before = &sent->flow, *after = &d->rec->flow;

	return sent->tid == d->rec->tid && sent->netns == d->netns &&
	       sent->family == d->rec->family && before->proto == after->proto &&
	       (!before->sport || before->sport == after->sport) &&
	       d->rec->time_ns - sent->end_ns < RP_WHY_CALL_NS;
}

static const struct rp_record *rp_rewrite_inside(const struct rp_decision *d)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &d->node->inner, link)
		if (inner->rec.kind == RP_KIND_REROUTE && inner->rec.err)
			return &inner->rec;
	return NULL;
}

/* A hook is entered before any of it happens. */
static void rp_rewrite_find(struct rp_rewrite *rewrite, const struct rp_why *why,
			    const struct rp_decision *d)
{
	const struct rp_record *after = d->rec->kind == RP_KIND_REROUTE ? d->rec :
					rp_rewrite_inside(d);
	const struct rp_why_sent *sent = rp_why_sent(why, d->rec->tid);

	if (after && after->has & RP_HAS_FLOW) {
		rewrite->has_after = true;
		rewrite->after = after->flow;
	}
	if (d->rec->kind == RP_KIND_NETFILTER) {
		rewrite->has_before = d->rec->has & RP_HAS_FLOW;
		rewrite->before = d->rec->flow;
	} else if (d->rec->context == RP_CONTEXT_TASK && rp_rewrite_is_of(sent, d)) {
		rewrite->has_before = true;
		rewrite->before = sent->flow;
	}
}

/* Where the kernel was to choose it, it was not changed. */
bool rp_rewrite_is_ip(const union rp_addr *before, const union rp_addr *after)
{
	return !rp_addr_equal(before, after) && !rp_addr_is_any(before);
}

bool rp_rewrite_is_port(__be16 before, __be16 after)
{
	return before != after && before;
}

bool rp_rewrite_is_any(const struct rp_rewrite *rewrite)
{
	const struct rp_flow *before = &rewrite->before, *after = &rewrite->after;

	if (!rewrite->has_before || !rewrite->has_after)
		return false;
	return rp_rewrite_is_ip(&before->src, &after->src) ||
	       rp_rewrite_is_ip(&before->dst, &after->dst) ||
	       rp_rewrite_is_port(before->sport, after->sport) ||
	       rp_rewrite_is_port(before->dport, after->dport) ||
	       before->mark != after->mark || (before->tos ^ after->tos) & RP_SEARCH_TOS;
}

/* The source may be changed once more, on the way out. */
static struct rp_why_rewritten *rp_why_rewritten(const struct rp_why *why, uint32_t netns,
						 const struct rp_flow *flow)
{
	uint64_t key = rp_addr_mix(netns, (uint64_t)flow->proto << 32 |
					  (uint32_t)flow->sport << 16 | flow->dport);

	return &why->rewritten[rp_addr_hash(&flow->dst, key) >> 32 & (RP_WHY_SENT - 1)];
}

void rp_why_see_rewrite(struct rp_why *why, const struct rp_decision *d)
{
	struct rp_rewrite rewrite = { .has_before = false };

	rp_rewrite_find(&rewrite, why, d);
	if (rp_rewrite_is_any(&rewrite))
		*rp_why_rewritten(why, d->netns, &d->rec->flow) = (struct rp_why_rewritten) {
			d->netns, d->rec->family, rp_stream_end_ns(d->rec), rewrite,
		};
}

void rp_why_find_rewrite(struct rp_rewrite *rewrite, const struct rp_why *why,
			 const struct rp_decision *d)
{
	const struct rp_why_rewritten *rewritten = rp_why_rewritten(why, d->netns, d->flow);
	const struct rp_flow *after = &rewritten->rewrite.after;

	if (d->rec->kind == RP_KIND_REROUTE || rp_rewrite_inside(d)) {
		rp_rewrite_find(rewrite, why, d);
		return;
	}
	if (d->flow->sport && rewritten->netns == d->netns &&
	    rewritten->family == d->rec->family && after->proto == d->flow->proto &&
	    after->sport == d->flow->sport && after->dport == d->flow->dport &&
	    rp_addr_equal(&after->dst, &d->flow->dst) &&
	    d->rec->time_ns - rewritten->end_ns < RP_WHY_REWRITTEN_NS)
		*rewrite = rewritten->rewrite;
}
