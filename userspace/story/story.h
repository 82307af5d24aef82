/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_STORY_H
#define RP_STORY_STORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <routeprobe.h>

struct rp_lane;

TAILQ_HEAD(rp_nodes, rp_node);

/* A record and the records of what was called inside it, in order of entry. */
struct rp_node {
	struct rp_record rec;
	struct rp_nodes inner;
	TAILQ_ENTRY(rp_node) link;	/* in a lane, or in inner */
	TAILQ_ENTRY(rp_node) age;	/* among all that wait, or are ready */
	struct rp_lane *lane;
	uint64_t arrival;		/* breaks ties of time */
	bool incomplete;		/* records that belong to it were lost */
	const struct rp_record *within;	/* of a story: what it happened in, or NULL */
};

struct rp_story_gaps;
struct rp_span;

/* Ids of the probes that are armed, 0: none is */
struct rp_steps {
	unsigned int lookup, rule, suppress, output;
};

/* Joins records, given in the order of their ends, into stories. */
struct rp_story {
	/* Settings */
	uint64_t window_ns;	/* how long to wait for an enclosing record */
	bool all;		/* also what is part of no decision */
	bool expect_output;	/* the probes are armed, so an output-flow has */
	bool expect_flow;	/* an output in it, and the other way round */
	struct rp_steps steps, steps6;	/* of IPv4, and of IPv6 */
	const char *(*caller)(void *ctx, uint32_t id);
	void (*emit)(void *ctx, const struct rp_node *node);
	void *ctx;

	/* Counters */
	uint64_t decisions;
	uint64_t incomplete;
	uint64_t outside;	/* lookups that are part of no decision */
	uint64_t unknown;	/* records with a kind or context of a later minor */

	/* State */
	struct rp_lane **lanes;		/* hash table */
	struct rp_nodes waiting;	/* for an enclosing record, oldest first */
	struct rp_nodes ready;		/* to leave, by time of entry; */
	struct rp_node **late;		/* a heap of those that came after a later one */
	size_t nlate, late_size;
	size_t nready;			/* of both */
	size_t nodes;			/* all that are held */
	struct rp_node *spare;		/* of those that are gone, linked by age */
	int nspare;
	uint64_t arrivals;
	struct rp_story_gaps *gaps;	/* by CPU */
	size_t ngaps;
	TAILQ_HEAD(rp_spans, rp_span) spans;	/* that last, by their begin */
	size_t nspans;
};

/* All but its record, which is for the caller to fill in */
struct rp_node *rp_story_node(struct rp_story *st);

/* Settings are filled in by the caller before the first record. */
void rp_story_init(struct rp_story *st);
void rp_story_exit(struct rp_story *st);

void rp_story_add(struct rp_story *st, const struct rp_record *rec);
/* Records of @cpu that were made between two moments are missing. */
void rp_story_gap(struct rp_story *st, unsigned int cpu, uint64_t from_ns,
		  uint64_t to_ns);
/* Every record up to @clock_ns has been added; UINT64_MAX at the end. */
void rp_story_advance(struct rp_story *st, uint64_t clock_ns);

/* Of a class of kinds: RP_KINDS_*, or bits of RP_KIND_BIT() */
static inline bool rp_story_is(const struct rp_record *rec, unsigned int kinds)
{
	return rec->kind < __RP_KIND_MAX && RP_KIND_BIT(rec->kind) & kinds;
}

bool rp_story_is_decision(const struct rp_record *rec);
/* Tells of a packet that suffered: an error came, or was made, for its sake. */
bool rp_story_is_signal(const struct rp_record *rec);
/* Tells that an address, a device, a next hop object or a rule changed. */
bool rp_story_is_event(const struct rp_record *rec);

#endif
