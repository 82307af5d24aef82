/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handlers of a row's kretprobe or kprobe, and what ftrace's callbacks share with
 * those of kprobes: registers in, and the body of hit.h.  Wrappers are in detour.h.
 *
 * Each handler is two: what is rare is not to cost the other registers to save.
 * No handler asks an instance or a kprobe which row it is: what those point to is
 * gone when a probe is disarmed while a call is under way.
 */
#ifndef _RP_KPROBE_H
#define _RP_KPROBE_H

#include <linux/jump_label.h>
#include <linux/kprobes.h>
#include <linux/ptrace.h>

#include "call.h"
#include "compat.h"
#include "hit.h"
#include "stack.h"

static nokprobe_inline void rp_hit_args(struct rp_call *call, struct pt_regs *regs,
					unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		call->arg[i] = regs_get_kernel_argument(regs, i);
}

static nokprobe_inline int rp_hit_kretprobe_entry(const struct rp_hit *hit,
						  struct kretprobe_instance *ri,
						  struct pt_regs *regs, unsigned int args,
						  bool filtered)
{
	struct rp_call *call = (struct rp_call *)ri->data;

	rp_hit_args(call, regs, args);
	if (hit->flags & RP_ROW_FRAME)
		call->frame = NULL;
	if (!rp_hit_begin(hit, call, false, false, filtered))
		return 1;	/* no return handler for this call */
	if (filtered && RP_COMPAT_STACK_AT_ENTRY && rp_stack_wanted())
		call->stack = rp_stack_take(regs, rp_compat_entry_caller(regs));
	call->sp = rp_compat_sp_after(regs);
	return 0;
}

static nokprobe_inline int rp_hit_kretprobe_return(const struct rp_hit *hit,
						   struct kretprobe_instance *ri,
						   struct pt_regs *regs, bool filtered)
{
	struct rp_call *call = (struct rp_call *)ri->data;

	call->caller = rp_compat_caller(ri, regs);
	rp_hit_end(hit, call, regs_return_value(regs), regs, filtered);
	return 0;
}

static nokprobe_inline void rp_hit_entry(const struct rp_hit *hit, struct pt_regs *regs,
					 unsigned long caller, unsigned int args,
					 bool filtered)
{
	struct rp_call call RP_COMPAT_UNINITIALIZED;

	rp_hit_args(&call, regs, args);
	call.caller = caller;
	call.sp = ULONG_MAX;	/* beyond the stack: nobody is looked for behind a trampoline */
	rp_hit_moment(hit, &call, 0, regs, filtered);
}

#define RP_HANDLERS_RETURN(fn, args)							\
static noinline int rp_filtered_entry_##fn(struct kretprobe_instance *ri,		\
					   struct pt_regs *regs)			\
{											\
	return rp_hit_kretprobe_entry(&rp_hit_##fn, ri, regs, args, true);		\
}											\
NOKPROBE_SYMBOL(rp_filtered_entry_##fn);						\
static notrace int rp_entry_##fn(struct kretprobe_instance *ri, struct pt_regs *regs)	\
{											\
	if (static_branch_unlikely(&rp_hit_filtered))					\
		return rp_filtered_entry_##fn(ri, regs);				\
	return rp_hit_kretprobe_entry(&rp_hit_##fn, ri, regs, args, false);		\
}											\
NOKPROBE_SYMBOL(rp_entry_##fn);								\
static noinline int rp_filtered_return_##fn(struct kretprobe_instance *ri,		\
					    struct pt_regs *regs)			\
{											\
	return rp_hit_kretprobe_return(&rp_hit_##fn, ri, regs, true);			\
}											\
NOKPROBE_SYMBOL(rp_filtered_return_##fn);						\
static notrace int rp_return_##fn(struct kretprobe_instance *ri, struct pt_regs *regs)	\
{											\
	if (static_branch_unlikely(&rp_hit_filtered))					\
		return rp_filtered_return_##fn(ri, regs);				\
	return rp_hit_kretprobe_return(&rp_hit_##fn, ri, regs, false);			\
}											\
NOKPROBE_SYMBOL(rp_return_##fn)

/*
 * For a row that other records cover most times: @covered tells that from the arguments,
 * and saves no registers for what is rare.
 */
#define RP_HANDLERS_ENTRY(fn, args, covered)						\
static noinline void rp_filtered_at_##fn(struct pt_regs *regs, unsigned long caller)	\
{											\
	rp_hit_entry(&rp_hit_##fn, regs, caller, args, true);				\
}											\
NOKPROBE_SYMBOL(rp_filtered_at_##fn);							\
static noinline void rp_plain_at_##fn(struct pt_regs *regs, unsigned long caller)	\
{											\
	rp_hit_entry(&rp_hit_##fn, regs, caller, args, false);				\
}											\
NOKPROBE_SYMBOL(rp_plain_at_##fn);							\
static nokprobe_inline void rp_at_##fn(struct pt_regs *regs, unsigned long caller)	\
{											\
	if (likely(covered(regs)))							\
		rp_hit_leave_out(rp_id_of_##fn);					\
	else if (static_branch_unlikely(&rp_hit_filtered))				\
		rp_filtered_at_##fn(regs, caller);					\
	else										\
		rp_plain_at_##fn(regs, caller);						\
}											\
static notrace int rp_pre_##fn(struct kprobe *kp, struct pt_regs *regs)			\
{											\
	rp_at_##fn(regs, rp_compat_entry_caller(regs));					\
	return 0;									\
}											\
NOKPROBE_SYMBOL(rp_pre_##fn)

#endif
