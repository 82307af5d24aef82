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

TEST_F(pack, every_byte)
{
	struct rp_record first __attribute__((aligned(RP_PACK_ALIGN))) = self->recs[0];
	struct rp_record second __attribute__((aligned(RP_PACK_ALIGN)));
	const struct rp_record *rec;
	size_t i, size, words, probe = offsetof(struct rp_record, probe);

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
		words = 1 + !(i == probe || i / sizeof(uint64_t) == 1);	/* with the time */
		EXPECT_EQ(RP_PACK_HEAD + words * sizeof(uint64_t), size);
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

TEST_F(pack, no_packed_record)
{
	char bad[16] = { 0, 0, 0, 0, RP_PACKED_SLOTS };
	const struct rp_record *rec;
	size_t records;

	EXPECT_EQ(-1, rp_pack_next(&self->out, &rec, bad, sizeof(bad)));
	EXPECT_EQ(0, rp_pack_whole(bad, sizeof(bad), &records));
}

TEST_HARNESS_MAIN
