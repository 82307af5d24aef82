// SPDX-License-Identifier: GPL-2.0
/* The command line as people type it. */
#include <string.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"
#include "line.h"
#include "story/decision.h"
#include "story/pipeline.h"
#include "words/print.h"

LINE_FIXTURE(line);

FIXTURE_SETUP(line)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, 1000, 1300);

	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_flow(&rec, NULL, "203.0.113.1");
	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	rp_fake_add(&self->fake, rec);
	self->out = NULL;
	self->err = NULL;
}

FIXTURE_TEARDOWN(line)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

#define FLOW	"udp * > 203.0.113.1:53"

TEST_F(line, help_in_any_form)
{
	char *all;

	EXPECT_EQ(RP_EXIT_OK, LINE("help"));
	HAS(self->out, "routeprobe stacks [-i DIR] [-f] [--folded] [--graph] [-n N] [-a] [-4] [-6] [-j] [FILTER]\n");
	HAS(self->out, "\n  error ");
	EXPECT_EQ(NULL, strstr(self->out, "complete"));
	all = strdup(self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("--help"));
	EXPECT_STREQ(all, self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("-h"));
	EXPECT_STREQ(all, self->out);
	free(all);

	EXPECT_EQ(RP_EXIT_OK, LINE("help", "dump"));
	EXPECT_STREQ("Usage:\n"
		     "  routeprobe dump [-j] [DIR]\n"
		     "\twrite what the buffer holds now as a recording\n"
		     "\nOptions:\n"
		     "  -j, --json          one JSON object a line\n"
		     "      --dir DIR       the module's directory, default /sys/kernel/debug/routeprobe\n",
		     self->out);
	all = strdup(self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("dump", "--help"));
	EXPECT_STREQ(all, self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("dump", "-h", "-j"));
	EXPECT_STREQ(all, self->out);
	free(all);
	EXPECT_EQ(RP_EXIT_ERROR, LINE("help", "nosuch"));
	HAS(self->err, "\"nosuch\" is no command");
}

TEST_F(line, version)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("-V"));
	HAS(self->out, ", contract 3.0\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", "--version"));
	HAS(self->out, ", contract 3.0\n");
}

TEST_F(line, a_directory_is_a_recording)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir));
	HAS(self->out, FLOW);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "to", "10.0.0.1"));
	EXPECT_EQ(NULL, strstr(self->out, FLOW));
	EXPECT_EQ(RP_EXIT_OK, LINE(self->fake.dir, "203.0.113.0/24"));
	HAS(self->out, FLOW);
	EXPECT_EQ(RP_EXIT_OK, LINE("-i", self->fake.dir, "-j"));
	HAS(self->out, "\"dst\":\"203.0.113.1\"");
	EXPECT_EQ(RP_EXIT_OK, LINE("top", "-j", self->fake.dir));
	HAS(self->out, "\"hits\":1");
	EXPECT_EQ(RP_EXIT_OK, LINE("hist", self->fake.dir));
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", "--dir", self->fake.dir, "/nonexistent"));
	HAS(self->err, "unknown filter word \"/nonexistent\"");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("nosuch"));
	HAS(self->err, "\"nosuch\" is neither a command (watch, record, ");
}

TEST_F(line, columns)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "verdict,flow"));
	EXPECT_STREQ("VERDICT      FLOW\n"
		     "ok           udp * > 203.0.113.1:53\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "--columns=caller"));
	EXPECT_STREQ("CALLER\nudp_sendmsg\n", self->out);
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "-o", "flow,who"));
	HAS(self->err, "\"who\" is no column; there are time, netns, ");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("top", self->fake.dir, "--output", "x"));
	HAS(self->err, "top takes no option --output");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("why", self->fake.dir, "-o", "flow"));
	HAS(self->err, "why takes no option --columns");
}

TEST_F(line, colors)
{
	setenv("NO_COLOR", "1", 1);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "verdict", "-c"));
	EXPECT_STREQ("VERDICT\n\033[32mok\033[0m\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "-o", "verdict", "-c", "auto"));
	EXPECT_STREQ("VERDICT\nok\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", "--color=never", self->fake.dir, "-o", "verdict"));
	EXPECT_STREQ("VERDICT\nok\n", self->out);
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "-c=mauve"));
	HAS(self->err, "\"mauve\" is no time for colors");
	unsetenv("NO_COLOR");
}

TEST_F(line, completion)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "re"));
	EXPECT_STREQ("record\nreport\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "dump", "--"));
	EXPECT_STREQ("--json\n--dir\n--help\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "dump", "t"));
	EXPECT_STREQ("", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "why", "--follow", "o"));
	EXPECT_STREQ("oif\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "top", "--by", "r"));
	EXPECT_STREQ("route\nrule\n", self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("complete", "help", "th"));
	EXPECT_STREQ("thaw\n", self->out);
}

/* Where nothing can be written, the status of each command that writes says so. */
TEST_F(line, full_disk)
{
	struct rp_record failed = line_output("203.0.113.3", 3000, 3300);
	struct rp_fake other;
	char *d = self->fake.dir;
	char *lines[][6] = {
		{ "routeprobe", "--version" }, { "routeprobe", "help" },
		{ "routeprobe", "help", "why" }, { "routeprobe", "complete", "re" },
		{ "routeprobe", "report", "-i", d }, { "routeprobe", "report", "-di", d },
		{ "routeprobe", "report", "-ji", d }, { "routeprobe", "why", "-i", d },
		{ "routeprobe", "why", "-ji", d }, { "routeprobe", "top", "-i", d },
		{ "routeprobe", "top", "-ji", d }, { "routeprobe", "hist", "-i", d },
		{ "routeprobe", "stacks", "-i", d }, { "routeprobe", "status", "-D", d },
		{ "routeprobe", "status", "-jD", d }, { "routeprobe", "diff", d, other.dir },
	};
	int out = dup(STDOUT_FILENO), status[RP_ARRAY_SIZE(lines)];
	size_t i, n;

	rp_fake_make(&other);
	rp_fake_session(&other, "");
	rp_fake_add(&other, failed);
	failed.err = -EHOSTUNREACH;
	failed.verdict = RP_VERDICT_ERROR;
	rp_fake_add(&self->fake, failed);
	rp_fake_write(&self->fake, "hist", "1\tfib_rule\t1:75\n");
	fflush(stdout);
	if (!freopen("/dev/full", "w", stdout))
		SKIP(return, "no /dev/full");
	for (i = 0; i < RP_ARRAY_SIZE(lines); i++) {
		for (n = 0; lines[i][n];)
			n++;
		status[i] = rp_cmd_line(n, lines[i]);
		clearerr(stdout);
	}
	fclose(stdout);
	stdout = fdopen(out, "w");
	rp_fake_remove(&other);
	for (i = 0; i < RP_ARRAY_SIZE(lines); i++) {
		EXPECT_NE(RP_EXIT_OK, status[i])
			TH_LOG("%s %s", lines[i][1], lines[i][2]);
	}
}

/* The columns that matter least go, and the flow has what they leave. */
TEST_F(line, columns_fit_the_terminal)
{
	char *argv[] = { "routeprobe", "report", self->fake.dir, NULL };

	free(self->out);
	EXPECT_EQ(RP_EXIT_OK, rp_fake_run_at(80, line_run, argv, &self->out));
	HAS(self->out, "TIME            OWNER             VERDICT      FLOW\n"
	    "00:00:00.000001 app[7]            ok           " FLOW "\n");
	free(self->out);
	EXPECT_EQ(RP_EXIT_OK, rp_fake_run_at(110, line_run, argv, &self->out));
	HAS(self->out, "TIME            OWNER             VERDICT      FLOW                                        ROUTE\n"
	    "00:00:00.000001 app[7]            ok           " FLOW "                      203.0.113.0/24\n");
}

TEST_HARNESS_MAIN
