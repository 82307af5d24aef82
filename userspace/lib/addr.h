/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_ADDR_H
#define RP_LIB_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <routeprobe.h>

/*
 * Addresses of the contract: 16 bytes, of which AF_INET has the first four and zeroes
 * behind them.  Only what is read or written as text has to know the family.
 */
#define RP_ADDR_LEN_MAX	128	/* bits of the longest prefix */

/* A damaged record may have any family: what is not IPv6 is taken for IPv4. */
static inline unsigned int rp_addr_bits(unsigned int family)
{
	return family == AF_INET6 ? 128 : 32;
}

static inline bool rp_addr_is_any(const union rp_addr *a)
{
	return !(a->w[0] | a->w[1]);
}

static inline bool rp_addr_equal(const union rp_addr *a, const union rp_addr *b)
{
	return !((a->w[0] ^ b->w[0]) | (a->w[1] ^ b->w[1]));
}

uint64_t rp_addr_mix(uint64_t a, uint64_t b);
uint64_t rp_addr_hash(const union rp_addr *a, uint64_t seed);

/* The prefix of @len bits that @a is in */
union rp_addr rp_addr_prefix(const union rp_addr *a, unsigned int len);
bool rp_addr_covers(const union rp_addr *prefix, unsigned int len, const union rp_addr *a);

/* Which lengths prefixes of one family have */
struct rp_addr_lengths {
	uint64_t bits[RP_ADDR_LEN_MAX / 64 + 1];
};

/* What a damaged record has is none. */
static inline void rp_addr_add_length(struct rp_addr_lengths *l, unsigned int len)
{
	if (len <= RP_ADDR_LEN_MAX)
		l->bits[len / 64] |= 1ULL << len % 64;
}

static inline bool rp_addr_has_length(const struct rp_addr_lengths *l, unsigned int len)
{
	return l->bits[len / 64] >> len % 64 & 1;
}

bool rp_addr_parse(union rp_addr *a, unsigned int family, const char *text);

/* Room for one as text */
struct rp_addr_text {
	char text[48];
};

const char *rp_addr_format(struct rp_addr_text *t, const union rp_addr *a,
			   unsigned int family);

#endif
