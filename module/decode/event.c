// SPDX-License-Identifier: GPL-2.0
/*
 * Why the FIB changed: devices, addresses, next hop objects and rules.  The event
 * is copied at entry, since some of these let go of what it is about.  Notifiers
 * would tell the same, but only when it happens: a call contains in time what was
 * done about it, and so each route that dies of it is an event inside.
 */
#include <linux/inetdevice.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/fib_notifier.h>
#include <net/fib_rules.h>
#include <net/netlink.h>
#include <net/nexthop.h>

#include "call.h"
#include "decode/decode.h"
#include "decode/event.h"
#include "fill.h"
#include "kprobe.h"

/* For us, unless there is nothing to tell: RP_CHANGE_NONE. */
bool rp_event(struct rp_call *call, const struct net *net, u8 family, enum rp_change_op op)
{
	rp_call_net(call, net);
	call->family = family;
	call->has = RP_HAS_ROUTE;
	rp_event_op(call) = op;
	return op;
}
NOKPROBE_SYMBOL(rp_event);

/* What the FIB cares for.  A change that does not say of which flags may be the carrier's. */
static enum rp_change_op rp_link_op(unsigned long event, const void *info)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(info);
	const struct netdev_notifier_changeupper_info *upper = info;
	const struct netdev_notifier_change_info *change = info;

	switch (event) {
	case NETDEV_UP:
		return RP_CHANGE_UP;
	case NETDEV_DOWN:
		return RP_CHANGE_DOWN;
	case NETDEV_UNREGISTER:
		return RP_CHANGE_DELETE;
	case NETDEV_CHANGE:
		if (change->flags_changed || !(dev->flags & IFF_UP))
			return RP_CHANGE_NONE;
		return netif_carrier_ok(dev) ? RP_CHANGE_CARRIER_UP : RP_CHANGE_CARRIER_DOWN;
	case NETDEV_CHANGEUPPER:
		return upper->upper_dev && upper->master ? RP_CHANGE_MASTER : RP_CHANGE_NONE;
	case NETDEV_CHANGEMTU:
		return RP_CHANGE_MTU;
	default:
		return RP_CHANGE_NONE;
	}
}
NOKPROBE_SYMBOL(rp_link_op);

/* Of whom the device is a port now, or the MTU that it had */
static u32 rp_link_count(enum rp_change_op op, const void *info)
{
	const struct netdev_notifier_changeupper_info *upper = info;
	const struct netdev_notifier_info_ext *ext = info;

	if (op == RP_CHANGE_MASTER && upper->linking)
		return upper->upper_dev->ifindex;
	return op == RP_CHANGE_MTU ? ext->ext.mtu : 0;
}
NOKPROBE_SYMBOL(rp_link_count);

/* static int fib_netdev_event(struct notifier_block *this, unsigned long event, void *ptr) */
static nokprobe_inline unsigned int rp_enter_netdev_event(struct rp_call *call)
{
	const void *info = (void *)rp_arg(call, 2);
	const struct net_device *dev = netdev_notifier_info_to_dev(info);
	enum rp_change_op op = rp_link_op(rp_arg(call, 1), info);

	call->route = (struct rp_route) { };
	rp_fill_dev(&call->route, dev);
	rp_event_count(call) = rp_link_count(op, info);
	rp_event_mtu(call) = op == RP_CHANGE_MTU ? dev->mtu : 0;
	return rp_event(call, dev_net(dev), AF_UNSPEC, op);
}

RP_DEFINE_HIT(fib_netdev_event, FIB_NETDEV_EVENT, LINK_EVENT, rp_enter_netdev_event,
	      rp_decode_link_event);
RP_HANDLERS_RETURN(fib_netdev_event, 3);
RP_DEFINE_ROW(fib_netdev_event, CHANGE, RETURN, "devices going up and down, and what died of it");

/* static int fib_inetaddr_event(struct notifier_block *this, unsigned long event, void *ptr) */
static nokprobe_inline unsigned int rp_enter_inetaddr_event(struct rp_call *call)
{
	const struct in_ifaddr *ifa = (void *)rp_arg(call, 2);
	const struct net *net = dev_net(ifa->ifa_dev->dev);

	rp_fill_ifaddr(&call->route, ifa);
	switch (rp_arg(call, 1)) {
	case NETDEV_UP:
		return rp_event(call, net, AF_INET, RP_CHANGE_INSERT);
	case NETDEV_DOWN:
		return rp_event(call, net, AF_INET, RP_CHANGE_DELETE);
	default:
		return 0;
	}
}

RP_DEFINE_HIT(fib_inetaddr_event, FIB_INETADDR_EVENT, ADDR_EVENT, rp_enter_inetaddr_event,
	      rp_decode_event);
RP_HANDLERS_RETURN(fib_inetaddr_event, 3);
RP_DEFINE_ROW(fib_inetaddr_event, CHANGE, RETURN, "addresses added and removed, and what died of it");

/* A group has those of its members, which may be of both. */
static u8 rp_nexthop_family(const struct nexthop *nh)
{
	return nh->is_group ? AF_UNSPEC : rcu_dereference_raw(nh->nh_info)->family;
}
NOKPROBE_SYMBOL(rp_nexthop_family);

/*
 * static void nexthop_notify(int event, struct nexthop *nh, struct nl_info *info)
 *
 * Of what is deleted it tells only when that was asked for.
 */
static nokprobe_inline unsigned int rp_enter_nexthop_notify(struct rp_call *call)
{
	const struct nl_info *info = (void *)rp_arg(call, 2);
	const struct nexthop *nh = (void *)rp_arg(call, 1);

	rp_fill_nexthop(&call->route, nh);
	return (int)rp_arg(call, 0) == RTM_NEWNEXTHOP &&
	       rp_event(call, info->nl_net, rp_nexthop_family(nh), RP_CHANGE_INSERT);
}

RP_DEFINE_HIT(nexthop_notify, NEXTHOP_NOTIFY, NEXTHOP_EVENT, rp_enter_nexthop_notify,
	      rp_decode_event);
RP_HANDLERS_RETURN(nexthop_notify, 3);
RP_DEFINE_ROW(nexthop_notify, CHANGE, RETURN, "next hop objects added and replaced");

/* Without @nlinfo nobody asked for it: the kernel does, when its device fails. */
static enum rp_change_op rp_nexthop_op(const struct nexthop *nh, const struct nl_info *nlinfo)
{
	const struct net_device *dev;

	if (nlinfo || nh->is_group)
		return RP_CHANGE_DELETE;
	dev = rcu_dereference_raw(nh->nh_info)->fib_nhc.nhc_dev;
	if (!dev)
		return RP_CHANGE_DELETE;
	return dev->flags & IFF_UP ? RP_CHANGE_CARRIER_DOWN : RP_CHANGE_DOWN;
}
NOKPROBE_SYMBOL(rp_nexthop_op);

/* static void remove_nexthop(struct net *net, struct nexthop *nh, struct nl_info *nlinfo) */
static nokprobe_inline unsigned int rp_enter_remove_nexthop(struct rp_call *call)
{
	const struct nexthop *nh = (void *)rp_arg(call, 1);

	rp_fill_nexthop(&call->route, nh);
	return rp_event(call, (void *)rp_arg(call, 0), rp_nexthop_family(nh),
			rp_nexthop_op(nh, (void *)rp_arg(call, 2)));
}

RP_DEFINE_HIT(remove_nexthop, REMOVE_NEXTHOP, NEXTHOP_EVENT, rp_enter_remove_nexthop,
	      rp_decode_event);
RP_HANDLERS_RETURN(remove_nexthop, 3);
RP_DEFINE_ROW(remove_nexthop, CHANGE, RETURN, "next hop objects deleted, and what died of it");

RP_ASSERT_PROTO(call_fib_notifiers, int, struct net *, enum fib_event_type,
		struct fib_notifier_info *);

/* In place of the notification that it is in */
#define rp_rule_of(call)	rp_arg(call, 2)

/* Events of routes come this way too, and those of multicast routing. */
static nokprobe_inline unsigned int rp_enter_rule_event(struct rp_call *call)
{
	enum fib_event_type type = rp_arg(call, 1);
	const struct fib_notifier_info *info = (void *)rp_arg(call, 2);
	const struct fib_rule *rule;

	if ((type != FIB_EVENT_RULE_ADD && type != FIB_EVENT_RULE_DEL) ||
	    (info->family != AF_INET && info->family != AF_INET6))
		return 0;

	rp_call_net(call, (void *)rp_arg(call, 0));
	call->family = info->family;
	rule = container_of(info, struct fib_rule_notifier_info, info)->rule;
	rp_rule_of(call) = (unsigned long)rule;
	rp_fill_selectors(&call->flow, rule);
	call->has = RP_HAS_FLOW;
	return RP_ENTER;
}

/* The caller owns the rule.  A driver that cannot carry it out may refuse a new one. */
static nokprobe_inline void rp_decode_rule_event(const struct rp_call *call, unsigned long ret,
						 struct rp_record *rec)
{
	enum fib_event_type type = rp_arg(call, 1);

	rp_fill_rule(rec, (void *)rp_rule_of(call));
	rec->rule.op = type == FIB_EVENT_RULE_ADD ? RP_CHANGE_INSERT : RP_CHANGE_DELETE;
	rp_decode_errno(ret, rec);
}

RP_DEFINE_HIT(call_fib_notifiers, CALL_FIB_NOTIFIERS, RULE_EVENT, rp_enter_rule_event,
	      rp_decode_rule_event);
RP_HANDLERS_RETURN(call_fib_notifiers, 3);
RP_DEFINE_ROW(call_fib_notifiers, CHANGE, RETURN, "rules added and deleted");
