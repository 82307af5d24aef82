// SPDX-License-Identifier: GPL-2.0
/*
 * A hash table of texts.  Each has a seed of its own, so that whoever chooses the texts
 * cannot make it slow.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/tally.h"
#include "lib/util.h"

#define RP_TALLY_SLOTS	256

/* What every entry begins with */
struct rp_tally_entry {
	const char *key;
};

struct rp_tally_slot {
	uint64_t hash;
	struct rp_tally_entry *entry;	/* NULL: it is free */
};

void rp_tally_init(struct rp_tally *t, size_t size)
{
	memset(t, 0, sizeof(*t));
	t->size = size;
	t->max = RP_TALLY_MAX;
	if (getrandom(&t->seed, sizeof(t->seed), GRND_NONBLOCK) != sizeof(t->seed))
		t->seed = (uintptr_t)t;
}

void rp_tally_exit(struct rp_tally *t, void (*release)(void *entry))
{
	size_t i;

	for (i = 0; i < t->nslots; i++) {
		if (release && t->slots[i].entry)
			release(t->slots[i].entry);
		free(t->slots[i].entry);
	}
	free(t->slots);
	t->slots = NULL;
	t->nslots = 0;
	t->count = 0;
}

static uint64_t rp_tally_mix(uint64_t hash, uint64_t word)
{
	unsigned __int128 product = (unsigned __int128)(hash ^ word) * 0x9e3779b97f4a7c15ULL;

	return (uint64_t)product ^ (uint64_t)(product >> 64) ^ hash << 32;
}

static uint64_t rp_tally_hash(const struct rp_tally *t, const char *key, size_t len)
{
	uint64_t hash = t->seed + len, word;

	for (; len >= sizeof(word); len -= sizeof(word), key += sizeof(word)) {
		memcpy(&word, key, sizeof(word));
		hash = rp_tally_mix(hash, word);
	}
	word = 0;
	memcpy(&word, key, len);
	return rp_tally_mix(rp_tally_mix(hash, word), t->seed);
}

/* Where @key is, or belongs; there is always a free slot behind it. */
static struct rp_tally_slot *rp_tally_slot(const struct rp_tally *t, const char *key,
					   uint64_t hash)
{
	struct rp_tally_slot *slot;
	size_t i;

	for (i = hash;; i++) {
		slot = &t->slots[i & (t->nslots - 1)];
		if (!slot->entry || (slot->hash == hash && !strcmp(slot->entry->key, key)))
			return slot;
	}
}

static void rp_tally_grow(struct rp_tally *t)
{
	struct rp_tally old = *t;
	size_t i, at;

	t->nslots = old.nslots ? 2 * old.nslots : RP_TALLY_SLOTS;
	t->slots = rp_util_alloc(t->nslots, sizeof(*t->slots));
	for (i = 0; i < old.nslots; i++) {
		if (!old.slots[i].entry)
			continue;
		for (at = old.slots[i].hash; t->slots[at & (t->nslots - 1)].entry; at++)
			;
		t->slots[at & (t->nslots - 1)] = old.slots[i];
	}
	free(old.slots);
}

void *rp_tally_find(const struct rp_tally *t, const char *key)
{
	if (!t->nslots)
		return NULL;
	return rp_tally_slot(t, key, rp_tally_hash(t, key, strlen(key)))->entry;
}

void *rp_tally_get(struct rp_tally *t, const char *key)
{
	size_t len = strlen(key);
	uint64_t hash = rp_tally_hash(t, key, len);
	struct rp_tally_slot *slot;
	char *text;

	if (!t->nslots || (t->count < t->max && 2 * t->count >= t->nslots))
		rp_tally_grow(t);
	slot = rp_tally_slot(t, key, hash);
	if (slot->entry || t->count == t->max)
		return slot->entry;
	/* The text stands behind the entry. */
	slot->entry = rp_util_alloc(1, t->size + len + 1);
	text = (char *)slot->entry + t->size;
	memcpy(text, key, len + 1);
	slot->entry->key = text;
	slot->hash = hash;
	t->count++;
	return slot->entry;
}

void *rp_tally_list(const struct rp_tally *t)
{
	void **list = rp_util_alloc(t->count, sizeof(*list)), **next = list;
	size_t i;

	for (i = 0; i < t->nslots; i++)
		if (t->slots[i].entry)
			*next++ = t->slots[i].entry;
	return list;
}

static int rp_tally_compare(const void *a, const void *b)
{
	const struct rp_tally_entry *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

void *rp_tally_sorted(const struct rp_tally *t)
{
	void *list = rp_tally_list(t);

	qsort(list, t->count, sizeof(void *), rp_tally_compare);
	return list;
}
