// SPDX-License-Identifier: GPL-2.0
/* record and watch on a directory that grows as the module's does */
#include "live.h"

TEST_F(live, records_a_command)
{
	char *words[4], text[TEXT_MAX];
	struct rp_session session;
	struct rp_fib fib;
	int fd;

	stage(&self->fake, 4, 500);
	command(&self->options, words, text, sizeof(text), &self->fake, "exit 7");
	EXPECT_EQ(7, RUN(record));
	HAS(self->err, "500 records, 0 lost, 0 missed by probes");
	EXPECT_EQ(500, records_of(&self->copy, "packed0"));
	EXPECT_EQ(0, size_of(&self->copy, "packed1"));
	EXPECT_EQ(size_of(&self->fake, "probes"), size_of(&self->copy, "probes"));
	EXPECT_EQ(size_of(&self->fake, "reasons"), size_of(&self->copy, "reasons"));
	EXPECT_EQ(-1, size_of(&self->copy, ".reserve"));

	fd = open(self->copy.dir, O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, rp_session_read(&session, fd));
	EXPECT_EQ(1, session.complete);
	EXPECT_EQ(500, session.records);
	EXPECT_EQ(2, session.cpus);
	EXPECT_LE(session.start_ns, session.end_ns);
	EXPECT_LT(1500000000LL * RP_NSEC_PER_SEC, session.clocks[0].offset_ns);
	EXPECT_EQ(0, strncmp(session.command, "sh -c sleep", 11));
	rp_fib_init(&fib);
	EXPECT_EQ(0, rp_fib_load(&fib, fd, "fib.json"));
	EXPECT_LT(0, fib.links.count);
	rp_fib_exit(&fib);
	rp_session_free(&session);
	close(fd);

	free(self->out);
	free(self->err);
	self->options = (struct rp_options) { .input = self->copy.dir };
	EXPECT_EQ(RP_EXIT_OK, RUN(report));
	HAS(self->err, "500 records, 500 decisions, 0 lost");
}

/* Overwritten before the first was read: the report says the same as the recorder. */
TEST_F(live, loses_at_the_beginning)
{
	char *words[4], text[TEXT_MAX];

	rp_fake_write(&self->fake, "cpu0", "");
	stage(&self->fake, 4, 100);
	command(&self->options, words, text, sizeof(text), &self->fake, "true");
	EXPECT_EQ(RP_EXIT_OK, RUN(record));
	HAS(self->err, "100 records, 3 lost, 0 missed by probes");
	free(self->out);
	free(self->err);
	self->options = (struct rp_options) { .input = self->copy.dir };
	EXPECT_EQ(RP_EXIT_OK, RUN(report));
	HAS(self->err, "100 records, 100 decisions (1 incomplete), 3 lost (cpu0 3)");
}

/* What was dropped keeps its reason wherever the recording is read. */
TEST_F(live, records_drop_reasons)
{
	char *words[4], text[TEXT_MAX];
	struct rp_record rec;

	rec = rp_fake_record(RP_KIND_INPUT, 0, 5);
	rec.time_ns = rp_util_now(CLOCK_MONOTONIC) + 2 * RP_NSEC_PER_SEC;
	rec.seq = 4;
	rec.err = 16;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_append(&self->fake, "staged", &rec, sizeof(rec));
	command(&self->options, words, text, sizeof(text), &self->fake, "true");
	EXPECT_EQ(RP_EXIT_OK, RUN(record));
	rp_fake_write(&self->fake, "reasons", "16 ANOTHER\n");
	free(self->out);
	free(self->err);
	self->options = (struct rp_options) { .input = self->copy.dir };
	EXPECT_EQ(RP_EXIT_OK, RUN(report));
	HAS(self->out, "input  drop IP_RPFILTER ");
}

/* A kernel without reasons has an empty file. */
TEST_F(live, records_without_reasons)
{
	char *words[2] = { "true", NULL };

	self->options.words = words;
	rp_fake_write(&self->fake, "reasons", "");
	EXPECT_EQ(RP_EXIT_OK, RUN(record));
	EXPECT_EQ(0, size_of(&self->copy, "reasons"));
	HAS(self->err, "0 records, 0 lost");
}

TEST_F(live, command_killed)
{
	char *words[4] = { "sh", "-c", "kill -9 $$", NULL };

	self->options.words = words;
	EXPECT_EQ(128 + 9, RUN(record));
}

TEST_F(live, command_absent)
{
	char *words[2] = { "/nonexistent", NULL };

	self->options.words = words;
	EXPECT_EQ(127, RUN(record));
	HAS(self->err, "/nonexistent: No such file or directory");
}

TEST_F(live, overwrites_nothing)
{
	char *words[4], text[TEXT_MAX];

	stage(&self->fake, 4, 1);
	rp_fake_write(&self->copy, "precious", "data");
	command(&self->options, words, text, sizeof(text), &self->fake, "exit 0");
	EXPECT_EQ(125, RUN(record));
	HAS(self->err, "is not empty");
	EXPECT_EQ(4, size_of(&self->copy, "precious"));
	EXPECT_EQ(-1, size_of(&self->copy, "packed0"));
	/* The command was not started. */
	EXPECT_EQ(3 * (off_t)sizeof(struct rp_record), size_of(&self->fake, "cpu0"));
}

static int mode_of(const struct rp_fake *fake, const char *name)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", fake->dir, name);
	return stat(path, &st) ? -1 : (int)(st.st_mode & 07777);
}

/* As the module's files are for root alone */
TEST_F(live, recordings_are_private)
{
	static const char * const files[] = { "packed0", "session.json", "fib.json", "callers" };
	char *words[4], text[TEXT_MAX];
	mode_t mask = umask(0);
	size_t i;

	rmdir(self->copy.dir);
	stage(&self->fake, 4, 1);
	command(&self->options, words, text, sizeof(text), &self->fake, "true");
	EXPECT_EQ(0, RUN(record));
	umask(mask);
	EXPECT_EQ(0700, mode_of(&self->copy, "."));
	for (i = 0; i < RP_ARRAY_SIZE(files); i++)
		EXPECT_EQ(0600, mode_of(&self->copy, files[i]));
}

/* Somebody else may have made it, to have the recording elsewhere. */
TEST_F(live, no_link_to_a_directory)
{
	char link[80];
	char *words[] = { link };

	snprintf(link, sizeof(link), "%s/link", self->fake.dir);
	ASSERT_EQ(0, symlink(self->copy.dir, link));
	self->options.words = words;
	self->options.nwords = 1;
	EXPECT_EQ(RP_EXIT_ERROR, RUN(dump));
	HAS(self->err, "not a directory, or a link to one");
	free(self->out);
	free(self->err);
	strcat(link, "/");
	EXPECT_EQ(RP_EXIT_ERROR, RUN(dump));
	HAS(self->err, "not a directory, or a link to one");
	EXPECT_EQ(-1, size_of(&self->copy, "packed0"));
}

TEST_F(live, no_directory_of_another_user)
{
	char *words[] = { self->copy.dir };

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, chown(self->copy.dir, 1, 1));
	self->options.words = words;
	self->options.nwords = 1;
	EXPECT_EQ(RP_EXIT_ERROR, RUN(dump));
	HAS(self->err, "belongs to another user");
}

TEST_F(live, lines_of_a_command_are_no_keys)
{
	char *words[] = { "true", "x\nended disk full\nbyte_order big\n\033[31m", NULL };
	struct rp_session session;
	int fd;

	self->options.words = words;
	self->options.nwords = 2;
	EXPECT_EQ(0, RUN(record));
	fd = open(self->copy.dir, O_RDONLY | O_DIRECTORY);
	ASSERT_EQ(0, rp_session_read(&session, fd));
	EXPECT_STREQ("", session.ended);
	EXPECT_STREQ(rp_session_byte_order(), session.byte_order);
	EXPECT_STREQ("true x?ended disk full?byte_order big??[31m", session.command);
	rp_session_free(&session);
	close(fd);
}

/* nohup(1) and some parents leave signals ignored. */
TEST_F(live, ignored_signals)
{
	char *words[4], text[TEXT_MAX];

	stage(&self->fake, 4, 1);
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	command(&self->options, words, text, sizeof(text), &self->fake,
		"kill -HUP $PPID; exit 7");
	EXPECT_EQ(7, RUN(record));
	EXPECT_EQ(SIG_IGN, signal(SIGHUP, SIG_DFL));
	signal(SIGCHLD, SIG_DFL);
}

/* A dump waits for the process that makes its snapshot, too. */
TEST_F(live, loss_is_exact)
{
	char *words[4], text[TEXT_MAX];

	stage(&self->fake, 4, 2);
	stage(&self->fake, 10, 300);
	stage(&self->fake, 1000, 1);
	command(&self->options, words, text, sizeof(text), &self->fake, "true");
	EXPECT_EQ(0, RUN(record));
	HAS(self->err, "303 records, 694 lost");
	free(self->out);
	free(self->err);
	self->options = (struct rp_options) { .input = self->copy.dir };
	EXPECT_EQ(RP_EXIT_OK, RUN(report));
	HAS(self->err, "694 lost (cpu0 694)");
}

/* A file that may not grow further is what a full disk looks like. */
TEST_F(live, disk_full)
{
	struct rlimit old, limit = { 20000, 20000 };
	char *words[4], text[TEXT_MAX];
	int records;

	stage(&self->fake, 4, 3000);
	ASSERT_EQ(0, getrlimit(RLIMIT_FSIZE, &old));
	limit.rlim_max = old.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	command(&self->options, words, text, sizeof(text), &self->fake, "exit 0");
	/* Only we are limited, not what the command appends to the ring. */
	snprintf(text, sizeof(text), "ulimit -S -f unlimited; " APPEND, self->fake.dir);
	ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &limit));
	EXPECT_EQ(RP_EXIT_DAMAGED, RUN(record));
	setrlimit(RLIMIT_FSIZE, &old);
	records = records_of(&self->copy, "packed0");
	EXPECT_GT(records, 0);
	EXPECT_LT(records, 3000);
	HAS(self->err, "No space left on device: the recording ends here\n");
	snprintf(text, sizeof(text), "%d records, 0 lost", records);
	HAS(self->err, text);
	free(self->out);
	free(self->err);
	self->options = (struct rp_options) { .input = self->copy.dir };
	EXPECT_EQ(RP_EXIT_DAMAGED, RUN(report));
	HAS(self->err, "the recording was not finished: No space left on device\n");
	snprintf(text, sizeof(text), "%d records, %d decisions, 0 lost", records, records);
	HAS(self->err, text);
}

TEST_F(live, interrupted)
{
	char *words[1] = { NULL };
	pid_t pid;

	stage(&self->fake, 4, 5);
	self->options.words = words;
	pid = later(&self->fake, "sleep 0.3; kill -INT");
	EXPECT_EQ(RP_EXIT_OK, RUN(record));
	waitpid(pid, NULL, 0);
	HAS(self->err, "5 records, 0 lost");
	EXPECT_EQ(5, records_of(&self->copy, "packed0"));
}

TEST_F(live, watch)
{
	pid_t pid;

	/* The table of callers grows while we watch, in no order. */
	rp_fake_write(&self->fake, "callers", "7 seven+0x1/0x2\n");
	rp_fake_write(&self->fake, "known", "1 late+0x1/0x2\n");
	stage(&self->fake, 4, 5);
	self->options.output = NULL;
	pid = later(&self->fake, "sleep 0.3; kill -TERM");
	EXPECT_EQ(RP_EXIT_OK, RUN(watch));
	waitpid(pid, NULL, 0);
	/* Only what came while we watched */
	HAS(self->err, "5 records, 5 decisions, 0 lost");
	HAS(self->out, "app[7]            change ok           default removed from table -");
	HAS(self->out, " late\n");
}

TEST_F(live, buffer)
{
	self->options.output = NULL;
	EXPECT_EQ(RP_EXIT_OK, RUN(report));
	HAS(self->err, "3 records, 3 decisions, 0 lost, 2 missed by probes");
}

TEST_HARNESS_MAIN
