// SPDX-License-Identifier: GPL-2.0
/* How long the probed functions took, by powers of two. */
#include <string.h>

#include "lib/util.h"
#include "source/hist.h"

/* "BELOW:CALLS", where BELOW is a power of two */
static bool rp_hist_add(struct rp_hist *h, char *word)
{
	char *colon = strchr(word, ':');
	uint64_t below, calls;
	unsigned int n;

	if (!colon)
		return false;
	*colon = '\0';
	if (!rp_util_u64(word, UINT64_MAX, &below) || !below || below & (below - 1) ||
	    !rp_util_u64(colon + 1, UINT64_MAX, &calls))
		return false;
	n = __builtin_ctzll(below);
	h->sum += calls;
	/* Of what is only seen to begin no time is measured, and 0 recorded. */
	if (!n)
		return calls;
	if (!h->most)
		h->first = n;
	h->last = n;
	h->calls[n] = calls;
	if (calls > h->most)
		h->most = calls;
	return calls;
}

/* "ID\tNAME\t BELOW:CALLS BELOW:CALLS ..." */
bool rp_hist_parse(struct rp_hist *h, char *line)
{
	char *name, *word;

	memset(h, 0, sizeof(*h));
	strsep(&line, "\t");
	name = strsep(&line, "\t");
	if (!name || !line)
		return false;
	rp_util_clean(h->name, sizeof(h->name), name, SIZE_MAX);
	while ((word = strsep(&line, " ")))
		if (*word && !rp_hist_add(h, word))
			return false;
	return true;
}
