/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_JSON_H
#define RP_WORDS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rp_buf;
struct rp_decision;
struct rp_flow;
struct rp_print;
struct rp_record;
struct rp_route;
struct rp_rule;
struct rp_signal;

/*
 * JSON is written as it comes, without a tree of it.  Keys are ours and need no escapes.
 * A comma goes in front of all but the first of an object, an array or a buffer.
 */
void rp_json_open(struct rp_buf *b, const char *key, char bracket);
void rp_json_close(struct rp_buf *b, char bracket);
/* A value that is NULL or empty is left out. */
void rp_json_string(struct rp_buf *b, const char *key, const char *value);
void rp_json_number(struct rp_buf *b, const char *key, int64_t value);
void rp_json_nonzero(struct rp_buf *b, const char *key, int64_t value);
void rp_json_bool(struct rp_buf *b, const char *key, bool value);
/* Of an array */
void rp_json_item(struct rp_buf *b, const char *text, size_t len);

/* Keys and values that were written before, as a string to be freed; @b is empty then. */
char *rp_json_text(struct rp_buf *b);
void rp_json_add(struct rp_buf *b, const char *text);

/* An object that is a line of its own */
struct rp_buf *rp_json_begin(struct rp_print *p);
void rp_json_end(struct rp_print *p);

/* Parts of records in the words of `ip -j`.  A key that would have nothing to say is left out. */
void rp_json_netns(struct rp_print *p, struct rp_buf *b, uint32_t netns);
/* "inet" or "inet6"; a link-event has none */
void rp_json_family(struct rp_buf *b, unsigned int family);
void rp_json_table(struct rp_print *p, struct rp_buf *b, uint32_t table);
void rp_json_dev(struct rp_print *p, struct rp_buf *b, const char *key, uint32_t netns,
		 uint32_t index, const char *name);
void rp_json_flow(struct rp_print *p, struct rp_buf *b, unsigned int family,
		  const struct rp_flow *flow, uint32_t netns);
void rp_json_rule(struct rp_print *p, struct rp_buf *b, const struct rp_rule *rule);
/* "sysctl", "before" and "after" */
void rp_json_setting(struct rp_print *p, struct rp_buf *b, uint32_t netns,
		     const struct rp_record *rec);
void rp_json_icmp(struct rp_buf *b, unsigned int family, const struct rp_signal *signal);
void rp_json_error(struct rp_print *p, struct rp_buf *b, const char *key, int err);
/* "comm" and "pid" of a task */
void rp_json_task(struct rp_buf *b, const struct rp_record *rec);

/* @derived: it is in no record, but was worked out */
void rp_json_route(struct rp_buf *b, unsigned int family, const struct rp_route *route,
		   bool derived);
void rp_json_gateway(struct rp_buf *b, unsigned int family, const struct rp_route *route);
/* The device and source of @out */
void rp_json_out(struct rp_print *p, struct rp_buf *b, uint32_t netns, unsigned int family,
		 const struct rp_route *out);
void rp_json_leg(struct rp_buf *b, const struct rp_route *route);
void rp_json_flags(struct rp_buf *b, const struct rp_route *route);
/* All of these; @route or @out may be NULL */
void rp_json_way(struct rp_print *p, struct rp_buf *b, uint32_t netns, unsigned int family,
		 const struct rp_route *route, const struct rp_route *out);
/* Rule, table and way of a decision */
void rp_json_answer(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d);

#endif
