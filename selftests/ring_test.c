// SPDX-License-Identifier: GPL-2.0
/*
 * cpuN as the contract promises it: whole records, numbers without a gap, a
 * cursor per open file, exact loss, seek and poll.  Needs the module loaded
 * with a ring of RECORDS (see ring.sh), and makes its own lookups on lo.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "routeprobe.h"

#define RECORDS		1024

static int open_cpu0(void)
{
	return open("/sys/kernel/debug/routeprobe/cpu0", O_RDONLY);
}

/* One routing decision on CPU 0 each, whatever it makes of records. */
static void ask_for(in_addr_t dst, int count)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
	/* who sends to itself is sent no ICMP error, which asks for a route, and late */
	bind(fd, (struct sockaddr *)&to, sizeof(to));
	to.sin_addr.s_addr = dst;
	while (count--)
		sendto(fd, "", 1, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to));
	close(fd);
}

static void decide(int count)
{
	ask_for(htonl(INADDR_LOOPBACK), count);
}

FIXTURE(ring) {
	int fd;
	struct rp_record *recs;
	off_t newest;		/* number of the last record before the test */
};

FIXTURE_SETUP(ring)
{
	self->fd = open_cpu0();
	ASSERT_LE(0, self->fd);
	self->recs = calloc(2 * RECORDS, sizeof(*self->recs));
	ASSERT_NE(NULL, self->recs);
	self->newest = lseek(self->fd, 0, SEEK_END);
	ASSERT_LE(0, self->newest);
}

FIXTURE_TEARDOWN(ring)
{
	close(self->fd);
	free(self->recs);
}

/* All that is there, in one read; the number of records. */
static long read_all(int fd, struct rp_record *recs)
{
	ssize_t len = read(fd, recs, 2 * RECORDS * sizeof(*recs));

	return len < 0 || len % sizeof(*recs) ? -1 : len / (ssize_t)sizeof(*recs);
}

/* A number from the file stats, -1 when it is not there. */
static long stat_of(const char *name)
{
	FILE *file = fopen("/sys/kernel/debug/routeprobe/stats", "r");
	char line[256], key[64] = "";
	long value = -1;

	if (!file)
		return -1;
	while (strcmp(key, name) && fgets(line, sizeof(line), file))
		sscanf(line, "%63s %ld", key, &value);
	fclose(file);
	return strcmp(key, name) ? -1 : value;
}

TEST_F(ring, reads_whole_records_that_follow_each_other)
{
	long n, i;

	decide(10);
	n = read_all(self->fd, self->recs);
	ASSERT_LE(10, n);
	ASSERT_EQ(self->newest + 1, (off_t)self->recs[0].seq);
	for (i = 1; i < n; i++) {
		const struct rp_record *a = &self->recs[i - 1], *b = &self->recs[i];

		ASSERT_EQ(a->seq + 1, b->seq);
		ASSERT_LE(a->time_ns + a->duration_ns, b->time_ns + b->duration_ns);
		ASSERT_EQ(0, b->cpu);
	}
}

TEST_F(ring, reads_as_many_as_fit)
{
	struct rp_record two[3];

	decide(10);
	ASSERT_EQ(2 * (long)sizeof(*two), read(self->fd, two, 3 * sizeof(*two) - 1));
	ASSERT_EQ(two[0].seq + 1, two[1].seq);
	ASSERT_EQ((long)sizeof(*two), read(self->fd, two + 2, sizeof(*two)));
	ASSERT_EQ(two[1].seq + 1, two[2].seq);
}

TEST_F(ring, refuses_less_than_a_record)
{
	decide(1);
	ASSERT_EQ(-1, read(self->fd, self->recs, sizeof(*self->recs) - 1));
	ASSERT_EQ(EINVAL, errno);
	ASSERT_LE(1, read_all(self->fd, self->recs));
}

TEST_F(ring, a_bad_address_loses_nothing)
{
	__u64 first;

	decide(3);
	ASSERT_EQ(-1, read(self->fd, (void *)8, 4096));
	ASSERT_EQ(EFAULT, errno);
	ASSERT_LE(3, read_all(self->fd, self->recs));
	first = self->recs[0].seq;
	ASSERT_EQ(0, lseek(self->fd, 0, SEEK_SET));
	ASSERT_LE(3, read_all(self->fd, self->recs));
	ASSERT_LE(self->recs[0].seq, first);
}

TEST_F(ring, every_reader_has_its_own_place)
{
	int other = open_cpu0();
	long n;

	ASSERT_LE(0, other);
	ASSERT_LE(self->newest, lseek(other, 0, SEEK_END));
	decide(5);
	n = read_all(self->fd, self->recs);
	ASSERT_LE(5, n);
	ASSERT_EQ(n, read_all(other, self->recs));
	close(other);
}

TEST_F(ring, seeks_to_both_ends_only)
{
	decide(1);
	ASSERT_LT(self->newest, lseek(self->fd, 0, SEEK_END));
	ASSERT_EQ(0, read_all(self->fd, self->recs));
	ASSERT_EQ(0, lseek(self->fd, 0, SEEK_SET));
	ASSERT_LE(1, read_all(self->fd, self->recs));
	ASSERT_EQ(-1, lseek(self->fd, 1, SEEK_SET));
	ASSERT_EQ(EINVAL, errno);
	ASSERT_EQ(-1, lseek(self->fd, 0, SEEK_CUR));
	ASSERT_EQ(EINVAL, errno);
}

/*
 * The reader stops, the ring goes round three times: what is then read are the
 * newest RECORDS, and the gap in the numbers is what was lost, to the record.
 */
TEST_F(ring, counts_exactly_what_it_lost)
{
	__u64 before, made;
	long n;

	decide(1);
	n = read_all(self->fd, self->recs);
	ASSERT_LE(1, n);
	before = self->recs[n - 1].seq;

	decide(3 * RECORDS);
	n = read_all(self->fd, self->recs);
	ASSERT_EQ(RECORDS, n);
	made = self->recs[n - 1].seq - before;
	ASSERT_LE(3 * RECORDS, made);
	ASSERT_EQ(made - RECORDS, self->recs[0].seq - before - 1);
}

TEST_F(ring, polls_readable_when_there_is_a_record)
{
	struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };
	pid_t child;

	ASSERT_LE(0, read_all(self->fd, self->recs));
	ASSERT_EQ(0, poll(&poll_fd, 1, 0));

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		usleep(300000);
		decide(1);
		_exit(0);
	}
	ASSERT_EQ(1, poll(&poll_fd, 1, 10000));
	ASSERT_EQ(POLLIN, poll_fd.revents);
	ASSERT_LE(1, read_all(self->fd, self->recs));
}

/* The record of one sendto(), byte for byte where it is known. */
TEST_F(ring, a_record_holds_the_decision_and_nothing_stale)
{
	const struct rp_record *rec = self->recs;

	decide(1);
	ASSERT_LE(1, read_all(self->fd, self->recs));
	EXPECT_EQ(RP_KIND_OUTPUT, rec->kind);
	EXPECT_EQ(RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU, rec->probe);
	EXPECT_EQ(RP_HAS_FLOW | RP_HAS_ROUTE | RP_HAS_RTABLE, rec->has);
	EXPECT_EQ(RP_VERDICT_HIT, rec->verdict);
	EXPECT_EQ(0, rec->err);
	EXPECT_EQ(RP_CONTEXT_TASK, rec->context);
	EXPECT_EQ(getpid(), (pid_t)rec->tgid);
	EXPECT_STREQ("ring_test", rec->comm);
	EXPECT_NE(0, rec->caller);
	EXPECT_NE(0, rec->netns);
	EXPECT_NE(0, rec->duration_ns);
	EXPECT_EQ(0, rec->stack);

	EXPECT_EQ(htonl(INADDR_LOOPBACK), rec->flow.dst.v4);
	EXPECT_EQ(0, rec->flow.src.v4);
	EXPECT_EQ(htons(9), rec->flow.dport);
	EXPECT_EQ(IPPROTO_UDP, rec->flow.proto);

	EXPECT_EQ(255, rec->route.table);
	EXPECT_EQ(htonl(INADDR_LOOPBACK), rec->route.dst.v4);
	EXPECT_EQ(32, rec->route.dst_len);
	EXPECT_EQ(RTN_LOCAL, rec->route.type);
	EXPECT_EQ(RTN_LOCAL, rec->route.rt_type);
	EXPECT_EQ(0, memcmp("lo\0\0\0\0\0\0\0\0\0\0\0\0\0", rec->route.dev,
			    sizeof(rec->route.dev)));
	EXPECT_EQ(0, rec->route.gw_family);
	EXPECT_EQ(htonl(INADDR_LOOPBACK), rec->route.prefsrc.v4);
	EXPECT_EQ(0, rec->rule.priority | rec->rule.table | rec->rule.action);
}

/* The ring is full of successes; a failure writes over two of them. */
TEST_F(ring, a_failure_holds_nothing_of_what_was_there)
{
	struct rp_route nothing = { };
	const struct rp_record *rec;

	decide(RECORDS);
	ASSERT_LE(0, lseek(self->fd, 0, SEEK_END));
	ask_for(inet_addr("198.51.100.1"), 1);
	ASSERT_EQ(2, read_all(self->fd, self->recs));
	for (rec = self->recs; rec < self->recs + 2; rec++) {
		if (rec->kind == RP_KIND_LOOKUP) {
			EXPECT_EQ(-EAGAIN, rec->err);
			EXPECT_EQ(RP_VERDICT_NEXT, rec->verdict);
			nothing.table = 254;
		} else {
			EXPECT_EQ(-ENETUNREACH, rec->err);
			EXPECT_EQ(RP_VERDICT_ERROR, rec->verdict);
			nothing.table = 0;
		}
		EXPECT_EQ(RP_HAS_FLOW, rec->has);
		EXPECT_EQ(0, memcmp(&nothing, &rec->route, sizeof(nothing)));
		EXPECT_EQ(0, rec->rule.priority | rec->rule.table | rec->rule.action);
		EXPECT_EQ(0, rec->stack);
	}
}

/* What is held stays, as far as it fits, and the count goes on. */
TEST_F(ring, a_resize_keeps_the_newest_and_the_numbers)
{
	static const char *const sizes[] = { "4096", "256", "1024" };
	long held = RECORDS, n;
	__u64 newest;
	size_t i;

	decide(2 * RECORDS);
	newest = lseek(self->fd, 0, SEEK_END);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int fd = open("/sys/module/routeprobe/parameters/records_per_cpu", O_WRONLY);

		ASSERT_LE(0, fd);
		ASSERT_LT(0, write(fd, sizes[i], strlen(sizes[i])));
		close(fd);
		held = held < atoi(sizes[i]) ? held : atoi(sizes[i]);
		ASSERT_EQ(0, lseek(self->fd, 0, SEEK_SET));
		n = read_all(self->fd, self->recs);
		ASSERT_EQ(held, n);
		ASSERT_EQ(newest, self->recs[n - 1].seq);
		ASSERT_EQ(newest - held + 1, self->recs[0].seq);
		ASSERT_EQ(held, stat_of("cpu0_held"));
	}
	decide(1);
	ASSERT_LE(1, read_all(self->fd, self->recs));
	ASSERT_EQ(newest + 1, self->recs[0].seq);
}

/* Memory that has no page until somebody who was told by *uffd gives it one. */
static void *missing_pages(size_t size, int *uffd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*uffd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	reg.range.start = (__u64)(unsigned long)pages;
	reg.range.len = size;
	if (*uffd < 0 || ioctl(*uffd, UFFDIO_API, &api) || ioctl(*uffd, UFFDIO_REGISTER, &reg))
		return NULL;
	return pages;
}

static void give_pages(int uffd, void *pages, size_t size)
{
	struct uffdio_zeropage zero = { .range.start = (__u64)(unsigned long)pages };

	zero.range.len = size;
	ioctl(uffd, UFFDIO_ZEROPAGE, &zero);
}

static struct {
	int fd;
	void *buf;
	size_t size;
	ssize_t got;
} slow;

static void *slow_read(void *unused)
{
	slow.got = read(slow.fd, slow.buf, slow.size);
	return unused;
}

/* Whether a child that resizes the rings, and then reads one, comes to its end */
static bool others_go_on(pid_t child)
{
	int tries;

	for (tries = 0; tries < 100; tries++) {
		if (waitpid(child, NULL, WNOHANG) == child)
			return true;
		usleep(100000);
	}
	return false;
}

static pid_t resize_and_read(void)
{
	char records[256 * 2];
	pid_t child = fork();
	int fd;

	if (child)
		return child;
	fd = open("/sys/module/routeprobe/parameters/records_per_cpu", O_WRONLY);
	if (write(fd, "2048", 4) == 4 && write(fd, "1024", 4) == 4)
		read(open_cpu0(), records, sizeof(records));
	_exit(0);
}

TEST_F(ring, a_reader_in_its_page_fault_holds_up_nobody)
{
	size_t size = 16 * sysconf(_SC_PAGESIZE);
	struct pollfd fault = { .events = POLLIN };
	struct rp_record *recs;
	pthread_t thread;
	bool went_on;
	pid_t child;
	long i;

	slow.fd = self->fd;
	slow.size = size;
	slow.buf = missing_pages(size, &fault.fd);
	if (!slow.buf)
		SKIP(return, "no userfaultfd");
	decide(size / sizeof(*recs) + 10);
	ASSERT_EQ(0, pthread_create(&thread, NULL, slow_read, NULL));
	ASSERT_EQ(1, poll(&fault, 1, 10000));

	child = resize_and_read();
	went_on = others_go_on(child);
	give_pages(fault.fd, slow.buf, size);
	pthread_join(thread, NULL);
	EXPECT_TRUE(went_on);
	EXPECT_EQ((ssize_t)size, slow.got);
	recs = slow.buf;
	for (i = 0; i < slow.got / (long)sizeof(*recs); i++)
		EXPECT_EQ((__u64)self->newest + 1 + i, recs[i].seq);
	close(fault.fd);
	munmap(slow.buf, size);
}

TEST_HARNESS_MAIN
