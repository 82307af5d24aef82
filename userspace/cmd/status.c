// SPDX-License-Identifier: GPL-2.0
/* routeprobe status: what is armed, what it counted, what is lost. */
#include <stdlib.h>
#include <string.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "cmd/cmd.h"
#include "lib/util.h"
#include "source/diagnose.h"
#include "source/source.h"

static void rp_status_probe(const struct rp_probe *p)
{
	bool armed = !strcmp(p->state, "armed");
	uint64_t number;
	char state[64];

	if (!strncmp(p->state, "absent:", 7) &&
	    rp_util_u64(p->state + 7, 4095, &number) && strerrorname_np(number))
		snprintf(state, sizeof(state), "absent %s", strerrorname_np(number));
	else
		snprintf(state, sizeof(state), "%s", p->state);
	printf("%-30s %-9s %-14s %-10s %12llu %12llu %12llu  %s%s\n", p->name, p->group,
	       state, p->hook, (unsigned long long)p->recorded,
	       (unsigned long long)p->filtered, (unsigned long long)p->missed,
	       armed ? "" : "without it: ", p->use);
}

static void rp_status_probes(const struct rp_source *src)
{
	size_t i;

	printf("\n%-30s %-9s %-14s %-10s %12s %12s %12s  %s\n", "PROBE", "GROUP", "STATE",
	       "HOOK", "RECORDED", "FILTERED", "MISSED", "USE");
	for (i = 0; i < src->nprobes; i++)
		if (src->probes[i].known)
			rp_status_probe(&src->probes[i]);
}

static void rp_status_stats(struct rp_source *src)
{
	char *text = rp_util_read(src->dirfd, "stats", 1 << 20);
	const char *key, *value;
	char *rest = text, *line;
	char clean[128];

	if (!text) {
		rp_source_damage(src, "stats: cannot be read");
		return;
	}
	putchar('\n');
	while ((line = rp_util_line(&rest))) {
		rp_util_clean(clean, sizeof(clean), line, strlen(line));
		if (rp_util_keyval(clean, &key, &value))
			printf("%-30s %s\n", key, value);
	}
	free(text);
}

int rp_cmd_status(const struct rp_options *o)
{
	const char *silence = rp_trouble_silence();
	struct rp_source src;
	char lockdown[32];
	int status;

	if (o->nwords) {
		rp_util_err("status takes no \"%s\"", o->words[0]);
		return RP_EXIT_ERROR;
	}
	if (rp_source_open(&src, o->dir, false))
		return RP_EXIT_ERROR;
	rp_trouble_lockdown(lockdown, sizeof(lockdown));
	printf("%-30s routeprobe %s, contract %llu.%llu\n", "module", src.version,
	       (unsigned long long)src.major, (unsigned long long)src.minor);
	printf("%-30s routeprobe %s, contract %u.%u\n", "reader",
	       ROUTEPROBE_VERSION, RP_ABI_MAJOR, RP_ABI_MINOR);
	printf("%-30s %s\n", "kernel", src.kernel);
	printf("%-30s %s\n", "lockdown", lockdown);
	printf("%-30s %s%s\n", "kprobes", silence ? "silenced; undo it: " : "fire",
	       silence ? silence : "");
	rp_status_stats(&src);
	rp_status_probes(&src);
	status = src.damaged ? RP_EXIT_DAMAGED : RP_EXIT_OK;
	rp_source_close(&src);
	return status;
}
