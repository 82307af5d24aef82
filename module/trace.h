/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records as trace events, for tracefs, perf, trace-cmd and bpftrace: see trace_def.h.
 * A record that goes into a ring is an event too, if somebody listens; one that does not
 * is none.
 */
#ifndef _RP_TRACE_H
#define _RP_TRACE_H

#include <linux/jump_label.h>

struct rp_record;

/* Whether anybody listens to any of the events: where nobody does it costs a nop. */
DECLARE_STATIC_KEY_FALSE(rp_trace_on);

/* @rec is in the ring.  Context: interrupts off, so that it stays there meanwhile. */
void rp_trace(const struct rp_record *rec);

#endif
