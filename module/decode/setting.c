// SPDX-License-Identifier: GPL-2.0
/*
 * Sysctls that routing goes by: who wrote them, and what they were before.
 *
 * All of /proc/sys is written through one function, which is called for nothing else, not even
 * for reading; and it contains what is done about a write, such as the routes that die of it.
 * Which sysctl that is tells the file's path.  Its value is taken where the network reads it,
 * at the entry and at the return, by the members of public structures: what a struct ctl_table
 * points to is known to its handler only, and how the file leads there to procfs.
 *
 * The namespace is that of the task.  The file is of the one in which it was opened: who opens
 * it in one, and writes it in another, is told to have changed nothing.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/inetdevice.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "call.h"
#include "compat.h"
#include "decode/decode.h"
#include "decode/setting.h"
#include "fill.h"
#include "kprobe.h"

/* In place of arguments that are not needed at the return */
#define rp_setting_before(call)	rp_arg(call, 1)
#define rp_setting_id(call)	rp_arg(call, 2)
#define rp_setting_scope(call)	rp_arg(call, 3)

static const char *const rp_setting_names[__RP_SETTING_MAX] = { RP_SETTING_NAMES };

static const u8 rp_setting_devconf[__RP_SETTING_MAX] = {
	[RP_SETTING_FORWARDING]		= IPV4_DEVCONF_FORWARDING,
	[RP_SETTING_RP_FILTER]		= IPV4_DEVCONF_RP_FILTER,
	[RP_SETTING_ROUTE_LOCALNET]	= IPV4_DEVCONF_ROUTE_LOCALNET,
	[RP_SETTING_SRC_VALID_MARK]	= IPV4_DEVCONF_SRC_VMARK,
	[RP_SETTING_ACCEPT_LOCAL]	= IPV4_DEVCONF_ACCEPT_LOCAL,
	[RP_SETTING_IGNORE_LINKDOWN]	= IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN,
};

/* ---- values ---- */

static const struct ipv4_devconf *rp_setting_conf(const struct net *net,
						  const struct net_device *dev, u8 scope)
{
	const struct in_device *in_dev;

	if (scope == RP_SCOPE_ALL)
		return net->ipv4.devconf_all;
	if (scope == RP_SCOPE_DEFAULT)
		return net->ipv4.devconf_dflt;
	in_dev = dev ? rcu_dereference_raw(dev->ip_ptr) : NULL;
	return in_dev ? &in_dev->cnf : NULL;
}
NOKPROBE_SYMBOL(rp_setting_conf);

static bool rp_setting_netns(const struct net *net, u8 id, int *value)
{
	switch (id) {
	case RP_SETTING_HASH_POLICY:
		*value = rp_compat_hash_policy(net);
		return true;
	case RP_SETTING_USE_NEIGH:
		*value = rp_compat_use_neigh(net);
		return true;
	case RP_SETTING_TCP_L3MDEV:
		*value = RP_COMPAT_L3MDEV(net, tcp);
		return true;
	case RP_SETTING_UDP_L3MDEV:
		*value = RP_COMPAT_L3MDEV(net, udp);
		return true;
	case RP_SETTING_RAW_L3MDEV:
		*value = RP_COMPAT_L3MDEV(net, raw);
		return true;
	default:
		return false;
	}
}
NOKPROBE_SYMBOL(rp_setting_netns);

static bool rp_setting4(const struct net *net, const struct net_device *dev, u8 id, u8 scope,
			int *value)
{
	const struct ipv4_devconf *conf;

	if (scope == RP_SCOPE_NETNS)
		return rp_setting_netns(net, id, value);
	conf = rp_setting_devconf[id] ? rp_setting_conf(net, dev, scope) : NULL;
	if (conf)
		*value = READ_ONCE(conf->data[rp_setting_devconf[id] - 1]);
	return conf;
}
NOKPROBE_SYMBOL(rp_setting4);

/* Devices do not go while a handler runs, which is under RCU: preemption is off. */
static bool rp_setting_value(const struct rp_call *call, const struct net_device *dev,
			     int *value)
{
	u8 id = rp_setting_id(call), scope = rp_setting_scope(call);

	if (scope == RP_SCOPE_DEV && !dev)
		return false;
	return call->family == AF_INET6 ? rp_setting6(call->net, dev, id, scope, value) :
					  rp_setting4(call->net, dev, id, scope, value);
}
NOKPROBE_SYMBOL(rp_setting_value);

/* ---- which one: net/ipv4/NAME, or net/ipv4/conf/DEVICE/NAME, and of ipv6 the same ---- */

static bool rp_setting_is(const struct dentry *dentry, const char *name)
{
	return !strcmp(dentry->d_name.name, name);
}
NOKPROBE_SYMBOL(rp_setting_is);

static u8 rp_setting_find(const struct dentry *dentry)
{
	u8 id;

	for (id = RP_SETTING_NONE + 1; id < __RP_SETTING_MAX; id++)
		if (rp_setting_is(dentry, rp_setting_names[id]))
			return id;
	return RP_SETTING_NONE;
}
NOKPROBE_SYMBOL(rp_setting_find);

/* Whose conf/ it is in; and the device, if it is of one */
static struct net_device *rp_setting_whose(struct rp_call *call, const struct dentry *whose)
{
	struct net_device *dev;

	rp_setting_scope(call) = RP_SCOPE_ALL;
	if (rp_setting_is(whose, "all"))
		return NULL;
	rp_setting_scope(call) = RP_SCOPE_DEFAULT;
	if (rp_setting_is(whose, "default"))
		return NULL;
	rp_setting_scope(call) = RP_SCOPE_DEV;
	dev = dev_get_by_name_rcu((struct net *)call->net, whose->d_name.name);
	if (dev)
		rp_fill_dev(&call->route, dev);
	return dev;
}
NOKPROBE_SYMBOL(rp_setting_whose);

/* A file is held by who writes it, and each dentry holds its parent. */
static bool rp_setting_path(struct rp_call *call, const struct dentry *file,
			    struct net_device **dev)
{
	const struct dentry *dir = file->d_parent;

	*dev = NULL;
	rp_setting_scope(call) = RP_SCOPE_NETNS;
	rp_setting_id(call) = rp_setting_find(file);
	if (rp_setting_is(file, "ip_forward")) {	/* another name for the same */
		rp_setting_id(call) = RP_SETTING_FORWARDING;
		rp_setting_scope(call) = RP_SCOPE_ALL;
	} else if (!rp_setting_id(call)) {
		return false;
	} else if (rp_setting_is(dir->d_parent, "conf")) {
		*dev = rp_setting_whose(call, dir);
		dir = dir->d_parent->d_parent;
	}
	call->family = rp_setting_is(dir, "ipv6") ? AF_INET6 : AF_INET;
	return (call->family == AF_INET6 || rp_setting_is(dir, "ipv4")) &&
	       rp_setting_is(dir->d_parent, "net");
}
NOKPROBE_SYMBOL(rp_setting_path);

/* ---- proc_sys_write ---- */

/* static ssize_t proc_sys_write(struct kiocb *iocb, struct iov_iter *iter) */
RP_ASSERT_MEMBER(const struct file_operations, write_iter,
		 ssize_t (*)(struct kiocb *, struct iov_iter *));

static nokprobe_inline unsigned int rp_enter_sysctl(struct rp_call *call)
{
	const struct kiocb *iocb = (void *)rp_arg(call, 0);
	struct net_device *dev;
	int before;

	if (!current->nsproxy)
		return 0;
	rp_call_net(call, current->nsproxy->net_ns);
	call->has = RP_HAS_ROUTE;
	call->route = (struct rp_route) { };
	if (!rp_setting_path(call, iocb->ki_filp->f_path.dentry, &dev) ||
	    !rp_setting_value(call, dev, &before))
		return 0;
	rp_setting_before(call) = before;
	return RP_ENTER;
}

/* A device may have gone meanwhile, and nothing is left to compare. */
static nokprobe_inline void rp_decode_sysctl(const struct rp_call *call, unsigned long ret,
					     struct rp_record *rec)
{
	struct net_device *dev = NULL;
	int value = rp_setting_before(call);

	if (rp_setting_scope(call) == RP_SCOPE_DEV)
		dev = dev_get_by_index_rcu((struct net *)call->net, call->route.oif);
	rp_setting_value(call, dev, &value);
	rec->setting.before = rp_setting_before(call);
	rec->setting.after = value;
	rec->setting.id = rp_setting_id(call);
	rec->setting.scope = rp_setting_scope(call);
	rec->has |= RP_HAS_SETTING;
	rec->err = min_t(long, ret, 0);
	rec->verdict = rec->err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
}

RP_DEFINE_HIT(proc_sys_write, PROC_SYS_WRITE, SYSCTL_EVENT, rp_enter_sysctl, rp_decode_sysctl,
	      .flags = RP_ROW_RESTARTS);
RP_HANDLERS_RETURN(proc_sys_write, 1);
RP_DEFINE_ROW(proc_sys_write, CHANGE, RETURN,
	      "who wrote a sysctl such as forwarding or rp_filter, and what died of it");
