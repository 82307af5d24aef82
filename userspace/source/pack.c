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
/*
 * Where a record's words differ most often from the last of its probe's: in the first
 * ones, which have the times, and in the last, as rules and tables take turns.
 */
#define RP_PACK_HEAD_WORDS	4
#define RP_PACK_TAIL		24

static_assert(sizeof(struct rp_record) == RP_PACK_WORDS * sizeof(uint64_t), "record");

typedef uint64_t rp_pack_u64 __attribute__((may_alias));
typedef uint64_t rp_pack_16 __attribute__((vector_size(16), may_alias));
typedef uint64_t rp_pack_32 __attribute__((vector_size(32), aligned(RP_PACK_ALIGN), may_alias));

#define rp_pack_inline	static inline __attribute__((always_inline))

rp_pack_inline bool rp_pack_any(rp_pack_16 bits)
{
	return bits[0] | bits[1];
}

/* Writes a word if it is not as expected. */
rp_pack_inline char *rp_pack_word(char *out, uint64_t word, uint64_t expected, uint32_t *mask,
				  unsigned int i)
{
	if (word == expected)
		return out;
	memcpy(out, &word, sizeof(word));
	*mask |= 1U << i;
	return out + sizeof(word);
}

/* The words between, two at once */
static char *rp_pack_middle(char *out, const struct rp_record *rec,
			    const struct rp_record *before, uint32_t *mask)
{
	const rp_pack_u64 *r = (const rp_pack_u64 *)rec, *b = (const rp_pack_u64 *)before;
	unsigned int i;

#pragma GCC unroll 16
	for (i = RP_PACK_HEAD_WORDS; i < RP_PACK_TAIL; i += 2) {
		if (!rp_pack_any(*(const rp_pack_16 *)&r[i] ^ *(const rp_pack_16 *)&b[i]))
			continue;
		out = rp_pack_word(out, r[i], b[i], mask, i);
		out = rp_pack_word(out, r[i + 1], b[i + 1], mask, i + 1);
	}
	return out;
}

rp_pack_inline char *rp_pack_tail(char *out, const rp_pack_u64 *r, const rp_pack_u64 *b,
				  uint32_t *mask)
{
	unsigned int i;

#pragma GCC unroll 8
	for (i = RP_PACK_TAIL; i < RP_PACK_WORDS; i++)
		out = rp_pack_word(out, r[i], b[i], mask, i);
	return out;
}

rp_pack_inline char *rp_pack_head(char *out, const rp_pack_u64 *r, const rp_pack_u64 *b,
				  uint64_t seq, uint32_t *mask)
{
	out = rp_pack_word(out, r[0], seq, mask, 0);
	out = rp_pack_word(out, r[1], b[1], mask, 1);
	out = rp_pack_word(out, r[2], b[2], mask, 2);
	return rp_pack_word(out, r[3], b[3], mask, 3);
}

/* One way to go through the records, which vectors of any size can take */
struct rp_pack_way {
	const struct rp_record *last[RP_PACKED_SLOTS];
	uint64_t seq;
	char *out;
};

#define RP_PACK_RECORD(way, rec, vector, is_any, tail)				\
do {										\
	unsigned int slot_ = (rec)->probe % RP_PACKED_SLOTS, row_;		\
	const unsigned int first_ = RP_PACK_HEAD_WORDS * 8 / sizeof(vector);	\
	const struct rp_record *before_ = (way)->last[slot_];			\
	const vector *v_ = (const vector *)(rec), *w_ = (const vector *)before_; \
	const rp_pack_u64 *r_ = (const rp_pack_u64 *)(rec);			\
	const rp_pack_u64 *b_ = (const rp_pack_u64 *)before_;			\
	vector differ_ = v_[first_] ^ w_[first_];				\
	char *head_ = (way)->out;						\
	uint32_t mask_ = 0;							\
										\
	_Pragma("GCC unroll 16")						\
	for (row_ = first_ + 1; row_ < RP_PACK_TAIL * 8 / sizeof(vector); row_++) \
		differ_ |= v_[row_] ^ w_[row_];					\
	(way)->out = rp_pack_head(head_ + RP_PACK_HEAD, r_, b_, (way)->seq + 1, &mask_); \
	if (is_any(differ_))							\
		(way)->out = rp_pack_middle((way)->out, rec, before_, &mask_);	\
	(way)->out = tail((way)->out, r_, b_, &mask_);				\
	memcpy(head_, &mask_, sizeof(mask_));					\
	head_[sizeof(mask_)] = slot_;						\
	(way)->last[slot_] = rec;						\
	(way)->seq = (rec)->seq;						\
} while (0)

static void rp_pack_plain(struct rp_pack_way *way, const struct rp_record *rec, size_t n)
{
	struct rp_pack_way w = *way;

	for (; n; n--, rec++)
		RP_PACK_RECORD(&w, rec, rp_pack_16, rp_pack_any, rp_pack_tail);
	*way = w;
}

#ifdef __x86_64__
#define rp_pack_any_avx2(v)	!_mm256_testz_si256((__m256i)(v), (__m256i)(v))

__attribute__((target("avx2")))
static inline char *rp_pack_tail_avx2(char *out, const rp_pack_u64 *r, const rp_pack_u64 *b,
				      uint32_t *mask)
{
	const rp_pack_32 *v = (const rp_pack_32 *)&r[RP_PACK_TAIL];
	const rp_pack_32 *w = (const rp_pack_32 *)&b[RP_PACK_TAIL];
	unsigned int differ, i;

	differ = 0xff ^ (_mm256_movemask_pd((__m256d)(v[0] == w[0])) |
			 _mm256_movemask_pd((__m256d)(v[1] == w[1])) << 4);
	*mask |= differ << RP_PACK_TAIL;
	for (; differ; differ &= differ - 1) {
		i = RP_PACK_TAIL + __builtin_ctz(differ);
		memcpy(out, &r[i], sizeof(*r));
		out += sizeof(*r);
	}
	return out;
}

__attribute__((target("avx2")))
static void rp_pack_avx2(struct rp_pack_way *way, const struct rp_record *rec, size_t n)
{
	struct rp_pack_way w = *way;

	for (; n; n--, rec++)
		RP_PACK_RECORD(&w, rec, rp_pack_32, rp_pack_any_avx2, rp_pack_tail_avx2);
	*way = w;
}

static bool rp_pack_has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}
#else
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

ssize_t rp_pack_next(struct rp_pack *pack, const struct rp_record **rec, const char *in,
		     size_t len)
{
	struct rp_record *last;
	unsigned int slot;
	uint32_t mask;
	ssize_t size = rp_pack_size(in, len, &mask, &slot);

	if (size <= 0)
		return size;
	in += RP_PACK_HEAD;
	last = &pack->last[slot];
	last->seq = pack->seq + 1;
	for (; mask; mask &= mask - 1) {
		memcpy((char *)last + __builtin_ctz(mask) * sizeof(uint64_t), in,
		       sizeof(uint64_t));
		in += sizeof(uint64_t);
	}
	pack->seq = last->seq;
	*rec = last;
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
