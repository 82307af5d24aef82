/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_JSON_H
#define RP_WORDS_JSON_H

#include <stdint.h>

#include <jansson.h>

struct rp_decision;
struct rp_flow;
struct rp_print;
struct rp_route;
struct rp_rule;
struct rp_signal;

/* Parts of records in the words of `ip -j`, for whoever prints objects. */
void rp_json_string(json_t *o, const char *key, const char *value);
void rp_json_number(json_t *o, const char *key, uint64_t value);
void rp_json_netns(struct rp_print *p, json_t *o, uint32_t netns);
/* "inet" or "inet6"; a link-event has none */
void rp_json_family(json_t *o, unsigned int family);
void rp_json_table(struct rp_print *p, json_t *o, uint32_t table);
json_t *rp_json_flow(struct rp_print *p, unsigned int family, const struct rp_flow *flow,
		     uint32_t netns);
json_t *rp_json_rule(struct rp_print *p, const struct rp_rule *rule);
json_t *rp_json_icmp(unsigned int family, const struct rp_signal *signal);
void rp_json_error(struct rp_print *p, json_t *o, const char *key, int err);

/* Route and next hop, and the device and source of @out, which may be another */
void rp_json_way(struct rp_print *p, json_t *o, uint32_t netns, unsigned int family,
		 const struct rp_route *route, const struct rp_route *out);
/* Rule, table and way of a decision */
void rp_json_answer(struct rp_print *p, json_t *o, const struct rp_decision *d);

/* An object as a text, to be freed, which takes a tenth of its room; @o is gone then. */
char *rp_json_text(json_t *o);
/* All keys of such a text */
void rp_json_add(json_t *o, const char *text);

/* As a line of its own; @o is gone then. */
void rp_json_write(struct rp_print *p, json_t *o);

#endif
