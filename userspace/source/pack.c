// SPDX-License-Identifier: GPL-2.0
/*
 * What a program asks for again differs in little, so most of a record is what the
 * last of its probe was.  Packing it is cheaper than the pages of the file that it would
 * fill, as these are what writing costs.
 */
#include <assert.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif
#include <stdbool.h>
#include <string.h>

#include "source/pack.h"

#define RP_PACK_WORDS	32
/* Those with number and times are looked at one by one, the others many at once. */
#define RP_PACK_TIMES	4

static_assert(sizeof(struct rp_record) == RP_PACK_WORDS * sizeof(uint64_t), "record");

typedef uint64_t rp_pack_u64 __attribute__((may_alias));

#define rp_pack_inline	static inline __attribute__((always_inline))

/* One way to go through the records */
struct rp_pack_way {
	const struct rp_record *last[RP_PACKED_SLOTS];
	uint64_t seq;
	char *out;
};

/* A bit for each word behind the first RP_PACK_TIMES that is not the same */
typedef uint32_t rp_pack_differ(const rp_pack_u64 *r, const rp_pack_u64 *b);

/* Writes the words of @r that bits of @mask stand for. */
rp_pack_inline char *rp_pack_words(char *out, const rp_pack_u64 *r, uint32_t mask)
{
	for (; mask; mask &= mask - 1) {
		memcpy(out, &r[__builtin_ctz(mask)], sizeof(*r));
		out += sizeof(*r);
	}
	return out;
}

/* Which of the first words are written: the time always, as it never is as before */
static __attribute__((noinline)) uint32_t rp_pack_times(const rp_pack_u64 *r,
							const rp_pack_u64 *b, uint64_t seq)
{
	return (r[0] != seq) | 2 | (r[2] != b[2]) << 2 | (r[3] != b[3]) << 3;
}

/* Inlined, @differ too, into one function for each way to compare */
rp_pack_inline void rp_pack_records(struct rp_pack_way *way, const struct rp_record *rec,
				    size_t n, rp_pack_differ *differ)
{
	const struct rp_record *end = rec + n;
	uint64_t seq = way->seq, mask, differs;
	char *out = way->out, *head;
	const rp_pack_u64 *r, *b;
	unsigned int slot;

	for (; rec != end; rec++) {
		slot = rec->probe % RP_PACKED_SLOTS;
		r = (const rp_pack_u64 *)rec;
		b = (const rp_pack_u64 *)way->last[slot];
		head = out;
		out += RP_PACK_HEAD;
		/* nearly always: the number that is expected, and the task of the last one */
		if (__builtin_expect(r[0] == ++seq && r[3] == b[3], 1)) {
			differs = r[2] != b[2];
			memcpy(out, &r[1], 2 * sizeof(*r));
			out += (1 + differs) * sizeof(*r);
			mask = 2 + 4 * differs;
		} else {
			mask = rp_pack_times(r, b, seq);
			out = rp_pack_words(out, r, mask);
			seq = r[0];
		}
		differs = differ(r, b);
		mask |= differs;
		out = rp_pack_words(out, r, differs);
		memcpy(head, &(uint32_t) { mask }, sizeof(uint32_t));
		head[sizeof(uint32_t)] = slot;
		way->last[slot] = rec;
	}
	way->seq = seq;
	way->out = out;
}

#ifdef __x86_64__
/*
 * Of two vectors with a truth value for each half of a word comes one of half the size, and
 * of two of these again: that is no dearer than to combine them, and tells which it was.
 */
rp_pack_inline uint32_t rp_pack_differ_sse2(const rp_pack_u64 *r, const rp_pack_u64 *b)
{
	const __m128i *v = (const __m128i *)&r[RP_PACK_TIMES];
	const __m128i *w = (const __m128i *)&b[RP_PACK_TIMES];
	const __m128i yes = _mm_set1_epi32(-1);
	__m128i same[8];
	unsigned int i;

#pragma GCC unroll 7
	for (i = 0; i < 7; i++)
		same[i] = _mm_packs_epi32(_mm_cmpeq_epi32(v[2 * i], w[2 * i]),
					  _mm_cmpeq_epi32(v[2 * i + 1], w[2 * i + 1]));
	same[7] = same[6];
#pragma GCC unroll 4
	for (i = 0; i < 4; i++)
		same[i] = _mm_packs_epi16(same[2 * i], same[2 * i + 1]);
	if (_mm_movemask_epi8(same[0] & same[1] & same[2] & same[3]) == 0xffff)
		return 0;
#pragma GCC unroll 2
	for (i = 0; i < 2; i++)
		same[i] = _mm_packs_epi16(_mm_cmpeq_epi16(same[2 * i], yes),
					  _mm_cmpeq_epi16(same[2 * i + 1], yes));
	return ~((uint32_t)_mm_movemask_epi8(same[0]) |
		 (uint32_t)_mm_movemask_epi8(same[1]) << 16) << RP_PACK_TIMES;
}

static void rp_pack_plain(struct rp_pack_way *way, const struct rp_record *rec, size_t n)
{
	rp_pack_records(way, rec, n, rp_pack_differ_sse2);
}

#define rp_pack_load(words)	_mm256_loadu_si256((const __m256i *)(words))

__attribute__((target("avx2")))
rp_pack_inline uint32_t rp_pack_differ_avx2(const rp_pack_u64 *r, const rp_pack_u64 *b)
{
	uint32_t mask = (1 << RP_PACK_TIMES) - 1;
	__m256i same[8], all = _mm256_set1_epi32(-1);
	unsigned int i;

#pragma GCC unroll 7
	for (i = 1; i < 8; i++) {
		same[i] = _mm256_cmpeq_epi64(rp_pack_load(&r[4 * i]), rp_pack_load(&b[4 * i]));
		all &= same[i];
	}
	if (_mm256_movemask_epi8(all) == -1)
		return 0;
#pragma GCC unroll 7
	for (i = 1; i < 8; i++)
		mask |= (uint32_t)_mm256_movemask_pd((__m256d)same[i]) << (4 * i);
	return ~mask;
}

__attribute__((target("avx2")))
static void rp_pack_avx2(struct rp_pack_way *way, const struct rp_record *rec, size_t n)
{
	rp_pack_records(way, rec, n, rp_pack_differ_avx2);
}

static bool rp_pack_has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
rp_pack_inline uint32_t rp_pack_differ_plain(const rp_pack_u64 *r, const rp_pack_u64 *b)
{
	uint64_t any = 0;
	uint32_t mask = 0;
	unsigned int i;

	for (i = RP_PACK_TIMES; i < RP_PACK_WORDS; i++)
		any |= r[i] ^ b[i];
	for (i = RP_PACK_TIMES; any && i < RP_PACK_WORDS; i++)
		mask |= (uint32_t)(r[i] != b[i]) << i;
	return mask;
}

static void rp_pack_plain(struct rp_pack_way *way, const struct rp_record *rec, size_t n)
{
	rp_pack_records(way, rec, n, rp_pack_differ_plain);
}

#define rp_pack_avx2		rp_pack_plain
#define rp_pack_has_avx2()	false
#endif

size_t rp_pack(struct rp_pack *pack, char *out, const struct rp_record *rec, size_t n)
{
	struct rp_pack_way way = { .seq = pack->seq, .out = out };
	unsigned int i;

	for (i = 0; i < RP_PACKED_SLOTS; i++)
		way.last[i] = &pack->last[i];
	if (rp_pack_has_avx2())
		rp_pack_avx2(&way, rec, n);
	else
		rp_pack_plain(&way, rec, n);
	for (i = 0; i < RP_PACKED_SLOTS; i++)
		if (way.last[i] != &pack->last[i])
			pack->last[i] = *way.last[i];
	pack->seq = way.seq;
	return way.out - out;
}

/* Returns as rp_pack_next(). */
static ssize_t rp_pack_size(const char *in, size_t len, uint32_t *mask, unsigned int *slot)
{
	size_t size;

	if (len < RP_PACK_HEAD)
		return 0;
	memcpy(mask, in, sizeof(*mask));
	*slot = (unsigned char)in[sizeof(*mask)];
	if (*slot >= RP_PACKED_SLOTS)
		return -1;
	size = RP_PACK_HEAD + __builtin_popcount(*mask) * sizeof(uint64_t);
	return size <= len ? (ssize_t)size : 0;
}

/* The record in @slot becomes what is packed at @in. */
rp_pack_inline const struct rp_record *rp_pack_open(struct rp_pack *pack, unsigned int slot,
						    uint32_t mask, const char *in)
{
	struct rp_record *last = &pack->last[slot];

	in += RP_PACK_HEAD;
	last->seq = pack->seq + 1;
	for (; mask; mask &= mask - 1) {
		memcpy((char *)last + __builtin_ctz(mask) * sizeof(uint64_t), in,
		       sizeof(uint64_t));
		in += sizeof(uint64_t);
	}
	pack->seq = last->seq;
	return last;
}

ssize_t rp_pack_next(struct rp_pack *pack, const struct rp_record **rec, const char *in,
		     size_t len)
{
	unsigned int slot;
	uint32_t mask;
	ssize_t size = rp_pack_size(in, len, &mask, &slot);

	if (size > 0)
		*rec = rp_pack_open(pack, slot, mask, in);
	return size;
}

/* Sequence numbers are not those of the file where records were passed over. */
ssize_t rp_pack_next_of(struct rp_pack *pack, const bool slots[RP_PACKED_SLOTS],
			const struct rp_record **rec, const char *in, size_t len)
{
	unsigned int slot;
	uint32_t mask;
	ssize_t size = rp_pack_size(in, len, &mask, &slot);

	if (size > 0)
		*rec = slots[slot] ? rp_pack_open(pack, slot, mask, in) : NULL;
	return size;
}

size_t rp_pack_whole(const char *in, size_t len, size_t *records)
{
	unsigned int slot;
	size_t sum = 0;
	uint32_t mask;
	ssize_t size;

	for (*records = 0; (size = rp_pack_size(in + sum, len - sum, &mask, &slot)) > 0; ++*records)
		sum += size;
	return sum;
}
