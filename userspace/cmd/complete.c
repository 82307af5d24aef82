// SPDX-License-Identifier: GPL-2.0
/* What the machine has and the program knows that may stand behind a word, for shells. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/complete.h"
#include "fib/names.h"
#include "lib/names.h"
#include "lib/util.h"
#include "story/plain.h"
#include "words/clock.h"

static void rp_complete_offer(const char *begun, const char *word)
{
	if (!strncmp(word, begun, strlen(begun)))
		puts(word);
}

static void rp_complete_files(const char *begun, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (*entry->d_name != '.')
			rp_complete_offer(begun, entry->d_name);
	if (d)
		closedir(d);
}

static void rp_complete_devices(const char *begun)
{
	rp_complete_files(begun, "/sys/class/net");
}

static void rp_complete_namespaces(const char *begun)
{
	rp_complete_files(begun, "/run/netns");
}

static void rp_complete_tables(const char *begun)
{
	struct rp_fib fib;
	size_t i;

	rp_fib_init(&fib);
	rp_fib_name_tables(&fib);
	for (i = 0; i < fib.tables.count; i++)
		rp_complete_offer(begun, fib.tables.entries[i].name);
	rp_fib_exit(&fib);
}

static void rp_complete_protocols(const char *begun)
{
	unsigned int proto, same;
	struct rp_name name;

	for (proto = 1; proto < 256; proto++) {
		rp_names_ipproto(proto, &name);
		if (rp_names_ipproto_value(rp_names_ipproto(proto, &name), &same))
			rp_complete_offer(begun, rp_names_ipproto(proto, &name));
	}
}

static void rp_complete_families(const char *begun)
{
	rp_complete_offer(begun, "inet");
	rp_complete_offer(begun, "inet6");
}

static void rp_complete_errors(const char *begun)
{
	static const char *const usual[] = {
		"any", "EACCES", "EHOSTUNREACH", "EINVAL", "ENETDOWN", "ENETUNREACH", "EPERM",
	};
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(usual); i++)
		rp_complete_offer(begun, usual[i]);
}

static void rp_complete_times(const char *begun)
{
	const char *word;
	unsigned int i;

	for (i = 0; (word = rp_clock_word(i)); i++)
		rp_complete_offer(begun, word);
}

static void rp_complete_counts(const char *begun)
{
	rp_cmd_top_words(begun);
}

bool rp_complete_value(const char *word, const char *begun)
{
	static const struct {
		const char *word;
		void (*values)(const char *begun);
	} kinds[] = {
		{ "oif",	rp_complete_devices },
		{ "iif",	rp_complete_devices },
		{ "dev",	rp_complete_devices },
		{ "vrf",	rp_complete_devices },
		{ "netns",	rp_complete_namespaces },
		{ "table",	rp_complete_tables },
		{ "ipproto",	rp_complete_protocols },
		{ "family",	rp_complete_families },
		{ "error",	rp_complete_errors },
		{ "--by",	rp_complete_counts },
		{ "--time",	rp_complete_times },
		{ "-t",		rp_complete_times },
	};
	const char *name = rp_plain_name(word);
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].word, name))
			continue;
		kinds[i].values(begun);
		return true;
	}
	return false;
}
