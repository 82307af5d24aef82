// SPDX-License-Identifier: GPL-2.0
/* A balanced tree of texts: whoever chooses the texts cannot make it slow. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "lib/tally.h"
#include "lib/util.h"

/* What every entry begins with, and all of one that is looked for */
struct rp_tally_entry {
	const char *key;
};

struct rp_tally_cursor {
	void **next;
};

static int rp_tally_compare(const void *a, const void *b)
{
	const struct rp_tally_entry *x = a, *y = b;

	return strcmp(x->key, y->key);
}

void rp_tally_init(struct rp_tally *t, size_t size)
{
	memset(t, 0, sizeof(*t));
	t->size = size;
	t->max = RP_TALLY_MAX;
}

void rp_tally_exit(struct rp_tally *t, void (*release)(void *entry))
{
	void *entry;

	while (t->root) {
		entry = *(void **)t->root;
		tdelete(entry, &t->root, rp_tally_compare);
		if (release)
			release(entry);
		free(entry);
	}
	t->count = 0;
}

void *rp_tally_find(const struct rp_tally *t, const char *key)
{
	struct rp_tally_entry wanted = { key };
	void **node = tfind(&wanted, &t->root, rp_tally_compare);

	return node ? *node : NULL;
}

void *rp_tally_get(struct rp_tally *t, const char *key)
{
	struct rp_tally_entry *entry = rp_tally_find(t, key);
	char *text;

	if (entry || t->count == t->max)
		return entry;
	/* The text stands behind the entry. */
	entry = rp_util_alloc(1, t->size + strlen(key) + 1);
	text = (char *)entry + t->size;
	strcpy(text, key);
	entry->key = text;
	if (!tsearch(entry, &t->root, rp_tally_compare)) {
		free(entry);
		return NULL;
	}
	t->count++;
	return entry;
}

static void rp_tally_visit(const void *node, VISIT visit, void *cursor)
{
	struct rp_tally_cursor *c = cursor;

	if (visit == postorder || visit == leaf)
		*c->next++ = *(void *const *)node;
}

void *rp_tally_list(const struct rp_tally *t)
{
	void **list = rp_util_alloc(t->count, sizeof(*list));
	struct rp_tally_cursor cursor = { list };

	twalk_r(t->root, rp_tally_visit, &cursor);
	return list;
}
