// SPDX-License-Identifier: GPL-2.0
/* The files cpuN: the ring of one CPU as records. */
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "files/dir.h"
#include "files/tick.h"
#include "ring.h"

/* One reader's place in the ring. */
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
	rp_tick_get(NULL);
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

void rp_cpu_create(struct dentry *dir)
{
	char name[sizeof("cpu4294967295")];
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		snprintf(name, sizeof(name), "cpu%u", cpu);
		rp_file_create(name, dir, (void *)(unsigned long)cpu, &rp_cpu_fops);
	}
}
