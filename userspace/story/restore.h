/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_RESTORE_H
#define RP_STORY_RESTORE_H

#include "story/story.h"

/* The rule that @lookup tells of too, with it inside. */
struct rp_node *rp_imply_rule(struct rp_story *st, struct rp_node *lookup);
/* Adds to what @node adopted what the module left out because another record has it. */
void rp_imply(struct rp_story *st, struct rp_node *node);

#endif
