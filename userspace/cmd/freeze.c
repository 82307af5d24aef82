// SPDX-License-Identifier: GPL-2.0
/* routeprobe freeze and thaw: the module's flight recorder. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "lib/buf.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/filter.h"
#include "story/plain.h"
#include "words/json.h"

#define RP_FREEZE_PARAMETER	"/sys/module/routeprobe/parameters/freeze"

static void rp_freeze_json(const char *value)
{
	struct rp_buf b = { 0 };

	rp_json_open(&b, NULL, '{');
	rp_json_string(&b, "kind", "freeze");
	rp_json_string(&b, "freeze", value);
	rp_buf_text(&b, "}\n");
	rp_buf_flush(&b, stdout);
	rp_buf_exit(&b);
}

/* One write: the module takes a value as a whole or not at all. */
static int rp_freeze_write(const char *value, const struct rp_options *o)
{
	int fd = open(RP_FREEZE_PARAMETER, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, value, strlen(value));
	int error = errno;

	if (fd >= 0)
		close(fd);
	if (n >= 0) {
		if (o->json)
			rp_freeze_json(value);
		return RP_EXIT_OK;
	}
	rp_util_err("%s: %s%s", RP_FREEZE_PARAMETER, strerror(error),
		    error == ENOENT ? ": is the module loaded?" : "");
	return RP_EXIT_ERROR;
}

/* One that the module has for itself, or words of a filter.  Returns -1 if neither. */
static int rp_freeze_check(const struct rp_options *o, const struct rp_plain *p)
{
	static const char *const own[] = { "off", "now", "thaw" };
	struct rp_source src;
	size_t i;
	int err;

	for (i = 0; i < RP_ARRAY_SIZE(own); i++)
		if (p->argc == 1 && !strcmp(p->argv[0], own[i]))
			return 0;
	/* drop reasons have the names of the running kernel, if it can be asked */
	if (access(o->dir ? o->dir : RP_SOURCE_LIVE_DIR, R_OK | X_OK) &&
	    access(RP_SOURCE_OTHER_DIR, R_OK | X_OK))
		return rp_filter_check(NULL, p);
	if (rp_source_open(&src, o->dir, false))
		return -1;
	err = rp_filter_check(&src.reasons, p);
	rp_source_close(&src);
	return err;
}

static int rp_freeze_words(const struct rp_options *o, const struct rp_plain *p)
{
	char value[4096] = "";
	size_t len = 0;
	int i;

	if (!p->argc) {
		rp_util_err("an empty word says nothing to wait for");
		return RP_EXIT_ERROR;
	}
	if (rp_freeze_check(o, p))
		return RP_EXIT_ERROR;
	for (i = 0; i < p->argc && len < sizeof(value); i++)
		len += snprintf(value + len, sizeof(value) - len, "%s%s", len ? " " : "",
				p->argv[i]);
	if (len >= sizeof(value)) {
		rp_util_err("more words than the module takes");
		return RP_EXIT_ERROR;
	}
	return rp_freeze_write(value, o);
}

/* At once, or after what the words say. */
int rp_cmd_freeze(const struct rp_options *o)
{
	struct rp_plain plain;
	int status;

	if (!o->nwords)
		return rp_freeze_write("now", o);
	rp_plain_split(&plain, o->nwords, o->words);
	status = rp_freeze_words(o, &plain);
	rp_plain_free(&plain);
	return status;
}

int rp_cmd_thaw(const struct rp_options *o)
{
	if (o->nwords) {
		rp_util_err("thaw takes no \"%s\"", o->words[0]);
		return RP_EXIT_ERROR;
	}
	return rp_freeze_write("thaw", o);
}
