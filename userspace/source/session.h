/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_SESSION_H
#define RP_SOURCE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/map.h"

#define RP_SESSION_TEXT_LEN	256

/* What the file "session" of a recording says. */
struct rp_session {
	char byte_order[RP_SESSION_TEXT_LEN];	/* "little" or "big" */
	char reader[RP_SESSION_TEXT_LEN];	/* version of the reader that wrote it */
	char kernel[RP_SESSION_TEXT_LEN];
	char hostname[RP_SESSION_TEXT_LEN];
	char command[RP_SESSION_TEXT_LEN];
	char ended[RP_SESSION_TEXT_LEN];	/* why it ended, empty while it runs */
	int64_t start_ns;		/* CLOCK_MONOTONIC */
	int64_t end_ns;
	int64_t clock_offset_ns;	/* CLOCK_REALTIME - CLOCK_MONOTONIC */
	uint64_t cpus;
	uint64_t records;
	uint64_t lost;
	uint64_t missed;		/* by probes, while recording */
	uint64_t complete;		/* 1: everything up to end_ns is here */
	struct rp_map begins;		/* by CPU the number of the newest record at start_ns */
};

int64_t rp_session_clock_offset(void);
const char *rp_session_byte_order(void);
int rp_session_read(struct rp_session *s, int dirfd);
void rp_session_free(struct rp_session *s);
/* UINT64_MAX if it is not known */
uint64_t rp_session_begin_seq(const struct rp_session *s, unsigned int cpu);
/* Into an open file, over what was there; @extra is appended as it is. */
int rp_session_write(const struct rp_session *s, int fd, const char *extra);

#endif
