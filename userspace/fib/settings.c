// SPDX-License-Identifier: GPL-2.0
/*
 * Sysctls that routing goes by, as part of a snapshot.  Netlink has those of devices; of
 * all devices it lacks most, and of a namespace all: these are read from /proc/sys.
 */
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <jansson.h>
#include <libmnl/libmnl.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "fib/snapshot.h"
#include "lib/names.h"
#include "lib/util.h"

#define RP_FIB_SYSCTL_MAX	32	/* bytes of a number in /proc/sys */

/* IPV4_DEVCONF_* count from 1; 0: it is the namespace's */
static const struct {
	enum rp_setting_id id;
	unsigned int devconf;
} rp_fib_sysctls[] = {
	{ RP_SETTING_FORWARDING,	IPV4_DEVCONF_FORWARDING },
	{ RP_SETTING_RP_FILTER,		IPV4_DEVCONF_RP_FILTER },
	{ RP_SETTING_ROUTE_LOCALNET,	IPV4_DEVCONF_ROUTE_LOCALNET },
	{ RP_SETTING_SRC_VALID_MARK,	IPV4_DEVCONF_SRC_VMARK },
	{ RP_SETTING_ACCEPT_LOCAL,	IPV4_DEVCONF_ACCEPT_LOCAL },
	{ RP_SETTING_IGNORE_LINKDOWN,	IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN },
	{ RP_SETTING_HASH_POLICY,	0 },
	{ RP_SETTING_USE_NEIGH,		0 },
	{ RP_SETTING_TCP_L3MDEV,	0 },
	{ RP_SETTING_UDP_L3MDEV,	0 },
	{ RP_SETTING_RAW_L3MDEV,	0 },
};

static void rp_fib_settings_set(json_t *object, enum rp_setting_id id, json_int_t value)
{
	struct rp_name name;

	json_object_set_new(object, rp_names_setting(id, &name), json_integer(value));
}

static void rp_fib_settings_array(json_t *object, const struct nlattr *attr)
{
	const uint32_t *values = mnl_attr_get_payload(attr);
	size_t count = mnl_attr_get_payload_len(attr) / sizeof(*values), i;
	unsigned int devconf;

	for (i = 0; i < RP_ARRAY_SIZE(rp_fib_sysctls); i++) {
		devconf = rp_fib_sysctls[i].devconf;
		if (devconf && devconf <= count)
			rp_fib_settings_set(object, rp_fib_sysctls[i].id,
					    (int32_t)values[devconf - 1]);
	}
}

void rp_fib_settings_dev(struct rp_fib *fib, uint32_t netns, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *family, *conf;
	json_t *object = NULL;

	mnl_attr_for_each(attr, nlh, sizeof(*m)) {
		if (mnl_attr_get_type(attr) != IFLA_AF_SPEC)
			continue;
		mnl_attr_for_each_nested(family, attr) {
			if (mnl_attr_get_type(family) != AF_INET)
				continue;
			mnl_attr_for_each_nested(conf, family) {
				if (mnl_attr_get_type(conf) != IFLA_INET_CONF || object)
					continue;
				object = json_pack("{s:I,s:i}", "netns", (json_int_t)netns,
						   "ifindex", m->ifi_index);
				rp_fib_settings_array(object, conf);
			}
		}
	}
	if (object)
		rp_fib_write(fib, "setting", object);
}

static void rp_fib_settings_read(json_t *object, const char *dir, enum rp_setting_id id)
{
	struct rp_name name;
	char path[128], *text;
	json_int_t value;
	char *end;

	snprintf(path, sizeof(path), "%s%s", dir, rp_names_setting(id, &name));
	text = rp_util_read(AT_FDCWD, path, RP_FIB_SYSCTL_MAX);
	if (!text)
		return;
	value = strtoll(text, &end, 10);
	if (end != text)
		rp_fib_settings_set(object, id, value);
	free(text);
}

/* @conf: "all", "default", or NULL: of the namespace */
static void rp_fib_settings_of(struct rp_fib *fib, uint32_t netns, const char *conf)
{
	json_t *object = json_pack("{s:I,s:s*}", "netns", (json_int_t)netns, "conf", conf);
	char dir[64];
	size_t i;

	snprintf(dir, sizeof(dir), "/proc/sys/net/ipv4/%s%s%s", conf ? "conf/" : "",
		 conf ? conf : "", conf ? "/" : "");
	for (i = 0; i < RP_ARRAY_SIZE(rp_fib_sysctls); i++)
		if (!conf == !rp_fib_sysctls[i].devconf)
			rp_fib_settings_read(object, dir, rp_fib_sysctls[i].id);
	rp_fib_write(fib, "setting", object);
}

void rp_fib_settings(struct rp_fib *fib, uint32_t netns)
{
	rp_fib_settings_of(fib, netns, "all");
	rp_fib_settings_of(fib, netns, "default");
	rp_fib_settings_of(fib, netns, NULL);
}
