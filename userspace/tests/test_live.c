// SPDX-License-Identifier: GPL-2.0
/* record, watch and status on a directory that grows as the module's does. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "fib/names.h"
#include "lib/util.h"
#include "source/pack.h"
#include "source/session.h"

FIXTURE(live) {
	struct rp_fake fake;	/* the module's directory */
	struct rp_fake copy;	/* where it is recorded */
	struct rp_options options;
	char *out, *err;
};

FIXTURE_SETUP(live)
{
	unsigned int i;

	rp_fake_make(&self->fake);
	for (i = 0; i < 3; i++)
		rp_fake_add(&self->fake, rp_fake_record(RP_KIND_CHANGE, 1000 * i + 1,
							1000 * i + 2));
	strcpy(self->copy.dir, "/tmp/routeprobe-copy-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->copy.dir));
	self->options = (struct rp_options) {
		.dir = self->fake.dir, .output = self->copy.dir,
	};
	self->out = NULL;
	self->err = NULL;
}

FIXTURE_TEARDOWN(live)
{
	rp_fake_remove(&self->fake);
	rp_fake_remove(&self->copy);
	free(self->out);
	free(self->err);
}

static int run_record(void *arg)
{
	struct rp_options *o = arg;

	return rp_cmd_record(o);
}

static int run_watch(void *arg)
{
	return rp_cmd_watch(arg);
}

static int run_dump(void *arg)
{
	return rp_cmd_dump(arg);
}

static int run_hist(void *arg)
{
	return rp_cmd_hist(arg);
}

static int run_status(void *arg)
{
	return rp_cmd_status(arg);
}

static int run_report(void *arg)
{
	return rp_cmd_report(arg);
}

#define RUN(what) rp_fake_run(run_##what, &self->options, &self->out, &self->err)
#define HAS(text, words) do {						\
	const char *in_ = (text), *has_ = (words);			\
									\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("%s: %s", has_, in_);	\
} while (0)

static off_t size_of(const struct rp_fake *f, const char *name)
{
	struct stat st;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return stat(path, &st) ? -1 : st.st_size;
}

/* Of a packed file, that has nothing else; or -1 */
static int records_of(const struct rp_fake *f, const char *name)
{
	off_t size = size_of(f, name);
	char path[128], *text;
	size_t records;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	file = fopen(path, "r");
	text = malloc(size);
	if (!file || fread(text, 1, size, file) != (size_t)size ||
	    rp_pack_whole(text, size, &records) != (size_t)size)
		records = -1;
	free(text);
	fclose(file);
	return records;
}

/*
 * Records that a shell command can append to the fake ring: later than the start of
 * the reader, however busy the machine, and earlier than its end.
 */
static void stage(struct rp_fake *f, uint64_t seq, unsigned int count)
{
	static uint64_t at;
	struct rp_record rec;
	unsigned int i;

	if (!at)
		at = rp_util_now(CLOCK_MONOTONIC) + 2 * RP_NSEC_PER_SEC;
	for (i = 0; i < count; i++) {
		rec = rp_fake_record(RP_KIND_CHANGE, at + 10 * (seq + i),
				     at + 10 * (seq + i) + 5);
		rec.seq = seq + i;
		rec.has = RP_HAS_CHANGE | RP_HAS_ROUTE;
		rec.change.op = RP_CHANGE_DELETE;
		rp_fake_append(f, "staged", &rec, sizeof(rec));
	}
}

/*
 * In shell's words, for a child of ours.  A reader never sees half a record of the
 * kernel's, but may of a file that grows: so we stand still meanwhile.
 */
#define APPEND	"sleep 2.2; kill -STOP $PPID; until grep -q 'State:.T' /proc/$PPID/status; do :; done; " \
		"cat %s/staged >>%s/cpu0; kill -CONT $PPID; "
#define TEXT_MAX	512

static void command(struct rp_options *o, char **words, char *text, size_t size,
		    const struct rp_fake *f, const char *after)
{
	snprintf(text, size, APPEND "%s", f->dir, f->dir, after);
	words[0] = "sh";
	words[1] = "-c";
	words[2] = text;
	words[3] = NULL;
	o->words = words;
	o->nwords = 3;
}

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
	snprintf(text, sizeof(text), "ulimit -S -f unlimited; " APPEND, self->fake.dir,
		 self->fake.dir);
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

static pid_t later(struct rp_fake *f, const char *after)
{
	pid_t pid = fork();
	char text[TEXT_MAX];

	if (pid)
		return pid;
	snprintf(text, sizeof(text), APPEND "%s %d", f->dir, f->dir, after, getppid());
	execl("/bin/sh", "sh", "-c", text, NULL);
	_exit(1);
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
	char after[128];
	pid_t pid;

	/* The table of callers grows while we watch, in no order. */
	rp_fake_write(&self->fake, "callers", "7 seven+0x1/0x2\n");
	snprintf(after, sizeof(after), "printf '1 late+0x1/0x2\\n' >>%s/callers; sleep 0.3; kill -TERM",
		 self->fake.dir);
	stage(&self->fake, 4, 5);
	self->options.output = NULL;
	pid = later(&self->fake, after);
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

TEST_F(live, status_as_json)
{
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_OK, RUN(status));
	HAS(self->out, "{\"kind\":\"status\",\"module\":\"0.1.0\",\"contract\":\"3.0\",");
	HAS(self->out, "\"stats\":{\"enable\":\"1\",\"records_per_cpu\":\"4096\"}}\n");
	HAS(self->out, "{\"kind\":\"probe\",\"id\":3,\"probe\":\"fib_table_lookup\",\"group\":\"lookup\",\"state\":\"armed\",\"hook\":\"-\",\"recorded\":9,\"filtered\":1,\"missed\":0,\"use\":\"tables\"}\n");
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

static const char hist[] =
	"#id\tname\tbelow_ns:calls...\n"
	"1\tip_route_output_key_hash_rcu\t 1024:10 4096:5\n"
	"2\tip_route_output_flow\t\n"
	"3\tfib_table_lookup\t 512:1 549755813888:1\n";

TEST_F(live, hist)
{
	rp_fake_write(&self->fake, "hist", hist);
	EXPECT_EQ(RP_EXIT_OK, RUN(hist));
	EXPECT_EQ(0, strncmp(self->out,
			     "ip_route_output_key_hash_rcu: 15 calls\n"
			     "  below     1.02 us           10 ########################################\n"
			     "  below     2.05 us            0\n"
			     "  below     4.10 us            5 ####################\n"
			     "fib_table_lookup: 2 calls\n"
			     "  below      512 ns            1 ####", 250)) TH_LOG("%s", self->out);
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_OK, RUN(hist));
	EXPECT_STREQ("{\"kind\":\"hist\",\"probe\":\"ip_route_output_key_hash_rcu\",\"calls\":15,\"buckets\":[{\"below_ns\":1024,\"calls\":10},{\"below_ns\":4096,\"calls\":5}]}\n"
		     "{\"kind\":\"hist\",\"probe\":\"fib_table_lookup\",\"calls\":2,\"buckets\":[{\"below_ns\":512,\"calls\":1},{\"below_ns\":549755813888,\"calls\":1}]}\n",
		     self->out);
}

TEST_F(live, hist_is_recorded)
{
	char *words[] = { self->copy.dir };

	rp_fake_write(&self->fake, "hist", hist);
	self->options.words = words;
	self->options.nwords = 1;
	EXPECT_EQ(RP_EXIT_OK, RUN(dump));
	self->options.input = self->copy.dir;
	self->options.nwords = 0;
	EXPECT_EQ(RP_EXIT_OK, RUN(hist));
	HAS(self->out, "ip_route_output_key_hash_rcu: 15 calls\n");
}

TEST_F(live, hist_damaged)
{
	static const char * const bad[] = {
		"1\n", "1\tname\n", "1\tname\t 1000:1\n", "1\tname\t 0:1\n", "1\tname\t 1024\n",
		"1\tname\t 1024:\n", "1\tname\t 1024:0\n", "1\tname\t 1024:-1\n", "\n",
	};
	char path[128];
	size_t i;

	snprintf(path, sizeof(path), "%s/hist", self->fake.dir);
	unlink(path);
	EXPECT_EQ(RP_EXIT_DAMAGED, RUN(hist));
	HAS(self->err, "hist: No such file or directory\n");
	for (i = 0; i < RP_ARRAY_SIZE(bad); i++) {
		rp_fake_write(&self->fake, "hist", bad[i]);
		EXPECT_EQ(RP_EXIT_DAMAGED, RUN(hist)) TH_LOG("%s", bad[i]);
		HAS(self->err, "hist: a line is no histogram\n");
		EXPECT_STREQ("", self->out);
	}
}

TEST_F(live, status)
{
	EXPECT_EQ(RP_EXIT_OK, RUN(status));
	HAS(self->out, "module                         routeprobe 0.1.0, contract 3.0\n");
	HAS(self->out, "records_per_cpu                4096\n");
	HAS(self->out, "ip_route_output_key_hash_rcu   output    armed          -                     5            0            2  routes of packets sent\n");
	HAS(self->out, "fib4_rule_action               lookup    absent ENOENT  -                     0            0            0  without it: rules\n");
}

TEST_F(live, newer_module)
{
	rp_fake_write(&self->fake, "version", "routeprobe 4.0\nabi 4.0\nrecord 512\n");
	EXPECT_EQ(RP_EXIT_ERROR, RUN(status));
	HAS(self->err, "the module (routeprobe 4.0) speaks contract 4.0, this reader (routeprobe 0.1.0) speaks 3.0: upgrade the reader\n");
	EXPECT_STREQ("", self->out);
}

TEST_F(live, older_module)
{
	rp_fake_write(&self->fake, "version", "routeprobe 0.1.0\nabi 2.0\nrecord 192\n");
	EXPECT_EQ(RP_EXIT_ERROR, RUN(status));
	HAS(self->err, "the module (routeprobe 0.1.0) speaks contract 2.0, this reader (routeprobe 0.1.0) speaks 3.0: upgrade the module\n");
	EXPECT_STREQ("", self->out);
}

TEST_F(live, no_directory)
{
	self->options.dir = "/nonexistent";
	EXPECT_EQ(RP_EXIT_ERROR, RUN(status));
	EXPECT_STREQ("routeprobe: /nonexistent: No such file or directory\n", self->err);
}

TEST_HARNESS_MAIN
