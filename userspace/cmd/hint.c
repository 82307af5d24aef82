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
	{ "what-if",	"routeprobe whatif -- ip ARGS" },
	{ "simulate",	"routeprobe whatif -- ip ARGS" },
	{ "version",	"routeprobe -V" },
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
	{ "watch",	"rows",		"the filter word netns NAME" },
	{ "report",	"by",		"routeprobe top --by WORD" },
	{ "report",	"graph",	"routeprobe stacks --graph" },
	{ "report",	"folded",	"routeprobe stacks --folded" },
	{ "why",	"by",		"routeprobe top --by WORD" },
	{ "why",	"columns",	"routeprobe why -j" },
	{ "why",	"output",	"routeprobe report --output DIR" },
	{ "top",	"details",	"routeprobe report -d" },
	{ "record",	"all",		"all processors are recorded anyway" },
	{ "record",	"graph",	"echo 1 >/sys/module/routeprobe/parameters/stacks" },
};

static const char *rp_hint_find(const struct rp_hint *hints, size_t n, const char *typed)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(hints[i].typed, typed))
			return hints[i].instead;
	return NULL;
}

const char *rp_hint_command(const char *word)
{
	return rp_hint_find(rp_hint_commands, RP_ARRAY_SIZE(rp_hint_commands), word);
}

const char *rp_hint_option(const char *option)
{
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(option, "="), option);
	return rp_hint_find(rp_hint_options, RP_ARRAY_SIZE(rp_hint_options), name);
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
