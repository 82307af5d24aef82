/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_INFER_H
#define RP_WHY_INFER_H

struct rp_origin;
struct rp_search;

/* Fills in what can be derived; that no route was found may come of one that throws. */
void rp_derive(struct rp_search *s, struct rp_origin *o);

#endif
