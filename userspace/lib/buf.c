// SPDX-License-Identifier: GPL-2.0
/* Text that grows, and numbers as text. */
#include <stdlib.h>

#include "lib/buf.h"
#include "lib/util.h"

size_t rp_digits(char *out, uint64_t value)
{
	char text[RP_DIGITS_MAX], *at = text + sizeof(text);
	size_t n;

	do {
		*--at = '0' + value % 10;
		value /= 10;
	} while (value);
	n = text + sizeof(text) - at;
	memcpy(out, at, n);
	return n;
}

void rp_buf_exit(struct rp_buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

void rp_buf_grow(struct rp_buf *b, size_t n)
{
	size_t size = b->size ? b->size : 1024;

	while (size - b->len < n)
		size *= 2;
	b->data = rp_util_grow(b->data, size, 1);
	b->size = size;
}

void rp_buf_number(struct rp_buf *b, uint64_t value)
{
	char digits[RP_DIGITS_MAX];

	rp_buf_put(b, digits, rp_digits(digits, value));
}

void rp_buf_zeroes(struct rp_buf *b, size_t digits, uint64_t value)
{
	char text[RP_DIGITS_MAX];
	size_t n = rp_digits(text, value);

	if (n < digits)
		memset(rp_buf_take(b, digits - n), '0', digits - n);
	rp_buf_put(b, text, n);
}

void rp_buf_spaces(struct rp_buf *b, size_t n)
{
	memset(rp_buf_take(b, n), ' ', n);
}

void rp_buf_column(struct rp_buf *b, size_t width, const char *text)
{
	size_t len = strlen(text);

	rp_buf_put(b, text, len);
	if (len < width)
		rp_buf_spaces(b, width - len);
}

void rp_buf_flush(struct rp_buf *b, FILE *out)
{
	if (b->len)
		fwrite_unlocked(b->data, 1, b->len, out);
	b->len = 0;
}
