/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_TEXT_H
#define _RP_TEXT_H

struct rp_record;
struct seq_file;

void rp_text_record(struct seq_file *m, const struct rp_record *rec);
void rp_text_caller(struct seq_file *m, unsigned int id);
void rp_text_frames(struct seq_file *m, const unsigned long *frames, unsigned int count,
		    bool cut);
void rp_text_reasons(struct seq_file *m);

#endif
