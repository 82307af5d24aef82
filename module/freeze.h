/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_FREEZE_H
#define _RP_FREEZE_H

#include <linux/compiler.h>
#include <linux/types.h>

struct net;
struct rp_filter;
struct rp_record;

enum rp_freeze_state {
	RP_FREEZE_OFF,		/* nothing to wait for */
	RP_FREEZE_ARMED,	/* waits for a record that matches, */
	RP_FREEZE_ENDING,	/* which came: a few more are made */
	RP_FREEZE_FROZEN,	/* no record is made */
};

/* Private to the functions below. */
extern int rp_freeze_state;
bool rp_freeze_take(void);
void rp_freeze_match(const struct net *net, const struct rp_record *rec);

static inline bool rp_freeze_frozen(void)
{
	return READ_ONCE(rp_freeze_state) == RP_FREEZE_FROZEN;
}

/* May one more record be made? */
static inline bool rp_freeze_admits(void)
{
	return READ_ONCE(rp_freeze_state) <= RP_FREEZE_ARMED || rp_freeze_take();
}

/* Is there anything to wait for, or did it come? */
static inline bool rp_freeze_is_on(void)
{
	return READ_ONCE(rp_freeze_state) != RP_FREEZE_OFF;
}

/* A record was made. */
static inline void rp_freeze_look(const struct net *net, const struct rp_record *rec)
{
	if (READ_ONCE(rp_freeze_state) == RP_FREEZE_ARMED)
		rp_freeze_match(net, rec);
}

extern unsigned int rp_freeze_after;

void rp_freeze_set(struct rp_filter *f);
const char *rp_freeze_words(void);
void rp_freeze_now(void);
void rp_freeze_thaw(void);
void rp_freeze_set_after(unsigned int records);

/* What stopped the rings, or is about to. */
struct rp_freeze_status {
	const char *state;
	u64 time_ns;		/* 0: nothing did */
	u64 seq;		/* of the record that matched, 0: it was asked for */
	u16 cpu;
};

struct rp_freeze_status rp_freeze_status(void);

#endif
