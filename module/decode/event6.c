// SPDX-License-Identifier: GPL-2.0
/*
 * Why IPv6's tables changed: net/ipv6/addrconf.c and route.c.  These functions contain what
 * died of it.
 * An address is of use as a source from when its route in the table local comes, which is
 * an event of its own.
 */
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <net/if_inet6.h>
#include <net/ip6_route.h>

#include "decode/decode.h"
#include "decode/event.h"
#include "fill.h"
#include "fill6.h"
#include "hit.h"

/* For us, if there is something to tell. */
static unsigned int rp_enter_link6(struct rp_call *call, const struct net_device *dev,
				   enum rp_change_op op)
{
	call->route = (struct rp_route) { };
	rp_fill_dev(&call->route, dev);
	return rp_event(call, dev_net(dev), AF_INET6, op);
}
NOKPROBE_SYMBOL(rp_enter_link6);

/*
 * static int addrconf_notify(struct notifier_block *this, unsigned long event, void *ptr)
 *
 * Only of what sets IPv6 aside on a device that is up and stays so, as the next one is in it
 * and cannot tell why.  An MTU may become too small for IPv6.
 */
static nokprobe_inline unsigned int rp_enter_addrconf_notify(struct rp_call *call)
{
	const void *info = (void *)rp_arg(call, 2);
	const struct net_device *dev = netdev_notifier_info_to_dev(info);
	enum rp_change_op op = RP_CHANGE_NONE;

	if (rp_arg(call, 1) == NETDEV_CHANGEUPPER)
		op = rp_link_op(NETDEV_CHANGEUPPER, info);
	else if (rp_arg(call, 1) == NETDEV_CHANGEMTU && dev->mtu < IPV6_MIN_MTU)
		op = RP_CHANGE_DISABLE;
	return rp_enter_link6(call, dev, op);
}

RP_DEFINE_HIT(addrconf_notify, ADDRCONF_NOTIFY, LINK_EVENT, rp_enter_addrconf_notify,
	      rp_decode_event);
RP_HANDLERS_RETURN(addrconf_notify, 3);
RP_DEFINE_ROW(addrconf_notify, CHANGE, RETURN,
	      "that IPv6 routes died as a device got another master, or a small MTU");

/* ---- rt6_disable_ip ---- */

RP_ASSERT_PROTO(rt6_disable_ip, void, struct net_device *, unsigned long);

/* A device that is up still, and is not about to be removed: by the sysctl disable_ipv6. */
static nokprobe_inline unsigned int rp_enter_disable_ip6(struct rp_call *call)
{
	const struct net_device *dev = (void *)rp_arg(call, 0);
	enum rp_change_op op = RP_CHANGE_DOWN;

	if (rp_arg(call, 1) == NETDEV_UNREGISTER)
		op = RP_CHANGE_DELETE;
	else if (dev->flags & IFF_UP)
		op = RP_CHANGE_DISABLE;
	return rp_enter_link6(call, dev, op);
}

RP_DEFINE_HIT(rt6_disable_ip, RT6_DISABLE_IP, LINK_EVENT, rp_enter_disable_ip6,
	      rp_decode_event);
RP_HANDLERS_RETURN(rt6_disable_ip, 2);
RP_DEFINE_ROW(rt6_disable_ip, CHANGE, RETURN,
	      "that IPv6 routes died of a device, or of disable_ipv6");

/* ---- ipv6_del_addr ---- */

/* static void ipv6_del_addr(struct inet6_ifaddr *ifp) */
static nokprobe_inline unsigned int rp_enter_del_addr6(struct rp_call *call)
{
	const struct inet6_ifaddr *ifa = (void *)rp_arg(call, 0);

	rp_fill_ifaddr6(&call->route, ifa);
	return rp_event(call, dev_net(ifa->idev->dev), AF_INET6, RP_CHANGE_DELETE);
}

RP_DEFINE_HIT(ipv6_del_addr, IPV6_DEL_ADDR, ADDR_EVENT, rp_enter_del_addr6, rp_decode_event);
RP_HANDLERS_RETURN(ipv6_del_addr, 1);
RP_DEFINE_ROW(ipv6_del_addr, CHANGE, RETURN, "IPv6 addresses removed, and what died of it");
