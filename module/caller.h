/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_CALLER_H
#define _RP_CALLER_H

#include <linux/types.h>

#define RP_CALLERS	1024	/* distinct call sites that get a number */

u32 rp_caller_id(unsigned long addr);
#ifdef CONFIG_UNWINDER_ORC
#define RP_CALLER_ASKER	true
unsigned long rp_caller_asker(unsigned long addr, unsigned long sp, unsigned long bp);
#else
#define RP_CALLER_ASKER	false
static inline unsigned long rp_caller_asker(unsigned long addr, unsigned long sp,
					    unsigned long bp)
{
	return addr;
}
#endif
unsigned long rp_caller_addr(u32 id);

#endif
