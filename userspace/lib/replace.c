// SPDX-License-Identifier: GPL-2.0
/* Files that are replaced as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/replace.h"
#include "lib/util.h"

static int rp_replace_failed(const struct rp_replace *r, int err)
{
	return rp_util_err("%s: %s", r->path, strerror(-err));
}

/* A device or a FIFO would be lost; where a link leads may be another's. */
static bool rp_replace_may(const char *path)
{
	struct stat st;

	return lstat(path, &st) || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode);
}

/* mkstemp() makes it for its owner alone; who may read it is up to the umask. */
static int rp_replace_open_beside(struct rp_replace *r)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	fd = mkostemp(r->beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fchmod(fd, 0666 & ~mask))
		r->out = fdopen(fd, "w");
	if (r->out)
		return 0;
	close(fd);
	unlink(r->beside);
	return -EIO;
}

int rp_replace_open(struct rp_replace *r, const char *path)
{
	int err;

	*r = (struct rp_replace) { .path = path };
	if (!strcmp(path, "-")) {
		r->out = stdout;
		return 0;
	}
	if (!rp_replace_may(path))
		return rp_util_err("%s is there, and no file that could be replaced", path);
	r->beside = rp_util_alloc(strlen(path) + 8, 1);
	stpcpy(stpcpy(r->beside, path), ".XXXXXX");
	err = rp_replace_open_beside(r);
	if (!err)
		return 0;
	free(r->beside);
	return rp_replace_failed(r, err);
}

int rp_replace_commit(struct rp_replace *r)
{
	bool written = !fflush(r->out) && !ferror(r->out);
	int status = 0;

	if (r->beside)
		written &= !fclose(r->out);
	if (!written)
		status = rp_util_err("%s: not everything could be written",
				     r->beside ? r->path : "stdout");
	else if (r->beside && rename(r->beside, r->path))
		status = rp_replace_failed(r, -errno);
	if (status && r->beside)
		unlink(r->beside);
	free(r->beside);
	return status;
}

void rp_replace_abort(struct rp_replace *r)
{
	if (!r->beside)
		return;
	fclose(r->out);
	unlink(r->beside);
	free(r->beside);
}

int rp_replace_try(const char *path)
{
	struct rp_replace r;

	if (rp_replace_open(&r, path))
		return -1;
	rp_replace_abort(&r);
	return 0;
}
