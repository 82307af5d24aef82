// SPDX-License-Identifier: GPL-2.0
/* routeprobe report: the stories of a recording, or of the buffer. */
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/extract.h"
#include "lib/replace.h"
#include "lib/util.h"
#include "out/chrome.h"
#include "source/stop.h"
#include "story/decision.h"
#include "story/pipeline.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/memory.h"
#include "why/why.h"
#include "words/print.h"

/* With details the rules that were passed over are told, which takes what there was. */
struct rp_report {
	struct rp_reading reading;
	struct rp_memory memory;
	struct rp_print print;
};

static void rp_report_see(void *ctx, const struct rp_decision *d)
{
	struct rp_report *report = ctx;

	rp_memory_see(&report->memory, d);
}

static bool rp_report_take(void *ctx, const struct rp_decision *d)
{
	struct rp_report *report = ctx;
	struct rp_print *p = &report->print;
	struct rp_passed_over passed;
	struct rp_search s;

	if (d->flow) {
		rp_search_init(&s, &report->memory.history, &report->reading.fib, d, NULL);
		rp_passed_over_find(&passed, &s);
		p->passed = &passed;
	}
	rp_print_decision(p, d);
	p->passed = NULL;
	return true;
}

static int rp_report_open(struct rp_report *report, struct rp_wanted *wanted, bool details)
{
	if (!details)
		return rp_reading_open(&report->reading, wanted);
	wanted->see = rp_report_see;
	wanted->take = rp_report_take;
	wanted->ctx = report;
	return rp_memory_open(&report->memory, &report->reading, wanted);
}

int rp_cmd_columns(struct rp_print *p, const struct rp_options *o)
{
	struct winsize size = { .ws_col = 0 };

	p->color = o->color;
	if (o->time && rp_clock_choose(&p->clock, o->time))
		return -1;
	if (o->columns && rp_print_choose(p, o->columns))
		return -1;
	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		rp_print_fit(p, size.ws_col);
	return 0;
}

/* What a trace is made of is what why knows: causes too. */
static int rp_report_trace(struct rp_why *why, const char *path)
{
	struct rp_chrome chrome;
	struct rp_replace file;
	int status;

	if (rp_replace_open(&file, path))
		return RP_EXIT_ERROR;
	rp_chrome_begin(&chrome, why, file.out);
	why->watch = (struct rp_why_watch) {
		.story = rp_chrome_story, .failed = rp_chrome_failure, .ctx = &chrome,
	};
	while (rp_reading_step(&why->reading) && !rp_stop_signal() && !ferror(file.out))
		;
	if (rp_stop_signal()) {
		rp_replace_abort(&file);
		rp_chrome_end(&chrome);
		rp_util_err("interrupted: %s was not written", path);
		return RP_EXIT_ERROR;
	}
	rp_reading_drain(&why->reading);
	rp_chrome_finish(&chrome);
	rp_chrome_end(&chrome);
	status = rp_replace_commit(&file) ? RP_EXIT_DAMAGED : RP_EXIT_OK;
	return status ? status : rp_print_finish(&why->print, &why->reading);
}

static int rp_report_chrome(const struct rp_options *o, struct rp_wanted *wanted)
{
	struct rp_why why;
	int status;

	if (o->json || o->columns || o->output) {
		rp_util_err("a trace has a form of its own: --chrome and -%c do not go together",
			    o->json ? 'j' : 'o');
		return RP_EXIT_ERROR;
	}
	rp_stop_init();
	if (rp_why_open(&why, wanted, false, false))
		return RP_EXIT_ERROR;
	status = rp_report_trace(&why, o->chrome);
	rp_why_close(&why);
	return status;
}

int rp_cmd_report(const struct rp_options *o)
{
	struct rp_report report;
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.all = o->all,
		.nwords = o->nwords, .words = o->words,
		.take = rp_print_take, .ctx = &report.print,
	};
	int status;

	if (o->chrome)
		return rp_report_chrome(o, &wanted);
	if (o->output)
		return rp_extract(o);
	if (rp_report_open(&report, &wanted, o->details))
		return RP_EXIT_ERROR;
	rp_print_init(&report.print, &report.reading, o->details, o->json);
	if (rp_cmd_columns(&report.print, o)) {
		if (o->details)
			rp_memory_close(&report.memory);
		rp_reading_close(&report.reading);
		return RP_EXIT_ERROR;
	}
	while (rp_reading_step(&report.reading) && !ferror(stdout))
		;
	status = rp_print_finish(&report.print, &report.reading);
	if (o->details)
		rp_memory_close(&report.memory);
	rp_reading_close(&report.reading);
	return status;
}
