// SPDX-License-Identifier: GPL-2.0
/* routeprobe watch: each decision soon after it was made. */
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/util.h"
#include "source/stop.h"
#include "story/pipeline.h"
#include "words/print.h"

int rp_cmd_watch(const struct rp_options *o)
{
	struct rp_print print;
	struct rp_wanted wanted = {
		.dir = o->dir, .follow = true,
		.all = o->all,
		.nwords = o->nwords, .words = o->words,
		.take = rp_print_take, .ctx = &print,
	};
	struct rp_reading r;
	int status;

	rp_stop_init();
	if (rp_reading_open(&r, &wanted))
		return RP_EXIT_ERROR;
	rp_print_init(&print, &r, o->details, o->json);
	if (rp_cmd_columns(&print, o)) {
		rp_reading_close(&r);
		return RP_EXIT_ERROR;
	}
	if (isatty(STDERR_FILENO))
		rp_util_warn("watching; interrupt to end");
	while (rp_reading_step(&r) && !rp_stop_signal()) {
		if (fflush(stdout))
			break;
		rp_stop_sleep(r.idle);
	}
	rp_reading_stop(&r);
	status = rp_print_finish(&print, &r);
	rp_reading_close(&r);
	return status;
}
