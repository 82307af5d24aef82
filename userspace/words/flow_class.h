/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_FLOW_CLASS_H
#define RP_WORDS_FLOW_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#include <routeprobe.h>

struct rp_buf;
struct rp_decision;
struct rp_fib;
struct rp_print;
struct rp_text;

/*
 * What one person would call one flow: all questions for the same packets, from
 * whichever socket and at whatever time.
 */
struct rp_flow_class {
	uint32_t netns;
	unsigned int family;
	unsigned int kind;	/* RP_KIND_OUTPUT or RP_KIND_INPUT */
	struct rp_flow flow;	/* without the port that changes each time */
};

void rp_flow_class_make(struct rp_flow_class *c, uint32_t netns, unsigned int family,
			unsigned int kind, const struct rp_flow *flow);
/* False if the decision is about no flow, or its key was lost. */
bool rp_flow_class_of(struct rp_flow_class *c, const struct rp_decision *d);
/*
 * "output udp 10.0.1.1 > 8.8.8.8:53 mark 0x1": the same for the same class in any
 * recording, since devices have their names.  The namespace is not in it.
 */
const char *rp_flow_class_format(struct rp_text *t, struct rp_fib *fib,
				 const struct rp_flow_class *c);
/* Its family, "asked" (output or input) and "flow" */
void rp_flow_class_json(struct rp_print *p, struct rp_buf *b, const struct rp_flow_class *c);

#endif
