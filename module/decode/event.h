/* SPDX-License-Identifier: GPL-2.0 */
/* What events of both families have in common. */
#ifndef _RP_EVENT_H
#define _RP_EVENT_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "call.h"
#include "uapi/routeprobe.h"

struct net;

/* In place of arguments that are not needed at the return */
#define rp_event_op(call)	rp_arg(call, 0)
#define rp_event_count(call)	rp_arg(call, 1)
#define rp_event_mtu(call)	rp_arg(call, 2)

bool rp_event(struct rp_call *call, const struct net *net, u8 family, enum rp_change_op op);

static nokprobe_inline void rp_decode_event(const struct rp_call *call, unsigned long ret,
					    struct rp_record *rec)
{
	rec->change.op = rp_event_op(call);
	rec->has |= RP_HAS_CHANGE;
	rec->verdict = RP_VERDICT_HIT;
}

static nokprobe_inline void rp_decode_link_event(const struct rp_call *call, unsigned long ret,
						 struct rp_record *rec)
{
	rp_decode_event(call, ret, rec);
	rec->change.count = rp_event_count(call);
	rec->change.mtu = rp_event_mtu(call);
}

#endif
