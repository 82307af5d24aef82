// SPDX-License-Identifier: GPL-2.0
/* routeprobe stacks: the kernel's ways to the decisions, and how often each was taken. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "count/stack_view.h"
#include "lib/util.h"
#include "source/stack.h"
#include "source/stop.h"
#include "story/decision.h"

#define RP_STACK_NONE	"(no stack)"

const struct rp_stack *rp_stack_view_of(struct rp_source *src, const struct rp_record *rec)
{
	const struct rp_stack *stack = rec ? rp_source_stack(src, rec->stack) : NULL;

	return stack && stack->count ? stack : NULL;
}

const char *rp_stack_view_probe(const struct rp_source *src, const struct rp_record *rec)
{
	const struct rp_probe *probe = rp_source_probe(src, rec->probe);

	return probe ? probe->name : "?";
}

bool rp_stack_view_is(const char *frame, const char *function)
{
	size_t len = strcspn(frame, "+ ");

	return strlen(function) == len && !strncmp(frame, function, len);
}

/* Where a stack was cut off in the function around it, that one's goes on. */
static unsigned int rp_stack_parts(struct rp_source *src, const struct rp_decision *d,
				   const struct rp_stack *parts[2], bool *cut)
{
	const struct rp_record *within = d->node->within;

	parts[0] = rp_stack_view_of(src, d->rec);
	*cut = parts[0] && parts[0]->cut;
	if (!*cut)
		return parts[0] ? 1 : 0;
	parts[1] = rp_stack_view_of(src, within);
	if (!parts[1] || !rp_stack_view_is(parts[0]->frames[parts[0]->count - 1],
					   rp_stack_view_probe(src, within)))
		return 1;
	*cut = parts[1]->cut;
	return 2;
}

static void rp_stack_write(FILE *f, struct rp_source *src, const struct rp_decision *d)
{
	const struct rp_stack *parts[2];
	bool cut;
	unsigned int i, count = rp_stack_parts(src, d, parts, &cut);
	size_t n;

	fputs(rp_stack_view_probe(src, d->rec), f);
	for (i = 0; i < count; i++)
		for (n = 0; n < parts[i]->count; n++)
			fprintf(f, "\n%s", parts[i]->frames[n]);
	if (cut)
		fputs("\n...", f);
	if (!count)
		fputs("\n" RP_STACK_NONE, f);
}

static void rp_stack_fold(FILE *f, struct rp_source *src, const struct rp_decision *d)
{
	const struct rp_stack *parts[2];
	bool cut;
	unsigned int count = rp_stack_parts(src, d, parts, &cut);
	size_t n;

	if (cut)
		fputs("...;", f);
	if (!count)
		fputs(RP_STACK_NONE ";", f);
	while (count--)
		for (n = parts[count]->count; n--; )
			fprintf(f, "%.*s;", (int)strcspn(parts[count]->frames[n], "+ ;"),
				parts[count]->frames[n]);
	fputs(rp_stack_view_probe(src, d->rec), f);
}

static struct rp_stack_row *rp_stack_row(struct rp_stack_view *v,
					 const struct rp_decision *d)
{
	const struct rp_record *within = d->node->within;
	struct rp_stack_seen *seen;
	char key[64], *text = NULL;
	size_t size;
	FILE *f;

	snprintf(key, sizeof(key), "%u %u %u %u", d->rec->stack, d->rec->probe,
		 within ? within->stack : 0, within ? within->probe : 0);
	seen = rp_tally_get(&v->seen, key);
	if (!seen || seen->row)
		return seen ? seen->row : NULL;
	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	if (v->folded)
		rp_stack_fold(f, &v->reading.src, d);
	else
		rp_stack_write(f, &v->reading.src, d);
	fclose(f);
	seen->row = rp_tally_get(&v->rows, text);
	free(text);
	return seen->row;
}

static void rp_stack_keep_longest(struct rp_stack_view *v, const struct rp_decision *d)
{
	struct rp_print print = v->print;
	size_t size;

	if (v->longest && d->rec->duration_ns <= v->longest_ns)
		return;
	free(v->longest);
	v->longest = NULL;
	v->longest_ns = d->rec->duration_ns;
	print.line = (struct rp_buf) { 0 };
	print.out = open_memstream(&v->longest, &size);
	if (!print.out)
		return;
	rp_print_graph(&print, d);
	rp_buf_exit(&print.line);
	fclose(print.out);
}

static bool rp_stack_take(void *ctx, const struct rp_decision *d)
{
	struct rp_stack_view *v = ctx;
	struct rp_stack_row *row;

	if (!v->all && !rp_decision_is_asking(d->rec))
		return false;
	v->hits++;
	v->bare += !rp_stack_view_of(&v->reading.src, d->rec);
	if (v->graph) {
		rp_stack_keep_longest(v, d);
		return true;
	}
	row = rp_stack_row(v, d);
	if (row)
		row->hits++;
	return row;
}

static int rp_stack_run(struct rp_stack_view *v, bool follow)
{
	while (rp_reading_step(&v->reading) && !(follow && rp_stop_signal()))
		if (follow)
			rp_stop_sleep(v->reading.idle);
	if (follow)
		rp_reading_stop(&v->reading);
	rp_reading_drain(&v->reading);
	if (v->graph)
		fputs(v->longest ? v->longest : "", v->print.out);
	else
		rp_print_stacks(v);
	if (v->bare)
		rp_util_warn("%llu of %llu have no stack: there was no room, or the parameter stacks was 0 then",
			     (unsigned long long)v->bare, (unsigned long long)v->hits);
	return rp_print_finish(&v->print, &v->reading);
}

/* What cannot be, of the options that the command does take */
static int rp_stack_refuse(const struct rp_options *o)
{
	if (o->follow && o->input)
		return rp_util_err("a recording does not grow: -f and -i do not go together");
	if (o->folded && o->graph)
		return rp_util_err("--folded and --graph do not go together");
	if (o->folded && o->json)
		return rp_util_err("--folded and --json do not go together");
	if (o->rows && o->graph)
		return rp_util_err("--graph shows one decision: it takes no -n");
	return 0;
}

int rp_cmd_stacks(const struct rp_options *o)
{
	struct rp_stack_view v = {
		.all = o->all, .folded = o->folded, .graph = o->graph,
		.limit = UINT64_MAX,
	};
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.follow = o->follow, .held = true, .late = true,
		.all = o->all,
		.nwords = o->nwords, .words = o->words,
		.take = rp_stack_take, .ctx = &v,
	};
	int status;

	if (rp_stack_refuse(o))
		return RP_EXIT_ERROR;
	if (o->rows && !rp_util_u64(o->rows, UINT32_MAX, &v.limit)) {
		rp_util_err("\"%s\" is no number of rows", o->rows);
		return RP_EXIT_ERROR;
	}
	if (o->follow)
		rp_stop_init();
	if (rp_reading_open(&v.reading, &wanted))
		return RP_EXIT_ERROR;
	rp_print_init(&v.print, &v.reading, false, o->json);
	rp_print_fit(&v.print, v.print.width);
	if (o->folded)
		v.print.out = stdout;	/* for programs */
	rp_tally_init(&v.rows, sizeof(struct rp_stack_row));
	rp_tally_init(&v.seen, sizeof(struct rp_stack_seen));
	status = rp_stack_run(&v, o->follow);
	rp_tally_exit(&v.seen, NULL);
	rp_tally_exit(&v.rows, NULL);
	free(v.longest);
	rp_reading_close(&v.reading);
	return status;
}
