// SPDX-License-Identifier: GPL-2.0
/* The history of what changed: its bound, and what it knows of before and after. */
#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "fib/config.h"
#include "lib/util.h"
#include "why/why.h"

static const struct rp_past *of_route(const struct rp_history *h, uint32_t dst, uint64_t time_ns)
{
	const union rp_addr addr = { .v4 = htonl(dst) };

	return rp_history_of_route(h, RP_FAKE_NETNS, AF_INET, &addr, 32, time_ns);
}

/* More changes than are kept: the newest count, and it is said. */
TEST(history_bound)
{
	struct rp_history h;
	struct rp_node node = { 0 };
	const struct rp_past *past;
	unsigned int i;

	rp_history_init(&h);
	h.max = 4;
	TAILQ_INIT(&node.inner);
	node.rec = rp_fake_record(RP_KIND_EVENT, 0, 0);
	node.rec.route.dst_len = 32;
	node.rec.change.op = RP_CHANGE_DELETE;
	for (i = 0; i < 10; i++) {
		node.rec.time_ns = i;
		node.rec.route.dst.v4 = htonl(i / 2);
		rp_history_add(&h, &node, true);
	}
	EXPECT_EQ(6, rp_history_forgotten(&h));
	EXPECT_EQ(NULL, of_route(&h, 2, UINT64_MAX));
	past = of_route(&h, 3, UINT64_MAX);
	ASSERT_NE(NULL, past);
	EXPECT_EQ(7, past->rec.time_ns);
	past = rp_history_older(&h, past);
	ASSERT_NE(NULL, past);
	EXPECT_EQ(6, past->rec.time_ns);
	EXPECT_EQ(NULL, rp_history_older(&h, past));
	past = of_route(&h, 4, 8);
	ASSERT_NE(NULL, past);
	EXPECT_EQ(8, past->rec.time_ns);
	rp_history_exit(&h);
}

static enum rp_history_state at(struct rp_history *h, uint64_t time_ns)
{
	struct rp_route route = { .dst.v4 = htonl(1), .dst_len = 32, .table = RT_TABLE_MAIN };

	return rp_history_at(h, RP_FAKE_NETNS, AF_INET, &route, time_ns);
}

/* What changes again and again does not make each question take longer. */
TEST(history_looks)
{
	struct rp_history h;
	struct rp_node node = { 0 };
	unsigned int i;

	rp_history_init(&h);
	TAILQ_INIT(&node.inner);
	node.rec = rp_fake_record(RP_KIND_EVENT, 1, 2);
	node.rec.route = (struct rp_route) {
		.dst.v4 = htonl(1), .dst_len = 32, .table = RT_TABLE_MAIN,
	};
	node.rec.change.op = RP_CHANGE_INSERT;
	rp_history_add(&h, &node, true);
	node.rec.route.table = 100;
	for (i = 1; i <= RP_HISTORY_LOOKS; i++) {
		EXPECT_EQ(RP_HISTORY_PRESENT, at(&h, 5));
		node.rec.time_ns = 10 * i;
		rp_history_add(&h, &node, true);
	}
	EXPECT_EQ(RP_HISTORY_UNKNOWN, at(&h, 5));
	rp_history_exit(&h);
}

/* A snapshot from the middle of the changes tells of before and after. */
TEST(history_states)
{
	struct rp_route route = { .dst.v4 = htonl(1), .dst_len = 32, .table = RT_TABLE_MAIN };
	struct rp_history h;
	struct rp_node node = { 0 };

	rp_history_init(&h);
	EXPECT_EQ(RP_HISTORY_UNKNOWN, at(&h, 5));
	h.snapshot = true;
	h.snapshot_ns = 100;
	EXPECT_EQ(RP_HISTORY_UNKNOWN, at(&h, 5));
	rp_history_rule(&h, RP_FAKE_NETNS, &(struct rp_fib_rule) { .family = AF_INET });
	EXPECT_EQ(RP_HISTORY_ABSENT, at(&h, 5));
	TAILQ_INIT(&node.inner);
	node.rec = rp_fake_record(RP_KIND_EVENT, 50, 51);
	node.rec.route = route;
	node.rec.change.op = RP_CHANGE_INSERT;
	rp_history_add(&h, &node, true);
	EXPECT_EQ(RP_HISTORY_UNKNOWN, at(&h, 5));	/* it may have replaced one */
	EXPECT_EQ(RP_HISTORY_PRESENT, at(&h, 60));
	node.rec.time_ns = 70;
	node.rec.change.op = RP_CHANGE_DELETE;
	rp_history_add(&h, &node, true);
	EXPECT_EQ(RP_HISTORY_PRESENT, at(&h, 60));
	EXPECT_EQ(RP_HISTORY_ABSENT, at(&h, 80));
	rp_history_exit(&h);
}

/* A length that no prefix has is passed over only where all routes are known. */
TEST(history_lengths)
{
	const struct rp_record leg = {
		.netns = RP_FAKE_NETNS, .family = AF_INET6,
		.route = { .dst_len = 48, .table = RT_TABLE_MAIN },
	};
	struct rp_history h;

	rp_history_init(&h);
	h.snapshot = true;
	EXPECT_FALSE(rp_history_is_whole(&h, RP_FAKE_NETNS, AF_INET));
	rp_history_rule(&h, RP_FAKE_NETNS, &(struct rp_fib_rule) { .family = AF_INET });
	EXPECT_TRUE(rp_history_is_whole(&h, RP_FAKE_NETNS, AF_INET));
	EXPECT_FALSE(rp_history_is_whole(&h, RP_FAKE_NETNS, AF_INET6));
	rp_history_route(&h, &leg);
	EXPECT_TRUE(rp_history_has_length(&h, AF_INET6, 48));
	EXPECT_FALSE(rp_history_has_length(&h, AF_INET6, 128));
	EXPECT_FALSE(rp_history_has_length(&h, AF_INET, 48));
	rp_history_exit(&h);
}

TEST_HARNESS_MAIN
