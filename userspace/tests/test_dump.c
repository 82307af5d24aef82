// SPDX-License-Identifier: GPL-2.0
/* dump, by itself and while a recording is made */
#include "live.h"

TEST_F(live, a_dump_with_ignored_signals)
{
	char *words[] = { self->copy.dir };

	stage(&self->fake, 4, 1);
	signal(SIGCHLD, SIG_IGN);
	self->options.words = words;
	self->options.nwords = 1;
	EXPECT_EQ(RP_EXIT_OK, RUN(dump));
	signal(SIGCHLD, SIG_DFL);
}

TEST_F(live, dumps)
{
	char *words[] = { self->copy.dir, "more" };

	self->options.words = words;
	self->options.nwords = 1;
	EXPECT_EQ(RP_EXIT_OK, RUN(dump));
	EXPECT_STREQ("", self->out);
	EXPECT_STREQ("", self->err);
	EXPECT_EQ(3, records_of(&self->copy, "packed0"));
	EXPECT_EQ(RP_EXIT_ERROR, RUN(dump));
	HAS(self->err, "is not empty");
	self->options.nwords = 2;
	EXPECT_EQ(RP_EXIT_ERROR, RUN(dump));
	HAS(self->err, "dump takes one directory");
	self->options.input = self->copy.dir;
	self->options.output = NULL;
	self->options.nwords = 0;
	EXPECT_EQ(RP_EXIT_OK, RUN(report));
	HAS(self->err, "3 records, 3 decisions");
}

TEST_F(live, dumps_as_json)
{
	char *words[] = { self->copy.dir }, wanted[256];

	self->options.words = words;
	self->options.nwords = 1;
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_OK, RUN(dump));
	snprintf(wanted, sizeof(wanted), "{\"kind\":\"dump\",\"recording\":\"%s\",\"records\":3,\"lost\":0,\"missed\":2,\"complete\":true}\n",
		 self->copy.dir);
	EXPECT_STREQ(wanted, self->out);
	EXPECT_STREQ("", self->err);
}

TEST_F(live, dumps_while_it_records)
{
	struct rp_fake dump = self->copy;
	pid_t pid;

	/* As for what a script runs in the background */
	signal(SIGINT, SIG_IGN);
	stage(&self->fake, 4, 5);
	self->options.words = (char *[]){ NULL };
	pid = later(&self->fake, "kill -USR1 $PPID; sleep 0.5; kill -INT");
	EXPECT_EQ(RP_EXIT_OK, RUN(record));
	waitpid(pid, NULL, 0);
	HAS(self->err, "8 records, 0 lost");
	HAS(self->err, "5 records, 0 lost");
	strcat(dump.dir, ".1");
	EXPECT_EQ(8, records_of(&dump, "packed0"));
	EXPECT_EQ(5, records_of(&self->copy, "packed0"));
	rp_fake_remove(&dump);
}

TEST_HARNESS_MAIN
