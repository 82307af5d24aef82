// SPDX-License-Identifier: GPL-2.0
/* Names of namespaces, devices and tables: kept, and read from a recording. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "fib/config.h"
#include "fib/names.h"
#include "lib/util.h"

#define RP_FIB_LINE_MAX		(1 << 16)
#define RP_FIB_REFRESH_NS	RP_NSEC_PER_SEC

void rp_fib_init(struct rp_fib *fib)
{
	memset(fib, 0, sizeof(*fib));
	rp_map_set(&fib->tables, RT_TABLE_DEFAULT, "default");
	rp_map_set(&fib->tables, RT_TABLE_MAIN, "main");
	rp_map_set(&fib->tables, RT_TABLE_LOCAL, "local");
}

void rp_fib_exit(struct rp_fib *fib)
{
	rp_map_clear(&fib->netns);
	rp_map_clear(&fib->links);
	rp_map_clear(&fib->tables);
}

bool rp_fib_number(const json_t *object, const char *key, uint32_t *value)
{
	const json_t *number = json_object_get(object, key);

	if (!json_is_integer(number) || json_integer_value(number) < 0 ||
	    json_integer_value(number) > UINT32_MAX)
		return false;
	*value = json_integer_value(number);
	return true;
}

/* What names something is kept, unless the rest is asked for: names are known then. */
static bool rp_fib_take(struct rp_fib *fib, const json_t *object)
{
	const json_t *part;
	uint32_t id, index;
	const char *name;

	if (fib->visitor) {
		fib->misfits += !rp_fib_config(fib->visitor, object);
		fib->partial += !!json_object_get(object, "partial");
		return true;
	}
	part = json_object_get(object, "netns");
	if (part) {
		name = json_string_value(json_object_get(part, "name"));
		if (!name || !rp_fib_number(part, "inode", &id))
			return false;
		rp_map_set(&fib->netns, id, name);
	}
	part = json_object_get(object, "table");
	if (part) {
		name = json_string_value(json_object_get(part, "name"));
		if (!name || !rp_fib_number(part, "id", &id))
			return false;
		rp_map_set(&fib->tables, id, name);
	}
	part = json_object_get(object, "link");
	if (part) {
		name = json_string_value(json_object_get(part, "ifname"));
		if (!name || !rp_fib_number(part, "netns", &id) ||
		    !rp_fib_number(part, "ifindex", &index))
			return false;
		rp_map_set(&fib->links, (uint64_t)id << 32 | index, name);
	}
	return true;
}

static bool rp_fib_line(struct rp_fib *fib, const char *line)
{
	json_t *object;
	bool good;

	if (fib->only && strncmp(line, fib->only, strlen(fib->only)))
		return true;
	object = json_loads(line, 0, NULL);
	good = json_is_object(object) && rp_fib_take(fib, object);
	json_decref(object);
	return good;
}

/* No line is read that is longer than any that we write. */
int rp_fib_read(struct rp_fib *fib, FILE *file)
{
	char *line = rp_util_alloc(1, RP_FIB_LINE_MAX);
	bool cut = false, good;
	int bad = 0;

	rewind(file);
	while (fgets(line, RP_FIB_LINE_MAX, file)) {
		good = !cut && strchr(line, '\n') && rp_fib_line(fib, line);
		if (!good && !cut)
			bad++;
		cut = !strchr(line, '\n');
	}
	free(line);
	return bad;
}

int rp_fib_load(struct rp_fib *fib, int dirfd, const char *file)
{
	int fd = rp_util_open(dirfd, file), bad;
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (!f)
		return -1;
	bad = rp_fib_read(fib, f);
	fclose(f);
	return bad;
}

/* A name that is new since we asked; not more often than it can matter. */
static bool rp_fib_refresh(struct rp_fib *fib)
{
	int64_t now = rp_util_now(CLOCK_MONOTONIC);

	if (!fib->live || now - fib->refreshed_ns < RP_FIB_REFRESH_NS)
		return false;
	return rp_fib_snapshot(fib, NULL) == 0;
}

const char *rp_fib_netns(struct rp_fib *fib, uint32_t inode)
{
	const char *name = rp_map_get(&fib->netns, inode);

	if (!name && inode && rp_fib_refresh(fib))
		name = rp_map_get(&fib->netns, inode);
	return name && *name ? name : NULL;
}

const char *rp_fib_link(struct rp_fib *fib, uint32_t netns, uint32_t ifindex)
{
	uint64_t key = (uint64_t)netns << 32 | ifindex;
	const char *name = rp_map_get(&fib->links, key);

	if (!name && ifindex && rp_fib_refresh(fib))
		name = rp_map_get(&fib->links, key);
	if (!name && ifindex == 1)
		name = "lo";
	return name;
}

const char *rp_fib_table(struct rp_fib *fib, uint32_t table)
{
	return rp_map_get(&fib->tables, table);
}
