// SPDX-License-Identifier: GPL-2.0
/* routeprobe hist: how long the probed functions took, by powers of two. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/buf.h"
#include "lib/util.h"
#include "source/hist.h"
#include "source/source.h"
#include "words/json.h"

#define RP_HIST_BAR		40

static void rp_hist_print_time(uint64_t ns)
{
	static const char * const units[] = { "ns", "us", "ms", "s " };
	unsigned int unit = 0;
	double number = ns;

	while (number >= 1000 && unit < RP_ARRAY_SIZE(units) - 1) {
		number /= 1000;
		unit++;
	}
	printf("%8.*f %s", unit ? 2 : 0, number, units[unit]);
}

static void rp_hist_print(const struct rp_hist *h)
{
	unsigned int n, bar;

	printf("%s: %llu calls\n", h->name, (unsigned long long)h->sum);
	for (n = h->first; h->most && n <= h->last; n++) {
		printf("  below ");
		rp_hist_print_time(1ULL << n);
		bar = (double)h->calls[n] / h->most * RP_HIST_BAR + 0.5;
		printf(" %12llu%s%.*s\n", (unsigned long long)h->calls[n], bar ? " " : "", bar,
		       "########################################");
	}
}

static void rp_hist_print_json(const struct rp_hist *h)
{
	struct rp_buf b = { 0 };
	unsigned int n;

	rp_json_open(&b, NULL, '{');
	rp_json_string(&b, "kind", "hist");
	rp_json_string(&b, "probe", h->name);
	rp_json_number(&b, "calls", h->sum);
	rp_json_open(&b, "buckets", '[');
	for (n = h->first; h->most && n <= h->last; n++) {
		if (!h->calls[n])
			continue;
		rp_json_open(&b, NULL, '{');
		rp_json_number(&b, "below_ns", 1ULL << n);
		rp_json_number(&b, "calls", h->calls[n]);
		rp_json_close(&b, '}');
	}
	rp_json_close(&b, ']');
	rp_json_close(&b, '}');
	rp_buf_char(&b, '\n');
	rp_buf_flush(&b, stdout);
	rp_buf_exit(&b);
}

/* Probes that have made no record are left out. */
static void rp_hist_show(struct rp_source *src, bool json)
{
	char *text = rp_util_read(src->dirfd, "hist", RP_HIST_TEXT_MAX);
	char *rest = text, *line;
	struct rp_hist h;

	if (!text) {
		rp_source_damage(src, "hist: %s", strerror(errno));
		return;
	}
	while ((line = rp_util_line(&rest))) {
		if (*line == '#')
			continue;
		if (!rp_hist_parse(&h, line))
			rp_source_damage(src, "hist: a line is no histogram");
		else if (h.sum && json)
			rp_hist_print_json(&h);
		else if (h.sum)
			rp_hist_print(&h);
	}
	free(text);
}

int rp_cmd_hist(const struct rp_options *o)
{
	struct rp_source src;
	int status;

	if (o->nwords) {
		rp_util_err("hist takes no \"%s\"", o->words[0]);
		return RP_EXIT_ERROR;
	}
	if (rp_source_open(&src, o->input ? o->input : o->dir, o->input))
		return RP_EXIT_ERROR;
	rp_hist_show(&src, o->json);
	status = src.damaged ? RP_EXIT_DAMAGED : RP_EXIT_OK;
	rp_source_close(&src);
	return status;
}
