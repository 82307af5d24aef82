// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: routeprobe why of IPv6. */
#include <linux/ipv6_route.h>

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

/* The first four bytes of 2001:db8:: are 32.1.13.184. */
TEST_F(why, families_apart)
{
	add_change(&self->s, RP_CHANGE_DELETE, "32.1.13.184", 32, RTN_UNICAST);
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "no-route");
	SAYS(0, "cause.event", "");
}

/* What to type is of the family, too. */
TEST_F(why, ipv6_commands)
{
	struct rp_record rec = output(&self->s, "2001:db8::1", -ENETUNREACH);

	rp_fake_flow(&rec, "2001:db8::2", "2001:db8::1");
	add_lookup(&self->s, &rec, RT_TABLE_MAIN, -EAGAIN);
	ADD(rec);
	rec = next(&self->s, RP_KIND_INPUT);
	rp_fake_flow(&rec, "2001:db8::2", "2001:db8::3");
	rec.flow.iif = 7;
	rec.err = -EHOSTUNREACH;
	rec.verdict = RP_VERDICT_ERROR;
	rec.has |= RP_HAS_DST_ERROR;
	add_lookup(&self->s, &rec, RT_TABLE_MAIN, -EAGAIN);
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "family", "inet6");
	SAYS(0, "next", "ip -n blue -6 route get 2001:db8::1 from 2001:db8::2 ipproto udp dport 53");
	SAYS(1, "next", "ip netns exec blue sysctl net.ipv6.conf.all.forwarding net.ipv6.conf.ha.forwarding");
}

static void add_icmp6(struct scene *s, const char *dst, unsigned int type, unsigned int code)
{
	struct rp_record rec = next(s, RP_KIND_ICMP_IN);

	rp_fake_flow(&rec, "2001:db8::2", dst);
	rec.has |= RP_HAS_SIGNAL;
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.signal.type = type;
	rec.signal.code = code;
	rp_addr_parse(&rec.signal.from, AF_INET6, "2001:db8::ff");
	rp_fake_add(&s->fake, rec);
}

/* ICMPv6 has other numbers: 3 is time exceeded there, and 1 is unreachable. */
TEST_F(why, ipv6_icmp)
{
	add_icmp6(&self->s, "2001:db8:1::1", 3, 1);
	add_icmp6(&self->s, "2001:db8:1::2", 1, 0);
	add_icmp6(&self->s, "2001:db8:1::3", 1, 1);
	add_icmp6(&self->s, "2001:db8:1::4", 2, 0);
	add_icmp6(&self->s, "2001:db8:1::5", 128, 0);
	RUN();
	FOUND(4);
	SAYS(0, "origin", "ttl");
	SAYS(0, "verdict", "EHOSTUNREACH");
	SAYS(0, "from", "2001:db8::ff");
	SAYS(0, "next", "ip netns exec blue tracepath -n 2001:db8:1::1");
	SAYS(0, "icmp.name", "time-exceeded");
	SAYS(1, "origin", "icmp");
	SAYS(1, "verdict", "ENETUNREACH");
	SAYS(1, "summary", "icmp no-route from 2001:db8::ff");
	SAYS(2, "verdict", "EACCES");
	SAYS(3, "verdict", "EMSGSIZE");
}

TEST_F(why, ipv6_device)
{
	struct rp_record rec = output(&self->s, "2001:db8::1", -ENETUNREACH);

	rec.flow.oif = 7;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "unknown");	/* a table is asked whatever the device is like */
}

/* An output inside a socket's, which asks twice */
static struct rp_record asked(struct scene *s, const struct rp_record *flow, const char *src,
			      unsigned int from, int err)
{
	struct rp_record rec = inside(s, RP_KIND_OUTPUT, from, from + 20);

	rec.family = flow->family;
	rec.flow = flow->flow;
	rec.has = RP_HAS_FLOW;
	rec.err = err;
	if (src)
		rp_addr_parse(&rec.flow.src, rec.family, src);
	rec.verdict = err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	return rec;
}

/* No address at all is told before that there is no route. */
TEST_F(why, ipv6_source)
{
	struct rp_record rec = next(&self->s, RP_KIND_OUTPUT_FLOW);

	rp_fake_flow(&rec, NULL, "2001:db8::1");
	rec.err = -EADDRNOTAVAIL;
	ADD(asked(&self->s, &rec, NULL, 10, -ENETUNREACH));
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "source");
	SAYS(0, "verdict", "EADDRNOTAVAIL");
	SAYS(0, "next", "ip -n blue -6 address show");
}

/* The resolver's question which family has a way is none, but for a port it may be one. */
TEST_F(why, ipv6_resolver_sorts)
{
	struct rp_record rec = next(&self->s, RP_KIND_OUTPUT_FLOW);

	rp_fake_flow(&rec, NULL, "2001:db8::1");
	rec.err = -ENETUNREACH;
	rec.caller = CALLER_DATAGRAM6;
	rec.flow.dport = 0;
	ADD(asked(&self->s, &rec, NULL, 10, -ENETUNREACH));
	ADD(rec);
	rec = output(&self->s, "198.51.100.1", -ENETUNREACH);
	rec.caller = CALLER_DATAGRAM;
	rec.flow.dport = 0;
	ADD(rec);
	rec = next(&self->s, RP_KIND_OUTPUT_FLOW);
	rp_fake_flow(&rec, NULL, "2001:db8::2");
	rec.err = -EADDRNOTAVAIL;
	rec.caller = CALLER_DATAGRAM6;
	ADD(asked(&self->s, &rec, NULL, 10, -ENETUNREACH));
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "flow.dst", "2001:db8::2");
}

/* Twice asked is one failure, of the one with a source; a route then is the decision. */
TEST_F(why, ipv6_asks_twice)
{
	struct rp_record rec = next(&self->s, RP_KIND_OUTPUT_FLOW), step;

	rp_fake_flow(&rec, NULL, "2001:db8::1");
	rec.err = -ENETUNREACH;
	ADD(asked(&self->s, &rec, NULL, 10, -ENETUNREACH));
	step = asked(&self->s, &rec, "2001:db8::2", 40, -ENETUNREACH);
	add_lookup(&self->s, &step, RT_TABLE_MAIN, -EAGAIN);
	ADD(step);
	ADD(rec);
	rec = next(&self->s, RP_KIND_OUTPUT_FLOW);
	rp_fake_flow(&rec, NULL, "2001:db8::1");
	ADD(asked(&self->s, &rec, NULL, 10, -ENETUNREACH));
	ADD(asked(&self->s, &rec, "2001:db8::2", 40, 0));
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "times", "1");
	SAYS(0, "origin", "no-route");
}

/* The route that rejects is told, with its metric: only the change that brought it is blamed. */
TEST_F(why, ipv6_route_rejects)
{
	struct rp_record rec, lookup;

	add_change(&self->s, RP_CHANGE_INSERT, "2001:db8::", 32, RTN_UNREACHABLE);
	add_change(&self->s, RP_CHANGE_INSERT, "2001:db8:1::", 48, RTN_UNREACHABLE);
	rec = output(&self->s, "2001:db8::1", -EHOSTUNREACH);
	rp_fake_route(&rec, RT_TABLE_MAIN, "2001:db8::", 32, NULL, "lo");
	rec.route.type = RTN_UNREACHABLE;
	rec.err = -EHOSTUNREACH;
	rec.verdict = RP_VERDICT_ERROR;
	lookup = rec;
	lookup.kind = RP_KIND_LOOKUP;
	lookup.verdict = RP_VERDICT_REJECT;
	lookup.time_ns += 10000;
	lookup.duration_ns = 0;
	ADD(lookup);
	ADD(rec);
	rec = output(&self->s, "2001:db8::2", -EHOSTUNREACH);
	lookup.time_ns = rec.time_ns + 10000;
	lookup.flow = rec.flow;
	lookup.route.metric = 7;
	ADD(lookup);
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "route-type");
	SAYS(0, "route.dst", "2001:db8::/32");
	SAYS(0, "route.derived", "");
	SAYS(0, "cause.event", "route-add");
	SAYS(0, "cause.dst", "2001:db8::/32");
	SAYS(1, "origin", "route-type");
	SAYS(1, "cause.event", "");
}

TEST_F(why, ipv6_not_forwarded)
{
	struct rp_record rec = next(&self->s, RP_KIND_FORWARD);

	rp_fake_flow(&rec, "2001:db8::1", "2001:db8:1::1");
	rec.flow.iif = 7;
	rec.err = -EINVAL;
	rec.context = RP_CONTEXT_SOFTIRQ;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "forward");
	SAYS(0, "inner", "forwarding-off");
	SAYS(0, "asked", "input");
}

TEST_F(why, ipv6_route_gone)
{
	add_change(&self->s, RP_CHANGE_DELETE, "2001:db8::", 32, RTN_UNICAST);
	add_change(&self->s, RP_CHANGE_DELETE, "2001:db8:1::", 48, RTN_UNICAST);
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "no-route");
	SAYS(0, "cause.event", "route-del");
	SAYS(0, "cause.ago_ns", "20000000");
}

#define NS6	"\"family\":\"inet6\"," NS
#define COVERED6 "{\"rule\":{" NS6 ",\"table\":255,\"action\":\"to_tbl\"}}\n"	\
	"{\"rule\":{" NS6 ",\"priority\":32766,\"table\":254,\"action\":\"to_tbl\"}}\n"
#define ROUTE6(prefix, len, more) "{\"route\":{" NS6 ",\"table\":254,\"dst\":\"" prefix \
	"\",\"dstlen\":" #len ",\"metric\":1024,\"type\":\"unicast\",\"oif\":7" more "}}\n"
#define BY(gw)	",\"gateway\":\"" gw "\""

/* An event of a route by ha, with the metric of those above */
static void add_event6(struct scene *s, unsigned int op, const char *prefix, unsigned int len,
		       const char *gateway, const char *who)
{
	struct rp_record rec = by(next(s, RP_KIND_EVENT), 812, who);

	rec = on_route(rec, op, RT_TABLE_MAIN, prefix, len, gateway);
	rec.route.oif = 7;
	rec.route.metric = 1024;
	rp_fake_add(&s->fake, rec);
}

/* With the tables from before: the worse of two routes went first, and did nothing. */
TEST_F(why, ipv6_last_of_two)
{
	configure(&self->s, COVERED6 ROUTE6("::", 0, BY("fe80::2")) ROUTE6("::", 0, BY("fe80::3")));
	add_event6(&self->s, RP_CHANGE_DELETE, "::", 0, "fe80::2", "first");
	add_event6(&self->s, RP_CHANGE_DELETE, "::", 0, "fe80::3", "last");
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-del");
	SAYS(0, "cause.comm", "last");
}

/* What went came back, and what is missing is another. */
TEST_F(why, ipv6_came_back)
{
	configure(&self->s, COVERED6 ROUTE6("2001:db8:1::", 48, ""));
	add_event6(&self->s, RP_CHANGE_DELETE, "2001:db8:1::", 48, NULL, "ip");
	add_event6(&self->s, RP_CHANGE_INSERT, "2001:db8:1::", 48, NULL, "ip");
	add_event6(&self->s, RP_CHANGE_DELETE, "2001:db8:2::", 48, NULL, "other");
	add_no_route(&self->s, "2001:db8:3::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

/* A rule went that led to a table with a route. */
TEST_F(why, ipv6_rule_gone)
{
	struct rp_record rec = next(&self->s, RP_KIND_RULE_EVENT);

	configure(&self->s, COVERED6
		  "{\"rule\":{" NS6 ",\"priority\":100,\"table\":100,\"fwmark\":2,\"fwmask\":4294967295,\"action\":\"to_tbl\"}}\n"
		  "{\"route\":{" NS6 ",\"table\":100,\"dstlen\":0,\"metric\":1024,\"type\":\"unicast\",\"oif\":7}}\n");
	rec = by(rule(rec, 100, FR_ACT_TO_TBL, 100), 812, "ip");
	rec.family = AF_INET6;
	rec.rule.op = RP_CHANGE_DELETE;
	rec.flow.mark = 2;
	ADD(rec);
	rec = output(&self->s, "2001:db8::1", -ENETUNREACH);
	rec.flow.mark = 2;
	add_lookup(&self->s, &rec, RT_TABLE_MAIN, -EAGAIN);
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "rule-del");
}

/* The snapshot's keys of IPv6: the source, the preference, and a lifetime that is over */
TEST_F(why, ipv6_snapshot)
{
	configure(&self->s, COVERED6 ROUTE6("::", 0, ",\"from\":\"2001:db8:1::\",\"srclen\":64")
		  ROUTE6("2001:db8:2::", 48, ",\"expires\":-3")
		  ROUTE6("2001:db8:3::", 48, ",\"expires\":2000,\"pref\":1"));
	self->s.now += 5000 * MS;
	add_event6(&self->s, RP_CHANGE_DELETE, "2001:db8:2::", 48, NULL, "gc");
	add_event6(&self->s, RP_CHANGE_DELETE, "2001:db8:3::", 48, NULL, "ip");
	add_no_route(&self->s, "2001:db8:2::1", RP_FAKE_NETNS);
	add_no_route(&self->s, "2001:db8:3::1", RP_FAKE_NETNS);
	RUN();
	FOUND(2);
	SAYS(0, "cause.event", "");
	SAYS(1, "cause.event", "route-del");
}

/* When a route is too old nobody tells; then something else may go, too. */
TEST_F(why, ipv6_expired)
{
	configure(&self->s, COVERED6 ROUTE6("::", 0, ",\"expires\":10" BY("fe80::2"))
		  ROUTE6("2001:db8:2::", 48, ",\"expires\":10")
		  ROUTE6("2001:db8:2::", 47, "") ROUTE6("2001:db8:4::", 48, ""));
	self->s.now += 10000 * MS;
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	self->s.now += 10000 * MS;
	add_no_route(&self->s, "2001:db8::2", RP_FAKE_NETNS);
	add_event6(&self->s, RP_CHANGE_DELETE, "2001:db8:2::", 47, NULL, "ip");
	add_no_route(&self->s, "2001:db8:2::1", RP_FAKE_NETNS);
	RUN();
	FOUND(3);
	SAYS(0, "origin", "expired");
	SAYS(0, "route.dst", "default");
	SAYS(0, "route.derived", "true");
	SAYS(1, "origin", "expired");
	SAYS(1, "summary", "default via fe80::2 dev ha metric 1024 (derived) in table main expired 11 s earlier");
	SAYS(1, "cause.event", "");
	SAYS(2, "origin", "no-route");
	SAYS(2, "cause.event", "route-del");
	SAYS(2, "cause.dst", "2001:db8:2::/47");
}

/* It is collected some time later, which did not do it. */
TEST_F(why, ipv6_collected)
{
	struct rp_record rec;

	configure(&self->s, COVERED6 ROUTE6("::", 0, ",\"expires\":10" BY("fe80::2")));
	self->s.now += 20000 * MS;
	rec = on_route(next(&self->s, RP_KIND_EVENT), RP_CHANGE_DELETE, RT_TABLE_MAIN, "::", 0,
		       "fe80::2");
	rec.route.oif = 7;
	rec.route.metric = 1024;
	rec.route.rt_flags = RTF_EXPIRES;
	rec.context = RP_CONTEXT_SOFTIRQ;
	ADD(rec);
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "expired");
	SAYS(0, "cause.event", "");
}

TEST_HARNESS_MAIN
