// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: one entry and one return handler for all rows of the table, and
 * the arming and disarming of any set of them.
 *
 * An armed probe is a registered kretprobe; a disarmed one is not registered
 * and costs nothing.  Each is registered by itself, because
 * register_kretprobes() gives up all when one symbol is absent.
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

#include "caller.h"
#include "compat.h"
#include "fill.h"
#include "filter.h"
#include "freeze.h"
#include "probe.h"
#include "ring.h"

struct rp_probe {
	struct kretprobe krp;
	bool armed;
	int err;
	u64 missed;		/* in earlier registrations: each starts from 0 */
};

struct rp_counts {
	u64 recorded;
	u64 filtered;
	u64 hist[RP_PROBE_HIST];
};

static struct rp_probe rp_probes[__RP_PROBE_MAX];

/* By probe; too much for what a module may have of static memory per CPU. */
static struct rp_counts __percpu *rp_counts;

/* Protects rp_probes[], but for what the kprobes core keeps inside krp. */
static DEFINE_MUTEX(rp_probe_lock);

static unsigned int rp_probe_id(struct kretprobe_instance *ri)
{
	return container_of(rp_compat_kretprobe(ri), struct rp_probe, krp) - rp_probes;
}
NOKPROBE_SYMBOL(rp_probe_id);

static u8 rp_probe_context(void)
{
	if (in_hardirq())
		return RP_CONTEXT_HARDIRQ;
	if (in_serving_softirq())
		return RP_CONTEXT_SOFTIRQ;
	return RP_CONTEXT_TASK;
}
NOKPROBE_SYMBOL(rp_probe_context);

static bool rp_probe_wanted(struct rp_call *call, u8 kind)
{
	if (!rcu_access_pointer(rp_filter))
		return true;
	return rp_filter_enter(kind, rp_probe_context(), call->net,
			       call->has & RP_HAS_FLOW ? &call->flow : NULL, &call->mark);
}
NOKPROBE_SYMBOL(rp_probe_wanted);

/*
 * The clock is ktime_get_ns(), which never goes back, and not a "fast" one,
 * which may: records are put in order by it.  It would spin for ever only in a
 * handler that interrupted the clock's own update, and none of the probed
 * functions runs in an NMI, or in an interrupt that could do that.
 */
static int rp_probe_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct rp_call *call = (struct rp_call *)ri->data;
	unsigned int id = rp_probe_id(ri);
	const struct rp_probe_desc *desc = &rp_probe_descs[id];

	memset(call, 0, sizeof(*call));
	if (rp_freeze_frozen() || !desc->entry(call, regs) ||
	    !rp_probe_wanted(call, desc->kind)) {
		this_cpu_inc(rp_counts[id].filtered);
		return 1;	/* no return handler for this call */
	}
	call->time_ns = ktime_get_ns();
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_entry);

static void rp_probe_fill(struct rp_record *rec, unsigned int id, const struct rp_call *call)
{
	rec->time_ns = call->time_ns;
	rec->duration_ns = ktime_get_ns() - call->time_ns;
	if (call->net)
		rec->netns = rp_fill_netns(call->net);
	rec->tid = current->pid;
	rec->tgid = current->tgid;
	rp_fill_name(rec->comm, current->comm);
	rec->probe = id;
	rec->cpu = smp_processor_id();
	rec->kind = rp_probe_descs[id].kind;
	rec->context = rp_probe_context();
	rec->has = call->has;
	if (call->has & RP_HAS_FLOW)
		rec->flow = call->flow;
	if (call->has & RP_HAS_ROUTE)
		rec->route = call->route;
	if (call->has & RP_HAS_SIGNAL)
		rec->signal = call->signal;
}
NOKPROBE_SYMBOL(rp_probe_fill);

static void rp_probe_count(unsigned int id, u64 duration_ns)
{
	struct rp_counts *counts = this_cpu_ptr(rp_counts) + id;

	counts->recorded++;
	counts->hist[min(fls64(duration_ns), RP_PROBE_HIST - 1)]++;
}
NOKPROBE_SYMBOL(rp_probe_count);

/*
 * Interrupts are off from the first to the last byte of a record: there is one
 * writer per ring, and the order in the ring is that of the clock.
 */
static int rp_probe_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct rp_call *call = (const struct rp_call *)ri->data;
	unsigned int id = rp_probe_id(ri);
	const struct rp_probe_desc *desc = &rp_probe_descs[id];
	unsigned long ret = regs_return_value(regs);
	struct rp_record *rec;
	unsigned long flags;

	if (call->mark)
		rp_filter_leave(call->mark, rp_probe_context());
	if (desc->keep && !desc->keep(ret)) {
		this_cpu_inc(rp_counts[id].filtered);
		return 0;
	}

	local_irq_save(flags);
	rec = rp_ring_reserve();
	if (likely(rec)) {
		rp_probe_fill(rec, id, call);
		desc->decode(call, ret, rec);
		if (likely(rp_filter_pass(call->net, rec) && rp_freeze_admits())) {
			rec->caller = rp_caller_id(rp_compat_caller(ri, regs));
			rp_ring_commit(rec);
			rp_probe_count(id, rec->duration_ns);
			rp_freeze_look(call->net, rec);
		} else {
			rp_ring_cancel();
			__this_cpu_inc(rp_counts[id].filtered);
		}
	}
	local_irq_restore(flags);
	return 0;
}
NOKPROBE_SYMBOL(rp_probe_return);

/* Return: -ENOMEM, or 0, also when this kernel does not let it be probed. */
static int rp_probe_register(unsigned int id, unsigned int maxactive)
{
	struct rp_probe *probe = &rp_probes[id];
	bool known = probe->err;
	int err;

	/* Fresh each time: registering leaves an address behind in the kprobe. */
	probe->krp = (struct kretprobe) {
		.kp.symbol_name	= rp_probe_descs[id].symbol,
		.entry_handler	= rp_probe_entry,
		.handler	= rp_probe_return,
		.data_size	= sizeof(struct rp_call),
		.maxactive	= maxactive,
	};
	err = register_kretprobe(&probe->krp);
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

/* On return no handler runs, and none will: unregistering waits for them. */
static void rp_probe_unregister(unsigned long probes)
{
	struct kretprobe *krps[__RP_PROBE_MAX];
	unsigned int id;
	int n = 0;

	for_each_set_bit(id, &probes, __RP_PROBE_MAX)
		krps[n++] = &rp_probes[id].krp;
	if (!n)
		return;
	unregister_kretprobes(krps, n);
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
	int cpu;

	mutex_lock(&rp_probe_lock);
	status.armed = probe->armed;
	status.err = probe->err;
	status.missed = rp_probe_nmissed(probe);
	mutex_unlock(&rp_probe_lock);

	for_each_possible_cpu(cpu) {
		const struct rp_counts *counts = per_cpu_ptr(rp_counts, cpu) + id;

		status.recorded += READ_ONCE(counts->recorded);
		status.filtered += READ_ONCE(counts->filtered);
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
