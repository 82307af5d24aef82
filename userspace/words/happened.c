// SPDX-License-Identifier: GPL-2.0
/* What happened to routes, rules, devices, addresses and packets, in words. */
#include <linux/rtnetlink.h>
#include <string.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/addr.h"
#include "lib/names.h"
#include "lib/util.h"
#include "story/decision.h"
#include "story/story.h"
#include "words/format.h"
#include "words/setting.h"

#define RP_FORMAT_FLUSHED_MAX	5	/* routes named on a line */

static const char *rp_format_change_verb(const struct rp_record *rec)
{
	bool failed = rec->err;

	if (rec->kind == RP_KIND_EVENT)
		return rec->change.op == RP_CHANGE_DELETE ? "is gone from" :
							    "is now in";
	switch (rec->change.op) {
	case RP_CHANGE_INSERT:
		if (rec->change.nlflags & NLM_F_REPLACE)
			return failed ? "not replaced in" : "replaced in";
		if (rec->change.nlflags & NLM_F_APPEND)
			return failed ? "not appended to" : "appended to";
		return failed ? "not added to" : "added to";
	case RP_CHANGE_DELETE:
		return failed ? "not removed from" : "removed from";
	default:
		return "changed in";
	}
}

/* The kernel names most of them, in events of their own. */
static void rp_format_add_flushed(struct rp_text *t, const struct rp_node *node)
{
	const struct rp_node *inner;
	struct rp_text route;
	unsigned int named = 0;

	TAILQ_FOREACH(inner, &node->inner, link) {
		if (inner->rec.kind != RP_KIND_EVENT)
			continue;
		if (named == RP_FORMAT_FLUSHED_MAX) {
			rp_format_add(t, ", ...");
			return;
		}
		rp_format_add(t, "%s %s", named++ ? "," : ":",
			      rp_format_typed(&route, inner->rec.family, &inner->rec.route));
	}
}

static const char *rp_format_link_verb(const struct rp_record *rec)
{
	switch (rec->change.op) {
	case RP_CHANGE_UP:
		return "is set up";
	case RP_CHANGE_DOWN:
		return "is set down";
	case RP_CHANGE_CARRIER_UP:
		return "has its carrier";
	case RP_CHANGE_CARRIER_DOWN:
		return "lost its carrier";
	case RP_CHANGE_MASTER:
		return "has another master";
	case RP_CHANGE_DELETE:
		return "is removed";
	case RP_CHANGE_DISABLE:
		return "is disabled";
	case RP_CHANGE_MTU:
		return "has another mtu";
	default:
		return "changed";
	}
}

static const char *rp_format_event(struct rp_text *t, struct rp_fib *fib,
				   const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;
	const struct rp_route *route = &rec->route;
	const char *verb = rec->change.op == RP_CHANGE_INSERT ? "added" : "removed";
	struct rp_text part;

	rp_format_start(t);
	switch (rec->kind) {
	case RP_KIND_RULE_EVENT:
		verb = rec->rule.op == RP_CHANGE_DELETE ? "removed" : "added";
		rp_format_add(t, "rule %s", rp_format_rule(&part, fib, &rec->rule));
		break;
	case RP_KIND_NEXTHOP_EVENT:
		rp_format_add(t, "next hop %u %s", route->nhid,
			      rp_format_hop(&part, fib, d->netns, rec->family, route, NULL));
		break;
	case RP_KIND_ADDR_EVENT:
		rp_format_add(t, "address %s", rp_format_ip(&part, rec->family, &route->prefsrc));
		rp_format_add(t, "/%u dev %s", route->dst_len,
			      rp_format_dev(&part, fib, d->netns, route->oif, route->dev));
		break;
	case RP_KIND_RA_EVENT:
		verb = rec->change.expires_s ? "advertises itself" : "is none any more";
		rp_format_add(t, "router %s", rp_format_hop(&part, fib, d->netns, rec->family,
							    route, NULL));
		break;
	case RP_KIND_SYSCTL_EVENT:
		rp_format_add(t, "%s %d", rp_format_setting(&part, fib, d->netns, rec),
			      rec->setting.before);
		if (!rec->err)
			rp_format_add(t, " => %d", rec->setting.after);
		return t->text;
	default:
		verb = rp_format_link_verb(rec);
		rp_format_add(t, "dev %s", rp_format_dev(&part, fib, d->netns, route->oif,
							 route->dev));
	}
	rp_format_add(t, " %s", verb);
	if ((rec->kind == RP_KIND_LINK_EVENT || rec->kind == RP_KIND_RULE_EVENT) &&
	    rec->family == AF_INET6)
		rp_format_add(t, " for IPv6");
	if (rec->kind == RP_KIND_LINK_EVENT && rec->change.op == RP_CHANGE_MTU)
		rp_format_add(t, ", %u => %u", rec->change.count, rec->change.mtu);
	if (rec->kind == RP_KIND_LINK_EVENT && rec->family == AF_INET6 && rec->change.count)
		rp_format_add(t, ", and %u more routes died", rec->change.count);
	return t->text;
}

static void rp_format_add_icmp(struct rp_text *t, unsigned int family,
			       const struct rp_signal *signal)
{
	struct rp_text ip;
	struct rp_name name;

	rp_format_add(t, "icmp %s",
		      rp_names_icmp(family, signal->type, signal->code, &name));
	if (!rp_addr_is_any(&signal->from))
		rp_format_add(t, " from %s", rp_format_ip(&ip, family, &signal->from));
	if (signal->info)
		rp_format_add(t, " mtu %u", signal->info);
}

static void rp_format_add_learned(struct rp_text *t, const struct rp_record *rec)
{
	struct rp_text ip;

	if (rec->signal.info)
		rp_format_add(t, "mtu %u learned", rec->signal.info);
	else
		rp_format_add(t, "gateway %s learned", rp_format_gateway(&ip, &rec->route));
	if (!rp_addr_is_any(&rec->signal.from))
		rp_format_add(t, " from %s", rp_format_ip(&ip, rec->family, &rec->signal.from));
}

const char *rp_format_signal(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			     const struct rp_record *rec)
{
	struct rp_text part;
	struct rp_name name;

	rp_format_start(t);
	switch (rec->kind) {
	case RP_KIND_EXCEPTION:
		rp_format_add_learned(t, rec);
		break;
	case RP_KIND_ICMP_IN:
		rp_format_add_icmp(t, rec->family, &rec->signal);
		break;
	case RP_KIND_ICMP_OUT:
		rp_format_add_icmp(t, rec->family, &rec->signal);
		rp_format_add(t, " to %s", rp_format_ip(&part, rec->family, &rec->flow.src));
		break;
	case RP_KIND_LINK_FAILURE:
		rp_format_gateway(&part, &rec->route);
		rp_format_add(t, "no answer from %s", *part.text ? part.text : "the next hop");
		rp_format_add(t, " dev %s", rp_format_dev(&part, fib, netns, rec->route.oif,
							  rec->route.dev));
		break;
	case RP_KIND_NETFILTER:
		rp_format_add(t, "refused in hook %s", rp_names_hook(rec->signal.hook, &name));
		break;
	case RP_KIND_FORWARD:
		rp_format_add(t, "not forwarded");
		break;
	case RP_KIND_REFUSED:
		rp_format_add(t, rec->signal.info ? "larger than mtu %u" : "refused",
			      rec->signal.info);
		break;
	default:
		rp_format_add(t, "routed again");
	}
	return t->text;
}

const char *rp_format_change(struct rp_text *t, struct rp_fib *fib,
			     const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;
	const struct rp_route *route = &rec->route;
	struct rp_text table, part;

	if (rp_story_is_event(rec))
		return rp_format_event(t, fib, d);
	rp_format_table(&table, fib, route->table);
	rp_format_start(t);
	if (rp_decision_is_flush(rec)) {
		rp_format_add(t, "table %s: %u route%s flushed", table.text,
			      rec->change.count, rec->change.count == 1 ? "" : "s");
		rp_format_add_flushed(t, d->node);
		return t->text;
	}
	rp_format_add(t, "%s", rp_format_route(&part, fib, d->netns, rec->family, route));
	rp_format_add(t, " %s table %s", rp_format_change_verb(rec), table.text);
	return t->text;
}
