// SPDX-License-Identifier: GPL-2.0
/* What was seen to work, and when last: a flow, a neighbour, and the way that was in use. */
#include <string.h>

#include "lib/addr.h"
#include "story/decision.h"
#include "why/why_inner.h"

/* Where the way of a flow is kept, whichever is there */
struct rp_way *rp_why_way(const struct rp_why *why, const struct rp_decision *d)
{
	uint64_t hash = rp_addr_hash(&d->flow->dst, d->netns);

	return &why->ways[hash >> 32 & (RP_WHY_WAYS - 1)];
}

bool rp_why_is_way(const struct rp_way *way, const struct rp_decision *d)
{
	return way->netns == d->netns && way->family == d->rec->family &&
	       rp_addr_equal(&way->dst, &d->flow->dst);
}

const struct rp_way *rp_why_known_way(const struct rp_why *why, const struct rp_decision *d)
{
	const struct rp_way *way = rp_why_way(why, d);

	return rp_why_is_way(way, d) ? way : NULL;
}

/* All that routes may be chosen by, but for the port that is another each time */
uint64_t rp_why_flow_key(const struct rp_decision *d)
{
	const struct rp_flow *flow = d->flow;
	uint64_t key = rp_addr_mix((uint64_t)d->netns << 32 | flow->oif,
				   (uint64_t)flow->iif << 32 | flow->mark);

	key = rp_addr_mix(key, (uint64_t)flow->uid << 32 | (uint32_t)flow->tos << 24 |
			       flow->proto << 16 | flow->dport);
	key = rp_addr_mix(key, rp_decision_kind(d->rec) << 8 | d->rec->family);
	return rp_addr_hash(&flow->src, rp_addr_hash(&flow->dst, key));
}

uint64_t rp_why_heard_key(uint32_t netns, uint32_t iif, const union rp_addr *from)
{
	return rp_addr_hash(from, (uint64_t)netns << 32 | iif);
}

void rp_why_set_good(struct rp_why *why, uint64_t key, uint64_t time_ns)
{
	why->goods[key >> 32 & (RP_WHY_WAYS - 1)] = (struct rp_good) { key, time_ns };
}

static uint64_t rp_why_was_good(const struct rp_why *why, uint64_t key)
{
	const struct rp_good *good = &why->goods[key >> 32 & (RP_WHY_WAYS - 1)];

	return good->key == key ? good->time_ns : 0;
}

/* Since then something must have changed: the same flow worked, or the neighbour was heard. */
uint64_t rp_why_since(const struct rp_why *why, const struct rp_origin *o,
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
