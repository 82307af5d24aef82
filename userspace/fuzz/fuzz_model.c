// SPDX-License-Identifier: GPL-2.0
/*
 * The model of the FIB in any history.  An input is steps of sixteen bytes, each a thing of a
 * small world that is known, or changed, or asked for: whatever is answered covers what was
 * asked for, and is found in the table that it is said to be of.
 */
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "fib/model.h"
#include "fib/names.h"
#include "fuzz.h"

#define FUZZ_NETNS	4026532001U
#define FUZZ_STEP	16

/* Bytes of a step */
enum {
	FUZZ_WHAT, FUZZ_FAMILY, FUZZ_TABLE, FUZZ_DST, FUZZ_LEN, FUZZ_METRIC, FUZZ_OIF, FUZZ_TYPE,
	FUZZ_OP, FUZZ_FLAGS, FUZZ_GW, FUZZ_LATER, FUZZ_RULE, FUZZ_TOS, FUZZ_LEG, FUZZ_MORE,
};

static const uint32_t fuzz_tables[] = { RT_TABLE_MAIN, RT_TABLE_LOCAL, RT_TABLE_DEFAULT, 100 };

struct fuzz_world {
	struct rp_model model;
	struct rp_fib fib;
	uint64_t now, seq;
	uint64_t ids[8];
};

static union rp_addr fuzz_addr(unsigned int family, uint8_t byte)
{
	union rp_addr addr = { .w = { 0, 0 } };

	addr.b[0] = family == AF_INET ? 192 : 0x20;
	addr.b[2] = byte >> 4;
	addr.b[family == AF_INET ? 3 : 15] = byte & 15;
	return addr;
}

static struct rp_record fuzz_record(struct fuzz_world *w, const uint8_t *b)
{
	unsigned int family = b[FUZZ_FAMILY] & 1 ? AF_INET6 : AF_INET;
	struct rp_record rec = {
		.seq = ++w->seq, .time_ns = w->now, .duration_ns = b[FUZZ_MORE] & 3,
		.netns = FUZZ_NETNS, .family = family, .tid = b[FUZZ_FAMILY] >> 6,
		.has = RP_HAS_ROUTE | RP_HAS_CHANGE,
	};
	struct rp_route *route = &rec.route;

	rec.err = b[FUZZ_FAMILY] & 2 ? -17 : 0;
	route->table = fuzz_tables[b[FUZZ_TABLE] % 4];
	route->dst_len = b[FUZZ_LEN] % (rp_addr_bits(family) + 1);
	route->dst = fuzz_addr(family, b[FUZZ_DST]);
	route->dst = rp_addr_prefix(&route->dst, route->dst_len);
	route->metric = b[FUZZ_METRIC] % 4;
	route->oif = b[FUZZ_OIF] % 5;
	route->type = b[FUZZ_TYPE] % 12;
	route->nhid = b[FUZZ_TYPE] >> 6;
	route->nh_count = 1 + b[FUZZ_LEG] % 3;
	route->nh_sel = (b[FUZZ_LEG] >> 4) % route->nh_count;
	route->rt_flags = (uint32_t)b[FUZZ_FLAGS] << 22;
	if (b[FUZZ_GW]) {
		route->gw_family = b[FUZZ_GW] & 1 ? AF_INET6 : AF_INET;
		route->gw[0] = b[FUZZ_GW];
	}
	if (family == AF_INET)
		route->tos = b[FUZZ_TOS] & 0x1c;
	else
		route->src_len = b[FUZZ_TOS] % 3 * 64;
	rec.change.op = b[FUZZ_OP] % (__RP_CHANGE_MAX + 1);
	rec.change.nlflags = (uint32_t)b[FUZZ_FLAGS] << 8;
	rec.change.count = b[FUZZ_MORE] >> 4;
	rec.change.expires_s = b[FUZZ_MORE] & 7;
	return rec;
}

static struct rp_fib_rule fuzz_rule(const uint8_t *b)
{
	struct rp_fib_rule rule;

	memset(&rule, 0, sizeof(rule));
	rule.family = b[FUZZ_FAMILY] & 1 ? AF_INET6 : AF_INET;
	rule.rule.priority = b[FUZZ_RULE] % 8;
	rule.rule.table = fuzz_tables[b[FUZZ_TABLE] % 4];
	rule.rule.action = b[FUZZ_TYPE] % 10;
	rule.rule.l3mdev = b[FUZZ_FLAGS] & 1;
	rule.goto_priority = b[FUZZ_RULE] >> 4;
	rule.mark = b[FUZZ_METRIC] & 3;
	rule.mask = rule.mark ? UINT32_MAX : 0;
	rule.invert = b[FUZZ_FLAGS] & 2;
	rule.suppress_len = b[FUZZ_FLAGS] & 4 ? b[FUZZ_LEN] % 33 : UINT32_MAX;
	rule.suppress_group = UINT32_MAX;
	rule.uid_end = UINT32_MAX;
	rule.sport_end = UINT32_MAX;
	rule.dport_end = UINT32_MAX;
	rule.src = fuzz_addr(rule.family, b[FUZZ_DST]);
	rule.src_len = b[FUZZ_FLAGS] & 8 ? b[FUZZ_LEN] % 33 : 0;
	if (b[FUZZ_FLAGS] & 16)
		strcpy(rule.iif, "eth1");
	return rule;
}

static void fuzz_know(struct fuzz_world *w, const uint8_t *b)
{
	struct rp_record rec = fuzz_record(w, b);
	struct rp_fib_rule rule = fuzz_rule(b);
	struct rp_fib_link link = {
		.index = b[FUZZ_OIF] % 5, .flags = b[FUZZ_FLAGS], .group = b[FUZZ_METRIC] % 3,
		.master = b[FUZZ_GW] % 5, .vrf_table = b[FUZZ_TABLE] & 16 ? 100 : 0,
	};

	switch (b[FUZZ_WHAT] / 16 % 3) {
	case 0:
		rp_model_know_route(&w->model, &rec);
		break;
	case 1:
		rp_model_know_rule(&w->model, FUZZ_NETNS, &rule, b[FUZZ_MORE] & 1);
		break;
	default:
		strcpy(link.name, "eth0");
		link.name[3] += link.index;
		rp_fib_name_link(&w->fib, FUZZ_NETNS, link.index, link.name);
		rp_model_know_link(&w->model, FUZZ_NETNS, &link);
	}
}

static void fuzz_change(struct fuzz_world *w, const uint8_t *b)
{
	struct rp_record rec = fuzz_record(w, b), root = rec;

	root.seq = w->seq + (b[FUZZ_RULE] & 1);
	root.kind = b[FUZZ_RULE] & 2 ? RP_KIND_LINK_EVENT : RP_KIND_CHANGE;
	w->ids[w->seq % 8] = rp_model_id(&root);
	switch (b[FUZZ_WHAT] / 16 % 8) {
	case 0:
	case 1:
		rec.kind = RP_KIND_EVENT;
		rp_model_event(&w->model, &rec, b[FUZZ_RULE] & 4 ? &root : NULL, &root);
		break;
	case 2:
		rec.kind = RP_KIND_CHANGE;
		rp_model_request(&w->model, &rec, &root);
		break;
	case 3:
		rec.kind = RP_KIND_NEXTHOP_EVENT;
		rp_model_nexthop_event(&w->model, &rec);
		break;
	case 4:
		rec.kind = RP_KIND_RA_EVENT;
		rp_model_advertised(&w->model, &rec);
		break;
	case 5:
		rp_model_flush(&w->model, &rec, b[FUZZ_LEG] & 3, &root);
		break;
	case 6:
		rec.kind = RP_KIND_RULE_EVENT;
		rec.rule = fuzz_rule(b).rule;
		rec.rule.op = b[FUZZ_OP] % 4;
		rec.flow.mark = b[FUZZ_METRIC] & 3;
		rp_model_rule_event(&w->model, &rec);
		break;
	default:
		rec.kind = RP_KIND_LINK_EVENT;
		rp_model_link_event(&w->model, &rec, &root);
	}
}

static void fuzz_ask(struct fuzz_world *w, const uint8_t *b)
{
	struct rp_flow flow = { .iif = 1, .mark = b[FUZZ_METRIC] & 3, .tos = b[FUZZ_TOS],
				.oif = b[FUZZ_OIF] & 8 ? b[FUZZ_OIF] % 5 : 0 };
	struct rp_model_query q = {
		.netns = FUZZ_NETNS, .family = b[FUZZ_FAMILY] & 1 ? AF_INET6 : AF_INET,
		.flow = &flow, .at_ns = b[FUZZ_LATER] * 4ULL, .undo = w->ids,
		.nundo = b[FUZZ_LEG] % 9, .unmerged = b[FUZZ_FLAGS] & 1,
		.ignore_linkdown = b[FUZZ_FLAGS] & 2, .ageless = b[FUZZ_FLAGS] & 4,
	};
	static struct rp_model_change changes[RP_MODEL_CHANGES];
	struct rp_model_loser losers[RP_MODEL_LOSERS];
	struct rp_model_answer a, would;
	size_t n, i;

	flow.dst = fuzz_addr(q.family, b[FUZZ_DST]);
	flow.src = fuzz_addr(q.family, b[FUZZ_GW]);
	rp_model_lookup(&w->model, &q, &a);
	FUZZ_MUST(a.word != RP_MODEL_FOUND ||
		  rp_addr_covers(&a.route.dst, a.route.dst_len, &flow.dst));
	n = a.word ? rp_model_losers(&w->model, &q, &a, losers) : 0;
	for (i = 0; i < n; i++)
		FUZZ_MUST(rp_addr_covers(&losers[i].route.dst, losers[i].route.dst_len, &flow.dst));
	for (i = 0; i < a.npassed; i++) {
		rp_model_mismatch(&w->model, &q, a.passed[i].rule);
		rp_model_is_near(&w->model, &q, a.passed[i].rule);
		rp_model_would(&w->model, &q, a.passed[i].rule, b[FUZZ_FLAGS] & 8, &would);
	}
	n = rp_model_changes(&w->model, &q, b[FUZZ_RULE], changes);
	for (i = 1; i < n; i++)
		FUZZ_MUST(changes[i - 1].time_ns >= changes[i].time_ns);
	rp_model_link_state(&w->model, &q, b[FUZZ_OIF] % 5);
}

int rp_fuzz_one(const uint8_t *data, size_t size)
{
	struct fuzz_world w = { .now = 1 };

	rp_fib_init(&w.fib);
	rp_model_init(&w.model, &w.fib);
	w.model.snapshot = true;
	w.model.snapshot_ns = size % 64;
	for (; size >= FUZZ_STEP; size -= FUZZ_STEP, data += FUZZ_STEP) {
		w.now += data[FUZZ_LATER] % 4;
		if (data[FUZZ_WHAT] % 4 == 0)
			fuzz_know(&w, data);
		else if (data[FUZZ_WHAT] % 4 < 3)
			fuzz_change(&w, data);
		else
			fuzz_ask(&w, data);
	}
	rp_model_exit(&w.model);
	rp_fib_exit(&w.fib);
	return 0;
}
