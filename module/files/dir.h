/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_DEBUGFS_H
#define _RP_DEBUGFS_H

#include <linux/fs.h>

/* @gid: the group that may read the files; 0: root alone */
int rp_debugfs_init(unsigned int gid);
void rp_debugfs_exit(void);

/* A file of the directory @dir; what @fops get as inode->i_private is @data */
void rp_file_create(const char *name, struct dentry *dir, void *data,
		    const struct file_operations *fops);

/* The directory's contents, each by the file that knows them. */
void rp_events_create(struct dentry *dir);
void rp_cpu_create(struct dentry *dir);
void rp_status_create(struct dentry *dir);

#endif
