// SPDX-License-Identifier: GPL-2.0
/* The module's table of stacks, here where it can be filled. */
#include <pthread.h>
#include <stdlib.h>

#include <kselftest_harness.h>

#include "../../module/stack_table.h"

#define THREADS	4
#define SHARED	2000

/* Stack number @n has frames that say so. */
static unsigned int fill(unsigned long *frames, unsigned int n, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		frames[i] = 0xffffffff81000000UL + n * 64UL + i * 7;
	return count;
}

static unsigned int put(struct rp_stack_table *table, unsigned int n, unsigned int count)
{
	unsigned long frames[2 * RP_STACK_FRAMES];

	return rp_stack_table_put(table, frames, fill(frames, n, count));
}

FIXTURE(stack) {
	struct rp_stack_table *table;
};

FIXTURE_SETUP(stack)
{
	self->table = calloc(1, sizeof(*self->table));
}

FIXTURE_TEARDOWN(stack)
{
	free(self->table);
}

TEST_F(stack, is_kept_once_and_as_it_was)
{
	unsigned int a = put(self->table, 1, 20), b = put(self->table, 2, 20), i;
	const struct rp_stack *stack;
	u32 used = self->table->used;

	ASSERT_NE(0, a);
	ASSERT_NE(0, b);
	EXPECT_NE(a, b);
	EXPECT_EQ(a, put(self->table, 1, 20));
	EXPECT_EQ(b, put(self->table, 2, 20));
	EXPECT_EQ(used, self->table->used);
	EXPECT_NE(a, put(self->table, 1, 19));
	stack = rp_stack_table_get(self->table, a);
	ASSERT_EQ(20, stack->count);
	EXPECT_FALSE(stack->cut);
	for (i = 0; i < 20; i++)
		EXPECT_EQ(0xffffffff81000000UL + 64 + i * 7, stack->frames[i]);
}

TEST_F(stack, that_is_too_long_is_cut_and_not_taken_for_one_that_is_not)
{
	unsigned int whole = put(self->table, 1, RP_STACK_FRAMES);
	unsigned int cut = put(self->table, 1, RP_STACK_FRAMES + 1);

	ASSERT_NE(0, whole);
	ASSERT_NE(0, cut);
	EXPECT_NE(whole, cut);
	EXPECT_EQ(cut, put(self->table, 1, RP_STACK_FRAMES + 9));
	EXPECT_FALSE(rp_stack_table_get(self->table, whole)->cut);
	EXPECT_TRUE(rp_stack_table_get(self->table, cut)->cut);
	EXPECT_EQ(RP_STACK_FRAMES, rp_stack_table_get(self->table, cut)->count);
}

/* Slots or words run out: then what is there is still found, and nothing is new. */
static void fill_up(struct __test_metadata *_metadata, struct rp_stack_table *table,
		    unsigned int count, unsigned int least)
{
	unsigned int n, held, slots = 0, last = 0;

	for (held = 0; (last = put(table, held, count)); held++)
		ASSERT_LT(last, RP_STACKS);
	EXPECT_GE(held, least);
	EXPECT_LE(table->used, RP_STACK_WORDS);
	EXPECT_EQ(NULL, rp_stack_table_get(table, 0));
	for (n = 0; n < held; n++) {
		const struct rp_stack *stack = rp_stack_table_get(table, put(table, n, count));

		ASSERT_NE(NULL, stack);
		ASSERT_EQ(0xffffffff81000000UL + n * 64UL, stack->frames[0]);
	}
	for (n = 0; n < RP_STACKS; n++)
		slots += !!rp_stack_table_get(table, n);
	EXPECT_EQ(held, slots);
}

TEST_F(stack, has_no_slot)
{
	fill_up(_metadata, self->table, 1, RP_STACKS / 2);
	EXPECT_LT(self->table->used, RP_STACK_WORDS / 2);
}

TEST_F(stack, has_no_words)
{
	fill_up(_metadata, self->table, RP_STACK_FRAMES, RP_STACK_WORDS / (RP_STACK_FRAMES + 8));
	EXPECT_GT(self->table->used, RP_STACK_WORDS - 64);
}

struct thread {
	struct rp_stack_table *table;
	unsigned int slots[SHARED];
	pthread_t id;
};

static pthread_barrier_t barrier;

/* All come to a new stack at the same time. */
static void *run(void *arg)
{
	struct thread *t = arg;
	unsigned int n;

	for (n = 0; n < SHARED; n++) {
		pthread_barrier_wait(&barrier);
		t->slots[n] = put(t->table, n, 3 + n % 20);
	}
	return NULL;
}

TEST_F(stack, that_all_put_in_at_once_is_there_once)
{
	static struct thread threads[THREADS];
	unsigned int i, n, slots = 0;

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		threads[i].table = self->table;
		ASSERT_EQ(0, pthread_create(&threads[i].id, NULL, run, &threads[i]));
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i].id, NULL);
	for (n = 0; n < SHARED; n++) {
		ASSERT_NE(0, threads[0].slots[n]);
		for (i = 1; i < THREADS; i++)
			ASSERT_EQ(threads[0].slots[n], threads[i].slots[n]);
		ASSERT_EQ(3 + n % 20,
			  rp_stack_table_get(self->table, threads[0].slots[n])->count);
	}
	for (n = 0; n < RP_STACKS; n++)
		slots += !!rp_stack_table_get(self->table, n);
	EXPECT_EQ(SHARED, slots);
}

TEST_HARNESS_MAIN
