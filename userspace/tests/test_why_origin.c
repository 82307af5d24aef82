// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: where a failure came from. */
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

TEST_F(why, no_route)
{
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "no-route");
	SAYS(0, "verdict", "ENETUNREACH");
	SAYS(0, "times", "2");
	SAYS(0, "told", "2");
	SAYS(0, "cause.event", "");
	SAYS(0, "summary", "no route in table main");
	SAYS(0, "next", "ip -n blue route get 198.51.100.1 ipproto udp dport 53");
}

TEST_F(why, route_type)
{
	configure(&self->s, "{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n"
		  "{\"route\":{" NS ",\"table\":254,\"dst\":\"198.51.100.0\",\"dstlen\":24,\"type\":\"unreachable\"}}\n"
		  "{\"route\":{" NS ",\"table\":254,\"dst\":\"198.51.0.0\",\"dstlen\":16,\"type\":\"unreachable\"}}\n"
		  "{\"route\":{" NS ",\"table\":100,\"dst\":\"198.51.100.1\",\"dstlen\":32,\"type\":\"unreachable\"}}\n");
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "route-type");
	SAYS(0, "verdict", "EHOSTUNREACH");
	SAYS(0, "table", "main");
	SAYS(0, "route.dst", "198.51.100.0/24");
	SAYS(0, "route.type", "unreachable");
	SAYS(0, "route.derived", "true");
	SAYS(0, "cause.event", "");
}

/* The snapshot does not cover the namespace: there may be a longer one. */
TEST_F(why, route_type_not_derived)
{
	add_rejected(&self->s, "198.51.100.1", -EHOSTUNREACH);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "route-type");
	SAYS(0, "route.dst", "");
	SAYS(0, "summary", "(unreachable route) in table main");
}

TEST_F(why, rule)
{
	struct rp_record rec = output(&self->s, "192.0.2.2", -EACCES), step;

	step = rule(inside(&self->s, RP_KIND_RULE, 10, 20), 801, FR_ACT_PROHIBIT, 0);
	step.err = -EACCES;
	step.verdict = RP_VERDICT_REJECT;
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rule");
	SAYS(0, "rule.priority", "801");
	SAYS(0, "summary", "rule 801 prohibit");
}

TEST_F(why, pre_check_source)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", -ENETUNREACH), step;

	inet_pton(AF_INET, "1.2.3.4", &rec.flow.src.v4);
	step = inside(&self->s, RP_KIND_LOOKUP, 10, 20);
	rp_fake_flow(&step, NULL, "1.2.3.4");
	step.verdict = RP_VERDICT_NEXT;
	step.err = -EAGAIN;
	step.route.table = RT_TABLE_LOCAL;
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "pre-check");
	SAYS(0, "check", "source");
}

/* A route to it does not make it ours. */
TEST_F(why, pre_check_routed_source)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", -ENETUNREACH), step;

	inet_pton(AF_INET, "1.2.3.4", &rec.flow.src.v4);
	step = inside(&self->s, RP_KIND_LOOKUP, 10, 20);
	rp_fake_flow(&step, NULL, "1.2.3.4");
	rp_fake_route(&step, RT_TABLE_MAIN, "0.0.0.0", 0, "10.0.1.2", "ha");
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "pre-check");
	SAYS(0, "check", "source");
}

TEST_F(why, pre_check_device)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", -ENETUNREACH);

	rec.flow.oif = 7;
	ADD(rec);
	rec = output(&self->s, "203.0.113.1", -ENODEV);
	rec.flow.oif = 9;
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "check", "device");
	SAYS(0, "summary", "ha is down, or has no IPv4");
	SAYS(1, "check", "device-absent");
	SAYS(1, "verdict", "ENODEV");
}

/* Nothing inside, and no check that fits: lookups were missed. */
TEST_F(why, nothing_inside)
{
	ADD(output(&self->s, "203.0.113.1", -ENETUNREACH));
	RUN();
	FOUND(1);
	SAYS(0, "origin", "unknown");
}

TEST_F(why, lookups_unarmed)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", -ENETUNREACH);

	rp_fake_write(&self->s.fake, "probes", "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n");
	rec.flow.oif = 7;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "unknown");
	SAYS(0, "summary", "not known, no probe for lookup is armed");
	EXPECT_NE(NULL, strstr(self->s.err, "no probe is armed for output-flow, lookup, input"));
}

/* Records are missing before it: a table that said something may be among them. */
TEST_F(why, evidence_lost)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", -ENETUNREACH), last;

	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	self->s.fake.seq[0] += 5;
	last = next(&self->s, RP_KIND_LOOKUP);
	last.verdict = RP_VERDICT_NEXT;
	ADD(last);
	rec.duration_ns = 40 * MS;
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "unknown");
	SAYS(0, "incomplete", "true");
	SAYS(0, "summary", "not known, records were lost");
}

TEST_F(why, xfrm)
{
	struct rp_record rec = next(&self->s, RP_KIND_OUTPUT_FLOW), step;

	rp_fake_flow(&rec, NULL, "203.0.113.1");
	rec.err = -EPERM;
	step = inside(&self->s, RP_KIND_OUTPUT, 10, 20);
	step.flow = rec.flow;
	step.has = RP_HAS_FLOW;
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "xfrm");
	SAYS(0, "verdict", "EPERM");
}

TEST_F(why, rp_filter)
{
	struct rp_record rec = input(&self->s, "10.9.9.9", 16);

	add_source_check(&self->s, &rec);
	ADD(rec);
	rec = input(&self->s, "10.9.9.8", -EXDEV);
	add_source_check(&self->s, &rec);
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "rp-filter");
	SAYS(0, "drop_reason", "IP_RPFILTER");
	SAYS(0, "told", "0");
	SAYS(0, "next", "ip netns exec blue sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.ha.rp_filter");
	SAYS(1, "origin", "rp-filter");
	SAYS(1, "verdict", "EXDEV");
}

/* A source check that is part of no decision, as of a broadcast */
TEST_F(why, lone_check)
{
	struct rp_record rec = input(&self->s, "10.9.9.9", -EXDEV);

	rec.kind = RP_KIND_VALIDATE;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rp-filter");
	SAYS(0, "asked", "input");
}

TEST_F(why, martian)
{
	ADD(input(&self->s, "127.0.0.5", -EINVAL));
	ADD(input(&self->s, "10.0.1.1", 77));
	ADD(input(&self->s, "10.0.1.3", 2));
	RUN();
	FOUND(3);
	SAYS(0, "origin", "martian");
	SAYS(1, "origin", "martian");
	SAYS(1, "drop_reason", "IP_LOCALNET");
	SAYS(2, "origin", "unknown");
}

TEST_F(why, forward)
{
	struct rp_record rec = forwarded(&self->s, -ENETUNREACH), icmp;

	add_lookup(&self->s, &rec, RT_TABLE_MAIN, -EAGAIN);
	ADD(rec);
	icmp = rec;
	icmp.kind = RP_KIND_ICMP_OUT;
	icmp.time_ns += MS;
	icmp.err = 0;
	icmp.has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	icmp.caller = CALLER_IP_ERROR;
	icmp.signal.type = 3;
	ADD(icmp);
	rec = forwarded(&self->s, -EHOSTUNREACH);
	rec.flow.dst.v4 = htonl(0x0a000203);
	ADD(rec);
	rec = forwarded(&self->s, -EACCES);
	rec.flow.dst.v4 = htonl(0x0a000204);
	add_lookup(&self->s, &rec, RT_TABLE_MAIN, -EACCES);
	ADD(rec);
	RUN();
	FOUND(3);
	SAYS(0, "origin", "forward");
	SAYS(0, "inner", "no-route");
	SAYS(0, "icmp.name", "net-unreachable");
	SAYS(0, "summary", "not forwarded: no route in table main, icmp net-unreachable sent");
	SAYS(0, "next", "ip -n blue route get 10.0.2.2 from 10.0.1.2 iif ha ipproto udp dport 53");
	SAYS(1, "inner", "forwarding-off");
	SAYS(2, "inner", "route-type");
}

/* The ICMP error that this host sends itself is the same failure. */
TEST_F(why, neighbour)
{
	struct rp_record rec = signal_of(&self->s, RP_KIND_LINK_FAILURE, 0, 0, NULL), icmp;

	icmp = rec;
	icmp.kind = RP_KIND_ICMP_OUT;
	icmp.time_ns += 10000;
	icmp.duration_ns = 10000;
	icmp.signal.type = 3;
	icmp.signal.code = 1;
	ADD(icmp);
	rec.caller = CALLER_ARP;
	rec.has = RP_HAS_FLOW;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "10.0.1.51", "ha");
	ADD(rec);
	ADD(signal_of(&self->s, RP_KIND_ICMP_IN, 3, 1, "10.0.1.1"));
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "verdict", "EHOSTUNREACH");
	SAYS(0, "times", "1");
	SAYS(0, "gateway", "10.0.1.51");
	SAYS(0, "dev", "ha");
	SAYS(0, "next", "ip -n blue neigh show 10.0.1.51 dev ha");
}

/* Its own ICMP error without what it came of says not where it came from. */
TEST_F(why, own_icmp_alone)
{
	ADD(signal_of(&self->s, RP_KIND_ICMP_IN, 3, 1, "10.0.1.1"));
	RUN();
	FOUND(1);
	SAYS(0, "origin", "unknown");
	SAYS(0, "from", "10.0.1.1");
}

TEST_F(why, icmp)
{
	struct rp_record rec = signal_of(&self->s, RP_KIND_ICMP_IN, 3, 13, "10.0.1.2");

	ADD(rec);
	rec = signal_of(&self->s, RP_KIND_ICMP_IN, 3, 4, "10.0.1.2");
	rec.signal.info = 1000;
	ADD(rec);
	ADD(signal_of(&self->s, RP_KIND_ICMP_IN, 5, 1, "10.0.1.2"));	/* a redirect */
	ADD(signal_of(&self->s, RP_KIND_ICMP_IN, 11, 0, "10.0.1.2"));
	RUN();
	FOUND(3);
	SAYS(0, "origin", "icmp");
	SAYS(0, "verdict", "EHOSTUNREACH");
	SAYS(0, "from", "10.0.1.2");
	SAYS(0, "icmp.name", "admin-prohibited");
	SAYS(1, "verdict", "EMSGSIZE");
	SAYS(1, "icmp.mtu", "1000");
	SAYS(1, "summary", "icmp frag-needed from 10.0.1.2 mtu 1000");
	SAYS(2, "origin", "ttl");
}

TEST_F(why, pmtu_learned)
{
	struct rp_record rec = signal_of(&self->s, RP_KIND_EXCEPTION, 0, 0, "10.0.1.2");

	rec.signal.info = 1000;
	ADD(rec);
	rec = signal_of(&self->s, RP_KIND_EXCEPTION, 0, 0, "10.0.1.2");	/* a gateway */
	ADD(rec);
	rec = signal_of(&self->s, RP_KIND_EXCEPTION, 0, 0, NULL);	/* a tunnel's own */
	rec.signal.info = 1476;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "icmp");
	SAYS(0, "verdict", "EMSGSIZE");
	SAYS(0, "from", "10.0.1.2");
	SAYS(0, "icmp.mtu", "1000");
}

/* The socket asks for a way in between, and what was learned has no ports. */
TEST_F(why, pmtu_learned_from_what_came_in)
{
	struct rp_record icmp = signal_of(&self->s, RP_KIND_ICMP_IN, 3, 4, "10.0.1.2");
	struct rp_record learned, asked;

	icmp.flow.dport = htons(53);
	icmp.signal.info = 1000;
	learned = inside(&self->s, RP_KIND_EXCEPTION, 10, 20);
	learned.has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	learned.context = RP_CONTEXT_SOFTIRQ;
	learned.flow = icmp.flow;
	learned.flow.dport = 0;
	learned.signal.info = 1000;
	asked = inside(&self->s, RP_KIND_OUTPUT, 30, 40);
	asked.context = RP_CONTEXT_SOFTIRQ;
	ADD(learned);
	ADD(asked);
	ADD(icmp);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "icmp");
	SAYS(0, "from", "10.0.1.2");
}

TEST_F(why, netfilter)
{
	struct rp_record rec = signal_of(&self->s, RP_KIND_NETFILTER, 0, 0, NULL), icmp;

	icmp = inside(&self->s, RP_KIND_ICMP_OUT, 10, 20);
	icmp.has = RP_HAS_FLOW | RP_HAS_SIGNAL;
	icmp.flow = rec.flow;
	icmp.caller = CALLER_REJECT;
	icmp.signal.type = 3;
	icmp.signal.code = 1;
	ADD(icmp);
	rec.context = RP_CONTEXT_TASK;
	rec.err = -EPERM;
	rec.signal.hook = 3;
	ADD(rec);
	ADD(signal_of(&self->s, RP_KIND_ICMP_IN, 3, 1, "10.0.1.1"));
	RUN();
	FOUND(1);
	SAYS(0, "origin", "netfilter");
	SAYS(0, "verdict", "EPERM");
	SAYS(0, "hook", "output");
	SAYS(0, "told", "1");
	SAYS(0, "icmp.name", "host-unreachable");
	SAYS(0, "next", "ip netns exec blue nft list ruleset");
}

/* What fails inside is why, and no failure of its own, whatever flow it has by then. */
TEST_F(why, reroute)
{
	struct rp_record rec = signal_of(&self->s, RP_KIND_REROUTE, 0, 0, NULL), step;

	rec.err = -ENETUNREACH;
	rec.context = RP_CONTEXT_TASK;
	step = rec;
	step.kind = RP_KIND_OUTPUT;
	step.flow.mark = 1;
	step.flow.proto = 0;
	inet_pton(AF_INET, "198.51.100.1", &step.flow.dst);
	self->s.options.nwords = 1;
	self->s.options.words = (char *[]) { "203.0.113.1" };
	step.time_ns += 10000;
	step.duration_ns = 50000;
	step.verdict = RP_VERDICT_ERROR;
	add_lookup(&self->s, &step, RT_TABLE_MAIN, -EAGAIN);
	ADD(step);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "reroute");
	SAYS(0, "inner", "no-route");
	SAYS(0, "summary", "changed by netfilter and routed again: no route in table main");
}

/* What a task sends is routed, changed, and routed again, to nowhere. */
static void add_rewritten(struct scene *s, struct rp_record *sent, const char *dst, bool hook)
{
	struct rp_record rec = next(s, RP_KIND_OUTPUT), step;

	if (sent) {
		rp_fake_flow(&rec, NULL, "10.0.1.2");
		rec.flow.sport = htons(4000);
		rec.has |= RP_HAS_RTABLE;
		*sent = rec;
		rp_fake_add(&s->fake, rec);
	}
	rec = inside(s, RP_KIND_REROUTE, 210, 290);
	rp_fake_flow(&rec, "10.0.1.1", dst);
	rec.flow.sport = htons(4000);
	rec.flow.mark = 2;
	rec.err = -ENETUNREACH;
	step = rec;
	step.kind = RP_KIND_OUTPUT;
	step.time_ns += 10000;
	step.duration_ns = 50000;
	step.flow.proto = 0;
	step.flow.sport = 0;
	step.flow.dport = 0;
	step.verdict = RP_VERDICT_ERROR;
	add_lookup(s, &step, RT_TABLE_MAIN, -EAGAIN);
	rp_fake_add(&s->fake, step);
	rp_fake_add(&s->fake, rec);
	if (!hook)
		return;
	rec = inside(s, RP_KIND_NETFILTER, 200, 300);
	rp_fake_flow(&rec, "10.0.1.1", "10.0.1.2");
	rec.flow.sport = htons(4000);
	rec.has |= RP_HAS_SIGNAL;
	rec.signal.hook = 3;
	rec.err = -ENETUNREACH;
	rp_fake_add(&s->fake, rec);
}

#define CHANGED	"changed by netfilter (dst 10.0.1.2 => 198.51.100.1, mark 0 => 0x2) and routed again: no route in table main"

TEST_F(why, rewritten)
{
	struct rp_record sent;

	add_rewritten(&self->s, &sent, "198.51.100.1", false);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "reroute");
	SAYS(0, "summary", CHANGED);
	SAYS(0, "rewrite.before.flow.dst", "10.0.1.2");
	SAYS(0, "rewrite.before.flow.mark", "");
	SAYS(0, "rewrite.after.flow.dst", "198.51.100.1");
	SAYS(0, "rewrite.after.flow.mark", "2");
	SAYS(0, "rewrite.asked.flow.ipproto", "");
	SAYS(0, "next", "ip -n blue route get 198.51.100.1 from 10.0.1.1 mark 0x2");
}

/* A hook is entered with the packet as it was. */
TEST_F(why, rewritten_in_a_hook)
{
	add_rewritten(&self->s, NULL, "198.51.100.1", true);
	RUN();
	FOUND(1);
	SAYS(0, "summary", CHANGED);
	SAYS(0, "flow.dst", "10.0.1.2");
	SAYS(0, "next", "ip -n blue route get 198.51.100.1 from 10.0.1.1 mark 0x2");
}

/* What the task asked for before was another packet. */
TEST_F(why, rewritten_another)
{
	struct rp_record sent;

	add_rewritten(&self->s, &sent, "198.51.100.1", false);
	add_rewritten(&self->s, NULL, "198.51.100.2", false);
	RUN();
	FOUND(2);
	SAYS(1, "summary", "changed by netfilter and routed again: no route in table main");
	SAYS(1, "rewrite.before", "");
}

/* It has a way, and there is nobody. */
TEST_F(why, rewritten_and_silent)
{
	struct rp_record rec = next(&self->s, RP_KIND_OUTPUT);

	rp_fake_flow(&rec, NULL, "203.0.113.1");
	rec.flow.sport = htons(4000);
	rp_fake_route(&rec, RT_TABLE_MAIN, "0.0.0.0", 0, "10.0.1.2", "ha");
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	rec = inside(&self->s, RP_KIND_REROUTE, 210, 290);
	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rec.flow.sport = htons(4000);
	rec.flow.mark = 2;
	ADD(rec);
	rec = signal_of(&self->s, RP_KIND_LINK_FAILURE, 0, 0, NULL);
	rec.has = RP_HAS_FLOW;
	rec.flow.sport = htons(4000);
	rec.flow.mark = 2;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "10.0.1.2", "ha");
	ADD(rec);
	rec.time_ns += MS;
	rec.flow.sport = htons(4001);
	rec.flow.dport = htons(54);
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "summary", "no answer from 10.0.1.2 dev ha (udp_sendmsg), changed by netfilter (mark 0 => 0x2)");
	SAYS(0, "rewrite.after.flow.mark", "2");
	SAYS(1, "rewrite.after.flow.mark", "");
}

/* The route that an ICMP error looks for is no failure of any flow. */
TEST_F(why, lookup_for_icmp)
{
	struct rp_record rec = signal_of(&self->s, RP_KIND_ICMP_OUT, 3, 1, NULL), step;

	step = inside(&self->s, RP_KIND_OUTPUT, 10, 50);
	step.flow = rec.flow;
	step.has = RP_HAS_FLOW;
	step.context = rec.context;
	step.err = -ENETUNREACH;
	add_lookup(&self->s, &step, RT_TABLE_MAIN, -EAGAIN);
	ADD(step);
	rec.caller = CALLER_REJECT;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "netfilter");
}

/* Who has ARP asked for another host is told no, as it should be. */
TEST_F(why, arp_for_another)
{
	struct rp_record rec = input(&self->s, "10.0.1.2", -EINVAL);

	rec.flow.proto = 0;
	rp_fake_route(&rec, RT_TABLE_MAIN, "10.0.2.0", 24, NULL, "ha");
	ADD(rec);
	rec = input(&self->s, "10.0.1.2", -EXDEV);
	rec.flow.proto = 0;
	add_source_check(&self->s, &rec);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "rp-filter");
}

/* The rule of TCP: what it asks for a segment is told to nobody. */
TEST_F(why, silent)
{
	struct rp_record rec = output(&self->s, "203.0.113.1", -ENETUNREACH);

	rec.caller = CALLER_XMIT;
	add_lookup(&self->s, &rec, RT_TABLE_MAIN, -EAGAIN);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "times", "1");
	SAYS(0, "told", "0");
}

TEST_HARNESS_MAIN
