// SPDX-License-Identifier: GPL-2.0
/* What routeprobe top counts of crafted records: whole outputs compared. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "count/top.h"
#include "fake.h"
#include "lib/util.h"

#define HEADER(title) \
	"    HITS   FAILED LAST            NETNS      OWNER                 " title "\n"

FIXTURE(top) {
	struct rp_fake fake;
	struct rp_options options;
	char *out, *err;
};

FIXTURE_SETUP(top)
{
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	/* every kind that top warns about is armed */
	rp_fake_write(&self->fake, "probes",
		      "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
		      "2\tb\tinput\tinput\tarmed\t0\t0\t0\t-\t-\n"
		      "3\tc\trule\tlookup\tarmed\t0\t0\t0\t-\t-\n"
		      "4\td\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n");
	self->options = (struct rp_options) { .input = self->fake.dir };
	self->out = NULL;
	self->err = NULL;
}

FIXTURE_TEARDOWN(top)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static int run_top(void *arg)
{
	return rp_cmd_top(arg);
}

#define RUN() rp_fake_run(run_top, &self->options, &self->out, &self->err)
#define AGAIN() do { free(self->out); free(self->err); } while (0)
#define HAS(text, words) do {						\
	const char *in_ = (text), *has_ = (words);			\
									\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("%s: %s", has_, in_);	\
} while (0)

/* A decision to send by way of 10.0.0.0/8, which has two legs, 1 us each */
static struct rp_record hit(uint64_t us, unsigned int leg, const char *comm)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, us * 1000, us * 1000 + 500);

	rp_fake_flow(&rec, NULL, "10.9.9.9");
	rp_fake_route(&rec, RT_TABLE_MAIN, "10.0.0.0", 8, leg ? "10.0.2.2" : "10.0.1.2",
		      leg ? "hb" : "ha");
	rec.route.nh_count = 2;
	rec.route.nh_sel = leg;
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	inet_pton(AF_INET, "10.0.1.1", &rec.route.prefsrc.v4);
	snprintf(rec.comm, sizeof(rec.comm), "%s", comm);
	return rec;
}

/* A rejection that names a table, which is all the kernel tells of it */
static void add_refused(struct rp_fake *f, uint64_t us)
{
	struct rp_record rec = rp_fake_record(RP_KIND_LOOKUP, us * 1000 + 10, us * 1000 + 20);

	rec.verdict = RP_VERDICT_REJECT;
	rec.err = -EHOSTUNREACH;
	rec.route.table = RT_TABLE_MAIN;
	rp_fake_add(f, rec);
	rec = rp_fake_record(RP_KIND_OUTPUT, us * 1000, us * 1000 + 500);
	rp_fake_flow(&rec, NULL, "10.9.9.9");
	rec.err = -EHOSTUNREACH;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_add(f, rec);
}

#define NS	"\"netns\":4026532001"

static void configure(struct rp_fake *f, const char *text)
{
	rp_fake_append(f, "fib.json", text, strlen(text));
}

static void configure_all(struct rp_fake *f)
{
	configure(f, "{\"link\":{" NS ",\"ifindex\":8,\"ifname\":\"hb\"}}\n"
		"{\"route\":{" NS ",\"table\":254,\"dst\":\"10.0.0.0\",\"dstlen\":8,\"protocol\":3,\"type\":\"unicast\",\"nexthops\":[{\"oif\":7,\"weight\":1,\"gateway\":\"10.0.1.2\"},{\"oif\":8,\"weight\":2,\"gateway\":\"10.0.2.2\"}]}}\n"
		"{\"route\":{" NS ",\"table\":100,\"oif\":7,\"via\":{\"family\":\"inet6\",\"host\":\"fe80::1\"},\"metric\":5,\"dstlen\":0,\"tos\":16,\"type\":\"unicast\"}}\n"
		"{\"route\":{" NS ",\"table\":254,\"dst\":\"10.66.0.0\",\"dstlen\":16,\"type\":\"unreachable\"}}\n"
		"{\"route\":{" NS ",\"table\":254,\"dst\":\"10.67.0.0\",\"dstlen\":16,\"type\":\"prohibit\"}}\n"
		"{\"route\":{" NS ",\"table\":254,\"dst\":\"10.68.0.0\",\"dstlen\":16,\"type\":\"throw\"}}\n"
		"{\"route\":{" NS ",\"table\":255,\"dst\":\"10.0.1.1\",\"dstlen\":32,\"oif\":7,\"protocol\":2,\"type\":\"local\"}}\n"
		"{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n"
		"{\"rule\":{" NS ",\"priority\":900,\"goto\":1000,\"action\":\"goto\"}}\n"
		"{\"rule\":{" NS ",\"priority\":1000,\"table\":100,\"action\":\"to_tbl\"}}\n"
		"{\"rule\":{" NS ",\"priority\":1001,\"l3mdev\":1,\"action\":\"to_tbl\"}}\n");
}

static void add_some(struct rp_fake *f)
{
	struct rp_record rec = hit(3, 1, "web");

	rp_fake_add(f, hit(1, 0, "app"));
	rp_fake_add(f, hit(2, 1, "app"));
	rec.route.nh_flags = RTNH_F_LINKDOWN;	/* is the same next hop */
	rp_fake_add(f, rec);
	rp_fake_add(f, hit(4, 1, "app"));
	add_refused(f, 5);
}

TEST_F(top, routes)
{
	add_some(&self->fake);
	configure_all(&self->fake);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER("ROUTE")
		"       3        0 00:00:00.000004 blue       app 66%               10.0.0.0/8 via 10.0.2.2 dev hb leg 2/2 table main\n"
		"       1        1 00:00:00.000005 blue       app 100%              (unreachable route) table main\n"
		"       1        0 00:00:00.000001 blue       app 100%              10.0.0.0/8 via 10.0.1.2 dev ha leg 1/2 table main\n"
		"       0        - never           blue       -                     default tos 0x10 via inet6 fe80::1 dev ha metric 5 table uplink\n"
		"       0        - never           blue       -                     prohibit 10.67.0.0/16 table main\n"
		"       ?        - -               blue       -                     throw 10.68.0.0/16 table main\n"
		"       ?        - -               blue       -                     unreachable 10.66.0.0/16 table main\n",
		self->out);
	EXPECT_STREQ("6 records, 5 decisions, 0 lost, 0 missed by probes, 0 lookups outside decisions\n",
		     self->err);
}

TEST_F(top, routes_json)
{
	add_some(&self->fake);
	configure_all(&self->fake);
	self->options.json = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ("{\"kind\":\"top\",\"by\":\"route\",\"hits\":3,\"failed\":0,\"time_ns\":4000,\"realtime_ns\":4000,\"comm\":\"app\",\"owned\":2,\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"table\":\"main\",\"route\":{\"type\":\"unicast\",\"dst\":\"10.0.0.0/8\",\"protocol\":\"boot\",\"scope\":\"global\"},\"gateway\":\"10.0.2.2\",\"dev\":\"hb\",\"leg\":{\"number\":2,\"of\":2,\"weight\":1},\"flags\":[]}\n"
		"{\"kind\":\"top\",\"by\":\"route\",\"hits\":1,\"failed\":1,\"time_ns\":5000,\"realtime_ns\":5000,\"comm\":\"app\",\"owned\":1,\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"table\":\"main\",\"match\":\"(unreachable route)\"}\n"
		"{\"kind\":\"top\",\"by\":\"route\",\"hits\":1,\"failed\":0,\"time_ns\":1000,\"realtime_ns\":1000,\"comm\":\"app\",\"owned\":1,\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"table\":\"main\",\"route\":{\"type\":\"unicast\",\"dst\":\"10.0.0.0/8\",\"protocol\":\"boot\",\"scope\":\"global\"},\"gateway\":\"10.0.1.2\",\"dev\":\"ha\",\"leg\":{\"number\":1,\"of\":2,\"weight\":1},\"flags\":[]}\n"
		"{\"kind\":\"top\",\"by\":\"route\",\"hits\":0,\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"table\":\"uplink\",\"route\":{\"type\":\"unicast\",\"dst\":\"default\",\"protocol\":\"unspec\",\"scope\":\"global\",\"metric\":5,\"tos\":16},\"via\":{\"family\":\"inet6\",\"host\":\"fe80::1\"},\"dev\":\"ha\",\"flags\":[]}\n"
		"{\"kind\":\"top\",\"by\":\"route\",\"hits\":0,\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"table\":\"main\",\"route\":{\"type\":\"prohibit\",\"dst\":\"10.67.0.0/16\",\"protocol\":\"unspec\",\"scope\":\"global\"},\"flags\":[]}\n"
		"{\"kind\":\"top\",\"by\":\"route\",\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"table\":\"main\",\"route\":{\"type\":\"throw\",\"dst\":\"10.68.0.0/16\",\"protocol\":\"unspec\",\"scope\":\"global\"},\"flags\":[]}\n"
		"{\"kind\":\"top\",\"by\":\"route\",\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"table\":\"main\",\"route\":{\"type\":\"unreachable\",\"dst\":\"10.66.0.0/16\",\"protocol\":\"unspec\",\"scope\":\"global\"},\"flags\":[]}\n"
		"{\"kind\":\"end\",\"records\":6,\"decisions\":5,\"shown\":5,\"incomplete\":0,\"lost\":0,\"lost_by_cpu\":{},\"missed\":0,\"outside\":0,\"unknown\":0,\"damaged\":false}\n",
		self->out);
}

/* Both families have a default route and a table main: rows of their own. */
TEST_F(top, families_apart)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, 9000, 9100);

	rp_fake_flow(&rec, NULL, "10.9.9.9");
	rp_fake_route(&rec, RT_TABLE_MAIN, "0.0.0.0", 0, NULL, "ha");
	rp_fake_add(&self->fake, rec);
	rec.time_ns += 1000;
	rp_fake_flow(&rec, NULL, "2001:db8::1");
	rp_fake_route(&rec, RT_TABLE_MAIN, "::", 0, NULL, "ha");
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, " default dev ha table main\n");
	HAS(self->out, " inet6 default dev ha table main\n");
	AGAIN();
	self->options.by = "table";
	self->options.json = true;
	ASSERT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, "\"family\":\"inet6\",\"table\":\"main\"");
}

/* Without the probe that would tell who refused, no refusing route is known unused. */
TEST_F(top, refusals_untold)
{
	rp_fake_write(&self->fake, "probes",
		      "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
		      "2\tb\tinput\tinput\toff\t0\t0\t0\t-\t-\n");
	configure_all(&self->fake);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	HAS(self->out, "       ?        - -               blue       -                     prohibit 10.67");
	HAS(self->err, "no probe for input is armed: what is received is not counted");
	EXPECT_EQ(NULL, strstr(self->err, "output"));
}

/* What the kernel made for an address is a route as any other when it is hit. */
TEST_F(top, local_routes)
{
	struct rp_record rec = hit(1, 0, "app");

	configure_all(&self->fake);
	self->options.all = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	HAS(self->out, "       0        - never           blue       -                     local 10.0.1.1 table local\n");
	AGAIN();
	rp_fake_route(&rec, RT_TABLE_LOCAL, "10.0.1.1", 32, NULL, "lo");
	rec.route.type = RTN_LOCAL;
	rec.route.gw_family = 0;
	rec.route.nh_count = 1;
	rec.route.oif = 1;
	rp_fake_add(&self->fake, rec);
	/* sent by one device, received for lo */
	rec.time_ns = 2000;
	rp_fake_route(&rec, RT_TABLE_LOCAL, "10.0.1.255", 32, NULL, "ha");
	rec.route.type = RTN_BROADCAST;
	rp_fake_add(&self->fake, rec);
	rec.time_ns = 3000;
	rec.route.oif = 1;
	strcpy(rec.route.dev, "lo");
	rp_fake_add(&self->fake, rec);
	self->options.all = false;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	HAS(self->out, "       1        0 00:00:00.000001 blue       app 100%              local 10.0.1.1 table local\n");
	HAS(self->out, "       2        0 00:00:00.000003 blue       app 100%              broadcast 10.0.1.255 table local\n");
}

static void add_rule_hit(struct rp_fake *f, uint64_t us)
{
	struct rp_record rec = rp_fake_record(RP_KIND_RULE, us * 1000 + 10, us * 1000 + 20);

	rec.has |= RP_HAS_RULE;
	rec.rule.priority = 1000;
	rec.rule.action = FR_ACT_TO_TBL;
	rec.rule.table = 100;
	rp_fake_add(f, rec);
	rec = hit(us, 0, "app");
	rp_fake_add(f, rec);
}

TEST_F(top, rules)
{
	rp_fake_add(&self->fake, hit(1, 0, "app"));
	add_rule_hit(&self->fake, 2);
	add_rule_hit(&self->fake, 3);
	configure_all(&self->fake);
	self->options.by = "rule";
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER("RULE")
		"       2        0 00:00:00.000003 blue       app 100%              1000 lookup uplink\n"
		"       1        0 00:00:00.000001 blue       app 100%              (no rule)\n"
		"       0        - never           blue       -                     0 lookup local\n"
		"       0        - never           blue       -                     1001 lookup [l3mdev-table]\n"
		"       ?        - -               blue       -                     900 goto\n",
		self->out);
}

TEST_F(top, by_everything_else)
{
	static const struct {
		const char *by, *row;
	} wanted[] = {
		{ "table", " app 80%               main\n" },
		{ "flow", " app 80%               output udp * > 10.9.9.9:53\n" },
		{ "verdict", " app 100%              EHOSTUNREACH\n" },
		{ "caller", " app 80%               udp_sendmsg\n" },
	};
	size_t i;

	add_some(&self->fake);
	configure_all(&self->fake);
	for (i = 0; i < RP_ARRAY_SIZE(wanted); i++) {
		self->options.by = wanted[i].by;
		ASSERT_EQ(RUN(), RP_EXIT_OK);
		HAS(self->out, wanted[i].row);
		EXPECT_EQ(NULL, strstr(self->out, "never"));
		AGAIN();
	}
	self->out = NULL;
	self->err = NULL;
}

static void asked_as(struct rp_fake *f, const char *src, unsigned int sport,
		     unsigned int dport, uint64_t us)
{
	struct rp_record rec = hit(us, 0, "app");

	if (src)
		inet_pton(AF_INET, src, &rec.flow.src.v4);
	rec.flow.sport = htons(sport);
	rec.flow.dport = htons(dport);
	rp_fake_add(f, rec);
}

/* One socket after the other to a service, and a service's answers, are one flow. */
TEST_F(top, flow_classes)
{
	self->options.by = "flow";
	asked_as(&self->fake, NULL, 40000, 53, 1);
	asked_as(&self->fake, NULL, 40001, 53, 2);
	asked_as(&self->fake, NULL, 53, 50001, 3);
	asked_as(&self->fake, NULL, 53, 50002, 4);
	asked_as(&self->fake, NULL, 53, 50003, 5);
	asked_as(&self->fake, NULL, 60000, 50004, 6);
	asked_as(&self->fake, "10.0.1.1", 40001, 53, 7);
	asked_as(&self->fake, NULL, 0, 50005, 8);
	asked_as(&self->fake, NULL, 53, 32768, 9);
	asked_as(&self->fake, NULL, 53, 32767, 10);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER("FLOW")
		"       4        0 00:00:00.000009 blue       app 100%              output udp *:53 > 10.9.9.9\n"
		"       2        0 00:00:00.000002 blue       app 100%              output udp * > 10.9.9.9:53\n"
		"       1        0 00:00:00.000010 blue       app 100%              output udp * > 10.9.9.9:32767\n"
		"       1        0 00:00:00.000006 blue       app 100%              output udp * > 10.9.9.9:50004\n"
		"       1        0 00:00:00.000008 blue       app 100%              output udp * > 10.9.9.9:50005\n"
		"       1        0 00:00:00.000007 blue       app 100%              output udp 10.0.1.1 > 10.9.9.9:53\n",
		self->out);
}

/* With as many hits, rows and owners are in the order of their names. */
TEST_F(top, ties)
{
	rp_fake_add(&self->fake, hit(1, 1, "web"));
	rp_fake_add(&self->fake, hit(2, 1, "app"));
	rp_fake_add(&self->fake, hit(3, 0, "zoo"));
	rp_fake_add(&self->fake, hit(4, 0, "web"));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER("ROUTE")
		"       2        0 00:00:00.000004 blue       web 50%               10.0.0.0/8 via 10.0.1.2 dev ha leg 1/2 table main\n"
		"       2        0 00:00:00.000002 blue       app 50%               10.0.0.0/8 via 10.0.2.2 dev hb leg 2/2 table main\n",
		self->out);
}

/* A packet has no owner; a task may be called as if it were one. */
TEST_F(top, owners)
{
	struct rp_record rec = hit(1, 0, "bystander");

	rec.context = RP_CONTEXT_SOFTIRQ;
	rp_fake_add(&self->fake, rec);
	rp_fake_add(&self->fake, hit(2, 0, "(softirq)"));
	rec.time_ns = 3000;
	rp_fake_add(&self->fake, rec);
	self->options.json = true;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	HAS(self->out, "\"hits\":3,");
	HAS(self->out, "\"context\":\"softirq\",\"owned\":2,");
}

TEST_F(top, rows)
{
	add_some(&self->fake);
	self->options.rows = "1";
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	HAS(self->out, "leg 2/2 table main\n");
	EXPECT_EQ(NULL, strstr(self->out, "leg 1/2"));
	HAS(self->err, "1 of 3 rows shown\n");
}

/* Changes are no hits, and words that say nothing of a route leave it alone. */
TEST_F(top, filtered)
{
	char *words[2] = { "to", "10.9.9.9" };
	struct rp_record rec = rp_fake_record(RP_KIND_CHANGE, 9000, 9500);

	add_some(&self->fake);
	rp_fake_route(&rec, RT_TABLE_MAIN, "10.9.9.0", 24, NULL, "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = RP_CHANGE_INSERT;
	rp_fake_add(&self->fake, rec);
	configure_all(&self->fake);
	self->options.words = words;
	self->options.nwords = 2;
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	HAS(self->out, "default tos 0x10");
	EXPECT_EQ(NULL, strstr(self->out, "10.66"));
	EXPECT_EQ(NULL, strstr(self->out, "10.9.9.0"));
	HAS(self->err, "7 records, 6 decisions (5 shown), ");
	AGAIN();
	words[0] = "error";
	words[1] = "any";
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_STREQ(HEADER("ROUTE")
		"       1        1 00:00:00.000005 blue       app 100%              (unreachable route) table main\n",
		self->out);
}

/* A name that came later is the one that all rows have. */
TEST_F(top, names_of_the_end)
{
	configure_all(&self->fake);
	rp_fake_write(&self->fake, "names.json",
		      "{\"netns\":{\"inode\":4026532001,\"name\":\"green\"}}\n"
		      "{\"route\":{" NS ",\"table\":254,\"dst\":\"10.70.0.0\",\"dstlen\":16,\"oif\":7,\"type\":\"unicast\"}}\n");
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_EQ(NULL, strstr(self->out, "blue"));
	HAS(self->out, "       0        - never           green      -                     10.70.0.0/16 dev ha table main\n");
}

TEST_F(top, damaged_routes)
{
	add_some(&self->fake);
	configure_all(&self->fake);
	configure(&self->fake,
		  "{\"route\":{" NS ",\"dst\":\"10.0.0\",\"dstlen\":8,\"type\":\"unicast\"}}\n"
		  "{\"route\":{" NS ",\"dst\":\"10.0.0.0\",\"dstlen\":33,\"type\":\"unicast\"}}\n"
		  "{\"route\":{" NS ",\"dst\":\"10.0.0.0\",\"dstlen\":-8,\"type\":\"unicast\"}}\n"
		  "{\"route\":{" NS ",\"type\":7}}\n"
		  "{\"route\":{" NS ",\"type\":\"unicast\",\"nexthops\":[{\"oif\":1,\"via\":1}]}}\n"
		  "{\"route\":{" NS ",\"type\":\"unicast\",\"gateway\":\"fe80::1\"}}\n"
		  "{\"rule\":{\"priority\":1,\"action\":\"to_tbl\"}}\n"
		  "{\"rule\":{" NS ",\"priority\":\"1\",\"action\":\"to_tbl\"}}\n"
		  "{\"rule\":7}\n");
	ASSERT_EQ(RUN(), RP_EXIT_DAMAGED);
	HAS(self->err, "9 rules or routes of the snapshot are damaged");
	HAS(self->err, "6 records, 5 decisions");
	HAS(self->out, "       0        - never           blue       -                     prohibit 10.67.0.0/16");
}

TEST_F(top, damaged_records)
{
	add_some(&self->fake);
	rp_fake_append(&self->fake, "packed0", "\307half of it", 11);
	ASSERT_EQ(RUN(), RP_EXIT_DAMAGED);
	HAS(self->err, "packed0: after 6 records: the last record is cut off");
	HAS(self->out, "       3        0 00:00:00.000004 ");
}

TEST_F(top, lost)
{
	struct rp_record rec = hit(9, 0, "app");

	add_some(&self->fake);
	rec.seq = 17;
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	HAS(self->err, "7 records, 6 decisions (1 incomplete), 10 lost (cpu0 10)");
}

#define REFUSED(words) do {						\
	ASSERT_EQ(RUN(), RP_EXIT_ERROR);				\
	EXPECT_STREQ("", self->out);					\
	HAS(self->err, words);						\
	EXPECT_STREQ("\n", strchr(self->err, '\n'));			\
} while (0)

TEST_F(top, unknown_word)
{
	self->options.by = "prefix";
	REFUSED("\"prefix\" is nothing to count by; allowed are route rule table flow verdict caller\n");
}

TEST_F(top, bad_rows)
{
	self->options.rows = "-1";
	REFUSED("\"-1\" is no number of rows\n");
}

TEST_F(top, bad_follow)
{
	self->options.follow = true;
	REFUSED("a recording does not grow: -f and -i do not go together\n");
}

/* What is in the buffer is counted first, then what comes, once it is interrupted. */
TEST_F(top, follow)
{
	pid_t pid;

	rp_fake_add(&self->fake, hit(1, 0, "app"));
	pid = fork();
	if (!pid) {
		usleep(700 * 1000);
		rp_fake_add(&self->fake, hit(rp_util_now(CLOCK_MONOTONIC) / 1000, 0, "app"));
		usleep(700 * 1000);
		kill(getppid(), SIGINT);
		_exit(0);
	}
	self->options.input = NULL;
	self->options.dir = self->fake.dir;
	self->options.follow = true;
	EXPECT_EQ(RUN(), RP_EXIT_OK) TH_LOG("%s", self->err);
	waitpid(pid, NULL, 0);
	HAS(self->out, "       2        0 ");
	EXPECT_EQ(self->out, strstr(self->out, HEADER("ROUTE")));
	HAS(self->err, "2 records, 2 decisions, 0 lost");
}

/* All that a terminal was sent until its program ended */
static void read_terminal(int fd, char *text, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && poll(&p, 1, 5000) > 0) {
		n = read(fd, text + len, size - 1 - len);
		if (n <= 0)
			break;
		len += n;
	}
	text[len] = '\0';
}

static unsigned int count_of(const char *text, const char *what)
{
	unsigned int n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

/* On a terminal there is a picture a second, no larger than that. */
TEST_F(top, terminal)
{
	struct winsize size = { .ws_row = 6, .ws_col = 60 };
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave, status;
	char text[65536], *end;
	pid_t pid;

	ASSERT_LE(0, master);
	ASSERT_EQ(0, grantpt(master));
	ASSERT_EQ(0, unlockpt(master));
	ASSERT_EQ(0, ioctl(master, TIOCSWINSZ, &size));
	add_some(&self->fake);
	self->options.input = NULL;
	self->options.dir = self->fake.dir;
	self->options.follow = true;
	pid = fork();
	if (!pid) {
		slave = open(ptsname(master), O_RDWR | O_NOCTTY);
		dup2(slave, STDOUT_FILENO);
		dup2(slave, STDERR_FILENO);
		close(slave);
		close(master);
		if (!fork()) {
			usleep(2600 * 1000);
			kill(getppid(), SIGINT);
			_exit(0);
		}
		status = rp_cmd_top(&self->options);
		fflush(stdout);
		exit(status);
	}
	read_terminal(master, text, sizeof(text));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(RP_EXIT_OK, WEXITSTATUS(status));
	/* one picture at least, however busy the machine, and the last that stays */
	EXPECT_LE(2, count_of(text, "\033[H\033[J")) TH_LOG("%s", text);
	end = strstr(text + 6, "\033[H\033[J");
	ASSERT_NE(NULL, end);
	end[0] = '\0';
	HAS(text, "    HITS   FAILED NETNS      ROUTE\r\n");
	EXPECT_EQ(4, count_of(text, "\n")) TH_LOG("%s", text);
	close(master);
}

/* Beyond the limit all are one row, and nothing is forgotten. */
TEST_F(top, no_room)
{
	struct rp_wanted wanted = { .dir = self->fake.dir, .recording = true };
	struct rp_top_row **rows;
	struct rp_top top;
	size_t count;

	add_some(&self->fake);
	ASSERT_EQ(0, rp_top_open(&top, &wanted, rp_top_by("route"), false));
	top.rows.max = 1;
	while (rp_reading_step(&top.reading))
		;
	rp_reading_drain(&top.reading);
	rows = rp_top_sorted(&top, &count);
	EXPECT_EQ(1, count);
	EXPECT_EQ(1, rows[0]->hits);
	EXPECT_EQ(4, top.others.hits);
	EXPECT_EQ(1, top.others.failed);
	EXPECT_EQ(5, top.reading.totals.shown);
	free(rows);
	rp_top_close(&top);
}

TEST_HARNESS_MAIN
