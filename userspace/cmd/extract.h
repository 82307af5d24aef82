/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_EXTRACT_H
#define RP_CMD_EXTRACT_H

struct rp_options;

/* What a filter keeps of a recording as another, smaller one; returns an exit status. */
int rp_extract(const struct rp_options *o);

#endif
