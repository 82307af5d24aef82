/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_SYMBOL_H
#define _RP_SYMBOL_H

#include <linux/types.h>

struct seq_file;

/* "SYMBOL+OFFSET/SIZE [MODULE]", or "?" */
void rp_symbol_caller(struct seq_file *m, unsigned int id);
void rp_symbol_frames(struct seq_file *m, const unsigned long *frames, unsigned int count,
		      bool cut);

#endif
