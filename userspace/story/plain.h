/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_PLAIN_H
#define RP_STORY_PLAIN_H

#include <stdbool.h>

/* Words of a filter in the one form that the rest goes by: strings of our own */
struct rp_plain {
	int argc;
	char **argv;
};

/*
 * Of words as people type them: other names of the words, and services for ports.
 * What it does not understand stays, for the parser to name.
 */
void rp_plain_make(struct rp_plain *p, int argc, char *const *argv);
/* The same, but words may stand in one argument, with blanks between. */
void rp_plain_split(struct rp_plain *p, int argc, char *const *argv);
void rp_plain_free(struct rp_plain *p);

/* The name of the word that @name is another of, or @name itself */
const char *rp_plain_name(const char *name);
/* What to type in place of a word of another program's filters, or NULL */
const char *rp_plain_hint(const char *word);
/* The others, NULL behind the last; *@name is what it is another of */
const char *rp_plain_alias(unsigned int i, const char **name);

#endif
