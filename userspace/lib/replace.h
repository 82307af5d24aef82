/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_REPLACE_H
#define RP_LIB_REPLACE_H

#include <stdio.h>

/*
 * A file that others see whole or not at all: it is written beside its name, and then
 * takes its place.  The name "-" is stdout.
 */
struct rp_replace {
	const char *path;
	char *beside;		/* NULL: stdout */
	FILE *out;
};

/* -1 with a message */
int rp_replace_open(struct rp_replace *r, const char *path);
/* Ends it either way: all of it is there, or nothing has changed and -1 with a message. */
int rp_replace_commit(struct rp_replace *r);
/* Nothing has changed. */
void rp_replace_abort(struct rp_replace *r);
/* Could it be opened?  For who has much to do before; -1 with a message */
int rp_replace_try(const char *path);

#endif
