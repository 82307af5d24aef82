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
	return rp_compat_has_rules6(net) ? RP_ENTER :
					   RP_ENTER | RP_ENTER_COVERS | RP_ENTER_ASKING;
}

static nokprobe_inline void rp_decode_verdict6(const struct dst_entry *dst, struct rp_record *rec)
{
	rec->err = -abs(dst->error);
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	rec->has |= rp_fill_dst6(&rec->route, &rec->cached, dst);
}

/* The caller gets a reference of its own. */
static nokprobe_inline void rp_decode_output6(const struct rp_call *call, unsigned long ret,
					      struct rp_record *rec)
{
	rp_decode_verdict6((void *)ret, rec);
	if (call->frame && call->frame->missed) {
		rec->folded.missed = 1;
		rec->has |= RP_HAS_FOLDED;
	}
}

/*
 * In an output-flow, which will tell of it.  Softirqs and preemption are on, and the caller
 * has a reference to the dst, but what is followed from there lasts by RCU: who has
 * preemption off is a reader.
 */
static noinline void rp_fold_failed6(struct rp_omit_frame *frame, const struct dst_entry *dst)
{
	struct rp_folded *folded = &frame->folded;

	folded->missed = folded->missed << 1 | frame->missed;
	folded->first_err = folded->err;
	folded->err = -abs(dst->error);
	folded->outputs++;
	frame->missed = false;
	frame->dst = dst;
	preempt_disable_notrace();
	frame->has = rp_fill_decision6(&frame->route, &folded->cached, dst, true);
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(rp_fold_failed6);

static nokprobe_inline void rp_fold_output6(struct rp_omit_frame *frame,
					    const struct dst_entry *dst)
{
	struct rp_folded *folded = &frame->folded;

	if (unlikely(dst->error)) {
		rp_fold_failed6(frame, dst);
		return;
	}
	if (unlikely(folded->outputs)) {
		folded->missed <<= 1;
		folded->first_err = folded->err;
		folded->err = 0;
	}
	folded->outputs++;
	frame->dst = dst;
	preempt_disable_notrace();
	frame->has = rp_fill_decision6(&frame->route, &folded->cached, dst, false);
	preempt_enable_notrace();
}

RP_DEFINE_HIT(ip6_route_output_flags, IP6_ROUTE_OUTPUT_FLAGS, OUTPUT, rp_enter_output6,
	      rp_decode_output6, .flags = RP_ROW_ROUTE | RP_ROW_FRAME,
	      .failed = rp_failed_output6);
RP_HANDLERS_RETURN(ip6_route_output_flags, 3);
RP_WRAPPER_FOLDED(ip6_route_output_flags, fl6, rp_fold_output6, struct dst_entry *,
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

/* IPsec has made another dst of it; the prefix is the output's. */
static noinline void rp_decode_other6(const struct dst_entry *dst, struct rp_route *route)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);

	memset(route->gw, 0, sizeof(route->gw));
	rp_fill_gw(route, rt->rt6i_flags & RTF_GATEWAY ? AF_INET6 : AF_UNSPEC, &rt->rt6i_gateway);
	rp_fill_dev(route, dst->dev);
}
NOKPROBE_SYMBOL(rp_decode_other6);

/* Where the last output, which failed, was not the one that this succeeded by */
static noinline void rp_decode_unfolded6(const struct dst_entry *dst, const struct flowi6 *fl6,
					 struct rp_record *rec)
{
	rec->has &= ~(RP_HAS_ROUTE | RP_HAS_RTABLE | RP_HAS_CACHED);
	rec->has |= rp_fill_dst6(&rec->route, &rec->folded.cached, dst);
	rp_fill_addr6(&rec->route.prefsrc, &fl6->saddr);
}
NOKPROBE_SYMBOL(rp_decode_unfolded6);

/*
 * What the last output found stands also where this failed after it, and then the source
 * does, which was chosen for it.
 */
static nokprobe_inline void rp_decode_folded6(const struct rp_omit_frame *frame,
					      unsigned long ret, const struct flowi6 *fl6,
					      struct rp_record *rec)
{
	const size_t at = offsetof(struct rp_route, gw);

	rec->route.dst = frame->route.dst;
	rp_fill_addr6(&rec->route.prefsrc, &fl6->saddr);
	memcpy((void *)&rec->route + at, (void *)&frame->route + at, sizeof(rec->route) - at);
	rec->has = RP_HAS_FLOW | RP_HAS_FOLDED | frame->has;
	rec->folded = frame->folded;
	if (IS_ERR_VALUE(ret)) {
		rec->err = (int)ret;
		rec->verdict = RP_VERDICT_ERROR;
	} else if (unlikely(frame->folded.err)) {
		rp_decode_unfolded6((void *)ret, fl6, rec);
	} else if (unlikely((void *)ret != frame->dst)) {
		rp_decode_other6((void *)ret, &rec->route);
	}
}

/*
 * Who has no source asks for a route to choose one by, and where there is none once more:
 * this one tells what came of it, and that there is no source to choose.
 */
static nokprobe_inline void rp_decode_flow6(const struct rp_call *call, unsigned long ret,
					    struct rp_record *rec)
{
	const struct flowi6 *fl6 = (void *)rp_arg(call, 1);

	rp_fill_flow6_at_end(&rec->flow, fl6, &call->flow);
	if (likely(call->frame && call->frame->folded.outputs)) {
		rp_decode_folded6(call->frame, ret, fl6, rec);
	} else if (IS_ERR_VALUE(ret)) {
		rp_fill_no_route(&rec->route);
		rec->err = (int)ret;
		rec->verdict = RP_VERDICT_ERROR;
	} else {
		rp_decode_verdict6((void *)ret, rec);
		rp_fill_addr6(&rec->route.prefsrc, &fl6->saddr);
	}
}

static nokprobe_inline unsigned int rp_enter_flow6(struct rp_call *call)
{
	rp_enter_output6(call);
	return RP_ENTER | RP_ENTER_FRAMES;
}

RP_DEFINE_HIT(ip6_dst_lookup_flow, IP6_DST_LOOKUP_FLOW, OUTPUT_FLOW, rp_enter_flow6,
	      rp_decode_flow6, .flags = RP_ROW_ROUTE | RP_ROW_FRAME | RP_ROW_FLOW,
	      .verdict = RP_VERDICT_HIT, .failed = rp_failed_flow6);
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
static nokprobe_inline bool rp_is_input6(const struct flowi6 *fl6, unsigned long skb,
					 unsigned long flags)
{
	return skb ? flags & RT6_LOOKUP_F_DST_NOREF : fl6->flowi6_iif > LOOPBACK_IFINDEX;
}

static nokprobe_inline bool rp_takes_input6(struct pt_regs *regs)
{
	return rp_is_input6((void *)regs_get_kernel_argument(regs, 1),
			    regs_get_kernel_argument(regs, 2), regs_get_kernel_argument(regs, 3));
}

static nokprobe_inline unsigned int rp_enter_input6(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 2);

	if (!rp_is_input6((void *)rp_arg(call, 1), rp_arg(call, 2), rp_arg(call, 3)))
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
	      .flags = RP_ROW_INPUT | RP_ROW_ROUTE, .failed = rp_failed_output6);
RP_HANDLERS_RETURN(fib6_rule_lookup, 4);
RP_WRAPPER_OF_SOME(fib6_rule_lookup, rp_takes_input6, struct dst_entry *,
		   (struct net *net, struct flowi6 *fl6, const struct sk_buff *skb, int flags,
		    pol_lookup_t lookup),
		   (net, fl6, skb, flags, lookup), (unsigned long)net, (unsigned long)fl6,
		   (unsigned long)skb, (unsigned long)flags);

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
