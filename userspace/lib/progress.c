// SPDX-License-Identifier: GPL-2.0
/* What takes long says how far it is, on a terminal. */
#include <time.h>
#include <unistd.h>

#include "lib/progress.h"
#include "lib/util.h"

#define RP_PROGRESS_AFTER_NS	RP_NSEC_PER_SEC
#define RP_PROGRESS_EVERY_NS	(RP_NSEC_PER_SEC / 5)
#define RP_PROGRESS_CLEAR	"\r\033[K"

void rp_progress_init(struct rp_progress *p, bool wanted)
{
	*p = (struct rp_progress) { .start_ns = rp_util_now(CLOCK_MONOTONIC) };
	if (wanted && isatty(STDERR_FILENO))
		p->out = stderr;
}

bool rp_progress_is_due(struct rp_progress *p, int64_t now_ns)
{
	if (!p->out || now_ns - p->start_ns < RP_PROGRESS_AFTER_NS ||
	    now_ns - p->last_ns < RP_PROGRESS_EVERY_NS)
		return false;
	p->last_ns = now_ns;
	return true;
}

void rp_progress_show(struct rp_progress *p, uint64_t done, uint64_t total)
{
	if (total)
		fprintf(p->out, RP_PROGRESS_CLEAR "%u %%", (unsigned int)(100.0 * done / total));
	else
		fprintf(p->out, RP_PROGRESS_CLEAR "%llu records", (unsigned long long)done);
	fflush(p->out);
	p->shown = true;
}

void rp_progress_end(struct rp_progress *p)
{
	if (p->shown) {
		fputs(RP_PROGRESS_CLEAR, p->out);
		fflush(p->out);
	}
	p->shown = false;
	p->out = NULL;
}
