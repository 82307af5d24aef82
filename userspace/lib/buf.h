/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_BUF_H
#define RP_LIB_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Text that grows, for what is written a million times: stdio takes 0.3 us for each part. */
struct rp_buf {
	char *data;
	size_t len, size;
};

#define RP_DIGITS_MAX	20	/* of 64 bits */

/* Writes @value in decimal, without a NUL; returns how many digits. */
size_t rp_digits(char *out, uint64_t value);

void rp_buf_exit(struct rp_buf *b);
/* Makes room for @n more bytes. */
void rp_buf_grow(struct rp_buf *b, size_t n);

/* Where @n bytes are to be written, which are taken for written */
static inline char *rp_buf_take(struct rp_buf *b, size_t n)
{
	if (b->size - b->len < n)
		rp_buf_grow(b, n);
	b->len += n;
	return b->data + b->len - n;
}

static inline void rp_buf_put(struct rp_buf *b, const char *text, size_t n)
{
	/* Before there is anything, there is no room either, not even for nothing. */
	if (n)
		memcpy(rp_buf_take(b, n), text, n);
}

static inline void rp_buf_text(struct rp_buf *b, const char *text)
{
	rp_buf_put(b, text, strlen(text));
}

static inline void rp_buf_char(struct rp_buf *b, char c)
{
	*rp_buf_take(b, 1) = c;
}

void rp_buf_number(struct rp_buf *b, uint64_t value);
/* As printf("%0*llu", digits, value) */
void rp_buf_zeroes(struct rp_buf *b, size_t digits, uint64_t value);
void rp_buf_spaces(struct rp_buf *b, size_t n);
/* As printf("%-*s", width, text) */
void rp_buf_column(struct rp_buf *b, size_t width, const char *text);
/* Hands all on, and is empty. */
void rp_buf_flush(struct rp_buf *b, FILE *out);

#endif
