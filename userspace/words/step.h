/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_STEP_H
#define RP_WORDS_STEP_H

#include <stdint.h>

struct rp_print;
struct rp_record;
struct rp_text;

/* What it asked or answered, without its verdict */
void rp_step_what(struct rp_text *what, struct rp_print *p, const struct rp_record *rec,
		  uint32_t netns);
void rp_step_verdict(struct rp_text *verdict, struct rp_print *p,
		     const struct rp_record *rec);
/* "lookup main: next" */
const char *rp_step_format(struct rp_text *t, struct rp_print *p,
			   const struct rp_record *rec, uint32_t netns);

#endif
