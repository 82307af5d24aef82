/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_PIPELINE_H
#define RP_STORY_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "fib/config.h"
#include "fib/names.h"
#include "lib/progress.h"
#include "source/source.h"
#include "story/filter.h"
#include "story/merge.h"
#include "story/story.h"

/* What a reading came to */
struct rp_totals {
	uint64_t decisions, incomplete, shown, outside, unknown, missed;
};

/* The whole way from a directory to decisions. */
struct rp_reading {
	struct rp_source src;
	struct rp_fib fib;
	struct rp_filter filter;
	struct rp_merge merge;
	struct rp_story story;
	struct rp_totals totals;
	uint64_t missed_before;
	bool idle;		/* the last step found nothing */
	struct rp_progress progress;
	uint64_t room;		/* bytes of a recording to read, in the beginning */
	bool (*take)(void *ctx, const struct rp_decision *d);
	void (*see)(void *ctx, const struct rp_decision *d);
	void *ctx;
};

/* What was asked for on the command line */
struct rp_wanted {
	const char *dir;
	bool recording;
	bool follow;		/* from now on */
	bool held;		/* but first what the buffer holds */
	bool late;		/* nothing is printed before the end */
	bool all;		/* also what is part of no decision */
	int nwords;
	char *const *words;
	/* Takes each decision that passed the filter; true if it counts as shown. */
	bool (*take)(void *ctx, const struct rp_decision *d);
	/* Sees each before the filter does, or NULL */
	void (*see)(void *ctx, const struct rp_decision *d);
	void *ctx;
};

int rp_reading_open(struct rp_reading *r, const struct rp_wanted *w);
/* Hands on what is certain; true while there may be more. */
bool rp_reading_step(struct rp_reading *r);
/* What there is now is the last. */
void rp_reading_stop(struct rp_reading *r);
/* The totals up to now */
void rp_reading_count(struct rp_reading *r);
/* Hands on the rest; nothing comes after it. */
void rp_reading_drain(struct rp_reading *r);
/* The same, and names what could not be read. */
void rp_reading_finish(struct rp_reading *r);
/*
 * Shows @v what is configured, or was when recording began; with @end, or ended.  Is that
 * all that there is?
 */
bool rp_reading_configured(struct rp_reading *r, const struct rp_fib_visitor *v, bool end);
/* Only the rules and devices that there were when recording ended; of a live source none */
void rp_reading_late(struct rp_reading *r, const struct rp_fib_visitor *v);
void rp_reading_close(struct rp_reading *r);

#endif
