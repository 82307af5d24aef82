// SPDX-License-Identifier: GPL-2.0
/*
 * The file cpuN, or packedN of a recording: reading in large pieces, loss from the
 * gaps in seq, and refusing what cannot be a record.  A damaged stream ends at its
 * first bad record, since nothing behind it can be trusted to be in order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <routeprobe.h>

#include "lib/util.h"
#include "source/pack.h"
#include "source/stream.h"

void rp_stream_init(struct rp_stream *s, unsigned int cpu, int fd)
{
	memset(s, 0, sizeof(*s));
	s->cpu = cpu;
	s->fd = fd;
	s->begin_seq = UINT64_MAX;
	s->until_ns = UINT64_MAX;
	s->room = UINT64_MAX;
}

void rp_stream_unpack(struct rp_stream *s)
{
	s->packed = rp_util_alloc(RP_STREAM_PACKED, 1);
	s->pack = rp_util_alloc(1, sizeof(*s->pack));
}

void rp_stream_exit(struct rp_stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->buf);
	free(s->packed);
	free(s->pack);
	s->fd = -1;
	s->buf = NULL;
	s->packed = NULL;
	s->pack = NULL;
}

void rp_stream_rewind(struct rp_stream *s)
{
	off_t size = lseek(s->fd, 0, SEEK_END);
	struct rp_stream old = *s;

	rp_stream_init(s, old.cpu, old.fd);
	s->begin_ns = old.begin_ns;
	s->begin_seq = old.begin_seq;
	s->room = size > 0 ? size : 0;
	s->buf = old.buf;
	s->packed = old.packed;
	s->pack = old.pack;
	if (s->pack)
		memset(s->pack, 0, sizeof(*s->pack));
	lseek(s->fd, 0, SEEK_SET);
}

const struct rp_record *rp_stream_head(const struct rp_stream *s)
{
	if (s->len - s->pos < sizeof(struct rp_record))
		return NULL;
	return (const struct rp_record *)(s->buf + s->pos);
}

static const char *rp_stream_check(const struct rp_stream *s,
				   const struct rp_record *rec)
{
	if (!rec->seq || rec->seq <= s->seq)
		return "sequence numbers go backwards";
	if (rp_stream_end_ns(rec) == UINT64_MAX)
		return "a duration is impossible";
	if (rp_stream_end_ns(rec) < s->end_ns)
		return "time goes backwards";
	if (rec->cpu != s->cpu)
		return "a record of another CPU";
	/* Values above those known are of a later minor: rp_story_add() passes over them. */
	if (rec->kind == RP_KIND_NONE)
		return "a record of no kind";
	return NULL;
}

static void rp_stream_stop(struct rp_stream *s, const char *damage)
{
	s->ended = true;
	s->damage = damage;
	if (damage)
		s->bad += s->len - s->pos + s->packed_len;
	s->pos = 0;
	s->len = 0;
	s->packed_len = 0;
}

/* The head must be a record, and one that we still want. */
static bool rp_stream_vet(struct rp_stream *s)
{
	const struct rp_record *rec = rp_stream_head(s);
	const char *damage;

	if (!rec)
		return false;
	damage = rp_stream_check(s, rec);
	if (!damage && rp_stream_end_ns(rec) <= s->until_ns)
		return true;
	rp_stream_stop(s, damage);
	return false;
}

static void rp_stream_at_end(struct rp_stream *s)
{
	bool torn = s->len > s->pos || s->packed_len;

	if (s->follow && s->room)
		return;
	rp_stream_stop(s, torn ? "the last record is cut off" : NULL);
}

static ssize_t rp_stream_read(struct rp_stream *s, char *buf, size_t size)
{
	ssize_t n;

	if (size > s->room)
		size = s->room;
	n = size ? read(s->fd, buf, size) : 0;
	if (n > 0 && s->room != UINT64_MAX)
		s->room -= n;
	return n;
}

/* As read() of a file that is not packed, but EBADMSG for what no packed record can be */
static ssize_t rp_stream_read_packed(struct rp_stream *s, char *buf, size_t size)
{
	const struct rp_record *rec;
	size_t done = 0, used = 0;
	ssize_t n;

	n = rp_stream_read(s, s->packed + s->packed_len, RP_STREAM_PACKED - s->packed_len);
	if (n < 0)
		return n;
	s->packed_len += n;
	n = 0;
	while (done + sizeof(*rec) <= size &&
	       (n = rp_pack_next(s->pack, &rec, s->packed + used, s->packed_len - used)) > 0) {
		memcpy(buf + done, rec, sizeof(*rec));
		done += sizeof(*rec);
		used += n;
	}
	s->packed_len -= used;
	memmove(s->packed, s->packed + used, s->packed_len);
	if (n < 0 && !done) {
		errno = EBADMSG;
		return -1;
	}
	return done;
}

bool rp_stream_fill(struct rp_stream *s)
{
	size_t size = RP_STREAM_BATCH * sizeof(struct rp_record);
	ssize_t n;

	if (s->ended)
		return false;
	if (rp_stream_head(s))
		return true;
	if (!s->buf)
		s->buf = rp_util_alloc(RP_STREAM_BATCH, sizeof(struct rp_record));
	memmove(s->buf, s->buf + s->pos, s->len - s->pos);
	s->len -= s->pos;
	s->pos = 0;
	size -= s->len;
	n = s->packed ? rp_stream_read_packed(s, s->buf + s->len, size) :
			rp_stream_read(s, s->buf + s->len, size);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n < 0) {
		rp_stream_stop(s, errno == EBADMSG ? "no packed record" : strerror(errno));
		return false;
	}
	s->len += n;
	if (!n)
		rp_stream_at_end(s);
	return rp_stream_vet(s);
}

uint64_t rp_stream_take(struct rp_stream *s, uint64_t *from_ns, uint64_t *to_ns)
{
	const struct rp_record *rec = rp_stream_head(s);
	uint64_t missing = rec->seq - s->seq - 1;

	*from_ns = s->end_ns;
	*to_ns = rp_stream_end_ns(rec);
	/* What was there before we came is missing, but no loss of ours. */
	if (s->seq)
		s->lost += missing;
	else if (s->begin_seq < missing)
		s->lost += missing - s->begin_seq;
	else if (s->begin_ns && s->begin_ns < *to_ns)
		*to_ns = s->begin_ns;
	s->seq = rec->seq;
	s->end_ns = rp_stream_end_ns(rec);
	s->records++;
	s->pos += sizeof(*rec);
	rp_stream_vet(s);
	return missing;
}

void rp_stream_account(struct rp_stream *s, const struct rp_record *rec, size_t n)
{
	uint64_t before = s->seq ? s->seq : s->begin_seq;

	if (before >= rec[0].seq)
		before = rec[0].seq - 1;
	s->lost += rec[n - 1].seq - before - n;
	s->seq = rec[n - 1].seq;
	s->end_ns = rp_stream_end_ns(&rec[n - 1]);
	s->records += n;
}
