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

static nokprobe_inline u8 rp_record_context(void)
{
	if (likely(in_task()))
		return RP_CONTEXT_TASK;
	return in_hardirq() ? RP_CONTEXT_HARDIRQ : RP_CONTEXT_SOFTIRQ;
}

/* Of this call there is no record. */
static nokprobe_inline void rp_record_none(unsigned int id)
{
	this_cpu_inc(rp_counts[id].filtered);
}

/* The four bytes at the end are one word, if they are constants. */
static nokprobe_inline void rp_record_kind_in(struct rp_record *rec, u16 probe, u8 kind,
					      u8 context, u8 verdict, u8 has)
{
	rec->probe = probe;
	rec->cpu = raw_smp_processor_id();
	rec->kind = kind;
	rec->context = context;
	rec->verdict = verdict;
	rec->has = has;
}

static nokprobe_inline void rp_record_kind(struct rp_record *rec, u16 probe, u8 kind, u8 verdict,
					   u8 has)
{
	rp_record_kind_in(rec, probe, kind, RP_CONTEXT_TASK, verdict, has);
	if (unlikely(!in_task()))
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

/* @duration_ns: that of the record, which some know */
static nokprobe_inline void rp_record_commit(struct rp_ring *ring, struct rp_record *rec,
					     unsigned int id, u64 duration_ns)
{
	rp_ring_commit(ring, rec);
	__this_cpu_inc(rp_counts[id].hist[(unsigned int)fls64(duration_ns)]);
}

/*
 * The two handlers of a row that must be cheap.  With constant arguments each becomes
 * a handler of its own; what may be picky is left to rp_probe_entry() and
 * rp_probe_return().
 *
 * @enter: also to be the row's
 */
static nokprobe_inline int rp_record_entry(struct kretprobe_instance *ri, struct pt_regs *regs,
					   unsigned int id,
					   bool (*enter)(struct rp_call *call,
							 struct pt_regs *regs))
{
	struct rp_call *call = (struct rp_call *)ri->data;

	if (static_branch_unlikely(&rp_probe_picky))
		return rp_probe_entry(ri, regs);
	if (unlikely(!enter(call, regs))) {
		rp_record_none(id);
		return 1;
	}
	call->has = 0;		/* has RP_HAS_FLOW, and nothing of what is picky */
	call->sp = rp_compat_sp_after(regs);
	call->time_ns = ktime_get_ns();
	return 0;
}

/*
 * @before: as the row's keep, but always true; may record something itself
 * @caller: who called
 * @decode: fills the record from probe on, where nothing was written but flow
 */
static nokprobe_inline int rp_record_return(struct kretprobe_instance *ri, struct pt_regs *regs,
					    unsigned int id,
					    bool (*before)(const struct rp_call *call,
							   unsigned long ret),
					    unsigned long (*caller)(const struct rp_call *call,
								    struct kretprobe_instance *ri,
								    struct pt_regs *regs),
					    void (*decode)(const struct rp_call *call,
							   unsigned long ret,
							   struct rp_record *rec))
{
	struct rp_call *call = (struct rp_call *)ri->data;
	struct rp_record *rec;
	struct rp_ring *ring;
	unsigned long flags;

	if (static_branch_unlikely(&rp_probe_picky)) {
		if (!call->has) {
			call->has = RP_HAS_FLOW;
			call->stack = 0;
			call->mark = NULL;
		}
		return rp_probe_return(ri, regs);
	}
	local_irq_save(flags);
	if (before)
		before(call, regs_return_value(regs));
	ring = rp_ring_here();
	if (likely(rp_ring_reserve(ring, &rec))) {
		rp_record_begin(rec, rp_fill_netns(call->net), call->time_ns, ktime_get_ns());
		rec->caller = rp_caller_id(caller(call, ri, regs));
		rec->flow = call->flow;
		decode(call, regs_return_value(regs), rec);
		rp_record_commit(ring, rec, id, rec->duration_ns);
	}
	local_irq_restore(flags);
	return 0;
}

#endif
