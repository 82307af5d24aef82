// SPDX-License-Identifier: GPL-2.0
/* Directories of the contract's files, for tests. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"
#include "lib/addr.h"
#include "lib/buf.h"
#include "source/pack.h"
#include "source/session.h"

static const char rp_fake_probes[] =
	"#id\tname\tkind\tgroup\tstate\trecorded\tfiltered\tmissed\thook\tuse\n"
	"1\tip_route_output_key_hash_rcu\toutput\toutput\tarmed\t5\t0\t2\t-\troutes of packets sent\n"
	"2\tip_route_output_flow\toutput-flow\toutput\toff\t0\t0\t0\t-\tIPsec\n"
	"3\tfib_table_lookup\tlookup\tlookup\tarmed\t9\t1\t0\t-\ttables\n"
	"4\tfib4_rule_action\trule\tlookup\tabsent:2\t0\t0\t0\t-\trules\n";

static const char rp_fake_names[] =
	"{\"netns\":{\"inode\":4026532001,\"name\":\"blue\"}}\n"
	"{\"table\":{\"id\":100,\"name\":\"uplink\"}}\n"
	"{\"link\":{\"netns\":4026532001,\"ifindex\":7,\"ifname\":\"ha\"}}\n";

void rp_fake_write(const struct rp_fake *f, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
}

void rp_fake_append(const struct rp_fake *f, const char *name, const void *data,
		    size_t len)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	file = fopen(path, "a");
	fwrite(data, 1, len, file);
	fclose(file);
}

void rp_fake_make(struct rp_fake *f)
{
	memset(f, 0, sizeof(*f));
	f->packs = calloc(4, sizeof(*f->packs));
	strcpy(f->dir, "/tmp/routeprobe-test-XXXXXX");
	if (!mkdtemp(f->dir))
		abort();
	rp_fake_write(f, "version",
		      "routeprobe 0.1.0\nabi 3.0\nrecord 256\nkernel 6.1.0-test\n");
	rp_fake_write(f, "probes", rp_fake_probes);
	rp_fake_write(f, "callers",
		      "1 udp_sendmsg+0x12/0x400\n2 ip_route_output_flow+0x1f/0x90\n"
		      "3 vxlan_xmit+0x1/0x2 [vxlan]\n4 ?\n5 fib_magic+0x3/0x160\n");
	rp_fake_write(f, "reasons", "2 NOT_SPECIFIED\n16 IP_RPFILTER\n77 IP_LOCALNET\n");
	rp_fake_write(f, "stacks", "");
	rp_fake_write(f, "hist", "");
	rp_fake_write(f, "stats", "enable 1\nrecords_per_cpu 4096\n");
	rp_fake_write(f, "cpu0", "");
	rp_fake_write(f, "cpu1", "");
	rp_fake_write(f, "packed0", "");
	rp_fake_write(f, "packed1", "");
}

void rp_fake_session(const struct rp_fake *f, const char *extra)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "{\"byte_order\":\"little\",\"start_ns\":1,\"cpus\":2,\"complete\":true%s%s}",
		 *extra ? "," : "", extra);
	rp_fake_write(f, RP_SESSION_FILE, text);
	rp_fake_write(f, "fib.json", rp_fake_names);
}

void rp_fake_remove(struct rp_fake *f)
{
	DIR *d = opendir(f->dir);
	struct dirent *entry;

	while ((entry = readdir(d)))
		unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	rmdir(f->dir);
	free(f->packs);
	f->packs = NULL;
}

struct rp_record rp_fake_record(unsigned int kind, uint64_t begin_ns, uint64_t end_ns)
{
	struct rp_record rec = {
		.time_ns = begin_ns,
		.duration_ns = end_ns - begin_ns,
		.caller = 1,
		.netns = RP_FAKE_NETNS,
		.tid = 7,
		.tgid = 7,
		.comm = "app",
		.family = AF_INET,
		.kind = kind,
		.context = RP_CONTEXT_TASK,
		.verdict = RP_VERDICT_HIT,
	};

	return rec;
}

static unsigned int rp_fake_family(const char *addr)
{
	return strchr(addr, ':') ? AF_INET6 : AF_INET;
}

void rp_fake_flow(struct rp_record *rec, const char *src, const char *dst)
{
	rec->has |= RP_HAS_FLOW;
	rec->flow.iif = 1;
	rec->flow.proto = IPPROTO_UDP;
	rec->flow.dport = htons(53);
	rec->family = rp_fake_family(dst);
	rp_addr_parse(&rec->flow.dst, rec->family, dst);
	if (src)
		rp_addr_parse(&rec->flow.src, rec->family, src);
}

void rp_fake_route(struct rp_record *rec, unsigned int table, const char *prefix,
		   unsigned int len, const char *gateway, const char *dev)
{
	rec->has |= RP_HAS_ROUTE;
	rec->route.table = table;
	rec->route.type = RTN_UNICAST;
	rec->route.protocol = RTPROT_BOOT;
	rec->route.dst_len = len;
	rec->route.nh_count = 1;
	rec->route.nh_weight = 1;
	rec->route.oif = 7;
	snprintf(rec->route.dev, sizeof(rec->route.dev), "%s", dev);
	rec->family = rp_fake_family(prefix);
	rp_addr_parse(&rec->route.dst, rec->family, prefix);
	if (gateway) {
		rec->route.gw_family = rp_fake_family(gateway);
		inet_pton(rec->route.gw_family, gateway, rec->route.gw);
	}
}

void rp_fake_add(struct rp_fake *f, struct rp_record rec)
{
	struct rp_record aligned __attribute__((aligned(RP_PACK_ALIGN)));
	char name[16], packed[RP_PACK_MAX];

	if (!rec.seq)
		rec.seq = f->seq[rec.cpu] + 1;
	f->seq[rec.cpu] = rec.seq;
	snprintf(name, sizeof(name), "cpu%u", rec.cpu);
	rp_fake_append(f, name, &rec, sizeof(rec));
	snprintf(name, sizeof(name), "packed%u", rec.cpu);
	aligned = rec;
	rp_fake_append(f, name, packed, rp_pack(&f->packs[rec.cpu], packed, &aligned, 1));
}

void rp_fake_add_no_route(struct rp_fake *f, struct rp_record rec)
{
	struct rp_record lookup;

	rec.err = -ENETUNREACH;
	rec.verdict = RP_VERDICT_ERROR;
	lookup = rec;
	lookup.kind = RP_KIND_LOOKUP;
	lookup.time_ns += 10500;
	lookup.duration_ns = 1000;
	lookup.has = RP_HAS_FLOW;
	lookup.err = -EAGAIN;
	lookup.verdict = RP_VERDICT_NEXT;
	lookup.route.table = RT_TABLE_MAIN;
	rp_fake_add(f, lookup);
	rp_fake_add(f, rec);
}

static char *rp_fake_slurp(FILE *file)
{
	long size = ftell(file);
	char *text = calloc(1, size + 1);

	rewind(file);
	if (fread(text, 1, size, file) != (size_t)size)
		abort();
	fclose(file);
	return text;
}

/* Objects that are lines, for who wants to hold them against the schema */
static void rp_fake_keep_json(const char *out)
{
	const char *path = getenv("RP_FAKE_JSON"), *line;
	FILE *file = path ? fopen(path, "a") : NULL;
	int len;

	if (!file)
		return;
	for (line = out; *line; line += len + !!line[len]) {
		len = strcspn(line, "\n");
		if (!strncmp(line, "{\"kind\":", 8))
			fprintf(file, "%.*s\n", len, line);
	}
	fclose(file);
}

int rp_fake_run(int (*run)(void *arg), void *arg, char **out, char **err)
{
	FILE *files[2] = { tmpfile(), tmpfile() };
	int saved[2], i, status;

	fflush(stdout);
	fflush(stderr);
	for (i = 0; i < 2; i++) {
		saved[i] = dup(i + 1);
		dup2(fileno(files[i]), i + 1);
	}
	status = run(arg);
	fflush(stdout);
	fflush(stderr);
	for (i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
		fseek(files[i], 0, SEEK_END);
	}
	*out = rp_fake_slurp(files[0]);
	*err = rp_fake_slurp(files[1]);
	rp_fake_keep_json(*out);
	return status;
}

int rp_fake_run_at(size_t columns, int (*run)(void *arg), void *arg, char **text)
{
	struct winsize size = { .ws_row = 50, .ws_col = columns };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), status, slave;
	struct rp_buf b = { 0 };
	char c;
	pid_t pid;

	if (master < 0 || grantpt(master) || unlockpt(master) || ioctl(master, TIOCSWINSZ, &size))
		abort();
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	fflush(stdout);
	fflush(stderr);
	pid = fork();
	if (!pid) {
		dup2(slave, STDOUT_FILENO);
		dup2(slave, STDERR_FILENO);
		close(slave);
		status = run(arg);
		fflush(stdout);
		_exit(status);
	}
	close(slave);
	while (read(master, &c, 1) == 1)
		if (c != '\r')
			rp_buf_char(&b, c);
	waitpid(pid, &status, 0);
	close(master);
	rp_buf_char(&b, '\0');
	*text = b.data;
	return WEXITSTATUS(status);
}

bool rp_fake_can_unshare(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) && unshare(CLONE_NEWNET));
	waitpid(pid, &status, 0);
	return !status;
}
