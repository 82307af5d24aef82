// SPDX-License-Identifier: GPL-2.0
/*
 * How a probe is attached: by what its row prefers, a detour, and where the kernel
 * does not let us, by a kretprobe or a kprobe.
 */
#include <linux/kprobes.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "attach.h"
#include "compat.h"
#include "detour.h"
#include "hit.h"
#include "probe.h"

struct rp_attach_search {
	const char *name;
	struct tracepoint *found;
};

static void rp_attach_look(struct tracepoint *tp, void *data)
{
	struct rp_attach_search *search = data;

	if (!strcmp(tp->name, search->name))
		search->found = tp;
}

static int rp_attach_tracepoint(struct rp_attached *at)
{
	struct rp_attach_search search = { .name = at->row->symbol };
	int err;

	if (!at->row->on_trace)
		return -EOPNOTSUPP;
	for_each_kernel_tracepoint(rp_attach_look, &search);
	if (!search.found)
		return -ENOENT;
	err = tracepoint_probe_register(search.found, at->row->on_trace, NULL);
	at->tp = search.found;
	at->hook = err ? NULL : "tracepoint";
	return err;
}

static int rp_attach_kprobe(struct rp_attached *at)
{
	int err;

	at->krp.kp.pre_handler = at->row->on_pre;
	err = register_kprobe(&at->krp.kp);
	at->hook = err ? NULL : "kprobe";
	return err;
}

static int rp_attach_kretprobe(struct rp_attached *at, unsigned int maxactive)
{
	int err;

	at->krp.entry_handler = at->row->on_entry;
	at->krp.handler = at->row->on_return;
	at->krp.data_size = sizeof(struct rp_call);
	at->krp.maxactive = maxactive;
	err = register_kretprobe(&at->krp);
	at->hook = err ? NULL : "kretprobe";
	return err;
}

/* Return: whether it is attached; if not, there is another way. */
static bool rp_attach_detour(struct rp_attached *at, enum rp_hook hook)
{
	const struct rp_detour *detour = at->row->detour;
	int err;

	if (!detour || hook == RP_HOOK_KPROBE)
		return false;
	err = rp_detour_attach(&at->detour, detour, at->row->symbol);
	if (err) {
		if (err != -ENOENT)	/* else there is no such function */
			pr_notice("%s: no %s (error %d), a %s is used: some %u instructions more per call\n",
				  at->row->symbol, detour->name, err,
				  detour->set_body ? "kretprobe" : "kprobe",
				  detour->set_body ? 360 : 120);
		return false;
	}
	at->hook = detour->name;
	return true;
}

/* Once at the start: what this kernel has not for any row, and what that costs. */
void rp_attach_say_lack(void)
{
#ifndef RP_COMPAT_DETOURS
	pr_info("hook: this kernel has no wrappers, kretprobes are used: some 360 instructions more per call%s\n",
		IS_ENABLED(CONFIG_KPROBES_ON_FTRACE) ? "" : ", and a breakpoint each");
#endif
}

/**
 * rp_attach() - attach the probe of a row
 * @at: not attached; missed is kept
 * @row: the row
 * @maxactive: calls of the function that a kretprobe may follow at once
 * @hook: what to attach it by
 *
 * Context: may sleep.
 * Return: 0, or a negative errno: this kernel does not let it be probed, or has no
 * memory (-ENOMEM).
 */
int rp_attach(struct rp_attached *at, const struct rp_row *row, unsigned int maxactive,
	      enum rp_hook hook)
{
	at->row = row;
	/* Fresh each time: registering leaves an address behind in the kprobe. */
	at->krp = (struct kretprobe) { .kp.symbol_name = row->symbol };
	at->seen_no_instance = 0;
	at->seen_passed_over = 0;
	at->detoured = rp_attach_detour(at, hook);
	if (at->detoured)
		return 0;
	switch (row->attach) {
	case RP_ATTACH_RETURN:
		return rp_attach_kretprobe(at, maxactive);
	case RP_ATTACH_ENTRY:
		return rp_attach_kprobe(at);
	case RP_ATTACH_TRACEPOINT:
		return rp_attach_tracepoint(at);
	}
	return -EINVAL;
}

/**
 * rp_attach_missed() - calls of the function that were not seen
 * @at: attached, or no more
 *
 * The kernel counts from 0 for each registration; and those for which a kretprobe
 * had no free instance in an int, which wraps.  The others are those that came while
 * another probe was running on their CPU.
 */
u64 rp_attach_missed(struct rp_attached *at)
{
	unsigned int no_instance = READ_ONCE(at->krp.nmissed);
	unsigned long passed_over = READ_ONCE(at->krp.kp.nmissed);

	at->missed += no_instance - at->seen_no_instance;
	at->missed += passed_over - at->seen_passed_over;
	at->seen_no_instance = no_instance;
	at->seen_passed_over = passed_over;
	return at->missed;
}

/**
 * rp_detach() - let go of some probes
 * @at: attached, in the order of their ids
 * @count: how many, at most __RP_PROBE_MAX
 *
 * Tracepoints go last, as the record of a lookup stands for that of a rule.
 *
 * Context: may sleep.  On return no handler of these runs, and none will.
 */
void rp_detach(struct rp_attached *const *at, unsigned int count)
{
	struct kretprobe *krps[__RP_PROBE_MAX];
	struct kprobe *kps[__RP_PROBE_MAX];
	int nkrps = 0, nkps = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (at[i]->detoured)
			rp_detour_detach(&at[i]->detour);
		else if (at[i]->row->attach == RP_ATTACH_RETURN)
			krps[nkrps++] = &at[i]->krp;
		else if (at[i]->row->attach == RP_ATTACH_ENTRY)
			kps[nkps++] = &at[i]->krp.kp;
	}
	if (nkrps)
		unregister_kretprobes(krps, nkrps);
	if (nkps)
		unregister_kprobes(kps, nkps);
	for (i = 0; i < count; i++)
		if (at[i]->row->attach == RP_ATTACH_TRACEPOINT)
			tracepoint_probe_unregister(at[i]->tp, at[i]->row->on_trace, NULL);
	tracepoint_synchronize_unregister();
	rp_detour_wait();
	for (i = 0; i < count; i++) {
		rp_attach_missed(at[i]);
		at[i]->hook = NULL;
	}
}
