/* SPDX-License-Identifier: GPL-2.0 */
/* The words that the module's text and the reader have for numbers of the contract. */
#ifndef ROUTEPROBE_NAMES_H
#define ROUTEPROBE_NAMES_H

#define RP_KIND_NAMES						\
	[RP_KIND_NONE]		= "none",			\
	[RP_KIND_LOOKUP]	= "lookup",			\
	[RP_KIND_SUPPRESS]	= "suppress",			\
	[RP_KIND_RULE]		= "rule",			\
	[RP_KIND_RULES]		= "rules",			\
	[RP_KIND_VALIDATE]	= "validate",			\
	[RP_KIND_OUTPUT]	= "output",			\
	[RP_KIND_OUTPUT_FLOW]	= "output-flow",		\
	[RP_KIND_INPUT]		= "input",			\
	[RP_KIND_CHANGE]	= "change",			\
	[RP_KIND_EVENT]		= "event",			\
	[RP_KIND_RULE_EVENT]	= "rule-event",			\
	[RP_KIND_NEXTHOP_EVENT]	= "nexthop-event",		\
	[RP_KIND_ADDR_EVENT]	= "addr-event",			\
	[RP_KIND_LINK_EVENT]	= "link-event",			\
	[RP_KIND_CACHE]		= "cache",			\
	[RP_KIND_EXCEPTION]	= "exception",			\
	[RP_KIND_ICMP_IN]	= "icmp-in",			\
	[RP_KIND_ICMP_OUT]	= "icmp-out",			\
	[RP_KIND_LINK_FAILURE]	= "link-failure",		\
	[RP_KIND_NETFILTER]	= "netfilter",			\
	[RP_KIND_REROUTE]	= "reroute"

#define RP_CONTEXT_NAMES					\
	[RP_CONTEXT_TASK]	= "task",			\
	[RP_CONTEXT_SOFTIRQ]	= "softirq",			\
	[RP_CONTEXT_HARDIRQ]	= "hardirq"

#define RP_VERDICT_NAMES					\
	[RP_VERDICT_NONE]	= "none",			\
	[RP_VERDICT_HIT]	= "hit",			\
	[RP_VERDICT_NEXT]	= "next",			\
	[RP_VERDICT_REJECT]	= "reject",			\
	[RP_VERDICT_ERROR]	= "error"

#define RP_CHANGE_NAMES						\
	[RP_CHANGE_NONE]	= "none",			\
	[RP_CHANGE_INSERT]	= "insert",			\
	[RP_CHANGE_DELETE]	= "delete",			\
	[RP_CHANGE_FLUSH]	= "flush",			\
	[RP_CHANGE_UP]		= "up",				\
	[RP_CHANGE_DOWN]	= "down",			\
	[RP_CHANGE_CARRIER_UP]	= "carrier-up",			\
	[RP_CHANGE_CARRIER_DOWN] = "carrier-down",		\
	[RP_CHANGE_MASTER]	= "master"

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
	[89]			= "ospf",			\
	[IPPROTO_PIM]		= "pim",			\
	[112]			= "vrrp",			\
	[IPPROTO_SCTP]		= "sctp",			\
	[IPPROTO_UDPLITE]	= "udplite",			\
	[IPPROTO_RAW]		= "raw"

#endif
