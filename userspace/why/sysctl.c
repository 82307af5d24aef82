// SPDX-License-Identifier: GPL-2.0
/* Which sysctls a packet was refused by, and whether a write of one did it. */
#include <arpa/inet.h>
#include <linux/rtnetlink.h>

#include "lib/util.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/origin.h"
#include "why/settings.h"
#include "why/sysctl.h"

/* One of a device and of all devices: the higher value counts, so that 1 is on by either. */
struct rp_sysctl {
	struct rp_fib_setting dev, all;
	const struct rp_past *dev_by, *all_by;
	int value;
	bool both;		/* it has a value for all, too, that counts */
};

/* Whose it is: of the device of arrival, or of that by which it was to leave */
static uint32_t rp_sysctl_index(const struct rp_search *s, unsigned int id)
{
	if (id != RP_SETTING_IGNORE_LINKDOWN)
		return s->d->flow->iif;
	return s->passed_over ? s->derived.oif : s->d->rec->route.oif;
}

/* How it was when the packet came; false if it is not known */
static bool rp_sysctl_read(struct rp_sysctl *c, const struct rp_search *s, unsigned int id,
			   const struct rp_past *undo)
{
	uint32_t netns = s->d->netns;

	c->dev = (struct rp_fib_setting) { .index = rp_sysctl_index(s, id), .family = s->family,
					   .id = id, .scope = RP_SCOPE_DEV };
	c->all = (struct rp_fib_setting) { .family = s->family, .id = id,
					   .scope = RP_SCOPE_ALL };
	c->both = id != RP_SETTING_FORWARDING && id != RP_SETTING_USE_NEIGH &&
		  !(id == RP_SETTING_IGNORE_LINKDOWN && s->history->linkdown_by_device);
	c->all_by = NULL;
	if (id == RP_SETTING_USE_NEIGH)
		c->dev = (struct rp_fib_setting) { .family = s->family, .id = id,
						   .scope = RP_SCOPE_NETNS };
	/* IPv6 forwards by all devices or none. */
	if (s->family == AF_INET6 && id == RP_SETTING_FORWARDING)
		c->dev = c->all;
	if (!rp_settings_at(s->history, netns, &c->dev, s->time_ns, undo, &c->dev_by) ||
	    (c->both && !rp_settings_at(s->history, netns, &c->all, s->time_ns, undo,
					&c->all_by)))
		return false;
	c->value = c->both && c->all.value > c->dev.value ? c->all.value : c->dev.value;
	return true;
}

static void rp_sysctls_add(struct rp_sysctls *sysctls, const struct rp_sysctl *c)
{
	if (sysctls->count < RP_SYSCTL_MAX)
		sysctls->all[sysctls->count++] =
			c->both && c->all.value > c->dev.value ? c->all : c->dev;
}

/* The one that is off, and on would let the packet in; RP_SETTING_NONE: none is known */
static unsigned int rp_sysctl_off(const struct rp_search *s, const struct rp_origin *o)
{
	const struct rp_flow *flow = s->d->flow;
	struct rp_route local = { .table = RT_TABLE_LOCAL, .dst = flow->src,
				  .dst_len = rp_addr_bits(s->family) };

	if (o->word == RP_ORIGIN_FORWARD && o->inner == RP_ORIGIN_FORWARDING_OFF)
		return RP_SETTING_FORWARDING;
	if (o->word == RP_ORIGIN_RP_FILTER && s->family == AF_INET && flow->mark)
		return RP_SETTING_SRC_VALID_MARK;
	if (o->word != RP_ORIGIN_MARTIAN || s->family != AF_INET)
		return RP_SETTING_NONE;
	if (flow->dst.b[0] == IN_LOOPBACKNET || flow->src.b[0] == IN_LOOPBACKNET)
		return RP_SETTING_ROUTE_LOCALNET;
	if (rp_history_at(s->history, s->d->netns, s->family, &local, s->time_ns) ==
	    RP_HISTORY_PRESENT && local.type == RTN_LOCAL)
		return RP_SETTING_ACCEPT_LOCAL;
	return RP_SETTING_NONE;
}

/* The one that is on, and off would have had a route be used */
static unsigned int rp_sysctl_on(const struct rp_search *s, const struct rp_origin *o)
{
	if (o->word == RP_ORIGIN_RP_FILTER)
		return RP_SETTING_RP_FILTER;
	return s->passed_over && s->family == AF_INET ? RP_SETTING_IGNORE_LINKDOWN :
							RP_SETTING_NONE;
}

int rp_sysctls_rp_filter(const struct rp_search *s)
{
	struct rp_sysctl c;

	return rp_sysctl_read(&c, s, RP_SETTING_RP_FILTER, NULL) ? c.value : -1;
}

void rp_sysctls_find(struct rp_sysctls *sysctls, const struct rp_search *s,
		     const struct rp_origin *o)
{
	unsigned int off = rp_sysctl_off(s, o), on = rp_sysctl_on(s, o);
	struct rp_sysctl c;

	sysctls->count = 0;
	if (on && rp_sysctl_read(&c, s, on, NULL) && c.value)
		rp_sysctls_add(sysctls, &c);
	if (off && rp_sysctl_read(&c, s, off, NULL) && !c.value)
		rp_sysctls_add(sysctls, &c);
}

static bool rp_sysctl_lets_in(const struct rp_search *s, const struct rp_origin *o,
			      unsigned int id, int value)
{
	struct rp_record back;

	if (id == RP_SETTING_SRC_VALID_MARK)
		return value && rp_blame_would_with_mark(s, o);
	if (id == RP_SETTING_IGNORE_LINKDOWN && s->passed_over)
		return !value;
	if (id != RP_SETTING_RP_FILTER)
		return value;
	rp_asked_back(s->d, &back);
	return !value || (value > 1 && back.kind && back.route.type == RTN_UNICAST);
}

static void rp_sysctl_try(const struct rp_search *s, const struct rp_origin *o, unsigned int id,
			  const struct rp_past *past, const struct rp_past **newest)
{
	struct rp_sysctl c;

	if (past && past->rec.time_ns > s->since_ns &&
	    (!*newest || past->rec.time_ns > (*newest)->rec.time_ns) &&
	    rp_sysctl_read(&c, s, id, past) && rp_sysctl_lets_in(s, o, id, c.value))
		*newest = past;
}

static void rp_sysctl_try_all(const struct rp_search *s, const struct rp_origin *o,
			      unsigned int id, const struct rp_past **newest)
{
	struct rp_sysctl c;

	if (!rp_sysctl_read(&c, s, id, NULL))
		return;
	rp_sysctl_try(s, o, id, c.dev_by, newest);
	rp_sysctl_try(s, o, id, c.all_by, newest);
}

/* A next hop that does not answer, where with the sysctl on another one would be taken */
static void rp_sysctls_try_hop(const struct rp_search *s, const struct rp_origin *o,
			       const struct rp_past **newest)
{
	struct rp_elsewhere elsewhere;

	if (o->word != RP_ORIGIN_NEIGHBOUR || s->family != AF_INET)
		return;
	rp_elsewhere_find(&elsewhere, s, o);
	if (elsewhere.by_carrier)
		rp_sysctl_try_all(s, o, RP_SETTING_IGNORE_LINKDOWN, newest);
	if (elsewhere.by_leg)
		rp_sysctl_try_all(s, o, RP_SETTING_USE_NEIGH, newest);
}

const struct rp_past *rp_sysctls_cause(const struct rp_search *s, const struct rp_origin *o)
{
	const struct rp_past *newest = NULL;
	struct rp_sysctls in_force;
	unsigned int i;

	rp_sysctls_find(&in_force, s, o);
	for (i = 0; i < in_force.count; i++)
		rp_sysctl_try_all(s, o, in_force.all[i].id, &newest);
	rp_sysctls_try_hop(s, o, &newest);
	return newest;
}
