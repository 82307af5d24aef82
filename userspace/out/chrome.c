// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions as a trace of Chrome's: a process is a network namespace, a thread a task,
 * or a CPU where no task asked.  Slices are decisions with their steps, and changes, which
 * are instants of their namespace too; arrows lead from a change to what failed for it.
 */
#include <string.h>
#include <sys/queue.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/names.h"
#include "out/chrome.h"
#include "out/why_words.h"
#include "source/source.h"
#include "why/cause.h"
#include "why/why.h"
#include "words/format.h"
#include "words/json.h"
#include "words/step.h"

#define RP_CHROME_CPUS		10000000U	/* beyond all tasks */
#define RP_CHROME_KEY		48
#define RP_CHROME_TRACKS	(1 << 16)	/* that have names */

struct rp_chrome_netns {
	const char *key;		/* its inode, and how long it was the namespace's */
	unsigned int number;
};

struct rp_chrome_track {
	const char *key;
};

/* ---- events ---- */

static void rp_chrome_us(struct rp_buf *b, const char *key, uint64_t ns)
{
	rp_buf_text(b, ",\"");
	rp_buf_text(b, key);
	rp_buf_text(b, "\":");
	rp_buf_number(b, ns / 1000);
	rp_buf_char(b, '.');
	rp_buf_zeroes(b, 3, ns % 1000);
}

static struct rp_buf *rp_chrome_open(struct rp_chrome *c, const char *phase, const char *name)
{
	struct rp_buf *b = &c->line;

	if (c->began)
		rp_buf_text(b, ",\n");
	c->began = true;
	rp_buf_text(b, "{\"ph\":\"");
	rp_buf_text(b, phase);
	rp_buf_char(b, '"');
	rp_json_string(b, "name", name);
	return b;
}

static void rp_chrome_close(struct rp_chrome *c)
{
	rp_buf_char(&c->line, '}');
	rp_buf_flush(&c->line, c->out);
}

static uint32_t rp_chrome_tid(const struct rp_record *rec)
{
	return rec->context == RP_CONTEXT_TASK ? rec->tid : RP_CHROME_CPUS + rec->cpu;
}

static void rp_chrome_name(struct rp_chrome *c, const char *what, unsigned int pid, uint32_t tid,
			   const char *name)
{
	struct rp_buf *b = rp_chrome_open(c, "M", what);

	rp_json_number(b, "pid", pid);
	rp_json_number(b, "tid", tid);
	rp_json_open(b, "args", '{');
	rp_json_string(b, "name", name);
	rp_json_close(b, '}');
	rp_chrome_close(c);
}

/* Inode numbers are more than a process may have.  0: beyond those that are kept */
static unsigned int rp_chrome_pid(struct rp_chrome *c, uint32_t netns)
{
	struct rp_chrome_netns *entry;
	char key[RP_CHROME_KEY];
	struct rp_text name;

	snprintf(key, sizeof(key), "%u %llu", netns,
		 (unsigned long long)rp_fib_life(&c->why->reading.fib, netns).until_ns);
	entry = rp_tally_get(&c->netns, key);
	if (!entry)
		return 0;
	if (!entry->number) {
		entry->number = c->netns.count;
		rp_format_netns(&name, &c->why->reading.fib, netns);
		rp_chrome_name(c, "process_name", entry->number, 0, name.text);
	}
	return entry->number;
}

static void rp_chrome_name_track(struct rp_chrome *c, const struct rp_record *rec,
				 unsigned int pid)
{
	size_t before = c->tracks.count;
	struct rp_text owner;
	char key[RP_CHROME_KEY];

	snprintf(key, sizeof(key), "%u %u", pid, rp_chrome_tid(rec));
	if (!rp_tally_get(&c->tracks, key) || c->tracks.count == before)
		return;
	rp_format_owner(&owner, rec);
	if (rec->context != RP_CONTEXT_TASK)
		rp_format_add(&owner, " cpu%u", rec->cpu);
	rp_chrome_name(c, "thread_name", pid, rp_chrome_tid(rec), owner.text);
}

/* Of which track, and when */
static void rp_chrome_where(struct rp_buf *b, const struct rp_record *rec, unsigned int pid,
			    uint64_t time_ns)
{
	rp_json_number(b, "pid", pid);
	rp_json_number(b, "tid", rp_chrome_tid(rec));
	rp_chrome_us(b, "ts", time_ns);
}

/* ---- stories ---- */

static void rp_chrome_steps(struct rp_chrome *c, const struct rp_node *node,
			    const struct rp_record *outer, unsigned int pid, uint32_t netns)
{
	struct rp_print *p = &c->why->print;
	const struct rp_node *inner;
	struct rp_text text;
	struct rp_buf *b;

	TAILQ_FOREACH(inner, &node->inner, link) {
		uint32_t its = rp_decision_netns(&inner->rec, netns);

		rp_step_what(&text, p, &inner->rec, its);
		b = rp_chrome_open(c, "X", text.text);
		rp_json_string(b, "cat", "step");
		rp_chrome_where(b, outer, pid, inner->rec.time_ns);
		rp_chrome_us(b, "dur", inner->rec.duration_ns);
		rp_step_verdict(&text, p, &inner->rec);
		rp_json_open(b, "args", '{');
		rp_json_string(b, "verdict", text.text);
		rp_json_close(b, '}');
		rp_chrome_close(c);
		rp_chrome_steps(c, inner, outer, pid, its);
	}
}

static void rp_chrome_decision(struct rp_chrome *c, const struct rp_decision *d,
			       struct rp_text *name)
{
	struct rp_name kind;

	name->len = 0;
	rp_format_add(name, "%s", rp_names_kind(rp_decision_kind(d->rec), &kind));
	if (d->flow) {
		struct rp_text flow;

		rp_format_flow(&flow, &c->why->reading.fib, d->netns, d->rec->family, d->flow,
			       d->rec->kind);
		rp_format_add(name, " %s", flow.text);
	}
}

static void rp_chrome_args(struct rp_chrome *c, struct rp_buf *b, const struct rp_decision *d)
{
	struct rp_source *src = &c->why->reading.src;
	struct rp_origin origin;
	struct rp_name verdict;
	int err = d->rec->err;
	struct rp_text hop;

	rp_json_open(b, "args", '{');
	if (rp_origin_find(&origin, src, d)) {
		err = origin.err;
		rp_json_string(b, "origin", rp_origin_name(origin.word));
	}
	rp_json_string(b, "verdict", rp_names_error(err, rp_source_reason(src, err), &verdict));
	if (d->route)
		rp_json_string(b, "route", rp_format_route(&hop, &c->why->reading.fib, d->netns,
							   d->rec->family, d->route));
	rp_json_string(b, "caller", rp_source_caller(src, d->rec->caller));
	rp_json_close(b, '}');
}

void rp_chrome_story(void *chrome, const struct rp_decision *d)
{
	struct rp_chrome *c = chrome;
	bool change = rp_decision_is_change(d->rec);
	unsigned int pid;
	struct rp_text name;
	struct rp_buf *b;

	if (!change && !rp_story_is_decision(d->rec) && !rp_story_is_signal(d->rec))
		return;
	pid = rp_chrome_pid(c, d->netns);
	rp_chrome_name_track(c, d->rec, pid);
	if (change)
		rp_format_change(&name, &c->why->reading.fib, d);
	else
		rp_chrome_decision(c, d, &name);
	b = rp_chrome_open(c, "X", name.text);
	rp_json_string(b, "cat", change ? "change" : "decision");
	rp_chrome_where(b, d->rec, pid, d->rec->time_ns);
	rp_chrome_us(b, "dur", d->rec->duration_ns);
	rp_chrome_args(c, b, d);
	rp_chrome_close(c);
	rp_chrome_steps(c, d->node, d->rec, pid, d->netns);
	if (!change)
		return;
	b = rp_chrome_open(c, "i", name.text);
	rp_json_string(b, "cat", "change");
	rp_json_string(b, "s", "p");
	rp_chrome_where(b, d->rec, pid, d->rec->time_ns);
	rp_chrome_close(c);
}

/* ---- causes ---- */

static void rp_chrome_arrow(struct rp_chrome *c, const char *phase, const char *name,
			    const struct rp_record *rec, uint32_t netns)
{
	uint64_t before = rp_fib_at(&c->why->reading.fib, rec->time_ns);
	unsigned int pid = rp_chrome_pid(c, netns);
	struct rp_buf *b = rp_chrome_open(c, phase, name);

	rp_fib_at(&c->why->reading.fib, before);
	rp_json_string(b, "cat", "cause");
	rp_json_number(b, "id", c->arrows);
	rp_chrome_where(b, rec, pid, rec->time_ns);
	if (*phase == 'f')
		rp_json_string(b, "bp", "e");
	rp_chrome_close(c);
}

void rp_chrome_failure(void *chrome, const struct rp_why_group *group,
		       const struct rp_decision *d)
{
	struct rp_chrome *c = chrome;
	const struct rp_record *root = &group->cause.root;
	const char *name;

	if (!group->cause.rec.kind || root->time_ns > d->rec->time_ns)
		return;
	name = rp_cause_name(&group->cause);
	c->arrows++;
	rp_chrome_arrow(c, "s", name, root, root->netns ? root->netns : d->netns);
	rp_chrome_arrow(c, "f", name, d->rec, d->netns);
}

void rp_chrome_begin(void *chrome, struct rp_why *why, FILE *out)
{
	struct rp_chrome *c = chrome;

	*c = (struct rp_chrome) { .why = why, .out = out };
	rp_tally_init(&c->tracks, sizeof(struct rp_chrome_track));
	c->tracks.max = RP_CHROME_TRACKS;
	rp_tally_init(&c->netns, sizeof(struct rp_chrome_netns));
	c->netns.max = RP_CHROME_TRACKS;
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", out);
}

void rp_chrome_finish(void *chrome)
{
	struct rp_chrome *c = chrome;

	fputs("\n]}\n", c->out);
}

void rp_chrome_end(void *chrome)
{
	struct rp_chrome *c = chrome;

	rp_buf_exit(&c->line);
	rp_tally_exit(&c->tracks, NULL);
	rp_tally_exit(&c->netns, NULL);
}
