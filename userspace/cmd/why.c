// SPDX-License-Identifier: GPL-2.0
/* routeprobe why: each failure, where it came from, and which change caused it. */
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <routeprobe.h>

#include "cmd/cmd.h"
#include "lib/names.h"
#include "lib/replace.h"
#include "lib/util.h"
#include "out/journal.h"
#include "out/metrics.h"
#include "out/picture.h"
#include "out/taken.h"
#include "source/stop.h"
#include "why/why.h"
#include "words/format.h"

/* What follows a failure, as the ICMP error it led to, is to be in its line. */
#define RP_WHY_SETTLE_NS	RP_NSEC_PER_SEC

/* Lines that are kept, to count more of the same */
#define RP_WHY_FOLLOWED		8192

/* What is not recorded cannot be told of. */
static void rp_why_unarmed(const struct rp_source *src)
{
	static const unsigned int kinds[] = {
		RP_KIND_OUTPUT, RP_KIND_OUTPUT_FLOW, RP_KIND_LOOKUP, RP_KIND_INPUT,
		RP_KIND_EVENT, RP_KIND_RULE_EVENT, RP_KIND_ADDR_EVENT, RP_KIND_LINK_EVENT,
		RP_KIND_SYSCTL_EVENT, RP_KIND_ICMP_IN, RP_KIND_ICMP_OUT, RP_KIND_LINK_FAILURE,
		RP_KIND_NETFILTER, RP_KIND_REROUTE,
	};
	struct rp_text list = { "", 0 };
	struct rp_name name;
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(kinds); i++)
		if (!rp_source_armed_of(src, kinds[i], AF_INET))
			rp_format_add(&list, "%s %s", list.len ? "," : "",
				      rp_names_kind(kinds[i], &name));
	if (list.len)
		rp_util_warn("no probe is armed for%s: what these would tell is not known",
			     list.text);
}

/* So that months of failures take no more memory than an hour of them */
static void rp_why_turn_over(struct rp_why *why)
{
	if (why->groups.count < RP_WHY_FOLLOWED)
		return;
	rp_print_why(why, UINT64_MAX, true);
	rp_why_forget(why);
}

static int rp_why_follow(struct rp_why *why, struct rp_metrics *metrics)
{
	int status = 0;
	uint64_t now;

	if (isatty(STDERR_FILENO))
		rp_util_warn("watching; interrupt to end");
	while (rp_reading_step(&why->reading) && !rp_stop_signal()) {
		now = rp_util_now(CLOCK_MONOTONIC);
		rp_print_why(why, now - RP_WHY_SETTLE_NS, false);
		rp_why_turn_over(why);
		if (metrics)
			status = rp_metrics_write(metrics, now);
		if (status || fflush(stdout))
			break;
		rp_stop_sleep(why->reading.idle);
	}
	rp_reading_stop(&why->reading);
	return status;
}

static int rp_why_run(struct rp_why *why, bool follow, struct rp_metrics *metrics)
{
	bool one = why->reading.filter.words.given & 1U << RP_WORD_TO && !follow;
	int failed = 0, status;
	struct rp_taken taken;

	rp_taken_init(&taken, why);
	if (one) {
		rp_print_fit(&why->print, why->print.width);
		why->watch.worked = rp_taken_add;
		why->watch.ctx = &taken;
	}
	rp_why_unarmed(&why->reading.src);
	if (follow)
		failed = rp_why_follow(why, metrics);
	while (rp_reading_step(&why->reading))
		;
	rp_reading_drain(&why->reading);
	rp_print_why(why, UINT64_MAX, true);
	if (one && !why->groups.count)
		rp_print_taken(&taken);
	rp_taken_exit(&taken);
	rp_print_why_end(why);
	if (metrics && !failed) {
		metrics->written_ns = 0;
		failed = rp_metrics_write(metrics, rp_util_now(CLOCK_MONOTONIC));
	}
	status = rp_print_finish(&why->print, &why->reading);
	return failed ? RP_EXIT_DAMAGED : status;
}

static int rp_why_measure(struct rp_why *why, const char *path)
{
	struct rp_metrics metrics;
	int status;

	rp_metrics_init(&metrics, why, path);
	why->watch.failed = rp_metrics_failure;
	why->watch.ctx = &metrics;
	status = rp_why_run(why, true, &metrics);
	rp_metrics_exit(&metrics);
	return status;
}

static void rp_why_paint(void *ctx, const struct rp_decision *d)
{
	rp_picture_add(ctx, d);
}

/* The page instead of lines */
static int rp_why_draw(struct rp_why *why, const char *path)
{
	struct rp_picture pic;
	struct rp_replace file;
	int status;

	rp_picture_init(&pic, &why->reading.fib);
	why->watch.worked = rp_why_paint;
	why->watch.ctx = &pic;
	rp_why_unarmed(&why->reading.src);
	while (rp_reading_step(&why->reading))
		;
	rp_reading_drain(&why->reading);
	status = rp_replace_open(&file, path);
	if (!status) {
		rp_print_html(why, &pic, file.out);
		status = rp_replace_commit(&file);
	}
	rp_picture_exit(&pic);
	if (status)
		return RP_EXIT_DAMAGED;
	return rp_print_finish(&why->print, &why->reading);
}

/* What does not go together, and a file that could not be written in the end */
static int rp_why_check(const struct rp_options *o)
{
	if (o->follow && o->input)
		return rp_util_err("a recording does not grow: -f and -i do not go together");
	if (o->html && (o->follow || o->json))
		return rp_util_err("a page is one thing at the end: --html and -%c do not go together",
				   o->follow ? 'f' : 'j');
	if (o->journal && (!o->follow || o->json))
		return rp_util_err(o->json ? "--journal and -j do not go together" :
				   "--journal goes with -f: it is for what happens from now on");
	if (o->metrics && !o->follow)
		return rp_util_err("--metrics goes with -f: what is counted once does not grow");
	if (o->html && rp_replace_try(o->html))
		return -1;
	return o->metrics ? rp_replace_try(o->metrics) : 0;
}

int rp_cmd_why(const struct rp_options *o)
{
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.follow = o->follow, .held = true, .late = true,
		.nwords = o->nwords, .words = o->words,
	};
	struct rp_journal journal;
	struct rp_why why;
	int status;

	if (o->moved)
		return rp_cmd_moved(o);
	if (rp_why_check(o))
		return RP_EXIT_ERROR;
	if (o->follow)
		rp_stop_init();
	if (o->journal && rp_journal_open(&journal, RP_JOURNAL_SOCKET))
		return RP_EXIT_ERROR;
	if (rp_why_open(&why, &wanted, o->details, o->json)) {
		if (o->journal)
			rp_journal_close(&journal);
		return RP_EXIT_ERROR;
	}
	if (o->journal)
		why.journal = &journal;
	if (o->time && rp_clock_choose(&why.print.clock, o->time))
		status = RP_EXIT_ERROR;
	else if (o->html)
		status = rp_why_draw(&why, o->html);
	else if (o->metrics)
		status = rp_why_measure(&why, o->metrics);
	else
		status = rp_why_run(&why, o->follow, NULL);
	if (o->journal)
		rp_journal_close(&journal);
	rp_why_close(&why);
	return status;
}
