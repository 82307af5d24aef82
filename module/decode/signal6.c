// SPDX-License-Identifier: GPL-2.0
/*
 * Where an error about IPv6 comes from when it is not the tables: net/ipv6/icmp.c, route.c and
 * netfilter.c.  As in signal.c the packet that suffered is copied at entry, and the one
 * inside an ICMP error at return.
 */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/ndisc.h>
#include <net/sock.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/signal6.h"
#include "fill.h"
#include "fill6.h"
#include "kprobe.h"

static void rp_enter_packet6(struct rp_call *call, const struct net *net,
			     const struct sk_buff *skb)
{
	rp_call_net(call, net);
	call->family = AF_INET6;
	if (rp_fill_flow_packet6(&call->flow, skb, skb_network_offset(skb)))
		call->has |= RP_HAS_FLOW;
}
NOKPROBE_SYMBOL(rp_enter_packet6);

static void rp_enter_icmp6(struct rp_call *call, const struct in6_addr *from, u8 type, u8 code,
			   u32 mtu)
{
	call->signal = (struct rp_signal) {
		.info	= type == ICMPV6_PKT_TOOBIG ? mtu : 0,
		.type	= type,
		.code	= code,
	};
	if (from)
		rp_fill_addr6(&call->signal.from, from);
	call->has |= RP_HAS_SIGNAL;
}
NOKPROBE_SYMBOL(rp_enter_icmp6);

/* Entry has told all. */
static nokprobe_inline void rp_decode_none6(const struct rp_call *call, unsigned long ret,
					    struct rp_record *rec)
{
}

/*
 * Its prototype is checked in compat.h.  Redirects come this way, too, and are told by what is
 * learned of them.  The ICMP header has been pulled.
 */
static nokprobe_inline unsigned int rp_enter_icmpv6_notify(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	u8 type = rp_arg(call, 1);

	if (type == NDISC_REDIRECT)
		return 0;
	rp_call_net(call, dev_net(skb->dev));
	call->family = AF_INET6;
	rp_enter_icmp6(call, &ipv6_hdr(skb)->saddr, type, rp_arg(call, 2),
		       ntohl((__force __be32)rp_arg(call, 3)));
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_icmpv6_notify(const struct rp_call *call,
						    unsigned long ret, struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);

	if (!rp_fill_flow_packet6(&rec->flow, skb, 0))
		return;
	rec->flow.mark = 0;	/* that of the ICMP error, as is its socket */
	rec->flow.uid = 0;
	rec->flow.iif = skb->dev->ifindex;
	rec->has |= RP_HAS_FLOW;
}

RP_DEFINE_HIT(icmpv6_notify, ICMPV6_NOTIFY, ICMP_IN, rp_enter_icmpv6_notify,
	      rp_decode_icmpv6_notify);
RP_HANDLERS_RETURN(icmpv6_notify, 4);
RP_DEFINE_ROW(icmpv6_notify, SIGNAL, RETURN, "ICMPv6 errors received, with who sent them");

RP_ASSERT_PROTO(icmp6_send, void, struct sk_buff *, u8, u8, __u32, const struct in6_addr *,
		const struct inet6_skb_parm *);

/*
 * Without a device, or a packet of IPv6, it does nothing; nor does it tell of a multicast that
 * it cannot be delivered.
 */
static nokprobe_inline unsigned int rp_enter_icmp6_send(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	u8 type = rp_arg(call, 1);

	if (!skb->dev)
		return 0;
	rp_enter_packet6(call, dev_net(skb->dev), skb);
	if (!(call->has & RP_HAS_FLOW) ||
	    (type == ICMPV6_DEST_UNREACH && call->flow.dst.b[0] == 0xff))
		return 0;
	rp_enter_icmp6(call, NULL, type, rp_arg(call, 2), rp_arg(call, 3));
	return RP_ENTER;
}

RP_DEFINE_HIT(icmp6_send, ICMP6_SEND, ICMP_OUT, rp_enter_icmp6_send, rp_decode_none6);
RP_HANDLERS_RETURN(icmp6_send, 4);
RP_DEFINE_ROW(icmp6_send, SIGNAL, RETURN, "ICMPv6 errors that this host sends, to itself too");

/*
 * static void ip6_link_failure(struct sk_buff *skb)
 *
 * The caller owns the packet, and with it the route.
 */
static nokprobe_inline unsigned int rp_enter_link_failure6(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	const struct dst_entry *dst = skb_dst(skb);

	if (!dst)
		return 0;
	rp_enter_packet6(call, dev_net(dst->dev), skb);
	return RP_ENTER;
}

/* Who is to be found on the link for a packet to that address */
static nokprobe_inline void rp_decode_link_failure6(const struct rp_call *call,
						    unsigned long ret, struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	const struct rt6_info *rt = container_of(skb_dst(skb), struct rt6_info, dst);
	struct in6_addr dst;

	memcpy(&dst, rec->flow.dst.b, sizeof(dst));
	rp_fill_gw(&rec->route, AF_INET6, rt6_nexthop(rt, &dst));
	rp_fill_dev(&rec->route, rt->dst.dev);
	rec->has |= RP_HAS_ROUTE;
}

RP_DEFINE_HIT(ip6_link_failure, IP6_LINK_FAILURE, LINK_FAILURE, rp_enter_link_failure6,
	      rp_decode_link_failure6);
RP_HANDLERS_RETURN(ip6_link_failure, 1);
RP_DEFINE_ROW(ip6_link_failure, SIGNAL, RETURN,
	      "IPv6 neighbours and tunnel ends that do not answer");

unsigned int rp_enter_hook6(struct rp_call *call)
{
	const struct nf_hook_state *state = (void *)rp_arg(call, 1);

	rp_enter_packet6(call, state->net, (void *)rp_arg(call, 0));
	call->signal = (struct rp_signal) { .hook = state->hook };
	call->has |= RP_HAS_SIGNAL;
	return RP_ENTER;
}
NOKPROBE_SYMBOL(rp_enter_hook6);

/* A packet that is dropped on its way out */
unsigned int rp_enter_dropped6(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);

	rp_enter_packet6(call, dev_net(skb->dev), skb);
	return call->has & RP_HAS_FLOW ? RP_ENTER : 0;
}
NOKPROBE_SYMBOL(rp_enter_dropped6);

RP_ASSERT_PROTO(ipv6_local_error, void, struct sock *, int, struct flowi6 *, u32);

/* As that of IPv4, which does not know the flow */
static nokprobe_inline unsigned int rp_enter_local_error6(struct rp_call *call)
{
	const struct sock *sk = (void *)rp_arg(call, 0);

	if ((int)rp_arg(call, 1) != EMSGSIZE || !inet6_sk(sk) ||
	    inet6_sk(sk)->pmtudisc == IPV6_PMTUDISC_PROBE)
		return 0;
	rp_call_net(call, sock_net(sk));
	call->family = AF_INET6;
	rp_fill_flow6(&call->flow, (void *)rp_arg(call, 2));
	call->flow.iif = 0;
	/* With IPV6_DONTFRAG it may be an MTU all the same, but need not. */
	call->signal = (struct rp_signal) { .info = rp_arg(call, 3) };
	if (sk->sk_type == SOCK_DGRAM && ip6_sk_ignore_df(sk))
		call->signal.info = 0;
	call->has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_local_error6(const struct rp_call *call,
						   unsigned long ret, struct rp_record *rec)
{
	rp_decode_errno(-EMSGSIZE, rec);
}

RP_DEFINE_HIT(ipv6_local_error, IPV6_LOCAL_ERROR, REFUSED, rp_enter_local_error6,
	      rp_decode_local_error6);
RP_HANDLERS_RETURN(ipv6_local_error, 4);
RP_DEFINE_ROW(ipv6_local_error, SIGNAL, RETURN, "that an IPv6 packet is larger than an MTU");

RP_ASSERT_PROTO(ip6_route_me_harder, int, struct net *, struct sock *, struct sk_buff *);

static nokprobe_inline unsigned int rp_enter_me_harder6(struct rp_call *call)
{
	rp_enter_packet6(call, (void *)rp_arg(call, 0), (void *)rp_arg(call, 2));
	return RP_ENTER;
}

/* What it returns is 0, or a negative errno. */
static nokprobe_inline void rp_decode_me_harder6(const struct rp_call *call, unsigned long ret,
						 struct rp_record *rec)
{
	rp_decode_errno(ret, rec);
}

RP_DEFINE_HIT(ip6_route_me_harder, IP6_ROUTE_ME_HARDER, REROUTE, rp_enter_me_harder6,
	      rp_decode_me_harder6);
RP_HANDLERS_RETURN(ip6_route_me_harder, 3);
RP_DEFINE_ROW(ip6_route_me_harder, SIGNAL, RETURN,
	      "that netfilter asked for another IPv6 route");

/*
 * static void __ip6_rt_update_pmtu(struct dst_entry *dst, const struct sock *sk,
 *				    const struct ipv6hdr *iph, u32 mtu, bool confirm_neigh)
 *
 * Of this one and the next: what was heard, not whether it is believed.  The header is that
 * of the packet which was too large; else the destination is the socket's.
 */
static nokprobe_inline unsigned int rp_enter_update_pmtu6(struct rp_call *call)
{
	const struct dst_entry *dst = (void *)rp_arg(call, 0);
	const struct sock *sk = (void *)rp_arg(call, 1);
	const struct ipv6hdr *hdr = (void *)rp_arg(call, 2);

	if (!hdr && !sk)
		return 0;
	rp_call_net(call, dev_net(dst->dev));
	call->family = AF_INET6;
	call->flow = (struct rp_flow) { };
	rp_fill_addr6(&call->flow.dst, hdr ? &hdr->daddr : &sk->sk_v6_daddr);
	if (hdr || inet6_sk(sk))
		rp_fill_addr6(&call->flow.src, hdr ? &hdr->saddr : &inet6_sk(sk)->saddr);
	call->signal = (struct rp_signal) { .info = rp_arg(call, 3) };
	call->has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	return RP_ENTER;
}

RP_DEFINE_HIT(__ip6_rt_update_pmtu, __IP6_RT_UPDATE_PMTU, EXCEPTION, rp_enter_update_pmtu6,
	      rp_decode_none6);
RP_HANDLERS_RETURN(__ip6_rt_update_pmtu, 4);
RP_DEFINE_ROW(__ip6_rt_update_pmtu, SIGNAL, RETURN, "IPv6 path MTUs learned");

/*
 * static void rt6_do_redirect(struct dst_entry *dst, struct sock *sk, struct sk_buff *skb)
 *
 * ndisc_rcv() has the whole message in one piece.  It goes to whoever sent to that
 * destination, from the address that the message is for.
 */
static nokprobe_inline const struct rd_msg *rp_redirect6(const struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 2);

	return (const void *)icmp6_hdr(skb);
}

static nokprobe_inline unsigned int rp_enter_do_redirect6(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 2);
	const struct rd_msg *msg = rp_redirect6(call);

	if (!skb->dev || (const unsigned char *)(msg + 1) > skb_tail_pointer(skb))
		return 0;
	rp_call_net(call, dev_net(skb->dev));
	call->family = AF_INET6;
	call->flow = (struct rp_flow) { };
	rp_fill_addr6(&call->flow.dst, &msg->dest);
	rp_fill_addr6(&call->flow.src, &ipv6_hdr(skb)->daddr);
	call->has = RP_HAS_FLOW;
	rp_enter_icmp6(call, &ipv6_hdr(skb)->saddr, NDISC_REDIRECT, 0, 0);
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_do_redirect6(const struct rp_call *call,
						   unsigned long ret, struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 2);

	rp_fill_gw(&rec->route, AF_INET6, &rp_redirect6(call)->target);
	rp_fill_dev(&rec->route, skb->dev);
	rec->has |= RP_HAS_ROUTE;
}

RP_DEFINE_HIT(rt6_do_redirect, RT6_DO_REDIRECT, EXCEPTION, rp_enter_do_redirect6,
	      rp_decode_do_redirect6);
RP_HANDLERS_RETURN(rt6_do_redirect, 3);
RP_DEFINE_ROW(rt6_do_redirect, SIGNAL, RETURN, "IPv6 gateways learned from redirects");
