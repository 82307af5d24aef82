/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_FILTER_H
#define _RP_FILTER_H

#include <linux/types.h>

#include "compat.h"
#include "routeprobe_words.h"
#include "uapi/routeprobe.h"

struct net;

struct rp_filter {
	struct rp_words words;
	const struct rp_term *first;	/* decides alone about its word; NULL: there is none */
	struct rp_filter_quick {	/* and what it says of a struct flowi4 */
		u64 value, mask;	/* mask 0: nothing */
		unsigned int at;
	} quick;
	char text[];			/* as it was given */
};

extern struct rp_filter __rcu *rp_filter;

struct rp_filter *rp_filter_new(const char *parameter, const char *val);
void rp_filter_replace(struct rp_filter __rcu **where, struct rp_filter *f);

/* May a decision be made in the course of another?  As may each step. */
extern bool rp_filter_nested;

#define RP_FILTER_AT_ENTRY	((u32)~(BIT(RP_WORD_OIF) | BIT(RP_WORD_ERROR)))

/* Is there a word that may keep a call from being let in?  Context: preemption off. */
static nokprobe_inline bool rp_filter_asks_at_entry(void)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	return f && f->words.given & RP_FILTER_AT_ENTRY;
}

/*
 * What most decisions are refused by is to cost least: one word that the flow answers.
 * Context: preemption off.
 */
static nokprobe_inline bool rp_filter_refuses_first(u8 kind, u8 family, const struct rp_flow *flow)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	return RP_KIND_BIT(kind) & RP_KINDS_DECISION && f && f->first &&
	       !rp_term_matches(f->first, family, flow) && likely(!READ_ONCE(rp_filter_nested));
}

/* The same before anything is copied, for IPv4.  Context: a decision. */
static nokprobe_inline bool rp_filter_refuses_flow4(const struct flowi4 *fl4)
{
	const struct rp_filter *f;
	bool refuses;

	preempt_disable_notrace();
	f = rcu_dereference_sched(rp_filter);
	refuses = f && (*(u64 *)((void *)fl4 + f->quick.at) ^ f->quick.value) & f->quick.mask;
	preempt_enable_notrace();
	return refuses && likely(!READ_ONCE(rp_filter_nested));
}

/* Is a decision that succeeds of no use?  The same. */
static nokprobe_inline bool rp_filter_wants_errors(void)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	return f && f->words.given & BIT(RP_WORD_ERROR);
}

bool rp_filter_enter(u8 kind, u8 context, u8 family, const struct net *net,
		     const struct rp_flow *flow, unsigned long **mark);
void rp_filter_leave(unsigned long *mark, u8 context);
bool rp_filter_pass(const struct net *net, const struct rp_record *rec);
bool rp_filter_match(const struct rp_filter *f, const struct net *net,
		     const struct rp_record *rec);
void rp_filter_forget(void);

#endif
