/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_TEXT_H
#define _RP_TEXT_H

struct rp_record;
struct seq_file;

void rp_text_record(struct seq_file *m, const struct rp_record *rec);

#endif
