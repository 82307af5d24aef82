// SPDX-License-Identifier: GPL-2.0
/* The layout of a record, streams of one CPU, and the merge of several. */
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/merge.h"

/* The contract: a compiler that lays it out otherwise must not go on. */
#define AT(member, offset) \
	static_assert(offsetof(struct rp_record, member) == (offset), #member)
static_assert(sizeof(struct rp_record) == 256, "record");
static_assert(sizeof(struct rp_flow) == 64, "flow");
static_assert(sizeof(struct rp_route) == 96, "route");
static_assert(sizeof(struct rp_signal) == 24, "signal");
AT(seq, 0);
AT(time_ns, 8);
AT(duration_ns, 16);
AT(tid, 24);
AT(tgid, 28);
AT(netns, 32);
AT(caller, 36);
AT(cpu, 38);
AT(comm, 40);
AT(err, 56);
AT(stack, 60);
AT(probe, 64);
AT(family, 65);
AT(kind, 66);
AT(context, 67);
AT(verdict, 68);
AT(has, 70);
AT(flow, 72);
AT(flow.src, 88);
AT(flow.label, 124);
AT(flow.dport, 128);
AT(flow.flags, 135);
AT(route, 136);
AT(route.prefsrc, 152);
AT(route.gw, 168);
AT(route.dev, 184);
AT(route.table, 200);
AT(route.dst_len, 208);
AT(route.src_len, 227);
AT(route.nh_weight, 228);
AT(route.nh_count, 231);
AT(rule, 232);
AT(rule.suppressed, 242);
AT(change.op, 244);
AT(signal.info, 248);
AT(cached.expires_s, 236);

FIXTURE(merge) {
	struct rp_fake fake;
	struct rp_source src;
	struct rp_merge merge;
	char order[256];
};

FIXTURE_SETUP(merge)
{
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	memset(self->order, 0, sizeof(self->order));
}

FIXTURE_TEARDOWN(merge)
{
	rp_merge_exit(&self->merge);
	rp_source_close(&self->src);
	rp_fake_remove(&self->fake);
}

static void add(struct rp_fake *f, unsigned int cpu, uint64_t begin, uint64_t end)
{
	struct rp_record rec = rp_fake_record(RP_KIND_CHANGE, begin, end);

	rec.cpu = cpu;
	rp_fake_add(f, rec);
}

static void drain(struct rp_merge *merge, char *order, size_t size)
{
	struct rp_merged m;
	size_t len;

	while (rp_merge_next(merge, &m)) {
		len = strlen(order);
		snprintf(order + len, size - len, "%u:%llu ", m.rec->cpu,
			 (unsigned long long)rp_stream_end_ns(m.rec));
	}
}

#define OPEN(recording, mode) do {					\
	ASSERT_EQ(0, rp_source_open(&self->src, self->fake.dir, recording)); \
	ASSERT_EQ(0, rp_source_streams(&self->src, mode));		\
	rp_merge_init(&self->merge, &self->src);			\
	rp_merge_poll(&self->merge);					\
} while (0)
#define DRAIN() drain(&self->merge, self->order, sizeof(self->order))

TEST_F(merge, by_return)
{
	add(&self->fake, 0, 10, 20);
	add(&self->fake, 0, 5, 60);
	add(&self->fake, 1, 30, 40);
	add(&self->fake, 1, 41, 50);
	add(&self->fake, 2, 1, 20);
	OPEN(true, RP_SOURCE_WHOLE);
	DRAIN();
	EXPECT_STREQ("0:20 2:20 1:40 1:50 0:60 ", self->order);
	EXPECT_TRUE(rp_merge_ended(&self->merge));
}

/* More than one read holds, on four CPUs */
TEST_F(merge, many)
{
	uint64_t last = 0, i;
	struct rp_merged m;

	for (i = 0; i < 3000; i++)
		add(&self->fake, (i * 7) % 4, i, 10 * i + 5);
	OPEN(true, RP_SOURCE_WHOLE);
	for (i = 0; rp_merge_next(&self->merge, &m); i++) {
		ASSERT_LT(last, rp_stream_end_ns(m.rec));
		ASSERT_EQ(0, m.missing);
		last = rp_stream_end_ns(m.rec);
	}
	EXPECT_EQ(3000, i);
	EXPECT_EQ(0, rp_source_lost(&self->src));
}

/* A quiet CPU holds back only what it could still precede. */
TEST_F(merge, quiet_cpu)
{
	uint64_t now = rp_util_now(CLOCK_MONOTONIC);

	OPEN(false, RP_SOURCE_FOLLOW);
	add(&self->fake, 0, 10, 20);
	add(&self->fake, 0, now, now + 3600ULL * RP_NSEC_PER_SEC);
	rp_merge_poll(&self->merge);
	DRAIN();
	EXPECT_STREQ("0:20 ", self->order);
	EXPECT_FALSE(rp_merge_ended(&self->merge));
	/* A head of the other CPU makes both certain up to there. */
	add(&self->fake, 1, 30, now + 7200ULL * RP_NSEC_PER_SEC);
	rp_merge_poll(&self->merge);
	DRAIN();
	EXPECT_EQ(2, strlen(self->order) ? self->src.streams[0].records : 0);
	EXPECT_EQ(0, self->src.streams[1].records);
}

/* Looking for more right after a record was taken */
TEST_F(merge, poll_in_between)
{
	struct rp_merged m;

	OPEN(false, RP_SOURCE_FOLLOW);
	add(&self->fake, 0, 30, 40);
	rp_merge_poll(&self->merge);
	ASSERT_TRUE(rp_merge_next(&self->merge, &m));
	add(&self->fake, 1, 45, 50);
	rp_merge_poll(&self->merge);
	DRAIN();
	EXPECT_STREQ("1:50 ", self->order);
}

/* A live buffer is read up to now, however fast it grows. */
TEST_F(merge, not_endless)
{
	add(&self->fake, 0, 10, 20);
	add(&self->fake, 0, 30, INT64_MAX);
	OPEN(false, RP_SOURCE_WHOLE);
	DRAIN();
	EXPECT_STREQ("0:20 ", self->order);
	EXPECT_TRUE(rp_merge_ended(&self->merge));
	EXPECT_EQ(0, self->src.damaged);
}

TEST_F(merge, gaps)
{
	struct rp_record rec = rp_fake_record(RP_KIND_CHANGE, 10, 20);
	struct rp_merged m;

	rec.seq = 5;
	rp_fake_add(&self->fake, rec);
	rec.seq = 9;
	rec.time_ns = 30;
	rp_fake_add(&self->fake, rec);
	OPEN(true, RP_SOURCE_WHOLE);
	/* What was before the recording is missing, but not lost. */
	ASSERT_TRUE(rp_merge_next(&self->merge, &m));
	EXPECT_EQ(4, m.missing);
	EXPECT_EQ(1, m.to_ns);
	EXPECT_EQ(0, rp_source_lost(&self->src));
	ASSERT_TRUE(rp_merge_next(&self->merge, &m));
	EXPECT_EQ(3, m.missing);
	EXPECT_EQ(20, m.from_ns);
	EXPECT_EQ(40, m.to_ns);
	EXPECT_EQ(3, rp_source_lost(&self->src));
}

/* A recording says where it began, so what it lost before its first record counts. */
TEST_F(merge, lost_at_the_beginning)
{
	struct rp_record rec = rp_fake_record(RP_KIND_CHANGE, 10, 20);
	struct rp_merged m;

	rp_fake_session(&self->fake,
			"\"each_cpu\":[{\"cpu\":0,\"begin\":2},{\"cpu\":1,\"begin\":0}]");
	rec.seq = 5;
	rp_fake_add(&self->fake, rec);
	rec.cpu = 1;
	rec.seq = 1;
	rp_fake_add(&self->fake, rec);
	OPEN(true, RP_SOURCE_WHOLE);
	ASSERT_TRUE(rp_merge_next(&self->merge, &m));
	EXPECT_EQ(4, m.missing);
	EXPECT_EQ(20, m.to_ns);
	EXPECT_EQ(2, rp_source_lost(&self->src));
	ASSERT_TRUE(rp_merge_next(&self->merge, &m));
	EXPECT_EQ(0, m.missing);
	EXPECT_EQ(2, rp_source_lost(&self->src));
}

/* The fast count of a batch comes to the same as one by one. */
TEST_F(merge, accounts_a_batch)
{
	struct rp_record recs[4];
	struct rp_stream s;
	unsigned int i;

	OPEN(true, RP_SOURCE_WHOLE);
	rp_stream_init(&s, 0, -1);
	for (i = 0; i < 4; i++) {
		recs[i] = rp_fake_record(RP_KIND_CHANGE, i, i + 1);
		recs[i].seq = 10 + 2 * i;
	}
	rp_stream_account(&s, recs, 4);
	EXPECT_EQ(3, s.lost);
	for (i = 0; i < 4; i++)
		recs[i].seq = 20 + i;
	rp_stream_account(&s, recs, 4);
	EXPECT_EQ(6, s.lost);
	EXPECT_EQ(8, s.records);
	EXPECT_EQ(23, s.seq);
	rp_stream_exit(&s);
}

TEST_HARNESS_MAIN
