// SPDX-License-Identifier: GPL-2.0
/*
 * What a reader's memory comes to over a stream of records that has no end: made here
 * as fast as they are read, in a directory as the module has it.
 *
 *	stream READER DIR COUNT
 *
 * The files of two CPUs grow, and what all readers have read is given back to the file
 * system, so that there is never much of them.  Prints fields separated by tabs, first
 * the names and then at every tenth: records made, and KiB of each reader.  Each has to
 * say at the end that it read all.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <routeprobe.h>

#define CPUS	2
#define BATCH	4096		/* records of a CPU written at once, two of a decision */
#define AHEAD	(16 * BATCH)	/* and how many may be unread */
#define FLOWS	5000

static const char *const commands[][6] = {
	{ "watch", "error", "any" },
	{ "top", "-f", "--by", "flow" },
	{ "stacks", "-f", "--folded" },
};

#define READERS	(sizeof(commands) / sizeof(*commands))

static struct reader {
	pid_t pid;
	int fd[CPUS];		/* what it has there for cpuN */
	FILE *said;
} readers[READERS];

static const char *dir;
static int files[CPUS];

static void text(const char *name, const char *words)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || fputs(words, f) < 0 || fclose(f))
		err(1, "%s", path);
}

static void describe(void)
{
	char words[256];

	if (mkdir(dir, 0700) && errno != EEXIST)
		err(1, "%s", dir);
	snprintf(words, sizeof(words), "routeprobe 0\nabi %d.%d\nrecord %zu\nkernel none\n",
		 RP_ABI_MAJOR, RP_ABI_MINOR, sizeof(struct rp_record));
	text("version", words);
	text("probes", "1\tip_route_output_key_hash_rcu\toutput\toutput\tarmed\t0\t0\t0\tkretprobe\t-\n"
	     "3\tfib_table_lookup\tlookup\tlookup\tarmed\t0\t0\t0\tkretprobe\t-\n");
	text("callers", "1 udp_sendmsg+0x1/0x2\n");
	text("stacks", "1 1\n udp_sendmsg+0x1/0x2\n __sys_sendto+0x1/0x2\n\n"
	     "2 1\n ip_queue_xmit+0x1/0x2\n tcp_sendmsg+0x1/0x2\n\n");
	text("reasons", "");
	text("stats", "");
	text("cpu0", "");
	text("cpu1", "");
}

/* When the readers have begun: what they have open are their own. */
static void open_files(void)
{
	char path[256];
	int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		snprintf(path, sizeof(path), "%s/cpu%d", dir, cpu);
		files[cpu] = open(path, O_WRONLY);
		if (files[cpu] < 0)
			err(1, "%s", path);
	}
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* The lookup of a decision, and then the decision; one in a thousand fails. */
static void fill(struct rp_record *rec, int cpu, uint64_t seq, uint64_t ns)
{
	bool outer = !(seq & 1);
	uint64_t n = (seq - 1) / 2;

	memset(rec, 0, sizeof(*rec));
	rec->seq = seq;
	rec->time_ns = ns + !outer;
	rec->duration_ns = outer ? 4 : 2;
	rec->caller = 1;
	rec->stack = 1 + n % 2;
	rec->netns = 1;
	rec->tid = 100 + cpu;
	rec->tgid = 100 + cpu;
	strcpy(rec->comm, "stream");
	rec->probe = outer ? RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU : RP_PROBE_FIB_TABLE_LOOKUP;
	rec->kind = outer ? RP_KIND_OUTPUT : RP_KIND_LOOKUP;
	rec->cpu = cpu;
	rec->has = RP_HAS_FLOW;
	rec->verdict = n % 1000 ? RP_VERDICT_HIT : RP_VERDICT_ERROR;
	rec->err = n % 1000 ? 0 : -ENETUNREACH;
	rec->flow.dst.v4 = htonl(0x0a000000 + n % FLOWS);
	rec->flow.iif = 1;
	rec->flow.proto = IPPROTO_UDP;
	rec->flow.dport = htons(53);
	rec->route.table = 254;
}

/* Returns when the last of them was over. */
static void make(int cpu, uint64_t from, unsigned int count)
{
	static struct rp_record batch[BATCH];
	uint64_t ns = now_ns() - BATCH * 5;
	unsigned int i;

	for (i = 0; i < count; i++)
		fill(&batch[i], cpu, from + i, ns + i / 2 * 10);
	if (write(files[cpu], batch, count * sizeof(*batch)) != (ssize_t)(count * sizeof(*batch)))
		err(1, "cpu%d", cpu);
}

/* One line of a file of /proc: the number behind @key, -1: none */
static long long proc_number(pid_t pid, const char *name, const char *key)
{
	char path[64], line[256];
	long long number = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			number = atoll(line + strlen(key));
	if (f)
		fclose(f);
	return number;
}

/* Which of its files is cpuN, -1: it has not opened it yet */
static int find_fd(pid_t pid, int cpu)
{
	char path[64], link[512], name[16];
	ssize_t len;
	int fd;

	snprintf(name, sizeof(name), "/cpu%d", cpu);
	for (fd = 3; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		len = readlink(path, link, sizeof(link) - 1);
		if (len < (ssize_t)strlen(name))
			continue;
		link[len] = '\0';
		if (!strcmp(link + len - strlen(name), name))
			return fd;
	}
	return -1;
}

static void start(struct reader *r, const char *program, const char *const *words)
{
	const char *argv[12] = { program, words[0], "--dir", dir };
	int i, n = 4, out;

	for (i = 1; words[i]; i++)
		argv[n++] = words[i];
	r->said = tmpfile();
	r->pid = fork();
	if (r->pid)
		return;
	out = open("/dev/null", O_WRONLY);
	dup2(out, 1);
	dup2(fileno(r->said), 2);
	execv(program, (char *const *)argv);
	err(1, "%s", program);
}

static void wait_ready(struct reader *r)
{
	int cpu;

	for (cpu = 0; cpu < CPUS; cpu++)
		while ((r->fd[cpu] = find_fd(r->pid, cpu)) < 0) {
			if (waitpid(r->pid, NULL, WNOHANG))
				errx(1, "a reader ended");
			usleep(1000);
		}
	usleep(300000);		/* until it has looked where the file ends */
}

/* Bytes of cpuN that all have read */
static long long all_read(int cpu)
{
	long long pos, least = -1;
	char name[32];
	size_t i;

	for (i = 0; i < READERS; i++) {
		snprintf(name, sizeof(name), "fdinfo/%d", readers[i].fd[cpu]);
		pos = proc_number(readers[i].pid, name, "pos:");
		if (pos < 0)
			errx(1, "a reader ended");
		if (least < 0 || pos < least)
			least = pos;
	}
	return least;
}

static void wait_for_readers(uint64_t made, uint64_t ahead)
{
	long long done;
	int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		while (done = all_read(cpu),
		       done + (long long)(ahead * sizeof(struct rp_record)) <
		       (long long)(made * sizeof(struct rp_record)))
			usleep(2000);
		if (done && fallocate(files[cpu], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
				      done & ~4095LL))
			err(1, "cpu%d", cpu);
	}
}

static void print(uint64_t records)
{
	size_t i;

	printf("memory\t%llu", (unsigned long long)records);
	for (i = 0; i < READERS; i++)
		printf("\t%lld", proc_number(readers[i].pid, "status", "VmHWM:"));
	putchar('\n');
	fflush(stdout);
}

/* Its own word for how many records it read, and that none was lost */
static void finish(struct reader *r, uint64_t records)
{
	char said[1024] = "", *line;
	unsigned long long got, lost;
	int status;

	kill(r->pid, SIGINT);
	waitpid(r->pid, &status, 0);
	rewind(r->said);
	while (fgets(said, sizeof(said), r->said))
		if (strstr(said, " records, "))
			break;
	line = strstr(said, " lost");
	while (line && line > said && line[-1] != ' ')
		line--;
	if (status || sscanf(said, "%llu records", &got) != 1 || got != records || !line ||
	    sscanf(line, "%llu", &lost) != 1 || lost)
		errx(1, "a reader, of %llu records: %s", (unsigned long long)records, said);
}

int main(int argc, char **argv)
{
	uint64_t each, made = 0, step, count;
	size_t i, n;
	int cpu;

	if (argc != 4)
		errx(2, "usage: stream READER DIR COUNT");
	dir = argv[2];
	each = (atoll(argv[3]) / CPUS + BATCH - 1) / BATCH * BATCH;
	describe();
	printf("memory\tRECORDS");
	for (i = 0; i < READERS; i++) {
		start(&readers[i], argv[1], commands[i]);
		printf("\t");
		for (n = 0; commands[i][n]; n++)
			printf("%s%s", n ? " " : "", commands[i][n]);
	}
	putchar('\n');
	for (i = 0; i < READERS; i++)
		wait_ready(&readers[i]);
	open_files();
	print(0);
	for (step = 1; step <= 10; step++) {
		while (made < each * step / 10) {
			count = each - made < BATCH ? each - made : BATCH;
			for (cpu = 0; cpu < CPUS; cpu++)
				make(cpu, made + 1, count);
			made += count;
			wait_for_readers(made, AHEAD);
		}
		print(made * CPUS);
	}
	wait_for_readers(made, 0);
	for (i = 0; i < READERS; i++)
		finish(&readers[i], made * CPUS);
	return 0;
}
