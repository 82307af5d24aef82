// SPDX-License-Identifier: GPL-2.0
/* Worlds for the model of the FIB, told by lines; see model_world.h. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/ipv6_route.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "lib/names.h"
#include "lib/util.h"
#include "model_world.h"
#include "words/lost.h"

static char *word(char **rest)
{
	char *w;

	while ((w = strsep(rest, " ")) && !*w)
		;
	return w;
}

static uint32_t number(char **rest)
{
	return strtoul(word(rest), NULL, 0);
}

static void prefix(unsigned int family, const char *text, union rp_addr *addr, uint8_t *len)
{
	char copy[64], *slash;

	snprintf(copy, sizeof(copy), "%s", text);
	slash = strchr(copy, '/');
	*len = slash ? (unsigned int)atoi(slash + 1) : rp_addr_bits(family);
	if (slash)
		*slash = '\0';
	rp_addr_parse(addr, family, copy);
}

/* What IPv6 has besides; false: it is none of these words */
static bool route6(const char *w, char **rest, struct rp_record *rec)
{
	struct rp_route *r = &rec->route;

	if (!strcmp(w, "from")) {
		prefix(AF_INET6, word(rest), &rec->flow.src, &r->src_len);
	} else if (!strcmp(w, "pref")) {
		r->rt_flags |= number(rest) << 27;
	} else if (!strcmp(w, "expires")) {
		r->rt_flags |= RTF_EXPIRES;
		rec->change.expires_s = number(rest);
	} else if (!strcmp(w, "advertised")) {
		r->rt_flags |= RTF_ADDRCONF;
		r->protocol = RTPROT_RA;
	} else if (!strcmp(w, "nhid")) {
		r->nhid = number(rest);
	} else {
		return false;
	}
	return true;
}

static struct rp_record route(unsigned int family, char *rest, struct rp_route legs[],
			      size_t *nlegs)
{
	struct rp_record rec = {
		.netns = RP_FAKE_NETNS, .family = family, .has = RP_HAS_ROUTE,
		.route = { .type = RTN_UNICAST, .nh_count = 1 },
	};
	struct rp_route r = rec.route;
	union rp_addr gw;
	char *w;
	size_t i;

	*nlegs = 0;
	r.table = number(&rest);
	prefix(family, word(&rest), &r.dst, &r.dst_len);
	while ((w = word(&rest))) {
		rec.route = r;
		if (family == AF_INET6 && route6(w, &rest, &rec)) {
			r = rec.route;
		} else if (!strcmp(w, "leg")) {
			legs[(*nlegs)++] = r;
			r.gw_family = 0;
			r.oif = 0;
		} else if (!strcmp(w, "via")) {
			r.gw_family = family;
			rp_addr_parse(&gw, family, word(&rest));
			memcpy(r.gw, &gw, sizeof(gw));
		} else if (!strcmp(w, "dev")) {
			r.oif = number(&rest);
		} else if (!strcmp(w, "metric")) {
			r.metric = number(&rest);
		} else if (!strcmp(w, "tos")) {
			r.tos = number(&rest);
		} else if (!strcmp(w, "scope")) {
			r.scope = number(&rest);
		} else if (!strcmp(w, "type")) {
			r.type = rp_names_route_type_value(word(&rest));
		} else if (!strcmp(w, "legs")) {
			r.nh_count = number(&rest);
		}
	}
	legs[(*nlegs)++] = r;
	for (i = 0; i < *nlegs; i++) {
		legs[i].nh_sel = i;
		if (*nlegs > 1)
			legs[i].nh_count = *nlegs;
	}
	rec.route = legs[0];
	return rec;
}

static struct rp_fib_rule rule(unsigned int family, char *rest)
{
	struct rp_fib_rule r;
	char *w;

	memset(&r, 0, sizeof(r));
	r.family = family;
	r.uid_end = UINT32_MAX;
	r.sport_end = UINT32_MAX;
	r.dport_end = UINT32_MAX;
	r.suppress_len = UINT32_MAX;
	r.suppress_group = UINT32_MAX;
	r.rule.priority = number(&rest);
	r.rule.action = rp_names_action_value(word(&rest));
	while ((w = word(&rest))) {
		if (!strcmp(w, "table"))
			r.rule.table = number(&rest);
		else if (!strcmp(w, "not"))
			r.invert = true;
		else if (!strcmp(w, "to"))
			prefix(family, word(&rest), &r.dst, &r.dst_len);
		else if (!strcmp(w, "from"))
			prefix(family, word(&rest), &r.src, &r.src_len);
		else if (!strcmp(w, "mark"))
			r.mark = number(&rest), r.mask = UINT32_MAX;
		else if (!strcmp(w, "mask"))
			r.mask = number(&rest);
		else if (!strcmp(w, "uid"))
			r.uid_start = number(&rest), r.uid_end = r.uid_start;
		else if (!strcmp(w, "dport"))
			r.dport_start = number(&rest), r.dport_end = number(&rest);
		else if (!strcmp(w, "sport"))
			r.sport_start = number(&rest), r.sport_end = number(&rest);
		else if (!strcmp(w, "proto"))
			r.proto = number(&rest);
		else if (!strcmp(w, "tos"))
			r.tos = number(&rest);
		else if (!strcmp(w, "iif"))
			strcpy(r.iif, word(&rest));
		else if (!strcmp(w, "oif"))
			strcpy(r.oif, word(&rest));
		else if (!strcmp(w, "target"))
			r.goto_priority = number(&rest);
		else if (!strcmp(w, "l3mdev"))
			r.rule.l3mdev = 1;
		else if (!strcmp(w, "suppress"))
			r.suppress_len = number(&rest);
		else if (!strcmp(w, "suppress-group"))
			r.suppress_group = number(&rest);
	}
	return r;
}

static struct rp_record record(struct world *w, unsigned int kind, uint64_t time_ns)
{
	struct rp_record rec = rp_fake_record(kind, time_ns, time_ns);

	rec.seq = ++w->seq;
	rec.family = w->family;
	return rec;
}

static void add_event(struct world *w, uint64_t time_ns, unsigned int op, char *rest,
		      const struct rp_record *root, bool told, unsigned int nlflags)
{
	struct rp_route legs[4];
	struct rp_record rec, request, its;
	size_t n;

	rec = record(w, RP_KIND_EVENT, time_ns);
	request = root ? *root : record(w, RP_KIND_CHANGE, time_ns);
	its = route(w->family, rest, legs, &n);
	rec.route = its.route;
	rec.flow.src = its.flow.src;
	rec.change = its.change;
	rec.change.op = op;
	rec.change.nlflags = nlflags;
	if (root) {
		rp_model_event(&w->model, &rec, NULL, root);
		return;
	}
	request.change = rec.change;
	request.route = rec.route;
	request.flow.src = rec.flow.src;
	/* "via" without "dev": the kernel looks up by which device that is, and tells. */
	if (told && rec.route.gw_family)
		request.route.oif = 0;
	if (told)
		rp_model_event(&w->model, &rec, &request, &request);
	rp_model_request(&w->model, &request, &request);
}

static void add_rule_event(struct world *w, uint64_t time_ns, unsigned int op, char *rest)
{
	struct rp_record rec = record(w, RP_KIND_RULE_EVENT, time_ns);
	struct rp_fib_rule r = rule(w->family, rest);

	rec.rule = r.rule;
	rec.rule.op = op;
	rec.flow.mark = r.mark;
	rec.flow.proto = r.proto;
	if (r.dport_start == r.dport_end)
		rec.flow.dport = htons(r.dport_start);
	rp_model_rule_event(&w->model, &rec);
}

static struct rp_record add_link_event(struct world *w, uint64_t time_ns, char **rest,
				       unsigned int family)
{
	static const struct { const char *name; unsigned int op; } ops[] = {
		{ "up", RP_CHANGE_UP }, { "down", RP_CHANGE_DOWN }, { "del", RP_CHANGE_DELETE },
		{ "carrier-up", RP_CHANGE_CARRIER_UP }, { "carrier-down", RP_CHANGE_CARRIER_DOWN },
	};
	struct rp_record rec = record(w, RP_KIND_LINK_EVENT, time_ns);
	const char *op;
	size_t i;

	rec.family = family;
	rec.route.oif = number(rest);
	op = word(rest);
	for (i = 0; i < RP_ARRAY_SIZE(ops); i++)
		if (!strcmp(op, ops[i].name))
			rec.change.op = ops[i].op;
	if (!strcmp(op, "master")) {
		rec.change.op = RP_CHANGE_MASTER;
		rec.change.count = number(rest);
	}
	rp_model_link_event(&w->model, &rec, &rec);
	return rec;
}

/* "INDEX add|del ADDRESS/LEN": and its routes, local and of its network, come or go inside. */
static void add_address(struct world *w, uint64_t time_ns, char *rest)
{
	struct rp_record rec = record(w, RP_KIND_ADDR_EVENT, time_ns), event;
	uint8_t len;

	rec.duration_ns = 10;
	rec.route.oif = number(&rest);
	rec.change.op = !strcmp(word(&rest), "add") ? RP_CHANGE_INSERT : RP_CHANGE_DELETE;
	prefix(w->family, word(&rest), &rec.route.prefsrc, &len);
	event = record(w, RP_KIND_EVENT, time_ns + 2);
	event.change.op = rec.change.op;
	event.route = (struct rp_route) {
		.table = RT_TABLE_LOCAL, .dst = rec.route.prefsrc, .oif = rec.route.oif,
		.dst_len = rp_addr_bits(w->family), .type = RTN_LOCAL, .nh_count = 1,
		.scope = RT_SCOPE_HOST,
	};
	rp_model_event(&w->model, &event, NULL, &rec);
	event.route.table = RT_TABLE_MAIN;
	event.route.type = RTN_UNICAST;
	event.route.scope = RT_SCOPE_LINK;
	event.route.dst = rp_addr_prefix(&rec.route.prefsrc, len);
	event.route.dst_len = len;
	rp_model_event(&w->model, &event, NULL, &rec);
	rp_model_addr_event(&w->model, &rec, &rec);
}

static void add_flood(struct world *w, uint64_t time_ns, char *rest)
{
	struct rp_record rec = record(w, RP_KIND_LINK_EVENT, time_ns);

	rec.family = AF_INET6;
	rec.route.oif = number(&rest);
	rec.change.op = RP_CHANGE_DOWN;
	rec.change.count = 1000;
	rp_model_link_event(&w->model, &rec, &rec);
}

static void add_refused(struct world *w, uint64_t time_ns, char *rest)
{
	struct rp_record rec = record(w, RP_KIND_CHANGE, time_ns), its;
	struct rp_route legs[4];
	size_t n;

	its = route(w->family, rest, legs, &n);
	rec.route = its.route;
	rec.flow.src = its.flow.src;
	rec.change = its.change;
	rec.change.op = RP_CHANGE_INSERT;
	rec.err = -EEXIST;
	rp_model_request(&w->model, &rec, &rec);
}

/* "GATEWAY INDEX LIFETIME": a router tells of itself. */
static void add_advertisement(struct world *w, uint64_t time_ns, char *rest)
{
	struct rp_record rec = record(w, RP_KIND_RA_EVENT, time_ns);
	union rp_addr gw;

	rp_addr_parse(&gw, AF_INET6, word(&rest));
	memcpy(rec.route.gw, &gw, sizeof(gw));
	rec.route.gw_family = AF_INET6;
	rec.route.oif = number(&rest);
	rec.change.op = RP_CHANGE_ADVERTISE;
	rec.change.expires_s = number(&rest);
	rp_model_advertised(&w->model, &rec);
}

static void add_change(struct world *w, char *rest)
{
	uint64_t time_ns = strtoull(word(&rest), NULL, 0);
	char *op = word(&rest), *what = op;
	bool append = !strcmp(op, "append"), replace = !strcmp(op, "replace");
	bool prepend = !strcmp(op, "prepend");
	bool add = !strcmp(op, "add") || !strcmp(op, "ask-add") || append || replace || prepend;
	struct rp_record root;

	if (!strcmp(op, "in")) {
		word(&rest);
		root = add_link_event(w, time_ns, &rest, w->family == AF_INET6 ? AF_INET6 : 0);
		word(&rest);
		word(&rest);
		add_event(w, time_ns, RP_CHANGE_DELETE, rest, &root, true, 0);
		return;
	}
	if (!strcmp(op, "link")) {
		add_link_event(w, time_ns, &rest, 0);
		return;
	}
	if (!strcmp(op, "addr")) {
		add_address(w, time_ns, rest);
		return;
	}
	if (!strcmp(op, "flood")) {
		add_flood(w, time_ns, rest);
		return;
	}
	if (!strcmp(op, "advertisement")) {
		add_advertisement(w, time_ns, rest);
		return;
	}
	if (!strcmp(op, "object")) {
		root = record(w, RP_KIND_NEXTHOP_EVENT, time_ns);
		root.route.nhid = number(&rest);
		root.change.op = RP_CHANGE_INSERT;
		rp_model_nexthop_event(&w->model, &root);
		return;
	}
	if (!strcmp(op, "first")) {
		word(&rest);
		root = record(w, RP_KIND_CHANGE, time_ns);
		root.change.op = RP_CHANGE_DELETE;
		add_event(w, time_ns, RP_CHANGE_INSERT, rest, &root, true, 0);
		return;
	}
	what = word(&rest);
	if (!strcmp(op, "refused"))
		add_refused(w, time_ns, rest);
	else if (!strcmp(what, "rule"))
		add_rule_event(w, time_ns, add ? RP_CHANGE_INSERT : RP_CHANGE_DELETE, rest);
	else
		add_event(w, time_ns, add ? RP_CHANGE_INSERT : RP_CHANGE_DELETE, rest, NULL,
			  strncmp(op, "ask", 3) && (!append || w->family == AF_INET6),
			  append ? NLM_F_CREATE | NLM_F_APPEND :
			  replace ? NLM_F_CREATE | NLM_F_REPLACE :
			  prepend ? NLM_F_CREATE : add ? NLM_F_CREATE | NLM_F_EXCL : 0);
}

static void add_link(struct world *w, char *rest)
{
	struct rp_fib_link link = { .flags = IFF_UP | IFF_RUNNING };
	char *what;

	link.index = number(&rest);
	strcpy(link.name, word(&rest));
	while ((what = word(&rest))) {
		if (!strcmp(what, "down"))
			link.flags = 0;
		else if (!strcmp(what, "nocarrier"))
			link.flags = IFF_UP;
		else if (!strcmp(what, "group"))
			link.group = number(&rest);
		else if (!strcmp(what, "vrf"))
			link.vrf_table = number(&rest);
	}
	rp_fib_name_link(&w->fib, RP_FAKE_NETNS, link.index, link.name);
	rp_model_know_link(&w->model, RP_FAKE_NETNS, &link);
}

static void know_rule(struct world *w, const char *text, bool end)
{
	char copy[128];
	struct rp_fib_rule r;

	snprintf(copy, sizeof(copy), "%s", text);
	r = rule(w->family, copy);
	rp_model_know_rule(&w->model, RP_FAKE_NETNS, &r, end);
	w->rules = true;
}

static void add_line(struct world *w, char *line)
{
	struct rp_route legs[4];
	char *rest = line, *what = word(&rest);
	struct rp_record rec;
	size_t n, i;

	if (!what)
		return;
	if (*what == '@') {
		rest = line + (what - line) + 1;
		what[strlen(what)] = ' ';
		add_change(w, rest);
	} else if (!strcmp(what, "link")) {
		add_link(w, rest);
	} else if (!strcmp(what, "rule") || !strcmp(what, "late-rule")) {
		know_rule(w, rest, *what == 'l');
	} else if (!strcmp(what, "route")) {
		rec = route(w->family, rest, legs, &n);
		for (i = 0; i < n; i++) {
			rec.route = legs[i];
			rp_model_know_route(&w->model, &rec);
		}
	}
}

void make_world(struct world *w, unsigned int family, const char *text, uint64_t snapshot_ns)
{
	char *copy = strdup(text), *rest = copy, *line;

	memset(w, 0, sizeof(*w));
	w->family = family;
	rp_fib_init(&w->fib);
	rp_model_init(&w->model, &w->fib);
	w->model.snapshot = true;
	w->model.snapshot_ns = snapshot_ns;
	if (!strstr(text, "\nrule ") && strncmp(text, "rule ", 5)) {
		know_rule(w, "0 to_tbl table 255", false);
		know_rule(w, "32766 to_tbl table 254", false);
		if (family == AF_INET)
			know_rule(w, "32767 to_tbl table 253", false);
	}
	while ((line = strsep(&rest, "\n")))
		add_line(w, line);
	free(copy);
}

void end_world(struct world *w)
{
	rp_model_exit(&w->model);
	rp_fib_exit(&w->fib);
}

/* "dst 10.0.0.1 mark 2 at 150 undo 3", of records by their numbers */
static struct rp_model_query ask(const struct world *world, char *rest, struct rp_flow *flow,
				 uint64_t undo[8], struct rp_rule *matched)
{
	struct rp_model_query q = { .netns = RP_FAKE_NETNS, .family = world->family, .flow = flow,
				    .at_ns = UINT64_MAX, .undo = undo, .matched = matched };
	char *w;

	*flow = (struct rp_flow) { .iif = 1, .proto = IPPROTO_UDP, .dport = htons(53) };
	while ((w = word(&rest))) {
		if (!strcmp(w, "dst"))
			rp_addr_parse(&flow->dst, q.family, word(&rest));
		else if (!strcmp(w, "src"))
			rp_addr_parse(&flow->src, q.family, word(&rest));
		else if (!strcmp(w, "mark"))
			flow->mark = number(&rest);
		else if (!strcmp(w, "uid"))
			flow->uid = number(&rest);
		else if (!strcmp(w, "tos"))
			flow->tos = number(&rest);
		else if (!strcmp(w, "scope"))
			flow->scope = number(&rest);
		else if (!strcmp(w, "oif"))
			flow->oif = number(&rest);
		else if (!strcmp(w, "iif"))
			flow->iif = number(&rest);
		else if (!strcmp(w, "vrf"))
			flow->l3mdev = number(&rest);
		else if (!strcmp(w, "sport"))
			flow->sport = htons(number(&rest));
		else if (!strcmp(w, "at"))
			q.at_ns = strtoull(word(&rest), NULL, 0);
		else if (!strcmp(w, "undo"))
			undo[q.nundo++] = number(&rest);
		else if (!strcmp(w, "linkdown"))
			q.ignore_linkdown = true;
		else if (!strcmp(w, "ageless"))
			q.ageless = true;
		else if (!strcmp(w, "unmerged"))
			q.unmerged = true;
		else if (!strcmp(w, "matched"))
			*matched = (struct rp_rule) { .priority = number(&rest),
				.table = number(&rest), .action = FR_ACT_TO_TBL }, q.nmatched = 1;
		else if (!strcmp(w, "walked"))
			q.walked = true, q.walked_to = number(&rest);
	}
	return q;
}

/* "found 254 10.0.0.0/8 via 10.0.1.2 dev 7, dev 8 rule 100" */
static void tell(const struct rp_model_answer *a, unsigned int family, char *text, size_t size)
{
	static const char *const words[] = {
		"unknown", "found", "none", "rejects", "rule rejects",
	};
	struct rp_addr_text addr;
	union rp_addr gw;
	unsigned int i;
	FILE *f = fmemopen(text, size, "w");

	fprintf(f, "%s", words[a->word]);
	if (a->word == RP_MODEL_ROUTE_REJECTS || a->word == RP_MODEL_RULE_REJECTS)
		fprintf(f, " %d", -a->err);
	if (a->word == RP_MODEL_FOUND || a->word == RP_MODEL_ROUTE_REJECTS)
		fprintf(f, " %u %s/%u", a->table, rp_addr_format(&addr, &a->route.dst, family),
			a->route.dst_len);
	for (i = 0; i < a->nhops; i++) {
		fprintf(f, "%s", i ? "," : "");
		if (a->hops[i].gw_family) {
			memcpy(&gw, a->hops[i].gw, sizeof(gw));
			fprintf(f, " via %s", rp_addr_format(&addr, &gw, family));
		}
		fprintf(f, " dev %u", a->hops[i].oif);
	}
	if (a->by_neighbour)
		fprintf(f, " by neighbour");
	if (a->rule && a->word != RP_MODEL_NONE)
		fprintf(f, " rule %u", a->rule->rule.priority);
	fclose(f);
}

static void tell_losers(struct rp_model *m, const struct rp_model_query *q,
			const struct rp_model_answer *a, char *text)
{
	struct rp_model_loser losers[RP_MODEL_LOSERS];
	size_t n = rp_model_losers(m, q, a, losers), i;
	struct rp_addr_text addr;

	for (i = 0; i < n; i++)
		text += sprintf(text, "%s%s/%u dev %u: %s", i ? ", " : "",
				rp_addr_format(&addr, &losers[i].route.dst, q->family),
				losers[i].route.dst_len, losers[i].route.oif,
				rp_lost_name(losers[i].by));
	*text = '\0';
}

static void ask_in_world(unsigned int family, const char *text, const char *flow,
			 uint64_t snapshot_ns, bool losers, char answer[WORLD_ANSWER_LEN])
{
	struct rp_model_answer a;
	struct rp_model_query q;
	struct rp_rule matched;
	struct rp_flow its;
	struct world w;
	uint64_t undo[8];
	char *asked = strdup(flow);

	make_world(&w, family, text, snapshot_ns);
	q = ask(&w, asked, &its, undo, &matched);
	rp_model_lookup(&w.model, &q, &a);
	if (losers)
		tell_losers(&w.model, &q, &a, answer);
	else
		tell(&a, family, answer, WORLD_ANSWER_LEN);
	end_world(&w);
	free(asked);
}

void ask_world(unsigned int family, const char *text, const char *flow, uint64_t snapshot_ns,
	       char answer[WORLD_ANSWER_LEN])
{
	ask_in_world(family, text, flow, snapshot_ns, false, answer);
}

void ask_losers(unsigned int family, const char *text, const char *flow, uint64_t snapshot_ns,
		char answer[WORLD_ANSWER_LEN])
{
	ask_in_world(family, text, flow, snapshot_ns, true, answer);
}
