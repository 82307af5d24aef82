/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels, and nothing else does: the only file that
 * tests a kernel's version, configuration or headers.
 *
 * Distributions backport, so the headers decide and not the version: by a
 * macro that they define, by the type of a function that they declare, or, for
 * what neither shows, by RP_HAVE_* macros, each a line of code that Kbuild found
 * to compile.
 */
#ifndef _RP_COMPAT_H
#define _RP_COMPAT_H

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/jump_label.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/netfilter.h>
#include <linux/preempt.h>
#include <linux/skbuff.h>
#include <linux/stacktrace.h>
#include <linux/version.h>
#include <net/fib_rules.h>
#include <net/flow.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/route.h>
#ifdef CONFIG_X86
#include <asm/unwind.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "routeprobe needs Linux 5.10 or newer"
#endif
#ifndef CONFIG_64BIT
#error "routeprobe needs a 64-bit kernel: a record's sequence number is read in one piece"
#endif
#ifndef CONFIG_KRETPROBES
#error "routeprobe needs a kernel with CONFIG_KRETPROBES"
#endif
#ifndef CONFIG_TRACEPOINTS
#error "routeprobe needs a kernel with CONFIG_TRACEPOINTS"
#endif
#ifndef CONFIG_DEBUG_FS
#error "routeprobe needs a kernel with CONFIG_DEBUG_FS"
#endif
#ifndef CONFIG_IP_MULTIPLE_TABLES
#error "routeprobe needs a kernel with CONFIG_IP_MULTIPLE_TABLES"
#endif

/* ---- kprobes ---- */

#ifndef in_hardirq	/* before 5.11 */
#define in_hardirq()	in_irq()
#endif

/*
 * Where the probed function returns to.  What stood on the stack at entry may
 * be another probe's trampoline, when a probed function was left by a tail call.
 * rethook_trampoline_handler() puts the real address into the registers before
 * it calls any handler, and __kretprobe_trampoline_handler() into the instance.
 */
static nokprobe_inline unsigned long rp_compat_caller(struct kretprobe_instance *ri,
						      struct pt_regs *regs)
{
#ifdef CONFIG_KRETPROBE_ON_RETHOOK
	return instruction_pointer(regs);
#else
	return (unsigned long)ri->ret_addr;
#endif
}

/* The same at the entry of a function. */
static nokprobe_inline unsigned long rp_compat_entry_caller(const struct pt_regs *regs)
{
#ifdef CONFIG_X86_64
	return *(unsigned long *)kernel_stack_pointer((struct pt_regs *)regs);
#else
	return procedure_link_pointer(regs);
#endif
}

/* At the entry of a function: where the stack will end when it has returned. */
static nokprobe_inline unsigned long rp_compat_sp_after(struct pt_regs *regs)
{
#ifdef CONFIG_X86_64
	return kernel_stack_pointer(regs) + sizeof(long);
#else
	return kernel_stack_pointer(regs);
#endif
}

/* ---- time: see clock.h ---- */

#ifdef CONFIG_X86_64
#include <asm/msr.h>
#include <asm/tsc.h>

/* The counter of cycles, the same on all CPUs as long as the kernel trusts it. */
#define RP_COMPAT_CYCLES
#define rp_compat_cycles()		rdtsc()
#define rp_compat_cycles_untrusted()	check_tsc_unstable()
#endif

/* ---- detours: see detour.h ---- */

#if defined(CONFIG_X86_64) && defined(CONFIG_HAVE_STATIC_CALL) &&	\
	defined(CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS) &&		\
	defined(RP_HAVE_SHARE_IPMODIFY)		/* 6.0 */
#define RP_COMPAT_DETOURS

/* Only the arguments are in there. */
static nokprobe_inline struct pt_regs *rp_compat_ftrace_regs(struct ftrace_regs *fregs)
{
#ifdef arch_ftrace_regs		/* 6.13 */
	return &arch_ftrace_regs(fregs)->regs;
#else
	return &fregs->regs;
#endif
}

static nokprobe_inline void rp_compat_ftrace_go_to(struct ftrace_regs *fregs, unsigned long ip)
{
#ifdef ftrace_regs_set_instruction_pointer	/* 6.2 */
	ftrace_regs_set_instruction_pointer(fregs, ip);
#else
	ftrace_instruction_pointer_set(fregs, ip);
#endif
}
#endif

/* What is written before it is read need not be cleared, whatever the kernel's default. */
#if __has_attribute(__uninitialized__)
#define RP_COMPAT_UNINITIALIZED	__attribute__((__uninitialized__))
#else
#define RP_COMPAT_UNINITIALIZED
#endif

/* For functions without an array on the stack. */
#if __has_attribute(__no_stack_protector__)
#define RP_COMPAT_NO_STACK_PROTECTOR	__attribute__((__no_stack_protector__))
#else
#define RP_COMPAT_NO_STACK_PROTECTOR
#endif

/* ---- stacks ---- */

/*
 * Whether the unwinder sees through the trampoline of a return probe, in its handler too
 * (5.15, arm64 5.16).  If not, a stack has to be taken at entry, and ends at the next
 * probed function further out, if there is one.
 */
#ifdef CONFIG_ARCH_CORRECT_STACKTRACE_ON_KRETPROBE
#define RP_COMPAT_STACK_AT_ENTRY	false
#else
#define RP_COMPAT_STACK_AT_ENTRY	true
#endif

/* Return addresses up to here, the innermost first: how many. */
static nokprobe_inline unsigned int rp_compat_stack_here(unsigned long *frames,
							 unsigned int size)
{
#ifdef CONFIG_STACKTRACE
	return stack_trace_save(frames, size, 0);
#else
	return 0;
#endif
}

/*
 * A function that was just entered has no frame yet, and who called it is left out by the
 * unwinder of arm64: put it where the function itself is.
 */
static nokprobe_inline void rp_compat_stack_mend(struct pt_regs *regs, unsigned long *frames,
						 unsigned int count)
{
	unsigned long caller = rp_compat_entry_caller(regs);
	unsigned int i;

	for (i = 0; i < count && frames[i] != caller; i++)
		if (frames[i] == instruction_pointer(regs) &&
		    (i + 1 == count || frames[i + 1] != caller)) {
			frames[i] = caller;
			return;
		}
}

/*
 * The same up to where a probe has these registers from, perhaps with what is further
 * in.  With all registers the unwinder of x86 begins there, and need not climb out of
 * the probe first, which has as many frames as many a stack.
 */
static nokprobe_inline unsigned int rp_compat_stack(struct pt_regs *regs, unsigned long *frames,
						    unsigned int size)
{
#if defined(CONFIG_X86) && !defined(CONFIG_UNWINDER_GUESS)
	struct unwind_state state;
	unsigned int count = 0;

	if (!regs)
		return rp_compat_stack_here(frames, size);
	frames[count++] = instruction_pointer(regs);	/* which it leaves out */
	for (unwind_start(&state, current, regs, NULL); !unwind_done(&state) && count < size;
	     unwind_next_frame(&state)) {
		frames[count] = unwind_get_return_address(&state);
		if (!frames[count])
			break;
		count++;
	}
#else
	unsigned int count = rp_compat_stack_here(frames, size);

	if (RP_COMPAT_STACK_AT_ENTRY && regs)
		rp_compat_stack_mend(regs, frames, count);
#endif
	return count;
}

/* ---- the VRF of a flow: before 5.18 it took the place of oif ---- */

static nokprobe_inline u32 rp_compat_flow_l3mdev(const struct flowi4 *fl4)
{
#ifdef RP_HAVE_FLOW_L3MDEV
	return fl4->flowi4_l3mdev;
#else
	return 0;
#endif
}

static nokprobe_inline u32 rp_compat_flow6_l3mdev(const struct flowi6 *fl6)
{
#ifdef RP_HAVE_FLOW_L3MDEV
	return fl6->flowi6_l3mdev;
#else
	return 0;
#endif
}

/* ---- sysctls ---- */

/* What a kernel lacks is 0, and no file of it is ever written. */
static nokprobe_inline int rp_compat_hash_policy(const struct net *net)
{
#ifdef CONFIG_IP_ROUTE_MULTIPATH
	return READ_ONCE(net->ipv4.sysctl_fib_multipath_hash_policy);
#else
	return 0;
#endif
}

static nokprobe_inline int rp_compat_use_neigh(const struct net *net)
{
#ifdef CONFIG_IP_ROUTE_MULTIPATH
	return READ_ONCE(net->ipv4.sysctl_fib_multipath_use_neigh);
#else
	return 0;
#endif
}

#ifdef CONFIG_NET_L3_MASTER_DEV
#define RP_COMPAT_L3MDEV(net, proto)	READ_ONCE((net)->ipv4.sysctl_##proto##_l3mdev_accept)
#else
#define RP_COMPAT_L3MDEV(net, proto)	0
#endif

#if IS_ENABLED(CONFIG_IPV6)
static nokprobe_inline int rp_compat_force_forwarding(const struct ipv6_devconf *conf)
{
#ifdef RP_HAVE_FORCE_FORWARDING	/* 6.17 */
	return READ_ONCE(conf->force_forwarding);
#else
	return 0;
#endif
}
#endif

/* ---- whether a namespace ever had IPv6 rules of its own ---- */

#if IS_ENABLED(CONFIG_IPV6)
static nokprobe_inline bool rp_compat_has_rules6(const struct net *net)
{
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	return net->ipv6.fib6_has_custom_rules;
#else
	return false;
#endif
}
#endif

/* ---- type of service: a byte until somebody made it a dscp_t ---- */

static nokprobe_inline u8 rp_compat_flow_tos(const struct flowi4 *fl4)
{
#ifdef flowi4_dscp	/* 6.18 */
	return inet_dscp_to_dsfield(fl4->flowi4_dscp);
#else
	return fl4->flowi4_tos;
#endif
}

/* 0: this kernel does not say. */
static nokprobe_inline u8 rp_compat_result_tos(const struct fib_result *res)
{
#ifdef RP_HAVE_FIB_RESULT_DSCP	/* 5.18 */
	return inet_dscp_to_dsfield(res->dscp);
#else
	return 0;
#endif
}

static nokprobe_inline u8 rp_compat_entry_tos(const struct fib_entry_notifier_info *entry)
{
#ifdef RP_HAVE_FIB_ENTRY_DSCP	/* 5.18 */
	return inet_dscp_to_dsfield(entry->dscp);
#else
	return entry->tos;
#endif
}

static nokprobe_inline u8 rp_compat_config_tos(const struct fib_config *cfg)
{
#ifdef RP_HAVE_FIB_CONFIG_DSCP	/* 5.18 */
	return inet_dscp_to_dsfield(cfg->fc_dscp);
#else
	return cfg->fc_tos;
#endif
}

/*
 * Whether a function has this prototype.  dscp_t is a u8 to the compiler; sparse,
 * which tells them apart, is not asked.
 */
#ifdef __CHECKER__
#define RP_COMPAT_PROTO(fn, ret, ...)	true
#else
#define RP_COMPAT_PROTO(fn, ret, ...)	\
	__builtin_types_compatible_p(typeof(fn), ret(__VA_ARGS__))
#endif

/*
 * Whether a member of a structure has this type: for functions that are static, but
 * which the kernel calls by a pointer there.
 */
#define RP_COMPAT_MEMBER(type, member, of)	\
	__builtin_types_compatible_p(typeof(((type *)NULL)->member), of)

/* ---- rules: how they are suppressed, with flags since 5.16 and in stable updates ---- */

#define RP_COMPAT_SUPPRESS(...)		\
	RP_COMPAT_MEMBER(struct fib_rules_ops, suppress, bool (*)(__VA_ARGS__))

/* Which argument of it is the struct fib_lookup_arg; 0: unknown. */
#define RP_COMPAT_SUPPRESS_ARG							\
	(RP_COMPAT_SUPPRESS(struct fib_rule *, int, struct fib_lookup_arg *) ? 2 :	\
	 RP_COMPAT_SUPPRESS(struct fib_rule *, struct fib_lookup_arg *) ? 1 : 0)

/* ---- rules: a port is one, or some bits of one since 6.14 ---- */

static nokprobe_inline u16 rp_compat_rule_sport_mask(const struct fib_rule *rule)
{
#ifdef RP_HAVE_FIB_RULE_PORT_MASK
	return rule->sport_mask;
#else
	return U16_MAX;
#endif
}

static nokprobe_inline u16 rp_compat_rule_dport_mask(const struct fib_rule *rule)
{
#ifdef RP_HAVE_FIB_RULE_PORT_MASK
	return rule->dport_mask;
#else
	return U16_MAX;
#endif
}

/* ---- prototypes that no one line of RP_ASSERT_PROTO() can check ---- */

/*
 * The last argument says what options the packet had, and since 6.18 more of it;
 * that is nothing to us.
 */
#define RP_COMPAT_ICMP_SEND(options)						\
	RP_COMPAT_PROTO(__icmp_send, void, struct sk_buff *, int, int, __be32,	\
			const typeof(options) *)

#define RP_COMPAT_ICMP_SEND_OPTIONS	RP_COMPAT_ICMP_SEND(struct ip_options)
#define RP_COMPAT_ICMP_SEND_PARM	RP_COMPAT_ICMP_SEND(struct inet_skb_parm)

static_assert(RP_COMPAT_ICMP_SEND_OPTIONS || RP_COMPAT_ICMP_SEND_PARM,
	      "__icmp_send() has another prototype than compat.h knows");

#ifdef CONFIG_NETFILTER	/* without it there is none */
static_assert(RP_COMPAT_PROTO(nf_hook_slow, int, struct sk_buff *, struct nf_hook_state *,
			      const struct nf_hook_entries *, unsigned int),
	      "nf_hook_slow() has another prototype than its probe was written for");
#endif

#if IS_ENABLED(CONFIG_IPV6)
/* Since 7.3 it is told why, which the record tells otherwise. */
#define RP_COMPAT_FIB6_DEL	RP_COMPAT_PROTO(fib6_del, int, struct fib6_info *, struct nl_info *)
#ifdef RP_HAVE_RT_DEL_REASON
#define RP_COMPAT_FIB6_DEL_REASON						\
	RP_COMPAT_PROTO(fib6_del, int, struct fib6_info *, struct nl_info *, enum rt_del_reason)
#else
#define RP_COMPAT_FIB6_DEL_REASON	false
#endif

/* What it returns is nothing to us: a drop reason since 6.12. */
#ifdef DEFINE_DROP_REASON
#define RP_COMPAT_NOTIFY6_REASON						\
	RP_COMPAT_PROTO(icmpv6_notify, enum skb_drop_reason, struct sk_buff *, u8, u8, __be32)
#else
#define RP_COMPAT_NOTIFY6_REASON	false
#endif

static_assert(RP_COMPAT_PROTO(icmpv6_notify, void, struct sk_buff *, u8, u8, __be32) ||
	      RP_COMPAT_NOTIFY6_REASON,
	      "icmpv6_notify() has another prototype than compat.h knows");

#define RP_COMPAT_ASSERT_FIB6_DEL						\
	static_assert(RP_COMPAT_FIB6_DEL || RP_COMPAT_FIB6_DEL_REASON,		\
		      "fib6_del() has another prototype than compat.h knows")
#endif

/* ---- drop reasons ---- */

/*
 * Whether ip_route_input_slow() and fib_validate_source() say why by a drop
 * reason, the latter by a negative one.  That came in one series for both and
 * for ip_route_input_noref(), the only one whose type shows it (6.14).
 */
#define RP_COMPAT_ERRNOS(fn, ...)	RP_COMPAT_PROTO(fn, int, __VA_ARGS__)
#ifdef DEFINE_DROP_REASON
#define RP_COMPAT_REASONS_OF(fn, ...)	RP_COMPAT_PROTO(fn, enum skb_drop_reason, __VA_ARGS__)
#else
#define RP_COMPAT_REASONS_OF(fn, ...)	false
#endif

#define RP_COMPAT_INPUT_REASONS								\
	RP_COMPAT_REASONS_OF(ip_route_input_noref, struct sk_buff *, __be32, __be32, u8,	\
			     struct net_device *)

/* Of a function that returns one or the other. */
#define RP_COMPAT_ASSERT_INPUT(fn, ...)							\
	static_assert(RP_COMPAT_ERRNOS(fn, __VA_ARGS__) ||				\
		      RP_COMPAT_REASONS_OF(fn, __VA_ARGS__),				\
		      #fn "() has another prototype than compat.h knows")

RP_COMPAT_ASSERT_INPUT(ip_route_input_noref, struct sk_buff *, __be32, __be32, u8,
		       struct net_device *);

/* As rp_record.err has it: negative errno or positive reason. */
static nokprobe_inline int rp_compat_validate_err(int ret)
{
	return RP_COMPAT_INPUT_REASONS ? -ret : ret;
}

/* FN(NAME) for each reason of this kernel. */
#ifdef DEFINE_DROP_REASON
#define RP_COMPAT_NO_REASON(name)
#define RP_COMPAT_REASONS(FN)	DEFINE_DROP_REASON(FN, RP_COMPAT_NO_REASON)
#else
#define RP_COMPAT_REASONS(FN)
#endif

/*
 * The arguments of who listens to the tracepoint kfree_skb, where it says why: of packets that
 * are sent since 5.18.
 */
#ifdef RP_HAVE_EGRESS_REASONS
#define RP_COMPAT_DROPPED_BY	void *data, struct sk_buff *skb, void *location,	\
				enum skb_drop_reason reason
#ifdef RP_HAVE_KFREE_SKB_CONST_SOCK
#define RP_COMPAT_DROPPED	RP_COMPAT_DROPPED_BY, const struct sock *sk
#elif defined(RP_HAVE_KFREE_SKB_SOCK)	/* 6.11 */
#define RP_COMPAT_DROPPED	RP_COMPAT_DROPPED_BY, struct sock *sk
#else
#define RP_COMPAT_DROPPED	RP_COMPAT_DROPPED_BY
#endif
#endif

/* ---- files ---- */

/* A file's time of last change, as stat() shows it. */
static inline void rp_compat_touch(struct inode *inode)
{
#ifdef RP_HAVE_INODE_SET_MTIME	/* 6.7 */
	inode_set_mtime_to_ts(inode, current_time(inode));
#else
	inode->i_mtime = current_time(inode);
#endif
}

#endif
