/* SPDX-License-Identifier: GPL-2.0 */
/* As fill.h, from the structures of IPv6. */
#ifndef _RP_FILL6_H
#define _RP_FILL6_H

#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/flow.h>

#include "compat.h"
#include "uapi/routeprobe.h"

struct dst_entry;
struct fib6_config;
struct fib6_info;
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
void rp_fill_dst6(struct rp_record *rec, const struct dst_entry *dst);
void rp_fill_entry6(struct rp_record *rec, const struct fib6_info *f6i);
void rp_fill_config6(struct rp_record *rec, const struct fib6_config *cfg);
void rp_fill_ifaddr6(struct rp_route *route, const struct inet6_ifaddr *ifa);

#endif
