/* SPDX-License-Identifier: GPL-2.0 */
/* What events of both families have in common. */
#ifndef _RP_EVENT_H
#define _RP_EVENT_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "hit.h"
#include "uapi/routeprobe.h"

struct net;

/* In place of an argument that is not needed at the return */
#define rp_event_op(call)	rp_arg(call, 0)

bool rp_event(struct rp_call *call, const struct net *net, u8 family, enum rp_change_op op);
enum rp_change_op rp_link_op(unsigned long event, const void *info);

static nokprobe_inline void rp_decode_event(const struct rp_call *call, unsigned long ret,
					    struct rp_record *rec)
{
	rec->change.op = rp_event_op(call);
	rec->has |= RP_HAS_CHANGE;
	rec->verdict = RP_VERDICT_HIT;
}

#endif
