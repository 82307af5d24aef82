/* SPDX-License-Identifier: GPL-2.0 */
/* As fill.h, from the structures of IPv6. */
#ifndef _RP_FILL6_H
#define _RP_FILL6_H

#include <linux/compiler.h>
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/dst.h>
#include <net/flow.h>
#include <net/ip6_fib.h>

#include "compat.h"
#include "fill.h"
#include "uapi/routeprobe.h"

struct inet6_ifaddr;
struct sk_buff;
struct sock;

static nokprobe_inline void rp_fill_addr6(union rp_addr *to, const struct in6_addr *addr)
{
	memcpy(to->b, addr, sizeof(to->b));
}

/* The traffic class has no member of its own: it is part of the flow label's word. */
static nokprobe_inline void rp_fill_flow6(struct rp_flow *flow, const struct flowi6 *fl6)
{
	rp_fill_addr6(&flow->dst, &fl6->daddr);
	rp_fill_addr6(&flow->src, &fl6->saddr);
	flow->oif = fl6->flowi6_oif;
	flow->iif = fl6->flowi6_iif;
	flow->l3mdev = rp_compat_flow6_l3mdev(fl6);
	flow->mark = fl6->flowi6_mark;
	flow->uid = __kuid_val(fl6->flowi6_uid);
	flow->label = fl6->flowlabel & IPV6_FLOWLABEL_MASK;
	flow->dport = fl6->fl6_dport;
	flow->sport = fl6->fl6_sport;
	flow->tos = ntohl(fl6->flowlabel & IPV6_TCLASS_MASK) >> IPV6_TCLASS_SHIFT;
	flow->scope = 0;
	flow->proto = fl6->flowi6_proto;
	flow->flags = fl6->flowi6_flags;
}

void rp_fill_ports6(struct rp_flow *flow, const struct sk_buff *skb, int offset);
bool rp_fill_flow_packet6(struct rp_flow *flow, const struct sk_buff *skb, int offset);
void rp_fill_flow_sock6(struct rp_flow *flow, const struct sock *sk);
void rp_fill_info6(struct rp_record *rec, const struct fib6_info *f6i);
u16 rp_fill_dst6(struct rp_route *route, struct rp_cached *cached, const struct dst_entry *dst);
void rp_fill_entry6(struct rp_record *rec, const struct fib6_info *f6i);
void rp_fill_config6(struct rp_record *rec, const struct fib6_config *cfg);
void rp_fill_ifaddr6(struct rp_route *route, const struct inet6_ifaddr *ifa);

/* A route that rejects has no next hop. */
static nokprobe_inline void rp_fill_rejected6(struct rp_route *route, u32 flags)
{
	memset(route->gw, 0, sizeof(route->gw));
	memset(route->dev, 0, sizeof(route->dev));
	route->oif = 0;
	route->rt_flags = flags;
	route->gw_family = 0;
	route->rt_type = 0;
}

/*
 * The same at the return: what stands as it was at the entry, and what the functions that
 * decide change in a flow, as it was copied then.
 */
static nokprobe_inline void rp_fill_flow6_at_end(struct rp_flow *flow, const struct flowi6 *fl6,
						 const struct rp_flow *then)
{
	flow->dst = then->dst;
	flow->src = then->src;
	flow->oif = then->oif;
	flow->iif = then->iif;
	flow->l3mdev = then->l3mdev;
	flow->mark = fl6->flowi6_mark;
	flow->uid = __kuid_val(fl6->flowi6_uid);
	flow->label = 0;
	flow->dport = fl6->fl6_dport;
	flow->sport = fl6->fl6_sport;
	flow->tos = 0;
	flow->scope = 0;
	flow->proto = fl6->flowi6_proto;
	flow->flags = then->flags;
	if (unlikely(fl6->flowlabel)) {
		flow->label = fl6->flowlabel & IPV6_FLOWLABEL_MASK;
		flow->tos = ntohl(fl6->flowlabel & IPV6_TCLASS_MASK) >> IPV6_TCLASS_SHIFT;
	}
}

/*
 * A route with a lifetime, or that has legs, and what is cached for a destination:
 * rp_fill_dst6() is to see.
 */
static nokprobe_inline bool rp_fill_is_plain6(const struct rt6_info *rt,
					      const struct fib6_info *from)
{
	return likely(from && !from->nh && !READ_ONCE(from->fib6_nsiblings) &&
		      !((rt->rt6i_flags | from->fib6_flags) & (RTF_CACHE | RTF_EXPIRES)));
}

/*
 * What a route says itself, of which there is a dst, so that it is or was in a table; prefsrc
 * is the caller's to fill in.
 */
static nokprobe_inline void rp_fill_plain6(struct rp_route *route, const struct fib6_info *from)
{
	rp_fill_addr6(&route->dst, &from->fib6_dst.addr);
	route->table = from->fib6_table->tb6_id;
	route->metric = from->fib6_metric;
	route->dst_len = from->fib6_dst.plen;
	route->nh_sel = 0;
	route->type = from->fib6_type;
	route->scope = 0;
	route->nhid = 0;
	route->protocol = from->fib6_protocol;
	route->nh_flags = from->fib6_nh->fib_nh_flags;
	route->src_len = from->fib6_src.plen;
	route->nh_weight = from->fib6_nh->fib_nh_weight;
	route->nh_count = 1;
}

/*
 * As rp_fill_dst6(), which is a call that most decisions save; prefsrc is the caller's to
 * fill in.
 *
 * @rejects: dst->error
 */
static nokprobe_inline u16 rp_fill_decision6(struct rp_route *route, struct rp_cached *cached,
					     const struct dst_entry *dst, bool rejects)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	const struct fib6_info *from = rcu_dereference_raw(rt->from);
	const struct net_device *dev = dst->dev;
	const u32 flags = rt->rt6i_flags;

	if (!rp_fill_is_plain6(rt, from))
		return rp_fill_dst6(route, cached, dst);

	rp_fill_plain6(route, from);
	if (rejects) {
		rp_fill_rejected6(route, from->fib6_flags);
		return RP_HAS_ROUTE;
	}
	if (flags & RTF_GATEWAY)
		memcpy(route->gw, &rt->rt6i_gateway, sizeof(route->gw));
	else
		memset(route->gw, 0, sizeof(route->gw));
	rp_fill_name(route->dev, dev->name);
	route->oif = dev->ifindex;
	route->rt_flags = flags;
	route->gw_family = flags & RTF_GATEWAY ? AF_INET6 : 0;
	route->rt_type = unlikely(flags & (RTF_LOCAL | RTF_ANYCAST)) ?
			 (flags & RTF_LOCAL ? RTN_LOCAL : RTN_ANYCAST) : from->fib6_type;
	return RP_HAS_ROUTE | RP_HAS_RTABLE;
}

#endif
