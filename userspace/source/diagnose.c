// SPDX-License-Identifier: GPL-2.0
/* Why a directory cannot be read, and the command that mends it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "lib/util.h"
#include "source/diagnose.h"
#include "source/source.h"

#define RP_TROUBLE_DEBUGFS	"/sys/kernel/debug"

/* The word in brackets of "none [integrity] confidentiality" */
void rp_trouble_lockdown(char *buf, size_t size)
{
	char *text = rp_util_read(AT_FDCWD, "/sys/kernel/security/lockdown", 4096);
	char *from = text ? strchr(text, '[') : NULL;

	if (from)
		rp_util_clean(buf, size, from + 1, strcspn(from + 1, "]"));
	else
		snprintf(buf, size, "unknown");
	free(text);
}

static bool rp_trouble_is_off(const char *path)
{
	char *text = rp_util_read(AT_FDCWD, path, 16);
	bool off = text && *text == '0';

	free(text);
	return off;
}

/* Whether any kprobe stands on ftrace, which takes those of x86, if not others */
static bool rp_trouble_kprobes_on_ftrace(void)
{
	char *list = rp_util_read(AT_FDCWD, "/sys/kernel/debug/kprobes/list", 1 << 20);
	bool found = list && strstr(list, "[FTRACE]");

	free(list);
	return found;
}

/* Two switches of the kernel, for all tools: what they stop counts nowhere. */
const char *rp_trouble_silence(void)
{
	if (rp_trouble_is_off("/proc/sys/kernel/ftrace_enabled") &&
	    rp_trouble_kprobes_on_ftrace())
		return "sysctl kernel.ftrace_enabled=1";
	if (rp_trouble_is_off("/sys/kernel/debug/kprobes/enabled"))
		return "echo 1 >/sys/kernel/debug/kprobes/enabled";
	return NULL;
}

static bool rp_trouble_locked_down(void)
{
	char state[32];

	rp_trouble_lockdown(state, sizeof(state));
	return strcmp(state, "none") && strcmp(state, "unknown");
}

static int rp_trouble_live(const char *dir, int error)
{
	struct statfs fs;

	if (geteuid())
		return rp_util_err("%s can only be read by root: run it with sudo, or see gid in routeprobe-module(4)",
				   dir);
	if (error == EPERM && rp_trouble_locked_down())
		return rp_util_err("kernel lockdown refuses %s: see `cat /sys/kernel/security/lockdown`",
				   dir);
	if (statfs(RP_TROUBLE_DEBUGFS, &fs) || fs.f_type != DEBUGFS_MAGIC)
		return rp_util_err("debugfs is not mounted: mount -t debugfs none %s",
				   RP_TROUBLE_DEBUGFS);
	if (access("/sys/module/routeprobe", F_OK) && rp_trouble_locked_down())
		return rp_util_err("module routeprobe is not loaded, and kernel lockdown takes only signed ones: mokutil --import the key it is signed with, then modprobe routeprobe");
	if (access("/sys/module/routeprobe", F_OK))
		return rp_util_err("module routeprobe is not loaded: modprobe routeprobe (or insmod ./routeprobe.ko)");
	return rp_util_err("%s: %s, though module routeprobe is loaded: see `dmesg | grep routeprobe`",
			   dir, strerror(error));
}

int rp_trouble_open(const char *dir, const char *file, bool recording)
{
	int error = errno;

	if (!recording && !strcmp(dir, RP_SOURCE_LIVE_DIR))
		return rp_trouble_live(dir, error);
	if (!file && error == ENOENT && !strchr(dir, '/'))
		return rp_util_err("%s: %s: -i reads a recording; for a device there is the filter word dev",
				   dir, strerror(error));
	if (!file)
		return rp_util_err("%s: %s", dir, strerror(error));
	if (error == ENOENT)
		return rp_util_err("%s is not a recording of routeprobe: it has no file \"%s\"",
				   dir, file);
	return rp_util_err("%s/%s: %s", dir, file, error == EMEDIUMTYPE ?
			   "not a plain file" : strerror(error));
}

int rp_trouble_version(const struct rp_source *src)
{
	const char *what = src->recording ? "recording" : "module";
	bool newer = src->major > RP_ABI_MAJOR;
	const char *mend;

	if (!src->major)
		return rp_util_err("%s: the file \"version\" names no contract (\"abi MAJOR.MINOR\")",
				   src->dir);
	if (src->major == RP_ABI_MAJOR) {
		if (src->record_size == sizeof(struct rp_record))
			return 0;
		return rp_util_err("%s: records of %llu bytes, contract %u has %zu: the file \"version\" is damaged",
				   src->dir, (unsigned long long)src->record_size,
				   RP_ABI_MAJOR, sizeof(struct rp_record));
	}
	if (newer)
		mend = "upgrade the reader";
	else if (src->recording)
		mend = "read it with the reader it was recorded with";
	else
		mend = "upgrade the module";
	return rp_util_err("the %s (routeprobe %s) speaks contract %llu.%llu, this reader (routeprobe %s) speaks %u.%u: %s",
			   what, *src->version ? src->version : "?",
			   (unsigned long long)src->major,
			   (unsigned long long)src->minor, ROUTEPROBE_VERSION,
			   RP_ABI_MAJOR, RP_ABI_MINOR, mend);
}
