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
#define RP_FIB_LOOPBACK		1
#define RP_FIB_REFRESH_NS	RP_NSEC_PER_SEC

void rp_fib_init(struct rp_fib *fib)
{
	memset(fib, 0, sizeof(*fib));
	fib->at_ns = UINT64_MAX;
	rp_map_set(&fib->tables, RT_TABLE_DEFAULT, "default");
	rp_map_set(&fib->tables, RT_TABLE_MAIN, "main");
	rp_map_set(&fib->tables, RT_TABLE_LOCAL, "local");
}

void rp_fib_exit(struct rp_fib *fib)
{
	rp_facts_clear(&fib->netns);
	rp_facts_clear(&fib->ends);
	rp_facts_clear(&fib->links);
	rp_map_clear(&fib->tables);
}

static uint64_t rp_fib_link_key(uint32_t netns, uint32_t ifindex)
{
	return (uint64_t)netns << 32 | ifindex;
}

void rp_fib_name_netns(struct rp_fib *fib, uint32_t inode, const char *name)
{
	rp_facts_add(&fib->netns, inode, fib->asked_ns, RP_FACTS_SEEN, name);
}

void rp_fib_name_link(struct rp_fib *fib, uint32_t netns, uint32_t ifindex, const char *name)
{
	rp_facts_add(&fib->links, rp_fib_link_key(netns, ifindex), fib->asked_ns, RP_FACTS_SEEN,
		     name);
}

/* A namespace goes with its loopback device, which cannot be deleted, and is always number 1. */
void rp_fib_learn(struct rp_fib *fib, const struct rp_record *rec)
{
	uint64_t key = rp_fib_link_key(rec->netns, rec->route.oif);
	uint64_t end_ns = rec->time_ns + rec->duration_ns;
	char name[RP_NAME_LEN + 1];

	if (rec->kind != RP_KIND_LINK_EVENT || !rec->netns || !rec->route.oif)
		return;
	rp_util_clean(name, sizeof(name), rec->route.dev, RP_NAME_LEN);
	if (rec->change.op != RP_CHANGE_DELETE) {
		rp_facts_add(&fib->links, key, rec->time_ns, RP_FACTS_SEEN, name);
		return;
	}
	end_ns += end_ns >= rec->time_ns && end_ns < UINT64_MAX;
	rp_facts_add(&fib->links, key, end_ns, RP_FACTS_ENDED, name);
	if (rec->route.oif == RP_FIB_LOOPBACK)
		rp_facts_add(&fib->ends, rec->netns, end_ns, RP_FACTS_ENDED, "");
}

uint64_t rp_fib_at(struct rp_fib *fib, uint64_t time_ns)
{
	uint64_t before = fib->at_ns;

	fib->at_ns = time_ns;
	return before;
}

struct rp_life rp_fib_life(struct rp_fib *fib, uint32_t inode)
{
	return rp_facts_life(&fib->ends, inode, fib->at_ns);
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

/* When what follows was asked for */
static bool rp_fib_take_asked(struct rp_fib *fib, const json_t *part)
{
	const json_t *time = json_object_get(part, "time_ns");

	if (!json_is_integer(time) || json_integer_value(time) < 0)
		return false;
	fib->asked_ns = json_integer_value(time);
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
	part = json_object_get(object, "asked");
	if (part && !rp_fib_take_asked(fib, part))
		return false;
	part = json_object_get(object, "netns");
	if (part) {
		name = json_string_value(json_object_get(part, "name"));
		if (!name || !rp_fib_number(part, "inode", &id))
			return false;
		rp_fib_name_netns(fib, id, name);
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
		rp_fib_name_link(fib, id, index, name);
	}
	return true;
}

static bool rp_fib_begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* Lines of these name nothing, and there may be millions. */
static bool rp_fib_is_nameless(const char *line)
{
	return rp_fib_begins(line, "{\"route\":") || rp_fib_begins(line, "{\"rule\":") ||
	       rp_fib_begins(line, "{\"setting\":") || rp_fib_begins(line, "{\"address\":");
}

/* Is it an object as far as can be told without making it one? */
static bool rp_fib_is_whole(const char *c)
{
	bool quoted = false;
	int depth = 0;

	for (; *c && *c != '\n'; c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (quoted && *c == '\\' && c[1])
			c++;
		else if (!quoted && (*c == '{' || *c == '['))
			depth++;
		else if (!quoted && (*c == '}' || *c == ']') && !--depth)
			return c[1] == '\n';
		else if ((unsigned char)*c < ' ')
			return false;
	}
	return false;
}

static bool rp_fib_line(struct rp_fib *fib, const char *line)
{
	json_t *object;
	bool good;

	if (fib->only && !rp_fib_begins(line, fib->only))
		return true;
	if (!fib->visitor && rp_fib_is_nameless(line))
		return rp_fib_is_whole(line);
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

static const char *rp_fib_find_netns(struct rp_fib *fib, uint32_t inode)
{
	struct rp_life life = rp_fib_life(fib, inode);

	return rp_facts_get(&fib->netns, inode, fib->at_ns, &life);
}

const char *rp_fib_seen_netns(struct rp_fib *fib, uint32_t inode)
{
	uint64_t before = rp_fib_at(fib, fib->asked_ns);
	const char *name = rp_fib_find_netns(fib, inode);

	rp_fib_at(fib, before);
	return name;
}

const char *rp_fib_netns(struct rp_fib *fib, uint32_t inode)
{
	const char *name = rp_fib_find_netns(fib, inode);

	if (!name && inode && rp_fib_refresh(fib))
		name = rp_fib_find_netns(fib, inode);
	return name;
}

static const char *rp_fib_find_link(struct rp_fib *fib, uint32_t netns, uint32_t ifindex)
{
	struct rp_life life = rp_fib_life(fib, netns);

	return rp_facts_get(&fib->links, rp_fib_link_key(netns, ifindex), fib->at_ns, &life);
}

const char *rp_fib_link(struct rp_fib *fib, uint32_t netns, uint32_t ifindex)
{
	const char *name = rp_fib_find_link(fib, netns, ifindex);

	if (!name && ifindex && rp_fib_refresh(fib))
		name = rp_fib_find_link(fib, netns, ifindex);
	if (!name && ifindex == RP_FIB_LOOPBACK)
		name = "lo";
	return name;
}

const char *rp_fib_table(struct rp_fib *fib, uint32_t table)
{
	return rp_map_get(&fib->tables, table);
}
