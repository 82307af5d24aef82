// SPDX-License-Identifier: GPL-2.0
/* The file "session" of a recording: what the kernel's own files do not say. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/util.h"
#include "source/session.h"

enum rp_session_type { RP_SESSION_TEXT, RP_SESSION_SIGNED, RP_SESSION_COUNT };

#define AT(f)		offsetof(struct rp_session, f)

static const struct rp_session_key {
	const char *name;
	enum rp_session_type type;
	size_t offset;
} rp_session_keys[] = {
	{ "byte_order",		RP_SESSION_TEXT,	AT(byte_order) },
	{ "reader",		RP_SESSION_TEXT,	AT(reader) },
	{ "kernel",		RP_SESSION_TEXT,	AT(kernel) },
	{ "hostname",		RP_SESSION_TEXT,	AT(hostname) },
	{ "start_ns",		RP_SESSION_SIGNED,	AT(start_ns) },
	{ "end_ns",		RP_SESSION_SIGNED,	AT(end_ns) },
	{ "clock_offset_ns",	RP_SESSION_SIGNED,	AT(clock_offset_ns) },
	{ "cpus",		RP_SESSION_COUNT,	AT(cpus) },
	{ "records",		RP_SESSION_COUNT,	AT(records) },
	{ "lost",		RP_SESSION_COUNT,	AT(lost) },
	{ "missed",		RP_SESSION_COUNT,	AT(missed) },
	{ "complete",		RP_SESSION_COUNT,	AT(complete) },
	{ "ended",		RP_SESSION_TEXT,	AT(ended) },
	{ "command",		RP_SESSION_TEXT,	AT(command) },
};

#undef AT

int64_t rp_session_clock_offset(void)
{
	return rp_util_now(CLOCK_REALTIME) - rp_util_now(CLOCK_MONOTONIC);
}

const char *rp_session_byte_order(void)
{
	return __BYTE_ORDER == __LITTLE_ENDIAN ? "little" : "big";
}

static void rp_session_set(struct rp_session *s, const struct rp_session_key *key,
			   const char *value)
{
	char *field = (char *)s + key->offset;
	bool negative = key->type == RP_SESSION_SIGNED && *value == '-';
	uint64_t number;
	int64_t n;

	if (key->type == RP_SESSION_TEXT) {
		rp_util_clean(field, RP_SESSION_TEXT_LEN, value, strlen(value));
		return;
	}
	if (!rp_util_u64(value + negative, INT64_MAX, &number))
		return;
	n = negative ? -(int64_t)number : (int64_t)number;
	memcpy(field, &n, sizeof(n));
}

/* "begin_cpuN NUMBER" */
static void rp_session_add_begin(struct rp_session *s, const char *key, const char *value)
{
	const char prefix[] = "begin_cpu";
	uint64_t cpu;

	if (!strncmp(key, prefix, strlen(prefix)) &&
	    rp_util_u64(key + strlen(prefix), UINT16_MAX, &cpu))
		rp_map_set(&s->begins, cpu, value);
}

int rp_session_read(struct rp_session *s, int dirfd)
{
	char *text = rp_util_read(dirfd, "session", 1 << 20);
	const char *key, *value;
	char *rest = text, *line;
	size_t i;

	memset(s, 0, sizeof(*s));
	if (!text)
		return -1;
	while ((line = rp_util_line(&rest))) {
		if (!rp_util_keyval(line, &key, &value))
			continue;
		for (i = 0; i < RP_ARRAY_SIZE(rp_session_keys); i++)
			if (!strcmp(rp_session_keys[i].name, key))
				rp_session_set(s, &rp_session_keys[i], value);
		rp_session_add_begin(s, key, value);
	}
	free(text);
	return 0;
}

void rp_session_free(struct rp_session *s)
{
	rp_map_clear(&s->begins);
}

uint64_t rp_session_begin_seq(const struct rp_session *s, unsigned int cpu)
{
	const char *value = rp_map_get(&s->begins, cpu);
	uint64_t seq;

	return value && rp_util_u64(value, UINT64_MAX, &seq) ? seq : UINT64_MAX;
}

static void rp_session_print(const struct rp_session *s,
			     const struct rp_session_key *key, FILE *f)
{
	const char *field = (const char *)s + key->offset;
	char clean[RP_SESSION_TEXT_LEN];
	int64_t number;

	/* A command may have lines, which would be keys of their own. */
	if (key->type == RP_SESSION_TEXT) {
		rp_util_clean(clean, sizeof(clean), field, strlen(field));
		fprintf(f, "%s %s\n", key->name, clean);
		return;
	}
	memcpy(&number, field, sizeof(number));
	fprintf(f, "%s %lld\n", key->name, (long long)number);
}

/*
 * In place: a full disk then still takes it, since the file was there before
 * and hardly grows.
 */
int rp_session_write(const struct rp_session *s, int fd, const char *extra)
{
	char *text = NULL;
	size_t size, i;
	ssize_t n;
	FILE *f;

	f = open_memstream(&text, &size);
	if (!f)
		return -1;
	for (i = 0; i < RP_ARRAY_SIZE(rp_session_keys); i++)
		rp_session_print(s, &rp_session_keys[i], f);
	fputs(extra, f);
	fclose(f);
	n = pwrite(fd, text, size, 0);
	free(text);
	if (n < 0 || (size_t)n != size || ftruncate(fd, n))
		return -1;
	return 0;
}
