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

/* @mask: of the keys, what a number means */
static bool rp_absent_has(const struct rp_map *map, uint64_t mask, const struct rp_term *t)
{
	char clean[sizeof(t->name)];
	size_t i;

	rp_util_clean(clean, sizeof(clean), t->name, sizeof(t->name));
	for (i = 0; i < map->count; i++)
		if (!strcmp(map->entries[i].name, clean) ||
		    (t->is_number && t->number == (map->entries[i].key & mask)))
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
		       rp_absent_has(&fib->links, UINT32_MAX, t) ? NULL : "device";
	case RP_WORD_NETNS:
		return !fib->netns.count || rp_absent_has(&fib->netns, UINT64_MAX, t) ?
		       NULL : "network namespace";
	case RP_WORD_TABLE:
		return t->is_number || rp_absent_has(&fib->tables, UINT64_MAX, t) ?
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
