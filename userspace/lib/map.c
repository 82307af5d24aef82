// SPDX-License-Identifier: GPL-2.0
/* A sorted array of numbers with names. */
#include <stdlib.h>
#include <string.h>

#include "lib/map.h"
#include "lib/util.h"

#define RP_MAP_MAX		(1 << 18)
#define RP_MAP_NAME_MAX		256

/* Where @key is, or where it belongs. */
static size_t rp_map_find(const struct rp_map *map, uint64_t key)
{
	size_t low = 0, high = map->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (map->entries[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void rp_map_set(struct rp_map *map, uint64_t key, const char *name)
{
	size_t i = rp_map_find(map, key);
	struct rp_map_entry *e;
	size_t size = strnlen(name, RP_MAP_NAME_MAX - 1) + 1;

	if (i == map->count || map->entries[i].key != key) {
		if (map->count == RP_MAP_MAX)
			return;
		map->entries = rp_util_grow(map->entries, map->count + 1, sizeof(*e));
		e = &map->entries[i];
		memmove(e + 1, e, (map->count++ - i) * sizeof(*e));
		e->key = key;
		e->name = NULL;
	}
	e = &map->entries[i];
	if (e->name && !strcmp(e->name, name))
		return;
	free(e->name);
	e->name = rp_util_alloc(1, size);
	rp_util_clean(e->name, size, name, size);
}

const char *rp_map_get(const struct rp_map *map, uint64_t key)
{
	size_t i = rp_map_find(map, key);

	if (i == map->count || map->entries[i].key != key)
		return NULL;
	return map->entries[i].name;
}

void rp_map_clear(struct rp_map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++)
		free(map->entries[i].name);
	free(map->entries);
	memset(map, 0, sizeof(*map));
}
