// SPDX-License-Identifier: GPL-2.0
/*
 * What a program asks for again differs in little, so most of a record is what the
 * last of its probe was.  Packing it is cheaper than the pages of the file that it would
 * fill, as these are what writing costs.
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "source/pack.h"

#define RP_PACK_WORDS	32

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
		.out = out + RP_PACK_HEAD,
	};
	rp_pack_bits who = rp_pack_differ(&p, 3, 9), flow = rp_pack_differ(&p, 9, 17);
	rp_pack_bits route = rp_pack_differ(&p, 17, 25) | rp_pack_differ(&p, 26, 28);
	bool alike = !rp_pack_any(who | flow | route);

	rp_pack_word(&p, 0, seq);
	rp_pack_word(&p, 1, p.before[1]);	/* when, */
	rp_pack_word(&p, 2, p.before[2]);	/* how long */
	if (!alike) {
		rp_pack_words(&p, 3, 9, who);
		rp_pack_words(&p, 9, 17, flow);
		rp_pack_words(&p, 17, 25, route);
	}
	rp_pack_word(&p, 25, p.before[25]);	/* which table, */
	if (!alike)
		rp_pack_words(&p, 26, 28, route);
	rp_pack_word(&p, 28, p.before[28]);
	rp_pack_word(&p, 29, p.before[29]);	/* which rule */
	rp_pack_word(&p, 30, p.before[30]);
	rp_pack_word(&p, 31, p.before[31]);
	memcpy(out, &p.mask, sizeof(p.mask));
	out[sizeof(p.mask)] = which;
	return p.out;
}

size_t rp_pack(struct rp_pack *pack, char *out, const struct rp_record *rec, size_t n)
{
	const struct rp_record *last[RP_PACKED_SLOTS], *end = rec + n;
	uint64_t seq = pack->seq;
	char *to = out;
	unsigned int i;

	for (i = 0; i < RP_PACKED_SLOTS; i++)
		last[i] = &pack->last[i];
	for (; rec < end; rec++) {
		i = rec->probe % RP_PACKED_SLOTS;
		to = rp_pack_one(to, rec, i, last[i], seq + 1);
		last[i] = rec;
		seq = rec->seq;
	}
	for (i = 0; i < RP_PACKED_SLOTS; i++)
		if (last[i] != &pack->last[i])
			pack->last[i] = *last[i];
	pack->seq = seq;
	return to - out;
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
