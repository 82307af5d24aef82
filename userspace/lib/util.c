// SPDX-License-Identifier: GPL-2.0
/* What every file needs: messages, whole small files, numbers. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/util.h"
#include "lib/wrap.h"

/* What a message names may hold escapes for the terminal; UTF-8 stays as it is. */
static void __attribute__((format(printf, 1, 0)))
rp_util_vsay(const char *fmt, va_list ap)
{
	char text[4096], *c;

	vsnprintf(text, sizeof(text), fmt, ap);
	for (c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f ||
		    (*c == '\xc2' && (c[1] & 0xe0) == 0x80))
			*c = '?';
	fflush(stdout);
	fprintf(rp_wrap(stderr), "routeprobe: %s\n", text);
}

int rp_util_err(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	rp_util_vsay(fmt, ap);
	va_end(ap);
	return -1;
}

void rp_util_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	rp_util_vsay(fmt, ap);
	va_end(ap);
}

/*
 * Every size here is bounded by a constant, so running out of memory is the
 * machine's end and not an input's: the only place that gives up at once.
 */
/* Who ignores SIGCHLD, as some parents leave it to us, is not told how a child ended. */
pid_t rp_util_fork(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid < 0)
		rp_util_err("fork: %s", strerror(errno));
	return pid;
}

void *rp_util_alloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p) {
		rp_util_err("out of memory");
		abort();
	}
	return p;
}

void *rp_util_grow(void *array, size_t n, size_t size)
{
	void *p = reallocarray(array, n, size);

	if (!p) {
		rp_util_err("out of memory");
		abort();
	}
	return p;
}

/*
 * A plain file of a directory that somebody else may have made: no link is
 * followed and no FIFO or device waits for us or goes on for ever.
 */
int rp_util_open(int dirfd, const char *name)
{
	struct stat st;
	int fd;

	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = EMEDIUMTYPE;
	return -1;
}

/* A whole file as a string, or NULL with errno. More than @max is EFBIG. */
char *rp_util_read(int dirfd, const char *name, size_t max)
{
	size_t len = 0, size = 4096;
	char *text;
	ssize_t n;
	int fd;

	fd = rp_util_open(dirfd, name);
	if (fd < 0)
		return NULL;
	text = rp_util_alloc(1, size);
	while ((n = read(fd, text + len, size - len - 1)) > 0) {
		len += n;
		if (len < size - 1)
			continue;
		if (size >= max) {
			n = -1;
			errno = EFBIG;
			break;
		}
		size *= 2;
		text = rp_util_grow(text, size, 1);
	}
	close(fd);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

/* The next line of *@text, cut off at its end, or NULL. */
char *rp_util_line(char **text)
{
	char *line = *text;

	if (!line || !*line)
		return NULL;
	strsep(text, "\n");
	return line;
}

/* "key value": the value may be empty and may hold blanks. */
bool rp_util_keyval(char *line, const char **key, const char **value)
{
	*key = strsep(&line, " \t");
	*value = line ? line + strspn(line, " \t") : "";
	return **key && **key != '#';
}

/* Decimal or 0x; no sign, no blank, nothing behind it, no octal surprise. */
bool rp_util_u64(const char *s, uint64_t max, uint64_t *value)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	const char *digits = hex ? "0123456789abcdefABCDEF" : "0123456789";
	unsigned long long v;

	if (hex)
		s += 2;
	if (!*s || s[strspn(s, digits)])
		return false;
	errno = 0;
	v = strtoull(s, NULL, hex ? 16 : 10);
	if (errno || v > max)
		return false;
	*value = v;
	return true;
}

int64_t rp_util_now(int clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * RP_NSEC_PER_SEC + ts.tv_nsec;
}

/*
 * Bytes from elsewhere (a task's name, a file's line) for a terminal and for
 * JSON: what is not printable ASCII becomes '?'.
 */
void rp_util_clean(char *dst, size_t size, const char *src, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < size - 1 && src[i]; i++)
		dst[i] = src[i] >= ' ' && src[i] <= '~' ? src[i] : '?';
	dst[i] = '\0';
}

bool rp_util_is_word(const char *text)
{
	const char *c = text;

	while (isalnum((unsigned char)*c) || (*c && strchr("_@%+=:,./-", *c)))
		c++;
	return *text && !*c;
}
