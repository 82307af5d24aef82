// SPDX-License-Identifier: GPL-2.0
/* Numbers of the kernel and the contract as the words that iproute2 uses. */
#include <errno.h>
#include <netinet/in.h>	/* before <linux/netfilter.h>, which has its own */
#include <linux/fib_rules.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ipv6_route.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include <routeprobe.h>
#include <routeprobe_words.h>

#include "lib/names.h"
#include "lib/util.h"

static const char *const rp_names_kinds[] = { RP_KIND_NAMES };
static const char *const rp_names_contexts[] = { RP_CONTEXT_NAMES };
static const char *const rp_names_verdicts[] = { RP_VERDICT_NAMES };
static const char *const rp_names_types[] = { RP_ROUTE_TYPE_NAMES };
static const char *const rp_names_scopes[256] = { RP_SCOPE_NAMES };
static const char *const rp_names_protocols[256] = { RP_PROTOCOL_NAMES };
static const char *const rp_names_actions[] = { RP_ACTION_NAMES };
static const char *const rp_names_changes[] = { RP_CHANGE_NAMES };
static const char *const rp_names_settings[] = { RP_SETTING_NAMES };
static const char *const rp_names_hooks[] = { RP_HOOK_NAMES };
static const char *const rp_names_icmps[] = { RP_ICMP_NAMES };
static const char *const rp_names_icmpv6s[] = { RP_ICMPV6_NAMES };
static const char *const rp_names_unreachables6[] = { RP_ICMPV6_UNREACH_NAMES };
static const char *const rp_names_unreachables[] = { RP_ICMP_UNREACH_NAMES };
static const char *const rp_names_exceeded[] = { RP_ICMP_EXCEEDED_NAMES };
static const char *const rp_names_ipprotos[256] = { RP_IPPROTO_NAMES };
static const char *const rp_names_nh_flags[] = { RP_NH_FLAG_NAMES };
static const char *const rp_names_nl_flags[] = { RP_NL_FLAG_NAMES };

static const char *rp_names_find(const char *const *names, size_t n,
				 unsigned int value, struct rp_name *buf)
{
	if (value < n && names[value])
		return names[value];
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
RP_NAMES_FUNCTION(setting, rp_names_settings)
RP_NAMES_FUNCTION(hook, rp_names_hooks)
RP_NAMES_FUNCTION(ipproto, rp_names_ipprotos)

/* The name of a type, or of a code where that says more */
static const char *rp_names_of_icmp(unsigned int type, unsigned int code)
{
	const char *const *names = rp_names_icmps;
	size_t n = RP_ARRAY_SIZE(rp_names_icmps), i = type;

	if (type == ICMP_DEST_UNREACH) {
		names = rp_names_unreachables;
		n = RP_ARRAY_SIZE(rp_names_unreachables);
		i = code;
	} else if (type == ICMP_TIME_EXCEEDED) {
		names = rp_names_exceeded;
		n = RP_ARRAY_SIZE(rp_names_exceeded);
		i = code;
	}
	return i < n ? names[i] : NULL;
}

static const char *rp_names_of_icmpv6(unsigned int type, unsigned int code)
{
	if (type != ICMPV6_DEST_UNREACH)
		return type < RP_ARRAY_SIZE(rp_names_icmpv6s) ? rp_names_icmpv6s[type] : NULL;
	return code < RP_ARRAY_SIZE(rp_names_unreachables6) ?
	       rp_names_unreachables6[code] : NULL;
}

const char *rp_names_icmp(unsigned int family, unsigned int type, unsigned int code,
			  struct rp_name *buf)
{
	const char *name = family == AF_INET6 ? rp_names_of_icmpv6(type, code) :
						rp_names_of_icmp(type, code);

	if (name)
		return name;
	snprintf(buf->text, sizeof(buf->text), "type %u code %u", type, code);
	return buf->text;
}

static const char *const rp_names_prefs[] = { RP_PREF_NAMES };

const char *rp_names_pref(unsigned int rt_flags)
{
	unsigned int pref = (rt_flags & RTF_PREF_MASK) / RTF_PREF(1);

	return pref < RP_ARRAY_SIZE(rp_names_prefs) ? rp_names_prefs[pref] : NULL;
}

const char *rp_names_error(int err, const char *reason, struct rp_name *buf)
{
	const char *name = err < 0 ? strerrorname_np(-(unsigned int)err) : NULL;

	if (!err)
		return "ok";
	if (name)
		return name;
	if (err > 0 && reason)
		snprintf(buf->text, sizeof(buf->text), "drop %s", reason);
	else if (err > 0)
		snprintf(buf->text, sizeof(buf->text), "drop %d", err);
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

static const char *rp_names_flag(const char *const *names, size_t n, unsigned int flags,
				 unsigned int *pos)
{
	while (*pos < n) {
		unsigned int bit = (*pos)++;

		if (flags & 1U << bit && names[bit])
			return names[bit];
	}
	return NULL;
}

const char *rp_names_nh_flag(unsigned int flags, unsigned int *pos)
{
	return rp_names_flag(rp_names_nh_flags, RP_ARRAY_SIZE(rp_names_nh_flags), flags, pos);
}

const char *rp_names_nl_flag(unsigned int flags, unsigned int *pos)
{
	return rp_names_flag(rp_names_nl_flags, RP_ARRAY_SIZE(rp_names_nl_flags), flags, pos);
}
