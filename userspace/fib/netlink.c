// SPDX-License-Identifier: GPL-2.0
/*
 * What is configured in a network namespace, by netlink: links, next hop objects, and of both
 * families addresses, routes and rules.  Written as it comes, one JSON object a line, so that a
 * million routes need no memory.  Keys are those of `ip -j`, values are numbers where those
 * are words; see routeprobe-recording(5).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>
#include <libmnl/libmnl.h>

#include "fib/attrs.h"
#include "fib/names.h"
#include "fib/snapshot.h"
#include "lib/names.h"
#include "lib/util.h"

#define RP_FIB_DUMP_SIZE	32768	/* what the kernel fills at most */
#define RP_FIB_TRIES		16	/* of a dump that is interrupted */
#define RP_FIB_PAUSE		1000	/* microseconds after the first of them, then doubled */
#define RP_FIB_DOUBLED		7	/* times: all pauses together are 1.3 s */

const struct rp_fib_attr rp_fib_link_attrs[] = {
	{ IFLA_IFNAME,		RP_FIB_TEXT,	"ifname" },
	{ IFLA_MTU,		RP_FIB_U32,	"mtu" },
	{ IFLA_MASTER,		RP_FIB_DEV,	"master" },
	{ IFLA_OPERSTATE,	RP_FIB_U8,	"operstate" },
	{ IFLA_GROUP,		RP_FIB_U32,	"group" },
	{ 0, 0, NULL },
};

const struct rp_fib_attr rp_fib_address_attrs[] = {
	{ IFA_ADDRESS,		RP_FIB_IP,	"address" },
	{ IFA_LOCAL,		RP_FIB_IP,	"local" },
	{ IFA_BROADCAST,	RP_FIB_IP,	"broadcast" },
	{ IFA_FLAGS,		RP_FIB_U32,	"flags" },
	{ IFA_LABEL,		RP_FIB_TEXT,	"label" },
	{ IFA_RT_PRIORITY,	RP_FIB_U32,	"metric" },
	{ 0, 0, NULL },
};

const struct rp_fib_attr rp_fib_rule_attrs[] = {
	{ FRA_PRIORITY,		RP_FIB_U32,	"priority" },
	{ FRA_SRC,		RP_FIB_IP,	"src" },
	{ FRA_DST,		RP_FIB_IP,	"dst" },
	{ FRA_TABLE,		RP_FIB_U32,	"table" },
	{ FRA_FWMARK,		RP_FIB_U32,	"fwmark" },
	{ FRA_FWMASK,		RP_FIB_U32,	"fwmask" },
	{ FRA_GOTO,		RP_FIB_U32,	"goto" },
	{ FRA_IIFNAME,		RP_FIB_TEXT,	"iif" },
	{ FRA_OIFNAME,		RP_FIB_TEXT,	"oif" },
	{ FRA_L3MDEV,		RP_FIB_U8,	"l3mdev" },
	{ FRA_IP_PROTO,		RP_FIB_U8,	"ipproto" },
	{ FRA_SUPPRESS_PREFIXLEN, RP_FIB_U32,	"suppress_prefixlen" },
	{ FRA_SUPPRESS_IFGROUP,	RP_FIB_U32,	"suppress_ifgroup" },
	{ FRA_PROTOCOL,		RP_FIB_U8,	"protocol" },
	{ 0, 0, NULL },
};

const struct rp_fib_attr rp_fib_route_attrs[] = {
	{ RTA_DST,		RP_FIB_IP,	"dst" },
	{ RTA_SRC,		RP_FIB_IP,	"from" },
	{ RTA_TABLE,		RP_FIB_U32,	"table" },
	{ RTA_PRIORITY,		RP_FIB_U32,	"metric" },
	{ RTA_GATEWAY,		RP_FIB_IP,	"gateway" },
	{ RTA_VIA,		RP_FIB_VIA,	"via" },
	{ RTA_OIF,		RP_FIB_DEV,	"oif" },
	{ RTA_PREFSRC,		RP_FIB_IP,	"prefsrc" },
	{ RTA_NH_ID,		RP_FIB_U32,	"nhid" },
	{ 0, 0, NULL },
};

const struct rp_fib_attr rp_fib_nexthop_attrs[] = {
	{ NHA_ID,		RP_FIB_U32,	"id" },
	{ NHA_OIF,		RP_FIB_DEV,	"oif" },
	{ NHA_GATEWAY,		RP_FIB_IP,	"gateway" },
	{ NHA_GROUP_TYPE,	RP_FIB_U16,	"group_type" },
	{ 0, 0, NULL },
};

/* State of one dump, for libmnl's callbacks */
struct rp_fib_dump {
	struct rp_fib *fib;
	uint32_t netns;
	unsigned int family;
	json_t *object;
	const struct rp_fib_attr *attrs;
};

static json_t *rp_fib_ip(const struct nlattr *attr)
{
	char text[INET6_ADDRSTRLEN];
	int family = mnl_attr_get_payload_len(attr) == 16 ? AF_INET6 : AF_INET;

	if (family == AF_INET && mnl_attr_get_payload_len(attr) != 4)
		return NULL;
	inet_ntop(family, mnl_attr_get_payload(attr), text, sizeof(text));
	return json_string(text);
}

/* A gateway of another family than the route's */
static json_t *rp_fib_via(const struct nlattr *attr)
{
	const struct rtvia *via = mnl_attr_get_payload(attr);
	char text[INET6_ADDRSTRLEN];

	if (mnl_attr_get_payload_len(attr) != sizeof(*via) + sizeof(struct in6_addr) ||
	    !inet_ntop(AF_INET6, via->rtvia_addr, text, sizeof(text)))
		return NULL;
	return json_pack("{s:s,s:s}", "family", "inet6", "host", text);
}

static json_t *rp_fib_value(const struct nlattr *attr, enum rp_fib_type type)
{
	char text[64];

	switch (type) {
	case RP_FIB_U8:
		return json_integer(mnl_attr_get_u8(attr));
	case RP_FIB_U16:
		return json_integer(mnl_attr_get_u16(attr));
	case RP_FIB_U32:
	case RP_FIB_DEV:
		return json_integer(mnl_attr_get_u32(attr));
	case RP_FIB_IP:
		return rp_fib_ip(attr);
	case RP_FIB_VIA:
		return rp_fib_via(attr);
	case RP_FIB_TEXT:
		rp_util_clean(text, sizeof(text), mnl_attr_get_payload(attr),
			      mnl_attr_get_payload_len(attr));
		return json_string(text);
	}
	return NULL;
}

static int rp_fib_attr(const struct nlattr *attr, void *data)
{
	struct rp_fib_dump *dump = data;
	const struct rp_fib_attr *a;

	for (a = dump->attrs; a->key; a++) {
		if (a->attr != mnl_attr_get_type(attr))
			continue;
		/* A limit that is not set is -1. */
		if (a->attr == FRA_SUPPRESS_PREFIXLEN &&
		    dump->attrs == rp_fib_rule_attrs &&
		    mnl_attr_get_u32(attr) == UINT32_MAX)
			continue;
		json_object_set_new(dump->object, a->key, rp_fib_value(attr, a->type));
	}
	return MNL_CB_OK;
}

static void rp_fib_set(json_t *object, const char *key, json_int_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

static void rp_fib_begin(struct rp_fib_dump *dump, const struct nlmsghdr *nlh,
			 size_t header, const struct rp_fib_attr *attrs)
{
	dump->object = json_object();
	dump->attrs = attrs;
	rp_fib_set(dump->object, "netns", dump->netns);
	if (dump->family == AF_INET6)
		json_object_set_new(dump->object, "family", json_string("inet6"));
	mnl_attr_parse(nlh, header, rp_fib_attr, dump);
}

/* Of a VRF the table that its rule leads to */
static int rp_fib_vrf(const struct nlattr *attr, void *data)
{
	struct rp_fib_dump *dump = data;

	if (mnl_attr_get_type(attr) == IFLA_VRF_TABLE)
		rp_fib_set(dump->object, "vrf_table", mnl_attr_get_u32(attr));
	return MNL_CB_OK;
}

static int rp_fib_link_info(const struct nlattr *attr, void *data)
{
	const struct nlattr *info, *values = NULL;
	bool vrf = false;

	if (mnl_attr_get_type(attr) != IFLA_LINKINFO)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(info, attr) {
		if (mnl_attr_get_type(info) == IFLA_INFO_KIND)
			vrf = !strcmp(mnl_attr_get_str(info), "vrf");
		else if (mnl_attr_get_type(info) == IFLA_INFO_DATA)
			values = info;
	}
	if (vrf && values)
		mnl_attr_parse_nested(values, rp_fib_vrf, data);
	return MNL_CB_OK;
}

static void rp_fib_conf6(json_t *object, const struct nlattr *attr)
{
	static const struct { unsigned int index; const char *key; } confs[] = {
		{ DEVCONF_FORWARDING, "forwarding" }, { DEVCONF_ACCEPT_RA, "accept_ra" },
		{ DEVCONF_DISABLE_IPV6, "disable_ipv6" },
	};
	const int32_t *values = mnl_attr_get_payload(attr);
	size_t i, n = mnl_attr_get_payload_len(attr) / sizeof(*values);

	for (i = 0; i < RP_ARRAY_SIZE(confs); i++)
		if (confs[i].index < n)
			rp_fib_set(object, confs[i].key, values[confs[i].index]);
}

/* What IPv6 is told to do on a device; not there: it has none */
static int rp_fib_link_inet6(const struct nlattr *attr, void *data)
{
	const struct nlattr *family, *value;
	struct rp_fib_dump *dump = data;
	json_t *object;

	if (mnl_attr_get_type(attr) != IFLA_AF_SPEC)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(family, attr) {
		if (mnl_attr_get_type(family) != AF_INET6)
			continue;
		object = json_object();
		mnl_attr_for_each_nested(value, family)
			if (mnl_attr_get_type(value) == IFLA_INET6_CONF)
				rp_fib_conf6(object, value);
		json_object_set_new(dump->object, "inet6", object);
	}
	return MNL_CB_OK;
}

static int rp_fib_link_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct ifinfomsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;
	const char *name;

	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_link_attrs);
	rp_fib_set(dump->object, "ifindex", m->ifi_index);
	rp_fib_set(dump->object, "flags", m->ifi_flags);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_link_info, dump);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_link_inet6, dump);
	name = json_string_value(json_object_get(dump->object, "ifname"));
	if (name)
		rp_fib_name_link(dump->fib, dump->netns, m->ifi_index, name);
	rp_fib_write(dump->fib, "link", dump->object);
	rp_fib_settings_dev(dump->fib, dump->netns, nlh);
	return MNL_CB_OK;
}

/* Seconds, as `ip -j` has them; without a limit there is none. */
static int rp_fib_lifetimes(const struct nlattr *attr, void *data)
{
	const struct ifa_cacheinfo *info = mnl_attr_get_payload(attr);
	struct rp_fib_dump *dump = data;

	if (mnl_attr_get_type(attr) != IFA_CACHEINFO ||
	    mnl_attr_get_payload_len(attr) < sizeof(*info))
		return MNL_CB_OK;
	if (info->ifa_valid != UINT32_MAX)
		rp_fib_set(dump->object, "valid_life_time", info->ifa_valid);
	if (info->ifa_prefered != UINT32_MAX)
		rp_fib_set(dump->object, "preferred_life_time", info->ifa_prefered);
	return MNL_CB_OK;
}

static int rp_fib_address_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;

	if (m->ifa_family != dump->family)
		return MNL_CB_OK;
	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_address_attrs);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_lifetimes, dump);
	rp_fib_set(dump->object, "ifindex", m->ifa_index);
	rp_fib_set(dump->object, "prefixlen", m->ifa_prefixlen);
	rp_fib_set(dump->object, "scope", m->ifa_scope);
	rp_fib_write(dump->fib, "address", dump->object);
	return MNL_CB_OK;
}

/* Ranges: uids and ports */
static int rp_fib_range(const struct nlattr *attr, void *data)
{
	struct rp_fib_dump *dump = data;
	const struct fib_rule_uid_range *uid = mnl_attr_get_payload(attr);
	const struct fib_rule_port_range *port = mnl_attr_get_payload(attr);
	uint16_t type = mnl_attr_get_type(attr);

	if (type == FRA_UID_RANGE && mnl_attr_get_payload_len(attr) >= sizeof(*uid)) {
		rp_fib_set(dump->object, "uid_start", uid->start);
		rp_fib_set(dump->object, "uid_end", uid->end);
	}
	if (mnl_attr_get_payload_len(attr) < sizeof(*port))
		return MNL_CB_OK;
	if (type == FRA_SPORT_RANGE) {
		rp_fib_set(dump->object, "sport_start", port->start);
		rp_fib_set(dump->object, "sport_end", port->end);
	} else if (type == FRA_DPORT_RANGE) {
		rp_fib_set(dump->object, "dport_start", port->start);
		rp_fib_set(dump->object, "dport_end", port->end);
	}
	return MNL_CB_OK;
}

static int rp_fib_rule_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct fib_rule_hdr *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;
	struct rp_name name;

	if (m->family != dump->family)
		return MNL_CB_OK;
	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_rule_attrs);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_range, dump);
	rp_fib_set(dump->object, "srclen", m->src_len);
	rp_fib_set(dump->object, "dstlen", m->dst_len);
	rp_fib_set(dump->object, "tos", m->tos);
	rp_fib_set(dump->object, "flags", m->flags);
	json_object_set_new(dump->object, "action",
			    json_string(rp_names_action(m->action, &name)));
	rp_fib_write(dump->fib, "rule", dump->object);
	return MNL_CB_OK;
}

static int rp_fib_hop_attr(const struct nlattr *attr, void *data)
{
	json_t *hop = data;

	if (mnl_attr_get_type(attr) == RTA_GATEWAY)
		json_object_set_new(hop, "gateway", rp_fib_ip(attr));
	if (mnl_attr_get_type(attr) == RTA_VIA)
		json_object_set_new(hop, "via", rp_fib_via(attr));
	return MNL_CB_OK;
}

static int rp_fib_hops(const struct nlattr *attr, void *data)
{
	const struct rtnexthop *rtnh = mnl_attr_get_payload(attr);
	int len = mnl_attr_get_payload_len(attr);
	struct rp_fib_dump *dump = data;
	json_t *hops, *hop;

	if (mnl_attr_get_type(attr) != RTA_MULTIPATH)
		return MNL_CB_OK;
	hops = json_array();
	for (; RTNH_OK(rtnh, len); rtnh = RTNH_NEXT(rtnh)) {
		hop = json_object();
		rp_fib_set(hop, "oif", rtnh->rtnh_ifindex);
		rp_fib_set(hop, "weight", rtnh->rtnh_hops + 1);
		rp_fib_set(hop, "flags", rtnh->rtnh_flags);
		mnl_attr_parse_payload(RTNH_DATA(rtnh),
				       rtnh->rtnh_len - sizeof(*rtnh),
				       rp_fib_hop_attr, hop);
		json_array_append_new(hops, hop);
		len -= RTNH_ALIGN(rtnh->rtnh_len);
	}
	json_object_set_new(dump->object, "nexthops", hops);
	return MNL_CB_OK;
}

static int rp_fib_metrics(const struct nlattr *attr, void *data)
{
	struct rp_fib_dump *dump = data;
	const struct nlattr *metric;

	if (mnl_attr_get_type(attr) != RTA_METRICS)
		return MNL_CB_OK;
	mnl_attr_for_each_nested(metric, attr)
		if (mnl_attr_get_type(metric) == RTAX_MTU)
			rp_fib_set(dump->object, "mtu", mnl_attr_get_u32(metric));
	return MNL_CB_OK;
}

/* What only routes of IPv6 have: a router's preference, and how long they are good for */
static int rp_fib_route6(const struct nlattr *attr, void *data)
{
	const struct rta_cacheinfo *info = mnl_attr_get_payload(attr);
	struct rp_fib_dump *dump = data;
	int32_t ticks;

	if (mnl_attr_get_type(attr) == RTA_PREF && mnl_attr_get_u8(attr))
		rp_fib_set(dump->object, "pref", mnl_attr_get_u8(attr));
	if (mnl_attr_get_type(attr) != RTA_CACHEINFO ||
	    mnl_attr_get_payload_len(attr) < sizeof(*info))
		return MNL_CB_OK;
	ticks = info->rta_expires;
	if (ticks)
		rp_fib_set(dump->object, "expires", ticks / sysconf(_SC_CLK_TCK));
	return MNL_CB_OK;
}

static int rp_fib_route_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;
	struct rp_name name;

	if (m->rtm_flags & RTM_F_CLONED || m->rtm_family != dump->family)
		return MNL_CB_OK;
	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_route_attrs);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_hops, dump);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_metrics, dump);
	rp_fib_set(dump->object, "dstlen", m->rtm_dst_len);
	if (dump->family == AF_INET6) {
		rp_fib_set(dump->object, "srclen", m->rtm_src_len);
		mnl_attr_parse(nlh, sizeof(*m), rp_fib_route6, dump);
	} else {
		rp_fib_set(dump->object, "tos", m->rtm_tos);
		rp_fib_set(dump->object, "scope", m->rtm_scope);
	}
	rp_fib_set(dump->object, "protocol", m->rtm_protocol);
	rp_fib_set(dump->object, "flags", m->rtm_flags);
	json_object_set_new(dump->object, "type",
			    json_string(rp_names_route_type(m->rtm_type, &name)));
	rp_fib_write(dump->fib, "route", dump->object);
	return MNL_CB_OK;
}

static int rp_fib_nexthop_attr(const struct nlattr *attr, void *data)
{
	const struct nexthop_grp *member = mnl_attr_get_payload(attr);
	size_t i, n = mnl_attr_get_payload_len(attr) / sizeof(*member);
	struct rp_fib_dump *dump = data;
	json_t *group;

	if (mnl_attr_get_type(attr) == NHA_BLACKHOLE)
		json_object_set_new(dump->object, "blackhole", json_true());
	if (mnl_attr_get_type(attr) == NHA_FDB)
		json_object_set_new(dump->object, "fdb", json_true());
	if (mnl_attr_get_type(attr) != NHA_GROUP)
		return MNL_CB_OK;
	group = json_array();
	for (i = 0; i < n; i++)
		json_array_append_new(group, json_pack("{s:I,s:i}", "id",
						       (json_int_t)member[i].id, "weight",
						       member[i].weight + 1));
	json_object_set_new(dump->object, "group", group);
	return MNL_CB_OK;
}

static int rp_fib_nexthop_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct nhmsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_fib_dump *dump = data;

	rp_fib_begin(dump, nlh, sizeof(*m), rp_fib_nexthop_attrs);
	mnl_attr_parse(nlh, sizeof(*m), rp_fib_nexthop_attr, dump);
	if (m->nh_family == AF_INET6)
		json_object_set_new(dump->object, "family", json_string("inet6"));
	rp_fib_set(dump->object, "protocol", m->nh_protocol);
	rp_fib_set(dump->object, "flags", m->nh_flags);
	rp_fib_write(dump->fib, "nexthop", dump->object);
	return MNL_CB_OK;
}

static int rp_fib_receive(struct mnl_socket *nl, struct rp_fib_dump *dump,
			  unsigned int type, mnl_cb_t cb)
{
	char buf[RP_FIB_DUMP_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct rtgenmsg *gen;
	ssize_t n;
	int more;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = type;
	/* The longest header of most; the kernel ignores what it needs not, but of next hops. */
	gen = mnl_nlmsg_put_extra_header(nlh, type == RTM_GETNEXTHOP ? sizeof(struct nhmsg) :
					 sizeof(struct ifinfomsg));
	gen->rtgen_family = dump->family;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -1;
	do {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0)
			return -1;
		more = mnl_cb_run(buf, n, type, mnl_socket_get_portid(nl), cb, dump);
	} while (more > 0);
	return more;
}

/* A socket of its own, as what is left of a dump that was given up comes on the old one */
static int rp_fib_try(struct rp_fib_dump *dump, unsigned int type, mnl_cb_t cb)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int error, failed;

	if (!nl)
		return -1;
	failed = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
		 rp_fib_receive(nl, dump, type, cb) < 0;
	error = errno;
	mnl_socket_close(nl);
	errno = error;
	return failed ? -1 : 0;
}

/*
 * A change that comes while the kernel answers makes it leave out something, or tell it
 * twice: it says so (NLM_F_DUMP_INTR, EINTR of libmnl), and is asked again.  Changes come in
 * bursts, as a container starts or a daemon begins: each time it is left alone for longer.
 */
static int rp_fib_request(struct rp_fib_dump *dump, unsigned int type, mnl_cb_t cb)
{
	FILE *out = dump->fib->out;
	long begin = out ? ftell(out) : 0;
	unsigned int i;

	for (i = 0; i < RP_FIB_TRIES; i++) {
		if (!rp_fib_try(dump, type, cb))
			return 0;
		if (errno != EINTR)
			return -1;
		usleep(RP_FIB_PAUSE << (i < RP_FIB_DOUBLED ? i : RP_FIB_DOUBLED));
		if (out && (fflush(out) || ftruncate(fileno(out), begin) ||
			    fseek(out, begin, SEEK_SET)))
			return -1;
	}
	return -1;
}

/* A kernel without a family tells of another, or nothing. */
static int rp_fib_request_family(struct rp_fib_dump *dump, unsigned int type, mnl_cb_t cb)
{
	int failed = rp_fib_request(dump, type, cb);

	return failed && (errno == EOPNOTSUPP || errno == EAFNOSUPPORT) ? 0 : failed;
}

/* Rules are the last: with them it is known that there is nothing more. */
static int rp_fib_ask_family(struct rp_fib_dump *dump, unsigned int family)
{
	dump->family = family;
	return rp_fib_request_family(dump, RTM_GETADDR, rp_fib_address_cb) ||
	       rp_fib_request_family(dump, RTM_GETROUTE, rp_fib_route_cb) ||
	       rp_fib_request_family(dump, RTM_GETRULE, rp_fib_rule_cb);
}

int rp_fib_ask(struct rp_fib *fib, uint32_t netns)
{
	struct rp_fib_dump dump = { .fib = fib, .netns = netns, .family = AF_UNSPEC };
	bool failed;

	rp_fib_write_asked(fib);
	failed = rp_fib_request(&dump, RTM_GETLINK, rp_fib_link_cb);

	if (!fib->out)
		return failed ? -1 : 0;
	failed = failed || rp_fib_request_family(&dump, RTM_GETNEXTHOP, rp_fib_nexthop_cb) ||
		 rp_fib_ask_family(&dump, AF_INET) ||
		 rp_fib_ask_family(&dump, AF_INET6);
	rp_fib_settings(fib, netns);
	if (failed)
		rp_fib_write(fib, "partial", json_pack("{s:I}", "netns", (json_int_t)netns));
	return failed ? -1 : 0;
}
