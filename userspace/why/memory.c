// SPDX-License-Identifier: GPL-2.0
/* Fills the history of a source: with its snapshot, and as it is read. */
#include <string.h>
#include <time.h>

#include "fib/config.h"
#include "lib/util.h"
#include "source/stream.h"
#include "story/decision.h"
#include "why/memory.h"

static void rp_memory_learn(void *ctx, const struct rp_decision *d)
{
	struct rp_memory *memory = ctx;

	rp_history_add(&memory->history, d->node,
		       rp_source_armed_of(&memory->reading->src, RP_KIND_EVENT, d->rec->family));
}

void rp_memory_see(struct rp_memory *memory, const struct rp_decision *d)
{
	if (rp_stream_end_ns(d->rec) > memory->known_ns)
		rp_memory_learn(memory, d);
}

static void rp_memory_route(void *ctx, const struct rp_record *leg)
{
	rp_history_route(ctx, leg);
}

static void rp_memory_rule(void *ctx, uint32_t netns, const struct rp_fib_rule *rule)
{
	rp_history_rule(ctx, netns, rule);
}

static void rp_memory_link(void *ctx, uint32_t netns, const struct rp_fib_link *link)
{
	struct rp_history *h = ctx;

	rp_model_know_link(&h->model, netns, link);
}

static void rp_memory_setting(void *ctx, uint32_t netns, const struct rp_fib_setting *setting)
{
	struct rp_history *h = ctx;

	rp_settings_know(&h->settings, netns, setting);
}

/* Routes that came since are told of by events, with all that matters. */
static void rp_memory_late_rule(void *ctx, uint32_t netns, const struct rp_fib_rule *rule)
{
	struct rp_history *h = ctx;

	rp_model_know_rule(&h->model, netns, rule, true);
}

/* And of devices that came only what they are for good. */
static void rp_memory_late_link(void *ctx, uint32_t netns, const struct rp_fib_link *link)
{
	struct rp_history *h = ctx;

	rp_model_know_vrf(&h->model, netns, link);
}

static void rp_memory_snapshot(struct rp_memory *memory)
{
	struct rp_history *h = &memory->history;
	struct rp_fib_visitor start = {
		.route = rp_memory_route, .rule = rp_memory_rule, .link = rp_memory_link,
		.setting = rp_memory_setting, .ctx = h,
	};
	struct rp_fib_visitor late = {
		.rule = rp_memory_late_rule, .link = rp_memory_late_link, .ctx = h,
	};
	struct rp_reading *r = memory->reading;

	h->snapshot = true;
	h->snapshot_ns = r->src.recording ? (uint64_t)r->src.session.start_ns :
			 (uint64_t)rp_util_now(CLOCK_MONOTONIC);
	h->model.fib = &r->fib;
	h->model.snapshot = true;
	h->model.snapshot_ns = h->snapshot_ns;
	if (!rp_reading_configured(r, &start, false)) {
		h->snapshot = false;
		h->model.snapshot = false;
	}
	rp_reading_late(r, &late);
}

static bool rp_memory_ignore(void *ctx, const struct rp_decision *d)
{
	(void)ctx;
	(void)d;
	return false;
}

/*
 * What there is now was not there always: all changes that the buffer holds are read
 * first.  A recording has a snapshot from before its changes.
 */
static int rp_memory_read_ahead(struct rp_memory *memory, const struct rp_wanted *wanted)
{
	struct rp_reading *r = memory->reading;
	struct rp_wanted w = {
		.dir = wanted->dir, .see = rp_memory_learn, .take = rp_memory_ignore,
		.ctx = memory,
	};

	if (rp_reading_open(r, &w))
		return -1;
	memory->known_ns = rp_util_now(CLOCK_MONOTONIC);
	rp_memory_snapshot(memory);
	while (rp_reading_step(r))
		;
	rp_reading_drain(r);
	rp_reading_close(r);
	return 0;
}

int rp_memory_open(struct rp_memory *memory, struct rp_reading *reading,
		   const struct rp_wanted *w)
{
	memset(memory, 0, sizeof(*memory));
	memory->reading = reading;
	rp_history_init(&memory->history);
	if ((!w->recording && rp_memory_read_ahead(memory, w)) || rp_reading_open(reading, w)) {
		rp_history_exit(&memory->history);
		return -1;
	}
	if (w->recording)
		rp_memory_snapshot(memory);
	/* By IN_DEV_IGNORE_ROUTES_WITH_LINKDOWN() in include/linux/inetdevice.h */
	memory->history.linkdown_by_device = !strncmp(reading->src.kernel, "5.10.", 5);
	return 0;
}

void rp_memory_close(struct rp_memory *memory)
{
	rp_history_exit(&memory->history);
}
