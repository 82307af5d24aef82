// SPDX-License-Identifier: GPL-2.0
/* What routeprobe whatif says of flows, of commands, and of what a snapshot lacks */
#include "whatif.h"

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

TEST_HARNESS_MAIN
