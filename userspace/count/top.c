// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions as rows of a table: how many have a route, a rule, ... in common.
 * What is kept grows with the rows, and with who hit them, not with the hits.
 */
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "count/top.h"
#include "lib/names.h"
#include "lib/util.h"
#include "story/decision.h"
#include "words/format.h"
#include "words/json.h"

static const char *rp_top_key(struct rp_top *top, uint32_t netns, unsigned int family,
			      const char *words)
{
	struct rp_buf *key = &top->key;
	struct rp_text name;

	key->len = 0;
	rp_buf_text(key, rp_format_netns(&name, &top->reading.fib, netns));
	rp_buf_char(key, '\t');
	if (top->by->families && family == AF_INET6)
		rp_buf_text(key, "inet6 ");
	rp_buf_text(key, words);
	rp_buf_char(key, '\0');
	return key->data;
}

static struct rp_top_row *rp_top_row(struct rp_top *top, const struct rp_decision *d,
				     const char *words)
{
	struct rp_print *print = &top->print;
	struct rp_top_row *row;
	struct rp_buf b = { 0 };

	row = rp_tally_get(&top->rows, rp_top_key(top, d->netns, d->rec->family, words));
	if (!row || row->json || !print->json)
		return row;
	rp_json_netns(print, &b, d->netns);
	if (top->by->families)
		rp_json_family(&b, d->rec->family);
	top->by->json(print, &b, d);
	row->json = rp_json_text(&b);
	return row;
}

/* Of those with most hits the first by name, so that the answer is repeatable */
static void rp_top_own(struct rp_top *top, struct rp_top_row *row,
		       const struct rp_record *rec)
{
	const struct rp_top_owner *best = row->owner;
	struct rp_top_owner *owner;
	struct rp_buf *key = &top->key;
	struct rp_text comm;

	/* The key of the row was the last, and is there still. */
	key->len--;
	rp_buf_char(key, '\t');
	rp_buf_number(key, rec->context);
	rp_buf_char(key, '\t');
	rp_buf_text(key, rp_format_comm(&comm, rec));
	rp_buf_char(key, '\0');
	owner = rp_tally_get(&top->owners, key->data);
	if (!owner)
		return;
	owner->context = rec->context;
	owner->hits++;
	if (!best || owner->hits > best->hits ||
	    (owner->hits == best->hits && strcmp(owner->key, best->key) < 0))
		row->owner = owner;
}

static bool rp_top_take(void *ctx, const struct rp_decision *d)
{
	struct rp_top *top = ctx;
	struct rp_top_row *row;
	struct rp_text text;
	const char *words;

	if (!rp_decision_is_asking(d->rec))
		return false;
	words = top->by->words(&text, &top->print, d);
	if (!words)
		return false;
	row = rp_top_row(top, d, words);
	if (row)
		rp_top_own(top, row, d->rec);
	else
		row = &top->others;
	row->hits++;
	row->failed += d->rec->err != 0;
	if (d->rec->time_ns > row->last_ns)
		row->last_ns = d->rec->time_ns;
	return true;
}

/* A configured entry passes the filter as an event of it would. */
static void rp_top_entry(struct rp_top *top, struct rp_node *node, const char *untold_by)
{
	const struct rp_record *rec = &node->rec;
	struct rp_top_row *row;
	struct rp_decision d;
	struct rp_text text;

	TAILQ_INIT(&node->inner);
	node->rec.kind = RP_KIND_EVENT;
	rp_decision_make(&d, node);
	if (node->rec.has & RP_HAS_RULE)
		d.rule = &node->rec;
	if (!rp_filter_match(&top->reading.filter, &d, &top->reading.fib))
		return;
	row = rp_top_row(top, &d, top->by->words(&text, &top->print, &d));
	if (!row || !untold_by)
		return;
	row->untold = !*untold_by ||
		      rp_tally_find(&top->rows,
				    rp_top_key(top, rec->netns, rec->family, untold_by));
}

/*
 * The kernel does not say which route of a type refused, but of IPv6: none did if there is
 * no such refusal at all.  A route of type throw is as if it was not there.
 */
static const char *rp_top_untold_route(struct rp_top *top, struct rp_text *t,
				       const struct rp_record *rec)
{
	const struct rp_route *leg = &rec->route;
	bool asked = rp_source_armed(&top->reading.src, RP_KIND_LOOKUP);
	struct rp_text table;
	struct rp_name name;

	t->len = 0;
	t->text[0] = '\0';
	switch (leg->type) {
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
	case RTN_BLACKHOLE:
		if (rec->family == AF_INET6)
			return NULL;
		if (asked)
			rp_format_add(t, "(%s route) table %s",
				      rp_names_route_type(leg->type, &name),
				      rp_format_table(&table, &top->reading.fib,
						      leg->table));
		return t->text;
	case RTN_THROW:
		return t->text;
	default:
		return NULL;
	}
}

/* What an address or a device brings with it is not configured by anybody. */
static bool rp_top_is_made(const struct rp_route *leg)
{
	return leg->protocol == RTPROT_KERNEL && leg->type != RTN_UNICAST;
}

static void rp_top_route(void *ctx, const struct rp_record *leg)
{
	struct rp_top *top = ctx;
	struct rp_node node = { .rec = *leg };
	struct rp_text untold;

	if (!top->by->routes || (!top->all && rp_top_is_made(&leg->route)))
		return;
	rp_top_entry(top, &node, rp_top_untold_route(top, &untold, leg));
}

/* The kernel goes on from these without telling anyone. */
static void rp_top_rule(void *ctx, uint32_t netns, const struct rp_fib_rule *its)
{
	const struct rp_rule *rule = &its->rule;
	struct rp_top *top = ctx;
	struct rp_node node = { .rec = { .netns = netns, .family = its->family,
					 .has = RP_HAS_RULE, .rule = *rule } };
	bool untold = rule->action == FR_ACT_GOTO || rule->action == FR_ACT_NOP;

	if (top->by->rules)
		rp_top_entry(top, &node, untold ? "" : NULL);
}

void rp_top_configured(struct rp_top *top)
{
	const struct rp_fib_visitor visitor = {
		.route = rp_top_route, .rule = rp_top_rule, .ctx = top,
	};

	if (top->by->routes || top->by->rules)
		rp_reading_configured(&top->reading, &visitor, true);
}

static int rp_top_compare(const void *a, const void *b)
{
	const struct rp_top_row *x = *(struct rp_top_row *const *)a;
	const struct rp_top_row *y = *(struct rp_top_row *const *)b;

	if (x->hits != y->hits)
		return x->hits < y->hits ? 1 : -1;
	return strcmp(x->key, y->key);
}

struct rp_top_row **rp_top_sorted(const struct rp_top *top, size_t *count)
{
	struct rp_top_row **rows = rp_tally_list(&top->rows);

	*count = top->rows.count;
	qsort(rows, *count, sizeof(*rows), rp_top_compare);
	return rows;
}

static void rp_top_release(void *entry)
{
	struct rp_top_row *row = entry;

	free(row->json);
}

int rp_top_open(struct rp_top *top, struct rp_wanted *w, const struct rp_top_by *by,
		bool json)
{
	memset(top, 0, sizeof(*top));
	top->by = by;
	top->limit = UINT64_MAX;
	top->others.key = "-\t(others)";
	w->take = rp_top_take;
	w->ctx = top;
	if (rp_reading_open(&top->reading, w))
		return -1;
	rp_print_init(&top->print, &top->reading, false, json);
	rp_tally_init(&top->rows, sizeof(struct rp_top_row));
	rp_tally_init(&top->owners, sizeof(struct rp_top_owner));
	return 0;
}

void rp_top_close(struct rp_top *top)
{
	rp_tally_exit(&top->rows, rp_top_release);
	rp_tally_exit(&top->owners, NULL);
	rp_buf_exit(&top->key);
	rp_buf_exit(&top->print.line);
	rp_reading_close(&top->reading);
}
