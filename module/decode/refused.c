// SPDX-License-Identifier: GPL-2.0
/*
 * Who refuses to send what has a route, and is not netfilter: net/ipv4/ip_sockglue.c, and
 * the kernel's tracepoint for packets that are dropped, as far as it says why.
 */
#include <linux/ip.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/sock.h>
#include <trace/events/skb.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/signal6.h"
#include "fill.h"
#include "hit.h"
#include "kprobe.h"

RP_ASSERT_PROTO(ip_local_error, void, struct sock *, int, __be32, __be16, u32);

/*
 * What a socket sends is too large.  Who asks for the way of each packet does so before, and
 * the socket does not have it.
 */
static nokprobe_inline unsigned int rp_enter_local_error(struct rp_call *call)
{
	const struct sock *sk = (void *)rp_arg(call, 0);

	if ((int)rp_arg(call, 1) != EMSGSIZE || inet_sk(sk)->pmtudisc == IP_PMTUDISC_PROBE)
		return 0;
	rp_call_net(call, sock_net(sk));
	rp_fill_flow_sock(&call->flow, sk);
	call->flow.dst.v4 = (__force __be32)rp_arg(call, 2);
	call->flow.dport = (__force __be16)rp_arg(call, 3);
	/* A datagram that may be cut is refused only if no packet can be that large. */
	call->signal = (struct rp_signal) { .info = rp_arg(call, 4) };
	if (sk->sk_type == SOCK_DGRAM && ip_sk_ignore_df(sk))
		call->signal.info = 0;
	call->has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_local_error(const struct rp_call *call,
						  unsigned long ret, struct rp_record *rec)
{
	rp_decode_errno(-EMSGSIZE, rec);
}

RP_DEFINE_HIT(ip_local_error, IP_LOCAL_ERROR, REFUSED, rp_enter_local_error,
	      rp_decode_local_error);
RP_HANDLERS_RETURN(ip_local_error, 5);
RP_DEFINE_ROW(ip_local_error, SIGNAL, RETURN, "that a packet is larger than an MTU");

/* ---- kfree_skb ---- */

enum { RP_DROPPED_SKB, RP_DROPPED_REASON };

static nokprobe_inline unsigned int rp_enter_dropped(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, RP_DROPPED_SKB);

	if (!skb->dev)
		return 0;
	if (skb->protocol == htons(ETH_P_IPV6))
		return IS_ENABLED(CONFIG_IPV6) ? rp_enter_dropped6(call) : 0;
	if (skb->protocol != htons(ETH_P_IP) || !rp_fill_flow_packet(&call->flow, skb))
		return 0;
	rp_call_net(call, dev_net(skb->dev));
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

static nokprobe_inline void rp_decode_dropped(const struct rp_call *call, unsigned long ret,
					      struct rp_record *rec)
{
	rp_decode_errno(rp_arg(call, RP_DROPPED_REASON), rec);
}

#ifdef RP_COMPAT_DROPPED
RP_DEFINE_HIT(kfree_skb, KFREE_SKB, REFUSED, rp_enter_dropped, rp_decode_dropped);

static noinline void rp_dropped(const struct sk_buff *skb, void *location,
				enum skb_drop_reason reason)
{
	struct rp_call call RP_COMPAT_UNINITIALIZED;

	rp_arg(&call, RP_DROPPED_SKB) = (unsigned long)skb;
	rp_arg(&call, RP_DROPPED_REASON) = reason;
	call.caller = (unsigned long)location;
	call.sp = ULONG_MAX;
	if (static_branch_unlikely(&rp_hit_filtered))
		rp_hit_moment(&rp_hit_kfree_skb, &call, 0, NULL, true);
	else
		rp_hit_moment(&rp_hit_kfree_skb, &call, 0, NULL, false);
}
NOKPROBE_SYMBOL(rp_dropped);

/* Of many packets that are let go of, for any reason, few are of interest. */
static notrace void rp_trace_kfree_skb(RP_COMPAT_DROPPED)
{
	if (unlikely(reason == SKB_DROP_REASON_BPF_CGROUP_EGRESS ||
		     reason == SKB_DROP_REASON_TC_EGRESS ||
		     reason == SKB_DROP_REASON_NEIGH_CREATEFAIL))
		rp_dropped(skb, location, reason);
}
NOKPROBE_SYMBOL(rp_trace_kfree_skb);

static_assert(RP_COMPAT_PROTO(check_trace_callback_type_kfree_skb, void,
			      typeof(rp_trace_kfree_skb) *),
	      "the tracepoint kfree_skb has other arguments than its handler");
#else
enum { rp_kind_of_kfree_skb = RP_KIND_REFUSED };
#define rp_trace_kfree_skb	NULL
#endif

RP_DEFINE_ROW(kfree_skb, SIGNAL, TRACEPOINT, "packets that a BPF program or a full neighbour table refuses");
