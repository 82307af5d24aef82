// SPDX-License-Identifier: GPL-2.0
/* Which bytes are text. */
#include <stdint.h>

#include "lib/utf8.h"

size_t rp_utf8_len(const unsigned char *s, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;
	uint32_t c;

	if (!len)
		return 0;
	if (*s < 0x80)
		return 1;
	n = *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
	c = *s & 0x7f >> n;
	if (*s < 0xc2 || *s > 0xf4 || n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c < least[n] || c > 0x10ffff || (c & ~0x7ffU) == 0xd800 ? 0 : n;
}
