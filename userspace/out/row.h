/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_ROW_H
#define RP_OUT_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define RP_ROW_COLUMNS_MAX	16

/* Rows in columns, of which those that matter least go where a terminal has no room */
struct rp_row_column {
	const char *title;
	size_t width;
	unsigned int rank;	/* 0 stays whatever the width */
	bool right;		/* as numbers stand */
};

struct rp_row {
	FILE *out;
	const struct rp_row_column *columns;
	unsigned int count;
	unsigned int shown;	/* bits */
	size_t first;		/* width of the first, 0: as it is */
	bool below;		/* words behind the columns stand on a line of their own */
};

/* How rows are printed to @out; @room is what words behind the columns need at least. */
void rp_row_init(struct rp_row *row, FILE *out, const struct rp_row_column *columns,
		 unsigned int count, size_t first, size_t room);
/* @words, which come last, may be NULL where they stand below. */
void rp_row_print(const struct rp_row *row, const char *const *texts, const char *words);
void rp_row_header(const struct rp_row *row, const char *words);

#endif
