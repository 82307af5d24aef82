// SPDX-License-Identifier: GPL-2.0
/*
 * How long the reader takes over a recording: made here, of any size.
 *
 *	speed READER DIR COUNT
 *
 * DIR/a and DIR/b become recordings of COUNT records each: routes of packets to send,
 * one in a thousand of which fails.  In b one flow in a hundred has another next hop.
 * Prints fields separated by tabs for each command: its words, user and system seconds,
 * KiB of memory, and bytes of output.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <routeprobe.h>

#include "source/pack.h"

#define CPUS	2
#define BATCH	1024
#define FLOWS	5000
#define NETNS	4026532001U

static const char *const commands[][8] = {
	{ "report", "-i", "a" },
	{ "report", "-i", "a", "-d" },
	{ "report", "-i", "a", "--json" },
	{ "report", "-i", "a", "error", "any" },
	{ "top", "-i", "a" },
	{ "top", "-i", "a", "--by", "flow" },
	{ "why", "-i", "a" },
	{ "stacks", "-i", "a" },
	{ "diff", "a", "b" },
};

static FILE *create(const char *dir, const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		err(1, "%s", path);
	return f;
}

static void text(const char *dir, const char *name, const char *words)
{
	FILE *f = create(dir, name);

	if (fputs(words, f) < 0 || fclose(f))
		err(1, "%s/%s", dir, name);
}

static void describe(const char *dir)
{
	char words[256];

	if (mkdir(dir, 0700) && errno != EEXIST)
		err(1, "%s", dir);
	snprintf(words, sizeof(words), "routeprobe 0\nabi %d.%d\nrecord %zu\nkernel none\n",
		 RP_ABI_MAJOR, RP_ABI_MINOR, sizeof(struct rp_record));
	text(dir, "version", words);
	text(dir, "probes",
	     "1\tip_route_output_key_hash_rcu\toutput\toutput\tarmed\t0\t0\t0\twrapper\t-\n"
	     "4\tfib4_rule_action\trule\tlookup\tarmed\t0\t0\t0\tkprobe\t-\n"
	     "6\tfib_rules_lookup\trules\tlookup\tarmed\t0\t0\t0\tkretprobe\t-\n"
	     "3\tfib_table_lookup\tlookup\tlookup\tarmed\t0\t0\t0\ttracepoint\t-\n");
	text(dir, "callers", "1 udp_sendmsg+0x1/0x2\n2 __fib_lookup+0x1/0x2\n"
	     "3 fib4_rule_action+0x1/0x2\n");
	text(dir, "stacks", "1 1\n udp_sendmsg+0x1/0x2\n __sys_sendto+0x1/0x2\n\n"
	     "2 1\n ip_queue_xmit+0x1/0x2\n tcp_sendmsg+0x1/0x2\n\n");
	text(dir, "reasons", "");
	text(dir, "stats", "");
	text(dir, "hist", "");
	text(dir, "session.json",
	     "{\"byte_order\":\"little\",\"start_ns\":1,\"cpus\":2,\"complete\":true,\n"
	     "\"clocks\":[{\"from_ns\":1,\"offset_ns\":1700000000000000000}]}\n");
	text(dir, "fib.json",
	     "{\"netns\":{\"inode\":4026532001,\"name\":\"blue\"}}\n"
	     "{\"link\":{\"netns\":4026532001,\"ifindex\":7,\"ifname\":\"eth0\"}}\n"
	     "{\"rule\":{\"netns\":4026532001,\"priority\":0,\"action\":\"lookup\",\"table\":255}}\n");
	text(dir, "names.json", "");
}

/* Of a route what is recorded where it was found */
static void fill_route(struct rp_route *route, uint32_t flow, bool other)
{
	route->type = RTN_UNICAST;
	route->protocol = RTPROT_BOOT;
	route->dst.v4 = htonl(0x0a000000 + (flow & ~0xff));
	route->dst_len = 24;
	route->nh_count = 1;
	route->nh_weight = 1;
	route->oif = 7;
	strcpy(route->dev, "eth0");
	route->gw_family = AF_INET;
	route->gw[0] = 192;
	route->gw[1] = 168;
	route->gw[3] = 1 + (other && flow % 100 == 0);
}

static void fill_step(struct rp_record *rec, unsigned int step, uint32_t flow, bool other)
{
	rec->duration_ns = step == 2 ? 400 : 0;
	rec->time_ns += 100 * step;
	rec->caller = step == 2 ? 2 : 3;
	rec->probe = step == 2 ? RP_PROBE_FIB_RULES_LOOKUP : RP_PROBE_FIB_TABLE_LOOKUP;
	rec->kind = step == 2 ? RP_KIND_RULES : RP_KIND_LOOKUP;
	rec->has |= RP_HAS_RULE;
	rec->rule.action = FR_ACT_TO_TBL;
	rec->rule.priority = step ? 100 : 0;
	rec->rule.table = step ? 100 : RT_TABLE_LOCAL;
	rec->route.table = rec->rule.table;
	rec->verdict = step ? RP_VERDICT_HIT : RP_VERDICT_NEXT;
	rec->err = step ? 0 : -EAGAIN;
	if (!step)
		return;
	rec->has |= step == 2 ? RP_HAS_ROUTE : 0;
	fill_route(&rec->route, flow, other);
}

static void fill_output(struct rp_record *rec, uint64_t n, uint32_t flow, bool other)
{
	bool failed = n % 1000 == 999;

	rec->duration_ns = 1000 + n % 300;
	rec->caller = 1;
	rec->probe = RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU;
	rec->kind = RP_KIND_OUTPUT;
	rec->verdict = failed ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	rec->err = failed ? -ENETUNREACH : 0;
	if (failed)
		return;
	rec->has |= RP_HAS_ROUTE | RP_HAS_RTABLE;
	rec->route.table = n % 9 == 8 ? 100 : RT_TABLE_MAIN;
	rec->route.rt_type = RTN_UNICAST;
	rec->route.prefsrc.v4 = htonl(0xc0a80002);
	fill_route(&rec->route, flow, other);
}

/*
 * Twelve records are nine decisions: eight that a record alone tells, and one that asked
 * two tables by rules.
 */
static void fill(struct rp_record *rec, int cpu, uint64_t seq, bool other)
{
	unsigned int at = (seq - 1) % 12;
	uint64_t n = (seq - 1) / 12 * 9 + (at < 8 ? at : 8);
	uint32_t flow = n * CPUS % FLOWS + cpu;

	memset(rec, 0, sizeof(*rec));
	rec->seq = seq;
	rec->time_ns = 1000000000 + n * 2000 + 7 * cpu;
	rec->stack = 1 + n % 2;
	rec->netns = NETNS;
	rec->tid = 100 + cpu;
	rec->tgid = 100 + cpu;
	strcpy(rec->comm, "speed");
	rec->family = AF_INET;
	rec->cpu = cpu;
	rec->has = RP_HAS_FLOW;
	rec->flow.dst.v4 = htonl(0x0a000000 + flow);
	rec->flow.iif = 1;
	rec->flow.uid = 1000;
	rec->flow.proto = IPPROTO_UDP;
	rec->flow.sport = htons(32768 + n % 20000);
	rec->flow.dport = htons(53);
	if (at >= 8 && at < 11)
		fill_step(rec, at - 8, flow, other);
	else
		fill_output(rec, n, flow, other);
}

static void make(const char *dir, uint64_t count, bool other)
{
	static struct rp_record batch[BATCH];
	static char packed[BATCH * RP_PACK_MAX];
	struct rp_pack pack;
	char name[16];
	uint64_t done;
	unsigned int i, n;
	size_t len;
	FILE *f;
	int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		snprintf(name, sizeof(name), "packed%d", cpu);
		f = create(dir, name);
		memset(&pack, 0, sizeof(pack));
		for (done = 0; done < count; done += n) {
			n = count - done < BATCH ? count - done : BATCH;
			for (i = 0; i < n; i++)
				fill(&batch[i], cpu, done + i + 1, other);
			len = rp_pack(&pack, packed, batch, n);
			if (fwrite(packed, 1, len, f) != len)
				err(1, "%s", name);
		}
		if (fclose(f))
			err(1, "%s", name);
	}
}

static void redirect(const char *path, int fd)
{
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (to < 0 || dup2(to, fd) < 0)
		err(1, "%s", path);
}

/* In DIR.  Exit statuses up to that of damage are fine: diff finds differences. */
static void run(const char *reader, const char *const *words)
{
	const char *argv[12] = { reader };
	struct rusage usage;
	struct stat st;
	int status, n;
	pid_t pid;

	for (n = 0; words[n]; n++)
		argv[n + 1] = words[n];
	pid = fork();
	if (!pid) {
		redirect("out", 1);
		redirect("err", 2);
		execv(reader, (char *const *)argv);
		err(127, "%s", reader);
	}
	if (wait4(pid, &status, 0, &usage) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) > 1 || stat("out", &st))
		errx(1, "%s failed, see \"err\"", words[0]);
	printf("speed\t");
	for (n = 0; words[n]; n++)
		printf("%s%s", n ? " " : "", words[n]);
	printf("\t%ld.%02ld\t%ld.%02ld\t%ld\t%lld\n", (long)usage.ru_utime.tv_sec,
	       (long)usage.ru_utime.tv_usec / 10000, (long)usage.ru_stime.tv_sec,
	       (long)usage.ru_stime.tv_usec / 10000, usage.ru_maxrss, (long long)st.st_size);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char reader[4096];
	uint64_t count;
	size_t i;

	if (argc != 4 || !realpath(argv[1], reader))
		errx(2, "usage: speed READER DIR COUNT");
	count = strtoull(argv[3], NULL, 10) / CPUS;
	if ((mkdir(argv[2], 0700) && errno != EEXIST) || chdir(argv[2]))
		err(1, "%s", argv[2]);
	describe("a");
	describe("b");
	make("a", count, false);
	make("b", count, true);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		run(reader, commands[i]);
	return 0;
}
