// SPDX-License-Identifier: GPL-2.0
/*
 * Where the error of a packet came from: decided from the records of one story, and
 * nothing else.  What they do not show is unknown, and then it is said what was lost
 * or not recorded; no errno stands for an origin by itself.
 */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <netinet/in.h>		/* before <linux/netfilter.h>, which has its own */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>

#include <routeprobe.h>

#include "lib/addr.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/decision.h"
#include "story/story.h"
#include "why/origin.h"

static const char *const rp_origin_names[] = {
	[RP_ORIGIN_NO_ROUTE]	= "no-route",
	[RP_ORIGIN_ROUTE_TYPE]	= "route-type",
	[RP_ORIGIN_RULE]	= "rule",
	[RP_ORIGIN_PRE_CHECK]	= "pre-check",
	[RP_ORIGIN_NEIGHBOUR]	= "neighbour",
	[RP_ORIGIN_ICMP]	= "icmp",
	[RP_ORIGIN_TTL]		= "ttl",
	[RP_ORIGIN_NETFILTER]	= "netfilter",
	[RP_ORIGIN_REROUTE]	= "reroute",
	[RP_ORIGIN_RP_FILTER]	= "rp-filter",
	[RP_ORIGIN_MARTIAN]	= "martian",
	[RP_ORIGIN_XFRM]	= "xfrm",
	[RP_ORIGIN_DEVICE]	= "device",
	[RP_ORIGIN_FORWARD]	= "forward",
	[RP_ORIGIN_UNKNOWN]	= "unknown",
	[RP_ORIGIN_FORWARDING_OFF] = "forwarding-off",
	[RP_ORIGIN_OWN_ADDRESS]	= "own-address",
	[RP_ORIGIN_SOURCE]	= "source",
	[RP_ORIGIN_EXPIRED]	= "expired",
	[RP_ORIGIN_MTU]		= "mtu",
	[RP_ORIGIN_POLICY]	= "policy",
	[RP_ORIGIN_NEIGHBOUR_TABLE] = "neighbour-table",
};

static const char *const rp_origin_checks[] = {
	[RP_CHECK_SOURCE]	= "source",
	[RP_CHECK_DEVICE]	= "device",
	[RP_CHECK_DEVICE_ABSENT] = "device-absent",
	[RP_CHECK_ADDRESS]	= "address",
};

/* What an ICMP error of type 3 is to a socket: icmp_err_convert[] of the kernel */
static const int rp_origin_unreachables[] = {
	[ICMP_NET_UNREACH]	= -ENETUNREACH,
	[ICMP_HOST_UNREACH]	= -EHOSTUNREACH,
	[ICMP_PROT_UNREACH]	= -ENOPROTOOPT,
	[ICMP_PORT_UNREACH]	= -ECONNREFUSED,
	[ICMP_FRAG_NEEDED]	= -EMSGSIZE,
	[ICMP_SR_FAILED]	= -EOPNOTSUPP,
	[ICMP_NET_UNKNOWN]	= -ENETUNREACH,
	[ICMP_HOST_UNKNOWN]	= -EHOSTDOWN,
	[ICMP_HOST_ISOLATED]	= -ENONET,
	[ICMP_NET_ANO]		= -ENETUNREACH,
	[ICMP_HOST_ANO]		= -EHOSTUNREACH,
	[ICMP_NET_UNR_TOS]	= -ENETUNREACH,
	[ICMP_HOST_UNR_TOS]	= -EHOSTUNREACH,
	[ICMP_PKT_FILTERED]	= -EHOSTUNREACH,
	[ICMP_PREC_VIOLATION]	= -EHOSTUNREACH,
	[ICMP_PREC_CUTOFF]	= -EHOSTUNREACH,
};

/* And of type 1 of ICMPv6: tab_unreach[] */
static const int rp_origin_unreachables6[] = {
	[ICMPV6_NOROUTE]	= -ENETUNREACH,
	[ICMPV6_ADM_PROHIBITED]	= -EACCES,
	[ICMPV6_NOT_NEIGHBOUR]	= -EHOSTUNREACH,
	[ICMPV6_ADDR_UNREACH]	= -EHOSTUNREACH,
	[ICMPV6_PORT_UNREACH]	= -ECONNREFUSED,
	[ICMPV6_POLICY_FAIL]	= -EACCES,
	[ICMPV6_REJECT_ROUTE]	= -EACCES,
};

const char *rp_origin_name(enum rp_origin_word word)
{
	return rp_origin_names[word];
}

const char *rp_origin_check_name(enum rp_origin_check check)
{
	return rp_origin_checks[check];
}

static bool rp_origin_called_by(struct rp_source *src, const struct rp_record *rec,
				const char *name)
{
	const char *caller = rp_source_caller(src, rec->caller);

	return caller && !strncmp(caller, name, strlen(name));
}

bool rp_origin_is_get(struct rp_source *src, const struct rp_record *rec)
{
	return rp_origin_called_by(src, rec, "inet_rtm_getroute") ||
	       rp_origin_called_by(src, rec, "inet6_rtm_getroute");
}

/* Is it certain that nothing of @kind was there, where none is seen? */
static bool rp_origin_sees(struct rp_origin *o, const struct rp_source *src,
			   const struct rp_decision *d, unsigned int kind)
{
	bool armed = rp_source_armed_of(src, kind, d->rec->family);

	if (!armed)
		o->unarmed |= 1U << kind;
	o->lost |= d->node->incomplete;
	return armed && !d->node->incomplete;
}

/* Why rules and tables led to no route; RP_ORIGIN_NONE if that is not what failed */
static enum rp_origin_word rp_origin_refusal(struct rp_origin *o,
					     const struct rp_source *src,
					     const struct rp_decision *d)
{
	const struct rp_record *rule = d->rule, *lookup = d->lookup;

	if (lookup && lookup->verdict == RP_VERDICT_REJECT)
		return RP_ORIGIN_ROUTE_TYPE;
	if (rule && rule->verdict == RP_VERDICT_REJECT &&
	    rule->rule.action != FR_ACT_TO_TBL)
		return RP_ORIGIN_RULE;
	if (lookup)
		return RP_ORIGIN_NONE;
	if (!rp_origin_sees(o, src, d, RP_KIND_LOOKUP))
		return RP_ORIGIN_UNKNOWN;
	return d->asked ? RP_ORIGIN_NO_ROUTE : RP_ORIGIN_NONE;
}

/*
 * The order of ip_route_output_key_hash_rcu(): is the source possible, is it ours,
 * is the device there, is it up; and after the tables, whether the addresses may
 * leave by the device that was found.
 */
static enum rp_origin_check rp_origin_check(const struct rp_decision *d, int err)
{
	const struct rp_flow *flow = d->flow;

	if (d->lookup)
		return err == -EINVAL ? RP_CHECK_ADDRESS : RP_CHECK_NONE;
	if (!flow || d->asked || d->rec->family == AF_INET6)
		return RP_CHECK_NONE;
	if (d->foreign && (err == -ENETUNREACH || err == -EINVAL))
		return RP_CHECK_SOURCE;
	if (err == -EINVAL && !rp_addr_is_any(&flow->src))
		return RP_CHECK_SOURCE;
	if (err == -ENODEV && flow->oif)
		return RP_CHECK_DEVICE_ABSENT;
	if (err == -ENETUNREACH && flow->oif)
		return RP_CHECK_DEVICE;
	return RP_CHECK_NONE;
}

static void rp_origin_output(struct rp_origin *o, struct rp_source *src,
			     const struct rp_decision *d)
{
	int err = d->main->err;

	if (d->main->kind != RP_KIND_OUTPUT) {
		rp_origin_sees(o, src, d, RP_KIND_OUTPUT);
		return;
	}
	/* IPv6 looks for a source after the route, and its error is told before the route's. */
	if (d->rec->family == AF_INET6 && d->rec->err == -EADDRNOTAVAIL) {
		o->word = RP_ORIGIN_SOURCE;
		return;
	}
	if (!err) {
		o->word = RP_ORIGIN_XFRM;
		return;
	}
	o->word = rp_origin_refusal(o, src, d);
	if (o->word == RP_ORIGIN_NONE) {
		o->check = rp_origin_check(d, err);
		o->word = o->check ? RP_ORIGIN_PRE_CHECK : RP_ORIGIN_UNKNOWN;
	} else if (o->word == RP_ORIGIN_NO_ROUTE && err != -ENETUNREACH) {
		o->word = RP_ORIGIN_UNKNOWN;
	}
}

/* Before 6.14 an errno says why a packet received is refused, then a drop reason. */
static enum rp_origin_word rp_origin_drop(const struct rp_source *src, int err)
{
	const char *reason = rp_source_reason(src, err);

	if (err == -EXDEV || (reason && !strcmp(reason, "IP_RPFILTER")))
		return RP_ORIGIN_RP_FILTER;
	if (err == -EINVAL || (reason && !strncmp(reason, "IP_", 3)))
		return RP_ORIGIN_MARTIAN;
	return RP_ORIGIN_UNKNOWN;
}

/*
 * With forwarding off nothing but our own addresses is accepted, and the error is
 * EHOSTUNREACH, whatever the tables said.
 */
static enum rp_origin_word rp_origin_no_way(struct rp_origin *o, const struct rp_source *src,
					    const struct rp_decision *d)
{
	enum rp_origin_word word = rp_origin_refusal(o, src, d);

	switch (word) {
	case RP_ORIGIN_NONE:
	case RP_ORIGIN_NO_ROUTE:
		if (o->err == -EHOSTUNREACH)
			return RP_ORIGIN_FORWARDING_OFF;
		return word ? word : RP_ORIGIN_UNKNOWN;
	case RP_ORIGIN_ROUTE_TYPE:
		return d->lookup->err == o->err ? word : RP_ORIGIN_FORWARDING_OFF;
	default:
		return word;
	}
}

/*
 * ARP asks whether it is to answer for another host, and is told no by an error.  All
 * that ask for a neighbour in our network do: nothing failed.
 */
static bool rp_origin_is_arp(const struct rp_source *src, const struct rp_decision *d)
{
	const char *reason = rp_source_reason(src, d->rec->err);

	return d->flow && !d->flow->proto && d->route && d->route->type == RTN_UNICAST &&
	       (d->rec->err == -EINVAL || (reason && !strncmp(reason, "ARP_", 4)));
}

static bool rp_origin_input(struct rp_origin *o, const struct rp_source *src,
			    const struct rp_decision *d)
{
	const struct rp_node *inner;

	if (d->rec->has & RP_HAS_DST_ERROR) {
		o->word = RP_ORIGIN_FORWARD;
		o->inner = rp_origin_no_way(o, src, d);
		return true;
	}
	TAILQ_FOREACH(inner, &d->node->inner, link)
		if (inner->rec.kind == RP_KIND_VALIDATE && inner->rec.err)
			o->check_rec = &inner->rec;
	o->word = rp_origin_drop(src, o->check_rec ? o->check_rec->err : o->err);
	return o->check_rec || !rp_origin_is_arp(src, d);
}

static int rp_origin_icmpv6_errno(const struct rp_signal *signal)
{
	switch (signal->type) {
	case ICMPV6_DEST_UNREACH:
		return signal->code < RP_ARRAY_SIZE(rp_origin_unreachables6) ?
		       rp_origin_unreachables6[signal->code] : 0;
	case ICMPV6_PKT_TOOBIG:
		return -EMSGSIZE;
	case ICMPV6_TIME_EXCEED:
		return -EHOSTUNREACH;
	case ICMPV6_PARAMPROB:
		return -EPROTO;
	default:
		return 0;
	}
}

static int rp_origin_icmp_errno(const struct rp_record *rec)
{
	const struct rp_signal *signal = &rec->signal;

	if (rec->family == AF_INET6)
		return rp_origin_icmpv6_errno(signal);
	if (signal->type == ICMP_TIME_EXCEEDED)
		return -EHOSTUNREACH;
	if (signal->type == ICMP_PARAMETERPROB)
		return -EPROTO;
	if (signal->type == ICMP_DEST_UNREACH &&
	    signal->code < RP_ARRAY_SIZE(rp_origin_unreachables))
		return rp_origin_unreachables[signal->code];
	return 0;
}

static bool rp_origin_icmp_in(struct rp_origin *o, const struct rp_record *rec)
{
	unsigned int exceeded = rec->family == AF_INET6 ? ICMPV6_TIME_EXCEED :
							  ICMP_TIME_EXCEEDED;

	o->signal = rec;
	o->err = rp_origin_icmp_errno(rec);
	o->word = rec->signal.type == exceeded ? RP_ORIGIN_TTL : RP_ORIGIN_ICMP;
	return o->err;
}

/*
 * Made by this host for a packet of another, or of its own.  That nobody listens
 * there is no matter of routes.
 */
static bool rp_origin_icmp_out(struct rp_origin *o, struct rp_source *src,
			       const struct rp_record *rec)
{
	if (!rp_origin_icmp_in(o, rec))
		return false;
	o->kind = RP_KIND_INPUT;
	if (rp_origin_called_by(src, rec, "nf_")) {
		o->word = RP_ORIGIN_NETFILTER;
	} else if (rp_origin_called_by(src, rec, "ip_error") ||
		   rp_origin_called_by(src, rec, "ip6_pkt_")) {
		o->word = RP_ORIGIN_FORWARD;
		o->inner = RP_ORIGIN_UNKNOWN;
		o->part = true;
	} else if (o->err == -EHOSTUNREACH && rp_origin_called_by(src, rec, "icmp_ndo_send")) {
		o->word = RP_ORIGIN_DEVICE;	/* only devices call that */
		o->kind = rec->flow.iif ? RP_KIND_INPUT : RP_KIND_OUTPUT;
	}
	/* Only port and protocol unreachable mean these two errors. */
	return o->word != RP_ORIGIN_ICMP ||
	       (o->err != -ECONNREFUSED && o->err != -ENOPROTOOPT);
}

/* TCP goes to one host, so its connect() refuses what it found itself. */
static bool rp_origin_is_to_many(struct rp_origin *o, struct rp_source *src,
				 const struct rp_decision *d)
{
	if (!d->rtable || !rp_origin_called_by(src, d->rec, "tcp_v4_connect") ||
	    (d->rtable->rt_type != RTN_BROADCAST && d->rtable->rt_type != RTN_MULTICAST))
		return false;
	o->word = RP_ORIGIN_ROUTE_TYPE;
	o->err = -ENETUNREACH;
	return true;
}

static bool rp_origin_is_own_hook(const struct rp_record *rec)
{
	return rec->signal.hook == NF_INET_LOCAL_OUT ||
	       rec->signal.hook == NF_INET_POST_ROUTING;
}

/* Who sent it is told by the ICMP error, but for a system call that it fails. */
static bool rp_origin_netfilter(struct rp_origin *o, const struct rp_decision *d)
{
	const struct rp_node *inner;

	o->word = RP_ORIGIN_NETFILTER;
	o->kind = rp_origin_is_own_hook(d->rec) ? RP_KIND_OUTPUT : RP_KIND_INPUT;
	TAILQ_FOREACH(inner, &d->node->inner, link) {
		if (inner->rec.kind == RP_KIND_ICMP_OUT)
			o->signal = &inner->rec;
		if (inner->rec.kind == RP_KIND_REROUTE && inner->rec.err)
			o->word = RP_ORIGIN_REROUTE;
	}
	if (o->signal && (o->kind == RP_KIND_INPUT || d->rec->flow.proto == IPPROTO_TCP))
		o->err = rp_origin_icmp_errno(o->signal);
	return d->rec->err;
}

/* Why it was dropped, as the kernel names it; what nobody knows by name is not one of these. */
static bool rp_origin_is_dropped(const struct rp_source *src, const struct rp_record *rec,
				 const char *by)
{
	const char *reason = rp_source_reason(src, rec->err);

	return reason && !strcmp(reason, by);
}

/* A filter of tc drops, and does not say so to who sends. */
static bool rp_origin_refused(struct rp_origin *o, const struct rp_source *src,
			      const struct rp_record *rec)
{
	if (rec->flow.iif)
		o->kind = RP_KIND_INPUT;
	if (rec->err == -EMSGSIZE) {
		o->word = RP_ORIGIN_MTU;
	} else if (rp_origin_is_dropped(src, rec, "NEIGH_CREATEFAIL")) {
		o->word = RP_ORIGIN_NEIGHBOUR_TABLE;
		o->err = rec->family == AF_INET6 ? -EINVAL : -ENOBUFS;
	} else if (rp_origin_is_dropped(src, rec, "BPF_CGROUP_EGRESS")) {
		o->word = RP_ORIGIN_POLICY;
		o->err = -EPERM;
	} else if (rp_origin_is_dropped(src, rec, "TC_EGRESS")) {
		o->word = RP_ORIGIN_POLICY;
	}
	return true;
}

static bool rp_origin_signal(struct rp_origin *o, struct rp_source *src,
			     const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;

	switch (rec->kind) {
	case RP_KIND_LINK_FAILURE:
		o->word = RP_ORIGIN_NEIGHBOUR;
		o->err = -EHOSTUNREACH;
		return true;
	case RP_KIND_ICMP_IN:
		return rp_origin_icmp_in(o, rec);
	case RP_KIND_ICMP_OUT:
		return rp_origin_icmp_out(o, src, rec);
	case RP_KIND_EXCEPTION:
		o->word = RP_ORIGIN_ICMP;
		o->err = -EMSGSIZE;
		o->signal = rec;
		/* A tunnel writes its own MTU for each destination: nobody sent an error. */
		return rec->signal.info && !rp_addr_is_any(&rec->signal.from);
	case RP_KIND_NETFILTER:
		return rp_origin_netfilter(o, d);
	case RP_KIND_REFUSED:
		return rp_origin_refused(o, src, rec);
	case RP_KIND_FORWARD:
		o->kind = RP_KIND_INPUT;
		o->word = RP_ORIGIN_FORWARD;
		o->inner = RP_ORIGIN_FORWARDING_OFF;
		return rec->err;
	default:
		o->word = RP_ORIGIN_REROUTE;
		return rec->err;
	}
}

/*
 * Who sends over TCP is not told: a segment that finds no way is as good as lost, but
 * for connect(), which asks for its route itself.
 */
static bool rp_origin_is_told(struct rp_source *src, const struct rp_decision *d,
			      const struct rp_origin *o)
{
	const struct rp_record *rec = d->rec;

	if (rec->context != RP_CONTEXT_TASK || d->node->within)
		return false;
	if (o->kind != RP_KIND_OUTPUT)
		return rp_origin_is_get(src, rec);
	if (rec->kind == RP_KIND_NETFILTER || rec->kind == RP_KIND_REROUTE ||
	    rec->kind == RP_KIND_ICMP_OUT)
		return d->flow && d->flow->proto != IPPROTO_TCP;
	/* UDP keeps ENOBUFS to itself unless IP_RECVERR is set. */
	if (rec->kind == RP_KIND_REFUSED)
		return o->err < 0 && o->err != -ENOBUFS && d->flow && d->flow->proto != IPPROTO_TCP;
	return rp_decision_is_asking(rec) &&
	       !rp_origin_called_by(src, rec, "__ip_queue_xmit") &&
	       !rp_origin_called_by(src, rec, "inet6_csk_route_socket") &&
	       !rp_origin_called_by(src, rec, "ip_queue_xmit");
}

/*
 * getaddrinfo() puts addresses in order by connecting a UDP socket to each, without a port
 * if it was asked for none: that one family has no way is what it wants to know.  Nothing
 * can be sent to port 0.
 */
static bool rp_origin_is_sorting(struct rp_source *src, const struct rp_decision *d)
{
	return rp_decision_is_asking(d->rec) && d->flow && d->flow->proto == IPPROTO_UDP &&
	       !d->flow->dport && d->rec->context == RP_CONTEXT_TASK &&
	       (rp_origin_called_by(src, d->rec, "ip6_datagram_dst_update") ||
		rp_origin_called_by(src, d->rec, "__ip4_datagram_connect"));
}

bool rp_origin_find(struct rp_origin *o, struct rp_source *src,
		    const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec, *within = d->node->within;

	memset(o, 0, sizeof(*o));
	o->word = RP_ORIGIN_UNKNOWN;
	o->err = rec->err;
	o->kind = rec->kind == RP_KIND_INPUT || rec->kind == RP_KIND_VALIDATE ?
		  RP_KIND_INPUT : RP_KIND_OUTPUT;
	if (rp_story_is_signal(rec)) {
		if (!rp_origin_signal(o, src, d))
			return false;
	} else if (rp_origin_is_sorting(src, d)) {
		return false;
	} else if (!rec->err) {
		if (!rp_origin_is_to_many(o, src, d))
			return false;
	} else if (rec->kind == RP_KIND_VALIDATE) {
		o->word = rp_origin_drop(src, rec->err);
		o->check_rec = rec;
	} else if (rec->kind == RP_KIND_INPUT) {
		if (!rp_origin_input(o, src, d))
			return false;
	} else if (rp_decision_is_asking(rec)) {
		rp_origin_output(o, src, d);
	} else {
		return false;
	}
	/* An ICMP error tries the way that the packet would have gone, too. */
	o->part |= within && ((within->kind == RP_KIND_REROUTE && within->err) ||
			      within->kind == RP_KIND_ICMP_OUT);
	o->told = rp_origin_is_told(src, d, o);
	return true;
}
