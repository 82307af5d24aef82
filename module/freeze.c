// SPDX-License-Identifier: GPL-2.0
/*
 * The flight recorder: some records after the first one that matches a filter, the
 * rings stop, so that what led to it is still there in the morning.  The probes stay
 * armed; what they see meanwhile is counted as filtered.
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/rcupdate.h>

#include "filter.h"
#include "freeze.h"
#include "uapi/routeprobe.h"

/*
 * Handlers go from armed to ending to frozen, each step once, by cmpxchg().  Whoever
 * starts over goes to off first, and on when no handler is left that saw another
 * state.  All but handlers are called by one at a time.
 */
int rp_freeze_state;

static struct rp_filter __rcu *rp_freeze_filter;	/* NULL: none */
unsigned int rp_freeze_after = 500;
static atomic_t rp_freeze_left;		/* records that may still be made */

/* What was the reason; as long as there is none all zero. */
static struct rp_freeze_status rp_freeze_reason;

/* Return: whether this record is one of the last. */
bool rp_freeze_take(void)
{
	int left;

	if (rp_freeze_frozen())
		return false;
	left = atomic_dec_return(&rp_freeze_left);
	if (left <= 0)
		cmpxchg(&rp_freeze_state, RP_FREEZE_ENDING, RP_FREEZE_FROZEN);
	return left >= 0;
}
NOKPROBE_SYMBOL(rp_freeze_take);

void rp_freeze_match(const struct net *net, const struct rp_record *rec)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_freeze_filter);
	int next = atomic_read(&rp_freeze_left) ? RP_FREEZE_ENDING : RP_FREEZE_FROZEN;

	if (!f || !rp_filter_match(f, net, rec) ||
	    cmpxchg(&rp_freeze_state, RP_FREEZE_ARMED, next) != RP_FREEZE_ARMED)
		return;
	rp_freeze_reason.cpu = rec->cpu;
	rp_freeze_reason.seq = rec->seq;
	/* pairs with rp_freeze_status() */
	smp_store_release(&rp_freeze_reason.time_ns, rec->time_ns + rec->duration_ns);
}
NOKPROBE_SYMBOL(rp_freeze_match);

static void rp_freeze_reset(void)
{
	WRITE_ONCE(rp_freeze_state, RP_FREEZE_OFF);
	synchronize_rcu();
	WRITE_ONCE(rp_freeze_reason.time_ns, 0);
	rp_freeze_reason.seq = 0;
	atomic_set(&rp_freeze_left, rp_freeze_after);
}

/* Go on, and wait again for what was waited for.  Context: may sleep, as all below. */
void rp_freeze_thaw(void)
{
	rp_freeze_reset();
	if (rcu_access_pointer(rp_freeze_filter))
		WRITE_ONCE(rp_freeze_state, RP_FREEZE_ARMED);
}

/* @f: what to wait for, which is ours from now on; NULL: nothing */
void rp_freeze_set(struct rp_filter *f)
{
	WRITE_ONCE(rp_freeze_state, RP_FREEZE_OFF);
	rp_filter_replace(&rp_freeze_filter, f);
	rp_freeze_thaw();
}

/* What is waited for, "off" for nothing; until the next rp_freeze_set(). */
const char *rp_freeze_words(void)
{
	const struct rp_filter *f = rcu_dereference_protected(rp_freeze_filter, true);

	return f ? f->text : "off";
}

void rp_freeze_now(void)
{
	if (rp_freeze_frozen())
		return;
	rp_freeze_reset();
	WRITE_ONCE(rp_freeze_reason.time_ns, ktime_get_ns());
	WRITE_ONCE(rp_freeze_state, RP_FREEZE_FROZEN);
}

/* From the next match on. */
void rp_freeze_set_after(unsigned int records)
{
	rp_freeze_after = records;
	if (READ_ONCE(rp_freeze_state) <= RP_FREEZE_ARMED)
		atomic_set(&rp_freeze_left, records);
}

struct rp_freeze_status rp_freeze_status(void)
{
	static const char *const names[] = { "off", "armed", "ending", "frozen" };
	struct rp_freeze_status status = { };

	status.state = names[READ_ONCE(rp_freeze_state)];
	/* pairs with rp_freeze_match() */
	status.time_ns = smp_load_acquire(&rp_freeze_reason.time_ns);
	if (status.time_ns) {
		status.seq = rp_freeze_reason.seq;
		status.cpu = rp_freeze_reason.cpu;
	}
	return status;
}
