// SPDX-License-Identifier: GPL-2.0
/* Stacks with their counts, and the calls of one decision as a tree. */
#include <stdlib.h>
#include <string.h>

#include "count/stack_view.h"
#include "lib/util.h"
#include "source/stack.h"
#include "story/decision.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"
#include "words/step.h"

static int rp_stacks_compare(const void *a, const void *b)
{
	const struct rp_stack_row *x = *(struct rp_stack_row *const *)a;
	const struct rp_stack_row *y = *(struct rp_stack_row *const *)b;

	if (x->hits != y->hits)
		return x->hits < y->hits ? 1 : -1;
	return strcmp(x->key, y->key);
}

/* The first line of *@lines, which goes on behind it; NULL at the end */
static const char *rp_stacks_line(const char **lines, size_t *len)
{
	const char *line = *lines;

	*len = strcspn(line, "\n");
	if (!*len)
		return NULL;
	*lines += *len + (line[*len] == '\n');
	return line;
}

static void rp_stacks_text(FILE *out, const struct rp_stack_row *row)
{
	const char *lines = row->key, *line;
	size_t len;

	line = rp_stacks_line(&lines, &len);
	fprintf(out, "%8llu %.*s\n", (unsigned long long)row->hits, (int)len, line);
	while ((line = rp_stacks_line(&lines, &len)))
		fprintf(out, "             %.*s\n", (int)len, line);
	fputc('\n', out);
}

static void rp_stacks_json(struct rp_print *p, const struct rp_stack_row *row)
{
	const char *lines = row->key, *line;
	struct rp_buf *b = rp_json_begin(p);
	struct rp_text probe = { "", 0 };
	bool cut = false;
	size_t len;

	line = rp_stacks_line(&lines, &len);
	rp_json_string(b, "kind", "stack");
	rp_json_number(b, "count", row->hits);
	rp_format_add(&probe, "%.*s", (int)len, line);
	rp_json_string(b, "probe", probe.text);
	rp_json_open(b, "frames", '[');
	while ((line = rp_stacks_line(&lines, &len))) {
		cut = *line == '.';
		if (!cut && *line != '(')
			rp_json_item(b, line, len);
	}
	rp_json_close(b, ']');
	rp_json_bool(b, "cut", cut);
	rp_json_end(p);
}

void rp_print_stacks(struct rp_stack_view *v)
{
	struct rp_stack_row **rows = rp_tally_list(&v->rows);
	struct rp_print *p = &v->print;
	size_t i;

	qsort(rows, v->rows.count, sizeof(*rows), rp_stacks_compare);
	for (i = 0; i < v->rows.count && i < v->limit; i++) {
		if (v->folded)
			fprintf(p->out, "%s %llu\n", rows[i]->key,
				(unsigned long long)rows[i]->hits);
		else if (p->json)
			rp_stacks_json(p, rows[i]);
		else
			rp_stacks_text(p->out, rows[i]);
	}
	free(rows);
}

/*
 * How many frames of a call are its own way from the one around it: without those
 * that both have, and without the function around it.  Where nobody can tell, none.
 */
static size_t rp_graph_own(const struct rp_stack *stack, const struct rp_stack *outer,
			   const char *function)
{
	size_t same = 0, own;

	if (!stack)
		return 0;
	while (outer && same < stack->count && same < outer->count &&
	       !strcmp(stack->frames[stack->count - 1 - same],
		       outer->frames[outer->count - 1 - same]))
		same++;
	own = stack->count - same;
	if (!own || !rp_stack_view_is(stack->frames[own - 1], function))
		return 0;
	return own - 1;
}

static void rp_graph_line(struct rp_print *p, const struct rp_record *rec, int depth,
			  const char *words)
{
	/* No end was recorded of what was only seen to begin. */
	if (rec && rec->duration_ns)
		fprintf(p->out, "%8llu.%03llu us", (unsigned long long)rec->duration_ns / 1000,
			(unsigned long long)rec->duration_ns % 1000);
	else
		fprintf(p->out, "%15s", "");
	fprintf(p->out, " %*s%s", depth, "", words);
}

/* Frames, the outermost of @count first; returns how deep they lead. */
static int rp_graph_frames(struct rp_print *p, const struct rp_stack *stack, size_t count,
			   int depth)
{
	while (count--) {
		rp_graph_line(p, NULL, depth++, stack->frames[count]);
		fputc('\n', p->out);
	}
	return depth;
}

static void rp_graph_node(struct rp_print *p, const struct rp_node *node,
			  const struct rp_stack *stack, uint32_t netns, int depth)
{
	const char *function = rp_stack_view_probe(p->src, &node->rec);
	const struct rp_stack *its;
	const struct rp_node *inner;
	struct rp_text step;
	int deeper;

	rp_graph_line(p, &node->rec, depth, function);
	fprintf(p->out, "  %s\n", rp_step_format(&step, p, &node->rec, netns));
	TAILQ_FOREACH(inner, &node->inner, link) {
		its = rp_stack_view_of(p->src, &inner->rec);
		deeper = rp_graph_frames(p, its, rp_graph_own(its, stack, function), depth + 1);
		rp_graph_node(p, inner, its, rp_decision_netns(&inner->rec, netns), deeper);
	}
}

/* @own frames lead here. */
static void rp_graph_node_json(struct rp_print *p, struct rp_buf *b,
			       const struct rp_node *node, const struct rp_stack *stack,
			       size_t own)
{
	const char *function = rp_stack_view_probe(p->src, &node->rec);
	const struct rp_stack *its;
	const struct rp_node *inner;

	rp_json_open(b, "frames", '[');
	while (own--)
		rp_json_item(b, stack->frames[own], strlen(stack->frames[own]));
	rp_json_close(b, ']');
	rp_json_string(b, "probe", function);
	if (node->rec.duration_ns)
		rp_json_number(b, "duration_ns", node->rec.duration_ns);
	rp_json_open(b, "calls", '[');
	TAILQ_FOREACH(inner, &node->inner, link) {
		its = rp_stack_view_of(p->src, &inner->rec);
		rp_json_open(b, NULL, '{');
		rp_graph_node_json(p, b, inner, its, rp_graph_own(its, stack, function));
		rp_json_close(b, '}');
	}
	rp_json_close(b, ']');
}

void rp_print_graph(struct rp_print *p, const struct rp_decision *d)
{
	const struct rp_stack *stack = rp_stack_view_of(p->src, d->rec);
	size_t count = stack ? stack->count : 0;
	struct rp_buf *b;
	int depth;

	rp_print_decision(p, d);
	if (p->json) {
		b = rp_json_begin(p);
		rp_json_string(b, "kind", "graph");
		rp_json_open(b, "call", '{');
		rp_graph_node_json(p, b, d->node, stack, count);
		rp_json_close(b, '}');
		rp_json_end(p);
		return;
	}
	if (stack && stack->cut) {
		rp_graph_line(p, NULL, 0, "...");
		fputc('\n', p->out);
	}
	depth = rp_graph_frames(p, stack, count, 0);
	rp_graph_node(p, d->node, stack, d->netns, depth);
}
