/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FILTER_H
#define RP_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rp_decision;
struct rp_fib;
struct rp_filter_word;
struct rp_map;

struct rp_filter_term {
	const struct rp_filter_word *word;
	const struct rp_map *reasons;	/* names that "error" takes besides errnos */
	char text[64];		/* a name, where names match */
	bool has_value;
	uint64_t value;		/* or an address in network order */
	uint64_t mask;		/* or a prefix length */
	bool any;		/* error any */
	int errors[32];		/* as rp_record.err has them */
	size_t nerrors;
};

/* Words that all must match; a word given twice matches either way. */
struct rp_filter {
	struct rp_filter_term *terms;
	size_t count;
};

/*
 * Says what is wrong and returns -1 on the first word that is.  @reasons are the
 * drop reasons of the source that will be filtered.
 */
int rp_filter_parse(struct rp_filter *f, const struct rp_map *reasons, int argc,
		    char *const *argv);
void rp_filter_free(struct rp_filter *f);
bool rp_filter_match(const struct rp_filter *f, const struct rp_decision *d,
		     struct rp_fib *fib);
/* Could this word begin a filter? */
bool rp_filter_begins(const char *word);
/* One line per word, for --help */
void rp_filter_usage(void);

#endif
