// SPDX-License-Identifier: GPL-2.0
/* Routes that became too old, which nobody tells of: the snapshot and the clock do. */
#include <sys/socket.h>

#include "fib/model.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/expiry.h"
#include "why/history.h"
#include "why/origin.h"

static enum rp_model_word rp_expiry_word(const struct rp_search *s, struct rp_asked *asked,
					 uint64_t at_ns)
{
	struct rp_model_answer a;

	asked->q.at_ns = at_ns;
	rp_model_lookup(&s->history->model, &asked->q, &a);
	return a.word;
}

/* Was it in use when it became too old? */
static bool rp_expiry_was_used(const struct rp_search *s, struct rp_asked *asked,
			       const struct rp_model_answer *ageless)
{
	struct rp_model_answer a;

	asked->q.at_ns = ageless->expires_ns - 1;
	rp_model_lookup(&s->history->model, &asked->q, &a);
	return a.word == RP_MODEL_FOUND && a.expires_ns == ageless->expires_ns &&
	       a.table == ageless->table && a.route.dst_len == ageless->route.dst_len;
}

/*
 * There would be a route if none became too old, and there was none any more when this one
 * did.  In the moment in which that is not certain the kernel's own answer makes it so.
 */
static bool rp_expiry_began(const struct rp_search *s, struct rp_asked *asked,
			    const struct rp_model_answer *ageless)
{
	uint64_t certain_ns = ageless->expires_ns + RP_MODEL_DOUBT_NS;

	if (!rp_expiry_was_used(s, asked, ageless))
		return false;
	if (s->time_ns < certain_ns)
		return rp_expiry_word(s, asked, s->time_ns) == RP_MODEL_UNKNOWN;
	return rp_expiry_word(s, asked, certain_ns) == RP_MODEL_NONE &&
	       rp_expiry_word(s, asked, s->time_ns) == RP_MODEL_NONE;
}

void rp_expiry_find(struct rp_search *s, enum rp_origin_word *word)
{
	struct rp_model_answer ageless;
	struct rp_asked asked;

	if (*word != RP_ORIGIN_NO_ROUTE || s->family != AF_INET6 ||
	    !rp_asked_make(&asked, s, false))
		return;
	asked.q.ageless = true;
	rp_model_lookup(&s->history->model, &asked.q, &ageless);
	if (ageless.word != RP_MODEL_FOUND || !ageless.expires_ns ||
	    ageless.expires_ns > s->time_ns)
		return;
	asked.q.ageless = false;
	if (!rp_expiry_began(s, &asked, &ageless))
		return;
	*word = RP_ORIGIN_EXPIRED;
	s->derived = ageless.route;
	s->is_derived = true;
	s->expired_ns = ageless.expires_ns;
}
