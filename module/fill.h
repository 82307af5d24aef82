/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_FILL_H
#define _RP_FILL_H

#include <linux/types.h>

struct fib_config;
struct fib_entry_notifier_info;
struct fib_result;
struct fib_rule;
struct flowi4;
struct in_ifaddr;
struct iphdr;
struct net;
struct net_device;
struct nexthop;
struct rp_flow;
struct rp_record;
struct rp_route;
struct rtable;
struct sk_buff;
struct sock;

void rp_fill_name(char *to, const char *from);
u32 rp_fill_netns(const struct net *net);
void rp_fill_flow(struct rp_flow *flow, const struct flowi4 *fl4);
void rp_fill_flow_skb(struct rp_flow *flow, const struct sk_buff *skb, __be32 dst, __be32 src,
		      u8 tos, const struct net_device *dev);
bool rp_fill_flow_header(struct rp_flow *flow, const struct iphdr *iph, const void *end);
void rp_fill_flow_sock(struct rp_flow *flow, const struct sock *sk);
bool rp_fill_flow_packet(struct rp_flow *flow, const struct sk_buff *skb);
void rp_fill_result(struct rp_record *rec, const struct fib_result *res);
void rp_fill_entry(struct rp_record *rec, const struct fib_entry_notifier_info *entry);
void rp_fill_rtable(struct rp_record *rec, const struct rtable *rt);
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
