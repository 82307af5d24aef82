// SPDX-License-Identifier: GPL-2.0
/* HTML and SVG with text of others in it. */
#include <stdarg.h>
#include <stdbool.h>

#include "lib/buf.h"
#include "lib/utf8.h"
#include "out/markup.h"

#define RP_MARKUP_REPLACEMENT	"\xef\xbf\xbd"	/* U+FFFD */

static const char *rp_markup_entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return c < ' ' || c == 0x7f ? RP_MARKUP_REPLACEMENT : NULL;
	}
}

/*
 * What the page could not hold, or what turns text around: the controls of C1, those
 * of direction (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), U+FFFE and U+FFFF
 */
static bool rp_markup_is_odd(const unsigned char *s, size_t len)
{
	if (len == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	if (len != 3)
		return false;
	if (s[0] == 0xe2 && s[1] == 0x80)
		return (s[2] & 0xfe) == 0x8e || (s[2] >= 0xaa && s[2] <= 0xae);
	if (s[0] == 0xe2 && s[1] == 0x81)
		return s[2] >= 0xa6 && s[2] <= 0xa9;
	return s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe;
}

static void rp_markup_text(struct rp_buf *b, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), len;
	const char *entity;

	for (; left; s += len, left -= len) {
		len = rp_utf8_len(s, left);
		entity = len == 1 ? rp_markup_entity(*s) : NULL;
		if (!len || rp_markup_is_odd(s, len))
			entity = RP_MARKUP_REPLACEMENT;
		len = len ? len : 1;
		if (entity)
			rp_buf_text(b, entity);
		else
			rp_buf_put(b, (const char *)s, len);
	}
}

void rp_markup(struct rp_buf *b, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	for (;; fmt++) {
		len = strcspn(fmt, "%");
		rp_buf_put(b, fmt, len);
		fmt += len;
		if (!*fmt)
			break;
		switch (*++fmt) {
		case 's':
			rp_markup_text(b, va_arg(ap, const char *));
			break;
		case 'u':
			rp_buf_number(b, va_arg(ap, unsigned int));
			break;
		default:	/* llu */
			fmt += 2;
			rp_buf_number(b, va_arg(ap, unsigned long long));
		}
	}
	va_end(ap);
}
