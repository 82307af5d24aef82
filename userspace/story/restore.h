/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_RESTORE_H
#define RP_STORY_RESTORE_H

#include "story/story.h"

/* Step @n of those that @rec stands for, from 0; false: there are not so many. */
bool rp_imply_passed(const struct rp_story *st, const struct rp_record *rec, unsigned int n,
		     struct rp_record *step);
/* The rule that @lookup tells of too, with it inside. */
struct rp_node *rp_imply_rule(struct rp_story *st, struct rp_node *lookup);
/* Adds to what @node adopted what the module left out because another record has it. */
void rp_imply(struct rp_story *st, struct rp_node *node);

#endif
