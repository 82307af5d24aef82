/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_PARAM_H
#define _RP_PARAM_H

struct seq_file;

int rp_param_start(void);
void rp_param_stop(void);
void rp_param_show(struct seq_file *m);

/* The group that may read the files, too; 0: root alone.  It stays as it was loaded with. */
unsigned int rp_param_gid(void);

#endif
