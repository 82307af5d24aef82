// SPDX-License-Identifier: GPL-2.0
/* The model of the FIB: what the kernel answers, over a snapshot and the changes since. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "fib/config.h"
#include "fib/model.h"
#include "fib/names.h"
#include "lib/addr.h"
#include "lib/names.h"
#include "lib/util.h"

#define SNAPSHOT_NS	100

/*
 * A world is told by lines:
 *
 *	link INDEX NAME [down] [nocarrier] [group N] [vrf TABLE]
 *	rule PRIORITY ACTION [TABLE] [WORD VALUE]...     of the snapshot, as `ip rule` has it
 *	late-rule ...                                    of the snapshot at the end
 *	route TABLE PREFIX [WORD VALUE]...               of the snapshot; "leg" begins another
 *	@TIME add|del route ...                          an event inside a request
 *	@TIME ask-add|ask-del|append route ...           a request without an event
 *	@TIME replace route ...                          an event inside a request to replace
 *	@TIME prepend route ...                          and inside one to prepend
 *	@TIME add|del rule ...
 *	@TIME link INDEX OP                              up, down, del, carrier-down, carrier-up
 *	@TIME in link INDEX OP del route ...             what came of it
 *
 * Without a line "rule" the namespace has the three default ones.
 */
struct world {
	struct rp_fib fib;
	struct rp_model model;
	uint64_t seq;
	bool rules;
};

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

static void prefix(const char *text, union rp_addr *addr, uint8_t *len)
{
	char copy[64], *slash;

	snprintf(copy, sizeof(copy), "%s", text);
	slash = strchr(copy, '/');
	*len = slash ? atoi(slash + 1) : 32;
	if (slash)
		*slash = '\0';
	rp_addr_parse(addr, AF_INET, copy);
}

static struct rp_route route(char *rest, struct rp_route legs[], size_t *nlegs)
{
	struct rp_route r = { .type = RTN_UNICAST, .nh_count = 1 };
	char *w;
	size_t i;

	*nlegs = 0;
	r.table = number(&rest);
	prefix(word(&rest), &r.dst, &r.dst_len);
	while ((w = word(&rest))) {
		if (!strcmp(w, "leg")) {
			legs[(*nlegs)++] = r;
			r.gw_family = 0;
			r.oif = 0;
		} else if (!strcmp(w, "via")) {
			r.gw_family = AF_INET;
			inet_pton(AF_INET, word(&rest), r.gw);
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
	return legs[0];
}

static struct rp_fib_rule rule(char *rest)
{
	struct rp_fib_rule r;
	char *w;

	memset(&r, 0, sizeof(r));
	r.family = AF_INET;
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
			prefix(word(&rest), &r.dst, &r.dst_len);
		else if (!strcmp(w, "from"))
			prefix(word(&rest), &r.src, &r.src_len);
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
	return rec;
}

static void add_event(struct world *w, uint64_t time_ns, unsigned int op, char *rest,
		      const struct rp_record *root, bool told, unsigned int nlflags)
{
	struct rp_route legs[4];
	struct rp_record rec, request;
	size_t n;

	rec = record(w, RP_KIND_EVENT, time_ns);
	request = root ? *root : record(w, RP_KIND_CHANGE, time_ns);
	rec.change.op = op;
	rec.route = route(rest, legs, &n);
	if (root) {
		rp_model_event(&w->model, &rec, NULL, root);
		return;
	}
	request.change.op = op;
	request.change.nlflags = nlflags;
	request.route = rec.route;
	if (told)
		rp_model_event(&w->model, &rec, &request, &request);
	rp_model_request(&w->model, &request, &request);
}

static void add_rule_event(struct world *w, uint64_t time_ns, unsigned int op, char *rest)
{
	struct rp_record rec = record(w, RP_KIND_RULE_EVENT, time_ns);
	struct rp_fib_rule r = rule(rest);

	rec.rule = r.rule;
	rec.rule.op = op;
	rec.flow.mark = r.mark;
	rec.flow.proto = r.proto;
	if (r.dport_start == r.dport_end)
		rec.flow.dport = htons(r.dport_start);
	rp_model_rule_event(&w->model, &rec);
}

static struct rp_record add_link_event(struct world *w, uint64_t time_ns, char **rest)
{
	static const struct { const char *name; unsigned int op; } ops[] = {
		{ "up", RP_CHANGE_UP }, { "down", RP_CHANGE_DOWN }, { "del", RP_CHANGE_DELETE },
		{ "carrier-up", RP_CHANGE_CARRIER_UP }, { "carrier-down", RP_CHANGE_CARRIER_DOWN },
	};
	struct rp_record rec = record(w, RP_KIND_LINK_EVENT, time_ns);
	const char *op;
	size_t i;

	rec.route.oif = number(rest);
	op = word(rest);
	for (i = 0; i < RP_ARRAY_SIZE(ops); i++)
		if (!strcmp(op, ops[i].name))
			rec.change.op = ops[i].op;
	rp_model_link_event(&w->model, &rec, &rec);
	return rec;
}

static void add_change(struct world *w, char *rest)
{
	uint64_t time_ns = number(&rest);
	char *op = word(&rest), *what = op;
	bool append = !strcmp(op, "append"), replace = !strcmp(op, "replace");
	bool prepend = !strcmp(op, "prepend");
	bool add = !strcmp(op, "add") || !strcmp(op, "ask-add") || append || replace || prepend;
	struct rp_record root;

	if (!strcmp(op, "in")) {
		word(&rest);
		root = add_link_event(w, time_ns, &rest);
		word(&rest);
		word(&rest);
		add_event(w, time_ns, RP_CHANGE_DELETE, rest, &root, true, 0);
		return;
	}
	if (!strcmp(op, "link")) {
		add_link_event(w, time_ns, &rest);
		return;
	}
	what = word(&rest);
	if (!strcmp(what, "rule"))
		add_rule_event(w, time_ns, add ? RP_CHANGE_INSERT : RP_CHANGE_DELETE, rest);
	else
		add_event(w, time_ns, add ? RP_CHANGE_INSERT : RP_CHANGE_DELETE, rest, NULL,
			  strncmp(op, "ask", 3) && !append,
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
	rp_map_set(&w->fib.links, (uint64_t)RP_FAKE_NETNS << 32 | link.index, link.name);
	rp_model_know_link(&w->model, RP_FAKE_NETNS, &link);
}

static void know_rule(struct world *w, const char *text, bool end)
{
	char copy[128];
	struct rp_fib_rule r;

	snprintf(copy, sizeof(copy), "%s", text);
	r = rule(copy);
	rp_model_know_rule(&w->model, RP_FAKE_NETNS, &r, end);
	w->rules = true;
}

static void add_line(struct world *w, char *line)
{
	struct rp_route legs[4];
	char *rest = line, *what = word(&rest);
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
		route(rest, legs, &n);
		for (i = 0; i < n; i++)
			rp_model_know_route(&w->model, &(struct rp_record) {
				.netns = RP_FAKE_NETNS, .family = AF_INET, .route = legs[i],
			});
	}
}

static void make(struct world *w, const char *text, uint64_t snapshot_ns)
{
	char *copy = strdup(text), *rest = copy, *line;

	memset(w, 0, sizeof(*w));
	rp_fib_init(&w->fib);
	rp_model_init(&w->model, &w->fib);
	w->model.snapshot = true;
	w->model.snapshot_ns = snapshot_ns;
	if (!strstr(text, "\nrule ") && strncmp(text, "rule ", 5)) {
		know_rule(w, "0 to_tbl table 255", false);
		know_rule(w, "32766 to_tbl table 254", false);
		know_rule(w, "32767 to_tbl table 253", false);
	}
	while ((line = strsep(&rest, "\n")))
		add_line(w, line);
	free(copy);
}

static void unmake(struct world *w)
{
	rp_model_exit(&w->model);
	rp_fib_exit(&w->fib);
}

/* "dst 10.0.0.1 mark 2 at 150 undo 3", of records by their numbers */
static struct rp_model_query ask(char *rest, struct rp_flow *flow, uint64_t undo[8],
				 struct rp_rule *matched)
{
	struct rp_model_query q = { .netns = RP_FAKE_NETNS, .family = AF_INET, .flow = flow,
				    .at_ns = UINT64_MAX, .undo = undo, .matched = matched };
	char *w;

	*flow = (struct rp_flow) { .iif = 1, .proto = IPPROTO_UDP, .dport = htons(53) };
	while ((w = word(&rest))) {
		if (!strcmp(w, "dst"))
			rp_addr_parse(&flow->dst, AF_INET, word(&rest));
		else if (!strcmp(w, "src"))
			rp_addr_parse(&flow->src, AF_INET, word(&rest));
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
			q.at_ns = number(&rest);
		else if (!strcmp(w, "undo"))
			undo[q.nundo++] = number(&rest);
		else if (!strcmp(w, "linkdown"))
			q.ignore_linkdown = true;
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
static void tell(const struct rp_model_answer *a, char *text, size_t size)
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
		fprintf(f, " %u %s/%u", a->table, rp_addr_format(&addr, &a->route.dst, AF_INET),
			a->route.dst_len);
	for (i = 0; i < a->nhops; i++) {
		fprintf(f, "%s", i ? "," : "");
		if (a->hops[i].gw_family) {
			memcpy(&gw, a->hops[i].gw, sizeof(gw));
			fprintf(f, " via %s", rp_addr_format(&addr, &gw, AF_INET));
		}
		fprintf(f, " dev %u", a->hops[i].oif);
	}
	if (a->rule && a->word != RP_MODEL_NONE)
		fprintf(f, " rule %u", a->rule->rule.priority);
	fclose(f);
}

struct row {
	const char *world, *flow, *expected;
};

static void run_row(struct __test_metadata *_metadata, const struct row *row,
		    uint64_t snapshot_ns)
{
	struct rp_model_answer a;
	struct rp_model_query q;
	struct rp_rule matched;
	struct rp_flow flow;
	struct world w;
	uint64_t undo[8];
	char text[256], *asked = strdup(row->flow);

	make(&w, row->world, snapshot_ns);
	q = ask(asked, &flow, undo, &matched);
	rp_model_lookup(&w.model, &q, &a);
	tell(&a, text, sizeof(text));
	EXPECT_STREQ(row->expected, text) TH_LOG("%s\n%s", row->world, row->flow);
	unmake(&w);
	free(asked);
}

#define RUN_ROWS(rows, ns) do {						\
	size_t i_;							\
									\
	for (i_ = 0; i_ < RP_ARRAY_SIZE(rows); i_++)			\
		run_row(_metadata, &(rows)[i_], (ns));			\
} while (0)

#define RULES	"rule 0 to_tbl table 255\nrule 32766 to_tbl table 254\nrule 32767 to_tbl table 253\n"
#define NETS	"link 7 ha\nlink 8 hb\n"					\
		"route 255 10.0.1.1 type local dev 7\nroute 254 10.0.1.0/24 dev 7 scope 253\n"

TEST(tables)
{
	static const struct row rows[] = {
		{ NETS, "dst 10.0.1.2", "found 254 10.0.1.0/24 dev 7" },
		{ NETS, "dst 10.0.1.1", "found 255 10.0.1.1/32 dev 7" },
		{ NETS, "dst 192.0.2.1", "none" },
		{ NETS "route 254 0.0.0.0/0 via 10.0.1.2 dev 7\nroute 254 192.0.2.0/24 via 10.0.1.3 dev 7",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 via 10.0.1.3 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7 metric 20\nroute 254 192.0.2.0/24 dev 8 metric 10",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 tos 8",
		  "dst 192.0.2.1 tos 8", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 tos 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 via 10.0.1.2 dev 7",
		  "dst 192.0.2.1 scope 253", "none" },
		{ NETS, "dst 10.0.1.2 scope 253", "found 254 10.0.1.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7 metric 1\nroute 254 192.0.2.0/24 dev 8 metric 2",
		  "dst 192.0.2.1 oif 8", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 via 10.0.1.2 dev 7 leg via 10.0.2.2 dev 8",
		  "dst 192.0.2.1",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7, via 10.0.2.2 dev 8" },
		{ NETS "route 254 192.0.2.0/24 via 10.0.1.2 dev 7 leg via 10.0.2.2 dev 8",
		  "dst 192.0.2.1 oif 8", "found 254 192.0.2.0/24 via 10.0.2.2 dev 8" },
	};

	RUN_ROWS(rows, SNAPSHOT_NS);
}

TEST(refusals)
{
	static const struct row rows[] = {
		{ NETS "route 254 192.0.2.0/24 type unreachable", "dst 192.0.2.1",
		  "rejects 113 254 192.0.2.0/24" },
		{ NETS "route 254 192.0.2.0/24 type prohibit", "dst 192.0.2.1",
		  "rejects 13 254 192.0.2.0/24" },
		{ NETS "route 254 192.0.2.0/24 type blackhole", "dst 192.0.2.1",
		  "rejects 22 254 192.0.2.0/24" },
		{ NETS "route 254 0.0.0.0/0 dev 7\nroute 254 192.0.2.0/24 type throw",
		  "dst 192.0.2.1", "none" },
		{ NETS RULES "rule 100 to_tbl table 100\nroute 254 0.0.0.0/0 dev 8\nroute 100 192.0.2.0/24 type throw\nroute 100 0.0.0.0/0 dev 7",
		  "dst 192.0.2.1", "found 254 0.0.0.0/0 dev 8 rule 32766" },
		{ NETS RULES "rule 100 unreachable", "dst 192.0.2.1", "rule rejects 101 rule 100" },
		{ NETS RULES "rule 100 prohibit", "dst 192.0.2.1", "rule rejects 13 rule 100" },
		{ NETS RULES "rule 100 blackhole", "dst 192.0.2.1", "rule rejects 22 rule 100" },
		{ NETS RULES "rule 100 blackhole",
		  "dst 10.0.1.1", "found 255 10.0.1.1/32 dev 7 rule 0" },
		/* the table default answers last, and its answer counts */
		{ NETS "route 254 192.0.2.0/24 type unreachable\nroute 253 0.0.0.0/0 dev 8",
		  "dst 192.0.2.1", "found 253 0.0.0.0/0 dev 8" },
		/* with rules of its own a namespace asks local before main, whatever is longer */
		{ "link 7 ha\nroute 255 127.0.0.0/8 type local dev 7\nroute 254 127.0.0.5 type blackhole",
		  "dst 127.0.0.5", "rejects 22 254 127.0.0.5/32" },
		{ "link 7 ha\nroute 255 127.0.0.0/8 type local dev 7\nroute 254 127.0.0.5 type blackhole",
		  "dst 127.0.0.5 unmerged", "found 255 127.0.0.0/8 dev 7 rule 0" },
	};

	RUN_ROWS(rows, SNAPSHOT_NS);
}

/* The second of two of one metric is left. */
#define HOLE	"route 254 192.0.2.0/24 dev 7\n"					\
		"@200 append route 254 192.0.2.0/24 type prohibit\n"		\
		"@300 ask-del route 254 192.0.2.0/24 dev 7\n"			\
		"@300 add route 254 192.0.2.0/24 type prohibit\n"
#define TWO	NETS RULES "route 254 0.0.0.0/0 dev 7\nroute 100 0.0.0.0/0 dev 8\n"
#define MAIN	"found 254 0.0.0.0/0 dev 7 rule 32766"
#define OTHER	"found 100 0.0.0.0/0 dev 8 rule 100"

TEST(selectors)
{
	static const struct row rows[] = {
		{ TWO "rule 100 to_tbl table 100 mark 2", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 mark 2", "dst 192.0.2.1 mark 2", OTHER },
		{ TWO "rule 100 to_tbl table 100 mark 2 mask 0xff",
		  "dst 192.0.2.1 mark 0x702", OTHER },
		{ TWO "rule 100 to_tbl table 100 not mark 2", "dst 192.0.2.1 mark 2", MAIN },
		{ TWO "rule 100 to_tbl table 100 not mark 2", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 uid 1000", "dst 192.0.2.1 uid 1001", MAIN },
		{ TWO "rule 100 to_tbl table 100 uid 1000", "dst 192.0.2.1 uid 1000", OTHER },
		{ TWO "rule 100 to_tbl table 100 to 192.0.2.0/24", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 to 192.0.3.0/24", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24",
		  "dst 192.0.2.1 src 10.0.1.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 tos 0x10", "dst 192.0.2.1 tos 0x10", OTHER },
		{ TWO "rule 100 to_tbl table 100 tos 0x10", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 proto 6", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 proto 17", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 dport 50 60", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 dport 54 60", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 sport 7 7", "dst 192.0.2.1 sport 7", OTHER },
		{ TWO "rule 100 to_tbl table 100 iif ha", "dst 192.0.2.1 iif 7", OTHER },
		{ TWO "rule 100 to_tbl table 100 iif lo", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 iif hb", "dst 192.0.2.1 iif 7", MAIN },
		{ TWO "rule 100 to_tbl table 100 oif hb", "dst 192.0.2.1 oif 8", OTHER },
		{ TWO "rule 100 to_tbl table 100 oif hb", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 77", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100\nrule 90 nop", "dst 192.0.2.1", OTHER },
		{ TWO "rule 90 goto target 110\nrule 100 to_tbl table 100\nrule 110 to_tbl table 254",
		  "dst 192.0.2.1", "found 254 0.0.0.0/0 dev 7 rule 110" },
		{ TWO "rule 90 goto target 111\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 suppress 0", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 suppress 0\nroute 100 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 100 192.0.2.0/24 dev 8 rule 100" },
		{ TWO "link 9 hc group 5\nroute 101 0.0.0.0/0 dev 9\nrule 99 to_tbl table 101 suppress-group 5\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 0 l3mdev\nlink 20 red vrf 100",
		  "dst 192.0.2.1 vrf 20 oif 20", OTHER },
		{ TWO "rule 100 to_tbl table 0 l3mdev\nlink 20 red vrf 100",
		  "dst 192.0.2.1", MAIN },
	};

	RUN_ROWS(rows, SNAPSHOT_NS);
}

/* Records are numbered from 1: of an event inside a request the request is one more. */
TEST(changes)
{
	static const struct row rows[] = {
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1 at 150", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1 undo 2", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "@200 add route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "@200 add route 254 192.0.2.0/24 dev 8", "dst 192.0.2.1 undo 2", "none" },
		/* without a change some after it would have been refused */
		{ NETS "route 254 0.0.0.0/0 via 10.0.1.2 dev 7\n@200 replace route 254 0.0.0.0/0 via 10.0.2.2 dev 8\n@300 del route 254 0.0.0.0/0 via 10.0.2.2 dev 8",
		  "dst 192.0.2.1 undo 2", "found 254 0.0.0.0/0 via 10.0.1.2 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7\n@300 add route 254 192.0.2.0/24 type unreachable",
		  "dst 192.0.2.1 undo 2", "found 254 192.0.2.0/24 dev 7" },
		/* what stands behind another has no event, and is found when that goes */
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 ask-add route 254 192.0.2.0/24 dev 8 metric 9",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 ask-add route 254 192.0.2.0/24 dev 8 metric 9\n@300 ask-del route 254 192.0.2.0/24 dev 7\n@300 add route 254 192.0.2.0/24 dev 8 metric 9",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 metric 9\n@200 ask-del route 254 192.0.2.0/24 metric 9",
		  "dst 192.0.2.1 oif 8", "none" },
		{ NETS "@200 add route 254 192.0.2.0/24 legs 2 via 10.0.1.2 dev 7",
		  "dst 192.0.2.1 oif 8", "unknown" },
		/* what was appended stays behind what was there, also when others went */
		{ NETS HOLE "@400 append route 254 192.0.2.0/24 type blackhole",
		  "dst 192.0.2.1", "rejects 13 254 192.0.2.0/24" },
		/* and is what a request to replace means */
		{ NETS HOLE "@400 replace route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS HOLE "@400 replace route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 oif 7", "none" },
		/* what was prepended stands before those that were there, which are left */
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 oif 7", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 undo 2", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8\n@300 replace route 254 192.0.2.0/24 type unreachable",
		  "dst 192.0.2.1", "rejects 113 254 192.0.2.0/24" },
		/* none of a prefix is left */
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 metric 9\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1", "none" },
		{ NETS RULES "rule 100 to_tbl table 100 mark 2\nroute 100 0.0.0.0/0 dev 8\n@200 del rule 100 to_tbl table 100 mark 2",
		  "dst 192.0.2.1 mark 2", "none" },
		{ NETS RULES "rule 100 to_tbl table 100 mark 2\nroute 100 0.0.0.0/0 dev 8\n@200 del rule 100 to_tbl table 100 mark 2",
		  "dst 192.0.2.1 mark 2 undo 1", OTHER },
		/* a rule that came: what it selects by is known from the end, or from the way */
		{ TWO "late-rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.1.1", OTHER },
		{ TWO "late-rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.2.1", MAIN },
		{ TWO "@200 add rule 100 to_tbl table 100", "dst 192.0.2.1", "unknown" },
		{ TWO "@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100", OTHER },
		{ TWO "@200 add rule 100 to_tbl table 100", "dst 192.0.2.1 walked 32766", MAIN },
		/* it may be a rule with `not` */
		{ TWO "@200 add rule 100 to_tbl table 100 proto 6", "dst 192.0.2.1", "unknown" },
		{ TWO "@200 add rule 100 to_tbl table 100 proto 6",
		  "dst 192.0.2.1 matched 100 100", OTHER },
		{ TWO "@200 add rule 100 to_tbl table 100 proto 6",
		  "dst 192.0.2.1 walked 32766", MAIN },
		{ TWO "late-rule 100 to_tbl table 100\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 at 150", MAIN },
		/* whether a goto matched is not recorded, but what the flow matched after it is */
		{ TWO "late-rule 90 goto target 32766\n@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 32766 254 walked 32766", MAIN },
		{ TWO "late-rule 90 goto target 32766\n@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100 walked 100", OTHER },
		{ TWO "@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100 walked 100", OTHER },
		{ TWO "rule 90 goto target 32766\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100 walked 100", MAIN },
		{ TWO "@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1", "unknown" },
		{ TWO "@150 add rule 90 goto\nrule 100 to_tbl table 100\n@200 add rule 80 nop",
		  "dst 192.0.2.1 matched 100 100 walked 100 undo 2", "unknown" },
		/* but of one that came once and stayed the end says it, in any world */
		{ TWO "late-rule 90 goto target 32766 mark 2\n@150 add rule 90 goto mark 2\nrule 100 to_tbl table 100\n@200 add rule 80 prohibit",
		  "dst 192.0.2.1 matched 80 0 walked 80 undo 2", OTHER },
		{ TWO "late-rule 90 goto target 32766 mark 2\n@150 add rule 90 goto mark 2\nrule 100 to_tbl table 100\n@200 add rule 80 prohibit\n@210 add rule 90 goto mark 2\n@220 del rule 90 goto mark 2",
		  "dst 192.0.2.1 matched 80 0 walked 80 undo 2", "unknown" },
		/* and whether a nop did is all one */
		{ TWO "@150 add rule 90 nop\nrule 100 to_tbl table 100", "dst 192.0.2.1", OTHER },
		/* a rule of the end that looks the same is another one, if the flow says so */
		{ TWO "late-rule 100 to_tbl table 100\n@150 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 walked 32766", MAIN },
		/* two that look the same but for their selectors: which one did it match? */
		{ TWO "rule 100 to_tbl table 100\nlate-rule 100 to_tbl table 100 mark 2\n@150 add rule 100 to_tbl table 100 mark 2",
		  "dst 192.0.2.1 matched 100 100", OTHER },
		/* the same rule twice: one of them goes */
		{ TWO "rule 100 to_tbl table 100\n@200 add rule 100 to_tbl table 100\n@300 del rule 100 to_tbl table 100\nlate-rule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100", OTHER },
	};

	RUN_ROWS(rows, SNAPSHOT_NS);
}

TEST(devices)
{
	static const struct row rows[] = {
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 in link 7 down del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 in link 7 down del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1 undo 1", "found 254 192.0.2.0/24 dev 7" },
		/* who stood behind another dies unnamed */
		{ NETS "route 254 192.0.2.0/24 dev 8\nroute 254 192.0.2.0/24 dev 7 metric 9\n@200 link 7 down",
		  "dst 192.0.2.1 oif 7", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 8\nroute 254 192.0.2.0/24 dev 7 metric 9\n@200 link 7 down\n@300 link 7 up",
		  "dst 192.0.2.1 oif 7", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 7 leg dev 8\n@200 link 7 down", "dst 192.0.2.1",
		  "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7 leg dev 8\n@200 link 7 down\n@300 link 7 up",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 7, dev 8" },
		{ NETS "@200 link 7 down", "dst 10.0.1.1", "found 255 10.0.1.1/32 dev 7" },
		{ NETS "@200 link 7 carrier-down", "dst 10.0.1.2", "found 254 10.0.1.0/24 dev 7" },
		{ NETS "@200 link 7 carrier-down", "dst 10.0.1.2 linkdown", "none" },
	};

	RUN_ROWS(rows, SNAPSHOT_NS);
}

/* The snapshot was taken after all of it: what there was before, the changes tell. */
TEST(live)
{
	static const struct row rows[] = {
		{ NETS "@200 del route 254 192.0.2.0/24 dev 8", "dst 192.0.2.1 at 150",
		  "found 254 192.0.2.0/24 dev 8" },
		{ NETS "@200 del route 254 192.0.2.0/24 dev 8", "dst 192.0.2.1", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 8\n@200 add route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 at 150", "none" },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.1.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.1.1 at 150", MAIN },
	};

	RUN_ROWS(rows, 1000);
}

/* A namespace that no snapshot has is not modelled, and IPv6 is not. */
TEST(not_covered)
{
	struct rp_model_answer a;
	struct rp_flow flow = { .iif = 1 };
	struct rp_model_query q = { .netns = RP_FAKE_NETNS + 1, .family = AF_INET, .flow = &flow,
				    .at_ns = UINT64_MAX };
	struct world w;

	make(&w, NETS "route 254 0.0.0.0/0 dev 7", SNAPSHOT_NS);
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_UNKNOWN, a.word);
	q.netns = RP_FAKE_NETNS;
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_FOUND, a.word);
	q.family = AF_INET6;
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_UNKNOWN, a.word);
	unmake(&w);
}

/* Each rule that was passed over, and why; and what it would have led to */
TEST(passed_over)
{
	struct rp_model_answer a, would;
	struct rp_flow flow = { .iif = 1 };
	struct rp_model_query q = { .netns = RP_FAKE_NETNS, .family = AF_INET, .flow = &flow,
				    .at_ns = UINT64_MAX };
	struct world w;

	make(&w, NETS RULES "rule 101 to_tbl table 1 mark 2\nroute 1 0.0.0.0/0 dev 7\nrule 102 to_tbl table 2 from 10.0.2.0/24",
	     SNAPSHOT_NS);
	rp_addr_parse(&flow.dst, AF_INET, "203.0.113.9");
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_NONE, a.word);
	ASSERT_EQ(5, a.npassed);
	EXPECT_EQ(0, a.passed[0].rule->rule.priority);
	EXPECT_EQ(RP_MODEL_FITS, a.passed[0].by);
	EXPECT_EQ(101, a.passed[1].rule->rule.priority);
	EXPECT_EQ(RP_MODEL_MARK, a.passed[1].by);
	EXPECT_EQ(RP_MODEL_FROM, a.passed[2].by);
	EXPECT_TRUE(rp_model_would(&w.model, &q, a.passed[1].rule, false, &would));
	EXPECT_EQ(1, would.table);
	EXPECT_FALSE(rp_model_would(&w.model, &q, a.passed[2].rule, false, &would));
	unmake(&w);
}

/* Changes that may concern a flow, newest first; not those of other prefixes, or too old */
TEST(changes_of_a_flow)
{
	struct rp_model_change changes[RP_MODEL_CHANGES];
	struct rp_flow flow = { .iif = 1 };
	struct rp_model_query q = { .netns = RP_FAKE_NETNS, .family = AF_INET, .flow = &flow,
				    .at_ns = 450 };
	struct world w;
	size_t n;

	make(&w, NETS "route 254 192.0.2.0/24 dev 7\n@150 add route 254 0.0.0.0/0 dev 8\n@200 add route 254 198.51.100.0/24 dev 7\n@300 link 7 down\n@400 del route 254 192.0.2.0/24 dev 7\n@500 add route 254 192.0.2.0/24 dev 7",
	     SNAPSHOT_NS);
	rp_addr_parse(&flow.dst, AF_INET, "192.0.2.1");
	n = rp_model_changes(&w.model, &q, 0, changes);
	ASSERT_EQ(3, n);
	EXPECT_EQ(400, changes[0].time_ns);
	EXPECT_EQ(RP_KIND_EVENT, changes[0].rec.kind);
	EXPECT_EQ(RP_CHANGE_DELETE, changes[0].rec.change.op);
	EXPECT_EQ(24, changes[0].rec.route.dst_len);
	EXPECT_STREQ("ha", changes[0].rec.route.dev);
	EXPECT_EQ(RP_KIND_LINK_EVENT, changes[1].rec.kind);
	EXPECT_EQ(150, changes[2].time_ns);
	EXPECT_EQ(1, rp_model_changes(&w.model, &q, 300, changes));
	unmake(&w);
}

TEST_HARNESS_MAIN
