/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_STREAM_H
#define RP_SOURCE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <routeprobe.h>

struct rp_pack;

/* Small, as there is one of each for every CPU: of 256 they are 10 MiB. */
#define RP_STREAM_BATCH		128	/* records read at once */
#define RP_STREAM_PACKED	8192	/* bytes of them, when packed */

/*
 * The records of one CPU, from debugfs or from a recording, in the order in
 * which the probed functions returned.
 */
struct rp_stream {
	unsigned int cpu;
	int fd;
	bool follow;		/* more may come after an end of file */
	bool ended;		/* nothing will come any more */
	const char *damage;	/* why reading stopped early, or NULL */
	uint64_t begin_ns;	/* reading began then, 0: at the oldest record */
	uint64_t until_ns;	/* stop at a record that returned later */
	uint64_t begin_seq;	/* the newest when reading began, UINT64_MAX: not known */
	uint64_t room;		/* bytes still to be read from a recording */
	uint64_t seq;		/* of the newest record taken in, 0: none yet */
	uint64_t end_ns;	/* when its function returned */
	uint64_t records;	/* taken in */
	uint64_t lost;		/* overwritten before we could read them */
	uint64_t bad;		/* bytes that were no record */
	size_t pos, len;	/* in bytes, of the unread part of buf */
	char *buf;		/* NULL: nothing was read yet */
	char *packed;		/* of a packed file what was read and is not in buf yet, or NULL */
	size_t packed_len;
	struct rp_pack *pack;
};

void rp_stream_init(struct rp_stream *s, unsigned int cpu, int fd);
void rp_stream_unpack(struct rp_stream *s);	/* the file is packed */
void rp_stream_exit(struct rp_stream *s);
void rp_stream_rewind(struct rp_stream *s);	/* a recording from its beginning again */

/* Reads more once everything was taken; true when there is a head then. */
bool rp_stream_fill(struct rp_stream *s);
const struct rp_record *rp_stream_head(const struct rp_stream *s);
/*
 * Takes the head.  Returns how many records are missing right before it;
 * from_ns and to_ns then say between which moments they were made.
 */
uint64_t rp_stream_take(struct rp_stream *s, uint64_t *from_ns, uint64_t *to_ns);
/* The cheap way for a batch that nobody looks into. */
void rp_stream_account(struct rp_stream *s, const struct rp_record *rec, size_t n);

/* Saturates, so that no record can travel back in time by a long duration. */
static inline uint64_t rp_stream_end_ns(const struct rp_record *rec)
{
	uint64_t end = rec->time_ns + rec->duration_ns;

	return end < rec->time_ns ? UINT64_MAX : end;
}

#endif
