/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hit: one call of a probed function, from its entry to the record.
 *
 * One body serves all rows of the probe table and all ways to attach a probe.
 * It is always inlined, and each row has it twice: plain, and filtered, for
 * when something may keep a call from being recorded or a stack is wanted.  A
 * static branch chooses.  With its row as a constant a handler is half as long
 * as one for all rows.
 *
 * The body acquires and releases whatever a call holds: the mark of a filter,
 * the key and the walk of omit.h, the slot in the ring.  Decoders know none of
 * these, see call.h.  Handlers, by how a probe is attached, are in kprobe.h and
 * detour.h.
 */
#ifndef _RP_HIT_H
#define _RP_HIT_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/jump_label.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "call.h"
#include "caller.h"
#include "clock.h"
#include "compat.h"
#include "fill.h"
#include "filter.h"
#include "freeze.h"
#include "omit.h"
#include "probe.h"
#include "ring.h"
#include "stack.h"
#include "trace.h"

struct rp_hit_counts {
	u64 filtered;
	u64 hist[BITS_PER_LONG + 1];	/* of all that were recorded, by fls64() */
};

/* By probe; too much for what a module may have of static memory per CPU. */
extern struct rp_hit_counts __percpu *rp_hit_counts;

/* Whether calls go the filtered way. */
DECLARE_STATIC_KEY_FALSE(rp_hit_filtered);

/*
 * Where a record is made that may be thrown away: in the ring it would have
 * taken the place of the oldest.  Context: interrupts off.
 */
DECLARE_PER_CPU(struct rp_record, rp_hit_scratch);

/* The task whose calls are a test, and are noted in place of recorded: see probe.c. */
extern const struct task_struct *rp_hit_tester;
extern unsigned long rp_hit_tested;

/* Marks a task that works for a packet received, see rp_hit_context(). */
extern const char rp_hit_input[];

/* Any but a task that may run softirqs. */
u8 rp_hit_context_rare(void);
u8 rp_hit_context_locked(void);

static nokprobe_inline u8 rp_hit_context(void)
{
	return likely(!irq_count()) ? RP_CONTEXT_TASK : rp_hit_context_rare();
}

/* This call has no record. */
static nokprobe_inline void rp_hit_leave_out(unsigned int id)
{
	this_cpu_inc(rp_hit_counts[id].filtered);
}

/* It has one after all. */
static nokprobe_inline void rp_hit_take_back(unsigned int id)
{
	this_cpu_dec(rp_hit_counts[id].filtered);
}

/* ---- entry ---- */

/*
 * What a task receives, by a tun device or by polling, it does not ask for.  Softirqs
 * are off then, and not where it asks for a route (RTM_GETROUTE).
 */
static nokprobe_inline bool rp_hit_receives(const struct rp_hit *hit)
{
	return hit->flags & RP_ROW_INPUT && unlikely(softirq_count()) &&
	       rp_hit_context() == RP_CONTEXT_TASK;
}

static nokprobe_inline u8 rp_hit_row_context(const struct rp_hit *hit)
{
	if (hit->flags & RP_ROW_LOCKED)
		return rp_hit_context_locked();
	return rp_hit_receives(hit) ? RP_CONTEXT_SOFTIRQ : rp_hit_context();
}

/* Handlers of kprobes have preemption off; wrappers and those of ftrace have not. */
static nokprobe_inline bool rp_hit_accepts(const struct rp_hit *hit, struct rp_call *call)
{
	bool accepted;

	preempt_disable_notrace();
	if (call->has & RP_HAS_FLOW &&
	    rp_filter_refuses_first(hit->kind, call->family, &call->flow))
		accepted = false;
	else
		accepted = !rp_freeze_frozen() &&
			   (!rp_filter_asks_at_entry() ||
			    rp_filter_enter(hit->kind, rp_hit_row_context(hit), call->family,
					    call->net,
					    call->has & RP_HAS_FLOW ? &call->flow : NULL,
					    &call->mark));
	preempt_enable_notrace();
	return accepted;
}

/* Only what rp_hit_release() will follow. */
static nokprobe_inline void rp_hit_claim(const struct rp_hit *hit, struct rp_call *call,
					 unsigned int entered)
{
	const void *flow = (void *)rp_arg(call, 1);

	if (hit->flags & RP_ROW_FLOOD)
		call->flood = rp_omit_flood_begin();
	if (rp_hit_receives(hit))
		call->key = rp_omit_claim(rp_hit_input);
	if (hit->flags & RP_ROW_FRAME && call->frame) {
		if (entered & (RP_ENTER_ASKING | RP_ENTER_FRAMES))
			rp_omit_frame_claim(call->frame, flow,
					    entered & RP_ENTER_ASKING ? flow : NULL);
		else
			call->frame = NULL;
	} else if (entered & RP_ENTER_COVERS) {
		call->key = rp_omit_claim(flow);
	}
	if (entered & RP_ENTER_WALKS)
		call->walk = rp_omit_walk_begin(flow, call->family, call->net);
}

/* A filter refused this call: what happens in it need not be asked for itself. */
static nokprobe_inline void rp_hit_claim_refused(struct rp_call *call, unsigned int entered)
{
	const void *flow = (void *)rp_arg(call, 1);

	if (entered & RP_ENTER_COVERS)
		call->key = rp_omit_claim(flow);
	if (entered & RP_ENTER_WALKS)
		call->walk = rp_omit_walk_begin(flow, call->family, NULL);
}

static nokprobe_inline bool rp_hit_is_test(void)
{
	return unlikely(READ_ONCE(rp_hit_tester) == current);
}

/* All that rp_hit_begin() does for a call that a filter refuses; false: it is to do it. */
static nokprobe_inline bool rp_hit_refuse(const struct rp_hit *hit, struct rp_call *call)
{
	unsigned int entered = hit->refused && !rp_hit_is_test() ? hit->refused(call) : 0;

	if (!entered)
		return false;
	call->key = NULL;
	call->walk = NULL;
	call->family = AF_INET;
	rp_hit_leave_out(hit->id);
	rp_hit_claim_refused(call, entered);
	return true;
}

static nokprobe_inline void rp_hit_release(const struct rp_hit *hit, struct rp_call *call)
{
	if (call->key)
		rp_omit_release(call->key);
	if (hit->flags & RP_ROW_FRAME && call->frame)
		rp_omit_frame_release(call->frame);
	if (hit->flags & RP_ROW_FLOOD && call->flood)
		rp_omit_flood_end(call->flood);
	if (!(hit->flags & RP_ROW_STEP) && call->walk)
		rp_omit_walk_end(call->walk);
}

/**
 * rp_hit_begin() - a probed function was called
 * @hit: the row
 * @call: arg is filled in
 * @moment: the call is recorded now, and has no duration
 * @returns: rp_hit_release() follows also when there is no record: then the lookup of a
 *	call that a filter refused need not be asked again
 * @filtered: which of the two ways
 *
 * Return: whether the call may have a record: then rp_hit_end() is to follow.
 */
static nokprobe_inline bool rp_hit_begin(const struct rp_hit *hit, struct rp_call *call,
					 bool moment, bool returns, bool filtered)
{
	unsigned int entered;

	call->key = NULL;
	call->walk = hit->flags & RP_ROW_STEP ? rp_omit_walk_find((void *)rp_arg(call, 1)) : NULL;
	if (filtered && rp_hit_is_test()) {
		set_bit(hit->id, &rp_hit_tested);
		return false;
	}
	call->net = NULL;
	call->netns = 0;
	call->has = 0;
	call->family = AF_INET;
	call->mark = NULL;
	call->stack = 0;
	if (moment && hit->precede)
		hit->precede(call);
	entered = hit->enter(call);
	if (!entered || (filtered && !rp_hit_accepts(hit, call))) {
		rp_hit_leave_out(hit->id);
		if (returns)
			rp_hit_claim_refused(call, entered);
		return false;
	}
	if (moment)
		return true;
	rp_hit_claim(hit, call, entered);
	call->start_ns = rp_clock_ns();
	return true;
}

/* ---- return ---- */

/* What records have in common.  Of what the slot held before nothing stays. */
static nokprobe_inline void rp_hit_fill(const struct rp_hit *hit, const struct rp_call *call,
					struct rp_record *rec, struct pt_regs *regs,
					u64 end_ns, bool moment)
{
	rec->time_ns = moment ? end_ns : call->start_ns;
	rec->duration_ns = moment ? 0 : end_ns - call->start_ns;
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rec->netns = call->netns;
	rec->caller = hit->flags & RP_ROW_NO_CALLER ? 0 :
		      rp_caller_id(call->caller, call->sp, regs, hit->flags & RP_ROW_ASKER);
	rec->cpu = raw_smp_processor_id();
	rp_fill_name(rec->comm, current->comm);
	rec->err = 0;
	rec->stack = call->stack;
	rec->probe = hit->id;
	rec->family = call->family;
	rec->kind = hit->kind;
	rec->context = RP_CONTEXT_TASK;
	rec->verdict = hit->verdict;
	rec->passed_count = 0;
	rec->has = call->has | hit->has;
	if (unlikely(irq_count()))
		rec->context = rp_hit_row_context(hit);
	if (!(hit->flags & RP_ROW_FLOW))
		rec->flow = call->has & RP_HAS_FLOW ? call->flow : (struct rp_flow) { };
	if (call->has & RP_HAS_ROUTE)
		rec->route = call->route;
	else if (!(hit->flags & RP_ROW_ROUTE))
		rp_fill_no_route(&rec->route);
	/* the union's largest */
	rec->signal = call->has & RP_HAS_SIGNAL ? call->signal : (struct rp_signal) { };
}

/* When the call ends; of a moment when it is. */
static nokprobe_inline u64 rp_hit_end_ns(const struct rp_call *call, bool moment)
{
	return moment ? call->start_ns : rp_clock_ns();
}

static nokprobe_inline void rp_hit_count(const struct rp_hit *hit, u64 ns)
{
	__this_cpu_inc(rp_hit_counts[hit->id].hist[(unsigned int)fls64(ns)]);
}

static nokprobe_inline void rp_hit_commit(const struct rp_hit *hit, struct rp_ring *ring,
					  struct rp_record *rec)
{
	rp_ring_commit(ring, rec);
	if (static_branch_unlikely(&rp_trace_on))
		rp_trace(rec);
	rp_hit_count(hit, rec->duration_ns);
}

/*
 * Interrupts are off from the first to the last byte of a record: a ring has one
 * writer, and its order is that of the clock.
 */
static nokprobe_inline void rp_hit_record(const struct rp_hit *hit, const struct rp_call *call,
					  unsigned long ret, struct pt_regs *regs,
					  bool moment)
{
	struct rp_ring *ring = rp_ring_here();
	struct rp_record *rec;

	if (unlikely(!rp_ring_reserve(ring, &rec)))
		return;
	rp_hit_fill(hit, call, rec, regs, rp_hit_end_ns(call, moment), moment);
	hit->decode(call, ret, rec);
	rp_hit_commit(hit, ring, rec);
}

static nokprobe_inline void rp_hit_record_filtered(const struct rp_hit *hit,
						   const struct rp_call *call,
						   unsigned long ret, struct pt_regs *regs,
						   bool moment)
{
	struct rp_record *scratch = this_cpu_ptr(&rp_hit_scratch), *rec;
	struct rp_ring *ring = rp_ring_here();

	if (unlikely(rp_freeze_frozen())) {
		rp_hit_leave_out(hit->id);
		return;
	}
	rp_hit_fill(hit, call, scratch, regs, rp_hit_end_ns(call, moment), moment);
	hit->decode(call, ret, scratch);
	if (!rp_filter_pass(call->net, scratch) || !rp_freeze_admits()) {
		rp_hit_leave_out(hit->id);
		return;
	}
	if (unlikely(!rp_ring_reserve(ring, &rec)))
		return;
	memcpy((void *)rec + sizeof(rec->seq), (void *)scratch + sizeof(rec->seq),
	       sizeof(*rec) - sizeof(rec->seq));	/* seq is the ring's */
	rp_stack_count(call->stack);
	rp_hit_commit(hit, ring, rec);
	rp_freeze_look(call->net, rec);
}

/* Context: interrupts off. */
static nokprobe_inline void rp_hit_put(const struct rp_hit *hit, struct rp_call *call,
				       unsigned long ret, struct pt_regs *regs, bool moment,
				       bool filtered)
{
	if (!filtered) {
		rp_hit_record(hit, call, ret, regs, moment);
		return;
	}
	if ((moment || !RP_COMPAT_STACK_AT_ENTRY) && rp_stack_wanted() &&
	    !(hit->flags & RP_ROW_NO_CALLER))
		call->stack = rp_stack_take(regs, call->caller);
	rp_hit_record_filtered(hit, call, ret, regs, moment);
}

static nokprobe_inline bool rp_hit_is_of_no_use(const struct rp_hit *hit, unsigned long ret,
						bool filtered)
{
	if (hit->flags & RP_ROW_FAILURES && (int)ret >= 0)
		return true;
	if (hit->flags & RP_ROW_SUCCESSES && (int)ret)
		return true;
	if (hit->flags & RP_ROW_RESTARTS && (int)ret == -ERESTARTNOINTR)
		return true;
	return filtered && hit->failed && !hit->failed(ret) && rp_filter_wants_errors();
}

/**
 * rp_hit_end() - a call that began returns
 * @hit: the row
 * @call: from rp_hit_begin(), of either way; caller and sp are filled in
 * @ret: what the function returned
 * @regs: as of the return; NULL: the handler was called by the function's caller
 * @filtered: which of the two ways
 */
static nokprobe_inline void rp_hit_end(const struct rp_hit *hit, struct rp_call *call,
				       unsigned long ret, struct pt_regs *regs, bool filtered)
{
	unsigned long flags;

	if (hit->precede)
		hit->precede(call);
	local_irq_save(flags);
	if (filtered && call->mark)
		rp_filter_leave(call->mark, rp_hit_row_context(hit));
	if (rp_hit_is_of_no_use(hit, ret, filtered))
		rp_hit_leave_out(hit->id);
	else
		rp_hit_put(hit, call, ret, regs, false, filtered);
	rp_hit_release(hit, call);
	local_irq_restore(flags);
}

/**
 * rp_hit_moment() - all of a call that is recorded when it is made
 * @hit: the row
 * @call: arg and caller are filled in
 * @ret: for decode
 * @regs: as of the entry, NULL: there are none
 * @filtered: which of the two ways
 */
static nokprobe_inline void rp_hit_moment(const struct rp_hit *hit, struct rp_call *call,
					  unsigned long ret, struct pt_regs *regs, bool filtered)
{
	unsigned long flags;
	bool wanted;

	if (hit->flags & RP_ROW_ALWAYS) {	/* no call between what is copied, and where to */
		local_irq_save(flags);
		call->start_ns = rp_clock_ns();
	}
	wanted = rp_hit_begin(hit, call, true, false, filtered);
	if (!(hit->flags & RP_ROW_ALWAYS)) {
		if (!wanted)
			return;
		local_irq_save(flags);
		call->start_ns = rp_clock_ns();
	}
	if (wanted)
		rp_hit_put(hit, call, ret, regs, true, filtered);
	local_irq_restore(flags);
}

#endif
