// SPDX-License-Identifier: GPL-2.0
/*
 * A snapshot of the FIB: of every network namespace that has a name or a process, and names
 * of tables.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "fib/names.h"
#include "fib/snapshot.h"
#include "lib/util.h"

#define RP_FIB_PATH_MAX	300

/* {"KIND": object} as a line of its own */
void rp_fib_write(struct rp_fib *fib, const char *kind, json_t *object)
{
	json_t *line = json_pack("{s:o}", kind, object);

	if (fib->out) {
		json_dumpf(line, fib->out, JSON_COMPACT);
		fputc('\n', fib->out);
	}
	json_decref(line);
}

/* Through a file, as a dump that is interrupted is begun anew */
int rp_fib_here(struct rp_fib *fib, uint32_t netns)
{
	int failed;

	fib->out = tmpfile();
	if (!fib->out)
		return -1;
	failed = rp_fib_ask(fib, netns);
	rp_fib_read(fib, fib->out);
	fclose(fib->out);
	fib->out = NULL;
	return failed;
}

/* What is read next is of this moment. */
void rp_fib_write_asked(struct rp_fib *fib)
{
	fib->asked_ns = rp_util_now(CLOCK_MONOTONIC);
	rp_fib_write(fib, "asked", json_pack("{s:I}", "time_ns", (json_int_t)fib->asked_ns));
}

/* Its inode, 0: it is no namespace, or was found before. */
static uint32_t rp_fib_add_path(struct rp_map *paths, const char *path)
{
	struct stat st;

	if (stat(path, &st) || rp_map_get(paths, st.st_ino))
		return 0;
	rp_map_set(paths, st.st_ino, path);
	return st.st_ino;
}

/* Names first, so that a namespace is opened by its name where it has one. */
static void rp_fib_find_named(struct rp_fib *fib, struct rp_map *paths)
{
	DIR *d = opendir("/run/netns");
	struct dirent *entry;
	char path[RP_FIB_PATH_MAX];
	uint32_t inode;

	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/run/netns/%s", entry->d_name);
		inode = rp_fib_add_path(paths, path);
		if (inode)
			rp_fib_name_netns(fib, inode, entry->d_name);
	}
	if (d)
		closedir(d);
}

static void rp_fib_find_running(struct rp_map *paths)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;
	char path[RP_FIB_PATH_MAX];

	while (d && (entry = readdir(d))) {
		if (entry->d_name[strspn(entry->d_name, "0123456789")])
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
		rp_fib_add_path(paths, path);
	}
	if (d)
		closedir(d);
}

static void rp_fib_find(struct rp_fib *fib, struct rp_map *paths)
{
	struct stat st;

	rp_fib_find_named(fib, paths);
	rp_fib_add_path(paths, "/proc/self/ns/net");
	rp_fib_find_running(paths);
	if (stat("/proc/1/ns/net", &st) == 0 && !rp_fib_seen_netns(fib, st.st_ino))
		rp_fib_name_netns(fib, st.st_ino, "init");
}

/* "ID NAME" lines, as iproute2 reads them */
static void rp_fib_read_tables(struct rp_fib *fib, int dirfd, const char *file)
{
	char *text = rp_util_read(dirfd, file, 1 << 20);
	char *rest = text, *line;
	const char *key, *value;
	uint64_t id;

	while ((line = rp_util_line(&rest))) {
		line[strcspn(line, "#")] = '\0';
		if (!rp_util_keyval(line, &key, &value) ||
		    !rp_util_u64(key, UINT32_MAX, &id))
			continue;
		line = (char *)value;
		line[strcspn(line, " \t")] = '\0';
		if (*line)
			rp_map_set(&fib->tables, id, line);
	}
	free(text);
}

static void rp_fib_find_tables_in(struct rp_fib *fib, const char *dir)
{
	int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *d = NULL;
	int fd;

	if (dirfd < 0)
		return;
	rp_fib_read_tables(fib, dirfd, "rt_tables");
	fd = openat(dirfd, "rt_tables.d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(dirfd);
	if (fd >= 0)
		d = fdopendir(fd);
	while (d && (entry = readdir(d)))
		if (strstr(entry->d_name, ".conf"))
			rp_fib_read_tables(fib, fd, entry->d_name);
	if (d)
		closedir(d);
}

void rp_fib_name_tables(struct rp_fib *fib)
{
	static const char * const dirs[] = {
		"/usr/share/iproute2", "/usr/lib/iproute2", "/etc/iproute2",
	};
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(dirs); i++)
		rp_fib_find_tables_in(fib, dirs[i]);
}

static void rp_fib_write_name(struct rp_fib *fib, const char *kind,
			      const char *key, uint64_t number, const char *name)
{
	rp_fib_write(fib, kind, json_pack("{s:I,s:s}", key, (json_int_t)number,
					  "name", name));
}

static void rp_fib_write_names(struct rp_fib *fib, const struct rp_map *paths)
{
	const char *name;
	size_t i;

	for (i = 0; i < fib->tables.count; i++)
		rp_fib_write_name(fib, "table", "id", fib->tables.entries[i].key,
				  fib->tables.entries[i].name);
	for (i = 0; i < paths->count; i++) {
		name = rp_fib_seen_netns(fib, paths->entries[i].key);
		rp_fib_write_name(fib, "netns", "inode", paths->entries[i].key,
				  name ? name : "");
	}
}

/* Visits every namespace and comes back to its own. */
static void rp_fib_visit(struct rp_fib *fib, const struct rp_map *paths)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint32_t netns;
	size_t i;
	int fd;

	if (home < 0 || fstat(home, &st)) {
		fib->failed++;
		return;
	}
	for (i = 0; i < paths->count; i++) {
		netns = paths->entries[i].key;
		fd = open(paths->entries[i].name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if ((netns != st.st_ino && setns(fd, CLONE_NEWNET)) || rp_fib_ask(fib, netns))
			fib->failed++;
		close(fd);
		if (netns != st.st_ino && setns(home, CLONE_NEWNET) &&
		    errno != EPERM)
			fib->failed++;
	}
	close(home);
}

int rp_fib_snapshot(struct rp_fib *fib, FILE *out)
{
	struct rp_map paths = { 0 };

	fib->out = out;
	fib->failed = 0;
	fib->refreshed_ns = rp_util_now(CLOCK_MONOTONIC);
	rp_fib_write_asked(fib);
	rp_fib_find(fib, &paths);
	rp_fib_name_tables(fib);
	if (out)
		rp_fib_write_names(fib, &paths);
	rp_fib_visit(fib, &paths);
	rp_map_clear(&paths);
	fib->out = NULL;
	return out && (fflush(out) || ferror(out)) ? -1 : 0;
}
