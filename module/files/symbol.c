// SPDX-License-Identifier: GPL-2.0
/* Names of kernel addresses. */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "caller.h"
#include "compat.h"
#include "files/symbol.h"

/*
 * The name of a return address, never the address itself.  %pB prints the bare number
 * when no symbol is near, as for the code of a module that is gone.
 */
static void rp_symbol(struct seq_file *m, unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN] = "";

	if (addr)
		snprintf(name, sizeof(name), "%pB", (void *)addr);
	if (!name[0] || strstarts(name, "0x"))
		seq_putc(m, '?');
	else
		seq_puts(m, name);
}

void rp_symbol_caller(struct seq_file *m, unsigned int id)
{
	rp_symbol(m, id ? rp_caller_addr(id) : 0);
}

/* A return address is never the beginning of a function, but for a trampoline's. */
static bool rp_symbol_is_trampoline(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];

	snprintf(name, sizeof(name), "%pS", (void *)addr);
	return strstarts(name + strspn(name, "_"), "kretprobe_trampoline+0x0/");
}

/**
 * rp_symbol_frames() - a stack, one frame a line
 * @m: where to
 * @frames: return addresses, the innermost first
 * @count: how many
 * @cut: there were more
 *
 * An unwinder that does not know of return probes ends at the trampoline of one.
 */
void rp_symbol_frames(struct seq_file *m, const unsigned long *frames, unsigned int count,
		      bool cut)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (RP_COMPAT_STACK_AT_ENTRY && rp_symbol_is_trampoline(frames[i])) {
			cut = true;
			break;
		}
		seq_putc(m, ' ');
		rp_symbol(m, frames[i]);
		seq_putc(m, '\n');
	}
	if (cut)
		seq_puts(m, " ...\n");
}
