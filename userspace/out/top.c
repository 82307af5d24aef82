// SPDX-License-Identifier: GPL-2.0
/* The rows of routeprobe top, as lines or as JSON objects. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <routeprobe.h>

#include "count/top.h"
#include "lib/names.h"
#include "lib/wrap.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"

/* On narrower terminals what is counted has their place. */
#define RP_TOP_LAST_WIDTH	100
#define RP_TOP_OWNER_WIDTH	120

static const char *rp_top_owner_name(const struct rp_top_row *row)
{
	return row->owner ? strrchr(row->owner->key, '\t') + 1 : NULL;
}

static void rp_top_format_owner(struct rp_text *t, const struct rp_top_row *row)
{
	t->len = 0;
	if (!row->owner)
		rp_format_add(t, "-");
	else
		rp_format_add(t, "%s %llu%%", rp_top_owner_name(row),
			      (unsigned long long)(row->owner->hits * 100 / row->hits));
}

static void rp_top_columns(const struct rp_top *top, size_t width, const char *hits,
			   const char *failed, const char *last, const char *netns,
			   const char *owner, const char *words)
{
	struct rp_text line = { "", 0 };

	rp_format_add(&line, "%8s %8s ", hits, failed);
	if (!width || width >= RP_TOP_LAST_WIDTH)
		rp_format_add(&line, "%-15s ", last);
	rp_format_add(&line, "%-10s ", netns);
	if (!width || width >= RP_TOP_OWNER_WIDTH)
		rp_format_add(&line, "%-21s ", owner);
	if (width && line.len > width)
		line.len = width;
	rp_wrap_hang(top->print.out, line.len);
	fprintf(top->print.out, "%.*s%.*s\n", (int)line.len, line.text,
		width && !rp_wrap_width(top->print.out) ? (int)(width - line.len) : INT_MAX, words);
	rp_wrap_hang(top->print.out, 0);
}

static void rp_top_line(struct rp_top *top, const struct rp_top_row *row,
			size_t width)
{
	char hits[24] = "?", failed[24] = "-";
	const char *words = strchr(row->key, '\t') + 1;
	struct rp_text last = { "-", 1 }, netns = { "", 0 }, owner;

	rp_format_add(&netns, "%.*s", (int)(words - 1 - row->key), row->key);
	if (row->hits || !row->untold)
		snprintf(hits, sizeof(hits), "%llu", (unsigned long long)row->hits);
	if (row->hits) {
		snprintf(failed, sizeof(failed), "%llu", (unsigned long long)row->failed);
		rp_clock_format(&last, &top->print.clock, row->last_ns);
	} else if (!row->untold) {
		last.len = 0;
		rp_format_add(&last, "never");
	}
	rp_top_format_owner(&owner, row);
	rp_top_columns(top, width, hits, failed, last.text, netns.text, owner.text, words);
}

static void rp_top_json(struct rp_top *top, const struct rp_top_row *row)
{
	struct rp_print *p = &top->print;
	const char *owner = rp_top_owner_name(row);
	struct rp_buf *b = rp_json_begin(p);
	struct rp_name name;

	rp_json_string(b, "kind", "top");
	rp_json_string(b, "by", top->by->name);
	if (row->hits || !row->untold)
		rp_json_number(b, "hits", row->hits);
	if (row->hits) {
		rp_json_number(b, "failed", row->failed);
		rp_json_number(b, "time_ns", row->last_ns);
		rp_json_number(b, "realtime_ns",
			       rp_session_realtime(&p->src->session, row->last_ns));
	}
	if (owner) {
		if (row->owner->context == RP_CONTEXT_TASK)
			rp_json_string(b, "comm", owner);
		else
			rp_json_string(b, "context",
				       rp_names_context(row->owner->context, &name));
		rp_json_number(b, "owned", row->owner->hits);
	}
	if (row->json)
		rp_json_add(b, row->json);
	else
		rp_json_bool(b, "others", true);
	rp_json_end(p);
}

static void rp_top_show(struct rp_top *top, const struct rp_top_row *row, size_t width)
{
	if (top->print.json)
		rp_top_json(top, row);
	else
		rp_top_line(top, row, width);
}

void rp_print_top(struct rp_top *top, size_t width)
{
	struct rp_top_row **rows;
	size_t count, i;

	rows = rp_top_sorted(top, &count);
	if (!top->print.json)
		rp_top_columns(top, width, "HITS", "FAILED", "LAST", "NETNS", "OWNER",
			       top->by->title);
	for (i = 0; i < count && i < top->limit; i++)
		rp_top_show(top, rows[i], width);
	if (top->others.hits)
		rp_top_show(top, &top->others, width);
	free(rows);
}
