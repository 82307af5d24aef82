/* SPDX-License-Identifier: GPL-2.0 */
/* What text is written to, for files of the module that are compiled without a kernel. */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

#include <stddef.h>

struct seq_file {
	char text[4096];
	size_t count;
};

void seq_printf(struct seq_file *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define seq_puts(m, s)	seq_printf(m, "%s", s)
#define seq_putc(m, c)	seq_printf(m, "%c", c)

#endif
