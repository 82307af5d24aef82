/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_UTF8_H
#define RP_LIB_UTF8_H

#include <stddef.h>

/* How many bytes are one character of UTF-8; 0: none is, and the byte has to go. */
size_t rp_utf8_len(const unsigned char *s, size_t len);

#endif
