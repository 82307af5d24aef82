// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: which changes are not to blame, and what is no failure. */
#include <kselftest_harness.h>

#include "lib/addr.h"
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

TEST_F(why, innocent_same_again)
{
	configure(&self->s, COVERED KNOWN("198.51.100.0", 24, "unreachable", ",\"oif\":7"));
	add_change(&self->s, RP_CHANGE_DELETE, "198.51.100.0", 24, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_UNREACHABLE);
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "route.dst", "198.51.100.0/24");
	SAYS(0, "cause.event", "");
}

/* Made again as it was: the first time did it, and undoing that alone would not help. */
TEST_F(why, innocent_replaced_by_the_same)
{
	configure(&self->s, COVERED KNOWN("198.51.100.0", 24, "unicast", ",\"oif\":7"));
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_UNREACHABLE);
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-add");
	SAYS(0, "cause.time_ns", "1010000000");
	EXPECT_NE(NULL, strstr(get(self->s.found[0], "summary"),
			       " s earlier, together with unreachable 198.51.100.0/24 "));
	EXPECT_EQ(1, json_array_size(json_object_get(json_object_get(self->s.found[0], "cause"),
						     "with")));
}

/* What a goto led past is not known: that makes it no accomplice of the rule that refuses. */
TEST_F(why, innocent_goto)
{
	struct rp_record rec, step;

	configure(&self->s, COVERED KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":7")
		  "{\"rule\":{" NS ",\"priority\":32766,\"table\":254,\"action\":\"to_tbl\"}}\n");
	rec = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 812, "ip"), 110, FR_ACT_BLACKHOLE, 0);
	rec.rule.op = RP_CHANGE_INSERT;
	ADD(rec);
	rec = rule(by(next(&self->s, RP_KIND_RULE_EVENT), 813, "ip"), 90, FR_ACT_GOTO, 0);
	rec.rule.op = RP_CHANGE_INSERT;
	ADD(rec);
	rec = output(&self->s, "198.51.100.1", -EINVAL);
	step = rule(inside(&self->s, RP_KIND_RULE, 10, 20), 110, FR_ACT_BLACKHOLE, 0);
	step.has |= RP_HAS_FLOW;
	step.flow = rec.flow;
	step.err = -EINVAL;
	step.verdict = RP_VERDICT_REJECT;
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "rule-add");
	SAYS(0, "cause.rule.priority", "110");
	EXPECT_EQ(NULL, strstr(get(self->s.found[0], "summary"), "together"));
}

/* What came and went between is needed only in a world in which it did not go. */
TEST_F(why, no_accomplice)
{
	configure(&self->s, COVERED KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":7"));
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 25, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 28, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_DELETE, "198.51.100.0", 28, RTN_UNREACHABLE);
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "cause.dst", "198.51.100.0/25");
	EXPECT_EQ(1, json_array_size(json_object_get(json_object_get(self->s.found[0], "cause"),
						     "with"))) TH_LOG("%s", self->s.out);
}

/* Rule 120 blackhole comes, and then rule 110, which refuses a packet. */
static void add_two_rules(struct scene *s)
{
	struct rp_record rec, step;
	unsigned int i;

	configure(s, COVERED "{\"rule\":{" NS ",\"priority\":32766,\"table\":254,\"action\":\"to_tbl\"}}\n");
	rp_fake_write(&s->fake, "names.json",
		      "{\"rule\":{" NS ",\"priority\":110,\"action\":\"blackhole\"}}\n"
		      "{\"rule\":{" NS ",\"priority\":120,\"action\":\"blackhole\"}}\n");
	for (i = 0; i < 2; i++) {
		rec = rule(by(next(s, RP_KIND_RULE_EVENT), 812 + i, "ip"), 120 - 10 * i,
			   FR_ACT_BLACKHOLE, 0);
		rec.rule.op = RP_CHANGE_INSERT;
		rp_fake_add(&s->fake, rec);
	}
	rec = output(s, "198.51.100.1", -EINVAL);
	step = rule(inside(s, RP_KIND_RULE, 10, 20), 110, FR_ACT_BLACKHOLE, 0);
	step.has |= RP_HAS_FLOW;
	step.flow = rec.flow;
	step.err = -EINVAL;
	step.verdict = RP_VERDICT_REJECT;
	rp_fake_add(&s->fake, step);
	rp_fake_add(&s->fake, rec);
}

/* Without one of the two the other refuses it with the same error: it takes both. */
TEST_F(why, no_single_rule)
{
	configure(&self->s, KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":7"));
	add_two_rules(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "rule-add");
	SAYS(0, "cause.rule.priority", "110");
	EXPECT_NE(NULL, strstr(get(self->s.found[0], "summary"),
			       " earlier, together with rule 120 blackhole added by ip[812]"))
		TH_LOG("%s", self->s.out);
}

/* And with no route behind them either, no set of them makes it work. */
TEST_F(why, no_rule_but_another_like_it)
{
	add_two_rules(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rule");
	SAYS(0, "cause.event", "");
}

/* But where it worked meanwhile, that it came again is the cause. */
TEST_F(why, guilty_since_it_worked)
{
	struct rp_record rec;

	configure(&self->s, COVERED KNOWN("198.51.100.0", 24, "unreachable", ",\"oif\":7")
		  KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":7"));
	add_change(&self->s, RP_CHANGE_DELETE, "198.51.100.0", 24, RTN_UNREACHABLE);
	rec = output(&self->s, "198.51.100.1", 0);
	rp_fake_route(&rec, RT_TABLE_MAIN, "0.0.0.0", 0, NULL, "ha");
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	add_change(&self->s, RP_CHANGE_INSERT, "198.51.100.0", 24, RTN_UNREACHABLE);
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-add");
}

/* A table that no rule asks */
TEST_F(why, innocent_table)
{
	struct rp_record rec;

	configure(&self->s, COVERED KNOWN("0.0.0.0", 0, "unreachable", ""));
	rec = on_route(next(&self->s, RP_KIND_EVENT), RP_CHANGE_INSERT, 500, "198.51.100.0", 24,
		       NULL);
	rec.route.type = RTN_UNREACHABLE;
	ADD(rec);
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

static void add_silence(struct scene *s)
{
	struct rp_record rec = signal_of(s, RP_KIND_LINK_FAILURE, 0, 0, NULL);

	rec.has = RP_HAS_FLOW;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "10.0.1.2", "ha");
	rp_fake_add(&s->fake, rec);
}

/* The neighbour was heard after the change: it is not what silenced it. */
TEST_F(why, innocent_before_the_neighbour_was_heard)
{
	struct rp_record rec = on_route(next(&self->s, RP_KIND_EVENT), RP_CHANGE_INSERT,
					RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2");

	configure(&self->s, COVERED KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":8"));
	ADD(by(rec, 812, "ip"));
	add_silence(&self->s);
	rec = next(&self->s, RP_KIND_INPUT);
	rp_fake_flow(&rec, "203.0.113.1", "10.0.1.1");
	rp_fake_route(&rec, RT_TABLE_LOCAL, "10.0.1.1", 32, NULL, "lo");
	rec.has |= RP_HAS_RTABLE;
	rec.flow.iif = 7;
	ADD(rec);
	add_silence(&self->s);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "cause.event", "route-add");
	SAYS(1, "origin", "neighbour");
	SAYS(1, "cause.event", "");
}

/* Who else is to answer for a packet to an address of ours */
TEST_F(why, own_address)
{
	struct rp_record rec = forwarded(&self->s, -EHOSTUNREACH);

	configure(&self->s, COVERED
		  "{\"route\":{" NS ",\"table\":255,\"dst\":\"10.0.2.2\",\"dstlen\":32,\"oif\":7,\"type\":\"local\"}}\n");
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "inner", "own-address");
	SAYS(0, "summary", "not forwarded: 10.0.2.2 is an address of this host");
}

#define DOWN	"{\"link\":{" NS ",\"ifindex\":1,\"ifname\":\"lo\",\"flags\":8}}\n"

/* A local route, and lo is down; the lookups of one call count once. */
TEST_F(why, device_down)
{
	struct rp_record rec;

	configure(&self->s, COVERED DOWN);
	rec = output(&self->s, "127.0.0.1", 0);
	rp_fake_route(&rec, RT_TABLE_LOCAL, "127.0.0.0", 8, NULL, "lo");
	rec.route.type = RTN_LOCAL;
	rec.route.oif = 1;
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	rec.time_ns += 200000;
	rp_addr_parse(&rec.flow.src, AF_INET, "127.0.0.1");
	ADD(rec);
	/* what the kernel sends by itself */
	rec.time_ns += 200000;
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.flow.proto = IPPROTO_IGMP;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "device");
	SAYS(0, "verdict", "ENETDOWN");
	SAYS(0, "times", "1");
	SAYS(0, "told", "0");
	SAYS(0, "summary", "a route is there, but lo is down");
	SAYS(0, "next", "ip -n blue -d link show lo");
}

TEST_F(why, cause_reroute)
{
	struct rp_record rec, step;

	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	rec = signal_of(&self->s, RP_KIND_REROUTE, 0, 0, NULL);
	rec.err = -ENETUNREACH;
	step = rec;
	step.kind = RP_KIND_OUTPUT;
	step.time_ns += 10000;
	step.duration_ns = 50000;
	add_lookup(&self->s, &step, RT_TABLE_MAIN, -EAGAIN);
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "reroute");
	SAYS(0, "inner", "no-route");
	SAYS(0, "cause.event", "route-del");
}

/* connect() refuses a route that it got; sendto() does not. */
TEST_F(why, tcp_to_many)
{
	struct rp_record rec = output(&self->s, "10.0.1.255", 0);

	rp_fake_route(&rec, RT_TABLE_LOCAL, "10.0.1.255", 32, NULL, "ha");
	rec.route.type = RTN_BROADCAST;
	rec.route.rt_type = RTN_BROADCAST;
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	rec.time_ns += MS;
	rec.caller = CALLER_TCP;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "route-type");
	SAYS(0, "verdict", "ENETUNREACH");
	SAYS(0, "route.type", "broadcast");
	SAYS(0, "told", "1");
}

/* A redirect led to a gateway that does not answer; who sent it is told. */
TEST_F(why, redirected)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", 0);

	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	ADD(signal_of(&self->s, RP_KIND_EXCEPTION, 0, 0, "10.0.1.2"));
	rec = output(&self->s, "203.0.113.1", 0);	/* it is in use */
	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.9", "ha");
	rec.route.rt_flags = RTCF_REDIRECTED;
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	rec = signal_of(&self->s, RP_KIND_LINK_FAILURE, 0, 0, NULL);
	rec.caller = CALLER_ARP;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "10.0.1.9", "ha");
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "gateway", "10.0.1.9");
	SAYS(0, "from", "10.0.1.2");
	SAYS(0, "route.dst", "203.0.113.0/24");
}

/* A segment that is refused is told by the ICMP error, or not at all. */
TEST_F(why, netfilter_tcp)
{
	struct rp_record rec = signal_of(&self->s, RP_KIND_NETFILTER, 0, 0, NULL), icmp;

	rec.flow.proto = IPPROTO_TCP;
	icmp = inside(&self->s, RP_KIND_ICMP_OUT, 10, 20);
	icmp.has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	icmp.context = rec.context;
	icmp.flow = rec.flow;
	icmp.signal.type = 3;
	icmp.signal.code = 1;
	ADD(icmp);
	rec.err = -EPERM;
	rec.signal.hook = 3;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "verdict", "EHOSTUNREACH");
	SAYS(0, "told", "0");
}

/* From the buffer: what is read later than a failure tells of before. */
TEST_F(why, buffer)
{
	rp_fake_write(&self->s.fake, "session.json", "{}");
	self->s.options.input = NULL;
	self->s.options.dir = self->s.fake.dir;
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	add_change(&self->s, RP_CHANGE_DELETE, "198.51.100.1", 32, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(2);
	SAYS(0, "route.dst", "198.51.100.1");
	SAYS(0, "route.derived", "true");
	SAYS(1, "cause.event", "route-del");
}

TEST_HARNESS_MAIN
