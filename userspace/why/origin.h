/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_ORIGIN_H
#define RP_WHY_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

struct rp_decision;
struct rp_record;
struct rp_source;

/* Where the error of a packet came from */
enum rp_origin_word {
	RP_ORIGIN_NONE,
	RP_ORIGIN_NO_ROUTE,	/* no table that was asked has one */
	RP_ORIGIN_ROUTE_TYPE,	/* a route says no */
	RP_ORIGIN_RULE,		/* a rule says no */
	RP_ORIGIN_PRE_CHECK,	/* the key cannot be routed, whatever the tables say */
	RP_ORIGIN_NEIGHBOUR,	/* the next hop does not answer */
	RP_ORIGIN_ICMP,		/* an ICMP error, or a PMTU from one */
	RP_ORIGIN_TTL,
	RP_ORIGIN_NETFILTER,
	RP_ORIGIN_REROUTE,	/* routed again after netfilter changed the packet */
	RP_ORIGIN_RP_FILTER,
	RP_ORIGIN_MARTIAN,
	RP_ORIGIN_XFRM,
	RP_ORIGIN_DEVICE,	/* a route is there, and its device does not send */
	RP_ORIGIN_FORWARD,	/* received, but there is no way on */
	RP_ORIGIN_UNKNOWN,
	/* Only inside RP_ORIGIN_FORWARD: */
	RP_ORIGIN_FORWARDING_OFF,
	RP_ORIGIN_OWN_ADDRESS,	/* nobody wants to forward: the address is ours, or was */
	RP_ORIGIN_SOURCE,	/* IPv6: this host has no address to send from */
	RP_ORIGIN_EXPIRED,	/* IPv6: the route that there was is too old */
	RP_ORIGIN_MTU,		/* a packet is too large, and may not be fragmented */
	RP_ORIGIN_POLICY,	/* a BPF program, or a filter of tc, refuses to send */
	RP_ORIGIN_NEIGHBOUR_TABLE,	/* is full */
};

/* What of the key cannot be, where no table was at fault */
enum rp_origin_check {
	RP_CHECK_NONE,
	RP_CHECK_SOURCE,	/* no address of this host */
	RP_CHECK_DEVICE,	/* is down, or has no IPv4 */
	RP_CHECK_DEVICE_ABSENT,
	RP_CHECK_ADDRESS,	/* a source or destination that may not leave that way */
};

struct rp_origin {
	enum rp_origin_word word;
	enum rp_origin_word inner;	/* of reroute and forward: why there was no way */
	enum rp_origin_check check;
	int err;			/* an errno or a drop reason, as rp_record.err */
	bool told;			/* a system call returned it */
	bool part;			/* of a failure that has been told of before */
	unsigned int kind;		/* RP_KIND_OUTPUT or RP_KIND_INPUT */
	const struct rp_record *signal;	/* the ICMP error that came or went, or NULL */
	const struct rp_record *check_rec;	/* of the source check that refused, or NULL */
	bool lost;			/* evidence: records, */
	unsigned int unarmed;		/* and of which kinds (bits) none is made */
};

/* False if nothing failed. */
bool rp_origin_find(struct rp_origin *o, struct rp_source *src,
		    const struct rp_decision *d);

/* Did `ip route get` ask? */
bool rp_origin_is_get(struct rp_source *src, const struct rp_record *rec);

const char *rp_origin_name(enum rp_origin_word word);
const char *rp_origin_check_name(enum rp_origin_check check);

#endif
