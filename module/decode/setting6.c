// SPDX-License-Identifier: GPL-2.0
/* Values of IPv6's sysctls, see setting.c. */
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <net/if_inet6.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "decode/setting.h"
#include "uapi/routeprobe.h"

static const struct ipv6_devconf *rp_setting_conf6(const struct net *net,
						   const struct net_device *dev, u8 scope)
{
	const struct inet6_dev *idev;

	if (scope == RP_SCOPE_ALL)
		return net->ipv6.devconf_all;
	if (scope == RP_SCOPE_DEFAULT)
		return net->ipv6.devconf_dflt;
	idev = dev ? rcu_dereference_raw(dev->ip6_ptr) : NULL;
	return idev ? &idev->cnf : NULL;
}
NOKPROBE_SYMBOL(rp_setting_conf6);

static bool rp_setting_of(const struct ipv6_devconf *conf, u8 id, int *value)
{
	switch (id) {
	case RP_SETTING_FORWARDING:
		*value = READ_ONCE(conf->forwarding);
		return true;
	case RP_SETTING_DISABLE_IPV6:
		*value = READ_ONCE(conf->disable_ipv6);
		return true;
	case RP_SETTING_ACCEPT_RA:
		*value = READ_ONCE(conf->accept_ra);
		return true;
	case RP_SETTING_ACCEPT_RA_DEFRTR:
		*value = READ_ONCE(conf->accept_ra_defrtr);
		return true;
	case RP_SETTING_IGNORE_LINKDOWN:
		*value = READ_ONCE(conf->ignore_routes_with_linkdown);
		return true;
	case RP_SETTING_FORCE_FORWARDING:
		*value = rp_compat_force_forwarding(conf);
		return true;
	default:
		return false;
	}
}
NOKPROBE_SYMBOL(rp_setting_of);

bool rp_setting6(const struct net *net, const struct net_device *dev, u8 id, u8 scope,
		 int *value)
{
	const struct ipv6_devconf *conf;

	if (scope == RP_SCOPE_NETNS) {
		if (id != RP_SETTING_HASH_POLICY)
			return false;
		*value = READ_ONCE(net->ipv6.sysctl.multipath_hash_policy);
		return true;
	}
	conf = rp_setting_conf6(net, dev, scope);
	return conf && rp_setting_of(conf, id, value);
}
NOKPROBE_SYMBOL(rp_setting6);
