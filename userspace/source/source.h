/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_SOURCE_H
#define RP_SOURCE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/map.h"
#include "source/session.h"
#include "source/stack.h"
#include "source/stream.h"

#define RP_SOURCE_LIVE_DIR	"/sys/kernel/debug/routeprobe"
/* `ip netns exec` has a /sys of its own, with nothing mounted in it. */
#define RP_SOURCE_OTHER_DIR	"/proc/1/root" RP_SOURCE_LIVE_DIR

/* A line of the file "probes" */
struct rp_probe {
	bool known;
	unsigned int kind;
	char name[64];
	char group[24];
	char state[24];
	char hook[16];		/* how it is attached, "-": it is not */
	char use[192];
	uint64_t recorded, filtered, missed;
};

/*
 * A directory of the contract's files: the module's own in debugfs, or a
 * recording.  Reading differs only in where the clock offset comes from and
 * in whether more may come.
 */
struct rp_source {
	int dirfd;
	char *dir;
	bool recording;
	unsigned int damaged;		/* parts that were named on stderr */
	char version[32];
	char kernel[128];
	uint64_t major, minor, record_size;
	struct rp_session session;
	struct rp_probe *probes;	/* by id */
	size_t nprobes;
	char **callers;			/* by id, NULL: not known */
	size_t ncallers;
	struct rp_stacks stacks;
	struct rp_map reasons;		/* drop reasons of the kernel that recorded */
	struct rp_stream *streams;
	size_t nstreams;
};

/* Where a stream is to begin, and whether it goes on after its end. */
enum rp_source_mode {
	RP_SOURCE_WHOLE,	/* all there is now */
	RP_SOURCE_FOLLOW,	/* from now on */
	RP_SOURCE_BOTH,		/* all there is now, and then from now on */
};

int rp_source_open(struct rp_source *src, const char *dir, bool recording);
int rp_source_streams(struct rp_source *src, enum rp_source_mode mode);
void rp_source_close(struct rp_source *src);

/* Every record of a kind that there is now, of one CPU after the other */
void rp_source_skim(const struct rp_source *src, unsigned int kind,
		    void (*see)(void *ctx, const struct rp_record *rec), void *ctx);

void rp_source_damage(struct rp_source *src, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void rp_source_damaged_streams(struct rp_source *src);

int rp_source_read_probes(struct rp_source *src);
const struct rp_probe *rp_source_probe(const struct rp_source *src, unsigned int id);
unsigned int rp_source_armed(const struct rp_source *src, unsigned int kind);
/* The same of one family, where each has a probe of its own */
unsigned int rp_source_armed_of(const struct rp_source *src, unsigned int kind,
				unsigned int family);
uint64_t rp_source_missed(const struct rp_source *src);
uint64_t rp_source_records(const struct rp_source *src);
uint64_t rp_source_lost(const struct rp_source *src);

/* The function that called, without offset; NULL if unknown */
const char *rp_source_caller(struct rp_source *src, uint32_t id);
/* NULL: none was taken, or its id is not known; no frames: nobody can tell */
const struct rp_stack *rp_source_stack(struct rp_source *src, uint32_t id);
/* The drop reason that rp_record.err above 0 stands for; NULL if unknown */
const char *rp_source_reason(const struct rp_source *src, int err);

#endif
