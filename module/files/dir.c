// SPDX-License-Identifier: GPL-2.0
/*
 * The directory that the contract describes.  All files are read-only, without
 * mmap and ioctl and with no mode bit outside 0444: what lockdown asks of
 * debugfs.  An open file holds the module: rmmod is refused until it is closed.
 */
#include <linux/debugfs.h>
#include <linux/module.h>

#include "files/dir.h"
#include "files/tick.h"

static struct dentry *rp_dir;

/*
 * Only the directory is checked, as debugfs asks: a file that is missing takes
 * nothing from the others.
 */
int rp_debugfs_init(void)
{
	int err;

	err = rp_tick_init();
	if (err)
		return err;
	rp_dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	if (IS_ERR(rp_dir)) {
		err = PTR_ERR(rp_dir);
		pr_err("no debugfs directory (error %d): is debugfs off, or a \"%s\" there?\n",
		       err, KBUILD_MODNAME);
		rp_tick_exit();
		return err;
	}

	rp_events_create(rp_dir);
	rp_cpu_create(rp_dir);
	rp_status_create(rp_dir);
	return 0;
}

void rp_debugfs_exit(void)
{
	rp_tick_exit();
	debugfs_remove(rp_dir);
}
