/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_WHY_H
#define RP_WHY_WHY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/tally.h"
#include "story/decision.h"
#include "story/pipeline.h"
#include "why/blame.h"
#include "why/case.h"
#include "why/memory.h"
#include "why/origin.h"
#include "why/sysctl.h"
#include "words/flow_class.h"
#include "words/print.h"

#define RP_WHY_RECENT		64	/* failures that a later record may belong to */

/* A packet that was changed between two lookups, as far as that is known */
struct rp_rewrite {
	bool has_before, has_after, has_asked;
	struct rp_flow before, after;
	struct rp_flow asked;		/* with what the second one was */
};

/* Was anything changed, as far as that is known; and one thing of it? */
bool rp_rewrite_is_any(const struct rp_rewrite *rewrite);
bool rp_rewrite_is_ip(const union rp_addr *before, const union rp_addr *after);
bool rp_rewrite_is_port(__be16 before, __be16 after);

/* A record of a story, with what its words depend on */
struct rp_why_step {
	struct rp_record rec;
	uint32_t netns;
	unsigned int depth;
	uint64_t at_ns;			/* for names: when the story was */
};

/* The other family, by which the same task went on to the same service */
struct rp_takeover {
	uint64_t times;		/* of the failures */
	uint64_t after_ns;	/* of the last of these */
	unsigned int family;
	union rp_addr dst;
};

/* Failures of one flow that have origin, verdict and cause in common */
struct rp_why_group {
	const char *key;
	struct rp_flow_class flow;
	uint64_t times, told, heard;	/* heard: an ICMP error of ours reached the socket */
	uint64_t shown;			/* times when it was printed last */
	uint64_t first_ns, last_ns;
	bool incomplete;
	/* The first of them: pointers of @origin and @d go here */
	struct rp_origin origin;
	struct rp_decision d;
	struct rp_node node;
	struct rp_record main, rule, lookup, signal, check;
	struct rp_why_step *steps;	/* the evidence, if it is to be told; or NULL */
	unsigned int nsteps;
	struct rp_past cause;		/* of the last of them, if it has a kind */
	struct rp_past *with;		/* those that it needed besides, or NULL */
	unsigned int nwith;
	uint64_t ago_ns;		/* how long before the first failure after it */
	struct rp_route derived;	/* if it is certain: the route that said no, */
	bool is_own;			/* the destination is an address of ours */
	bool is_derived, passed_over;	/* or that the table passed over */
	enum rp_limit limit;		/* or that has this MTU, or its device has */
	uint64_t expired_ns;		/* or that was too old since then */
	struct rp_near near;		/* the rule that would have helped */
	struct rp_sysctls sysctls;	/* that refused it */
	struct rp_record back;		/* of the way back that was found, if it has a kind */
	struct rp_way way;		/* that was in use, if it is of a namespace */
	struct rp_rewrite rewrite;	/* by netfilter, for which it was routed again */
	struct rp_takeover takeover;
};

/* A failure whose traces go on: the packet, and where it is counted */
struct rp_why_recent {
	struct rp_why_group *group;
	struct rp_flow flow;
	uint64_t time_ns, end_ns;
	uint32_t tid, tgid;		/* @tgid of who sent it, 0: not known */
	bool went_on;			/* one family or the other has worked since, */
	struct rp_takeover before;	/* and this was said before */
};

/* What a task asked for last that it was to send */
struct rp_why_sent {
	uint32_t tid, tgid, netns;
	unsigned int family;
	uint64_t end_ns;
	struct rp_flow flow;
};

/* A packet that was routed again, and went its way */
struct rp_why_rewritten {
	uint32_t netns;
	unsigned int family;
	uint64_t end_ns;
	struct rp_rewrite rewrite;
};

/* When something was seen to work last, by a hash of what it was */
struct rp_good {
	uint64_t key;
	uint64_t time_ns;
};

/* What a flow's failure came of, as long as nothing has changed since */
struct rp_blamed {
	uint64_t key;
	uint64_t versions;	/* of all that is known to have changed then */
	uint64_t since_ns;
	bool found;
	struct rp_past cause;
	struct rp_past with[RP_SEARCH_WITH];
	unsigned int nwith;
};

/*
 * Who else wants to know as it is read: of each story that passed the filter, what
 * worked, and each failure.  Any may be NULL.
 */
struct rp_why_watch {
	void (*story)(void *ctx, const struct rp_decision *d);
	void (*worked)(void *ctx, const struct rp_decision *d);
	void (*failed)(void *ctx, const struct rp_why_group *group, const struct rp_decision *d);
	void *ctx;
};

struct rp_journal;

struct rp_why {
	struct rp_reading reading;
	struct rp_print print;
	struct rp_memory memory;
	struct rp_way *ways;		/* hash table by destination, the last one stays */
	struct rp_good *goods;		/* hash table, the last one stays */
	struct rp_blamed *blamed;	/* the same */
	struct rp_why_sent *sent;	/* hash table by task, the last one stays */
	struct rp_why_rewritten *rewritten;	/* by packet, the same */
	struct rp_tally groups;
	size_t nshown;			/* groups that were printed */
	struct rp_why_recent recent[RP_WHY_RECENT];
	unsigned int nrecent;
	uint64_t left_out;		/* failures for whose group there was no room */
	struct rp_why_watch watch;
	struct rp_journal *journal;	/* where lines go instead, or NULL */
};

int rp_why_open(struct rp_why *why, struct rp_wanted *w, bool details, bool json);
void rp_why_close(struct rp_why *why);
/* The groups by their first failure, as an array to be freed */
struct rp_why_group **rp_why_sorted(const struct rp_why *why);

/* Starts over with none, once they have been printed: who goes on for months has to. */
void rp_why_forget(struct rp_why *why);

/* Those that are new, or with @grown count more, and began before @before_ns. */
void rp_print_why(struct rp_why *why, uint64_t before_ns, bool grown);
void rp_print_why_end(struct rp_why *why);

#endif
