// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: flows that moved without failing, and which change moved them. */
#include <kselftest_harness.h>

#include "lib/addr.h"
#include "why_scene.h"

FIXTURE(moved) {
	struct scene s;
};

FIXTURE_SETUP(moved)
{
	make_scene(&self->s);
	self->s.options.moved = true;
}

FIXTURE_TEARDOWN(moved)
{
	end_scene(&self->s);
}

/* An answer by a prefix and a device, from a source */
static struct rp_record answered(struct scene *s, const char *prefix, unsigned int len,
				 unsigned int oif, const char *source)
{
	struct rp_record rec = output(s, "203.0.113.1", 0);

	rp_fake_route(&rec, RT_TABLE_MAIN, prefix, len, NULL, oif == 7 ? "ha" : "hb");
	rec.has |= RP_HAS_RTABLE;
	rec.route.oif = oif;
	rec.route.nh_count = 1;
	rec.route.rt_type = RTN_UNICAST;
	rp_addr_parse(&rec.route.prefsrc, AF_INET, source);
	return rec;
}

#define NEAR(s)	answered(s, "203.0.113.0", 24, 7, "10.0.1.1")
#define FAR(s)	answered(s, "0.0.0.0", 0, 8, "10.0.2.1")
#define ROUTES	COVERED KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7") \
		KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":8")

#define PRINTS(text)								\
	EXPECT_NE(NULL, strstr(self->s.out, text)) TH_LOG("%s", self->s.out)

TEST_F(moved, and_came_back)
{
	configure(&self->s, ROUTES);
	ADD(NEAR(&self->s));
	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	ADD(FAR(&self->s));
	ADD(FAR(&self->s));
	add_change(&self->s, RP_CHANGE_INSERT, "203.0.113.0", 24, RTN_UNICAST);
	ADD(NEAR(&self->s));
	RUN();
	FOUND(1);
	SAYS(0, "kind", "moved");
	SAYS(0, "times", "1");
	SAYS(0, "time_ns", "1030000000");
	SAYS(0, "from.route.dst", "203.0.113.0/24");
	SAYS(0, "to.route.dst", "default");
	SAYS(0, "to.prefsrc", "10.0.2.1");
	SAYS(0, "cause.event", "route-del");
	SAYS(0, "cause.pid", "812");
	SAYS(0, "cause.ago_ns", "10000000");
	SAYS(0, "back.time_ns", "1060000000");
	SAYS(0, "back.cause.event", "route-add");
	EXPECT_NE(NULL, strstr(self->s.out, "\"differs\":[\"route\",\"hop\",\"source\"]"));
	self->s.options.json = false;
	self->s.options.details = true;
	ASSERT_EQ(RP_EXIT_OK, run(&self->s));
	PRINTS(" route 203.0.113.0/24 => default, hop dev ha => dev hb, source 10.0.1.1 => ");
	PRINTS(" from table main by ip[812] 0.010 s earlier; back after 0.030 s: ");
	PRINTS("\n    + rule - table main route default hop dev hb source 10.0.2.1\n");
}

TEST_F(moved, again_and_again)
{
	unsigned int i;

	configure(&self->s, ROUTES);
	ADD(NEAR(&self->s));
	for (i = 0; i < 3; i++) {
		add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
		ADD(FAR(&self->s));
		if (i == 2)
			break;
		add_change(&self->s, RP_CHANGE_INSERT, "203.0.113.0", 24, RTN_UNICAST);
		ADD(NEAR(&self->s));
	}
	RUN();
	FOUND(1);
	SAYS(0, "times", "3");
	SAYS(0, "back.time_ns", "");
	SAYS(0, "cause.event", "route-del");
}

/* What changed has nothing to do with it. */
TEST_F(moved, by_nobody_known)
{
	configure(&self->s, ROUTES);
	ADD(NEAR(&self->s));
	add_change(&self->s, RP_CHANGE_DELETE, "198.51.100.0", 24, RTN_UNICAST);
	ADD(FAR(&self->s));
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

/* Another leg of the same route, and a failure between two answers */
TEST_F(moved, not_at_all)
{
	struct rp_record rec = answered(&self->s, "0.0.0.0", 0, 7, "10.0.1.1");

	rec.route.nh_count = 2;
	ADD(rec);
	rec = FAR(&self->s);
	rec.route.nh_count = 2;
	ADD(rec);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	ADD(NEAR(&self->s));
	RUN();
	FOUND(0);
}

/* Only its source is another, as the address went. */
TEST_F(moved, to_another_source)
{
	configure(&self->s, ROUTES);
	ADD(NEAR(&self->s));
	ADD(by(addr_event(next(&self->s, RP_KIND_ADDR_EVENT), RP_CHANGE_DELETE, "10.0.1.1", 24),
	       812, "ip"));
	ADD(answered(&self->s, "203.0.113.0", 24, 7, "10.0.1.9"));
	RUN();
	FOUND(1);
	EXPECT_NE(NULL, strstr(self->s.out, "\"differs\":[\"source\"]"));
	SAYS(0, "cause.event", "addr-del");
}

/* Or a route says so; and a rule that went is known by who followed it. */
TEST_F(moved, to_the_source_of_a_route)
{
	struct rp_record rec;

	configure(&self->s, ROUTES);
	ADD(NEAR(&self->s));
	rec = on_route(by(next(&self->s, RP_KIND_EVENT), 812, "ip"), RP_CHANGE_INSERT,
		       RT_TABLE_MAIN, "203.0.113.0", 24, NULL);
	rp_addr_parse(&rec.route.prefsrc, AF_INET, "10.0.1.9");
	ADD(rec);
	ADD(answered(&self->s, "203.0.113.0", 24, 7, "10.0.1.9"));
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-add");
}

TEST_F(moved, as_a_rule_went)
{
	struct rp_record rec, step;

	configure(&self->s, ROUTES
		  "{\"rule\":{" NS ",\"priority\":32766,\"table\":254,\"action\":\"to_tbl\"}}\n"
		  "{\"route\":{" NS ",\"table\":100,\"dst\":\"0.0.0.0\",\"dstlen\":0,\"type\":\"unicast\",\"oif\":8}}\n");
	step = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 811, "ip"), 100, FR_ACT_TO_TBL, 100);
	step.rule.op = RP_CHANGE_INSERT;
	ADD(step);
	rec = FAR(&self->s);
	rec.route.table = 100;
	step = rule(inside(&self->s, RP_KIND_RULE, 10, 20), 100, FR_ACT_TO_TBL, 100);
	step.verdict = RP_VERDICT_HIT;
	ADD(step);
	ADD(rec);
	step = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 812, "ip"), 100, FR_ACT_TO_TBL, 100);
	step.rule.op = RP_CHANGE_DELETE;
	ADD(step);
	ADD(NEAR(&self->s));
	RUN();
	FOUND(1);
	SAYS(0, "from.rule.priority", "100");
	SAYS(0, "cause.event", "rule-del");
}

TEST_F(moved, what_it_does_not_take)
{
	self->s.options.journal = true;
	EXPECT_EQ(RP_EXIT_ERROR, run(&self->s));
	EXPECT_NE(NULL, strstr(self->s.err, "--journal shows failures: it does not go with moved"));
}

TEST_HARNESS_MAIN
