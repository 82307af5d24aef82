// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks, each kept once, in memory that does not grow: any number of CPUs put them
 * in at once, without a lock, from wherever a probe may be.
 *
 * A table that is only added to needs no lock: a slot goes from NULL to a stack once,
 * by cmpxchg().  Whoever looks for a stack goes through the same slots in the same
 * order, up to the first one that is free, so a stack is never there twice.
 */
#include "compat.h"
#include "stack_table.h"

#define RP_STACK_TRIES	64	/* bounds the search when the table fills up */
#define RP_STACK_HEAD	(sizeof(struct rp_stack) / sizeof(unsigned long))

static u32 rp_stack_hash(const unsigned long *frames, unsigned int count)
{
	u64 hash = count;
	unsigned int i;

	for (i = 0; i < count; i++)
		hash = (hash ^ frames[i]) * 0x9e3779b97f4a7c15ULL;
	return hash >> 32;
}
NOKPROBE_SYMBOL(rp_stack_hash);

static bool rp_stack_is(const struct rp_stack *stack, u32 hash, const unsigned long *frames,
			unsigned int count, bool cut)
{
	return stack->hash == hash && stack->count == count && stack->cut == cut &&
	       !memcmp(stack->frames, frames, count * sizeof(*frames));
}
NOKPROBE_SYMBOL(rp_stack_is);

/* NULL: no room.  Each failure of cmpxchg() is another CPU's success. */
static struct rp_stack *rp_stack_new(struct rp_stack_table *table, u32 hash,
				     const unsigned long *frames, unsigned int count, bool cut)
{
	u32 size = RP_STACK_HEAD + count, used = READ_ONCE(table->used), seen;
	struct rp_stack *stack;

	for (;; used = seen) {
		if (size > RP_STACK_WORDS - used)
			return NULL;
		seen = cmpxchg(&table->used, used, used + size);
		if (seen == used)
			break;
	}
	stack = (struct rp_stack *)&table->words[used];
	stack->hash = hash;
	stack->count = count;
	stack->cut = cut;
	memcpy(stack->frames, frames, count * sizeof(*frames));
	return stack;
}
NOKPROBE_SYMBOL(rp_stack_new);

/**
 * rp_stack_table_put() - the slot of a stack, which is put there if it is new
 * @table: of zeroes when it is new
 * @frames: return addresses, the innermost first
 * @count: above RP_STACK_FRAMES the rest is cut off, and that is kept in mind
 *
 * A new stack is whole before it is in a slot: cmpxchg() that succeeds is a full
 * barrier, and pairs with each smp_load_acquire() of a slot, those of
 * rp_stack_table_get() too.  Room that was taken for nothing, as another CPU came
 * first with the same stack, stays taken.
 *
 * Return: 1 to RP_STACKS - 1, or 0 when there is no room.
 */
unsigned int rp_stack_table_put(struct rp_stack_table *table, const unsigned long *frames,
				unsigned int count)
{
	bool cut = count > RP_STACK_FRAMES;
	struct rp_stack *seen, *mine = NULL;
	unsigned int try, slot;
	u32 hash;

	if (cut)
		count = RP_STACK_FRAMES;
	hash = rp_stack_hash(frames, count);
	for (try = 0; try < RP_STACK_TRIES; try++) {
		slot = (hash + try) % RP_STACKS;
		if (!slot)
			continue;
		seen = smp_load_acquire(&table->slots[slot]);	/* pairs with cmpxchg() */
		if (!seen) {
			if (!mine)
				mine = rp_stack_new(table, hash, frames, count, cut);
			if (!mine)
				return 0;
			if (!cmpxchg(&table->slots[slot], NULL, mine))
				return slot;
			/* failed, so no barrier: look again */
			seen = smp_load_acquire(&table->slots[slot]);
		}
		if (rp_stack_is(seen, hash, frames, count, cut))
			return slot;
	}
	return 0;
}
NOKPROBE_SYMBOL(rp_stack_table_put);

/* The stack in a slot below RP_STACKS, NULL: none yet. */
const struct rp_stack *rp_stack_table_get(const struct rp_stack_table *table, unsigned int slot)
{
	return smp_load_acquire(&table->slots[slot]);	/* pairs with cmpxchg() */
}
