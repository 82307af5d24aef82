// SPDX-License-Identifier: GPL-2.0
/* The command to type next */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/names.h"
#include "out/why_words.h"
#include "why/why.h"
#include "words/format.h"

/* Whoever may name a device may not choose what is typed. */
static void rp_why_add_dev_word(struct rp_text *t, struct rp_why *why,
				const struct rp_why_group *group, uint32_t index,
				const char *name)
{
	struct rp_text dev;

	rp_format_quoted(t, rp_format_dev(&dev, &why->reading.fib, group->d.netns, index,
					  name));
}

/* A command that works in the namespace, if that has a name */
static void rp_why_add_in_netns(struct rp_text *t, struct rp_why *why, uint32_t netns,
				bool iproute)
{
	const char *name = rp_fib_netns(&why->reading.fib, netns);

	if (!name || !strcmp(name, "init")) {
		rp_format_put(t, iproute ? "ip " : "");
		return;
	}
	rp_format_put(t, iproute ? "ip -n " : "ip netns exec ");
	rp_format_quoted(t, name);
	rp_format_put(t, " ");
}

/* What was changed is asked for as the kernel asked for it: with the mark, and no ports. */
static const struct rp_flow *rp_why_asked(const struct rp_why_group *group)
{
	return group->rewrite.has_asked ? &group->rewrite.asked : &group->flow.flow;
}

static void rp_why_add_route_get(struct rp_text *t, struct rp_why *why,
				 const struct rp_why_group *group)
{
	const struct rp_flow *flow = rp_why_asked(group);
	bool input = group->flow.kind == RP_KIND_INPUT;
	struct rp_text part;
	struct rp_name name;

	rp_why_add_in_netns(t, why, group->d.netns, true);
	rp_format_add(t, "%sroute get %s", group->flow.family == AF_INET6 ? "-6 " : "",
		      rp_format_ip(&part, group->flow.family, &flow->dst));
	if (!rp_addr_is_any(&flow->src))
		rp_format_add(t, " from %s", rp_format_ip(&part, group->flow.family, &flow->src));
	if (input && flow->iif) {
		rp_format_add(t, " iif ");
		rp_why_add_dev_word(t, why, group, flow->iif, NULL);
	}
	if (flow->oif) {
		rp_format_add(t, " oif ");
		rp_why_add_dev_word(t, why, group, flow->oif, NULL);
	}
	if (flow->tos)
		rp_format_add(t, " tos 0x%02x", flow->tos);
	if (flow->mark)
		rp_format_add(t, " mark 0x%x", flow->mark);
	if (flow->uid && flow->uid != UINT32_MAX && !input)
		rp_format_add(t, " uid %u", flow->uid);
	if (flow->proto != IPPROTO_TCP && flow->proto != IPPROTO_UDP)
		return;
	rp_format_add(t, " ipproto %s", rp_names_ipproto(flow->proto, &name));
	if (flow->sport)
		rp_format_add(t, " sport %u", ntohs(flow->sport));
	if (flow->dport)
		rp_format_add(t, " dport %u", ntohs(flow->dport));
}

static void rp_why_add_sysctl(struct rp_text *t, struct rp_why *why,
			      const struct rp_why_group *group, const char *what)
{
	unsigned int ipv = group->flow.family == AF_INET6 ? 6 : 4;

	rp_why_add_in_netns(t, why, group->d.netns, false);
	rp_format_add(t, "sysctl net.ipv%u.conf.all.%s net.ipv%u.conf.", ipv, what, ipv);
	rp_why_add_dev_word(t, why, group, group->flow.flow.iif, NULL);
	rp_format_add(t, ".%s", what);
}

static void rp_why_add_neigh(struct rp_text *t, struct rp_why *why,
			     const struct rp_why_group *group)
{
	const struct rp_route *hop = &group->d.rec->route;
	struct rp_text part;

	rp_why_add_in_netns(t, why, group->d.netns, true);
	rp_format_gateway(&part, hop);
	rp_format_add(t, "neigh show %s", *part.text ? part.text :
		      rp_format_ip(&part, group->flow.family, &group->flow.flow.dst));
	if (!hop->oif && !*hop->dev)
		return;
	rp_format_add(t, " dev ");
	rp_why_add_dev_word(t, why, group, hop->oif, hop->dev);
}

void rp_why_format_next(struct rp_text *t, struct rp_why *why,
			const struct rp_why_group *group)
{
	struct rp_text ip;

	t->len = 0;
	switch (group->origin.word) {
	case RP_ORIGIN_NEIGHBOUR:
		rp_why_add_neigh(t, why, group);
		break;
	case RP_ORIGIN_ICMP:
	case RP_ORIGIN_TTL:
		rp_why_add_in_netns(t, why, group->d.netns, false);
		rp_format_add(t, "tracepath -n %s",
			      rp_format_ip(&ip, group->flow.family, &group->flow.flow.dst));
		break;
	case RP_ORIGIN_NETFILTER:
		rp_why_add_in_netns(t, why, group->d.netns, false);
		rp_format_add(t, "nft list ruleset");
		break;
	case RP_ORIGIN_RP_FILTER:
		rp_why_add_sysctl(t, why, group, "rp_filter");
		break;
	case RP_ORIGIN_DEVICE:
		rp_why_add_in_netns(t, why, group->d.netns, true);
		rp_format_add(t, "-d link show ");
		rp_why_add_out(t, why, group);
		break;
	case RP_ORIGIN_XFRM:
		rp_why_add_in_netns(t, why, group->d.netns, true);
		rp_format_add(t, "xfrm policy");
		break;
	case RP_ORIGIN_FORWARD:
		if (group->origin.inner == RP_ORIGIN_FORWARDING_OFF)
			rp_why_add_sysctl(t, why, group, "forwarding");
		else
			rp_why_add_route_get(t, why, group);
		break;
	case RP_ORIGIN_SOURCE:
		rp_why_add_in_netns(t, why, group->d.netns, true);
		rp_format_add(t, "-6 address show");
		break;
	case RP_ORIGIN_MTU:
		if (group->limit != RP_LIMIT_DEVICE) {
			rp_why_add_route_get(t, why, group);
			break;
		}
		rp_why_add_in_netns(t, why, group->d.netns, true);
		rp_format_add(t, "link show ");
		rp_why_add_dev_word(t, why, group, group->derived.oif, NULL);
		break;
	case RP_ORIGIN_POLICY:
		if (group->origin.err < 0) {
			rp_format_add(t, "bpftool cgroup tree");
			break;
		}
		rp_why_add_in_netns(t, why, group->d.netns, false);
		rp_format_add(t, "tc filter show dev ");
		rp_why_add_out(t, why, group);
		rp_format_add(t, " egress");
		break;
	case RP_ORIGIN_NEIGHBOUR_TABLE:
		rp_why_add_in_netns(t, why, group->d.netns, false);
		rp_format_add(t, "sysctl net.ipv%u.neigh.default.gc_thresh3",
			      group->flow.family == AF_INET6 ? 6 : 4);
		break;
	case RP_ORIGIN_UNKNOWN:
		rp_format_add(t, "routeprobe status");
		break;
	default:
		rp_why_add_route_get(t, why, group);
	}
}
