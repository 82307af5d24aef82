// SPDX-License-Identifier: GPL-2.0
/* Parts of records as a person reads them, in iproute2's words. */
#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/addr.h"
#include "lib/buf.h"
#include "lib/names.h"
#include "lib/util.h"
#include "story/decision.h"
#include "story/story.h"
#include "words/format.h"

void rp_format_add(struct rp_text *t, const char *fmt, ...)
{
	size_t room = sizeof(t->text) - t->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->text + t->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < room ? (size_t)n : room - 1;
}

static void rp_format_put_n(struct rp_text *t, const char *words, size_t n)
{
	size_t room = sizeof(t->text) - 1 - t->len;

	if (n > room)
		n = room;
	memcpy(t->text + t->len, words, n);
	t->len += n;
	t->text[t->len] = '\0';
}

void rp_format_put(struct rp_text *t, const char *words)
{
	rp_format_put_n(t, words, strlen(words));
}

void rp_format_number(struct rp_text *t, uint64_t number)
{
	char digits[RP_DIGITS_MAX];

	rp_format_put_n(t, digits, rp_digits(digits, number));
}

void rp_format_quoted(struct rp_text *t, const char *word)
{
	const char *end;

	if (rp_util_is_word(word)) {
		rp_format_put(t, word);
		return;
	}
	rp_format_put(t, "'");
	for (; *word; word = end) {
		end = word + strcspn(word, "'");
		rp_format_put_n(t, word, end - word);
		if (*end) {
			rp_format_put(t, "'\\''");
			end++;
		}
	}
	rp_format_put(t, "'");
}

void rp_format_start(struct rp_text *t)
{
	t->len = 0;
	t->text[0] = '\0';
}

static void rp_format_add_ip(struct rp_text *t, unsigned int family,
			     const union rp_addr *addr)
{
	struct rp_addr_text ip;

	rp_format_put(t, rp_addr_format(&ip, addr, family));
}

const char *rp_format_ip(struct rp_text *t, unsigned int family, const union rp_addr *addr)
{
	rp_format_start(t);
	rp_format_add_ip(t, family, addr);
	return t->text;
}

const char *rp_format_gateway(struct rp_text *t, const struct rp_route *route)
{
	unsigned int family = route->gw_family;
	union rp_addr gw;

	rp_format_start(t);
	memcpy(&gw, route->gw, sizeof(gw));
	if (family == AF_INET || family == AF_INET6)
		rp_format_add_ip(t, family, &gw);
	return t->text;
}

/* iproute2 leaves out /32 and /128, and calls 0.0.0.0/0 and ::/0 "default". */
const char *rp_format_prefix(struct rp_text *t, unsigned int family,
			     const struct rp_route *route)
{
	rp_format_start(t);
	if (!route->dst_len && rp_addr_is_any(&route->dst)) {
		rp_format_put(t, "default");
		return t->text;
	}
	rp_format_add_ip(t, family, &route->dst);
	if (route->dst_len != rp_addr_bits(family)) {
		rp_format_put(t, "/");
		rp_format_number(t, route->dst_len);
	}
	return t->text;
}

const char *rp_format_typed(struct rp_text *t, unsigned int family,
			    const struct rp_route *route)
{
	struct rp_text prefix;
	struct rp_name name;

	rp_format_start(t);
	if (route->type != RTN_UNICAST && route->type != RTN_UNSPEC) {
		rp_format_put(t, rp_names_route_type(route->type, &name));
		rp_format_put(t, " ");
	}
	rp_format_put(t, rp_format_prefix(&prefix, family, route));
	return t->text;
}

/* The name that came with the record, else the one known, else a number */
const char *rp_format_dev(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			  uint32_t index, const char *name)
{
	char clean[RP_NAME_LEN + 1] = "";
	const char *known;

	rp_format_start(t);
	if (name)
		rp_util_clean(clean, sizeof(clean), name, RP_NAME_LEN);
	known = *clean ? clean : rp_fib_link(fib, netns, index);
	if (known)
		rp_format_put(t, known);
	else if (index)
		rp_format_add(t, "if%u", index);
	return t->text;
}

const char *rp_format_netns(struct rp_text *t, struct rp_fib *fib, uint32_t netns)
{
	const char *name = rp_fib_netns(fib, netns);

	rp_format_start(t);
	if (name)
		rp_format_put(t, name);
	else if (netns)
		rp_format_number(t, netns);
	else
		rp_format_put(t, "-");
	return t->text;
}

const char *rp_format_table(struct rp_text *t, struct rp_fib *fib, uint32_t table)
{
	const char *name = table ? rp_fib_table(fib, table) : NULL;

	rp_format_start(t);
	if (name)
		rp_format_put(t, name);
	else if (table)
		rp_format_number(t, table);
	else
		rp_format_put(t, "-");
	return t->text;
}

const char *rp_format_comm(struct rp_text *t, const struct rp_record *rec)
{
	char comm[RP_NAME_LEN + 1];
	struct rp_name name;

	rp_format_start(t);
	rp_util_clean(comm, sizeof(comm), rec->comm, RP_NAME_LEN);
	if (rec->context == RP_CONTEXT_TASK)
		rp_format_put(t, comm);
	else
		rp_format_add(t, "(%s)", rp_names_context(rec->context, &name));
	return t->text;
}

const char *rp_format_owner(struct rp_text *t, const struct rp_record *rec)
{
	rp_format_comm(t, rec);
	if (rec->context == RP_CONTEXT_TASK) {
		rp_format_put(t, "[");
		rp_format_number(t, rec->tgid);
		rp_format_put(t, "]");
	}
	return t->text;
}

/* An IPv6 address is in brackets before a port, as ss has it. */
static void rp_format_add_end(struct rp_text *t, unsigned int family,
			      const union rp_addr *addr, uint16_t port)
{
	bool brackets = port && family == AF_INET6;

	if (brackets)
		rp_format_put(t, "[");
	rp_format_add_ip(t, family, addr);
	if (port) {
		rp_format_put(t, brackets ? "]:" : ":");
		rp_format_number(t, ntohs(port));
	}
}

/* The destination is always there, though it may be 0.0.0.0. */
static void rp_format_add_ends(struct rp_text *t, unsigned int family,
			       const struct rp_flow *flow)
{
	bool ports = flow->proto != IPPROTO_ICMP && flow->proto != IPPROTO_ICMPV6;
	const uint8_t *icmp = (const uint8_t *)&flow->dport;
	uint16_t sport = ports ? flow->sport : 0;
	struct rp_name name;

	if (flow->proto) {
		rp_format_put(t, rp_names_ipproto(flow->proto, &name));
		rp_format_put(t, " ");
	}
	if (!rp_addr_is_any(&flow->src)) {
		rp_format_add_end(t, family, &flow->src, sport);
	} else if (sport) {
		rp_format_put(t, "*:");
		rp_format_number(t, ntohs(sport));
	} else {
		rp_format_put(t, "*");
	}
	rp_format_put(t, " > ");
	rp_format_add_end(t, family, &flow->dst, ports ? flow->dport : 0);
	if (!ports && flow->dport)
		rp_format_add(t, " type %u code %u", icmp[0], icmp[1]);
}

const char *rp_format_flow(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			   unsigned int family, const struct rp_flow *flow,
			   unsigned int kind)
{
	bool output = kind != RP_KIND_INPUT && kind != RP_KIND_VALIDATE;
	struct rp_text dev;

	rp_format_start(t);
	rp_format_add_ends(t, family, flow);
	if (flow->iif && !(output && flow->iif == 1)) {
		rp_format_put(t, " iif ");
		rp_format_put(t, rp_format_dev(&dev, fib, netns, flow->iif, NULL));
	}
	if (flow->oif) {
		rp_format_put(t, " oif ");
		rp_format_put(t, rp_format_dev(&dev, fib, netns, flow->oif, NULL));
	}
	if (flow->l3mdev)
		rp_format_add(t, " vrf %s",
			      rp_format_dev(&dev, fib, netns, flow->l3mdev, NULL));
	if (flow->mark)
		rp_format_add(t, " mark 0x%x", flow->mark);
	if (flow->uid && flow->uid != UINT32_MAX) {
		rp_format_put(t, " uid ");
		rp_format_number(t, flow->uid);
	}
	if (flow->tos)
		rp_format_add(t, " tos 0x%02x", flow->tos);
	return t->text;
}

static void rp_format_add_leg(struct rp_text *t, const struct rp_route *route)
{
	unsigned int pos = 0;
	const char *flag;

	/* of those that a request asks for, none is chosen */
	if (route->nh_count > 1 && !route->nh_weight)
		rp_format_add(t, " %u legs", route->nh_count);
	else if (route->nh_count > 1)
		rp_format_add(t, " leg %u/%u%s", route->nh_sel + 1U, route->nh_count,
			      route->nh_count == 255 ? "+" : "");
	while ((flag = rp_names_nh_flag(route->nh_flags, &pos)))
		rp_format_add(t, " %s", flag);
}

const char *rp_format_hop(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			  unsigned int family, const struct rp_route *route,
			  const struct rp_route *rtable)
{
	const struct rp_route *out = rtable ? rtable : route;
	struct rp_text part;

	rp_format_start(t);
	if (route && route->gw_family) {
		rp_format_put(t, route->gw_family == AF_INET6 && family != AF_INET6 ?
			      " via inet6 " : " via ");
		rp_format_put(t, rp_format_gateway(&part, route));
	}
	if (out && (out->oif || *out->dev)) {
		rp_format_put(t, " dev ");
		rp_format_put(t, rp_format_dev(&part, fib, netns, out->oif, out->dev));
	}
	if (out && !rp_addr_is_any(&out->prefsrc)) {
		rp_format_put(t, " src ");
		rp_format_add_ip(t, family, &out->prefsrc);
	}
	if (route)
		rp_format_add_leg(t, route);
	if (!t->len)
		return "-";
	return t->text + 1;
}

const char *rp_format_rule(struct rp_text *t, struct rp_fib *fib,
			   const struct rp_rule *rule)
{
	struct rp_text table;
	struct rp_name name;

	rp_format_start(t);
	rp_format_number(t, rule->priority);
	rp_format_put(t, " ");
	rp_format_put(t, rule->action == FR_ACT_TO_TBL ? "lookup" :
		      rp_names_action(rule->action, &name));
	if (rule->table) {
		rp_format_put(t, " ");
		rp_format_put(t, rp_format_table(&table, fib, rule->table));
	} else if (rule->l3mdev) {
		rp_format_put(t, " [l3mdev-table]");
	}
	return t->text;
}

const char *rp_format_route(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			    unsigned int family, const struct rp_route *route)
{
	struct rp_text part;
	const char *hop = rp_format_hop(&part, fib, netns, family, route, NULL);

	rp_format_typed(t, family, route);
	if (route->tos && family != AF_INET6)
		rp_format_add(t, " tos 0x%02x", route->tos);
	if (strcmp(hop, "-")) {
		rp_format_put(t, " ");
		rp_format_put(t, hop);
	}
	if (route->metric)
		rp_format_add(t, " metric %u", route->metric);
	return t->text;
}

/* What said no, where no route did */
static void rp_format_add_refusal(struct rp_text *t, const struct rp_decision *d)
{
	const struct rp_record *rule = d->rule, *lookup = d->lookup;
	struct rp_name name;

	if (lookup && lookup->verdict == RP_VERDICT_REJECT)
		rp_format_add(t, "(%s route)",
			      rp_names_route_type(rp_decision_reject_type(lookup->err),
						  &name));
	else if (rule && rule->verdict != RP_VERDICT_HIT &&
		 rule->rule.action != FR_ACT_TO_TBL)
		rp_format_add(t, "(%s rule)",
			      rp_names_action(rule->rule.action, &name));
	else if (lookup)
		rp_format_put(t, "(refused)");
	else if (d->asked)
		rp_format_put(t, "(no route)");
	else
		rp_format_put(t, "-");
}

const char *rp_format_match(struct rp_text *t, const struct rp_decision *d)
{
	struct rp_name name;

	if (d->route) {
		rp_format_typed(t, d->rec->family, d->route);
		/* as a multicast finds the default route, for want of its own */
		if (d->rtable && d->rtable->rt_type != d->route->type)
			rp_format_add(t, " as %s",
				      rp_names_route_type(d->rtable->rt_type, &name));
		return t->text;
	}
	rp_format_start(t);
	if (d->main->err)
		rp_format_add_refusal(t, d);
	else if (d->rtable && d->rtable->rt_type == RTN_UNICAST)
		rp_format_put(t, "(on-link)");
	else if (d->rtable && d->rtable->rt_type)
		rp_format_add(t, "(%s)",
			      rp_names_route_type(d->rtable->rt_type, &name));
	else
		rp_format_put(t, "-");
	return t->text;
}
