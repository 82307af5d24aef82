// SPDX-License-Identifier: GPL-2.0
/*
 * A smaller recording.  A first reading notes the numbers of all records that make up
 * what the filter keeps; a second copies these as they come, which is the order that
 * every reader expects.  Changes are kept whatever the filter says, as the module does:
 * failures are explained by them, and tables followed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/extract.h"
#include "cmd/folder.h"
#include "lib/util.h"
#include "source/pack.h"
#include "story/decision.h"
#include "story/pipeline.h"

#define RP_EXTRACT_BATCH	1024	/* records written at once */

/* The records of one CPU that are kept, by their numbers */
struct rp_extract_cpu {
	uint64_t *seqs;
	size_t count, size;
};

struct rp_extract {
	struct rp_reading reading;
	struct rp_folder to;
	struct rp_extract_cpu *cpus;
	size_t ncpus;
	uint64_t records, lost;
	struct rp_record *batch;
	char *packed;
};

static void rp_extract_note(struct rp_extract *x, const struct rp_record *rec)
{
	struct rp_extract_cpu *cpu;

	if (rec->cpu >= x->ncpus)
		return;
	cpu = &x->cpus[rec->cpu];
	if (cpu->count == cpu->size) {
		cpu->size = cpu->size ? 2 * cpu->size : 64;
		cpu->seqs = rp_util_grow(cpu->seqs, cpu->size, sizeof(*cpu->seqs));
	}
	cpu->seqs[cpu->count++] = rec->seq;
}

/* A record may be told as several steps, and is kept once. */
static void rp_extract_keep(struct rp_extract *x, const struct rp_node *node)
{
	const struct rp_node *inner;

	rp_extract_note(x, &node->rec);
	TAILQ_FOREACH(inner, &node->inner, link)
		rp_extract_keep(x, inner);
}

static void rp_extract_see(void *ctx, const struct rp_decision *d)
{
	if (rp_decision_is_change(d->rec))
		rp_extract_keep(ctx, d->node);
}

static bool rp_extract_take(void *ctx, const struct rp_decision *d)
{
	if (!rp_decision_is_change(d->rec))
		rp_extract_keep(ctx, d->node);
	if (d->node->within)
		rp_extract_note(ctx, d->node->within);
	return true;
}

static int rp_extract_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int rp_extract_write(struct rp_extract *x, int fd, struct rp_pack *pack, size_t n)
{
	size_t len = rp_pack(pack, x->packed, x->batch, n);
	ssize_t done = write(fd, x->packed, len);

	if (done >= 0 && (size_t)done != len)
		errno = ENOSPC;
	return done >= 0 && (size_t)done == len ? 0 : -1;
}

/*
 * What is left out leaves no gap in the numbers, but what was lost does.  Where it is
 * not known what was there before, one number stands for it.
 */
static int rp_extract_copy(struct rp_extract *x, struct rp_stream *s, int fd)
{
	struct rp_extract_cpu *cpu = &x->cpus[s->cpu];
	uint64_t seq = s->begin_seq == UINT64_MAX, lost = 0, from, to;
	struct rp_pack *pack = rp_util_alloc(1, sizeof(*pack));
	size_t n = 0, i = 0;
	int failed = 0;

	if (cpu->count)
		qsort(cpu->seqs, cpu->count, sizeof(*cpu->seqs), rp_extract_compare);
	while (!failed && rp_stream_fill(s)) {
		struct rp_record *rec = &x->batch[n];

		*rec = *rp_stream_head(s);
		rp_stream_take(s, &from, &to);
		while (i < cpu->count && cpu->seqs[i] < rec->seq)
			i++;
		if (i == cpu->count || cpu->seqs[i] != rec->seq)
			continue;
		seq += 1 + s->lost - lost;
		lost = s->lost;
		rec->seq = seq;
		x->records++;
		if (++n == RP_EXTRACT_BATCH) {
			failed = rp_extract_write(x, fd, pack, n);
			n = 0;
		}
	}
	x->lost += lost;
	if (!failed && n)
		failed = rp_extract_write(x, fd, pack, n);
	free(pack);
	return failed;
}

static int rp_extract_streams(struct rp_extract *x)
{
	struct rp_source *src = &x->reading.src;
	int fd, failed = 0;
	char name[16];
	size_t i;

	x->batch = rp_util_alloc(RP_EXTRACT_BATCH, sizeof(*x->batch));
	x->packed = rp_util_alloc(RP_EXTRACT_BATCH, RP_PACK_MAX);
	for (i = 0; i < src->nstreams && !failed; i++) {
		snprintf(name, sizeof(name), "packed%u", src->streams[i].cpu);
		rp_stream_rewind(&src->streams[i]);
		fd = rp_folder_create(&x->to, name, O_EXCL);
		if (fd < 0 || rp_extract_copy(x, &src->streams[i], fd))
			failed = rp_folder_err(&x->to, name);
		if (fd >= 0)
			close(fd);
	}
	return failed;
}

static int rp_extract_explain(struct rp_extract *x)
{
	static const char * const texts[] = { RP_FOLDER_TEXTS, "fib.json", "names.json" };
	size_t i;

	/* What is missing in the one will be in the other. */
	for (i = 0; i < RP_ARRAY_SIZE(texts); i++)
		if (rp_folder_copy(&x->to, x->reading.src.dirfd, texts[i]) && errno != ENOENT)
			return rp_folder_err(&x->to, texts[i]);
	return 0;
}

static int rp_extract_session(struct rp_extract *x)
{
	const struct rp_source *src = &x->reading.src;
	struct rp_session s = src->session;
	int fd, failed;
	size_t i;

	s.each = NULL;
	s.neach = 0;
	for (i = 0; i < src->nstreams; i++) {
		const struct rp_stream *from = &src->streams[i];

		rp_session_add_cpu(&s, from->cpu,
				   from->begin_seq == UINT64_MAX ? UINT64_MAX : 0, from->lost);
	}
	s.records = x->records;
	s.lost = x->lost;
	fd = rp_folder_create(&x->to, RP_SESSION_FILE, O_EXCL);
	failed = fd < 0 || rp_session_write(&s, fd);
	if (failed)
		rp_folder_err(&x->to, RP_SESSION_FILE);
	if (fd >= 0)
		close(fd);
	rp_session_free(&s);
	return failed;
}

static int rp_extract_run(struct rp_extract *x, const char *to)
{
	const struct rp_source *src = &x->reading.src;
	size_t i;

	if (rp_folder_make(&x->to, to))
		return RP_EXIT_ERROR;
	for (i = 0; i < src->nstreams; i++)
		if (src->streams[i].cpu >= x->ncpus)
			x->ncpus = src->streams[i].cpu + 1;
	x->cpus = rp_util_alloc(x->ncpus, sizeof(*x->cpus));
	while (rp_reading_step(&x->reading))
		;
	rp_reading_finish(&x->reading);
	if (rp_extract_explain(x) || rp_extract_streams(x) || rp_extract_session(x))
		return RP_EXIT_DAMAGED;
	return src->damaged ? RP_EXIT_DAMAGED : RP_EXIT_OK;
}

int rp_extract(const struct rp_options *o)
{
	struct rp_extract x = { .to = { .dirfd = -1 } };
	struct rp_wanted wanted = {
		.dir = o->input, .recording = true, .all = o->all, .late = true,
		.nwords = o->nwords, .words = o->words,
		.see = rp_extract_see, .take = rp_extract_take, .ctx = &x,
	};
	int status;
	size_t i;

	if (!o->input) {
		rp_util_err("--output writes a part of a recording: name one with -i, or write all that the buffer holds with routeprobe dump");
		return RP_EXIT_ERROR;
	}
	if (o->json || o->details || o->columns || o->time) {
		rp_util_err("--output writes records, and no lines: it takes no -j, -d, -o or -t");
		return RP_EXIT_ERROR;
	}
	if (rp_reading_open(&x.reading, &wanted))
		return RP_EXIT_ERROR;
	status = rp_extract_run(&x, o->output);
	for (i = 0; i < x.ncpus; i++)
		free(x.cpus[i].seqs);
	free(x.cpus);
	free(x.batch);
	free(x.packed);
	rp_folder_close(&x.to);
	rp_reading_close(&x.reading);
	return status;
}
