/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_PROBE_H
#define _RP_PROBE_H

#include <linux/build_bug.h>
#include <linux/types.h>

#include "compat.h"
#include "routeprobe_words.h"
#include "uapi/routeprobe.h"

struct kprobe;
struct kretprobe_instance;
struct pt_regs;
struct rp_detour;

/* What people switch on and off together. */
#define RP_GROUP_ID(id, name)	RP_GROUP_##id,
enum rp_group {
	RP_GROUPS(RP_GROUP_ID)
	__RP_GROUP_MAX
};

/* What a row records, and so what its probe has to see. */
enum rp_attach {
	RP_ATTACH_RETURN,	/* arguments, return value, duration */
	RP_ATTACH_ENTRY,	/* arguments */
	RP_ATTACH_TRACEPOINT,	/* what the kernel's tracepoint of that name tells */
};

/**
 * struct rp_row - a row of the probe table
 * @symbol: the kernel function or tracepoint, and the probe's name
 * @group: one of enum rp_group
 * @kind: what its records are, enum rp_kind
 * @use: what is lost without it, for the file "probes"
 * @attach: one of enum rp_attach; it says which of the handlers are there
 * @on_entry: of a kretprobe
 * @on_return: of a kretprobe
 * @on_pre: of a kprobe
 * @on_trace: of a tracepoint; NULL: it does not tell enough on this kernel
 * @tested: every lookup of an IPv4 route passes it, so that one of ours shows whether
 *	it sees any
 * @detour: a cheaper way to attach it, see detour.h; NULL: none
 * @armed: is told when the probe is armed, and when it is no more; may be NULL
 */
struct rp_row {
	const char *symbol;
	enum rp_group group;
	enum rp_kind kind;
	const char *use;
	enum rp_attach attach;
	int (*on_entry)(struct kretprobe_instance *ri, struct pt_regs *regs);
	int (*on_return)(struct kretprobe_instance *ri, struct pt_regs *regs);
	int (*on_pre)(struct kprobe *kp, struct pt_regs *regs);
	void *on_trace;
	bool tested;
	const struct rp_detour *detour;
	void (*armed)(bool armed);
};

/*
 * The build fails when a probed function no longer has the prototype that its
 * entry and decode functions were written for.  It needs no symbol at run
 * time, but a public prototype: static functions cannot be checked.
 */
#define RP_ASSERT_PROTO(fn, ret, ...)						\
	static_assert(RP_COMPAT_PROTO(fn, ret, __VA_ARGS__),			\
		      #fn "() has another prototype than its probe was written for")

/* The same for a static function that the kernel calls by a pointer in a structure. */
#define RP_ASSERT_MEMBER(type, member, ...)					\
	static_assert(RP_COMPAT_MEMBER(type, member, __VA_ARGS__),		\
		      #type "." #member " has another type than its probe was written for")

extern const struct rp_row *const rp_rows[__RP_PROBE_MAX];
extern const char *const rp_group_names[__RP_GROUP_MAX];
extern const char *const rp_kind_names[__RP_KIND_MAX];

/* Sets of probes, one bit per id. */
#define RP_PROBES_ALL	GENMASK(__RP_PROBE_MAX - 1, RP_PROBE_NONE + 1)

/* The parameter "hook": how probes are attached. */
enum rp_hook {
	RP_HOOK_AUTO,		/* the cheapest way that the kernel lets us */
	RP_HOOK_KPROBE,		/* by kprobes and kretprobes, and tracepoints */
	__RP_HOOK_MAX
};

int rp_probe_arm(unsigned long probes, unsigned int maxactive, enum rp_hook hook);
void rp_probe_choose(bool choose);

struct rp_probe_status {
	const char *hook;	/* how it is attached, NULL: not armed */
	bool blind;		/* armed, but does not see what it should */
	int err;		/* negative errno of the last attempt to arm */
	u64 recorded;
	u64 filtered;
	u64 missed;
};

struct rp_probe_status rp_probe_status(unsigned int id);

/* Calls by duration: [n] counts those of 2^(n-1) up to less than 2^n ns, [0] none. */
#define RP_PROBE_HIST	40	/* the last one, of 4.6 minutes, and longer ones */

void rp_probe_hist(unsigned int id, u64 hist[RP_PROBE_HIST]);

int rp_probe_init(void);
void rp_probe_exit(void);

#endif
