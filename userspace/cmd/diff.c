// SPDX-License-Identifier: GPL-2.0
/* routeprobe diff: flows that two recordings tell different things of. */
#include <routeprobe.h>

#include "cmd/cmd.h"
#include "count/diff.h"
#include "lib/names.h"
#include "lib/util.h"

/* Rules and tables that were not recorded on one side differ from any. */
static void rp_diff_unarmed(const struct rp_diff *diff)
{
	const struct rp_source *a = &diff->readings[0].src, *b = &diff->readings[1].src;
	struct rp_name name;
	unsigned int kind;

	for (kind = RP_KIND_LOOKUP; kind < __RP_KIND_MAX; kind++)
		if (rp_source_armed(a, kind) != rp_source_armed(b, kind))
			rp_util_warn("%s has no probe armed for kind %s: what differs may be that alone",
				     rp_source_armed(a, kind) ? b->dir : a->dir,
				     rp_names_kind(kind, &name));
}

static int rp_diff_run(struct rp_diff *diff, bool all)
{
	int status[2], i;

	rp_diff_unarmed(diff);
	rp_diff_read(diff);
	rp_print_diff(diff, all);
	for (i = 0; i < 2; i++)
		status[i] = rp_print_finish(&diff->prints[i], &diff->readings[i]);
	if (status[0] || status[1] || diff->left_out)
		return RP_DIFF_TROUBLE;
	return diff->different ? RP_DIFF_DIFFERENT : RP_DIFF_SAME;
}

int rp_cmd_diff(const struct rp_options *o)
{
	struct rp_wanted wanted = {
		.late = true,
		.nwords = o->nwords - 2, .words = o->words + 2,
	};
	struct rp_diff diff;
	int status;

	if (o->nwords < 2) {
		rp_util_err("diff needs two recordings: routeprobe diff A B");
		return RP_DIFF_TROUBLE;
	}
	if (rp_diff_open(&diff, &wanted, o->words, o->json))
		return RP_DIFF_TROUBLE;
	status = rp_diff_run(&diff, o->all);
	rp_diff_close(&diff);
	return status;
}
