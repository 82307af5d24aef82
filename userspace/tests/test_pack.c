// SPDX-License-Identifier: GPL-2.0
/* What is packed comes out as it was, and what cannot have been packed is refused. */
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "source/pack.h"

#define RECORDS	300
#define PROBES	40	/* more than there are last records */

FIXTURE(pack) {
	struct rp_record recs[RECORDS] __attribute__((aligned(RP_PACK_ALIGN)));
	struct rp_pack in, out;
	char packed[RECORDS * RP_PACK_MAX];
};

/* Of a few probes, and each word differs now and then from the last of its probe */
FIXTURE_SETUP(pack)
{
	size_t n, i;

	srandom(1);
	memset(self, 0, sizeof(*self));
	for (n = 0; n < RECORDS; n++) {
		struct rp_record *rec = &self->recs[n];
		unsigned int probe = random() % 3 ? 1 : random() % PROBES;

		for (i = n; i && self->recs[i - 1].probe != probe; i--)
			;
		if (i)
			*rec = self->recs[i - 1];
		for (i = random() % 8; i < 8; i++)
			((unsigned char *)rec)[random() % sizeof(*rec)] ^= random();
		rec->seq = n ? self->recs[n - 1].seq + 1 + !(random() % 9) : 7;
		rec->probe = probe;
	}
}

FIXTURE_TEARDOWN(pack)
{
}

TEST_F(pack, comes_out_as_it_was)
{
	const struct rp_record *rec;
	size_t len, at = 0, n, records;
	ssize_t size;

	len = rp_pack(&self->in, self->packed, self->recs, 100);
	len += rp_pack(&self->in, self->packed + len, self->recs + 100, RECORDS - 100);
	EXPECT_LT(len, sizeof(self->recs) / 2);
	for (n = 0; n < RECORDS; n++) {
		size = rp_pack_next(&self->out, &rec, self->packed + at, len - at);
		ASSERT_GT(size, 0);
		ASSERT_EQ(0, memcmp(rec, &self->recs[n], sizeof(*rec))) TH_LOG("record %zu", n);
		at += size;
	}
	EXPECT_EQ(len, at);
	EXPECT_EQ(0, rp_pack_next(&self->out, &rec, self->packed + at, 0));
	EXPECT_EQ(len, rp_pack_whole(self->packed, len, &records));
	EXPECT_EQ(RECORDS, records);
}

/* All of a record but its number is right where others were passed over. */
TEST_F(pack, of_one_slot)
{
	static const bool slots[RP_PACKED_SLOTS] = { [1] = true };
	size_t len = rp_pack(&self->in, self->packed, self->recs, RECORDS), at = 0, n;
	const struct rp_record *rec;
	struct rp_record numbered;

	for (n = 0; n < RECORDS; n++) {
		at += rp_pack_next_of(&self->out, slots, &rec, self->packed + at, len - at);
		ASSERT_EQ(self->recs[n].probe == 1, !!rec) TH_LOG("record %zu", n);
		if (!rec)
			continue;
		numbered = *rec;
		numbered.seq = self->recs[n].seq;
		ASSERT_EQ(0, memcmp(&numbered, &self->recs[n], sizeof(numbered))) {
			TH_LOG("record %zu", n);
		}
	}
	EXPECT_EQ(len, at);
}

TEST_F(pack, every_byte)
{
	struct rp_record first __attribute__((aligned(RP_PACK_ALIGN))) = self->recs[0];
	struct rp_record second __attribute__((aligned(RP_PACK_ALIGN)));
	const struct rp_record *rec;
	size_t i, size, words, times, probe = offsetof(struct rp_record, probe);

	first.time_ns = 0x1234567812345678;
	first.duration_ns = 0x12345678;
	for (i = 0; i < sizeof(first); i++) {
		second = first;
		second.seq++;
		second.time_ns += 256;
		if (i != probe)
			((unsigned char *)&second)[i] ^= 0x81;
		memset(&self->in, 0, sizeof(self->in));
		memset(&self->out, 0, sizeof(self->out));
		size = rp_pack(&self->in, self->packed, &first, 1);
		EXPECT_EQ(size, rp_pack_next(&self->out, &rec, self->packed, size));
		size = rp_pack(&self->in, self->packed, &second, 1);
		/* more than a second of time_ns, and the upper half of duration_ns */
		times = (i >= 11 && i < 16) || (i >= 20 && i < 24) ? RP_PACK_LONG : RP_PACK_SHORT;
		words = i != probe && i / sizeof(uint64_t) != 1 && i / sizeof(uint64_t) != 2;
		EXPECT_EQ(times + words * (sizeof(uint32_t) + sizeof(uint64_t)), size);
		EXPECT_EQ(size, rp_pack_next(&self->out, &rec, self->packed, size));
		EXPECT_EQ(0, memcmp(rec, &second, sizeof(second))) TH_LOG("byte %zu", i);
	}
}

TEST_F(pack, cut_off)
{
	const struct rp_record *rec;
	size_t first, len, records;

	first = rp_pack(&self->in, self->packed, self->recs, 1);
	len = first + rp_pack(&self->in, self->packed + first, self->recs + 1, 1);
	EXPECT_EQ(first, rp_pack_next(&self->out, &rec, self->packed, len));
	while (--len > first) {
		EXPECT_EQ(0, rp_pack_next(&self->out, &rec, self->packed + first, len - first));
		EXPECT_EQ(first, rp_pack_whole(self->packed, len, &records));
		EXPECT_EQ(1, records);
	}
}

/* Steps of time as far as four bytes go, and one more, to either side; and any duration */
TEST_F(pack, times)
{
	static const uint64_t times[][2] = {
		{ 0, 0 }, { INT32_MAX, UINT32_MAX }, { 0, 1ULL << 32 }, { 1ULL << 31, 0 },
		{ 0, 1 }, { 1ULL << 40, UINT64_MAX }, { (1ULL << 40) + INT32_MAX, 5 },
		{ 1ULL << 40, 5 }, { UINT64_MAX, 5 }, { 5, 5 },
	};
	static const unsigned char full[] = { 0, 0, 1, 1, 0, 1, 0, 0, 1, 0 };
	struct rp_record one __attribute__((aligned(RP_PACK_ALIGN))) = { .probe = 1 };
	const struct rp_record *rec;
	size_t i, size;

	for (i = 0; i < sizeof(full); i++) {
		one.seq++;
		one.time_ns = times[i][0];
		one.duration_ns = times[i][1];
		size = rp_pack(&self->in, self->packed, &one, 1);
		if (i)
			EXPECT_EQ(full[i] ? RP_PACK_LONG : RP_PACK_SHORT, size) {
				TH_LOG("time %zu", i);
			}
		EXPECT_EQ(size, rp_pack_next(&self->out, &rec, self->packed, size));
		EXPECT_EQ(0, memcmp(rec, &one, sizeof(one))) TH_LOG("time %zu", i);
	}
}

/* A mask of no words, and the times as words */
TEST_F(pack, no_packed_record)
{
	static const uint32_t masks[] = { 0, 1 << 1, 1 << 2, ~0U };
	char bad[RP_PACK_MAX + 16] = { RP_PACKED_WORDS };
	const struct rp_record *rec;
	size_t records, i;

	for (i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
		memcpy(bad + RP_PACK_SHORT, &masks[i], sizeof(masks[i]));
		EXPECT_EQ(-1, rp_pack_next(&self->out, &rec, bad, sizeof(bad)));
		EXPECT_EQ(0, rp_pack_whole(bad, sizeof(bad), &records));
	}
}

TEST_HARNESS_MAIN
