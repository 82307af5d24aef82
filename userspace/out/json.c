// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions as JSON, one object a line, in the words of `ip -j route` and
 * `ip -j rule`.  A key that would have nothing to say is left out.
 */
#include <linux/rtnetlink.h>
#include <netinet/in.h>

#include <jansson.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/addr.h"
#include "lib/names.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/decision.h"
#include "story/pipeline.h"
#include "story/story.h"
#include "why/origin.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"

void rp_json_string(json_t *o, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(o, key, json_string(value));
}

void rp_json_number(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

static void rp_json_nonzero(json_t *o, const char *key, uint64_t value)
{
	if (value)
		rp_json_number(o, key, value);
}

static void rp_json_dev(struct rp_print *p, json_t *o, const char *key,
			uint32_t netns, uint32_t index, const char *name)
{
	struct rp_text dev;

	if (index || name)
		rp_json_string(o, key, rp_format_dev(&dev, p->fib, netns, index, name));
}

void rp_json_netns(struct rp_print *p, json_t *o, uint32_t netns)
{
	json_t *part;

	if (!netns)
		return;
	part = json_object();
	rp_json_number(part, "inode", netns);
	rp_json_string(part, "name", rp_fib_netns(p->fib, netns));
	json_object_set_new(o, "netns", part);
}

void rp_json_family(json_t *o, unsigned int family)
{
	if (family)
		rp_json_string(o, "family", family == AF_INET6 ? "inet6" : "inet");
}

void rp_json_table(struct rp_print *p, json_t *o, uint32_t table)
{
	struct rp_text name;

	if (table)
		rp_json_string(o, "table", rp_format_table(&name, p->fib, table));
}

static void rp_json_ports(json_t *o, const struct rp_flow *flow)
{
	const uint8_t *icmp = (const uint8_t *)&flow->dport;

	if (flow->proto == IPPROTO_ICMP || flow->proto == IPPROTO_ICMPV6) {
		rp_json_number(o, "icmp_type", icmp[0]);
		rp_json_number(o, "icmp_code", icmp[1]);
		return;
	}
	rp_json_nonzero(o, "sport", ntohs(flow->sport));
	rp_json_nonzero(o, "dport", ntohs(flow->dport));
}

json_t *rp_json_flow(struct rp_print *p, unsigned int family, const struct rp_flow *flow,
		     uint32_t netns)
{
	json_t *o = json_object();
	struct rp_text ip;
	struct rp_name name;

	rp_json_string(o, "dst", rp_format_ip(&ip, family, &flow->dst));
	if (!rp_addr_is_any(&flow->src))
		rp_json_string(o, "src", rp_format_ip(&ip, family, &flow->src));
	rp_json_dev(p, o, "oif", netns, flow->oif, NULL);
	rp_json_dev(p, o, "iif", netns, flow->iif, NULL);
	rp_json_dev(p, o, "vrf", netns, flow->l3mdev, NULL);
	rp_json_nonzero(o, "mark", flow->mark);
	if (flow->uid != UINT32_MAX)
		rp_json_number(o, "uid", flow->uid);
	rp_json_nonzero(o, "tos", flow->tos);
	rp_json_nonzero(o, "flowlabel", ntohl(flow->label));
	if (flow->scope != RT_SCOPE_UNIVERSE)
		rp_json_string(o, "scope", rp_names_scope(flow->scope, &name));
	if (flow->proto)
		rp_json_string(o, "ipproto", rp_names_ipproto(flow->proto, &name));
	rp_json_ports(o, flow);
	return o;
}

json_t *rp_json_rule(struct rp_print *p, const struct rp_rule *rule)
{
	json_t *o = json_object();
	struct rp_name name;

	rp_json_number(o, "priority", rule->priority);
	rp_json_string(o, "action", rp_names_action(rule->action, &name));
	rp_json_table(p, o, rule->table);
	if (rule->l3mdev)
		json_object_set_new(o, "l3mdev", json_true());
	if (rule->suppressed)
		json_object_set_new(o, "suppressed", json_true());
	return o;
}

static json_t *rp_json_route(unsigned int family, const struct rp_route *route)
{
	json_t *o = json_object();
	struct rp_text prefix;
	struct rp_name name;

	rp_json_string(o, "type", rp_names_route_type(route->type, &name));
	rp_json_string(o, "dst", rp_format_prefix(&prefix, family, route));
	rp_json_string(o, "protocol", rp_names_protocol(route->protocol, &name));
	rp_json_string(o, "scope", rp_names_scope(route->scope, &name));
	rp_json_nonzero(o, "metric", route->metric);
	if (family != AF_INET6)
		rp_json_nonzero(o, "tos", route->tos);
	rp_json_nonzero(o, "nhid", route->nhid);
	return o;
}

/* "via" has a gateway of another family than the route's, as in `ip -j`. */
static void rp_json_gateway(json_t *o, unsigned int family, const struct rp_route *route)
{
	struct rp_text gw;

	rp_format_gateway(&gw, route);
	if (route->gw_family == AF_INET6 && family != AF_INET6)
		json_object_set_new(o, "via",
				    json_pack("{s:s,s:s}", "family", "inet6",
					      "host", gw.text));
	else
		rp_json_string(o, "gateway", gw.text);
}

static void rp_json_flags(json_t *o, const struct rp_route *route)
{
	json_t *flags = json_array();
	unsigned int pos = 0;
	const char *flag;

	while (route && (flag = rp_names_nh_flag(route->nh_flags, &pos)))
		json_array_append_new(flags, json_string(flag));
	json_object_set_new(o, "flags", flags);
}

void rp_json_way(struct rp_print *p, json_t *o, uint32_t netns, unsigned int family,
		 const struct rp_route *route, const struct rp_route *out)
{
	struct rp_text ip;
	struct rp_name name;

	if (route) {
		json_object_set_new(o, "route", rp_json_route(family, route));
		rp_json_gateway(o, family, route);
	}
	if (out) {
		rp_json_dev(p, o, "dev", netns, out->oif, out->dev);
		if (!rp_addr_is_any(&out->prefsrc))
			rp_json_string(o, "prefsrc",
				       rp_format_ip(&ip, family, &out->prefsrc));
	}
	if (!route && out && out->rt_type)
		rp_json_string(o, "type", rp_names_route_type(out->rt_type, &name));
	if (route && route->nh_count > 1)
		json_object_set_new(o, "leg",
				    json_pack("{s:i,s:i,s:i}",
					      "number", route->nh_sel + 1,
					      "of", route->nh_count,
					      "weight", route->nh_weight));
	rp_json_flags(o, route);
}

void rp_json_answer(struct rp_print *p, json_t *o, const struct rp_decision *d)
{
	if (d->rule)
		json_object_set_new(o, "rule", rp_json_rule(p, &d->rule->rule));
	rp_json_table(p, o, d->table);
	rp_json_way(p, o, d->netns, d->rec->family, d->route,
		    d->rtable ? d->rtable : d->route);
}

/* "drop" with a key of its own for the reason: those are no errnos. */
void rp_json_error(struct rp_print *p, json_t *o, const char *key, int err)
{
	const char *reason = rp_source_reason(p->src, err);
	struct rp_name name;

	if (err <= 0) {
		rp_json_string(o, key, rp_names_error(err, NULL, &name));
		return;
	}
	snprintf(name.text, sizeof(name.text), "%d", err);
	rp_json_string(o, key, "drop");
	rp_json_string(o, "drop_reason", reason ? reason : name.text);
}

json_t *rp_json_icmp(unsigned int family, const struct rp_signal *signal)
{
	json_t *o = json_object();
	struct rp_name name;

	rp_json_number(o, "type", signal->type);
	rp_json_number(o, "code", signal->code);
	rp_json_string(o, "name", rp_names_icmp(family, signal->type, signal->code, &name));
	rp_json_nonzero(o, "mtu", signal->info);
	return o;
}

/* What came with a signal: from whom, and which ICMP error, PMTU or hook */
static void rp_json_signal(json_t *o, const struct rp_record *rec)
{
	struct rp_text ip;
	struct rp_name name;

	if (!(rec->has & RP_HAS_SIGNAL))
		return;
	if (!rp_addr_is_any(&rec->signal.from))
		rp_json_string(o, "from", rp_format_ip(&ip, rec->family, &rec->signal.from));
	if (rec->kind == RP_KIND_NETFILTER)
		rp_json_string(o, "hook", rp_names_hook(rec->signal.hook, &name));
	else if (rec->kind == RP_KIND_EXCEPTION)
		rp_json_nonzero(o, "mtu", rec->signal.info);
	else
		json_object_set_new(o, "icmp", rp_json_icmp(rec->family, &rec->signal));
}

static json_t *rp_json_step(struct rp_print *p, const struct rp_record *rec,
			    uint32_t netns, int depth)
{
	const struct rp_probe *probe = rp_source_probe(p->src, rec->probe);
	const struct rp_route *route = rec->has & RP_HAS_ROUTE ? &rec->route : NULL;
	json_t *o = json_object();
	struct rp_name name;

	rp_json_string(o, "kind", rp_names_kind(rec->kind, &name));
	rp_json_string(o, "probe", probe ? probe->name : NULL);
	rp_json_number(o, "depth", depth);
	rp_json_number(o, "time_ns", rec->time_ns);
	rp_json_number(o, "duration_ns", rec->duration_ns);
	rp_json_string(o, "caller", rp_source_caller(p->src, rec->caller));
	if (rec->has & RP_HAS_FLOW)
		json_object_set_new(o, "flow", rp_json_flow(p, rec->family, &rec->flow, netns));
	if (rec->has & RP_HAS_RULE)
		json_object_set_new(o, "rule", rp_json_rule(p, &rec->rule));
	if (rec->has & RP_HAS_CHANGE)
		rp_json_string(o, "event", rp_names_change(rec->change.op, &name));
	rp_json_signal(o, rec);
	rp_json_table(p, o, rec->route.table);
	if (route)
		rp_json_way(p, o, netns, rec->family, route, route);
	rp_json_string(o, "verdict", rp_names_verdict(rec->verdict, &name));
	if (rec->err && rec->verdict != RP_VERDICT_NEXT)
		rp_json_error(p, o, "error", rec->err);
	return o;
}

static void rp_json_steps(struct rp_print *p, json_t *steps,
			  const struct rp_node *node, uint32_t netns, int depth)
{
	const struct rp_node *inner;

	TAILQ_FOREACH(inner, &node->inner, link) {
		uint32_t its = rp_decision_netns(&inner->rec, netns);

		json_array_append_new(steps, rp_json_step(p, &inner->rec, its, depth));
		rp_json_steps(p, steps, inner, its, depth + 1);
	}
}

static void rp_json_change(struct rp_print *p, json_t *o, const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;
	json_t *flags;
	unsigned int pos = 0;
	struct rp_name name;
	const char *flag;

	if (rec->kind == RP_KIND_RULE_EVENT) {
		rp_json_string(o, "event", rp_names_change(rec->rule.op, &name));
		json_object_set_new(o, "rule", rp_json_rule(p, &rec->rule));
		return;
	}
	flags = json_array();
	rp_json_string(o, "event", rp_names_change(rec->change.op, &name));
	rp_json_table(p, o, rec->route.table);
	if (rp_decision_is_flush(rec))
		rp_json_number(o, "count", rec->change.count);
	else
		rp_json_way(p, o, d->netns, rec->family, &rec->route, &rec->route);
	while ((flag = rp_names_nl_flag(rec->change.nlflags, &pos)))
		json_array_append_new(flags, json_string(flag));
	json_object_set_new(o, "nlflags", flags);
}

static void rp_json_who(struct rp_print *p, json_t *o, const struct rp_decision *d)
{
	const struct rp_record *rec = d->rec;
	char comm[RP_NAME_LEN + 1];
	struct rp_name name;

	rp_json_string(o, "kind", rp_names_kind(rp_decision_kind(rec), &name));
	rp_json_family(o, rec->family);
	rp_json_number(o, "time_ns", rec->time_ns);
	rp_json_number(o, "realtime_ns", rec->time_ns +
		       p->src->session.clock_offset_ns);
	rp_json_number(o, "duration_ns", rec->duration_ns);
	rp_json_number(o, "cpu", rec->cpu);
	rp_json_netns(p, o, d->netns);
	rp_json_string(o, "context", rp_names_context(rec->context, &name));
	if (rec->context == RP_CONTEXT_TASK) {
		rp_util_clean(comm, sizeof(comm), rec->comm, RP_NAME_LEN);
		rp_json_string(o, "comm", comm);
		rp_json_number(o, "pid", rec->tgid);
		rp_json_number(o, "tid", rec->tid);
	}
	rp_json_string(o, "caller", rp_source_caller(p->src, rec->caller));
}

char *rp_json_text(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	json_decref(o);
	return text;
}

void rp_json_add(json_t *o, const char *text)
{
	json_t *part = json_loads(text, 0, NULL);

	json_object_update(o, part);
	json_decref(part);
}

void rp_json_write(struct rp_print *p, json_t *o)
{
	json_dumpf(o, p->out, JSON_COMPACT);
	fputc('\n', p->out);
	json_decref(o);
}

void rp_print_json(struct rp_print *p, const struct rp_decision *d)
{
	json_t *o = json_object(), *steps = json_array();
	struct rp_origin origin;

	rp_json_who(p, o, d);
	if (rp_decision_is_change(d->rec)) {
		rp_json_change(p, o, d);
	} else {
		if (d->flow)
			json_object_set_new(o, "flow", rp_json_flow(p, d->rec->family,
								    d->flow, d->netns));
		rp_json_signal(o, d->rec);
		rp_json_answer(p, o, d);
	}
	if (rp_origin_find(&origin, p->src, d)) {
		rp_json_error(p, o, "verdict", origin.err);
		rp_json_string(o, "origin", rp_origin_name(origin.word));
	} else {
		rp_json_error(p, o, "verdict", d->rec->err);
	}
	json_object_set_new(o, "incomplete", json_boolean(d->node->incomplete));
	rp_json_steps(p, steps, d->node, d->netns, 0);
	json_object_set_new(o, "steps", steps);
	rp_json_write(p, o);
}

void rp_print_json_end(struct rp_print *p, const struct rp_totals *t)
{
	json_t *o = json_object(), *lost = json_object();
	char name[16];
	size_t i;

	for (i = 0; i < p->src->nstreams; i++) {
		snprintf(name, sizeof(name), "cpu%u", p->src->streams[i].cpu);
		rp_json_nonzero(lost, name, p->src->streams[i].lost);
	}
	rp_json_string(o, "kind", "end");
	rp_json_string(o, "recording", p->label);
	rp_json_number(o, "records", rp_source_records(p->src));
	rp_json_number(o, "decisions", t->decisions);
	rp_json_number(o, "shown", t->shown);
	rp_json_number(o, "incomplete", t->incomplete);
	rp_json_number(o, "lost", rp_source_lost(p->src));
	json_object_set_new(o, "lost_by_cpu", lost);
	rp_json_number(o, "missed", t->missed);
	rp_json_number(o, "outside", t->outside);
	rp_json_number(o, "unknown", t->unknown);
	json_object_set_new(o, "damaged", json_boolean(p->src->damaged));
	rp_json_write(p, o);
}
