/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_WRAP_H
#define RP_LIB_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct rp_buf;

/*
 * What to print lines to in place of stdout or stderr: on a terminal those that are longer
 * than it is wide go on below, at words.  Elsewhere it is @to itself.
 */
FILE *rp_wrap(FILE *to);
/* Where lines end, 0: nowhere */
size_t rp_wrap_width(FILE *out);
/* At which column lines go on from now on, 0: four behind where each begins */
void rp_wrap_hang(FILE *out, size_t column);

/*
 * Adds a line without its end, in as many as it takes.  One that begins with "#" is a
 * command to type, and goes on as a shell wants it to.  @message: what stands behind a
 * colon, mostly something to type, stays whole where it can.
 */
void rp_wrap_line(struct rp_buf *b, const char *line, size_t len, size_t width, size_t hang,
		  bool message);

#endif
