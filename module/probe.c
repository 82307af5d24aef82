// SPDX-License-Identifier: GPL-2.0
/*
 * Arms and disarms any set of the rows of the probe table, and knows what each has
 * counted.
 *
 * An armed probe is attached to the kernel; a disarmed one is not, and costs nothing.
 * Each is attached by itself, because one symbol that is absent is to cost only its
 * own row.
 */
#include <linux/bitops.h>
#include <linux/in.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <net/flow.h>
#include <net/net_namespace.h>
#include <net/route.h>

#include "attach.h"
#include "hit.h"
#include "omit.h"
#include "probe.h"

struct rp_probe {
	struct rp_attached at;
	bool blind;
	int err;
};

/* Protects all of these but what handlers read. */
static DEFINE_MUTEX(rp_probe_lock);

static struct rp_probe rp_probes[__RP_PROBE_MAX];

/* Is there a filter, a freeze, or a stack to take? */
static bool rp_probe_choosing;

static void rp_probe_tell(unsigned int id, bool armed)
{
	if (rp_rows[id]->armed)
		rp_rows[id]->armed(armed);
}

/* Return: -ENOMEM, or 0, also when this kernel does not let it be probed. */
static int rp_probe_register(unsigned int id, unsigned int maxactive, enum rp_hook hook)
{
	struct rp_probe *probe = &rp_probes[id];
	bool known = probe->err;
	int err;

	err = rp_attach(&probe->at, rp_rows[id], maxactive, hook);
	if (err == -ENOMEM)
		return err;
	probe->err = err;
	probe->blind = false;
	if (!err)
		rp_probe_tell(id, true);
	else if (!known)
		pr_notice("%s: cannot be probed (error %d), lost without it: %s\n",
			  rp_rows[id]->symbol, err, rp_rows[id]->use);
	return 0;
}

static void rp_probe_unregister(unsigned long probes)
{
	struct rp_attached *at[__RP_PROBE_MAX];
	unsigned int id, count = 0;

	if (!probes)
		return;
	for_each_set_bit(id, &probes, __RP_PROBE_MAX) {
		rp_probe_tell(id, false);
		at[count++] = &rp_probes[id].at;
	}
	rp_detach(at, count);
	/* Calls under way return to nobody, and what they claimed stays. */
	rp_filter_forget();
	rp_omit_forget();
}

static unsigned long rp_probe_armed(void)
{
	unsigned long armed = 0;
	unsigned int id;

	for (id = 0; id < __RP_PROBE_MAX; id++)
		__assign_bit(id, &armed, rp_probes[id].at.hook);
	return armed;
}

/*
 * Switches the way that calls go.  A call may have begun the other way: that of a
 * kretprobe is asked again at its return, and a wrapper's, which is not, runs under the
 * RCU read lock and so has ended on return.  What calls of before have marked is
 * forgotten, since the plain way knows of no marks.
 */
static void rp_probe_filtered(bool filtered)
{
	if (!filtered) {
		static_branch_disable(&rp_hit_filtered);
		return;
	}
	if (!static_key_enabled(&rp_hit_filtered))
		rp_filter_forget();
	static_branch_enable(&rp_hit_filtered);
	synchronize_rcu();
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
			if (rp_rows[id]->group == needed[i])
				__set_bit(id, &group);
		if (group && !(group & armed)) {
			pr_err("no probe of group \"%s\" could be attached to this kernel\n",
			       rp_group_names[needed[i]]);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

/*
 * A probe can be attached and see nothing: the compiler may have inlined the function
 * wherever it is called, and ftrace may be switched off.  So look a route up, and see
 * who notices.  It is not recorded; the answer does not matter.
 */
static void rp_probe_test(unsigned long armed)
{
	struct flowi4 fl4 = { .daddr = htonl(INADDR_LOOPBACK) };
	struct rtable *rt;
	unsigned int id;

	rp_probe_filtered(true);
	rp_hit_tested = 0;
	WRITE_ONCE(rp_hit_tester, current);
	rt = ip_route_output_key(&init_net, &fl4);
	WRITE_ONCE(rp_hit_tester, NULL);
	if (!IS_ERR(rt))
		ip_rt_put(rt);

	for_each_set_bit(id, &armed, __RP_PROBE_MAX) {
		rp_probes[id].blind = rp_rows[id]->tested && !test_bit(id, &rp_hit_tested);
		if (rp_probes[id].blind)
			pr_warn("%s: attached by a %s, but a lookup did not pass it, lost: %s\n",
				rp_rows[id]->symbol, rp_probes[id].at.hook, rp_rows[id]->use);
	}
}

/**
 * rp_probe_arm() - arm exactly this set of probes
 * @probes: one bit per id; 0 disarms all
 * @maxactive: calls of one function that may be under way at once, for kretprobes
 *	that are not armed yet
 * @hook: how to attach those
 *
 * A probe that cannot be attached is noted and left out, unless it was for want
 * of memory: that is no property of this kernel.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; or -EOPNOTSUPP when not one output, or not one lookup probe
 * of those asked for could be attached.  After an error all is armed as before.
 */
int rp_probe_arm(unsigned long probes, unsigned int maxactive, enum rp_hook hook)
{
	unsigned long before, fresh;
	unsigned int id;
	int err = 0;

	mutex_lock(&rp_probe_lock);
	before = rp_probe_armed();
	fresh = probes & ~before;
	for_each_set_bit(id, &fresh, __RP_PROBE_MAX) {
		err = rp_probe_register(id, maxactive, hook);
		if (err)
			break;
	}

	err = err ?: rp_probe_check(probes, rp_probe_armed());
	rp_probe_unregister(rp_probe_armed() & ~(err ? before : probes));
	if (fresh && !err)
		rp_probe_test(rp_probe_armed());
	rp_probe_filtered(rp_probe_choosing);
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
	rp_probe_filtered(choose);
	mutex_unlock(&rp_probe_lock);
}

struct rp_probe_status rp_probe_status(unsigned int id)
{
	struct rp_probe *probe = &rp_probes[id];
	struct rp_probe_status status = { };
	int cpu, i;

	mutex_lock(&rp_probe_lock);
	status.hook = probe->at.hook;
	status.blind = probe->blind;
	status.err = probe->err;
	status.missed = rp_attach_missed(&probe->at);
	mutex_unlock(&rp_probe_lock);

	for_each_possible_cpu(cpu) {
		const struct rp_hit_counts *counts = per_cpu_ptr(rp_hit_counts, cpu) + id;

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
		const struct rp_hit_counts *counts = per_cpu_ptr(rp_hit_counts, cpu) + id;

		for (i = 0; i < ARRAY_SIZE(counts->hist); i++)
			hist[min(i, RP_PROBE_HIST - 1)] += READ_ONCE(counts->hist[i]);
	}
}

int rp_probe_init(void)
{
	rp_clock_init();
	rp_hit_counts = __alloc_percpu(__RP_PROBE_MAX * sizeof(*rp_hit_counts), sizeof(u64));
	return rp_hit_counts ? 0 : -ENOMEM;
}

/* Nothing is armed, and no file is there. */
void rp_probe_exit(void)
{
	free_percpu(rp_hit_counts);
}
