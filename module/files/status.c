// SPDX-License-Identifier: GPL-2.0
/* Files that say what stands now: version, probes, hist, callers, stacks, reasons, stats. */
#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/utsname.h>

#include "caller.h"
#include "error.h"
#include "files/dir.h"
#include "files/symbol.h"
#include "param.h"
#include "probe.h"
#include "ring.h"
#include "routeprobe_version.h"
#include "stack.h"

static void rp_probes_show_state(struct seq_file *m, const struct rp_probe_status *status)
{
	if (status->hook)
		seq_puts(m, status->blind ? "blind" : "armed");
	else if (status->err)
		seq_printf(m, "absent:%d", -status->err);
	else
		seq_puts(m, "off");
}

static int rp_probes_show(struct seq_file *m, void *v)
{
	unsigned int id;

	seq_puts(m, "#id\tname\tkind\tgroup\tstate\trecorded\tfiltered\tmissed\thook\tuse\n");
	for (id = RP_PROBE_NONE + 1; id < __RP_PROBE_MAX; id++) {
		const struct rp_row *row = rp_rows[id];
		struct rp_probe_status status = rp_probe_status(id);

		seq_printf(m, "%u\t%s\t%s\t%s\t", id, row->symbol, rp_kind_names[row->kind],
			   rp_group_names[row->group]);
		rp_probes_show_state(m, &status);
		seq_printf(m, "\t%llu\t%llu\t%llu\t%s\t%s\n", status.recorded,
			   status.filtered, status.missed, status.hook ?: "-", row->use);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rp_probes);

static int rp_hist_show(struct seq_file *m, void *v)
{
	u64 hist[RP_PROBE_HIST];
	unsigned int id;
	int i;

	seq_puts(m, "#id\tname\tbelow_ns:calls...\n");
	for (id = RP_PROBE_NONE + 1; id < __RP_PROBE_MAX; id++) {
		rp_probe_hist(id, hist);
		seq_printf(m, "%u\t%s\t", id, rp_rows[id]->symbol);
		for (i = 0; i < RP_PROBE_HIST; i++)
			if (hist[i])
				seq_printf(m, " %llu:%llu", BIT_ULL(i), hist[i]);
		seq_putc(m, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rp_hist);

static int rp_callers_show(struct seq_file *m, void *v)
{
	unsigned int id;

	for (id = 1; id <= RP_CALLERS; id++) {
		if (!rp_caller_addr(id))
			continue;
		seq_printf(m, "%u ", id);
		rp_symbol_caller(m, id);
		seq_putc(m, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rp_callers);

/* A position is a slot of the table. */
static void *rp_stacks_start(struct seq_file *m, loff_t *pos)
{
	return *pos < RP_STACKS ? pos : NULL;
}

static void *rp_stacks_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return rp_stacks_start(m, pos);
}

static void rp_stacks_stop(struct seq_file *m, void *v)
{
}

static int rp_stacks_show(struct seq_file *m, void *v)
{
	struct rp_stack_status status;

	rp_stack_status(*(loff_t *)v, &status);
	if (!status.count)
		return 0;
	seq_printf(m, "%u %llu\n", status.id, status.records);
	rp_symbol_frames(m, status.frames, status.count, status.cut);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations rp_stacks_sops = {
	.start	= rp_stacks_start,
	.next	= rp_stacks_next,
	.stop	= rp_stacks_stop,
	.show	= rp_stacks_show,
};
DEFINE_SEQ_ATTRIBUTE(rp_stacks);

static int rp_reasons_show(struct seq_file *m, void *v)
{
	unsigned int reason;

	for (reason = 0; reason < rp_error_reasons(); reason++)
		if (rp_error_reason(reason))
			seq_printf(m, "%u %s\n", reason, rp_error_reason(reason));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rp_reasons);

static void rp_stats_show_probes(struct seq_file *m)
{
	struct rp_probe_status sum = { };
	unsigned int id;

	for (id = RP_PROBE_NONE + 1; id < __RP_PROBE_MAX; id++) {
		struct rp_probe_status status = rp_probe_status(id);

		sum.recorded += status.recorded;
		sum.filtered += status.filtered;
		sum.missed += status.missed;
	}
	seq_printf(m, "recorded %llu\nfiltered %llu\nmissed %llu\n", sum.recorded, sum.filtered,
		   sum.missed);
}

static void rp_stats_show_stacks(struct seq_file *m)
{
	struct rp_stack_status status;
	unsigned int slot, held = 0;

	for (slot = RP_STACKS - 1; slot; slot--) {
		rp_stack_status(slot, &status);
		held += status.count != 0;
	}
	rp_stack_status(0, &status);
	seq_printf(m, "stacks_held %u\nstacks_no_room %llu\n", held, status.records);
}

static int rp_stats_show(struct seq_file *m, void *v)
{
	int cpu;

	rp_param_show(m);
	rp_stats_show_probes(m);
	rp_stats_show_stacks(m);
	for_each_possible_cpu(cpu) {
		struct rp_ring_state ring = rp_ring_state(cpu);

		seq_printf(m, "cpu%d_made %llu\ncpu%d_held %llu\ncpu%d_unbuffered %llu\n",
			   cpu, ring.next - 1, cpu, ring.next - ring.oldest, cpu, ring.unbuffered);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rp_stats);

static int rp_version_show(struct seq_file *m, void *v)
{
	seq_printf(m, "routeprobe %s\nabi %u.%u\nrecord %zu\nkernel %s\n", ROUTEPROBE_VERSION,
		   RP_ABI_MAJOR, RP_ABI_MINOR, sizeof(struct rp_record), init_utsname()->release);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(rp_version);

void rp_status_create(struct dentry *dir)
{
	rp_file_create("probes", dir, NULL, &rp_probes_fops);
	rp_file_create("hist", dir, NULL, &rp_hist_fops);
	rp_file_create("callers", dir, NULL, &rp_callers_fops);
	rp_file_create("stacks", dir, NULL, &rp_stacks_fops);
	rp_file_create("reasons", dir, NULL, &rp_reasons_fops);
	rp_file_create("stats", dir, NULL, &rp_stats_fops);
	rp_file_create("version", dir, NULL, &rp_version_fops);
}
