/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_MARKUP_H
#define RP_OUT_MARKUP_H

struct rp_buf;

/*
 * Appends markup of ours, in which %s stands for text of others, that cannot become
 * markup; %u and %llu are numbers as usual.  There are no other conversions.
 */
void rp_markup(struct rp_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
