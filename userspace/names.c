// SPDX-License-Identifier: GPL-2.0
/* Numbers of the kernel and the contract as the words that iproute2 uses. */
#include <errno.h>
#include <netinet/in.h>	/* before <linux/netfilter.h>, which has its own */
#include <linux/fib_rules.h>
#include <linux/icmp.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include <routeprobe.h>
#include <routeprobe_names.h>

#include "names.h"
#include "util.h"

static const char *const rp_names_kinds[] = { RP_KIND_NAMES };
static const char *const rp_names_contexts[] = { RP_CONTEXT_NAMES };
static const char *const rp_names_verdicts[] = { RP_VERDICT_NAMES };

static const char *const rp_names_types[] = {
	[RTN_UNSPEC]		= "unspec",
	[RTN_UNICAST]		= "unicast",
	[RTN_LOCAL]		= "local",
	[RTN_BROADCAST]		= "broadcast",
	[RTN_ANYCAST]		= "anycast",
	[RTN_MULTICAST]		= "multicast",
	[RTN_BLACKHOLE]		= "blackhole",
	[RTN_UNREACHABLE]	= "unreachable",
	[RTN_PROHIBIT]		= "prohibit",
	[RTN_THROW]		= "throw",
	[RTN_NAT]		= "nat",
	[RTN_XRESOLVE]		= "xresolve",
};

static const char *const rp_names_scopes[256] = {
	[RT_SCOPE_UNIVERSE]	= "global",
	[RT_SCOPE_SITE]		= "site",
	[RT_SCOPE_LINK]		= "link",
	[RT_SCOPE_HOST]		= "host",
	[RT_SCOPE_NOWHERE]	= "nowhere",
};

static const char *const rp_names_protocols[256] = {
	[RTPROT_UNSPEC]		= "unspec",
	[RTPROT_REDIRECT]	= "redirect",
	[RTPROT_KERNEL]		= "kernel",
	[RTPROT_BOOT]		= "boot",
	[RTPROT_STATIC]		= "static",
	[RTPROT_GATED]		= "gated",
	[RTPROT_RA]		= "ra",
	[RTPROT_MRT]		= "mrt",
	[RTPROT_ZEBRA]		= "zebra",
	[RTPROT_BIRD]		= "bird",
	[RTPROT_DNROUTED]	= "dnrouted",
	[RTPROT_XORP]		= "xorp",
	[RTPROT_NTK]		= "ntk",
	[RTPROT_DHCP]		= "dhcp",
	[RTPROT_MROUTED]	= "mrouted",
	[RTPROT_KEEPALIVED]	= "keepalived",
	[RTPROT_BABEL]		= "babel",
	[RTPROT_BGP]		= "bgp",
	[RTPROT_ISIS]		= "isis",
	[RTPROT_OSPF]		= "ospf",
	[RTPROT_RIP]		= "rip",
	[RTPROT_EIGRP]		= "eigrp",
};

static const char *const rp_names_actions[] = {
	[FR_ACT_UNSPEC]		= "unspec",
	[FR_ACT_TO_TBL]		= "to_tbl",
	[FR_ACT_GOTO]		= "goto",
	[FR_ACT_NOP]		= "nop",
	[FR_ACT_BLACKHOLE]	= "blackhole",
	[FR_ACT_UNREACHABLE]	= "unreachable",
	[FR_ACT_PROHIBIT]	= "prohibit",
};

static const char *const rp_names_changes[] = { RP_CHANGE_NAMES };

static const char *const rp_names_hooks[] = {
	[NF_INET_PRE_ROUTING]	= "prerouting",
	[NF_INET_LOCAL_IN]	= "input",
	[NF_INET_FORWARD]	= "forward",
	[NF_INET_LOCAL_OUT]	= "output",
	[NF_INET_POST_ROUTING]	= "postrouting",
};

static const char *const rp_names_unreachables[] = {
	[ICMP_NET_UNREACH]	= "net-unreachable",
	[ICMP_HOST_UNREACH]	= "host-unreachable",
	[ICMP_PROT_UNREACH]	= "prot-unreachable",
	[ICMP_PORT_UNREACH]	= "port-unreachable",
	[ICMP_FRAG_NEEDED]	= "frag-needed",
	[ICMP_SR_FAILED]	= "source-route-failed",
	[ICMP_NET_UNKNOWN]	= "net-unknown",
	[ICMP_HOST_UNKNOWN]	= "host-unknown",
	[ICMP_HOST_ISOLATED]	= "host-isolated",
	[ICMP_NET_ANO]		= "net-prohibited",
	[ICMP_HOST_ANO]		= "host-prohibited",
	[ICMP_NET_UNR_TOS]	= "net-tos",
	[ICMP_HOST_UNR_TOS]	= "host-tos",
	[ICMP_PKT_FILTERED]	= "admin-prohibited",
	[ICMP_PREC_VIOLATION]	= "prec-violation",
	[ICMP_PREC_CUTOFF]	= "prec-cutoff",
};

static const char *const rp_names_ipprotos[256] = { RP_IPPROTO_NAMES };

/* In the order of their bits */
static const char *const rp_names_nh_flags[] = {
	"dead", "pervasive", "onlink", "offload", "linkdown", "unresolved",
	"trap",
};

static const struct {
	unsigned int bit;
	const char *name;
} rp_names_nl_flags[] = {
	{ NLM_F_REPLACE,	"replace" },
	{ NLM_F_EXCL,		"excl" },
	{ NLM_F_CREATE,		"create" },
	{ NLM_F_APPEND,		"append" },
};

static const char *rp_names_find(const char *const *names, size_t n,
				 unsigned int value, struct rp_name *buf)
{
	if (value < n && names[value])
		snprintf(buf->text, sizeof(buf->text), "%s", names[value]);
	else
		snprintf(buf->text, sizeof(buf->text), "%u", value);
	return buf->text;
}

#define RP_NAMES_FUNCTION(fn, names)					\
	const char *rp_names_##fn(unsigned int value, struct rp_name *buf) \
	{								\
		static const char *const *table = names;		\
									\
		return rp_names_find(table, sizeof(names) / sizeof(*table), \
				     value, buf);			\
	}

RP_NAMES_FUNCTION(kind, rp_names_kinds)
RP_NAMES_FUNCTION(context, rp_names_contexts)
RP_NAMES_FUNCTION(verdict, rp_names_verdicts)
RP_NAMES_FUNCTION(route_type, rp_names_types)
RP_NAMES_FUNCTION(scope, rp_names_scopes)
RP_NAMES_FUNCTION(protocol, rp_names_protocols)
RP_NAMES_FUNCTION(action, rp_names_actions)
RP_NAMES_FUNCTION(change, rp_names_changes)
RP_NAMES_FUNCTION(hook, rp_names_hooks)
RP_NAMES_FUNCTION(ipproto, rp_names_ipprotos)

const char *rp_names_icmp(unsigned int type, unsigned int code, struct rp_name *buf)
{
	if (type == ICMP_DEST_UNREACH && code < RP_ARRAY_SIZE(rp_names_unreachables))
		snprintf(buf->text, sizeof(buf->text), "%s", rp_names_unreachables[code]);
	else if (type == ICMP_TIME_EXCEEDED && code == ICMP_EXC_TTL)
		snprintf(buf->text, sizeof(buf->text), "ttl-exceeded");
	else if (type == ICMP_TIME_EXCEEDED && code == ICMP_EXC_FRAGTIME)
		snprintf(buf->text, sizeof(buf->text), "reassembly-timeout");
	else if (type == ICMP_REDIRECT)
		snprintf(buf->text, sizeof(buf->text), "redirect");
	else if (type == ICMP_PARAMETERPROB)
		snprintf(buf->text, sizeof(buf->text), "parameter-problem");
	else
		snprintf(buf->text, sizeof(buf->text), "type %u code %u", type, code);
	return buf->text;
}

const char *rp_names_error(int err, const char *reason, struct rp_name *buf)
{
	const char *name = err < 0 ? strerrorname_np(-(unsigned int)err) : NULL;

	if (!err)
		snprintf(buf->text, sizeof(buf->text), "ok");
	else if (err > 0 && reason)
		snprintf(buf->text, sizeof(buf->text), "drop %s", reason);
	else if (err > 0)
		snprintf(buf->text, sizeof(buf->text), "drop %d", err);
	else if (name)
		snprintf(buf->text, sizeof(buf->text), "%s", name);
	else
		snprintf(buf->text, sizeof(buf->text), "error %u",
			 -(unsigned int)err);
	return buf->text;
}

static unsigned int rp_names_value(const char *const *names, size_t n,
				   const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return n;
}

static unsigned int rp_names_known(const char *const *names, size_t n,
				   const char *name)
{
	unsigned int value = rp_names_value(names, n, name);

	return value < n ? value : 0;
}

unsigned int rp_names_kind_value(const char *name)
{
	return rp_names_known(rp_names_kinds, RP_ARRAY_SIZE(rp_names_kinds), name);
}

unsigned int rp_names_route_type_value(const char *name)
{
	return rp_names_known(rp_names_types, RP_ARRAY_SIZE(rp_names_types), name);
}

unsigned int rp_names_action_value(const char *name)
{
	return rp_names_known(rp_names_actions, RP_ARRAY_SIZE(rp_names_actions), name);
}

bool rp_names_ipproto_value(const char *name, unsigned int *value)
{
	uint64_t number;

	*value = rp_names_value(rp_names_ipprotos,
				RP_ARRAY_SIZE(rp_names_ipprotos), name);
	if (*value < RP_ARRAY_SIZE(rp_names_ipprotos))
		return true;
	if (!rp_util_u64(name, 255, &number))
		return false;
	*value = number;
	return true;
}

bool rp_names_errno_value(const char *name, int *value)
{
	const char *known;
	uint64_t number;
	int i;

	for (i = 1; i < 4096; i++) {
		known = strerrorname_np(i);
		if (known && !strcasecmp(known, name)) {
			*value = i;
			return true;
		}
	}
	if (!rp_util_u64(name, 4095, &number) || !number)
		return false;
	*value = number;
	return true;
}

const char *rp_names_nh_flag(unsigned int flags, unsigned int *pos)
{
	while (*pos < RP_ARRAY_SIZE(rp_names_nh_flags)) {
		unsigned int bit = (*pos)++;

		if (flags & 1U << bit)
			return rp_names_nh_flags[bit];
	}
	return NULL;
}

const char *rp_names_nl_flag(unsigned int flags, unsigned int *pos)
{
	while (*pos < RP_ARRAY_SIZE(rp_names_nl_flags)) {
		unsigned int i = (*pos)++;

		if (flags & rp_names_nl_flags[i].bit)
			return rp_names_nl_flags[i].name;
	}
	return NULL;
}
