// SPDX-License-Identifier: GPL-2.0
/* What people type from memory of ip, tcpdump, perf, journalctl and git. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cmd/hint.h"
#include "lib/util.h"

struct rp_hint {
	const char *typed, *instead;
};

static const struct rp_hint rp_hint_commands[] = {
	{ "log",	"routeprobe report" },
	{ "show",	"routeprobe report, or routeprobe status" },
	{ "list",	"routeprobe report, or routeprobe status" },
	{ "ls",		"routeprobe report, or routeprobe status" },
	{ "script",	"routeprobe report -d" },
	{ "monitor",	"routeprobe watch" },
	{ "tail",	"routeprobe watch" },
	{ "live",	"routeprobe watch" },
	{ "capture",	"routeprobe record" },
	{ "trace",	"routeprobe record, or routeprobe watch" },
	{ "start",	"routeprobe record, or routeprobe thaw" },
	{ "stop",	"routeprobe freeze" },
	{ "save",	"routeprobe dump DIR" },
	{ "blame",	"routeprobe why" },
	{ "explain",	"routeprobe why, or routeprobe report -d" },
	{ "stat",	"routeprobe top, or routeprobe hist" },
	{ "stats",	"routeprobe status" },
	{ "info",	"routeprobe status" },
	{ "get",	"routeprobe report to ADDRESS, or ip route get ADDRESS" },
	{ "route",	"routeprobe report to ADDRESS, or routeprobe top --by route" },
	{ "rule",	"routeprobe report rule PRIORITY, or routeprobe top --by rule" },
	{ "netns",	"routeprobe report netns NAME" },
	{ "flush",	"echo 0 and then 1 >/sys/module/routeprobe/parameters/enable" },
	{ "annotate",	"routeprobe report -d" },
	{ "bisect",	"routeprobe diff A B, or routeprobe why moved" },
	{ "link",	"routeprobe report dev NAME, which has what became of it, too" },
	{ "addr",	"routeprobe report dev NAME, which has what became of it, too" },
	{ "address",	"routeprobe report dev NAME, which has what became of it, too" },
	{ "neigh",	"routeprobe why, which tells what neighbours did not answer" },
	{ "neighbour",	"routeprobe why, which tells what neighbours did not answer" },
	{ "nexthop",	"routeprobe report -d, or routeprobe top --by route" },
	{ "mroute",	"routeprobe report to GROUP" },
	{ "vrf",	"routeprobe report vrf NAME" },
	{ "table",	"routeprobe report table NAME, or routeprobe top --by table" },
	{ "r",		"routeprobe report to ADDRESS, or routeprobe top --by route" },
	{ "ro",		"routeprobe report to ADDRESS, or routeprobe top --by route" },
	{ "ru",		"routeprobe report rule PRIORITY, or routeprobe top --by rule" },
	{ "a",		"routeprobe report dev NAME, which has what became of it, too" },
	{ "l",		"routeprobe report dev NAME, which has what became of it, too" },
	{ "n",		"routeprobe why, which tells what neighbours did not answer" },
	{ "ip",		"routeprobe whatif -- ip ARGS, or routeprobe top --by route" },
	{ "perf",	"routeprobe record, or routeprobe report" },
	{ "grep",	"routeprobe report and filter words, as in error any" },
	{ "probe",	"routeprobe status" },
	{ "sched",	"routeprobe hist, or routeprobe stacks --graph" },
	{ "lock",	"routeprobe hist, or routeprobe stacks --graph" },
	{ "evlist",	"routeprobe status" },
	{ "archive",	"routeprobe dump DIR, or tar of a recording" },
	{ "state",	"ss has sockets; routeprobe report pid N has what one asked for" },
	{ "arp",	"routeprobe why, which tells what neighbours did not answer" },
	{ "what-if",	"routeprobe whatif -- ip ARGS" },
	{ "simulate",	"routeprobe whatif -- ip ARGS" },
	{ "version",	"routeprobe -V" },
};

/* Behind the name of what ip(8) shows and changes */
static const char *const rp_hint_shows[] = {
	"list", "show", "ls", "lst", "get", "save", "exec", "identify", "monitor",
};

static const char *const rp_hint_changes[] = {
	"add", "del", "delete", "replace", "change", "append", "prepend", "set", "restore",
};

static const struct rp_hint rp_hint_options[] = {
	{ "-br",	"-o chooses columns, as in -o verdict,flow" },
	{ "-brief",	"-o chooses columns, as in -o verdict,flow" },
	{ "--oneline",	"-o chooses columns, as in -o time,verdict,flow" },
	{ "--fields",	"-o chooses columns, as in -o verdict,flow" },
	{ "-F",		"-o chooses columns, as in -o verdict,flow" },
	{ "-s",		"routeprobe top counts, and routeprobe status has all counters" },
	{ "--stat",	"routeprobe top counts" },
	{ "--sort",	"routeprobe top --by WORD" },
	{ "-p",		"the filter words pid N, dport N and -d for the steps" },
	{ "--pid",	"the filter word pid N" },
	{ "--comm",	"the filter word comm NAME" },
	{ "-u",		"the filter words uid N or comm NAME" },
	{ "-N",		"the filter word netns NAME" },
	{ "--netns",	"the filter word netns NAME" },
	{ "--since",	"-t date shows when, and routeprobe freeze keeps what led to an event" },
	{ "--until",	"-t date shows when, and routeprobe freeze keeps what led to an event" },
	{ "--after",	"-t date shows when, and routeprobe freeze keeps what led to an event" },
	{ "-S",		"-t date shows when, and routeprobe freeze keeps what led to an event" },
	{ "-r",		"-i DIR reads a recording" },
	{ "-w",		"routeprobe record -o DIR, or report --output DIR" },
	{ "-e",		"the filter word error any" },
	{ "-x",		"-d shows the steps of each decision" },
	{ "-v",		"-d shows the steps of each decision" },
	{ "-g",		"routeprobe stacks --graph" },
	{ "-k",		"routeprobe status" },
	{ "-l",		"nothing: columns fit the terminal" },
	{ "-q",		"2>/dev/null" },
	{ "--stdio",	"nothing: it prints lines" },
	{ "--short",	"-o chooses columns, as in -o verdict,flow" },
	{ "-b",		"nothing: what the buffer holds is of this boot" },
	{ "--boot",	"nothing: what the buffer holds is of this boot" },
	{ "--grep",	"filter words, as in error any" },
	{ "--no-pager",	"nothing: there is no pager" },
	{ "-0",		"-4 or -6" },
	{ "-A",		"-d shows the steps of each decision" },
	{ "-X",		"-d, or routeprobe report --pcapng FILE, which has the packets" },
	{ "-K",		"routeprobe freeze stops, and changes nothing" },
	{ "-D",		"routeprobe status" },
	{ "-m",		"routeprobe hist shows how long each call took" },
	{ "--tid",	"the filter word pid N" },
	{ "--list-boots", "nothing: what the buffer holds is of this boot" },
	{ "--sum",	"routeprobe top counts" },
};

static const struct {
	const char *command, *option, *instead;
} rp_hint_unfits[] = {
	{ "watch",	"follow",	"it goes on until interrupted anyway" },
	{ "watch",	"input",	"routeprobe report" },
	{ "watch",	"output",	"routeprobe record" },
	{ "report",	"follow",	"routeprobe watch" },
	{ "report",	"rows",		"routeprobe report | head, or the filter word netns NAME" },
	{ "why",	"rows",		"routeprobe why | head, or the filter word netns NAME" },
	{ "watch",	"rows",		"routeprobe report | tail, or the filter word netns NAME" },
	{ "report",	"by",		"routeprobe top --by WORD" },
	{ "report",	"graph",	"routeprobe stacks --graph" },
	{ "report",	"folded",	"routeprobe stacks --folded" },
	{ "why",	"by",		"routeprobe top --by WORD" },
	{ "why",	"columns",	"routeprobe why -j" },
	{ "why",	"output",	"routeprobe report --output DIR" },
	{ "top",	"details",	"routeprobe report -d" },
	{ "record",	"all",		"all processors are recorded anyway" },
	{ "record",	"graph",	"echo 1 >/sys/module/routeprobe/parameters/stacks" },
	{ "record",	"-g",
	  "routeprobe stacks --graph, if /sys/module/routeprobe/parameters/stacks is 1" },
	{ "record",	"-F",		"nothing: each decision is recorded, not one of many" },
	{ "record",	"-e",		"nothing: routeprobe status shows what is armed" },
	{ "record",	"-p",		"nothing: all tasks are; routeprobe report pid N chooses" },
	{ "diff",	"--stat",	"nothing: the last line counts" },
	{ "diff",	"--name-only",	"nothing: lines that begin with no - or + are the flows" },
	{ "status",	"-s",		"nothing: it has all counters" },
	{ "status",	"--short",	"routeprobe status | head" },
};

static const char *rp_hint_find(const struct rp_hint *hints, size_t n, const char *typed)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(hints[i].typed, typed))
			return hints[i].instead;
	return NULL;
}

static bool rp_hint_is_one(const char *const *words, size_t n, const char *word)
{
	size_t i;

	for (i = 0; word && i < n; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

bool rp_hint_is_ip(const char *word, const char *next)
{
	return rp_hint_command(word, NULL) &&
	       (rp_hint_is_one(rp_hint_shows, RP_ARRAY_SIZE(rp_hint_shows), next) ||
		rp_hint_is_one(rp_hint_changes, RP_ARRAY_SIZE(rp_hint_changes), next));
}

const char *rp_hint_command(const char *word, const char *next)
{
	if (rp_hint_is_one(rp_hint_changes, RP_ARRAY_SIZE(rp_hint_changes), next) &&
	    rp_hint_is_ip(word, next))
		return "routeprobe whatif -- ip ARGS, which shows what it would do";
	return rp_hint_find(rp_hint_commands, RP_ARRAY_SIZE(rp_hint_commands), word);
}

const char *rp_hint_option(const char *command, const char *option)
{
	const char *hint;
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(option, "="), option);
	hint = rp_hint_unfit(command, name);
	return hint ? hint : rp_hint_find(rp_hint_options, RP_ARRAY_SIZE(rp_hint_options), name);
}

const char *rp_hint_columns(const char *names)
{
	static const char *const forms[] = { "json", "json-pretty", "json-sse", "json-seq" };

	return rp_hint_is_one(forms, RP_ARRAY_SIZE(forms), names) ? "-j" : NULL;
}

const char *rp_hint_unfit(const char *command, const char *option)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_hint_unfits); i++)
		if (!strcmp(rp_hint_unfits[i].command, command) &&
		    !strcmp(rp_hint_unfits[i].option, option))
			return rp_hint_unfits[i].instead;
	return NULL;
}
