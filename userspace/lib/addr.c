// SPDX-License-Identifier: GPL-2.0
/* Addresses of both families. */
#include <arpa/inet.h>
#include <string.h>

#include <routeprobe_words.h>

#include "lib/addr.h"

uint64_t rp_addr_mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * 0x9e3779b97f4a7c15ULL;
	return a ^ a >> 29;
}

uint64_t rp_addr_hash(const union rp_addr *a, uint64_t seed)
{
	return rp_addr_mix(rp_addr_mix(seed, a->w[0]), a->w[1]);
}

union rp_addr rp_addr_prefix(const union rp_addr *a, unsigned int len)
{
	union rp_addr mask;

	rp_words_mask(&mask, len);
	mask.w[0] &= a->w[0];
	mask.w[1] &= a->w[1];
	return mask;
}

bool rp_addr_covers(const union rp_addr *prefix, unsigned int len, const union rp_addr *a)
{
	union rp_addr its = rp_addr_prefix(a, len), base = rp_addr_prefix(prefix, len);

	return rp_addr_equal(&its, &base);
}

bool rp_addr_parse(union rp_addr *a, unsigned int family, const char *text)
{
	memset(a, 0, sizeof(*a));
	return inet_pton(family == AF_INET6 ? AF_INET6 : AF_INET, text, a) == 1;
}

const char *rp_addr_format(struct rp_addr_text *t, const union rp_addr *a,
			   unsigned int family)
{
	return inet_ntop(family == AF_INET6 ? AF_INET6 : AF_INET, a, t->text,
			 sizeof(t->text));
}
