/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_SESSION_H
#define RP_SOURCE_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RP_SESSION_FILE		"session.json"
#define RP_SESSION_TEXT_LEN	256
#define RP_SESSION_CLOCKS	64

/* CLOCK_MONOTONIC stands still in a suspend, and CLOCK_REALTIME may be set. */
struct rp_session_clock {
	int64_t from_ns;	/* CLOCK_MONOTONIC, of the first time that it holds for */
	int64_t offset_ns;	/* CLOCK_REALTIME - CLOCK_MONOTONIC */
};

struct rp_session_cpu {
	unsigned int cpu;
	uint64_t begin_seq;	/* of the newest record at start_ns; UINT64_MAX: not known */
	uint64_t lost;
};

/* What the file of a recording says that the module's own files do not */
struct rp_session {
	char byte_order[RP_SESSION_TEXT_LEN];	/* "little" or "big" */
	char reader[RP_SESSION_TEXT_LEN];	/* version of the reader that wrote it */
	char kernel[RP_SESSION_TEXT_LEN];
	char hostname[RP_SESSION_TEXT_LEN];
	char command[RP_SESSION_TEXT_LEN];
	char ended[RP_SESSION_TEXT_LEN];	/* why it ended, empty while it runs */
	int64_t start_ns;		/* CLOCK_MONOTONIC */
	int64_t end_ns;
	uint64_t cpus;
	uint64_t records;
	uint64_t lost;
	uint64_t missed;		/* by probes, while recording */
	bool complete;			/* everything up to end_ns is here */
	struct rp_session_clock clocks[RP_SESSION_CLOCKS];	/* the oldest first */
	unsigned int nclocks;
	struct rp_session_cpu *each;
	size_t neach;
};

const char *rp_session_byte_order(void);
/* -1 and errno; EINVAL: it is no JSON. */
int rp_session_read(struct rp_session *s, int dirfd);
void rp_session_free(struct rp_session *s);
/* Into an open file, over what was there */
int rp_session_write(const struct rp_session *s, int fd);
void rp_session_add_cpu(struct rp_session *s, unsigned int cpu, uint64_t begin_seq,
			uint64_t lost);
/* UINT64_MAX if it is not known */
uint64_t rp_session_begin_seq(const struct rp_session *s, unsigned int cpu);
/* Looks at the clocks; true when they are not as they were. */
bool rp_session_watch_clocks(struct rp_session *s);
/* The same moment by CLOCK_REALTIME */
int64_t rp_session_realtime(const struct rp_session *s, uint64_t time_ns);

#endif
