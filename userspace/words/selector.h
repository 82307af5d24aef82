/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_SELECTOR_H
#define RP_WORDS_SELECTOR_H

#include "fib/model.h"

struct rp_fib;
struct rp_text;

/* "fwmark": as `ip rule` has it; NULL for one that fits, or is not known */
const char *rp_selector_name(enum rp_model_selector selector);
/* "fwmark 0x2, flow has none" */
const char *rp_format_selector(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			       const struct rp_fib_rule *rule, enum rp_model_selector by,
			       const struct rp_flow *flow);

#endif
