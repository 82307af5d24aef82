// SPDX-License-Identifier: GPL-2.0
/*
 * Names in a filter that nothing has: a typing error looks as if nothing had happened.
 * It may still be right, of what came and went between two looks.
 */
#include <string.h>

#include "fib/names.h"
#include "lib/util.h"
#include "story/absent.h"
#include "story/filter.h"

static bool rp_absent_is(const struct rp_term *t, uint32_t number, const char *name)
{
	char clean[sizeof(t->name)];

	rp_util_clean(clean, sizeof(clean), t->name, sizeof(t->name));
	return (name && !strcmp(name, clean)) || (t->is_number && t->number == number);
}

/* Of a link the upper half of a key is its namespace. */
static bool rp_absent_has(const struct rp_facts *facts, const struct rp_term *t)
{
	size_t i;

	for (i = 0; i < facts->count; i++)
		if (rp_absent_is(t, facts->facts[i].key, rp_facts_name(facts, &facts->facts[i])))
			return true;
	return false;
}

static bool rp_absent_has_table(const struct rp_map *tables, const struct rp_term *t)
{
	size_t i;

	for (i = 0; i < tables->count; i++)
		if (rp_absent_is(t, tables->entries[i].key, tables->entries[i].name))
			return true;
	return false;
}

static const char *rp_absent_what(const struct rp_fib *fib, const struct rp_term *t)
{
	switch (t->word) {
	case RP_WORD_OIF:
	case RP_WORD_IIF:
	case RP_WORD_DEV:
	case RP_WORD_VRF:
		return !fib->links.count || !strcmp(t->name, "lo") ||
		       rp_absent_has(&fib->links, t) ? NULL : "device";
	case RP_WORD_NETNS:
		return !fib->netns.count || rp_absent_has(&fib->netns, t) ?
		       NULL : "network namespace";
	case RP_WORD_TABLE:
		return t->is_number || rp_absent_has_table(&fib->tables, t) ?
		       NULL : "table";
	default:
		return NULL;
	}
}

static void rp_absent_warn_words(const struct rp_words *w, const struct rp_fib *fib,
				 const char *where)
{
	const char *what;
	unsigned int i;

	for (i = 0; i < w->terms_count; i++) {
		what = rp_absent_what(fib, &w->terms[i]);
		if (what)
			rp_util_warn("%s: no %s \"%s\" is known", where, what,
				     w->terms[i].name);
	}
}

void rp_absent_warn(const struct rp_filter *f, const struct rp_fib *fib, const char *where)
{
	rp_absent_warn_words(&f->words, fib, where);
	rp_absent_warn_words(&f->nots, fib, where);
}
