// SPDX-License-Identifier: GPL-2.0
/* An array of numbers with names, and a hash table that finds them in it. */
#include <stdlib.h>
#include <string.h>

#include "lib/map.h"
#include "lib/util.h"

#define RP_MAP_MAX		(1 << 18)
#define RP_MAP_NAME_MAX		256
#define RP_MAP_SLOTS		16

/* Where @key is, or where it belongs; a slot has the number of its entry + 1. */
static uint32_t *rp_map_slot(const struct rp_map *map, uint64_t key)
{
	size_t i = (key * 0x9e3779b97f4a7c15ULL) >> 32;

	for (;; i++) {
		uint32_t *slot = &map->slots[i & (map->nslots - 1)];

		if (!*slot || map->entries[*slot - 1].key == key)
			return slot;
	}
}

/* Twice as many, of which half are free then */
static void rp_map_grow(struct rp_map *map)
{
	size_t i;

	map->nslots = map->nslots ? 2 * map->nslots : RP_MAP_SLOTS;
	map->entries = rp_util_grow(map->entries, map->nslots / 2, sizeof(*map->entries));
	free(map->slots);
	map->slots = rp_util_alloc(map->nslots, sizeof(*map->slots));
	for (i = 0; i < map->count; i++)
		*rp_map_slot(map, map->entries[i].key) = i + 1;
}

void rp_map_set(struct rp_map *map, uint64_t key, const char *name)
{
	size_t size = strnlen(name, RP_MAP_NAME_MAX - 1) + 1;
	struct rp_map_entry *e;
	uint32_t *slot;

	if (2 * map->count >= map->nslots)
		rp_map_grow(map);
	slot = rp_map_slot(map, key);
	if (!*slot) {
		if (map->count == RP_MAP_MAX)
			return;
		map->entries[map->count] = (struct rp_map_entry) { .key = key };
		*slot = ++map->count;
	}
	e = &map->entries[*slot - 1];
	if (e->name && !strcmp(e->name, name))
		return;
	free(e->name);
	e->name = rp_util_alloc(1, size);
	rp_util_clean(e->name, size, name, size);
}

const char *rp_map_get(const struct rp_map *map, uint64_t key)
{
	uint32_t slot = map->nslots ? *rp_map_slot(map, key) : 0;

	return slot ? map->entries[slot - 1].name : NULL;
}

void rp_map_clear(struct rp_map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++)
		free(map->entries[i].name);
	free(map->entries);
	free(map->slots);
	memset(map, 0, sizeof(*map));
}
