// SPDX-License-Identifier: GPL-2.0
/*
 * Why a flow went the way it did: where nothing failed, who asks for one flow is told what
 * report -d tells.  It is said at the end, as the last time counts.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "out/taken.h"
#include "story/decision.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/why.h"
#include "words/flow_class.h"
#include "words/format.h"
#include "words/print.h"

struct rp_taken_flow {
	const char *key;
	uint64_t time_ns;
	char *text;		/* all that is told of it */
};

void rp_taken_init(struct rp_taken *taken, struct rp_why *why)
{
	*taken = (struct rp_taken) { .why = why };
	rp_tally_init(&taken->flows, sizeof(struct rp_taken_flow));
	taken->flows.max = RP_TAKEN_FLOWS;
}

static void rp_taken_release(void *entry)
{
	struct rp_taken_flow *flow = entry;

	free(flow->text);
}

void rp_taken_exit(struct rp_taken *taken)
{
	rp_tally_exit(&taken->flows, rp_taken_release);
}

static struct rp_taken_flow *rp_taken_flow(struct rp_taken *taken, const struct rp_decision *d)
{
	struct rp_fib *fib = &taken->why->reading.fib;
	struct rp_text netns, flow, key = { "", 0 };
	struct rp_flow_class c;

	if (!rp_flow_class_of(&c, d))
		return NULL;
	rp_format_add(&key, "%s\t%s", rp_format_netns(&netns, fib, d->netns),
		      rp_flow_class_format(&flow, fib, &c));
	return rp_tally_get(&taken->flows, key.text);
}

/* As report -d prints it, but for the header, which stands above all of them */
static char *rp_taken_text(struct rp_taken *taken, const struct rp_decision *d)
{
	struct rp_print p = taken->why->print;
	struct rp_passed_over passed;
	struct rp_search s;
	char *text = NULL;
	size_t size;

	p.out = open_memstream(&text, &size);
	if (!p.out)
		return NULL;
	memset(&p.line, 0, sizeof(p.line));
	p.details = true;
	p.began = true;
	rp_search_init(&s, &taken->why->memory.history, &taken->why->reading.fib, d, NULL);
	rp_passed_over_find(&passed, &s);
	p.passed = &passed;
	rp_print_decision(&p, d);
	rp_buf_exit(&p.line);
	fclose(p.out);
	return text;
}

void rp_taken_add(void *ctx, const struct rp_decision *d)
{
	struct rp_taken *taken = ctx;
	struct rp_taken_flow *flow = rp_taken_flow(taken, d);

	if (!flow) {
		taken->more++;
		return;
	}
	free(flow->text);
	flow->text = rp_taken_text(taken, d);
	flow->time_ns = d->rec->time_ns;
}

static int rp_taken_compare(const void *a, const void *b)
{
	const struct rp_taken_flow *x = *(struct rp_taken_flow *const *)a;
	const struct rp_taken_flow *y = *(struct rp_taken_flow *const *)b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return strcmp(x->key, y->key);
}

void rp_print_taken(struct rp_taken *taken)
{
	struct rp_taken_flow **flows = rp_tally_list(&taken->flows);
	struct rp_print *p = &taken->why->print;
	size_t i;

	qsort(flows, taken->flows.count, sizeof(*flows), rp_taken_compare);
	for (i = 0; i < taken->flows.count; i++) {
		rp_print_head(p);
		fputs(flows[i]->text ? flows[i]->text : "", p->out);
	}
	free(flows);
	if (taken->more)
		rp_util_warn("%llu decisions of more flows are left out: ask for fewer",
			     (unsigned long long)taken->more);
}
