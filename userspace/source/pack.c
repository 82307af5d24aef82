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
#define RP_PACK_TIME	1	/* word of a record: time_ns, */
#define RP_PACK_DURATION 2	/* duration_ns, */
#define RP_PACK_TASK	3	/* tid and tgid */
#define RP_PACK_TIMES	(1 << RP_PACK_TIME | 1 << RP_PACK_DURATION)
/* The words before are looked at one by one, the others many at once. */
#define RP_PACK_FIRST	4

static_assert(sizeof(struct rp_record) == RP_PACK_WORDS * sizeof(uint64_t), "record");

typedef uint64_t rp_pack_u64 __attribute__((may_alias));

#define rp_pack_inline	static inline __attribute__((always_inline))

/* One way to go through the records */
struct rp_pack_way {
	const struct rp_record *last[RP_PACKED_SLOTS];
	uint64_t seq;
	uint64_t time_ns;
	char *out;
};

/* A bit for each word from RP_PACK_FIRST on that is not the same */
typedef uint32_t rp_pack_differ(const rp_pack_u64 *r, const rp_pack_u64 *b);

/* Writes the words of @r that bits of @mask, which is not 0, stand for. */
rp_pack_inline char *rp_pack_words(char *out, const rp_pack_u64 *r, uint32_t mask)
{
	memcpy(out, &mask, sizeof(mask));
	out += sizeof(mask);
	for (; mask; mask &= mask - 1) {
		memcpy(out, &r[__builtin_ctz(mask)], sizeof(*r));
		out += sizeof(*r);
	}
	return out;
}

/* Neither is more than four bytes: nearly always, as a stream has no pauses of seconds. */
rp_pack_inline bool rp_pack_is_short(uint64_t step_ns, uint64_t duration_ns)
{
	return !(((step_ns - INT32_MIN) | duration_ns) >> 32);
}

/* Inlined, @differ too, into one function for each way to compare */
rp_pack_inline void rp_pack_records(struct rp_pack_way *way, const struct rp_record *rec,
				    size_t n, rp_pack_differ *differ)
{
	const struct rp_record *end = rec + n;
	uint64_t seq = way->seq, step_ns;
	unsigned int slot;
	const rp_pack_u64 *time_ns = &way->time_ns;
	char *out = way->out, *head;
	const rp_pack_u64 *r, *b;
	uint32_t mask;

	for (; rec != end; rec++) {
		slot = rec->probe % RP_PACKED_SLOTS;
		r = (const rp_pack_u64 *)rec;
		b = (const rp_pack_u64 *)way->last[slot];
		way->last[slot] = rec;
		head = out;
		*head = slot;
		step_ns = r[RP_PACK_TIME] - *time_ns;
		time_ns = &r[RP_PACK_TIME];
		if (__builtin_expect(rp_pack_is_short(step_ns, rec->duration_ns), 1)) {
			memcpy(out + 1, &(uint32_t) { step_ns }, sizeof(uint32_t));
			memcpy(out + 5, &(uint32_t) { rec->duration_ns }, sizeof(uint32_t));
			out += RP_PACK_SHORT;
		} else {
			memcpy(out + 1, time_ns, 2 * sizeof(*r));
			*head |= RP_PACKED_TIMES;
			out += RP_PACK_LONG;
		}
		/* nearly always: the number that is expected, and the task of the last one */
		if (__builtin_expect(r[0] == ++seq && r[RP_PACK_TASK] == b[RP_PACK_TASK], 1)) {
			mask = differ(r, b);
		} else {
			mask = differ(r, b) | (r[0] != seq) |
			       (r[RP_PACK_TASK] != b[RP_PACK_TASK]) << RP_PACK_TASK;
			seq = r[0];
		}
		if (mask) {
			*head |= RP_PACKED_WORDS;
			out = rp_pack_words(out, r, mask);
		}
	}
	way->seq = seq;
	way->time_ns = *time_ns;
	way->out = out;
}

#ifdef __x86_64__
/*
 * Of two vectors with a truth value for each half of a word comes one of half the size, and
 * of two of these again: that is no dearer than to combine them, and tells which it was.
 */
rp_pack_inline uint32_t rp_pack_differ_sse2(const rp_pack_u64 *r, const rp_pack_u64 *b)
{
	const __m128i *v = (const __m128i *)&r[RP_PACK_FIRST];
	const __m128i *w = (const __m128i *)&b[RP_PACK_FIRST];
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
		 (uint32_t)_mm_movemask_epi8(same[1]) << 16) << RP_PACK_FIRST;
}

static void rp_pack_plain(struct rp_pack_way *way, const struct rp_record *rec, size_t n)
{
	rp_pack_records(way, rec, n, rp_pack_differ_sse2);
}

#define rp_pack_load(words)	_mm256_loadu_si256((const __m256i *)(words))

__attribute__((target("avx2")))
rp_pack_inline uint32_t rp_pack_differ_avx2(const rp_pack_u64 *r, const rp_pack_u64 *b)
{
	uint32_t mask = (1 << RP_PACK_FIRST) - 1;
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

/* A virtual machine may have one without the other, which the compiler takes for granted. */
static bool rp_pack_has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
}
#else
rp_pack_inline uint32_t rp_pack_differ_plain(const rp_pack_u64 *r, const rp_pack_u64 *b)
{
	uint64_t any = 0;
	uint32_t mask = 0;
	unsigned int i;

	for (i = RP_PACK_FIRST; i < RP_PACK_WORDS; i++)
		any |= r[i] ^ b[i];
	for (i = RP_PACK_FIRST; any && i < RP_PACK_WORDS; i++)
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
	struct rp_pack_way way;
	unsigned int i;

	way.seq = pack->seq;
	way.time_ns = pack->time_ns;
	way.out = out;
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
	pack->time_ns = way.time_ns;
	return way.out - out;
}

/* What the first byte of a packed record says */
struct rp_pack_head {
	unsigned int slot;
	unsigned int words;	/* where they begin */
	uint32_t mask;		/* which they are */
	size_t size;		/* of all of it */
};

/* 1; 0: it is cut off; -1: it is none */
static int rp_pack_read_head(struct rp_pack_head *h, const char *in, size_t len)
{
	unsigned char first;

	if (!len)
		return 0;
	first = *in;
	h->slot = first % RP_PACKED_SLOTS;
	h->words = first & RP_PACKED_TIMES ? RP_PACK_LONG : RP_PACK_SHORT;
	h->size = h->words;
	h->mask = 0;
	if (first & RP_PACKED_WORDS) {
		if (len < h->words + sizeof(h->mask))
			return 0;
		memcpy(&h->mask, in + h->words, sizeof(h->mask));
		if (!h->mask || h->mask & RP_PACK_TIMES)
			return -1;
		h->words += sizeof(h->mask);
		h->size = h->words + __builtin_popcount(h->mask) * sizeof(uint64_t);
	}
	return h->size <= len;
}

/* The step from the record before, or the time in full */
rp_pack_inline void rp_pack_take_time(struct rp_pack *pack, const char *in)
{
	int32_t step_ns;

	if (*in & RP_PACKED_TIMES) {
		memcpy(&pack->time_ns, in + 1, sizeof(pack->time_ns));
	} else {
		memcpy(&step_ns, in + 1, sizeof(step_ns));
		pack->time_ns += step_ns;
	}
}

rp_pack_inline void rp_pack_take_duration(struct rp_record *rec, const char *in)
{
	uint32_t duration_ns;

	if (*in & RP_PACKED_TIMES) {
		memcpy(&rec->duration_ns, in + 1 + sizeof(uint64_t), sizeof(rec->duration_ns));
	} else {
		memcpy(&duration_ns, in + 1 + sizeof(uint32_t), sizeof(duration_ns));
		rec->duration_ns = duration_ns;
	}
}

/* The record in the slot becomes what is packed at @in. */
rp_pack_inline const struct rp_record *rp_pack_open(struct rp_pack *pack,
						    const struct rp_pack_head *h, const char *in)
{
	struct rp_record *last = &pack->last[h->slot];
	uint32_t mask;

	last->time_ns = pack->time_ns;
	rp_pack_take_duration(last, in);
	last->seq = pack->seq + 1;
	in += h->words;
	for (mask = h->mask; mask; mask &= mask - 1) {
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
	struct rp_pack_head h;
	int found = rp_pack_read_head(&h, in, len);

	if (found <= 0)
		return found;
	rp_pack_take_time(pack, in);
	*rec = rp_pack_open(pack, &h, in);
	return h.size;
}

/* Sequence numbers are not those of the file where records were passed over. */
ssize_t rp_pack_next_of(struct rp_pack *pack, const bool slots[RP_PACKED_SLOTS],
			const struct rp_record **rec, const char *in, size_t len)
{
	struct rp_pack_head h;
	int found = rp_pack_read_head(&h, in, len);

	if (found <= 0)
		return found;
	rp_pack_take_time(pack, in);
	*rec = slots[h.slot] ? rp_pack_open(pack, &h, in) : NULL;
	return h.size;
}

size_t rp_pack_whole(const char *in, size_t len, size_t *records)
{
	struct rp_pack_head h;
	size_t sum = 0;

	for (*records = 0; rp_pack_read_head(&h, in + sum, len - sum) > 0; ++*records)
		sum += h.size;
	return sum;
}
