/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_CAUSE_H
#define RP_WHY_CAUSE_H

#include <stdbool.h>

struct rp_origin;
struct rp_past;
struct rp_record;
struct rp_search;

/* False if nothing that is known explains the failure. */
bool rp_cause_find(struct rp_search *s, const struct rp_origin *o, struct rp_past *cause);

/* "link-down": what the change was that all came of */
const char *rp_cause_name(const struct rp_past *past);
/* Did the task that it tells of make it? */
bool rp_cause_has_owner(const struct rp_past *past);
/* Tells a record of a route's coming or going? */
bool rp_cause_is_route(const struct rp_record *rec);

#endif
