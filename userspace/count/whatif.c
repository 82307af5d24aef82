// SPDX-License-Identifier: GPL-2.0
/*
 * What a command would do to the flows of a recording.  The kernel answers for each of them
 * in a sandbox, before and after.  Where it does not say before what was recorded, the
 * sandbox lacks something that the box had, and nothing is claimed.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "count/whatif.h"
#include "lib/addr.h"
#include "lib/util.h"
#include "story/decision.h"
#include "words/format.h"

/* ---- flows ---- */

static const char *rp_whatif_key(struct rp_whatif *w, const struct rp_flow_class *c)
{
	struct rp_buf *key = &w->key;
	struct rp_text part;

	key->len = 0;
	rp_buf_text(key, rp_format_netns(&part, &w->reading.fib, c->netns));
	rp_buf_char(key, '\t');
	rp_buf_text(key, rp_flow_class_format(&part, &w->reading.fib, c));
	rp_buf_char(key, '\0');
	return key->data;
}

/* The way of the packet, with the prefix that led there */
static void rp_whatif_note(struct rp_whatif_flow *flow, const struct rp_decision *d)
{
	const struct rp_route *out = d->rtable ? d->rtable : d->route;

	flow->times++;
	flow->flow = *d->flow;
	flow->err = d->rec->err;
	flow->matched = d->route;
	memset(&flow->way, 0, sizeof(flow->way));
	if (d->route)
		flow->way = *d->route;
	flow->way.table = d->table;
	if (!out)
		return;
	flow->way.oif = out->oif;
	memcpy(flow->way.dev, out->dev, sizeof(flow->way.dev));
	flow->way.prefsrc = out->prefsrc;
	if (!d->route || (d->rtable && d->rtable->rt_type))
		flow->way.type = out->rt_type;
}

/* A decision that lacks a step would differ by what was lost. */
static bool rp_whatif_take(void *ctx, const struct rp_decision *d)
{
	struct rp_whatif *w = ctx;
	struct rp_whatif_flow *flow;
	struct rp_flow_class c;

	if (d->node->incomplete || !rp_flow_class_of(&c, d))
		return false;
	flow = rp_tally_get(&w->flows, rp_whatif_key(w, &c));
	if (!flow) {
		w->left_out++;
		return false;
	}
	flow->class = c;
	flow->gone = rp_fib_life(&w->reading.fib, c.netns).until_ns != UINT64_MAX;
	rp_whatif_note(flow, d);
	return true;
}

int rp_whatif_open(struct rp_whatif *w, struct rp_wanted *wanted, bool json)
{
	memset(w, 0, sizeof(*w));
	wanted->late = true;
	wanted->take = rp_whatif_take;
	wanted->ctx = w;
	if (rp_reading_open(&w->reading, wanted))
		return -1;
	rp_print_init(&w->print, &w->reading, false, json);
	rp_tally_init(&w->flows, sizeof(struct rp_whatif_flow));
	return 0;
}

void rp_whatif_read(struct rp_whatif *w)
{
	while (rp_reading_step(&w->reading))
		;
	rp_reading_drain(&w->reading);
}

void rp_whatif_close(struct rp_whatif *w)
{
	rp_sandbox_close(&w->sandbox);
	free(w->questions);
	free(w->asked);
	rp_tally_exit(&w->flows, NULL);
	rp_buf_exit(&w->key);
	rp_reading_close(&w->reading);
}

static bool rp_whatif_has(const uint32_t *list, size_t count, uint32_t netns)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == netns)
			return true;
	return false;
}

uint32_t *rp_whatif_namespaces(struct rp_whatif *w, size_t *count)
{
	struct rp_whatif_flow **flows = rp_tally_list(&w->flows);
	uint32_t *list = NULL;
	size_t i;

	*count = 0;
	for (i = 0; i < w->flows.count; i++) {
		if (flows[i]->gone || rp_whatif_has(list, *count, flows[i]->class.netns))
			continue;
		list = rp_util_grow(list, *count + 1, sizeof(*list));
		list[(*count)++] = flows[i]->class.netns;
	}
	free(flows);
	return list;
}

/* ---- answers ---- */

void rp_whatif_recorded(const struct rp_whatif_flow *flow, struct rp_sandbox_answer *a)
{
	struct rp_sandbox_hop *hop = a->hops;

	memset(a, 0, sizeof(*a));
	a->err = flow->err;
	a->matched = flow->matched;
	a->type = flow->way.type;
	a->table = flow->way.table;
	a->dst = flow->way.dst;
	a->dst_len = flow->way.dst_len;
	a->prefsrc = flow->way.prefsrc;
	a->nhops = flow->way.oif || flow->way.gw_family;
	hop->oif = flow->way.oif;
	hop->weight = 1;
	hop->gw_family = flow->way.gw_family;
	memcpy(hop->gw, flow->way.gw, sizeof(hop->gw));
	memcpy(hop->dev, flow->way.dev, sizeof(hop->dev));
}

/* What refuses a packet that came in has a reason, or one of two errnos, by the kernel. */
static int rp_whatif_error(const struct rp_whatif_flow *flow, int err)
{
	if (flow->class.kind != RP_KIND_INPUT)
		return err;
	return err > 0 || err == -EXDEV ? -EINVAL : err;
}

static bool rp_whatif_same_hop(const struct rp_sandbox_hop *a, const struct rp_sandbox_hop *b)
{
	return a->oif == b->oif && a->gw_family == b->gw_family &&
	       !memcmp(a->gw, b->gw, sizeof(a->gw));
}

static bool rp_whatif_has_hop(const struct rp_sandbox_answer *a,
			      const struct rp_sandbox_hop *hop, bool weight)
{
	size_t i;

	for (i = 0; i < a->nhops; i++)
		if (rp_whatif_same_hop(&a->hops[i], hop) &&
		    (!weight || a->hops[i].weight == hop->weight))
			return true;
	return false;
}

static bool rp_whatif_same_source(const struct rp_sandbox_answer *a,
				  const struct rp_sandbox_answer *b)
{
	return rp_addr_equal(&a->prefsrc, &b->prefsrc);
}

/* Of several next hops any may be the one that was recorded. */
static bool rp_whatif_agrees(const struct rp_whatif_flow *flow)
{
	const struct rp_sandbox_answer *a = flow->before;
	struct rp_sandbox_answer was;

	rp_whatif_recorded(flow, &was);
	if (was.err || a->err)
		return rp_whatif_error(flow, was.err) == rp_whatif_error(flow, a->err);
	if (was.type && was.type != a->type)
		return false;
	if (was.nhops && !rp_whatif_has_hop(a, was.hops, false))
		return false;
	return a->nhops != 1 || rp_addr_is_any(&was.prefsrc) || rp_addr_is_any(&a->prefsrc) ||
	       rp_whatif_same_source(&was, a);
}

static bool rp_whatif_is_same(const struct rp_sandbox_answer *a,
			      const struct rp_sandbox_answer *b)
{
	size_t i;

	if (a->err || b->err)
		return a->err == b->err;
	if (a->type != b->type || a->nhops != b->nhops || !rp_whatif_same_source(a, b))
		return false;
	for (i = 0; i < a->nhops; i++)
		if (!rp_whatif_has_hop(b, &a->hops[i], true))
			return false;
	return true;
}

static bool rp_whatif_is_whole(const struct rp_sandbox_answer *a)
{
	return !a->inexact && a->nhops <= RP_SANDBOX_HOPS;
}

static enum rp_whatif_effect rp_whatif_effect(const struct rp_whatif_flow *flow)
{
	if (!rp_whatif_is_whole(flow->before) || !rp_whatif_is_whole(flow->after) ||
	    !rp_whatif_agrees(flow))
		return RP_WHATIF_UNSURE;
	if (rp_whatif_is_same(flow->before, flow->after))
		return RP_WHATIF_STAYS;
	if (flow->after->err)
		return RP_WHATIF_FAILS;
	return flow->before->err ? RP_WHATIF_WORKS : RP_WHATIF_MOVES;
}

static void rp_whatif_judge(struct rp_whatif *w)
{
	struct rp_whatif_flow *flow;
	size_t i;

	for (i = 0; i < w->sandbox.count; i++) {
		flow = w->asked[i];
		flow->before = &w->sandbox.before[i];
		flow->after = &w->sandbox.after[i];
		flow->effect = rp_whatif_effect(flow);
		w->counts[flow->effect]++;
		w->shifting += flow->effect == RP_WHATIF_UNSURE &&
			       !rp_whatif_is_same(flow->before, flow->after);
	}
}

/* ---- the sandbox ---- */

static void rp_whatif_choose(struct rp_whatif *w, uint32_t netns)
{
	struct rp_whatif_flow **flows = rp_tally_sorted(&w->flows);
	size_t i, n = 0;

	w->questions = rp_util_alloc(w->flows.count + 1, sizeof(*w->questions));
	for (i = 0; i < w->flows.count; i++) {
		if (flows[i]->gone || flows[i]->class.netns != netns)
			continue;
		w->questions[n] = (struct rp_sandbox_question) {
			.family = flows[i]->class.family,
			.input = flows[i]->class.kind == RP_KIND_INPUT,
			.flow = flows[i]->flow,
		};
		flows[n++] = flows[i];
	}
	w->elsewhere = w->flows.count - n;
	w->asked = flows;
	w->sandbox.questions = w->questions;
	w->sandbox.count = n;
}

enum rp_sandbox_result rp_whatif_run(struct rp_whatif *w, FILE *snapshot, uint32_t netns,
				     char *const *command, FILE *input)
{
	enum rp_sandbox_result result;

	rp_whatif_choose(w, netns);
	w->sandbox.snapshot = snapshot;
	w->sandbox.netns = netns;
	w->sandbox.command = command;
	w->sandbox.input = input;
	result = rp_sandbox_run(&w->sandbox);
	if (result == RP_SANDBOX_DONE)
		rp_whatif_judge(w);
	return result;
}
