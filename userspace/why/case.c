// SPDX-License-Identifier: GPL-2.0
/* What a failure is looked at with: routes as they were when it happened. */
#include <linux/in_route.h>
#include <linux/route.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "lib/util.h"
#include "source/stream.h"
#include "story/decision.h"
#include "why/case.h"

void rp_search_init(struct rp_search *s, struct rp_history *h, struct rp_fib *fib,
		    const struct rp_decision *d, const struct rp_way *way)
{
	memset(s, 0, sizeof(*s));
	s->history = h;
	s->fib = fib;
	s->d = d;
	s->way = way;
	s->time_ns = rp_stream_end_ns(d->rec);
	s->addr = d->flow->dst;
	s->family = d->rec->family;
}

bool rp_search_is_rejecting(unsigned int type)
{
	return type == RTN_UNREACHABLE || type == RTN_PROHIBIT || type == RTN_BLACKHOLE ||
	       type == RTN_THROW;
}

bool rp_search_is_redirected(unsigned int family, const struct rp_route *rtable)
{
	return rtable->rt_flags & (family == AF_INET6 ? RTF_DYNAMIC : RTCF_REDIRECTED);
}

/* An IPv6 route has the length of its `from` there, and of what prefix is not recorded. */
bool rp_search_is_for_tos(const struct rp_search *s, const struct rp_route *route)
{
	uint8_t tos = s->d->flow->tos;

	if (s->family == AF_INET6)
		return !route->src_len;
	return !route->tos || route->tos == (tos & RP_SEARCH_TOS) ||
	       route->tos == (tos & RP_SEARCH_TOS_OLD);
}

static enum rp_history_state rp_search_at(const struct rp_search *s, struct rp_route *route,
					  uint32_t table, int len, uint8_t tos)
{
	*route = (struct rp_route) { .table = table, .dst_len = len, .tos = tos,
				     .dst = rp_addr_prefix(&s->addr, len) };
	return rp_history_at(s->history, s->d->netns, s->family, route, s->time_ns);
}

bool rp_search_longest(const struct rp_search *s, struct rp_route *route, uint32_t table,
		       int len)
{
	uint8_t tos = s->family == AF_INET6 ? 0 : s->d->flow->tos;
	const uint8_t toses[] = { tos & RP_SEARCH_TOS, tos & RP_SEARCH_TOS_OLD, 0 };
	bool whole = rp_history_is_whole(s->history, s->d->netns, s->family);
	enum rp_history_state state;
	unsigned int i;

	for (; len >= 0; len--) {
		if (!rp_history_has_length(s->history, s->family, len)) {
			if (!whole)
				return false;
			continue;
		}
		for (i = toses[0] ? 0 : 2; i < RP_ARRAY_SIZE(toses); i++) {
			state = rp_search_at(s, route, table, len, toses[i]);
			if (state != RP_HISTORY_ABSENT)
				return state == RP_HISTORY_PRESENT;
		}
	}
	return false;
}

bool rp_search_has_route(const struct rp_search *s, uint32_t table, int len)
{
	struct rp_route route;

	return rp_search_longest(s, &route, table, len) && !rp_search_is_rejecting(route.type);
}

bool rp_search_was_asked(const struct rp_decision *d, uint32_t table)
{
	unsigned int i;

	for (i = 0; i < d->ntables; i++)
		if (d->tables[i] == table ||
		    (d->tables[i] == RT_TABLE_MAIN && table == RT_TABLE_LOCAL))
			return true;
	return false;
}

const struct rp_past *rp_search_object(const struct rp_search *s,
				       const struct rp_route *route)
{
	const struct rp_past *past;

	if (!route->nhid)
		return NULL;
	past = rp_history_of_nexthop(s->history, s->d->netns, route->nhid, s->time_ns);
	if (past && past->rec.netns == s->d->netns && past->rec.route.nhid == route->nhid &&
	    past->rec.change.op == RP_CHANGE_INSERT)
		return past;
	return NULL;
}
