/* SPDX-License-Identifier: GPL-2.0 */
/* The sysctls of IPv6, as those of IPv4 are in setting.c. */
#ifndef _RP_SETTING_H
#define _RP_SETTING_H

#include <linux/types.h>

struct net;
struct net_device;

/* @dev is NULL but for RP_SCOPE_DEV.  False: there is no such one */
bool rp_setting6(const struct net *net, const struct net_device *dev, u8 id, u8 scope,
		 int *value);

#endif
