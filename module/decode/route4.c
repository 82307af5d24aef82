// SPDX-License-Identifier: GPL-2.0
/*
 * The functions that decide: net/ipv4/route.c, and the check of a source
 * address in net/ipv4/fib_frontend.c.
 */
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/ptrace.h>
#include <linux/skbuff.h>
#include <net/flow.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "compat.h"
#include "decode/decode.h"
#include "fill.h"
#include "record.h"

RP_ASSERT_PROTO(ip_route_output_key_hash_rcu, struct rtable *, struct net *, struct flowi4 *,
		struct fib_result *, const struct sk_buff *);

DEFINE_PER_CPU(const struct flowi4 *, rp_output_key);

static nokprobe_inline void rp_enter_output(struct rp_call *call, const struct net *net,
					    const struct flowi4 *fl4)
{
	call->net = net;
	call->arg[0] = fl4;
	rp_fill_flow(&call->flow, fl4);
}

/* Rules may take a match back: with them, each lookup has a record of its own. */
static nokprobe_inline bool rp_enter_key(struct rp_call *call, struct pt_regs *regs)
{
	struct net *net = (void *)regs_get_kernel_argument(regs, 0);
	const struct flowi4 *fl4 = (void *)regs_get_kernel_argument(regs, 1);

	rp_enter_output(call, net, fl4);
	call->arg[1] = (void *)regs_get_kernel_argument(regs, 2);
	if (!net->ipv4.fib_has_custom_rules)
		this_cpu_write(rp_output_key, fl4);
	return true;
}

bool rp_enter_output_key(struct rp_call *call, struct pt_regs *regs)
{
	call->has = RP_HAS_FLOW;
	return rp_enter_key(call, regs);
}
NOKPROBE_SYMBOL(rp_enter_output_key);

bool rp_failed_output(unsigned long ret)
{
	return IS_ERR_VALUE(ret);
}
NOKPROBE_SYMBOL(rp_failed_output);

/*
 * The caller holds the RCU read lock until after our return, for the rtable
 * and for the result, which is a variable of its own, empty at first, and again
 * after a lookup that failed.  From probe on nothing in the record was written but flow.
 */
static nokprobe_inline void rp_decode_key(const struct rp_call *call, unsigned long ret,
					  struct rp_record *rec)
{
	const unsigned int id = RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU;
	const struct fib_result *res = call->arg[1];
	const struct fib_info *fi = res->fi;
	const struct flowi4 *fl4 = call->arg[0];
	const struct rtable *rt = (void *)ret;

	this_cpu_write(rp_output_key, NULL);
	rec->signal = (struct rp_signal) { };	/* the union's largest */
	if (unlikely(rp_failed_output(ret))) {
		rp_record_kind(rec, id, RP_KIND_OUTPUT, RP_VERDICT_ERROR, RP_HAS_FLOW);
		rec->err = (int)ret;
		rp_fill_no_route(&rec->route);
		rp_fill_result(rec, res);
		return;
	}
	if (likely(fi)) {
		rp_record_kind(rec, id, RP_KIND_OUTPUT, RP_VERDICT_HIT,
			       RP_HAS_FLOW | RP_HAS_ROUTE | RP_HAS_RTABLE);
		rp_fill_match(&rec->route, res, fi);
	} else {
		rp_record_kind(rec, id, RP_KIND_OUTPUT, RP_VERDICT_HIT,
			       RP_HAS_FLOW | RP_HAS_RTABLE);
		rp_fill_no_route(&rec->route);
	}
	rp_fill_rt(&rec->route, rt);
	rp_fill_pmtu(rec, rt);
	rec->route.prefsrc = fl4->saddr;
}

void rp_decode_output_key(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	rp_decode_key(call, ret, rec);
}
NOKPROBE_SYMBOL(rp_decode_output_key);

static nokprobe_inline unsigned long rp_asker(const struct rp_call *call,
					      struct kretprobe_instance *ri,
					      struct pt_regs *regs)
{
	return rp_caller_asker(rp_compat_caller(ri, regs), call->sp, regs);
}

/* What happens most is to cost least. */
notrace int rp_on_entry_output_key(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return rp_record_entry(ri, regs, RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU, rp_enter_key);
}
NOKPROBE_SYMBOL(rp_on_entry_output_key);

notrace int rp_on_return_output_key(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return rp_record_return(ri, regs, RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU, NULL, rp_asker,
				rp_decode_key);
}
NOKPROBE_SYMBOL(rp_on_return_output_key);

RP_ASSERT_PROTO(ip_route_output_flow, struct rtable *, struct net *, struct flowi4 *,
		const struct sock *);

bool rp_enter_output_flow(struct rp_call *call, struct pt_regs *regs)
{
	rp_enter_output(call, (void *)regs_get_kernel_argument(regs, 0),
			(void *)regs_get_kernel_argument(regs, 1));
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_output_flow);

/* The caller owns a reference to the rtable. */
void rp_decode_output_flow(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct flowi4 *fl4 = call->arg[0];
	const struct rtable *rt = (void *)ret;

	if (rp_failed_output(ret)) {
		rec->err = (int)ret;
		rec->verdict = RP_VERDICT_ERROR;
		return;
	}
	rp_fill_rtable(rec, rt);
	rp_fill_pmtu(rec, rt);
	rec->route.prefsrc = fl4->saddr;
	rec->verdict = RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_output_flow);

/*
 * static int ip_route_input_slow(struct sk_buff *skb, __be32 daddr, __be32 saddr,
 *				  u8 tos, struct net_device *dev, struct fib_result *res)
 */
bool rp_enter_input_slow(struct rp_call *call, struct pt_regs *regs)
{
	const struct sk_buff *skb = (void *)regs_get_kernel_argument(regs, 0);
	const struct net_device *dev = (void *)regs_get_kernel_argument(regs, 4);

	this_cpu_write(rp_output_key, NULL);
	call->net = dev_net(dev);
	call->arg[0] = skb;
	call->arg[1] = (void *)regs_get_kernel_argument(regs, 5);
	rp_fill_flow_skb(&call->flow, skb, (__force __be32)regs_get_kernel_argument(regs, 1),
			 (__force __be32)regs_get_kernel_argument(regs, 2),
			 regs_get_kernel_argument(regs, 3), dev);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_input_slow);

/*
 * Success does not mean routed: without a route the packet gets a dst whose
 * error is set, and whose input function is ip_error().  The result is filled
 * only by a lookup that matched: ip_route_input_slow() clears res->fi before
 * it, but fails before that as well, and then does not look at res at all.
 */
void rp_decode_input_slow(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	const struct sk_buff *skb = call->arg[0];
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
	rp_fill_result(rec, call->arg[1]);
	rp_fill_rtable(rec, rt);
	rec->verdict = RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_input_slow);

RP_ASSERT_PROTO(fib_validate_source, int, struct sk_buff *, __be32, __be32, u8, int,
		struct net_device *, struct in_device *, u32 *);

bool rp_enter_validate_source(struct rp_call *call, struct pt_regs *regs)
{
	const struct net_device *dev = (void *)regs_get_kernel_argument(regs, 5);

	this_cpu_write(rp_output_key, NULL);
	call->net = dev_net(dev);
	rp_fill_flow_skb(&call->flow, (void *)regs_get_kernel_argument(regs, 0),
			 (__force __be32)regs_get_kernel_argument(regs, 2),
			 (__force __be32)regs_get_kernel_argument(regs, 1),
			 regs_get_kernel_argument(regs, 3), dev);
	call->flow.oif = regs_get_kernel_argument(regs, 4);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_validate_source);

void rp_decode_validate_source(const struct rp_call *call, unsigned long ret,
			       struct rp_record *rec)
{
	int err = min_t(int, ret, 0);	/* 1: fine, and the source is a host of ours */

	rec->err = rp_compat_validate_err(err);
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_validate_source);
