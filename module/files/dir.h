/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_DEBUGFS_H
#define _RP_DEBUGFS_H

struct dentry;

#define RP_FILE_MODE	0400

int rp_debugfs_init(void);
void rp_debugfs_exit(void);

/* The directory's contents, each by the file that knows them. */
void rp_events_create(struct dentry *dir);
void rp_cpu_create(struct dentry *dir);
void rp_status_create(struct dentry *dir);

#endif
