// SPDX-License-Identifier: GPL-2.0
/* Counts of failures and of the module, as Prometheus reads them. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "lib/names.h"
#include "lib/replace.h"
#include "lib/utf8.h"
#include "lib/util.h"
#include "out/metrics.h"
#include "source/hist.h"
#include "source/source.h"
#include "why/cause.h"
#include "why/why.h"
#include "words/format.h"

#define RP_METRICS_FIRST	8	/* 256 ns: the first power of two that is a bucket, */
#define RP_METRICS_LAST		30	/* 1 s: the last, */
#define RP_METRICS_STEP		2	/* and how far each is from the one before */

struct rp_metrics_failures {
	const char *key;		/* labels */
	uint64_t times;
};

void rp_metrics_init(struct rp_metrics *m, struct rp_why *why, const char *path)
{
	*m = (struct rp_metrics) { .why = why, .path = path };
	rp_tally_init(&m->failures, sizeof(struct rp_metrics_failures));
	m->failures.max = RP_METRICS_KINDS;
}

void rp_metrics_exit(struct rp_metrics *m)
{
	rp_tally_exit(&m->failures, NULL);
	rp_buf_exit(&m->text);
}

/* ---- failures ---- */

void rp_metrics_failure(void *metrics, const struct rp_why_group *group,
			const struct rp_decision *d)
{
	const char *cause = group->cause.rec.kind ? rp_cause_name(&group->cause) : "";
	struct rp_metrics *m = metrics;
	struct rp_metrics_failures *failures;
	int err = group->origin.err;
	struct rp_text labels = { "", 0 };
	struct rp_name verdict;

	rp_format_add(&labels, "origin=\"%s\",verdict=\"%s\",cause=\"%s\",family=\"%s\"",
		      rp_origin_name(group->origin.word),
		      rp_names_error(err, rp_source_reason(&m->why->reading.src, err), &verdict),
		      cause, d->rec->family == AF_INET6 ? "inet6" : "inet");
	failures = rp_tally_get(&m->failures, labels.text);
	if (failures)
		failures->times++;
	else
		m->others++;
	m->all++;
}

/* ---- text ---- */

static void rp_metrics_head(struct rp_buf *b, const char *name, const char *type,
			    const char *help)
{
	const char *const parts[] = {
		"# HELP routeprobe_", name, " ", help, "\n# TYPE routeprobe_", name, " ", type, "\n",
	};
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(parts); i++)
		rp_buf_text(b, parts[i]);
}

/* A value of a label, or what is to stand in it */
static void rp_metrics_label(struct rp_buf *b, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), len;

	for (; left; s += len, left -= len) {
		len = rp_utf8_len(s, left);
		if (!len || *s < ' ')
			rp_buf_char(b, '?');
		else if (*s == '"' || *s == '\\')
			rp_buf_char(b, '\\');
		if (len && *s >= ' ')
			rp_buf_put(b, (const char *)s, len);
		len = len ? len : 1;
	}
}

static void rp_metrics_sample(struct rp_buf *b, const char *name, const char *labels,
			      uint64_t value)
{
	rp_buf_text(b, "routeprobe_");
	rp_buf_text(b, name);
	if (*labels) {
		rp_buf_char(b, '{');
		rp_buf_text(b, labels);
		rp_buf_char(b, '}');
	}
	rp_buf_char(b, ' ');
	rp_buf_number(b, value);
	rp_buf_char(b, '\n');
}

static void rp_metrics_one(struct rp_buf *b, const char *name, const char *type,
			   const char *help, uint64_t value)
{
	rp_metrics_head(b, name, type, help);
	rp_metrics_sample(b, name, "", value);
}

static void rp_metrics_failures(struct rp_metrics *m)
{
	struct rp_metrics_failures **all = rp_tally_sorted(&m->failures);
	struct rp_buf *b = &m->text;
	size_t i;

	rp_metrics_head(b, "failures_total", "counter",
			"Failures, by where the error came from, what it was and which change caused it.");
	for (i = 0; i < m->failures.count; i++)
		rp_metrics_sample(b, "failures_total", all[i]->key, all[i]->times);
	if (m->others)
		rp_metrics_sample(b, "failures_total",
				  "origin=\"other\",verdict=\"other\",cause=\"other\",family=\"\"",
				  m->others);
	free(all);
	/* What increases has to be there before it does. */
	rp_metrics_one(b, "all_failures_total", "counter", "Failures of every kind, 0 as well.",
		       m->all);
}

static void rp_metrics_reader(struct rp_metrics *m)
{
	const struct rp_reading *r = &m->why->reading;
	struct rp_buf *b = &m->text;

	rp_metrics_one(b, "decisions_total", "counter", "Routing decisions and changes that were read.",
		       r->totals.decisions);
	rp_metrics_one(b, "incomplete_decisions_total", "counter",
		       "Decisions of which records are missing.", r->totals.incomplete);
	rp_metrics_one(b, "lost_records_total", "counter",
		       "Records that were overwritten before they were read.",
		       rp_source_lost(&r->src));
	rp_metrics_one(b, "left_out_failures_total", "counter",
		       "Failures of more flows than can be kept.", m->why->left_out);
	rp_metrics_head(b, "info", "gauge", "Versions of the reader and of the kernel.");
	rp_buf_text(b, "routeprobe_info{version=\"" ROUTEPROBE_VERSION "\",kernel=\"");
	rp_metrics_label(b, r->src.kernel);
	rp_buf_text(b, "\"} 1\n");
}

/* ---- what the module says ---- */

static void rp_metrics_probes(struct rp_metrics *m)
{
	const struct rp_source *src = &m->why->reading.src;
	uint64_t armed = 0, not_armed = 0, recorded = 0, filtered = 0;
	struct rp_buf *b = &m->text;
	size_t i;

	for (i = 0; i < src->nprobes; i++) {
		if (!src->probes[i].known)
			continue;
		if (!strcmp(src->probes[i].state, "armed"))
			armed++;
		else
			not_armed++;
		recorded += src->probes[i].recorded;
		filtered += src->probes[i].filtered;
	}
	rp_metrics_head(b, "probes", "gauge", "Probes, by whether they are armed.");
	rp_metrics_sample(b, "probes", "armed=\"yes\"", armed);
	rp_metrics_sample(b, "probes", "armed=\"no\"", not_armed);
	rp_metrics_one(b, "recorded_calls_total", "counter", "Calls that made a record.",
		       recorded);
	rp_metrics_one(b, "filtered_calls_total", "counter",
		       "Calls that the module's filter kept out.", filtered);
	rp_metrics_one(b, "missed_calls_total", "counter", "Calls that probes missed.",
		       rp_source_missed(src));
}

static void rp_metrics_buffer(struct rp_metrics *m)
{
	char *text = rp_util_read(m->why->reading.src.dirfd, "stats", 1 << 20);
	bool enabled = false, frozen = false;
	const char *key, *value;
	char *rest = text, *line;
	uint64_t held = 0, n;

	while (text && (line = rp_util_line(&rest))) {
		if (!rp_util_keyval(line, &key, &value))
			continue;
		if (!strcmp(key, "enable"))
			enabled = !strcmp(value, "1");
		else if (!strcmp(key, "freeze_state"))
			frozen = !strcmp(value, "frozen");
		else if (!strncmp(key, "cpu", 3) && strstr(key, "_held") &&
			 rp_util_u64(value, UINT64_MAX, &n))
			held += n;
	}
	free(text);
	rp_metrics_one(&m->text, "recording", "gauge",
		       "1 while the module records, 0 while it is off or frozen.",
		       enabled && !frozen);
	rp_metrics_one(&m->text, "frozen", "gauge", "1 while the module's buffer is frozen.",
		       frozen);
	rp_metrics_one(&m->text, "held_records", "gauge", "Records in the module's buffer.", held);
}

/* Calls whose time is known, by powers of two of nanoseconds, without a rounding */
static void rp_metrics_bucket(struct rp_buf *b, const char *name, unsigned int power,
			      uint64_t calls)
{
	uint64_t ns = 1ULL << power;

	rp_buf_text(b, "routeprobe_call_seconds_bucket{function=\"");
	rp_metrics_label(b, name);
	rp_buf_text(b, "\",le=\"");
	rp_buf_number(b, ns / RP_NSEC_PER_SEC);
	rp_buf_char(b, '.');
	rp_buf_zeroes(b, 9, ns % RP_NSEC_PER_SEC);
	rp_buf_text(b, "\"} ");
	rp_buf_number(b, calls);
	rp_buf_char(b, '\n');
}

static void rp_metrics_end(struct rp_buf *b, const char *suffix, const char *name,
			   const char *rest, uint64_t calls)
{
	rp_buf_text(b, "routeprobe_call_seconds_");
	rp_buf_text(b, suffix);
	rp_buf_text(b, "{function=\"");
	rp_metrics_label(b, name);
	rp_buf_text(b, rest);
	rp_buf_number(b, calls);
	rp_buf_char(b, '\n');
}

static void rp_metrics_hist(struct rp_buf *b, const struct rp_hist *h)
{
	uint64_t calls = 0;
	unsigned int n;

	for (n = 0; n <= RP_METRICS_LAST; n++) {
		calls += h->calls[n];
		if (n >= RP_METRICS_FIRST && !((n - RP_METRICS_FIRST) % RP_METRICS_STEP))
			rp_metrics_bucket(b, h->name, n, calls);
	}
	for (; n < RP_HIST_BUCKETS; n++)
		calls += h->calls[n];
	rp_metrics_end(b, "bucket", h->name, "\",le=\"+Inf\"} ", calls);
	rp_metrics_end(b, "count", h->name, "\"} ", calls);
}

/* Functions that decide, not all that they call: series are to be few. */
static bool rp_metrics_is_decision(const struct rp_source *src, const char *name)
{
	size_t i;

	for (i = 0; i < src->nprobes; i++)
		if (src->probes[i].known && !strcmp(src->probes[i].name, name))
			return src->probes[i].kind < __RP_KIND_MAX &&
			       RP_KIND_BIT(src->probes[i].kind) & RP_KINDS_DECISION;
	return false;
}

static void rp_metrics_hists(struct rp_metrics *m)
{
	const struct rp_source *src = &m->why->reading.src;
	char *text = rp_util_read(src->dirfd, "hist", RP_HIST_TEXT_MAX);
	char *rest = text, *line;
	struct rp_hist h;

	rp_metrics_head(&m->text, "call_seconds", "histogram",
			"How long calls of the functions took that decide, since the module was loaded.");
	while (text && (line = rp_util_line(&rest)))
		if (*line != '#' && rp_hist_parse(&h, line) && h.most &&
		    rp_metrics_is_decision(src, h.name))
			rp_metrics_hist(&m->text, &h);
	free(text);
}

int rp_metrics_write(struct rp_metrics *m, uint64_t now_ns)
{
	struct rp_replace file;

	if (m->written_ns && now_ns - m->written_ns < RP_METRICS_NS)
		return 0;
	m->written_ns = now_ns;
	if (rp_replace_open(&file, m->path))
		return -1;
	rp_source_read_probes(&m->why->reading.src);
	rp_metrics_failures(m);
	rp_metrics_reader(m);
	rp_metrics_probes(m);
	rp_metrics_buffer(m);
	rp_metrics_hists(m);
	rp_buf_flush(&m->text, file.out);
	return rp_replace_commit(&file);
}
