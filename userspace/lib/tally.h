/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_TALLY_H
#define RP_LIB_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define RP_TALLY_MAX	(1 << 20)

struct rp_tally_slot;

/*
 * Texts, each kept once with what is known of it: a structure of the owner's
 * that begins with "const char *key".  Memory grows with the number of
 * different texts, up to a limit, and not with how often they are asked for.
 */
struct rp_tally {
	struct rp_tally_slot *slots;	/* a hash table, half full at most */
	size_t nslots;		/* a power of two, or 0 */
	uint64_t seed;		/* of its hashes */
	size_t size;		/* of an entry */
	size_t count;
	size_t max;		/* entries that are kept */
};

void rp_tally_init(struct rp_tally *t, size_t size);
/* @release, or NULL, frees what an entry points to. */
void rp_tally_exit(struct rp_tally *t, void (*release)(void *entry));

/* NULL: not there */
void *rp_tally_find(const struct rp_tally *t, const char *key);
/* The entry of @key; a new one is zeroed but for its key.  NULL: no room. */
void *rp_tally_get(struct rp_tally *t, const char *key);
/* All entries in any order, as an array to be freed; or by their keys */
void *rp_tally_list(const struct rp_tally *t);
void *rp_tally_sorted(const struct rp_tally *t);

#endif
