/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words that the module and the reader have in common: names of the contract's
 * numbers, groups of probes, and the words of a filter with their one parser.
 */
#ifndef ROUTEPROBE_WORDS_H
#define ROUTEPROBE_WORDS_H

#include <linux/types.h>

#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#endif

#include "uapi/routeprobe.h"

/* Groups of probes, as the parameter "probes" has them: G(enum rp_group's, name) */
#define RP_GROUPS(G)						\
	G(OUTPUT, "output")	G(LOOKUP, "lookup")		\
	G(INPUT, "input")	G(CHANGE, "change")		\
	G(SIGNAL, "signal")	G(CACHE, "cache")		\
	G(NETFILTER, "netfilter") G(IPSEC, "ipsec")

/*
 * The numbers of the contract and their words, W(enum constant, word) and LAST() for the
 * last one: as arrays here, and in the formats of trace events.
 */
#define RP_KINDS(W, LAST)					\
	W(NONE, "none")						\
	W(LOOKUP, "lookup")					\
	W(SUPPRESS, "suppress")					\
	W(RULE, "rule")						\
	W(RULES, "rules")					\
	W(VALIDATE, "validate")					\
	W(OUTPUT, "output")					\
	W(OUTPUT_FLOW, "output-flow")				\
	W(INPUT, "input")					\
	W(CHANGE, "change")					\
	W(EVENT, "event")					\
	W(RULE_EVENT, "rule-event")				\
	W(NEXTHOP_EVENT, "nexthop-event")			\
	W(ADDR_EVENT, "addr-event")				\
	W(LINK_EVENT, "link-event")				\
	W(CACHE, "cache")					\
	W(EXCEPTION, "exception")				\
	W(ICMP_IN, "icmp-in")					\
	W(ICMP_OUT, "icmp-out")					\
	W(LINK_FAILURE, "link-failure")				\
	W(NETFILTER, "netfilter")				\
	W(REROUTE, "reroute")					\
	W(FORWARD, "forward")					\
	W(RA_EVENT, "ra-event")					\
	W(SYSCTL_EVENT, "sysctl-event")				\
	LAST(REFUSED, "refused")

#define RP_CONTEXTS(W, LAST)					\
	W(TASK, "task")						\
	W(SOFTIRQ, "softirq")					\
	LAST(HARDIRQ, "hardirq")

#define RP_VERDICTS(W, LAST)					\
	W(NONE, "none")						\
	W(HIT, "hit")						\
	W(NEXT, "next")						\
	W(REJECT, "reject")					\
	LAST(ERROR, "error")

#define RP_CHANGES(W, LAST)					\
	W(NONE, "none")						\
	W(INSERT, "insert")					\
	W(DELETE, "delete")					\
	W(FLUSH, "flush")					\
	W(UP, "up")						\
	W(DOWN, "down")						\
	W(CARRIER_UP, "carrier-up")				\
	W(CARRIER_DOWN, "carrier-down")				\
	W(MASTER, "master")					\
	W(DISABLE, "disable")					\
	W(ADVERTISE, "advertise")				\
	LAST(MTU, "mtu")

#define RP_KIND_NAME(id, name)	\
	[RP_KIND_##id] = name,
#define RP_CONTEXT_NAME(id, name)	\
	[RP_CONTEXT_##id] = name,
#define RP_VERDICT_NAME(id, name)	\
	[RP_VERDICT_##id] = name,
#define RP_CHANGE_NAME(id, name)	\
	[RP_CHANGE_##id] = name,
#define RP_SETTING_NAME(id, name)	\
	[RP_SETTING_##id] = name,
#define RP_KIND_NAMES		RP_KINDS(RP_KIND_NAME, RP_KIND_NAME)
#define RP_CONTEXT_NAMES	RP_CONTEXTS(RP_CONTEXT_NAME, RP_CONTEXT_NAME)
#define RP_VERDICT_NAMES	RP_VERDICTS(RP_VERDICT_NAME, RP_VERDICT_NAME)
#define RP_CHANGE_NAMES		RP_CHANGES(RP_CHANGE_NAME, RP_CHANGE_NAME)
#define RP_SETTING_NAMES	RP_SETTINGS(RP_SETTING_NAME, RP_SETTING_NAME)

/* Files below /proc/sys/net/ipv4 and ipv6, or in conf/DEVICE there */
#define RP_SETTINGS(W, LAST)					\
	W(FORWARDING, "forwarding")				\
	W(RP_FILTER, "rp_filter")				\
	W(ROUTE_LOCALNET, "route_localnet")			\
	W(SRC_VALID_MARK, "src_valid_mark")			\
	W(ACCEPT_LOCAL, "accept_local")				\
	W(IGNORE_LINKDOWN, "ignore_routes_with_linkdown")	\
	W(DISABLE_IPV6, "disable_ipv6")				\
	W(ACCEPT_RA, "accept_ra")				\
	W(ACCEPT_RA_DEFRTR, "accept_ra_defrtr")			\
	W(FORCE_FORWARDING, "force_forwarding")			\
	W(HASH_POLICY, "fib_multipath_hash_policy")		\
	W(USE_NEIGH, "fib_multipath_use_neigh")			\
	W(TCP_L3MDEV, "tcp_l3mdev_accept")			\
	W(UDP_L3MDEV, "udp_l3mdev_accept")			\
	LAST(RAW_L3MDEV, "raw_l3mdev_accept")

/* Of rp_flow.proto, as iproute2 has them without a file to look them up in. */
#define RP_IPPROTO_NAMES					\
	[IPPROTO_ICMP]		= "icmp",			\
	[IPPROTO_IGMP]		= "igmp",			\
	[IPPROTO_IPIP]		= "ipip",			\
	[IPPROTO_TCP]		= "tcp",			\
	[IPPROTO_UDP]		= "udp",			\
	[IPPROTO_DCCP]		= "dccp",			\
	[IPPROTO_IPV6]		= "ipv6",			\
	[IPPROTO_GRE]		= "gre",			\
	[IPPROTO_ESP]		= "esp",			\
	[IPPROTO_AH]		= "ah",				\
	[IPPROTO_ICMPV6]	= "ipv6-icmp",			\
	[89]			= "ospf",			\
	[IPPROTO_PIM]		= "pim",			\
	[112]			= "vrrp",			\
	[IPPROTO_SCTP]		= "sctp",			\
	[IPPROTO_UDPLITE]	= "udplite",			\
	[IPPROTO_RAW]		= "raw"

/*
 * From here on with the constants of <linux/rtnetlink.h>, fib_rules.h, netfilter.h,
 * netlink.h, icmp.h and icmpv6.h, in iproute2's words, and nft's for ICMP.
 */
#define RP_TABLE_NAMES						\
	[RT_TABLE_DEFAULT]	= "default",			\
	[RT_TABLE_MAIN]		= "main",			\
	[RT_TABLE_LOCAL]	= "local"

#define RP_ROUTE_TYPE_NAMES					\
	[RTN_UNSPEC]		= "unspec",			\
	[RTN_UNICAST]		= "unicast",			\
	[RTN_LOCAL]		= "local",			\
	[RTN_BROADCAST]		= "broadcast",			\
	[RTN_ANYCAST]		= "anycast",			\
	[RTN_MULTICAST]		= "multicast",			\
	[RTN_BLACKHOLE]		= "blackhole",			\
	[RTN_UNREACHABLE]	= "unreachable",		\
	[RTN_PROHIBIT]		= "prohibit",			\
	[RTN_THROW]		= "throw",			\
	[RTN_NAT]		= "nat",			\
	[RTN_XRESOLVE]		= "xresolve"

#define RP_SCOPE_NAMES						\
	[RT_SCOPE_UNIVERSE]	= "global",			\
	[RT_SCOPE_SITE]		= "site",			\
	[RT_SCOPE_LINK]		= "link",			\
	[RT_SCOPE_HOST]		= "host",			\
	[RT_SCOPE_NOWHERE]	= "nowhere"

#define RP_PROTOCOL_NAMES					\
	[RTPROT_UNSPEC]		= "unspec",			\
	[RTPROT_REDIRECT]	= "redirect",			\
	[RTPROT_KERNEL]		= "kernel",			\
	[RTPROT_BOOT]		= "boot",			\
	[RTPROT_STATIC]		= "static",			\
	[RTPROT_GATED]		= "gated",			\
	[RTPROT_RA]		= "ra",				\
	[RTPROT_MRT]		= "mrt",			\
	[RTPROT_ZEBRA]		= "zebra",			\
	[RTPROT_BIRD]		= "bird",			\
	[RTPROT_DNROUTED]	= "dnrouted",			\
	[RTPROT_XORP]		= "xorp",			\
	[RTPROT_NTK]		= "ntk",			\
	[RTPROT_DHCP]		= "dhcp",			\
	[RTPROT_MROUTED]	= "mrouted",			\
	[RTPROT_KEEPALIVED]	= "keepalived",			\
	[RTPROT_BABEL]		= "babel",			\
	[RTPROT_BGP]		= "bgp",			\
	[RTPROT_ISIS]		= "isis",			\
	[RTPROT_OSPF]		= "ospf",			\
	[RTPROT_RIP]		= "rip",			\
	[RTPROT_EIGRP]		= "eigrp"

#define RP_ACTION_NAMES						\
	[FR_ACT_UNSPEC]		= "unspec",			\
	[FR_ACT_TO_TBL]		= "to_tbl",			\
	[FR_ACT_GOTO]		= "goto",			\
	[FR_ACT_NOP]		= "nop",			\
	[FR_ACT_BLACKHOLE]	= "blackhole",			\
	[FR_ACT_UNREACHABLE]	= "unreachable",		\
	[FR_ACT_PROHIBIT]	= "prohibit"

#define RP_HOOK_NAMES						\
	[NF_INET_PRE_ROUTING]	= "prerouting",			\
	[NF_INET_LOCAL_IN]	= "input",			\
	[NF_INET_FORWARD]	= "forward",			\
	[NF_INET_LOCAL_OUT]	= "output",			\
	[NF_INET_POST_ROUTING]	= "postrouting"

/* Of bits, by their place. */
#define RP_NH_FLAG_NAMES					\
	[__builtin_ctz(RTNH_F_DEAD)]		= "dead",	\
	[__builtin_ctz(RTNH_F_PERVASIVE)]	= "pervasive",	\
	[__builtin_ctz(RTNH_F_ONLINK)]		= "onlink",	\
	[__builtin_ctz(RTNH_F_OFFLOAD)]		= "offload",	\
	[__builtin_ctz(RTNH_F_LINKDOWN)]	= "linkdown",	\
	[__builtin_ctz(RTNH_F_UNRESOLVED)]	= "unresolved",	\
	[__builtin_ctz(RTNH_F_TRAP)]		= "trap"

/*
 * Of rp_route.rt_flags, what the rest of a route does not say: RTCF_* of IPv4 and RTF_* of
 * IPv6, from in_route.h, route.h and ipv6_route.h.
 */
#define RP_RT_FLAG_NAMES					\
	[__builtin_ctz(RTCF_REDIRECTED)] = "redirected",	\
	[__builtin_ctz(RTCF_DOREDIRECT)] = "redirect",		\
	[__builtin_ctz(RTCF_BROADCAST)]	= "broadcast",		\
	[__builtin_ctz(RTCF_MULTICAST)]	= "multicast",		\
	[__builtin_ctz(RTCF_LOCAL)]	= "local"

#define RP_RT6_FLAG_NAMES					\
	[__builtin_ctz(RTF_DYNAMIC)]	= "redirected",		\
	[__builtin_ctz(RTF_CACHE)]	= "cache"

/* Of RTF_PREF_MASK in there; what is not is medium. */
#define RP_PREF_NAMES						\
	[ICMPV6_ROUTER_PREF_LOW]	= "low",		\
	[ICMPV6_ROUTER_PREF_HIGH]	= "high"

#define RP_NL_FLAG_NAMES					\
	[__builtin_ctz(NLM_F_REPLACE)]	= "replace",		\
	[__builtin_ctz(NLM_F_EXCL)]	= "excl",		\
	[__builtin_ctz(NLM_F_CREATE)]	= "create",		\
	[__builtin_ctz(NLM_F_APPEND)]	= "append"

/* ICMP errors: by their type, if it says all, else by the codes of one type. */
#define RP_ICMP_NAMES						\
	[ICMP_REDIRECT]		= "redirect",			\
	[ICMP_PARAMETERPROB]	= "parameter-problem"

#define RP_ICMP_UNREACH_NAMES					\
	[ICMP_NET_UNREACH]	= "net-unreachable",		\
	[ICMP_HOST_UNREACH]	= "host-unreachable",		\
	[ICMP_PROT_UNREACH]	= "prot-unreachable",		\
	[ICMP_PORT_UNREACH]	= "port-unreachable",		\
	[ICMP_FRAG_NEEDED]	= "frag-needed",		\
	[ICMP_SR_FAILED]	= "source-route-failed",	\
	[ICMP_NET_UNKNOWN]	= "net-unknown",		\
	[ICMP_HOST_UNKNOWN]	= "host-unknown",		\
	[ICMP_HOST_ISOLATED]	= "host-isolated",		\
	[ICMP_NET_ANO]		= "net-prohibited",		\
	[ICMP_HOST_ANO]		= "host-prohibited",		\
	[ICMP_NET_UNR_TOS]	= "net-tos",			\
	[ICMP_HOST_UNR_TOS]	= "host-tos",			\
	[ICMP_PKT_FILTERED]	= "admin-prohibited",		\
	[ICMP_PREC_VIOLATION]	= "prec-violation",		\
	[ICMP_PREC_CUTOFF]	= "prec-cutoff"

#define RP_ICMP_EXCEEDED_NAMES					\
	[ICMP_EXC_TTL]		= "ttl-exceeded",		\
	[ICMP_EXC_FRAGTIME]	= "reassembly-timeout"

#define RP_ICMPV6_NAMES						\
	[ICMPV6_PKT_TOOBIG]	= "packet-too-big",		\
	[ICMPV6_TIME_EXCEED]	= "time-exceeded",		\
	[ICMPV6_PARAMPROB]	= "parameter-problem",		\
	[137]			= "redirect"

#define RP_ICMPV6_UNREACH_NAMES					\
	[ICMPV6_NOROUTE]	= "no-route",			\
	[ICMPV6_ADM_PROHIBITED]	= "admin-prohibited",		\
	[ICMPV6_ADDR_UNREACH]	= "addr-unreachable",		\
	[ICMPV6_PORT_UNREACH]	= "port-unreachable",		\
	[ICMPV6_POLICY_FAIL]	= "policy-fail",		\
	[ICMPV6_REJECT_ROUTE]	= "reject-route"

/* ---- the words of a filter ---- */

enum rp_word {
	RP_WORD_TO,
	RP_WORD_FROM,
	RP_WORD_OIF,
	RP_WORD_IIF,
	RP_WORD_MARK,
	RP_WORD_UID,
	RP_WORD_IPPROTO,
	RP_WORD_SPORT,
	RP_WORD_DPORT,
	RP_WORD_TOS,
	RP_WORD_FAMILY,
	RP_WORD_NETNS,
	RP_WORD_PID,
	RP_WORD_COMM,
	RP_WORD_ERROR,
	__RP_WORD_MAX
};

#define RP_WORDS_TERMS		32
#define RP_WORDS_ERRORS		32
#define RP_WORDS_NAME		64

/*
 * A word with one value.  What a flow holds is told by two of the words of eight bytes
 * that struct rp_flow consists of; the second may have an empty mask.
 */
struct rp_term {
	__u8 word;			/* enum rp_word */
	__u8 family;			/* asked for, or of a prefix; 0: any */
	__u8 at;			/* which words of the flow: this one, and the next */
	bool is_number;			/* @number is there, besides the name */
	__u32 number;
	__u64 value[2];
	__u64 mask[2];
	char name[RP_WORDS_NAME];	/* of a device, a namespace, or a task */
};

/* Words that differ must all match; of one word any value. */
struct rp_words {
	__u32 given;			/* a bit for each enum rp_word */
	__u8 terms_count;
	__u8 errors_count;
	bool error_any;
	struct rp_term terms[RP_WORDS_TERMS];	/* but for RP_WORD_ERROR */
	__s32 errors[RP_WORDS_ERRORS];	/* as rp_record.err has them */
};

/* What the two sides know otherwise. */
struct rp_words_side {
	/* An errno or a drop reason by its name, as rp_record.err has it */
	bool (*error)(const void *ctx, const char *name, __s32 *err);
	const void *ctx;
	const char *separators;	/* of words: a shell may have put blanks into one */
	bool netns_names;	/* namespaces have names besides inode numbers */
};

int rp_words_parse(struct rp_words *w, const struct rp_words_side *side, char *text,
		   char *message, size_t size);
bool rp_words_begin(const char *word);
const char *rp_words_name(unsigned int word);
const char *rp_words_wants(unsigned int word);
void rp_words_mask(union rp_addr *mask, unsigned int len);
bool rp_words_number(const char *text, __u32 max, __u32 *number);
bool rp_words_error(const struct rp_words *w, const struct rp_record *rec);

/* Does what this term says of a flow match?  Only for words about a flow, and a prefix. */
static __always_inline bool rp_term_matches(const struct rp_term *t, __u8 family,
					    const struct rp_flow *flow)
{
	__u64 words[2];

	memcpy(words, (const char *)flow + t->at * sizeof(__u64), sizeof(words));
	return !(((words[0] ^ t->value[0]) & t->mask[0]) |
		 ((words[1] ^ t->value[1]) & t->mask[1])) &&
	       (!t->family || t->family == family);
}

#endif
