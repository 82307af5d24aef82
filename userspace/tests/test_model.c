// SPDX-License-Identifier: GPL-2.0
/* The model of the FIB: what the kernel answers, over a snapshot and the changes since. */
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "lib/addr.h"
#include "lib/util.h"
#include "model_world.h"

#define SNAPSHOT_NS	100

#define RULES	"rule 0 to_tbl table 255\nrule 32766 to_tbl table 254\nrule 32767 to_tbl table 253\n"
#define NETS	"link 7 ha\nlink 8 hb\n"					\
		"route 255 10.0.1.1 type local dev 7\nroute 254 10.0.1.0/24 dev 7 scope 253\n"

TEST(tables)
{
	static const struct row rows[] = {
		{ NETS, "dst 10.0.1.2", "found 254 10.0.1.0/24 dev 7" },
		{ NETS, "dst 10.0.1.1", "found 255 10.0.1.1/32 dev 7" },
		{ NETS, "dst 192.0.2.1", "none" },
		{ NETS "route 254 0.0.0.0/0 via 10.0.1.2 dev 7\nroute 254 192.0.2.0/24 via 10.0.1.3 dev 7",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 via 10.0.1.3 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7 metric 20\nroute 254 192.0.2.0/24 dev 8 metric 10",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 tos 8",
		  "dst 192.0.2.1 tos 8", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 tos 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 via 10.0.1.2 dev 7",
		  "dst 192.0.2.1 scope 253", "none" },
		{ NETS, "dst 10.0.1.2 scope 253", "found 254 10.0.1.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7 metric 1\nroute 254 192.0.2.0/24 dev 8 metric 2",
		  "dst 192.0.2.1 oif 8", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 via 10.0.1.2 dev 7 leg via 10.0.2.2 dev 8",
		  "dst 192.0.2.1",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7, via 10.0.2.2 dev 8" },
		{ NETS "route 254 192.0.2.0/24 via 10.0.1.2 dev 7 leg via 10.0.2.2 dev 8",
		  "dst 192.0.2.1 oif 8", "found 254 192.0.2.0/24 via 10.0.2.2 dev 8" },
		/* the second hop is of the second route, though they have the first in common */
		{ NETS "route 254 192.0.2.0/24 via 10.0.1.2 dev 7\nroute 254 192.0.2.0/24 via 10.0.1.2 dev 7 leg via 10.0.2.2 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 via 10.0.1.2 dev 7" },
		{ NETS "route 254 198.51.100.0/24 via 10.0.1.2 dev 7\nroute 254 192.0.2.0/24 via 10.0.1.2 dev 7",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 via 10.0.1.2 dev 7" },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

TEST(refusals)
{
	static const struct row rows[] = {
		{ NETS "route 254 192.0.2.0/24 type unreachable", "dst 192.0.2.1",
		  "rejects 113 254 192.0.2.0/24" },
		{ NETS "route 254 192.0.2.0/24 type prohibit", "dst 192.0.2.1",
		  "rejects 13 254 192.0.2.0/24" },
		{ NETS "route 254 192.0.2.0/24 type blackhole", "dst 192.0.2.1",
		  "rejects 22 254 192.0.2.0/24" },
		{ NETS "route 254 0.0.0.0/0 dev 7\nroute 254 192.0.2.0/24 type throw",
		  "dst 192.0.2.1", "none" },
		{ NETS RULES "rule 100 to_tbl table 100\nroute 254 0.0.0.0/0 dev 8\nroute 100 192.0.2.0/24 type throw\nroute 100 0.0.0.0/0 dev 7",
		  "dst 192.0.2.1", "found 254 0.0.0.0/0 dev 8 rule 32766" },
		{ NETS RULES "rule 100 unreachable", "dst 192.0.2.1", "rule rejects 101 rule 100" },
		{ NETS RULES "rule 100 prohibit", "dst 192.0.2.1", "rule rejects 13 rule 100" },
		{ NETS RULES "rule 100 blackhole", "dst 192.0.2.1", "rule rejects 22 rule 100" },
		{ NETS RULES "rule 100 blackhole",
		  "dst 10.0.1.1", "found 255 10.0.1.1/32 dev 7 rule 0" },
		/* the table default answers last, and its answer counts */
		{ NETS "route 254 192.0.2.0/24 type unreachable\nroute 253 0.0.0.0/0 dev 8",
		  "dst 192.0.2.1", "found 253 0.0.0.0/0 dev 8" },
		/* with rules of its own a namespace asks local before main, whatever is longer */
		{ "link 7 ha\nroute 255 127.0.0.0/8 type local dev 7\nroute 254 127.0.0.5 type blackhole",
		  "dst 127.0.0.5", "rejects 22 254 127.0.0.5/32" },
		{ "link 7 ha\nroute 255 127.0.0.0/8 type local dev 7\nroute 254 127.0.0.5 type blackhole",
		  "dst 127.0.0.5 unmerged", "found 255 127.0.0.0/8 dev 7 rule 0" },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

/* The second of two of one metric is left. */
#define HOLE	"route 254 192.0.2.0/24 dev 7\n"					\
		"@200 append route 254 192.0.2.0/24 type prohibit\n"		\
		"@300 ask-del route 254 192.0.2.0/24 dev 7\n"			\
		"@300 add route 254 192.0.2.0/24 type prohibit\n"
#define TWO	NETS RULES "route 254 0.0.0.0/0 dev 7\nroute 100 0.0.0.0/0 dev 8\n"
#define MAIN	"found 254 0.0.0.0/0 dev 7 rule 32766"
#define OTHER	"found 100 0.0.0.0/0 dev 8 rule 100"

TEST(selectors)
{
	static const struct row rows[] = {
		{ TWO "rule 100 to_tbl table 100 mark 2", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 mark 2", "dst 192.0.2.1 mark 2", OTHER },
		{ TWO "rule 100 to_tbl table 100 mark 2 mask 0xff",
		  "dst 192.0.2.1 mark 0x702", OTHER },
		{ TWO "rule 100 to_tbl table 100 not mark 2", "dst 192.0.2.1 mark 2", MAIN },
		{ TWO "rule 100 to_tbl table 100 not mark 2", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 uid 1000", "dst 192.0.2.1 uid 1001", MAIN },
		{ TWO "rule 100 to_tbl table 100 uid 1000", "dst 192.0.2.1 uid 1000", OTHER },
		{ TWO "rule 100 to_tbl table 100 to 192.0.2.0/24", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 to 192.0.3.0/24", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24",
		  "dst 192.0.2.1 src 10.0.1.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 tos 0x10", "dst 192.0.2.1 tos 0x10", OTHER },
		{ TWO "rule 100 to_tbl table 100 tos 0x10", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 proto 6", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 proto 17", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 dport 50 60", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 dport 54 60", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 sport 7 7", "dst 192.0.2.1 sport 7", OTHER },
		{ TWO "rule 100 to_tbl table 100 iif ha", "dst 192.0.2.1 iif 7", OTHER },
		{ TWO "rule 100 to_tbl table 100 iif lo", "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 iif hb", "dst 192.0.2.1 iif 7", MAIN },
		{ TWO "rule 100 to_tbl table 100 oif hb", "dst 192.0.2.1 oif 8", OTHER },
		{ TWO "rule 100 to_tbl table 100 oif hb", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 77", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100\nrule 90 nop", "dst 192.0.2.1", OTHER },
		{ TWO "rule 90 goto target 110\nrule 100 to_tbl table 100\nrule 110 to_tbl table 254",
		  "dst 192.0.2.1", "found 254 0.0.0.0/0 dev 7 rule 110" },
		{ TWO "rule 90 goto target 111\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 suppress 0", "dst 192.0.2.1", MAIN },
		{ TWO "rule 100 to_tbl table 100 suppress 0\nroute 100 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 100 192.0.2.0/24 dev 8 rule 100" },
		{ TWO "link 9 hc group 5\nroute 101 0.0.0.0/0 dev 9\nrule 99 to_tbl table 101 suppress-group 5\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1", OTHER },
		{ TWO "rule 100 to_tbl table 0 l3mdev\nlink 20 red vrf 100",
		  "dst 192.0.2.1 vrf 20 oif 20", OTHER },
		/* a port of it is no other device */
		{ TWO "rule 100 to_tbl table 0 l3mdev\nlink 20 red vrf 100",
		  "dst 192.0.2.1 vrf 20 oif 8", OTHER },
		{ TWO "rule 100 to_tbl table 0 l3mdev\nlink 20 red vrf 100",
		  "dst 192.0.2.1 vrf 20 oif 9", "none" },
		{ TWO "rule 100 to_tbl table 0 l3mdev\nlink 20 red vrf 100",
		  "dst 192.0.2.1", MAIN },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

/* Records are numbered from 1: of an event inside a request the request is one more. */
TEST(changes)
{
	static const struct row rows[] = {
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1 at 150", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1 undo 2", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "@200 add route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "@200 add route 254 192.0.2.0/24 dev 8", "dst 192.0.2.1 undo 2", "none" },
		/* without a change some after it would have been refused */
		{ NETS "route 254 0.0.0.0/0 via 10.0.1.2 dev 7\n@200 replace route 254 0.0.0.0/0 via 10.0.2.2 dev 8\n@300 del route 254 0.0.0.0/0 via 10.0.2.2 dev 8",
		  "dst 192.0.2.1 undo 2", "found 254 0.0.0.0/0 via 10.0.1.2 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 del route 254 192.0.2.0/24 dev 7\n@300 add route 254 192.0.2.0/24 type unreachable",
		  "dst 192.0.2.1 undo 2", "found 254 192.0.2.0/24 dev 7" },
		/* what stands behind another has no event, and is found when that goes */
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 ask-add route 254 192.0.2.0/24 dev 8 metric 9",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 ask-add route 254 192.0.2.0/24 dev 8 metric 9\n@300 ask-del route 254 192.0.2.0/24 dev 7\n@300 add route 254 192.0.2.0/24 dev 8 metric 9",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 metric 9\n@200 ask-del route 254 192.0.2.0/24 metric 9",
		  "dst 192.0.2.1 oif 8", "none" },
		{ NETS "@200 add route 254 192.0.2.0/24 legs 2 via 10.0.1.2 dev 7",
		  "dst 192.0.2.1 oif 8", "unknown" },
		/* what was appended stays behind what was there, also when others went */
		{ NETS HOLE "@400 append route 254 192.0.2.0/24 type blackhole",
		  "dst 192.0.2.1", "rejects 13 254 192.0.2.0/24" },
		/* and is what a request to replace means */
		{ NETS HOLE "@400 replace route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS HOLE "@400 replace route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 oif 7", "none" },
		/* what was prepended stands before those that were there, which are left */
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 oif 7", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 undo 2", "found 254 192.0.2.0/24 dev 7" },
		{ NETS "@200 prepend route 254 192.0.2.0/24 via 10.0.0.2 dev 8",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 via 10.0.0.2 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 prepend route 254 192.0.2.0/24 dev 8\n@300 replace route 254 192.0.2.0/24 type unreachable",
		  "dst 192.0.2.1", "rejects 113 254 192.0.2.0/24" },
		/* none of a prefix is left */
		{ NETS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 metric 9\n@200 del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1", "none" },
		{ NETS RULES "rule 100 to_tbl table 100 mark 2\nroute 100 0.0.0.0/0 dev 8\n@200 del rule 100 to_tbl table 100 mark 2",
		  "dst 192.0.2.1 mark 2", "none" },
		{ NETS RULES "rule 100 to_tbl table 100 mark 2\nroute 100 0.0.0.0/0 dev 8\n@200 del rule 100 to_tbl table 100 mark 2",
		  "dst 192.0.2.1 mark 2 undo 1", OTHER },
		/* a rule that came: what it selects by is known from the end, or from the way */
		{ TWO "late-rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.1.1", OTHER },
		{ TWO "late-rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.2.1", MAIN },
		{ TWO "@200 add rule 100 to_tbl table 100", "dst 192.0.2.1", "unknown" },
		{ TWO "@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100", OTHER },
		{ TWO "@200 add rule 100 to_tbl table 100", "dst 192.0.2.1 walked 32766", MAIN },
		/* it may be a rule with `not` */
		{ TWO "@200 add rule 100 to_tbl table 100 proto 6", "dst 192.0.2.1", "unknown" },
		{ TWO "@200 add rule 100 to_tbl table 100 proto 6",
		  "dst 192.0.2.1 matched 100 100", OTHER },
		{ TWO "@200 add rule 100 to_tbl table 100 proto 6",
		  "dst 192.0.2.1 walked 32766", MAIN },
		{ TWO "late-rule 100 to_tbl table 100\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 at 150", MAIN },
		/* whether a goto matched is not recorded, but what the flow matched after it is */
		{ TWO "late-rule 90 goto target 32766\n@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 32766 254 walked 32766", MAIN },
		{ TWO "late-rule 90 goto target 32766\n@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100 walked 100", OTHER },
		{ TWO "@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100 walked 100", OTHER },
		{ TWO "rule 90 goto target 32766\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100 walked 100", MAIN },
		{ TWO "@150 add rule 90 goto\nrule 100 to_tbl table 100",
		  "dst 192.0.2.1", "unknown" },
		{ TWO "@150 add rule 90 goto\nrule 100 to_tbl table 100\n@200 add rule 80 nop",
		  "dst 192.0.2.1 matched 100 100 walked 100 undo 2", "unknown" },
		/* but of one that came once and stayed the end says it, in any world */
		{ TWO "late-rule 90 goto target 32766 mark 2\n@150 add rule 90 goto mark 2\nrule 100 to_tbl table 100\n@200 add rule 80 prohibit",
		  "dst 192.0.2.1 matched 80 0 walked 80 undo 2", OTHER },
		{ TWO "late-rule 90 goto target 32766 mark 2\n@150 add rule 90 goto mark 2\nrule 100 to_tbl table 100\n@200 add rule 80 prohibit\n@210 add rule 90 goto mark 2\n@220 del rule 90 goto mark 2",
		  "dst 192.0.2.1 matched 80 0 walked 80 undo 2", "unknown" },
		/* and whether a nop did is all one */
		{ TWO "@150 add rule 90 nop\nrule 100 to_tbl table 100", "dst 192.0.2.1", OTHER },
		/* a rule of the end that looks the same is another one, if the flow says so */
		{ TWO "late-rule 100 to_tbl table 100\n@150 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 walked 32766", MAIN },
		/* two that look the same but for their selectors: which one did it match? */
		{ TWO "rule 100 to_tbl table 100\nlate-rule 100 to_tbl table 100 mark 2\n@150 add rule 100 to_tbl table 100 mark 2",
		  "dst 192.0.2.1 matched 100 100", OTHER },
		/* the same rule twice: one of them goes */
		{ TWO "rule 100 to_tbl table 100\n@200 add rule 100 to_tbl table 100\n@300 del rule 100 to_tbl table 100\nlate-rule 100 to_tbl table 100",
		  "dst 192.0.2.1 matched 100 100", OTHER },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

TEST(devices)
{
	static const struct row rows[] = {
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 in link 7 down del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 7\n@200 in link 7 down del route 254 192.0.2.0/24 dev 7",
		  "dst 192.0.2.1 undo 1", "found 254 192.0.2.0/24 dev 7" },
		/* who stood behind another dies unnamed */
		{ NETS "route 254 192.0.2.0/24 dev 8\nroute 254 192.0.2.0/24 dev 7 metric 9\n@200 link 7 down",
		  "dst 192.0.2.1 oif 7", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 8\nroute 254 192.0.2.0/24 dev 7 metric 9\n@200 link 7 down\n@300 link 7 up",
		  "dst 192.0.2.1 oif 7", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 7 leg dev 8\n@200 link 7 down", "dst 192.0.2.1",
		  "found 254 192.0.2.0/24 dev 8" },
		{ NETS "route 254 192.0.2.0/24 dev 7 leg dev 8\n@200 link 7 down\n@300 link 7 up",
		  "dst 192.0.2.1", "found 254 192.0.2.0/24 dev 7, dev 8" },
		{ NETS "@200 link 7 down", "dst 10.0.1.1", "found 255 10.0.1.1/32 dev 7" },
		{ NETS "@200 link 7 carrier-down", "dst 10.0.1.2", "found 254 10.0.1.0/24 dev 7" },
		{ NETS "@200 link 7 carrier-down", "dst 10.0.1.2 linkdown", "none" },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

/* Who was covered is told of again when it is the first, and came long before. */
TEST(uncovered)
{
#define NO	"route 254 192.0.2.0/24 type prohibit\n"
#define COVER	"route 254 192.0.2.0/24 tos 0x10 type blackhole\n"
	static const struct row rows[] = {
		{ NETS COVER "@150 ask-add " NO "@200 first " NO, "dst 192.0.2.1",
		  "rejects 13 254 192.0.2.0/24" },
		{ NETS COVER "@150 ask-add " NO "@200 first " NO, "dst 192.0.2.1 tos 0x10",
		  "rejects 13 254 192.0.2.0/24" },
		{ NETS COVER "@150 ask-add " NO "@200 first " NO, "dst 192.0.2.1 tos 0x10 undo 3",
		  "rejects 22 254 192.0.2.0/24" },
		/* without its coming there would be none, whoever went later */
		{ NETS COVER "@150 ask-add " NO "@200 first " NO, "dst 192.0.2.1 undo 2", "none" },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

/* Without its coming to a VRF a device is of none, and so is who demands it. */
TEST(ports)
{
#define RED	NETS RULES "link 20 red vrf 10\nrule 1000 to_tbl table 0 l3mdev\n"	\
		"route 10 192.0.2.0/24 type unreachable\n"
#define JOIN	"@200 link 8 master 20\n"
	static const struct row rows[] = {
		{ RED JOIN, "dst 192.0.2.1 oif 8 vrf 20", "rejects 113 10 192.0.2.0/24 rule 1000" },
		{ RED JOIN, "dst 192.0.2.1 oif 8 vrf 20 undo 1", "found 0 0.0.0.0/0 dev 8" },
		{ RED "route 254 192.0.2.0/24 dev 8\n" JOIN, "dst 192.0.2.1 oif 8 vrf 20 undo 1",
		  "found 254 192.0.2.0/24 dev 8 rule 32766" },
		/* and received by it */
		{ RED JOIN, "dst 192.0.2.1 src 10.0.2.2 iif 8 vrf 20 undo 1", "none" },
		/* it left it, and came again */
		{ RED JOIN "@300 link 8 master 0\n@400 link 8 master 20",
		  "dst 192.0.2.1 oif 8 vrf 20 undo 1", "rejects 113 10 192.0.2.0/24 rule 1000" },
		{ RED JOIN "@300 link 8 master 0", "dst 192.0.2.1 oif 8 undo 2",
		  "rejects 113 10 192.0.2.0/24 rule 1000" },
		/* a bridge is no VRF */
		{ RED "link 21 br0\n@200 link 8 master 21", "dst 192.0.2.1 oif 8 undo 1", "none" },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

/* With the last address all routes by the device die; of those that there were not, unsaid. */
TEST(addresses)
{
#define OWN	"link 7 ha\nlink 8 hb\nroute 255 10.0.1.1 type local dev 7 scope 254\n" \
		"route 254 10.0.1.0/24 dev 7 scope 253\n"
#define WAY	"route 254 192.0.2.0/24 via 10.0.1.2 dev 7\n"
#define LEGS	"route 254 192.0.2.0/24 via 10.0.1.2 dev 7 leg via 10.0.2.2 dev 8\n"
#define GONE	"@200 del " WAY
	static const struct row rows[] = {
		/* it was deleted before, and would have died */
		{ OWN WAY GONE "@300 addr 7 del 10.0.1.1/24", "dst 192.0.2.1 undo 2", "none" },
		{ OWN WAY GONE "@300 addr 7 del 10.0.1.1/24", "dst 192.0.2.1 undo 2 undo 3",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7" },
		{ OWN WAY GONE "@300 addr 7 del 10.0.1.1/24", "dst 192.0.2.1 undo 2 at 250",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7" },
		/* so it would with the device itself, set down, or gone to another namespace */
		{ OWN WAY GONE "@300 link 7 down\n@400 link 7 up", "dst 192.0.2.1 undo 2", "none" },
		{ OWN WAY GONE "@300 link 7 del", "dst 192.0.2.1 undo 2", "none" },
		{ OWN WAY GONE "@300 link 7 del\n@400 link 7 up", "dst 192.0.2.1 undo 2", "none" },
		/* not if another one is left, */
		{ OWN "route 255 10.0.1.7 type local dev 7 scope 254\n" WAY GONE
		  "@300 addr 7 del 10.0.1.1/24", "dst 192.0.2.1 undo 2",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7" },
		{ OWN WAY "@150 addr 7 add 10.0.1.7/24\n" GONE "@300 addr 7 del 10.0.1.1/24",
		  "dst 192.0.2.1 undo 4", "found 254 192.0.2.0/24 via 10.0.1.2 dev 7" },
		/* or another device's went */
		{ OWN "route 255 10.0.2.1 type local dev 8 scope 254\n" WAY GONE
		  "@300 addr 8 del 10.0.2.1/24", "dst 192.0.2.1 undo 2",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7" },
		/* in that world it was the last */
		{ OWN WAY "@150 addr 7 add 10.0.1.7/24\n" GONE "@300 addr 7 del 10.0.1.1/24",
		  "dst 192.0.2.1 undo 1 undo 4", "none" },
		/* one that comes afterwards brings no route back, but a leg */
		{ OWN WAY GONE "@300 addr 7 del 10.0.1.1/24\n@400 addr 7 add 10.0.1.1/24",
		  "dst 192.0.2.1 undo 2", "none" },
		{ OWN LEGS "@300 addr 7 del 10.0.1.1/24", "dst 192.0.2.1",
		  "found 254 192.0.2.0/24 via 10.0.2.2 dev 8" },
		{ OWN LEGS "@300 addr 7 del 10.0.1.1/24", "dst 192.0.2.1 undo 1",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7, via 10.0.2.2 dev 8" },
		{ OWN LEGS "@300 addr 7 del 10.0.1.1/24\n@400 addr 7 add 10.0.1.1/24",
		  "dst 192.0.2.1",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7, via 10.0.2.2 dev 8" },
		{ OWN LEGS "@300 addr 7 del 10.0.1.1/24\n@400 link 7 down\n@500 link 7 up",
		  "dst 192.0.2.1",
		  "found 254 192.0.2.0/24 via 10.0.1.2 dev 7, via 10.0.2.2 dev 8" },
	};

	RUN_ROWS(AF_INET, rows, SNAPSHOT_NS);
}

/* The snapshot was taken after all of it: what there was before, the changes tell. */
TEST(live)
{
	static const struct row rows[] = {
		{ NETS "@200 del route 254 192.0.2.0/24 dev 8", "dst 192.0.2.1 at 150",
		  "found 254 192.0.2.0/24 dev 8" },
		{ NETS "@200 del route 254 192.0.2.0/24 dev 8", "dst 192.0.2.1", "none" },
		{ NETS "route 254 192.0.2.0/24 dev 8\n@200 add route 254 192.0.2.0/24 dev 8",
		  "dst 192.0.2.1 at 150", "none" },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.1.1", OTHER },
		{ TWO "rule 100 to_tbl table 100 from 10.0.1.0/24\n@200 add rule 100 to_tbl table 100",
		  "dst 192.0.2.1 src 10.0.1.1 at 150", MAIN },
	};

	RUN_ROWS(AF_INET, rows, 1000);
}

/* A namespace that no snapshot has is not modelled, nor a family that it has not. */
TEST(not_covered)
{
	struct rp_model_answer a;
	struct rp_flow flow = { .iif = 1 };
	struct rp_model_query q = { .netns = RP_FAKE_NETNS + 1, .family = AF_INET, .flow = &flow,
				    .at_ns = UINT64_MAX };
	struct world w;

	make_world(&w, AF_INET, NETS "route 254 0.0.0.0/0 dev 7", SNAPSHOT_NS);
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_UNKNOWN, a.word);
	q.netns = RP_FAKE_NETNS;
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_FOUND, a.word);
	q.family = AF_INET6;
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_UNKNOWN, a.word);
	end_world(&w);
}

/* Each rule that was passed over, and why; and what it would have led to */
TEST(passed_over)
{
	struct rp_model_answer a, would;
	struct rp_flow flow = { .iif = 1 };
	struct rp_model_query q = { .netns = RP_FAKE_NETNS, .family = AF_INET, .flow = &flow,
				    .at_ns = UINT64_MAX };
	struct world w;

	make_world(&w, AF_INET, NETS RULES "rule 101 to_tbl table 1 mark 2\nroute 1 0.0.0.0/0 dev 7\nrule 102 to_tbl table 2 from 10.0.2.0/24",
		   SNAPSHOT_NS);
	rp_addr_parse(&flow.dst, AF_INET, "203.0.113.9");
	rp_model_lookup(&w.model, &q, &a);
	EXPECT_EQ(RP_MODEL_NONE, a.word);
	ASSERT_EQ(5, a.npassed);
	EXPECT_EQ(0, a.passed[0].rule->rule.priority);
	EXPECT_EQ(RP_MODEL_FITS, a.passed[0].by);
	EXPECT_EQ(101, a.passed[1].rule->rule.priority);
	EXPECT_EQ(RP_MODEL_MARK, a.passed[1].by);
	EXPECT_EQ(RP_MODEL_FROM, a.passed[2].by);
	EXPECT_TRUE(rp_model_would(&w.model, &q, a.passed[1].rule, false, &would));
	EXPECT_EQ(1, would.table);
	EXPECT_FALSE(rp_model_would(&w.model, &q, a.passed[2].rule, false, &would));
	end_world(&w);
}

/* Changes that may concern a flow, newest first; not those of other prefixes, or too old */
TEST(changes_of_a_flow)
{
	struct rp_model_change changes[RP_MODEL_CHANGES];
	struct rp_flow flow = { .iif = 1 };
	struct rp_model_query q = { .netns = RP_FAKE_NETNS, .family = AF_INET, .flow = &flow,
				    .at_ns = 450 };
	struct world w;
	size_t n;

	make_world(&w, AF_INET, NETS "route 254 192.0.2.0/24 dev 7\n@150 add route 254 0.0.0.0/0 dev 8\n@200 add route 254 198.51.100.0/24 dev 7\n@300 link 7 down\n@400 del route 254 192.0.2.0/24 dev 7\n@500 add route 254 192.0.2.0/24 dev 7",
		   SNAPSHOT_NS);
	rp_addr_parse(&flow.dst, AF_INET, "192.0.2.1");
	n = rp_model_changes(&w.model, &q, 0, changes);
	ASSERT_EQ(3, n);
	EXPECT_EQ(400, changes[0].time_ns);
	EXPECT_EQ(RP_KIND_EVENT, changes[0].rec.kind);
	EXPECT_EQ(RP_CHANGE_DELETE, changes[0].rec.change.op);
	EXPECT_EQ(24, changes[0].rec.route.dst_len);
	EXPECT_STREQ("ha", changes[0].rec.route.dev);
	EXPECT_EQ(RP_KIND_LINK_EVENT, changes[1].rec.kind);
	EXPECT_EQ(150, changes[2].time_ns);
	EXPECT_EQ(1, rp_model_changes(&w.model, &q, 300, changes));
	end_world(&w);
}

TEST_HARNESS_MAIN
