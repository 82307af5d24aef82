// SPDX-License-Identifier: GPL-2.0
/*
 * What of a snapshot is rebuilt in a namespace of its own, where the kernel of this machine
 * answers: rules, settings, routes with several hops, IPv6.
 */
#include "whatif.h"

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

/* Who asks with a source keeps it, whichever the route would have chosen. */
TEST_F(whatif, ipv6_from)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, 1000, 1500);

	if (access("/proc/sys/net/ipv6", F_OK))
		SKIP(return, "no IPv6 here");
	rp_fake_flow(&rec, "2001:db8:2::1", "2001:db8:9::1");
	rp_fake_route(&rec, RT_TABLE_MAIN, "::", 0, "2001:db8:1::2", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.type = RTN_UNICAST;
	rec.route.rt_type = RTN_UNICAST;
	inet_pton(AF_INET6, "2001:db8:2::1", &rec.route.prefsrc);
	rp_fake_add(&self->fake, rec);
	snapshot(&self->fake, HEAD DEVICES RULES CONNECTED DEFAULTS IPV6);
	EXPECT_EQ(RP_DIFF_DIFFERENT, RUN("ip", "-6", "route", "del", "default",
					 "via", "2001:db8:1::2"));
	EXPECT_STREQ("moves: blue output udp 2001:db8:2::1 > [2001:db8:9::1]:53\n"
		     "- ok table main default via 2001:db8:1::2 dev ha src 2001:db8:2::1\n"
		     "+ ok table main default via 2001:db8:2::2 dev hb src 2001:db8:2::1\n",
		     self->out);
}

TEST_HARNESS_MAIN
