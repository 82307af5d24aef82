// SPDX-License-Identifier: GPL-2.0
/*
 * Records of one kind, ahead of all others.  In a packed file a record needs those of its
 * slot alone, so what is in other slots is passed over: that is a hundredth of the work.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <routeprobe.h>

#include "lib/util.h"
#include "source/pack.h"
#include "source/source.h"

#define RP_SKIM_SIZE	(1 << 16)

struct rp_skim {
	unsigned int kind;
	bool slots[RP_PACKED_SLOTS];
	struct rp_pack *pack;
	/* Aligned as records are: what was read, and how much of it is left */
	char *buf;
	size_t len;
	void (*see)(void *ctx, const struct rp_record *rec);
	void *ctx;
};

/* Where the kinds of probes are not known, a record may be in any slot. */
static void rp_skim_slots(struct rp_skim *skim, const struct rp_source *src)
{
	size_t i;

	for (i = 0; i < RP_PACKED_SLOTS; i++)
		skim->slots[i] = !src->nprobes;
	for (i = 0; i < src->nprobes; i++)
		if (src->probes[i].known && src->probes[i].kind == skim->kind)
			skim->slots[i % RP_PACKED_SLOTS] = true;
}

static void rp_skim_see(struct rp_skim *skim, const struct rp_record *rec)
{
	if (rec->kind == skim->kind)
		skim->see(skim->ctx, rec);
}

/* Returns how many bytes were of whole records; below zero where there are no more. */
static ssize_t rp_skim_packed(struct rp_skim *skim)
{
	const struct rp_record *rec;
	size_t used = 0;
	ssize_t n;

	for (;; used += n) {
		n = rp_pack_next_of(skim->pack, skim->slots, &rec, skim->buf + used,
				    skim->len - used);
		if (n <= 0)
			return n < 0 ? -1 : (ssize_t)used;
		if (rec)
			rp_skim_see(skim, rec);
	}
}

static ssize_t rp_skim_plain(struct rp_skim *skim)
{
	size_t used = 0;

	for (; skim->len - used >= sizeof(struct rp_record); used += sizeof(struct rp_record))
		rp_skim_see(skim, (const struct rp_record *)(skim->buf + used));
	return used;
}

static void rp_skim_file(struct rp_skim *skim, int fd, bool packed)
{
	ssize_t n;

	skim->len = 0;
	memset(skim->pack, 0, sizeof(*skim->pack));
	while ((n = read(fd, skim->buf + skim->len, RP_SKIM_SIZE - skim->len)) > 0) {
		skim->len += n;
		n = packed ? rp_skim_packed(skim) : rp_skim_plain(skim);
		if (n < 0)
			return;
		skim->len -= n;
		memmove(skim->buf, skim->buf + n, skim->len);
	}
}

void rp_source_skim(const struct rp_source *src, unsigned int kind,
		    void (*see)(void *ctx, const struct rp_record *rec), void *ctx)
{
	struct rp_skim skim = { .kind = kind, .see = see, .ctx = ctx };
	char name[16];
	size_t i;
	int fd;

	rp_skim_slots(&skim, src);
	skim.buf = rp_util_alloc(RP_SKIM_SIZE, 1);
	skim.pack = rp_util_alloc(1, sizeof(*skim.pack));
	for (i = 0; i < src->nstreams; i++) {
		snprintf(name, sizeof(name), "%s%u", src->recording ? "packed" : "cpu",
			 src->streams[i].cpu);
		/* A file of its own, at whose beginning we are */
		fd = rp_util_open(src->dirfd, name);
		if (fd < 0)
			continue;
		rp_skim_file(&skim, fd, src->recording);
		close(fd);
	}
	free(skim.buf);
	free(skim.pack);
}
