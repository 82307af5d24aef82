/* SPDX-License-Identifier: GPL-2.0 */
/* A directory that grows as the module's does: a fixture "live", and commands on it. */
#ifndef LIVE_H
#define LIVE_H

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

static inline int run_record(void *arg)
{
	struct rp_options *o = arg;

	return rp_cmd_record(o);
}

static inline int run_watch(void *arg)
{
	return rp_cmd_watch(arg);
}

static inline int run_dump(void *arg)
{
	return rp_cmd_dump(arg);
}

static inline int run_hist(void *arg)
{
	return rp_cmd_hist(arg);
}

static inline int run_status(void *arg)
{
	return rp_cmd_status(arg);
}

static inline int run_report(void *arg)
{
	return rp_cmd_report(arg);
}

#define RUN(what) rp_fake_run(run_##what, &self->options, &self->out, &self->err)
#define HAS(text, words) do {						\
	const char *in_ = (text), *has_ = (words);			\
									\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("%s: %s", has_, in_);	\
} while (0)

static inline off_t size_of(const struct rp_fake *f, const char *name)
{
	struct stat st;
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	return stat(path, &st) ? -1 : st.st_size;
}

/* Of a packed file, that has nothing else; or -1 */
static inline int records_of(const struct rp_fake *f, const char *name)
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
static inline void stage(struct rp_fake *f, uint64_t seq, unsigned int count)
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
		"d=%s; cat $d/staged >>$d/cpu0; [ ! -e $d/known ] || cat $d/known >>$d/callers; " \
		"kill -CONT $PPID; "
#define TEXT_MAX	512

static inline void command(struct rp_options *o, char **words, char *text, size_t size,
			   const struct rp_fake *f, const char *after)
{
	snprintf(text, size, APPEND "%s", f->dir, after);
	words[0] = "sh";
	words[1] = "-c";
	words[2] = text;
	words[3] = NULL;
	o->words = words;
	o->nwords = 3;
}

static inline pid_t later(struct rp_fake *f, const char *after)
{
	pid_t pid = fork();
	char text[TEXT_MAX];

	if (pid)
		return pid;
	snprintf(text, sizeof(text), APPEND "%s %d", f->dir, after, getppid());
	execl("/bin/sh", "sh", "-c", text, NULL);
	_exit(1);
}

#endif
