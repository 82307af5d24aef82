// SPDX-License-Identifier: GPL-2.0
/* As cache.c, of sockets that send over IPv6. */
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <net/dst.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "call.h"
#include "decode/cache6.h"
#include "decode/decode.h"
#include "fill6.h"

unsigned int rp_enter_cache6(struct rp_call *call)
{
	const struct sock *sk = (void *)rp_arg(call, 0);

	rp_call_net(call, sock_net(sk));
	call->family = AF_INET6;
	rp_fill_flow_sock6(&call->flow, sk);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}
NOKPROBE_SYMBOL(rp_enter_cache6);

void rp_decode_cache6(unsigned long ret, struct rp_record *rec)
{
	rec->has |= rp_fill_dst6(&rec->route, &rec->cached, (void *)ret);
	rec->verdict = RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_cache6);
