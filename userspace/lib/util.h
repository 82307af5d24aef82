/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_UTIL_H
#define RP_LIB_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define RP_ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define RP_NSEC_PER_SEC		1000000000LL

/* Exit statuses of every command but `record -- CMD`, which has CMD's. */
enum rp_exit {
	RP_EXIT_OK,
	RP_EXIT_ERROR,		/* nothing was done: usage, refusal, no source */
	RP_EXIT_DAMAGED,	/* what was whole was done, the rest was named */
};

/* One line on stderr. Returns -1, so that callers can return it. */
int rp_util_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void rp_util_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* As fork(), but says what went wrong, and the child can be waited for */
pid_t rp_util_fork(void);

void *rp_util_alloc(size_t n, size_t size);
void *rp_util_grow(void *array, size_t n, size_t size);

int rp_util_open(int dirfd, const char *name);
char *rp_util_read(int dirfd, const char *name, size_t max);
char *rp_util_line(char **text);
bool rp_util_keyval(char *line, const char **key, const char **value);

bool rp_util_u64(const char *s, uint64_t max, uint64_t *value);

int64_t rp_util_now(int clock);
void rp_util_clean(char *dst, size_t size, const char *src, size_t n);
/* Does a shell take this word as it is? */
bool rp_util_is_word(const char *text);

#endif
