// SPDX-License-Identifier: GPL-2.0
/* A failure in words: where it came from, and which change caused it. */
#include <linux/netlink.h>
#include <stdio.h>
#include <sys/socket.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/names.h"
#include "lib/util.h"
#include "out/why_words.h"
#include "why/cause.h"
#include "why/why.h"
#include "words/format.h"
#include "words/setting.h"
#include "words/step.h"

#define RP_WHY_TOLD_WITH	3	/* accomplices in a line; JSON has all */

static void rp_why_add_address(struct rp_text *t, unsigned int family,
			       const struct rp_route *route)
{
	struct rp_text ip;

	rp_format_add(t, "address %s/%u", rp_format_ip(&ip, family, &route->prefsrc),
		      route->dst_len);
}

static const char *rp_why_link_words(unsigned int op)
{
	switch (op) {
	case RP_CHANGE_UP:
		return "set up";
	case RP_CHANGE_DOWN:
		return "set down";
	case RP_CHANGE_CARRIER_UP:
		return "got its carrier";
	case RP_CHANGE_CARRIER_DOWN:
		return "lost its carrier";
	case RP_CHANGE_MASTER:
		return "given another master";
	case RP_CHANGE_DISABLE:
		return "disabled for IPv6";
	case RP_CHANGE_MTU:
		return "given another mtu";
	default:
		return "removed";
	}
}

void rp_why_add_change(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
		       const struct rp_past *cause)
{
	const struct rp_record *root = &cause->root;
	bool gone = root->change.op != RP_CHANGE_INSERT;
	struct rp_route route = cause->rec.route;
	struct rp_text part, table;
	struct rp_name error;

	route.nh_flags = 0;
	switch (root->kind) {
	case RP_KIND_LINK_EVENT:
		rp_format_dev(&part, fib, netns, root->route.oif, root->route.dev);
		rp_format_put(t, part.text);
		rp_format_add(t, " %s", rp_why_link_words(root->change.op));
		if (root->change.op == RP_CHANGE_MASTER && root->change.count)
			rp_format_add(t, ", %s,", rp_format_dev(&part, fib, netns,
								root->change.count, NULL));
		if (root->change.op == RP_CHANGE_MTU)
			rp_format_add(t, ", %u => %u,", root->change.count,
				      root->change.mtu);
		break;
	case RP_KIND_RA_EVENT:
		rp_format_add(t, "router advertisement from %s dev ",
			      rp_format_gateway(&part, &root->route));
		rp_format_dev(&part, fib, netns, root->route.oif, root->route.dev);
		rp_format_put(t, part.text);
		break;
	case RP_KIND_SYSCTL_EVENT:
		rp_format_add(t, "%s %d => %d",
			      rp_format_setting(&part, fib, netns, root),
			      root->setting.before, root->setting.after);
		break;
	case RP_KIND_ADDR_EVENT:
		rp_why_add_address(t, root->family, &root->route);
		rp_format_add(t, " %s ", gone ? "removed from" : "added to");
		rp_format_dev(&part, fib, netns, root->route.oif, root->route.dev);
		rp_format_put(t, part.text);
		break;
	case RP_KIND_NEXTHOP_EVENT:
		rp_format_add(t, "next hop %u %s", root->route.nhid,
			      gone ? "removed" : "added");
		break;
	case RP_KIND_RULE_EVENT:
		rp_format_add(t, "rule %s %s", rp_format_rule(&part, fib, &root->rule),
			      root->rule.op == RP_CHANGE_INSERT ? "added" : "removed");
		break;
	default:
		rp_format_table(&table, fib, route.table);
		rp_format_add(t, "%s ", rp_format_route(&part, fib, netns,
							cause->rec.family, &route));
		if (root->err)
			rp_format_add(t, "not added to table %s (%s)", table.text,
				      rp_names_error(root->err, NULL, &error));
		else if (gone)
			rp_format_add(t, "removed from table %s", table.text);
		else
			rp_format_add(t, "%s table %s",
				      root->change.nlflags & NLM_F_REPLACE ?
				      "replaced in" : "added to", table.text);
	}
}

/* "; ha set down by ip[812] 2.300 s earlier: 203.0.113.0/24 went with it" */
static void rp_why_format_cause(struct rp_text *t, struct rp_why *why,
				const struct rp_why_group *group)
{
	const struct rp_past *cause = &group->cause;
	const struct rp_record *root = &cause->root;
	struct rp_fib *fib = &why->reading.fib;
	struct rp_text part;
	unsigned int i;

	t->len = 0;
	t->text[0] = '\0';
	if (!cause->rec.kind)
		return;
	rp_format_add(t, "; ");
	rp_why_add_change(t, fib, group->d.netns, cause);
	if (rp_cause_has_owner(cause))
		rp_format_add(t, " by %s", rp_format_owner(&part, root));
	rp_format_add(t, " %llu.%03llu s earlier",
		      (unsigned long long)(group->ago_ns / RP_NSEC_PER_SEC),
		      (unsigned long long)(group->ago_ns % RP_NSEC_PER_SEC / 1000000));
	if (rp_cause_is_route(&cause->rec) && !rp_cause_is_route(root))
		rp_format_add(t, ": %s %s with it", rp_format_typed(&part, cause->rec.family,
								    &cause->rec.route),
			      cause->rec.change.op == RP_CHANGE_DELETE ? "went" : "came");
	for (i = 0; i < group->nwith && i < RP_WHY_TOLD_WITH; i++) {
		rp_format_add(t, ", together with ");
		rp_why_add_change(t, fib, group->d.netns, &group->with[i]);
		rp_format_add(t, " by %s", rp_format_owner(&part, &group->with[i].root));
	}
	if (i < group->nwith)
		rp_format_add(t, ", and %u more", group->nwith - i);
}

/* "; IPv6 failed (no-route), IPv4 took over after 251 ms" */
static void rp_why_format_takeover(struct rp_text *t, const struct rp_why_group *group)
{
	const struct rp_takeover *takeover = &group->takeover;
	unsigned int version = takeover->family == AF_INET6 ? 6 : 4;
	bool each = takeover->times == group->times;

	rp_format_start(t);
	if (!takeover->times)
		return;
	rp_format_add(t, "; IPv%u failed (%s), IPv%u took over ", 10 - version,
		      rp_origin_name(group->origin.word), version);
	if (!each)
		rp_format_add(t, "%llu of %llu times, ", (unsigned long long)takeover->times,
			      (unsigned long long)group->times);
	if (takeover->after_ns < RP_NSEC_PER_SEC / 1000)
		rp_format_add(t, "at once");
	else
		rp_format_add(t, "after %llu ms",
			      (unsigned long long)takeover->after_ns / 1000000);
}

void rp_why_format_summary(char summary[RP_WHY_SUMMARY_LEN], struct rp_why *why,
			   const struct rp_why_group *group)
{
	struct rp_text reason, cause, takeover;

	rp_why_format_reason(&reason, why, group);
	rp_why_format_cause(&cause, why, group);
	rp_why_format_takeover(&takeover, group);
	snprintf(summary, RP_WHY_SUMMARY_LEN, "%s%s%s", reason.text, cause.text, takeover.text);
}

bool rp_why_evidence(struct rp_text *t, struct rp_why *why, const struct rp_why_group *group,
		     unsigned int *pos)
{
	const struct rp_why_step *step = &group->steps[*pos];
	struct rp_text words;
	uint64_t before;

	if (*pos == group->nsteps)
		return false;
	before = rp_fib_at(&why->reading.fib, step->at_ns);
	rp_step_format(&words, &why->print, &step->rec, step->netns);
	rp_fib_at(&why->reading.fib, before);
	t->len = 0;
	rp_format_add(t, "%*s%s", 2 * (int)step->depth, "", words.text);
	++*pos;
	return true;
}
