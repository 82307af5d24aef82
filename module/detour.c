// SPDX-License-Identifier: GPL-2.0
/* Goes to a handler by ftrace alone: see detour.h. */
#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/rcupdate.h>

#include "detour.h"

#ifdef RP_COMPAT_DETOURS
/*
 * Where ftrace patches the function.  A kprobe that is never enabled finds it:
 * kallsyms is not for modules, and a kprobe knows what is before the patched call.
 */
static void *rp_detour_site(const char *symbol)
{
	struct kprobe kp = { .symbol_name = symbol, .flags = KPROBE_FLAG_DISABLED };
	bool patched;
	int err;

	err = register_kprobe(&kp);
	if (err)
		return ERR_PTR(err);
	patched = kprobe_ftrace(&kp);
	unregister_kprobe(&kp);
	return patched ? kp.addr : ERR_PTR(-ENODEV);
}

int rp_detour_attach(struct rp_detour_ops *detoured, const struct rp_detour *detour,
		     const char *symbol)
{
	struct ftrace_ops *ops = &detoured->ops;
	void *site = rp_detour_site(symbol);
	int err;

	if (IS_ERR(site))
		return PTR_ERR(site);
	if (detour->set_body)
		detour->set_body(site + MCOUNT_INSN_SIZE);

	*ops = (struct ftrace_ops) { .func = detour->callback, .flags = detour->flags };
	err = ftrace_set_filter_ip(ops, (unsigned long)site, 0, 0) ?:
	      register_ftrace_function(ops);
	if (err)
		ftrace_free_filter(ops);
	return err;
}

/* Whoever is inside stays there until rp_detour_wait(). */
void rp_detour_detach(struct rp_detour_ops *detoured)
{
	unregister_ftrace_function(&detoured->ops);
	ftrace_free_filter(&detoured->ops);
}

/*
 * Returns when all who were on their way into a wrapper, in it, or on the way out
 * have gone.  They never sleep there: RCU Tasks waits for tasks, which may be
 * preempted; and RCU for softirqs that run on an idle task, which RCU Tasks does not
 * know, and which are not preempted.
 */
void rp_detour_wait(void)
{
	synchronize_rcu_tasks();
	synchronize_rcu();
}
#endif
