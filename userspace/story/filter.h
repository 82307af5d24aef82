/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_FILTER_H
#define RP_STORY_FILTER_H

#include <stdbool.h>
#include <stdio.h>

#include <routeprobe_words.h>

struct rp_decision;
struct rp_fib;
struct rp_map;
struct rp_plain;

/* Words that only the reader knows, beside enum rp_word */
enum rp_filter_word {
	RP_WORD_DEV = __RP_WORD_MAX,
	RP_WORD_TABLE,
	RP_WORD_RULE,
	RP_WORD_VRF,
	__RP_FILTER_WORDS
};

struct rp_filter {
	struct rp_words words;	/* what must match, of one word any; */
	struct rp_words nots;	/* and what must not, of each */
};

/*
 * Says what is wrong and returns -1 on the first word that is.  @reasons are the
 * drop reasons of the source that will be filtered.
 */
int rp_filter_parse(struct rp_filter *f, const struct rp_map *reasons, int argc,
		    char *const *argv);
/* The same for words that the module is to be given */
int rp_filter_check(const struct rp_map *reasons, const struct rp_plain *p);
bool rp_filter_match(const struct rp_filter *f, const struct rp_decision *d,
		     struct rp_fib *fib);
/* Could a filter begin with this word? */
bool rp_filter_begin(const char *word);
/* Each word, NULL behind the last */
const char *rp_filter_word(unsigned int i);
/* One line per word, for --help */
void rp_filter_usage(FILE *out);

#endif
