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
#include <linux/ptrace.h>
#include <linux/rtnetlink.h>
#include <net/fib_notifier.h>
#include <net/fib_rules.h>
#include <net/netlink.h>
#include <net/nexthop.h>

#include "decode/decode.h"
#include "fill.h"

/* One of ours, unless there is nothing to tell: RP_CHANGE_NONE. */
static bool rp_enter_event(struct rp_call *call, const struct net *net, enum rp_change_op op)
{
	call->net = net;
	call->arg[0] = (void *)(unsigned long)op;
	call->has = RP_HAS_ROUTE;
	return op;
}
NOKPROBE_SYMBOL(rp_enter_event);

void rp_decode_event(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	rec->change.op = (unsigned long)call->arg[0];
	rec->has |= RP_HAS_CHANGE;
	rec->verdict = RP_VERDICT_HIT;
}
NOKPROBE_SYMBOL(rp_decode_event);

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
		if (!upper->upper_dev || !netif_is_l3_master(upper->upper_dev))
			return RP_CHANGE_NONE;
		return RP_CHANGE_MASTER;
	default:
		return RP_CHANGE_NONE;
	}
}
NOKPROBE_SYMBOL(rp_link_op);

/* static int fib_netdev_event(struct notifier_block *this, unsigned long event, void *ptr) */
bool rp_enter_netdev_event(struct rp_call *call, struct pt_regs *regs)
{
	const void *info = (void *)regs_get_kernel_argument(regs, 2);
	const struct net_device *dev = netdev_notifier_info_to_dev(info);

	call->route = (struct rp_route) { };
	rp_fill_dev(&call->route, dev);
	return rp_enter_event(call, dev_net(dev),
			      rp_link_op(regs_get_kernel_argument(regs, 1), info));
}
NOKPROBE_SYMBOL(rp_enter_netdev_event);

/* static int fib_inetaddr_event(struct notifier_block *this, unsigned long event, void *ptr) */
bool rp_enter_inetaddr_event(struct rp_call *call, struct pt_regs *regs)
{
	const struct in_ifaddr *ifa = (void *)regs_get_kernel_argument(regs, 2);
	const struct net *net = dev_net(ifa->ifa_dev->dev);

	rp_fill_ifaddr(&call->route, ifa);
	switch (regs_get_kernel_argument(regs, 1)) {
	case NETDEV_UP:
		return rp_enter_event(call, net, RP_CHANGE_INSERT);
	case NETDEV_DOWN:
		return rp_enter_event(call, net, RP_CHANGE_DELETE);
	default:
		return false;
	}
}
NOKPROBE_SYMBOL(rp_enter_inetaddr_event);

/*
 * static void nexthop_notify(int event, struct nexthop *nh, struct nl_info *info)
 *
 * Of what is deleted it tells only when that was asked for.
 */
bool rp_enter_nexthop_notify(struct rp_call *call, struct pt_regs *regs)
{
	const struct nl_info *info = (void *)regs_get_kernel_argument(regs, 2);

	rp_fill_nexthop(&call->route, (void *)regs_get_kernel_argument(regs, 1));
	return (int)regs_get_kernel_argument(regs, 0) == RTM_NEWNEXTHOP &&
	       rp_enter_event(call, info->nl_net, RP_CHANGE_INSERT);
}
NOKPROBE_SYMBOL(rp_enter_nexthop_notify);

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
bool rp_enter_remove_nexthop(struct rp_call *call, struct pt_regs *regs)
{
	const struct nexthop *nh = (void *)regs_get_kernel_argument(regs, 1);

	rp_fill_nexthop(&call->route, nh);
	return rp_enter_event(call, (void *)regs_get_kernel_argument(regs, 0),
			      rp_nexthop_op(nh, (void *)regs_get_kernel_argument(regs, 2)));
}
NOKPROBE_SYMBOL(rp_enter_remove_nexthop);

RP_ASSERT_PROTO(call_fib_notifiers, int, struct net *, enum fib_event_type,
		struct fib_notifier_info *);

/* Events of routes come this way too, and those of other families. */
bool rp_enter_rule_event(struct rp_call *call, struct pt_regs *regs)
{
	enum fib_event_type type = regs_get_kernel_argument(regs, 1);
	const struct fib_notifier_info *info = (void *)regs_get_kernel_argument(regs, 2);

	if ((type != FIB_EVENT_RULE_ADD && type != FIB_EVENT_RULE_DEL) || info->family != AF_INET)
		return false;

	call->net = (void *)regs_get_kernel_argument(regs, 0);
	call->arg[0] = (void *)(unsigned long)type;
	call->arg[1] = container_of(info, struct fib_rule_notifier_info, info)->rule;
	rp_fill_selectors(&call->flow, call->arg[1]);
	call->has = RP_HAS_FLOW;
	return true;
}
NOKPROBE_SYMBOL(rp_enter_rule_event);

/* The caller owns the rule.  A driver that cannot carry it out may refuse a new one. */
void rp_decode_rule_event(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
{
	enum fib_event_type type = (unsigned long)call->arg[0];

	rp_fill_rule(rec, call->arg[1]);
	rec->rule.op = type == FIB_EVENT_RULE_ADD ? RP_CHANGE_INSERT : RP_CHANGE_DELETE;
	rp_decode_errno(call, ret, rec);
}
NOKPROBE_SYMBOL(rp_decode_rule_event);
