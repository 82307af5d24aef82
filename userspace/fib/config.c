// SPDX-License-Identifier: GPL-2.0
/* Rules and routes of a snapshot in the contract's own structures. */
#include <linux/fib_rules.h>
#include <linux/ipv6_route.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fib/config.h"
#include "fib/names.h"
#include "lib/addr.h"
#include "lib/names.h"

/* A number that is not there is 0; another is refused. */
static bool rp_fib_config_number(const json_t *object, const char *key, uint32_t max,
				 uint32_t *value)
{
	*value = 0;
	return !json_object_get(object, key) ||
	       (rp_fib_number(object, key, value) && *value <= max);
}

static bool rp_fib_config_addr(const json_t *object, const char *key,
			       unsigned int family, union rp_addr *addr)
{
	const char *text = json_string_value(json_object_get(object, key));

	return !text || rp_addr_parse(addr, family, text);
}

/* "family" as `ip -j` has it; without one it is IPv4. */
static unsigned int rp_fib_config_family(const json_t *object)
{
	const char *text = json_string_value(json_object_get(object, "family"));

	return text && !strcmp(text, "inet6") ? AF_INET6 : AF_INET;
}

/* Where a route or one of its legs goes: "gateway" or "via", and "oif" */
static bool rp_fib_config_hop(struct rp_route *route, unsigned int family,
			      const json_t *object)
{
	const json_t *via = json_object_get(object, "via");
	const char *gateway = json_string_value(json_object_get(object, "gateway"));
	union rp_addr gw;

	if (gateway)
		route->gw_family = family;
	if (via) {
		route->gw_family = AF_INET6;
		gateway = json_string_value(json_object_get(via, "host"));
	}
	if (!rp_fib_config_number(object, "oif", UINT32_MAX, &route->oif))
		return false;
	if (!route->gw_family)
		return true;
	if (!gateway || !rp_addr_parse(&gw, route->gw_family, gateway))
		return false;
	memcpy(route->gw, &gw, sizeof(route->gw));
	return true;
}

static bool rp_fib_config_legs(const struct rp_fib_visitor *v, const struct rp_record *route,
			       const json_t *hops)
{
	size_t i, count = json_array_size(hops);
	const json_t *hop;
	uint32_t weight;

	json_array_foreach(hops, i, hop) {
		struct rp_record leg = *route;

		leg.route.nh_sel = i;
		leg.route.nh_count = count < UINT8_MAX ? count : UINT8_MAX;
		if (!rp_fib_config_hop(&leg.route, leg.family, hop) ||
		    !rp_fib_config_number(hop, "weight", 256, &weight))
			return false;
		leg.route.nh_weight = weight;
		v->route(v->ctx, &leg);
	}
	return true;
}

/*
 * How a router told of it is not dumped; what one did is no leg of a multipath route.  Of a
 * lifetime that is over nothing is left.
 */
static bool rp_fib_config_route6(struct rp_record *rec, const json_t *object)
{
	const json_t *expires = json_object_get(object, "expires");
	struct rp_route *route = &rec->route;
	uint32_t len, pref;

	if (!rp_fib_config_addr(object, "from", rec->family, &rec->flow.src) ||
	    !rp_fib_config_number(object, "srclen", RP_ADDR_LEN_MAX, &len) ||
	    !rp_fib_config_number(object, "pref", 3, &pref) ||
	    (expires && !json_is_integer(expires)))
		return false;
	route->src_len = len;
	route->rt_flags = RTF_PREF(pref);
	if (route->protocol == RTPROT_RA && json_object_get(object, "gateway"))
		route->rt_flags |= RTF_ADDRCONF;
	if (!expires)
		return true;
	route->rt_flags |= RTF_EXPIRES;
	if (json_integer_value(expires) > 0)
		rec->change.expires_s = json_integer_value(expires);
	return true;
}

static bool rp_fib_config_route(const struct rp_fib_visitor *v, const json_t *object)
{
	struct rp_record rec = { .family = rp_fib_config_family(object), .has = RP_HAS_ROUTE,
				 .route = { .nh_count = 1, .nh_weight = 1 } };
	struct rp_route *route = &rec.route;
	const char *type = json_string_value(json_object_get(object, "type"));
	const json_t *hops = json_object_get(object, "nexthops");
	uint32_t len, tos, scope, protocol;

	if (!type || !rp_fib_number(object, "netns", &rec.netns) ||
	    !rp_fib_config_addr(object, "dst", rec.family, &route->dst) ||
	    !rp_fib_config_addr(object, "prefsrc", rec.family, &route->prefsrc) ||
	    !rp_fib_config_number(object, "dstlen", rp_addr_bits(rec.family), &len) ||
	    !rp_fib_config_number(object, "tos", UINT8_MAX, &tos) ||
	    !rp_fib_config_number(object, "scope", UINT8_MAX, &scope) ||
	    !rp_fib_config_number(object, "protocol", UINT8_MAX, &protocol) ||
	    !rp_fib_config_number(object, "table", UINT32_MAX, &route->table) ||
	    !rp_fib_config_number(object, "metric", UINT32_MAX, &route->metric) ||
	    !rp_fib_config_number(object, "nhid", UINT32_MAX, &route->nhid) ||
	    !rp_fib_config_number(object, "mtu", UINT32_MAX, &rec.change.mtu))
		return false;
	route->type = rp_names_route_type_value(type);
	route->dst_len = len;
	route->tos = tos;
	route->scope = scope;
	route->protocol = protocol;
	if (rec.family == AF_INET6 && !rp_fib_config_route6(&rec, object))
		return false;
	if (hops)
		return rp_fib_config_legs(v, &rec, hops);
	if (!rp_fib_config_hop(route, rec.family, object))
		return false;
	v->route(v->ctx, &rec);
	return true;
}

static bool rp_fib_config_byte(const json_t *object, const char *key, uint32_t max,
			       uint8_t *value)
{
	uint32_t number;
	bool good = rp_fib_config_number(object, key, max, &number);

	*value = number;
	return good;
}

static void rp_fib_config_name(const json_t *object, const char *key, char *name)
{
	const char *text = json_string_value(json_object_get(object, key));

	snprintf(name, RP_NAME_LEN, "%s", text ? text : "");
}

/* A range that is not there is all. */
static bool rp_fib_config_range(const json_t *object, const char *from, const char *to,
				uint32_t *start, uint32_t *end)
{
	bool good = rp_fib_config_number(object, from, UINT32_MAX, start) &&
		    rp_fib_config_number(object, to, UINT32_MAX, end);

	if (!json_object_get(object, to))
		*end = UINT32_MAX;
	return good;
}

/* A limit that is not there is none. */
static bool rp_fib_config_limit(const json_t *object, const char *key, uint32_t *value)
{
	bool good = rp_fib_config_number(object, key, UINT32_MAX, value);

	if (!json_object_get(object, key))
		*value = UINT32_MAX;
	return good;
}

static bool rp_fib_config_selectors(struct rp_fib_rule *rule, const json_t *object)
{
	unsigned int bits;
	uint32_t flags;
	bool good;

	rule->family = rp_fib_config_family(object);
	bits = rp_addr_bits(rule->family);
	good = rp_fib_config_addr(object, "dst", rule->family, &rule->dst) &&
	       rp_fib_config_addr(object, "src", rule->family, &rule->src) &&
	       rp_fib_config_byte(object, "dstlen", bits, &rule->dst_len) &&
	       rp_fib_config_byte(object, "srclen", bits, &rule->src_len) &&
	       rp_fib_config_byte(object, "tos", UINT8_MAX, &rule->tos) &&
	       rp_fib_config_byte(object, "ipproto", UINT8_MAX, &rule->proto) &&
	       rp_fib_config_number(object, "fwmark", UINT32_MAX, &rule->mark) &&
	       rp_fib_config_number(object, "fwmask", UINT32_MAX, &rule->mask) &&
	       rp_fib_config_number(object, "flags", UINT32_MAX, &flags) &&
	       rp_fib_config_number(object, "goto", UINT32_MAX, &rule->goto_priority) &&
	       rp_fib_config_limit(object, "suppress_prefixlen", &rule->suppress_len) &&
	       rp_fib_config_limit(object, "suppress_ifgroup", &rule->suppress_group) &&
	       rp_fib_config_range(object, "uid_start", "uid_end", &rule->uid_start,
				   &rule->uid_end) &&
	       rp_fib_config_range(object, "sport_start", "sport_end", &rule->sport_start,
				   &rule->sport_end) &&
	       rp_fib_config_range(object, "dport_start", "dport_end", &rule->dport_start,
				   &rule->dport_end);
	if (!good)
		return false;
	rule->invert = flags & FIB_RULE_INVERT;
	rp_fib_config_name(object, "iif", rule->iif);
	rp_fib_config_name(object, "oif", rule->oif);
	return true;
}

static bool rp_fib_config_rule(const struct rp_fib_visitor *v, const json_t *object)
{
	const char *action = json_string_value(json_object_get(object, "action"));
	struct rp_fib_rule rule;
	uint32_t netns;

	memset(&rule, 0, sizeof(rule));		/* rules are compared by their bytes */
	if (!action || !rp_fib_number(object, "netns", &netns) ||
	    !rp_fib_config_number(object, "priority", UINT32_MAX, &rule.rule.priority) ||
	    !rp_fib_config_number(object, "table", UINT32_MAX, &rule.rule.table) ||
	    !rp_fib_config_byte(object, "l3mdev", UINT8_MAX, &rule.rule.l3mdev) ||
	    !rp_fib_config_selectors(&rule, object))
		return false;
	rule.rule.action = rp_names_action_value(action);
	v->rule(v->ctx, netns, &rule);
	return true;
}

/* A device of which no flags are told is taken to be well. */
static bool rp_fib_config_link(const struct rp_fib_visitor *v, const json_t *object)
{
	struct rp_fib_link link;
	uint32_t netns;

	if (!rp_fib_number(object, "netns", &netns) ||
	    !rp_fib_number(object, "ifindex", &link.index) ||
	    !rp_fib_config_number(object, "master", UINT32_MAX, &link.master) ||
	    !rp_fib_config_number(object, "group", UINT32_MAX, &link.group) ||
	    !rp_fib_config_number(object, "mtu", UINT32_MAX, &link.mtu) ||
	    !rp_fib_config_limit(object, "flags", &link.flags) ||
	    !rp_fib_config_number(object, "vrf_table", UINT32_MAX, &link.vrf_table))
		return false;
	rp_fib_config_name(object, "ifname", link.name);
	v->link(v->ctx, netns, &link);
	return true;
}

static bool rp_fib_config_scope(struct rp_fib_setting *setting, const json_t *object)
{
	const char *conf = json_string_value(json_object_get(object, "conf"));

	setting->scope = RP_SCOPE_NETNS;
	if (conf)
		setting->scope = !strcmp(conf, "default") ? RP_SCOPE_DEFAULT : RP_SCOPE_ALL;
	if (!rp_fib_config_number(object, "ifindex", UINT32_MAX, &setting->index))
		return false;
	if (setting->index)
		setting->scope = RP_SCOPE_DEV;
	return true;
}

static bool rp_fib_config_setting(const struct rp_fib_visitor *v, const json_t *object)
{
	struct rp_fib_setting setting = { .family = rp_fib_config_family(object) };
	const json_t *value;
	struct rp_name name;
	uint32_t netns;

	if (!rp_fib_number(object, "netns", &netns) || !rp_fib_config_scope(&setting, object))
		return false;
	for (setting.id = RP_SETTING_NONE + 1; setting.id < __RP_SETTING_MAX; setting.id++) {
		value = json_object_get(object, rp_names_setting(setting.id, &name));
		if (!value)
			continue;
		if (!json_is_integer(value))
			return false;
		setting.value = json_integer_value(value);
		v->setting(v->ctx, netns, &setting);
	}
	return true;
}

bool rp_fib_config(const struct rp_fib_visitor *v, const json_t *object)
{
	const json_t *link = v->link ? json_object_get(object, "link") : NULL;
	const json_t *setting = v->setting ? json_object_get(object, "setting") : NULL;
	const json_t *route = json_object_get(object, "route");
	const json_t *rule = json_object_get(object, "rule");

	if (v->object)
		return v->object(v->ctx, object);
	return (!route || rp_fib_config_route(v, route)) &&
	       (!rule || rp_fib_config_rule(v, rule)) &&
	       (!link || rp_fib_config_link(v, link)) &&
	       (!setting || rp_fib_config_setting(v, setting));
}
