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
#define RP_STORY_NODES_MAX	(7 << 13)	/* of 352 bytes, for a process of 22 MiB */
#define RP_STORY_SKIPS		16

/* Nodes that are gone and kept to be used again; a sanitizer is to see the use of one. */
#ifdef __SANITIZE_ADDRESS__
#define RP_STORY_SPARE		0
#else
#define RP_STORY_SPARE		RP_STORY_NODES_MAX
#endif
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

/* With which kinds each can be inside one function */
static unsigned int rp_story_shares[__RP_KIND_MAX];

static void rp_story_init_shares(void)
{
	unsigned int kind, outer;

	for (kind = 0; kind < __RP_KIND_MAX; kind++)
		for (outer = 0; outer < __RP_KIND_MAX; outer++)
			if (rp_story_may_contain(outer, kind))
				rp_story_shares[kind] |= rp_story_inside[outer];
}

/* Is there a kind that may contain both? */
static bool rp_story_may_share(unsigned int a, unsigned int b)
{
	return rp_story_shares[a] & 1U << b;
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

struct rp_node *rp_story_node(struct rp_story *st)
{
	struct rp_node *node = st->spare;

	if (node) {
		st->spare = TAILQ_NEXT(node, age);
		st->nspare--;
	} else {
		node = rp_util_alloc(1, sizeof(*node));
	}
	node->lane = NULL;
	node->incomplete = false;
	node->within = NULL;
	TAILQ_INIT(&node->inner);
	st->nodes++;
	return node;
}

static void rp_story_free(struct rp_story *st, struct rp_node *node)
{
	struct rp_node *inner;

	while ((inner = TAILQ_FIRST(&node->inner))) {
		TAILQ_REMOVE(&node->inner, inner, link);
		rp_story_free(st, inner);
	}
	st->nodes--;
	if (st->nspare >= RP_STORY_SPARE) {
		free(node);
		return;
	}
	TAILQ_NEXT(node, age) = st->spare;
	st->spare = node;
	st->nspare++;
}

static bool rp_story_before(const struct rp_node *a, const struct rp_node *b)
{
	if (a->rec.time_ns != b->rec.time_ns)
		return a->rec.time_ns < b->rec.time_ns;
	return a->arrival < b->arrival;
}

static void rp_story_push_late(struct rp_story *st, struct rp_node *node)
{
	size_t i = st->nlate++, up;

	if (i == st->late_size) {
		st->late_size = st->late_size ? 2 * st->late_size : 64;
		st->late = rp_util_grow(st->late, st->late_size, sizeof(*st->late));
	}
	for (; i; i = up) {
		up = (i - 1) / 2;
		if (!rp_story_before(node, st->late[up]))
			break;
		st->late[i] = st->late[up];
	}
	st->late[i] = node;
}

static void rp_story_pop_late(struct rp_story *st)
{
	struct rp_node *last = st->late[--st->nlate];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < st->nlate) {
		if (child + 1 < st->nlate &&
		    rp_story_before(st->late[child + 1], st->late[child]))
			child++;
		if (!rp_story_before(st->late[child], last))
			break;
		st->late[i] = st->late[child];
		i = child;
	}
	st->late[i] = last;
}

/* Most stories are certain in the order in which they began. */
static void rp_story_push(struct rp_story *st, struct rp_node *node)
{
	const struct rp_node *last = TAILQ_LAST(&st->ready, rp_nodes);

	st->nready++;
	if (last && rp_story_before(node, last))
		rp_story_push_late(st, node);
	else
		TAILQ_INSERT_TAIL(&st->ready, node, age);
}

static struct rp_node *rp_story_first(const struct rp_story *st)
{
	struct rp_node *first = TAILQ_FIRST(&st->ready);

	if (st->nlate && (!first || rp_story_before(st->late[0], first)))
		return st->late[0];
	return first;
}

static void rp_story_prefetch(const struct rp_node *node)
{
	size_t i;

	for (i = 0; node && i < sizeof(*node); i += 64)
		__builtin_prefetch((const char *)node + i);
}

/*
 * What waited has left the caches: the one after the next is fetched now, and what is
 * inside the next, which was fetched before.
 */
static void rp_story_prepare(const struct rp_node *first)
{
	const struct rp_node *next = TAILQ_NEXT(first, age);

	if (!next)
		return;
	rp_story_prefetch(TAILQ_FIRST(&next->inner));
	rp_story_prefetch(TAILQ_NEXT(next, age));
}

static void rp_story_pop(struct rp_story *st, struct rp_node *first)
{
	st->nready--;
	if (st->nlate && first == st->late[0]) {
		rp_story_pop_late(st);
		return;
	}
	rp_story_prepare(first);
	TAILQ_REMOVE(&st->ready, first, age);
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

static void rp_story_release(struct rp_story *st, struct rp_node *node)
{
	uint64_t key = rp_story_lane_key(&node->rec);

	rp_story_pop(st, node);
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
	struct rp_node *node;

	if (st->nodes < RP_STORY_NODES_MAX)
		return;
	if (!rp_story_first(st))
		rp_story_resolve(st, TAILQ_FIRST(&st->waiting));
	while (st->nodes >= RP_STORY_NODES_MAX && (node = rp_story_first(st)))
		rp_story_release(st, node);
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
	node = rp_story_node(st);
	node->rec = *rec;
	node->arrival = st->arrivals++;
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

static void rp_story_drop_spare(struct rp_story *st)
{
	struct rp_node *node;

	while ((node = st->spare)) {
		st->spare = TAILQ_NEXT(node, age);
		free(node);
	}
	st->nspare = 0;
}

void rp_story_advance(struct rp_story *st, uint64_t clock_ns)
{
	struct rp_node *node;

	while ((node = TAILQ_FIRST(&st->waiting)) &&
	       rp_story_passed(node, st->window_ns, clock_ns))
		rp_story_resolve(st, node);
	while ((node = rp_story_first(st)) &&
	       rp_story_passed(node, 2 * st->window_ns, clock_ns))
		rp_story_release(st, node);
	/* At the end none is needed any more. */
	if (clock_ns == UINT64_MAX)
		rp_story_drop_spare(st);
}

void rp_story_init(struct rp_story *st)
{
	memset(st, 0, sizeof(*st));
	TAILQ_INIT(&st->waiting);
	TAILQ_INIT(&st->ready);
	TAILQ_INIT(&st->spans);
	rp_story_init_shares();
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
	while ((node = rp_story_first(st))) {
		rp_story_pop(st, node);
		rp_story_free(st, node);
	}
	rp_story_drop_spare(st);
	while (!TAILQ_EMPTY(&st->spans))
		rp_story_drop_span(st, TAILQ_FIRST(&st->spans));
	for (i = 0; i < RP_STORY_LANES; i++) {
		while (st->lanes[i]) {
			struct rp_lane *lane = st->lanes[i];

			st->lanes[i] = lane->next;
			free(lane);
		}
	}
	free(st->late);
	free(st->lanes);
	free(st->gaps);
}
