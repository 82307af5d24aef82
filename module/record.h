/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a record is made: what all handlers are put together of.  It is inline, because
 * a handler that knows its row is half as long as one for all rows.
 */
#ifndef _RP_RECORD_H
#define _RP_RECORD_H

#include <linux/jump_label.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "caller.h"
#include "fill.h"
#include "probe.h"
#include "ring.h"

struct rp_counts {
	u64 filtered;
	u64 hist[BITS_PER_LONG + 1];	/* of all that were recorded, by fls64() */
};

/* By probe; too much for what a module may have of static memory per CPU. */
extern struct rp_counts __percpu *rp_counts;

/*
 * Is there anything that may keep a call from being recorded, a filter or a freeze,
 * or another probe that tells who asked?  Then the handlers for all rows decide.
 */
DECLARE_STATIC_KEY_FALSE(rp_probe_picky);

static nokprobe_inline bool rp_record_in_task(void)
{
	return !in_hardirq() && !in_serving_softirq();
}

static nokprobe_inline u8 rp_record_context(void)
{
	if (likely(rp_record_in_task()))
		return RP_CONTEXT_TASK;
	return in_hardirq() ? RP_CONTEXT_HARDIRQ : RP_CONTEXT_SOFTIRQ;
}

/* Of this call there is no record. */
static nokprobe_inline void rp_record_none(unsigned int id)
{
	this_cpu_inc(rp_counts[id].filtered);
}

/* The four bytes at the end are one word, if they are constants. */
static nokprobe_inline void rp_record_kind(struct rp_record *rec, u16 probe, u8 kind, u8 verdict,
					   u8 has)
{
	rec->probe = probe;
	rec->cpu = raw_smp_processor_id();
	rec->kind = kind;
	rec->context = RP_CONTEXT_TASK;
	rec->verdict = verdict;
	rec->has = has;
	if (unlikely(!rp_record_in_task()))
		rec->context = rp_record_context();
}

/* Now there is one after all. */
static nokprobe_inline void rp_record_not_none(unsigned int id)
{
	this_cpu_dec(rp_counts[id].filtered);
}

/* What entry finds in a call. */
static nokprobe_inline void rp_record_call(struct rp_call *call)
{
	call->net = NULL;
	call->has = 0;
	call->signal = (struct rp_signal) { };
	call->stack = 0;
	call->mark = NULL;
}

/*
 * What all records have in common.  Of what the slot held before nothing stays there.
 *
 * The clock is ktime_get_ns(), which never goes back, and not a "fast" one,
 * which may: records are put in order by it.  It would spin for ever only in a
 * handler that interrupted the clock's own update, and none of the probed
 * functions runs in an NMI, or in an interrupt that could do that.
 */
static nokprobe_inline void rp_record_begin(struct rp_record *rec, u32 netns, u64 start_ns,
					    u64 end_ns)
{
	rec->time_ns = start_ns;
	rec->duration_ns = end_ns - start_ns;
	rec->netns = netns;
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rp_fill_name(rec->comm, current->comm);
	rec->err = 0;
	rec->stack = 0;
}

static nokprobe_inline void rp_record_commit(struct rp_ring *ring, struct rp_record *rec,
					     unsigned int id)
{
	rp_ring_commit(ring, rec);
	__this_cpu_inc(rp_counts[id].hist[fls64(rec->duration_ns)]);
}

#endif
