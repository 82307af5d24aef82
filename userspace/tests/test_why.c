// SPDX-License-Identifier: GPL-2.0
/* What routeprobe why says of crafted records: origins, causes, and what it does not say. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/in_route.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include <jansson.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "fib/config.h"
#include "lib/util.h"
#include "why/why.h"

#define MS		1000000ULL
#define OTHER_NETNS	(RP_FAKE_NETNS + 1)

/* Numbers of the file "callers" */
enum { CALLER_ARP = 6, CALLER_XMIT, CALLER_IP_ERROR, CALLER_REJECT };

/* A recording in the making, and what is said of it */
struct scene {
	struct rp_fake fake;
	struct rp_options options;
	uint64_t now;		/* when the next thing happens */
	char *out, *err;
	json_t *found[16];	/* the objects of kind why */
	size_t nfound;
};

FIXTURE(why) {
	struct scene s;
};

static const char probes[] =
	"1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
	"2\tb\toutput-flow\toutput\tarmed\t0\t0\t0\t-\t-\n"
	"3\tc\tinput\tinput\tarmed\t0\t0\t0\t-\t-\n"
	"4\td\trule\tlookup\tarmed\t0\t0\t0\t-\t-\n"
	"5\te\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
	"6\tf\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"7\tg\trule-event\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"8\th\taddr-event\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"9\ti\tlink-event\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"10\tj\ticmp-in\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"11\tk\ticmp-out\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"12\tl\tlink-failure\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"13\tm\tnetfilter\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"14\tn\treroute\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"15\ta6\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
	"16\te6\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
	"17\tf6\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n";

static const char callers[] =
	"6 arp_error_report+0x1/0x2\n"
	"7 __ip_queue_xmit+0x1/0x2\n"
	"8 ip_error+0x1/0x2\n"
	"9 nf_send_unreach+0x1/0x2 [nf_reject_ipv4]\n";

FIXTURE_SETUP(why)
{
	memset(&self->s, 0, sizeof(self->s));
	rp_fake_make(&self->s.fake);
	rp_fake_session(&self->s.fake, "");
	rp_fake_write(&self->s.fake, "probes", probes);
	rp_fake_append(&self->s.fake, "callers", callers, strlen(callers));
	self->s.options = (struct rp_options) { .input = self->s.fake.dir, .json = true };
	self->s.now = 1000 * MS;
}

FIXTURE_TEARDOWN(why)
{
	size_t i;

	rp_fake_remove(&self->s.fake);
	for (i = 0; i < self->s.nfound; i++)
		json_decref(self->s.found[i]);
	free(self->s.out);
	free(self->s.err);
}

static int run_why(void *arg)
{
	return rp_cmd_why(arg);
}

static int run(struct scene *s)
{
	char *text, *line, *rest;
	json_t *o;
	int status = rp_fake_run(run_why, &s->options, &s->out, &s->err);

	text = strdup(s->out);
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		o = json_loads(line, 0, NULL);
		if (o && !strcmp(json_string_value(json_object_get(o, "kind")), "why") &&
		    s->nfound < RP_ARRAY_SIZE(s->found))
			s->found[s->nfound++] = o;
		else
			json_decref(o);
	}
	free(text);
	return status;
}

/* "cause.event" of an object: its string, or ""; numbers as text */
static const char *get(const json_t *o, const char *path)
{
	static char number[32];
	char name[64];
	size_t len;

	for (; o && *path; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		o = json_object_get(o, name);
	}
	if (json_is_string(o))
		return json_string_value(o);
	if (json_is_true(o))
		return "true";
	if (!json_is_integer(o))
		return "";
	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(o));
	return number;
}

#define RUN() do {							\
	int status_ = run(&self->s);					\
									\
	ASSERT_EQ(RP_EXIT_OK, status_) TH_LOG("%s", self->s.err);	\
} while (0)
#define FOUND(n) do {							\
	size_t wanted_ = (n);						\
									\
	ASSERT_EQ(wanted_, self->s.nfound) TH_LOG("%s", self->s.out);	\
} while (0)
#define SAYS(n, path, value) do {					\
	const char *said_ = get(self->s.found[n], path);		\
									\
	EXPECT_STREQ(value, said_) TH_LOG("%s", self->s.out);		\
} while (0)

/* What happens next takes 100 us, and begins 10 ms after what was before. */
static struct rp_record next(struct scene *s, unsigned int kind)
{
	s->now += 10 * MS;
	return rp_fake_record(kind, s->now, s->now + 100000);
}

/* Inside what next() gave last, from @from to @to us */
static struct rp_record inside(struct scene *s, unsigned int kind,
			       unsigned int from, unsigned int to)
{
	return rp_fake_record(kind, s->now + from * 1000ULL, s->now + to * 1000ULL);
}

static struct rp_record by(struct rp_record rec, unsigned int tid, const char *comm)
{
	rec.tid = tid;
	rec.tgid = tid;
	memset(rec.comm, 0, sizeof(rec.comm));
	strcpy(rec.comm, comm);
	return rec;
}

#define ADD(r)	rp_fake_add(&self->s.fake, (r))

static void add_lookup(struct scene *s, const struct rp_record *outer,
		       unsigned int table, int err)
{
	struct rp_record rec = *outer;

	rec.kind = RP_KIND_LOOKUP;
	rec.time_ns += 10000;
	rec.duration_ns = 1000;
	rec.has = RP_HAS_FLOW;
	rec.err = err;
	rec.verdict = err == -EAGAIN ? RP_VERDICT_NEXT : RP_VERDICT_REJECT;
	rec.route.table = table;
	rp_fake_add(&s->fake, rec);
}

static struct rp_record output(struct scene *s, const char *dst, int err)
{
	struct rp_record rec = next(s, RP_KIND_OUTPUT);

	rp_fake_flow(&rec, NULL, dst);
	rec.err = err;
	rec.verdict = err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	return rec;
}

static void add_no_route(struct scene *s, const char *dst, uint32_t netns)
{
	struct rp_record rec = output(s, dst, -ENETUNREACH);

	rec.netns = netns;
	add_lookup(s, &rec, RT_TABLE_MAIN, -EAGAIN);
	rp_fake_add(&s->fake, rec);
}

static void add_rejected(struct scene *s, const char *dst, int err)
{
	struct rp_record rec = output(s, dst, err);

	add_lookup(s, &rec, RT_TABLE_MAIN, err);
	rp_fake_add(&s->fake, rec);
}

static struct rp_record on_route(struct rp_record rec, unsigned int op, unsigned int table,
				 const char *prefix, unsigned int len, const char *gateway)
{
	rp_fake_route(&rec, table, prefix, len, gateway, "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = op;
	return rec;
}

/* A command changes a table: the request, and the event in it */
static void add_change(struct scene *s, unsigned int op, const char *prefix,
		       unsigned int len, unsigned int type)
{
	struct rp_record rec = by(next(s, RP_KIND_CHANGE), 812, "ip"), event;

	event = by(inside(s, RP_KIND_EVENT, 10, 20), 812, "ip");
	event = on_route(event, op, RT_TABLE_MAIN, prefix, len, NULL);
	event.route.type = type;
	rp_fake_add(&s->fake, event);
	rec = on_route(rec, op, RT_TABLE_MAIN, prefix, len, NULL);
	rec.route.type = type;
	rp_fake_add(&s->fake, rec);
}

static struct rp_record link_event(struct rp_record rec, unsigned int op, unsigned int oif,
				   const char *dev)
{
	rec.has |= RP_HAS_ROUTE | RP_HAS_CHANGE;
	rec.route.oif = oif;
	strcpy(rec.route.dev, dev);
	rec.change.op = op;
	return rec;
}

static struct rp_record addr_event(struct rp_record rec, unsigned int op, const char *addr,
				   unsigned int len)
{
	rec = link_event(rec, op, 7, "ha");
	rp_addr_parse(&rec.route.prefsrc, rec.family, addr);
	rec.route.dst = rp_addr_prefix(&rec.route.prefsrc, len);
	rec.route.dst_len = len;
	return rec;
}

/* Routes of main die in a flush inside @root */
static void add_flush(struct scene *s, struct rp_record root, const char *prefix,
		      unsigned int len)
{
	struct rp_record flush = inside(s, RP_KIND_CHANGE, 20, 60), event;

	event = inside(s, RP_KIND_EVENT, 30, 40);
	event = on_route(event, RP_CHANGE_DELETE, RT_TABLE_MAIN, prefix, len, "10.0.1.2");
	rp_fake_add(&s->fake, by(event, 812, "ip"));
	flush.has = RP_HAS_CHANGE;
	flush.route.table = RT_TABLE_MAIN;
	flush.change.op = RP_CHANGE_FLUSH;
	flush.change.count = 1;
	rp_fake_add(&s->fake, by(flush, 812, "ip"));
	rp_fake_add(&s->fake, by(root, 812, "ip"));
}

static struct rp_record signal_of(struct scene *s, unsigned int kind,
				  unsigned int type, unsigned int code, const char *from)
{
	struct rp_record rec = next(s, kind);

	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rec.has |= RP_HAS_SIGNAL;
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.signal.type = type;
	rec.signal.code = code;
	if (from)
		inet_pton(AF_INET, from, &rec.signal.from.v4);
	return rec;
}

static void configure(struct scene *s, const char *text)
{
	rp_fake_append(&s->fake, "fib.json", text, strlen(text));
}

#define NS	"\"netns\":4026532001"

/* ---- origins ---- */

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

static struct rp_record rule(struct rp_record rec, unsigned int priority, unsigned int action,
			     unsigned int table)
{
	rec.has = RP_HAS_RULE;
	rec.rule.priority = priority;
	rec.rule.action = action;
	rec.rule.table = table;
	return rec;
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

static struct rp_record input(struct scene *s, const char *src, int err)
{
	struct rp_record rec = next(s, RP_KIND_INPUT);

	rp_fake_flow(&rec, src, "10.0.2.2");
	rec.flow.iif = 7;
	rec.err = err;
	rec.context = RP_CONTEXT_SOFTIRQ;
	return rec;
}

static void add_source_check(struct scene *s, const struct rp_record *rec)
{
	struct rp_record step = *rec;

	step.kind = RP_KIND_VALIDATE;
	step.time_ns += 20000;
	step.duration_ns = 1000;
	rp_fake_add(&s->fake, step);
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

static struct rp_record forwarded(struct scene *s, int err)
{
	struct rp_record rec = input(s, "10.0.1.2", err);

	rec.has |= RP_HAS_DST_ERROR;
	return rec;
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

/* ---- causes ---- */

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

TEST_F(why, cause_link_down)
{
	struct rp_record root = next(&self->s, RP_KIND_LINK_EVENT);

	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-down");
	SAYS(0, "cause.dev", "ha");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	SAYS(0, "summary", "no route in table main; ha set down by ip[812] 0.010 s earlier: 203.0.113.0/24 went with it");
}

TEST_F(why, cause_addr_del)
{
	struct rp_record root = next(&self->s, RP_KIND_ADDR_EVENT);

	add_flush(&self->s, addr_event(root, RP_CHANGE_DELETE, "10.0.1.1", 24), "203.0.113.0", 24);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "addr-del");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	SAYS(0, "summary", "no route in table main; address 10.0.1.1/24 removed from ha by ip[812] 0.010 s earlier: 203.0.113.0/24 went with it");
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

#define COVERED	"{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n"
#define KNOWN(prefix, len, type, more) "{\"route\":{" NS ",\"table\":254,\"dst\":\"" prefix \
	"\",\"dstlen\":" #len ",\"type\":\"" type "\"" more "}}\n"

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

/* The route is there, its links are not: both legs have to be without carrier. */
TEST_F(why, carrier)
{
	configure(&self->s, COVERED
		  KNOWN("198.51.100.0", 24, "unicast", ",\"nexthops\":[{\"oif\":7},{\"oif\":8}]")
		  KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7"));
	ADD(link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_CARRIER_DOWN, 7, "ha"));
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	ADD(link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_CARRIER_DOWN, 8, "hb"));
	add_no_route(&self->s, "198.51.100.2", RP_FAKE_NETNS);
	RUN();
	FOUND(3);
	SAYS(0, "cause.event", "");
	SAYS(1, "origin", "no-route");
	SAYS(1, "cause.event", "carrier-down");
	SAYS(1, "cause.dev", "ha");
	SAYS(1, "route.dst", "203.0.113.0/24");
	SAYS(1, "summary", "no route in table main whose link has a carrier, though there is 203.0.113.0/24 (derived); ha lost its carrier 0.020 s earlier");
	SAYS(2, "cause.event", "carrier-down");
	SAYS(2, "cause.dev", "hb");
}

/* A device that is removed is set down first, by the same task. */
TEST_F(why, cause_link_del)
{
	struct rp_record root = next(&self->s, RP_KIND_LINK_EVENT);

	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	root = next(&self->s, RP_KIND_LINK_EVENT);
	ADD(by(link_event(root, RP_CHANGE_DELETE, 7, "ha"), 812, "ip"));
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-del");
	SAYS(0, "cause.dst", "203.0.113.0/24");
}

TEST_F(why, cause_link_del_by_another)
{
	struct rp_record root = next(&self->s, RP_KIND_LINK_EVENT);

	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	root = next(&self->s, RP_KIND_LINK_EVENT);
	ADD(by(link_event(root, RP_CHANGE_DELETE, 7, "ha"), 813, "ip"));
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-down");
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

/* ---- what changed nothing ---- */

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

	rp_fake_append(&self->s.fake, "callers", "10 tcp_v4_connect+0x1/0x2\n", 26);
	rp_fake_route(&rec, RT_TABLE_LOCAL, "10.0.1.255", 32, NULL, "ha");
	rec.route.type = RTN_BROADCAST;
	rec.route.rt_type = RTN_BROADCAST;
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	rec.time_ns += MS;
	rec.caller = 10;
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
	rp_fake_write(&self->s.fake, "session", "");
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

/* ---- bounds, filters, text ---- */

TEST_F(why, filter)
{
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	ADD(signal_of(&self->s, RP_KIND_ICMP_IN, 3, 1, "10.0.1.2"));
	self->s.options.nwords = 1;
	self->s.options.words = (char *[]) { "203.0.113.1" };
	RUN();
	FOUND(2);
	SAYS(0, "origin", "no-route");
	SAYS(1, "origin", "icmp");
}

TEST_F(why, text)
{
	struct rp_record root;

	self->s.options.json = false;
	self->s.options.details = true;
	root = next(&self->s, RP_KIND_LINK_EVENT);
	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	EXPECT_STREQ("LAST            NETNS      OWNER              TIMES  TOLD ORIGIN     VERDICT      FLOW                                       WHY\n"
		"00:00:01.020000 blue       app[7]                 1     1 no-route   ENETUNREACH  udp * > 203.0.113.1:53                     no route in table main; ha set down by ip[812] 0.010 s earlier: 203.0.113.0/24 went with it\n"
		"    output: error ENETUNREACH\n"
		"      lookup main: next\n"
		"    # ip -n blue route get 203.0.113.1 ipproto udp dport 53\n",
		self->s.out);
}

static const struct rp_past *of_route(const struct rp_history *h, uint32_t dst, uint64_t time_ns)
{
	const union rp_addr addr = { .v4 = htonl(dst) };

	return rp_history_of_route(h, RP_FAKE_NETNS, AF_INET, &addr, 32, time_ns);
}

/* More changes than are kept: the newest count, and it is said. */
TEST(history_bound)
{
	struct rp_history h;
	struct rp_node node = { 0 };
	const struct rp_past *past;
	unsigned int i;

	rp_history_init(&h);
	h.max = 4;
	TAILQ_INIT(&node.inner);
	node.rec = rp_fake_record(RP_KIND_EVENT, 0, 0);
	node.rec.route.dst_len = 32;
	node.rec.change.op = RP_CHANGE_DELETE;
	for (i = 0; i < 10; i++) {
		node.rec.time_ns = i;
		node.rec.route.dst.v4 = htonl(i / 2);
		rp_history_add(&h, &node, true);
	}
	EXPECT_EQ(6, rp_history_forgotten(&h));
	EXPECT_EQ(NULL, of_route(&h, 2, UINT64_MAX));
	past = of_route(&h, 3, UINT64_MAX);
	ASSERT_NE(NULL, past);
	EXPECT_EQ(7, past->rec.time_ns);
	past = rp_history_older(&h, past);
	ASSERT_NE(NULL, past);
	EXPECT_EQ(6, past->rec.time_ns);
	EXPECT_EQ(NULL, rp_history_older(&h, past));
	past = of_route(&h, 4, 8);
	ASSERT_NE(NULL, past);
	EXPECT_EQ(8, past->rec.time_ns);
	rp_history_exit(&h);
}

static enum rp_history_state at(struct rp_history *h, uint64_t time_ns)
{
	struct rp_route route = { .dst.v4 = htonl(1), .dst_len = 32, .table = RT_TABLE_MAIN };

	return rp_history_at(h, RP_FAKE_NETNS, AF_INET, &route, time_ns);
}

/* A snapshot from the middle of the changes tells of before and after. */
TEST(history_states)
{
	struct rp_route route = { .dst.v4 = htonl(1), .dst_len = 32, .table = RT_TABLE_MAIN };
	struct rp_history h;
	struct rp_node node = { 0 };

	rp_history_init(&h);
	EXPECT_EQ(RP_HISTORY_UNKNOWN, at(&h, 5));
	h.snapshot = true;
	h.snapshot_ns = 100;
	EXPECT_EQ(RP_HISTORY_UNKNOWN, at(&h, 5));
	rp_history_rule(&h, RP_FAKE_NETNS, &(struct rp_fib_rule) { .family = AF_INET });
	EXPECT_EQ(RP_HISTORY_ABSENT, at(&h, 5));
	TAILQ_INIT(&node.inner);
	node.rec = rp_fake_record(RP_KIND_EVENT, 50, 51);
	node.rec.route = route;
	node.rec.change.op = RP_CHANGE_INSERT;
	rp_history_add(&h, &node, true);
	EXPECT_EQ(RP_HISTORY_UNKNOWN, at(&h, 5));	/* it may have replaced one */
	EXPECT_EQ(RP_HISTORY_PRESENT, at(&h, 60));
	node.rec.time_ns = 70;
	node.rec.change.op = RP_CHANGE_DELETE;
	rp_history_add(&h, &node, true);
	EXPECT_EQ(RP_HISTORY_PRESENT, at(&h, 60));
	EXPECT_EQ(RP_HISTORY_ABSENT, at(&h, 80));
	rp_history_exit(&h);
}

/* A length that no prefix has is passed over only where all routes are known. */
TEST(history_lengths)
{
	struct rp_route route = { .dst_len = 48, .table = RT_TABLE_MAIN };
	struct rp_history h;

	rp_history_init(&h);
	h.snapshot = true;
	EXPECT_FALSE(rp_history_is_whole(&h, RP_FAKE_NETNS, AF_INET));
	rp_history_rule(&h, RP_FAKE_NETNS, &(struct rp_fib_rule) { .family = AF_INET });
	EXPECT_TRUE(rp_history_is_whole(&h, RP_FAKE_NETNS, AF_INET));
	EXPECT_FALSE(rp_history_is_whole(&h, RP_FAKE_NETNS, AF_INET6));
	rp_history_route(&h, RP_FAKE_NETNS, AF_INET6, &route);
	EXPECT_TRUE(rp_history_has_length(&h, AF_INET6, 48));
	EXPECT_FALSE(rp_history_has_length(&h, AF_INET6, 128));
	EXPECT_FALSE(rp_history_has_length(&h, AF_INET, 48));
	rp_history_exit(&h);
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

TEST_HARNESS_MAIN

