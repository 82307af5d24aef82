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
#include <linux/skbuff.h>
#include <net/route.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/signal6.h"
#include "detour.h"
#include "fill.h"
#include "kprobe.h"

static void rp_enter_packet(struct rp_call *call, const struct sk_buff *skb)
{
	if (rp_fill_flow_packet(&call->flow, skb))
		call->has |= RP_HAS_FLOW;
}
NOKPROBE_SYMBOL(rp_enter_packet);

static void rp_enter_icmp(struct rp_call *call, __be32 from, u8 type, u8 code, u32 mtu)
{
	call->signal = (struct rp_signal) {
		.from.v4	= from,
		.info		= type == ICMP_DEST_UNREACH && code == ICMP_FRAG_NEEDED ? mtu : 0,
		.type		= type,
		.code		= code,
	};
	call->has |= RP_HAS_SIGNAL;
}
NOKPROBE_SYMBOL(rp_enter_icmp);

/*
 * static bool icmp_unreach(struct sk_buff *skb), and since 5.18 a drop reason
 *
 * Of all ICMP errors but redirects.  icmp_rcv() has pulled the ICMP header, and
 * owns the packet until after our return.
 */
static nokprobe_inline unsigned int rp_enter_icmp_unreach(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	const struct icmphdr *icmph = icmp_hdr(skb);

	rp_call_net(call, dev_net(skb->dev));
	rp_enter_icmp(call, ip_hdr(skb)->saddr, icmph->type, icmph->code,
		      ntohs(icmph->un.frag.mtu));
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_icmp_unreach(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);

	if (!rp_fill_flow_header(&rec->flow, (const void *)skb->data, skb_tail_pointer(skb)))
		return;
	rec->flow.iif = skb->dev->ifindex;
	rec->has |= RP_HAS_FLOW;
}

RP_DEFINE_HIT(icmp_unreach, ICMP_UNREACH, ICMP_IN, rp_enter_icmp_unreach, rp_decode_icmp_unreach);
RP_HANDLERS_RETURN(icmp_unreach, 1);
RP_DEFINE_ROW(icmp_unreach, SIGNAL, RETURN, "ICMP errors received, with who sent them");

/* Entry has told all, and the function returns nothing. */
static nokprobe_inline void rp_decode_none(const struct rp_call *call, unsigned long ret,
					   struct rp_record *rec)
{
}

/* What it returns is 0, or a negative errno. */
static nokprobe_inline void rp_decode_status(const struct rp_call *call, unsigned long ret,
					     struct rp_record *rec)
{
	rp_decode_errno(ret, rec);
}

/* Its prototype is checked in compat.h.  Without a route it does nothing. */
static nokprobe_inline unsigned int rp_enter_icmp_send(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	const struct dst_entry *dst = skb_dst(skb);

	if (!dst || !(dst->dev ?: skb->dev))
		return 0;

	rp_call_net(call, dev_net(dst->dev ?: skb->dev));
	rp_enter_packet(call, skb);
	rp_enter_icmp(call, 0, rp_arg(call, 1), rp_arg(call, 2),
		      ntohl((__force __be32)rp_arg(call, 3)));
	return RP_ENTER;
}

RP_DEFINE_HIT(__icmp_send, __ICMP_SEND, ICMP_OUT, rp_enter_icmp_send, rp_decode_none);
RP_HANDLERS_RETURN(__icmp_send, 4);
RP_DEFINE_ROW(__icmp_send, SIGNAL, RETURN, "ICMP errors that this host sends, to itself too");

/*
 * static void ipv4_link_failure(struct sk_buff *skb)
 *
 * The caller owns the packet, and with it the route.
 */
static nokprobe_inline unsigned int rp_enter_link_failure(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);

	rp_call_net(call, dev_net(skb_dst(skb)->dev));
	rp_enter_packet(call, skb);
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_link_failure(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);

	rp_fill_neighbour(rec, skb_rtable(skb), rec->flow.dst.v4);
}

RP_DEFINE_HIT(ipv4_link_failure, IPV4_LINK_FAILURE, LINK_FAILURE, rp_enter_link_failure,
	      rp_decode_link_failure);
RP_HANDLERS_RETURN(ipv4_link_failure, 1);
RP_DEFINE_ROW(ipv4_link_failure, SIGNAL, RETURN, "neighbours and tunnel ends that do not answer");

/* Its prototype is checked in compat.h. */
static nokprobe_inline unsigned int rp_enter_hook_slow(struct rp_call *call)
{
	const struct nf_hook_state *state = (void *)rp_arg(call, 1);

	if (state->pf != NFPROTO_IPV4)
		return IS_ENABLED(CONFIG_IPV6) && state->pf == NFPROTO_IPV6 ?
		       rp_enter_hook6(call) : 0;

	rp_call_net(call, state->net);
	call->signal = (struct rp_signal) { .hook = state->hook };
	call->has = RP_HAS_SIGNAL;
	rp_enter_packet(call, (void *)rp_arg(call, 0));
	return RP_ENTER;
}

/* Nearly all packets pass (1), or are taken for good (0). */
RP_DEFINE_HIT(nf_hook_slow, NF_HOOK_SLOW, NETFILTER, rp_enter_hook_slow, rp_decode_status,
	      .flags = RP_ROW_FAILURES);
RP_HANDLERS_RETURN(nf_hook_slow, 2);
#ifdef CONFIG_NETFILTER
RP_WRAPPER(nf_hook_slow, int,
	   (struct sk_buff *skb, struct nf_hook_state *state, const struct nf_hook_entries *e,
	    unsigned int i),
	   (skb, state, e, i),
	   (unsigned long)skb, (unsigned long)state);
#endif

RP_DEFINE_ROW(nf_hook_slow, NETFILTER, RETURN, "packets that netfilter refuses",
	      .detour = RP_DETOUR(nf_hook_slow));

RP_ASSERT_PROTO(ip_route_me_harder, int, struct net *, struct sock *, struct sk_buff *,
		unsigned int);

static nokprobe_inline unsigned int rp_enter_route_me_harder(struct rp_call *call)
{
	rp_call_net(call, (void *)rp_arg(call, 0));
	rp_enter_packet(call, (void *)rp_arg(call, 2));
	return RP_ENTER;
}

RP_DEFINE_HIT(ip_route_me_harder, IP_ROUTE_ME_HARDER, REROUTE, rp_enter_route_me_harder,
	      rp_decode_status);
RP_HANDLERS_RETURN(ip_route_me_harder, 3);
RP_DEFINE_ROW(ip_route_me_harder, SIGNAL, RETURN, "that netfilter asked for another route");

/*
 * static void __ip_rt_update_pmtu(struct rtable *rt, struct flowi4 *fl4, u32 mtu)
 *
 * Of this one and the next: what was heard, not whether it is believed; if so, the
 * FIB is asked inside.
 */
static nokprobe_inline unsigned int rp_enter_update_pmtu(struct rp_call *call)
{
	const struct rtable *rt = (void *)rp_arg(call, 0);

	rp_call_net(call, dev_net(rt->dst.dev));
	rp_fill_flow(&call->flow, (void *)rp_arg(call, 1));
	call->signal = (struct rp_signal) { .info = rp_arg(call, 2) };
	call->has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	return RP_ENTER;
}

RP_DEFINE_HIT(__ip_rt_update_pmtu, __IP_RT_UPDATE_PMTU, EXCEPTION, rp_enter_update_pmtu,
	      rp_decode_none);
RP_HANDLERS_RETURN(__ip_rt_update_pmtu, 3);
RP_DEFINE_ROW(__ip_rt_update_pmtu, SIGNAL, RETURN, "path MTUs learned");

/*
 * static void __ip_do_redirect(struct rtable *rt, struct sk_buff *skb, struct flowi4 *fl4,
 *				bool kill_route)
 *
 * The packet is icmp_rcv()'s.
 */
static nokprobe_inline unsigned int rp_enter_do_redirect(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 1);

	rp_call_net(call, dev_net(skb->dev));
	rp_fill_flow(&call->flow, (void *)rp_arg(call, 2));
	call->signal = (struct rp_signal) {
		.from.v4	= ip_hdr(skb)->saddr,
		.type		= icmp_hdr(skb)->type,
		.code		= icmp_hdr(skb)->code,
	};
	call->has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_do_redirect(const struct rp_call *call, unsigned long ret,
						  struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 1);

	rp_fill_gw(&rec->route, AF_INET, &icmp_hdr(skb)->un.gateway);
	rp_fill_dev(&rec->route, skb->dev);
	rec->has |= RP_HAS_ROUTE;
}

RP_DEFINE_HIT(__ip_do_redirect, __IP_DO_REDIRECT, EXCEPTION, rp_enter_do_redirect,
	      rp_decode_do_redirect);
RP_HANDLERS_RETURN(__ip_do_redirect, 3);
RP_DEFINE_ROW(__ip_do_redirect, SIGNAL, RETURN, "gateways learned from redirects");
