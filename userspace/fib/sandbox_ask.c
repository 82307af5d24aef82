// SPDX-License-Identifier: GPL-2.0
/* What the kernel answers, as to `ip route get`: where to, and by which route. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "fib/config.h"
#include "fib/sandbox_inner.h"
#include "lib/addr.h"
#include "lib/util.h"

/* Protocols that the kernel lets one ask for */
static bool rp_ask_has_proto(const struct rp_sandbox_question *q)
{
	return q->flow.proto == IPPROTO_TCP || q->flow.proto == IPPROTO_UDP ||
	       q->flow.proto == (q->family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
}

static void rp_ask_put_ports(struct nlmsghdr *nlh, const struct rp_sandbox_question *q)
{
	if (!rp_ask_has_proto(q))
		return;
	mnl_attr_put_u8(nlh, RTA_IP_PROTO, q->flow.proto);
	if (q->flow.sport)
		mnl_attr_put_u16(nlh, RTA_SPORT, q->flow.sport);
	if (q->flow.dport)
		mnl_attr_put_u16(nlh, RTA_DPORT, q->flow.dport);
}

/* A device that is a VRF asks in its table, and not for a way through itself. */
static void rp_ask_put_devs(struct nlmsghdr *nlh, const struct rp_message_devs *devs,
			    const struct rp_sandbox_question *q)
{
	uint32_t oif = q->flow.oif ? q->flow.oif : q->flow.l3mdev;

	if (q->input)
		mnl_attr_put_u32(nlh, RTA_IIF, rp_message_ours(devs, q->flow.iif));
	else if (oif)
		mnl_attr_put_u32(nlh, RTA_OIF, rp_message_ours(devs, oif));
}

static struct nlmsghdr *rp_ask_message(struct rp_box *b, const struct rp_sandbox_question *q,
				       unsigned int flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(b->message);
	unsigned int bits = rp_addr_bits(q->family);
	struct rtmsg *m;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	m = mnl_nlmsg_put_extra_header(nlh, sizeof(*m));
	m->rtm_family = q->family;
	m->rtm_flags = RTM_F_LOOKUP_TABLE | flags;
	m->rtm_tos = q->flow.tos & ~3;	/* without ECN */
	m->rtm_dst_len = bits;
	mnl_attr_put(nlh, RTA_DST, bits / 8, &q->flow.dst);
	if (!rp_addr_is_any(&q->flow.src)) {
		m->rtm_src_len = bits;
		mnl_attr_put(nlh, RTA_SRC, bits / 8, &q->flow.src);
	}
	rp_ask_put_devs(nlh, &b->devs, q);
	if (q->flow.mark)
		mnl_attr_put_u32(nlh, RTA_MARK, q->flow.mark);
	if (q->flow.uid != UINT32_MAX)
		mnl_attr_put_u32(nlh, RTA_UID, q->flow.uid);
	rp_ask_put_ports(nlh, q);
	return nlh;
}

/* ---- answers ---- */

struct rp_ask {
	struct rp_box *b;
	unsigned int family;
	struct rp_sandbox_answer *a;
};

static void rp_ask_addr(union rp_addr *to, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	memset(to, 0, sizeof(*to));
	memcpy(to, mnl_attr_get_payload(attr), len < sizeof(*to) ? len : sizeof(*to));
}

static void rp_ask_gateway(struct rp_sandbox_hop *hop, unsigned int family,
			   const struct nlattr *attr)
{
	const struct rtvia *via = mnl_attr_get_payload(attr);

	if (mnl_attr_get_type(attr) == RTA_GATEWAY) {
		hop->gw_family = family;
		memcpy(hop->gw, mnl_attr_get_payload(attr), rp_addr_bits(family) / 8);
	} else if (mnl_attr_get_type(attr) == RTA_VIA &&
		   mnl_attr_get_payload_len(attr) == sizeof(*via) + sizeof(hop->gw)) {
		hop->gw_family = AF_INET6;
		memcpy(hop->gw, via->rtvia_addr, sizeof(hop->gw));
	}
}

/* A device that the command made has no name in the snapshot. */
static void rp_ask_dev(struct rp_box *b, struct rp_sandbox_hop *hop, uint32_t ours)
{
	const char *known = rp_map_get(&b->names, ours);
	char name[RP_NAME_LEN];

	if (!known && if_indextoname(ours, name)) {
		rp_map_set(&b->names, ours, name);
		known = rp_map_get(&b->names, ours);
	}
	hop->oif = rp_message_theirs(&b->devs, ours);
	strncpy(hop->dev, known ? known : "", sizeof(hop->dev) - 1);
}

static struct rp_sandbox_hop *rp_ask_add_hop(struct rp_sandbox_answer *a)
{
	static struct rp_sandbox_hop beyond;
	struct rp_sandbox_hop *hop = a->nhops < RP_SANDBOX_HOPS ? &a->hops[a->nhops] : &beyond;

	a->nhops++;
	memset(hop, 0, sizeof(*hop));
	hop->weight = 1;
	return hop;
}

static void rp_ask_hops(struct rp_ask *ask, const struct nlattr *nest)
{
	const struct rtnexthop *rtnh = mnl_attr_get_payload(nest);
	int len = mnl_attr_get_payload_len(nest);
	const struct nlattr *attr;
	struct rp_sandbox_hop *hop;

	ask->a->nhops = 0;
	for (; RTNH_OK(rtnh, len); len -= RTNH_ALIGN(rtnh->rtnh_len), rtnh = RTNH_NEXT(rtnh)) {
		if (rtnh->rtnh_flags & RTNH_F_DEAD)
			continue;
		hop = rp_ask_add_hop(ask->a);
		hop->weight = rtnh->rtnh_hops + 1;
		rp_ask_dev(ask->b, hop, rtnh->rtnh_ifindex);
		mnl_attr_for_each_payload((const void *)RTNH_DATA(rtnh),
					  rtnh->rtnh_len - sizeof(*rtnh))
			rp_ask_gateway(hop, ask->family, attr);
	}
}

/* Where a packet goes */
static int rp_ask_way_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *m = mnl_nlmsg_get_payload(nlh);
	const struct rta_cacheinfo *info;
	struct rp_ask *ask = data;
	struct rp_sandbox_hop *hop = rp_ask_add_hop(ask->a);
	const struct nlattr *attr;

	ask->a->type = m->rtm_type;
	ask->a->table = m->rtm_table;
	mnl_attr_for_each(attr, nlh, sizeof(*m)) {
		rp_ask_gateway(hop, ask->family, attr);
		switch (mnl_attr_get_type(attr)) {
		case RTA_TABLE:
			ask->a->table = mnl_attr_get_u32(attr);
			break;
		case RTA_OIF:
			rp_ask_dev(ask->b, hop, mnl_attr_get_u32(attr));
			break;
		case RTA_PREFSRC:
			rp_ask_addr(&ask->a->prefsrc, attr);
			break;
		case RTA_CACHEINFO:	/* an IPv6 route that rejects is an answer, too */
			info = mnl_attr_get_payload(attr);
			ask->a->err = (int32_t)info->rta_error;
			break;
		}
	}
	return MNL_CB_STOP;
}

/* The route that leads there: its prefix, and all ways that it has */
static int rp_ask_match_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *m = mnl_nlmsg_get_payload(nlh);
	struct rp_ask *ask = data;
	const struct nlattr *attr;
	union rp_addr prefsrc = { .w = { 0, 0 } };

	ask->a->matched = true;
	ask->a->dst_len = m->rtm_dst_len;
	mnl_attr_for_each(attr, nlh, sizeof(*m)) {
		switch (mnl_attr_get_type(attr)) {
		case RTA_DST:
			rp_ask_addr(&ask->a->dst, attr);
			break;
		case RTA_TABLE:
			ask->a->table = mnl_attr_get_u32(attr);
			break;
		case RTA_PREFSRC:
			rp_ask_addr(&prefsrc, attr);
			break;
		case RTA_MULTIPATH:
			rp_ask_hops(ask, attr);
			break;
		}
	}
	if (ask->a->nhops > 1)
		ask->a->prefsrc = prefsrc;
	else
		ask->a->hops[0].weight = 1;
	return MNL_CB_STOP;
}

/* ---- what cannot be asked ---- */

static void rp_ask_see_rule(void *ctx, const json_t *rule)
{
	static const char *const keys[] = { "ipproto", "sport_start", "dport_start" };
	bool *by_proto = ctx;
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(keys); i++)
		*by_proto |= !!json_object_get(rule, keys[i]);
}

static bool rp_ask_object(void *ctx, const json_t *line)
{
	rp_ask_see_rule(ctx, json_object_get(line, "rule"));
	return true;
}

/* Do rules go by protocols or ports?  They may, if nothing can be seen of them. */
static bool rp_ask_by_proto(struct rp_box *b)
{
	bool by_proto = false;
	const struct rp_fib_visitor v = { .object = rp_ask_object, .ctx = &by_proto };

	b->fib.visitor = &v;
	by_proto |= rp_fib_here(&b->fib, b->s->netns) != 0;
	b->fib.visitor = NULL;
	return by_proto;
}

/* Whether a packet may come in is up to sysctls; IPv6 asks none. */
static bool rp_ask_is_inexact(const struct rp_box *b, const struct rp_sandbox_question *q,
			      bool by_proto)
{
	return !b->has_family[rp_box_family(q->family)] ||
	       (q->family == AF_INET && q->input && !b->has_settings[0]) ||
	       (q->family == AF_INET && q->flow.scope != RT_SCOPE_UNIVERSE) ||
	       (by_proto && q->flow.proto && !rp_ask_has_proto(q));
}

static void rp_ask_one(struct rp_box *b, const struct rp_sandbox_question *q,
		       struct rp_sandbox_answer *a)
{
	struct rp_ask ask = { b, q->family, a };
	int err = rp_box_send(b, rp_ask_message(b, q, 0), rp_ask_way_cb, &ask);

	if (err)
		a->err = err;
	if (!a->err)
		rp_box_send(b, rp_ask_message(b, q, RTM_F_FIB_MATCH), rp_ask_match_cb, &ask);
	/* IPv6 tells which source it would have chosen, had it not been given one. */
	if (q->family == AF_INET6 && !q->input && !rp_addr_is_any(&q->flow.src))
		a->prefsrc = q->flow.src;
}

void rp_box_ask(struct rp_box *b, struct rp_sandbox_answer *answers)
{
	bool by_proto = rp_ask_by_proto(b);
	size_t i;

	rp_map_clear(&b->names);
	for (i = 0; i < b->s->count; i++) {
		answers[i].inexact = rp_ask_is_inexact(b, &b->s->questions[i], by_proto);
		rp_ask_one(b, &b->s->questions[i], &answers[i]);
	}
}
