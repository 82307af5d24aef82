// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: one handler of each sort for all rows of the table, and the arming
 * and disarming of any set of them.
 *
 * An armed probe is registered with the kernel; a disarmed one is not, and costs
 * nothing.  Each is registered by itself, because register_kretprobes() gives up
 * all when one symbol is absent.
 */
#include <linux/bitops.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "caller.h"
#include "compat.h"
#include "fill.h"
#include "filter.h"
#include "freeze.h"
#include "probe.h"
#include "record.h"
#include "ring.h"
#include "stack.h"

struct rp_probe {
	struct kretprobe krp;	/* at entry: only the kprobe in it */
	struct tracepoint *tp;
	unsigned int id;
	bool armed;
	int err;
	u64 missed;		/* in earlier registrations: each starts from 0 */
};

static struct rp_probe rp_probes[__RP_PROBE_MAX];

struct rp_counts __percpu *rp_counts;

DEFINE_STATIC_KEY_FALSE(rp_probe_picky);

/* Protects rp_probes[], but for what the kprobes core keeps inside krp. */
static DEFINE_MUTEX(rp_probe_lock);

bool rp_probe_lookups;

static nokprobe_inline unsigned int rp_probe_id(const struct kprobe *kp)
{
	return container_of(kp, struct rp_probe, krp.kp)->id;
}

static nokprobe_inline bool rp_probe_wanted(struct rp_call *call, u8 kind)
{
	if (unlikely(rp_freeze_frozen()))
		return false;
	if (!rp_filter_asks_at_entry())
		return true;
	return rp_filter_enter(kind, rp_record_context(), call->net,
			       call->has & RP_HAS_FLOW ? &call->flow : NULL, &call->mark);
}

static nokprobe_inline bool rp_probe_begin(unsigned int id, struct rp_call *call,
					   struct pt_regs *regs)
{
	const struct rp_probe_desc *desc = &rp_probe_descs[id];

	rp_record_call(call);
	if (desc->entry(call, regs) && rp_probe_wanted(call, desc->kind))
		return true;
	rp_record_none(id);
	return false;
}

static nokprobe_inline void rp_probe_fill(struct rp_record *rec, const struct rp_call *call)
{
	if (call->has & RP_HAS_FLOW)
		rec->flow = call->flow;
	else
		rec->flow = (struct rp_flow) { };
	if (call->has & RP_HAS_ROUTE)
		rec->route = call->route;
	else
		rp_fill_no_route(&rec->route);
	rec->signal = call->signal;	/* the union's largest */
}

/*
 * Interrupts are off from the first to the last byte of a record: there is one
 * writer per ring, and the order in the ring is that of the clock.
 *
 * @start_ns: 0: what is recorded takes no time
 */
static void rp_probe_record(unsigned int id, const struct rp_call *call, unsigned long ret,
			    u32 caller, u64 start_ns)
{
	const struct rp_probe_desc *desc = &rp_probe_descs[id];
	struct rp_record *rec;
	struct rp_ring *ring;
	unsigned long flags;
	u64 now;

	local_irq_save(flags);
	ring = rp_ring_here();
	if (likely(rp_ring_reserve(ring, &rec))) {
		now = ktime_get_ns();
		rp_record_begin(rec, call->net ? rp_fill_netns(call->net) : 0, start_ns ?: now,
				now);
		rec->caller = caller;
		rp_record_kind(rec, id, desc->kind, RP_VERDICT_NONE, call->has);
		rp_probe_fill(rec, call);
		desc->decode(call, ret, rec);
		if (likely(rp_filter_pass(call->net, rec) && rp_freeze_admits())) {
			rec->stack = call->stack;
			rp_stack_count(call->stack);
			rp_record_commit(ring, rec, id, rec->duration_ns);
			rp_freeze_look(call->net, rec);
		} else {
			rp_ring_cancel(ring);
			rp_record_none(id);
		}
	}
	local_irq_restore(flags);
}
NOKPROBE_SYMBOL(rp_probe_record);

/* Of a kretprobe */
int rp_probe_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct rp_call *call = (struct rp_call *)ri->data;

	if (!rp_probe_begin(rp_probe_id(&rp_compat_kretprobe(ri)->kp), call, regs))
		return 1;	/* no return handler for this call */
	if (RP_COMPAT_STACK_AT_ENTRY && rp_stack_wanted())
		call->stack = rp_stack_take(regs, rp_compat_entry_caller(regs));
	call->sp = rp_compat_sp_after(regs);
	call->time_ns = ktime_get_ns();
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_entry);

/* Without a record of what is between, a decision's names who asked it. */
static nokprobe_inline u32 rp_probe_caller(unsigned int id, const struct rp_call *call,
					   struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long addr = rp_compat_caller(ri, regs);

	if (id == RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU &&
	    !READ_ONCE(rp_probes[RP_PROBE_IP_ROUTE_OUTPUT_FLOW].armed))
		addr = rp_caller_asker(addr, call->sp, regs);
	return rp_caller_id(addr);
}

int rp_probe_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct rp_call *call = (struct rp_call *)ri->data;
	unsigned int id = rp_probe_id(&rp_compat_kretprobe(ri)->kp);
	const struct rp_probe_desc *desc = &rp_probe_descs[id];
	unsigned long ret = regs_return_value(regs);

	if (call->mark)
		rp_filter_leave(call->mark, rp_record_context());
	if ((desc->keep && !desc->keep(call, ret)) ||
	    (desc->failed && !desc->failed(ret) && rp_filter_wants_errors())) {
		rp_record_none(id);
		return 0;
	}
	if (!RP_COMPAT_STACK_AT_ENTRY && rp_stack_wanted())
		call->stack = rp_stack_take(regs, rp_compat_caller(ri, regs));
	rp_probe_record(id, call, ret, rp_probe_caller(id, call, ri, regs), call->time_ns);
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_return);

/* Of a kprobe */
int rp_probe_pre(struct kprobe *kp, struct pt_regs *regs)
{
	unsigned int id = rp_probe_id(kp);
	struct rp_call call;

	if (!rp_probe_begin(id, &call, regs))
		return 0;
	if (rp_stack_wanted())
		call.stack = rp_stack_take(regs, rp_compat_entry_caller(regs));
	rp_probe_record(id, &call, 0, rp_caller_id(rp_compat_entry_caller(regs)), 0);
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_pre);

/**
 * rp_probe_told() - record what no return or entry of its own tells
 * @id: the row
 * @call: what decode needs, all of it filled in
 * @ret: for decode
 *
 * Context: preemption off.
 * Return: whether it is wanted.
 */
bool rp_probe_told(unsigned int id, struct rp_call *call, unsigned long ret)
{
	if (!rp_probe_wanted(call, rp_probe_descs[id].kind))
		return false;
	rp_probe_record(id, call, ret, 0, 0);
	return true;
}
NOKPROBE_SYMBOL(rp_probe_told);

static void rp_probe_find_tracepoint(struct tracepoint *tp, void *data)
{
	struct rp_probe *probe = data;

	if (!strcmp(tp->name, rp_probe_descs[probe->id].symbol))
		probe->tp = tp;
}

static void rp_probe_set_armed(unsigned int id, bool armed)
{
	WRITE_ONCE(rp_probes[id].armed, armed);
	if (id == RP_PROBE_FIB_TABLE_LOOKUP)
		WRITE_ONCE(rp_probe_lookups, armed);
	if (id == RP_PROBE_IP_ROUTE_OUTPUT_FLOW)
		WRITE_ONCE(rp_filter_nested, armed);
}

static int rp_probe_attach(unsigned int id, unsigned int maxactive)
{
	const struct rp_probe_desc *desc = &rp_probe_descs[id];
	struct rp_probe *probe = &rp_probes[id];

	/* Fresh each time: registering leaves an address behind in the kprobe. */
	probe->krp = (struct kretprobe) { .kp.symbol_name = desc->symbol };
	probe->id = id;
	switch (desc->attach) {
	case RP_ATTACH_RETURN:
		probe->krp.entry_handler = desc->on_entry ?: rp_probe_entry;
		probe->krp.handler = desc->on_return ?: rp_probe_return;
		probe->krp.data_size = sizeof(struct rp_call);
		probe->krp.maxactive = maxactive;
		return register_kretprobe(&probe->krp);
	case RP_ATTACH_ENTRY:
		probe->krp.kp.pre_handler = desc->on_pre ?: rp_probe_pre;
		return register_kprobe(&probe->krp.kp);
	case RP_ATTACH_TRACEPOINT:
		for_each_kernel_tracepoint(rp_probe_find_tracepoint, probe);
		return probe->tp ? tracepoint_probe_register(probe->tp, desc->trace, NULL) :
				   -ENOENT;
	}
	return -EINVAL;
}

/* On return no handler of these runs, and none will. */
static void rp_probe_detach(unsigned long probes)
{
	struct kretprobe *krps[__RP_PROBE_MAX];
	struct kprobe *kps[__RP_PROBE_MAX];
	unsigned long told = 0;
	unsigned int id;
	int nkrps = 0, nkps = 0;

	for_each_set_bit(id, &probes, __RP_PROBE_MAX) {
		struct rp_probe *probe = &rp_probes[id];

		rp_probe_set_armed(id, false);
		switch (rp_probe_descs[id].attach) {
		case RP_ATTACH_RETURN:
			krps[nkrps++] = &probe->krp;
			break;
		case RP_ATTACH_ENTRY:
			kps[nkps++] = &probe->krp.kp;
			break;
		case RP_ATTACH_TRACEPOINT:
			__set_bit(id, &told);
		}
	}
	if (nkrps)
		unregister_kretprobes(krps, nkrps);
	if (nkps)
		unregister_kprobes(kps, nkps);
	/* last, as a rule leaves it to the lookup to tell of it */
	for_each_set_bit(id, &told, __RP_PROBE_MAX)
		tracepoint_probe_unregister(rp_probes[id].tp, rp_probe_descs[id].trace, NULL);
	tracepoint_synchronize_unregister();
}

/* Return: -ENOMEM, or 0, also when this kernel does not let it be probed. */
static int rp_probe_register(unsigned int id, unsigned int maxactive)
{
	struct rp_probe *probe = &rp_probes[id];
	bool known = probe->err;
	int err;

	err = rp_probe_attach(id, maxactive);
	if (err == -ENOMEM)
		return err;
	probe->err = err;
	rp_probe_set_armed(id, !err);
	if (err && !known)
		pr_notice("%s: cannot be probed (error %d), lost without it: %s\n",
			  rp_probe_descs[id].symbol, err, rp_probe_descs[id].use);
	return 0;
}

/* nmissed: no free instance; kp.nmissed: another probe was running on this CPU. */
static u64 rp_probe_nmissed(const struct rp_probe *probe)
{
	return probe->missed + READ_ONCE(probe->krp.nmissed) + READ_ONCE(probe->krp.kp.nmissed);
}

static void rp_probe_unregister(unsigned long probes)
{
	unsigned int id;

	if (!probes)
		return;
	rp_probe_detach(probes);
	rp_filter_forget();
	for_each_set_bit(id, &probes, __RP_PROBE_MAX) {
		struct rp_probe *probe = &rp_probes[id];

		probe->missed = rp_probe_nmissed(probe);
		probe->krp.nmissed = 0;
		probe->krp.kp.nmissed = 0;
	}
}

static unsigned long rp_probe_armed(void)
{
	unsigned long armed = 0;
	unsigned int id;

	for (id = 0; id < __RP_PROBE_MAX; id++)
		__assign_bit(id, &armed, rp_probes[id].armed);
	return armed;
}

/* Is there a filter, or a freeze? */
static bool rp_probe_choosing;

/* @armed: what is, or is about to be */
static void rp_probe_update_picky(unsigned long armed)
{
	if (!rp_probe_choosing && !(armed & BIT(RP_PROBE_IP_ROUTE_OUTPUT_FLOW))) {
		static_branch_disable(&rp_probe_picky);
		return;
	}
	/* Of calls that returned to handlers which know of no marks */
	if (!static_key_enabled(&rp_probe_picky))
		rp_filter_forget();
	static_branch_enable(&rp_probe_picky);
}

/* Without any probe of these groups there is nothing to tell. */
static int rp_probe_check(unsigned long wanted, unsigned long armed)
{
	static const enum rp_group needed[] = { RP_GROUP_OUTPUT, RP_GROUP_LOOKUP };
	int i;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		unsigned long group = 0;
		unsigned int id;

		for_each_set_bit(id, &wanted, __RP_PROBE_MAX)
			if (rp_probe_descs[id].group == needed[i])
				__set_bit(id, &group);
		if (group && !(group & armed)) {
			pr_err("no probe of group \"%s\" could be attached to this kernel\n",
			       rp_group_names[needed[i]]);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

/**
 * rp_probe_arm() - arm exactly this set of probes
 * @probes: one bit per id; 0 disarms all
 * @maxactive: calls of one function that may be under way at once, for probes
 *	that are not armed yet
 *
 * A probe that cannot be attached is noted and left out, unless it was for want
 * of memory: that is no property of this kernel.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; or -EOPNOTSUPP when not one output, or not one lookup probe
 * of those asked for could be attached.  After an error all is armed as before.
 */
int rp_probe_arm(unsigned long probes, unsigned int maxactive)
{
	unsigned long before, fresh;
	unsigned int id;
	int err = 0;

	mutex_lock(&rp_probe_lock);
	before = rp_probe_armed();
	fresh = probes & ~before;
	rp_probe_update_picky(probes | before);
	for_each_set_bit(id, &fresh, __RP_PROBE_MAX) {
		err = rp_probe_register(id, maxactive);
		if (err)
			break;
	}

	err = err ?: rp_probe_check(probes, rp_probe_armed());
	rp_probe_unregister(rp_probe_armed() & ~(err ? before : probes));
	rp_probe_update_picky(rp_probe_armed());
	mutex_unlock(&rp_probe_lock);
	return err;
}

/**
 * rp_probe_choose() - may there be calls that are not to be recorded?
 * @choose: to be said before there are, and after there were
 *
 * Context: may sleep.
 */
void rp_probe_choose(bool choose)
{
	mutex_lock(&rp_probe_lock);
	rp_probe_choosing = choose;
	rp_probe_update_picky(rp_probe_armed());
	mutex_unlock(&rp_probe_lock);
}

struct rp_probe_status rp_probe_status(unsigned int id)
{
	const struct rp_probe *probe = &rp_probes[id];
	struct rp_probe_status status = { };
	int cpu, i;

	mutex_lock(&rp_probe_lock);
	status.armed = probe->armed;
	status.err = probe->err;
	status.missed = rp_probe_nmissed(probe);
	mutex_unlock(&rp_probe_lock);

	for_each_possible_cpu(cpu) {
		const struct rp_counts *counts = per_cpu_ptr(rp_counts, cpu) + id;

		status.filtered += READ_ONCE(counts->filtered);
		for (i = 0; i < ARRAY_SIZE(counts->hist); i++)
			status.recorded += READ_ONCE(counts->hist[i]);
	}
	return status;
}

void rp_probe_hist(unsigned int id, u64 hist[RP_PROBE_HIST])
{
	int cpu, i;

	memset(hist, 0, RP_PROBE_HIST * sizeof(*hist));
	for_each_possible_cpu(cpu) {
		const struct rp_counts *counts = per_cpu_ptr(rp_counts, cpu) + id;

		for (i = 0; i < ARRAY_SIZE(counts->hist); i++)
			hist[min(i, RP_PROBE_HIST - 1)] += READ_ONCE(counts->hist[i]);
	}
}

int rp_probe_init(void)
{
	rp_counts = __alloc_percpu(__RP_PROBE_MAX * sizeof(*rp_counts), sizeof(u64));
	return rp_counts ? 0 : -ENOMEM;
}

/* Nothing is armed, and no file is there. */
void rp_probe_exit(void)
{
	free_percpu(rp_counts);
}
