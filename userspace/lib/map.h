/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_MAP_H
#define RP_LIB_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Numbers to names.  A later name of the same number replaces the earlier. */
struct rp_map {
	struct rp_map_entry {
		uint64_t key;
		char *name;
	} *entries;		/* in the order in which they came */
	size_t count;
	uint32_t *slots;
	size_t nslots;
};

void rp_map_set(struct rp_map *map, uint64_t key, const char *name);
const char *rp_map_get(const struct rp_map *map, uint64_t key);
void rp_map_clear(struct rp_map *map);

#endif
