/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_FILL_H
#define _RP_FILL_H

#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/flow.h>
#include <net/net_namespace.h>

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

static nokprobe_inline void rp_fill_flow(struct rp_flow *flow, const struct flowi4 *fl4)
{
	*flow = (struct rp_flow) {
		.dst	= fl4->daddr,
		.src	= fl4->saddr,
		.oif	= fl4->flowi4_oif,
		.iif	= fl4->flowi4_iif,
		.l3mdev	= fl4->flowi4_l3mdev,
		.mark	= fl4->flowi4_mark,
		.uid	= __kuid_val(fl4->flowi4_uid),	/* as init_user_ns sees it */
		.dport	= fl4->fl4_dport,
		.sport	= fl4->fl4_sport,
		.tos	= rp_compat_flow_tos(fl4),
		.scope	= fl4->flowi4_scope,
		.proto	= fl4->flowi4_proto,
		.flags	= fl4->flowi4_flags,
	};
}

void rp_fill_flow_skb(struct rp_flow *flow, const struct sk_buff *skb, __be32 dst, __be32 src,
		      u8 tos, const struct net_device *dev);
bool rp_fill_flow_header(struct rp_flow *flow, const struct iphdr *iph, const void *end);
void rp_fill_flow_sock(struct rp_flow *flow, const struct sock *sk);
bool rp_fill_flow_packet(struct rp_flow *flow, const struct sk_buff *skb);
void rp_fill_nhc(struct rp_route *route, const struct fib_nh_common *nhc);
void rp_fill_result(struct rp_record *rec, const struct fib_result *res);
void rp_fill_entry(struct rp_record *rec, const struct fib_entry_notifier_info *entry);
void rp_fill_rtable(struct rp_record *rec, const struct fib_result *res,
		    const struct rtable *rt);
void rp_fill_pmtu(struct rp_record *rec, const struct rtable *rt);
void rp_fill_neighbour(struct rp_record *rec, const struct rtable *rt, __be32 dst);
void rp_fill_gw(struct rp_route *route, u8 family, const void *addr);
void rp_fill_dev(struct rp_route *route, const struct net_device *dev);
void rp_fill_ifaddr(struct rp_route *route, const struct in_ifaddr *ifa);
void rp_fill_nexthop(struct rp_route *route, const struct nexthop *nh);
void rp_fill_selectors(struct rp_flow *flow, const struct fib_rule *rule);
void rp_fill_rule(struct rp_record *rec, const struct fib_rule *rule);
void rp_fill_config(struct rp_record *rec, struct net *net, const struct fib_config *cfg);

#endif
