/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_LIMIT_H
#define RP_WHY_LIMIT_H

#include <stdint.h>

struct rp_model_answer;
struct rp_search;

/* Of a packet that was too large: by whose MTU?  Fills in limit, and what is derived. */
void rp_limit_find(struct rp_search *s);
/* What may go by a route at once; 0: not known */
uint32_t rp_limit_of(const struct rp_search *s, const struct rp_model_answer *a);
/* "route" */
const char *rp_limit_name(unsigned int limit);

#endif
