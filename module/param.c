// SPDX-License-Identifier: GPL-2.0
/*
 * The module parameters: all control of routeprobe, with the same words on the
 * insmod line, in modprobe.d and at run time in /sys/module.  A value that
 * cannot be is refused with -EINVAL and one line in the log that names the word
 * at fault and what is allowed, and the old value stays in force.
 */
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "attach.h"
#include "caller.h"
#include "filter.h"
#include "freeze.h"
#include "param.h"
#include "probe.h"
#include "ring.h"
#include "stack.h"

#define RP_MAXACTIVE_MAX	16384U

/*
 * Values given with insmod are only stored; rp_param_start() puts them in force.
 * sysfs keeps the files until after the module's exit function: by then nothing
 * may be armed again.
 */
static enum { RP_PARAM_LOADING, RP_PARAM_LIVE, RP_PARAM_STOPPED } rp_param_phase;

/* Protects the phase and all settings, and that they are what is in force. */
static DEFINE_MUTEX(rp_param_lock);

static bool rp_enable = true;
static bool rp_take_stacks;

/* 0: not set, see rp_param_start(). */
static unsigned long rp_wanted;

/* 16384 records of 256 bytes: 4 MiB per CPU, nearly three times what ftrace takes. */
static unsigned int rp_records = 16384;

/*
 * Calls of one function under way at once.  At most one per CPU and context
 * (task, softirq, hardirq), and one for each task that was preempted inside;
 * ip_route_output_flow() may also sleep, when IPsec looks for keys.  A call for
 * which none is left is counted as missed.  0: not set, see rp_param_start().
 */
static unsigned int rp_maxactive;

static unsigned int rp_gid;

static enum rp_hook rp_hook = RP_HOOK_AUTO;
static const char *const rp_hook_names[] = {
	[RP_HOOK_AUTO]		= "auto",
	[RP_HOOK_KPROBE]	= "kprobe",
};

/* With all settings valid: arm what they say. */
static int rp_param_arm(void)
{
	lockdep_assert_held(&rp_param_lock);
	return rp_probe_arm(rp_enable ? rp_wanted : 0, rp_maxactive, rp_hook);
}

/* The same where what is armed already is to be armed otherwise. */
static int rp_param_arm_anew(void)
{
	if (rp_param_phase != RP_PARAM_LIVE)
		return 0;
	rp_probe_arm(0, rp_maxactive, rp_hook);
	return rp_param_arm();
}

static int rp_param_begin(void)
{
	mutex_lock(&rp_param_lock);
	if (rp_param_phase != RP_PARAM_STOPPED)
		return 0;
	mutex_unlock(&rp_param_lock);
	return -ENODEV;
}

static int rp_param_bool(const char *name, const char *val, bool *on)
{
	static const char *const words[] = { "0", "1", "N", "Y", "off", "on" };
	int word = sysfs_match_string(words, val);

	if (word < 0) {
		pr_err("%s: \"%.*s\" is neither 0 nor 1\n", name, (int)strcspn(val, "\n"), val);
		return -EINVAL;
	}
	*on = word & 1;
	return 0;
}

static int rp_param_set_enable(const char *val, const struct kernel_param *kp)
{
	bool enable, old;
	int err;

	err = rp_param_bool("enable", val, &enable) ?: rp_param_begin();
	if (err)
		return err;

	old = rp_enable;
	rp_enable = enable;
	if (rp_param_phase == RP_PARAM_LIVE)
		err = rp_param_arm();
	if (err)
		rp_enable = old;
	mutex_unlock(&rp_param_lock);
	return err;
}

static int rp_param_get_bool(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(*(bool *)kp->arg));
}

static unsigned long rp_param_group(enum rp_group group)
{
	unsigned long probes = 0;
	unsigned int id;

	for (id = RP_PROBE_NONE + 1; id < __RP_PROBE_MAX; id++)
		if (rp_rows[id]->group == group)
			__set_bit(id, &probes);
	return probes;
}

/* The probes that one word stands for; 0: none. */
static unsigned long rp_param_word(const char *word)
{
	unsigned int id;
	int group;

	if (!strcmp(word, "all"))
		return RP_PROBES_ALL;
	group = match_string(rp_group_names, __RP_GROUP_MAX, word);
	if (group >= 0)
		return rp_param_group(group);
	for (id = RP_PROBE_NONE + 1; id < __RP_PROBE_MAX; id++)
		if (!strcmp(word, rp_rows[id]->symbol))
			return BIT(id);
	return 0;
}

static void rp_param_unknown_probes(const char *word)
{
	char groups[128] = "";
	int group, len = 0;

	for (group = 0; group < __RP_GROUP_MAX; group++)
		len += scnprintf(groups + len, sizeof(groups) - len, "%s, ", rp_group_names[group]);
	pr_err("probes: \"%s\" is neither all, %snor the name of a probe\n", word, groups);
}

static int rp_param_parse_probes(const char *val, unsigned long *probes)
{
	char *text, *rest, *word;
	int err = 0;

	text = kstrndup(val, strcspn(val, "\n"), GFP_KERNEL);
	if (!text)
		return -ENOMEM;

	*probes = 0;
	rest = text;
	while (!err && (word = strsep(&rest, ","))) {
		unsigned long more = rp_param_word(word);

		*probes |= more;
		if (!more) {
			rp_param_unknown_probes(word);
			err = -EINVAL;
		}
	}
	kfree(text);
	return err;
}

static int rp_param_set_probes(const char *val, const struct kernel_param *kp)
{
	unsigned long probes, old;
	int err;

	err = rp_param_parse_probes(val, &probes) ?: rp_param_begin();
	if (err)
		return err;

	old = rp_wanted;
	rp_wanted = probes;
	if (rp_param_phase == RP_PARAM_LIVE)
		err = rp_param_arm();
	if (err)
		rp_wanted = old;
	mutex_unlock(&rp_param_lock);
	return err;
}

/* In the fewest words, which can be written back. */
static int rp_param_get_probes(char *buf, const struct kernel_param *kp)
{
	unsigned long probes = READ_ONCE(rp_wanted);
	unsigned int id;
	int group, len = 0;

	if (probes == RP_PROBES_ALL)
		return sysfs_emit(buf, "all\n");

	for (group = 0; group < __RP_GROUP_MAX; group++) {
		unsigned long members = rp_param_group(group);

		if ((probes & members) != members)
			continue;
		len += sysfs_emit_at(buf, len, "%s%s", len ? "," : "", rp_group_names[group]);
		probes &= ~members;
	}
	for_each_set_bit(id, &probes, __RP_PROBE_MAX)
		len += sysfs_emit_at(buf, len, "%s%s", len ? "," : "", rp_rows[id]->symbol);
	return len + sysfs_emit_at(buf, len, "\n");
}

static int rp_param_number(const char *name, const char *val, unsigned int min, unsigned int max,
			   unsigned int *number)
{
	if (!kstrtouint(val, 0, number) && *number >= min && *number <= max)
		return 0;
	pr_err("%s: \"%.*s\" is not a number from %u to %u\n", name, (int)strcspn(val, "\n"), val,
	       min, max);
	return -EINVAL;
}

static int rp_param_set_records_per_cpu(const char *val, const struct kernel_param *kp)
{
	unsigned int records;
	int err;

	err = rp_param_number("records_per_cpu", val, RP_RING_MIN, RP_RING_MAX, &records);
	if (err)
		return err;
	if (!is_power_of_2(records)) {
		pr_info("records_per_cpu: %u rounded up to %lu\n", records,
			roundup_pow_of_two(records));
		records = roundup_pow_of_two(records);
	}
	err = rp_param_begin();
	if (err)
		return err;

	if (rp_param_phase == RP_PARAM_LIVE)
		err = rp_ring_resize(records);
	if (err)
		pr_err("records_per_cpu: no memory for %u records per CPU\n", records);
	else
		rp_records = records;
	mutex_unlock(&rp_param_lock);
	return err;
}

static int rp_param_set_maxactive(const char *val, const struct kernel_param *kp)
{
	unsigned int maxactive;
	int err;

	err = rp_param_number("maxactive", val, 1, RP_MAXACTIVE_MAX, &maxactive) ?:
	      rp_param_begin();
	if (err)
		return err;

	swap(rp_maxactive, maxactive);
	err = rp_param_arm_anew();
	if (err) {
		rp_maxactive = maxactive;
		rp_param_arm();
	}
	mutex_unlock(&rp_param_lock);
	return err;
}

/* The file in sysfs is read-only: the files get their group as they are made. */
static int rp_param_set_gid(const char *val, const struct kernel_param *kp)
{
	return rp_param_number("gid", val, 0, U32_MAX - 1, &rp_gid);
}

unsigned int rp_param_gid(void)
{
	return rp_gid;
}

/* The module loads with any: a hook changes what it costs, not what it sees. */
static int rp_param_set_hook(const char *val, const struct kernel_param *kp)
{
	int hook = sysfs_match_string(rp_hook_names, val), old;
	int err;

	if (hook < 0) {
		pr_err("hook: \"%.*s\" is neither auto nor kprobe, %s is used\n",
		       (int)strcspn(val, "\n"), val, rp_hook_names[rp_hook]);
		return rp_param_phase == RP_PARAM_LOADING ? 0 : -EINVAL;
	}
	err = rp_param_begin();
	if (err)
		return err;

	old = rp_hook;
	rp_hook = hook;
	err = rp_param_arm_anew();
	if (err) {
		rp_hook = old;
		rp_param_arm();
	}
	mutex_unlock(&rp_param_lock);
	return err;
}

static int rp_param_get_hook(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", rp_hook_names[READ_ONCE(rp_hook)]);
}

/* After a change: is there still anything to choose by, or a stack to take? */
static void rp_param_choose(void)
{
	lockdep_assert_held(&rp_param_lock);
	rp_probe_choose(rcu_access_pointer(rp_filter) || rp_freeze_is_on() || rp_take_stacks);
}

static int rp_param_set_filter(const char *val, const struct kernel_param *kp)
{
	struct rp_filter *f = rp_filter_new("filter", val);
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = rp_param_begin();
	if (err) {
		kfree(f);
		return err;
	}
	rp_probe_choose(true);
	rp_filter_replace(&rp_filter, f);
	rp_param_choose();
	mutex_unlock(&rp_param_lock);
	return 0;
}

static const char *rp_param_filter(void)
{
	const struct rp_filter *f;

	f = rcu_dereference_protected(rp_filter, lockdep_is_held(&rp_param_lock));
	return f ? f->text : "";
}

static int rp_param_get_filter(char *buf, const struct kernel_param *kp)
{
	int len;

	mutex_lock(&rp_param_lock);
	len = sysfs_emit(buf, "%s\n", rp_param_filter());
	mutex_unlock(&rp_param_lock);
	return len;
}

/* What to wait for, or what to do at once. */
static int rp_param_set_freeze(const char *val, const struct kernel_param *kp)
{
	static const char *const words[] = { "off", "now", "thaw" };
	int word = sysfs_match_string(words, val);
	struct rp_filter *f = word < 0 ? rp_filter_new("freeze", val) : NULL;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = rp_param_begin();
	if (err) {
		kfree(f);
		return err;
	}
	rp_probe_choose(true);
	if (word == 1)
		rp_freeze_now();
	else if (word == 2)
		rp_freeze_thaw();
	else
		rp_freeze_set(f);
	rp_param_choose();
	mutex_unlock(&rp_param_lock);
	return 0;
}

static int rp_param_get_freeze(char *buf, const struct kernel_param *kp)
{
	int len;

	mutex_lock(&rp_param_lock);
	len = sysfs_emit(buf, "%s\n", rp_freeze_words());
	mutex_unlock(&rp_param_lock);
	return len;
}

static int rp_param_set_freeze_after(const char *val, const struct kernel_param *kp)
{
	unsigned int records;
	int err;

	err = rp_param_number("freeze_after", val, 0, RP_RING_MAX, &records) ?: rp_param_begin();
	if (err)
		return err;
	rp_freeze_set_after(records);
	mutex_unlock(&rp_param_lock);
	return 0;
}

static int rp_param_set_stacks(const char *val, const struct kernel_param *kp)
{
	bool on;
	int err;

	err = rp_param_bool("stacks", val, &on) ?: rp_param_begin();
	if (err)
		return err;
	rp_probe_choose(true);
	if (rp_param_phase == RP_PARAM_LIVE)
		err = rp_stack_switch(on);
	if (err)
		pr_err("stacks: no memory for them\n");
	else
		rp_take_stacks = on;
	rp_param_choose();
	mutex_unlock(&rp_param_lock);
	return err;
}

/* When the module goes, or did not come: then nothing is armed. */
static void rp_param_free_filter(void *arg)
{
	rp_filter_replace(&rp_filter, NULL);
}

static void rp_param_free_freeze(void *arg)
{
	rp_freeze_set(NULL);
}

static int rp_param_get_number(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(*(unsigned int *)kp->arg));
}

#define RP_PARAM_MODE(name, variable, getter, freer, mode)			\
	static const struct kernel_param_ops rp_param_ops_##name = {		\
		.set = rp_param_set_##name,					\
		.get = getter,							\
		.free = freer,							\
	};									\
	module_param_cb(name, &rp_param_ops_##name, variable, mode)
#define RP_PARAM_FREED(name, variable, getter, freer)				\
	RP_PARAM_MODE(name, variable, getter, freer, 0644)
#define RP_PARAM(name, variable, getter)	RP_PARAM_FREED(name, variable, getter, NULL)

RP_PARAM(enable, &rp_enable, rp_param_get_bool);
MODULE_PARM_DESC(enable, "arm the probes: 0 or 1 (default 1)");
RP_PARAM(probes, NULL, rp_param_get_probes);
#define RP_PARAM_GROUP(id, name)	name ", "
MODULE_PARM_DESC(probes, "which: all, or some of " RP_GROUPS(RP_PARAM_GROUP) "and names of probes, separated by commas (default: all groups but the last three)");
RP_PARAM(hook, NULL, rp_param_get_hook);
MODULE_PARM_DESC(hook, "how to attach: auto, the cheapest way there is, or kprobe (default auto)");
RP_PARAM_FREED(filter, NULL, rp_param_get_filter, rp_param_free_filter);
MODULE_PARM_DESC(filter, "what to keep: words of `ip route get`, and pid, comm, netns, error (default: everything)");
RP_PARAM_FREED(freeze, NULL, rp_param_get_freeze, rp_param_free_freeze);
MODULE_PARM_DESC(freeze, "stop the buffer after a record that matches: words as of filter; or off, now, thaw (default off)");
RP_PARAM(freeze_after, &rp_freeze_after, rp_param_get_number);
MODULE_PARM_DESC(freeze_after, "records that are made after the one that matched (default 500)");
RP_PARAM(stacks, &rp_take_stacks, rp_param_get_bool);
MODULE_PARM_DESC(stacks, "take the kernel stack of each call: 0 or 1 (default 0)");
RP_PARAM(records_per_cpu, &rp_records, rp_param_get_number);
MODULE_PARM_DESC(records_per_cpu, "buffer, in records of 256 bytes, rounded up to a power of two (default 16384: 4 MiB per CPU)");
RP_PARAM(maxactive, &rp_maxactive, rp_param_get_number);
MODULE_PARM_DESC(maxactive, "calls of one function that can be followed at once (default 4 per CPU, at least 64)");
RP_PARAM_MODE(gid, &rp_gid, rp_param_get_number, NULL, 0444);
MODULE_PARM_DESC(gid, "group that may read the files in debugfs, too (default 0: root alone)");

/*
 * What fires for each packet, of a connection or with a firewall, has to be asked for:
 * most kernels have a hook of a security module in every namespace, and then what is
 * copied of a packet in case it is refused costs more than half of a decision.  So has
 * what IPsec says, which adds as much to each decision as it has records, unless nothing
 * else tells who asked for a route.
 */
static unsigned long rp_param_default(void)
{
	unsigned long probes = RP_PROBES_ALL & ~rp_param_group(RP_GROUP_CACHE) &
			       ~rp_param_group(RP_GROUP_NETFILTER);

	return RP_CALLER_ASKER ? probes & ~rp_param_group(RP_GROUP_IPSEC) : probes;
}

/* With the settings given so far: make the rings, arm the probes. */
int rp_param_start(void)
{
	int err;

	mutex_lock(&rp_param_lock);
	if (!rp_maxactive)
		rp_maxactive = max(64U, 4 * num_possible_cpus());
	if (!rp_wanted)
		rp_wanted = rp_param_default();

	err = rp_ring_resize(rp_records);
	if (err)
		pr_err("records_per_cpu: no memory for %u records per CPU\n", rp_records);
	else
		err = rp_stack_switch(rp_take_stacks) ?: rp_param_arm();
	if (!err && rp_hook == RP_HOOK_AUTO)
		rp_attach_say_lack();
	if (!err)
		rp_param_phase = RP_PARAM_LIVE;
	mutex_unlock(&rp_param_lock);
	return err;
}

/* On return nothing is armed, and nothing can be any more. */
void rp_param_stop(void)
{
	mutex_lock(&rp_param_lock);
	rp_param_phase = RP_PARAM_STOPPED;
	rp_probe_arm(0, rp_maxactive, rp_hook);
	mutex_unlock(&rp_param_lock);
}

static void rp_param_show_freeze(struct seq_file *m)
{
	struct rp_freeze_status status = rp_freeze_status();

	seq_printf(m, "freeze %s\n", rp_freeze_words());
	seq_printf(m, "freeze_after %u\n", rp_freeze_after);
	seq_printf(m, "freeze_state %s\n", status.state);
	if (status.time_ns)
		seq_printf(m, "freeze_time_ns %llu\n", status.time_ns);
	if (status.seq)
		seq_printf(m, "freeze_cpu %u\nfreeze_seq %llu\n", status.cpu, status.seq);
}

void rp_param_show(struct seq_file *m)
{
	mutex_lock(&rp_param_lock);
	seq_printf(m, "enable %d\n", rp_enable);
	seq_printf(m, "filter %s\n", rp_param_filter());
	rp_param_show_freeze(m);
	seq_printf(m, "stacks %d\n", rp_take_stacks);
	seq_printf(m, "records_per_cpu %u\n", rp_records);
	seq_printf(m, "maxactive %u\n", rp_maxactive);
	seq_printf(m, "hook %s\n", rp_hook_names[rp_hook]);
	mutex_unlock(&rp_param_lock);
}
