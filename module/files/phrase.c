// SPDX-License-Identifier: GPL-2.0
/* Flows, rules and routes of records in the words of iproute2, and the ends of flows in ss's. */
#include <linux/fib_rules.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/in_route.h>
#include <linux/ipv6_route.h>
#include <linux/kernel.h>
#include <linux/route.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "files/phrase.h"
#include "routeprobe_words.h"
#include "uapi/routeprobe.h"

static const struct rp_names rp_phrase_ipprotos = RP_NAMES(RP_IPPROTO_NAMES);
static const struct rp_names rp_phrase_tables = RP_NAMES(RP_TABLE_NAMES);
static const struct rp_names rp_phrase_types = RP_NAMES(RP_ROUTE_TYPE_NAMES);
static const struct rp_names rp_phrase_scopes = RP_NAMES(RP_SCOPE_NAMES);
static const struct rp_names rp_phrase_protocols = RP_NAMES(RP_PROTOCOL_NAMES);
static const struct rp_names rp_phrase_actions = RP_NAMES(RP_ACTION_NAMES);
static const struct rp_names rp_phrase_nh_flags = RP_NAMES(RP_NH_FLAG_NAMES);
static const struct rp_names rp_phrase_rt_flags = RP_NAMES(RP_RT_FLAG_NAMES);
static const struct rp_names rp_phrase_settings = RP_NAMES(RP_SETTING_NAMES);
static const struct rp_names rp_phrase_prefs = RP_NAMES(RP_PREF_NAMES);
static const struct rp_names rp_phrase_rt6_flags = RP_NAMES(RP_RT6_FLAG_NAMES);

const char *rp_phrase_find(const struct rp_names *names, u32 value)
{
	return value < names->count ? names->text[value] : NULL;
}

void rp_phrase_name(struct seq_file *m, const char *word, const struct rp_names *names, u32 value)
{
	const char *name = rp_phrase_find(names, value);

	if (name)
		seq_printf(m, " %s%s", word, name);
	else
		seq_printf(m, " %s%u", word, value);
}

void rp_phrase_flags(struct seq_file *m, const struct rp_names *names, u32 flags)
{
	unsigned int bit;

	for (bit = 0; bit < names->count; bit++)
		if (flags & BIT(bit) && names->text[bit])
			seq_printf(m, " %s", names->text[bit]);
}

void rp_phrase_addr(struct seq_file *m, u8 family, const void *addr)
{
	if (family == AF_INET6)
		seq_printf(m, "%pI6c", addr);
	else
		seq_printf(m, "%pI4", addr);
}

bool rp_phrase_is_zero(const union rp_addr *addr)
{
	return !(addr->w[0] | addr->w[1]);
}

static void rp_phrase_prefix(struct seq_file *m, u8 family, const union rp_addr *addr, u8 len)
{
	if (!len && rp_phrase_is_zero(addr)) {
		seq_puts(m, " default");
		return;
	}
	seq_putc(m, ' ');
	rp_phrase_addr(m, family, addr);
	if (len != (family == AF_INET6 ? 128 : 32))
		seq_printf(m, "/%u", len);
}

static void rp_phrase_end(struct seq_file *m, u8 family, const union rp_addr *addr, __be16 port)
{
	if (family == AF_INET6 && port)
		seq_printf(m, "[%pI6c]", addr);
	else
		rp_phrase_addr(m, family, addr);
	if (port)
		seq_printf(m, ":%u", ntohs(port));
}

/* "*": the source is yet to be chosen. */
static void rp_phrase_ends(struct seq_file *m, u8 family, const struct rp_flow *flow)
{
	bool icmp = flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6;
	__be16 sport = icmp ? 0 : flow->sport, dport = icmp ? 0 : flow->dport;

	if (flow->proto)
		rp_phrase_name(m, "", &rp_phrase_ipprotos, flow->proto);
	if (icmp && flow->dport)
		seq_printf(m, " %u/%u", ntohs(flow->dport) >> 8, ntohs(flow->dport) & 0xff);
	seq_putc(m, ' ');
	if (!rp_phrase_is_zero(&flow->src))
		rp_phrase_end(m, family, &flow->src, sport);
	else if (sport)
		seq_printf(m, "*:%u", ntohs(sport));
	else
		seq_putc(m, '*');
	seq_puts(m, " > ");
	rp_phrase_end(m, family, &flow->dst, dport);
}

void rp_phrase_flow(struct seq_file *m, const struct rp_record *rec)
{
	bool input = rec->kind == RP_KIND_INPUT || rec->kind == RP_KIND_VALIDATE;
	const struct rp_flow *flow = &rec->flow;

	rp_phrase_ends(m, rec->family, flow);
	if (flow->oif)
		seq_printf(m, " oif %u", flow->oif);
	if (flow->iif > 1 || (flow->iif && input))	/* 1, lo: it was made here */
		seq_printf(m, " iif %u", flow->iif);
	if (flow->l3mdev)
		seq_printf(m, " vrf %u", flow->l3mdev);
	if (flow->mark)
		seq_printf(m, " mark 0x%x", flow->mark);
	if (flow->uid && flow->uid != U32_MAX)
		seq_printf(m, " uid %u", flow->uid);
	if (flow->tos)
		seq_printf(m, " tos 0x%02x", flow->tos);
	if (flow->scope)
		rp_phrase_name(m, "scope ", &rp_phrase_scopes, flow->scope);
	if (flow->label)
		seq_printf(m, " flowlabel 0x%05x", ntohl(flow->label));
	if (flow->flags)
		seq_printf(m, " flags 0x%x", flow->flags);
}

static void rp_phrase_rule_dev(struct seq_file *m, const char *word, u32 index)
{
	if (index == U32_MAX)
		seq_printf(m, " %s [detached]", word);
	else if (index)
		seq_printf(m, " %s %u", word, index);
}

static void rp_phrase_selectors(struct seq_file *m, const struct rp_flow *flow)
{
	if (flow->mark)
		seq_printf(m, " fwmark 0x%x", flow->mark);
	rp_phrase_rule_dev(m, "iif", flow->iif);
	rp_phrase_rule_dev(m, "oif", flow->oif);
	if (flow->proto)
		rp_phrase_name(m, "ipproto ", &rp_phrase_ipprotos, flow->proto);
	if (flow->sport)
		seq_printf(m, " sport %u", ntohs(flow->sport));
	if (flow->dport)
		seq_printf(m, " dport %u", ntohs(flow->dport));
}

void rp_phrase_rule(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_rule *rule = &rec->rule;

	seq_printf(m, " rule %u", rule->priority);
	if (rec->kind == RP_KIND_RULE_EVENT)
		rp_phrase_selectors(m, &rec->flow);
	if (rule->action != FR_ACT_TO_TBL)
		rp_phrase_name(m, "", &rp_phrase_actions, rule->action);
	else if (rule->l3mdev && !rule->table)
		seq_puts(m, " lookup [l3mdev-table]");
	else
		rp_phrase_name(m, "lookup ", &rp_phrase_tables, rule->table);
}

void rp_phrase_passed(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_passed *passed = rec->passed;
	unsigned int i, count = min_t(unsigned int, rec->passed_count, RP_PASSED_MAX);

	for (i = 0; i < count; i++, passed++) {
		seq_printf(m, "%s rule %u%s", i ? "," : "", passed->priority,
			   passed->l3mdev ? " l3mdev" : "");
		rp_phrase_name(m, "lookup ", &rp_phrase_tables, passed->table);
		if (!passed->asked)
			seq_puts(m, " (no such table)");
	}
}

void rp_phrase_dev(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	if (route->dev[0])
		seq_printf(m, " dev %*pE", (int)strnlen(route->dev, RP_NAME_LEN), route->dev);
	else if (route->oif)
		seq_printf(m, " dev if%u", route->oif);
}

void rp_phrase_hop(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	if (route->gw_family) {
		seq_puts(m, " via ");
		if (route->gw_family == AF_INET6 && rec->family != AF_INET6)
			seq_puts(m, "inet6 ");
		rp_phrase_addr(m, route->gw_family, route->gw);
	}
	rp_phrase_dev(m, rec);
}

/* A request has legs, but no weight: none of them is chosen. */
static void rp_phrase_legs(struct seq_file *m, const struct rp_route *route)
{
	if (route->nh_count > 1 && route->nh_weight)
		seq_printf(m, " leg %u/%u", route->nh_sel + 1, route->nh_count);
	else if (route->nh_count > 1)
		seq_printf(m, " %u legs", route->nh_count);
	if (route->nh_count > 1 && route->nh_weight > 1)
		seq_printf(m, " weight %u", route->nh_weight);
	rp_phrase_flags(m, &rp_phrase_nh_flags, route->nh_flags);
}

static void rp_phrase_match(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	if (route->type > RTN_UNICAST)
		rp_phrase_name(m, "", &rp_phrase_types, route->type);
	rp_phrase_prefix(m, rec->family, &route->dst, route->dst_len);
	if (rec->has & RP_HAS_RTABLE && route->rt_type != route->type)
		rp_phrase_name(m, "as ", &rp_phrase_types, route->rt_type);
	if (rec->family == AF_INET6 && route->src_len) {
		seq_puts(m, " from");
		rp_phrase_prefix(m, AF_INET6, &rec->flow.src, route->src_len);
	}
	if (route->nhid)
		seq_printf(m, " nhid %u", route->nhid);
	if (rec->family == AF_INET && route->tos)
		seq_printf(m, " tos 0x%02x", route->tos);
}

/* Of a route that came from a router, which most times is medium */
static void rp_phrase_pref(struct seq_file *m, const struct rp_record *rec)
{
	const char *pref = rp_phrase_find(&rp_phrase_prefs,
					  (rec->route.rt_flags & RTF_PREF_MASK) / RTF_PREF(1));

	if (rec->family == AF_INET6 && pref)
		seq_printf(m, " pref %s", pref);
}

static void rp_phrase_attributes(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	if (route->table)
		rp_phrase_name(m, "table ", &rp_phrase_tables, route->table);
	if (route->protocol && route->protocol != RTPROT_BOOT)
		rp_phrase_name(m, "proto ", &rp_phrase_protocols, route->protocol);
	if (route->scope && route->scope != RT_SCOPE_NOWHERE)
		rp_phrase_name(m, "scope ", &rp_phrase_scopes, route->scope);
	if (!rp_phrase_is_zero(&route->prefsrc)) {
		seq_puts(m, " src ");
		rp_phrase_addr(m, rec->family, &route->prefsrc);
	}
	if (route->metric)
		seq_printf(m, " metric %u", route->metric);
	rp_phrase_pref(m, rec);
	rp_phrase_legs(m, route);
}

/* What the packet will really use */
static void rp_phrase_rtable(struct seq_file *m, const struct rp_record *rec)
{
	u32 flags = rec->route.rt_flags;

	if (rec->family == AF_INET6) {
		rp_phrase_flags(m, &rp_phrase_rt6_flags, flags);
		return;
	}
	if (rec->route.rt_type == RTN_LOCAL)
		flags &= ~RTCF_LOCAL;
	else if (rec->route.rt_type == RTN_BROADCAST)
		flags &= ~RTCF_BROADCAST;
	else if (rec->route.rt_type == RTN_MULTICAST)
		flags &= ~RTCF_MULTICAST;
	rp_phrase_flags(m, &rp_phrase_rt_flags, flags);
}

/* In the order of `ip route`; of a lookup there is the next hop, but not the prefix. */
void rp_phrase_route(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	if (rec->has & RP_HAS_ROUTE && route->table)
		rp_phrase_match(m, rec);
	else if (rec->has & RP_HAS_RTABLE && route->rt_type > RTN_UNICAST)
		rp_phrase_name(m, "", &rp_phrase_types, route->rt_type);
	rp_phrase_hop(m, rec);
	rp_phrase_attributes(m, rec);
	if (rec->has & RP_HAS_RTABLE)
		rp_phrase_rtable(m, rec);
	if (rec->has & RP_HAS_CACHED && rec->cached.pmtu)
		seq_printf(m, " mtu %u", rec->cached.pmtu);
	if (rec->has & RP_HAS_CACHED && rec->cached.expires_s)
		seq_printf(m, " expires %usec", rec->cached.expires_s);
}

void rp_phrase_nexthop(struct seq_file *m, const struct rp_record *rec)
{
	seq_printf(m, " id %u", rec->route.nhid);
	if (rec->route.type == RTN_BLACKHOLE)
		seq_puts(m, " blackhole");
	rp_phrase_hop(m, rec);
	rp_phrase_legs(m, &rec->route);
}

static bool rp_phrase_is_in(const union rp_addr *addr, const union rp_addr *net, u8 len)
{
	unsigned int bytes = len / 8, bits = len % 8;

	return !memcmp(addr->b, net->b, bytes) &&
	       (!bits || !((addr->b[bytes] ^ net->b[bytes]) >> (8 - bits)));
}

/* The prefix is that of the address, or of the one at the other end of the link. */
void rp_phrase_address(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	seq_putc(m, ' ');
	rp_phrase_addr(m, rec->family, &route->prefsrc);
	if (!rp_phrase_is_in(&route->prefsrc, &route->dst, route->dst_len)) {
		seq_puts(m, " peer ");
		rp_phrase_addr(m, rec->family, &route->dst);
	}
	seq_printf(m, "/%u", route->dst_len);
	rp_phrase_hop(m, rec);
}

/* Whose, as the path has it; a dot in a device's name is a slash to sysctl(8). */
static void rp_phrase_whose(struct seq_file *m, const struct rp_record *rec)
{
	char dev[RP_NAME_LEN];
	unsigned int len;

	switch (rec->setting.scope) {
	case RP_SCOPE_ALL:
		seq_puts(m, "conf.all.");
		break;
	case RP_SCOPE_DEFAULT:
		seq_puts(m, "conf.default.");
		break;
	case RP_SCOPE_DEV:
		for (len = 0; len < RP_NAME_LEN && rec->route.dev[len]; len++)
			dev[len] = rec->route.dev[len] == '.' ? '/' : rec->route.dev[len];
		seq_printf(m, "conf.%*pE.", (int)len, dev);
		break;
	}
}

void rp_phrase_setting(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_setting *setting = &rec->setting;
	const char *name = rp_phrase_find(&rp_phrase_settings, setting->id);

	seq_printf(m, " net.ipv%c.", rec->family == AF_INET6 ? '6' : '4');
	if (rec->family == AF_INET && setting->id == RP_SETTING_FORWARDING &&
	    setting->scope == RP_SCOPE_ALL) {
		seq_puts(m, "ip_forward");
	} else {
		rp_phrase_whose(m, rec);
		seq_puts(m, name ? name : "?");
	}
	seq_printf(m, " %d", setting->before);
	if (!rec->err)
		seq_printf(m, " => %d", setting->after);
}
