/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cheaper ways to attach a probe, both by ftrace alone.
 *
 * A wrapper: ftrace goes to a C function of ours in place of the probed one
 * (FTRACE_OPS_FL_IPMODIFY, as livepatch does), and ours, which has the same
 * prototype, calls the probed function's body behind the patched call.  Empty it
 * costs 37 instructions, where a kretprobe costs 394.  It has no pool of
 * instances and so misses nothing, and swaps no return address.
 *
 * A callback: ftrace calls us at the entry.  34 instructions, a kprobe 154; and no
 * other probe is passed over while it runs.
 *
 * What was thought of:
 *
 * - Other tools.  BPF's fentry and fexit, kprobe events and kretprobes of the same
 *   function come and go as they like, before us or after: that takes a kernel whose
 *   direct calls share a function with IPMODIFY (6.0), without it there is no
 *   wrapper.  Two users of IPMODIFY cannot have one function: livepatch of a
 *   function that we hold gets EBUSY, and we get it where livepatch came first and
 *   take the kretprobe.  A kprobe with a post handler counts as such a user.
 * - A foreign return probe of the same function has put its trampoline where our
 *   return address stands: see caller.c.
 * - IBT: our function is reached by a RET of ftrace's trampoline, which needs no
 *   ENDBR; the body by a direct call (static_call), as behind the patched call
 *   there is none.
 * - Clang's CFI checks indirect calls: there is none, for the same reason.
 * - PREEMPT: ftrace's callback, the wrapper and the body may be preempted and go on
 *   elsewhere.  No state of a call is per CPU, and interrupts are off while a record
 *   is made.  Before the module goes rp_detour_wait() waits for all who are inside.
 * - PREEMPT_RT: the same; no lock is taken, and softirqs are tasks that RCU Tasks
 *   knows.
 * - kernel.ftrace_enabled=0 would silence us: FTRACE_OPS_FL_PERMANENT refuses to
 *   register then, and refuses to switch ftrace off as long as we are there, as for
 *   livepatch.
 * - Functions that sleep cannot have a wrapper: a sleeping task counts as one that
 *   has left it.
 * - arm64 has no static_call(): an indirect call into a function's middle faults
 *   where BTI is on, and the way to get there differs between WITH_REGS (6.1) and
 *   WITH_ARGS (6.2).  There all rows have kprobes and kretprobes.
 */
#ifndef _RP_DETOUR_H
#define _RP_DETOUR_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/types.h>

#include "call.h"
#include "compat.h"
#include "hit.h"

#ifdef RP_COMPAT_DETOURS
#include <linux/static_call.h>

struct rp_detour_ops {
	struct ftrace_ops ops;
};

/**
 * struct rp_detour - how ftrace gets to a row's handler
 * @name: for the file "probes"
 * @callback: what ftrace is to call
 * @flags: FTRACE_OPS_FL_*
 * @set_body: for a wrapper: where the probed function goes on; else NULL
 */
struct rp_detour {
	const char *name;
	ftrace_func_t callback;
	unsigned long flags;
	void (*set_body)(void *body);
};

int rp_detour_attach(struct rp_detour_ops *detoured, const struct rp_detour *detour,
		     const char *symbol);
void rp_detour_detach(struct rp_detour_ops *detoured);
void rp_detour_wait(void);

#define RP_LIST(...)	__VA_ARGS__

/* In a wrapper: where it returns to, and where the stack is then. */
#define RP_DETOUR_CALLER	((unsigned long)__builtin_return_address(0))
#define RP_DETOUR_SP		((unsigned long)__builtin_frame_address(0) + 2 * sizeof(long))

static nokprobe_inline void rp_detour_args(struct rp_call *call, const unsigned long *args,
					   unsigned int count)
{
	unsigned int i;

#pragma GCC unroll 6
	for (i = 0; i < count; i++)
		call->arg[i] = args[i];
}

/*
 * The wrapper of a function: RP_WRAPPER(its name, type of what it returns, its
 * parameters as they are declared, their names, and those that decode needs, each
 * cast to unsigned long).
 *
 * The stub is the target of the static call until the wrapper is attached; nobody
 * calls it.  ftrace's callback chooses between the plain and the filtered one.  In
 * front of that is one that only refuses, which saves no registers for the rest.
 *
 * RP_WRAPPER_OF_SOME(its name, a function of the registers, the rest as above): calls for
 * which that function says no are none of ours, and are left where they are.
 */
#define RP_WRAPPER(fn, ...)								\
	RP_WRAPPER_PARTS(fn, __VA_ARGS__);						\
	RP_WRAPPER_ENDS(fn, rp_detour_takes_all, __VA_ARGS__)

#define RP_WRAPPER_OF_SOME(fn, takes, ...)						\
	RP_WRAPPER_PARTS(fn, __VA_ARGS__);						\
	RP_WRAPPER_ENDS(fn, takes, __VA_ARGS__)

/*
 * RP_WRAPPER_FOLDED(its name, the argument that is the flow, fold, the rest as above):
 * where a frame covers the call, its fold function leaves there what the call returned.
 */
#define RP_WRAPPER_FOLDED(fn, fl, fold, ...)						\
	RP_WRAPPER_PARTS(fn, __VA_ARGS__);						\
	RP_WRAPPER_FOLDING(fn, fl, fold, __VA_ARGS__);					\
	RP_WRAPPER_ATTACH(fn, rp_detour_takes_all, rp_folding_wrapper_##fn,		\
			  rp_folding_wrapper_##fn)

static nokprobe_inline bool rp_detour_takes_all(struct pt_regs *regs)
{
	return true;
}

/* Of the rows whose wrapper has a frame; the others' is not used. */
static nokprobe_inline void rp_detour_frame(const struct rp_hit *hit, struct rp_call *call,
					    struct rp_omit_frame *frame)
{
	if (hit->flags & RP_ROW_FRAME)
		call->frame = frame;
}

#define RP_WRAPPER_PARTS(fn, type, params, names, ...)					\
static type rp_stub_##fn params								\
{											\
	return (type)-EINVAL;								\
}											\
DEFINE_STATIC_CALL(rp_body_##fn, rp_stub_##fn);						\
static noinline notrace type rp_filtered_wrapper_##fn(unsigned long caller,		\
		      unsigned long sp, RP_LIST params)					\
{											\
	struct rp_omit_frame frame RP_COMPAT_UNINITIALIZED;				\
	struct rp_call call RP_COMPAT_UNINITIALIZED;					\
	bool wanted;									\
	type ret;									\
											\
	rp_detour_args(&call, (const unsigned long[]){ __VA_ARGS__ },			\
		       sizeof((const unsigned long[]){ __VA_ARGS__ }) / sizeof(long));	\
	rp_detour_frame(&rp_hit_##fn, &call, &frame);					\
	wanted = rp_hit_begin(&rp_hit_##fn, &call, false, true, true);			\
	ret = static_call(rp_body_##fn) names;						\
	if (wanted) {									\
		call.caller = caller;							\
		call.sp = sp;								\
		rp_hit_end(&rp_hit_##fn, &call, (unsigned long)ret, NULL, true);	\
	} else {									\
		rp_detour_frame(&rp_hit_##fn, &call, NULL);				\
		rp_hit_release(&rp_hit_##fn, &call);					\
	}										\
	return ret;									\
}											\
NOKPROBE_SYMBOL(rp_filtered_wrapper_##fn)

/* Where no filter is set: who called it, and where its stack ends, is asked behind the call. */
#define RP_WRAPPER_PLAIN(fn, caller_of, sp_of, type, names, ...)				\
{											\
	struct rp_omit_frame frame RP_COMPAT_UNINITIALIZED;				\
	struct rp_call call RP_COMPAT_UNINITIALIZED;					\
	type ret;									\
											\
	rp_detour_args(&call, (const unsigned long[]){ __VA_ARGS__ },			\
		       sizeof((const unsigned long[]){ __VA_ARGS__ }) / sizeof(long));	\
	rp_detour_frame(&rp_hit_##fn, &call, &frame);					\
	if (!rp_hit_begin(&rp_hit_##fn, &call, false, false, false))			\
		return static_call(rp_body_##fn) names;					\
	ret = static_call(rp_body_##fn) names;						\
	call.caller = caller_of;							\
	call.sp = sp_of;								\
	rp_hit_end(&rp_hit_##fn, &call, (unsigned long)ret, NULL, false);		\
	return ret;									\
}

#define RP_WRAPPER_ENDS(fn, takes, type, params, names, ...)				\
static noinline notrace RP_COMPAT_NO_STACK_PROTECTOR type rp_refusing_wrapper_##fn params	\
{											\
	struct rp_call call RP_COMPAT_UNINITIALIZED;					\
	type ret;									\
											\
	rp_detour_args(&call, (const unsigned long[]){ __VA_ARGS__ },			\
		       sizeof((const unsigned long[]){ __VA_ARGS__ }) / sizeof(long));	\
	if (!rp_hit_refuse(&rp_hit_##fn, &call))					\
		return rp_filtered_wrapper_##fn(RP_DETOUR_CALLER, RP_DETOUR_SP,		\
						RP_LIST names);				\
	ret = static_call(rp_body_##fn) names;						\
	rp_detour_frame(&rp_hit_##fn, &call, NULL);					\
	rp_hit_release(&rp_hit_##fn, &call);						\
	return ret;									\
}											\
NOKPROBE_SYMBOL(rp_refusing_wrapper_##fn);						\
static noinline notrace RP_COMPAT_NO_STACK_PROTECTOR type rp_wrapper_##fn params	\
	RP_WRAPPER_PLAIN(fn, RP_DETOUR_CALLER, RP_DETOUR_SP, type, names, __VA_ARGS__)	\
NOKPROBE_SYMBOL(rp_wrapper_##fn);							\
RP_WRAPPER_ATTACH(fn, takes, rp_refusing_wrapper_##fn, rp_wrapper_##fn)

#define RP_WRAPPER_FOLDING(fn, fl, fold, type, params, names, ...)			\
static noinline notrace type rp_plain_wrapper_##fn(unsigned long caller,		\
		      unsigned long sp, RP_LIST params)					\
	RP_WRAPPER_PLAIN(fn, caller, sp, type, names, __VA_ARGS__)			\
NOKPROBE_SYMBOL(rp_plain_wrapper_##fn);							\
static noinline notrace RP_COMPAT_NO_STACK_PROTECTOR type rp_folding_wrapper_##fn params	\
{											\
	struct rp_omit_frame *frame = rp_omit_frame_here();				\
	type ret;									\
											\
	if (rp_omit_frame_is_near(frame) && likely(frame->flow == (fl))) {		\
		frame->asked = fl;							\
		ret = static_call(rp_body_##fn) names;					\
		frame->asked = NULL;							\
		fold(frame, ret);							\
		rp_hit_leave_out(rp_id_of_##fn);					\
		return ret;								\
	}										\
	if (static_branch_unlikely(&rp_hit_filtered))					\
		return rp_filtered_wrapper_##fn(RP_DETOUR_CALLER, RP_DETOUR_SP,		\
						RP_LIST names);				\
	return rp_plain_wrapper_##fn(RP_DETOUR_CALLER, RP_DETOUR_SP, RP_LIST names);	\
}											\
NOKPROBE_SYMBOL(rp_folding_wrapper_##fn)

#define RP_WRAPPER_ATTACH(fn, takes, filtered, plain)					\
static void notrace rp_to_wrapper_##fn(unsigned long ip, unsigned long parent,		\
				       struct ftrace_ops *ops,				\
				       struct ftrace_regs *fregs)			\
{											\
	if (takes(rp_compat_ftrace_regs(fregs)))					\
		rp_compat_ftrace_go_to(fregs, static_branch_unlikely(&rp_hit_filtered) ? \
				       (unsigned long)(filtered) :			\
				       (unsigned long)(plain));				\
	else										\
		rp_hit_leave_out(rp_id_of_##fn);					\
}											\
NOKPROBE_SYMBOL(rp_to_wrapper_##fn);							\
static void rp_set_body_##fn(void *body)						\
{											\
	static_call_update(rp_body_##fn, (typeof(rp_stub_##fn) *)body);			\
}											\
static const struct rp_detour rp_detour_##fn = {					\
	.name		= "wrapper",							\
	.callback	= rp_to_wrapper_##fn,						\
	.flags		= FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,		\
	.set_body	= rp_set_body_##fn,						\
}

#define RP_CALLBACK(fn)									\
static void notrace rp_callback_##fn(unsigned long ip, unsigned long parent,		\
				     struct ftrace_ops *ops,				\
				     struct ftrace_regs *fregs)				\
{											\
	rp_at_##fn(rp_compat_ftrace_regs(fregs), parent);				\
}											\
NOKPROBE_SYMBOL(rp_callback_##fn);							\
static const struct rp_detour rp_detour_##fn = {					\
	.name		= "ftrace",							\
	.callback	= rp_callback_##fn,						\
	.flags		= FTRACE_OPS_FL_PERMANENT,					\
}

#define RP_DETOUR(fn)	(&rp_detour_##fn)
#else
struct rp_detour_ops { };

struct rp_detour {
	const char *name;
	void (*set_body)(void *body);
};

static inline int rp_detour_attach(struct rp_detour_ops *detoured, const struct rp_detour *detour,
				   const char *symbol)
{
	return -EOPNOTSUPP;
}

static inline void rp_detour_detach(struct rp_detour_ops *detoured)
{
}

static inline void rp_detour_wait(void)
{
}

#define RP_WRAPPER(fn, ...)
#define RP_WRAPPER_OF_SOME(fn, takes, ...)
#define RP_WRAPPER_FOLDED(fn, fl, fold, ...)
#define RP_CALLBACK(fn)
#define RP_DETOUR(fn)	NULL
#endif

#endif
