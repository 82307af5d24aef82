// SPDX-License-Identifier: GPL-2.0
/* routeprobe report: the stories of a recording, or of the buffer. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/extract.h"
#include "cmd/hint.h"
#include "lib/replace.h"
#include "lib/util.h"
#include "out/chrome.h"
#include "out/pcapng.h"
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
	p->color = o->color;
	if (o->time && rp_clock_choose(&p->clock, o->time))
		return -1;
	if (o->columns && rp_hint_columns(o->columns))
		return rp_util_err("\"%s\" is no column: %s", o->columns,
				   rp_hint_columns(o->columns));
	if (o->columns && rp_print_choose(p, o->columns))
		return -1;
	rp_print_fit(p, p->width);
	return 0;
}

/* Forms of other programs, made of what why knows: causes too */
struct rp_report_form {
	const char *option;
	void (*begin)(void *form, struct rp_why *why, FILE *out);
	void (*finish)(void *form);
	void (*end)(void *form);
	void (*story)(void *form, const struct rp_decision *d);
	void (*failed)(void *form, const struct rp_why_group *group,
		       const struct rp_decision *d);
};

static const struct rp_report_form rp_report_chrome = {
	"chrome", rp_chrome_begin, rp_chrome_finish, rp_chrome_end,
	rp_chrome_story, rp_chrome_failure,
};

static const struct rp_report_form rp_report_pcapng = {
	"pcapng", rp_pcapng_begin, rp_pcapng_finish, rp_pcapng_end,
	rp_pcapng_story, rp_pcapng_failure,
};

static int rp_report_write(const struct rp_report_form *form, struct rp_why *why,
			   const char *path)
{
	union {
		struct rp_chrome chrome;
		struct rp_pcapng pcapng;
	} state;
	struct rp_replace file;
	int status;

	if (rp_replace_open(&file, path))
		return RP_EXIT_ERROR;
	form->begin(&state, why, file.out);
	why->watch = (struct rp_why_watch) {
		.story = form->story, .failed = form->failed, .ctx = &state,
	};
	while (rp_reading_step(&why->reading) && !rp_stop_signal() && !ferror(file.out))
		;
	if (rp_stop_signal()) {
		rp_replace_abort(&file);
		form->end(&state);
		rp_util_err("interrupted: %s was not written", path);
		return RP_EXIT_ERROR;
	}
	rp_reading_drain(&why->reading);
	form->finish(&state);
	form->end(&state);
	status = rp_replace_commit(&file) ? RP_EXIT_DAMAGED : RP_EXIT_OK;
	return status ? status : rp_print_finish(&why->print, &why->reading);
}

static int rp_report_form(const struct rp_options *o, struct rp_wanted *wanted)
{
	const struct rp_report_form *form = o->chrome ? &rp_report_chrome : &rp_report_pcapng;
	struct rp_why why;
	int status;

	if (o->json || o->columns || o->output || (o->chrome && o->pcapng)) {
		rp_util_err("--%s and %s do not go together", form->option,
			    o->json ? "-j" : o->columns || o->output ? "-o" : "--pcapng");
		return RP_EXIT_ERROR;
	}
	rp_stop_init();
	if (rp_why_open(&why, wanted, false, false))
		return RP_EXIT_ERROR;
	status = rp_report_write(form, &why, o->chrome ? o->chrome : o->pcapng);
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

	if (o->chrome || o->pcapng)
		return rp_report_form(o, &wanted);
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
