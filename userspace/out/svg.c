// SPDX-License-Identifier: GPL-2.0
/* Draws a picture of failures as SVG. */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <routeprobe.h>

#include "lib/buf.h"
#include "lib/names.h"
#include "lib/util.h"
#include "out/markup.h"
#include "out/picture.h"
#include "out/why_words.h"
#include "source/source.h"
#include "why/why.h"
#include "words/clock.h"
#include "words/format.h"

#define RP_SVG_LEFT		204	/* of the first column */
#define RP_SVG_COLUMN		4
#define RP_SVG_WIDTH		(RP_SVG_LEFT + RP_PICTURE_COLUMNS * RP_SVG_COLUMN + 12)
#define RP_SVG_TOP		40	/* middle of the first lane */
#define RP_SVG_LANE		32
#define RP_SVG_TICKS		6	/* at most */
#define RP_SVG_LETTER		6	/* of a label, about */

/* It has to look right where there is no page around it, by day and by night. */
static const char rp_svg_style[] =
	"<style>\n"
	"svg{--ink:#1b1f24;--faint:#d0d7de;--bad:#c1121f;--cause:#6f42c1;--good:#1a7f37;\n"
	"--back:#fff;background:var(--back);font:12px system-ui,sans-serif}\n"
	"@media(prefers-color-scheme:dark){svg{--ink:#e6edf3;--faint:#3d444d;--bad:#ff6b6b;\n"
	"--cause:#b392f0;--good:#3fb950;--back:#0d1117}}\n"
	"text{fill:var(--ink)}.label{font-size:11px}.lane,.tick{stroke:var(--faint)}\n"
	".worked{fill:var(--good)}.more{stroke:var(--bad);stroke-width:3;opacity:.4}\n"
	".failure{fill:var(--bad);stroke:var(--back)}\n"
	".cause{fill:var(--cause);stroke:var(--back)}\n"
	".change{fill:var(--back);stroke:var(--cause)}\n"
	".arrow{fill:none;stroke:var(--cause);stroke-width:1.5}.head{fill:var(--cause)}\n"
	"a:focus{outline:none}a:focus .failure{stroke:var(--ink);stroke-width:3}\n"
	"</style>";

/* Where a lane has no label yet */
struct rp_svg_room {
	unsigned int lane, until;
};

static unsigned int rp_svg_x(unsigned int column)
{
	return RP_SVG_LEFT + column * RP_SVG_COLUMN + RP_SVG_COLUMN / 2;
}

static unsigned int rp_svg_y(unsigned int lane)
{
	return RP_SVG_TOP + lane * RP_SVG_LANE;
}

/* ---- time ---- */

/* 1, 2 or 5, with zeroes: as little as makes few ticks */
static uint64_t rp_svg_tick(uint64_t span_ns)
{
	static const unsigned int factors[] = { 1, 2, 5 };
	uint64_t ten = 1;
	unsigned int i;

	for (;; ten *= 10)
		for (i = 0; i < RP_ARRAY_SIZE(factors); i++)
			if (span_ns / (factors[i] * ten) <= RP_SVG_TICKS)
				return factors[i] * ten;
}

static void rp_svg_axis(const struct rp_picture *pic, struct rp_buf *b, unsigned int bottom)
{
	uint64_t span = pic->until_ns - pic->from_ns, tick = rp_svg_tick(span), at;
	const char *unit = tick >= RP_NSEC_PER_SEC ? "s" : tick >= 1000000 ? "ms" :
			   tick >= 1000 ? "us" : "ns";
	uint64_t each = *unit == 's' ? RP_NSEC_PER_SEC : *unit == 'm' ? 1000000 :
			*unit == 'u' ? 1000 : 1;
	unsigned int x;

	for (at = 0; at < span; at += tick) {
		x = rp_svg_x(at / rp_picture_column_ns(pic));
		rp_markup(b, "<line class=\"tick\" x1=\"%u\" x2=\"%u\" y1=\"20\" y2=\"%u\"/>\n"
			  "<text x=\"%u\" y=\"14\">+%llu %s</text>\n", x, x, bottom, x + 2,
			  (unsigned long long)(at / each), unit);
	}
}

/* ---- lanes ---- */

/* Neighbours that have something are drawn as one. */
static void rp_svg_worked(const struct rp_picture *pic, struct rp_buf *b, unsigned int lane)
{
	unsigned int column, begin = 0;
	uint64_t times, sum = 0;

	for (column = 0; column <= RP_PICTURE_COLUMNS; column++) {
		times = column < RP_PICTURE_COLUMNS ? rp_picture_worked(pic, lane, column) : 0;
		if (times && !sum)
			begin = column;
		if (!times && sum)
			rp_markup(b, "<rect class=\"worked\" x=\"%u\" y=\"%u\" width=\"%u\" height=\"4\"/>\n",
				  RP_SVG_LEFT + begin * RP_SVG_COLUMN, rp_svg_y(lane) + 7,
				  (column - begin) * RP_SVG_COLUMN - 1);
		sum = times ? sum + times : 0;
	}
}

static void rp_svg_lanes(struct rp_picture *pic, struct rp_why *why, struct rp_buf *b)
{
	static const char *const names[] = { "changes", "input", "output" };
	const struct rp_picture_netns *its;
	struct rp_text netns;
	unsigned int lane, y;

	for (lane = 0; lane < pic->nnetns * RP_PICTURE_LANES; lane++) {
		y = rp_svg_y(lane);
		its = &pic->netns[lane / RP_PICTURE_LANES];
		rp_fib_at(&why->reading.fib,
			  its->until_ns == UINT64_MAX ? UINT64_MAX : its->until_ns - 1);
		rp_format_netns(&netns, &why->reading.fib, its->inode);
		if (netns.len > 16)
			netns.text[netns.len = 16] = '\0';
		rp_markup(b, "<text x=\"8\" y=\"%u\">%s %s</text>\n"
			  "<line class=\"lane\" x1=\"%u\" x2=\"%u\" y1=\"%u\" y2=\"%u\"/>\n",
			  y + 4, netns.text, names[lane % RP_PICTURE_LANES], RP_SVG_LEFT,
			  RP_SVG_WIDTH - 12, y, y);
		rp_svg_worked(pic, b, lane);
	}
}

/* ---- marks and arrows ---- */

static void rp_svg_arrows(struct rp_picture *pic, struct rp_why *why, struct rp_buf *b)
{
	struct rp_picture_arrow **arrows = rp_tally_sorted(&pic->arrows), *arrow;
	unsigned int from_x, from_y, to_x, to_y, middle;
	char summary[RP_WHY_SUMMARY_LEN];
	size_t i;

	for (i = 0; i < pic->arrows.count; i++) {
		arrow = arrows[i];
		from_x = rp_svg_x(arrow->from_column);
		from_y = rp_svg_y(arrow->from_lane);
		to_x = rp_svg_x(arrow->to_column);
		to_y = rp_svg_y(arrow->to_lane);
		to_y = to_y > from_y ? to_y - 6 : to_y + 6;
		middle = (from_y + to_y) / 2;
		rp_why_format_summary(summary, why, arrow->group);
		rp_markup(b, "<path class=\"arrow\" marker-end=\"url(#head)\" d=\"M%u %uC%u %u %u %u %u %u\">\n"
			  "<title>%llu time%s: %s</title></path>\n",
			  from_x, from_y, from_x, middle, to_x, middle, to_x, to_y,
			  (unsigned long long)arrow->count, arrow->count == 1 ? "" : "s",
			  summary);
	}
	free(arrows);
}

/* What a cause is stands above it, where nothing else does. */
static void rp_svg_label(struct rp_buf *b, const struct rp_picture_mark *mark, const char *text,
			 struct rp_svg_room *room)
{
	unsigned int width = strlen(text) * RP_SVG_LETTER, x = rp_svg_x(mark->column);

	if (room->lane != mark->lane)
		*room = (struct rp_svg_room) { mark->lane, RP_SVG_LEFT };
	if (x + width > RP_SVG_WIDTH)
		x = width < RP_SVG_WIDTH ? RP_SVG_WIDTH - width : 0;
	if (x < room->until)
		return;
	room->until = x + width + RP_SVG_LETTER;
	rp_markup(b, "<text class=\"label\" x=\"%u\" y=\"%u\">%s</text>\n",
		  x, rp_svg_y(mark->lane) - 12, text);
}

static void rp_svg_change(struct rp_why *why, struct rp_buf *b,
			  const struct rp_picture_mark *mark, struct rp_svg_room *room)
{
	struct rp_node node = { .rec = mark->past->root };
	bool cause = mark->shape == RP_PICTURE_CAUSE;
	struct rp_text change, owner, time;
	struct rp_decision d;

	TAILQ_INIT(&node.inner);
	rp_decision_make(&d, &node);
	rp_fib_at(&why->reading.fib, node.rec.time_ns);
	rp_format_change(&change, &why->reading.fib, &d);
	rp_format_owner(&owner, &node.rec);
	rp_clock_time(&time, rp_session_realtime(&why->reading.src.session, node.rec.time_ns));
	rp_markup(b, "<path class=\"%s\" d=\"M%u %ul%u %u-%u %u-%u-%uz\"><title>%s %s by %s",
		  cause ? "cause" : "change", rp_svg_x(mark->column),
		  rp_svg_y(mark->lane) - (cause ? 7 : 5), cause ? 7 : 5, cause ? 7 : 5,
		  cause ? 7 : 5, cause ? 7 : 5, cause ? 7 : 5, cause ? 7 : 5, time.text,
		  change.text, owner.text);
	if (cause)
		rp_markup(b, ": %llu failure%s came of it",
			  (unsigned long long)mark->count, mark->count == 1 ? "" : "s");
	else if (mark->count > 1)
		rp_markup(b, ", and %llu more change%s", (unsigned long long)mark->count - 1,
			  mark->count == 2 ? "" : "s");
	rp_buf_text(b, "</title></path>\n");
	if (cause)
		rp_svg_label(b, mark, change.text, room);
}

static void rp_svg_failure(struct rp_why *why, struct rp_buf *b,
			   const struct rp_picture_mark *mark, size_t nrows)
{
	const struct rp_why_group *group = mark->group;
	unsigned int x = rp_svg_x(mark->column), y = rp_svg_y(mark->lane);
	char summary[RP_WHY_SUMMARY_LEN];
	struct rp_text flow;
	struct rp_name verdict;
	int err = group->origin.err;

	rp_fib_at(&why->reading.fib, group->first_ns);
	rp_why_format_summary(summary, why, group);
	rp_format_flow(&flow, &why->reading.fib, group->d.netns, group->flow.family,
		       &group->flow.flow, group->flow.kind);
	if (mark->last > mark->column)
		rp_markup(b, "<line class=\"more\" x1=\"%u\" x2=\"%u\" y1=\"%u\" y2=\"%u\"/>",
			  x, rp_svg_x(mark->last), y, y);
	if (mark->row < nrows)
		rp_markup(b, "<a href=\"#f%llu\">", (unsigned long long)mark->row + 1);
	else
		rp_buf_text(b, "<g>");
	rp_markup(b, "<title>%llu time%s: %s %s: %s</title>\n"
		  "<circle class=\"failure\" cx=\"%u\" cy=\"%u\" r=\"5\"/>",
		  (unsigned long long)mark->count, mark->count == 1 ? "" : "s",
		  rp_names_error(err, rp_source_reason(&why->reading.src, err), &verdict),
		  flow.text, summary, x, y);
	rp_buf_text(b, mark->row < nrows ? "</a>\n" : "</g>\n");
}

static void rp_svg_marks(struct rp_picture *pic, struct rp_why *why, struct rp_buf *b,
			 size_t nrows)
{
	struct rp_picture_mark **marks = rp_tally_sorted(&pic->marks);
	struct rp_svg_room room = { 0, RP_SVG_LEFT };
	size_t i;

	for (i = 0; i < pic->marks.count; i++)
		if (marks[i]->shape == RP_PICTURE_FAILURE)
			rp_svg_failure(why, b, marks[i], nrows);
		else
			rp_svg_change(why, b, marks[i], &room);
	free(marks);
}

void rp_picture_svg(struct rp_picture *pic, struct rp_why *why, struct rp_buf *b,
		    size_t nrows)
{
	unsigned int height = rp_svg_y(pic->nnetns * RP_PICTURE_LANES);

	rp_markup(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" role=\"group\" aria-labelledby=\"picture-title picture-text\">\n"
		  "<title id=\"picture-title\">Failures in time, and the changes that caused them</title>\n"
		  "<desc id=\"picture-text\">A line each for changes, input and output of every network namespace.\n"
		  "Circles are failures, filled diamonds the changes that caused them, with an arrow from one to the other;\n"
		  "hollow diamonds are other changes, bars tell that something worked. The table has all of it in words.</desc>\n",
		  RP_SVG_WIDTH, height);
	rp_buf_text(b, rp_svg_style);
	rp_markup(b, "\n<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\">\n"
		  "<path class=\"head\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n");
	rp_svg_axis(pic, b, height - RP_SVG_LANE / 2);
	rp_svg_lanes(pic, why, b);
	rp_svg_arrows(pic, why, b);
	rp_svg_marks(pic, why, b, nrows);
	rp_buf_text(b, "</svg>\n");
}
