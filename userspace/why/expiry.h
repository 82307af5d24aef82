/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_EXPIRY_H
#define RP_WHY_EXPIRY_H

#include "why/origin.h"

struct rp_search;

/* Of no route: was there one that became too old?  Then it is derived. */
void rp_expiry_find(struct rp_search *s, enum rp_origin_word *word);

#endif
