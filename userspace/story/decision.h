/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_DECISION_H
#define RP_STORY_DECISION_H

#include <stdbool.h>
#include <stdint.h>

struct rp_flow;
struct rp_node;
struct rp_record;
struct rp_route;

#define RP_DECISION_TABLES	8

/* What decided a story: pointers into its records. */
struct rp_decision {
	const struct rp_node *node;
	const struct rp_record *rec;	/* the outermost: who, when, verdict */
	const struct rp_record *main;	/* the one that chose the route */
	const struct rp_record *rule;	/* of the rule that decided, or NULL */
	const struct rp_record *lookup;	/* of the last table that had a say, or NULL */
	const struct rp_flow *flow;	/* as asked, or NULL */
	const struct rp_route *route;	/* what matched, or NULL */
	const struct rp_route *rtable;	/* what the packet got, or NULL */
	bool asked;			/* there are rules or tables in main */
	bool foreign;			/* the source was found to be none of ours */
	unsigned int ntables;		/* that had no answer, the first of them: */
	uint32_t tables[RP_DECISION_TABLES];
	uint32_t netns;
	uint32_t table;			/* 0: none was asked */
};

void rp_decision_make(struct rp_decision *d, const struct rp_node *node);

/* A route was asked for. */
bool rp_decision_is_asking(const struct rp_record *rec);
/* Of the FIB, or of what it is made from; or the lone trace of a missing one */
bool rp_decision_is_change(const struct rp_record *rec);
bool rp_decision_is_flush(const struct rp_record *rec);

/* "output" for both kinds of output, else the record's own. */
unsigned int rp_decision_kind(const struct rp_record *rec);
/* The namespace of an inner record, where it has none of its own. */
uint32_t rp_decision_netns(const struct rp_record *rec, uint32_t enclosing);

/* The kind of route that answers with this error, see fib_props[] in net/ipv4/fib_semantics.c */
unsigned int rp_decision_reject_type(int err);

#endif
