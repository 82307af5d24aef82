/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_ANSWER_H
#define RP_WORDS_ANSWER_H

struct rp_buf;
struct rp_decision;
struct rp_print;
struct rp_text;

/* What can differ between two answers to one question, in the order in which it is told */
enum rp_answer_field {
	RP_ANSWER_VERDICT,
	RP_ANSWER_RULE,
	RP_ANSWER_TABLE,
	RP_ANSWER_ROUTE,
	RP_ANSWER_HOP,
	RP_ANSWER_SOURCE,
	RP_ANSWER_FIELDS
};

/* "rule", as it is called in a line and in JSON */
const char *rp_answer_field_name(enum rp_answer_field field);
/* A tab and a text for each field */
void rp_answer_add(struct rp_buf *key, struct rp_print *p, const struct rp_decision *d);
/* The text of a field; @fields begins with the tab of the first. */
const char *rp_answer_field(struct rp_text *t, const char *fields, enum rp_answer_field field);

#endif
