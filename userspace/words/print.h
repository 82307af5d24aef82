/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_PRINT_H
#define RP_WORDS_PRINT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/buf.h"
#include "words/clock.h"

struct rp_decision;
struct rp_fib;
struct rp_passed_over;
struct rp_reading;
struct rp_source;
struct rp_totals;

struct rp_print {
	FILE *out;
	struct rp_buf line;	/* what is being made, for out */
	struct rp_source *src;
	struct rp_fib *fib;
	bool details;
	bool json;
	bool began;		/* the header was printed */
	const struct rp_passed_over *passed;	/* rules, of the next decision; or NULL */
	struct rp_clock clock;	/* of the column of time */
	bool color;
	unsigned int columns;	/* bits of those that are shown; 0: all */
	size_t width;		/* of the terminal, 0: there is none */
	size_t flow_width;	/* of the column that shrinks first, 0: as it is */
	const char *label;	/* which source, where there are two; or NULL */
};

/* What @r hands on, to stdout */
void rp_print_init(struct rp_print *p, struct rp_reading *r, bool details, bool json);
/* Only some columns, by their names with commas between; -1 if one is unknown, as is said */
int rp_print_choose(struct rp_print *p, const char *names);
/* Fits lines into a width: the least important columns go. */
void rp_print_fit(struct rp_print *p, size_t width);
/* The header, if there is one, and it was not printed yet */
void rp_print_head(struct rp_print *p);
void rp_print_decision(struct rp_print *p, const struct rp_decision *d);
/* The same for a reading to hand on to */
bool rp_print_take(void *p, const struct rp_decision *d);
/*
 * Ends the reading and prints its totals: as the last JSON object, and in words on
 * stderr.  Returns an exit status.
 */
int rp_print_finish(struct rp_print *p, struct rp_reading *r);

void rp_print_text(struct rp_print *p, const struct rp_decision *d);
void rp_print_text_end(struct rp_print *p, const struct rp_totals *t, FILE *out);
void rp_print_json(struct rp_print *p, const struct rp_decision *d);
void rp_print_json_end(struct rp_print *p, const struct rp_totals *t);

#endif
