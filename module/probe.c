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
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "caller.h"
#include "compat.h"
#include "fill.h"
#include "filter.h"
#include "freeze.h"
#include "probe.h"
#include "ring.h"

struct rp_probe {
	struct kretprobe krp;	/* at entry: only the kprobe in it */
	struct tracepoint *tp;
	const struct rp_probe_desc *desc;
	struct rp_counts __percpu *counts;
	unsigned int id;
	bool armed;
	int err;
	u64 missed;		/* in earlier registrations: each starts from 0 */
};

struct rp_counts {
	u64 filtered;
	u64 hist[RP_PROBE_HIST];	/* of all that were recorded */
};

static struct rp_probe rp_probes[__RP_PROBE_MAX];

/* By probe; too much for what a module may have of static memory per CPU. */
static struct rp_counts __percpu *rp_counts;

/* Protects rp_probes[], but for what the kprobes core keeps inside krp. */
static DEFINE_MUTEX(rp_probe_lock);

static nokprobe_inline const struct rp_probe *rp_probe_of(const struct kprobe *kp)
{
	return container_of(kp, struct rp_probe, krp.kp);
}

static nokprobe_inline u8 rp_probe_context(void)
{
	if (in_hardirq())
		return RP_CONTEXT_HARDIRQ;
	if (in_serving_softirq())
		return RP_CONTEXT_SOFTIRQ;
	return RP_CONTEXT_TASK;
}

/* Of this call there is to be no record. */
void rp_probe_passed_over(unsigned int id)
{
	this_cpu_inc(rp_probes[id].counts->filtered);
}
NOKPROBE_SYMBOL(rp_probe_passed_over);

static nokprobe_inline bool rp_probe_wanted(struct rp_call *call, u8 kind)
{
	if (likely(!rcu_access_pointer(rp_filter)))
		return true;
	return rp_filter_enter(kind, rp_probe_context(), call->net,
			       call->has & RP_HAS_FLOW ? &call->flow : NULL, &call->mark);
}

static nokprobe_inline bool rp_probe_begin(const struct rp_probe *probe, struct rp_call *call,
					   struct pt_regs *regs)
{
	call->net = NULL;
	call->has = 0;
	call->signal = (struct rp_signal) { };
	call->mark = NULL;
	if (likely(!rp_freeze_frozen()) && probe->desc->entry(call, regs) &&
	    rp_probe_wanted(call, probe->desc->kind))
		return true;
	this_cpu_inc(probe->counts->filtered);
	return false;
}

/* Of what the slot held before nothing stays. */
static nokprobe_inline void rp_probe_fill(struct rp_record *rec, const struct rp_probe *probe,
					  const struct rp_call *call, u64 start_ns, u64 end_ns)
{
	rec->time_ns = start_ns;
	rec->duration_ns = end_ns - start_ns;
	rec->netns = call->net ? rp_fill_netns(call->net) : 0;
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rp_fill_name(rec->comm, current->comm);
	rec->err = 0;
	rec->reserved = 0;
	rec->probe = probe->id;
	rec->cpu = smp_processor_id();
	rec->kind = probe->desc->kind;
	rec->context = rp_probe_context();
	rec->verdict = RP_VERDICT_NONE;
	rec->has = call->has;
	if (call->has & RP_HAS_FLOW)
		rec->flow = call->flow;
	else
		rec->flow = (struct rp_flow) { };
	if (call->has & RP_HAS_ROUTE) {
		rec->route = call->route;
	} else {
		/* in halves: gcc takes an instruction that is slow to start for the whole */
		memset(&rec->route, 0, sizeof(rec->route) / 2);
		memset((void *)&rec->route + sizeof(rec->route) / 2, 0, sizeof(rec->route) / 2);
	}
	rec->signal = call->signal;	/* the union's largest */
}

/*
 * Interrupts are off from the first to the last byte of a record: there is one
 * writer per ring, and the order in the ring is that of the clock.
 *
 * The clock is ktime_get_ns(), which never goes back, and not a "fast" one,
 * which may: records are put in order by it.  It would spin for ever only in a
 * handler that interrupted the clock's own update, and none of the probed
 * functions runs in an NMI, or in an interrupt that could do that.
 *
 * @start_ns: 0: what is recorded takes no time
 */
static nokprobe_inline void rp_probe_record(const struct rp_probe *probe, const struct rp_call *call,
					    unsigned long ret, u32 caller, u64 start_ns)
{
	struct rp_record *rec;
	unsigned long flags;
	u64 now;

	local_irq_save(flags);
	rec = rp_ring_reserve();
	if (likely(rec)) {
		now = ktime_get_ns();
		rp_probe_fill(rec, probe, call, start_ns ?: now, now);
		rec->caller = caller;
		probe->desc->decode(call, ret, rec);
		if (likely((!rcu_access_pointer(rp_filter) || rp_filter_pass(call->net, rec)) &&
			   rp_freeze_admits())) {
			rp_ring_commit(rec);
			__this_cpu_inc(probe->counts->hist[min(fls64(rec->duration_ns),
							       RP_PROBE_HIST - 1)]);
			rp_freeze_look(call->net, rec);
		} else {
			rp_ring_cancel();
			__this_cpu_inc(probe->counts->filtered);
		}
	}
	local_irq_restore(flags);
}

/* Of a kretprobe */
static int rp_probe_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct rp_call *call = (struct rp_call *)ri->data;

	if (!rp_probe_begin(rp_probe_of(&rp_compat_kretprobe(ri)->kp), call, regs))
		return 1;	/* no return handler for this call */
	call->sp = rp_compat_sp_after(regs);
	call->time_ns = ktime_get_ns();
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_entry);

/* Without a record of what is between, a decision's names who asked it. */
static nokprobe_inline u32 rp_probe_caller(const struct rp_probe *probe,
					   const struct rp_call *call,
					   struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long addr = rp_compat_caller(ri, regs);

	if (probe->id == RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU &&
	    !READ_ONCE(rp_probes[RP_PROBE_IP_ROUTE_OUTPUT_FLOW].armed))
		addr = rp_caller_asker(addr, call->sp, frame_pointer(regs));
	return rp_caller_id(addr);
}

static int rp_probe_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct rp_call *call = (const struct rp_call *)ri->data;
	const struct rp_probe *probe = rp_probe_of(&rp_compat_kretprobe(ri)->kp);
	const struct rp_probe_desc *desc = probe->desc;
	unsigned long ret = regs_return_value(regs);

	if (call->mark)
		rp_filter_leave(call->mark, rp_probe_context());
	if ((desc->keep && !desc->keep(ret)) ||
	    (rcu_access_pointer(rp_filter) && desc->failed && !desc->failed(ret) &&
	     rp_filter_wants_errors()))
		this_cpu_inc(probe->counts->filtered);
	else
		rp_probe_record(probe, call, ret, rp_probe_caller(probe, call, ri, regs),
				call->time_ns);
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_return);

/* Of a kprobe */
static int rp_probe_pre(struct kprobe *kp, struct pt_regs *regs)
{
	const struct rp_probe *probe = rp_probe_of(kp);
	struct rp_call call;

	if (rp_probe_begin(probe, &call, regs))
		rp_probe_record(probe, &call, 0, rp_caller_id(rp_compat_entry_caller(regs)), 0);
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_pre);

/**
 * rp_probe_told() - record what a tracepoint tells
 * @id: whose
 * @call: what decode needs, all of it filled in
 * @ret: for decode
 */
void rp_probe_told(unsigned int id, struct rp_call *call, unsigned long ret)
{
	const struct rp_probe *probe = &rp_probes[id];

	preempt_disable_notrace();
	if (likely(!rp_freeze_frozen()) && rp_probe_wanted(call, probe->desc->kind))
		rp_probe_record(probe, call, ret, 0, 0);
	else
		this_cpu_inc(probe->counts->filtered);
	preempt_enable_notrace();
}
NOKPROBE_SYMBOL(rp_probe_told);

static void rp_probe_find_tracepoint(struct tracepoint *tp, void *data)
{
	struct rp_probe *probe = data;

	if (!strcmp(tp->name, rp_probe_descs[probe->id].symbol))
		probe->tp = tp;
}

static int rp_probe_attach(unsigned int id, unsigned int maxactive)
{
	const struct rp_probe_desc *desc = &rp_probe_descs[id];
	struct rp_probe *probe = &rp_probes[id];

	/* Fresh each time: registering leaves an address behind in the kprobe. */
	probe->krp = (struct kretprobe) { .kp.symbol_name = desc->symbol };
	probe->desc = desc;
	probe->counts = rp_counts + id;
	probe->id = id;
	switch (desc->attach) {
	case RP_ATTACH_RETURN:
		probe->krp.entry_handler = rp_probe_entry;
		probe->krp.handler = rp_probe_return;
		probe->krp.data_size = sizeof(struct rp_call);
		probe->krp.maxactive = maxactive;
		return register_kretprobe(&probe->krp);
	case RP_ATTACH_ENTRY:
		probe->krp.kp.pre_handler = rp_probe_pre;
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
	unsigned int id;
	int nkrps = 0, nkps = 0;

	for_each_set_bit(id, &probes, __RP_PROBE_MAX) {
		struct rp_probe *probe = &rp_probes[id];

		switch (rp_probe_descs[id].attach) {
		case RP_ATTACH_RETURN:
			krps[nkrps++] = &probe->krp;
			break;
		case RP_ATTACH_ENTRY:
			kps[nkps++] = &probe->krp.kp;
			break;
		case RP_ATTACH_TRACEPOINT:
			tracepoint_probe_unregister(probe->tp, rp_probe_descs[id].trace, NULL);
		}
	}
	if (nkrps)
		unregister_kretprobes(krps, nkrps);
	if (nkps)
		unregister_kprobes(kps, nkps);
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
	probe->armed = !err;
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
		probe->armed = false;
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
	for_each_set_bit(id, &fresh, __RP_PROBE_MAX) {
		err = rp_probe_register(id, maxactive);
		if (err)
			break;
	}

	err = err ?: rp_probe_check(probes, rp_probe_armed());
	rp_probe_unregister(rp_probe_armed() & ~(err ? before : probes));
	mutex_unlock(&rp_probe_lock);
	return err;
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
		for (i = 0; i < RP_PROBE_HIST; i++)
			status.recorded += READ_ONCE(counts->hist[i]);
	}
	return status;
}

void rp_probe_hist(unsigned int id, u64 hist[RP_PROBE_HIST])
{
	int cpu, i;

	memset(hist, 0, RP_PROBE_HIST * sizeof(*hist));
	for_each_possible_cpu(cpu)
		for (i = 0; i < RP_PROBE_HIST; i++)
			hist[i] += READ_ONCE((per_cpu_ptr(rp_counts, cpu) + id)->hist[i]);
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
