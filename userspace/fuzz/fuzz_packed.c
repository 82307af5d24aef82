// SPDX-License-Identifier: GPL-2.0
/*
 * A file packedN: what is read of it; and records of any bytes, which come out again as they
 * went in.
 */
#include <string.h>

#include "fuzz.h"
#include "source/pack.h"

#define FUZZ_RECORDS	32

static void fuzz_unpack(const uint8_t *data, size_t size)
{
	static struct rp_pack all, some;
	bool slots[RP_PACKED_SLOTS] = { [1] = true, [7] = true };
	const struct rp_record *rec, *its;
	size_t at = 0, records = 0, whole;
	ssize_t n;

	memset(&all, 0, sizeof(all));
	memset(&some, 0, sizeof(some));
	while ((n = rp_pack_next(&all, &rec, (const char *)data + at, size - at)) > 0) {
		FUZZ_MUST(rp_pack_next_of(&some, slots, &its, (const char *)data + at,
					  size - at) == n);
		FUZZ_MUST(!its || !memcmp((const char *)its + sizeof(its->seq),
					  (const char *)rec + sizeof(rec->seq),
					  sizeof(*rec) - sizeof(rec->seq)));
		at += n;
		records++;
	}
	FUZZ_MUST(rp_pack_whole((const char *)data, size, &whole) == at && whole == records);
}

static void fuzz_pack(const uint8_t *data, size_t size)
{
	static struct rp_record in[FUZZ_RECORDS] __attribute__((aligned(RP_PACK_ALIGN)));
	static char out[FUZZ_RECORDS * RP_PACK_MAX];
	static struct rp_pack to, from;
	const struct rp_record *rec;
	size_t len, at = 0, i, n;
	ssize_t took;

	memset(&to, 0, sizeof(to));
	memset(&from, 0, sizeof(from));
	memset(in, 0, sizeof(in));
	if (size > sizeof(in))
		size = sizeof(in);
	memcpy(in, data, size);
	n = (size + sizeof(*in) - 1) / sizeof(*in);
	/* In two goes, as what came last is kept between */
	len = rp_pack(&to, out, in, n / 2);
	len += rp_pack(&to, out + len, in + n / 2, n - n / 2);
	FUZZ_MUST(len <= sizeof(out));
	for (i = 0; i < n; i++, at += took) {
		took = rp_pack_next(&from, &rec, out + at, len - at);
		FUZZ_MUST(took > 0 && !memcmp(rec, &in[i], sizeof(*rec)));
	}
	FUZZ_MUST(at == len);
}

int rp_fuzz_one(const uint8_t *data, size_t size)
{
	fuzz_unpack(data, size);
	fuzz_pack(data, size);
	return 0;
}
