// SPDX-License-Identifier: GPL-2.0
/* routeprobe why moved: flows that were answered otherwise, and which change did it. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/util.h"
#include "source/stop.h"
#include "why/moved.h"
#include "words/clock.h"

/* The change that came before it may be read later. */
#define RP_MOVED_SETTLE_NS	RP_NSEC_PER_SEC

static void rp_moved_follow(struct rp_moved *moved)
{
	uint64_t now;

	if (isatty(STDERR_FILENO))
		rp_util_warn("watching; interrupt to end");
	while (rp_reading_step(&moved->reading) && !rp_stop_signal()) {
		now = rp_util_now(CLOCK_MONOTONIC);
		rp_print_moved(moved, now - RP_MOVED_SETTLE_NS, false);
		if (fflush(stdout))
			break;
		rp_stop_sleep(moved->reading.idle);
	}
	rp_reading_stop(&moved->reading);
}

static int rp_moved_run(struct rp_moved *moved, bool follow)
{
	if (follow)
		rp_moved_follow(moved);
	while (rp_reading_step(&moved->reading))
		;
	rp_reading_drain(&moved->reading);
	rp_print_moved(moved, UINT64_MAX, true);
	rp_print_moved_end(moved);
	return rp_print_finish(&moved->print, &moved->reading);
}

int rp_cmd_moved(const struct rp_options *o)
{
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.follow = o->follow, .held = true, .late = true,
		.nwords = o->nwords, .words = o->words,
	};
	struct rp_moved moved;
	int status;

	if (o->html || o->journal || o->metrics)
		return rp_util_err("--%s shows failures: it does not go with moved",
				   o->html ? "html" : o->journal ? "journal" : "metrics"),
		       RP_EXIT_ERROR;
	if (o->follow && o->input)
		return rp_util_err("a recording does not grow: -f and -i do not go together"),
		       RP_EXIT_ERROR;
	if (o->follow)
		rp_stop_init();
	if (rp_moved_open(&moved, &wanted, o->details, o->json))
		return RP_EXIT_ERROR;
	if (o->time && rp_clock_choose(&moved.print.clock, o->time))
		status = RP_EXIT_ERROR;
	else
		status = rp_moved_run(&moved, o->follow);
	rp_moved_close(&moved);
	return status;
}
