// SPDX-License-Identifier: GPL-2.0
/*
 * JSON as it comes: a tree of jansson's for each line took ten times as long as the
 * line itself.
 */
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/addr.h"
#include "lib/buf.h"
#include "lib/names.h"
#include "lib/utf8.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/decision.h"
#include "words/format.h"
#include "words/json.h"
#include "words/setting.h"
#include "words/print.h"

/* ---- values ---- */

static void rp_json_comma(struct rp_buf *b)
{
	char last = b->len ? b->data[b->len - 1] : '{';

	if (last != '{' && last != '[' && last != '\n')
		rp_buf_char(b, ',');
}

static void rp_json_key(struct rp_buf *b, const char *key)
{
	size_t len = strlen(key);
	char *at;

	rp_json_comma(b);
	at = rp_buf_take(b, len + 3);
	*at++ = '"';
	memcpy(at, key, len);
	at[len] = '"';
	at[len + 1] = ':';
}

static void rp_json_escape(struct rp_buf *b, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = strchr(plain, c);
	char text[8];

	if (found) {
		rp_buf_char(b, '\\');
		rp_buf_char(b, letters[found - plain]);
		return;
	}
	snprintf(text, sizeof(text), "\\u%04X", c);
	rp_buf_text(b, text);
}

static bool rp_json_is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
}

static void rp_json_quote(struct rp_buf *b, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + len;
	size_t n;

	rp_buf_char(b, '"');
	while (s < end) {
		for (n = 0; s + n < end && rp_json_is_plain(s[n]); n++)
			;
		rp_buf_put(b, (const char *)s, n);
		s += n;
		if (s == end)
			break;
		n = *s >= 0x80 ? rp_utf8_len(s, end - s) : 0;
		if (n)
			rp_buf_put(b, (const char *)s, n);
		else if (*s >= 0x80)
			rp_buf_char(b, '?');
		else
			rp_json_escape(b, *s);
		s += n ? n : 1;
	}
	rp_buf_char(b, '"');
}

void rp_json_open(struct rp_buf *b, const char *key, char bracket)
{
	if (key)
		rp_json_key(b, key);
	else
		rp_json_comma(b);
	rp_buf_char(b, bracket);
}

void rp_json_close(struct rp_buf *b, char bracket)
{
	rp_buf_char(b, bracket);
}

void rp_json_string(struct rp_buf *b, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	rp_json_key(b, key);
	rp_json_quote(b, value, strlen(value));
}

void rp_json_number(struct rp_buf *b, const char *key, int64_t value)
{
	rp_json_key(b, key);
	if (value < 0)
		rp_buf_char(b, '-');
	rp_buf_number(b, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void rp_json_nonzero(struct rp_buf *b, const char *key, int64_t value)
{
	if (value)
		rp_json_number(b, key, value);
}

void rp_json_bool(struct rp_buf *b, const char *key, bool value)
{
	rp_json_key(b, key);
	rp_buf_text(b, value ? "true" : "false");
}

void rp_json_item(struct rp_buf *b, const char *text, size_t len)
{
	rp_json_comma(b);
	rp_json_quote(b, text, len);
}

char *rp_json_text(struct rp_buf *b)
{
	char *text;

	rp_buf_char(b, '\0');
	text = b->data;
	*b = (struct rp_buf) { 0 };
	return text;
}

void rp_json_add(struct rp_buf *b, const char *text)
{
	if (!*text)
		return;
	rp_json_comma(b);
	rp_buf_text(b, text);
}

struct rp_buf *rp_json_begin(struct rp_print *p)
{
	rp_buf_char(&p->line, '{');
	return &p->line;
}

void rp_json_end(struct rp_print *p)
{
	rp_buf_text(&p->line, "}\n");
	rp_buf_flush(&p->line, p->out);
}

/* ---- parts of records ---- */

void rp_json_dev(struct rp_print *p, struct rp_buf *b, const char *key, uint32_t netns,
		 uint32_t index, const char *name)
{
	struct rp_text dev;

	if (index || name)
		rp_json_string(b, key, rp_format_dev(&dev, p->fib, netns, index, name));
}

void rp_json_netns(struct rp_print *p, struct rp_buf *b, uint32_t netns)
{
	if (!netns)
		return;
	rp_json_open(b, "netns", '{');
	rp_json_number(b, "inode", netns);
	rp_json_string(b, "name", rp_fib_netns(p->fib, netns));
	rp_json_close(b, '}');
}

void rp_json_family(struct rp_buf *b, unsigned int family)
{
	if (family)
		rp_json_string(b, "family", family == AF_INET6 ? "inet6" : "inet");
}

void rp_json_table(struct rp_print *p, struct rp_buf *b, uint32_t table)
{
	struct rp_text name;

	if (table)
		rp_json_string(b, "table", rp_format_table(&name, p->fib, table));
}

static void rp_json_ip(struct rp_buf *b, const char *key, unsigned int family,
		       const union rp_addr *addr)
{
	struct rp_text ip;

	rp_json_string(b, key, rp_format_ip(&ip, family, addr));
}

static void rp_json_ports(struct rp_buf *b, const struct rp_flow *flow)
{
	const uint8_t *icmp = (const uint8_t *)&flow->dport;

	if (flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6) {
		rp_json_number(b, "icmp_type", icmp[0]);
		rp_json_number(b, "icmp_code", icmp[1]);
		return;
	}
	rp_json_nonzero(b, "sport", ntohs(flow->sport));
	rp_json_nonzero(b, "dport", ntohs(flow->dport));
}

void rp_json_flow(struct rp_print *p, struct rp_buf *b, unsigned int family,
		  const struct rp_flow *flow, uint32_t netns)
{
	struct rp_name name;

	rp_json_open(b, "flow", '{');
	rp_json_ip(b, "dst", family, &flow->dst);
	if (!rp_addr_is_any(&flow->src))
		rp_json_ip(b, "src", family, &flow->src);
	rp_json_dev(p, b, "oif", netns, flow->oif, NULL);
	rp_json_dev(p, b, "iif", netns, flow->iif, NULL);
	rp_json_dev(p, b, "vrf", netns, flow->l3mdev, NULL);
	rp_json_nonzero(b, "mark", flow->mark);
	if (flow->uid != UINT32_MAX)
		rp_json_number(b, "uid", flow->uid);
	rp_json_nonzero(b, "tos", flow->tos);
	rp_json_nonzero(b, "flowlabel", ntohl(flow->label));
	if (flow->scope != RT_SCOPE_UNIVERSE)
		rp_json_string(b, "scope", rp_names_scope(flow->scope, &name));
	if (flow->proto)
		rp_json_string(b, "ipproto", rp_names_ipproto(flow->proto, &name));
	rp_json_ports(b, flow);
	rp_json_close(b, '}');
}

void rp_json_setting(struct rp_print *p, struct rp_buf *b, uint32_t netns,
		     const struct rp_record *rec)
{
	struct rp_text name;

	rp_json_string(b, "sysctl", rp_format_setting(&name, p->fib, netns, rec));
	rp_json_number(b, "before", rec->setting.before);
	rp_json_number(b, "after", rec->setting.after);
}

void rp_json_rule(struct rp_print *p, struct rp_buf *b, const struct rp_rule *rule)
{
	struct rp_name name;

	rp_json_open(b, "rule", '{');
	rp_json_number(b, "priority", rule->priority);
	rp_json_string(b, "action", rp_names_action(rule->action, &name));
	rp_json_table(p, b, rule->table);
	if (rule->l3mdev)
		rp_json_bool(b, "l3mdev", true);
	if (rule->suppressed)
		rp_json_bool(b, "suppressed", true);
	rp_json_close(b, '}');
}

void rp_json_icmp(struct rp_buf *b, unsigned int family, const struct rp_signal *signal)
{
	struct rp_name name;

	rp_json_open(b, "icmp", '{');
	rp_json_number(b, "type", signal->type);
	rp_json_number(b, "code", signal->code);
	rp_json_string(b, "name", rp_names_icmp(family, signal->type, signal->code, &name));
	rp_json_nonzero(b, "mtu", signal->info);
	rp_json_close(b, '}');
}

/* "drop" with a key of its own for the reason: those are no errnos. */
void rp_json_error(struct rp_print *p, struct rp_buf *b, const char *key, int err)
{
	const char *reason = rp_source_reason(p->src, err);
	struct rp_name name;

	if (err <= 0) {
		rp_json_string(b, key, rp_names_error(err, NULL, &name));
		return;
	}
	snprintf(name.text, sizeof(name.text), "%d", err);
	rp_json_string(b, key, "drop");
	rp_json_string(b, "drop_reason", reason ? reason : name.text);
}

void rp_json_task(struct rp_buf *b, const struct rp_record *rec)
{
	char comm[RP_NAME_LEN + 1];

	rp_util_clean(comm, sizeof(comm), rec->comm, RP_NAME_LEN);
	rp_json_string(b, "comm", comm);
	rp_json_number(b, "pid", rec->tgid);
}

void rp_json_route(struct rp_buf *b, unsigned int family, const struct rp_route *route,
		   bool derived)
{
	struct rp_text prefix;
	struct rp_name name;

	rp_json_open(b, "route", '{');
	rp_json_string(b, "type", rp_names_route_type(route->type, &name));
	rp_json_string(b, "dst", rp_format_prefix(&prefix, family, route));
	rp_json_string(b, "protocol", rp_names_protocol(route->protocol, &name));
	rp_json_string(b, "scope", rp_names_scope(route->scope, &name));
	rp_json_nonzero(b, "metric", route->metric);
	if (family != AF_INET6)
		rp_json_nonzero(b, "tos", route->tos);
	else
		rp_json_string(b, "pref", rp_names_pref(route->rt_flags));
	rp_json_nonzero(b, "nhid", route->nhid);
	if (derived)
		rp_json_bool(b, "derived", true);
	rp_json_close(b, '}');
}

/* "via" has a gateway of another family than the route's, as in `ip -j`. */
void rp_json_gateway(struct rp_buf *b, unsigned int family, const struct rp_route *route)
{
	struct rp_text gw;

	rp_format_gateway(&gw, route);
	if (route->gw_family != AF_INET6 || family == AF_INET6) {
		rp_json_string(b, "gateway", gw.text);
		return;
	}
	rp_json_open(b, "via", '{');
	rp_json_string(b, "family", "inet6");
	rp_json_string(b, "host", gw.text);
	rp_json_close(b, '}');
}

void rp_json_out(struct rp_print *p, struct rp_buf *b, uint32_t netns, unsigned int family,
		 const struct rp_route *out)
{
	rp_json_dev(p, b, "dev", netns, out->oif, out->dev);
	if (!rp_addr_is_any(&out->prefsrc))
		rp_json_ip(b, "prefsrc", family, &out->prefsrc);
}

void rp_json_leg(struct rp_buf *b, const struct rp_route *route)
{
	if (route->nh_count <= 1)
		return;
	rp_json_open(b, "leg", '{');
	if (route->nh_weight)	/* or it has not been chosen yet */
		rp_json_number(b, "number", route->nh_sel + 1);
	rp_json_number(b, "of", route->nh_count);
	rp_json_nonzero(b, "weight", route->nh_weight);
	rp_json_close(b, '}');
}

void rp_json_flags(struct rp_buf *b, const struct rp_route *route)
{
	unsigned int pos = 0;
	const char *flag;

	rp_json_open(b, "flags", '[');
	while (route && (flag = rp_names_nh_flag(route->nh_flags, &pos)))
		rp_json_item(b, flag, strlen(flag));
	rp_json_close(b, ']');
}

void rp_json_way(struct rp_print *p, struct rp_buf *b, uint32_t netns, unsigned int family,
		 const struct rp_route *route, const struct rp_route *out)
{
	struct rp_name name;

	if (route) {
		rp_json_route(b, family, route, false);
		rp_json_gateway(b, family, route);
	}
	if (out)
		rp_json_out(p, b, netns, family, out);
	if (!route && out && out->rt_type)
		rp_json_string(b, "type", rp_names_route_type(out->rt_type, &name));
	if (route)
		rp_json_leg(b, route);
	rp_json_flags(b, route);
}

void rp_json_answer(struct rp_print *p, struct rp_buf *b, const struct rp_decision *d)
{
	if (d->rule)
		rp_json_rule(p, b, &d->rule->rule);
	rp_json_table(p, b, d->table);
	rp_json_way(p, b, d->netns, d->rec->family, d->route,
		    d->rtable ? d->rtable : d->route);
}
