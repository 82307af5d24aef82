// SPDX-License-Identifier: GPL-2.0
/* Routes that cover a destination and were not taken, and why not. */
#include <sys/socket.h>

#include <kselftest_harness.h>

#include "lib/util.h"
#include "model_world.h"

#define SNAPSHOT_NS	100
#define LINKS		"link 1 lo\nlink 7 ha\nlink 8 hb\n"
#define RULES		"rule 0 to_tbl table 255\nrule 100 to_tbl table 9\n"	\
			"rule 32766 to_tbl table 254\nrule 32767 to_tbl table 253\n"
#define DEFAULT		"route 254 0.0.0.0/0 via 10.0.1.2 dev 7\n"
#define TO		"dst 192.0.2.1"

TEST(ipv4)
{
	static const struct row rows[] = {
		{ LINKS DEFAULT, TO, "" },
		{ LINKS, TO, "" },
		{ LINKS DEFAULT "route 254 192.0.2.0/24 dev 8\nroute 254 192.0.0.0/16 dev 8", TO,
		  "192.0.0.0/16 dev 8: prefix, 0.0.0.0/0 dev 7: prefix" },
		{ LINKS "route 254 192.0.2.0/24 dev 7 metric 20\nroute 254 192.0.2.0/24 dev 8 metric 10",
		  TO, "192.0.2.0/24 dev 7: metric" },
		/* a longer prefix whose device went */
		{ LINKS DEFAULT "route 254 192.0.2.0/24 dev 8 leg dev 8\n@200 link 8 down", TO,
		  "192.0.2.0/24 dev 8: down" },
		{ LINKS DEFAULT "route 254 192.0.2.0/24 dev 8\n@200 link 8 carrier-down",
		  TO " linkdown", "192.0.2.0/24 dev 8: down" },
		/* by another device than was asked */
		{ LINKS DEFAULT "route 254 192.0.2.0/24 dev 8", TO " oif 7",
		  "192.0.2.0/24 dev 8: dev" },
		{ LINKS DEFAULT "route 254 192.0.2.0/24 dev 8 tos 16", TO,
		  "192.0.2.0/24 dev 8: tos" },
		{ LINKS "route 254 192.0.2.0/24 dev 7\nroute 254 192.0.2.0/24 dev 8 tos 16",
		  TO " tos 16", "192.0.2.0/24 dev 7: tos" },
		{ LINKS DEFAULT "@200 append route 254 0.0.0.0/0 via 10.0.2.2 dev 8", TO,
		  "0.0.0.0/0 dev 8: later" },
		/* what came later, or is gone, was not there */
		{ LINKS DEFAULT "route 254 192.0.0.0/16 dev 8\n@200 del route 254 192.0.0.0/16 dev 8",
		  TO, "" },
		{ LINKS DEFAULT "@200 add route 254 192.0.0.0/16 dev 8", TO " at 150", "" },
		/* local is a part of main until there are rules; other tables have no part in it */
		{ LINKS DEFAULT "route 255 192.0.2.1 type local dev 7\nroute 254 192.0.2.0/24 dev 8",
		  TO, "192.0.2.0/24 dev 8: prefix, 0.0.0.0/0 dev 7: prefix" },
		{ LINKS RULES DEFAULT "route 9 192.0.0.0/16 dev 8\nroute 9 0.0.0.0/0 dev 7", TO,
		  "0.0.0.0/0 dev 7: prefix" },
		{ LINKS DEFAULT "route 254 192.0.2.0/24 type unreachable", TO,
		  "0.0.0.0/0 dev 7: prefix" },
	};

	ASK_ROWS(ask_losers, AF_INET, rows, SNAPSHOT_NS);
}

#define DEFAULT6	"route 254 ::/0 via fe80::2 dev 7 metric 1024\n"
#define TO6		"dst 2001:db8:9::1"

TEST(ipv6)
{
	static const struct row rows[] = {
		{ LINKS DEFAULT6, TO6, "" },
		{ LINKS DEFAULT6 "route 254 2001:db8:9::/64 dev 8 metric 1024", TO6,
		  "::/0 dev 7: prefix" },
		{ LINKS "route 254 2001:db8:9::/64 dev 7 metric 20\nroute 254 2001:db8:9::/64 dev 8 metric 10",
		  TO6, "2001:db8:9::/64 dev 7: metric" },
		{ LINKS "route 254 2001:db8:9::/64 dev 7\nroute 254 2001:db8:9::/64 dev 8", TO6,
		  "2001:db8:9::/64 dev 8: later" },
		{ LINKS "route 254 ::/0 via fe80::2 dev 7 advertised pref 3\nroute 254 ::/0 via fe80::3 dev 8 advertised",
		  TO6, "::/0 dev 7: pref" },
		/* legs of one route win together */
		{ LINKS "route 254 ::/0 via fe80::2 dev 7\nroute 254 ::/0 via fe80::3 dev 8",
		  TO6, "" },
		{ LINKS DEFAULT6 "route 254 ::/0 dev 8 metric 2048", TO6 " oif 8",
		  "::/0 dev 7: dev" },
		{ LINKS DEFAULT6 "route 254 2001:db8:9::/64 from 2001:db8:5::/64 dev 8 metric 1024",
		  TO6, "2001:db8:9::/64 dev 8: from" },
	};

	ASK_ROWS(ask_losers, AF_INET6, rows, SNAPSHOT_NS);
}

TEST_HARNESS_MAIN
