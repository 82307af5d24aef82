// SPDX-License-Identifier: GPL-2.0
/* Addresses of both families. */
#include <arpa/inet.h>
#include <string.h>

#include <routeprobe_words.h>

#include "lib/addr.h"
#include "lib/buf.h"

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

static char *rp_addr_format4(char *out, const uint8_t *b)
{
	int i;

	for (i = 0; i < 4; i++) {
		if (i)
			*out++ = '.';
		out += rp_digits(out, b[i]);
	}
	return out;
}

/* Where the longest row of zeroes begins, if it is worth "::"; else 8 */
static unsigned int rp_addr_zeroes(const uint16_t *words, unsigned int *len)
{
	unsigned int i, n, first = 8;

	for (i = 0, *len = 1; i < 8; i += n ? n : 1) {
		for (n = 0; i + n < 8 && !words[i + n]; n++)
			;
		if (n > *len) {
			*len = n;
			first = i;
		}
	}
	return first;
}

static char *rp_addr_format_word(char *out, unsigned int word)
{
	static const char digits[] = "0123456789abcdef";
	int shift;

	for (shift = 12; shift && !(word >> shift); shift -= 4)
		;
	for (; shift >= 0; shift -= 4)
		*out++ = digits[word >> shift & 15];
	return out;
}

/* As inet_ntop() has it: what holds an IPv4 address ends in one. */
static char *rp_addr_format6(char *out, const union rp_addr *a)
{
	unsigned int i, zeroes, len;
	uint16_t words[8];
	bool mapped;

	for (i = 0; i < 8; i++)
		words[i] = a->b[2 * i] << 8 | a->b[2 * i + 1];
	zeroes = rp_addr_zeroes(words, &len);
	mapped = !zeroes && (len == 6 || (len == 5 && words[5] == 0xffff));
	for (i = 0; i < 8; i++) {
		if (i == zeroes) {
			*out++ = ':';
			i += len - 1;
			if (i == 7)
				*out++ = ':';
			continue;
		}
		if (i)
			*out++ = ':';
		if (mapped && i == 6)
			return rp_addr_format4(out, a->b + 12);
		out = rp_addr_format_word(out, words[i]);
	}
	return out;
}

const char *rp_addr_format(struct rp_addr_text *t, const union rp_addr *a,
			   unsigned int family)
{
	char *end = family == AF_INET6 ? rp_addr_format6(t->text, a) :
					 rp_addr_format4(t->text, a->b);

	*end = '\0';
	return t->text;
}
