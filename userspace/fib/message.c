// SPDX-License-Identifier: GPL-2.0
/* Objects of a snapshot as messages of the routing netlink. */
#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "fib/attrs.h"
#include "fib/message.h"
#include "fib/names.h"
#include "lib/addr.h"
#include "lib/names.h"
#include "lib/util.h"

uint32_t rp_message_ours(const struct rp_message_devs *devs, uint32_t theirs)
{
	size_t i;

	for (i = 0; i < devs->count; i++)
		if (devs->pairs[i].theirs == theirs)
			return devs->pairs[i].ours;
	return theirs;
}

uint32_t rp_message_theirs(const struct rp_message_devs *devs, uint32_t ours)
{
	size_t i;

	for (i = 0; i < devs->count; i++)
		if (devs->pairs[i].ours == ours)
			return devs->pairs[i].theirs;
	return ours;
}

static const char *rp_message_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* A number that is not there, or no number of ours, is 0. */
static uint32_t rp_message_number(const json_t *object, const char *key)
{
	uint32_t value;

	return rp_fib_number(object, key, &value) ? value : 0;
}

unsigned int rp_message_family(const json_t *object)
{
	static const char *const keys[] = {
		"dst", "src", "local", "address", "gateway", "prefsrc",
	};
	const char *text = rp_message_text(object, "family");
	size_t i;

	if (text)
		return strcmp(text, "inet6") ? AF_INET : AF_INET6;
	for (i = 0; i < RP_ARRAY_SIZE(keys); i++) {
		text = rp_message_text(object, keys[i]);
		if (text)
			return strchr(text, ':') ? AF_INET6 : AF_INET;
	}
	return AF_INET;
}

/* ---- attributes ---- */

static bool rp_message_put(struct nlmsghdr *nlh, uint16_t attr, size_t len, const void *data)
{
	return mnl_attr_put_check(nlh, RP_MESSAGE_MAX, attr, len, data);
}

static bool rp_message_put_u32(struct nlmsghdr *nlh, uint16_t attr, uint32_t value)
{
	return mnl_attr_put_u32_check(nlh, RP_MESSAGE_MAX, attr, value);
}

static bool rp_message_put_ip(struct nlmsghdr *nlh, uint16_t attr, const char *text)
{
	unsigned int family = text && strchr(text, ':') ? AF_INET6 : AF_INET;
	union rp_addr addr;

	return text && rp_addr_parse(&addr, family, text) &&
	       rp_message_put(nlh, attr, rp_addr_bits(family) / 8, &addr);
}

static bool rp_message_put_via(struct nlmsghdr *nlh, uint16_t attr, const json_t *via)
{
	char buf[sizeof(struct rtvia) + sizeof(struct in6_addr)];
	struct rtvia *rtvia = (struct rtvia *)buf;
	const char *text = rp_message_text(via, "host");

	rtvia->rtvia_family = AF_INET6;
	return text && inet_pton(AF_INET6, text, rtvia->rtvia_addr) == 1 &&
	       rp_message_put(nlh, attr, sizeof(buf), buf);
}

static bool rp_message_put_value(struct nlmsghdr *nlh, const struct rp_message_devs *devs,
				 const struct rp_fib_attr *a, const json_t *object)
{
	const char *text = rp_message_text(object, a->key);
	uint32_t value = rp_message_number(object, a->key);

	switch (a->type) {
	case RP_FIB_U8:
		return mnl_attr_put_u8_check(nlh, RP_MESSAGE_MAX, a->attr, value);
	case RP_FIB_U16:
		return mnl_attr_put_u16_check(nlh, RP_MESSAGE_MAX, a->attr, value);
	case RP_FIB_U32:
		return rp_message_put_u32(nlh, a->attr, value);
	case RP_FIB_DEV:
		return rp_message_put_u32(nlh, a->attr, rp_message_ours(devs, value));
	case RP_FIB_IP:
		return rp_message_put_ip(nlh, a->attr, text);
	case RP_FIB_VIA:
		return rp_message_put_via(nlh, a->attr, json_object_get(object, a->key));
	case RP_FIB_TEXT:
		return text && mnl_attr_put_strz_check(nlh, RP_MESSAGE_MAX, a->attr, text);
	}
	return false;
}

static bool rp_message_attrs(struct nlmsghdr *nlh, const struct rp_message_devs *devs,
			     const struct rp_fib_attr *attrs, const json_t *object)
{
	const struct rp_fib_attr *a;

	for (a = attrs; a->key; a++)
		if (json_object_get(object, a->key) &&
		    !rp_message_put_value(nlh, devs, a, object))
			return false;
	return true;
}

/* ---- messages ---- */

static void *rp_message_begin(struct nlmsghdr **nlh, void *buf, unsigned int type,
			      unsigned int flags, size_t size)
{
	*nlh = mnl_nlmsg_put_header(buf);
	(*nlh)->nlmsg_type = type;
	(*nlh)->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | flags;
	return mnl_nlmsg_put_extra_header(*nlh, size);
}

static void rp_message_vrf(struct nlmsghdr *nlh, uint32_t table)
{
	struct nlattr *data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);

	mnl_attr_put_u32(nlh, IFLA_VRF_TABLE, table);
	mnl_attr_nest_end(nlh, data);
}

struct nlmsghdr *rp_message_link(void *buf, const json_t *object, const char *kind,
				 uint32_t index)
{
	const char *name = rp_message_text(object, "ifname");
	struct nlmsghdr *nlh;
	struct ifinfomsg *m = rp_message_begin(&nlh, buf, RTM_NEWLINK, NLM_F_EXCL, sizeof(*m));
	struct nlattr *info;

	if (!name || strlen(name) >= RP_NAME_LEN)
		return NULL;
	m->ifi_index = index;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	if (json_object_get(object, "mtu"))
		mnl_attr_put_u32(nlh, IFLA_MTU, rp_message_number(object, "mtu"));
	if (json_object_get(object, "group"))
		mnl_attr_put_u32(nlh, IFLA_GROUP, rp_message_number(object, "group"));
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	if (json_object_get(object, "vrf_table"))
		rp_message_vrf(nlh, rp_message_number(object, "vrf_table"));
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

/* What the kernel found out, and not who configured it */
#define RP_MESSAGE_NO_FLAGS	(IFA_F_SECONDARY | IFA_F_DADFAILED | IFA_F_DEPRECATED | \
				 IFA_F_TENTATIVE | IFA_F_PERMANENT | IFA_F_STABLE_PRIVACY)

struct nlmsghdr *rp_message_address(void *buf, const struct rp_message_devs *devs,
				    const json_t *object)
{
	unsigned int family = rp_message_family(object);
	struct nlmsghdr *nlh;
	struct ifaddrmsg *m = rp_message_begin(&nlh, buf, RTM_NEWADDR, NLM_F_EXCL, sizeof(*m));
	uint32_t flags = rp_message_number(object, "flags");
	const struct rp_fib_attr *a;

	m->ifa_family = family;
	m->ifa_index = rp_message_ours(devs, rp_message_number(object, "ifindex"));
	m->ifa_prefixlen = rp_message_number(object, "prefixlen");
	m->ifa_scope = rp_message_number(object, "scope");
	for (a = rp_fib_address_attrs; a->key; a++)
		if (a->attr != IFA_FLAGS && json_object_get(object, a->key) &&
		    !rp_message_put_value(nlh, devs, a, object))
			return NULL;
	flags &= ~RP_MESSAGE_NO_FLAGS;
	if (family == AF_INET6)
		flags |= IFA_F_NODAD;
	return rp_message_put_u32(nlh, IFA_FLAGS, flags) ? nlh : NULL;
}

/* As the kernel's struct fib_rule_uid_range, or with 16 bits fib_rule_port_range */
static bool rp_message_range(struct nlmsghdr *nlh, const json_t *object, uint16_t attr,
			     const char *from, const char *to)
{
	struct fib_rule_uid_range uid = {
		rp_message_number(object, from), rp_message_number(object, to),
	};
	struct fib_rule_port_range port = { uid.start, uid.end };

	if (!json_object_get(object, from))
		return true;
	return attr == FRA_UID_RANGE ? rp_message_put(nlh, attr, sizeof(uid), &uid) :
				       rp_message_put(nlh, attr, sizeof(port), &port);
}

struct nlmsghdr *rp_message_rule(void *buf, const struct rp_message_devs *devs,
				 const json_t *object)
{
	const char *action = rp_message_text(object, "action");
	struct nlmsghdr *nlh;
	struct fib_rule_hdr *m = rp_message_begin(&nlh, buf, RTM_NEWRULE, 0, sizeof(*m));

	m->family = rp_message_family(object);
	m->dst_len = rp_message_number(object, "dstlen");
	m->src_len = rp_message_number(object, "srclen");
	m->tos = rp_message_number(object, "tos");
	m->action = action ? rp_names_action_value(action) : FR_ACT_UNSPEC;
	m->flags = rp_message_number(object, "flags") & FIB_RULE_INVERT;
	if (!m->action || !rp_message_attrs(nlh, devs, rp_fib_rule_attrs, object) ||
	    !rp_message_range(nlh, object, FRA_UID_RANGE, "uid_start", "uid_end") ||
	    !rp_message_range(nlh, object, FRA_SPORT_RANGE, "sport_start", "sport_end") ||
	    !rp_message_range(nlh, object, FRA_DPORT_RANGE, "dport_start", "dport_end"))
		return NULL;
	return nlh;
}

static bool rp_message_group(struct nlmsghdr *nlh, const json_t *object)
{
	const json_t *group = json_object_get(object, "group"), *hop;
	struct nexthop_grp members[UINT8_MAX];
	uint32_t weight;
	size_t i;

	if (!group)
		return true;
	json_array_foreach(group, i, hop) {
		if (i == RP_ARRAY_SIZE(members))
			return false;
		weight = rp_message_number(hop, "weight");
		members[i] = (struct nexthop_grp) {
			.id = rp_message_number(hop, "id"), .weight = weight ? weight - 1 : 0,
		};
	}
	return rp_message_put(nlh, NHA_GROUP, i * sizeof(*members), members);
}

struct nlmsghdr *rp_message_nexthop(void *buf, const struct rp_message_devs *devs,
				    const json_t *object)
{
	const json_t *blackhole = json_object_get(object, "blackhole");
	struct nlmsghdr *nlh;
	struct nhmsg *m = rp_message_begin(&nlh, buf, RTM_NEWNEXTHOP, NLM_F_EXCL, sizeof(*m));

	if (!json_object_get(object, "group"))
		m->nh_family = rp_message_family(object);
	m->nh_protocol = rp_message_number(object, "protocol");
	m->nh_flags = rp_message_number(object, "flags") & RTNH_F_ONLINK;
	if (!rp_message_attrs(nlh, devs, rp_fib_nexthop_attrs, object) ||
	    !rp_message_group(nlh, object) ||
	    (blackhole && !rp_message_put(nlh, NHA_BLACKHOLE, 0, NULL)))
		return NULL;
	return nlh;
}

static bool rp_message_hop(struct nlmsghdr *nlh, const struct rp_message_devs *devs,
			   const json_t *hop)
{
	uint32_t weight = rp_message_number(hop, "weight");
	struct rtnexthop *rtnh = mnl_nlmsg_get_payload_tail(nlh);
	size_t before = nlh->nlmsg_len;

	if (before + sizeof(*rtnh) + 64 > RP_MESSAGE_MAX)
		return false;
	memset(rtnh, 0, sizeof(*rtnh));
	rtnh->rtnh_ifindex = rp_message_ours(devs, rp_message_number(hop, "oif"));
	rtnh->rtnh_hops = weight ? weight - 1 : 0;
	rtnh->rtnh_flags = rp_message_number(hop, "flags") & RTNH_F_ONLINK;
	nlh->nlmsg_len += sizeof(*rtnh);
	if (json_object_get(hop, "gateway") &&
	    !rp_message_put_ip(nlh, RTA_GATEWAY, rp_message_text(hop, "gateway")))
		return false;
	if (json_object_get(hop, "via") &&
	    !rp_message_put_via(nlh, RTA_VIA, json_object_get(hop, "via")))
		return false;
	rtnh->rtnh_len = nlh->nlmsg_len - before;
	return true;
}

static bool rp_message_hops(struct nlmsghdr *nlh, const struct rp_message_devs *devs,
			    const json_t *object)
{
	const json_t *hops = json_object_get(object, "nexthops"), *hop;
	struct nlattr *nest;
	size_t i;

	if (!hops)
		return true;
	nest = mnl_attr_nest_start(nlh, RTA_MULTIPATH);
	json_array_foreach(hops, i, hop)
		if (!rp_message_hop(nlh, devs, hop))
			return false;
	mnl_attr_nest_end(nlh, nest);
	return true;
}

static void rp_message_metrics(struct nlmsghdr *nlh, const json_t *object)
{
	struct nlattr *nest;

	if (!json_object_get(object, "mtu"))
		return;
	nest = mnl_attr_nest_start(nlh, RTA_METRICS);
	mnl_attr_put_u32(nlh, RTAX_MTU, rp_message_number(object, "mtu"));
	mnl_attr_nest_end(nlh, nest);
}

struct nlmsghdr *rp_message_route(void *buf, const struct rp_message_devs *devs,
				  const json_t *object)
{
	const char *type = rp_message_text(object, "type");
	struct nlmsghdr *nlh;
	struct rtmsg *m = rp_message_begin(&nlh, buf, RTM_NEWROUTE, NLM_F_APPEND, sizeof(*m));

	m->rtm_family = rp_message_family(object);
	m->rtm_dst_len = rp_message_number(object, "dstlen");
	m->rtm_src_len = rp_message_number(object, "srclen");
	m->rtm_tos = rp_message_number(object, "tos");
	m->rtm_scope = rp_message_number(object, "scope");
	m->rtm_protocol = rp_message_number(object, "protocol");
	m->rtm_type = type ? rp_names_route_type_value(type) : RTN_UNSPEC;
	m->rtm_flags = rp_message_number(object, "flags") & RTNH_F_ONLINK;
	if (!m->rtm_type || !rp_message_attrs(nlh, devs, rp_fib_route_attrs, object) ||
	    !rp_message_hops(nlh, devs, object))
		return NULL;
	rp_message_metrics(nlh, object);
	return nlh;
}
