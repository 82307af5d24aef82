/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_NAMES_H
#define RP_LIB_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Numbers as words.  A number without a name is written as the number, into @buf.
 */
struct rp_name {
	char text[64];
};

const char *rp_names_kind(unsigned int kind, struct rp_name *buf);
const char *rp_names_context(unsigned int context, struct rp_name *buf);
const char *rp_names_verdict(unsigned int verdict, struct rp_name *buf);
const char *rp_names_route_type(unsigned int type, struct rp_name *buf);
const char *rp_names_scope(unsigned int scope, struct rp_name *buf);
const char *rp_names_protocol(unsigned int protocol, struct rp_name *buf);
const char *rp_names_action(unsigned int action, struct rp_name *buf);
const char *rp_names_change(unsigned int op, struct rp_name *buf);
/* Of a sysctl, the file's: "rp_filter" */
const char *rp_names_setting(unsigned int id, struct rp_name *buf);
/* Of a hook of netfilter: "output" */
const char *rp_names_hook(unsigned int hook, struct rp_name *buf);
/* "host-unreachable", as nft and iptables call it; ICMPv6 has other numbers */
const char *rp_names_icmp(unsigned int family, unsigned int type, unsigned int code,
			  struct rp_name *buf);
/* The router preference in the flags of an IPv6 route: "low" or "high"; NULL: medium */
const char *rp_names_pref(unsigned int rt_flags);
const char *rp_names_ipproto(unsigned int proto, struct rp_name *buf);

/*
 * "ok", "EHOSTUNREACH", or for a drop reason (above 0) "drop IP_RPFILTER" by the
 * name that its kernel has for it; "drop 16" if that is NULL
 */
const char *rp_names_error(int err, const char *reason, struct rp_name *buf);

/* 0, which is none, for an unknown one */
unsigned int rp_names_kind_value(const char *name);
unsigned int rp_names_route_type_value(const char *name);
unsigned int rp_names_action_value(const char *name);
bool rp_names_errno_value(const char *name, int *value);
bool rp_names_ipproto_value(const char *name, unsigned int *value);

/* Names of the bits of @flags, one after the other; NULL after the last. */
const char *rp_names_nh_flag(unsigned int flags, unsigned int *pos);
const char *rp_names_nl_flag(unsigned int flags, unsigned int *pos);

#endif
