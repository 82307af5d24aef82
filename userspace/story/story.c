// SPDX-License-Identifier: GPL-2.0
/*
 * Records into stories.
 *
 * What one task does nests: a function that was entered later returns
 * earlier.  So does what interrupts it, in each context.  Such a sequence is a
 * lane.  Records arrive in the order of return, the inner ones first; they
 * wait in their lane until a record arrives that encloses them, and become
 * part of it.
 *
 * A record stops waiting
 * - at once, if nothing can enclose its kind;
 * - when a later record of its lane shows that nothing encloses it: whatever
 *   did would enclose that one too, and no kind can enclose both;
 * - when a time has passed, or too many wait.
 *
 * A story that is certain is held back a little longer, so that stories
 * leave in the order in which they began.
 *
 * A decision is a story of its own also where it was made in the course of
 * something else: for an ICMP error that is to be sent, for a packet that is routed
 * again.  So is a change that a device or an address brought about.  What they
 * happened in, a span, began earlier and so leaves earlier: a story that leaves is
 * told which span of its lane it is within.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "source/stream.h"
#include "story/gaps.h"
#include "story/restore.h"
#include "story/story.h"

#define RP_STORY_LANES		1024
#define RP_STORY_NODES_MAX	65536
#define RP_STORY_SKIPS		16
#define RP_STORY_SPANS_MAX	1024

struct rp_lane {
	struct rp_lane *next;
	uint64_t key;
	struct rp_nodes nodes;	/* in order of return */
};

struct rp_span {
	TAILQ_ENTRY(rp_span) link;
	uint64_t key;		/* of its lane */
	struct rp_record rec;
};

#define BIT(kind)	RP_KIND_BIT(RP_KIND_##kind)
#define ASKING		(RP_KINDS_STEP & ~BIT(VALIDATE))

/* What may run inside a function of each kind */
static const unsigned int rp_story_inside[__RP_KIND_MAX] = {
	[RP_KIND_RULE]		= BIT(LOOKUP),
	[RP_KIND_RULES]		= BIT(LOOKUP) | BIT(SUPPRESS) | BIT(RULE),
	[RP_KIND_VALIDATE]	= ASKING,
	[RP_KIND_OUTPUT]	= ASKING,
	[RP_KIND_OUTPUT_FLOW]	= ASKING | BIT(OUTPUT),
	[RP_KIND_INPUT]		= ASKING | BIT(VALIDATE),
	[RP_KIND_CHANGE]	= ASKING | BIT(EVENT),
	[RP_KIND_EXCEPTION]	= ASKING,
	[RP_KIND_ICMP_IN]	= BIT(EXCEPTION),
	[RP_KIND_LINK_FAILURE]	= BIT(ICMP_OUT),
	[RP_KIND_NETFILTER]	= BIT(ICMP_OUT) | BIT(REROUTE),
};

/* What became of a route counts as a decision; other events are what others happen in. */
#define RP_STORY_DECISIONS	(RP_KINDS_DECISION | RP_KINDS_CHANGE | BIT(EVENT))
#define RP_STORY_EVENTS		(RP_KINDS_EVENT & ~BIT(EVENT))

bool rp_story_is_decision(const struct rp_record *rec)
{
	return rp_story_is(rec, RP_STORY_DECISIONS);
}

bool rp_story_is_signal(const struct rp_record *rec)
{
	return rp_story_is(rec, RP_KINDS_SIGNAL);
}

bool rp_story_is_event(const struct rp_record *rec)
{
	return rp_story_is(rec, RP_STORY_EVENTS);
}

static bool rp_story_may_contain(unsigned int outer, unsigned int inner)
{
	return rp_story_inside[outer] & 1U << inner;
}

/* Is there a kind that may contain both? */
static bool rp_story_may_share(unsigned int a, unsigned int b)
{
	unsigned int both = 1U << a | 1U << b;
	unsigned int kind;

	for (kind = 0; kind < __RP_KIND_MAX; kind++)
		if ((rp_story_inside[kind] & both) == both)
			return true;
	return false;
}

/*
 * A softirq goes by its thread too: with PREEMPT_RT or threaded NAPI several may take
 * turns on one CPU.  The idle tasks of all CPUs share tid 0, so they go by CPU.
 */
static uint64_t rp_story_lane_key(const struct rp_record *rec)
{
	uint64_t context = (uint64_t)rec->context << 33;

	return rec->tid ? context | rec->tid : context | 1ULL << 32 | rec->cpu;
}

static struct rp_lane **rp_story_bucket(struct rp_story *st, uint64_t key)
{
	return &st->lanes[(key * 0x9e3779b97f4a7c15ULL >> 32) % RP_STORY_LANES];
}

static struct rp_lane *rp_story_lane(struct rp_story *st, uint64_t key)
{
	struct rp_lane **bucket = rp_story_bucket(st, key);
	struct rp_lane *lane;

	for (lane = *bucket; lane; lane = lane->next)
		if (lane->key == key)
			return lane;
	lane = rp_util_alloc(1, sizeof(*lane));
	lane->key = key;
	TAILQ_INIT(&lane->nodes);
	lane->next = *bucket;
	*bucket = lane;
	return lane;
}

static void rp_story_drop_lane(struct rp_story *st, struct rp_lane *lane)
{
	struct rp_lane **at = rp_story_bucket(st, lane->key);

	while (*at != lane)
		at = &(*at)->next;
	*at = lane->next;
	free(lane);
}

static void rp_story_free(struct rp_story *st, struct rp_node *node)
{
	struct rp_node *inner;

	while ((inner = TAILQ_FIRST(&node->inner))) {
		TAILQ_REMOVE(&node->inner, inner, link);
		rp_story_free(st, inner);
	}
	free(node);
	st->nodes--;
}

static bool rp_story_before(const struct rp_node *a, const struct rp_node *b)
{
	if (a->rec.time_ns != b->rec.time_ns)
		return a->rec.time_ns < b->rec.time_ns;
	return a->arrival < b->arrival;
}

static void rp_story_push(struct rp_story *st, struct rp_node *node)
{
	size_t i = st->nready++, up;

	if (i == st->ready_size) {
		st->ready_size = st->ready_size ? 2 * st->ready_size : 64;
		st->ready = rp_util_grow(st->ready, st->ready_size,
					 sizeof(*st->ready));
	}
	for (; i; i = up) {
		up = (i - 1) / 2;
		if (!rp_story_before(node, st->ready[up]))
			break;
		st->ready[i] = st->ready[up];
	}
	st->ready[i] = node;
}

static struct rp_node *rp_story_pop(struct rp_story *st)
{
	struct rp_node *first = st->ready[0], *last = st->ready[--st->nready];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < st->nready) {
		if (child + 1 < st->nready &&
		    rp_story_before(st->ready[child + 1], st->ready[child]))
			child++;
		if (!rp_story_before(st->ready[child], last))
			break;
		st->ready[i] = st->ready[child];
		i = child;
	}
	st->ready[i] = last;
	return first;
}

static void rp_story_drop_span(struct rp_story *st, struct rp_span *span)
{
	TAILQ_REMOVE(&st->spans, span, link);
	st->nspans--;
	free(span);
}

/*
 * The innermost span is what a decision was made for, the outermost what a change
 * came of.  Those that ended before this story began are of no more use.
 */
static const struct rp_record *rp_story_within(struct rp_story *st,
					       const struct rp_node *node, uint64_t key)
{
	bool change = rp_story_is(&node->rec, BIT(CHANGE) | BIT(EVENT));
	uint64_t end = rp_stream_end_ns(&node->rec);
	const struct rp_record *within = NULL;
	struct rp_span *span, *next;

	for (span = TAILQ_FIRST(&st->spans); span; span = next) {
		next = TAILQ_NEXT(span, link);
		if (rp_stream_end_ns(&span->rec) < node->rec.time_ns)
			rp_story_drop_span(st, span);
		else if (span->key == key && span->rec.time_ns <= node->rec.time_ns &&
			 rp_stream_end_ns(&span->rec) >= end && !(change && within))
			within = &span->rec;
	}
	return within;
}

static void rp_story_add_spans(struct rp_story *st, const struct rp_node *node,
			       uint64_t key)
{
	const struct rp_node *inner;
	struct rp_span *span;

	if (!rp_story_is(&node->rec, RP_KINDS_SIGNAL | RP_STORY_EVENTS))
		return;
	if (st->nspans == RP_STORY_SPANS_MAX)
		rp_story_drop_span(st, TAILQ_FIRST(&st->spans));
	span = rp_util_alloc(1, sizeof(*span));
	span->key = key;
	span->rec = node->rec;
	TAILQ_INSERT_TAIL(&st->spans, span, link);
	st->nspans++;
	TAILQ_FOREACH(inner, &node->inner, link)
		rp_story_add_spans(st, inner, key);
}

static void rp_story_release(struct rp_story *st)
{
	struct rp_node *node = rp_story_pop(st);
	uint64_t key = rp_story_lane_key(&node->rec);

	node->within = rp_story_within(st, node, key);
	st->emit(st->ctx, node);
	rp_story_add_spans(st, node, key);
	rp_story_free(st, node);
}

/* Every output-flow asks for an output; who called an output tells of it. */
static bool rp_story_lacks_part(struct rp_story *st, const struct rp_node *node)
{
	const struct rp_node *inner;
	const char *caller;

	if (node->rec.kind == RP_KIND_OUTPUT_FLOW && st->expect_output) {
		TAILQ_FOREACH(inner, &node->inner, link)
			if (inner->rec.kind == RP_KIND_OUTPUT)
				return false;
		return true;
	}
	if (node->rec.kind != RP_KIND_OUTPUT || !st->expect_flow || !st->caller)
		return false;
	caller = st->caller(st->ctx, node->rec.caller);
	return caller && !strcmp(caller, "ip_route_output_flow");
}

/* Nothing encloses this one: it is a story, or part of none. */
static void rp_story_resolve(struct rp_story *st, struct rp_node *node)
{
	struct rp_lane *lane = node->lane;
	bool lone = !rp_story_is(&node->rec, RP_STORY_DECISIONS | RP_KINDS_SIGNAL |
					     RP_STORY_EVENTS);

	TAILQ_REMOVE(&st->waiting, node, age);
	TAILQ_REMOVE(&lane->nodes, node, link);
	if (TAILQ_EMPTY(&lane->nodes))
		rp_story_drop_lane(st, lane);
	if (lone && node->rec.kind != RP_KIND_CACHE)
		st->outside++;
	if (lone && !st->all) {
		rp_story_free(st, node);
		return;
	}
	node->incomplete = rp_gaps_touch(st, node) ||
			   rp_story_lacks_part(st, node);
	rp_story_push(st, node);
}

/*
 * The newest of its lane that began and may run inside @node become part of
 * it.  Few are skipped: only a damaged recording has many that overlap.
 */
static void rp_story_adopt(struct rp_story *st, struct rp_node *node)
{
	const struct rp_record *rec = &node->rec;
	struct rp_node *past, *older;
	unsigned int skipped = 0;

	/* Recorded at a moment, it encloses nothing. */
	if (rec->kind == RP_KIND_RULE && !rec->duration_ns)
		return;
	past = TAILQ_LAST(&node->lane->nodes, rp_nodes);
	for (; past && rp_stream_end_ns(&past->rec) >= rec->time_ns; past = older) {
		older = TAILQ_PREV(past, rp_nodes, link);
		if (past->rec.time_ns >= rec->time_ns &&
		    rp_story_may_contain(rec->kind, past->rec.kind)) {
			TAILQ_REMOVE(&st->waiting, past, age);
			TAILQ_REMOVE(&node->lane->nodes, past, link);
			TAILQ_INSERT_HEAD(&node->inner, past, link);
		} else if (++skipped > RP_STORY_SKIPS) {
			break;
		}
	}
}

/* Those from which the arrival of @node takes every hope of being enclosed */
static void rp_story_settle(struct rp_story *st, struct rp_lane *lane,
			    const struct rp_node *node)
{
	struct rp_node *oldest;

	while ((oldest = TAILQ_FIRST(&lane->nodes)) && oldest != node &&
	       !rp_story_may_share(oldest->rec.kind, node->rec.kind))
		rp_story_resolve(st, oldest);
}

/* Memory is bounded: order suffers first, then the joining. */
static void rp_story_shrink(struct rp_story *st)
{
	if (st->nodes < RP_STORY_NODES_MAX)
		return;
	if (!st->nready)
		rp_story_resolve(st, TAILQ_FIRST(&st->waiting));
	while (st->nready && st->nodes >= RP_STORY_NODES_MAX)
		rp_story_release(st);
}

static void rp_story_add_one(struct rp_story *st, const struct rp_record *rec)
{
	struct rp_node *node;

	if (rec->kind == RP_KIND_NONE || rec->kind >= __RP_KIND_MAX ||
	    rec->context >= __RP_CONTEXT_MAX) {
		st->unknown++;
		return;
	}
	rp_story_shrink(st);
	node = rp_util_alloc(1, sizeof(*node));
	node->rec = *rec;
	node->arrival = st->arrivals++;
	TAILQ_INIT(&node->inner);
	st->nodes++;
	if (rec->kind == RP_KIND_LOOKUP && rec->has & RP_HAS_RULE)
		node = rp_imply_rule(st, node);
	node->lane = rp_story_lane(st, rp_story_lane_key(rec));
	rp_story_adopt(st, node);
	rp_imply(st, node);
	TAILQ_INSERT_TAIL(&node->lane->nodes, node, link);
	TAILQ_INSERT_TAIL(&st->waiting, node, age);
	rp_story_settle(st, node->lane, node);
	if (!rp_story_may_share(node->rec.kind, node->rec.kind))
		rp_story_resolve(st, node);
}

void rp_story_add(struct rp_story *st, const struct rp_record *rec)
{
	struct rp_record step;
	unsigned int n;

	if (!(rec->has & RP_HAS_PASSED))
		rp_story_add_one(st, rec);
	else
		for (n = 0; rp_imply_passed(st, rec, n, &step); n++)
			rp_story_add_one(st, &step);
}

void rp_story_gap(struct rp_story *st, unsigned int cpu, uint64_t from_ns,
		  uint64_t to_ns)
{
	rp_gaps_add(st, cpu, from_ns, to_ns);
}

static bool rp_story_passed(const struct rp_node *node, uint64_t window,
			    uint64_t clock)
{
	uint64_t end = rp_stream_end_ns(&node->rec);

	return clock == UINT64_MAX || (clock > end && clock - end > window);
}

void rp_story_advance(struct rp_story *st, uint64_t clock_ns)
{
	struct rp_node *node;

	while ((node = TAILQ_FIRST(&st->waiting)) &&
	       rp_story_passed(node, st->window_ns, clock_ns))
		rp_story_resolve(st, node);
	while (st->nready &&
	       rp_story_passed(st->ready[0], 2 * st->window_ns, clock_ns))
		rp_story_release(st);
}

void rp_story_init(struct rp_story *st)
{
	memset(st, 0, sizeof(*st));
	TAILQ_INIT(&st->waiting);
	TAILQ_INIT(&st->spans);
	st->lanes = rp_util_alloc(RP_STORY_LANES, sizeof(*st->lanes));
}

/* Also after an early end: what waits is dropped. */
void rp_story_exit(struct rp_story *st)
{
	struct rp_node *node;
	size_t i;

	while ((node = TAILQ_FIRST(&st->waiting))) {
		TAILQ_REMOVE(&st->waiting, node, age);
		rp_story_free(st, node);
	}
	for (i = 0; i < st->nready; i++)
		rp_story_free(st, st->ready[i]);
	while (!TAILQ_EMPTY(&st->spans))
		rp_story_drop_span(st, TAILQ_FIRST(&st->spans));
	for (i = 0; i < RP_STORY_LANES; i++) {
		while (st->lanes[i]) {
			struct rp_lane *lane = st->lanes[i];

			st->lanes[i] = lane->next;
			free(lane);
		}
	}
	free(st->ready);
	free(st->lanes);
	free(st->gaps);
}
