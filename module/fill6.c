// SPDX-License-Identifier: GPL-2.0
/* As fill.c, from the structures of IPv6, and under the same rules. */
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/dsfield.h>
#include <net/dst.h>
#include <net/if_inet6.h>
#include <net/inet_sock.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/nexthop.h>
#include <net/sock.h>

#include "compat.h"
#include "fill.h"
#include "fill6.h"
#include "uapi/routeprobe.h"

/* Has this protocol ports, or a type and a code, in its first four bytes? */
static bool rp_fill_has_ports6(u8 proto)
{
	switch (proto) {
	case IPPROTO_ICMPV6:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	default:
		return false;
	}
}
NOKPROBE_SYMBOL(rp_fill_has_ports6);

/*
 * Protocol and ports, behind any extension headers; @offset is where the IPv6 header,
 * which is known to be there, begins from skb->data.  No fragment but the first has ports.
 */
void rp_fill_ports6(struct rp_flow *flow, const struct sk_buff *skb, int offset)
{
	const struct ipv6hdr *hdr = (const void *)skb->data + offset;
	const __be16 *ports;
	__be16 fragment = 0, room[2];
	u8 proto = hdr->nexthdr;
	int at;

	flow->proto = proto;
	at = ipv6_skip_exthdr(skb, offset + sizeof(*hdr), &proto, &fragment);
	if (at < 0)
		return;
	flow->proto = proto;
	if (ntohs(fragment) & ~7 || !rp_fill_has_ports6(proto))
		return;
	ports = skb_header_pointer(skb, at, sizeof(room), room);
	if (!ports)
		return;
	if (proto == IPPROTO_ICMPV6) {
		flow->dport = ports[0];		/* type and code */
		return;
	}
	flow->sport = ports[0];
	flow->dport = ports[1];
}
NOKPROBE_SYMBOL(rp_fill_ports6);

/*
 * A packet whose IPv6 header is to begin at @offset from skb->data, which may be where the
 * data was before it was pulled.  Return: whether there is one.
 */
bool rp_fill_flow_packet6(struct rp_flow *flow, const struct sk_buff *skb, int offset)
{
	const struct ipv6hdr *hdr = (const void *)skb->data + offset;

	if ((const unsigned char *)hdr < skb->head ||
	    (const unsigned char *)(hdr + 1) > skb_tail_pointer(skb) || hdr->version != 6)
		return false;

	*flow = (struct rp_flow) {
		.label	= ip6_flowlabel(hdr),
		.tos	= ipv6_get_dsfield(hdr),
		.iif	= skb->skb_iif,
		.mark	= skb->mark,
	};
	rp_fill_addr6(&flow->dst, &hdr->daddr);
	rp_fill_addr6(&flow->src, &hdr->saddr);
	if (skb->sk && sk_fullsock(skb->sk))
		flow->uid = __kuid_val(skb->sk->sk_uid);
	rp_fill_ports6(flow, skb, offset);
	return true;
}
NOKPROBE_SYMBOL(rp_fill_flow_packet6);

/* What inet6_csk_route_socket() and udpv6_sendmsg() make their key of, if connected. */
void rp_fill_flow_sock6(struct rp_flow *flow, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct ipv6_pinfo *np = inet6_sk(sk);

	*flow = (struct rp_flow) {
		.oif	= sk->sk_bound_dev_if,
		.mark	= sk->sk_mark,
		.uid	= __kuid_val(sk->sk_uid),
		.dport	= inet->inet_dport,
		.sport	= inet->inet_sport,
		.proto	= sk->sk_protocol,
	};
	rp_fill_addr6(&flow->dst, &sk->sk_v6_daddr);
	if (!np)
		return;
	rp_fill_addr6(&flow->src, &np->saddr);
	flow->label = np->flow_label & IPV6_FLOWLABEL_MASK;
	flow->tos = np->tclass;
}
NOKPROBE_SYMBOL(rp_fill_flow_sock6);

static u32 rp_fill_seconds(unsigned long expires)
{
	return time_before(jiffies, expires) ? (expires - jiffies) / HZ : 0;
}
NOKPROBE_SYMBOL(rp_fill_seconds);

/*
 * All but gateway, device and type of the next hop.  Each leg of a multipath route is a
 * struct of its own, and which one of them it is they do not tell.
 */
static void rp_fill_from6(struct rp_route *route, const struct fib6_info *f6i)
{
	unsigned int legs = READ_ONCE(f6i->fib6_nsiblings) + 1;
	const struct nexthop *nh = f6i->nh;

	if (unlikely(nh))	/* nexthop_num_path() wants an RCU read lock, and we may have
				 * interrupts off
				 */
		legs = nh->is_group ? rcu_dereference_raw(nh->nh_grp)->num_nh : 1;

	rp_fill_addr6(&route->dst, &f6i->fib6_dst.addr);
	if (unlikely(f6i->fib6_prefsrc.plen))
		rp_fill_addr6(&route->prefsrc, &f6i->fib6_prefsrc.addr);
	else
		route->prefsrc = (union rp_addr) { };
	route->table = f6i->fib6_table ? f6i->fib6_table->tb6_id : 0;
	route->metric = f6i->fib6_metric;
	route->dst_len = f6i->fib6_dst.plen;
	route->nh_sel = 0;
	route->type = f6i->fib6_type;
	route->scope = 0;
	route->rt_flags = f6i->fib6_flags;
	route->protocol = f6i->fib6_protocol;
	route->src_len = f6i->fib6_src.plen;
	route->nh_count = min_t(unsigned int, legs, U8_MAX);
	route->nhid = 0;
	route->nh_flags = 0;
	route->nh_weight = 0;
	if (unlikely(nh)) {
		route->nhid = nh->id;
	} else {
		route->nh_flags = f6i->fib6_nh->fib_nh_flags;
		if (legs <= 1)
			route->nh_weight = f6i->fib6_nh->fib_nh_weight;
	}
}
NOKPROBE_SYMBOL(rp_fill_from6);

/* The route has been cleared. */
void rp_fill_info6(struct rp_record *rec, const struct fib6_info *f6i)
{
	rp_fill_from6(&rec->route, f6i);
	rec->has |= RP_HAS_ROUTE;
}
NOKPROBE_SYMBOL(rp_fill_info6);

static u8 rp_fill_type6(const struct rt6_info *rt, const struct fib6_info *from)
{
	if (rt->rt6i_flags & RTF_LOCAL)
		return RTN_LOCAL;
	if (rt->rt6i_flags & RTF_ANYCAST)
		return RTN_ANYCAST;
	return from ? from->fib6_type : RTN_UNICAST;
}
NOKPROBE_SYMBOL(rp_fill_type6);

/* An exception has a lifetime and an MTU of its own. */
static noinline u16 rp_fill_cached6(struct rp_cached *cached, const struct rt6_info *rt,
				    const struct fib6_info *from)
{
	u32 pmtu = 0, left = 0;

	if (rt->rt6i_flags & RTF_CACHE) {
		pmtu = dst_metric_raw(&rt->dst, RTAX_MTU);
		if (rt->rt6i_flags & RTF_EXPIRES)
			left = rp_fill_seconds(READ_ONCE(rt->dst.expires));
	} else if (from && from->fib6_flags & RTF_EXPIRES) {
		left = rp_fill_seconds(READ_ONCE(from->expires));
	}
	if (!pmtu && !left)
		return 0;
	*cached = (struct rp_cached) { .pmtu = pmtu, .expires_s = left };
	return RP_HAS_CACHED;
}
NOKPROBE_SYMBOL(rp_fill_cached6);

/*
 * What came of a decision: IPv6 always has a dst, and an error in it where there is no way.
 * That of a route which rejects still knows the route, and has the loopback device.
 *
 * Return: which parts of a record it filled; all of @route is written.
 */
u16 rp_fill_dst6(struct rp_route *route, struct rp_cached *cached, const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	const struct fib6_info *from = rcu_dereference_raw(rt->from);
	const u32 flags = rt->rt6i_flags;
	u16 has = RP_HAS_RTABLE;

	if (likely(from)) {
		rp_fill_from6(route, from);
		has |= RP_HAS_ROUTE;
	} else {
		rp_fill_no_route(route);
	}
	if (unlikely(dst->error)) {
		rp_fill_rejected6(route, from ? from->fib6_flags : 0);
		return has & ~RP_HAS_RTABLE;
	}
	route->rt_type = rp_fill_type6(rt, from);
	route->rt_flags = flags;
	if (flags & RTF_GATEWAY) {
		route->gw_family = AF_INET6;
		memcpy(route->gw, &rt->rt6i_gateway, sizeof(route->gw));
	} else {
		route->gw_family = 0;
		memset(route->gw, 0, sizeof(route->gw));
	}
	route->oif = dst->dev->ifindex;
	rp_fill_name(route->dev, dst->dev->name);
	if (unlikely((flags | (from ? from->fib6_flags : 0)) & (RTF_CACHE | RTF_EXPIRES)))
		has |= rp_fill_cached6(cached, rt, from);
	return has;
}
NOKPROBE_SYMBOL(rp_fill_dst6);

/*
 * Of a multipath route each leg comes and goes by itself.  The prefix that a route asks of the
 * source has no place but that of a flow's source, which a change has not.
 */
void rp_fill_entry6(struct rp_record *rec, const struct fib6_info *f6i)
{
	rp_fill_info6(rec, f6i);
	rp_fill_addr6(&rec->flow.src, &f6i->fib6_src.addr);
	if (!f6i->nh) {
		rp_fill_nhc(&rec->route, &f6i->fib6_nh->nh_common);
		rec->route.nh_count = 1;
	} else if (!f6i->nh->is_group) {
		rp_fill_nhc(&rec->route, &rcu_dereference_raw(f6i->nh->nh_info)->fib_nhc);
	}
	if (f6i->fib6_flags & RTF_EXPIRES)
		rec->change.expires_s = rp_fill_seconds(READ_ONCE(f6i->expires));
	rec->change.mtu = READ_ONCE(f6i->fib6_metrics)->metrics[RTAX_MTU - 1];
}
NOKPROBE_SYMBOL(rp_fill_entry6);

/* A request with legs is made one of its own for each of them. */
void rp_fill_config6(struct rp_record *rec, const struct fib6_config *cfg)
{
	struct rp_route *route = &rec->route;

	route->table = cfg->fc_table;
	rp_fill_addr6(&route->dst, &cfg->fc_dst);
	route->dst_len = cfg->fc_dst_len;
	rp_fill_addr6(&rec->flow.src, &cfg->fc_src);
	route->src_len = cfg->fc_src_len;
	rp_fill_addr6(&route->prefsrc, &cfg->fc_prefsrc);
	route->type = cfg->fc_type;
	route->protocol = cfg->fc_protocol;
	route->metric = cfg->fc_metric;
	route->rt_flags = cfg->fc_flags;
	route->nhid = cfg->fc_nh_id;
	route->oif = cfg->fc_ifindex;
	if (cfg->fc_flags & RTF_GATEWAY)
		rp_fill_gw(route, AF_INET6, &cfg->fc_gateway);
	if (cfg->fc_flags & RTF_EXPIRES)
		rec->change.expires_s = rp_fill_seconds(cfg->fc_expires);

	rcu_read_lock();
	rp_fill_dev(route, dev_get_by_index_rcu(cfg->fc_nlinfo.nl_net, cfg->fc_ifindex));
	rcu_read_unlock();
	rec->has |= RP_HAS_ROUTE;
}
NOKPROBE_SYMBOL(rp_fill_config6);

/* The prefix is that of the address, or of the one at the other end of the link. */
void rp_fill_ifaddr6(struct rp_route *route, const struct inet6_ifaddr *ifa)
{
	const struct in6_addr *addr = ipv6_addr_any(&ifa->peer_addr) ? &ifa->addr :
								       &ifa->peer_addr;
	struct in6_addr prefix;

	ipv6_addr_prefix(&prefix, addr, ifa->prefix_len);
	*route = (struct rp_route) { .dst_len = ifa->prefix_len };
	rp_fill_addr6(&route->dst, &prefix);
	rp_fill_addr6(&route->prefsrc, &ifa->addr);
	rp_fill_dev(route, ifa->idev->dev);
}
NOKPROBE_SYMBOL(rp_fill_ifaddr6);
