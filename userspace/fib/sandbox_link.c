// SPDX-License-Identifier: GPL-2.0
/* Devices of a sandbox: of other kinds than the box has, since they lead nowhere. */
#include <errno.h>
#include <net/if.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include "fib/sandbox_inner.h"
#include "lib/util.h"

#define RP_LINK_SETTLE_MS	3000

/* Kinds that need nothing else, the best first: only a dummy's carrier can be taken away. */
static const char *const rp_link_kinds[] = { "dummy", "ifb" };

static void rp_link_renumber(struct rp_box *b, uint32_t theirs, const char *name)
{
	struct rp_message_devs *devs = &b->devs;

	devs->pairs = rp_util_grow(devs->pairs, devs->count + 1, sizeof(*devs->pairs));
	devs->pairs[devs->count++] = (struct rp_message_dev) { theirs, if_nametoindex(name) };
}

static int rp_link_make(struct rp_box *b, const json_t *object, const char *kind, uint32_t index)
{
	struct nlmsghdr *nlh = rp_message_link(b->message, object, kind, index);

	return nlh ? rp_box_send(b, nlh, NULL, NULL) : -EINVAL;
}

/* Of what a kernel module puts into each namespace the number may be taken, or the name. */
static int rp_link_make_named(struct rp_box *b, const json_t *object, const char *kind)
{
	const char *name = json_string_value(json_object_get(object, "ifname"));
	uint32_t index = 0;
	int err;

	rp_fib_number(object, "ifindex", &index);
	err = rp_link_make(b, object, kind, index);
	if (err != -EBUSY && err != -EEXIST)
		return err;
	if (!if_nametoindex(name))
		err = rp_link_make(b, object, kind, 0);
	if (!if_nametoindex(name))
		return err;
	rp_link_renumber(b, index, name);
	return 0;
}

static void rp_link_add(struct rp_box *b, const char *kind, const json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "ifname"));
	uint32_t index;
	int err = -EOPNOTSUPP;
	size_t i;

	if (!name || !rp_fib_number(object, "ifindex", &index)) {
		rp_box_lack(b, kind, object, 0);
		return;
	}
	if (!strcmp(name, "lo"))
		return;
	if (json_object_get(object, "vrf_table")) {
		rp_map_set(&b->vrfs, index, name);
		err = rp_link_make_named(b, object, "vrf");
	} else {
		for (i = 0; err == -EOPNOTSUPP && i < RP_ARRAY_SIZE(rp_link_kinds); i++)
			err = rp_link_make_named(b, object, rp_link_kinds[i]);
	}
	if (err)
		rp_box_lack(b, kind, object, err);
}

static struct ifinfomsg *rp_link_set(struct rp_box *b, struct nlmsghdr **nlh,
				     const json_t *object)
{
	struct ifinfomsg *m;
	uint32_t index = 0;

	rp_fib_number(object, "ifindex", &index);
	*nlh = mnl_nlmsg_put_header(b->message);
	(*nlh)->nlmsg_type = RTM_NEWLINK;
	(*nlh)->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	m = mnl_nlmsg_put_extra_header(*nlh, sizeof(*m));
	m->ifi_index = rp_message_ours(&b->devs, index);
	return m;
}

/* Everything is up until all routes are there: some die only then. */
static void rp_link_up(struct rp_box *b, const char *kind, const json_t *object)
{
	struct nlmsghdr *nlh;
	struct ifinfomsg *m = rp_link_set(b, &nlh, object);
	uint32_t master = 0;
	int err;

	rp_fib_number(object, "master", &master);
	if (rp_map_get(&b->vrfs, master))
		mnl_attr_put_u32(nlh, IFLA_MASTER, rp_message_ours(&b->devs, master));
	m->ifi_flags = IFF_UP;
	m->ifi_change = IFF_UP;
	err = rp_box_send(b, nlh, NULL, NULL);
	if (err)
		rp_box_lack(b, kind, object, err);
}

static void rp_link_down(struct rp_box *b, const char *kind, const json_t *object)
{
	struct nlmsghdr *nlh;
	struct ifinfomsg *m = rp_link_set(b, &nlh, object);
	uint32_t flags;
	int err;

	if (!rp_fib_number(object, "flags", &flags) ||
	    (flags & IFF_UP && flags & IFF_LOWER_UP))
		return;
	if (flags & IFF_UP)
		mnl_attr_put_u8(nlh, IFLA_CARRIER, 0);
	else
		m->ifi_change = IFF_UP;
	err = rp_box_send(b, nlh, NULL, NULL);
	if (err)
		rp_box_lack(b, kind, object, err);
}

static bool rp_link_is_settled(unsigned int flags, bool carrier, unsigned int operstate)
{
	bool down = operstate == IF_OPER_DOWN || operstate == IF_OPER_LOWERLAYERDOWN;

	return !(flags & IFF_UP) || down != carrier;
}

static int rp_link_state_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(nlh);
	unsigned int operstate = IF_OPER_UP;
	struct nlattr *attr;
	bool carrier = true, *settled = data;

	mnl_attr_for_each(attr, nlh, sizeof(*m)) {
		if (mnl_attr_get_type(attr) == IFLA_CARRIER)
			carrier = mnl_attr_get_u8(attr);
		if (mnl_attr_get_type(attr) == IFLA_OPERSTATE)
			operstate = mnl_attr_get_u8(attr);
	}
	*settled &= rp_link_is_settled(m->ifi_flags, carrier, operstate);
	return MNL_CB_OK;
}

static struct nlmsghdr *rp_link_dump(struct rp_box *b, unsigned int type, unsigned int family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(b->message);
	struct rtgenmsg *gen;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	gen = mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	gen->rtgen_family = family;
	return nlh;
}

void rp_box_settle(struct rp_box *b)
{
	bool settled = false;
	int ms;

	for (ms = 0; !settled && ms < RP_LINK_SETTLE_MS; ms += 10) {
		if (ms)
			usleep(10000);
		settled = true;
		rp_box_send(b, rp_link_dump(b, RTM_GETLINK, AF_UNSPEC), rp_link_state_cb,
			    &settled);
	}
}

void rp_box_make_links(struct rp_box *b)
{
	rp_box_each(b, "link", rp_link_add);
	rp_box_each(b, "link", rp_link_up);
}

void rp_box_lower_links(struct rp_box *b)
{
	rp_box_each(b, "link", rp_link_down);
	rp_box_settle(b);
}

int rp_box_try_links(struct rp_box *b)
{
	json_t *lo = json_pack("{s:i}", "ifindex", 1);
	struct nlmsghdr *nlh;
	struct ifinfomsg *m = rp_link_set(b, &nlh, lo);
	int err;

	json_decref(lo);
	m->ifi_flags = IFF_UP;
	m->ifi_change = IFF_UP;
	err = rp_box_send(b, nlh, NULL, NULL);
	return err ? rp_util_err("nothing can be configured in the sandbox: %s%s", strerror(-err),
				 err == -EPERM ? "; it takes root here" : "") : 0;
}
