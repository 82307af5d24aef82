// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: how routeprobe why prints, filters and is bounded. */
#include <kselftest_harness.h>

#include "why_scene.h"

FIXTURE(why) {
	struct scene s;
};

FIXTURE_SETUP(why)
{
	make_scene(&self->s);
}

FIXTURE_TEARDOWN(why)
{
	end_scene(&self->s);
}

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

/* Who asks for a flow that did not fail is told why it went that way: the last time. */
TEST_F(why, what_worked)
{
	char *words[] = { "to", "203.0.113.1" };
	struct rp_record rec;

	configure(&self->s, COVERED KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7")
		  KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":8"));
	rec = output(&self->s, "203.0.113.1", 0);
	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, NULL, "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	ADD(rec);
	rec.time_ns += 1000 * MS;
	rec.seq = 0;
	ADD(rec);
	self->s.options.json = false;
	self->s.options.words = words;
	ASSERT_EQ(RP_EXIT_OK, run(&self->s));
	EXPECT_STREQ("", self->s.out);
	self->s.options.nwords = 2;
	free(self->s.out);
	free(self->s.err);
	ASSERT_EQ(RP_EXIT_OK, run(&self->s));
	EXPECT_EQ(self->s.out, strstr(self->s.out, "TIME ")) TH_LOG("%s", self->s.out);
	EXPECT_NE(NULL, strstr(self->s.out, "\n00:00:02.010000 blue "));
	EXPECT_EQ(NULL, strstr(self->s.out, "\n00:00:01.010000 blue "));
	EXPECT_NE(NULL, strstr(self->s.out, "route default dev if8 not taken: shorter prefix\n"));
	self->s.options.json = true;
	free(self->s.out);
	free(self->s.err);
	ASSERT_EQ(RP_EXIT_OK, run(&self->s));
	EXPECT_NE(NULL, strstr(self->s.out, "\"reason\":\"prefix\""));
}

TEST_HARNESS_MAIN
