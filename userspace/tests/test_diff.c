// SPDX-License-Identifier: GPL-2.0
/* What routeprobe diff says of two crafted recordings: whole outputs compared. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "count/diff.h"
#include "fake.h"

FIXTURE(diff) {
	struct rp_fake a, b;
	struct rp_options options;
	char *words[4];
	char *out, *err;
};

/* After a boot everything has another number, and nothing another name. */
#define B_NETNS		4026530002U
#define B_NAMES								\
	"{\"netns\":{\"inode\":4026530002,\"name\":\"blue\"}}\n"	\
	"{\"table\":{\"id\":100,\"name\":\"uplink\"}}\n"		\
	"{\"link\":{\"netns\":4026530002,\"ifindex\":3,\"ifname\":\"ha\"}}\n"

FIXTURE_SETUP(diff)
{
	rp_fake_make(&self->a);
	rp_fake_make(&self->b);
	rp_fake_session(&self->a, "");
	rp_fake_session(&self->b, "");
	rp_fake_write(&self->b, "fib.json", B_NAMES);
	self->words[0] = self->a.dir;
	self->words[1] = self->b.dir;
	self->options = (struct rp_options) { .words = self->words, .nwords = 2 };
	self->out = NULL;
	self->err = NULL;
}

FIXTURE_TEARDOWN(diff)
{
	rp_fake_remove(&self->a);
	rp_fake_remove(&self->b);
	free(self->out);
	free(self->err);
}

static int run_diff(void *arg)
{
	return rp_cmd_diff(arg);
}

#define RUN() rp_fake_run(run_diff, &self->options, &self->out, &self->err)
#define AGAIN() do { free(self->out); free(self->err); } while (0)
#define HAS(text, words) do {						\
	const char *in_ = (text), *has_ = (words);			\
									\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("%s: %s", has_, in_);	\
} while (0)

/* A flow that demands a device, and goes by gateway @gw */
static struct rp_record asked(uint64_t us, const char *dst, const char *gw)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, us * 1000, us * 1000 + 500);

	rp_fake_flow(&rec, NULL, dst);
	rp_fake_route(&rec, RT_TABLE_MAIN, "10.0.0.0", 8, gw, "ha");
	rec.flow.oif = 7;
	rec.flow.sport = htons(40000 + us);
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	inet_pton(AF_INET, "10.0.1.1", &rec.route.prefsrc.v4);
	return rec;
}

static struct rp_record in_b(struct rp_record rec)
{
	rec.netns = B_NETNS;
	rec.flow.oif = 3;
	rec.route.oif = 3;
	return rec;
}

static void add_both(struct rp_fake *a, struct rp_fake *b, struct rp_record rec)
{
	rp_fake_add(a, rec);
	rp_fake_add(b, in_b(rec));
}

/* The answer of rule @priority, inside a decision that began at @us */
static struct rp_record ruled(uint64_t us, unsigned int priority)
{
	struct rp_record rec = rp_fake_record(RP_KIND_RULE, us * 1000 + 10, us * 1000 + 20);

	rec.has |= RP_HAS_RULE;
	rec.rule.priority = priority;
	rec.rule.action = FR_ACT_TO_TBL;
	rec.rule.table = 100;
	return rec;
}

static struct rp_record refused(uint64_t us, const char *dst)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, us * 1000, us * 1000 + 500);

	rp_fake_flow(&rec, NULL, dst);
	rec.flow.oif = 7;
	rec.err = -ENETUNREACH;
	rec.verdict = RP_VERDICT_ERROR;
	return rec;
}

TEST_F(diff, nothing)
{
	add_both(&self->a, &self->b, asked(1, "10.9.9.9", "10.0.1.2"));
	add_both(&self->a, &self->b, refused(2, "10.8.8.8"));
	/* as often is not as well */
	rp_fake_add(&self->b, in_b(asked(3, "10.9.9.9", "10.0.1.2")));
	EXPECT_EQ(RP_DIFF_SAME, RUN());
	EXPECT_STREQ("", self->out);
	HAS(self->err, "0 flows differ, 2 do not, 0 only in A, 0 only in B\n");
	HAS(self->err, ": 2 records, 2 decisions, 0 lost");
	HAS(self->err, ": 3 records, 3 decisions, 0 lost");
	HAS(self->err, self->a.dir);
	HAS(self->err, self->b.dir);
}

static void add_differences(struct rp_fake *a, struct rp_fake *b)
{
	struct rp_record rec;

	/* another gateway */
	rp_fake_add(a, asked(1, "10.1.1.1", "10.0.1.2"));
	rp_fake_add(b, in_b(asked(1, "10.1.1.1", "10.0.1.3")));
	/* no route any more */
	rp_fake_add(a, asked(2, "10.2.2.2", "10.0.1.2"));
	rp_fake_add(b, in_b(refused(2, "10.2.2.2")));
	/* another rule and table, once in a while */
	rp_fake_add(a, asked(3, "10.3.3.3", "10.0.1.2"));
	rp_fake_add(a, asked(4, "10.3.3.3", "10.0.1.2"));
	rp_fake_add(b, in_b(asked(3, "10.3.3.3", "10.0.1.2")));
	rp_fake_add(b, ruled(4, 1000));
	rec = in_b(asked(4, "10.3.3.3", "10.0.1.2"));
	rec.route.table = 100;
	rp_fake_add(b, rec);
	/* another source */
	rp_fake_add(a, asked(5, "10.4.4.4", "10.0.1.2"));
	rec = in_b(asked(5, "10.4.4.4", "10.0.1.2"));
	inet_pton(AF_INET, "10.0.1.9", &rec.route.prefsrc.v4);
	rp_fake_add(b, rec);
	/* the same */
	add_both(a, b, asked(6, "10.5.5.5", "10.0.1.2"));
	/* of one alone */
	rp_fake_add(a, asked(7, "10.6.6.6", "10.0.1.2"));
	rp_fake_add(b, in_b(asked(7, "10.7.7.7", "10.0.1.2")));
	rp_fake_add(b, in_b(asked(8, "10.8.8.8", "10.0.1.2")));
}

#define VIA(gw, src) " ok rule - table main 10.0.0.0/8 via " gw " dev ha src " src " "

TEST_F(diff, everything)
{
	add_differences(&self->a, &self->b);
	ASSERT_EQ(RP_DIFF_DIFFERENT, RUN());
	EXPECT_STREQ("blue output udp * > 10.1.1.1:53 oif ha: hop\n"
		"-" VIA("10.0.1.2", "10.0.1.1") "(1)\n"
		"+" VIA("10.0.1.3", "10.0.1.1") "(1)\n"
		"blue output udp * > 10.2.2.2:53 oif ha: verdict, table, route, hop, source\n"
		"-" VIA("10.0.1.2", "10.0.1.1") "(1)\n"
		"+ ENETUNREACH rule - table - - - src - (1)\n"
		"blue output udp * > 10.3.3.3:53 oif ha: rule, table\n"
		" " VIA("10.0.1.2", "10.0.1.1") "(3)\n"
		"+ ok rule 1000 table uplink 10.0.0.0/8 via 10.0.1.2 dev ha src 10.0.1.1 (1)\n"
		"blue output udp * > 10.4.4.4:53 oif ha: source\n"
		"-" VIA("10.0.1.2", "10.0.1.1") "(1)\n"
		"+" VIA("10.0.1.2", "10.0.1.9") "(1)\n",
		self->out);
	HAS(self->err, "4 flows differ, 1 do not, 1 only in A, 2 only in B\n");
}

static void add_ruled(struct rp_fake *f, uint64_t us, unsigned int priority,
		      unsigned int table, struct rp_record rec)
{
	struct rp_record rule = ruled(us, priority);

	rule.rule.table = table;
	rp_fake_add(f, rule);
	rp_fake_add(f, rec);
}

/* The first custom rule makes the kernel ask its own as well, which decide nothing new. */
TEST_F(diff, own_rules)
{
	struct rp_record rec = asked(1, "10.1.1.1", "10.0.1.2");

	rp_fake_add(&self->a, rec);
	add_ruled(&self->b, 1, 32766, RT_TABLE_MAIN, in_b(rec));
	rec = asked(2, "10.2.2.2", "10.0.1.2");
	rp_fake_add(&self->a, rec);
	add_ruled(&self->b, 2, 0, RT_TABLE_LOCAL, in_b(rec));
	rec = asked(3, "10.3.3.3", "10.0.1.2");
	rp_fake_add(&self->a, rec);
	add_ruled(&self->b, 3, 32767, RT_TABLE_DEFAULT, in_b(rec));
	ASSERT_EQ(RP_DIFF_SAME, RUN());
	AGAIN();
	rec = asked(4, "10.4.4.4", "10.0.1.2");
	rp_fake_add(&self->a, rec);
	add_ruled(&self->b, 4, 32766, RT_TABLE_LOCAL, in_b(rec));
	ASSERT_EQ(RP_DIFF_DIFFERENT, RUN());
	HAS(self->out, "10.4.4.4:53 oif ha: rule\n");
}

TEST_F(diff, all)
{
	self->options.all = true;
	rp_fake_add(&self->a, asked(7, "10.6.6.6", "10.0.1.2"));
	rp_fake_add(&self->b, in_b(asked(7, "10.7.7.7", "10.0.1.2")));
	add_both(&self->a, &self->b, asked(8, "10.5.5.5", "10.0.1.2"));
	ASSERT_EQ(RP_DIFF_SAME, RUN());
	EXPECT_STREQ("blue output udp * > 10.6.6.6:53 oif ha: only in A\n"
		"-" VIA("10.0.1.2", "10.0.1.1") "(1)\n"
		"blue output udp * > 10.7.7.7:53 oif ha: only in B\n"
		"+" VIA("10.0.1.2", "10.0.1.1") "(1)\n",
		self->out);
	AGAIN();
	self->options.json = true;
	ASSERT_EQ(RP_DIFF_SAME, RUN());
	HAS(self->out, ",\"differs\":[],\"a\":[],\"b\":[{\"times\":1,");
}

TEST_F(diff, json)
{
	rp_fake_add(&self->a, asked(2, "10.2.2.2", "10.0.1.2"));
	rp_fake_add(&self->b, in_b(refused(2, "10.2.2.2")));
	self->options.json = true;
	ASSERT_EQ(RP_DIFF_DIFFERENT, RUN());
	HAS(self->out, "{\"kind\":\"diff\",\"netns\":{\"inode\":4026532001,\"name\":\"blue\"},\"family\":\"inet\",\"asked\":\"output\",\"flow\":{\"dst\":\"10.2.2.2\",\"oif\":\"ha\",\"iif\":\"lo\",\"uid\":0,\"ipproto\":\"udp\",\"dport\":53},\"differs\":[\"verdict\",\"table\",\"route\",\"hop\",\"source\"],\"a\":[{\"times\":1,\"table\":\"main\",\"route\":{\"type\":\"unicast\",\"dst\":\"10.0.0.0/8\",\"protocol\":\"boot\",\"scope\":\"global\"},\"gateway\":\"10.0.1.2\",\"dev\":\"ha\",\"prefsrc\":\"10.0.1.1\",\"flags\":[],\"verdict\":\"ok\"}],\"b\":[{\"times\":1,\"flags\":[],\"verdict\":\"ENETUNREACH\"}]}\n"
		"{\"kind\":\"summary\",\"different\":1,\"same\":0,\"only_a\":0,\"only_b\":0,\"left_out\":0}\n"
		"{\"kind\":\"end\",\"recording\":\"/tmp/routeprobe-test-");
	EXPECT_EQ(self->out, strstr(self->out, "{\"kind\":\"diff\""));
}

/* Several answers in another order and number are the same answers. */
TEST_F(diff, sets)
{
	rp_fake_add(&self->a, asked(1, "10.1.1.1", "10.0.1.2"));
	rp_fake_add(&self->a, asked(2, "10.1.1.1", "10.0.1.3"));
	rp_fake_add(&self->b, in_b(asked(1, "10.1.1.1", "10.0.1.3")));
	rp_fake_add(&self->b, in_b(asked(2, "10.1.1.1", "10.0.1.3")));
	rp_fake_add(&self->b, in_b(asked(3, "10.1.1.1", "10.0.1.2")));
	EXPECT_EQ(RP_DIFF_SAME, RUN());
	EXPECT_STREQ("", self->out);
}

/* Fewer are a difference, whichever side has them. */
TEST_F(diff, subsets)
{
	const char *wanted[2] = { "53 oif ha: hop\n-", "53 oif ha: hop\n " };
	int i;

	rp_fake_add(&self->a, asked(1, "10.1.1.1", "10.0.1.2"));
	rp_fake_add(&self->a, asked(2, "10.1.1.1", "10.0.1.3"));
	rp_fake_add(&self->b, in_b(asked(1, "10.1.1.1", "10.0.1.3")));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(RP_DIFF_DIFFERENT, RUN());
		HAS(self->out, wanted[i]);
		AGAIN();
		self->words[0] = self->b.dir;
		self->words[1] = self->a.dir;
	}
	self->out = NULL;
	self->err = NULL;
}

/* The same values in other combinations differ, though no field does. */
TEST_F(diff, combinations)
{
	struct rp_record rec = asked(1, "10.1.1.1", "10.0.1.2"), other;

	other = asked(2, "10.1.1.1", "10.0.1.3");
	inet_pton(AF_INET, "10.0.1.9", &other.route.prefsrc.v4);
	rp_fake_add(&self->a, rec);
	rp_fake_add(&self->a, other);
	other.route.prefsrc.v4 = rec.route.prefsrc.v4;
	inet_pton(AF_INET, "10.0.1.9", &rec.route.prefsrc.v4);
	rp_fake_add(&self->b, in_b(rec));
	rp_fake_add(&self->b, in_b(other));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN());
	EXPECT_STREQ("blue output udp * > 10.1.1.1:53 oif ha\n"
		"-" VIA("10.0.1.2", "10.0.1.1") "(1)\n"
		"-" VIA("10.0.1.3", "10.0.1.9") "(1)\n"
		"+" VIA("10.0.1.2", "10.0.1.9") "(1)\n"
		"+" VIA("10.0.1.3", "10.0.1.1") "(1)\n",
		self->out);
}

/* Whatever a flow is known by makes it another flow. */
TEST_F(diff, other_flows)
{
	struct rp_record rec = asked(1, "10.1.1.1", "10.0.1.2"), other;

	rp_fake_add(&self->a, rec);
	rec = in_b(asked(1, "10.1.1.1", "10.0.1.3"));
	other = rec;
	other.flow.mark = 1;
	rp_fake_add(&self->b, other);
	other = rec;
	other.flow.uid = 1000;
	rp_fake_add(&self->b, other);
	other = rec;
	other.flow.tos = 4;
	rp_fake_add(&self->b, other);
	other = rec;
	other.flow.dport = htons(54);
	rp_fake_add(&self->b, other);
	other = rec;
	other.flow.proto = IPPROTO_TCP;
	rp_fake_add(&self->b, other);
	other = rec;
	other.flow.oif = 0;
	rp_fake_add(&self->b, other);
	other = rec;
	other.netns++;
	rp_fake_add(&self->b, other);
	other = rec;
	inet_pton(AF_INET, "10.0.1.1", &other.flow.src.v4);
	rp_fake_add(&self->b, other);
	other = rec;
	other.kind = RP_KIND_INPUT;
	other.flow.iif = 3;
	rp_fake_add(&self->b, other);
	EXPECT_EQ(RP_DIFF_SAME, RUN());
	HAS(self->err, "0 flows differ, 0 do not, 1 only in A, 9 only in B\n");
}

/* What was lost is not taken for a difference, nor is a change of the tables. */
TEST_F(diff, incomplete)
{
	struct rp_record rec = in_b(asked(2, "10.1.1.1", "10.0.1.3"));

	rp_fake_add(&self->a, asked(1, "10.1.1.1", "10.0.1.2"));
	rp_fake_add(&self->b, in_b(asked(1, "10.1.1.1", "10.0.1.2")));
	rec.seq = 9;
	rp_fake_add(&self->b, rec);
	rec = rp_fake_record(RP_KIND_CHANGE, 9000, 9500);
	rec.netns = B_NETNS;
	rp_fake_flow(&rec, NULL, "10.1.1.1");
	rp_fake_add(&self->b, rec);
	EXPECT_EQ(RP_DIFF_SAME, RUN());
	EXPECT_STREQ("", self->out);
	HAS(self->err, "3 records, 3 decisions (1 shown) (1 incomplete), 7 lost");
}

TEST_F(diff, filtered)
{
	add_differences(&self->a, &self->b);
	self->words[2] = "to";
	self->words[3] = "10.5.5.5";
	self->options.nwords = 4;
	EXPECT_EQ(RP_DIFF_SAME, RUN());
	HAS(self->err, "0 flows differ, 1 do not, 0 only in A, 0 only in B\n");
	AGAIN();
	self->words[3] = "10.4.4.4";
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN());
	HAS(self->err, "1 flows differ, 0 do not, 0 only in A, 0 only in B\n");
}

/* A difference in what was recorded is said. */
TEST_F(diff, other_probes)
{
	char said[256];

	rp_fake_write(&self->b, "probes",
		      "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n3\tc\tlookup\tlookup\toff\t0\t0\t0\t-\t-\n");
	EXPECT_EQ(RP_DIFF_SAME, RUN());
	snprintf(said, sizeof(said), "%s has no probe armed for kind lookup: what differs may be that alone\n",
		 self->b.dir);
	HAS(self->err, said);
	EXPECT_EQ(NULL, strstr(self->err, "kind output"));
}

TEST_F(diff, damaged)
{
	add_differences(&self->a, &self->b);
	rp_fake_append(&self->b, "packed0", "\307half of it", 11);
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN());
	HAS(self->err, "packed0: after 9 records: the last record is cut off");
	HAS(self->err, "4 flows differ, ");
	HAS(self->out, "+ ENETUNREACH");
	AGAIN();
	/* whichever of the two it is */
	self->words[0] = self->b.dir;
	self->words[1] = self->a.dir;
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN());
	HAS(self->err, "4 flows differ, ");
}

TEST_F(diff, unusable)
{
	self->options.nwords = 1;
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN());
	HAS(self->err, "diff needs two recordings: routeprobe diff A B\n");
	AGAIN();
	self->options.nwords = 2;
	self->words[1] = "/nonexistent";
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN());
	HAS(self->err, "/nonexistent: No such file or directory\n");
	AGAIN();
	self->words[0] = "/proc/self";
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN());
	HAS(self->err, "is not a recording of routeprobe");
	AGAIN();
	self->words[0] = self->a.dir;
	self->words[1] = self->b.dir;
	self->words[2] = "via";
	self->words[3] = "10.0.0.1";
	self->options.nwords = 4;
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN());
	EXPECT_STREQ("", self->out);
	HAS(self->err, "unknown filter word \"via\"");
}

/* Without room for a flow or an answer nothing is claimed of them. */
#define NS	"\"netns\":4026532001"
#define KNOWN_FIB							\
	"{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n"	\
	"{\"route\":{" NS ",\"table\":254,\"dst\":\"10.0.0.0\",\"dstlen\":8,"	\
	"\"type\":\"unicast\",\"oif\":7,\"gateway\":\"10.0.1.2\"}}\n"

#define EVENTS	"6\tevents\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n"

/* A route comes, or goes, inside a request of ip[812]. */
static void change(struct rp_fake *f, uint64_t us, unsigned int op, const char *gw)
{
	struct rp_record rec = rp_fake_record(RP_KIND_EVENT, us * 1000 + 100, us * 1000 + 200);

	rp_fake_route(&rec, RT_TABLE_MAIN, "10.0.0.0", 8, gw, "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = op;
	rec.change.nlflags = op == RP_CHANGE_INSERT ? NLM_F_CREATE | NLM_F_REPLACE : 0;
	strcpy(rec.comm, "ip");
	rec.tgid = 812;
	rp_fake_add(f, rec);
	rec.kind = RP_KIND_CHANGE;
	rec.time_ns = us * 1000;
	rec.duration_ns = 500;
	rp_fake_add(f, rec);
}

/* Of the same namespace: the change in B that led from what A has to what it has itself */
TEST_F(diff, cause)
{
	struct rp_record rec;

	rp_fake_session(&self->b, "");
	rp_fake_append(&self->a, "probes", EVENTS, strlen(EVENTS));
	rp_fake_append(&self->b, "probes", EVENTS, strlen(EVENTS));
	rp_fake_append(&self->b, "fib.json", KNOWN_FIB, strlen(KNOWN_FIB));
	rp_fake_add(&self->a, asked(1, "10.9.9.9", "10.0.1.2"));
	rp_fake_add(&self->a, asked(2, "10.9.9.8", "10.0.1.2"));
	change(&self->b, 1, RP_CHANGE_INSERT, "10.0.1.9");
	rp_fake_add(&self->b, asked(2, "10.9.9.9", "10.0.1.9"));
	change(&self->b, 4, RP_CHANGE_DELETE, "10.0.1.9");
	rec = rp_fake_record(RP_KIND_LOOKUP, 6010, 6020);
	rec.has = RP_HAS_FLOW;
	rec.flow = asked(6, "10.9.9.8", "10.0.1.9").flow;
	rec.err = -EAGAIN;
	rec.verdict = RP_VERDICT_NEXT;
	rec.route.table = RT_TABLE_MAIN;
	rp_fake_add(&self->b, rec);
	rp_fake_add(&self->b, refused(6, "10.9.9.8"));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN());
	HAS(self->out, "+ ok rule - table main 10.0.0.0/8 via 10.0.1.9 dev ha src 10.0.1.1 (1); "
	    "10.0.0.0/8 via 10.0.1.9 dev ha replaced in table main by ip[812]\n");
	HAS(self->out, " (1); 10.0.0.0/8 via 10.0.1.9 dev ha removed from table main by ip[812]\n");
	AGAIN();
	self->options.json = true;
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN());
	HAS(self->out, "\"cause\":{\"event\":\"route-replace\",\"dst\":\"10.0.0.0/8\"");
}

/* Devices of another namespace may have the same numbers, and be others. */
TEST_F(diff, no_cause_in_another_namespace)
{
	rp_fake_add(&self->a, asked(1, "10.9.9.9", "10.0.1.2"));
	change(&self->b, 1, RP_CHANGE_INSERT, "10.0.1.9");
	rp_fake_add(&self->b, in_b(asked(2, "10.9.9.9", "10.0.1.9")));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN());
	EXPECT_EQ(NULL, strstr(self->out, "; "));
}

TEST_F(diff, no_room)
{
	struct rp_wanted wanted = { 0 };
	struct rp_diff diff;

	add_differences(&self->a, &self->b);
	ASSERT_EQ(0, rp_diff_open(&diff, &wanted, self->words, true));
	diff.flows.max = 2;
	diff.answers.max = 3;
	rp_diff_read(&diff);
	/* but for two flows of A, and of those one answer of B */
	EXPECT_EQ(5 + 1 + 6, diff.left_out);
	EXPECT_EQ(2, diff.flows.count);
	EXPECT_EQ(3, diff.answers.count);
	rp_diff_close(&diff);
}

/* Compared with each other they would take minutes. */
TEST(many_answers_of_one_flow)
{
	const unsigned int n = 200000;
	struct rp_diff_answer *answers = calloc(n, sizeof(*answers));
	char (*keys)[48] = calloc(n, sizeof(*keys));
	struct rp_diff_flow flow = { .times = { 1, 1 } };
	unsigned int i;

	STAILQ_INIT(&flow.answers);
	for (i = 0; i < n; i++) {
		snprintf(keys[i], sizeof(keys[i]), "netns\tflow\tok\t-\tmain\tall\tvia %u\t-", i);
		answers[i].key = keys[i];
		answers[i].times[0] = 1;
		answers[i].times[1] = 1;
		STAILQ_INSERT_TAIL(&flow.answers, &answers[i], link);
	}
	EXPECT_FALSE(rp_diff_differs(&flow, RP_ANSWER_HOP));
	answers[n - 1].times[0] = 0;
	EXPECT_TRUE(rp_diff_differs(&flow, RP_ANSWER_HOP));
	EXPECT_FALSE(rp_diff_differs(&flow, RP_ANSWER_TABLE));
	EXPECT_FALSE(rp_diff_differs(&flow, RP_ANSWER_SOURCE));
	free(answers);
	free(keys);
}

TEST_HARNESS_MAIN
