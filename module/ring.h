/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_RING_H
#define _RP_RING_H

#include <linux/compiler.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "uapi/routeprobe.h"

#define RP_RING_MIN	64U		/* records per CPU */
#define RP_RING_MAX	1048576U

int rp_ring_resize(unsigned int records);
void rp_ring_free(void);

struct rp_ring {
	struct rp_record *slots;
	u64 next;		/* sequence number that the next record gets */
	u64 first;		/* none older is there: they were left behind when slots
				 * were changed, or overwritten by a record given up
				 */
	u64 unbuffered;
};

/* Private to the functions below. */
DECLARE_PER_CPU(struct rp_ring, rp_rings);
extern u64 rp_ring_mask;

/* Of this CPU.  Context: interrupts off, until its record is done. */
static nokprobe_inline struct rp_ring *rp_ring_here(void)
{
	return this_cpu_ptr(&rp_rings);
}

/**
 * rp_ring_reserve() - begin a record
 * @ring: of this CPU
 * @rec: the record, to be written from its first byte behind the number to its last
 *
 * Context: interrupts off until rp_ring_commit() or rp_ring_cancel().
 * Return: false when this CPU has no ring now, which is counted.
 */
static nokprobe_inline bool rp_ring_reserve(struct rp_ring *ring, struct rp_record **rec)
{
	/* pairs with rp_ring_resize(): with new slots comes their mask */
	struct rp_record *slots = smp_load_acquire(&ring->slots);

	if (unlikely(!slots)) {
		WRITE_ONCE(ring->unbuffered, ring->unbuffered + 1);
		return false;
	}

	*rec = &slots[ring->next & rp_ring_mask];
	WRITE_ONCE((*rec)->seq, 0);	/* W1 */
	smp_wmb();			/* pairs with smp_rmb() in rp_ring_intact() */
	return true;
}

static nokprobe_inline void rp_ring_commit(struct rp_ring *ring, struct rp_record *rec)
{
	u64 seq = ring->next;

	WRITE_ONCE(rec->seq, seq);			/* W3 */
	smp_store_release(&ring->next, seq + 1);	/* W4, pairs with R1 */
}

void rp_ring_cancel(struct rp_ring *ring);

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
