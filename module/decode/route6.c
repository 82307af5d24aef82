// SPDX-License-Identifier: GPL-2.0
/* The functions that decide: net/ipv6/route.c, ip6_output.c and fib6_rules.c. */
#include <linux/err.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/flow.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/rules6.h"
#include "detour.h"
#include "fill.h"
#include "fill6.h"
#include "kprobe.h"

/* ---- ip6_route_output_flags ---- */

RP_ASSERT_PROTO(ip6_route_output_flags, struct dst_entry *, struct net *, const struct sock *,
		struct flowi6 *, int);

/* What it returns is never an error by pointer: there is a dst for each of them. */
static bool rp_failed_output6(unsigned long ret)
{
	const struct dst_entry *dst = (void *)ret;

	return dst->error;
}
NOKPROBE_SYMBOL(rp_failed_output6);

/* The flow is known by argument 1, and the socket, which is there, is not needed. */
static nokprobe_inline unsigned int rp_enter_output6(struct rp_call *call)
{
	const struct net *net = (void *)rp_arg(call, 0);

	rp_arg(call, 1) = rp_arg(call, 2);
	rp_call_net(call, net);
	call->family = AF_INET6;
	rp_fill_flow6(&call->flow, (void *)rp_arg(call, 1));
	call->has = RP_HAS_FLOW;
	return rp_compat_has_rules6(net) ? RP_ENTER : RP_ENTER | RP_ENTER_COVERS;
}

static nokprobe_inline void rp_decode_verdict6(const struct dst_entry *dst, struct rp_record *rec)
{
	rec->err = -abs(dst->error);
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	rp_fill_dst6(rec, dst);
}

/* The caller gets a reference of its own. */
static nokprobe_inline void rp_decode_output6(const struct rp_call *call, unsigned long ret,
					      struct rp_record *rec)
{
	rp_decode_verdict6((void *)ret, rec);
}

RP_DEFINE_HIT(ip6_route_output_flags, IP6_ROUTE_OUTPUT_FLAGS, OUTPUT, rp_enter_output6,
	      rp_decode_output6, .failed = rp_failed_output6);
RP_HANDLERS_RETURN(ip6_route_output_flags, 3);
RP_WRAPPER(ip6_route_output_flags, struct dst_entry *,
	   (struct net *net, const struct sock *sk, struct flowi6 *fl6, int flags),
	   (net, sk, fl6, flags),
	   (unsigned long)net, (unsigned long)sk, (unsigned long)fl6);

RP_DEFINE_ROW(ip6_route_output_flags, OUTPUT, RETURN,
	      "every IPv6 route for a packet to send, with its result",
	      .detour = RP_DETOUR(ip6_route_output_flags));

/* ---- ip6_dst_lookup_flow ---- */

RP_ASSERT_PROTO(ip6_dst_lookup_flow, struct dst_entry *, struct net *, const struct sock *,
		struct flowi6 *, const struct in6_addr *);

static bool rp_failed_flow6(unsigned long ret)
{
	return IS_ERR_VALUE(ret);
}
NOKPROBE_SYMBOL(rp_failed_flow6);

/*
 * Who has no source asks for a route to choose one by, and where there is none once more:
 * this one tells what came of it, and that there is no source to choose.
 */
static nokprobe_inline void rp_decode_flow6(const struct rp_call *call, unsigned long ret,
					    struct rp_record *rec)
{
	const struct flowi6 *fl6 = (void *)rp_arg(call, 1);
	const struct dst_entry *dst = (void *)ret;

	if (IS_ERR_VALUE(ret)) {
		rec->err = (int)ret;
		rec->verdict = RP_VERDICT_ERROR;
		return;
	}
	rp_decode_verdict6(dst, rec);
	rp_fill_addr6(&rec->route.prefsrc, &fl6->saddr);
}

/* Only the output inside tells what its lookup found. */
static nokprobe_inline unsigned int rp_enter_flow6(struct rp_call *call)
{
	rp_enter_output6(call);
	return RP_ENTER;
}

RP_DEFINE_HIT(ip6_dst_lookup_flow, IP6_DST_LOOKUP_FLOW, OUTPUT_FLOW, rp_enter_flow6,
	      rp_decode_flow6, .failed = rp_failed_flow6);
RP_HANDLERS_RETURN(ip6_dst_lookup_flow, 3);
RP_WRAPPER(ip6_dst_lookup_flow, struct dst_entry *,
	   (struct net *net, const struct sock *sk, struct flowi6 *fl6,
	    const struct in6_addr *final_dst),
	   (net, sk, fl6, final_dst),
	   (unsigned long)net, (unsigned long)sk, (unsigned long)fl6);

RP_DEFINE_ROW(ip6_dst_lookup_flow, OUTPUT, RETURN,
	      "which source IPv6 sockets got, or that there is none, and what IPsec made of it",
	      .detour = RP_DETOUR(ip6_dst_lookup_flow));

/* ---- fib6_rule_lookup, where it is asked for a packet received ---- */

RP_ASSERT_PROTO(fib6_rule_lookup, struct dst_entry *, struct net *, struct flowi6 *,
		const struct sk_buff *, int, pol_lookup_t);

/*
 * By its packet and by these flags it is ip6_route_input() that asks, and without a packet
 * RTM_GETROUTE for one received.  Others are output, which has a row, and the kernel's own.
 */
static bool rp_is_input6(const struct rp_call *call)
{
	const struct flowi6 *fl6 = (void *)rp_arg(call, 1);

	if (rp_arg(call, 2))
		return rp_arg(call, 3) & RT6_LOOKUP_F_DST_NOREF;
	return fl6->flowi6_iif > LOOPBACK_IFINDEX;
}
NOKPROBE_SYMBOL(rp_is_input6);

static nokprobe_inline unsigned int rp_enter_input6(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 2);

	if (!rp_is_input6(call))
		return 0;
	rp_call_net(call, (void *)rp_arg(call, 0));
	call->family = AF_INET6;
	rp_fill_flow6(&call->flow, (void *)rp_arg(call, 1));
	call->has = RP_HAS_FLOW;
	if (skb)
		rp_fill_ports6(&call->flow, skb, skb_network_offset(skb));
	return rp_is_link_chatter(&call->flow) ? 0 : RP_ENTER;
}

/* The caller holds the RCU read lock, which keeps the dst. */
static nokprobe_inline void rp_decode_input6(const struct rp_call *call, unsigned long ret,
					     struct rp_record *rec)
{
	rp_decode_verdict6((void *)ret, rec);
	if (rec->err)
		rec->has |= RP_HAS_DST_ERROR;
}

RP_DEFINE_HIT(fib6_rule_lookup, FIB6_RULE_LOOKUP, INPUT, rp_enter_input6, rp_decode_input6,
	      .flags = RP_ROW_INPUT, .failed = rp_failed_output6);
RP_HANDLERS_RETURN(fib6_rule_lookup, 4);
RP_WRAPPER(fib6_rule_lookup, struct dst_entry *,
	   (struct net *net, struct flowi6 *fl6, const struct sk_buff *skb, int flags,
	    pol_lookup_t lookup),
	   (net, fl6, skb, flags, lookup),
	   (unsigned long)net, (unsigned long)fl6, (unsigned long)skb, (unsigned long)flags);

static void rp_armed_input6(bool armed)
{
	WRITE_ONCE(rp_rules6_have_inputs, armed);
}

RP_DEFINE_ROW(fib6_rule_lookup, INPUT, RETURN, "every IPv6 route for a packet received",
	      .armed = rp_armed_input6, .detour = RP_DETOUR(fib6_rule_lookup));

/* ---- ip6_forward ---- */

RP_ASSERT_PROTO(ip6_forward, int, struct sk_buff *);

/*
 * A packet gets its route first, whether this host forwards or not.  Why it is not sent on
 * when it does is told by an ICMP error, or by netfilter.
 */
static nokprobe_inline unsigned int rp_enter_forward6(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	const struct dst_entry *dst = skb_dst(skb);
	const struct net *net = dev_net(dst->dev);

	if (READ_ONCE(net->ipv6.devconf_all->forwarding))
		return 0;
	rp_call_net(call, net);
	call->family = AF_INET6;
	if (rp_fill_flow_packet6(&call->flow, skb, skb_network_offset(skb)))
		call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

/* The packet is gone, and its route with it. */
static nokprobe_inline void rp_decode_forward6(const struct rp_call *call, unsigned long ret,
					       struct rp_record *rec)
{
	rp_decode_errno(ret, rec);
}

/* Since 6.17 a device may forward where all the others do not. */
RP_DEFINE_HIT(ip6_forward, IP6_FORWARD, FORWARD, rp_enter_forward6, rp_decode_forward6,
	      .flags = RP_ROW_INPUT | RP_ROW_FAILURES);
RP_HANDLERS_RETURN(ip6_forward, 1);
RP_DEFINE_ROW(ip6_forward, INPUT, RETURN, "IPv6 packets dropped as this host does not forward");
