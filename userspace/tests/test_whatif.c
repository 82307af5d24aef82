// SPDX-License-Identifier: GPL-2.0
/*
 * What routeprobe whatif says of a crafted recording, whose snapshot is rebuilt in a
 * namespace of its own: there the kernel of this machine answers.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"

#define NS			"\"netns\":4026532001"
#define LINK(index, name, flags, more)							\
	"{\"link\":{" NS ",\"ifindex\":" #index ",\"flags\":" flags			\
	",\"ifname\":\"" name "\",\"mtu\":1500" more "}}\n"
#define ADDRESS(index, address, len)							\
	"{\"address\":{" NS ",\"ifindex\":" #index ",\"prefixlen\":" #len ",\"scope\":0,"	\
	"\"address\":\"" address "\",\"local\":\"" address "\",\"flags\":128}}\n"
#define RULE(priority, table, more)							\
	"{\"rule\":{" NS ",\"priority\":" #priority ",\"table\":" #table			\
	",\"srclen\":0,\"dstlen\":0,\"tos\":0,\"flags\":0,\"action\":\"to_tbl\"" more "}}\n"
#define ROUTE(type, table, dst, len, scope, protocol, more)				\
	"{\"route\":{" NS ",\"table\":" #table ",\"dst\":\"" dst "\",\"dstlen\":" #len	\
	",\"tos\":0,\"scope\":" #scope ",\"protocol\":" #protocol ",\"flags\":0"		\
	",\"type\":\"" type "\"" more "}}\n"
#define DEV(index)	",\"oif\":" #index
#define VIA(gw, index)	",\"gateway\":\"" gw "\"" DEV(index)
#define SRC(address)	",\"prefsrc\":\"" address "\""
#define UP		"69699"	/* up and with a carrier, */
#define NO_CARRIER	"4099"	/* up and without, */
#define DOWN		"4098"	/* down */

#define HEAD									\
	"{\"netns\":{\"inode\":4026532001,\"name\":\"blue\"}}\n"		\
	"{\"table\":{\"id\":100,\"name\":\"uplink\"}}\n"

#define SETTING(whose, values)	"{\"setting\":{" NS "," whose "," values "}}\n"
#define SETTINGS								\
	SETTING("\"conf\":\"all\"", "\"forwarding\":1,\"rp_filter\":0")		\
	SETTING("\"conf\":\"default\"", "\"forwarding\":1,\"rp_filter\":0")

#define DEVICES									\
	LINK(1, "lo", "65609", "")						\
	LINK(7, "ha", UP, "")							\
	LINK(9, "hb", UP, "")							\
	ADDRESS(1, "127.0.0.1", 8)						\
	ADDRESS(7, "10.0.1.1", 24)						\
	ADDRESS(9, "10.0.2.1", 24)

#define RULES	RULE(0, 255, "") RULE(32766, 254, "") RULE(32767, 253, "")

#define CONNECTED								\
	ROUTE("unicast", 254, "10.0.1.0", 24, 253, 2, DEV(7) SRC("10.0.1.1"))	\
	ROUTE("unicast", 254, "10.0.2.0", 24, 253, 2, DEV(9) SRC("10.0.2.1"))	\
	ROUTE("local", 255, "10.0.1.1", 32, 254, 2, DEV(7) SRC("10.0.1.1"))	\
	ROUTE("local", 255, "10.0.2.1", 32, 254, 2, DEV(9) SRC("10.0.2.1"))	\
	ROUTE("broadcast", 255, "10.0.1.255", 32, 253, 2, DEV(7) SRC("10.0.1.1"))

#define DEFAULTS								\
	ROUTE("unicast", 254, "0.0.0.0", 0, 0, 3, VIA("10.0.1.2", 7))		\
	ROUTE("unicast", 254, "0.0.0.0", 0, 0, 3, VIA("10.0.2.2", 9) ",\"metric\":100")

FIXTURE(whatif) {
	struct rp_fake fake;
	struct rp_options options;
	char *out, *err;
};

FIXTURE_SETUP(whatif)
{
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "names.json", HEAD DEVICES RULES CONNECTED DEFAULTS);
	self->options = (struct rp_options) { .input = self->fake.dir };
	self->out = NULL;
	self->err = NULL;
	if (!rp_fake_can_unshare())
		SKIP(return, "no network namespace is allowed here");
}

FIXTURE_TEARDOWN(whatif)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static int run_whatif(void *arg)
{
	return rp_cmd_whatif(arg);
}

/* `routeprobe whatif -- ARGS...` of the recording */
#define RUN(...) ({								\
	char *argv_[] = { __VA_ARGS__, NULL };					\
										\
	free(self->out);							\
	free(self->err);							\
	self->options.command = argv_;						\
	rp_fake_run(run_whatif, &self->options, &self->out, &self->err);	\
})
#define DEL_DEFAULT	"route", "del", "default", "via", "10.0.1.2"
#define ADD_OTHER	"route", "add", "192.0.2.0/24", "via", "10.0.2.2"
#define HAS(text, words) do {							\
	const char *in_ = (text), *has_ = (words);				\
										\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("no \"%s\" in:\n%s", has_, in_);\
} while (0)

static struct rp_record output(uint64_t us, const char *src, const char *dst)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, us * 1000, us * 1000 + 500);

	rp_fake_flow(&rec, src, dst);
	rec.flow.proto = IPPROTO_UDP;
	rec.flow.dport = htons(53);
	rec.flow.sport = htons(40000 + us);
	return rec;
}

static struct rp_record way(struct rp_record rec, const char *prefix, unsigned int len,
			    const char *gateway, unsigned int oif, const char *source)
{
	rp_fake_route(&rec, RT_TABLE_MAIN, prefix, len, gateway, oif == 7 ? "ha" : "hb");
	rec.route.oif = oif;
	rec.route.type = RTN_UNICAST;
	rec.route.rt_type = RTN_UNICAST;
	rec.has |= RP_HAS_RTABLE;
	if (source)
		inet_pton(AF_INET, source, &rec.route.prefsrc.v4);
	return rec;
}

static struct rp_record refused(struct rp_record rec, int err)
{
	rec.err = err;
	rec.verdict = RP_VERDICT_ERROR;
	return rec;
}

static struct rp_record by_default(uint64_t us, const char *dst)
{
	return way(output(us, NULL, dst), "0.0.0.0", 0, "10.0.1.2", 7, "10.0.1.1");
}

static void snapshot(struct rp_fake *fake, const char *text)
{
	rp_fake_write(fake, "names.json", text);
}

TEST_F(whatif, stays)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	EXPECT_STREQ("", self->out);
	HAS(self->err, "0 flows would fail, 0 move, 0 begin to work, 1 stay\n");
	self->options.all = true;
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	EXPECT_STREQ("stays: blue output udp * > 198.51.100.1:53\n"
		     "  ok table main default via 10.0.1.2 dev ha src 10.0.1.1\n", self->out);
}

/* As some parents leave it */
TEST_F(whatif, ignored_signals)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	signal(SIGCHLD, SIG_IGN);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	signal(SIGCHLD, SIG_DFL);
}

TEST_F(whatif, moves)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", DEL_DEFAULT));
	EXPECT_STREQ("moves: blue output udp * > 198.51.100.1:53\n"
		     "- ok table main default via 10.0.1.2 dev ha src 10.0.1.1\n"
		     "+ ok table main default via 10.0.2.2 dev hb src 10.0.2.1\n", self->out);
	HAS(self->err, "0 flows would fail, 1 move, 0 begin to work, 0 stay\n");
}

/* Another route with the same way is no move; another weight of two ways is. */
TEST_F(whatif, same_way)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", "route", "add", "198.51.100.0/24", "via", "10.0.1.2"));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "route", "add", "198.51.100.0/24",
					 "nexthop", "via", "10.0.1.2", "weight", "3",
					 "nexthop", "via", "10.0.2.2"));
	HAS(self->out, "\n+ ok table main 198.51.100.0/24 nexthop via 10.0.1.2 dev ha weight 3 nexthop via 10.0.2.2 dev hb weight 1\n");
}

TEST_F(whatif, fails_and_works)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	rp_fake_add(&self->fake, refused(output(2, NULL, "203.0.113.1"), -EACCES));
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED DEFAULTS
		 ROUTE("prohibit", 254, "203.0.113.0", 24, 0, 3, ""));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "rule", "add", "to", "198.51.100.0/24",
					 "unreachable"));
	EXPECT_STREQ("fails: blue output udp * > 198.51.100.1:53\n"
		     "- ok table main default via 10.0.1.2 dev ha src 10.0.1.1\n"
		     "+ ENETUNREACH\n", self->out);
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "route", "del", "prohibit", "203.0.113.0/24"));
	EXPECT_STREQ("works: blue output udp * > 203.0.113.1:53\n"
		     "- EACCES\n"
		     "+ ok table main default via 10.0.1.2 dev ha src 10.0.1.1\n", self->out);
	HAS(self->err, "0 flows would fail, 0 move, 1 begin to work, 1 stay\n");
}

/* What the sandbox does not know is not claimed, but shown; if it moves, that is told. */
TEST_F(whatif, unsure)
{
	struct rp_record rec = by_default(1, "198.51.100.1");

	inet_pton(AF_INET, "10.0.1.9", rec.route.gw);	/* as a redirect taught */
	rp_fake_add(&self->fake, rec);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	EXPECT_STREQ("unsure: blue output udp * > 198.51.100.1:53\n"
		     "? ok table main default via 10.0.1.9 dev ha src 10.0.1.1\n"
		     "- ok table main default via 10.0.1.2 dev ha src 10.0.1.1\n"
		     "+ ok table main default via 10.0.1.2 dev ha src 10.0.1.1\n", self->out);
	HAS(self->err, "0 flows would fail, 0 move, 0 begin to work, 0 stay\n"
	    "routeprobe: of 1 more flows nothing is claimed");
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", DEL_DEFAULT));
}

/* Who cannot be asked for by his protocol is unsure only where rules go by it. */
TEST_F(whatif, unaskable)
{
	struct rp_record rec = by_default(1, "198.51.100.1"), scoped = by_default(2, "198.51.100.2");

	rec.flow.proto = IPPROTO_GRE;
	rec.flow.dport = 0;
	rec.flow.sport = 0;
	rp_fake_add(&self->fake, rec);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", "rule", "add", "from", "10.9.9.9", "unreachable"));
	EXPECT_STREQ("", self->out);
	RUN("ip", "rule", "add", "ipproto", "gre", "unreachable");
	HAS(self->out, "unsure: blue output gre ");
	scoped.flow.scope = RT_SCOPE_LINK;
	rp_fake_add(&self->fake, scoped);
	RUN("ip", "rule", "add", "from", "10.9.9.9", "unreachable");
	HAS(self->out, "unsure: blue output udp ");
}

TEST_F(whatif, selectors)
{
	struct rp_record rec = by_default(1, "198.51.100.1");

	rec.flow.mark = 0x10;
	rec.flow.uid = 1234;
	rp_fake_add(&self->fake, rec);
	rec = by_default(2, "198.51.100.1");
	rec.flow.tos = 0x10;
	rp_fake_add(&self->fake, rec);
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED DEFAULTS
		 ROUTE("unicast", 100, "0.0.0.0", 0, 0, 3, VIA("10.0.2.2", 9)));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "rule", "add", "fwmark", "0x10/0x10",
					 "lookup", "100"));
	EXPECT_STREQ("moves: blue output udp * > 198.51.100.1:53 mark 0x10 uid 1234\n"
		     "- ok table main default via 10.0.1.2 dev ha src 10.0.1.1\n"
		     "+ ok table uplink default via 10.0.2.2 dev hb src 10.0.2.1\n", self->out);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", "rule", "add", "fwmark", "0x11", "lookup", "100"));
	RUN("ip", "rule", "add", "tos", "0x10", "lookup", "100");
	HAS(self->out, "moves: blue output udp * > 198.51.100.1:53 tos 0x10\n");
	RUN("ip", "rule", "add", "ipproto", "udp", "dport", "53", "lookup", "100");
	HAS(self->err, " 2 move");
	RUN("ip", "rule", "add", "ipproto", "udp", "dport", "54", "lookup", "100");
	HAS(self->err, " 2 stay");
	/* Ids of other users are known to root alone. */
	if (!geteuid()) {
		RUN("ip", "rule", "add", "uidrange", "1234-1234", "lookup", "100");
		HAS(self->err, " 1 move");
	}
}

#define FROM_A	",\"src\":\"10.0.1.0\",\"srclen\":24,\"uid_start\":0,\"uid_end\":4000"

/* The snapshot's own rules, in their order, stand as they were. */
TEST_F(whatif, rules)
{
	struct rp_record rec = way(output(1, "10.0.1.1", "198.51.100.1"), "0.0.0.0", 0,
				   "10.0.2.2", 9, "10.0.1.1");

	rec.flow.mark = 5;
	rp_fake_add(&self->fake, rec);
	snapshot(&self->fake, HEAD DEVICES
		 RULE(0, 255, "")
		 RULE(90, 0, ",\"goto\":110,\"action\":\"goto\"")
		 RULE(100, 0, ",\"action\":\"prohibit\"")
		 RULE(110, 254, ",\"suppress_prefixlen\":0")
		 RULE(120, 100, FROM_A ",\"fwmark\":5,\"fwmask\":15,\"iif\":\"lo\"")
		 RULE(32766, 254, "")
		 CONNECTED DEFAULTS
		 ROUTE("unicast", 100, "0.0.0.0", 0, 0, 3, VIA("10.0.2.2", 9)));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "rule", "del", "pref", "90"));
	EXPECT_STREQ("fails: blue output udp 10.0.1.1 > 198.51.100.1:53 mark 0x5\n"
		     "- ok table uplink default via 10.0.2.2 dev hb\n"
		     "+ EACCES\n", self->out);
	RUN("ip", "rule", "del", "pref", "120");
	HAS(self->out, "+ ok table main default via 10.0.1.2 dev ha\n");
	RUN("ip", "rule", "del", "pref", "32767");
	HAS(self->err, "RTNETLINK answers: No such file or directory\n");
}

static struct rp_record input(uint64_t us, const char *src, const char *dst)
{
	struct rp_record rec = output(us, src, dst);

	rec.kind = RP_KIND_INPUT;
	rec.flow.iif = 7;
	rec.flow.uid = UINT32_MAX;
	return rec;
}

#define OF_A	"\"ifindex\":7"

TEST_F(whatif, forwarded)
{
	rp_fake_add(&self->fake, way(input(1, "10.0.1.2", "198.51.100.1"), "0.0.0.0", 0,
				     "10.0.1.2", 7, NULL));
	rp_fake_add(&self->fake, refused(input(2, "10.0.1.1", "198.51.100.2"), 16));
	snapshot(&self->fake, HEAD SETTING(OF_A, "\"forwarding\":1,\"rp_filter\":0")
		 DEVICES SETTINGS RULES CONNECTED DEFAULTS);
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", DEL_DEFAULT));
	EXPECT_STREQ("moves: blue input udp 10.0.1.2 > 198.51.100.1:53 iif ha\n"
		     "- ok table main default via 10.0.1.2 dev ha\n"
		     "+ ok table main default via 10.0.2.2 dev hb\n", self->out);
	HAS(self->err, " 1 stay\n");
	RUN("ip", "addr", "add", "198.51.100.1/32", "dev", "lo");
	HAS(self->out, " local 198.51.100.1 dev lo\n");
}

/* The sysctls of a device count, and not what all devices have. */
TEST_F(whatif, settings)
{
	rp_fake_add(&self->fake, way(input(1, "203.0.113.1", "198.51.100.1"), "0.0.0.0", 0,
				     "10.0.1.2", 7, NULL));
	snapshot(&self->fake, HEAD SETTING(OF_A, "\"forwarding\":1,\"rp_filter\":1")
		 DEVICES SETTINGS RULES CONNECTED DEFAULTS);
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "route", "add", "203.0.113.0/24",
					 "via", "10.0.2.2"));
	HAS(self->out, "fails: blue input udp 203.0.113.1 > 198.51.100.1:53 iif ha\n");
	HAS(self->out, "\n+ E");	/* EXDEV, since Linux 6.13 EINVAL */
	snapshot(&self->fake, HEAD SETTING(OF_A, "\"forwarding\":0")
		 DEVICES SETTINGS RULES CONNECTED DEFAULTS);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	HAS(self->out, "unsure: blue input udp 203.0.113.1 > 198.51.100.1:53 iif ha\n");
	HAS(self->out, "\n- EHOSTUNREACH\n");
	/* Without any, nothing is known of what comes in. */
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED DEFAULTS);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	HAS(self->out, "unsure: blue input udp 203.0.113.1 > 198.51.100.1:53 iif ha\n");
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED DEFAULTS
		 SETTING("\"conf\":\"../../kernel\"", "\"forwarding\":0")
		 SETTING("\"ifindex\":99", "\"rp_filter\":0"));
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	HAS(self->err, "routeprobe: the sandbox lacks setting {\"conf\":\"../../kernel\",");
	HAS(self->err, "routeprobe: the sandbox lacks setting {\"ifindex\":99,");
}

#define MULTIPATH_MORE(hops, more)						\
	ROUTE("unicast", 254, "203.0.113.0", 24, 0, 3, ",\"nexthops\":[" hops "]" more)
#define MULTIPATH(hops)	MULTIPATH_MORE(hops, "")
#define HOP(gw, index, flags)	"{\"gateway\":\"" gw "\",\"oif\":" #index	\
				",\"weight\":1,\"flags\":" #flags "}"

/* Any of the ways is the one that was recorded. */
TEST_F(whatif, multipath)
{
	rp_fake_add(&self->fake, way(output(1, NULL, "203.0.113.1"), "203.0.113.0", 24,
				     "10.0.1.2", 7, "10.0.1.1"));
	rp_fake_add(&self->fake, way(output(2, NULL, "203.0.113.2"), "203.0.113.0", 24,
				     "10.0.2.2", 9, "10.0.2.1"));
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED
		 MULTIPATH(HOP("10.0.1.2", 7, 0) "," HOP("10.0.2.2", 9, 0)));
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	HAS(self->err, " 2 stay\n");
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "link", "set", "hb", "down"));
	HAS(self->err, "0 flows would fail, 2 move");
	HAS(self->out, "\n+ ok table main 203.0.113.0/24 via 10.0.1.2 dev ha src 10.0.1.1\n");
}

#define NEXTHOP(id, more)								\
	"{\"nexthop\":{" NS ",\"id\":" #id ",\"protocol\":3,\"flags\":0" more "}}\n"
#define MEMBER(id)	"{\"id\":" #id ",\"weight\":1}"
#define BY_NEXTHOPS								\
	MULTIPATH_MORE(HOP("10.0.1.2", 7, 0) "," HOP("10.0.2.2", 9, 0), ",\"nhid\":3")	\
	ROUTE("unicast", 254, "198.51.100.0", 24, 0, 3, VIA("10.0.1.2", 7) ",\"nhid\":5")

/* Routes hang on their next hop objects, where the snapshot has these, too. */
TEST_F(whatif, nexthops)
{
	rp_fake_add(&self->fake, way(output(1, NULL, "203.0.113.1"), "203.0.113.0", 24,
				     "10.0.1.2", 7, "10.0.1.1"));
	rp_fake_add(&self->fake, way(output(2, NULL, "198.51.100.1"), "198.51.100.0", 24,
				     "10.0.1.2", 7, "10.0.1.1"));
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED BY_NEXTHOPS
		 NEXTHOP(3, ",\"group\":[" MEMBER(5) "," MEMBER(6) "],\"group_type\":0")
		 NEXTHOP(4, ",\"blackhole\":true")
		 NEXTHOP(5, VIA("10.0.1.2", 7))
		 NEXTHOP(6, VIA("10.0.2.2", 9))
		 NEXTHOP(7, ",\"fdb\":true" VIA("10.0.2.2", 9)));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "nexthop", "del", "id", "5"));
	HAS(self->out, "\n+ ok table main 203.0.113.0/24 via 10.0.2.2 dev hb src 10.0.2.1\n");
	HAS(self->out, "fails: blue output udp * > 198.51.100.1:53\n");
	EXPECT_EQ(NULL, strstr(self->err, "lacks"));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "nexthop", "replace", "id", "5", "via",
					 "10.0.1.3", "dev", "ha"));
	HAS(self->err, " 2 move");
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED BY_NEXTHOPS);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	HAS(self->err, " 2 stay\n");
	EXPECT_EQ(NULL, strstr(self->err, "lacks"));
}

/* A hop that is dead in the snapshot is dead in the sandbox, until its device is up. */
TEST_F(whatif, dead_hop)
{
	rp_fake_add(&self->fake, way(output(1, NULL, "203.0.113.1"), "203.0.113.0", 24,
				     "10.0.1.2", 7, "10.0.1.1"));
	snapshot(&self->fake, HEAD
		 LINK(7, "ha", UP, "") LINK(9, "hb", DOWN, "")
		 ADDRESS(7, "10.0.1.1", 24) ADDRESS(9, "10.0.2.1", 24)
		 RULES
		 ROUTE("unicast", 254, "10.0.1.0", 24, 253, 2, DEV(7) SRC("10.0.1.1"))
		 MULTIPATH(HOP("10.0.1.2", 7, 0) "," HOP("10.0.2.2", 9, 1)));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "link", "set", "hb", "up"));
	HAS(self->out, "\n- ok table main 203.0.113.0/24 via 10.0.1.2 dev ha src 10.0.1.1\n"
	    "+ ok table main 203.0.113.0/24 nexthop ");
}

/* The kernel's own routes are those of the snapshot; what leads to a gateway may be gone. */
TEST_F(whatif, exactly_those_routes)
{
	rp_fake_add(&self->fake, refused(output(1, NULL, "10.0.2.9"), -ENETUNREACH));
	rp_fake_add(&self->fake, way(output(2, NULL, "203.0.113.1"), "203.0.113.0", 24,
				     "10.0.2.2", 9, "10.0.2.1"));
	rp_fake_add(&self->fake, way(output(3, NULL, "192.0.2.1"), "192.0.2.0", 24,
				     "198.51.100.1", 7, "10.0.1.1"));
	snapshot(&self->fake, HEAD DEVICES RULES
		 ROUTE("unicast", 254, "192.0.2.0", 24, 0, 3, VIA("198.51.100.1", 7))
		 ROUTE("unicast", 254, "198.51.100.1", 32, 253, 3, DEV(7))
		 ROUTE("unicast", 254, "203.0.113.0", 24, 0, 3, VIA("10.0.2.2", 9)));
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", "route", "add", "10.77.0.0/16", "dev", "lo"));
	HAS(self->err, "0 flows would fail, 0 move, 0 begin to work, 3 stay\n");
	EXPECT_EQ(NULL, strstr(self->err, "lacks"));
}

TEST_F(whatif, lacking)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED DEFAULTS "{\"route\":\n"
		 RULE(5, 254, ",\"src\":\"10.0.0.x\"")
		 ROUTE("unicast", 254, "203.0.113.0", 24, 0, 3, VIA("10.0.2.2", 77)));
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	HAS(self->err, "routeprobe: the sandbox lacks what 1 damaged lines of the snapshot say\n");
	HAS(self->err, "routeprobe: the sandbox lacks rule {\"priority\":5,");
	HAS(self->err, "routeprobe: the sandbox lacks route {\"table\":254,\"dst\":\"203.0.113.0\"");
	HAS(self->err, ": Network is unreachable\n");
}

TEST_F(whatif, refused_commands)
{
	char *words[] = { "netns", "ip", "ip", "route" };

	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
#define REFUSED(says, ...) do {							\
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN(__VA_ARGS__));				\
	EXPECT_STREQ("routeprobe: " says "\n", self->err);			\
	EXPECT_STREQ("", self->out);						\
} while (0)
	REFUSED("\"netns\": whatif runs ip route, rule, addr, link and nexthop",
		"ip", "netns", "del", "blue");
	REFUSED("\"n\": whatif runs ip route, rule, addr, link and nexthop", "ip", "n", "flush");
	REFUSED("ip alone: whatif runs ip route, rule, addr, link and nexthop", "ip", "-6");
	REFUSED("\"netns\": nothing leaves the sandbox; to take a device away: ip link del DEV",
		"ip", "link", "set", "ha", "netns", "1");
	REFUSED("\"-batch\": of ip's options whatif takes -4, -6, -f FAMILY and -n NETNS",
		"ip", "-batch", "x");
	REFUSED("\"rm\" behind --: whatif runs ip, as in -- ip route del default", "rm", "-r", "/");
	self->options.batch = "-";
	REFUSED("a command and --batch do not go together", "ip", "route", "show");
	free(self->err);
	free(self->out);
	self->options = (struct rp_options) {
		.input = self->fake.dir, .nwords = 4, .words = words,
	};
	EXPECT_EQ(RP_DIFF_TROUBLE, rp_fake_run(run_whatif, &self->options, &self->out,
					       &self->err));
	EXPECT_STREQ("routeprobe: ip and what follows it stand behind --: routeprobe whatif -- ip route del default\n",
		     self->err);
}

/* ip says itself what is wrong; nothing else is said then. */
TEST_F(whatif, failing_commands)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("ip", "route", "del", "192.0.2.0/24"));
	EXPECT_STREQ("RTNETLINK answers: No such process\n"
		     "routeprobe: ip route del 192.0.2.0/24: failed in the sandbox, so nothing is said\n",
		     self->err);
	EXPECT_STREQ("", self->out);
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("ip", "route", "add", "default", "via", "192.0.2.1"));
	HAS(self->err, "Nexthop has invalid gateway");
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("/nowhere/ip", ADD_OTHER));
	EXPECT_STREQ("routeprobe: /nowhere/ip is not installed: whatif needs iproute2\n"
		     "routeprobe: /nowhere/ip route add 192.0.2.0/24 via 10.0.2.2: failed in the sandbox, so nothing is said\n",
		     self->err);
}

static const char *batch(struct rp_fake *fake, const char *text)
{
	static char path[128];

	rp_fake_write(fake, "batch", text);
	snprintf(path, sizeof(path), "%s/batch", fake->dir);
	return path;
}

#define RUN_BATCH(text) ({							\
	self->options.batch = batch(&self->fake, text);				\
	free(self->out);							\
	free(self->err);							\
	rp_fake_run(run_whatif, &self->options, &self->out, &self->err);	\
})

TEST_F(whatif, batches)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN_BATCH("# both\nroute del default via 10.0.1.2\n\n"
					       "route del default via 10.0.2.2\n"));
	HAS(self->out, "fails: blue output udp * > 198.51.100.1:53\n");
	HAS(self->out, "+ ENETUNREACH\n");
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN_BATCH("route del default via 10.0.1.2\n"
					     "route del 10.9.0.0/16\n"));
	HAS(self->err, "Command failed -:2\nrouteprobe: ip -batch /tmp/routeprobe-test-");
	EXPECT_STREQ("", self->out);
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN_BATCH("link set ha down\nlink set ha netns 1\n"));
	HAS(self->err, "routeprobe: \"netns\": nothing leaves the sandbox");
	HAS(self->err, "/batch:2\n");
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN_BATCH("link set ha net\\\nns 1\n"));
	HAS(self->err, "/batch:1: quotes and backslashes are not taken\n");
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN_BATCH(""));
	HAS(self->err, "/batch: no command\n");
	self->options.batch = "/nowhere/batch";
	rp_fake_run(run_whatif, &self->options, &self->out, &self->err);
	EXPECT_STREQ("routeprobe: /nowhere/batch: No such file or directory\n", self->err);
}

#define RED	4026530007U

TEST_F(whatif, several_namespaces)
{
	struct rp_record rec = by_default(1, "198.51.100.1");
	char *words[] = { "netns", "blue" };

	rp_fake_add(&self->fake, rec);
	rec = by_default(2, "198.51.100.2");
	rec.netns = RED;
	rp_fake_add(&self->fake, rec);
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("ip", "route", "del", "default"));
	HAS(self->err, "there are flows in several network namespaces (");
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "-n", "blue", DEL_DEFAULT));
	HAS(self->err, "routeprobe: 1 flows in other network namespaces were not asked for\n");
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("ip", "-n", "green", "route", "del", "default"));
	EXPECT_STREQ("routeprobe: green: no decision of this network namespace passed the filter\n",
		     self->err);
	self->options.words = words;
	self->options.nwords = 2;
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", DEL_DEFAULT));
	words[1] = "nobody";
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("ip", "route", "del", "default"));
	HAS(self->err, "routeprobe: nothing to ask for: no decision about a flow passed the filter\n");
	/* The first namespace is where one usually is. */
	self->options.nwords = 0;
	rp_fake_write(&self->fake, "fib.json", HEAD
		      "{\"netns\":{\"inode\":4026530007,\"name\":\"init\"}}\n");
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("ip", "route", "del", "default"));
	HAS(self->err, "has no snapshot of network namespace init\n");
}

/* The state at the end, if there is one, and else that of the beginning */
TEST_F(whatif, snapshots)
{
	char path[128];

	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	rp_fake_write(&self->fake, "fib.json", HEAD DEVICES RULES CONNECTED DEFAULTS);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	EXPECT_EQ(NULL, strstr(self->err, "snapshot"));
	snprintf(path, sizeof(path), "%s/names.json", self->fake.dir);
	unlink(path);
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", ADD_OTHER));
	HAS(self->err, "has no snapshot of its end: the sandbox is as the box was in the beginning\n");
	rp_fake_write(&self->fake, "fib.json", HEAD);
	EXPECT_EQ(RP_DIFF_TROUBLE, RUN("ip", ADD_OTHER));
	HAS(self->err, "has no snapshot of network namespace blue\n");
}

#define BLUE	"\"netns\":{\"inode\":4026532001,\"name\":\"blue\"}"
#define OUTCOME(key, gateway, dev, source)						\
	",\"" key "\":{\"verdict\":\"ok\",\"table\":\"main\",\"type\":\"unicast\","	\
	"\"dst\":\"default\",\"nexthops\":[{\"gateway\":\"" gateway "\",\"dev\":\"" dev	\
	"\",\"weight\":1}],\"prefsrc\":\"" source "\"}"

TEST_F(whatif, json)
{
	rp_fake_add(&self->fake, by_default(1, "198.51.100.1"));
	rp_fake_add(&self->fake, refused(input(2, "10.0.1.2", "198.51.100.9"), 16));
	snapshot(&self->fake, HEAD DEVICES SETTINGS RULES CONNECTED DEFAULTS);
	self->options.json = true;
	self->options.all = true;
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", DEL_DEFAULT));
	HAS(self->out, "{\"kind\":\"whatif\",\"effect\":\"moves\"," BLUE ",\"family\":\"inet\",\"asked\":\"output\",\"flow\":{\"dst\":\"198.51.100.1\",\"iif\":\"lo\",\"uid\":0,\"ipproto\":\"udp\",\"dport\":53},\"times\":1"
	    OUTCOME("recorded", "10.0.1.2", "ha", "10.0.1.1")
	    OUTCOME("before", "10.0.1.2", "ha", "10.0.1.1")
	    OUTCOME("after", "10.0.2.2", "hb", "10.0.2.1") "}\n");
	HAS(self->out, "\"recorded\":{\"verdict\":\"drop\",\"drop_reason\":\"IP_RPFILTER\"}");
	HAS(self->out, "{\"kind\":\"effects\"," BLUE ",\"fails\":0,\"moves\":1,\"works\":0,\"unsure\":1,\"stays\":0,\"elsewhere\":0,\"left_out\":0}\n");
}

/* The namespace that we are in, as it is; and it stays so. */
TEST_F(whatif, live)
{
	struct rp_record rec = output(1, NULL, "127.0.0.1");
	struct stat st;

	ASSERT_EQ(0, stat("/proc/self/ns/net", &st));
	rec.netns = st.st_ino;
	rec = way(rec, "127.0.0.0", 8, NULL, 1, "127.0.0.1");
	rec.route.type = RTN_LOCAL;
	rec.route.rt_type = RTN_LOCAL;
	rp_fake_add(&self->fake, rec);
	self->options = (struct rp_options) { .dir = self->fake.dir };
	EXPECT_EQ(RP_DIFF_SAME, RUN("ip", "link", "add", "rp-whatif", "type", "veth"));
	HAS(self->err, " 1 stay\n");
	EXPECT_NE(0, access("/sys/class/net/rp-whatif", F_OK));
}

#define RULE6(priority, table)	RULE(priority, table, ",\"family\":\"inet6\"")
#define IPV6									\
	ADDRESS(7, "2001:db8:1::1", 64)						\
	ADDRESS(9, "2001:db8:2::1", 64)						\
	RULE6(0, 255) RULE6(32766, 254)						\
	ROUTE("unicast", 254, "2001:db8:1::", 64, 0, 2, DEV(7) ",\"metric\":256")	\
	ROUTE("unicast", 254, "2001:db8:2::", 64, 0, 2, DEV(9) ",\"metric\":256")	\
	ROUTE("local", 255, "2001:db8:1::1", 128, 0, 2, DEV(7) ",\"metric\":0")	\
	ROUTE("local", 255, "2001:db8:2::1", 128, 0, 2, DEV(9) ",\"metric\":0")	\
	ROUTE("unicast", 254, "::", 0, 0, 3, VIA("2001:db8:1::2", 7) ",\"metric\":1024")	\
	ROUTE("unicast", 254, "::", 0, 0, 3, VIA("2001:db8:2::2", 9) ",\"metric\":2048")

TEST_F(whatif, ipv6)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, 1000, 1500);

	if (access("/proc/sys/net/ipv6", F_OK))
		SKIP(return, "no IPv6 here");
	rp_fake_flow(&rec, NULL, "2001:db8:9::1");
	rp_fake_route(&rec, RT_TABLE_MAIN, "::", 0, "2001:db8:1::2", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.type = RTN_UNICAST;
	rec.route.rt_type = RTN_UNICAST;
	inet_pton(AF_INET6, "2001:db8:1::1", &rec.route.prefsrc);
	rp_fake_add(&self->fake, rec);
	/* A snapshot without rules of IPv6 has nothing of it. */
	RUN("ip", "-6", "route", "add", "2001:db8:9::/64", "dev", "ha");
	HAS(self->out, "unsure: ");
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED DEFAULTS IPV6);
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "-6", "route", "del", "default",
					 "via", "2001:db8:1::2"));
	EXPECT_STREQ("moves: blue output udp * > [2001:db8:9::1]:53\n"
		     "- ok table main default via 2001:db8:1::2 dev ha src 2001:db8:1::1\n"
		     "+ ok table main default via 2001:db8:2::2 dev hb src 2001:db8:2::1\n",
		     self->out);
	EXPECT_EQ(NULL, strstr(self->err, "lacks"));
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "addr", "del", "2001:db8:1::1/64", "dev", "ha"));
}

TEST_HARNESS_MAIN
