// SPDX-License-Identifier: GPL-2.0
/*
 * By whose MTU a packet was too large.  The kernel only tells how much there is room for: who
 * in the model has that MTU, it is.
 */
#include "fib/model.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/limit.h"

static const char *const rp_limit_names[] = {
	[RP_LIMIT_ROUTE]	= "route",
	[RP_LIMIT_DEVICE]	= "device",
	[RP_LIMIT_LEARNED]	= "learned",
};

const char *rp_limit_name(unsigned int limit)
{
	return rp_limit_names[limit];
}

uint32_t rp_limit_of(const struct rp_search *s, const struct rp_model_answer *a)
{
	if (a->mtu || a->nhops > 1)
		return a->mtu;
	return rp_history_mtu(s->history, s->d->netns, a->route.oif, s->time_ns);
}

/* What was learned for the destination comes before what the route says. */
void rp_limit_find(struct rp_search *s)
{
	uint32_t mtu = s->d->rec->signal.info;
	struct rp_model_answer a;
	struct rp_asked asked;

	if (!mtu)
		return;
	if (s->way && s->way->pmtu == mtu) {
		s->limit = RP_LIMIT_LEARNED;
		return;
	}
	if (!rp_asked_make(&asked, s, false))
		return;
	rp_model_lookup(&s->history->model, &asked.q, &a);
	if (a.word != RP_MODEL_FOUND || rp_limit_of(s, &a) != mtu)
		return;
	s->limit = a.mtu ? RP_LIMIT_ROUTE : RP_LIMIT_DEVICE;
	s->derived = a.route;
	s->is_derived = true;
}
