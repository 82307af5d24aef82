/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_COUNT_TOP_H
#define RP_COUNT_TOP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/tally.h"
#include "story/pipeline.h"
#include "words/print.h"

struct rp_buf;
struct rp_decision;
struct rp_text;

/* A word of --by: what decisions have in common that are one row */
struct rp_top_by {
	const char *name;
	const char *title;	/* of its column */
	/* NULL: the decision has no such thing, and is not counted */
	const char *(*words)(struct rp_text *t, struct rp_print *p,
			     const struct rp_decision *d);
	void (*json)(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d);
	bool routes, rules;	/* what is configured makes rows too */
	bool families;		/* both may have one with the same words */
};

/* The words, one after the other; NULL after the last */
const char *rp_top_by_name(unsigned int n);
/* NULL for an unknown word, which is said. */
const struct rp_top_by *rp_top_by(const char *name);

struct rp_top_owner {
	const char *key;	/* of its row, a tab, its context, a tab, and its name */
	unsigned int context;
	uint64_t hits;
};

struct rp_top_row {
	const char *key;	/* namespace, a tab, and the words of --by, IPv6 before them */
	uint64_t hits, failed;
	uint64_t last_ns;	/* when the last decision began */
	bool untold;		/* the kernel does not say when it was hit */
	const struct rp_top_owner *owner;	/* who has most of the hits */
	char *json;		/* keys of what tells it from others, or NULL */
};

struct rp_top {
	struct rp_reading reading;
	struct rp_print print;
	const struct rp_top_by *by;
	bool all;		/* also routes that the kernel made by itself */
	uint64_t limit;		/* rows to show */
	struct rp_tally rows, owners;
	struct rp_buf key;		/* that is looked for */
	struct rp_top_row others;	/* all for which there was no room */
};

int rp_top_open(struct rp_top *top, struct rp_wanted *w, const struct rp_top_by *by,
		bool json);
void rp_top_close(struct rp_top *top);
/* Adds what is configured. */
void rp_top_configured(struct rp_top *top);
/* The rows by their hits, as an array to be freed */
struct rp_top_row **rp_top_sorted(const struct rp_top *top, size_t *count);

/* The rows; lines are cut at @width, if that is not 0. */
void rp_print_top(struct rp_top *top, size_t width);

#endif
