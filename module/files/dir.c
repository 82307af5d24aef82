// SPDX-License-Identifier: GPL-2.0
/*
 * The directory that the contract describes.  All files are read-only, without
 * mmap and ioctl and with no mode bit outside 0444: what lockdown asks of
 * debugfs.  An open file holds the module: rmmod is refused until it is closed.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/uidgid.h>

#include "files/dir.h"
#include "files/tick.h"

static struct dentry *rp_dir;
static kgid_t rp_file_gid;

/* The mode comes last: until the group is that of "gid", only root can open it. */
void rp_file_create(const char *name, struct dentry *dir, void *data,
		    const struct file_operations *fops)
{
	struct dentry *file = debugfs_create_file(name, 0400, dir, data, fops);
	struct inode *inode;

	if (IS_ERR(file) || gid_eq(rp_file_gid, GLOBAL_ROOT_GID))
		return;
	inode = d_inode(file);
	inode_lock(inode);
	inode->i_gid = rp_file_gid;
	inode->i_mode |= 0040;
	inode_unlock(inode);
}

/*
 * Only the directory is checked, as debugfs asks: a file that is missing takes
 * nothing from the others.
 */
int rp_debugfs_init(unsigned int gid)
{
	int err;

	rp_file_gid = make_kgid(&init_user_ns, gid);
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
