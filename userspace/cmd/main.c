// SPDX-License-Identifier: GPL-2.0
/* routeprobe: the command line. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "cmd/cmd.h"
#include "lib/util.h"
#include "source/source.h"
#include "story/filter.h"

static const struct rp_command {
	const char *name;
	int (*run)(const struct rp_options *o);
	const char *options;	/* letters that it takes, "D" is --dir */
	const char *args;
	const char *help;
	int refused;		/* exit status of bad usage */
} rp_commands[] = {
	{ "watch", rp_cmd_watch, "Ddja46", "[-d] [-a] [--json] [FILTER]",
	  "show each routing decision from now on (the default)", RP_EXIT_ERROR },
	{ "record", rp_cmd_record, "Do", "[-o DIR] [-- COMMAND ARGS]",
	  "record until interrupted, or while a command runs", RP_EXIT_ERROR },
	{ "report", rp_cmd_report, "Ddjai46", "[-i DIR] [-d] [-a] [--json] [FILTER]",
	  "show a recording, or what the buffer holds now", RP_EXIT_ERROR },
	{ "why", rp_cmd_why, "Dfdji46", "[-i DIR | -f] [-d] [--json] [FILTER]",
	  "show what failed, where the error came from, and what changed to cause it",
	  RP_EXIT_ERROR },
	{ "top", rp_cmd_top, "Dfjabin46", "[-i DIR | -f] [--by WORD] [-n ROWS] [-a] [--json] [FILTER]",
	  "count by route, rule, table, flow, verdict or caller", RP_EXIT_ERROR },
	{ "diff", rp_cmd_diff, "ja", "[-a] [--json] A B [FILTER]",
	  "show flows that two recordings tell different things of", RP_DIFF_TROUBLE },
	{ "freeze", rp_cmd_freeze, "", "[FILTER | off]",
	  "stop recording now, or soon after something matches", RP_EXIT_ERROR },
	{ "thaw", rp_cmd_thaw, "", "",
	  "go on recording, until something matches again", RP_EXIT_ERROR },
	{ "dump", rp_cmd_dump, "D", "[DIR]",
	  "write what the buffer holds now as a recording", RP_EXIT_ERROR },
	{ "hist", rp_cmd_hist, "Dji", "[-i DIR] [--json]",
	  "show how long each probed function took", RP_EXIT_ERROR },
	{ "stacks", rp_cmd_stacks, "DfjainFg46",
	  "[-i DIR | -f] [--folded | --graph] [-n ROWS] [-a] [--json] [FILTER]",
	  "count by kernel stack, for flame graphs too; or show one decision's calls",
	  RP_EXIT_ERROR },
	{ "status", rp_cmd_status, "D", "",
	  "show probes, buffer, loss and versions", RP_EXIT_ERROR },
};

enum rp_option { RP_OPTION_DIR = 'D', RP_OPTION_JSON = 'j', RP_OPTION_BY = 'b',
		 RP_OPTION_FOLDED = 'F', RP_OPTION_GRAPH = 'g' };

static const struct option rp_options[] = {
	{ "dir",	required_argument,	NULL,	RP_OPTION_DIR },
	{ "details",	no_argument,		NULL,	'd' },
	{ "json",	no_argument,		NULL,	RP_OPTION_JSON },
	{ "all",	no_argument,		NULL,	'a' },
	{ "inet",	no_argument,		NULL,	'4' },
	{ "inet6",	no_argument,		NULL,	'6' },
	{ "follow",	no_argument,		NULL,	'f' },
	{ "by",		required_argument,	NULL,	RP_OPTION_BY },
	{ "folded",	no_argument,		NULL,	RP_OPTION_FOLDED },
	{ "graph",	no_argument,		NULL,	RP_OPTION_GRAPH },
	{ "rows",	required_argument,	NULL,	'n' },
	{ "input",	required_argument,	NULL,	'i' },
	{ "output",	required_argument,	NULL,	'o' },
	{ "version",	no_argument,		NULL,	'V' },
	{ "help",	no_argument,		NULL,	'h' },
	{ NULL, 0, NULL, 0 },
};

static int rp_main_usage(void)
{
	size_t i;

	puts("Usage: routeprobe [COMMAND] [OPTIONS] [FILTER]\n");
	for (i = 0; i < RP_ARRAY_SIZE(rp_commands); i++)
		printf("  routeprobe %s %s\n\t%s\n", rp_commands[i].name,
		       rp_commands[i].args, rp_commands[i].help);
	puts("\nOptions:\n"
	     "  -d, --details     the steps of each decision below its line\n"
	     "  -a, --all         also lookups that are part of no decision; of top: also\n"
	     "                    routes that the kernel made by itself and nobody used;\n"
	     "                    of stacks: also changes, and all else that has a stack;\n"
	     "                    of diff: also flows that only one recording has\n"
	     "  -4, -6            only IPv4, or IPv6: the words family inet, or family inet6\n"
	     "      --json        one JSON object a line\n"
	     "  -f, --follow      go on counting until interrupted\n"
	     "      --by WORD     what to count: route, rule, table, flow, verdict, caller\n"
	     "      --folded      one stack a line, for programs that draw flame graphs\n"
	     "      --graph       the calls of the decision that took longest\n"
	     "  -n, --rows N      the first N rows\n"
	     "  -i, --input DIR   a recording to report\n"
	     "  -o, --output DIR  where to record, default routeprobe-DATE-TIME\n"
	     "      --dir DIR     the module's directory, default " RP_SOURCE_LIVE_DIR "\n"
	     "      --version     version of this reader\n"
	     "  -h, --help        this text\n"
	     "\nFilter words, all of which must match; a first address means \"to\":");
	rp_filter_usage();
	return RP_EXIT_OK;
}

static int rp_main_version(void)
{
	printf("routeprobe %s, contract %u.%u\n", ROUTEPROBE_VERSION,
	       RP_ABI_MAJOR, RP_ABI_MINOR);
	return RP_EXIT_OK;
}

/*
 * Options up to the first word ("+") or among the words (""), into *o; the
 * letters go to @seen, zeroed and long enough.  Returns the index of the first
 * word, -1 when there is nothing to do but to leave with *status, which stays as
 * it is if something was wrong.
 */
static int rp_main_options(struct rp_options *o, int argc, char **argv,
			   const char *mode, char *seen, int *status)
{
	char letters[16];
	int c;

	snprintf(letters, sizeof(letters), "%s:46dafn:i:o:h", mode);
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, rp_options, NULL)) != -1) {
		if (c == RP_OPTION_DIR)
			o->dir = optarg;
		else if (c == 'i')
			o->input = optarg;
		else if (c == 'o')
			o->output = optarg;
		else if (c == 'n')
			o->rows = optarg;
		else if (c == RP_OPTION_BY)
			o->by = optarg;
		o->details |= c == 'd';
		o->json |= c == RP_OPTION_JSON;
		o->all |= c == 'a';
		o->follow |= c == 'f';
		o->folded |= c == RP_OPTION_FOLDED;
		o->graph |= c == RP_OPTION_GRAPH;
		if (c == '4' || c == '6')
			o->family = c == '6' ? "inet6" : "inet";
		if (c == 'V')
			*status = rp_main_version();
		else if (c == 'h')
			*status = rp_main_usage();
		else if (c == ':')
			rp_util_err("%s needs a value", argv[optind - 1]);
		else if (c == '?')
			rp_util_err("%s is no option; see routeprobe --help",
				    argv[optind - 1]);
		if (strchr("?:Vh", c))
			return -1;
		if (!strchr(seen, c))
			seen[strlen(seen)] = c;
	}
	return optind;
}

static const struct rp_command *rp_main_find(const char *name)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_commands); i++)
		if (!strcmp(rp_commands[i].name, name))
			return &rp_commands[i];
	return NULL;
}

/* An option that the command has no use for is refused. */
static int rp_main_run(const struct rp_command *cmd, struct rp_options *o,
		       const char *seen)
{
	char unfit = seen[strspn(seen, cmd->options)];
	const struct option *option = rp_options;

	if (!unfit)
		return cmd->run(o);
	while (option->val != unfit)
		option++;
	rp_util_err("%s takes no option --%s", cmd->name, option->name);
	return cmd->refused;
}

/* The option -4 or -6 as the last words of the filter: NULL, or to be freed in the end. */
static char **rp_main_family(struct rp_options *o)
{
	char **words;

	if (!o->family)
		return NULL;
	words = rp_util_alloc(o->nwords + 2, sizeof(*words));
	memcpy(words, o->words, o->nwords * sizeof(*words));
	words[o->nwords++] = "family";
	words[o->nwords++] = (char *)o->family;
	o->words = words;
	return words;
}

int main(int argc, char **argv)
{
	struct rp_options o = { .dir = RP_SOURCE_LIVE_DIR };
	const struct rp_command *cmd = &rp_commands[0];
	char seen[16] = { 0 }, **words;
	int status = cmd->refused, first;

	/* A message is written at once, whole. */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	first = rp_main_options(&o, argc, argv, "+", seen, &status);
	if (first < 0)
		return status;
	if (first < argc && rp_main_find(argv[first])) {
		cmd = rp_main_find(argv[first]);
		status = cmd->refused;
		argc -= first;
		argv += first;
		first = rp_main_options(&o, argc, argv,
					cmd->run == rp_cmd_record ? "+" : "",
					seen, &status);
		if (first < 0)
			return status;
	} else if (first < argc && !rp_words_begin(argv[first])) {
		rp_util_err("\"%s\" is neither a command (watch, record, report, why, top, diff, freeze, thaw, dump, hist, stacks, status) nor a filter word; see routeprobe --help",
			    argv[first]);
		return RP_EXIT_ERROR;
	}
	o.nwords = argc - first;
	o.words = argv + first;
	words = rp_main_family(&o);
	status = rp_main_run(cmd, &o, seen);
	free(words);
	return status;
}
