// SPDX-License-Identifier: GPL-2.0
/* routeprobe report: the stories of a recording, or of the buffer. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/util.h"
#include "story/pipeline.h"
#include "words/print.h"

int rp_cmd_report(const struct rp_options *o)
{
	struct rp_print print;
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.all = o->all,
		.nwords = o->nwords, .words = o->words,
		.take = rp_print_take, .ctx = &print,
	};
	struct rp_reading r;
	int status;

	if (rp_reading_open(&r, &wanted))
		return RP_EXIT_ERROR;
	rp_print_init(&print, &r, o->details, o->json);
	while (rp_reading_step(&r) && !ferror(stdout))
		;
	status = rp_print_finish(&print, &r);
	rp_reading_close(&r);
	return status;
}
