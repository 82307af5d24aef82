/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_FOLDER_H
#define RP_CMD_FOLDER_H

/* Where a recording is made */
struct rp_folder {
	char *path;
	int dirfd;	/* -1: it is not there */
};

/* What explains a recording's records, besides its session and snapshots */
#define RP_FOLDER_TEXTS	"version", "probes", "callers", "stats", "reasons", "hist", "stacks"
#define RP_FOLDER_TEXT_MAX	(32 << 20)

/* A new directory, or one that is empty and ours; close it in any case. */
int rp_folder_make(struct rp_folder *f, const char *to);
void rp_folder_close(struct rp_folder *f);
/* Says what errno is about; returns -1. */
int rp_folder_err(const struct rp_folder *f, const char *name);
/* To write into; -1 and errno */
int rp_folder_create(const struct rp_folder *f, const char *name, int flags);
/* A file of another directory: the old one stays until the new one is complete. */
int rp_folder_copy(const struct rp_folder *f, int from, const char *name);

#endif
