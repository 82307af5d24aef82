/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_NAMES_H
#define RP_FIB_NAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include <routeprobe.h>

#include "lib/map.h"
#include "lib/facts.h"

struct rp_fib_visitor;

/*
 * What the kernel's records leave as numbers.  Live it is asked by netlink in
 * every network namespace; a recording has it as a file of one JSON object a
 * line, which also holds the routes, rules and addresses.
 *
 * Numbers of namespaces and devices are used again, so each name is for a span of time:
 * when it was seen in a snapshot is known, and events of links tell of ends.
 */
struct rp_fib {
	struct rp_facts netns;	/* inode number to name */
	struct rp_facts ends;	/* inode number: when a namespace went */
	struct rp_facts links;	/* inode number << 32 | ifindex to name */
	struct rp_map tables;
	uint64_t at_ns;		/* names that are asked for are of then, UINT64_MAX: now */
	uint64_t asked_ns;	/* names that are read are of then */
	bool live;
	int64_t refreshed_ns;
	FILE *out;		/* where a snapshot goes, or NULL */
	const struct rp_fib_visitor *visitor;	/* who is told of rules and routes, or NULL */
	const char *only;	/* what lines begin with that are read at all, or NULL */
	unsigned int misfits;	/* of those, what is no rule or route */
	unsigned int partial;	/* namespaces of which a snapshot that was read has not all */
	unsigned int failed;	/* and of one that was made */
};

void rp_fib_init(struct rp_fib *fib);
void rp_fib_exit(struct rp_fib *fib);

/* Takes an open file from its beginning.  Returns the number of bad lines. */
int rp_fib_read(struct rp_fib *fib, FILE *file);
/* Adds a file's names.  Returns the number of bad lines, -1 with errno. */
int rp_fib_load(struct rp_fib *fib, int dirfd, const char *file);

/*
 * Asks the kernel.  With @out, a plain file, everything is written there too.  What
 * cannot be asked is counted in fib->failed; -1 if @out could not be written.
 */
int rp_fib_snapshot(struct rp_fib *fib, FILE *out);

/* The same of the namespace alone that this thread is in, for a visitor; -1: not all */
int rp_fib_here(struct rp_fib *fib, uint32_t netns);

/* Names of tables, as iproute2 has them */
void rp_fib_name_tables(struct rp_fib *fib);

/* A name that something has at fib->asked_ns */
void rp_fib_name_netns(struct rp_fib *fib, uint32_t inode, const char *name);
void rp_fib_name_link(struct rp_fib *fib, uint32_t netns, uint32_t ifindex, const char *name);
/* What the event of a link says of names */
void rp_fib_learn(struct rp_fib *fib, const struct rp_record *rec);

/* From now on names of that moment; returns which they were of. */
uint64_t rp_fib_at(struct rp_fib *fib, uint64_t time_ns);
/* When the namespace was there that had the inode at fib->at_ns */
struct rp_life rp_fib_life(struct rp_fib *fib, uint32_t inode);

bool rp_fib_number(const json_t *object, const char *key, uint32_t *value);

/* What rp_fib_name_netns() was told of that moment; the other functions may ask the kernel. */
const char *rp_fib_seen_netns(struct rp_fib *fib, uint32_t inode);
const char *rp_fib_netns(struct rp_fib *fib, uint32_t inode);
const char *rp_fib_link(struct rp_fib *fib, uint32_t netns, uint32_t ifindex);
const char *rp_fib_table(struct rp_fib *fib, uint32_t table);

#endif
