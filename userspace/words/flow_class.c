// SPDX-License-Identifier: GPL-2.0
/* Flows that are one to a person. */
#include <arpa/inet.h>

#include "lib/names.h"
#include "story/decision.h"
#include "story/story.h"
#include "words/flow_class.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"

/* Where Linux begins to choose a port for who does not care, unless told otherwise */
#define RP_FLOW_CLASS_EPHEMERAL	32768

/*
 * A service is known by its port, its client's port is another each time.  What
 * goes to a service has that as its destination, an answer as its source.  Type
 * and code of ICMP stand for a destination, and there is no source then.  A socket
 * has another flow label each time, too.
 */
static void rp_flow_class_ports(struct rp_flow *flow)
{
	bool answer = flow->sport && ntohs(flow->sport) < RP_FLOW_CLASS_EPHEMERAL &&
		      ntohs(flow->dport) >= RP_FLOW_CLASS_EPHEMERAL;

	flow->label = 0;
	if (answer)
		flow->dport = 0;
	else
		flow->sport = 0;
}

void rp_flow_class_make(struct rp_flow_class *c, uint32_t netns, unsigned int family,
			unsigned int kind, const struct rp_flow *flow)
{
	c->netns = netns;
	c->family = family;
	c->kind = kind;
	c->flow = *flow;
	rp_flow_class_ports(&c->flow);
}

bool rp_flow_class_of(struct rp_flow_class *c, const struct rp_decision *d)
{
	if (!d->flow || !rp_decision_is_asking(d->rec))
		return false;
	rp_flow_class_make(c, d->netns, d->rec->family, rp_decision_kind(d->rec), d->flow);
	return true;
}

const char *rp_flow_class_format(struct rp_text *t, struct rp_fib *fib,
				 const struct rp_flow_class *c)
{
	struct rp_text flow;
	struct rp_name kind;

	t->len = 0;
	rp_format_put(t, rp_names_kind(c->kind, &kind));
	rp_format_put(t, " ");
	rp_format_put(t, rp_format_flow(&flow, fib, c->netns, c->family, &c->flow, c->kind));
	return t->text;
}

void rp_flow_class_json(struct rp_print *p, struct rp_buf *b, const struct rp_flow_class *c)
{
	struct rp_name kind;

	rp_json_family(b, c->family);
	rp_json_string(b, "asked", rp_names_kind(c->kind, &kind));
	rp_json_flow(p, b, c->family, &c->flow, c->netns);
}
