// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: which change caused a failure. */
#include <kselftest_harness.h>

#include "why_scene.h"

FIXTURE(why) {
	struct scene s;
};

FIXTURE_SETUP(why)
{
	make_scene(&self->s);
}

FIXTURE_TEARDOWN(why)
{
	end_scene(&self->s);
}

TEST_F(why, cause_route_del)
{
	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	add_change(&self->s, RP_CHANGE_DELETE, "198.51.100.0", 24, RTN_UNICAST);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-del");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	SAYS(0, "cause.table", "main");
	SAYS(0, "cause.dev", "ha");
	SAYS(0, "cause.comm", "ip");
	SAYS(0, "cause.pid", "812");
	SAYS(0, "cause.ago_ns", "20000000");
	SAYS(0, "summary", "no route in table main; 203.0.113.0/24 dev ha removed from table main by ip[812] 0.020 s earlier");
}

TEST_F(why, cause_nexthop_del)
{
	struct rp_record root = link_event(next(&self->s, RP_KIND_NEXTHOP_EVENT),
					   RP_CHANGE_DELETE, 7, "ha");

	root.route.nhid = 5;
	add_flush(&self->s, root, "203.0.113.0", 24);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "nexthop-del");
}

TEST_F(why, cause_nexthop_of_link)
{
	struct rp_record root = link_event(next(&self->s, RP_KIND_NEXTHOP_EVENT),
					   RP_CHANGE_DOWN, 7, "ha");

	root.route.nhid = 5;
	add_flush(&self->s, root, "203.0.113.0", 24);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-down");
	SAYS(0, "cause.dev", "ha");
}

/* As on 7.3, where @who lets go of the routes after the object is gone */
static void add_nexthop_then_route(struct scene *s, enum rp_change_op op, unsigned int nhid,
				   unsigned int who)
{
	struct rp_record rec = link_event(next(s, RP_KIND_NEXTHOP_EVENT), op, 7, "ha");

	rec.route.nhid = 5;
	rp_fake_add(&s->fake, by(rec, 812, "ip"));
	rec = on_route(next(s, RP_KIND_EVENT), op, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2");
	rec.route.nhid = nhid;
	rp_fake_add(&s->fake, by(rec, who, "ip"));
}

TEST_F(why, cause_nexthop_del_before)
{
	add_nexthop_then_route(&self->s, RP_CHANGE_DELETE, 5, 812);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "nexthop-del");
	SAYS(0, "cause.dst", "203.0.113.0/24");
}

TEST_F(why, cause_nexthop_of_another)
{
	add_nexthop_then_route(&self->s, RP_CHANGE_DELETE, 6, 812);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	SAYS(0, "cause.event", "route-del");
}

TEST_F(why, cause_nexthop_by_another)
{
	add_nexthop_then_route(&self->s, RP_CHANGE_DELETE, 5, 813);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	SAYS(0, "cause.event", "route-del");
}

static struct rp_record refused(struct scene *s, const char *prefix, unsigned int len, int err)
{
	struct rp_record rec = by(next(s, RP_KIND_CHANGE), 812, "ip");

	rec = on_route(rec, RP_CHANGE_INSERT, RT_TABLE_MAIN, prefix, len, "10.20.30.1");
	rec.err = err;
	rec.verdict = RP_VERDICT_ERROR;
	return rec;
}

/* It changed nothing, and would have helped. */
TEST_F(why, cause_refused)
{
	configure(&self->s, COVERED);
	ADD(refused(&self->s, "198.51.100.0", 24, -ENETUNREACH));
	ADD(refused(&self->s, "203.0.113.0", 24, -ENETUNREACH));
	ADD(refused(&self->s, "203.0.113.0", 28, -EEXIST));
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-refused");
	SAYS(0, "cause.error", "ENETUNREACH");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	SAYS(0, "summary", "no route in table main; 203.0.113.0/24 via 10.20.30.1 dev ha not added to table main (ENETUNREACH) by ip[812] 0.020 s earlier");
}

/* What did change did it. */
TEST_F(why, cause_besides_what_was_refused)
{
	configure(&self->s, COVERED KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7"));
	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	ADD(refused(&self->s, "203.0.113.0", 24, -ENETUNREACH));
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-del");
}

/* It came back, and went in another table, or namespace: not these. */
TEST_F(why, cause_over)
{
	struct rp_record rec;

	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	add_change(&self->s, RP_CHANGE_INSERT, "203.0.113.0", 24, RTN_UNICAST);
	rec = next(&self->s, RP_KIND_EVENT);
	ADD(on_route(rec, RP_CHANGE_DELETE, 100, "203.0.113.0", 24, NULL));
	rec = on_route(next(&self->s, RP_KIND_EVENT), RP_CHANGE_DELETE, RT_TABLE_MAIN, "0.0.0.0", 0,
		       NULL);
	rec.netns = OTHER_NETNS;
	ADD(rec);
	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 28, RTN_UNREACHABLE);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

/* Two failures and two changes: each has its own. */
TEST_F(why, causes_apart)
{
	struct rp_record root = next(&self->s, RP_KIND_LINK_EVENT), rec;

	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	rec = on_route(by(next(&self->s, RP_KIND_EVENT), 900, "bird"), RP_CHANGE_DELETE,
		       RT_TABLE_MAIN, "198.51.100.0", 24, NULL);
	rec.netns = OTHER_NETNS;
	ADD(rec);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "198.51.100.1", OTHER_NETNS);
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "203.0.113.1", OTHER_NETNS);
	RUN();
	FOUND(4);
	SAYS(0, "cause.event", "link-down");
	SAYS(1, "cause.event", "route-del");
	SAYS(1, "cause.comm", "bird");
	SAYS(2, "cause.event", "");
	SAYS(3, "cause.event", "");
}

/* Before the change it failed too: that is another failure. */
TEST_F(why, cause_later)
{
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(2);
	SAYS(0, "cause.event", "");
	SAYS(0, "times", "1");
	SAYS(1, "cause.event", "route-del");
	SAYS(1, "times", "2");
}

TEST_F(why, cause_route_type)
{
	struct rp_record rec;

	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.0.0", 16, RTN_PROHIBIT);
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	rec = on_route(next(&self->s, RP_KIND_CHANGE), RP_CHANGE_INSERT, RT_TABLE_MAIN,
		       "198.51.100.0", 25, NULL);
	rec.change.nlflags = 0x100;
	rec.route.type = RTN_BLACKHOLE;
	ADD(rec);
	rec.kind = RP_KIND_EVENT;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-add");
	SAYS(0, "cause.dst", "198.51.100.0/24");
}

/* The route that rejects was there before, whatever shorter one came since. */
TEST_F(why, cause_not_shorter)
{
	configure(&self->s, "{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n"
		  "{\"route\":{" NS ",\"table\":254,\"dst\":\"198.51.100.0\",\"dstlen\":24,\"type\":\"unreachable\"}}\n");
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.0.0", 16, RTN_UNREACHABLE);
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "route.dst", "198.51.100.0/24");
	SAYS(0, "cause.event", "");
}

TEST_F(why, cause_rule)
{
	struct rp_record rec, step;

	step = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 812, "ip"), 800, FR_ACT_UNREACHABLE, 0);
	step.rule.op = RP_CHANGE_INSERT;
	ADD(step);
	rec = output(&self->s, "192.0.2.1", -ENETUNREACH);
	step = rule(inside(&self->s, RP_KIND_RULE, 10, 20), 800, FR_ACT_UNREACHABLE, 0);
	step.err = -ENETUNREACH;
	step.verdict = RP_VERDICT_REJECT;
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rule");
	SAYS(0, "cause.event", "rule-add");
	SAYS(0, "cause.rule.priority", "800");
	SAYS(0, "summary", "rule 800 unreachable; rule 800 unreachable added by ip[812] 0.010 s earlier");
}

/* The flow has its route by a rule, which goes. */
TEST_F(why, cause_rule_del)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", 0), step;

	step = rule(inside(&self->s, RP_KIND_RULE, 10, 20), 1000, FR_ACT_TO_TBL, 100);
	step.verdict = RP_VERDICT_HIT;
	ADD(step);
	rp_fake_route(&rec, 100, "0.0.0.0", 0, "10.0.2.2", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	ADD(rec);
	step = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 812, "ip"), 1000, FR_ACT_TO_TBL, 100);
	step.rule.op = RP_CHANGE_DELETE;
	ADD(step);
	step.rule.priority = 1001;	/* that it did not use */
	step.time_ns += MS;
	ADD(step);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "rule-del");
	SAYS(0, "cause.rule.priority", "1000");
}

TEST_F(why, cause_pre_check)
{
	struct rp_record rec;

	ADD(by(addr_event(next(&self->s, RP_KIND_ADDR_EVENT), RP_CHANGE_DELETE, "10.0.1.1", 24),
	       812, "ip"));
	ADD(by(link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_DOWN, 7, "ha"), 812, "ip"));
	rec = output(&self->s, "203.0.113.1", -EINVAL);
	inet_pton(AF_INET, "10.0.1.1", &rec.flow.src.v4);
	ADD(rec);
	rec = output(&self->s, "203.0.113.1", -ENETUNREACH);
	rec.flow.oif = 7;
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "cause.event", "addr-del");
	SAYS(0, "cause.dst", "10.0.1.0/24");
	SAYS(1, "cause.event", "link-down");
}

/* Without a record of the address that of its route tells. */
TEST_F(why, cause_source_route)
{
	struct rp_record rec;

	add_change(&self->s, RP_CHANGE_DELETE, "10.0.1.1", 32, RTN_LOCAL);
	add_change(&self->s, RP_CHANGE_DELETE, "10.0.1.2", 32, RTN_LOCAL);
	add_change(&self->s, RP_CHANGE_DELETE, "10.0.1.0", 24, RTN_UNICAST);
	rec = output(&self->s, "203.0.113.1", -EINVAL);
	inet_pton(AF_INET, "10.0.1.1", &rec.flow.src.v4);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "check", "source");
	SAYS(0, "cause.event", "route-del");
	SAYS(0, "cause.dst", "10.0.1.1");
}

TEST_F(why, cause_rp_filter)
{
	struct rp_record rec;

	rec = on_route(by(next(&self->s, RP_KIND_EVENT), 812, "ip"), RP_CHANGE_INSERT,
		       RT_TABLE_MAIN, "10.9.9.0", 24, "10.0.2.2");
	rec.route.oif = 8;
	configure(&self->s, "{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n"
		  "{\"route\":{" NS ",\"table\":254,\"oif\":7,\"type\":\"unicast\"}}\n");
	ADD(rec);
	rec = input(&self->s, "10.9.9.9", -EXDEV);
	add_source_check(&self->s, &rec);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rp-filter");
	SAYS(0, "cause.event", "route-add");
	SAYS(0, "cause.dst", "10.9.9.0/24");
}

/* Without that route there would be no way back at all. */
TEST_F(why, no_cause_of_rp_filter)
{
	struct rp_record rec;

	rec = on_route(by(next(&self->s, RP_KIND_EVENT), 812, "ip"), RP_CHANGE_INSERT,
		       RT_TABLE_MAIN, "10.9.9.0", 24, "10.0.2.2");
	rec.route.oif = 8;
	configure(&self->s, "{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n");
	ADD(rec);
	rec = input(&self->s, "10.9.9.9", -EXDEV);
	add_source_check(&self->s, &rec);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rp-filter");
	SAYS(0, "cause.event", "");
}

/* What a table had that no rule asks is none, though the model cannot tell of the others. */
TEST_F(why, rp_filter_and_a_table_that_is_not_asked)
{
	struct rp_record rec;

	configure(&self->s, COVERED "{\"rule\":{" NS ",\"priority\":32766,\"table\":254,\"action\":\"to_tbl\"}}\n");
	rec = on_route(by(next(&self->s, RP_KIND_EVENT), 812, "ip"), RP_CHANGE_INSERT,
		       RT_TABLE_MAIN, "10.9.9.0", 24, "10.0.2.2");
	rec.route.oif = 8;
	ADD(rec);
	/* behind the first of its prefix, so without an event; by a device that is not told */
	rec = on_route(by(next(&self->s, RP_KIND_CHANGE), 813, "ip"), RP_CHANGE_INSERT,
		       RT_TABLE_MAIN, "10.9.9.0", 24, "10.0.1.2");
	rec.route.metric = 20;
	rec.route.oif = 0;
	rec.change.nlflags = NLM_F_CREATE | NLM_F_EXCL;
	ADD(rec);
	rec = on_route(by(next(&self->s, RP_KIND_EVENT), 814, "ip"), RP_CHANGE_DELETE,
		       101, "10.9.9.0", 24, "10.0.1.2");
	rec.route.oif = 7;
	ADD(rec);
	rec = input(&self->s, "10.9.9.9", -EXDEV);
	add_source_check(&self->s, &rec);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rp-filter");
	SAYS(0, "cause.pid", "812");
}

TEST_F(why, cause_neighbour)
{
	struct rp_record rec = by(next(&self->s, RP_KIND_ADDR_EVENT), 812, "ip"), event;

	event = by(inside(&self->s, RP_KIND_EVENT, 10, 20), 812, "ip");
	ADD(on_route(event, RP_CHANGE_INSERT, RT_TABLE_MAIN, "203.0.0.0", 16, NULL));
	ADD(addr_event(rec, RP_CHANGE_INSERT, "203.0.0.9", 16));
	rec = output(&self->s, "203.0.113.1", 0);
	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.0.0", 16, NULL, "ha");
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	rec = signal_of(&self->s, RP_KIND_LINK_FAILURE, 0, 0, NULL);
	rec.has = RP_HAS_FLOW;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "203.0.113.1", "ha");
	ADD(rec);
	ADD(link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_CARRIER_DOWN, 7, "ha"));
	rec.time_ns = self->s.now + MS;
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "cause.event", "addr-add");
	SAYS(0, "cause.dst", "203.0.0.0/16");
	SAYS(1, "cause.event", "carrier-down");
}

/* What a snapshot does not show may be there, where the kernel did not tell all. */
TEST_F(why, of_a_part)
{
	configure(&self->s, COVERED KNOWN("198.51.0.0", 16, "unicast", ",\"oif\":7")
		  "{\"partial\":{" NS "}}\n");
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_THROW);
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	EXPECT_NE(NULL, strstr(self->s.err, "lacks rules or routes of 1 network namespaces"));
	SAYS(0, "cause.event", "");
}

/* A route that throws is at fault if it hides another of its table. */
TEST_F(why, throw)
{
	configure(&self->s, COVERED KNOWN("198.51.0.0", 16, "unicast", ",\"oif\":7"));
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_THROW);
	add_change(&self->s, RP_CHANGE_INSERT, "203.0.113.0", 24, RTN_THROW);
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "route-type");
	SAYS(0, "verdict", "ENETUNREACH");
	SAYS(0, "route.type", "throw");
	SAYS(0, "cause.event", "route-add");
	SAYS(0, "summary", "throw 198.51.100.0/24 (derived) in table main; throw 198.51.100.0/24 dev ha added to table main by ip[812] 0.020 s earlier");
	SAYS(1, "origin", "no-route");
	SAYS(1, "cause.event", "");
}

/* A next hop object may be a black hole since it came, or since it was replaced. */
TEST_F(why, blackhole_object)
{
	struct rp_record rec = by(next(&self->s, RP_KIND_NEXTHOP_EVENT), 812, "ip");

	configure(&self->s, COVERED
		  KNOWN("198.51.100.0", 24, "unicast", ",\"oif\":7,\"nhid\":5")
		  KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7,\"nhid\":6"));
	rec = link_event(rec, RP_CHANGE_INSERT, 1, "lo");
	rec.route.nhid = 5;
	ADD(rec);
	add_rejected(&self->s, "198.51.100.1", -EINVAL);
	add_rejected(&self->s, "203.0.113.1", -EINVAL);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "route-type");
	SAYS(0, "route.type", "blackhole");
	SAYS(0, "route.nhid", "5");
	SAYS(0, "cause.event", "nexthop-add");
	SAYS(1, "origin", "route-type");
	SAYS(1, "route.dst", "");
	SAYS(1, "cause.event", "");
}

/* After the object, its routes are told anew; one that the task adds itself is in a change. */
TEST_F(why, blackhole_object_and_its_routes)
{
	struct rp_record rec = link_event(next(&self->s, RP_KIND_NEXTHOP_EVENT), RP_CHANGE_INSERT,
					  1, "lo");

	configure(&self->s, COVERED
		  KNOWN("198.51.100.0", 24, "unicast", ",\"oif\":7,\"nhid\":5"));
	rec.route.nhid = 5;
	ADD(by(rec, 812, "ip"));
	rec = on_route(next(&self->s, RP_KIND_EVENT), RP_CHANGE_INSERT, RT_TABLE_MAIN,
		       "198.51.100.0", 24, NULL);
	rec.route.nhid = 5;
	rec.route.oif = 1;
	ADD(by(rec, 812, "ip"));
	add_rejected(&self->s, "198.51.100.1", -EINVAL);
	RUN();
	FOUND(1);
	SAYS(0, "route.type", "blackhole");
	SAYS(0, "cause.event", "nexthop-add");
	SAYS(0, "cause.dst", "198.51.100.0/24");
}

/* Without rules of its own main holds local, and the longer of both rejects. */
TEST_F(why, rejected_in_local)
{
	configure(&self->s, COVERED KNOWN("0.0.0.0", 0, "unreachable", "")
		  "{\"route\":{" NS ",\"table\":255,\"dst\":\"198.51.100.1\",\"dstlen\":32,\"type\":\"unreachable\"}}\n");
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "table", "local");
	SAYS(0, "route.dst", "198.51.100.1");
}

/* The route was there; what is new is the rule that leads to it. */
TEST_F(why, cause_rule_to_rejecting)
{
	struct rp_record rec, step;

	step = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 812, "ip"), 1000, FR_ACT_TO_TBL,
		    RT_TABLE_MAIN);
	step.rule.op = RP_CHANGE_INSERT;
	ADD(step);
	rec = output(&self->s, "198.51.100.1", -EACCES);
	add_lookup(&self->s, &rec, RT_TABLE_MAIN, -EACCES);
	step = rule(inside(&self->s, RP_KIND_RULE, 5, 20), 1000, FR_ACT_TO_TBL, RT_TABLE_MAIN);
	step.err = -EACCES;
	step.verdict = RP_VERDICT_REJECT;
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "route-type");
	SAYS(0, "cause.event", "rule-add");
}

/* What a rule selected by, the snapshot knows; that it is gone, an event. */
TEST_F(why, cause_known_rule_del)
{
	struct rp_record rec = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 812, "ip"), 700,
				    FR_ACT_TO_TBL, 100);

	configure(&self->s, COVERED
		  "{\"rule\":{" NS ",\"priority\":700,\"table\":100,\"dst\":\"203.0.113.0\",\"dstlen\":24,\"action\":\"to_tbl\"}}\n"
		  "{\"route\":{" NS ",\"table\":100,\"oif\":7,\"type\":\"unicast\"}}\n");
	rec.rule.op = RP_CHANGE_DELETE;
	ADD(rec);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	RUN();
	FOUND(2);
	SAYS(0, "cause.event", "rule-del");
	SAYS(1, "cause.event", "");
}

TEST_HARNESS_MAIN
