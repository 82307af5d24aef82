/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_LOST_H
#define RP_WORDS_LOST_H

#include "fib/model.h"

struct rp_text;

/* "metric": a word for programs */
const char *rp_lost_name(enum rp_model_lost by);
/* "higher metric": why a route was not taken for a flow that another one got */
const char *rp_format_lost(struct rp_text *t, const struct rp_model_loser *loser,
			   const struct rp_flow *flow);

#endif
