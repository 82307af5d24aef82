/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_FILL_H
#define _RP_FILL_H

#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <net/flow.h>
#include <net/ip_fib.h>
#include <net/net_namespace.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "compat.h"
#include "uapi/routeprobe.h"

struct fib_config;
struct fib_entry_notifier_info;
struct fib_nh_common;
struct fib_result;
struct fib_rule;
struct in_ifaddr;
struct iphdr;
struct net_device;
struct nexthop;
struct rtable;
struct sk_buff;
struct sock;

/* What stands behind its NUL in the kernel's field, which is as long, comes with it. */
static nokprobe_inline void rp_fill_name(char *to, const char *from)
{
	memcpy(to, from, RP_NAME_LEN);
}

static nokprobe_inline u32 rp_fill_netns(const struct net *net)
{
	return net->ns.inum;
}

/* As words: the compiler needs half as many instructions again for any other form. */
static nokprobe_inline void rp_fill_addr4(union rp_addr *to, __be32 addr)
{
#ifdef __BIG_ENDIAN
	to->w[0] = (u64)(__force u32)addr << 32;
#else
	to->w[0] = (__force u32)addr;
#endif
	to->w[1] = 0;
}

/* What stands side by side in both is copied at once: all is read before the first store. */
static nokprobe_inline void rp_fill_flow(struct rp_flow *flow, const struct flowi4 *fl4)
{
	const u32 oif = fl4->flowi4_oif, iif = fl4->flowi4_iif, mark = fl4->flowi4_mark;
	const u8 tos = rp_compat_flow_tos(fl4), scope = fl4->flowi4_scope;
	const u8 proto = fl4->flowi4_proto, flags = fl4->flowi4_flags;
	const __be16 dport = fl4->fl4_dport, sport = fl4->fl4_sport;
	const u32 uid = __kuid_val(fl4->flowi4_uid);	/* as init_user_ns sees it */
	const u32 l3mdev = rp_compat_flow_l3mdev(fl4);
	const __be32 dst = fl4->daddr, src = fl4->saddr;

	rp_fill_addr4(&flow->dst, dst);
	rp_fill_addr4(&flow->src, src);
	flow->oif = oif;
	flow->iif = iif;
	flow->l3mdev = l3mdev;
	flow->mark = mark;
	flow->uid = uid;
	flow->label = 0;
	flow->dport = dport;
	flow->sport = sport;
	flow->tos = tos;
	flow->scope = scope;
	flow->proto = proto;
	flow->flags = flags;
}

static nokprobe_inline void rp_fill_no_route(struct rp_route *route)
{
	/* in pieces: for all at once gcc takes an instruction that is slow to start */
	route->dst = (union rp_addr) { };
	route->prefsrc = (union rp_addr) { };
	memset(route->gw, 0, sizeof(route->gw));
	memset(route->dev, 0, sizeof(route->dev));
	route->table = 0;
	route->metric = 0;
	route->dst_len = 0;
	route->nh_sel = 0;
	route->type = 0;
	route->scope = 0;
	route->oif = 0;
	route->nhid = 0;
	route->rt_flags = 0;
	route->protocol = 0;
	route->gw_family = 0;
	route->nh_flags = 0;
	route->tos = 0;
	route->nh_weight = 0;
	route->rt_type = 0;
	route->nh_count = 0;
}

static nokprobe_inline void rp_fill_dev(struct rp_route *route, const struct net_device *dev)
{
	if (!dev)
		return;
	route->oif = dev->ifindex;
	rp_fill_name(route->dev, dev->name);
}

/* @addr is a union of both families' addresses wherever the kernel has a gateway. */
static nokprobe_inline void rp_fill_gw(struct rp_route *route, u8 family, const void *addr)
{
	route->gw_family = family;
	if (family == AF_INET)
		memcpy(route->gw, addr, sizeof(struct in_addr));
	else if (family == AF_INET6)
		memcpy(route->gw, addr, sizeof(struct in6_addr));
}

/*
 * All of it but the address and the device of the next hop, prefsrc, and the rtable part.
 * What stands side by side in both is copied at once.
 *
 * @fi: that of @res, not NULL: then @res has a next hop, too
 */
static nokprobe_inline void rp_fill_match(struct rp_route *route, const struct fib_result *res,
					  const struct fib_info *fi)
{
	const struct fib_nh_common *nhc = res->nhc;
	unsigned int legs = fi->fib_nhs;

	const u32 table = fi->fib_tb_id, metric = fi->fib_priority;
	const __be32 dst = res->prefix;
	const u8 dst_len = res->prefixlen, nh_sel = res->nh_sel;
	const u8 type = res->type, scope = res->scope;

	route->table = table;
	route->metric = metric;
	rp_fill_addr4(&route->dst, dst);
	route->dst_len = dst_len;
	route->nh_sel = nh_sel;
	route->type = type;
	route->scope = scope;
	route->tos = rp_compat_result_tos(res);
	route->protocol = fi->fib_protocol;
	route->nhid = 0;
	if (unlikely(fi->nh)) {
		route->nhid = fi->nh->id;
		legs = nexthop_num_path(fi->nh);
	}
	route->nh_count = unlikely(legs > U8_MAX) ? U8_MAX : legs;
	route->nh_flags = nhc->nhc_flags;
	route->nh_weight = nhc->nhc_weight;
}

/*
 * What the packet will really use, in place of what the route says: a redirect
 * has another gateway, a multicast over the default route has none.
 */
static nokprobe_inline void rp_fill_rt(struct rp_route *route, const struct rtable *rt)
{
	const struct net_device *dev = rt->dst.dev;

	route->rt_type = rt->rt_type;
	route->rt_flags = rt->rt_flags;
	memset(route->gw, 0, sizeof(route->gw));
	rp_fill_gw(route, rt->rt_uses_gateway ? rt->rt_gw_family : AF_UNSPEC, &rt->rt_gw6);
	route->oif = dev->ifindex;
	rp_fill_name(route->dev, dev->name);
}

/* As ipv4_mtu() has it: for as long as what was learned is believed. */
static nokprobe_inline void rp_fill_cached(struct rp_record *rec, const struct rtable *rt)
{
	if (likely(!rt->rt_pmtu) || !time_before(jiffies, rt->dst.expires))
		return;
	rec->cached.pmtu = rt->rt_pmtu;
	rec->cached.expires_s = (rt->dst.expires - jiffies) / HZ;
	rec->has |= RP_HAS_CACHED;
}

void rp_fill_flow_skb(struct rp_flow *flow, const struct sk_buff *skb, __be32 dst, __be32 src,
		      u8 tos, const struct net_device *dev);
bool rp_fill_flow_header(struct rp_flow *flow, const struct iphdr *iph, const void *end);
void rp_fill_flow_sock(struct rp_flow *flow, const struct sock *sk);
bool rp_fill_flow_packet(struct rp_flow *flow, const struct sk_buff *skb);
void rp_fill_nhc(struct rp_route *route, const struct fib_nh_common *nhc);
void rp_fill_result(struct rp_record *rec, const struct fib_result *res);
void rp_fill_entry(struct rp_record *rec, const struct fib_entry_notifier_info *entry);
void rp_fill_rtable(struct rp_record *rec, const struct rtable *rt);
void rp_fill_neighbour(struct rp_record *rec, const struct rtable *rt, __be32 dst);
void rp_fill_ifaddr(struct rp_route *route, const struct in_ifaddr *ifa);
void rp_fill_nexthop(struct rp_route *route, const struct nexthop *nh);
void rp_fill_selectors(struct rp_flow *flow, const struct fib_rule *rule);
void rp_fill_rule(struct rp_record *rec, const struct fib_rule *rule);
void rp_fill_config(struct rp_record *rec, struct net *net, const struct fib_config *cfg);

#endif
