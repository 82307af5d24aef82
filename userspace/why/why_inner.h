/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_WHY_INNER_H
#define RP_WHY_WHY_INNER_H

#include "lib/util.h"
#include "why/why.h"

#define RP_WHY_WAYS		(1 << 14)
#define RP_WHY_BLAMED		(1 << 8)
#define RP_WHY_SENT		(1 << 8)
#define RP_WHY_CALL_NS		(RP_NSEC_PER_SEC / 100)

/* ---- what works ---- */

struct rp_way *rp_why_way(const struct rp_why *why, const struct rp_decision *d);
bool rp_why_is_way(const struct rp_way *way, const struct rp_decision *d);
/* NULL: none is known. */
const struct rp_way *rp_why_known_way(const struct rp_why *why, const struct rp_decision *d);
uint64_t rp_why_flow_key(const struct rp_decision *d);
uint64_t rp_why_heard_key(uint32_t netns, uint32_t iif, const union rp_addr *from);
void rp_why_set_good(struct rp_why *why, uint64_t key, uint64_t time_ns);
uint64_t rp_why_since(const struct rp_why *why, const struct rp_origin *o,
		      const struct rp_decision *d);

/* ---- what netfilter changed ---- */

/* A task has a route for what it sends. */
void rp_why_see_sent(struct rp_why *why, const struct rp_decision *d);
/* What the task asked for last, if that may be a packet that has less of its flow */
const struct rp_flow *rp_why_find_sent(const struct rp_why *why, const struct rp_decision *d);
/* A packet was routed again, and there was a way. */
void rp_why_see_rewrite(struct rp_why *why, const struct rp_decision *d);
/* Of a packet that fails: how it was before it was routed again, and afterwards */
void rp_why_find_rewrite(struct rp_rewrite *rewrite, const struct rp_why *why,
			 const struct rp_decision *d);

/* ---- the other family ---- */

/* The process whose packet failed; 0: it is not known. */
uint32_t rp_why_whose(struct rp_why *why, const struct rp_decision *d);
/* Before it is counted: what goes on with a failure, or fails after it had taken over */
void rp_why_see_family(struct rp_why *why, const struct rp_decision *d, bool works);

/* ---- groups ---- */

const struct rp_record *rp_why_copy(struct rp_record *to, const struct rp_record *from);
/* Where a failure is counted, with its cause; NULL: there is no room. */
struct rp_why_group *rp_why_group(struct rp_why *why, struct rp_origin *o,
				  const struct rp_decision *d);
void rp_why_add_inner(struct rp_why *why, struct rp_why_group *group, struct rp_origin *o,
		      const struct rp_decision *d);

#endif
