// SPDX-License-Identifier: GPL-2.0
/* routeprobe dump: what the buffer holds now as a recording. */
#include "cmd/cmd.h"
#include "cmd/recorder.h"
#include "lib/util.h"

int rp_cmd_dump(const struct rp_options *o)
{
	char name[64];

	if (o->nwords > 1) {
		rp_util_err("dump takes one directory, not \"%s\" as well", o->words[1]);
		return RP_EXIT_ERROR;
	}
	rp_recorder_name(name, sizeof(name));
	return rp_recorder_dump(o->dir, o->nwords ? o->words[0] : name, o->json ?
				RP_DUMP_JSON : o->nwords ? RP_DUMP_SILENT : RP_DUMP_NAMED);
}
