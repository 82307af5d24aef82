// SPDX-License-Identifier: GPL-2.0
/* What a command would do to flows, as lines or as JSON objects. */
#include <linux/rtnetlink.h>
#include <string.h>

#include "count/whatif.h"
#include "lib/addr.h"
#include "lib/names.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "words/format.h"
#include "words/json.h"

static const char *const rp_whatif_names[RP_WHATIF_EFFECTS] = {
	[RP_WHATIF_FAILS]	= "fails",
	[RP_WHATIF_MOVES]	= "moves",
	[RP_WHATIF_WORKS]	= "works",
	[RP_WHATIF_UNSURE]	= "unsure",
	[RP_WHATIF_STAYS]	= "stays",
};

/* One hop of an answer, as a record would have it */
static struct rp_route rp_whatif_route(const struct rp_sandbox_answer *a, unsigned int i)
{
	const struct rp_sandbox_hop *hop = &a->hops[i];
	struct rp_route route = {
		.dst = a->dst, .dst_len = a->dst_len, .type = a->type, .table = a->table,
		.prefsrc = a->prefsrc, .nh_count = 1,
	};

	if (i >= a->nhops || i >= RP_SANDBOX_HOPS)
		return route;
	route.oif = hop->oif;
	route.gw_family = hop->gw_family;
	memcpy(route.gw, hop->gw, sizeof(route.gw));
	memcpy(route.dev, hop->dev, sizeof(route.dev));
	return route;
}

static unsigned int rp_whatif_nhops(const struct rp_sandbox_answer *a)
{
	return a->nhops < RP_SANDBOX_HOPS ? a->nhops : RP_SANDBOX_HOPS;
}

/* ---- text ---- */

static void rp_whatif_print_hops(struct rp_print *p, const struct rp_whatif_flow *flow,
				 const struct rp_sandbox_answer *a)
{
	const struct rp_flow_class *c = &flow->class;
	unsigned int i, n = rp_whatif_nhops(a);
	struct rp_route route;
	struct rp_text hop;

	for (i = 0; i < n; i++) {
		route = rp_whatif_route(a, i);
		fprintf(p->out, "%s %s", n > 1 ? " nexthop" : "",
			rp_format_hop(&hop, p->fib, c->netns, c->family, &route, NULL));
		if (n > 1)
			fprintf(p->out, " weight %u", a->hops[i].weight);
	}
}

static void rp_whatif_print_answer(struct rp_print *p, const struct rp_whatif_flow *flow,
				   char sign, const struct rp_sandbox_answer *a)
{
	struct rp_route route = rp_whatif_route(a, 0);
	struct rp_text text;
	struct rp_name name;

	fprintf(p->out, "%c %s", sign,
		rp_names_error(a->err, rp_source_reason(p->src, a->err), &name));
	if (!a->err) {
		fprintf(p->out, " table %s", rp_format_table(&text, p->fib, a->table));
		fprintf(p->out, " %s", a->matched ?
			rp_format_typed(&text, flow->class.family, &route) :
			rp_names_route_type(a->type, &name));
		rp_whatif_print_hops(p, flow, a);
	}
	fputc('\n', p->out);
}

static void rp_whatif_print_text(struct rp_print *p, const struct rp_whatif_flow *flow)
{
	const char *words = strchr(flow->key, '\t') + 1;
	struct rp_sandbox_answer was;

	fprintf(p->out, "%s: %.*s %s\n", rp_whatif_names[flow->effect],
		(int)(words - 1 - flow->key), flow->key, words);
	if (flow->effect == RP_WHATIF_UNSURE) {
		rp_whatif_recorded(flow, &was);
		rp_whatif_print_answer(p, flow, '?', &was);
	}
	if (flow->effect == RP_WHATIF_STAYS) {
		rp_whatif_print_answer(p, flow, ' ', flow->after);
		return;
	}
	rp_whatif_print_answer(p, flow, '-', flow->before);
	rp_whatif_print_answer(p, flow, '+', flow->after);
}

/* ---- JSON ---- */

static void rp_whatif_json_hops(struct rp_print *p, struct rp_buf *b,
				const struct rp_whatif_flow *flow,
				const struct rp_sandbox_answer *a)
{
	const struct rp_flow_class *c = &flow->class;
	struct rp_route route;
	unsigned int i;

	rp_json_open(b, "nexthops", '[');
	for (i = 0; i < rp_whatif_nhops(a); i++) {
		route = rp_whatif_route(a, i);
		rp_json_open(b, NULL, '{');
		rp_json_gateway(b, c->family, &route);
		rp_json_dev(p, b, "dev", c->netns, route.oif, route.dev);
		rp_json_number(b, "weight", a->hops[i].weight);
		rp_json_close(b, '}');
	}
	rp_json_close(b, ']');
}

static void rp_whatif_json_answer(struct rp_print *p, struct rp_buf *b, const char *key,
				  const struct rp_whatif_flow *flow,
				  const struct rp_sandbox_answer *a)
{
	struct rp_route route = rp_whatif_route(a, 0);
	struct rp_text text;
	struct rp_name name;

	rp_json_open(b, key, '{');
	rp_json_error(p, b, "verdict", a->err);
	if (!a->err) {
		rp_json_table(p, b, a->table);
		rp_json_string(b, "type", rp_names_route_type(a->type, &name));
		if (a->matched)
			rp_json_string(b, "dst",
				       rp_format_prefix(&text, flow->class.family, &route));
		rp_whatif_json_hops(p, b, flow, a);
		if (!rp_addr_is_any(&a->prefsrc))
			rp_json_string(b, "prefsrc",
				       rp_format_ip(&text, flow->class.family, &a->prefsrc));
	}
	rp_json_close(b, '}');
}

static void rp_whatif_print_json(struct rp_print *p, const struct rp_whatif_flow *flow)
{
	struct rp_buf *b = rp_json_begin(p);
	struct rp_sandbox_answer was;

	rp_json_string(b, "kind", "whatif");
	rp_json_string(b, "effect", rp_whatif_names[flow->effect]);
	rp_json_netns(p, b, flow->class.netns);
	rp_flow_class_json(p, b, &flow->class);
	rp_json_number(b, "times", flow->times);
	rp_whatif_recorded(flow, &was);
	rp_whatif_json_answer(p, b, "recorded", flow, &was);
	rp_whatif_json_answer(p, b, "before", flow, flow->before);
	rp_whatif_json_answer(p, b, "after", flow, flow->after);
	rp_json_end(p);
}

/* ---- all of it ---- */

static void rp_whatif_summary(struct rp_whatif *w)
{
	struct rp_print *p = &w->print;
	struct rp_buf *b;
	int i;

	if (p->json) {
		b = rp_json_begin(p);
		rp_json_string(b, "kind", "effects");
		rp_json_netns(p, b, w->sandbox.netns);
		for (i = 0; i < RP_WHATIF_EFFECTS; i++)
			rp_json_number(b, rp_whatif_names[i], w->counts[i]);
		rp_json_number(b, "elsewhere", w->elsewhere);
		rp_json_number(b, "left_out", w->left_out);
		rp_json_end(p);
	}
	fflush(p->out);
	fprintf(rp_wrap(stderr), "%llu flows would fail, %llu move, %llu begin to work, %llu stay\n",
		(unsigned long long)w->counts[RP_WHATIF_FAILS],
		(unsigned long long)w->counts[RP_WHATIF_MOVES],
		(unsigned long long)w->counts[RP_WHATIF_WORKS],
		(unsigned long long)w->counts[RP_WHATIF_STAYS]);
	if (w->counts[RP_WHATIF_UNSURE])
		rp_util_warn("of %llu more flows nothing is claimed: the sandbox does not answer as was recorded",
			     (unsigned long long)w->counts[RP_WHATIF_UNSURE]);
	if (w->elsewhere)
		rp_util_warn("%llu flows in other network namespaces were not asked for",
			     (unsigned long long)w->elsewhere);
	if (w->left_out)
		rp_util_warn("%llu decisions were left out: more than %d flows",
			     (unsigned long long)w->left_out, RP_TALLY_MAX);
}

void rp_print_whatif(struct rp_whatif *w, bool all)
{
	struct rp_print *p = &w->print;
	unsigned int effect;
	size_t i;

	for (effect = 0; effect < (all ? RP_WHATIF_EFFECTS : RP_WHATIF_STAYS); effect++) {
		for (i = 0; i < w->sandbox.count; i++) {
			if (w->asked[i]->effect != effect)
				continue;
			if (p->json)
				rp_whatif_print_json(p, w->asked[i]);
			else
				rp_whatif_print_text(p, w->asked[i]);
		}
	}
	rp_whatif_summary(w);
}
