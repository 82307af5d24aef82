// SPDX-License-Identifier: GPL-2.0
/* The module's clock, beside one that the test moves. */
#include <kselftest_harness.h>

#include "../../module/clock.h"

#define MHZ		2700
#define MS		1000000LL

static double now_ns, rate;	/* rate: nanoseconds of ktime in one of the counter's */
static u64 counter_from;	/* a suspend sets it back */
static double counter_ns;
static bool untrusted;

static void pass(double ns)
{
	counter_ns += ns;
	now_ns += ns * rate;
}

u64 rp_compat_cycles(void)
{
	pass(10);
	return counter_from + (u64)(counter_ns * MHZ / 1000);
}

u64 ktime_get_ns(void)
{
	pass(15);
	return (u64)now_ns;
}

bool rp_compat_cycles_untrusted(void)
{
	return untrusted;
}

void msleep(unsigned int ms)
{
	pass(ms * (double)MS);
}

static s64 off(void)
{
	return (s64)rp_clock_ns() - (s64)now_ns;
}

FIXTURE(clock) { };

FIXTURE_SETUP(clock)
{
	counter_from = 1ULL << 40;
	counter_ns = 0;
	now_ns = 5e9;
	rate = 1;
	untrusted = false;
	rp_clock_init();
}

FIXTURE_TEARDOWN(clock) { }

TEST_F(clock, agrees_with_the_kernel_and_never_goes_back)
{
	u64 before = 0, now;
	int i;

	for (i = 0; i < 2000000; i++) {
		rate = i / 100000 % 2 ? 1.0005 : 0.9995;	/* as fast as NTP may turn it */
		pass(i % 1000 * 2);
		now = rp_clock_ns();
		ASSERT_LE(before, now);
		before = now;
		ASSERT_GT(250000, off());	/* a change of 1000 ppm, seen 0.1 s later */
		ASSERT_LT(-250000, off());
	}
	rate = 1;
	for (i = 0; i < 100; i++) {
		pass(50.0 * MS);
		rp_clock_ns();
	}
	EXPECT_GT(200, off());
	EXPECT_LT(-200, off());
}

TEST_F(clock, is_right_at_once_after_a_pause)
{
	rate = 1.0005;
	pass(3600e9);
	EXPECT_GT(200, off());
	EXPECT_LT(-200, off());
}

TEST_F(clock, stays_with_the_kernel_when_the_counter_starts_anew)
{
	counter_from = 0;
	counter_ns = 0;
	pass(1000);
	EXPECT_GT(200, off());
	EXPECT_LT(-200, off());
	pass(30.0 * MS);
	EXPECT_GT(20000, off());
	EXPECT_LT(-20000, off());
}

/* A CPU whose counter is behind by less than a call takes. */
TEST_F(clock, does_not_jump_where_the_counter_is_behind)
{
	u64 now;

	pass(150.0 * MS);
	now = rp_clock_ns();
	counter_from -= 1000;
	EXPECT_LE(now - 1, rp_clock_ns());
	EXPECT_GT(1000, off());
	EXPECT_LT(-1000, off());
}

TEST_F(clock, leaves_a_counter_that_the_kernel_leaves)
{
	untrusted = true;
	rate = 3;		/* it runs at another speed now */
	pass(200.0 * MS);
	rp_clock_ns();
	pass(200.0 * MS);
	EXPECT_GT(200, off());
	EXPECT_LT(-200, off());
}

TEST_HARNESS_MAIN
