// SPDX-License-Identifier: GPL-2.0
/*
 * A recording through report and top, and through diff with itself, which must
 * find nothing.  The input is cut at "\n--\n" into the files of a recording; what
 * is missing is as a good one has it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "fuzz.h"
#include "lib/util.h"

static const struct {
	const char *name, *text;
} fuzz_files[] = {
	{ "packed0", "" },
	{ "packed1", "" },
	{ "version", "routeprobe 0.1.0\nabi 3.0\nrecord 256\n" },
	{ "callers", "1 udp_sendmsg+0x12/0x400\n2 ip_route_output_flow+0x1f/0x90\n" },
	{ "probes", "1\ta\toutput\toutput\tarmed\t1\t2\t3\t-\tx\n"
		    "2\tb\toutput-flow\toutput\tarmed\t1\t2\t3\t-\ty\n" },
	{ "session.json",
	  "{\"byte_order\":\"little\",\"start_ns\":1,\"cpus\":2,\"complete\":true}" },
	{ "fib.json", "{\"netns\":{\"inode\":7,\"name\":\"x\"}}\n" },
	{ "reasons", "16 IP_RPFILTER\n" },
	{ "stacks", "" },
};

static char fuzz_dir[64];

static void fuzz_clean(void)
{
	char path[128];
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(fuzz_files); i++) {
		snprintf(path, sizeof(path), "%s/%s", fuzz_dir, fuzz_files[i].name);
		unlink(path);
	}
	rmdir(fuzz_dir);
}

int rp_fuzz_init(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	strcpy(fuzz_dir, "/dev/shm/routeprobe-fuzz-XXXXXX");
	if (!mkdtemp(fuzz_dir))
		return -1;
	atexit(fuzz_clean);
	return 0;
}

static void fuzz_write(const char *name, const void *data, size_t size)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

int rp_fuzz_one(const uint8_t *data, size_t size)
{
	struct rp_options options = {
		.input = fuzz_dir,
		.details = size & 1, .json = size & 2, .all = size & 4,
	};
	char *dirs[2] = { fuzz_dir, fuzz_dir };
	const uint8_t *end;
	size_t i, len;

	for (i = 0; i < RP_ARRAY_SIZE(fuzz_files); i++) {
		end = memmem(data, size, "\n--\n", 4);
		len = end ? (size_t)(end - data) : size;
		if (len)
			fuzz_write(fuzz_files[i].name, data, len);
		else
			fuzz_write(fuzz_files[i].name, fuzz_files[i].text,
				   strlen(fuzz_files[i].text));
		data += end ? len + 4 : len;
		size -= end ? len + 4 : len;
	}
	options.by = options.json ? "rule" : "route";
	rp_cmd_report(&options);
	rp_cmd_top(&options);
	rp_cmd_why(&options);
	options.words = dirs;
	options.nwords = 2;
	if (rp_cmd_diff(&options) == RP_DIFF_DIFFERENT)
		abort();
	return 0;
}
