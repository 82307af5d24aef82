// SPDX-License-Identifier: GPL-2.0
/* Where a failure came from, in words. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/names.h"
#include "lib/util.h"
#include "out/why_words.h"
#include "source/source.h"
#include "why/why.h"
#include "words/format.h"
#include "words/selector.h"
#include "words/setting.h"

static void rp_why_add_tables(struct rp_text *t, struct rp_fib *fib,
			      const struct rp_why_group *group)
{
	const struct rp_decision *d = &group->d;
	struct rp_text table, route;
	unsigned int i;

	if (!d->ntables) {
		rp_format_add(t, "no rule led to a route");
		return;
	}

	rp_format_add(t, "no route in table%s", d->ntables == 1 ? "" : "s");
	for (i = 0; i < d->ntables; i++)
		rp_format_add(t, "%s %s", i ? "," : "",
			      rp_format_table(&table, fib, d->tables[i]));
	if (group->passed_over)
		rp_format_add(t, " whose link has a carrier, though there is %s (derived)",
			      rp_format_typed(&route, group->flow.family, &group->derived));
}

static void rp_why_add_rejecting(struct rp_text *t, struct rp_why *why,
				 const struct rp_why_group *group)
{
	struct rp_fib *fib = &why->reading.fib;
	struct rp_text part, table;

	rp_format_table(&table, fib, group->d.table);
	if (group->is_derived)
		rp_format_add(t, "%s (derived) in table %s",
			      rp_format_typed(&part, group->flow.family, &group->derived),
			      table.text);
	else
		rp_format_add(t, "%s in table %s", rp_format_match(&part, &group->d),
			      table.text);
}

static void rp_why_add_dev(struct rp_text *t, struct rp_why *why,
			   const struct rp_why_group *group, uint32_t index,
			   const char *name)
{
	struct rp_text dev;

	rp_format_add(t, "%s", rp_format_dev(&dev, &why->reading.fib, group->d.netns, index,
					     name));
}

static void rp_why_add_check(struct rp_text *t, struct rp_why *why,
			     const struct rp_why_group *group)
{
	const struct rp_flow *flow = &group->flow.flow;
	struct rp_text ip;

	switch (group->origin.check) {
	case RP_CHECK_SOURCE:
		rp_format_add(t, "source %s is no address of this host",
			      rp_format_ip(&ip, group->flow.family, &flow->src));
		break;
	case RP_CHECK_DEVICE:
		rp_why_add_dev(t, why, group, flow->oif, NULL);
		rp_format_add(t, " is down, or has no IPv%u",
			      group->flow.family == AF_INET6 ? 6 : 4);
		break;
	case RP_CHECK_DEVICE_ABSENT:
		rp_format_add(t, "there is no device ");
		rp_why_add_dev(t, why, group, flow->oif, NULL);
		break;
	default:
		rp_format_add(t, "source or destination may not leave that way");
	}
}

/* It is ours, or was: nobody wanted to forward it. */
static void rp_why_add_own(struct rp_text *t, struct rp_why *why,
			   const struct rp_why_group *group)
{
	const struct rp_record *rule = group->d.rule;
	struct rp_text part;

	rp_format_ip(&part, group->flow.family, &group->flow.flow.dst);
	if (!group->is_own) {
		rp_format_add(t, "%s is no address of this host any more", part.text);
		return;
	}
	rp_format_add(t, "%s is an address of this host", part.text);
	if (rule)
		rp_format_add(t, ", but rule %s answered before the table local",
			      rp_format_rule(&part, &why->reading.fib, &rule->rule));
}

static void rp_why_add_expired(struct rp_text *t, struct rp_why *why,
			       const struct rp_why_group *group)
{
	const struct rp_route *route = &group->derived;
	struct rp_fib *fib = &why->reading.fib;
	struct rp_text part;

	rp_format_add(t, "%s (derived) ", rp_format_route(&part, fib, group->d.netns,
							  group->flow.family, route));
	rp_format_add(t, "in table %s ", rp_format_table(&part, fib, route->table));
	rp_format_add(t, "expired %llu s earlier",
		      (unsigned long long)((group->first_ns - group->expired_ns) /
					   RP_NSEC_PER_SEC));
}

static void rp_why_add_value(struct rp_text *t, struct rp_why *why,
			     const struct rp_why_group *group,
			     const struct rp_fib_setting *setting)
{
	struct rp_text name;

	rp_format_add(t, "%s is %d", rp_format_sysctl(&name, &why->reading.fib, group->d.netns,
						      setting), setting->value);
	if (setting->id == RP_SETTING_RP_FILTER)
		rp_format_add(t, " (%s)", setting->value == 1 ? "strict" : "loose");
}

/* ", as net.ipv4.conf.ha.rp_filter is 1 (strict), and ..." */
static void rp_why_add_in_force(struct rp_text *t, struct rp_why *why,
				const struct rp_why_group *group)
{
	unsigned int i;

	for (i = 0; i < group->sysctls.count; i++) {
		rp_format_add(t, i ? " and " : ", as ");
		rp_why_add_value(t, why, group, &group->sysctls.all[i]);
	}
}

/* Why tables and rules gave no way: of a lookup, or of the one inside */
static void rp_why_add_refusal(struct rp_text *t, struct rp_why *why,
			       const struct rp_why_group *group, enum rp_origin_word word)
{
	struct rp_text part;

	switch (word) {
	case RP_ORIGIN_NO_ROUTE:
		rp_why_add_tables(t, &why->reading.fib, group);
		if (group->passed_over)
			rp_why_add_in_force(t, why, group);
		break;
	case RP_ORIGIN_EXPIRED:
		rp_why_add_expired(t, why, group);
		break;
	case RP_ORIGIN_ROUTE_TYPE:
		rp_why_add_rejecting(t, why, group);
		break;
	case RP_ORIGIN_RULE:
		rp_format_add(t, "rule %s", rp_format_rule(&part, &why->reading.fib,
							   &group->d.rule->rule));
		break;
	case RP_ORIGIN_FORWARDING_OFF:
		rp_format_add(t, "forwarding is off on ");
		rp_why_add_dev(t, why, group, group->flow.flow.iif, NULL);
		break;
	case RP_ORIGIN_OWN_ADDRESS:
		rp_why_add_own(t, why, group);
		break;
	case RP_ORIGIN_PRE_CHECK:
		rp_why_add_check(t, why, group);
		break;
	default:
		rp_format_add(t, "it is not known why");
	}
}

bool rp_why_was_learned(const struct rp_why_group *group)
{
	const struct rp_route *hop = &group->d.rec->route, *route = &group->way.route;

	return group->origin.word == RP_ORIGIN_NEIGHBOUR &&
	       !rp_addr_is_any(&group->way.learned_from) &&
	       (rp_search_is_redirected(group->flow.family, route) ||
		memcmp(hop->gw, route->gw, sizeof(hop->gw)));
}

static void rp_why_add_neighbour(struct rp_text *t, struct rp_why *why,
				 const struct rp_why_group *group)
{
	const char *caller = rp_source_caller(&why->reading.src, group->d.rec->caller);
	struct rp_text signal;

	rp_format_add(t, "%s", rp_format_signal(&signal, &why->reading.fib, group->d.netns,
						group->d.rec));
	if (caller && strcmp(caller, "arp_error_report") &&
	    strcmp(caller, "ndisc_error_report"))
		rp_format_add(t, " (%s)", caller);
	if (group->way.on_link)
		rp_format_add(t, ", taken to be on link as no route matched");
	if (rp_why_was_learned(group))
		rp_format_add(t, ", which %s redirected to",
			      rp_format_ip(&signal, group->flow.family, &group->way.learned_from));
}

static void rp_why_add_sent(struct rp_text *t, const struct rp_why_group *group)
{
	const struct rp_record *sent = group->origin.signal;
	struct rp_name name;

	if (sent)
		rp_format_add(t, ", icmp %s sent",
			      rp_names_icmp(sent->family, sent->signal.type,
					    sent->signal.code, &name));
}

static void rp_why_add_received(struct rp_text *t, struct rp_why *why,
				const struct rp_why_group *group)
{
	const struct rp_record *rec = group->origin.signal;
	struct rp_text signal;

	rp_format_add(t, "%s", rp_format_signal(&signal, &why->reading.fib,
						group->d.netns, rec));
	if (group->origin.word == RP_ORIGIN_TTL)
		rp_format_add(t, ": a loop, or too far");
}

/* What was refused by an ICMP error went by the way that was found last. */
void rp_why_add_out(struct rp_text *t, struct rp_why *why, const struct rp_why_group *group)
{
	const struct rp_route *out = group->d.rtable ? group->d.rtable : &group->way.route;

	if (out->oif || *out->dev)
		rp_why_add_dev(t, why, group, out->oif, out->dev);
	else
		rp_format_add(t, "the device");
}

static void rp_why_add_device(struct rp_text *t, struct rp_why *why,
			      const struct rp_why_group *group)
{
	rp_format_add(t, "a route is there, but ");
	rp_why_add_out(t, why, group);
	rp_format_add(t, group->origin.err == -ENETDOWN ? " is down" : " refuses to send");
}

bool rp_why_missing(struct rp_text *t, const struct rp_why_group *group, unsigned int *pos)
{
	struct rp_name name;

	t->len = 0;
	for (; *pos < __RP_KIND_MAX; (*pos)++) {
		if (!*pos && (group->origin.lost || group->incomplete))
			rp_format_add(t, "records were lost");
		else if (*pos && group->origin.unarmed & 1U << *pos)
			rp_format_add(t, "no probe for %s is armed",
				      rp_names_kind(*pos, &name));
		if (t->len)
			return ++*pos;
	}
	return false;
}

static void rp_why_add_limit(struct rp_text *t, struct rp_why *why,
			     const struct rp_why_group *group)
{
	unsigned int mtu = group->d.rec->signal.info;
	struct rp_text part;

	if (!mtu) {
		rp_format_add(t, "no packet can be that large%s",
			      group->flow.family == AF_INET6 ?
			      ", or the MTU is smaller and IPV6_DONTFRAG is set" : "");
		return;
	}
	switch (group->limit) {
	case RP_LIMIT_ROUTE:
		rp_format_add(t, "%s has an mtu of %u",
			      rp_format_typed(&part, group->flow.family, &group->derived), mtu);
		break;
	case RP_LIMIT_DEVICE:
		rp_why_add_dev(t, why, group, group->derived.oif, NULL);
		rp_format_add(t, " has an mtu of %u", mtu);
		break;
	case RP_LIMIT_LEARNED:
		rp_format_add(t, "an mtu of %u was learned for the path", mtu);
		break;
	default:
		rp_format_add(t, "the mtu is %u, it is not known whose", mtu);
	}
	rp_format_add(t, ", and the packet may not be fragmented");
}

/* By whom it is only known as far as the kernel's drop reason goes. */
static void rp_why_add_policy(struct rp_text *t, const struct rp_why_group *group)
{
	rp_format_add(t, "a route is there, but %s refuses to send",
		      group->origin.err < 0 ? "a BPF program of the cgroup" :
					      "a filter of tc on the device");
}

static void rp_why_add_unknown(struct rp_text *t, const struct rp_why_group *group)
{
	struct rp_text missing;
	unsigned int pos = 0;

	rp_format_add(t, "not known");
	while (rp_why_missing(&missing, group, &pos))
		rp_format_add(t, ", %s", missing.text);
}

/* " (rule 101 lookup 1 passed over: fwmark 0x2, flow has none)" */
static void rp_why_add_near(struct rp_text *t, struct rp_why *why,
			    const struct rp_why_group *group)
{
	const struct rp_near *near = &group->near;
	struct rp_fib *fib = &why->reading.fib;
	struct rp_text part;

	if (!near->is_near)
		return;
	rp_format_add(t, " (rule %s passed over: ", rp_format_rule(&part, fib, &near->rule.rule));
	if (near->suppressed)
		rp_format_add(t, "it suppresses %s)",
			      rp_format_prefix(&part, group->flow.family, &near->route));
	else
		rp_format_add(t, "%s)", rp_format_selector(&part, fib, group->d.netns,
							   &near->rule, near->by, &near->flow));
}

/* "the way back to 10.9.9.9 is not by ha but by hb (rule 100 lookup 100: default)" */
static void rp_why_add_back(struct rp_text *t, struct rp_why *why,
			    const struct rp_why_group *group)
{
	const struct rp_record *back = &group->back;
	const struct rp_flow *flow = &group->flow.flow;
	struct rp_fib *fib = &why->reading.fib;
	struct rp_text part, table;

	rp_format_add(t, "the way back to %s is not by ",
		      rp_format_ip(&part, group->flow.family, &flow->src));
	rp_why_add_dev(t, why, group, flow->iif, NULL);
	if (!back->kind) {
		rp_why_add_in_force(t, why, group);
		return;
	}
	rp_format_add(t, " but by ");
	rp_why_add_dev(t, why, group, back->route.oif, back->route.dev);
	rp_format_table(&table, fib, back->route.table);
	if (back->has & RP_HAS_RULE)
		rp_format_add(t, " (rule %s: ", rp_format_rule(&part, fib, &back->rule));
	else
		rp_format_add(t, " (table %s: ", table.text);
	rp_format_add(t, "%s)", rp_format_typed(&part, group->flow.family, &back->route));
	if (flow->mark && !back->flow.mark && group->sysctls.count < 2)
		rp_format_add(t, ", asked without the mark as src_valid_mark is off");
	rp_why_add_in_force(t, why, group);
}

/* "changed by netfilter (dst 10.0.1.2 => 198.51.100.1) and routed again: " */
static void rp_why_add_rewrite(struct rp_text *t, const struct rp_why_group *group)
{
	struct rp_text changes;

	rp_format_add(t, "changed by netfilter");
	if (*rp_rewrite_format(&changes, &group->rewrite, group->flow.family))
		rp_format_add(t, " (%s)", changes.text);
	rp_format_add(t, " and routed again: ");
}

void rp_why_format_reason(struct rp_text *t, struct rp_why *why, const struct rp_why_group *group)
{
	const struct rp_origin *o = &group->origin;
	const struct rp_flow *flow = &group->flow.flow;
	struct rp_text part;
	struct rp_name name;

	t->len = 0;
	switch (o->word) {
	case RP_ORIGIN_NEIGHBOUR:
		rp_why_add_neighbour(t, why, group);
		break;
	case RP_ORIGIN_ICMP:
	case RP_ORIGIN_TTL:
		rp_why_add_received(t, why, group);
		break;
	case RP_ORIGIN_NETFILTER:
		rp_format_add(t, "refused by netfilter");
		if (group->d.rec->kind == RP_KIND_NETFILTER)
			rp_format_add(t, " in hook %s",
				      rp_names_hook(group->d.rec->signal.hook, &name));
		rp_why_add_sent(t, group);
		break;
	case RP_ORIGIN_REROUTE:
		rp_why_add_rewrite(t, group);
		rp_why_add_refusal(t, why, group, o->inner);
		break;
	case RP_ORIGIN_RP_FILTER:
		rp_why_add_back(t, why, group);
		break;
	case RP_ORIGIN_MARTIAN:
		rp_format_add(t, "%s > ", rp_format_ip(&part, group->flow.family, &flow->src));
		rp_format_add(t, "%s cannot come in by ",
			      rp_format_ip(&part, group->flow.family, &flow->dst));
		rp_why_add_dev(t, why, group, flow->iif, NULL);
		rp_why_add_in_force(t, why, group);
		break;
	case RP_ORIGIN_DEVICE:
		rp_why_add_device(t, why, group);
		rp_why_add_sent(t, group);
		break;
	case RP_ORIGIN_XFRM:
		rp_format_add(t, "a route is there, IPsec policy refuses");
		break;
	case RP_ORIGIN_FORWARD:
		rp_format_add(t, "not forwarded: ");
		rp_why_add_refusal(t, why, group, o->inner);
		rp_why_add_sent(t, group);
		break;
	case RP_ORIGIN_SOURCE:
		rp_format_add(t, "no address of this host can be the source");
		break;
	case RP_ORIGIN_MTU:
		rp_why_add_limit(t, why, group);
		break;
	case RP_ORIGIN_POLICY:
		rp_why_add_policy(t, group);
		break;
	case RP_ORIGIN_NEIGHBOUR_TABLE:
		rp_format_add(t, "a route is there, but the neighbour table is full");
		break;
	case RP_ORIGIN_UNKNOWN:
		rp_why_add_unknown(t, group);
		break;
	default:
		rp_why_add_refusal(t, why, group, o->word);
	}
	if (o->word != RP_ORIGIN_REROUTE &&
	    *rp_rewrite_format(&part, &group->rewrite, group->flow.family))
		rp_format_add(t, ", changed by netfilter (%s)", part.text);
	rp_why_add_near(t, why, group);
}
