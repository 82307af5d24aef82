// SPDX-License-Identifier: GPL-2.0
/* routeprobe status: what is armed, what it counted, what is lost. */
#include <stdlib.h>
#include <string.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "cmd/cmd.h"
#include "lib/buf.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "out/row.h"
#include "source/diagnose.h"
#include "source/source.h"
#include "words/format.h"
#include "words/json.h"

#define RP_STATUS_VALUES	31	/* where they stand */
/* For less than that what a probe is for stands below. */
#define RP_STATUS_ROOM	40

static const struct rp_row_column rp_status_columns[] = {
	{ "PROBE", 30, 0, false },	{ "GROUP", 9, 4, false },
	{ "STATE", 14, 0, false },	{ "HOOK", 10, 3, false },
	{ "RECORDED", 12, 0, true },	{ "FILTERED", 12, 2, true },
	{ "MISSED", 12, 1, true },
};

static void rp_status_probe(const struct rp_row *row, const struct rp_probe *p)
{
	char state[64], recorded[24], filtered[24], missed[24];
	const char *const texts[] = {
		p->name, p->group, state, p->hook, recorded, filtered, missed,
	};
	struct rp_text words = { "", 0 };
	uint64_t number;

	if (!strncmp(p->state, "absent:", 7) &&
	    rp_util_u64(p->state + 7, 4095, &number) && strerrorname_np(number))
		snprintf(state, sizeof(state), "absent %s", strerrorname_np(number));
	else
		snprintf(state, sizeof(state), "%s", p->state);
	snprintf(recorded, sizeof(recorded), "%llu", (unsigned long long)p->recorded);
	snprintf(filtered, sizeof(filtered), "%llu", (unsigned long long)p->filtered);
	snprintf(missed, sizeof(missed), "%llu", (unsigned long long)p->missed);
	rp_format_add(&words, "%s%s%s", row->below ? "" : " ",
		      !strcmp(p->state, "armed") ? "" : "without it: ", p->use);
	rp_row_print(row, texts, words.text);
}

static void rp_status_probes(FILE *out, const struct rp_source *src)
{
	struct rp_row row;
	size_t i;

	rp_row_init(&row, out, rp_status_columns, RP_ARRAY_SIZE(rp_status_columns), 0,
		    RP_STATUS_ROOM);
	fputc('\n', out);
	rp_row_header(&row, " USE");
	for (i = 0; i < src->nprobes; i++)
		if (src->probes[i].known)
			rp_status_probe(&row, &src->probes[i]);
}

static void rp_status_stats(FILE *out, struct rp_source *src)
{
	char *text = rp_util_read(src->dirfd, "stats", 1 << 20);
	const char *key, *value;
	char *rest = text, *line;
	char clean[128];

	if (!text) {
		rp_source_damage(src, "stats: cannot be read");
		return;
	}
	fputc('\n', out);
	while ((line = rp_util_line(&rest))) {
		rp_util_clean(clean, sizeof(clean), line, strlen(line));
		if (rp_util_keyval(clean, &key, &value))
			fprintf(out, "%-30s %s\n", key, value);
	}
	free(text);
}

static void rp_status_json_line(struct rp_buf *b)
{
	rp_buf_text(b, "}\n");
	rp_buf_flush(b, stdout);
}

static void rp_status_json_probe(struct rp_buf *b, const struct rp_probe *p, size_t id)
{
	rp_json_open(b, NULL, '{');
	rp_json_string(b, "kind", "probe");
	rp_json_number(b, "id", id);
	rp_json_string(b, "probe", p->name);
	rp_json_string(b, "group", p->group);
	rp_json_string(b, "state", p->state);
	rp_json_string(b, "hook", p->hook);
	rp_json_number(b, "recorded", p->recorded);
	rp_json_number(b, "filtered", p->filtered);
	rp_json_number(b, "missed", p->missed);
	rp_json_string(b, "use", p->use);
	rp_status_json_line(b);
}

static void rp_status_json_stats(struct rp_source *src, struct rp_buf *b)
{
	char *text = rp_util_read(src->dirfd, "stats", 1 << 20);
	const char *key, *value;
	char *rest = text, *line;
	char clean[128];

	if (!text) {
		rp_source_damage(src, "stats: cannot be read");
		return;
	}
	rp_json_open(b, "stats", '{');
	while ((line = rp_util_line(&rest))) {
		/* Keys are the module's, and need no escapes. */
		rp_util_clean(clean, sizeof(clean), line, strlen(line));
		if (rp_util_keyval(clean, &key, &value) && !strpbrk(key, "\"\\"))
			rp_json_string(b, key, value);
	}
	rp_json_close(b, '}');
	free(text);
}

static void rp_status_json(struct rp_source *src, const char *lockdown, const char *silence)
{
	struct rp_buf b = { 0 };
	char contract[48];
	size_t i;

	rp_json_open(&b, NULL, '{');
	rp_json_string(&b, "kind", "status");
	rp_json_string(&b, "module", src->version);
	snprintf(contract, sizeof(contract), "%llu.%llu", (unsigned long long)src->major,
		 (unsigned long long)src->minor);
	rp_json_string(&b, "contract", contract);
	rp_json_string(&b, "reader", ROUTEPROBE_VERSION);
	rp_json_string(&b, "kernel", src->kernel);
	rp_json_string(&b, "lockdown", lockdown);
	rp_json_bool(&b, "silenced", silence);
	rp_json_string(&b, "undo", silence);
	rp_status_json_stats(src, &b);
	rp_status_json_line(&b);
	for (i = 0; i < src->nprobes; i++)
		if (src->probes[i].known)
			rp_status_json_probe(&b, &src->probes[i], i);
	rp_buf_exit(&b);
}

static void rp_status_text(struct rp_source *src, const char *lockdown, const char *silence)
{
	FILE *out = rp_wrap(stdout);

	rp_wrap_hang(out, RP_STATUS_VALUES);
	fprintf(out, "%-30s routeprobe %s, contract %llu.%llu\n", "module", src->version,
		(unsigned long long)src->major, (unsigned long long)src->minor);
	fprintf(out, "%-30s routeprobe %s, contract %u.%u\n", "reader",
		ROUTEPROBE_VERSION, RP_ABI_MAJOR, RP_ABI_MINOR);
	fprintf(out, "%-30s %s\n", "kernel", src->kernel);
	fprintf(out, "%-30s %s\n", "lockdown", lockdown);
	fprintf(out, "%-30s %s%s\n", "kprobes", silence ? "silenced; undo it: " : "fire",
		silence ? silence : "");
	rp_status_stats(out, src);
	rp_status_probes(out, src);
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
	if (o->json)
		rp_status_json(&src, lockdown, silence);
	else
		rp_status_text(&src, lockdown, silence);
	status = src.damaged ? RP_EXIT_DAMAGED : RP_EXIT_OK;
	rp_source_close(&src);
	return status;
}
