/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_TICK_H
#define _RP_TICK_H

#include <linux/wait.h>

struct dentry;

extern wait_queue_head_t rp_tick_wait;	/* for poll(): woken when there are new records */

/* From open() to release() of a file with records. */
void rp_tick_get(struct dentry *events);
void rp_tick_put(void);

int rp_tick_init(void);
void rp_tick_exit(void);

#endif
