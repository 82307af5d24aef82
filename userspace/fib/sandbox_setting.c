// SPDX-License-Identifier: GPL-2.0
/*
 * Sysctls of a sandbox, by the names that the contract has for them: what a snapshot calls
 * them is no part of a path.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fib/sandbox_inner.h"
#include "lib/names.h"
#include "lib/util.h"

#define RP_SETTING_DIR	"/proc/sys/net"

static int rp_setting_write(const char *path, int value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool failed = fd < 0 || dprintf(fd, "%d\n", value) < 0;
	int err = failed ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

/* Whose it is: "conf/all/", "conf/eth0/", or "" for the namespace; false: nobody's here */
static bool rp_setting_owner(const struct rp_box *b, const json_t *object, char *owner,
			     size_t size)
{
	const char *conf = json_string_value(json_object_get(object, "conf"));
	char dev[IF_NAMESIZE];
	uint32_t index;

	*owner = '\0';
	if (conf && strcmp(conf, "all") && strcmp(conf, "default"))
		return false;
	if (rp_fib_number(object, "ifindex", &index)) {
		conf = if_indextoname(rp_message_ours(&b->devs, index), dev);
		if (!conf)
			return false;
	}
	if (conf)
		snprintf(owner, size, "conf/%s/", conf);
	return true;
}

static void rp_setting_take(struct rp_box *b, const char *kind, const json_t *object)
{
	unsigned int family = rp_message_family(object);
	char owner[IF_NAMESIZE + 8], path[128];
	const json_t *value;
	struct rp_name name;
	unsigned int id;
	int err = 0;

	if (!rp_setting_owner(b, object, owner, sizeof(owner))) {
		rp_box_lack(b, kind, object, -ENODEV);
		return;
	}
	for (id = RP_SETTING_NONE + 1; id < __RP_SETTING_MAX && !err; id++) {
		value = json_object_get(object, rp_names_setting(id, &name));
		if (!json_is_integer(value))
			continue;
		snprintf(path, sizeof(path), RP_SETTING_DIR "/ipv%d/%s%s",
			 family == AF_INET6 ? 6 : 4, owner, rp_names_setting(id, &name));
		err = rp_setting_write(path, json_integer_value(value));
	}
	if (err)
		rp_box_lack(b, kind, object, err);
	else if (json_object_get(object, "conf"))
		b->has_settings[rp_box_family(family)] = true;
}

/* What is set for all devices is set for each: so those of devices come last. */
static void rp_setting_common(struct rp_box *b, const char *kind, const json_t *object)
{
	if (!json_object_get(object, "ifindex"))
		rp_setting_take(b, kind, object);
}

static void rp_setting_own(struct rp_box *b, const char *kind, const json_t *object)
{
	if (json_object_get(object, "ifindex"))
		rp_setting_take(b, kind, object);
}

void rp_box_begin_settings(void)
{
	/* No address comes by itself, and none is refused. */
	rp_setting_write(RP_SETTING_DIR "/ipv6/conf/default/addr_gen_mode", 1);
	rp_setting_write(RP_SETTING_DIR "/ipv6/conf/default/disable_ipv6", 0);
}

void rp_box_settings(struct rp_box *b)
{
	rp_box_each(b, "setting", rp_setting_common);
	rp_box_each(b, "setting", rp_setting_own);
}
