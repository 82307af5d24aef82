// SPDX-License-Identifier: GPL-2.0
/* routeprobe report: the stories of a recording, or of the buffer. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "lib/util.h"
#include "story/pipeline.h"

int rp_cmd_report(const struct rp_options *o)
{
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.details = o->details, .json = o->json, .all = o->all,
		.nwords = o->nwords, .words = o->words,
	};
	struct rp_reading r;
	int status;

	if (rp_reading_open(&r, &wanted))
		return RP_EXIT_ERROR;
	while (rp_reading_step(&r) && !ferror(stdout))
		;
	status = rp_reading_finish(&r);
	rp_reading_close(&r);
	return status;
}
