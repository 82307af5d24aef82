/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FAKE_H
#define RP_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <routeprobe.h>

#define RP_FAKE_NETNS	4026532001U

/* A directory of the contract's files, made for a test: a module's and a recording's. */
struct rp_fake {
	char dir[64];
	uint64_t seq[4];	/* of the newest record, by CPU */
	struct rp_pack *packs;	/* by CPU */
};

void rp_fake_make(struct rp_fake *f);
void rp_fake_remove(struct rp_fake *f);
void rp_fake_write(const struct rp_fake *f, const char *name, const char *text);
void rp_fake_append(const struct rp_fake *f, const char *name, const void *data,
		    size_t len);
/*
 * What makes it a recording, with more members of the object; its clock is UTC, time_ns
 * since 1970.
 */
void rp_fake_session(const struct rp_fake *f, const char *extra);

/* A record of task 7 ("app") on CPU 0 in the namespace "blue" */
struct rp_record rp_fake_record(unsigned int kind, uint64_t begin_ns, uint64_t end_ns);
/* These give it the family that the addresses are of. */
void rp_fake_flow(struct rp_record *rec, const char *src, const char *dst);
void rp_fake_route(struct rp_record *rec, unsigned int table, const char *prefix,
		   unsigned int len, const char *gateway, const char *dev);
/* Appends to cpuN and packedN with the next sequence number. */
void rp_fake_add(struct rp_fake *f, struct rp_record rec);
/* A decision that found no route, behind the lookup in the table main that had none */
void rp_fake_add_no_route(struct rp_fake *f, struct rp_record rec);

/* Runs a command in this process; its two outputs as strings to be freed. */
int rp_fake_run(int (*run)(void *arg), void *arg, char **out, char **err);

/* The same in a child with a terminal, so many columns wide; both outputs, without \r */
int rp_fake_run_at(size_t columns, int (*run)(void *arg), void *arg, char **text);

/* Where neither users nor root may have a network namespace, there is no sandbox. */
bool rp_fake_can_unshare(void);

#endif
