// SPDX-License-Identifier: GPL-2.0
/* routeprobe watch: each decision soon after it was made. */
#include "cmd/cmd.h"
#include "lib/util.h"
#include "source/stop.h"
#include "story/pipeline.h"

int rp_cmd_watch(const struct rp_options *o)
{
	struct rp_wanted wanted = {
		.dir = o->dir, .follow = true,
		.details = o->details, .json = o->json, .all = o->all,
		.nwords = o->nwords, .words = o->words,
	};
	struct rp_reading r;
	int status;

	rp_stop_init();
	if (rp_reading_open(&r, &wanted))
		return RP_EXIT_ERROR;
	while (rp_reading_step(&r) && !rp_stop_signal()) {
		if (fflush(stdout))
			break;
		rp_stop_sleep(r.idle);
	}
	rp_reading_stop(&r);
	status = rp_reading_finish(&r);
	rp_reading_close(&r);
	return status;
}
