// SPDX-License-Identifier: GPL-2.0
/* An array of facts, sorted when it is asked. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/facts.h"
#include "lib/util.h"

#define RP_FACTS_MAX		(1 << 19)
#define RP_FACTS_NAME_MAX	256
#define RP_FACTS_FEW		16	/* that are put in their place one by one */

static int rp_facts_compare(const void *a, const void *b)
{
	const struct rp_fact *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return 0;
}

/* Where the first fact is that is of a later moment, or key */
static size_t rp_facts_after(const struct rp_facts *s, uint64_t key, uint64_t time_ns)
{
	size_t low = 0, high = s->sorted, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (s->facts[mid].key < key ||
		    (s->facts[mid].key == key && s->facts[mid].time_ns <= time_ns))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const char *rp_facts_name(const struct rp_facts *s, const struct rp_fact *fact)
{
	return fact->name ? s->names + fact->name : NULL;
}

static bool rp_facts_is_same(const struct rp_facts *s, const struct rp_fact *a,
			     const struct rp_fact *b)
{
	return a->key == b->key && a->how != RP_FACTS_ENDED && b->how == RP_FACTS_SEEN &&
	       !strcmp(rp_facts_name(s, a), rp_facts_name(s, b));
}

/* Of a name that was seen again and again the first and the last time tell all. */
static void rp_facts_compact(struct rp_facts *s)
{
	struct rp_fact *f = s->facts;
	size_t i, n = 0;

	for (i = 0; i < s->count; i++) {
		if (n > 1 && rp_facts_is_same(s, &f[n - 2], &f[n - 1]) &&
		    rp_facts_is_same(s, &f[n - 1], &f[i]))
			n--;
		f[n++] = f[i];
	}
	s->count = n;
	s->sorted = n;
}

static int rp_facts_compare_times(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The older half of too many */
static void rp_facts_forget(struct rp_facts *s)
{
	uint64_t *times = rp_util_alloc(s->count, sizeof(*times));
	size_t i, n = 0;

	for (i = 0; i < s->count; i++)
		times[i] = s->facts[i].time_ns;
	qsort(times, s->count, sizeof(*times), rp_facts_compare_times);
	s->begin_ns = times[s->count / 2];
	free(times);
	for (i = 0; i < s->count; i++)
		if (s->facts[i].time_ns >= s->begin_ns)
			s->facts[n++] = s->facts[i];
	s->count = n;
	s->sorted = n;
}

/* The next of those that are not sorted takes its place, or that of one that tells no more. */
static void rp_facts_place(struct rp_facts *s)
{
	struct rp_fact fact = s->facts[s->sorted], *f = s->facts;
	size_t at = rp_facts_after(s, fact.key, fact.time_ns);

	if (at > 1 && rp_facts_is_same(s, &f[at - 2], &f[at - 1]) &&
	    rp_facts_is_same(s, &f[at - 1], &fact)) {
		f[at - 1] = fact;
		s->count--;
		memmove(&f[s->sorted], &f[s->sorted + 1], (s->count - s->sorted) * sizeof(*f));
		return;
	}
	memmove(&f[at + 1], &f[at], (s->sorted++ - at) * sizeof(*f));
	f[at] = fact;
}

/* Which of them tell no more is known when all that came are in order. */
static void rp_facts_sort(struct rp_facts *s)
{
	if (s->mixed || s->count - s->sorted > RP_FACTS_FEW) {
		s->mixed = false;
		qsort(s->facts, s->count, sizeof(*s->facts), rp_facts_compare);
		rp_facts_compact(s);
	}
	while (s->sorted < s->count)
		rp_facts_place(s);
}

/* Room for another name: what facts that are gone had, or more */
static void rp_facts_make_room(struct rp_facts *s, size_t size)
{
	struct rp_facts old = *s;
	const char *name;
	size_t i, len;

	for (i = 0, len = 1 + size; i < s->count; i++)
		len += s->facts[i].name ? strlen(s->names + s->facts[i].name) + 1 : 0;
	s->names_size = 2 * len;
	s->names = rp_util_alloc(s->names_size, 1);
	s->names_len = 1;	/* 0 is none */
	for (i = 0; i < s->count; i++) {
		if (!s->facts[i].name)
			continue;
		name = old.names + s->facts[i].name;
		len = strlen(name) + 1;
		memcpy(s->names + s->names_len, name, len);
		s->facts[i].name = s->names_len;
		s->names_len += len;
	}
	free(old.names);
}

static uint32_t rp_facts_keep(struct rp_facts *s, const char *name)
{
	size_t size = strnlen(name, RP_FACTS_NAME_MAX - 1) + 1, at;

	if (!*name)
		return 0;
	if (s->names_len + size > s->names_size)
		rp_facts_make_room(s, size);
	at = s->names_len;
	rp_util_clean(s->names + at, size, name, size);
	s->names_len += size;
	return at;
}

/* False: there is none. */
static bool rp_facts_has_room(struct rp_facts *s)
{
	if (s->count < RP_FACTS_MAX)
		return true;
	if (s->full)
		return false;
	rp_facts_sort(s);
	if (s->count > RP_FACTS_MAX / 2)
		rp_facts_forget(s);
	s->full = s->count > RP_FACTS_MAX * 3 / 4;
	return s->count < RP_FACTS_MAX;
}

void rp_facts_add(struct rp_facts *s, uint64_t key, uint64_t time_ns, enum rp_facts_how how,
		  const char *name)
{
	if ((how != RP_FACTS_ENDED && !*name) || !rp_facts_has_room(s) || time_ns < s->begin_ns)
		return;
	if (s->count == s->size) {
		s->size = s->size ? 2 * s->size : 64;
		s->facts = rp_util_grow(s->facts, s->size, sizeof(*s->facts));
	}
	s->facts[s->count] = (struct rp_fact) {
		.key = key, .time_ns = time_ns, .name = rp_facts_keep(s, name), .how = how,
	};
	s->count++;
	s->mixed |= time_ns < s->last_ns;
	if (time_ns > s->last_ns)
		s->last_ns = time_ns;
}

/*
 * A name that was seen before and after a moment was its name, and so was one that was seen
 * on one side of it alone.  Of two different ones it may have been either.
 */
const char *rp_facts_get(struct rp_facts *s, uint64_t key, uint64_t at_ns,
			 const struct rp_life *life)
{
	const struct rp_fact *before = NULL, *after = NULL;
	const char *name;
	size_t i;

	rp_facts_sort(s);
	if (at_ns < s->begin_ns)
		return NULL;
	i = rp_facts_after(s, key, at_ns);
	if (i && s->facts[i - 1].key == key && s->facts[i - 1].time_ns >= life->from_ns &&
	    s->facts[i - 1].how != RP_FACTS_ENDED)
		before = &s->facts[i - 1];
	if (i < s->count && s->facts[i].key == key && s->facts[i].time_ns <= life->until_ns &&
	    s->facts[i].how != RP_FACTS_NAMED)
		after = &s->facts[i];
	if (!before)
		return after ? rp_facts_name(s, after) : NULL;
	name = rp_facts_name(s, before);
	if (after && after->name && name && before->time_ns != at_ns &&
	    strcmp(name, s->names + after->name))
		return NULL;
	return name;
}

struct rp_life rp_facts_life(struct rp_facts *s, uint64_t key, uint64_t at_ns)
{
	struct rp_life life = { .from_ns = 0, .until_ns = UINT64_MAX };
	size_t i;

	rp_facts_sort(s);
	i = rp_facts_after(s, key, at_ns);
	if (i && s->facts[i - 1].key == key)
		life.from_ns = s->facts[i - 1].time_ns;
	if (i < s->count && s->facts[i].key == key)
		life.until_ns = s->facts[i].time_ns;
	return life;
}

void rp_facts_clear(struct rp_facts *s)
{
	free(s->facts);
	free(s->names);
	memset(s, 0, sizeof(*s));
}
