// SPDX-License-Identifier: GPL-2.0
/*
 * A recording in the making.  At any moment the directory is a recording: the
 * files that explain the records are written first, records are appended
 * whole, and at the end the former are written again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "cmd/recorder.h"
#include "fib/names.h"
#include "lib/buf.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "source/pack.h"
#include "source/stop.h"
#include "words/format.h"
#include "words/json.h"

#define RP_RECORDER_BATCH	4096	/* records read at once: each look costs what 60 do */
/* Kept free for the last copies of the files that explain the records */
#define RP_RECORDER_RESERVE	(256 << 10)

static const char * const rp_recorder_texts[] = { RP_FOLDER_TEXTS };

static int rp_recorder_explain(struct rp_recorder *r)
{
	size_t i;
	int failed = 0;

	for (i = 0; i < RP_ARRAY_SIZE(rp_recorder_texts); i++)
		if (rp_folder_copy(&r->to, r->src.dirfd, rp_recorder_texts[i]))
			failed = rp_folder_err(&r->to, rp_recorder_texts[i]);
	return failed;
}

static int rp_recorder_fib(struct rp_recorder *r, const char *name)
{
	int fd = rp_folder_create(&r->to, name, O_TRUNC);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	struct rp_fib fib;
	int failed;

	if (!out)
		return rp_folder_err(&r->to, name);
	rp_fib_init(&fib);
	failed = rp_fib_snapshot(&fib, out);
	if (fib.failed)
		rp_util_warn("%s: %u network namespaces could not be asked for all: they changed meanwhile, or went",
			     name, fib.failed);
	rp_fib_exit(&fib);
	if (fclose(out) || failed)
		return rp_folder_err(&r->to, name);
	return 0;
}

/*
 * Beside the recording: a million routes take seconds, in which a ring goes round.  What
 * ends the recording does not end its snapshot.
 */
pid_t rp_recorder_fork(void)
{
	pid_t pid = rp_util_fork();
	sigset_t all;

	if (!pid) {
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, NULL);
	}
	return pid;
}

static void rp_recorder_describe(struct rp_recorder *r, char **command)
{
	struct rp_session *s = &r->session;
	struct utsname uts;
	size_t len = 0;

	memset(s, 0, sizeof(*s));
	uname(&uts);
	snprintf(s->byte_order, sizeof(s->byte_order), "%s", rp_session_byte_order());
	snprintf(s->reader, sizeof(s->reader), "%s", ROUTEPROBE_VERSION);
	snprintf(s->kernel, sizeof(s->kernel), "%s", uts.release);
	snprintf(s->hostname, sizeof(s->hostname), "%s", uts.nodename);
	for (; *command && len < sizeof(s->command); command++)
		len += snprintf(s->command + len, sizeof(s->command) - len, "%s%s",
				len ? " " : "", *command);
	s->cpus = r->src.streams[r->src.nstreams - 1].cpu + 1;
	s->start_ns = rp_util_now(CLOCK_MONOTONIC);
	rp_session_watch_clocks(s);
}

/* Most of a batch, but not so much that a ring is full before the next look */
static uint64_t rp_recorder_wanted(const struct rp_recorder *r)
{
	char *text = rp_util_read(r->src.dirfd, "stats", RP_FOLDER_TEXT_MAX);
	uint64_t wanted = RP_RECORDER_BATCH * 3 / 4, records;
	const char *key, *value;
	char *rest = text, *line;

	while ((line = rp_util_line(&rest)))
		if (rp_util_keyval(line, &key, &value) && !strcmp(key, "records_per_cpu") &&
		    rp_util_u64(value, UINT64_MAX, &records) && records / 4 < wanted)
			wanted = records / 4;
	free(text);
	return wanted ? wanted : 1;
}

static int rp_recorder_open_cpus(struct rp_recorder *r)
{
	char name[16];
	size_t i;

	r->read = rp_util_alloc(RP_RECORDER_BATCH, sizeof(*r->read));
	/* Its pages are there before the first records are: the module would have to wait. */
	memset(r->read, 0, RP_RECORDER_BATCH * sizeof(*r->read));
	r->packed = rp_util_alloc(RP_RECORDER_BATCH, RP_PACK_MAX);
	r->packs = rp_util_alloc(r->src.nstreams, sizeof(*r->packs));
	r->fds = rp_util_alloc(r->src.nstreams, sizeof(*r->fds));
	for (i = 0; i < r->src.nstreams; i++)
		r->fds[i] = -1;
	for (i = 0; i < r->src.nstreams; i++) {
		snprintf(name, sizeof(name), "packed%u", r->src.streams[i].cpu);
		r->fds[i] = rp_folder_create(&r->to, name, O_TRUNC | O_APPEND);
		if (r->fds[i] < 0)
			return rp_folder_err(&r->to, name);
	}
	return 0;
}

/* Where each CPU began, and what it lost since: a report counts the same. */
static int rp_recorder_write_session(struct rp_recorder *r)
{
	const struct rp_stream *s;
	size_t i;

	rp_session_free(&r->session);
	for (i = 0; i < r->src.nstreams; i++) {
		s = &r->src.streams[i];
		rp_session_add_cpu(&r->session, s->cpu, s->begin_seq, s->lost);
	}
	return rp_session_write(&r->session, r->session_fd);
}

void rp_recorder_name(char *buf, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(buf, size, "routeprobe-%Y%m%d-%H%M%S", &tm);
}

/*
 * A file never ends in half a record.  Returns how many of @count were taken; fewer
 * set r->error.
 */
static size_t rp_recorder_write(struct rp_recorder *r, int fd, size_t len, size_t count)
{
	ssize_t n = write(fd, r->packed, len);
	off_t end;

	if (n >= 0 && (size_t)n == len)
		return count;
	r->error = n < 0 ? errno : ENOSPC;
	n = n > 0 ? n : 0;
	end = lseek(fd, 0, SEEK_END) - n;
	if (ftruncate(fd, end + rp_pack_whole(r->packed, n, &count)))
		rp_util_warn("%s: %s", r->to.path, strerror(errno));
	return count;
}

/* One read of one CPU */
static int64_t rp_recorder_copy_stream(struct rp_recorder *r, size_t i)
{
	struct rp_stream *s = &r->src.streams[i];
	const struct rp_record *rec = r->read;
	ssize_t n = read(s->fd, r->read, RP_RECORDER_BATCH * sizeof(*rec));
	size_t count, len;

	if (n < 0 && errno != EINTR && errno != EAGAIN) {
		s->ended = true;
		s->damage = strerror(errno);
	}
	if (n < (ssize_t)sizeof(*rec))
		return 0;
	count = n / sizeof(*rec);
	len = rp_pack(&r->packs[i], r->packed, rec, count);
	count = rp_recorder_write(r, r->fds[i], len, count);
	if (count)
		rp_stream_account(s, rec, count);
	return r->error ? -1 : (int64_t)count;
}

int64_t rp_recorder_copy(struct rp_recorder *r)
{
	int64_t n, most = 0;
	size_t i;

	if (rp_session_watch_clocks(&r->session) && rp_recorder_write_session(r)) {
		r->error = errno;
		return -1;
	}
	for (i = 0; i < r->src.nstreams; i++) {
		if (r->src.streams[i].ended)
			continue;
		n = rp_recorder_copy_stream(r, i);
		if (n < 0)
			return -1;
		if (n > most)
			most = n;
	}
	return most;
}

static int rp_recorder_snapshot(struct rp_recorder *r)
{
	pid_t pid = rp_recorder_fork();
	int status = -1;
	int64_t n;

	if (pid < 0)
		return -1;
	if (!pid)
		_exit(rp_recorder_fib(r, "fib.json") ? 1 : 0);
	while (!waitpid(pid, &status, WNOHANG)) {
		n = r->error ? 0 : rp_recorder_copy(r);
		rp_stop_pace(n > 0 ? n : 0, r->wanted);
	}
	return status ? -1 : 0;
}

static int rp_recorder_begin(struct rp_recorder *r, char **command)
{
	int fd;

	if (rp_recorder_explain(r) || rp_recorder_open_cpus(r))
		return -1;
	fd = rp_folder_create(&r->to, ".reserve", O_TRUNC);
	if (fd >= 0) {
		posix_fallocate(fd, 0, RP_RECORDER_RESERVE);
		close(fd);
	}
	r->session_fd = rp_folder_create(&r->to, RP_SESSION_FILE, O_TRUNC);
	/* From here on changes are recorded, so the snapshot loses none. */
	rp_recorder_describe(r, command);
	if (rp_recorder_write_session(r))
		return rp_folder_err(&r->to, RP_SESSION_FILE);
	r->wanted = rp_recorder_wanted(r);
	return rp_recorder_snapshot(r);
}

static int rp_recorder_open(struct rp_recorder *r, const char *from, const char *to,
			    enum rp_source_mode mode, char **command)
{
	memset(r, 0, sizeof(*r));
	r->to.dirfd = -1;
	r->session_fd = -1;
	if (rp_source_open(&r->src, from, false))
		return -1;
	if (rp_folder_make(&r->to, to) || rp_source_streams(&r->src, mode) ||
	    rp_recorder_begin(r, command)) {
		rp_recorder_close(r);
		return -1;
	}
	return 0;
}

int rp_recorder_start(struct rp_recorder *r, const char *from, const char *to,
		      char **command)
{
	if (rp_recorder_open(r, from, to, RP_SOURCE_FOLLOW, command))
		return -1;
	r->missed_before = rp_source_missed(&r->src);
	rp_util_warn("recording into %s%s", to, *command ? "" : "; interrupt to end");
	return 0;
}

/* Up to the moment at which the recording was to end, not for ever. */
static int rp_recorder_drain(struct rp_recorder *r)
{
	uint64_t until = rp_util_now(CLOCK_MONOTONIC);
	struct rp_stream *s;
	int64_t n;
	size_t i;

	for (i = 0; i < r->src.nstreams; i++) {
		s = &r->src.streams[i];
		do {
			n = s->ended ? 0 : rp_recorder_copy_stream(r, i);
		} while (n > 0 && s->end_ns <= until);
		if (n < 0)
			return -1;
	}
	return 0;
}

static void rp_recorder_summarize(struct rp_recorder *r)
{
	struct rp_session *s = &r->session;

	s->end_ns = rp_util_now(CLOCK_MONOTONIC);
	s->records = rp_source_records(&r->src);
	s->lost = rp_source_lost(&r->src);
	if (!rp_source_read_probes(&r->src))
		s->missed = rp_source_missed(&r->src) - r->missed_before;
	s->complete = !r->error;
	snprintf(s->ended, sizeof(s->ended), "%s",
		 r->error ? strerror(r->error) : "");
}

static int rp_recorder_complete(struct rp_recorder *r)
{
	rp_recorder_summarize(r);
	if (rp_recorder_write_session(r))
		return rp_folder_err(&r->to, RP_SESSION_FILE);
	return 0;
}

static void rp_recorder_say_json(const struct rp_recorder *r, const char *kind)
{
	struct rp_buf b = { 0 };

	rp_json_open(&b, NULL, '{');
	rp_json_string(&b, "kind", kind);
	rp_json_string(&b, "recording", r->to.path);
	rp_json_number(&b, "records", r->session.records);
	rp_json_number(&b, "lost", r->session.lost);
	rp_json_number(&b, "missed", r->session.missed);
	rp_json_bool(&b, "complete", r->session.complete);
	rp_buf_text(&b, "}\n");
	rp_buf_flush(&b, stdout);
	rp_buf_exit(&b);
}

static void rp_recorder_say(const struct rp_recorder *r, enum rp_dump_say say)
{
	const struct rp_session *s = &r->session;
	struct rp_text path = { "", 0 };

	rp_format_quoted(&path, r->to.path);
	if (say == RP_DUMP_JSON || say == RP_RECORD_JSON)
		rp_recorder_say_json(r, say == RP_DUMP_JSON ? "dump" : "record");
	else if (say == RP_DUMP_NAMED)
		printf("%s\n", path.text);
	else if (say == RP_DUMP_TOLD)
		fprintf(rp_wrap(stderr), "%llu records, %llu lost, %llu missed by probes: routeprobe report -i %s\n",
			(unsigned long long)s->records, (unsigned long long)s->lost,
			(unsigned long long)s->missed, path.text);
}

int rp_recorder_finish(struct rp_recorder *r, bool failed, enum rp_dump_say say)
{
	if (!failed)
		rp_recorder_drain(r);
	unlinkat(r->to.dirfd, ".reserve", 0);
	failed = rp_recorder_explain(r) || rp_recorder_complete(r);
	if (!r->error && !failed)
		failed = rp_recorder_fib(r, "names.json");
	rp_source_damaged_streams(&r->src);
	if (r->error)
		rp_util_warn("%s: %s: the recording ends here", r->to.path,
			     strerror(r->error));
	rp_recorder_say(r, say);
	return failed || r->error || r->src.damaged ? RP_EXIT_DAMAGED : RP_EXIT_OK;
}

void rp_recorder_close(struct rp_recorder *r)
{
	size_t i;

	for (i = 0; r->fds && i < r->src.nstreams; i++)
		if (r->fds[i] >= 0)
			close(r->fds[i]);
	free(r->fds);
	free(r->read);
	free(r->packed);
	free(r->packs);
	rp_session_free(&r->session);
	if (r->session_fd >= 0)
		close(r->session_fd);
	rp_folder_close(&r->to);
	rp_source_close(&r->src);
}

int rp_recorder_dump(const char *from, const char *to, enum rp_dump_say say)
{
	char *no_command[] = { NULL };
	struct rp_recorder r;
	int status;

	if (rp_recorder_open(&r, from, to, RP_SOURCE_WHOLE, no_command))
		return RP_EXIT_ERROR;
	status = rp_recorder_finish(&r, false, say);
	rp_recorder_close(&r);
	return status;
}
