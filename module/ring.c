// SPDX-License-Identifier: GPL-2.0
/*
 * A ring of fixed-size records per CPU.  The writer overwrites the oldest and
 * never waits; a reader is nothing but the sequence number that it wants next,
 * so there can be any number of them, and each can tell exactly what it lost.
 *
 * Why not what the kernel has: relay and linux/ring_buffer.h have one consumer,
 * and in overwrite mode neither tells each of several readers what it lost.
 * relay's files can be mapped, which lockdown refuses; linux/ring_buffer.h
 * costs about three times a plain copy of a record.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "uapi/routeprobe.h"
#include "ring.h"

DEFINE_PER_CPU(struct rp_ring, rp_rings) = { .next = 1, .first = 1 };

/* Slots per ring less one, a power of two less one. */
u64 rp_ring_mask;

/*
 * Keeps rp_rings[].slots, .first and rp_ring_mask for readers.  Writers take no
 * lock: while these change they find no slots (see rp_ring_resize()).
 */
static DECLARE_RWSEM(rp_ring_sem);

/*
 * Memory order.  rec->seq is the record's number, or 0 while it is written.
 * There is one writer per ring, the CPU itself with interrupts off.
 *
 *	writer				reader
 *	W1 seq = 0			R1 n = next		(acquire)
 *	   smp_wmb()			R2 seq == wanted?
 *	W2 the record			R3 copy the record
 *	W3 seq = number			   smp_rmb()
 *	W4 next = number + 1 (release)	R4 seq == wanted still?
 *
 * W4 and R1 pair: who sees next sees W2 and W3 of all records below it, or what
 * came after.  So when R2 finds another number, the record is overwritten; and
 * when it does not, R3 copies nothing older.  W3 and R2 need no order of their
 * own.  smp_wmb() and smp_rmb() pair: who copied any byte of a later W2 sees its
 * W1, or what came after, in R4.
 *
 * selftests/model/ring.pml is this as a model: spin finds all of it needed, and
 * enough.
 */

/* The record is given up.  When the ring was full, it had the place of the oldest. */
void rp_ring_cancel(struct rp_ring *ring)
{
	u64 size = rp_ring_mask + 1;

	if (ring->next >= size)
		WRITE_ONCE(ring->first, max(ring->first, ring->next - size + 1));
}
NOKPROBE_SYMBOL(rp_ring_cancel);

static u64 rp_ring_oldest(const struct rp_ring *ring, u64 next)
{
	u64 size = rp_ring_mask + 1;

	return max(READ_ONCE(ring->first), next > size ? next - size : 0);
}

/* The slot of the oldest record at or after *seq, NULL when there is none. */
static const struct rp_record *rp_ring_find(const struct rp_ring *ring, u64 *seq)
{
	lockdep_assert_held(&rp_ring_sem);

	for (;;) {
		u64 next = smp_load_acquire(&ring->next);	/* R1, pairs with W4 */
		const struct rp_record *rec;

		*seq = max(*seq, rp_ring_oldest(ring, next));
		if (*seq >= next)
			return NULL;
		rec = &ring->slots[*seq & rp_ring_mask];
		if (likely(READ_ONCE(rec->seq) == *seq))	/* R2 */
			return rec;
		(*seq)++;	/* overwritten just now */
	}
}

static bool rp_ring_intact(const struct rp_record *rec, u64 seq)
{
	smp_rmb();				/* pairs with smp_wmb() in rp_ring_reserve() */
	return READ_ONCE(rec->seq) == seq;	/* R4 */
}

/**
 * rp_ring_peek() - copy one record, and leave it to be read again
 * @cpu: whose ring
 * @seq: the record wanted; moves on to the oldest one held, if that is later
 * @rec: the copy
 *
 * Return: false when there is no such record yet.
 */
bool rp_ring_peek(int cpu, u64 *seq, struct rp_record *rec)
{
	const struct rp_ring *ring = per_cpu_ptr(&rp_rings, cpu);
	const struct rp_record *slot;

	down_read(&rp_ring_sem);
	while ((slot = rp_ring_find(ring, seq))) {
		/* a copy of what is being overwritten is thrown away */
		data_race(memcpy(rec, slot, sizeof(*rec)));
		if (rp_ring_intact(slot, *seq))
			break;
	}
	up_read(&rp_ring_sem);
	return slot;
}

/* How many records from @seq on stand one behind the other; at least 1. */
static size_t rp_ring_run(const struct rp_ring *ring, u64 seq)
{
	u64 next = smp_load_acquire(&ring->next);	/* as R1 */

	return min(next - seq, rp_ring_mask + 1 - (seq & rp_ring_mask));
}

/* A row of records on its way to a user. */
struct rp_ring_row {
	size_t records;		/* that stand there; 0: there is none yet */
	size_t copied;		/* before the first page of the user's that is not there */
	bool intact;		/* if not, they were overwritten meanwhile */
};

/*
 * Waits for no page: that may take for ever, if it is the user's wish, and until then
 * nobody could resize the rings, nor read them once somebody tries.
 */
static struct rp_ring_row rp_ring_copy_row(const struct rp_ring *ring, u64 *seq,
					   char __user *buf, size_t most)
{
	struct rp_ring_row row = { };
	const struct rp_record *slot;
	unsigned long left;

	down_read(&rp_ring_sem);
	slot = rp_ring_find(ring, seq);
	if (slot) {
		row.records = min(most, rp_ring_run(ring, *seq));
		pagefault_disable();
		/* as in rp_ring_peek() */
		left = data_race(copy_to_user(buf, slot, row.records * sizeof(*slot)));
		pagefault_enable();
		row.copied = row.records - DIV_ROUND_UP(left, sizeof(*slot));
		row.intact = rp_ring_intact(slot, *seq);
	}
	up_read(&rp_ring_sem);
	return row;
}

/* Whoever takes his pages away as fast as they come can still be killed. */
static bool rp_ring_fault_in(char __user *buf, size_t records)
{
	return !fatal_signal_pending(current) &&
	       !clear_user(buf, records * sizeof(struct rp_record));
}

/**
 * rp_ring_read() - copy records to a user
 * @cpu: whose ring
 * @seq: the first record wanted; moves behind the last one copied
 * @buf: where to
 * @count: size of @buf in bytes
 *
 * Records are copied straight from the ring, as many at once as stand in a row: if
 * the first of them is intact afterwards, so are all, for they are overwritten in
 * order.  If it is not, the oldest ones there are now take their place, one by one,
 * as a writer so close behind would spoil each longer row.
 *
 * Return: bytes copied, whole records only; 0 at the newest; -EINVAL when not
 * even one record fits; -EFAULT.
 */
ssize_t rp_ring_read(int cpu, u64 *seq, char __user *buf, size_t count)
{
	const struct rp_ring *ring = per_cpu_ptr(&rp_rings, cpu);
	size_t room = count / sizeof(struct rp_record);
	size_t done = 0, most = room;
	struct rp_ring_row row;

	if (!room)
		return -EINVAL;

	do {
		row = rp_ring_copy_row(ring, seq, buf + done * sizeof(struct rp_record),
				       min(most, room - done));
		if (row.intact) {
			done += row.copied;
			*seq += row.copied;
		} else {
			most = 1;
		}
		if (row.copied < row.records &&
		    !rp_ring_fault_in(buf + done * sizeof(struct rp_record),
				      row.records - row.copied))
			return done ? done * sizeof(struct rp_record) : -EFAULT;
	} while (row.records && done < room);
	return done * sizeof(struct rp_record);
}

struct rp_ring_state rp_ring_state(int cpu)
{
	const struct rp_ring *ring = per_cpu_ptr(&rp_rings, cpu);
	struct rp_ring_state state;

	down_read(&rp_ring_sem);
	state.next = READ_ONCE(ring->next);	/* no record is read after it */
	state.oldest = rp_ring_oldest(ring, state.next);
	state.unbuffered = READ_ONCE(ring->unbuffered);
	up_read(&rp_ring_sem);
	return state;
}

/* Grows with every record, wherever it was made. */
u64 rp_ring_total(void)
{
	u64 total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += READ_ONCE(per_cpu_ptr(&rp_rings, cpu)->next);
	return total;
}

/*
 * Into new slots goes what fits of the old ones; either may be NULL.  Returns the
 * number of the oldest that is there now; of the next one when there is none.
 */
static u64 rp_ring_copy_newest(const struct rp_ring *ring, struct rp_record *slots, u64 mask,
			       const struct rp_record *old)
{
	u64 oldest = rp_ring_oldest(ring, ring->next);
	u64 seq;

	if (!slots || !old)
		return ring->next;
	if (ring->next - oldest > mask + 1)
		oldest = ring->next - (mask + 1);
	for (seq = oldest; seq < ring->next; seq++)
		slots[seq & mask] = old[seq & rp_ring_mask];
	return oldest;
}

/*
 * No machine shall lose a process to the OOM killer for our buffer.  The page
 * allocator fails before it calls that one, but not before it has given away all
 * there is: so ask first.
 */
static bool rp_ring_affordable(size_t bytes_per_cpu)
{
	size_t pages = DIV_ROUND_UP(bytes_per_cpu, PAGE_SIZE) * num_present_cpus();

	return pages < si_mem_available();
}

static struct rp_record *rp_ring_alloc(size_t bytes, int cpu)
{
	return kvzalloc_node(bytes, GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN,
			     cpu_to_node(cpu));
}

/**
 * rp_ring_resize() - give every present CPU a ring of @records
 * @records: a power of two
 *
 * The newest records that fit are kept, and so is the numbering: readers carry
 * on, and see what did not fit as overwritten.  A CPU that is plugged in later
 * has no ring until the next call.  What happens on a CPU without one, as on all
 * during this call, is counted as unbuffered.
 *
 * Context: may sleep.
 * Return: 0, or -ENOMEM with all as it was before.
 */
int rp_ring_resize(unsigned int records)
{
	size_t bytes = array_size(records, sizeof(struct rp_record));
	struct rp_record **both, **slots, **old;
	u64 mask = records - 1;
	int err = -ENOMEM;
	int cpu;

	if (!rp_ring_affordable(bytes))
		return -ENOMEM;
	both = kcalloc(2 * nr_cpu_ids, sizeof(*both), GFP_KERNEL);
	if (!both)
		return -ENOMEM;
	slots = both;
	old = both + nr_cpu_ids;

	for_each_present_cpu(cpu) {
		slots[cpu] = rp_ring_alloc(bytes, cpu);
		if (!slots[cpu])
			goto err_slots;
	}

	down_write(&rp_ring_sem);
	for_each_possible_cpu(cpu)
		old[cpu] = xchg(&per_cpu_ptr(&rp_rings, cpu)->slots, NULL);
	synchronize_rcu();	/* writers have interrupts off: none is left in the old ones */

	for_each_possible_cpu(cpu) {
		struct rp_ring *ring = per_cpu_ptr(&rp_rings, cpu);

		ring->first = rp_ring_copy_newest(ring, slots[cpu], mask, old[cpu]);
	}
	rp_ring_mask = mask;
	for_each_possible_cpu(cpu)
		/* pairs with rp_ring_reserve() */
		smp_store_release(&per_cpu_ptr(&rp_rings, cpu)->slots, slots[cpu]);
	up_write(&rp_ring_sem);
	swap(slots, old);	/* to be freed */
	err = 0;

err_slots:
	for_each_possible_cpu(cpu)
		kvfree(slots[cpu]);
	kfree(both);
	return err;
}

/* The end of the module: no writer and no reader is left. */
void rp_ring_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(&rp_rings, cpu)->slots);
}
