// SPDX-License-Identifier: GPL-2.0
/* The model of the FIB: what the kernel answers of IPv6. */
#include <sys/socket.h>

#include <kselftest_harness.h>

#include "lib/util.h"
#include "model_world.h"

#define SNAPSHOT_NS	100

#define RULES	"rule 0 to_tbl table 255\nrule 32766 to_tbl table 254\n"
#define NETS	"link 1 lo\nlink 7 ha\nlink 8 hb\n"				\
		"route 255 2001:db8:1::1 type local dev 7\n"			\
		"route 254 2001:db8:1::/64 dev 7 metric 256\n"			\
		"route 254 fe80::/64 dev 7 metric 256\nroute 254 fe80::/64 dev 8 metric 256\n"
#define DST	"dst 2001:db8:9::1"
#define DEF	"route 254 ::/0 via fe80::2 dev 7 metric 1024\n"
#define DEFAULT	"found 254 ::/0 via fe80::2 dev 7"

TEST(tables)
{
	static const struct row rows[] = {
		{ NETS, "dst 2001:db8:1::2", "found 254 2001:db8:1::/64 dev 7" },
		{ NETS, "dst 2001:db8:1::1", "found 255 2001:db8:1::1/128 dev 7" },
		{ NETS, DST, "none" },
		{ NETS DEF, DST, DEFAULT },
		{ NETS DEF "route 254 2001:db8:8::/46 dev 8 metric 1024", DST,
		  "found 254 2001:db8:8::/46 dev 8" },
		{ NETS "route 254 2001:db8:9::/64 dev 7 metric 20\nroute 254 2001:db8:9::/64 dev 8 metric 10",
		  DST, "found 254 2001:db8:9::/64 dev 8" },
		/* the first of several with one metric, if one is as good as the other */
		{ NETS "route 254 2001:db8:9::/64 dev 7\nroute 254 2001:db8:9::/64 dev 8", DST,
		  "found 254 2001:db8:9::/64 dev 7" },
		/* a router's preference: high is 1, low 3 */
		{ NETS "route 254 ::/0 via fe80::2 dev 7\nroute 254 ::/0 via fe80::3 dev 8 pref 1 advertised",
		  DST, "found 254 ::/0 via fe80::3 dev 8 by neighbour" },
		{ NETS "route 254 ::/0 via fe80::2 dev 7 advertised pref 3\nroute 254 ::/0 via fe80::3 dev 8 advertised",
		  DST, "found 254 ::/0 via fe80::3 dev 8 by neighbour" },
		/* legs are routes of their own, and share what comes */
		{ NETS "route 254 ::/0 via fe80::2 dev 7\nroute 254 ::/0 via fe80::3 dev 8", DST,
		  "found 254 ::/0 via fe80::2 dev 7, via fe80::3 dev 8 by neighbour" },
		/* but one that needs no gateway has no share */
		{ NETS "route 254 ::/0 dev 8\nroute 254 ::/0 via fe80::2 dev 7", DST,
		  "found 254 ::/0 dev 8" },
		/* without rules of its own a namespace asks local before main */
		{ NETS "route 254 2001:db8:1::1 type blackhole dev 1", "dst 2001:db8:1::1",
		  "found 255 2001:db8:1::1/128 dev 7" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

TEST(devices)
{
	static const struct row rows[] = {
		/* none but by that device, where the source is to be chosen */
		{ NETS DEF "route 254 ::/0 dev 8 metric 2048", DST " oif 8",
		  "found 254 ::/0 dev 8" },
		{ NETS DEF "route 254 2001:db8:9::1 type unreachable dev 1",
		  DST " oif 7", DEFAULT },
		{ NETS DEF "route 254 2001:db8:9::1 type unreachable dev 1", DST,
		  "rejects 113 254 2001:db8:9::1/128" },
		{ NETS, "dst fe80::9 oif 8", "found 254 fe80::/64 dev 8" },
		{ NETS, "dst fe80::9 src fe80::1 oif 8", "found 254 fe80::/64 dev 8" },
		{ NETS, "dst fe80::9 oif 9", "none" },
		/* with a source it is only better, unless a socket is bound to it */
		{ NETS "route 254 ::/0 dev 7\nroute 254 ::/0 dev 8",
		  DST " src 2001:db8:1::1 oif 8", "found 254 ::/0 dev 8" },
		{ NETS DEF, DST " src 2001:db8:1::1 oif 8", "unknown" },
		/* received: the device of arrival is better */
		{ NETS "route 254 ::/0 dev 7\nroute 254 ::/0 dev 8", DST " src 2001:db8:1::2 iif 8",
		  "found 254 ::/0 dev 8" },
		{ NETS DEF, DST " src 2001:db8:1::2 iif 8", DEFAULT },
		{ NETS "route 254 ::/0 via fe80::2 dev 7\nroute 254 ::/0 via fe80::3 dev 8\n@200 link 7 down",
		  DST, "found 254 ::/0 via fe80::3 dev 8" },
		{ NETS "route 254 ::/0 via fe80::2 dev 7\nroute 254 ::/0 via fe80::3 dev 8\n@200 link 7 down\n@300 link 7 up",
		  DST, "found 254 ::/0 via fe80::2 dev 7, via fe80::3 dev 8 by neighbour" },
		/* without what it took along the device is up */
		{ NETS "route 254 ::/0 via fe80::2 dev 7\n@200 link 7 down\n"
		  "@201 in link 7 down del route 254 ::/0 via fe80::2 dev 7",
		  DST " undo 2", DEFAULT },
		/* it was deleted before, and would have died, if the device is up again or not */
		{ NETS "route 254 ::/0 dev 7\n@200 del route 254 ::/0 dev 7\n@300 link 7 down",
		  DST " undo 2", "none" },
		{ NETS "route 254 ::/0 dev 7\n@200 del route 254 ::/0 dev 7\n@300 link 7 down",
		  DST " undo 2 undo 3", "found 254 ::/0 dev 7" },
		{ NETS "route 254 ::/0 dev 7\n@200 del route 254 ::/0 dev 7\n@300 link 7 down\n"
		  "@400 link 7 up", DST " undo 2", "none" },
		{ NETS DEF "@200 del " DEF "@300 link 7 down", DST " undo 2", "none" },
		/* one of several comes back, and whether it was one is not told */
		{ NETS DEF "@200 del " DEF "@300 link 7 down\n@400 link 7 up", DST " undo 2",
		  "unknown" },
		{ NETS DEF "@200 del " DEF "@300 link 8 down", DST " undo 2", DEFAULT },
		/* who was set down twice */
		{ NETS "route 254 ::/0 dev 7\n@200 link 7 down\n"
		  "@201 in link 7 down del route 254 ::/0 dev 7\n@300 link 7 up\n@400 link 7 down",
		  DST " undo 2", "none" },
		{ NETS DEF "@200 link 7 carrier-down", DST, DEFAULT },
		{ NETS DEF "@200 link 7 carrier-down", DST " linkdown", "none" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

/* More routes died of a device than are told: all that went by it alone did. */
TEST(floods)
{
#define LEGS	"route 254 2001:db8:9::/64 via fe80::2 dev 7\n"		\
		"route 254 2001:db8:9::/64 via fe80::3 dev 8\n"
	static const struct row rows[] = {
		{ NETS DEF "@200 flood 7", DST, "none" },
		{ NETS DEF "@200 flood 7", DST " at 150", DEFAULT },
		{ NETS DEF "@200 flood 7", DST " undo 1", DEFAULT },
		{ NETS DEF "@200 flood 8", DST, DEFAULT },
		{ NETS "@200 flood 7", "dst 2001:db8:1::2", "none" },
		{ NETS "@150 add route 254 ::/0 via fe80::2 dev 7\n@200 flood 7", DST, "none" },
		{ NETS "@200 flood 7\n@250 add route 254 ::/0 via fe80::2 dev 7", DST, DEFAULT },
		{ NETS "@150 add route 254 ::/0 via fe80::2 dev 7\n@160 del route 254 ::/0 via fe80::2 dev 7\n@200 flood 7",
		  DST, "none" },
		/* one that is told is no other */
		{ NETS DEF "@200 flood 7\n@201 in link 7 down del route 254 ::/0 via fe80::2 dev 7",
		  DST, "none" },
		/* of several legs those that are dead stay */
		{ NETS LEGS "@190 link 7 down\n@200 flood 7", DST,
		  "found 254 2001:db8:9::/64 via fe80::3 dev 8" },
		{ NETS LEGS "@190 link 7 down\n@200 flood 7\n@300 link 7 up", DST,
		  "found 254 2001:db8:9::/64 via fe80::2 dev 7, via fe80::3 dev 8 by neighbour" },
		/* an object tells of its own end */
		{ NETS "route 254 ::/0 via fe80::2 dev 7 nhid 5\n@200 flood 7", DST,
		  "found 254 ::/0 via fe80::2 dev 7" },
		/* a snapshot made after it does not have what died */
		{ NETS DEF "@50 flood 7", DST, "unknown" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

/* `from`: fib6_node_lookup() looks for the source inside a prefix. */
TEST(sources)
{
#define FROM	NETS "route 254 ::/0 via fe80::2 dev 7 from 2001:db8:1::/64\n"
	static const struct row rows[] = {
		{ FROM, DST, "none" },
		{ FROM, DST " src 2001:db8:1::1", DEFAULT },
		{ FROM, DST " src 2001:db8:2::1", "none" },
		{ FROM "route 254 ::/0 dev 8", DST " src 2001:db8:2::1", "found 254 ::/0 dev 8" },
		{ FROM "route 254 ::/0 dev 8 from 2001:db8:1::1", DST " src 2001:db8:1::1",
		  "found 254 ::/0 dev 8" },
		{ FROM "route 254 ::/0 dev 8 from 2001:db8:1::9",
		  DST " src 2001:db8:1::1", DEFAULT },
		/* what its device does not fit goes back to a shorter one */
		{ FROM "route 254 2001:db8:9::/64 dev 8 from 2001:db8:1::/64\n",
		  DST " src 2001:db8:1::1 iif 7", "found 254 2001:db8:9::/64 dev 8" },
		/* no source fits: others of the prefix are passed over with it, but for the root */
		{ NETS "route 254 2001:db8:9::/64 dev 7\nroute 254 2001:db8:9::/64 dev 8 from 2001:db8:2::/64\nroute 254 ::/0 dev 8",
		  DST " src 2001:db8:1::1", "found 254 ::/0 dev 8" },
		{ NETS "route 254 2001:db8:9::/64 dev 7\nroute 254 2001:db8:9::/64 dev 8 from 2001:db8:2::/64\nroute 254 2001:db8:9::1 dev 9",
		  DST " src 2001:db8:1::1 oif 7", "unknown" },
		/* a rule with a source is for none that is yet to be chosen */
		{ NETS RULES DEF "rule 100 prohibit from 2001:db8::/32",
		  DST, DEFAULT " rule 32766" },
		{ NETS RULES DEF "rule 100 prohibit from 2001:db8::/32", DST " src 2001:db8:1::1",
		  "rule rejects 13 rule 100" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

TEST(rules)
{
#define TWO	NETS RULES DEF "route 100 ::/0 dev 8\n"
#define OTHER	"found 100 ::/0 dev 8 rule 100"
#define MAIN	DEFAULT " rule 32766"
	static const struct row rows[] = {
		{ TWO "rule 100 to_tbl table 100 mark 2", DST, MAIN },
		{ TWO "rule 100 to_tbl table 100 mark 2", DST " mark 2", OTHER },
		{ TWO "rule 100 to_tbl table 100 to 2001:db8:9::/48", DST, OTHER },
		{ TWO "rule 100 to_tbl table 100 tos 0x10", DST " tos 0x12", OTHER },
		{ TWO "rule 100 to_tbl table 100 tos 0x10", DST " tos 0x30", MAIN },
		{ TWO "rule 100 to_tbl table 100 suppress 0", DST, MAIN },
		{ TWO "rule 100 to_tbl table 101\nroute 101 2001:db8:9::/48 type throw dev 1\nroute 101 ::/0 dev 8",
		  DST, MAIN },
		{ TWO "rule 100 unreachable", DST, "rule rejects 101 rule 100" },
		/* what is suppressed last may be the answer after all */
		{ TWO "rule 32767 to_tbl table 100 suppress 0\n@200 del rule 32766 to_tbl table 254",
		  DST, "unknown" },
		{ TWO "rule 32767 to_tbl table 100 suppress 0\nrule 32768 to_tbl table 101\n"
		  "@200 del rule 32766 to_tbl table 254", DST, "none" },
		{ TWO "rule 100 to_tbl table 100\n@200 del rule 100 to_tbl table 100", DST, MAIN },
		{ TWO "rule 100 to_tbl table 100\n@200 del rule 100 to_tbl table 100",
		  DST " undo 1",
		  OTHER },
		/* until there is another rule the two tables are asked, also without theirs */
		{ NETS DEF "@200 del rule 32766 to_tbl table 254", DST, DEFAULT },
		{ NETS DEF "@200 add rule 100 nop\n@300 del rule 32766 to_tbl table 254",
		  DST, "none" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

/* Records are numbered from 1: of an event inside a request the request is one more. */
TEST(changes)
{
#define NET	"route 254 2001:db8:9::/64 "
	static const struct row rows[] = {
		{ NETS DEF "@200 del route 254 ::/0 via fe80::2 dev 7 metric 1024", DST, "none" },
		{ NETS DEF "@200 del route 254 ::/0 via fe80::2 dev 7 metric 1024",
		  DST " at 150", DEFAULT },
		{ NETS DEF "@200 del route 254 ::/0 via fe80::2 dev 7 metric 1024",
		  DST " undo 2", DEFAULT },
		{ NETS "@200 add " NET "dev 8", DST, "found 254 2001:db8:9::/64 dev 8" },
		{ NETS "@200 add " NET "dev 8", DST " undo 2", "none" },
		/* each of several is told of: those that are not stay */
		{ NETS NET "dev 7 metric 1\n" NET "dev 8 metric 2\n@200 del " NET "dev 7 metric 1",
		  DST, "found 254 2001:db8:9::/64 dev 8" },
		{ NETS NET "dev 7 metric 1\n" NET "dev 8 metric 2\n@200 del " NET "dev 8 metric 2",
		  DST, "found 254 2001:db8:9::/64 dev 7" },
		{ NETS NET "via fe80::2 dev 7\n@200 append " NET "via fe80::3 dev 8", DST,
		  "found 254 2001:db8:9::/64 via fe80::2 dev 7, via fe80::3 dev 8 by neighbour" },
		/* a replaced one goes unsaid, with its siblings if it has some */
		{ NETS NET "via fe80::2 dev 7\n"
		  NET "via fe80::3 dev 8\n@200 replace " NET "via fe80::4 dev 8",
		  DST, "found 254 2001:db8:9::/64 via fe80::4 dev 8" },
		{ NETS NET "via fe80::2 dev 7\n@200 replace " NET "via fe80::4 dev 8",
		  DST " undo 2",
		  "found 254 2001:db8:9::/64 via fe80::2 dev 7" },
		{ NETS NET "dev 7\n" NET "via fe80::3 dev 8\n@200 replace " NET "via fe80::4 dev 8",
		  DST, "found 254 2001:db8:9::/64 dev 7" },
		{ NETS NET "dev 7\n"
		  NET "via fe80::3 dev 8\n@200 replace " NET "via fe80::4 dev 8\n@300 del " NET "dev 7",
		  DST, "found 254 2001:db8:9::/64 via fe80::4 dev 8" },
		/* if there is none of its kind, the first */
		{ NETS NET "dev 7\n" NET "dev 8\n@200 replace " NET "via fe80::4 dev 8",
		  DST, "found 254 2001:db8:9::/64 via fe80::4 dev 8 by neighbour" },
		{ NETS NET "dev 7\n" NET "dev 8\n@200 replace " NET "via fe80::4 dev 8",
		  DST " oif 8", "found 254 2001:db8:9::/64 via fe80::4 dev 8 by neighbour" },
		/* and of other metrics none */
		{ NETS NET "dev 7 metric 1\n@200 replace " NET "dev 8 metric 2", DST,
		  "found 254 2001:db8:9::/64 dev 7" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

/* Seconds, after a snapshot of 100 ns */
#define AT(s)	" at " #s "000000000"

TEST(lifetimes)
{
#define DYING	"route 254 ::/0 via fe80::2 dev 7 metric 1024 expires 10"
#define RENEWED	NETS DYING " advertised\n@5000000000 advertisement "
	static const struct row rows[] = {
		{ NETS DYING, DST AT(9), DEFAULT },
		{ NETS DYING, DST AT(11), "unknown" },
		{ NETS DYING, DST AT(13), "none" },
		{ NETS DYING, DST AT(13) " ageless", DEFAULT },
		{ NETS DYING "\nroute 254 ::/0 dev 8 metric 2048",
		  DST AT(13), "found 254 ::/0 dev 8" },
		/* nobody cares how old what stands behind another is */
		{ NETS DYING "\nroute 254 ::/0 dev 8 metric 1",
		  DST AT(11), "found 254 ::/0 dev 8" },
		{ RENEWED "fe80::2 7 10", DST AT(13), DEFAULT },
		{ RENEWED "fe80::2 7 10", DST AT(18), "none" },
		{ RENEWED "fe80::2 7 2", DST AT(9), "none" },
		/* another router may have advertised this one's routes, too */
		{ RENEWED "fe80::3 7 10", DST AT(13), "unknown" },
		{ RENEWED "fe80::3 8 10", DST AT(13), "none" },
		{ NETS DYING "\n@5000000000 refused route 254 ::/0 via fe80::2 dev 7 metric 1024 expires 10",
		  DST AT(13), DEFAULT },
		{ NETS DYING "\n@5000000000 refused route 254 ::/0 via fe80::2 dev 7 metric 1024",
		  DST AT(99), DEFAULT },
		{ NETS "@5000000000 add " DYING, DST AT(14), DEFAULT },
		{ NETS "@5000000000 add " DYING, DST AT(18), "none" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

TEST(objects)
{
	static const struct row rows[] = {
		{ NETS NET "via fe80::2 dev 7 nhid 3",
		  DST, "found 254 2001:db8:9::/64 via fe80::2 dev 7" },
		{ NETS NET "dev 1 nhid 3", DST, "rejects 22 254 2001:db8:9::/64" },
		{ NETS NET "nhid 3 via fe80::2 dev 7 leg via fe80::3 dev 8", DST,
		  "found 254 2001:db8:9::/64 via fe80::2 dev 7, via fe80::3 dev 8 by neighbour" },
		/* it became another */
		{ NETS NET "via fe80::2 dev 7 nhid 3\n@200 object 3", DST, "unknown" },
		{ NETS NET "via fe80::2 dev 7 nhid 3\n@200 object 3", DST " at 150",
		  "found 254 2001:db8:9::/64 via fe80::2 dev 7" },
		{ NETS NET "via fe80::2 dev 7 nhid 3\n@200 object 4", DST,
		  "found 254 2001:db8:9::/64 via fe80::2 dev 7" },
		{ NETS NET "nhid 3 via fe80::2 dev 7 leg via fe80::3 dev 8\n@200 object 4", DST,
		  "unknown" },
		/* of a group an event tells no next hop */
		{ NETS "@200 add " NET "nhid 3 legs 2", DST, "found 254 2001:db8:9::/64" },
		{ NETS "@200 add " NET "nhid 3 legs 2", DST " oif 7", "unknown" },
	};

	RUN_ROWS(AF_INET6, rows, SNAPSHOT_NS);
}

/* The snapshot was taken after all of it: what there was before, the changes tell. */
TEST(live)
{
	static const struct row rows[] = {
		{ NETS "@200 del " NET "dev 8", DST " at 150", "found 254 2001:db8:9::/64 dev 8" },
		{ NETS "@200 del " NET "dev 8", DST, "none" },
		{ NETS NET "dev 8\n@200 add " NET "dev 8", DST " at 150", "none" },
		{ NETS NET "dev 8\n@200 replace " NET "dev 8", DST " at 150", "unknown" },
		/* what is there in the end was not replaced */
		{ NETS NET "via fe80::2 dev 7\n"
		  NET "via fe80::3 dev 8\n@200 replace " NET "via fe80::2 dev 7\n@300 append " NET "via fe80::3 dev 8",
		  DST " at 350",
		  "found 254 2001:db8:9::/64 via fe80::2 dev 7, via fe80::3 dev 8 by neighbour" },
	};

	RUN_ROWS(AF_INET6, rows, 1000);
}

TEST_HARNESS_MAIN
