/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the module that need no kernel take from one, put before each of
 * them in place of compat.h.
 */
#ifndef _RP_COMPAT_H
#define _RP_COMPAT_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef int32_t s32;
typedef uint32_t u32;
typedef uint64_t u64;

#define __rcu
#define nokprobe_inline		inline
#define rcu_dereference_sched(p) (p)
#define U32_MAX			UINT32_MAX
#define BIT(n)			(1UL << (n))
#define NOKPROBE_SYMBOL(name)
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)	/* a barrier there too */
#define cmpxchg(p, old, new)	__sync_val_compare_and_swap(p, old, new)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/* The test's */
void pr_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define SKB_DROP_REASON_IP_RPFILTER	16
#define RP_COMPAT_REASONS(FN)		FN(IP_RPFILTER)

#endif
