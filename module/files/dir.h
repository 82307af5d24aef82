/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_DEBUGFS_H
#define _RP_DEBUGFS_H

int rp_debugfs_init(void);
void rp_debugfs_exit(void);

#endif
