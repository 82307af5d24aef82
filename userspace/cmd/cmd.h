/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_CMD_H
#define RP_CMD_CMD_H

#include <stdbool.h>

/* What every command's line may hold; what a command has no use for is refused. */
struct rp_options {
	const char *dir;	/* --dir, NULL: the usual one */
	const char *input;	/* -i */
	const char *output;	/* -o of record */
	const char *columns;	/* -o of others */
	const char *by;		/* --by */
	const char *batch;	/* -b */
	const char *rows;	/* -n */
	const char *html;	/* --html */
	const char *time;	/* -t */
	const char *chrome;	/* --chrome */
	const char *pcapng;	/* --pcapng */
	const char *metrics;	/* --metrics */
	bool moved;		/* a first word of why */
	bool details, json, all, follow, journal, folded, graph, color;
	int nwords;		/* what is no option */
	char **words;
	char **command;		/* of whatif, behind --; or NULL */
};

/* Exit statuses of diff and whatif, which are those of diff(1) */
enum rp_diff_exit {
	RP_DIFF_SAME,
	RP_DIFF_DIFFERENT,
	RP_DIFF_TROUBLE,
};

/* What the program does: parses its words and runs what they name. */
int rp_cmd_line(int argc, char **argv);

int rp_cmd_watch(const struct rp_options *o);
int rp_cmd_record(const struct rp_options *o);
int rp_cmd_report(const struct rp_options *o);
int rp_cmd_top(const struct rp_options *o);
int rp_cmd_why(const struct rp_options *o);
int rp_cmd_moved(const struct rp_options *o);
int rp_cmd_diff(const struct rp_options *o);
int rp_cmd_whatif(const struct rp_options *o);
int rp_cmd_dump(const struct rp_options *o);
int rp_cmd_freeze(const struct rp_options *o);
int rp_cmd_hist(const struct rp_options *o);
int rp_cmd_stacks(const struct rp_options *o);
int rp_cmd_thaw(const struct rp_options *o);
int rp_cmd_status(const struct rp_options *o);

/* Which columns, times, colors and width; -1 if there is no such column or time */
struct rp_print;
int rp_cmd_columns(struct rp_print *p, const struct rp_options *o);

/* Prints what --by takes that begins so; returns an exit status. */
int rp_cmd_top_words(const char *begun);

#endif
