// SPDX-License-Identifier: GPL-2.0
/* Entries for systemd's journal, as a socket gets them that a test listens on. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"
#include "out/journal.h"
#include "why/why.h"

#define MS	1000000ULL

FIXTURE(journal) {
	struct rp_fake fake;
	struct rp_journal journal;
	char path[128], entry[8192];
	char *out, *err;
	int fd;
};

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return -1;
	return fd;
}

FIXTURE_SETUP(journal)
{
	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "probes",
		      "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
		      "5\te\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n");
	snprintf(self->path, sizeof(self->path), "%s/socket", self->fake.dir);
	self->fd = listen_at(self->path);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(journal)
{
	close(self->fd);
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

/* No route in table main */
static void add_failed(struct rp_fake *f, const char *comm)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, 2000 * MS, 2001 * MS);

	rp_fake_flow(&rec, NULL, "203.0.113.1");
	memset(rec.comm, 0, sizeof(rec.comm));
	strcpy(rec.comm, comm);
	rp_fake_add_no_route(f, rec);
}

/* Reads all and sends it; 0 if the journal could be reached. */
static int send_all(struct rp_fake *f, struct rp_journal *journal)
{
	struct rp_wanted wanted = { .dir = f->dir, .recording = true };
	struct rp_why why;

	if (rp_why_open(&why, &wanted, false, false))
		return -1;
	why.journal = journal;
	while (rp_reading_step(&why.reading))
		;
	rp_reading_drain(&why.reading);
	rp_print_why(&why, UINT64_MAX, true);
	rp_why_close(&why);
	return 0;
}

#define RECEIVE() do {							\
	ssize_t len_ = recv(self->fd, self->entry, sizeof(self->entry) - 1, 0); \
									\
	ASSERT_LT(0, len_);						\
	self->entry[len_] = '\0';					\
} while (0)
#define HAS(text)	EXPECT_TRUE(!!strstr(self->entry, (text)))

TEST_F(journal, fields)
{
	ASSERT_EQ(0, rp_journal_open(&self->journal, self->path));
	add_failed(&self->fake, "app");
	ASSERT_EQ(0, send_all(&self->fake, &self->journal));
	RECEIVE();
	EXPECT_EQ(0, strncmp(self->entry, "MESSAGE=udp * > 203.0.113.1:53: ENETUNREACH: no route in table main\n",
			     68));
	HAS("\nPRIORITY=4\n");
	HAS("\nROUTEPROBE_ORIGIN=no-route\n");
	HAS("\nROUTEPROBE_VERDICT=ENETUNREACH\n");
	HAS("\nROUTEPROBE_NETNS=blue\n");
	HAS("\nROUTEPROBE_OWNER=app[7]\n");
	HAS("\nROUTEPROBE_FAMILY=inet\n");
	HAS("\nROUTEPROBE_TIMES=1\n");
	HAS("\nROUTEPROBE_NEXT=ip -n blue route get 203.0.113.1 ipproto udp dport 53\n");
	EXPECT_TRUE(!strstr(self->entry, "ROUTEPROBE_CAUSE"));
	EXPECT_EQ(-1, recv(self->fd, self->entry, sizeof(self->entry), 0));
	EXPECT_EQ(0, self->journal.unsent);
	rp_journal_close(&self->journal);
}

/* Whoever names a namespace adds no field. */
TEST_F(journal, hostile_names)
{
	rp_fake_write(&self->fake, "fib.json",
		      "{\"netns\":{\"inode\":4026532001,\"name\":\"a\\nROUTEPROBE_ORIGIN=b\"}}\n");
	ASSERT_EQ(0, rp_journal_open(&self->journal, self->path));
	add_failed(&self->fake, "x\ny=z");
	ASSERT_EQ(0, send_all(&self->fake, &self->journal));
	RECEIVE();
	EXPECT_TRUE(!strstr(self->entry, "\nROUTEPROBE_ORIGIN=b"));
	EXPECT_TRUE(!strstr(self->entry, "\ny=z"));
	rp_journal_close(&self->journal);
}

/* A journal that is started again has another socket of the same name. */
TEST_F(journal, comes_back)
{
	ASSERT_EQ(0, rp_journal_open(&self->journal, self->path));
	close(self->fd);
	unlink(self->path);
	add_failed(&self->fake, "app");
	ASSERT_EQ(0, send_all(&self->fake, &self->journal));
	EXPECT_EQ(1, self->journal.unsent);
	self->fd = listen_at(self->path);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, send_all(&self->fake, &self->journal));
	EXPECT_EQ(1, self->journal.unsent);
	RECEIVE();
	HAS("\nROUTEPROBE_ORIGIN=no-route\n");
	rp_journal_close(&self->journal);
}

/* Until its socket takes no more */
static void fill(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	while (sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof(address)) == 1)
		;
	close(fd);
}

static void *receive_later(void *arg)
{
	char byte;

	usleep(50000);
	while (recv(*(int *)arg, &byte, 1, 0) == 1 && byte == 'x')
		;
	return NULL;
}

/* More at once than a socket has room for */
TEST_F(journal, is_slow)
{
	pthread_t thread;

	ASSERT_EQ(0, rp_journal_open(&self->journal, self->path));
	fill(self->path);
	add_failed(&self->fake, "app");
	ASSERT_EQ(0, pthread_create(&thread, NULL, receive_later, &self->fd));
	EXPECT_EQ(0, send_all(&self->fake, &self->journal));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, self->journal.unsent);
	rp_journal_close(&self->journal);
}

TEST_F(journal, hangs)
{
	ASSERT_EQ(0, rp_journal_open(&self->journal, self->path));
	fill(self->path);
	add_failed(&self->fake, "app");
	ASSERT_EQ(0, send_all(&self->fake, &self->journal));
	EXPECT_TRUE(self->journal.stuck);
	ASSERT_EQ(0, send_all(&self->fake, &self->journal));
	EXPECT_EQ(2, self->journal.unsent);
	while (recv(self->fd, self->entry, 1, 0) == 1)
		;
	ASSERT_EQ(0, send_all(&self->fake, &self->journal));
	EXPECT_FALSE(self->journal.stuck);
	EXPECT_EQ(2, self->journal.unsent);
	rp_journal_close(&self->journal);
}

static int open_absent(void *arg)
{
	return rp_journal_open(arg, "/no/such/journal");
}

TEST_F(journal, is_down)
{
	EXPECT_EQ(-1, rp_fake_run(open_absent, &self->journal, &self->out, &self->err));
	EXPECT_STREQ("routeprobe: the journal cannot be reached: /no/such/journal: No such file or directory\n",
		     self->err);
}

static int run_why(void *arg)
{
	return rp_cmd_why(arg);
}

TEST_F(journal, needs_follow)
{
	struct rp_options options = { .input = self->fake.dir, .journal = true };

	EXPECT_EQ(RP_EXIT_ERROR, rp_fake_run(run_why, &options, &self->out, &self->err));
	EXPECT_TRUE(!!strstr(self->err, "--journal goes with -f"));
}

TEST_HARNESS_MAIN
