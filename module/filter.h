/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_FILTER_H
#define _RP_FILTER_H

#include <linux/types.h>

#include "compat.h"
#include "uapi/routeprobe.h"

struct net;

enum rp_filter_word {
	RP_FILTER_TO,
	RP_FILTER_FROM,
	RP_FILTER_OIF,
	RP_FILTER_IIF,
	RP_FILTER_MARK,
	RP_FILTER_UID,
	RP_FILTER_IPPROTO,
	RP_FILTER_SPORT,
	RP_FILTER_DPORT,
	RP_FILTER_TOS,
	RP_FILTER_NETNS,
	RP_FILTER_PID,
	RP_FILTER_COMM,
	RP_FILTER_ERROR,
	__RP_FILTER_WORDS
};

#define RP_FILTER_TERMS		32
#define RP_FILTER_ERRORS	32

/*
 * A word with one value.  All that a flow holds are mask and value of one of the u32
 * that struct rp_flow consists of; a device may be one by number as well as by name.
 */
struct rp_filter_term {
	u8 word;			/* enum rp_filter_word */
	u8 at;				/* which u32 */
	u32 value;
	u32 mask;
	char name[RP_NAME_LEN];
};

struct rp_filter {
	u32 words;			/* a bit for each that was given */
	u8 terms_count;
	u8 errors_count;
	bool error_any;
	struct rp_filter_term terms[RP_FILTER_TERMS];	/* but for RP_FILTER_ERROR */
	s32 errors[RP_FILTER_ERRORS];	/* as rp_record.err has them */
	char text[];			/* as it was given */
};

/* filter_parse.c */
int rp_filter_parse(struct rp_filter *f, const char *parameter, char *words);

/* filter.c */
extern struct rp_filter __rcu *rp_filter;

struct rp_filter *rp_filter_new(const char *parameter, const char *val);
void rp_filter_replace(struct rp_filter __rcu **where, struct rp_filter *f);

/* May a decision be made in the course of another?  As may each step. */
extern bool rp_filter_nested;

#define RP_FILTER_AT_ENTRY	((u32)~(BIT(RP_FILTER_OIF) | BIT(RP_FILTER_ERROR)))

/* Is there a word that may keep a call from being let in?  Context: preemption off. */
static nokprobe_inline bool rp_filter_asks_at_entry(void)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	return f && f->words & RP_FILTER_AT_ENTRY;
}

/* Is there a word about a namespace, or about what only a namespace knows?  The same. */
static nokprobe_inline bool rp_filter_asks_net(void)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	return f && f->words & (BIT(RP_FILTER_NETNS) | BIT(RP_FILTER_IIF) | BIT(RP_FILTER_OIF));
}

/* Is a decision that succeeds of no use?  The same. */
static nokprobe_inline bool rp_filter_wants_errors(void)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	return f && f->words & BIT(RP_FILTER_ERROR);
}

bool rp_filter_enter(u8 kind, u8 context, const struct net *net, const struct rp_flow *flow,
		     unsigned long **mark);
void rp_filter_leave(unsigned long *mark, u8 context);
bool rp_filter_pass(const struct net *net, const struct rp_record *rec);
bool rp_filter_match(const struct rp_filter *f, const struct net *net,
		     const struct rp_record *rec);
void rp_filter_forget(void);

#endif
