// SPDX-License-Identifier: GPL-2.0
/* A directory of the contract's files, live or recorded. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <routeprobe.h>

#include "lib/names.h"
#include "lib/util.h"
#include "source/diagnose.h"
#include "source/source.h"

#define RP_SOURCE_TEXT_MAX	(8 << 20)
#define RP_SOURCE_CPUS_MAX	4096
#define RP_SOURCE_PROBES_MAX	1024
#define RP_SOURCE_CALLERS_MAX	65536
#define RP_SOURCE_CALLER_LEN	128
#define RP_SOURCE_STACKS_MAX	(32 << 20)	/* bytes: a full table is 8 MiB at most */
#define RP_SOURCE_REASONS_MAX	(64 << 10)	/* bytes: a kernel has some 3 KiB */
#define RP_SOURCE_REASON_LEN	48

/* Names a part that could not be read; the rest goes on. */
void rp_source_damage(struct rp_source *src, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rp_util_warn("%s: %s", src->dir, text);
	src->damaged++;
}

/* "MAJOR.MINOR" */
static void rp_source_set_abi(struct rp_source *src, const char *value)
{
	char major[8] = "";
	size_t len = strcspn(value, ".");

	if (!value[len] || len >= sizeof(major))
		return;
	memcpy(major, value, len);
	rp_util_u64(major, UINT16_MAX, &src->major);
	rp_util_u64(value + len + 1, UINT16_MAX, &src->minor);
}

static int rp_source_read_version(struct rp_source *src)
{
	char *text = rp_util_read(src->dirfd, "version", 65536);
	const char *key, *value;
	char *rest = text, *line;

	if (!text)
		return rp_trouble_open(src->dir, "version", src->recording);
	while ((line = rp_util_line(&rest))) {
		if (!rp_util_keyval(line, &key, &value))
			continue;
		if (!strcmp(key, "routeprobe"))
			rp_util_clean(src->version, sizeof(src->version), value, SIZE_MAX);
		else if (!strcmp(key, "kernel"))
			rp_util_clean(src->kernel, sizeof(src->kernel), value, SIZE_MAX);
		else if (!strcmp(key, "record"))
			rp_util_u64(value, UINT16_MAX, &src->record_size);
		else if (!strcmp(key, "abi"))
			rp_source_set_abi(src, value);
	}
	free(text);
	return rp_trouble_version(src);
}

/* Columns of the file "probes", found by their names: a later minor may have more. */
enum {
	RP_COLUMN_ID, RP_COLUMN_NAME, RP_COLUMN_KIND, RP_COLUMN_GROUP, RP_COLUMN_STATE,
	RP_COLUMN_RECORDED, RP_COLUMN_FILTERED, RP_COLUMN_MISSED, RP_COLUMN_HOOK, RP_COLUMN_USE,
	RP_COLUMNS
};

static const char *const rp_source_columns[RP_COLUMNS] = {
	"#id", "name", "kind", "group", "state", "recorded", "filtered", "missed", "hook", "use",
};

#define RP_SOURCE_FIELDS	32

static size_t rp_source_split(char *line, char *field[RP_SOURCE_FIELDS])
{
	size_t n = 0;

	while (n < RP_SOURCE_FIELDS && (field[n] = strsep(&line, "\t")))
		n++;
	return n;
}

static void rp_source_find_columns(char *line, size_t column[RP_COLUMNS])
{
	char *field[RP_SOURCE_FIELDS];
	size_t n = rp_source_split(line, field), i, j;

	for (i = 0; i < RP_COLUMNS; i++)
		for (j = 0; j < n; j++)
			if (!strcmp(field[j], rp_source_columns[i]))
				column[i] = j;
}

static void rp_source_add_probe(struct rp_source *src, char *line,
				const size_t column[RP_COLUMNS])
{
	char *field[RP_SOURCE_FIELDS], *value[RP_COLUMNS];
	size_t n = rp_source_split(line, field), i;
	struct rp_probe *p;
	uint64_t id;

	for (i = 0; i < RP_COLUMNS; i++) {
		if (column[i] >= n)
			return;
		value[i] = field[column[i]];
	}
	if (!rp_util_u64(value[RP_COLUMN_ID], RP_SOURCE_PROBES_MAX - 1, &id))
		return;
	if (id >= src->nprobes) {
		src->probes = rp_util_grow(src->probes, id + 1, sizeof(*p));
		memset(src->probes + src->nprobes, 0,
		       (id + 1 - src->nprobes) * sizeof(*p));
		src->nprobes = id + 1;
	}
	p = &src->probes[id];
	p->known = true;
	p->kind = rp_names_kind_value(value[RP_COLUMN_KIND]);
	rp_util_clean(p->name, sizeof(p->name), value[RP_COLUMN_NAME], SIZE_MAX);
	rp_util_clean(p->group, sizeof(p->group), value[RP_COLUMN_GROUP], SIZE_MAX);
	rp_util_clean(p->state, sizeof(p->state), value[RP_COLUMN_STATE], SIZE_MAX);
	rp_util_clean(p->hook, sizeof(p->hook), value[RP_COLUMN_HOOK], SIZE_MAX);
	rp_util_u64(value[RP_COLUMN_RECORDED], UINT64_MAX, &p->recorded);
	rp_util_u64(value[RP_COLUMN_FILTERED], UINT64_MAX, &p->filtered);
	rp_util_u64(value[RP_COLUMN_MISSED], UINT64_MAX, &p->missed);
	rp_util_clean(p->use, sizeof(p->use), value[RP_COLUMN_USE], SIZE_MAX);
}

int rp_source_read_probes(struct rp_source *src)
{
	char *text = rp_util_read(src->dirfd, "probes", RP_SOURCE_TEXT_MAX);
	char *rest = text, *line;
	size_t column[RP_COLUMNS], i;

	if (!text)
		return -1;
	for (i = 0; i < RP_COLUMNS; i++)
		column[i] = i;
	while ((line = rp_util_line(&rest))) {
		if (*line == '#')
			rp_source_find_columns(line, column);
		else
			rp_source_add_probe(src, line, column);
	}
	free(text);
	return 0;
}

/* An empty name stands for one that was asked for in vain. */
static void rp_source_set_caller(struct rp_source *src, uint64_t id, const char *name)
{
	if (id >= src->ncallers) {
		src->callers = rp_util_grow(src->callers, id + 1, sizeof(char *));
		memset(src->callers + src->ncallers, 0,
		       (id + 1 - src->ncallers) * sizeof(char *));
		src->ncallers = id + 1;
	}
	if (src->callers[id] && *src->callers[id])
		return;
	free(src->callers[id]);
	src->callers[id] = rp_util_alloc(1, RP_SOURCE_CALLER_LEN);
	rp_util_clean(src->callers[id], RP_SOURCE_CALLER_LEN, name,
		      strcspn(name, "+ \t"));
}

static void rp_source_add_caller(struct rp_source *src, char *line)
{
	const char *key, *value;
	uint64_t id;

	if (rp_util_keyval(line, &key, &value) && *value != '?' &&
	    rp_util_u64(key, RP_SOURCE_CALLERS_MAX - 1, &id))
		rp_source_set_caller(src, id, value);
}

static int rp_source_read_callers(struct rp_source *src)
{
	char *text = rp_util_read(src->dirfd, "callers", RP_SOURCE_TEXT_MAX);
	char *rest = text, *line;

	if (!text)
		return -1;
	while ((line = rp_util_line(&rest)))
		rp_source_add_caller(src, line);
	free(text);
	return 0;
}

static int rp_source_read_stacks(struct rp_source *src)
{
	char *text = rp_util_read(src->dirfd, "stacks", RP_SOURCE_STACKS_MAX);

	if (!text)
		return -1;
	rp_stacks_parse(&src->stacks, text);
	free(text);
	return 0;
}

static void rp_source_add_reason(struct rp_source *src, char *line)
{
	char name[RP_SOURCE_REASON_LEN];
	const char *key, *value;
	uint64_t number;

	if (!rp_util_keyval(line, &key, &value) ||
	    !rp_util_u64(key, INT32_MAX, &number) || !number)
		return;
	rp_util_clean(name, sizeof(name), value, strcspn(value, " \t"));
	if (*name)
		rp_map_set(&src->reasons, number, name);
}

static int rp_source_read_reasons(struct rp_source *src)
{
	char *text = rp_util_read(src->dirfd, "reasons", RP_SOURCE_REASONS_MAX);
	char *rest = text, *line;

	if (!text)
		return -1;
	while ((line = rp_util_line(&rest)))
		rp_source_add_reason(src, line);
	free(text);
	return 0;
}

static int rp_source_read_session(struct rp_source *src)
{
	struct rp_session *s = &src->session;

	if (!src->recording) {
		memset(s, 0, sizeof(*s));
		s->start_ns = rp_util_now(CLOCK_MONOTONIC);
		rp_session_watch_clocks(s);
		return 0;
	}
	if (rp_session_read(s, src->dirfd)) {
		rp_source_damage(src, RP_SESSION_FILE ": %s; times are since boot",
				 errno == EINVAL ? "not JSON" : strerror(errno));
		return 0;
	}
	if (*s->byte_order && strcmp(s->byte_order, rp_session_byte_order()))
		return rp_util_err("%s: recorded on a %s-endian machine, this one is %s-endian: report it on one like that",
				   src->dir, s->byte_order, rp_session_byte_order());
	if (!s->complete)
		rp_source_damage(src, "the recording was not finished%s%s",
				 *s->ended ? ": " : "", s->ended);
	return 0;
}

int rp_source_open(struct rp_source *src, const char *dir, bool recording)
{
	memset(src, 0, sizeof(*src));
	src->recording = recording;
	src->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (src->dirfd < 0 && errno == ENOENT && !strcmp(dir, RP_SOURCE_LIVE_DIR))
		src->dirfd = open(RP_SOURCE_OTHER_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (src->dirfd < 0)
		return rp_trouble_open(dir, NULL, recording);
	src->dir = strdup(dir);
	if (!src->dir || rp_source_read_version(src) ||
	    rp_source_read_session(src)) {
		rp_source_close(src);
		return -1;
	}
	if (rp_source_read_probes(src))
		rp_source_damage(src, "probes: %s", strerror(errno));
	if (rp_source_read_callers(src))
		rp_source_damage(src, "callers: %s", strerror(errno));
	if (rp_source_read_stacks(src))
		rp_source_damage(src, "stacks: %s", strerror(errno));
	if (rp_source_read_reasons(src))
		rp_source_damage(src, "reasons: %s", strerror(errno));
	return 0;
}

void rp_source_close(struct rp_source *src)
{
	size_t i;

	for (i = 0; i < src->nstreams; i++)
		rp_stream_exit(&src->streams[i]);
	for (i = 0; i < src->ncallers; i++)
		free(src->callers[i]);
	rp_stacks_clear(&src->stacks);
	rp_map_clear(&src->reasons);
	rp_session_free(&src->session);
	free(src->streams);
	free(src->callers);
	free(src->probes);
	free(src->dir);
	if (src->dirfd >= 0)
		close(src->dirfd);
	memset(src, 0, sizeof(*src));
	src->dirfd = -1;
}

static void rp_source_raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void rp_source_start(struct rp_source *src, struct rp_stream *s,
			    enum rp_source_mode mode)
{
	struct stat st;
	off_t newest;

	s->follow = mode != RP_SOURCE_WHOLE;
	if (fstat(s->fd, &st))
		st.st_size = 0;
	if (mode == RP_SOURCE_FOLLOW && !src->recording) {
		newest = lseek(s->fd, 0, SEEK_END);
		/* A ring may say where it is; a plain file says its size. */
		if (newest >= 0 && !st.st_size)
			s->begin_seq = newest;
	} else if (src->recording) {
		s->room = st.st_size;
		s->begin_seq = rp_session_begin_seq(&src->session, s->cpu);
	} else if (mode == RP_SOURCE_WHOLE) {
		s->until_ns = rp_util_now(CLOCK_MONOTONIC);
	}
	if (src->recording || mode == RP_SOURCE_FOLLOW)
		s->begin_ns = src->session.start_ns;
}

static void rp_source_add_stream(struct rp_source *src, unsigned int cpu,
				 const char *name, enum rp_source_mode mode, bool packed)
{
	struct rp_stream *s;
	int fd;

	fd = rp_util_open(src->dirfd, name);
	if (fd < 0) {
		rp_source_damage(src, "%s: %s", name, errno == EMEDIUMTYPE ?
				 "not a plain file" : strerror(errno));
		return;
	}
	src->streams = rp_util_grow(src->streams, src->nstreams + 1, sizeof(*s));
	s = &src->streams[src->nstreams++];
	rp_stream_init(s, cpu, fd);
	if (packed)
		rp_stream_unpack(s);
	rp_source_start(src, s, mode);
}

/* Every cpuN or packedN that is there, by number; a hole is named for a recording. */
int rp_source_streams(struct rp_source *src, enum rp_source_mode mode)
{
	bool there[RP_SOURCE_CPUS_MAX] = { false };
	const char *prefix = src->recording ? "packed" : "cpu";
	struct dirent *entry;
	size_t cpu, last = 0;
	uint64_t number;
	char name[16];
	DIR *d;
	int fd;

	rp_source_raise_files();
	fd = openat(src->dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return rp_util_err("%s: %s", src->dir, strerror(errno));
	while ((entry = readdir(d)))
		if (!strncmp(entry->d_name, prefix, strlen(prefix)) &&
		    rp_util_u64(entry->d_name + strlen(prefix), RP_SOURCE_CPUS_MAX - 1, &number))
			there[number] = true;
	closedir(d);
	if (src->recording)
		last = src->session.cpus;
	for (cpu = 0; cpu < RP_SOURCE_CPUS_MAX; cpu++) {
		snprintf(name, sizeof(name), "%s%zu", prefix, cpu);
		if (there[cpu])
			rp_source_add_stream(src, cpu, name, mode, src->recording);
		else if (cpu < last && faccessat(src->dirfd, name, F_OK, 0))
			rp_source_damage(src, "%s: missing", name);
	}
	if (!src->nstreams)
		return rp_util_err("%s: no records: there is no file %s0", src->dir, prefix);
	return 0;
}

/* A file that was cut off between two records looks whole, but for their number. */
static void rp_source_missing(struct rp_source *src)
{
	uint64_t records = rp_source_records(src), recorded = src->session.records;
	size_t i;

	for (i = 0; i < src->nstreams; i++)
		if (!src->streams[i].ended)
			return;		/* nobody wanted the rest */
	if (src->recording && src->session.complete && records < recorded)
		rp_source_damage(src, "%llu of %llu records are missing",
				 (unsigned long long)(recorded - records),
				 (unsigned long long)recorded);
}

/* Once at the end: which streams stopped before their end, and why. */
void rp_source_damaged_streams(struct rp_source *src)
{
	const struct rp_stream *s;
	bool known = false;
	size_t i;

	for (i = 0; i < src->nstreams; i++) {
		s = &src->streams[i];
		if (!s->damage)
			continue;
		known = true;
		rp_source_damage(src, "%s%u: after %llu records: %s; the rest is left out",
				 s->packed ? "packed" : "cpu", s->cpu,
				 (unsigned long long)s->records, s->damage);
	}
	if (!known)
		rp_source_missing(src);
}

const struct rp_probe *rp_source_probe(const struct rp_source *src, unsigned int id)
{
	if (id >= src->nprobes || !src->probes[id].known)
		return NULL;
	return &src->probes[id];
}

/* A probe that is armed and makes records of this kind; 0: there is none. */
unsigned int rp_source_armed(const struct rp_source *src, unsigned int kind)
{
	size_t i;

	for (i = 0; i < src->nprobes; i++)
		if (src->probes[i].known && src->probes[i].kind == kind &&
		    !strcmp(src->probes[i].state, "armed"))
			return i;
	return 0;
}

/* The kernel's functions of IPv6 have a 6 in their names, and those of IPv4 have none. */
unsigned int rp_source_armed_of(const struct rp_source *src, unsigned int kind,
				unsigned int family)
{
	bool wanted = family == AF_INET6;
	const struct rp_probe *probe;
	size_t i;

	for (i = 0; i < src->nprobes; i++) {
		probe = &src->probes[i];
		if (probe->known && probe->kind == kind && !strcmp(probe->state, "armed") &&
		    !!strchr(probe->name, '6') == wanted)
			return i;
	}
	return 0;
}

uint64_t rp_source_missed(const struct rp_source *src)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < src->nprobes; i++)
		sum += src->probes[i].missed;
	return sum;
}

uint64_t rp_source_records(const struct rp_source *src)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < src->nstreams; i++)
		sum += src->streams[i].records;
	return sum;
}

uint64_t rp_source_lost(const struct rp_source *src)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < src->nstreams; i++)
		sum += src->streams[i].lost;
	return sum;
}

/* The live table grows, so an unknown id is looked for once more. */
const char *rp_source_caller(struct rp_source *src, uint32_t id)
{
	if (!id || id >= RP_SOURCE_CALLERS_MAX)
		return NULL;
	if (id >= src->ncallers || !src->callers[id]) {
		if (src->recording)
			return NULL;
		rp_source_read_callers(src);
		rp_source_set_caller(src, id, "");
	}
	return *src->callers[id] ? src->callers[id] : NULL;
}

const struct rp_stack *rp_source_stack(struct rp_source *src, uint32_t id)
{
	const struct rp_stack *stack = id ? rp_stacks_get(&src->stacks, id) : NULL;

	if (!id || stack || src->recording)
		return stack;
	rp_source_read_stacks(src);
	rp_stacks_forget(&src->stacks, id);
	return rp_stacks_get(&src->stacks, id);
}

const char *rp_source_reason(const struct rp_source *src, int err)
{
	return err > 0 ? rp_map_get(&src->reasons, err) : NULL;
}
