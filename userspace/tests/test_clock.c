// SPDX-License-Identifier: GPL-2.0
/* Times as they are asked for, and none where none was measured. */
#include "line.h"
#include "words/clock.h"

LINE_FIXTURE(line);

FIXTURE_SETUP(line)
{
	struct rp_record rec = line_output("203.0.113.1", 86400000001000, 86400000001300);

	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_add(&self->fake, rec);
	rp_fake_add(&self->fake, line_output("203.0.113.2", 86400250002000, 86400250002500));
	rec = line_output("203.0.113.3", 86402000002000, 86402000002700);
	rec.err = -EHOSTUNREACH;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_add(&self->fake, rec);
}

FIXTURE_TEARDOWN(line)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

TEST_F(line, of_report)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "time"));
	EXPECT_STREQ("TIME\n00:00:00.000001\n00:00:00.250002\n00:00:02.000002\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "time", "-t", "time"));
	EXPECT_STREQ("TIME\n00:00:00.000001\n00:00:00.250002\n00:00:02.000002\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "time,verdict", "-t", "date"));
	EXPECT_STREQ("TIME                       VERDICT\n"
		     "1970-01-02 00:00:00.000001 ok\n"
		     "1970-01-02 00:00:00.250002 ok\n"
		     "1970-01-02 00:00:02.000002 EHOSTUNREACH\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "time", "-t", "relative"));
	EXPECT_STREQ("TIME\n       0.000000\n       0.250001\n       2.000001\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "time", "--time=delta"));
	EXPECT_STREQ("TIME\n       0.000000\n       0.250001\n       1.750000\n", self->out);
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "-t", "when"));
	EXPECT_STREQ("routeprobe: \"when\" is no way to show times: time, date, relative or delta\n",
		     self->err);
	EXPECT_EQ(RP_EXIT_ERROR, LINE("top", self->fake.dir, "-t", "date"));
	HAS(self->err, "top takes no option --time");
}

TEST_F(line, of_why)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("why", self->fake.dir, "-t", "date"));
	HAS(self->out, "LAST                       NETNS ");
	HAS(self->out, "\n1970-01-02 00:00:02.000002 blue ");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("why", self->fake.dir, "-t", "when"));
	EXPECT_STREQ("", self->out);
}

/* What began earlier may be told of later. */
TEST(before_the_first)
{
	struct rp_clock c = { .form = RP_CLOCK_RELATIVE };
	struct rp_text t;

	EXPECT_STREQ("       0.000000", rp_clock_format(&t, &c, 20000000000));
	EXPECT_STREQ("     -10.000001", rp_clock_format(&t, &c, 9999999000));
	EXPECT_STREQ("12345678.000000", rp_clock_format(&t, &c, 12345698000000000));
}

TEST(as_collectors_take_it)
{
	struct rp_text t;

	EXPECT_STREQ("1970-01-01T00:00:01.500000Z", rp_clock_utc(&t, 1500000000));
	EXPECT_STREQ("1969-12-31T23:59:58.500000Z", rp_clock_utc(&t, -1500000000));
	EXPECT_STREQ("2038-01-19T03:14:08.000001Z", rp_clock_utc(&t, 2147483648000001999));
}

/* A suspend of an hour, and a clock that was set back */
TEST(of_more_than_one_offset)
{
	static const struct rp_session session = {
		.clocks = { { 5000000000, 0 }, { 7000000000, 3600000000000 }, { 9000000000, -1 } },
		.nclocks = 3,
	};

	EXPECT_EQ(1000000000, rp_session_realtime(&session, 1000000000));
	EXPECT_EQ(6999999999, rp_session_realtime(&session, 6999999999));
	EXPECT_EQ(3607000000000, rp_session_realtime(&session, 7000000000));
	EXPECT_EQ(8999999999, rp_session_realtime(&session, 9000000000));
}

/* More clocks than there is room for: what is left is told, the newest last. */
TEST(of_too_many_offsets)
{
	static struct rp_session session;
	unsigned int i;

	for (i = 0; i < 2 * RP_SESSION_CLOCKS; i++) {
		session.nclocks = session.nclocks ? session.nclocks : 1;
		session.clocks[session.nclocks - 1].offset_ns = 0;
		EXPECT_TRUE(rp_session_watch_clocks(&session));
		EXPECT_FALSE(rp_session_watch_clocks(&session));
	}
	EXPECT_EQ(RP_SESSION_CLOCKS, session.nclocks);
}

TEST(before_1970)
{
	static const struct rp_session session = {
		.clocks = { { 0, -1500000000 } }, .nclocks = 1,
	};
	struct rp_clock c = { .form = RP_CLOCK_DATE, .session = &session };
	struct rp_text t;

	EXPECT_STREQ("1969-12-31 23:59:58.500000", rp_clock_format(&t, &c, 0));
}

TEST_F(line, none_where_none_was_measured)
{
	struct rp_record rec = rp_fake_record(RP_KIND_RULE, 86402000002100, 86402000002100);

	rec.has |= RP_HAS_RULE;
	rec.rule.priority = 1000;
	rec.caller = 0;
	rp_fake_remove(&self->fake);
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_add(&self->fake, rec);
	rec.caller = 1;
	rp_fake_add(&self->fake, rec);
	rp_fake_add(&self->fake, line_output("203.0.113.1", 86402000002000, 86402000002700));
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-d"));
	EXPECT_EQ(NULL, strstr(self->out, "0.000 us"));
	HAS(self->out, "hit\n");
	HAS(self->out, "hit                [from udp_sendmsg]\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-j"));
	EXPECT_EQ(NULL, strstr(self->out, "\"duration_ns\":0"));
	EXPECT_EQ(RP_EXIT_OK, LINE("stacks", "--graph", self->fake.dir));
	EXPECT_EQ(NULL, strstr(self->out, "0.000 us"));
	HAS(self->out, "0.700 us");

	rp_fake_write(&self->fake, "hist", "1\tfib_rule\t1:75\n2\tfib_both\t1:3 1024:4\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("hist", self->fake.dir));
	EXPECT_STREQ("fib_rule: 75 calls\n"
		     "fib_both: 7 calls\n"
		     "  below     1.02 us            4 ########################################\n",
		     self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("hist", self->fake.dir, "-j"));
	HAS(self->out, "{\"kind\":\"hist\",\"probe\":\"fib_rule\",\"calls\":75,\"buckets\":[]}\n");
}

TEST_HARNESS_MAIN
