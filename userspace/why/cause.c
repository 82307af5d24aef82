// SPDX-License-Identifier: GPL-2.0
/*
 * Which change a failure came of: the newest before it, in its namespace, that
 * concerns the flow and without which just this failure would not have been.  A
 * change that may be innocent is not named.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "fib/config.h"
#include "fib/names.h"
#include "lib/addr.h"
#include "lib/util.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/cause.h"
#include "why/origin.h"
#include "why/sysctl.h"

#define RP_CAUSE_TABLES		16	/* of one prefix that are looked at */
#define RP_CAUSE_AT_ONCE_NS	(5 * RP_NSEC_PER_SEC)	/* what one command does */

/* Does the last change of a route explain what is searched? */
typedef bool (*rp_cause_fits)(const struct rp_search *s, const struct rp_past *past);

static void rp_cause_offer(struct rp_search *s, const struct rp_past *past)
{
	if ((past->rec.kind == RP_KIND_EVENT || past->rec.kind == RP_KIND_RULE_EVENT) &&
	    !rp_blame_is_suspect(s, past))
		return;
	if (past->rec.time_ns > s->since_ns &&
	    (!s->newest || past->rec.time_ns > s->newest->rec.time_ns))
		s->newest = past;
}

static bool rp_cause_is_gone(const struct rp_past *past)
{
	return past->rec.change.op == RP_CHANGE_DELETE;
}

/* Of one prefix the last change in each table and for each tos: those before it are over. */
static void rp_cause_prefix(struct rp_search *s, unsigned int len, rp_cause_fits fits)
{
	union rp_addr dst = rp_addr_prefix(&s->addr, len);
	uint64_t seen[RP_CAUSE_TABLES], key;
	const struct rp_past *past;
	uint32_t netns = s->d->netns;
	unsigned int n = 0, looks, i;

	if (!rp_history_has_length(s->history, s->family, len))
		return;
	past = rp_history_of_route(s->history, netns, s->family, &dst, len, s->time_ns);
	for (looks = 0; past && n < RP_CAUSE_TABLES && looks < RP_HISTORY_LOOKS;
	     looks++, past = rp_history_older(s->history, past)) {
		key = (uint64_t)past->rec.route.table << 8 | past->rec.route.tos;
		for (i = 0; i < n && seen[i] != key; i++)
			;
		if (i < n)
			continue;
		seen[n++] = key;
		if (past->rec.netns == netns && past->rec.family == s->family &&
		    rp_addr_equal(&past->rec.route.dst, &dst) &&
		    past->rec.route.dst_len == len && fits(s, past))
			rp_cause_offer(s, past);
	}
}

static void rp_cause_routes(struct rp_search *s, rp_cause_fits fits)
{
	unsigned int len;

	for (len = 0; len <= rp_addr_bits(s->family); len++)
		rp_cause_prefix(s, len, fits);
}

/* A route that would have taken the flow is gone from a table that was asked. */
static bool rp_cause_fits_no_route(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_route *route = &past->rec.route;
	const struct rp_flow *flow = s->d->flow;

	return rp_cause_is_gone(past) && rp_search_was_asked(s->d, route->table) &&
	       !rp_search_is_rejecting(route->type) &&
	       rp_search_is_for_tos(s, route) && route->scope >= flow->scope &&
	       (!flow->oif || flow->oif == flow->l3mdev || flow->oif == route->oif);
}

/*
 * The last word on the very route that says no is that it came.  IPv6 has routes of several
 * metrics for one prefix, and says which.
 */
static bool rp_cause_fits_derived(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_route *route = &past->rec.route;

	return !rp_cause_is_gone(past) && route->table == s->derived.table &&
	       route->tos == s->derived.tos &&
	       (!s->is_told || route->metric == s->derived.metric) &&
	       (route->type == s->derived.type || route->nhid);
}

/* Without a snapshot: such a route came. */
static bool rp_cause_fits_route_type(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_record *lookup = s->d->lookup;
	const struct rp_route *route = &past->rec.route;

	return lookup && !rp_cause_is_gone(past) &&
	       route->type == rp_decision_reject_type(lookup->err) &&
	       route->table == lookup->route.table &&
	       rp_search_is_for_tos(s, route);
}

/* A rule as the snapshot has it, with all its selectors */
static bool rp_cause_is_dev(const struct rp_search *s, const char *name, uint32_t index)
{
	const char *dev = rp_fib_link(s->fib, s->d->netns, index);

	return !*name || (dev && !strncmp(dev, name, RP_NAME_LEN));
}

static bool rp_cause_in(uint32_t value, uint32_t start, uint32_t end)
{
	return value >= start && value <= end;
}

static bool rp_cause_known_selects(const struct rp_search *s, const struct rp_fib_rule *rule)
{
	const struct rp_flow *flow = s->d->flow;
	bool selects;

	selects = rp_addr_covers(&rule->dst, rule->dst_len, &flow->dst) &&
		  rp_addr_covers(&rule->src, rule->src_len, &flow->src) &&
		  rp_cause_is_dev(s, rule->iif, flow->iif) &&
		  rp_cause_is_dev(s, rule->oif, flow->oif) &&
		  !((flow->mark ^ rule->mark) & rule->mask) &&
		  (!rule->tos || rule->tos == (flow->tos & RP_SEARCH_TOS)) &&
		  (!rule->proto || rule->proto == flow->proto) &&
		  rp_cause_in(flow->uid, rule->uid_start, rule->uid_end) &&
		  rp_cause_in(ntohs(flow->sport), rule->sport_start, rule->sport_end) &&
		  rp_cause_in(ntohs(flow->dport), rule->dport_start, rule->dport_end);
	return selects != rule->invert;
}

/* And as an event has it: what the kernel shows to all, see struct rp_flow */
static bool rp_cause_shown_selects(const struct rp_record *rule, const struct rp_flow *flow)
{
	const struct rp_flow *by = &rule->flow;

	return (!by->oif || by->oif == flow->oif) && (!by->iif || by->iif == flow->iif) &&
	       (!by->mark || by->mark == flow->mark) &&
	       (!by->proto || by->proto == flow->proto) &&
	       (!by->dport || by->dport == flow->dport) &&
	       (!by->sport || by->sport == flow->sport);
}

static bool rp_cause_shows_any(const struct rp_record *rule)
{
	const struct rp_flow *by = &rule->flow;

	return by->oif || by->iif || by->mark || by->proto || by->dport || by->sport;
}

/*
 * Is it certain that a rule selected the flow?  The flow is known to have used it; or
 * the snapshot has it; or it shows some selectors, and all of these fit.
 */
static bool rp_cause_selected(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_rule *rule = &past->rec.rule;
	const struct rp_fib_rule *known = NULL;
	bool found = false;

	if (s->way && s->way->rule == rule->priority && s->way->rule_table == rule->table)
		return true;
	if (!rp_cause_shown_selects(&past->rec, s->d->flow))
		return false;
	while ((known = rp_model_known_rule(&s->history->model, s->d->netns, s->family, rule,
					    known))) {
		if (rp_cause_known_selects(s, known))
			return true;
		found = true;
	}
	return !found && rp_cause_shows_any(&past->rec);
}

/* A rule that led to a table with a route is gone. */
static bool rp_cause_fits_rule_gone(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_rule *rule = &past->rec.rule;

	return rule->op == RP_CHANGE_DELETE && rule->table &&
	       past->rec.netns == s->d->netns && past->rec.family == s->family &&
	       !rp_search_was_asked(s->d, rule->table) &&
	       rp_cause_selected(s, past) &&
	       (rp_search_has_route(s, rule->table, rp_addr_bits(s->family)) ||
		(s->way && s->way->rule == rule->priority));
}

static void rp_cause_rules_gone(struct rp_search *s)
{
	const struct rp_past *past;
	unsigned int looks;

	past = rp_history_of_rules(s->history, s->d->netns, s->family, s->time_ns);
	for (looks = 0; past && looks < RP_HISTORY_LOOKS;
	     looks++, past = rp_history_older(s->history, past)) {
		if (!rp_cause_fits_rule_gone(s, past))
			continue;
		rp_cause_offer(s, past);
		return;
	}
}

/* The last word on the rule that decided is that it came. */
static void rp_cause_rule(struct rp_search *s)
{
	const struct rp_rule *rule, *its;
	const struct rp_past *past;
	unsigned int looks;

	if (!s->d->rule)
		return;
	rule = &s->d->rule->rule;
	past = rp_history_of_rules(s->history, s->d->netns, s->family, s->time_ns);
	for (looks = 0; past && looks < RP_HISTORY_LOOKS;
	     looks++, past = rp_history_older(s->history, past)) {
		its = &past->rec.rule;
		if (past->rec.netns != s->d->netns || past->rec.family != s->family ||
		    its->priority != rule->priority ||
		    its->action != rule->action || its->table != rule->table)
			continue;
		if (its->op == RP_CHANGE_INSERT)
			rp_cause_offer(s, past);
		return;
	}
}

/* A route came that says no, or a rule that leads to it. */
static void rp_cause_route_type(struct rp_search *s)
{
	const struct rp_past *object;
	int len;

	if (s->is_derived || s->is_told) {
		rp_cause_prefix(s, s->derived.dst_len, rp_cause_fits_derived);
		object = rp_search_object(s, &s->derived);
		if (object)
			rp_cause_offer(s, object);
	}
	for (len = rp_addr_bits(s->family);
	     len >= 0 && !s->is_derived && !s->is_told && !s->newest; len--)
		rp_cause_prefix(s, len, rp_cause_fits_route_type);
	rp_cause_rule(s);
}

/*
 * The last change of the device, if it is one of @ops.  Where masters are none of them, it is
 * up or down whoever its master is.
 */
static void rp_cause_link(struct rp_search *s, uint32_t index, unsigned int ops)
{
	const struct rp_past *past;
	unsigned int looks;

	past = rp_history_of_link(s->history, s->d->netns, index, s->time_ns);
	for (looks = 0; past && past->rec.change.op == RP_CHANGE_MASTER &&
	     !(ops & 1U << RP_CHANGE_MASTER) && looks < RP_HISTORY_LOOKS; looks++)
		past = rp_history_older(s->history, past);
	/* Who left a master is as before it joined. */
	if (index && past && past->rec.netns == s->d->netns && past->rec.route.oif == index &&
	    1U << past->rec.change.op & ops &&
	    (past->rec.change.op != RP_CHANGE_MASTER || past->rec.change.count))
		rp_cause_offer(s, past);
}

static void rp_cause_addr(struct rp_search *s, const union rp_addr *addr, unsigned int op)
{
	const struct rp_past *past;

	past = rp_history_of_addr(s->history, s->d->netns, s->family, addr, s->time_ns);
	if (past && past->rec.netns == s->d->netns && past->rec.family == s->family &&
	    rp_addr_equal(&past->rec.route.prefsrc, addr) && past->rec.change.op == op)
		rp_cause_offer(s, past);
}

static bool rp_cause_fits_own(const struct rp_search *s, const struct rp_past *past)
{
	(void)s;
	return rp_cause_is_gone(past) && past->rec.route.type == RTN_LOCAL;
}

/* The source is ours no longer: its address went, or as far as is seen its route. */
static void rp_cause_own(struct rp_search *s)
{
	s->addr = s->d->flow->src;
	rp_cause_addr(s, &s->addr, RP_CHANGE_DELETE);
	if (!s->newest)
		rp_cause_prefix(s, rp_addr_bits(s->family), rp_cause_fits_own);
}

/*
 * A device that is demanded is down.  Were it up, any destination would be taken to be on
 * link, but for a port of a VRF: there it takes a route.
 */
static void rp_cause_demanded(struct rp_search *s)
{
	uint32_t oif = s->d->flow->oif, vrf;

	rp_cause_link(s, oif, 1U << RP_CHANGE_DOWN);
	vrf = rp_history_vrf(s->history, s->d->netns, oif, s->time_ns);
	if (s->newest && vrf && !rp_blame_would_route(s, s->newest, vrf))
		s->newest = NULL;
}

static void rp_cause_pre_check(struct rp_search *s, enum rp_origin_check check)
{
	const struct rp_flow *flow = s->d->flow;

	if (check == RP_CHECK_SOURCE)
		rp_cause_own(s);
	else if (check == RP_CHECK_DEVICE)
		rp_cause_demanded(s);
	else if (check == RP_CHECK_DEVICE_ABSENT)
		rp_cause_link(s, flow->oif, 1U << RP_CHANGE_DELETE);
}

/*
 * The way back: the route to the source by which the packet came is gone, or one
 * by another device took its place.
 */
static bool rp_cause_fits_back(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_route *route = &past->rec.route;
	bool by_iif = route->oif == s->d->flow->iif;
	struct rp_route longest;

	if (rp_search_is_rejecting(route->type) || rp_cause_is_gone(past) != by_iif)
		return false;
	return rp_cause_is_gone(past) ||
	       (rp_search_longest(s, &longest, route->table, rp_addr_bits(s->family)) &&
		longest.dst_len == route->dst_len);
}

/* The link to the next hop is not what it was. */
static void rp_cause_neighbour_link(struct rp_search *s)
{
	rp_cause_link(s, s->d->rec->route.oif, 1U << RP_CHANGE_CARRIER_DOWN |
					       1U << RP_CHANGE_DOWN | 1U << RP_CHANGE_MASTER);
}

/* The route in use came. */
static void rp_cause_neighbour(struct rp_search *s)
{
	const struct rp_route *way = s->way ? &s->way->route : NULL, *route;
	uint32_t oif = s->d->rec->route.oif;
	const struct rp_past *past = NULL;
	unsigned int looks = 0;

	if (way && !s->way->on_link && (!oif || way->oif == oif))
		past = rp_history_of_route(s->history, s->d->netns, s->family, &way->dst,
					   way->dst_len, s->time_ns);
	for (; past && looks < RP_HISTORY_LOOKS;
	     looks++, past = rp_history_older(s->history, past)) {
		route = &past->rec.route;
		if (route->table != way->table || route->tos != way->tos)
			continue;
		if (!rp_cause_is_gone(past) && route->metric == way->metric &&
		    (route->oif == way->oif || way->nh_count > 1))
			rp_cause_offer(s, past);
		return;
	}
}

/* The device got the MTU that is too small for it. */
static void rp_cause_mtu(struct rp_search *s)
{
	const struct rp_past *past;

	if (s->limit != RP_LIMIT_DEVICE)
		return;
	past = rp_history_of_mtu(s->history, s->d->netns, s->derived.oif, s->time_ns);
	if (past && past->rec.change.count > past->rec.change.mtu)
		rp_cause_offer(s, past);
}

static void rp_cause_search(struct rp_search *s, const struct rp_origin *o)
{
	switch (o->inner ? o->inner : o->word) {
	case RP_ORIGIN_NO_ROUTE:
		if (s->passed_over)
			break;
		rp_cause_routes(s, rp_cause_fits_no_route);
		rp_cause_rules_gone(s);
		break;
	case RP_ORIGIN_ROUTE_TYPE:
		rp_cause_route_type(s);
		break;
	case RP_ORIGIN_RULE:
		rp_cause_rule(s);
		break;
	case RP_ORIGIN_PRE_CHECK:
		rp_cause_pre_check(s, o->check);
		break;
	case RP_ORIGIN_RP_FILTER:
		s->addr = s->d->flow->src;
		rp_cause_routes(s, rp_cause_fits_back);
		break;
	case RP_ORIGIN_MARTIAN:
		rp_cause_addr(s, &s->d->flow->src, RP_CHANGE_INSERT);
		break;
	case RP_ORIGIN_NEIGHBOUR:
		rp_cause_neighbour(s);
		break;
	case RP_ORIGIN_DEVICE:
		if (s->d->rtable)
			rp_cause_link(s, s->d->rtable->oif, 1U << RP_CHANGE_DOWN);
		break;
	default:
		break;
	}
}

/* What is told as the cause did it not together with itself. */
static void rp_cause_forget_with(struct rp_search *s, const struct rp_past *cause)
{
	unsigned int i, n = 0;

	for (i = 0; i < s->nwith; i++)
		if (rp_model_id(&s->with[i].root) != rp_model_id(&cause->root))
			s->with[n++] = s->with[i];
	s->nwith = n;
}

/* Who removes a device sets it down first. */
static void rp_cause_outermost(struct rp_search *s, struct rp_past *cause)
{
	const struct rp_record *root = &cause->root;
	const struct rp_past *past;

	if (root->kind != RP_KIND_LINK_EVENT || root->change.op != RP_CHANGE_DOWN)
		return;
	past = rp_history_of_link(s->history, root->netns, root->route.oif, s->time_ns);
	if (past && past->rec.change.op == RP_CHANGE_DELETE &&
	    past->rec.netns == root->netns && past->rec.route.oif == root->route.oif &&
	    past->rec.tid == root->tid &&
	    past->rec.time_ns - root->time_ns < RP_CAUSE_AT_ONCE_NS) {
		cause->root = past->rec;
		rp_cause_forget_with(s, cause);
	}
}

/*
 * A network comes with its address, or when the device of that is set up: where both were done
 * at once the address is what was meant.
 */
static void rp_cause_address(const struct rp_search *s, struct rp_past *cause)
{
	const struct rp_record *root = &cause->root, *rec = &cause->rec;
	const struct rp_past *past;

	if (root->kind != RP_KIND_LINK_EVENT || root->change.op != RP_CHANGE_UP ||
	    rec->change.op != RP_CHANGE_INSERT || rec->route.protocol != RTPROT_KERNEL)
		return;
	past = rp_history_of_addr(s->history, root->netns, rec->family, &rec->route.prefsrc,
				  root->time_ns);
	if (past && past->rec.netns == root->netns && past->rec.family == rec->family &&
	    rp_addr_equal(&past->rec.route.prefsrc, &rec->route.prefsrc) &&
	    past->rec.change.op == RP_CHANGE_INSERT &&
	    past->rec.route.oif == root->route.oif && past->rec.time_ns > s->since_ns &&
	    root->time_ns - past->rec.time_ns < RP_CAUSE_AT_ONCE_NS)
		cause->root = past->root;
}

/* The model knows; where it does not, what the changes say by themselves. */
static bool rp_cause_choose(struct rp_search *s, const struct rp_origin *o,
			    struct rp_past *cause)
{
	enum rp_blame blame = rp_blame_find(s, o, cause);

	if (o->word == RP_ORIGIN_NEIGHBOUR)
		rp_cause_neighbour_link(s);
	else if (o->word == RP_ORIGIN_MTU)
		rp_cause_mtu(s);
	if (blame == RP_BLAME_UNKNOWN)
		rp_cause_search(s, o);
	else if (blame == RP_BLAME_NOBODY && o->word != RP_ORIGIN_NEIGHBOUR &&
		 o->word != RP_ORIGIN_MTU)
		return false;
	if (blame == RP_BLAME_FOUND &&
	    (!s->newest || s->newest->rec.time_ns < cause->rec.time_ns))
		return true;
	if (!s->newest)
		return blame == RP_BLAME_FOUND;
	*cause = *s->newest;
	s->nwith = 0;
	return true;
}

/* A route that would have taken the flow, and that was not granted.  What was there is. */
static bool rp_cause_fits_refused(const struct rp_search *s, const struct rp_past *past)
{
	const struct rp_record *rec = &past->rec;
	const struct rp_route *route = &rec->route;

	return rec->netns == s->d->netns && rec->family == s->family &&
	       rec->time_ns > s->since_ns && rec->change.op == RP_CHANGE_INSERT &&
	       rec->err != -EEXIST && route->type == RTN_UNICAST &&
	       rp_addr_covers(&route->dst, route->dst_len, &s->d->flow->dst) &&
	       rp_search_was_asked(s->d, route->table) && rp_search_is_for_tos(s, route) &&
	       (!s->d->flow->oif || !route->oif || s->d->flow->oif == route->oif);
}

/* Nothing did it, but there would be a way if that had been granted. */
static bool rp_cause_refused(const struct rp_search *s, const struct rp_origin *o,
			     struct rp_past *cause)
{
	const struct rp_past *past, *newest = NULL;
	unsigned int len;

	if ((o->inner ? o->inner : o->word) != RP_ORIGIN_NO_ROUTE || s->passed_over)
		return false;
	for (len = 0; len <= rp_addr_bits(s->family); len++) {
		past = rp_history_of_refused(s->history, s->d->netns, s->family, &s->d->flow->dst,
					     len, s->time_ns);
		if (past && past->rec.route.dst_len == len && rp_cause_fits_refused(s, past) &&
		    (!newest || past->rec.time_ns > newest->rec.time_ns))
			newest = past;
	}
	if (newest)
		*cause = *newest;
	return newest;
}

bool rp_cause_find(struct rp_search *s, const struct rp_origin *o, struct rp_past *cause)
{
	const struct rp_past *sysctl;
	bool found;

	if (!s->d->netns)
		return false;
	found = rp_cause_choose(s, o, cause);
	sysctl = rp_sysctls_cause(s, o);
	if (sysctl && (!found || sysctl->rec.time_ns > cause->rec.time_ns)) {
		*cause = *sysctl;
		s->nwith = 0;
		return true;
	}
	if (found) {
		rp_cause_outermost(s, cause);
		rp_cause_address(s, cause);
		return true;
	}
	return rp_cause_refused(s, o, cause);
}

bool rp_cause_is_route(const struct rp_record *rec)
{
	return rec->kind == RP_KIND_EVENT || rec->kind == RP_KIND_CHANGE;
}

/* Who notices that a carrier went has not done it. */
bool rp_cause_has_owner(const struct rp_past *past)
{
	const struct rp_record *root = &past->root;

	return root->kind != RP_KIND_RA_EVENT &&
	       (root->kind != RP_KIND_LINK_EVENT ||
		(root->change.op != RP_CHANGE_CARRIER_UP &&
		 root->change.op != RP_CHANGE_CARRIER_DOWN));
}

static const char *rp_cause_link_name(unsigned int op)
{
	switch (op) {
	case RP_CHANGE_UP:
		return "link-up";
	case RP_CHANGE_DOWN:
		return "link-down";
	case RP_CHANGE_CARRIER_UP:
		return "carrier-up";
	case RP_CHANGE_CARRIER_DOWN:
		return "carrier-down";
	case RP_CHANGE_MASTER:
		return "master";
	case RP_CHANGE_DISABLE:
		return "disable-ipv6";
	case RP_CHANGE_MTU:
		return "link-mtu";
	default:
		return "link-del";
	}
}

const char *rp_cause_name(const struct rp_past *past)
{
	const struct rp_record *root = &past->root;
	bool gone = root->change.op != RP_CHANGE_INSERT;

	switch (root->kind) {
	case RP_KIND_LINK_EVENT:
		return rp_cause_link_name(root->change.op);
	case RP_KIND_RA_EVENT:
		return "router-advertisement";
	case RP_KIND_SYSCTL_EVENT:
		return "sysctl";
	case RP_KIND_ADDR_EVENT:
		return gone ? "addr-del" : "addr-add";
	case RP_KIND_NEXTHOP_EVENT:
		return gone ? "nexthop-del" : "nexthop-add";
	case RP_KIND_RULE_EVENT:
		return root->rule.op == RP_CHANGE_INSERT ? "rule-add" : "rule-del";
	default:
		if (root->err)
			return "route-refused";
		if (gone)
			return "route-del";
		return root->change.nlflags & NLM_F_REPLACE ? "route-replace" : "route-add";
	}
}
