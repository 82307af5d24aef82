// SPDX-License-Identifier: GPL-2.0
/*
 * What a program asks for again differs in little, so most of a record is what the
 * last of its probe was.  Packing it is cheaper than the pages of the file that it would
 * fill, as these are what writing costs.
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "pack.h"

#define RP_PACK_WORDS	24
#define RP_PACK_MASK	((1U << RP_PACK_WORDS) - 1)

static_assert(sizeof(struct rp_record) == RP_PACK_WORDS * sizeof(uint64_t), "record");

typedef uint64_t rp_pack_u64 __attribute__((may_alias));
typedef uint64_t rp_pack_bits __attribute__((vector_size(16)));

struct rp_pack_pair {
	rp_pack_bits words;
} __attribute__((may_alias, packed));

struct rp_packer {
	const rp_pack_u64 *rec, *before;
	char *out;
	uint32_t mask;
};

static inline void rp_pack_word(struct rp_packer *p, unsigned int i, uint64_t expected)
{
	if (p->rec[i] == expected)
		return;
	memcpy(p->out, &p->rec[i], sizeof(uint64_t));
	p->out += sizeof(uint64_t);
	p->mask |= 1U << i;
}

/* The bits that differ in words from @first to before @end, an even number */
static inline rp_pack_bits rp_pack_differ(const struct rp_packer *p, unsigned int first,
					  unsigned int end)
{
	rp_pack_bits differ = { 0 };
	unsigned int i;

#pragma GCC unroll 16
	for (i = first; i < end; i += 2)
		differ |= ((const struct rp_pack_pair *)&p->rec[i])->words ^
			  ((const struct rp_pack_pair *)&p->before[i])->words;
	return differ;
}

static inline bool rp_pack_any(rp_pack_bits differ)
{
	return differ[0] | differ[1];
}

static inline void rp_pack_words(struct rp_packer *p, unsigned int first, unsigned int end,
				 rp_pack_bits differ)
{
	unsigned int i;

	for (i = first; rp_pack_any(differ) && i < end; i++)
		rp_pack_word(p, i, p->before[i]);
}

static char *rp_pack_one(char *out, const struct rp_record *rec, unsigned int which,
			 const struct rp_record *before, uint64_t seq)
{
	struct rp_packer p = {
		.rec = (const rp_pack_u64 *)rec,
		.before = (const rp_pack_u64 *)before,
		.out = out + sizeof(uint32_t),
		.mask = which << RP_PACK_WORDS,
	};
	rp_pack_bits who = rp_pack_differ(&p, 3, 9), flow = rp_pack_differ(&p, 9, 13);
	rp_pack_bits route = rp_pack_differ(&p, 14, 22);
	bool alike = !rp_pack_any(who | flow | route);

	rp_pack_word(&p, 0, seq);
	rp_pack_word(&p, 1, p.before[1]);	/* when, */
	rp_pack_word(&p, 2, p.before[2]);	/* how long */
	if (!alike) {
		rp_pack_words(&p, 3, 9, who);
		rp_pack_words(&p, 9, 13, flow);
	}
	rp_pack_word(&p, 13, p.before[13]);	/* which table, */
	if (!alike)
		rp_pack_words(&p, 14, 22, route);
	rp_pack_word(&p, 22, p.before[22]);	/* which rule */
	rp_pack_word(&p, 23, p.before[23]);
	memcpy(out, &p.mask, sizeof(p.mask));
	return p.out;
}

size_t rp_pack(struct rp_pack *pack, char *out, const struct rp_record *rec, size_t n)
{
	const struct rp_record *last[RP_PACKED_LAST], *end = rec + n;
	uint64_t seq = pack->seq;
	char *to = out;
	unsigned int i;

	for (i = 0; i < RP_PACKED_LAST; i++)
		last[i] = &pack->last[i];
	for (; rec < end; rec++) {
		i = rec->probe % RP_PACKED_LAST;
		to = rp_pack_one(to, rec, i, last[i], seq + 1);
		last[i] = rec;
		seq = rec->seq;
	}
	for (i = 0; i < RP_PACKED_LAST; i++)
		if (last[i] != &pack->last[i])
			pack->last[i] = *last[i];
	pack->seq = seq;
	return to - out;
}

/* Returns as rp_pack_next(). */
static ssize_t rp_pack_size(const char *in, size_t len, uint32_t *mask)
{
	size_t size;

	if (len < sizeof(*mask))
		return 0;
	memcpy(mask, in, sizeof(*mask));
	if (*mask >> RP_PACK_WORDS >= RP_PACKED_LAST)
		return -1;
	size = sizeof(*mask) +
	       __builtin_popcount(*mask & RP_PACK_MASK) * sizeof(uint64_t);
	return size <= len ? (ssize_t)size : 0;
}

ssize_t rp_pack_next(struct rp_pack *pack, const struct rp_record **rec, const char *in,
		     size_t len)
{
	uint32_t mask;
	ssize_t size = rp_pack_size(in, len, &mask);
	struct rp_record *last;
	unsigned int i;

	if (size <= 0)
		return size;
	in += sizeof(mask);
	last = &pack->last[mask >> RP_PACK_WORDS];
	last->seq = pack->seq + 1;
	for (i = 0; i < RP_PACK_WORDS; i++)
		if (mask & 1U << i) {
			memcpy((char *)last + i * sizeof(uint64_t), in, sizeof(uint64_t));
			in += sizeof(uint64_t);
		}
	pack->seq = last->seq;
	*rec = last;
	return size;
}

size_t rp_pack_whole(const char *in, size_t len, size_t *records)
{
	size_t sum = 0;
	uint32_t mask;
	ssize_t size;

	for (*records = 0; (size = rp_pack_size(in + sum, len - sum, &mask)) > 0; ++*records)
		sum += size;
	return sum;
}
