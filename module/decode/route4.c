// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that decide: net/ipv4/route.c, and the check of a source
 * address in net/ipv4/fib_frontend.c.
 */
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/flow.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "detour.h"
#include "fill.h"
#include "kprobe.h"

static bool rp_failed_output(unsigned long ret)
{
	return IS_ERR_VALUE(ret);
}
NOKPROBE_SYMBOL(rp_failed_output);

/* ---- ip_route_output_key_hash_rcu ---- */

RP_ASSERT_PROTO(ip_route_output_key_hash_rcu, struct rtable *, struct net *, struct flowi4 *,
		struct fib_result *, const struct sk_buff *);

/* Rules may take a match back: with them each lookup has a record of its own. */
static nokprobe_inline unsigned int rp_covers_lookup(const struct net *net)
{
	return net->ipv4.fib_has_custom_rules ? RP_ENTER : RP_ENTER | RP_ENTER_COVERS;
}

static nokprobe_inline unsigned int rp_enter_output_key(struct rp_call *call)
{
	const struct net *net = (void *)rp_arg(call, 0);

	rp_call_net(call, net);
	rp_fill_flow(&call->flow, (void *)rp_arg(call, 1));
	call->has = RP_HAS_FLOW;
	return rp_covers_lookup(net);
}

static nokprobe_inline unsigned int rp_refused_output_key(const struct rp_call *call)
{
	return rp_filter_refuses_flow4((void *)rp_arg(call, 1)) ?
	       rp_covers_lookup((void *)rp_arg(call, 0)) : 0;
}

/* What is rare is not to cost the others registers. */
static noinline void rp_decode_output_failed(const struct fib_result *res, int err,
					     struct rp_record *rec)
{
	rec->err = err;
	rec->verdict = RP_VERDICT_ERROR;
	rec->has = RP_HAS_FLOW;
	rp_fill_no_route(&rec->route);
	rp_fill_result(rec, res);
}
NOKPROBE_SYMBOL(rp_decode_output_failed);

/*
 * The caller holds the RCU read lock until after our return, for the rtable
 * and for the result, which is a variable of its own, empty at first, and again
 * after a lookup that failed.
 */
static nokprobe_inline void rp_decode_output_key(const struct rp_call *call, unsigned long ret,
						 struct rp_record *rec)
{
	const struct flowi4 *fl4 = (void *)rp_arg(call, 1);
	const struct fib_result *res = (void *)rp_arg(call, 2);
	const struct fib_info *fi = res->fi;
	const struct rtable *rt = (void *)ret;

	if (IS_ERR_VALUE(ret)) {
		rp_decode_output_failed(res, (int)ret, rec);
		return;
	}
	if (likely(fi)) {
		rp_fill_match(&rec->route, res, fi);
	} else {
		rec->has = RP_HAS_FLOW | RP_HAS_RTABLE;
		rp_fill_no_route(&rec->route);
	}
	rp_fill_rt(&rec->route, rt);
	rp_fill_cached(rec, rt);
	rp_fill_addr4(&rec->route.prefsrc, fl4->saddr);
}

RP_DEFINE_HIT(ip_route_output_key_hash_rcu, IP_ROUTE_OUTPUT_KEY_HASH_RCU, OUTPUT,
	      rp_enter_output_key, rp_decode_output_key, .flags = RP_ROW_ASKER | RP_ROW_ROUTE,
	      .verdict = RP_VERDICT_HIT, .has = RP_HAS_ROUTE | RP_HAS_RTABLE,
	      .refused = rp_refused_output_key, .failed = rp_failed_output);

RP_HANDLERS_RETURN(ip_route_output_key_hash_rcu, 3);
RP_WRAPPER(ip_route_output_key_hash_rcu, struct rtable *,
	   (struct net *net, struct flowi4 *fl4, struct fib_result *res,
	    const struct sk_buff *skb),
	   (net, fl4, res, skb),
	   (unsigned long)net, (unsigned long)fl4, (unsigned long)res);

RP_DEFINE_ROW(ip_route_output_key_hash_rcu, OUTPUT, RETURN,
	      "every route for a packet to send, with its result",
	      .detour = RP_DETOUR(ip_route_output_key_hash_rcu), .tested = true);

/* ---- ip_route_output_flow ---- */

RP_ASSERT_PROTO(ip_route_output_flow, struct rtable *, struct net *, struct flowi4 *,
		const struct sock *);

static nokprobe_inline unsigned int rp_enter_output_flow(struct rp_call *call)
{
	rp_call_net(call, (void *)rp_arg(call, 0));
	rp_fill_flow(&call->flow, (void *)rp_arg(call, 1));
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

/* The caller owns a reference to the rtable. */
static nokprobe_inline void rp_decode_output_flow(const struct rp_call *call, unsigned long ret,
						  struct rp_record *rec)
{
	const struct flowi4 *fl4 = (void *)rp_arg(call, 1);
	const struct rtable *rt = (void *)ret;

	if (IS_ERR_VALUE(ret)) {
		rec->err = (int)ret;
		rec->verdict = RP_VERDICT_ERROR;
		return;
	}
	rp_fill_rtable(rec, rt);
	rp_fill_cached(rec, rt);
	rp_fill_addr4(&rec->route.prefsrc, fl4->saddr);
	rec->verdict = RP_VERDICT_HIT;
}

RP_DEFINE_HIT(ip_route_output_flow, IP_ROUTE_OUTPUT_FLOW, OUTPUT_FLOW, rp_enter_output_flow,
	      rp_decode_output_flow, .failed = rp_failed_output);

/* An output is then asked for in the course of this one, which tells by whom. */
static void rp_armed_output_flow(bool armed)
{
	WRITE_ONCE(rp_filter_nested, armed);
	rp_caller_ask(!armed);
}

RP_HANDLERS_RETURN(ip_route_output_flow, 2);
RP_DEFINE_ROW(ip_route_output_flow, IPSEC, RETURN, "what IPsec made of a route",
	      .armed = rp_armed_output_flow);

/* ---- ip_route_input_slow ---- */

/*
 * int ip_route_input_slow(struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos,
 *			   struct net_device *dev, struct fib_result *res)
 *
 * It is static; since 6.13 tos is a dscp_t, and a drop reason is returned: what decode
 * sees of both is the same.
 */
static nokprobe_inline unsigned int rp_enter_input_slow(struct rp_call *call)
{
	const struct net_device *dev = (void *)rp_arg(call, 4);

	rp_call_net(call, dev_net(dev));
	rp_fill_flow_skb(&call->flow, (void *)rp_arg(call, 0), (__force __be32)rp_arg(call, 1),
			 (__force __be32)rp_arg(call, 2), rp_arg(call, 3), dev);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

/*
 * Success does not mean routed: without a route the packet gets a dst whose
 * error is set, and whose input function is ip_error().  The result is filled
 * only by a lookup that matched: ip_route_input_slow() clears res->fi before
 * it, but fails before that as well, and then does not look at res at all.
 */
static nokprobe_inline void rp_decode_input_slow(const struct rp_call *call, unsigned long ret,
						 struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	const struct rtable *rt;

	if ((int)ret) {
		rec->err = (int)ret;
		rec->verdict = RP_VERDICT_ERROR;
		return;
	}

	rt = skb_rtable(skb);
	if (rt->dst.error) {
		rec->err = -abs(rt->dst.error);
		rec->verdict = RP_VERDICT_ERROR;
		rec->has |= RP_HAS_DST_ERROR;
		return;
	}
	rp_fill_result(rec, (void *)rp_arg(call, 5));
	rp_fill_rtable(rec, rt);
	rec->verdict = RP_VERDICT_HIT;
}

RP_DEFINE_HIT(ip_route_input_slow, IP_ROUTE_INPUT_SLOW, INPUT, rp_enter_input_slow,
	      rp_decode_input_slow, .flags = RP_ROW_INPUT);

RP_HANDLERS_RETURN(ip_route_input_slow, 6);
RP_WRAPPER(ip_route_input_slow, int,
	   (struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos, struct net_device *dev,
	    struct fib_result *res),
	   (skb, daddr, saddr, tos, dev, res),
	   (unsigned long)skb, (__force unsigned long)daddr, (__force unsigned long)saddr,
	   (unsigned long)tos, (unsigned long)dev, (unsigned long)res);

RP_DEFINE_ROW(ip_route_input_slow, INPUT, RETURN, "every route for a packet received",
	      .detour = RP_DETOUR(ip_route_input_slow));

/* ---- ip_route_use_hint: the packets of a batch that are for the same host as the first ---- */

RP_COMPAT_ASSERT_INPUT(ip_route_use_hint, struct sk_buff *, __be32, __be32, u8,
		       struct net_device *, const struct sk_buff *);

/* No table is asked: the packet gets the route of the one before it. */
static nokprobe_inline void rp_decode_use_hint(const struct rp_call *call, unsigned long ret,
					       struct rp_record *rec)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);

	rec->err = (int)ret;
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	if (!rec->err)
		rp_fill_rtable(rec, skb_rtable(skb));
}

RP_DEFINE_HIT(ip_route_use_hint, IP_ROUTE_USE_HINT, INPUT, rp_enter_input_slow,
	      rp_decode_use_hint, .flags = RP_ROW_INPUT);
RP_HANDLERS_RETURN(ip_route_use_hint, 5);
RP_WRAPPER(ip_route_use_hint, int,
	   (struct sk_buff *skb, __be32 daddr, __be32 saddr, u8 tos, struct net_device *dev,
	    const struct sk_buff *hint),
	   (skb, daddr, saddr, tos, dev, hint),
	   (unsigned long)skb, (__force unsigned long)daddr, (__force unsigned long)saddr,
	   (unsigned long)tos, (unsigned long)dev);

RP_DEFINE_ROW(ip_route_use_hint, INPUT, RETURN, "packets that got the route of the one before",
	      .detour = RP_DETOUR(ip_route_use_hint));

/* ---- ip_mc_validate_source: multicast has no function of its own but this ---- */

RP_COMPAT_ASSERT_INPUT(ip_mc_validate_source, struct sk_buff *, __be32, __be32, u8,
		       struct net_device *, struct in_device *, u32 *);

/* What comes of it is a route for the device, or for multicast forwarding. */
static nokprobe_inline void rp_decode_mc_validate_source(const struct rp_call *call,
							 unsigned long ret,
							 struct rp_record *rec)
{
	rec->err = (int)ret;
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}

RP_DEFINE_HIT(ip_mc_validate_source, IP_MC_VALIDATE_SOURCE, INPUT, rp_enter_input_slow,
	      rp_decode_mc_validate_source, .flags = RP_ROW_INPUT);
RP_HANDLERS_RETURN(ip_mc_validate_source, 5);
RP_DEFINE_ROW(ip_mc_validate_source, INPUT, RETURN, "multicasts received, and those refused");

/* ---- fib_validate_source ---- */

RP_ASSERT_PROTO(fib_validate_source, int, struct sk_buff *, __be32, __be32, u8, int,
		struct net_device *, struct in_device *, u32 *);

static nokprobe_inline unsigned int rp_enter_validate_source(struct rp_call *call)
{
	const struct net_device *dev = (void *)rp_arg(call, 5);

	rp_call_net(call, dev_net(dev));
	rp_fill_flow_skb(&call->flow, (void *)rp_arg(call, 0), (__force __be32)rp_arg(call, 2),
			 (__force __be32)rp_arg(call, 1), rp_arg(call, 3), dev);
	call->flow.oif = rp_arg(call, 4);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_validate_source(const struct rp_call *call,
						      unsigned long ret, struct rp_record *rec)
{
	int err = min_t(int, ret, 0);	/* 1: fine, and the source is a host of ours */

	rec->err = rp_compat_validate_err(err);
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}

RP_DEFINE_HIT(fib_validate_source, FIB_VALIDATE_SOURCE, VALIDATE, rp_enter_validate_source,
	      rp_decode_validate_source, .flags = RP_ROW_INPUT);

RP_HANDLERS_RETURN(fib_validate_source, 6);
RP_WRAPPER(fib_validate_source, int,
	   (struct sk_buff *skb, __be32 src, __be32 dst, u8 tos, int oif,
	    struct net_device *dev, struct in_device *idev, u32 *itag),
	   (skb, src, dst, tos, oif, dev, idev, itag),
	   (unsigned long)skb, (__force unsigned long)src, (__force unsigned long)dst,
	   (unsigned long)tos, (unsigned long)oif, (unsigned long)dev);

RP_DEFINE_ROW(fib_validate_source, INPUT, RETURN, "rp_filter and martian sources",
	      .detour = RP_DETOUR(fib_validate_source));
