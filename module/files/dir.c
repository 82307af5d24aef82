// SPDX-License-Identifier: GPL-2.0
/*
 * The directory that the contract describes.  All files are read-only, without
 * mmap and ioctl and with no mode bit outside 0444: what lockdown asks of
 * debugfs.  An open file holds the module: rmmod is refused until it is closed.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/utsname.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "caller.h"
#include "compat.h"
#include "files/dir.h"
#include "param.h"
#include "probe.h"
#include "ring.h"
#include "routeprobe_version.h"
#include "stack.h"
#include "files/text.h"

#define RP_MODE		0400
#define RP_TICK		msecs_to_jiffies(100)

static struct dentry *rp_dir;
static struct dentry *rp_events_dentry;

/*
 * Telling readers that there is more costs the traced path nothing: while any
 * of events and cpuN is open, a timer looks whether the rings have moved on,
 * wakes poll(), and makes `events` look changed, for `tail -f` reads a regular
 * file again only when inotify and stat() say so.
 */
static DECLARE_WAIT_QUEUE_HEAD(rp_tick_wait);
static DEFINE_MUTEX(rp_tick_lock);	/* protects the next three, and the size of events */
static unsigned int rp_tick_readers;
static unsigned int rp_events_readers;
static u64 rp_tick_seen;

static void rp_tick(struct work_struct *work)
{
	u64 total = rp_ring_total();

	mutex_lock(&rp_tick_lock);
	if (total != rp_tick_seen) {
		rp_tick_seen = total;
		wake_up_interruptible_all(&rp_tick_wait);
		rp_compat_touch(d_inode(rp_events_dentry));
		fsnotify_dentry(rp_events_dentry, FS_MODIFY);
	}
	if (rp_tick_readers)
		schedule_delayed_work(to_delayed_work(work), RP_TICK);
	mutex_unlock(&rp_tick_lock);
}

static DECLARE_DELAYED_WORK(rp_tick_work, rp_tick);

static void rp_tick_get(void)
{
	mutex_lock(&rp_tick_lock);
	if (!rp_tick_readers++)
		schedule_delayed_work(&rp_tick_work, RP_TICK);
	mutex_unlock(&rp_tick_lock);
}

static void rp_tick_put(void)
{
	mutex_lock(&rp_tick_lock);
	rp_tick_readers--;
	mutex_unlock(&rp_tick_lock);
}

/* cpuN: one reader's place in the ring of one CPU. */
struct rp_reader {
	struct mutex lock;	/* protects seq: two threads may share a file */
	u64 seq;		/* the record wanted next */
	int cpu;
};

static int rp_cpu_open(struct inode *inode, struct file *file)
{
	struct rp_reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL);

	if (!reader)
		return -ENOMEM;
	mutex_init(&reader->lock);
	reader->seq = 1;
	reader->cpu = (long)inode->i_private;
	file->private_data = reader;
	rp_tick_get();
	return 0;
}

static int rp_cpu_release(struct inode *inode, struct file *file)
{
	rp_tick_put();
	kfree(file->private_data);
	return 0;
}

static ssize_t rp_cpu_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	struct rp_reader *reader = file->private_data;
	ssize_t done;

	mutex_lock(&reader->lock);
	done = rp_ring_read(reader->cpu, &reader->seq, buf, count);
	mutex_unlock(&reader->lock);
	return done;
}

static loff_t rp_cpu_llseek(struct file *file, loff_t offset, int whence)
{
	struct rp_reader *reader = file->private_data;
	u64 newest = 0;

	if (offset || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;

	if (whence == SEEK_END)
		newest = rp_ring_state(reader->cpu).next - 1;

	mutex_lock(&reader->lock);
	reader->seq = newest + 1;
	mutex_unlock(&reader->lock);
	return newest;
}

static __poll_t rp_cpu_poll(struct file *file, poll_table *wait)
{
	struct rp_reader *reader = file->private_data;

	poll_wait(file, &rp_tick_wait, wait);
	if (READ_ONCE(reader->seq) < rp_ring_state(reader->cpu).next)
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

static const struct file_operations rp_cpu_fops = {
	.owner		= THIS_MODULE,
	.open		= rp_cpu_open,
	.release	= rp_cpu_release,
	.read		= rp_cpu_read,
	.llseek		= rp_cpu_llseek,
	.poll		= rp_cpu_poll,
};

/* events: one reader's place in all rings, see seq_file for the locking. */
struct rp_events {
	struct rp_record rec;	/* the one to show */
	bool at_end;		/* the last read() said so: look again */
	struct {
		u64 seq;	/* the record wanted next */
		u64 limit;	/* and where to stop */
		u64 lost;	/* to be told with the next record */
	} cpu[];
};

/*
 * Where the rings end now is where this reading ends, or a `cat` on a busy
 * machine would never.  The reading after an end-of-file goes on from there.
 */
static void rp_events_look(struct rp_events *events, bool rewind)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct rp_ring_state ring = rp_ring_state(cpu);

		if (rewind) {
			events->cpu[cpu].seq = ring.oldest;
			events->cpu[cpu].lost = 0;
		}
		events->cpu[cpu].limit = ring.next;
	}
}

/* The oldest record by the time of its return; NULL when all are at their end. */
static struct rp_record *rp_events_pick(struct rp_events *events)
{
	u64 oldest = U64_MAX;
	struct rp_record rec;
	int cpu;

	for_each_possible_cpu(cpu) {
		u64 seq = events->cpu[cpu].seq;
		bool found = rp_ring_peek(cpu, &seq, &rec);

		events->cpu[cpu].lost += seq - events->cpu[cpu].seq;
		events->cpu[cpu].seq = seq;
		if (!found || seq >= events->cpu[cpu].limit)
			continue;
		if (rec.time_ns + rec.duration_ns < oldest) {
			oldest = rec.time_ns + rec.duration_ns;
			events->rec = rec;
		}
	}
	return oldest == U64_MAX ? NULL : &events->rec;
}

static void *rp_events_start(struct seq_file *m, loff_t *pos)
{
	struct rp_events *events = m->private;
	struct rp_record *rec;

	if (events->at_end || !*pos)
		rp_events_look(events, !*pos);
	rec = rp_events_pick(events);
	events->at_end = !rec;
	return rec;
}

static void *rp_events_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct rp_events *events = m->private;
	int cpu;

	for_each_possible_cpu(cpu)
		events->cpu[cpu].lost = 0;
	events->cpu[events->rec.cpu].seq++;
	++*pos;
	return rp_events_pick(events);
}

static void rp_events_stop(struct seq_file *m, void *v)
{
}

static int rp_events_show(struct seq_file *m, void *v)
{
	struct rp_events *events = m->private;
	int cpu;

	for_each_possible_cpu(cpu)
		if (events->cpu[cpu].lost)
			seq_printf(m, "# cpu%d: %llu records lost, overwritten before they were read\n",
				   cpu, events->cpu[cpu].lost);
	rp_text_record(m, &events->rec);
	return 0;
}

static const struct seq_operations rp_events_seq_ops = {
	.start	= rp_events_start,
	.next	= rp_events_next,
	.stop	= rp_events_stop,
	.show	= rp_events_show,
};

static int rp_events_open(struct inode *inode, struct file *file)
{
	struct rp_events *events;

	events = __seq_open_private(file, &rp_events_seq_ops,
				    struct_size(events, cpu, nr_cpu_ids));
	if (!events)
		return -ENOMEM;
	rp_tick_get();
	mutex_lock(&rp_tick_lock);
	rp_events_readers++;
	mutex_unlock(&rp_tick_lock);
	return 0;
}

static int rp_events_release(struct inode *inode, struct file *file)
{
	mutex_lock(&rp_tick_lock);
	if (!--rp_events_readers)
		i_size_write(inode, 0);
	mutex_unlock(&rp_tick_lock);
	rp_tick_put();
	return seq_release_private(inode, file);
}

/*
 * A file that is smaller than what it read from it, `tail -f` takes for
 * truncated, and begins anew: so `events` is as long as the furthest of those
 * who have it open has read.
 */
static ssize_t rp_events_read(struct file *file, char __user *buf, size_t count, loff_t *ppos)
{
	ssize_t done = seq_read(file, buf, count, ppos);
	struct inode *inode = file_inode(file);

	mutex_lock(&rp_tick_lock);
	i_size_write(inode, max(i_size_read(inode), *ppos));
	mutex_unlock(&rp_tick_lock);
	return done;
}

static __poll_t rp_events_poll(struct file *file, poll_table *wait)
{
	struct rp_events *events = ((struct seq_file *)file->private_data)->private;
	int cpu;

	poll_wait(file, &rp_tick_wait, wait);
	for_each_possible_cpu(cpu)
		if (READ_ONCE(events->cpu[cpu].seq) < rp_ring_state(cpu).next)
			return EPOLLIN | EPOLLRDNORM;
	return 0;
}

static const struct file_operations rp_events_fops = {
	.owner		= THIS_MODULE,
	.open		= rp_events_open,
	.release	= rp_events_release,
	.read		= rp_events_read,
	.llseek		= seq_lseek,
	.poll		= rp_events_poll,
};

static void rp_probes_show_state(struct seq_file *m, const struct rp_probe_status *status)
{
	if (status->armed)
		seq_puts(m, "armed");
	else if (status->err)
		seq_printf(m, "absent:%d", -status->err);
	else
		seq_puts(m, "off");
}

static int rp_probes_show(struct seq_file *m, void *v)
{
	unsigned int id;

	seq_puts(m, "#id\tname\tkind\tgroup\tstate\trecorded\tfiltered\tmissed\tuse\n");
	for (id = RP_PROBE_NONE + 1; id < __RP_PROBE_MAX; id++) {
		const struct rp_probe_desc *desc = &rp_probe_descs[id];
		struct rp_probe_status status = rp_probe_status(id);

		seq_printf(m, "%u\t%s\t%s\t%s\t", id, desc->symbol, rp_kind_names[desc->kind],
			   rp_group_names[desc->group]);
		rp_probes_show_state(m, &status);
		seq_printf(m, "\t%llu\t%llu\t%llu\t%s\n", status.recorded, status.filtered,
			   status.missed, desc->use);
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
		seq_printf(m, "%u\t%s\t", id, rp_probe_descs[id].symbol);
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
		rp_text_caller(m, id);
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
	rp_text_frames(m, status.frames, status.count, status.cut);
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
	rp_text_reasons(m);
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

static void rp_debugfs_create_cpus(void)
{
	char name[sizeof("cpu4294967295")];
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		snprintf(name, sizeof(name), "cpu%u", cpu);
		debugfs_create_file(name, RP_MODE, rp_dir, (void *)(unsigned long)cpu,
				    &rp_cpu_fops);
	}
}

/*
 * Only the directory is checked, as debugfs asks: a file that is missing takes
 * nothing from the others.  But rp_tick() needs its dentry.
 */
int rp_debugfs_init(void)
{
	rp_dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	if (IS_ERR(rp_dir)) {
		pr_err("no debugfs directory (error %ld): is debugfs off, or a \"%s\" there?\n",
		       PTR_ERR(rp_dir), KBUILD_MODNAME);
		return PTR_ERR(rp_dir);
	}

	rp_events_dentry = debugfs_create_file("events", RP_MODE, rp_dir, NULL, &rp_events_fops);
	if (IS_ERR(rp_events_dentry)) {
		debugfs_remove(rp_dir);
		return PTR_ERR(rp_events_dentry);
	}
	rp_debugfs_create_cpus();
	debugfs_create_file("probes", RP_MODE, rp_dir, NULL, &rp_probes_fops);
	debugfs_create_file("hist", RP_MODE, rp_dir, NULL, &rp_hist_fops);
	debugfs_create_file("callers", RP_MODE, rp_dir, NULL, &rp_callers_fops);
	debugfs_create_file("stacks", RP_MODE, rp_dir, NULL, &rp_stacks_fops);
	debugfs_create_file("reasons", RP_MODE, rp_dir, NULL, &rp_reasons_fops);
	debugfs_create_file("stats", RP_MODE, rp_dir, NULL, &rp_stats_fops);
	debugfs_create_file("version", RP_MODE, rp_dir, NULL, &rp_version_fops);
	return 0;
}

/*
 * No file is open any more, nor can one be opened: an open one holds the module,
 * and a module on its way out cannot be held.  So the last tick is the last.
 */
void rp_debugfs_exit(void)
{
	cancel_delayed_work_sync(&rp_tick_work);
	debugfs_remove(rp_dir);
}
