/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels, and nothing else does: the only file that
 * tests a kernel's version, configuration or headers.
 */
#ifndef _RP_COMPAT_H
#define _RP_COMPAT_H

#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/version.h>
#include <net/ip_fib.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "routeprobe needs Linux 6.1 or newer"
#endif
#ifndef CONFIG_64BIT
#error "routeprobe needs a 64-bit kernel: a record's sequence number is read in one piece"
#endif
#ifndef CONFIG_KRETPROBES
#error "routeprobe needs a kernel with CONFIG_KRETPROBES"
#endif
#ifndef CONFIG_DEBUG_FS
#error "routeprobe needs a kernel with CONFIG_DEBUG_FS"
#endif
#ifndef CONFIG_IP_MULTIPLE_TABLES
#error "routeprobe needs a kernel with CONFIG_IP_MULTIPLE_TABLES"
#endif

/*
 * Where the probed function returns to.  get_kretprobe_retaddr() is what
 * stood on the stack at entry: another probe's trampoline, when a probed
 * function was left by a tail call.  rethook_trampoline_handler() puts the
 * real address into the registers before it calls any handler, and
 * __kretprobe_trampoline_handler() into the instance.
 */
static nokprobe_inline unsigned long rp_compat_caller(struct kretprobe_instance *ri,
						      struct pt_regs *regs)
{
#ifdef CONFIG_KRETPROBE_ON_RETHOOK
	return instruction_pointer(regs);
#else
	return (unsigned long)get_kretprobe_retaddr(ri);
#endif
}

/* A file's time of last change, as stat() shows it. */
static inline void rp_compat_touch(struct inode *inode)
{
	inode->i_mtime = current_time(inode);
}

#endif
