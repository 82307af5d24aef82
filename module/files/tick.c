// SPDX-License-Identifier: GPL-2.0
/* Wakeups of those who wait for records. */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/mutex.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "files/tick.h"
#include "ring.h"

#define RP_TICK		msecs_to_jiffies(100)

/*
 * Telling readers that there is more costs the traced path nothing: while any
 * of events and cpuN is open, a timer looks whether the rings have moved on,
 * wakes poll(), and makes `events` look changed, for `tail -f` reads a regular
 * file again only when inotify and stat() say so.
 *
 * A CPU that is isolated is left alone, also when the reader runs there: an unbound
 * workqueue keeps off it (isolcpus=, nohz_full=, workqueue/cpumask in sysfs), and the timer
 * of a work is where the work was queued.  So the first one has no timer, and from then on
 * each queues the next.
 */
DECLARE_WAIT_QUEUE_HEAD(rp_tick_wait);
static struct workqueue_struct *rp_tick_queue;
static DEFINE_MUTEX(rp_tick_lock);	/* protects the next three */
static unsigned int rp_tick_readers;
static struct dentry *rp_tick_events;	/* NULL: nobody has opened it yet */
static u64 rp_tick_seen;

static void rp_tick(struct work_struct *work)
{
	u64 total = rp_ring_total();

	mutex_lock(&rp_tick_lock);
	if (total != rp_tick_seen) {
		rp_tick_seen = total;
		wake_up_interruptible_all(&rp_tick_wait);
		if (rp_tick_events) {
			rp_compat_touch(d_inode(rp_tick_events));
			fsnotify_dentry(rp_tick_events, FS_MODIFY);
		}
	}
	if (rp_tick_readers)
		queue_delayed_work(rp_tick_queue, to_delayed_work(work), RP_TICK);
	mutex_unlock(&rp_tick_lock);
}

static DECLARE_DELAYED_WORK(rp_tick_work, rp_tick);

/* @events: what was opened, if it is that file; it stays until rp_tick_exit() */
void rp_tick_get(struct dentry *events)
{
	mutex_lock(&rp_tick_lock);
	if (events)
		rp_tick_events = events;
	if (!rp_tick_readers++)
		queue_delayed_work(rp_tick_queue, &rp_tick_work, 0);
	mutex_unlock(&rp_tick_lock);
}

void rp_tick_put(void)
{
	mutex_lock(&rp_tick_lock);
	rp_tick_readers--;
	mutex_unlock(&rp_tick_lock);
}

int rp_tick_init(void)
{
	rp_tick_queue = alloc_workqueue(KBUILD_MODNAME, WQ_UNBOUND, 1);
	return rp_tick_queue ? 0 : -ENOMEM;
}

/*
 * No file is open any more, nor can one be opened: an open one holds the module,
 * and a module on its way out cannot be held.  So the last tick is the last.
 */
void rp_tick_exit(void)
{
	cancel_delayed_work_sync(&rp_tick_work);
	destroy_workqueue(rp_tick_queue);
}
