// SPDX-License-Identifier: GPL-2.0
/*
 * A reader with moods, for life.sh: it reads, seeks, polls, dawdles and reopens
 * in an order that SEED alone decides, and holds what it gets against the
 * contract.  On SIGTERM, when nothing is recorded any more, it reads to the end
 * and checks that what it read and what it lost is all that there was.
 *
 *	life_reader SEED		cpuN, as records
 *	life_reader -e SEED		events, as text
 *
 * It says "CPU MADE" of each ring, MADE being the number of its newest record,
 * and exits with 0; or what is wrong, and exits with 1.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "routeprobe.h"

#define DIRECTORY	"/sys/kernel/debug/routeprobe/"
#define MAX_CPUS	64
#define MAX_RECORDS	256
#define ALWAYS_HELD	64	/* records of a CPU, the smallest ring that there can be */

struct ring {
	int fd;
	int end_fd;		/* only ever asked where the ring ends */
	uint64_t start;		/* this reading begins behind that record */
	uint64_t next;		/* the record expected */
	uint64_t read;
	uint64_t lost;
	uint64_t time;		/* when the last one returned */

	/* of `events`, where records have no numbers: bounds of the oldest */
	uint64_t oldest_before;
	uint64_t oldest_after;
};

static struct ring rings[MAX_CPUS];
static int cpus;
static int events_fd = -1;
static uint64_t state;
static void *nowhere;		/* an address that nothing can be copied to */
static volatile sig_atomic_t finishing;

static void finish(int signum)
{
	(void)signum;
	finishing = 1;
}

/* xorshift64* */
static unsigned int random_below(unsigned int limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dULL >> 33) % limit;
}

static int open_file(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), DIRECTORY "%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 && errno != ENOENT)
		err(1, "%s", path);
	return fd;
}

static int open_cpu(int cpu)
{
	char name[16];

	snprintf(name, sizeof(name), "cpu%d", cpu);
	return open_file(name);
}

/* The number of the newest record, by a file that nobody reads. */
static uint64_t newest(int cpu)
{
	off_t seq = lseek(rings[cpu].end_fd, 0, SEEK_END);

	if (seq < 0)
		err(1, "cpu%d: lseek to the end", cpu);
	return seq;
}

/* A reading begins: behind START, and 0 is before all that was ever made. */
static void begin(struct ring *ring, uint64_t start)
{
	ring->start = start;
	ring->next = start + 1;
	ring->read = 0;
	ring->lost = 0;
	ring->time = 0;
}

static void take(int cpu, const struct rp_record *rec)
{
	struct ring *ring = &rings[cpu];
	uint64_t seq = rec->seq, gap = seq - ring->next;

	if (seq < ring->next)
		errx(1, "cpu%d: record %" PRIu64 " after %" PRIu64, cpu, seq, ring->next - 1);
	if (gap && newest(cpu) - (seq - 1) < ALWAYS_HELD - 1)
		errx(1, "cpu%d: %" PRIu64 " records before %" PRIu64 " are not there, though none was overwritten",
		     cpu, gap, seq);
	if (rec->time_ns + rec->duration_ns < ring->time)
		errx(1, "cpu%d: record %" PRIu64 " is older than the one before", cpu, seq);
	if (rec->cpu != cpu || !rec->time_ns ||
	    rec->probe == RP_PROBE_NONE || rec->probe >= __RP_PROBE_MAX ||
	    rec->kind == RP_KIND_NONE || rec->kind >= __RP_KIND_MAX ||
	    (rec->verdict == RP_VERDICT_NONE && rec->kind <= RP_KIND_EVENT &&
	     rec->kind != RP_KIND_RULE) ||
	    rec->verdict >= __RP_VERDICT_MAX)
		errx(1, "cpu%d: record %" PRIu64 " makes no sense: cpu %u, probe %u, kind %u, verdict %u",
		     cpu, seq, rec->cpu, rec->probe, rec->kind, rec->verdict);
	ring->time = rec->time_ns + rec->duration_ns;
	ring->lost += gap;
	ring->read++;
	ring->next = seq + 1;
}

/* At most COUNT records, with a little room that no record fits in. */
static long read_records(int cpu, unsigned int count)
{
	static struct rp_record recs[MAX_RECORDS + 1];
	size_t size = count * sizeof(*recs) + random_below(sizeof(*recs));
	ssize_t len = read(rings[cpu].fd, recs, size);
	ssize_t i, n = len / (ssize_t)sizeof(*recs);

	if (len < 0)
		err(1, "cpu%d: read", cpu);
	if (len % sizeof(*recs) || n > count)
		errx(1, "cpu%d: asked for %u records, got %zd bytes", cpu, count, len);
	for (i = 0; i < n; i++)
		take(cpu, &recs[i]);
	return n;
}

static void read_some(int cpu)
{
	read_records(cpu, 1 + random_below(MAX_RECORDS));
}

/* What poll() promised must be there: nobody else takes it. */
static void poll_all(int cpu)
{
	struct pollfd fds[MAX_CPUS];
	int i;

	(void)cpu;
	for (i = 0; i < cpus; i++)
		fds[i] = (struct pollfd){ .fd = rings[i].fd, .events = POLLIN };
	if (poll(fds, cpus, random_below(300)) < 0) {
		if (errno == EINTR)
			return;
		err(1, "poll");
	}
	for (i = 0; i < cpus; i++)
		if (fds[i].revents && (fds[i].revents != POLLIN || !read_records(i, MAX_RECORDS)))
			errx(1, "cpu%d: poll() said %#x, and nothing is there", i, fds[i].revents);
}

static void seek_to_start(int cpu)
{
	if (lseek(rings[cpu].fd, 0, SEEK_SET))
		err(1, "cpu%d: lseek to the start", cpu);
	begin(&rings[cpu], 0);
}

static void seek_to_end(int cpu)
{
	off_t seq = lseek(rings[cpu].fd, 0, SEEK_END);

	if (seq < 0 || (uint64_t)seq + 1 < rings[cpu].next)
		errx(1, "cpu%d: lseek to the end leads to %jd, behind %" PRIu64, cpu,
		     (intmax_t)seq, rings[cpu].next);
	begin(&rings[cpu], seq);
}

static void reopen(int cpu)
{
	close(rings[cpu].fd);
	rings[cpu].fd = open_cpu(cpu);
	if (rings[cpu].fd < 0)
		err(1, "cpu%d: reopen", cpu);
	begin(&rings[cpu], 0);
}

/* What is refused must be refused without a trace. */
static void misuse(int cpu)
{
	char little[8];

	if (read(rings[cpu].fd, little, sizeof(little)) != -1 || errno != EINVAL)
		errx(1, "cpu%d: a read of %zu bytes is not EINVAL", cpu, sizeof(little));
	if (lseek(rings[cpu].fd, 5, SEEK_SET) != -1 || errno != EINVAL)
		errx(1, "cpu%d: a seek to 5 is not EINVAL", cpu);
	if (read(rings[cpu].fd, nowhere, 4096) > 0)
		errx(1, "cpu%d: a read to a bad address succeeded", cpu);
}

/* Long enough to be overrun. */
static void sleep_in(int cpu)
{
	(void)cpu;
	usleep(random_below(800000));
}

static void (*const moods[])(int cpu) = {
	read_some, read_some, read_some, read_some, read_some, read_some, read_some, read_some,
	poll_all, poll_all, poll_all, poll_all, sleep_in, seek_to_start, seek_to_end, reopen,
	misuse,
};

static void finish_records(void)
{
	int cpu;

	for (cpu = 0; cpu < cpus; cpu++) {
		struct ring *ring = &rings[cpu];
		uint64_t last = newest(cpu);

		while (read_records(cpu, MAX_RECORDS))
			;
		if (ring->next != last + 1 || ring->start + ring->read + ring->lost != last)
			errx(1, "cpu%d: from %ju, %ju read and %ju lost, but %ju made",
			     cpu, ring->start, ring->read, ring->lost, last);
		printf("%d %" PRIu64 "\n", cpu, last);
	}
}

/* The oldest record that is held; of an empty ring, the one that is to come. */
static uint64_t oldest(int cpu)
{
	struct rp_record rec;
	uint64_t next = newest(cpu) + 1;

	if (lseek(rings[cpu].fd, 0, SEEK_SET))
		err(1, "cpu%d: lseek to the start", cpu);
	return read(rings[cpu].fd, &rec, sizeof(rec)) == sizeof(rec) ? rec.seq : next;
}

static char line[4096];
static size_t line_len;

static void take_line(void)
{
	uint64_t lost;
	int cpu;

	if (sscanf(line, "# cpu%d: %" SCNu64 " records lost", &cpu, &lost) == 2)
		rings[cpu].lost += lost;
	else if (sscanf(line, "%*u.%*u cpu%d %*s", &cpu) == 1 && strstr(line, ": "))
		rings[cpu].read++;
	else
		errx(1, "events: \"%s\"", line);
}

static ssize_t read_text(size_t size)
{
	char text[8192];
	ssize_t len = read(events_fd, text, size), i;

	if (len < 0)
		err(1, "events: read");
	for (i = 0; i < len; i++) {
		if (line_len == sizeof(line) - 1)
			errx(1, "events: a line without an end");
		line[line_len] = text[i] == '\n' ? 0 : text[i];
		if (line[line_len++])
			continue;
		line_len = 0;
		take_line();
	}
	return len;
}

/*
 * The first read after opening or rewinding decides where the reading begins:
 * maybe with one record that was just being overwritten when oldest() looked.
 */
static void begin_events(void)
{
	int cpu;

	line_len = 0;
	for (cpu = 0; cpu < cpus; cpu++) {
		begin(&rings[cpu], 0);
		rings[cpu].oldest_before = oldest(cpu) - 1;
	}
	read_text(4096);
	for (cpu = 0; cpu < cpus; cpu++)
		rings[cpu].oldest_after = oldest(cpu);
}

static void one_event_mood(void)
{
	struct pollfd fd = { .fd = events_fd, .events = POLLIN };
	unsigned int mood = random_below(20);

	if (mood < 13)
		read_text(1 + random_below(8192));
	else if (mood < 18)
		poll(&fd, 1, random_below(300));
	else if (mood < 19)
		sleep_in(0);
	else if (lseek(events_fd, 0, SEEK_SET))
		err(1, "events: lseek to the start");
	else
		begin_events();
}

static void finish_events(void)
{
	int cpu;

	/* A reading stops where the rings ended when it began. */
	while (read_text(8192))
		;
	while (read_text(8192))
		;
	for (cpu = 0; cpu < cpus; cpu++) {
		struct ring *ring = &rings[cpu];
		uint64_t last = newest(cpu), seen = ring->read + ring->lost;

		if (seen + ring->oldest_after < last + 1 || seen + ring->oldest_before > last + 1)
			errx(1, "events: cpu%d: from %ju to %ju, %ju read and %ju lost, but %ju made",
			     cpu, ring->oldest_before, ring->oldest_after, ring->read, ring->lost,
			     last);
		printf("%d %" PRIu64 "\n", cpu, last);
	}
}

int main(int argc, char **argv)
{
	int text = argc == 3 && !strcmp(argv[1], "-e");

	if (argc != 2 + text || !isdigit(argv[argc - 1][0]))
		errx(2, "usage: life_reader [-e] SEED");
	/* Two seeds that differ by one shall not begin alike. */
	state = (strtoull(argv[argc - 1], NULL, 10) + 1) * 0x9e3779b97f4a7c15ULL;
	nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (nowhere == MAP_FAILED)
		err(1, "mmap");
	signal(SIGTERM, finish);

	for (; cpus < MAX_CPUS; cpus++) {
		rings[cpus].fd = open_cpu(cpus);
		rings[cpus].end_fd = open_cpu(cpus);
		if (rings[cpus].fd < 0 || rings[cpus].end_fd < 0)
			break;
		begin(&rings[cpus], 0);
	}
	if (!cpus)
		errx(1, "no " DIRECTORY "cpu0");

	if (text) {
		events_fd = open_file("events");
		if (events_fd < 0)
			errx(1, "no " DIRECTORY "events");
		begin_events();
	}
	while (!finishing) {
		usleep(random_below(16000));	/* others want the processor, too */
		if (text)
			one_event_mood();
		else
			moods[random_below(sizeof(moods) / sizeof(*moods))](random_below(cpus));
	}
	if (text)
		finish_events();
	else
		finish_records();
	return 0;
}
