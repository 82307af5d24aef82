// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the recording that samples of output in the README and the man pages are of, as
 * the directory that its argument names: a TCP client loses its route as an address goes,
 * and a marked packet is sent by a rule.
 */
#include <stdio.h>

#include "lib/addr.h"
#include "why_scene.h"

enum {
	CALLER_LOOKUP = CALLER_OWN, CALLER_RULES, CALLER_ACTION, CALLER_NOTIFIER, CALLER_FLUSH,
};

static const char callers[] =
	"13 __fib_lookup+0x1/0x2\n"
	"14 fib_rules_lookup+0x1/0x2\n"
	"15 fib4_rule_action+0x1/0x2\n"
	"16 notifier_call_chain+0x1/0x2\n"
	"17 fib_flush+0x1/0x2\n";

static struct rp_record tcp(struct scene *s, int err)
{
	struct rp_record rec = by(output(s, "203.0.113.1", err), 141, "tcp_peer");

	rp_addr_parse(&rec.flow.src, AF_INET, "10.0.1.1");
	rec.flow.proto = IPPROTO_TCP;
	rec.flow.dport = htons(8080);
	return rec;
}

static struct rp_record way(struct rp_record rec, unsigned int table, const char *prefix,
			    unsigned int len, const char *gateway)
{
	rp_fake_route(&rec, table, prefix, len, gateway, "ha");
	if (rec.kind == RP_KIND_OUTPUT) {
		rec.has |= RP_HAS_RTABLE;
		rec.route.rt_type = RTN_UNICAST;
		rp_addr_parse(&rec.route.prefsrc, AF_INET, "10.0.1.1");
	}
	return rec;
}

static void add_connect(struct scene *s)
{
	struct rp_record rec = tcp(s, 0);

	rec.caller = CALLER_TCP;
	rp_fake_add(&s->fake, way(rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2"));
}

/* The source is looked for in the table local, and is not there any more. */
static void add_refused(struct scene *s, unsigned int context)
{
	struct rp_record rec = tcp(s, -ENETUNREACH), step;

	rec.caller = CALLER_XMIT;
	rec.context = context;
	rec.flow.sport = htons(59268);
	step = by(inside(s, RP_KIND_LOOKUP, 10, 20), 141, "tcp_peer");
	rp_fake_flow(&step, NULL, "10.0.1.1");
	step.verdict = RP_VERDICT_NEXT;
	step.err = -EAGAIN;
	step.context = context;
	step.route.table = RT_TABLE_LOCAL;
	rp_fake_add(&s->fake, step);
	rp_fake_add(&s->fake, rec);
}

/* An address goes, and the route that had it as its source. */
static void add_removal(struct scene *s)
{
	struct rp_record root = next(s, RP_KIND_ADDR_EVENT), rec;

	rec = on_route(inside(s, RP_KIND_EVENT, 30, 40), RP_CHANGE_DELETE, RT_TABLE_MAIN,
		       "203.0.113.0", 24, "10.0.1.2");
	rec.caller = CALLER_FLUSH;
	rp_fake_add(&s->fake, by(rec, 175, "ip"));
	rec = inside(s, RP_KIND_CHANGE, 20, 60);
	rec.caller = CALLER_FLUSH;
	rec.has = RP_HAS_CHANGE;
	rec.route.table = RT_TABLE_MAIN;
	rec.change.op = RP_CHANGE_FLUSH;
	rec.change.count = 1;
	rp_fake_add(&s->fake, by(rec, 175, "ip"));
	root.caller = CALLER_NOTIFIER;
	rp_fake_add(&s->fake, by(addr_event(root, RP_CHANGE_DELETE, "10.0.1.1", 24), 175, "ip"));
}

static void add_step(struct scene *s, struct rp_record step, unsigned int caller)
{
	step.caller = caller;
	rp_fake_add(&s->fake, step);
}

/* Rules 0 and 1000 are asked, and the latter's table has a route. */
static void add_marked(struct scene *s)
{
	struct rp_record rec = output(s, "192.0.2.9", 0), step;

	rec.flow.mark = 1;
	step = inside(s, RP_KIND_LOOKUP, 20, 22);
	step.verdict = RP_VERDICT_NEXT;
	step.err = -EAGAIN;
	step.route.table = RT_TABLE_LOCAL;
	add_step(s, step, CALLER_ACTION);
	step = rule(inside(s, RP_KIND_RULE, 18, 24), 0, FR_ACT_TO_TBL, RT_TABLE_LOCAL);
	step.verdict = RP_VERDICT_NEXT;
	add_step(s, step, CALLER_RULES);
	add_step(s, way(inside(s, RP_KIND_LOOKUP, 32, 36), 100, "0.0.0.0", 0, "10.0.1.2"),
		 CALLER_ACTION);
	step = rule(inside(s, RP_KIND_RULE, 30, 38), 1000, FR_ACT_TO_TBL, 100);
	add_step(s, step, CALLER_RULES);
	step = rule(inside(s, RP_KIND_RULES, 10, 50), 1000, FR_ACT_TO_TBL, 100);
	add_step(s, step, CALLER_LOOKUP);
	rp_fake_add(&s->fake, way(rec, 100, "0.0.0.0", 0, "10.0.1.2"));
}

int main(int argc, char **argv)
{
	struct scene s;

	make_scene(&s);
	s.now = 22475000 * MS;
	rp_fake_append(&s.fake, "callers", callers, strlen(callers));
	add_connect(&s);
	add_marked(&s);
	add_removal(&s);
	add_refused(&s, RP_CONTEXT_TASK);
	add_refused(&s, RP_CONTEXT_SOFTIRQ);
	if (argc != 2 || rename(s.fake.dir, argv[1])) {
		perror("sample DIR");
		return 1;
	}
	free(s.fake.packs);
	return 0;
}
