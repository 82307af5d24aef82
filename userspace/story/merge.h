/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_MERGE_H
#define RP_STORY_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rp_record;
struct rp_source;
struct rp_stream;

/* Records of all CPUs in the order in which their functions returned. */
struct rp_merge {
	struct rp_stream **heap;	/* those with a head, the earliest first */
	size_t count;
	struct rp_stream **dry;		/* live ones with nothing to read now */
	size_t ndry;
	uint64_t limit_ns;		/* everything up to here has been seen */
	bool taken;			/* heap[0]'s head was handed out */
};

/* What rp_merge_next() says beside the record */
struct rp_merged {
	const struct rp_record *rec;	/* valid until the next call */
	uint64_t missing;		/* records of its CPU before it */
	uint64_t from_ns, to_ns;	/* between which moments */
};

void rp_merge_init(struct rp_merge *m, struct rp_source *src);
void rp_merge_exit(struct rp_merge *m);

/* Looks again into streams that were dry. */
void rp_merge_poll(struct rp_merge *m);
/* False: nothing more is certain now; the end if rp_merge_ended() too. */
bool rp_merge_next(struct rp_merge *m, struct rp_merged *out);
bool rp_merge_ended(const struct rp_merge *m);

#endif
