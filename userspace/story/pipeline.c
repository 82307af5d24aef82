// SPDX-License-Identifier: GPL-2.0
/* source -> merge -> story -> filter -> whoever takes it */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <routeprobe.h>

#include "lib/util.h"
#include "story/absent.h"
#include "story/decision.h"
#include "story/pipeline.h"

/* How long an inner record waits for the one around it: see story.c */
#define RP_READING_WINDOW_LIVE_NS	(200 * 1000 * 1000)
#define RP_READING_WINDOW_WHOLE_NS	(2 * RP_NSEC_PER_SEC)

/* Records handled before output is looked at again */
#define RP_READING_ROUND		4096

static const char *rp_reading_caller(void *ctx, uint32_t id)
{
	struct rp_reading *r = ctx;

	return rp_source_caller(&r->src, id);
}

/*
 * What the kernel tries by itself at every turn, and what then changes nothing:
 * a flush of every table, the routes of an address once more.
 */
static bool rp_reading_is_idle(struct rp_reading *r, const struct rp_record *rec)
{
	const char *caller = rp_source_caller(&r->src, rec->caller);

	if (rp_decision_is_flush(rec))
		return !rec->err && !rec->change.count;
	return rp_decision_is_change(rec) && rec->err && caller &&
	       !strcmp(caller, "fib_magic");
}

static void rp_reading_emit(void *ctx, const struct rp_node *node)
{
	struct rp_reading *r = ctx;
	bool decision = rp_story_is_decision(&node->rec);
	struct rp_decision d;
	bool used;

	rp_fib_at(&r->fib, node->rec.time_ns);
	if (!r->story.all && rp_reading_is_idle(r, &node->rec))
		return;
	if (decision) {
		r->totals.decisions++;
		r->totals.incomplete += node->incomplete;
	}
	rp_decision_make(&d, node);
	if (r->see)
		r->see(r->ctx, &d);
	if (!rp_filter_match(&r->filter, &d, &r->fib))
		return;
	used = r->take(r->ctx, &d);
	r->totals.shown += decision && used;
}

static enum rp_source_mode rp_reading_mode(const struct rp_wanted *w)
{
	if (!w->follow)
		return RP_SOURCE_WHOLE;
	return w->held ? RP_SOURCE_BOTH : RP_SOURCE_FOLLOW;
}

static void rp_reading_learn(void *ctx, const struct rp_record *rec)
{
	rp_fib_learn(ctx, rec);
}

/*
 * Names as they are now, or were at the end, are not those of what went before that: this is
 * looked for first.
 */
static void rp_reading_load_names(struct rp_reading *r, const struct rp_wanted *w)
{
	int bad;

	rp_fib_init(&r->fib);
	if (rp_reading_mode(w) != RP_SOURCE_FOLLOW)
		rp_source_skim(&r->src, RP_KIND_LINK_EVENT, rp_reading_learn, &r->fib);
	if (!r->src.recording) {
		rp_fib_snapshot(&r->fib, NULL);
		r->fib.live = true;
		return;
	}
	r->fib.asked_ns = r->src.session.start_ns;
	bad = rp_fib_load(&r->fib, r->src.dirfd, "fib.json");
	if (bad < 0)
		rp_source_damage(&r->src, "fib.json: %s; names are numbers",
				 strerror(errno));
	else if (bad)
		rp_source_damage(&r->src, "fib.json: %d lines are damaged", bad);
	/* Written at the end, for what was not there at the start */
	r->fib.asked_ns = r->src.session.end_ns ? (uint64_t)r->src.session.end_ns : UINT64_MAX - 1;
	rp_fib_load(&r->fib, r->src.dirfd, "names.json");
}

/* What there is now: through a file, as a dump that is interrupted is begun anew. */
static int rp_reading_ask(struct rp_fib *fib)
{
	FILE *f = tmpfile();
	int failed;

	if (!f)
		return rp_util_err("a temporary file: %s", strerror(errno));
	failed = rp_fib_snapshot(fib, f);
	if (failed)
		rp_util_err("a temporary file: %s", strerror(errno));
	rp_fib_read(fib, f);
	fclose(f);
	return failed;
}

bool rp_reading_configured(struct rp_reading *r, const struct rp_fib_visitor *v, bool end)
{
	bool whole;

	r->fib.visitor = v;
	r->fib.misfits = 0;
	r->fib.partial = 0;
	if (!r->src.recording) {
		whole = !rp_reading_ask(&r->fib);
	} else {
		whole = !rp_fib_load(&r->fib, r->src.dirfd, "fib.json");
		if (end)
			rp_fib_load(&r->fib, r->src.dirfd, "names.json");
	}
	r->fib.visitor = NULL;
	if (r->fib.partial)
		rp_util_warn("the snapshot lacks rules or routes of %u network namespaces, which changed while they were asked for",
			     r->fib.partial);
	if (r->fib.misfits)
		rp_source_damage(&r->src, "%u rules or routes of the snapshot are damaged",
				 r->fib.misfits);
	return whole && !r->fib.partial && !r->fib.misfits;
}

void rp_reading_late(struct rp_reading *r, const struct rp_fib_visitor *v)
{
	static const char *const wanted[] = { "{\"rule\":", "{\"link\":" };
	size_t i;

	if (!r->src.recording)
		return;
	r->fib.visitor = v;
	for (i = 0; i < RP_ARRAY_SIZE(wanted); i++) {
		r->fib.only = wanted[i];
		rp_fib_load(&r->fib, r->src.dirfd, "names.json");
	}
	r->fib.only = NULL;
	r->fib.visitor = NULL;
}

static void rp_reading_steps(struct rp_steps *steps, const struct rp_source *src,
			     unsigned int family)
{
	*steps = (struct rp_steps) {
		.lookup		= rp_source_armed_of(src, RP_KIND_LOOKUP, family),
		.rule		= rp_source_armed_of(src, RP_KIND_RULE, family),
		.suppress	= rp_source_armed_of(src, RP_KIND_SUPPRESS, family),
		.output		= rp_source_armed_of(src, RP_KIND_OUTPUT, family),
	};
}

static void rp_reading_start(struct rp_reading *r, const struct rp_wanted *w)
{
	rp_merge_init(&r->merge, &r->src);
	rp_story_init(&r->story);
	r->story.window_ns = w->follow ? RP_READING_WINDOW_LIVE_NS :
					 RP_READING_WINDOW_WHOLE_NS;
	r->story.all = w->all;
	r->story.expect_output = rp_source_armed(&r->src, RP_KIND_OUTPUT);
	r->story.expect_flow = rp_source_armed_of(&r->src, RP_KIND_OUTPUT_FLOW, AF_INET);
	rp_reading_steps(&r->story.steps, &r->src, AF_INET);
	rp_reading_steps(&r->story.steps6, &r->src, AF_INET6);
	r->story.caller = rp_reading_caller;
	r->story.emit = rp_reading_emit;
	r->story.ctx = r;
	r->take = w->take;
	r->see = w->see;
	r->ctx = w->ctx;
}

static uint64_t rp_reading_room(const struct rp_reading *r)
{
	uint64_t room = 0;
	size_t i;

	for (i = 0; r->src.recording && i < r->src.nstreams; i++)
		room += r->src.streams[i].room;
	return room;
}

int rp_reading_open(struct rp_reading *r, const struct rp_wanted *w)
{
	memset(r, 0, sizeof(*r));
	if (rp_source_open(&r->src, w->dir, w->recording))
		return -1;
	/* What names the source has for errors is up to the kernel it is of. */
	if (rp_filter_parse(&r->filter, &r->src.reasons, w->nwords, w->words))
		goto err_source;
	if (rp_source_streams(&r->src, rp_reading_mode(w)))
		goto err_source;
	if (rp_reading_mode(w) == RP_SOURCE_FOLLOW)
		r->missed_before = rp_source_missed(&r->src);
	rp_reading_load_names(r, w);
	rp_absent_warn(&r->filter, &r->fib, r->src.dir);
	rp_reading_start(r, w);
	/* Lines that come are progress enough. */
	rp_progress_init(&r->progress, !w->follow && (w->late || !isatty(STDOUT_FILENO)));
	r->room = rp_reading_room(r);
	return 0;

err_source:
	rp_source_close(&r->src);
	return -1;
}

static void rp_reading_tell(struct rp_reading *r)
{
	if (!r->room)
		rp_progress_show(&r->progress, rp_source_records(&r->src), 0);
	else
		rp_progress_show(&r->progress, r->room - rp_reading_room(r), r->room);
}

bool rp_reading_step(struct rp_reading *r)
{
	struct rp_merged m;
	unsigned int i;

	if (!r->src.recording)
		rp_session_watch_clocks(&r->src.session);
	rp_merge_poll(&r->merge);
	for (i = 0; i < RP_READING_ROUND && rp_merge_next(&r->merge, &m); i++) {
		if (m.missing)
			rp_story_gap(&r->story, m.rec->cpu, m.from_ns, m.to_ns);
		if (m.rec->kind == RP_KIND_LINK_EVENT && !r->src.recording)
			rp_fib_learn(&r->fib, m.rec);
		rp_story_add(&r->story, m.rec);
		rp_story_advance(&r->story, rp_stream_end_ns(m.rec));
	}
	if (i < RP_READING_ROUND && r->merge.ndry)
		rp_story_advance(&r->story, r->merge.limit_ns);
	r->idle = !i;
	if (r->progress.out && rp_progress_is_due(&r->progress, rp_util_now(CLOCK_MONOTONIC)))
		rp_reading_tell(r);
	return !rp_merge_ended(&r->merge);
}

void rp_reading_stop(struct rp_reading *r)
{
	uint64_t now = rp_util_now(CLOCK_MONOTONIC);
	size_t i;

	for (i = 0; i < r->src.nstreams; i++) {
		r->src.streams[i].follow = false;
		r->src.streams[i].until_ns = now;
	}
	while (rp_reading_step(r))
		;
}

void rp_reading_count(struct rp_reading *r)
{
	r->totals.outside = r->story.outside;
	r->totals.unknown = r->story.unknown;
	if (r->src.recording) {
		r->totals.missed = r->src.session.missed;
	} else {
		rp_source_read_probes(&r->src);
		r->totals.missed = rp_source_missed(&r->src) - r->missed_before;
	}
}

void rp_reading_drain(struct rp_reading *r)
{
	rp_progress_end(&r->progress);
	rp_story_advance(&r->story, UINT64_MAX);
	rp_fib_at(&r->fib, UINT64_MAX);
	rp_reading_count(r);
}

void rp_reading_finish(struct rp_reading *r)
{
	rp_reading_drain(r);
	rp_source_damaged_streams(&r->src);
}

void rp_reading_close(struct rp_reading *r)
{
	rp_story_exit(&r->story);
	rp_merge_exit(&r->merge);
	rp_fib_exit(&r->fib);
	rp_source_close(&r->src);
}
