// SPDX-License-Identifier: GPL-2.0
/* The file "session.json" of a recording. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "lib/util.h"
#include "source/session.h"

#define RP_SESSION_MAX		(1 << 20)
/* Less is a clock that NTP is slowing down or speeding up. */
#define RP_SESSION_STEP_NS	(100 * 1000 * 1000)

enum rp_session_type { RP_SESSION_TEXT, RP_SESSION_NUMBER, RP_SESSION_BOOL };

#define AT(f)		offsetof(struct rp_session, f)

static const struct rp_session_key {
	const char *name;
	enum rp_session_type type;
	size_t offset;
} rp_session_keys[] = {
	{ "byte_order",	RP_SESSION_TEXT,	AT(byte_order) },
	{ "reader",	RP_SESSION_TEXT,	AT(reader) },
	{ "kernel",	RP_SESSION_TEXT,	AT(kernel) },
	{ "hostname",	RP_SESSION_TEXT,	AT(hostname) },
	{ "start_ns",	RP_SESSION_NUMBER,	AT(start_ns) },
	{ "end_ns",	RP_SESSION_NUMBER,	AT(end_ns) },
	{ "cpus",	RP_SESSION_NUMBER,	AT(cpus) },
	{ "records",	RP_SESSION_NUMBER,	AT(records) },
	{ "lost",	RP_SESSION_NUMBER,	AT(lost) },
	{ "missed",	RP_SESSION_NUMBER,	AT(missed) },
	{ "complete",	RP_SESSION_BOOL,	AT(complete) },
	{ "ended",	RP_SESSION_TEXT,	AT(ended) },
	{ "command",	RP_SESSION_TEXT,	AT(command) },
};

#undef AT

const char *rp_session_byte_order(void)
{
	return __BYTE_ORDER == __LITTLE_ENDIAN ? "little" : "big";
}

static void rp_session_get(struct rp_session *s, const struct rp_session_key *key,
			   const json_t *value)
{
	char *field = (char *)s + key->offset;
	int64_t number = json_integer_value(value);	/* none of them is below zero */

	if (number < 0)
		number = 0;

	switch (key->type) {
	case RP_SESSION_TEXT:
		if (json_is_string(value))
			rp_util_clean(field, RP_SESSION_TEXT_LEN, json_string_value(value),
				      json_string_length(value));
		break;
	case RP_SESSION_NUMBER:
		memcpy(field, &number, sizeof(number));
		break;
	case RP_SESSION_BOOL:
		*(bool *)field = json_is_true(value);
		break;
	}
}

static void rp_session_add_clock(struct rp_session *s, int64_t from_ns, int64_t offset_ns)
{
	/* Of too many, the last holds for all after it. */
	if (s->nclocks == RP_SESSION_CLOCKS)
		s->nclocks--;
	s->clocks[s->nclocks++] = (struct rp_session_clock){ from_ns, offset_ns };
}

void rp_session_add_cpu(struct rp_session *s, unsigned int cpu, uint64_t begin_seq,
			uint64_t lost)
{
	s->each = rp_util_grow(s->each, s->neach + 1, sizeof(*s->each));
	s->each[s->neach++] = (struct rp_session_cpu){ cpu, begin_seq, lost };
}

static void rp_session_take(struct rp_session *s, const json_t *root)
{
	const json_t *value;
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_session_keys); i++)
		rp_session_get(s, &rp_session_keys[i],
			       json_object_get(root, rp_session_keys[i].name));
	json_array_foreach(json_object_get(root, "clocks"), i, value)
		rp_session_add_clock(s, json_integer_value(json_object_get(value, "from_ns")),
				     json_integer_value(json_object_get(value, "offset_ns")));
	json_array_foreach(json_object_get(root, "each_cpu"), i, value) {
		const json_t *begin = json_object_get(value, "begin");

		rp_session_add_cpu(s, json_integer_value(json_object_get(value, "cpu")),
				   begin ? (uint64_t)json_integer_value(begin) : UINT64_MAX,
				   json_integer_value(json_object_get(value, "lost")));
	}
}

int rp_session_read(struct rp_session *s, int dirfd)
{
	char *text = rp_util_read(dirfd, RP_SESSION_FILE, RP_SESSION_MAX);
	json_t *root;

	memset(s, 0, sizeof(*s));
	if (!text)
		return -1;
	root = json_loads(text, 0, NULL);
	free(text);
	if (!json_is_object(root)) {
		json_decref(root);
		errno = EINVAL;
		return -1;
	}
	rp_session_take(s, root);
	json_decref(root);
	return 0;
}

void rp_session_free(struct rp_session *s)
{
	free(s->each);
	s->each = NULL;
	s->neach = 0;
}

uint64_t rp_session_begin_seq(const struct rp_session *s, unsigned int cpu)
{
	size_t i;

	for (i = 0; i < s->neach; i++)
		if (s->each[i].cpu == cpu)
			return s->each[i].begin_seq;
	return UINT64_MAX;
}

bool rp_session_watch_clocks(struct rp_session *s)
{
	int64_t now = rp_util_now(CLOCK_MONOTONIC);
	int64_t offset = rp_util_now(CLOCK_REALTIME) - now;

	if (s->nclocks &&
	    llabs(offset - s->clocks[s->nclocks - 1].offset_ns) < RP_SESSION_STEP_NS)
		return false;
	rp_session_add_clock(s, now, offset);
	return true;
}

int64_t rp_session_realtime(const struct rp_session *s, uint64_t time_ns)
{
	unsigned int i = s->nclocks;

	if (!i)
		return time_ns;
	while (i > 1 && (int64_t)time_ns < s->clocks[i - 1].from_ns)
		i--;
	return time_ns + s->clocks[i - 1].offset_ns;
}

static json_t *rp_session_value(const struct rp_session *s, const struct rp_session_key *key)
{
	const char *field = (const char *)s + key->offset;
	char clean[RP_SESSION_TEXT_LEN];
	int64_t number;

	switch (key->type) {
	case RP_SESSION_TEXT:
		rp_util_clean(clean, sizeof(clean), field, strlen(field));
		return json_string(clean);
	case RP_SESSION_BOOL:
		return json_boolean(*(const bool *)field);
	case RP_SESSION_NUMBER:
		break;
	}
	memcpy(&number, field, sizeof(number));
	return json_integer(number);
}

static json_t *rp_session_object(const struct rp_session *s)
{
	json_t *root = json_object(), *clocks = json_array(), *each = json_array();
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_session_keys); i++)
		json_object_set_new(root, rp_session_keys[i].name,
				    rp_session_value(s, &rp_session_keys[i]));
	for (i = 0; i < s->nclocks; i++)
		json_array_append_new(clocks,
				      json_pack("{s:I,s:I}",
						"from_ns", (json_int_t)s->clocks[i].from_ns,
						"offset_ns", (json_int_t)s->clocks[i].offset_ns));
	json_object_set_new(root, "clocks", clocks);
	for (i = 0; i < s->neach; i++) {
		json_t *cpu = json_pack("{s:i,s:I}", "cpu", s->each[i].cpu,
					"lost", (json_int_t)s->each[i].lost);

		if (s->each[i].begin_seq != UINT64_MAX)
			json_object_set_new(cpu, "begin",
					    json_integer(s->each[i].begin_seq));
		json_array_append_new(each, cpu);
	}
	json_object_set_new(root, "each_cpu", each);
	return root;
}

/*
 * In place: a full disk then still takes it, since the file was there before
 * and hardly grows.
 */
int rp_session_write(const struct rp_session *s, int fd)
{
	json_t *root = rp_session_object(s);
	char *text = json_dumps(root, JSON_INDENT(1));
	size_t size = text ? strlen(text) : 0;
	ssize_t n = -1;

	json_decref(root);
	if (text)
		n = pwrite(fd, text, size, 0);
	free(text);
	if (n < 0 || (size_t)n != size || ftruncate(fd, n))
		return -1;
	return 0;
}
