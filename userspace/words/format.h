/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_FORMAT_H
#define RP_WORDS_FORMAT_H

#include <stddef.h>
#include <stdint.h>

union rp_addr;
struct rp_decision;
struct rp_fib;
struct rp_flow;
struct rp_record;
struct rp_route;
struct rp_rule;

/* A piece of text that is cut off where it is full. */
struct rp_text {
	char text[256];
	size_t len;
};

void rp_format_add(struct rp_text *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for what is not worth a printf(), which takes 0.2 us */
void rp_format_put(struct rp_text *t, const char *words);
void rp_format_number(struct rp_text *t, uint64_t number);
/* A word of a command that is to be typed */
void rp_format_quoted(struct rp_text *t, const char *word);

void rp_format_start(struct rp_text *t);

/* Each starts a fresh text and returns it as a string. */
const char *rp_format_ip(struct rp_text *t, unsigned int family, const union rp_addr *addr);
const char *rp_format_gateway(struct rp_text *t, const struct rp_route *route);
const char *rp_format_prefix(struct rp_text *t, unsigned int family,
			     const struct rp_route *route);
const char *rp_format_dev(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			  uint32_t index, const char *name);
const char *rp_format_netns(struct rp_text *t, struct rp_fib *fib, uint32_t netns);
const char *rp_format_table(struct rp_text *t, struct rp_fib *fib, uint32_t table);
/* "curl", "(softirq)"; and with a process' number: "curl[7]" */
const char *rp_format_comm(struct rp_text *t, const struct rp_record *rec);
const char *rp_format_owner(struct rp_text *t, const struct rp_record *rec);
const char *rp_format_flow(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			   unsigned int family, const struct rp_flow *flow,
			   unsigned int kind);

/* "local 10.0.1.1": with its type in front, unless that is unicast */
const char *rp_format_typed(struct rp_text *t, unsigned int family,
			    const struct rp_route *route);
/* "via GW dev DEV src ADDRESS leg 2/3 linkdown"; @rtable may be NULL */
const char *rp_format_hop(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			  unsigned int family, const struct rp_route *route,
			  const struct rp_route *rtable);
/* "10.0.0.0/8 via GW dev DEV metric 5": as `ip route` has it, without its table */
const char *rp_format_route(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			    unsigned int family, const struct rp_route *route);
/* "1000 lookup 100" */
const char *rp_format_rule(struct rp_text *t, struct rp_fib *fib,
			   const struct rp_rule *rule);
const char *rp_format_match(struct rp_text *t, const struct rp_decision *d);
const char *rp_format_change(struct rp_text *t, struct rp_fib *fib,
			     const struct rp_decision *d);
/* "icmp host-unreachable from 10.0.0.1" */
const char *rp_format_signal(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			     const struct rp_record *rec);

#endif
