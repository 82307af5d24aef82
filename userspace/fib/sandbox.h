/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_SANDBOX_H
#define RP_FIB_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <routeprobe.h>

#define RP_SANDBOX_HOPS	16	/* of a multipath route that are told */

/* What to ask the kernel for, with the numbers of devices that the snapshot has */
struct rp_sandbox_question {
	unsigned int family;
	bool input;
	struct rp_flow flow;
};

struct rp_sandbox_hop {
	uint32_t oif;			/* as in the snapshot, of a new device another */
	uint16_t weight;
	uint8_t gw_family;		/* 0: none */
	uint8_t gw[16];
	char dev[RP_NAME_LEN];
};

struct rp_sandbox_answer {
	int err;			/* 0, or a negative errno */
	bool inexact;			/* the question, or the snapshot, lacks what it hangs on */
	bool matched;			/* dst and dst_len are what matched */
	uint8_t type, dst_len;
	uint16_t nhops;			/* that are alive, more than RP_SANDBOX_HOPS are counted */
	uint32_t table;
	union rp_addr dst;
	union rp_addr prefsrc;		/* of several hops only where it does not depend on them */
	struct rp_sandbox_hop hops[RP_SANDBOX_HOPS];
};

/*
 * A network namespace of its own, with what a snapshot has of one: devices that lead
 * nowhere, addresses, routes, rules.  It is gone when it has answered.
 */
struct rp_sandbox {
	FILE *snapshot;			/* as rp_fib_snapshot() writes it */
	uint32_t netns;			/* which namespace of it */
	char *const *command;		/* an `ip` command to run there, or NULL */
	FILE *input;			/* its stdin, or NULL */
	const struct rp_sandbox_question *questions;
	size_t count;
	/* An answer to each question: before the command and, if there is one, after it */
	struct rp_sandbox_answer *before, *after;
};

enum rp_sandbox_result {
	RP_SANDBOX_DONE,
	RP_SANDBOX_REFUSED,		/* the command failed, as was said */
	RP_SANDBOX_IMPOSSIBLE,		/* there is none here, as was said */
};

/* Needs no privilege where the kernel lets users have namespaces. */
enum rp_sandbox_result rp_sandbox_run(struct rp_sandbox *s);
void rp_sandbox_close(struct rp_sandbox *s);

#endif
