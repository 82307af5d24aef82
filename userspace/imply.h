/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_IMPLY_H
#define RP_IMPLY_H

#include "story.h"

/* Adds to what @node adopted what the module left out because another record has it. */
void rp_imply(struct rp_story *st, struct rp_node *node);

#endif
