// SPDX-License-Identifier: GPL-2.0
/*
 * Why IPv6's tables changed: net/ipv6/addrconf.c and route.c.  These functions contain what
 * died of it.
 * An address is of use as a source from when its route in the table local comes, which is
 * an event of its own.
 */
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <net/if_inet6.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>

#include "call.h"
#include "decode/decode.h"
#include "decode/event.h"
#include "fill.h"
#include "fill6.h"
#include "kprobe.h"

/* In place of an argument that is not needed at the return */
#define rp_ra_lifetime(call)	rp_arg(call, 1)

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
	const struct netdev_notifier_changeupper_info *upper = info;
	const struct net_device *dev = netdev_notifier_info_to_dev(info);
	enum rp_change_op op = RP_CHANGE_NONE;

	/* Ports of a bridge keep theirs. */
	if (rp_arg(call, 1) == NETDEV_CHANGEUPPER && upper->upper_dev &&
	    netif_is_l3_master(upper->upper_dev))
		op = RP_CHANGE_MASTER;
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

static nokprobe_inline void rp_decode_disable_ip6(const struct rp_call *call, unsigned long ret,
						  struct rp_record *rec)
{
	rp_decode_event(call, ret, rec);
	if (call->flood)
		rec->change.count = rp_omit_flood_left_out(call->flood);
}

RP_DEFINE_HIT(rt6_disable_ip, RT6_DISABLE_IP, LINK_EVENT, rp_enter_disable_ip6,
	      rp_decode_disable_ip6, .flags = RP_ROW_FLOOD);
RP_HANDLERS_RETURN(rt6_disable_ip, 2);
RP_DEFINE_ROW(rt6_disable_ip, CHANGE, RETURN,
	      "that IPv6 routes died of a device, or of disable_ipv6");

/* ---- ndisc_router_discovery ---- */

/*
 * static void ndisc_router_discovery(struct sk_buff *skb), and since 6.4 a drop reason
 *
 * The message is in one piece, and from a router on the link, as ndisc_rcv() and the first
 * lines of this function see to, after our entry: so its length is looked at here, too.
 */
static nokprobe_inline unsigned int rp_enter_router_discovery(struct rp_call *call)
{
	const struct sk_buff *skb = (void *)rp_arg(call, 0);
	const struct ra_msg *msg = (const void *)skb_transport_header(skb);

	if (!skb->dev || (const unsigned char *)(msg + 1) > skb_tail_pointer(skb))
		return 0;
	call->route = (struct rp_route) { };
	rp_fill_dev(&call->route, skb->dev);
	rp_fill_gw(&call->route, AF_INET6, &ipv6_hdr(skb)->saddr);
	rp_ra_lifetime(call) = ntohs(msg->icmph.icmp6_rt_lifetime);
	return rp_event(call, dev_net(skb->dev), AF_INET6, RP_CHANGE_ADVERTISE);
}

static nokprobe_inline void rp_decode_router_discovery(const struct rp_call *call,
						       unsigned long ret, struct rp_record *rec)
{
	rp_decode_event(call, ret, rec);
	rec->change.expires_s = rp_ra_lifetime(call);
}

RP_DEFINE_HIT(ndisc_router_discovery, NDISC_ROUTER_DISCOVERY, RA_EVENT,
	      rp_enter_router_discovery, rp_decode_router_discovery,
	      .flags = RP_ROW_LOCKED);
RP_HANDLERS_RETURN(ndisc_router_discovery, 1);
RP_DEFINE_ROW(ndisc_router_discovery, CHANGE, RETURN,
	      "which router advertised or withdrew an IPv6 route");

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
