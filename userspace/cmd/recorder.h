/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_RECORDER_H
#define RP_CMD_RECORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "cmd/folder.h"
#include "source/source.h"

/* Copies the rings of a source, packed, into a directory of the same files else. */
struct rp_recorder {
	struct rp_source src;
	struct rp_session session;
	struct rp_folder to;
	int session_fd;
	int *fds;		/* one per stream */
	struct rp_pack *packs;	/* one per stream */
	struct rp_record *read;	/* what was read last, */
	char *packed;		/* as it is to be written */
	uint64_t wanted;	/* records at a look */
	uint64_t missed_before;
	int error;		/* why nothing more can be written */
};

/* How to say where it is, in the end */
enum rp_dump_say {
	RP_DUMP_SILENT,		/* who asked knows */
	RP_DUMP_NAMED,
	RP_DUMP_JSON,
	RP_RECORD_JSON,
	RP_DUMP_TOLD,		/* with what was recorded, on stderr */
};

/*
 * A process that works beside the recording, and that no signal ends; as rp_util_fork()
 */
pid_t rp_recorder_fork(void);
/* What to call a recording that has no name */
void rp_recorder_name(char *buf, size_t size);

int rp_recorder_start(struct rp_recorder *r, const char *from, const char *to,
		      char **command);
/*
 * What has come since: how many records of the CPU that made most, or -1 when no more
 * can be written
 */
int64_t rp_recorder_copy(struct rp_recorder *r);
/* Takes what is left and completes the directory; returns an exit status. */
int rp_recorder_finish(struct rp_recorder *r, bool failed, enum rp_dump_say say);
void rp_recorder_close(struct rp_recorder *r);

/* All that the rings hold now; returns an exit status. */
int rp_recorder_dump(const char *from, const char *to, enum rp_dump_say say);

#endif
