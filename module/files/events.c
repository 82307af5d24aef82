// SPDX-License-Identifier: GPL-2.0
/* The file events: the rings of all CPUs as text, in the order of time. */
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/seq_file.h>

#include "files/dir.h"
#include "files/text.h"
#include "files/tick.h"
#include "ring.h"

static DEFINE_MUTEX(rp_events_lock);	/* protects the next one, and the size of events */
static unsigned int rp_events_readers;

/* One reader's place in all rings, see seq_file for the locking. */
struct rp_events {
	struct rp_record rec;	/* the one to show; its seq is 0: there is none */
	bool at_end;		/* of a reading, and none has begun since */
	bool lost;		/* there is something to be told of any CPU */
	struct rp_events_cpu {
		u64 seq;	/* the record wanted next */
		u64 limit;	/* and where to stop */
		u64 lost;	/* to be told */
		u64 end_ns;	/* when that record returned; U64_MAX: it is behind the limit */
	} cpu[];
};

/*
 * Copy the record that a CPU has next.  When the one that was wanted is lost, that is one
 * that returned later.
 */
static void rp_events_peek(struct rp_events *events, int cpu)
{
	struct rp_events_cpu *place = &events->cpu[cpu];
	u64 seq = place->seq;
	bool found = rp_ring_peek(cpu, &seq, &events->rec);

	if (seq != place->seq) {
		place->lost += seq - place->seq;
		place->seq = seq;
		events->lost = true;
	}
	place->end_ns = U64_MAX;
	if (found && seq < place->limit)
		place->end_ns = events->rec.time_ns + events->rec.duration_ns;
}

/*
 * Where the rings end now is where this reading ends, or a `cat` on a busy
 * machine would never.  The reading after an end-of-file goes on from there.
 */
static void rp_events_look(struct rp_events *events, bool rewind)
{
	int cpu;

	if (rewind)
		events->lost = false;
	for_each_possible_cpu(cpu) {
		struct rp_ring_state ring = rp_ring_state(cpu);

		if (rewind) {
			events->cpu[cpu].seq = ring.oldest;
			events->cpu[cpu].lost = 0;
		}
		events->cpu[cpu].limit = ring.next;
		rp_events_peek(events, cpu);
	}
}

/* The CPU whose next record returned first, or did before it was lost; -1: all are read. */
static int rp_events_first(const struct rp_events *events)
{
	u64 end_ns = U64_MAX;
	int first = -1;
	int cpu;

	for_each_possible_cpu(cpu) {
		if (events->cpu[cpu].end_ns < end_ns) {
			end_ns = events->cpu[cpu].end_ns;
			first = cpu;
		}
	}
	return first;
}

/*
 * Of the records that come next on each CPU the one that returned first.  Only that one
 * is copied: what any other CPU has by now returned no earlier than what it had.
 *
 * Return: false when there is nothing to show; without a record there may be losses.
 */
static bool rp_events_pick(struct rp_events *events)
{
	int cpu;

	while ((cpu = rp_events_first(events)) >= 0) {
		u64 end_ns = events->cpu[cpu].end_ns;

		rp_events_peek(events, cpu);
		if (events->cpu[cpu].end_ns == end_ns)
			return true;
	}
	events->rec.seq = 0;
	return events->lost;
}

static void *rp_events_start(struct seq_file *m, loff_t *pos)
{
	struct rp_events *events = m->private;

	if (events->at_end || !*pos)
		rp_events_look(events, !*pos);
	events->at_end = !rp_events_pick(events);
	return events->at_end ? NULL : events;
}

static void *rp_events_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct rp_events *events = m->private;
	int cpu;

	if (events->lost)
		for_each_possible_cpu(cpu)
			events->cpu[cpu].lost = 0;
	events->lost = false;
	if (events->rec.seq) {
		cpu = events->rec.cpu;
		events->cpu[cpu].seq++;
		rp_events_peek(events, cpu);
	}
	++*pos;
	return rp_events_pick(events) ? events : NULL;
}

static void rp_events_stop(struct seq_file *m, void *v)
{
}

static void rp_events_show_lost(struct seq_file *m, const struct rp_events *events)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (events->cpu[cpu].lost)
			seq_printf(m, "# cpu%d: %llu records lost, overwritten before they were read\n",
				   cpu, events->cpu[cpu].lost);
}

static int rp_events_show(struct seq_file *m, void *v)
{
	struct rp_events *events = m->private;

	if (events->lost)
		rp_events_show_lost(m, events);
	if (events->rec.seq)
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
	events->at_end = true;
	rp_tick_get(file_dentry(file));
	mutex_lock(&rp_events_lock);
	rp_events_readers++;
	mutex_unlock(&rp_events_lock);
	return 0;
}

static int rp_events_release(struct inode *inode, struct file *file)
{
	mutex_lock(&rp_events_lock);
	if (!--rp_events_readers)
		i_size_write(inode, 0);
	mutex_unlock(&rp_events_lock);
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

	mutex_lock(&rp_events_lock);
	i_size_write(inode, max(i_size_read(inode), *ppos));
	mutex_unlock(&rp_events_lock);
	return done;
}

/* Who asks, at the end of a reading, waits for the next one and not for the end-of-file. */
static bool rp_events_ready(struct rp_events *events, bool rewind)
{
	int cpu;

	if (!rewind && !events->at_end && rp_events_pick(events))
		return true;
	events->at_end = true;
	for_each_possible_cpu(cpu) {
		struct rp_ring_state ring = rp_ring_state(cpu);
		u64 seq = rewind ? 0 : events->cpu[cpu].seq;

		if (max(seq, ring.oldest) < ring.next)
			return true;
	}
	return false;
}

static __poll_t rp_events_poll(struct file *file, poll_table *wait)
{
	struct seq_file *m = file->private_data;
	bool ready;

	poll_wait(file, &rp_tick_wait, wait);
	mutex_lock(&m->lock);
	/* count: what did not fit into the last read() */
	ready = m->count || rp_events_ready(m->private, !m->index);
	mutex_unlock(&m->lock);
	return ready ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations rp_events_fops = {
	.owner		= THIS_MODULE,
	.open		= rp_events_open,
	.release	= rp_events_release,
	.read		= rp_events_read,
	.llseek		= seq_lseek,
	.poll		= rp_events_poll,
};

void rp_events_create(struct dentry *dir)
{
	rp_file_create("events", dir, NULL, &rp_events_fops);
}
