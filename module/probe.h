/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_PROBE_H
#define _RP_PROBE_H

#include <linux/build_bug.h>
#include <linux/types.h>

#include "compat.h"
#include "uapi/routeprobe.h"

struct kprobe;
struct kretprobe_instance;
struct net;
struct pt_regs;

/* What people switch on and off together: see rp_group_names[] in decode/table.c. */
enum rp_group {
	RP_GROUP_OUTPUT,
	RP_GROUP_LOOKUP,
	RP_GROUP_INPUT,
	RP_GROUP_CHANGE,
	RP_GROUP_SIGNAL,
	RP_GROUP_CACHE,
	RP_GROUP_NETFILTER,
	RP_GROUP_IPSEC,
	__RP_GROUP_MAX
};

/* What a probe is hooked to, and so what it can see. */
enum rp_attach {
	RP_ATTACH_RETURN,	/* a kretprobe: arguments, return value, duration */
	RP_ATTACH_ENTRY,	/* a kprobe: arguments; half the price */
	RP_ATTACH_TRACEPOINT,	/* what the kernel's tracepoint of the same name tells;
				 * next to nothing
				 */
};

/* One call of a probed function, kept from its entry to its return. */
struct rp_call {
	u64 time_ns;		/* of its entry, for its return */
	unsigned long sp;	/* where its caller's stack ends */
	const void *arg[3];	/* what decode needs of the arguments */
	const struct net *net;	/* NULL: the function cannot tell */
	union {			/* what entry copied, all of it, when has says which */
		struct rp_flow flow;
		struct rp_route route;
	};
	struct rp_signal signal;	/* and RP_HAS_SIGNAL, else zero */
	u8 has;
	u32 stack;		/* for rp_record.stack */
	unsigned long *mark;	/* of the filter, NULL: none */
};

/**
 * struct rp_probe_desc - a row of the probe table
 * @symbol: the kernel function, and the probe's name
 * @group: one of enum rp_group
 * @kind: what its records are, enum rp_kind
 * @use: what is lost without it, for the file "probes"
 * @attach: one of enum rp_attach
 * @trace: for a tracepoint, and in place of @entry, what is to be called by it with
 *	what it tells; calls rp_probe_told()
 * @entry: takes what it needs from the arguments into a call of which net, has and
 *	signal are zero; false when it is none of ours (then it counts as filtered)
 * @on_entry: in place of rp_probe_entry(), for a row that must be cheap
 * @on_return: the same for rp_probe_return()
 * @on_pre: the same for rp_probe_pre()
 * @keep: is it one of ours by its return value, before a record is begun?  May be NULL
 * @failed: does this return value tell of an error?  NULL: only the record does
 * @decode: fills a record that has everything common to all, from the
 *	function's return value, which is 0 at entry, and what the call points to
 */
struct rp_probe_desc {
	const char *symbol;
	enum rp_group group;
	enum rp_kind kind;
	const char *use;
	enum rp_attach attach;
	void *trace;
	bool (*entry)(struct rp_call *call, struct pt_regs *regs);
	int (*on_entry)(struct kretprobe_instance *ri, struct pt_regs *regs);
	int (*on_return)(struct kretprobe_instance *ri, struct pt_regs *regs);
	int (*on_pre)(struct kprobe *kp, struct pt_regs *regs);
	bool (*keep)(const struct rp_call *call, unsigned long ret);
	bool (*failed)(unsigned long ret);
	void (*decode)(const struct rp_call *call, unsigned long ret, struct rp_record *rec);
};

/*
 * The build fails when a probed function no longer has the prototype that its
 * entry and decode functions were written for.  It needs no symbol at run
 * time, but a public prototype: static functions cannot be checked.
 */
#define RP_ASSERT_PROTO(fn, ret, ...)						\
	static_assert(RP_COMPAT_PROTO(fn, ret, __VA_ARGS__),			\
		      #fn "() has another prototype than its probe was written for")

extern const struct rp_probe_desc rp_probe_descs[__RP_PROBE_MAX];
extern const char *const rp_group_names[__RP_GROUP_MAX];
extern const char *const rp_kind_names[__RP_KIND_MAX];

/* Sets of probes, one bit per id. */
#define RP_PROBES_ALL	GENMASK(__RP_PROBE_MAX - 1, RP_PROBE_NONE + 1)

int rp_probe_arm(unsigned long probes, unsigned int maxactive);

int rp_probe_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int rp_probe_return(struct kretprobe_instance *ri, struct pt_regs *regs);
bool rp_probe_told(unsigned int id, struct rp_call *call, unsigned long ret);
int rp_probe_pre(struct kprobe *kp, struct pt_regs *regs);
extern bool rp_probe_lookups;	/* each lookup is told of */
void rp_probe_choose(bool choose);

struct rp_probe_status {
	bool armed;
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
