// SPDX-License-Identifier: GPL-2.0
/*
 * Pure copies from the kernel's structures into a record.  All run in
 * probe handlers: no sleeping, no locks, nothing followed that the probed
 * function did not just use itself, under the same RCU read lock.
 */
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/fib_rules.h>
#include <net/flow.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>
#include <net/nexthop.h>
#include <net/route.h>
#include <net/rtnh.h>
#include <net/sock.h>

#include "compat.h"
#include "fill.h"
#include "uapi/routeprobe.h"

/*
 * Ports stand in the first four bytes of all protocols that have any, @end is where
 * the packet's linear part does.
 */
static void rp_fill_proto(struct rp_flow *flow, const struct iphdr *iph, const void *end)
{
	const __be16 *ports = (const void *)iph + iph->ihl * 4;

	flow->proto = iph->protocol;
	switch (iph->protocol) {
	case IPPROTO_ICMP:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		break;
	default:
		return;
	}
	if (ip_is_fragment(iph) || (const void *)(ports + 2) > end)
		return;

	if (iph->protocol == IPPROTO_ICMP) {
		flow->dport = ports[0];		/* type and code */
		return;
	}
	flow->sport = ports[0];
	flow->dport = ports[1];
}
NOKPROBE_SYMBOL(rp_fill_proto);

/*
 * The input functions build their key inside.  ARP asks them as well, with its
 * own packet: no IP header there.
 */
void rp_fill_flow_skb(struct rp_flow *flow, const struct sk_buff *skb, __be32 dst, __be32 src,
		      u8 tos, const struct net_device *dev)
{
	*flow = (struct rp_flow) { .dst.v4 = dst, .src.v4 = src, .tos = tos };
	flow->iif = dev->ifindex;
	flow->mark = skb->mark;
	if (skb->protocol == htons(ETH_P_IP) && skb_network_offset(skb) >= 0 &&
	    skb_network_offset(skb) + sizeof(struct iphdr) <= skb_headlen(skb))
		rp_fill_proto(flow, ip_hdr(skb), skb_tail_pointer(skb));
}
NOKPROBE_SYMBOL(rp_fill_flow_skb);

/* Return: whether there is a whole IPv4 header at @iph, before @end. */
bool rp_fill_flow_header(struct rp_flow *flow, const struct iphdr *iph, const void *end)
{
	if ((const void *)(iph + 1) > end || iph->version != 4)
		return false;

	*flow = (struct rp_flow) { .dst.v4 = iph->daddr, .src.v4 = iph->saddr, .tos = iph->tos };
	rp_fill_proto(flow, iph, end);
	return true;
}
NOKPROBE_SYMBOL(rp_fill_flow_header);

/* What inet_sk_rebuild_header() and udp_sendmsg() make their key of, if connected. */
void rp_fill_flow_sock(struct rp_flow *flow, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	*flow = (struct rp_flow) {
		.dst.v4	= inet->inet_daddr,
		.src.v4	= inet->inet_saddr,
		.oif	= sk->sk_bound_dev_if,
		.mark	= sk->sk_mark,
		.uid	= __kuid_val(sk->sk_uid),
		.dport	= inet->inet_dport,
		.sport	= inet->inet_sport,
		.tos	= inet->tos,
		.proto	= sk->sk_protocol,
	};
}
NOKPROBE_SYMBOL(rp_fill_flow_sock);

/*
 * A packet that got as far as to have a network header, wherever its data begins
 * now.  __icmp_send() makes the same checks: it is called "from the most obscure
 * devices".  Return: whether it is IPv4.
 */
bool rp_fill_flow_packet(struct rp_flow *flow, const struct sk_buff *skb)
{
	if (skb_network_header(skb) < skb->head ||
	    !rp_fill_flow_header(flow, ip_hdr(skb), skb_tail_pointer(skb)))
		return false;

	flow->iif = skb->skb_iif;
	flow->mark = skb->mark;
	if (skb->sk && sk_fullsock(skb->sk))
		flow->uid = __kuid_val(skb->sk->sk_uid);
	return true;
}
NOKPROBE_SYMBOL(rp_fill_flow_packet);

void rp_fill_nhc(struct rp_route *route, const struct fib_nh_common *nhc)
{
	rp_fill_gw(route, nhc->nhc_gw_family, &nhc->nhc_gw);
	route->nh_flags = nhc->nhc_flags;
	route->nh_weight = nhc->nhc_weight;
	rp_fill_dev(route, nhc->nhc_dev);
}
NOKPROBE_SYMBOL(rp_fill_nhc);

/* Only after success: fib_table_lookup() leaves @res alone when it rejects. */
void rp_fill_result(struct rp_record *rec, const struct fib_result *res)
{
	if (!res->fi)
		return;		/* on link because oif said so, or no lookup at all */
	rp_fill_match(&rec->route, res, res->fi);
	rec->route.prefsrc.v4 = res->fi->fib_prefsrc;
	rp_fill_nhc(&rec->route, res->nhc);
	rec->has |= RP_HAS_ROUTE;
}
NOKPROBE_SYMBOL(rp_fill_result);

/* The first leg stands for all.  Under the RTNL lock. */
void rp_fill_entry(struct rp_record *rec, const struct fib_entry_notifier_info *entry)
{
	const struct fib_result res = {
		.prefix		= htonl(entry->dst),
		.prefixlen	= entry->dst_len,
		.type		= entry->type,
		.scope		= entry->fi->fib_scope,
		.nhc		= fib_info_nhc(entry->fi, 0),
		.fi		= entry->fi,
	};

	rp_fill_result(rec, &res);
	rec->route.tos = rp_compat_entry_tos(entry);
	rec->change.mtu = entry->fi->fib_metrics->metrics[RTAX_MTU - 1];
}
NOKPROBE_SYMBOL(rp_fill_entry);

/* Of a group the legs are only counted.  Under the RTNL lock. */
void rp_fill_nexthop(struct rp_route *route, const struct nexthop *nh)
{
	const struct nh_info *nhi = rcu_dereference_raw(nh->nh_info);

	*route = (struct rp_route) {
		.nhid		= nh->id,
		.nh_count	= min_t(unsigned int, nexthop_num_path(nh), U8_MAX),
	};
	if (nh->is_group)
		return;
	if (nhi->reject_nh)
		route->type = RTN_BLACKHOLE;
	rp_fill_nhc(route, &nhi->fib_nhc);
}
NOKPROBE_SYMBOL(rp_fill_nexthop);

/* @ifa is still what it was, on a device.  Under the RTNL lock. */
void rp_fill_ifaddr(struct rp_route *route, const struct in_ifaddr *ifa)
{
	*route = (struct rp_route) {
		.dst.v4		= ifa->ifa_address & ifa->ifa_mask,
		.dst_len	= ifa->ifa_prefixlen,
		.prefsrc.v4	= ifa->ifa_local,
	};
	rp_fill_dev(route, ifa->ifa_dev->dev);
}
NOKPROBE_SYMBOL(rp_fill_ifaddr);

/* What the packet will really use. */
void rp_fill_rtable(struct rp_record *rec, const struct rtable *rt)
{
	rp_fill_rt(&rec->route, rt);
	rec->has |= RP_HAS_RTABLE;
}
NOKPROBE_SYMBOL(rp_fill_rtable);

/* Who is to be found on the link for a packet to @dst, as rt_nexthop() has it. */
void rp_fill_neighbour(struct rp_record *rec, const struct rtable *rt, __be32 dst)
{
	if (rt->rt_gw_family)
		rp_fill_gw(&rec->route, rt->rt_gw_family, &rt->rt_gw6);
	else
		rp_fill_gw(&rec->route, AF_INET, &dst);
	rp_fill_dev(&rec->route, rt->dst.dev);
	rec->has |= RP_HAS_ROUTE;
}
NOKPROBE_SYMBOL(rp_fill_neighbour);

void rp_fill_rule(struct rp_record *rec, const struct fib_rule *rule)
{
	rec->rule.priority = rule->pref;
	rec->rule.table = rule->table;
	rec->rule.action = rule->action;
	rec->rule.l3mdev = rule->l3mdev;
	rec->has |= RP_HAS_RULE;
}
NOKPROBE_SYMBOL(rp_fill_rule);

static __be16 rp_fill_port(const struct fib_rule_port_range *range, u16 mask)
{
	return range->start == range->end && mask == U16_MAX ? htons(range->start) : 0;
}
NOKPROBE_SYMBOL(rp_fill_port);

void rp_fill_selectors(struct rp_flow *flow, const struct fib_rule *rule)
{
	*flow = (struct rp_flow) {
		.oif	= rule->oifindex,
		.iif	= rule->iifindex,
		.mark	= rule->mark,
		.proto	= rule->ip_proto,
		.sport	= rp_fill_port(&rule->sport_range, rp_compat_rule_sport_mask(rule)),
		.dport	= rp_fill_port(&rule->dport_range, rp_compat_rule_dport_mask(rule)),
	};
}
NOKPROBE_SYMBOL(rp_fill_selectors);

static u8 rp_fill_count_legs(const struct fib_config *cfg)
{
	const struct rtnexthop *rtnh = cfg->fc_mp;
	int remaining = cfg->fc_mp_len;
	unsigned int legs = 0;

	if (!rtnh)
		return 0;
	for (; rtnh_ok(rtnh, remaining) && legs < U8_MAX; rtnh = rtnh_next(rtnh, &remaining))
		legs++;
	return legs;
}
NOKPROBE_SYMBOL(rp_fill_count_legs);

void rp_fill_config(struct rp_record *rec, struct net *net, const struct fib_config *cfg)
{
	struct rp_route *route = &rec->route;

	route->dst.v4 = cfg->fc_dst;
	route->dst_len = cfg->fc_dst_len;
	route->type = cfg->fc_type;
	route->scope = cfg->fc_scope;
	route->protocol = cfg->fc_protocol;
	route->tos = rp_compat_config_tos(cfg);
	route->metric = cfg->fc_priority;
	route->prefsrc.v4 = cfg->fc_prefsrc;
	route->nhid = cfg->fc_nh_id;
	route->nh_flags = cfg->fc_flags;
	route->nh_count = rp_fill_count_legs(cfg);
	route->oif = cfg->fc_oif;
	rp_fill_gw(route, cfg->fc_gw_family, &cfg->fc_gw6);

	rcu_read_lock();
	rp_fill_dev(route, dev_get_by_index_rcu(net, cfg->fc_oif));
	rcu_read_unlock();
	rec->has |= RP_HAS_ROUTE;
}
NOKPROBE_SYMBOL(rp_fill_config);
