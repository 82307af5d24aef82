/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_PARAM_H
#define _RP_PARAM_H

struct seq_file;

int rp_param_start(void);
void rp_param_stop(void);
void rp_param_show(struct seq_file *m);

#endif
