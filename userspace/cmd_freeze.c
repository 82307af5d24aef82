// SPDX-License-Identifier: GPL-2.0
/* routeprobe freeze and thaw: the module's flight recorder. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "util.h"

#define RP_FREEZE_PARAMETER	"/sys/module/routeprobe/parameters/freeze"

/* One write: the module takes a value as a whole or not at all. */
static int rp_freeze_write(const char *value)
{
	int fd = open(RP_FREEZE_PARAMETER, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, value, strlen(value));
	int error = errno;

	if (fd >= 0)
		close(fd);
	if (n >= 0)
		return RP_EXIT_OK;
	if (error == EINVAL)
		rp_util_err("the module refuses \"%s\": dmesg says which word, and what is allowed",
			    value);
	else
		rp_util_err("%s: %s%s", RP_FREEZE_PARAMETER, strerror(error),
			    error == ENOENT ? ": is the module loaded?" : "");
	return RP_EXIT_ERROR;
}

/* At once, or after what the words say. */
int rp_cmd_freeze(const struct rp_options *o)
{
	char value[4096] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < o->nwords && len < sizeof(value); i++)
		len += snprintf(value + len, sizeof(value) - len, "%s%s", len ? " " : "",
				o->words[i]);
	if (len >= sizeof(value)) {
		rp_util_err("more words than the module takes");
		return RP_EXIT_ERROR;
	}
	return rp_freeze_write(len ? value : "now");
}

int rp_cmd_thaw(const struct rp_options *o)
{
	if (o->nwords) {
		rp_util_err("thaw takes no \"%s\"", o->words[0]);
		return RP_EXIT_ERROR;
	}
	return rp_freeze_write("thaw");
}
