/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_WHY_WORDS_H
#define _RP_WHY_WORDS_H

#include "why/why.h"
#include "words/format.h"

#define RP_WHY_SUMMARY_LEN	(3 * sizeof(((struct rp_text *)NULL)->text))

/* "no route in table main; ha set down by ip[812] 2.300 s earlier" */
void rp_why_format_summary(char summary[RP_WHY_SUMMARY_LEN], struct rp_why *why,
			   const struct rp_why_group *group);

/* "no route in table main" */
void rp_why_format_reason(struct rp_text *t, struct rp_why *why,
			  const struct rp_why_group *group);

/* The device by which it would have gone */
void rp_why_add_out(struct rp_text *t, struct rp_why *why, const struct rp_why_group *group);

/* "ha set down" */
void rp_why_add_change(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
		       const struct rp_past *cause);

/* "dst 10.0.1.2 => 198.51.100.1, mark 0 => 0x1", or nothing if it is not known */
const char *rp_rewrite_format(struct rp_text *t, const struct rp_rewrite *rewrite,
			      unsigned int family);

/* The command to type next */
void rp_why_format_next(struct rp_text *t, struct rp_why *why,
			const struct rp_why_group *group);

/* "  lookup local: next": one after another, by *@pos; false after the last */
bool rp_why_evidence(struct rp_text *t, struct rp_why *why, const struct rp_why_group *group,
		     unsigned int *pos);

/* What was lost or not recorded, as one text after another; false after the last */
bool rp_why_missing(struct rp_text *t, const struct rp_why_group *group, unsigned int *pos);

/* Is the next hop another than that of the route, since a redirect said so? */
bool rp_why_was_learned(const struct rp_why_group *group);

#endif
