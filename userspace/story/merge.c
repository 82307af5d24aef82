// SPDX-License-Identifier: GPL-2.0
/*
 * A heap over the heads of all streams.  A stream that is quiet now must not
 * hold up the others for ever: whatever a CPU returned before we last found
 * its file empty has been read, so records up to that moment are certain.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <routeprobe.h>

#include "lib/util.h"
#include "source/source.h"
#include "story/merge.h"

/* From reading the clock in the kernel to the record being there to read */
#define RP_MERGE_SLACK_NS	(10 * 1000 * 1000)

static uint64_t rp_merge_key(const struct rp_stream *s)
{
	return rp_stream_end_ns(rp_stream_head(s));
}

/* At the same moment the lower CPU comes first, so that order is repeatable. */
static bool rp_merge_before(const struct rp_stream *a, const struct rp_stream *b)
{
	if (rp_merge_key(a) != rp_merge_key(b))
		return rp_merge_key(a) < rp_merge_key(b);
	return a->cpu < b->cpu;
}

static void rp_merge_swap(struct rp_merge *m, size_t i, size_t j)
{
	struct rp_stream *s = m->heap[i];

	m->heap[i] = m->heap[j];
	m->heap[j] = s;
}

static void rp_merge_down(struct rp_merge *m, size_t i)
{
	size_t least, child;

	for (;;) {
		least = i;
		for (child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < m->count &&
			    rp_merge_before(m->heap[child], m->heap[least]))
				least = child;
		if (least == i)
			return;
		rp_merge_swap(m, i, least);
		i = least;
	}
}

static void rp_merge_push(struct rp_merge *m, struct rp_stream *s)
{
	size_t i = m->count++;

	m->heap[i] = s;
	while (i && rp_merge_before(m->heap[i], m->heap[(i - 1) / 2])) {
		rp_merge_swap(m, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

/* Where a stream belongs after an attempt to read more of it */
static void rp_merge_place(struct rp_merge *m, struct rp_stream *s)
{
	if (rp_stream_fill(s))
		rp_merge_push(m, s);
	else if (!s->ended)
		m->dry[m->ndry++] = s;
}

void rp_merge_init(struct rp_merge *m, struct rp_source *src)
{
	size_t i;

	memset(m, 0, sizeof(*m));
	m->heap = rp_util_alloc(src->nstreams, sizeof(*m->heap));
	m->dry = rp_util_alloc(src->nstreams, sizeof(*m->dry));
	for (i = 0; i < src->nstreams; i++)
		m->dry[m->ndry++] = &src->streams[i];
}

void rp_merge_exit(struct rp_merge *m)
{
	free(m->heap);
	free(m->dry);
}

/* After its head was taken, the first stream may have to go elsewhere. */
static void rp_merge_settle(struct rp_merge *m)
{
	struct rp_stream *s = m->heap[0];

	m->taken = false;
	if (rp_stream_fill(s)) {
		rp_merge_down(m, 0);
		return;
	}
	m->heap[0] = m->heap[--m->count];
	rp_merge_down(m, 0);
	if (!s->ended)
		m->dry[m->ndry++] = s;
}

void rp_merge_poll(struct rp_merge *m)
{
	int64_t now = rp_util_now(CLOCK_MONOTONIC);
	size_t i, ndry;

	if (m->taken)
		rp_merge_settle(m);
	ndry = m->ndry;
	if (now > RP_MERGE_SLACK_NS)
		m->limit_ns = now - RP_MERGE_SLACK_NS;
	/* Places that are read again come from behind those still to do. */
	m->ndry = 0;
	for (i = 0; i < ndry; i++)
		rp_merge_place(m, m->dry[i]);
}

bool rp_merge_next(struct rp_merge *m, struct rp_merged *out)
{
	struct rp_stream *s;

	if (m->taken)
		rp_merge_settle(m);
	if (!m->count)
		return false;
	s = m->heap[0];
	if (m->ndry && rp_merge_key(s) > m->limit_ns)
		return false;
	out->rec = rp_stream_head(s);
	out->missing = rp_stream_take(s, &out->from_ns, &out->to_ns);
	m->taken = true;
	return true;
}

bool rp_merge_ended(const struct rp_merge *m)
{
	return !m->count && !m->ndry;
}
