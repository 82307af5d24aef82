/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_JOURNAL_H
#define RP_OUT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"

struct rp_why;
struct rp_why_group;

#define RP_JOURNAL_SOCKET	"/run/systemd/journal/socket"

/*
 * systemd's journal by its native protocol, which is few lines: a library would be one more
 * for a reader that has to start anywhere.
 */
struct rp_journal {
	const char *path;
	int fd;
	bool stuck;		/* had no room for a while, and has not taken any since */
	uint64_t unsent;	/* the journal was down, or had no room */
	struct rp_buf entry;
};

/* -1 with a message */
int rp_journal_open(struct rp_journal *j, const char *path);
/* Says what could not be sent, if anything. */
void rp_journal_close(struct rp_journal *j);
void rp_journal_send(struct rp_journal *j, struct rp_why *why, const struct rp_why_group *group);

#endif
