// SPDX-License-Identifier: GPL-2.0
/* routeprobe top: which routes, rules, ... are used, how often, and by whom. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <routeprobe.h>

#include "cmd/cmd.h"
#include "count/top.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "source/stop.h"

#define RP_TOP_REFRESH_NS	RP_NSEC_PER_SEC
#define RP_TOP_CLEAR		"\033[H\033[J"
#define RP_TOP_SMALL		24	/* lines of a terminal that does not say */
#define RP_TOP_OTHER_LINES	4	/* totals, perhaps on two; header; cursor */

/* What is not recorded at all would look as if it had never been. */
static void rp_top_unarmed(const struct rp_top *top)
{
	const struct rp_source *src = &top->reading.src;

	if (!rp_source_armed(src, RP_KIND_OUTPUT))
		rp_util_warn("no probe for output is armed: what is sent is not counted");
	if (!rp_source_armed(src, RP_KIND_INPUT))
		rp_util_warn("no probe for input is armed: what is received is not counted");
	if (top->by->rules && !rp_source_armed(src, RP_KIND_RULE) &&
	    !rp_source_armed(src, RP_KIND_RULES))
		rp_util_warn("no probe for rules is armed: none is counted");
}

/* A new picture in place of the old one, as large as the terminal */
static void rp_top_refresh(struct rp_top *top)
{
	struct winsize size = { .ws_row = 0 };
	uint64_t limit = top->limit, room;
	FILE *out = top->print.out;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		size.ws_row = RP_TOP_SMALL;
	room = size.ws_row > RP_TOP_OTHER_LINES ? size.ws_row - RP_TOP_OTHER_LINES : 1;
	if (top->limit > room)
		top->limit = room;
	fputs(RP_TOP_CLEAR, stdout);
	rp_reading_count(&top->reading);
	rp_print_text_end(&top->print, &top->reading.totals, stdout);
	/* Here lines are cut: each has its place in the picture. */
	top->print.out = stdout;
	rp_print_top(top, size.ws_col);
	top->print.out = out;
	top->limit = limit;
}

static void rp_top_follow(struct rp_top *top)
{
	bool refresh = isatty(STDOUT_FILENO) && !top->print.json;
	int64_t now, last = 0;

	while (rp_reading_step(&top->reading) && !rp_stop_signal()) {
		now = rp_util_now(CLOCK_MONOTONIC);
		if (refresh && now - last >= RP_TOP_REFRESH_NS) {
			rp_top_refresh(top);
			last = now;
		}
		if (fflush(stdout))
			break;
		rp_stop_sleep(top->reading.idle);
	}
	rp_reading_stop(&top->reading);
	if (refresh)
		fputs(RP_TOP_CLEAR, stdout);
}

static int rp_top_run(struct rp_top *top, bool follow)
{
	rp_top_unarmed(top);
	if (follow) {
		rp_top_configured(top);
		rp_top_follow(top);
	}
	while (rp_reading_step(&top->reading))
		;
	rp_reading_drain(&top->reading);
	rp_top_configured(top);
	rp_print_top(top, top->print.width);
	if (top->rows.count > top->limit)
		fprintf(rp_wrap(stderr), "%llu of %zu rows shown\n",
			(unsigned long long)top->limit, top->rows.count);
	return rp_print_finish(&top->print, &top->reading);
}

int rp_cmd_top_words(const char *begun)
{
	const char *name;
	unsigned int i;

	for (i = 0; (name = rp_top_by_name(i)); i++)
		if (!strncmp(name, begun, strlen(begun)))
			puts(name);
	return RP_EXIT_OK;
}

int rp_cmd_top(const struct rp_options *o)
{
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.follow = o->follow, .held = true, .late = true,
		.nwords = o->nwords, .words = o->words,
	};
	const struct rp_top_by *by = rp_top_by(o->by ? o->by : "route");
	uint64_t limit = UINT64_MAX;
	struct rp_top top;
	int status;

	if (!by)
		return RP_EXIT_ERROR;
	if (o->rows && !rp_util_u64(o->rows, UINT32_MAX, &limit)) {
		rp_util_err("\"%s\" is no number of rows", o->rows);
		return RP_EXIT_ERROR;
	}
	if (o->follow && o->input) {
		rp_util_err("a recording does not grow: -f and -i do not go together");
		return RP_EXIT_ERROR;
	}
	if (o->follow)
		rp_stop_init();
	if (rp_top_open(&top, &wanted, by, o->json))
		return RP_EXIT_ERROR;
	top.all = o->all;
	top.limit = limit;
	status = rp_top_run(&top, o->follow);
	rp_top_close(&top);
	return status;
}
