// SPDX-License-Identifier: GPL-2.0
/* Failures as a page: a picture, and tables that say the same in words. */
#include <string.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/buf.h"
#include "lib/names.h"
#include "out/markup.h"
#include "out/picture.h"
#include "out/why_words.h"
#include "source/source.h"
#include "why/why.h"
#include "words/clock.h"
#include "words/format.h"

#define RP_HTML_ROWS	1000	/* failures that have a line in the table */

/* Nothing is fetched, and nothing runs. */
static const char rp_html_head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<title>routeprobe: failures and their causes</title>\n"
	"<style>\n"
	"body{font:15px/1.4 system-ui,sans-serif;margin:1rem auto;max-width:80rem;padding:0 1rem;\n"
	"color:#1b1f24;background:#fff}\n"
	"h1{font-size:1.4rem}h2{font-size:1.1rem}\n"
	"table{border-collapse:collapse;width:100%}.scroll{overflow-x:auto}\n"
	"th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #d0d7de}\n"
	"td.number{text-align:right;font-variant-numeric:tabular-nums}\n"
	"code,pre{font:13px ui-monospace,monospace}tr:target{background:#fff3c4}\n"
	"@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}\n"
	"th,td{border-color:#3d444d}tr:target{background:#4d3f12}a{color:#79b8ff}}\n"
	"</style></head>\n<body>\n";

static uint64_t rp_html_failures(const struct rp_picture *pic, size_t first)
{
	uint64_t sum = 0;

	for (; first < pic->ngroups; first++)
		sum += pic->groups[first]->times;
	return sum;
}

static void rp_html_summary(const struct rp_picture *pic, const struct rp_why *why,
			    struct rp_buf *b)
{
	const struct rp_source *src = &why->reading.src;
	const struct rp_session *session = &src->session;
	uint64_t failures = rp_html_failures(pic, 0);
	struct rp_text from, until;

	rp_markup(b, "<main>\n<h1>routeprobe: %llu failure%s of %llu kind%s</h1>\n<p>",
		  (unsigned long long)failures, failures == 1 ? "" : "s",
		  (unsigned long long)pic->ngroups, pic->ngroups == 1 ? "" : "s");
	if (src->recording && *session->hostname)
		rp_markup(b, "Recorded on %s. ", session->hostname);
	if (pic->ngroups) {
		rp_clock_time(&from, rp_session_realtime(session, pic->from_ns));
		rp_clock_time(&until, rp_session_realtime(session, pic->until_ns));
		rp_markup(b, "The picture begins at %s and ends at %s. ", from.text, until.text);
	}
	rp_markup(b, "Kernel %s, %llu records, %llu decisions.</p>\n", src->kernel,
		  (unsigned long long)rp_source_records(src),
		  (unsigned long long)why->reading.totals.decisions);
}

/* ---- failures ---- */

static void rp_html_evidence(struct rp_buf *b, struct rp_why *why,
			     const struct rp_why_group *group)
{
	struct rp_text step;
	unsigned int pos = 0;

	if (!group->nsteps)
		return;
	rp_buf_text(b, "<details><summary>evidence</summary><pre>");
	while (rp_why_evidence(&step, why, group, &pos))
		rp_markup(b, "%s\n", step.text);
	rp_buf_text(b, "</pre></details>");
}

static void rp_html_row(struct rp_why *why, struct rp_buf *b, const struct rp_why_group *group,
			unsigned int number)
{
	struct rp_fib *fib = &why->reading.fib;
	const struct rp_source *src = &why->reading.src;
	struct rp_text time, netns, owner, flow, next;
	char summary[RP_WHY_SUMMARY_LEN];
	struct rp_name verdict;
	int err = group->origin.err;

	rp_clock_time(&time, rp_session_realtime(&src->session, group->last_ns));
	rp_format_netns(&netns, fib, group->d.netns);
	rp_format_owner(&owner, group->d.rec);
	rp_format_flow(&flow, fib, group->d.netns, group->flow.family, &group->flow.flow,
		       group->flow.kind);
	rp_why_format_summary(summary, why, group);
	rp_why_format_next(&next, why, group);
	rp_markup(b, "<tr id=\"f%u\"><td>%s<td>%s<td>%s<td class=\"number\">%llu<td class=\"number\">%llu\n"
		  "<td>%s<td>%s<td>%s<td>%s", number, time.text, netns.text, owner.text,
		  (unsigned long long)group->times, (unsigned long long)group->told,
		  rp_origin_name(group->origin.word),
		  rp_names_error(err, rp_source_reason(src, err), &verdict), flow.text, summary);
	rp_html_evidence(b, why, group);
	rp_markup(b, "<td><code>%s</code></tr>\n", next.text);
}

static void rp_html_table(struct rp_picture *pic, struct rp_why *why, struct rp_buf *b,
			  FILE *out)
{
	size_t i;

	rp_buf_text(b, "<h2 id=\"failures\">Failures, and what caused them</h2>\n"
		    "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"failures\">\n"
		    "<table><tr><th scope=\"col\">Last<th scope=\"col\">Namespace<th scope=\"col\">Owner\n"
		    "<th scope=\"col\">Times<th scope=\"col\">Told<th scope=\"col\">Origin<th scope=\"col\">Verdict\n"
		    "<th scope=\"col\">Flow<th scope=\"col\">Why<th scope=\"col\">What to type next</tr>\n");
	for (i = 0; i < pic->ngroups && i < RP_HTML_ROWS; i++) {
		rp_fib_at(&why->reading.fib, pic->groups[i]->first_ns);
		rp_html_row(why, b, pic->groups[i], i + 1);
		rp_buf_flush(b, out);
	}
	rp_buf_text(b, "</table></div>\n");
}

/* ---- what is not there ---- */

static void rp_html_missing(struct rp_buf *b, uint64_t count, const char *what)
{
	if (count)
		rp_markup(b, "<tr><td class=\"number\">%llu<td>%s</tr>\n",
			  (unsigned long long)count, what);
}

static void rp_html_rest(const struct rp_picture *pic, const struct rp_why *why,
			 struct rp_buf *b)
{
	const struct rp_reading *r = &why->reading;

	rp_buf_text(b, "<h2 id=\"rest\">What is not drawn</h2>\n"
		    "<table aria-labelledby=\"rest\"><tr><th scope=\"col\">How many\n"
		    "<th scope=\"col\">Of what</tr>\n");
	rp_html_missing(b, rp_html_failures(pic, RP_HTML_ROWS),
			"failures of kinds for which the table is too short; the picture has them");
	rp_html_missing(b, pic->far_failures,
			"failures in namespaces for which the picture is too small");
	rp_html_missing(b, pic->more_arrows, "failures without an arrow from their cause");
	rp_html_missing(b, pic->far_changes,
			"changes at another time, or in namespaces where nothing failed");
	rp_html_missing(b, why->left_out, "failures of more flows than can be kept");
	rp_html_missing(b, rp_history_forgotten(&why->memory.history),
			"changes that were forgotten: what they caused is not known");
	rp_html_missing(b, rp_source_lost(&r->src), "records that were lost");
	rp_html_missing(b, r->totals.missed, "calls that probes missed");
	rp_html_missing(b, r->totals.incomplete, "decisions of which records are missing");
	rp_html_missing(b, r->totals.outside, "lookups that are part of no decision");
	rp_html_missing(b, r->totals.unknown, "records of a kind that this reader does not know");
	rp_buf_text(b, "</table>\n");
}

void rp_print_html(struct rp_why *why, struct rp_picture *pic, FILE *out)
{
	struct rp_buf b = { NULL, 0, 0 };

	rp_picture_layout(pic, why);
	rp_buf_text(&b, rp_html_head);
	rp_html_summary(pic, why, &b);
	if (pic->ngroups)
		rp_picture_svg(pic, why, &b, RP_HTML_ROWS);
	rp_html_table(pic, why, &b, out);
	rp_html_rest(pic, why, &b);
	rp_buf_text(&b, "</main>\n</body></html>\n");
	rp_buf_flush(&b, out);
	rp_buf_exit(&b);
}
