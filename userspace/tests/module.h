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
typedef int64_t s64;
typedef uint32_t u32;
typedef uint64_t u64;

#define __rcu
#define nokprobe_inline		inline
#define rcu_dereference_sched(p) (p)
#define U32_MAX			UINT32_MAX
#define U64_MAX			UINT64_MAX
#define likely(x)		(x)
#define unlikely(x)		(x)
#define __aligned(n)		__attribute__((aligned(n)))
#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define NOKPROBE_SYMBOL(name)
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)	/* a barrier there too */
#define WRITE_ONCE(x, v)	__atomic_store_n(&(x), v, __ATOMIC_RELAXED)
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)	/* a barrier, */
#define smp_rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE)		/* as these */
#define smp_wmb()		__atomic_thread_fence(__ATOMIC_RELEASE)		/* two are */
#define local_irq_save(flags)	((flags) = 0)
#define local_irq_restore(flags) ((void)(flags))
#define cmpxchg(p, old, new)	__sync_val_compare_and_swap(p, old, new)
#define min_t(type, a, b)	((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b)	((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define div64_u64(a, b)		((a) / (b))
#define mul_u64_u32_shr(a, b, shift) ((u64)((__uint128_t)(a) * (b) >> (shift)))
#define DECLARE_STATIC_KEY_FALSE(key) extern bool key
#define DEFINE_STATIC_KEY_FALSE(key) bool key
#define static_branch_likely(key) (*(key))
#define static_branch_enable(key) (*(key) = true)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/* The test's */
#define RP_COMPAT_CYCLES
u64 rp_compat_cycles(void);
bool rp_compat_cycles_untrusted(void);
u64 ktime_get_ns(void);
void msleep(unsigned int ms);
void pr_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define SKB_DROP_REASON_IP_RPFILTER	16
#define RP_COMPAT_REASONS(FN)		FN(IP_RPFILTER)

#endif
