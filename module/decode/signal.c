// SPDX-License-Identifier: GPL-2.0
/*
 * Where an error comes from when it is not the FIB: net/ipv4/icmp.c, route.c and
 * netfilter.c, net/netfilter/core.c.  The packet that suffered is copied at entry, as
 * most of these drop or change it; but the one inside an ICMP error at return, as
 * only then it is sure to be in one piece.
 */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/ptrace.h>
#include <linux/skbuff.h>
#include <net/route.h>

#include "compat.h"
#include "decode/decode.h"
#include "fill.h"

static void rp_enter_packet(struct rp_call *call, const struct sk_buff *skb)
{
	if (rp_fill_flow_packet(&call->flow, skb))
		call->has |= RP_HAS_FLOW;
}
NOKPROBE_SYMBOL(rp_enter_packet);

static void rp_enter_icmp(struct rp_call *call, u8 type, u8 code, u32 mtu)
{
	call->signal.type = type;
	call->signal.code = code;
	if (type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED)
		call->signal.info = mtu;
	call->has |= RP_HAS_SIGNAL;
}
NOKPROBE_SYMBOL(rp_enter_icmp);

/*
 * static bool icmp_unreach(struct sk_buff *skb), and since 5.18 a drop reason
 *
 * Of all ICMP errors but redirects.  icmp_rcv() has pulled the ICMP header, and
 * owns the packet until after our return.
 */
bool rp_enter_icmp_unreach(struct rp_call *call, struct pt_regs *regs)
{
	const struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 0);
	const struct icmphdr *icmph = icmp_hdr(skb);

	call->arg[0] = skb;
	call->net = dev_net(skb->dev);
	call->signal.from = ip_hdr(skb)->saddr;
	rp_enter_icmp(call, icmph->type, icmph->code, ntohs(icmph->un.frag.mtu));
	return true;
}
NOKPROBE_SYMBOL(rp_enter_icmp_unreach);

void rp_decode_icmp_unreach(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct sk_buff *skb = call->arg[0];

	if (!rp_fill_flow_header(&rec->flow, (const void *)skb->data, skb_tail_pointer(skb)))
		return;
	rec->flow.iif = skb->dev->ifindex;
	rec->has |= RP_HAS_FLOW;
}
NOKPROBE_SYMBOL(rp_decode_icmp_unreach);

/* Its prototype is checked in compat.h.  Without a route it does nothing. */
bool rp_enter_icmp_send(struct rp_call *call, struct pt_regs *regs)
{
	const struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 0);
	const struct dst_entry *dst = skb_dst(skb);

	if (!dst || !(dst->dev ?: skb->dev))
		return false;

	call->net = dev_net(dst->dev ?: skb->dev);
	rp_enter_packet(call, skb);
	rp_enter_icmp(call, regs_get_kernel_argument(regs, 1), regs_get_kernel_argument(regs, 2),
		      ntohl((__force __be32)regs_get_kernel_argument(regs, 3)));
	return true;
}
NOKPROBE_SYMBOL(rp_enter_icmp_send);

/*
 * static void ipv4_link_failure(struct sk_buff *skb)
 *
 * The caller owns the packet, and with it the route.
 */
bool rp_enter_link_failure(struct rp_call *call, struct pt_regs *regs)
{
	const struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 0);

	call->arg[0] = skb;
	call->net = dev_net(skb_dst(skb)->dev);
	rp_enter_packet(call, skb);
	return true;
}
NOKPROBE_SYMBOL(rp_enter_link_failure);

void rp_decode_link_failure(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct sk_buff *skb = call->arg[0];

	rp_fill_neighbour(rec, skb_rtable(skb), rec->flow.dst);
}
NOKPROBE_SYMBOL(rp_decode_link_failure);

/* Its prototype is checked in compat.h. */
bool rp_enter_hook_slow(struct rp_call *call, struct pt_regs *regs)
{
	const struct nf_hook_state *state = (void *)regs_get_kernel_argument(regs, 1);

	if (state->pf != NFPROTO_IPV4)
		return false;

	call->net = state->net;
	call->signal.hook = state->hook;
	call->has = RP_HAS_SIGNAL;
	rp_enter_packet(call, (void *)regs_get_kernel_argument(regs, 0));
	return true;
}
NOKPROBE_SYMBOL(rp_enter_hook_slow);

/* Nearly all packets pass: 1; or are taken for good: 0. */
bool rp_keep_failure(const struct rp_call *call, unsigned long ret)
{
	return (int)ret < 0;
}
NOKPROBE_SYMBOL(rp_keep_failure);

RP_ASSERT_PROTO(ip_route_me_harder, int, struct net *, struct sock *, struct sk_buff *,
		unsigned int);

bool rp_enter_route_me_harder(struct rp_call *call, struct pt_regs *regs)
{
	call->net = (void *)regs_get_kernel_argument(regs, 0);
	rp_enter_packet(call, (void *)regs_get_kernel_argument(regs, 2));
	return true;
}
NOKPROBE_SYMBOL(rp_enter_route_me_harder);

/*
 * static void __ip_rt_update_pmtu(struct rtable *rt, struct flowi4 *fl4, u32 mtu)
 *
 * Of this one and the next: what was heard, not whether it is believed; if so, the
 * FIB is asked inside.
 */
bool rp_enter_update_pmtu(struct rp_call *call, struct pt_regs *regs)
{
	const struct rtable *rt = (void *)regs_get_kernel_argument(regs, 0);

	call->net = dev_net(rt->dst.dev);
	rp_fill_flow(&call->flow, (void *)regs_get_kernel_argument(regs, 1));
	call->signal.info = regs_get_kernel_argument(regs, 2);
	call->has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_update_pmtu);

/*
 * static void __ip_do_redirect(struct rtable *rt, struct sk_buff *skb, struct flowi4 *fl4,
 *				bool kill_route)
 *
 * The packet is icmp_rcv()'s.
 */
bool rp_enter_do_redirect(struct rp_call *call, struct pt_regs *regs)
{
	const struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 1);

	call->net = dev_net(skb->dev);
	call->arg[0] = skb;
	rp_fill_flow(&call->flow, (void *)regs_get_kernel_argument(regs, 2));
	call->signal.from = ip_hdr(skb)->saddr;
	call->signal.type = icmp_hdr(skb)->type;
	call->signal.code = icmp_hdr(skb)->code;
	call->has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_do_redirect);

void rp_decode_do_redirect(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct sk_buff *skb = call->arg[0];

	rp_fill_gw(&rec->route, AF_INET, &icmp_hdr(skb)->un.gateway);
	rp_fill_dev(&rec->route, skb->dev);
	rec->has |= RP_HAS_ROUTE;
}
NOKPROBE_SYMBOL(rp_decode_do_redirect);

void rp_decode_errno(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	rec->err = (int)ret;
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_errno);

/* Entry has told all. */
void rp_decode_none(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
}
NOKPROBE_SYMBOL(rp_decode_none);
