/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_PACK_H
#define RP_SOURCE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <routeprobe.h>

/* A packed record before its mask and words: one byte, and the times, short or in full */
#define RP_PACK_SHORT	(1 + 2 * sizeof(uint32_t))
#define RP_PACK_LONG	(1 + 2 * sizeof(uint64_t))
#define RP_PACK_ALIGN	16	/* of records, as malloc() has it: half the loads */
/* A packed record has this many bytes at most. */
#define RP_PACK_MAX	(1 + sizeof(uint32_t) + sizeof(struct rp_record))

/*
 * One file's records as a recording has them, see the contract: of each only what
 * differs from the last of its probe.  All zero at the beginning of a file.
 */
struct rp_pack {
	uint64_t seq;				/* of the last record */
	uint64_t time_ns;
	/* by slot */
	struct rp_record last[RP_PACKED_SLOTS] __attribute__((aligned(RP_PACK_ALIGN)));
};

/*
 * @rec is aligned, @out has room for @n times RP_PACK_MAX.  Returns how many bytes of it
 * are used.
 */
size_t rp_pack(struct rp_pack *pack, char *out, const struct rp_record *rec, size_t n);
/*
 * The first packed record of @in: *@rec points to it until the next.  Returns how many
 * bytes it took, 0 when it is cut off, -1 when it can be none.
 */
ssize_t rp_pack_next(struct rp_pack *pack, const struct rp_record **rec, const char *in,
		     size_t len);
/* The same, but of records in other slots than these *@rec is NULL. */
ssize_t rp_pack_next_of(struct rp_pack *pack, const bool slots[RP_PACKED_SLOTS],
			const struct rp_record **rec, const char *in, size_t len);
/* How many of @len bytes are whole records, and how many these are */
size_t rp_pack_whole(const char *in, size_t len, size_t *records);

#endif
