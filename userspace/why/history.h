/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_HISTORY_H
#define RP_WHY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <routeprobe.h>

#include "fib/model.h"
#include "lib/addr.h"
#include "why/settings.h"

struct rp_fib_rule;
struct rp_node;

#define RP_HISTORY_MAX	(1 << 16)
#define RP_HISTORY_LOOKS	1024	/* changes of one thing that a question looks at */

/* A change, and the outermost one that it came of, which may be itself */
struct rp_past {
	struct rp_record rec;
	struct rp_record root;
	uint64_t key;		/* what it is about */
	uint64_t older;		/* number of the last before it in its bucket */
};

/* What became of a prefix in a table */
enum rp_history_state {
	RP_HISTORY_UNKNOWN,
	RP_HISTORY_ABSENT,
	RP_HISTORY_PRESENT,
};

/*
 * The newest changes, and the routes of a snapshot that was taken at one moment:
 * together they say what there was at any other.
 */
struct rp_history {
	struct rp_past *past;		/* a ring: number n is at n % max */
	uint64_t count, size, max;	/* numbers given; room now, and at most */
	uint64_t *buckets;		/* number + 1 of the newest, 0: none */
	uint64_t snapshot_ns;
	bool snapshot;			/* there is one, and it is whole */
	struct rp_model model;		/* has it, and is fed with the same */
	struct rp_settings settings;	/* the sysctls of the snapshot */
	bool linkdown_by_device;	/* ignore_routes_with_linkdown of all devices is heeded
					 * for none
					 */
	/* By family (IPv4, IPv6): which lengths a prefix of a change or of the snapshot has */
	struct rp_addr_lengths lengths[2];
};

void rp_history_init(struct rp_history *h);
void rp_history_exit(struct rp_history *h);

/* A story that is a change; any other is passed over. */
void rp_history_add(struct rp_history *h, const struct rp_node *node, bool events);
/* Of the snapshot.  There is a rule in each namespace that it covers. */
void rp_history_rule(struct rp_history *h, uint32_t netns, const struct rp_fib_rule *rule);
void rp_history_route(struct rp_history *h, const struct rp_record *leg);
uint64_t rp_history_forgotten(const struct rp_history *h);

/* Could there be a route with a prefix of this length?  Not if there never was one, */
bool rp_history_has_length(const struct rp_history *h, unsigned int family,
			   unsigned int len);
/* and all that there was is known. */
bool rp_history_is_whole(const struct rp_history *h, uint32_t netns, unsigned int family);

/*
 * The newest change of a route, link, address, sysctl (of whichever device), or of any
 * rule, not after @time_ns;
 * then the one before @past, for the same.  NULL: none is known.
 */
const struct rp_past *rp_history_of_route(const struct rp_history *h, uint32_t netns,
					  unsigned int family, const union rp_addr *dst,
					  unsigned int len, uint64_t time_ns);
/* The VRF that a device was a port of then; 0: of none, or not known */
uint32_t rp_history_vrf(const struct rp_history *h, uint32_t netns, uint32_t index,
			uint64_t time_ns);
/* A request to change a route that was refused */
const struct rp_past *rp_history_of_refused(const struct rp_history *h, uint32_t netns,
					    unsigned int family, const union rp_addr *dst,
					    unsigned int len, uint64_t time_ns);
const struct rp_past *rp_history_of_link(const struct rp_history *h, uint32_t netns,
					 uint32_t index, uint64_t time_ns);
/* When a device got another MTU */
const struct rp_past *rp_history_of_mtu(const struct rp_history *h, uint32_t netns,
					uint32_t index, uint64_t time_ns);
/* And which it had then; 0: not known */
uint32_t rp_history_mtu(const struct rp_history *h, uint32_t netns, uint32_t index,
			uint64_t time_ns);
const struct rp_past *rp_history_of_addr(const struct rp_history *h, uint32_t netns,
					 unsigned int family, const union rp_addr *addr,
					 uint64_t time_ns);
const struct rp_past *rp_history_of_nexthop(const struct rp_history *h, uint32_t netns,
					    uint32_t nhid, uint64_t time_ns);
const struct rp_past *rp_history_of_rules(const struct rp_history *h, uint32_t netns,
					  unsigned int family, uint64_t time_ns);
const struct rp_past *rp_history_of_setting(const struct rp_history *h, uint32_t netns,
					    unsigned int family, unsigned int id,
					    uint64_t time_ns);
const struct rp_past *rp_history_older(const struct rp_history *h,
				       const struct rp_past *past);

/* @route is filled in if it was there: table, prefix, tos, type, metric, nhid and oif. */
enum rp_history_state rp_history_at(const struct rp_history *h, uint32_t netns,
				    unsigned int family, struct rp_route *route,
				    uint64_t time_ns);
/* The same for another leg of a route of the snapshot, by nh_sel */
bool rp_history_leg(const struct rp_history *h, uint32_t netns, unsigned int family,
		    struct rp_route *route);

#endif
