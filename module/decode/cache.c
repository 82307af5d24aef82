// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a socket may keep the route that it has: net/core/sock.c.  A socket that
 * has none is none of ours: it asks for one, and that is a decision.
 */
#include <linux/kprobes.h>
#include <linux/rcupdate.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/sock.h>

#include "call.h"
#include "decode/cache6.h"
#include "decode/decode.h"
#include "fill.h"
#include "kprobe.h"

RP_ASSERT_PROTO(sk_dst_check, struct dst_entry *, struct sock *, u32);
RP_ASSERT_PROTO(__sk_dst_check, struct dst_entry *, struct sock *, u32);

/* A socket of IPv6 may send over IPv4. */
static bool rp_is_mapped(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	return sk->sk_family == AF_INET6 && ipv6_addr_v4mapped(&sk->sk_v6_daddr);
#else
	return false;
#endif
}
NOKPROBE_SYMBOL(rp_is_mapped);

/* The route may go any time, it is only looked for, not at. */
static nokprobe_inline unsigned int rp_enter_sk_dst_check(struct rp_call *call)
{
	const struct sock *sk = (void *)rp_arg(call, 0);

	if (!rcu_access_pointer(sk->sk_dst_cache))
		return 0;
	if (sk->sk_family != AF_INET && !rp_is_mapped(sk))
		return IS_ENABLED(CONFIG_IPV6) && sk->sk_family == AF_INET6 ?
		       rp_enter_cache6(call) : 0;

	rp_call_net(call, sock_net(sk));
	rp_fill_flow_sock(&call->flow, sk);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

/*
 * NULL: it is stale.  What is returned the caller is to use next, and holds: by a
 * reference of its own, the socket's lock, or RCU.
 */
static nokprobe_inline void rp_decode_sk_dst_check(const struct rp_call *call, unsigned long ret,
						   struct rp_record *rec)
{
	const struct rtable *rt = (void *)ret;

	if (!rt) {
		rec->verdict = RP_VERDICT_NEXT;
		return;
	}
	if (rt->dst.ops->family != call->family) {
		rec->verdict = RP_VERDICT_HIT;
		return;
	}
	if (IS_ENABLED(CONFIG_IPV6) && call->family == AF_INET6) {
		rp_decode_cache6(ret, rec);
		return;
	}
	rp_fill_rtable(rec, rt);
	rp_fill_cached(rec, rt);
	rec->verdict = RP_VERDICT_HIT;
}

RP_DEFINE_HIT(sk_dst_check, SK_DST_CHECK, CACHE, rp_enter_sk_dst_check, rp_decode_sk_dst_check);
RP_HANDLERS_RETURN(sk_dst_check, 1);
RP_DEFINE_ROW(sk_dst_check, CACHE, RETURN, "routes that connected UDP sockets keep");

RP_DEFINE_HIT(__sk_dst_check, __SK_DST_CHECK, CACHE, rp_enter_sk_dst_check,
	      rp_decode_sk_dst_check);
RP_HANDLERS_RETURN(__sk_dst_check, 1);
RP_DEFINE_ROW(__sk_dst_check, CACHE, RETURN, "routes that TCP connections keep");
