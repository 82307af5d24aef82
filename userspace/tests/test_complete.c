// SPDX-License-Identifier: GPL-2.0
/* What shells are offered behind a word */
#include "line.h"

LINE_FIXTURE(line);

FIXTURE_SETUP(line)
{
	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
}

FIXTURE_TEARDOWN(line)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

TEST_F(line, values)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "report", "table", "lo"));
	HAS(self->out, "local\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "report", "not", "lookup", "mai"));
	EXPECT_STREQ("main\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "report", "proto", "ud"));
	EXPECT_STREQ("udp\nudplite\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "why", "family", ""));
	EXPECT_STREQ("inet\ninet6\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "report", "-t", "d"));
	EXPECT_STREQ("date\ndelta\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "error", "EH"));
	EXPECT_STREQ("EHOSTUNREACH\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "top", "--by", "ru"));
	EXPECT_STREQ("rule\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "dev", "lo"));
	HAS(self->out, "lo\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "netns", "no-such-namespace"));
	EXPECT_STREQ("", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "report", "udp", "v"));
	EXPECT_STREQ("vrf\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "whatif", "net"));
	EXPECT_STREQ("netns\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "whatif", "--", "ip", "r"));
	EXPECT_STREQ("", self->out);
}

TEST_HARNESS_MAIN
