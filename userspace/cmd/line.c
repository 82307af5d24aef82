// SPDX-License-Identifier: GPL-2.0
/*
 * The command line: one table of commands and one of options, which parsing, help and
 * completion go by.
 */
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <routeprobe.h>
#include <routeprobe_version.h>

#include "cmd/cmd.h"
#include "cmd/complete.h"
#include "cmd/hint.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "source/source.h"
#include "story/filter.h"
#include "story/plain.h"

static int rp_line_help(const struct rp_options *o);
static int rp_line_complete(const struct rp_options *o);

/* What may stand behind a command that is no option */
#define RP_ARGS_FILTER		"[FILTER]"
/* A first word of why, for which it does something else */
#define RP_LINE_MOVED		"moved"

static const struct rp_command {
	const char *name;
	int (*run)(const struct rp_options *o);
	const char *options;	/* letters that it takes, of rp_line_options */
	const char *args;	/* and what else */
	const char *help;
	int refused;		/* exit status of bad usage, */
	int failed;		/* and where not all could be written */
} rp_commands[] = {
	{ "watch", rp_cmd_watch, "Dda46jcot", RP_ARGS_FILTER,
	  "show each routing decision from now on (the default)",
	  RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "record", rp_cmd_record, "DOj", "[-- COMMAND ARGS]",
	  "record until interrupted, or while a command runs", RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "report", rp_cmd_report, "DidaCP46jcotO", RP_ARGS_FILTER,
	  "show a recording, or what the buffer holds now", RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "why", rp_cmd_why, "DifJMdH46jt", "[" RP_LINE_MOVED "] " RP_ARGS_FILTER,
	  "show what failed, where the error came from, and what change caused it;\n"
	  "\twith " RP_LINE_MOVED " which flows got another way without failing, and why",
	  RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "top", rp_cmd_top, "DifBna46j", RP_ARGS_FILTER,
	  "count by route, rule, table, flow, verdict or caller",
	  RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "diff", rp_cmd_diff, "aj", "A B " RP_ARGS_FILTER,
	  "show flows that two recordings tell different things of",
	  RP_DIFF_TROUBLE, RP_DIFF_TROUBLE },
	{ "whatif", rp_cmd_whatif, "Diba46j", RP_ARGS_FILTER " [-- ip ARGS]",
	  "show which flows an ip command would move, break or mend",
	  RP_DIFF_TROUBLE, RP_DIFF_TROUBLE },
	{ "freeze", rp_cmd_freeze, "j", "[FILTER | off]",
	  "stop recording now, or soon after something matches",
	  RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "thaw", rp_cmd_thaw, "j", "",
	  "go on recording, until something matches again", RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "dump", rp_cmd_dump, "Dj", "[DIR]",
	  "write what the buffer holds now as a recording", RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "hist", rp_cmd_hist, "Dij", "",
	  "show how long each probed function took", RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "stacks", rp_cmd_stacks, "DifFgna46j", RP_ARGS_FILTER,
	  "count by kernel stack, for flame graphs too; or show a decision's calls",
	  RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "status", rp_cmd_status, "Dj", "",
	  "show probes, buffer, loss and versions", RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	{ "help", rp_line_help, "", "[COMMAND]",
	  "show this, or what a command takes", RP_EXIT_ERROR, RP_EXIT_DAMAGED },
	/* for shells: what the last of some words may be */
	{ "complete", rp_line_complete, "", NULL, NULL, RP_EXIT_ERROR, RP_EXIT_DAMAGED },
};

struct rp_line {
	struct rp_options o;
	const struct rp_command *cmd;
	bool named;		/* the command was, */
	bool helped;		/* and its help is wanted */
	char seen[32];		/* letters of options */
	const char *when;	/* of --color */
	bool inet, inet6;
	char **words;		/* NULL: those of the command line */
};

#define AT(field)	offsetof(struct rp_line, field)

/* A capital letter has no short form, but for V. */
static const struct rp_line_option {
	char letter;
	const char *name, *value, *help;
	size_t offset;		/* of what it sets in struct rp_line */
} rp_line_options[] = {
	{ 'd', "details", NULL, "the steps of each decision below its line", AT(o.details) },
	{ 'a', "all", NULL,
	  "also lookups that are part of no decision; of top: also\n"
	  "routes that the kernel made by itself and nobody used;\n"
	  "of stacks: also changes, and all else that has a stack;\n"
	  "of diff: also flows that only one recording has;\n"
	  "of whatif: also flows that stay as they are", AT(o.all) },
	{ '4', "inet", NULL, "only IPv4, as the words family inet", AT(inet) },
	{ '6', "inet6", NULL, "only IPv6, as the words family inet6", AT(inet6) },
	{ 'j', "json", NULL, "one JSON object a line", AT(o.json) },
	{ 'c', "color", "[=WHEN]", "colors: always, auto (on a terminal) or never", AT(when) },
	{ 'o', "columns", "LIST", "which columns, as in time,flow,verdict", AT(o.columns) },
	{ 't', "time", "WORD", "times: time of day, date, relative (to the first line)\n"
	  "or delta (to the line before)", AT(o.time) },
	{ 'f', "follow", NULL, "go on counting until interrupted", AT(o.follow) },
	{ 'B', "by", "WORD", "what to count: route, rule, table, flow, verdict, caller", AT(o.by) },
	{ 'b', "batch", "FILE", "ip commands, one a line without \"ip\"; - is stdin",
	  AT(o.batch) },
	{ 'F', "folded", NULL, "one stack a line, for programs that draw flame graphs",
	  AT(o.folded) },
	{ 'g', "graph", NULL, "the calls of the decision that took longest", AT(o.graph) },
	{ 'n', "rows", "N", "the first N rows", AT(o.rows) },
	{ 'J', "journal", NULL, "with -f: to systemd's journal, with fields", AT(o.journal) },
	{ 'M', "metrics", "FILE", "with -f: counts for Prometheus, written again and again",
	  AT(o.metrics) },
	{ 'C', "chrome", "FILE", "as a trace that Perfetto shows; - is stdout", AT(o.chrome) },
	{ 'P', "pcapng", "FILE", "as packets for Wireshark, each with its story; - is stdout",
	  AT(o.pcapng) },
	{ 'H', "html", "FILE", "as a page with a picture; - is stdout", AT(o.html) },
	{ 'i', "input", "DIR", "a recording to report", AT(o.input) },
	{ 'O', "output", "DIR", "where to record, default routeprobe-DATE-TIME; of report:\n"
	  "a recording of what the filter keeps, and of all changes", AT(o.output) },
	{ 'D', "dir", "DIR", "the module's directory, default " RP_SOURCE_LIVE_DIR, AT(o.dir) },
	{ 'V', "version", NULL, "version of this reader", 0 },
	{ 'h', "help", NULL, "this text, or what a command takes", AT(helped) },
};

#undef AT

#define RP_LINE_OPTIONS		RP_ARRAY_SIZE(rp_line_options)
/* These have a short form; -o is --output where there are no columns. */
#define RP_LINE_SHORT		"da46jcotfnbiVh"

static const struct rp_line_option *rp_line_option(char letter)
{
	size_t i;

	for (i = 0; rp_line_options[i].letter != letter; i++)
		;
	return &rp_line_options[i];
}

static const struct rp_command *rp_line_find(const char *name)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_commands); i++)
		if (!strcmp(rp_commands[i].name, name))
			return &rp_commands[i];
	return NULL;
}

/* ---- help ---- */

/* Where texts stand */
#define RP_LINE_TAB	8
#define RP_LINE_HELP	22

/* "-o", or "--folded" where there is no short form */
static void rp_line_spell(char *text, size_t size, const struct rp_line_option *option,
			  const char *options)
{
	char letter = option->letter;

	if (letter == 'O' && !strchr(options, 'o'))
		letter = 'o';
	if (strchr(RP_LINE_SHORT, letter))
		snprintf(text, size, "-%c", letter);
	else
		snprintf(text, size, "--%s", option->name);
}

/* All but --dir, which is for tests more than for users */
static void rp_line_synopsis(FILE *out, const struct rp_command *cmd)
{
	const struct rp_line_option *option;
	const char *letter, *value;
	char spelt[32];

	rp_wrap_hang(out, strlen("  routeprobe ") + strlen(cmd->name) + 1);
	fprintf(out, "  routeprobe %s", cmd->name);
	for (letter = cmd->options; *letter; letter++) {
		if (*letter == 'D')
			continue;
		option = rp_line_option(*letter);
		value = option->value ? option->value : "";
		rp_line_spell(spelt, sizeof(spelt), option, cmd->options);
		fprintf(out, " [%s%s%s]", spelt, *value && *value != '[' ? " " : "", value);
	}
	fprintf(out, "%s%s\n", *cmd->args ? " " : "", cmd->args);
	rp_wrap_hang(out, RP_LINE_TAB);
	fprintf(out, "\t%s\n", cmd->help);
	rp_wrap_hang(out, 0);
}

static void rp_line_describe(FILE *out, const struct rp_line_option *option,
			     const char *options)
{
	bool equal = option->value && *option->value == '[';
	const char *line = option->help;
	char spelt[32], names[48];
	int len;

	rp_wrap_hang(out, RP_LINE_HELP);
	rp_line_spell(spelt, sizeof(spelt), option, options);
	snprintf(names, sizeof(names), "%s%s--%s%s%s", spelt[1] == '-' ? "" : spelt,
		 spelt[1] == '-' ? "    " : ", ", option->name,
		 option->value && !equal ? " " : "", option->value ? option->value : "");
	for (; line; line = line[len] ? line + len + 1 : NULL) {
		len = strcspn(line, "\n");
		fprintf(out, "  %-19s %.*s\n", line == option->help ? names : "", len, line);
	}
	rp_wrap_hang(out, 0);
}

static void rp_line_filters(FILE *out)
{
	fputs("\nFilter words, all of which must match; a first address means \"to\":\n", out);
	rp_filter_usage(out);
}

static void rp_line_usage(FILE *out)
{
	size_t i;

	fputs("Usage: routeprobe [COMMAND] [OPTIONS] [FILTER]\n\n", out);
	for (i = 0; i < RP_ARRAY_SIZE(rp_commands); i++)
		if (rp_commands[i].help)
			rp_line_synopsis(out, &rp_commands[i]);
	fputs("\nA directory in front of the FILTER is a recording, as with -i.\n\nOptions:\n",
	      out);
	for (i = 0; i < RP_LINE_OPTIONS; i++)
		rp_line_describe(out, &rp_line_options[i], "");
	rp_line_filters(out);
}

static void rp_line_usage_of(FILE *out, const struct rp_command *cmd)
{
	size_t i;

	fputs("Usage:\n", out);
	rp_line_synopsis(out, cmd);
	if (*cmd->options)
		fputs("\nOptions:\n", out);
	for (i = 0; i < RP_LINE_OPTIONS; i++)
		if (strchr(cmd->options, rp_line_options[i].letter))
			rp_line_describe(out, &rp_line_options[i], cmd->options);
	if (strstr(cmd->args, "FILTER"))
		rp_line_filters(out);
}

static int rp_line_help(const struct rp_options *o)
{
	const struct rp_command *cmd = o->nwords ? rp_line_find(o->words[0]) : NULL;
	const char *hint = o->nwords ? rp_hint_command(o->words[0], NULL) : NULL;

	if (o->nwords && (!cmd || !cmd->help)) {
		rp_util_err("\"%s\" is no command%s%s", o->words[0], hint ? ": " : "",
			    hint ? hint : "; see routeprobe help");
		return RP_EXIT_ERROR;
	}
	if (cmd)
		rp_line_usage_of(rp_wrap(stdout), cmd);
	else
		rp_line_usage(rp_wrap(stdout));
	return RP_EXIT_OK;
}

static int rp_line_version(void)
{
	printf("routeprobe %s, contract %u.%u\n", ROUTEPROBE_VERSION,
	       RP_ABI_MAJOR, RP_ABI_MINOR);
	return RP_EXIT_OK;
}

/* ---- completion ---- */

static void rp_line_offer(const char *begun, const char *prefix, const char *word)
{
	size_t len = strlen(prefix);

	if (!strncmp(begun, prefix, strnlen(begun, len)) &&
	    (strlen(begun) <= len || !strncmp(begun + len, word, strlen(begun) - len)))
		printf("%s%s\n", prefix, word);
}

/* The words behind "routeprobe" up to the cursor; what is begun comes last. */
static int rp_line_complete(const struct rp_options *o)
{
	const struct rp_command *cmd = o->nwords > 1 ? rp_line_find(o->words[0]) : NULL;
	const char *begun = o->nwords ? o->words[o->nwords - 1] : "";
	size_t i;

	/* Behind it stands another's command. */
	for (i = 1; (int)i + 1 < o->nwords; i++)
		if (!strcmp(o->words[i], "--"))
			return RP_EXIT_OK;
	if (o->nwords <= 1 || !strcmp(o->words[0], "help"))
		for (i = 0; i < RP_ARRAY_SIZE(rp_commands); i++)
			if (rp_commands[i].help)
				rp_line_offer(begun, "", rp_commands[i].name);
	if (o->nwords == 2 && cmd && cmd->run == rp_cmd_why && *begun != '-')
		rp_line_offer(begun, "", RP_LINE_MOVED);
	if (o->nwords > 1 && rp_complete_value(o->words[o->nwords - 2], begun))
		return RP_EXIT_OK;
	for (i = 0; *begun == '-' && i < RP_LINE_OPTIONS; i++)
		if (!cmd || strchr(cmd->options, rp_line_options[i].letter) ||
		    rp_line_options[i].letter == 'h')
			rp_line_offer(begun, "--", rp_line_options[i].name);
	for (i = 0; *begun != '-' && rp_filter_word(i); i++)
		if (!cmd || (cmd->args && strstr(cmd->args, "FILTER")))
			rp_line_offer(begun, "", rp_filter_word(i));
	return RP_EXIT_OK;
}

/* ---- parsing ---- */

static void rp_line_set(struct rp_line *l, char letter, const char *value)
{
	const struct rp_line_option *option = rp_line_option(letter);
	char *field = (char *)l + option->offset;

	if (option->value)
		*(const char **)field = value;
	else
		*(bool *)field = true;
	if (!strchr(l->seen, letter))
		l->seen[strlen(l->seen)] = letter;
}

/* "-c auto", as "-c=auto"; without any, "always" */
static const char *rp_line_color(const char *value, const char *next)
{
	if (value)
		return value + (*value == '=');
	if (!next || (strcmp(next, "auto") && strcmp(next, "always") &&
		      strcmp(next, "never")))
		return "always";
	optind++;
	return next;
}

/* Of letters in a row the word is still the one that is looked at. */
static int rp_line_no_option(const struct rp_line *l, char **argv, int argc, bool valueless)
{
	const char *word = argv[optind - 1], *next = optind < argc ? argv[optind] : "", *hint;
	char letter[3] = { '-', optopt, '\0' };

	if (optopt && *next == '-' && strchr(next, optopt) &&
	    (*word != '-' || !strchr(word, optopt)))
		word = next;
	if (valueless)
		return rp_util_err("%s needs a value", word);
	hint = rp_hint_option(l->cmd->name, word);
	if (!hint && optopt)
		hint = rp_hint_option(l->cmd->name, letter);
	if (hint)
		return rp_util_err("%s is no option: %s", word, hint);
	return rp_util_err("%s is no option; see routeprobe --help", word);
}

/*
 * Options up to the first word ("+") or among the words ("").  Returns the index of the
 * first word, -1 when there is nothing to do but to leave with *status, which stays as
 * it is if something was wrong.
 */
static int rp_line_parse(struct rp_line *l, int argc, char **argv, const char *mode,
			 int *status)
{
	struct option options[RP_LINE_OPTIONS + 1] = { 0 };
	char letters[48];
	size_t i;
	int c;

	for (i = 0; i < RP_LINE_OPTIONS; i++) {
		options[i].name = rp_line_options[i].name;
		options[i].val = rp_line_options[i].letter;
		if (rp_line_options[i].value)
			options[i].has_arg = *rp_line_options[i].value == '[' ?
					     optional_argument : required_argument;
	}
	/* Elsewhere it is what begins -br, which has a hint of its own. */
	snprintf(letters, sizeof(letters), "%s:46dafjn:%si:o:c::t:hV", mode,
		 strchr(l->cmd->options, 'b') ? "b:" : "");
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (c == 'V') {
			*status = rp_line_version();
			return -1;
		}
		if (c == ':' || c == '?')
			return rp_line_no_option(l, argv, argc, c == ':');
		rp_line_set(l, c, c != 'c' ? optarg :
			    rp_line_color(optarg, optind < argc ? argv[optind] : NULL));
	}
	return optind;
}

/* What stands behind "--" is a command of its own, whatever it looks like. */
static int rp_line_cut(struct rp_line *l, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		l->o.command = &argv[i + 1];
		return i;
	}
	return argc;
}

/* Where -o has no columns to choose, it says where to write. */
static void rp_line_output(struct rp_line *l)
{
	char *seen = strchr(l->seen, 'o');

	if (!seen || strchr(l->cmd->options, 'o') || !strchr(l->cmd->options, 'O'))
		return;
	*seen = 'O';
	l->o.output = l->o.columns;
	l->o.columns = NULL;
}

/* As `ip -c`: never, unless it is asked for; then NO_COLOR counts with "auto". */
static int rp_line_colors(struct rp_line *l)
{
	const char *no = getenv("NO_COLOR");

	if (!l->when || !strcmp(l->when, "never"))
		return 0;
	l->o.color = !strcmp(l->when, "always");
	if (l->o.color)
		return 0;
	if (strcmp(l->when, "auto"))
		return rp_util_err("\"%s\" is no time for colors: always, auto or never",
				   l->when);
	l->o.color = isatty(STDOUT_FILENO) && !(no && *no);
	return 0;
}

static bool rp_line_is_recording(const char *word)
{
	struct stat st;

	return !rp_filter_begin(word) && !stat(word, &st) && S_ISDIR(st.st_mode);
}

static void rp_line_moved(struct rp_line *l)
{
	if (l->o.moved || l->cmd->run != rp_cmd_why || !l->o.nwords ||
	    strcmp(l->o.words[0], RP_LINE_MOVED))
		return;
	l->o.moved = true;
	l->o.words++;
	l->o.nwords--;
}

/* A directory where a filter could begin is what to read. */
static void rp_line_input(struct rp_line *l)
{
	if (l->o.input || !strchr(l->cmd->options, 'i') || !l->o.nwords ||
	    !rp_line_is_recording(l->o.words[0]))
		return;
	l->o.input = l->o.words[0];
	l->o.words++;
	l->o.nwords--;
}

/* -4 and -6 are the last words of the filter; the words are to be freed in the end. */
static void rp_line_family(struct rp_line *l)
{
	if (!l->inet && !l->inet6)
		return;
	l->words = rp_util_alloc(l->o.nwords + 2, sizeof(*l->words));
	memcpy(l->words, l->o.words, l->o.nwords * sizeof(*l->words));
	l->words[l->o.nwords++] = "family";
	l->words[l->o.nwords++] = l->inet6 ? "inet6" : "inet";
	l->o.words = l->words;
}

/* Which command it is, where none was named: false if it cannot be any */
static bool rp_line_choose(struct rp_line *l, const char *word, const char *next)
{
	if (word && rp_hint_is_ip(word, next))
		return false;
	if (strchr(l->seen, 'i') || (word && rp_line_is_recording(word)))
		l->cmd = rp_line_find("report");
	else if (word && !rp_filter_begin(word))
		return false;
	return true;
}

/* What was written is only good if all of it was. */
static int rp_line_written(const struct rp_command *cmd, int status)
{
	if (status != RP_EXIT_OK || (!fflush(stdout) && !ferror(stdout)))
		return status;
	rp_util_err("stdout: not everything could be written");
	return cmd->failed;
}

/* An option that the command has no use for is refused. */
static int rp_line_run(struct rp_line *l)
{
	char unfit = l->seen[strspn(l->seen, l->cmd->options)];
	const char *name, *hint;

	if (unfit) {
		name = rp_line_option(unfit)->name;
		hint = rp_hint_unfit(l->cmd->name, name);
		rp_util_err("%s takes no option --%s%s%s", l->cmd->name, name,
			    hint ? ": " : "", hint ? hint : "");
		return l->cmd->refused;
	}
	if (rp_line_colors(l))
		return l->cmd->refused;
	return rp_line_written(l->cmd, l->cmd->run(&l->o));
}

static int rp_line_unknown(const char *word, const char *next)
{
	const char *hint = rp_hint_command(word, next);
	char list[256] = "";
	size_t i;

	if (hint) {
		rp_util_err("\"%s\" is no command: %s", word, hint);
		return RP_EXIT_ERROR;
	}
	hint = rp_plain_hint(word);
	if (hint) {
		rp_util_err("\"%s\" is neither a command nor a filter word: %s", word, hint);
		return RP_EXIT_ERROR;
	}
	for (i = 0; i < RP_ARRAY_SIZE(rp_commands); i++)
		if (rp_commands[i].help)
			snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
				 *list ? ", " : "", rp_commands[i].name);
	rp_util_err("\"%s\" is neither a command (%s) nor a filter word, nor a directory with a recording; see routeprobe --help",
		    word, list);
	return RP_EXIT_ERROR;
}

/* Help that was asked for in any way is what "help" prints. */
static void rp_line_ask(struct rp_line *l, char **name)
{
	l->o.nwords = l->named;
	*name = (char *)l->cmd->name;
	l->o.words = name;
	l->cmd = rp_line_find("help");
	memset(l->seen, 0, sizeof(l->seen));
}

int rp_cmd_line(int argc, char **argv)
{
	struct rp_line l = { .o = { .dir = RP_SOURCE_LIVE_DIR }, .cmd = &rp_commands[0] };
	int status = l.cmd->refused, first;
	char *name;

	first = rp_line_parse(&l, argc, argv, "+", &status);
	if (first < 0)
		return rp_line_written(l.cmd, status);
	if (first < argc && rp_line_find(argv[first])) {
		l.named = true;
		l.cmd = rp_line_find(argv[first]);
		status = l.cmd->refused;
		argc -= first;
		argv += first;
		if (l.cmd->run == rp_cmd_whatif)
			argc = rp_line_cut(&l, argc, argv);
		/* What comes behind is another's, or words whatever they look like. */
		first = l.cmd->run == rp_line_complete ? 1 :
			rp_line_parse(&l, argc, argv, l.cmd->run == rp_cmd_record ? "+" : "",
				      &status);
		if (first < 0)
			return rp_line_written(l.cmd, status);
	} else if (!l.helped && !rp_line_choose(&l, first < argc ? argv[first] : NULL,
					       first + 1 < argc ? argv[first + 1] : NULL)) {
		return rp_line_unknown(argv[first], first + 1 < argc ? argv[first + 1] : NULL);
	}
	l.o.nwords = argc - first;
	l.o.words = argv + first;
	rp_line_output(&l);
	rp_line_moved(&l);
	rp_line_input(&l);
	rp_line_moved(&l);
	rp_line_family(&l);
	if (l.helped)
		rp_line_ask(&l, &name);
	status = rp_line_run(&l);
	free(l.words);
	return status;
}
