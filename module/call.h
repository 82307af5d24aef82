/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call of a probed function as decoders see it, and the part of a row that says what
 * is made of it.  Decoders fill in a call and a record; of filters, rings and registers
 * they know nothing.
 */
#ifndef _RP_CALL_H
#define _RP_CALL_H

#include <linux/bits.h>
#include <linux/kprobes.h>
#include <linux/types.h>

#include "fill.h"
#include "uapi/routeprobe.h"

struct rp_omit_flood;
struct rp_omit_frame;
struct rp_omit_key;
struct rp_omit_walk;

/* What decode needs of the arguments; more than six are not in registers. */
#define RP_CALL_ARGS	6

struct rp_call {
	unsigned long arg[RP_CALL_ARGS];	/* see rp_arg() */

	/* What enter tells: before it family is AF_INET, has and the pointers are zero */
	const struct net *net;	/* NULL: the function cannot tell; by rp_call_net() */
	u32 netns;
	union {			/* what has says is there, all of it */
		struct rp_flow flow;
		struct rp_route route;
	};
	struct rp_signal signal;	/* the same, all of it */
	u16 has;
	u8 family;

	/* What the body keeps */
	u64 start_ns;		/* its entry, or the moment */
	unsigned long caller;	/* where the call returns to */
	unsigned long sp;	/* where the stack ends after the return */
	struct rp_omit_key *key;
	struct rp_omit_walk *walk;
	struct rp_omit_frame *frame;	/* of RP_ROW_FRAME; NULL: none was claimed */
	struct rp_omit_flood *flood;	/* of RP_ROW_FLOOD; the same */
	unsigned long *mark;
	u32 stack;
};

/* Argument @n of the probed function, from 0, at its entry and at its return. */
#define rp_arg(call, n)	((call)->arg[n])

/* @net is not NULL. */
static nokprobe_inline void rp_call_net(struct rp_call *call, const struct net *net)
{
	call->net = net;
	call->netns = rp_fill_netns(net);
}

/*
 * What enter answers; 0: this call is not for us, or another record covers it.  Flow
 * and walk are known by argument 1.
 */
#define RP_ENTER	BIT(0)
#define RP_ENTER_COVERS	BIT(1)	/* the record stands for the lookup of that flow */
#define RP_ENTER_WALKS	BIT(2)	/* rules are walked for that flow */
#define RP_ENTER_ASKING	BIT(3)	/* a frame, if there is one, covers the lookup of that flow, */
#define RP_ENTER_FRAMES	BIT(4)	/* or the outputs for it, with their lookups */

/* rp_hit.flags: what the body does for some rows only. */
#define RP_ROW_ASKER	BIT(0)	/* the caller is who asked, not a function between */
#define RP_ROW_INPUT	BIT(1)	/* works for a packet received, not for the task */
#define RP_ROW_FAILURES	BIT(2)	/* only what returns a negative int is recorded */
#define RP_ROW_ROUTE	BIT(3)	/* decode fills all of the route, or clears it */
#define RP_ROW_STEP	BIT(4)	/* may be part of a walk over rules: call->walk is that */
#define RP_ROW_ALWAYS	BIT(5)	/* enter never answers 0 */
#define RP_ROW_NO_CALLER BIT(6)	/* is not called, but told of */
#define RP_ROW_SUCCESSES BIT(7)	/* only what returns an int of 0 is recorded */
#define RP_ROW_LOCKED	BIT(8)	/* softirqs are off for a lock, and say nothing of the context */
#define RP_ROW_RESTARTS	BIT(9)	/* what the kernel is to try again is not recorded */
#define RP_ROW_FRAME	BIT(10)	/* its wrapper has a frame */
#define RP_ROW_FLOW	BIT(11)	/* decode fills all of the flow */
#define RP_ROW_FLOOD	BIT(12)	/* many events may be in it */

/*
 * The part of a row that handlers are compiled for.
 *
 * @enter: fills in the call from the arguments, answers RP_ENTER_*
 * @refused: the same answer, before anything is copied, if a filter refuses the call;
 *	else 0.  For wrappers; may be NULL
 * @decode: fills the record, where call->has says what entry has filled, from the
 *	return value, and from what the arguments point to now
 * @precede: records, before the record of this call, what it ends; may be NULL
 * @verdict: of the record, unless decode knows better
 * @has: the same, besides what call->has says
 * @failed: does this return value tell of an error?  NULL: only the record does
 */
struct rp_hit {
	unsigned int id;
	enum rp_kind kind;
	unsigned int flags;
	unsigned int (*enter)(struct rp_call *call);
	unsigned int (*refused)(const struct rp_call *call);
	void (*decode)(const struct rp_call *call, unsigned long ret, struct rp_record *rec);
	void (*precede)(const struct rp_call *call);
	enum rp_verdict verdict;
	u16 has;
	bool (*failed)(unsigned long ret);
};

#endif
