// SPDX-License-Identifier: GPL-2.0
/* A file session.json: what was read is what is read again of what was written. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "source/session.h"

static char fuzz_dir[64];
static int fuzz_dirfd;

static void fuzz_clean(void)
{
	unlinkat(fuzz_dirfd, RP_SESSION_FILE, 0);
	rmdir(fuzz_dir);
}

int rp_fuzz_init(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	strcpy(fuzz_dir, "/dev/shm/routeprobe-fuzz-XXXXXX");
	if (!mkdtemp(fuzz_dir))
		return -1;
	fuzz_dirfd = open(fuzz_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	atexit(fuzz_clean);
	return 0;
}

static int fuzz_file(void)
{
	return openat(fuzz_dirfd, RP_SESSION_FILE, O_RDWR | O_CREAT | O_TRUNC, 0600);
}

int rp_fuzz_one(const uint8_t *data, size_t size)
{
	struct rp_session s, again;
	int fd = fuzz_file();
	uint64_t cpu;

	FUZZ_MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	if (!rp_session_read(&s, fuzz_dirfd)) {
		rp_session_realtime(&s, 0);
		rp_session_realtime(&s, UINT64_MAX);
		close(fd);
		fd = fuzz_file();
		FUZZ_MUST(!rp_session_write(&s, fd) && !rp_session_read(&again, fuzz_dirfd));
		FUZZ_MUST(s.start_ns == again.start_ns && s.records == again.records &&
			  s.complete == again.complete && s.nclocks == again.nclocks &&
			  s.neach == again.neach && !strcmp(s.ended, again.ended));
		for (cpu = 0; cpu < 4; cpu++)
			FUZZ_MUST(rp_session_begin_seq(&s, cpu) ==
				  rp_session_begin_seq(&again, cpu));
		rp_session_free(&again);
	}
	rp_session_free(&s);
	close(fd);
	return 0;
}
