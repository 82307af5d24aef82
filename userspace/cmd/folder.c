// SPDX-License-Identifier: GPL-2.0
/* The directory of a recording in the making. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/folder.h"
#include "lib/util.h"

int rp_folder_err(const struct rp_folder *f, const char *name)
{
	return rp_util_err("%s/%s: %s", f->path, name, strerror(errno));
}

int rp_folder_create(const struct rp_folder *f, const char *name, int flags)
{
	return openat(f->dirfd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
		      flags, 0600);
}

static bool rp_folder_is_empty(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int n = 0;

	while (d && (entry = readdir(d)))
		n++;
	if (d)
		closedir(d);
	return d && n <= 2;
}

/* Without slashes at its end, behind which a link would be followed */
static char *rp_folder_path(const char *to)
{
	size_t len = strlen(to);
	char *path;

	while (len > 1 && to[len - 1] == '/')
		len--;
	path = rp_util_alloc(1, len + 1);
	memcpy(path, to, len);
	return path;
}

/*
 * Nothing is overwritten: the directory must be new, or empty.  What is recorded is for
 * root alone, as the module's files are: so it must be ours, too, and no link to another.
 */
int rp_folder_make(struct rp_folder *f, const char *to)
{
	struct stat st;

	f->path = rp_folder_path(to);
	f->dirfd = -1;
	if (mkdir(f->path, 0700) && errno != EEXIST)
		return rp_util_err("%s: %s", f->path, strerror(errno));
	f->dirfd = open(f->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (f->dirfd < 0)
		return rp_util_err("%s: %s", f->path, errno == ENOTDIR || errno == ELOOP ?
				   "not a directory, or a link to one" : strerror(errno));
	if (fstat(f->dirfd, &st) || st.st_uid != geteuid())
		return rp_util_err("%s belongs to another user, who could change or read what is recorded: name another directory with -o",
				   f->path);
	if (rp_folder_is_empty(f->dirfd))
		return 0;
	return rp_util_err("%s is not empty: name another directory with -o, or remove this one",
			   f->path);
}

void rp_folder_close(struct rp_folder *f)
{
	free(f->path);
	if (f->dirfd >= 0)
		close(f->dirfd);
	f->path = NULL;
	f->dirfd = -1;
}

int rp_folder_copy(const struct rp_folder *f, int from, const char *name)
{
	char *text = rp_util_read(from, name, RP_FOLDER_TEXT_MAX);
	size_t len = text ? strlen(text) : 0;
	ssize_t n;
	int fd;

	if (!text)
		return -1;
	fd = rp_folder_create(f, ".new", O_TRUNC);
	n = fd < 0 ? -1 : write(fd, text, len);
	free(text);
	if (fd >= 0)
		close(fd);
	if (n >= 0 && (size_t)n == len && !renameat(f->dirfd, ".new", f->dirfd, name))
		return 0;
	if (n >= 0 && (size_t)n != len)
		errno = ENOSPC;
	unlinkat(f->dirfd, ".new", 0);
	return -1;
}
