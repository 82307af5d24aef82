/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_RING_H
#define _RP_RING_H

#include <linux/types.h>

struct rp_record;

#define RP_RING_MIN	64U		/* records per CPU */
#define RP_RING_MAX	1048576U

int rp_ring_resize(unsigned int records);
void rp_ring_free(void);

struct rp_record *rp_ring_reserve(void);
void rp_ring_commit(struct rp_record *rec);
void rp_ring_cancel(void);

/* The records of one CPU that can be read: oldest <= seq < next. */
struct rp_ring_state {
	u64 oldest;
	u64 next;
	u64 unbuffered;		/* came while this CPU had no ring */
};

struct rp_ring_state rp_ring_state(int cpu);
u64 rp_ring_total(void);
bool rp_ring_peek(int cpu, u64 *seq, struct rp_record *rec);
ssize_t rp_ring_read(int cpu, u64 *seq, char __user *buf, size_t count);

#endif
