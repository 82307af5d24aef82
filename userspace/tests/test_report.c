// SPDX-License-Identifier: GPL-2.0
/* What crafted records come out as: whole outputs compared. */
#include "report.h"

TEST_F(report, line)
{
	rp_fake_add(&self->fake, table_lookup(1100, 1200, RT_TABLE_MAIN, 0));
	rp_fake_add(&self->fake, good_output(1000, 1300));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER
		"00:00:00.000001 blue       app[7]            output ok           udp * > 203.0.113.1:53                     -     main    203.0.113.0/24     via 10.0.1.2 dev ha src 10.0.1.1       udp_sendmsg\n",
		self->out);
	EXPECT_STREQ("2 records, 1 decisions, 0 lost, 0 missed by probes, 0 lookups outside decisions\n",
		     self->err);
}

static void add_mark_rule(struct rp_fake *fake)
{
	struct rp_record rec = rp_fake_record(RP_KIND_RULE, 1090, 1210);

	rp_fake_add(fake, table_lookup(1050, 1060, RT_TABLE_LOCAL, -EAGAIN));
	rp_fake_add(fake, table_lookup(1100, 1200, 100, 0));
	rec.has |= RP_HAS_RULE;
	rec.rule.priority = 1000;
	rec.rule.action = FR_ACT_TO_TBL;
	rec.rule.table = 100;
	rec.caller = 0;
	rp_fake_add(fake, rec);
	rec = good_output(1000, 2300);
	rec.flow.mark = 1;
	rec.flow.uid = 1000;
	rec.flow.tos = 0x10;
	rec.flow.oif = 7;
	rec.route.table = 100;
	rec.route.nh_count = 2;
	rec.route.nh_flags = RTNH_F_LINKDOWN;
	rp_fake_add(fake, rec);
}

#define RULE(rest)	"{\"rule\":{\"netns\":4026532001,\"action\":\"to_tbl\"," rest "}}\n"

static void add_config(struct rp_fake *fake, const char *text)
{
	rp_fake_append(fake, "fib.json", text, strlen(text));
}

/* As on a host with rules: which were not carried out, and why */
static void add_passed_over(struct rp_fake *fake, unsigned int answered)
{
	struct rp_record rec = table_lookup(1100, 1200, answered, 0);

	add_config(fake, RULE("\"priority\":0,\"table\":255"));
	add_config(fake, RULE("\"priority\":90,\"table\":90,\"fwmark\":5,\"fwmask\":255"));
	add_config(fake, RULE("\"priority\":95,\"table\":95,\"src\":\"10.9.0.0\",\"srclen\":16"));
	add_config(fake, RULE("\"priority\":100,\"table\":100"));
	add_config(fake,
		   "{\"route\":{\"netns\":4026532001,\"table\":100,\"dst\":\"203.0.113.0\",\"dstlen\":24,\"gateway\":\"10.0.1.2\",\"oif\":7,\"type\":\"unicast\"}}\n");
	rec.has |= RP_HAS_RULE;
	rec.rule.priority = answered;
	rec.rule.action = FR_ACT_TO_TBL;
	rec.rule.table = answered;
	rp_fake_add(fake, rec);
	rec = good_output(1000, 2300);
	rec.route.table = answered;
	rp_fake_add(fake, rec);
}

TEST_F(report, passed_over)
{
	static const char passed_over[] =
		"    rule 90 lookup 90 passed over: fwmark 0x5/0xff, flow has none\n"
		"    rule 95 lookup 95 passed over: from 10.9.0.0/16, flow has none\n";

	add_passed_over(&self->fake, 100);
	self->options.details = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, passed_over)) TH_LOG("%s", self->out);
	EXPECT_EQ(NULL, strstr(self->out, "rule 100 lookup uplink passed over"));
}

/* And of the table that answered the routes that lost. */
TEST_F(report, not_taken)
{
	static const char route[] =
		"{\"route\":{\"netns\":4026532001,\"table\":100,\"dst\":\"203.0.113.0\",\"dstlen\":24,\"gateway\":\"10.0.2.2\",\"oif\":8,\"metric\":5,\"type\":\"unicast\"}}\n"
		"{\"route\":{\"netns\":4026532001,\"table\":100,\"oif\":7,\"type\":\"unicast\"}}\n";
	static const char not_taken[] =
		"    route 203.0.113.0/24 via 10.0.2.2 dev if8 metric 5 not taken: higher metric\n"
		"    route default dev ha not taken: shorter prefix\n";

	add_passed_over(&self->fake, 100);
	add_config(&self->fake, route);
	self->options.details = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, not_taken)) TH_LOG("%s", self->out);
	free(self->out);
	free(self->err);
	self->options.json = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, "\"reason\":\"metric\",\"why\":\"higher metric\"},{"))
		TH_LOG("%s", self->out);
}

TEST_F(report, passed_over_as_json)
{
	static const char passed_over[] =
		"\"selector\":\"fwmark\",\"why\":\"fwmark 0x5/0xff, flow has none\"}";

	add_passed_over(&self->fake, 100);
	self->options.details = true;
	self->options.json = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, passed_over)) TH_LOG("%s", self->out);
}

/* Another table answered than the rules that are known lead to: nothing is said. */
TEST_F(report, passed_over_unlike_the_kernel)
{
	add_passed_over(&self->fake, 95);
	self->options.details = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_EQ(NULL, strstr(self->out, "passed over")) TH_LOG("%s", self->out);
}

TEST_F(report, details)
{
	add_mark_rule(&self->fake);
	self->options.details = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER
		"00:00:00.000001 blue       app[7]            output ok           udp * > 203.0.113.1:53 oif ha mark 0x1 uid 1000 tos 0x10 1000  uplink  203.0.113.0/24     via 10.0.1.2 dev ha src 10.0.1.1 leg 1/2 linkdown udp_sendmsg\n"
		"    lookup local                             next               [0.010 us from ip_route_output_flow]\n"
		"    rule 1000 lookup uplink                  hit                [0.120 us]\n"
		"      lookup uplink                          hit                203.0.113.0/24 via 10.0.1.2 dev ha [0.100 us from ip_route_output_flow]\n",
		self->out);
}

TEST_F(report, json)
{
	add_mark_rule(&self->fake);
	self->options.json = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ("{\"kind\":\"output\",\"family\":\"inet\",\"time_ns\":1000,\"realtime_ns\":1000,\"duration_ns\":1300,\"cpu\":0,\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"context\":\"task\",\"comm\":\"app\",\"pid\":7,\"tid\":7,\"caller\":\"udp_sendmsg\",\"flow\":{\"dst\":\"203.0.113.1\",\"oif\":\"ha\",\"iif\":\"lo\",\"mark\":1,\"uid\":1000,\"tos\":16,\"ipproto\":\"udp\",\"dport\":53},\"rule\":{\"priority\":1000,\"action\":\"to_tbl\",\"table\":\"uplink\"},\"table\":\"uplink\",\"route\":{\"type\":\"unicast\",\"dst\":\"203.0.113.0/24\",\"protocol\":\"boot\",\"scope\":\"global\"},\"gateway\":\"10.0.1.2\",\"dev\":\"ha\",\"prefsrc\":\"10.0.1.1\",\"leg\":{\"number\":1,\"of\":2,\"weight\":1},\"flags\":[\"linkdown\"],\"verdict\":\"ok\",\"incomplete\":false,\"steps\":[{\"kind\":\"lookup\",\"probe\":\"fib_table_lookup\",\"depth\":0,\"time_ns\":1050,\"duration_ns\":10,\"caller\":\"ip_route_output_flow\",\"flow\":{\"dst\":\"203.0.113.1\",\"iif\":\"lo\",\"uid\":0,\"ipproto\":\"udp\",\"dport\":53},\"table\":\"local\",\"verdict\":\"next\"},{\"kind\":\"rule\",\"depth\":0,\"time_ns\":1090,\"duration_ns\":120,\"rule\":{\"priority\":1000,\"action\":\"to_tbl\",\"table\":\"uplink\"},\"verdict\":\"hit\"},{\"kind\":\"lookup\",\"probe\":\"fib_table_lookup\",\"depth\":1,\"time_ns\":1100,\"duration_ns\":100,\"caller\":\"ip_route_output_flow\",\"flow\":{\"dst\":\"203.0.113.1\",\"iif\":\"lo\",\"uid\":0,\"ipproto\":\"udp\",\"dport\":53},\"table\":\"uplink\",\"route\":{\"type\":\"unicast\",\"dst\":\"203.0.113.0/24\",\"protocol\":\"boot\",\"scope\":\"global\"},\"gateway\":\"10.0.1.2\",\"dev\":\"ha\",\"flags\":[],\"verdict\":\"hit\"}]}\n"
		"{\"kind\":\"end\",\"records\":4,\"decisions\":1,\"shown\":1,\"incomplete\":0,\"lost\":0,\"lost_by_cpu\":{},\"missed\":0,\"outside\":0,\"unknown\":0,\"damaged\":false}\n",
		self->out);
}

TEST_F(report, failures)
{
	struct rp_record rec;

	rp_fake_add(&self->fake, table_lookup(1100, 1200, RT_TABLE_MAIN, -EHOSTUNREACH));
	rec = rp_fake_record(RP_KIND_OUTPUT, 1000, 1300);
	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rec.err = -EHOSTUNREACH;
	rp_fake_add(&self->fake, rec);

	rp_fake_add(&self->fake, table_lookup(2100, 2200, RT_TABLE_MAIN, -EAGAIN));
	rec.time_ns = 2000;
	rec.err = -ENETUNREACH;
	rp_fake_add(&self->fake, rec);

	rec.time_ns = 3000;
	rec.kind = RP_KIND_INPUT;
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.flow.iif = 7;
	rec.err = -EXDEV;
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER
		"00:00:00.000001 blue       app[7]            output EHOSTUNREACH udp 10.0.1.1 > 203.0.113.1:53              -     main    (unreachable route) -                                      udp_sendmsg origin route-type\n"
		"00:00:00.000002 blue       app[7]            output ENETUNREACH  udp 10.0.1.1 > 203.0.113.1:53              -     -       (no route)         -                                      udp_sendmsg origin no-route\n"
		"00:00:00.000003 blue       (softirq)         input  EXDEV        udp 10.0.1.1 > 203.0.113.1:53 iif ha       -     -       -                  -                                      udp_sendmsg origin rp-filter\n",
		self->out);
}

/* What happens to packets and devices has words of its own, and is no decision. */
TEST_F(report, signals_and_events)
{
	struct rp_record rec = rp_fake_record(RP_KIND_LINK_EVENT, 1000, 1100);

	rec.has = RP_HAS_ROUTE | RP_HAS_CHANGE;
	rec.route.oif = 7;
	rec.change.op = RP_CHANGE_DOWN;
	rp_fake_add(&self->fake, rec);
	rec = rp_fake_record(RP_KIND_LINK_FAILURE, 2000, 2100);
	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "10.0.1.2", "ha");
	rec.context = RP_CONTEXT_SOFTIRQ;
	rp_fake_add(&self->fake, rec);
	rec = rp_fake_record(RP_KIND_ICMP_IN, 3000, 3100);
	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rec.has |= RP_HAS_SIGNAL;
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.signal.type = 3;
	rec.signal.code = 1;
	rec.signal.from.v4 = htonl(0x0a000102);
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER
		"00:00:00.000001 blue       app[7]            link-event ok           dev ha is set down                                                                                                 udp_sendmsg\n"
		"00:00:00.000002 blue       (softirq)         link-failure EHOSTUNREACH udp 10.0.1.1 > 203.0.113.1:53              no answer from 10.0.1.2 dev ha                                          udp_sendmsg origin neighbour\n"
		"00:00:00.000003 blue       (softirq)         icmp-in EHOSTUNREACH udp 10.0.1.1 > 203.0.113.1:53              icmp host-unreachable from 10.0.1.2                                     udp_sendmsg origin icmp\n",
		self->out);
	EXPECT_NE(NULL, strstr(self->err, "3 records, 0 decisions"));
}

/* A source check that fails, and one by a part of the kernel with reasons of its own */
static void add_drops(struct rp_fake *fake)
{
	struct rp_record rec = table_lookup(1010, 1020, RT_TABLE_MAIN, 0);

	rec.context = RP_CONTEXT_SOFTIRQ;
	rp_fake_add(fake, rec);
	rec = rp_fake_record(RP_KIND_VALIDATE, 1050, 1080);
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.err = 16;
	rec.caller = 0;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_add(fake, rec);
	rec = rp_fake_record(RP_KIND_INPUT, 1000, 1300);
	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.flow.iif = 7;
	rec.err = 16;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_add(fake, rec);
	rec.time_ns = 2000;
	rec.err = 2 << 16 | 1;
	rp_fake_add(fake, rec);
}

TEST_F(report, drop_reasons)
{
	add_drops(&self->fake);
	self->options.details = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER
		"00:00:00.000001 blue       (softirq)         input  drop IP_RPFILTER udp 10.0.1.1 > 203.0.113.1:53 iif ha       -     main    203.0.113.0/24     via 10.0.1.2 dev ha                    udp_sendmsg origin rp-filter\n"
		"    lookup main                              hit                203.0.113.0/24 via 10.0.1.2 dev ha [0.010 us from ip_route_output_flow]\n"
		"    validate                                 error drop IP_RPFILTER [0.030 us]\n"
		"00:00:00.000002 blue       (softirq)         input  drop 131073  udp 10.0.1.1 > 203.0.113.1:53 iif ha       -     -       -                  -                                      udp_sendmsg origin unknown\n",
		self->out);
}

#define RPFILTER "\"drop_reason\":\"IP_RPFILTER\""

TEST_F(report, drop_reasons_json)
{
	add_drops(&self->fake);
	self->options.json = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, "\"error\",\"error\":\"drop\"," RPFILTER "}]"))
		TH_LOG("%s", self->out);
	EXPECT_NE(NULL, strstr(self->out, "\"verdict\":\"drop\"," RPFILTER
			       ",\"origin\":\"rp-filter\",\"incomplete\""));
	EXPECT_NE(NULL, strstr(self->out, "\"verdict\":\"drop\",\"drop_reason\":\"131073\","));
}

/* Names are what the kernel called them that made the records. */
TEST_F(report, filter_by_drop_reason)
{
	char *words[2] = { "error", "IP_RPFILTER" };

	add_drops(&self->fake);
	self->options.words = words;
	self->options.nwords = 2;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "2 decisions (1 shown)"));
	free(self->out);
	free(self->err);
	rp_fake_write(&self->fake, "reasons", "16 OTHER\n17 IP_RPFILTER\n");
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "2 decisions (0 shown)"));
}

/* A recording of a module that had no such file is whole. */
TEST_F(report, no_reasons)
{
	add_drops(&self->fake);
	forget(&self->fake, "reasons");
	ASSERT_EQ(RUN(), RP_EXIT_DAMAGED);
	EXPECT_NE(NULL, strstr(self->err, "reasons: No such file or directory"));
	EXPECT_NE(NULL, strstr(self->out, " input  drop 16      udp ")) TH_LOG("%s", self->out);
}

/* Nor does a line that says nothing hurt, nor a name that no terminal should see. */
TEST_F(report, odd_reasons)
{
	add_drops(&self->fake);
	rp_fake_write(&self->fake, "reasons",
		      "# more\n0 OK\n-1 X\n16\n99999999999 X\nx Y\n131073 A\033[2J more\n");
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, " input  drop 16      udp ")) TH_LOG("%s", self->out);
	EXPECT_NE(NULL, strstr(self->out, " input  drop A?[2J   udp "));
}

static struct rp_record change(uint64_t at, unsigned int op, int err)
{
	struct rp_record rec = rp_fake_record(RP_KIND_CHANGE, at, at + 100);

	rp_fake_route(&rec, RT_TABLE_MAIN, "10.0.1.0", 24, NULL, "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = op;
	rec.err = err;
	rec.caller = 0;
	return rec;
}

TEST_F(report, changes)
{
	struct rp_record rec;

	rp_fake_add(&self->fake, change(1000, RP_CHANGE_DELETE, 0));
	rp_fake_add(&self->fake, change(2000, RP_CHANGE_INSERT, -EEXIST));
	rec = change(3000, RP_CHANGE_FLUSH, 0);
	rec.change.count = 2;
	rp_fake_add(&self->fake, rec);
	rec.time_ns = 4000;
	rec.change.count = 0;
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER
		"00:00:00.000001 blue       app[7]            change ok           10.0.1.0/24 dev ha removed from table main                                                                         -\n"
		"00:00:00.000002 blue       app[7]            change EEXIST       10.0.1.0/24 dev ha not added to table main                                                                         -\n"
		"00:00:00.000003 blue       app[7]            change ok           table main: 2 routes flushed                                                                                       -\n",
		self->out);
}

/* The kernel's own tries that change nothing show with -a alone. */
TEST_F(report, idle_changes)
{
	struct rp_record rec = change(1000, RP_CHANGE_INSERT, -EEXIST);

	rec.caller = 5;
	rp_fake_add(&self->fake, rec);
	rp_fake_add(&self->fake, change(2000, RP_CHANGE_FLUSH, 0));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "2 records, 0 decisions, "));
	free(self->out);
	free(self->err);
	self->options.all = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "2 records, 2 decisions, "));
	EXPECT_NE(NULL, strstr(self->out, "not added to table main "));
}

TEST_F(report, multicast_over_the_default_route)
{
	struct rp_record rec = good_output(1000, 2300);

	rec.route.dst.v4 = 0;
	rec.route.dst_len = 0;
	rec.route.rt_type = RTN_MULTICAST;
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, " main    default as multicast "));
}

/* The routes that die in a flush, and one whose flush was lost */
TEST_F(report, events)
{
	char *words[2] = { "to", "10.0.1.7" };
	struct rp_record rec = change(1010, RP_CHANGE_DELETE, 0);

	rec.kind = RP_KIND_EVENT;
	rec.duration_ns = 5;
	rp_fake_add(&self->fake, rec);
	rec = change(1000, RP_CHANGE_FLUSH, 0);
	rec.change.count = 1;
	rp_fake_add(&self->fake, rec);
	rec = change(2000, RP_CHANGE_DELETE, 0);
	rec.kind = RP_KIND_EVENT;
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, " table main: 1 route flushed: 10.0.1.0/24  "))
		TH_LOG("%s", self->out);
	EXPECT_NE(NULL, strstr(self->out, " 10.0.1.0/24 dev ha is gone from table main  "));
	EXPECT_NE(NULL, strstr(self->err, "3 records, 2 decisions, "));

	/* A flush whose routes are all named concerns no others. */
	free(self->out);
	free(self->err);
	self->options.words = words;
	self->options.nwords = 2;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "2 decisions, "));
	words[1] = "203.0.113.1";
	free(self->out);
	free(self->err);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "2 decisions (0 shown), "));
}

TEST_F(report, change_json)
{
	struct rp_record rec = change(1000, RP_CHANGE_INSERT, -EEXIST);

	rec.change.nlflags = NLM_F_CREATE | NLM_F_EXCL;
	rp_fake_add(&self->fake, rec);
	self->options.json = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	strchr(self->out, '\n')[0] = '\0';
	EXPECT_STREQ(self->out,
		     "{\"kind\":\"change\",\"family\":\"inet\",\"time_ns\":1000,\"realtime_ns\":1000,\"duration_ns\":100,\"cpu\":0,\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"context\":\"task\",\"comm\":\"app\",\"pid\":7,\"tid\":7,\"event\":\"insert\",\"table\":\"main\",\"route\":{\"type\":\"unicast\",\"dst\":\"10.0.1.0/24\",\"protocol\":\"boot\",\"scope\":\"global\"},\"dev\":\"ha\",\"flags\":[],\"nlflags\":[\"excl\",\"create\"],\"verdict\":\"EEXIST\",\"incomplete\":false,\"steps\":[]}");
}

static struct rp_record rule(uint64_t begin, uint64_t end, unsigned int kind,
			     unsigned int priority)
{
	struct rp_record rec = rp_fake_record(kind, begin, end);

	rec.has |= RP_HAS_RULE;
	rec.rule.priority = priority;
	rec.rule.action = FR_ACT_TO_TBL;
	rec.rule.table = RT_TABLE_MAIN;
	return rec;
}

/* A match that was taken back decided nothing. */
TEST_F(report, suppressed)
{
	struct rp_record rec;

	rp_fake_add(&self->fake, table_lookup(1010, 1020, RT_TABLE_MAIN, 0));
	rp_fake_add(&self->fake, rule(1005, 1030, RP_KIND_RULE, 700));
	rec = rule(1040, 1050, RP_KIND_SUPPRESS, 700);
	rec.rule.suppressed = 1;
	rec.verdict = RP_VERDICT_NEXT;
	rp_fake_add(&self->fake, rec);
	rec = rp_fake_record(RP_KIND_OUTPUT, 1000, 1100);
	rp_fake_flow(&rec, NULL, "203.0.113.1");
	rec.err = -ENETUNREACH;
	rp_fake_add(&self->fake, rec);
	self->options.details = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, "113.1:53                     -     -       (no route) "))
		TH_LOG("%s", self->out);
	EXPECT_NE(NULL, strstr(self->out, "suppress 700 lookup main                 suppressed"));
}

/* What a source check found is no route for the packet. */
TEST_F(report, source_check)
{
	struct rp_record rec = table_lookup(1060, 1070, 100, -EACCES);

	rp_fake_add(&self->fake, table_lookup(1010, 1020, RT_TABLE_MAIN, 0));
	rp_fake_add(&self->fake, rec);
	rec = rp_fake_record(RP_KIND_VALIDATE, 1050, 1080);
	rec.err = -EXDEV;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_add(&self->fake, rec);
	rec = rp_fake_record(RP_KIND_INPUT, 1000, 1100);
	rp_fake_flow(&rec, "10.0.1.2", "203.0.113.1");
	rec.err = -EXDEV;
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, "-     main    203.0.113.0/24     via 10.0.1.2 dev ha "))
		TH_LOG("%s", self->out);
}

TEST_F(report, lost_in_the_middle)
{
	struct rp_record rec = good_output(1000, 1300);

	rp_fake_add(&self->fake, rec);
	rec = good_output(2000, 2300);
	rec.seq = 5;
	rp_fake_add(&self->fake, rec);
	rp_fake_add(&self->fake, good_output(3000, 3300));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ("3 records, 3 decisions (1 incomplete), 3 lost (cpu0 3), 0 missed by probes, 0 lookups outside decisions\n",
		     self->err);
	EXPECT_NE(NULL, strstr(self->out, "udp_sendmsg (incomplete)\n00:00:00.000003"));
}

TEST_F(report, outside)
{
	rp_fake_add(&self->fake, table_lookup(1100, 1200, RT_TABLE_MAIN, 0));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ("", self->out);
	EXPECT_NE(NULL, strstr(self->err, "0 decisions, 0 lost"));
	EXPECT_NE(NULL, strstr(self->err, ", 1 lookups outside decisions"));
	free(self->out);
	free(self->err);
	self->options.all = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER
		"00:00:00.000001 -          app[7]            lookup ok           udp * > 203.0.113.1:53                     -     main    203.0.113.0/24     via 10.0.1.2 dev ha                    ip_route_output_flow\n",
		self->out);
}

static struct rp_record good_output6(uint64_t begin, uint64_t end)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, begin, end);

	rp_fake_flow(&rec, "2001:db8::1", "2001:db8:1::2");
	rec.flow.sport = htons(4000);
	rp_fake_route(&rec, RT_TABLE_MAIN, "2001:db8:1::", 48, "fe80::1", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	inet_pton(AF_INET6, "2001:db8::1", &rec.route.prefsrc);
	return rec;
}

/* Addresses before ports as ss has them, a gateway of the route's own family bare */
TEST_F(report, ipv6)
{
	struct rp_record rec = good_output6(1000, 1300);

	rp_fake_add(&self->fake, rec);
	rec = good_output6(2000, 2300);
	rec.flow = (struct rp_flow) { .dst = rec.flow.dst, .iif = 1, .dport = htons(443) };
	rec.flow.proto = IPPROTO_TCP;
	rec.route.dst_len = 128;
	rp_fake_add(&self->fake, rec);
	rec.time_ns = 3000;
	rec.flow.proto = IPPROTO_ICMPV6;
	rec.flow.dport = htons(128 << 8);
	rec.route.dst_len = 0;
	rec.route.dst = (union rp_addr) { .w = { 0, 0 } };
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, " udp [2001:db8::1]:4000 > [2001:db8:1::2]:53 "));
	EXPECT_NE(NULL, strstr(self->out, " 2001:db8:1::/48 "));
	EXPECT_NE(NULL, strstr(self->out, " via fe80::1 dev ha src 2001:db8::1 "));
	EXPECT_NE(NULL, strstr(self->out, " tcp * > [2001:db8:1::2]:443 "));
	EXPECT_NE(NULL, strstr(self->out, " 2001:db8:1:: "));
	EXPECT_NE(NULL, strstr(self->out, " * > 2001:db8:1::2 type 128 code 0 "));
	EXPECT_NE(NULL, strstr(self->out, " default "));
}

TEST_F(report, ipv6_json)
{
	self->options.json = true;
	rp_fake_add(&self->fake, good_output6(1000, 1300));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out,
			       "{\"kind\":\"output\",\"family\":\"inet6\",\"time_ns\":1000,"));
	EXPECT_NE(NULL, strstr(self->out,
			       "\"flow\":{\"dst\":\"2001:db8:1::2\",\"src\":\"2001:db8::1\","));
	EXPECT_NE(NULL, strstr(self->out, "\"dst\":\"2001:db8:1::/48\","));
	EXPECT_NE(NULL, strstr(self->out,
			       "\"gateway\":\"fe80::1\",\"dev\":\"ha\",\"prefsrc\":\"2001:"));
}

TEST_F(report, filter_keeps_flush)
{
	char *words[2] = { "to", "203.0.113.1" };
	struct rp_record rec = change(3000, RP_CHANGE_FLUSH, 0);

	self->options.words = words;
	self->options.nwords = 2;
	rp_fake_add(&self->fake, change(1000, RP_CHANGE_DELETE, 0));
	rp_fake_add(&self->fake, good_output(2000, 2300));
	rec.change.count = 1;
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_EQ(NULL, strstr(self->out, "10.0.1.0/24"));
	EXPECT_NE(NULL, strstr(self->out, "udp * > 203.0.113.1:53"));
	EXPECT_NE(NULL, strstr(self->out, "table main: 1 route flushed"));
	EXPECT_NE(NULL, strstr(self->err, "3 decisions (2 shown)"));
}

TEST_HARNESS_MAIN
