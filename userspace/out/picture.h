/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_OUT_PICTURE_H
#define RP_OUT_PICTURE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/tally.h"

struct rp_buf;
struct rp_decision;
struct rp_fib;
struct rp_past;
struct rp_why;
struct rp_why_group;

#define RP_PICTURE_NETNS	32	/* namespaces that are drawn */
#define RP_PICTURE_COLUMNS	196	/* what falls into one of them is one mark */
#define RP_PICTURE_ARROWS	2000
#define RP_PICTURE_MOMENTS	4096

/* The lanes of a namespace, from above */
enum rp_picture_lane {
	RP_PICTURE_CHANGES,
	RP_PICTURE_INPUT,
	RP_PICTURE_OUTPUT,
	RP_PICTURE_LANES,
};

/* How often something worked, by moments that grow as time goes on */
struct rp_picture_worked {
	const char *key;		/* namespace and lane */
	uint32_t times[RP_PICTURE_MOMENTS];
};

enum rp_picture_shape {
	RP_PICTURE_CHANGE,
	RP_PICTURE_CAUSE,
	RP_PICTURE_FAILURE,
};

/* Things of one kind that would be drawn over each other */
struct rp_picture_mark {
	const char *key;
	enum rp_picture_shape shape;
	unsigned int lane, column, last;	/* up to which column they went on */
	uint64_t count;				/* changes, or failures */
	const struct rp_past *past;		/* the first: a change, */
	const struct rp_why_group *group;	/* or a failure, */
	size_t row;				/* whose place among all is this */
};

/* From a cause to what failed for it */
struct rp_picture_arrow {
	const char *key;
	unsigned int from_lane, from_column, to_lane, to_column;
	uint64_t count;				/* failures */
	const struct rp_why_group *group;	/* the first */
};

/*
 * What the failures of a reading look like: lanes of each namespace, marks on them,
 * arrows.  Its size is bounded, whatever the reading's.
 */
struct rp_picture {
	struct rp_fib *fib;
	/* While it is read */
	struct rp_tally worked;
	uint64_t begin_ns, moment_ns;	/* of the first moment, and how long each is */
	/* Laid out */
	struct rp_why_group **groups;
	size_t ngroups;
	uint64_t from_ns, until_ns;	/* what the columns stand for */
	struct rp_picture_netns {
		uint32_t inode;
		uint64_t until_ns;	/* it had the inode, UINT64_MAX: to the end */
	} netns[RP_PICTURE_NETNS];
	size_t nnetns;
	struct rp_tally marks, arrows;
	/* And what is not */
	uint64_t far_failures;		/* of namespaces for which there was no room */
	uint64_t far_changes;		/* before the first cause or after the last failure */
	uint64_t more_arrows;		/* failures */
};

void rp_picture_init(struct rp_picture *pic, struct rp_fib *fib);
void rp_picture_exit(struct rp_picture *pic);

/* A decision that found its way */
void rp_picture_add(struct rp_picture *pic, const struct rp_decision *d);
/* At the end: all that is known of failures and of changes finds its place. */
void rp_picture_layout(struct rp_picture *pic, const struct rp_why *why);
/* How often something worked in a lane, in the time of a column */
uint64_t rp_picture_worked(const struct rp_picture *pic, unsigned int lane,
			   unsigned int column);
uint64_t rp_picture_column_ns(const struct rp_picture *pic);

/* An element svg that can stand alone; marks lead to the rows of a table, "#f1" and on. */
void rp_picture_svg(struct rp_picture *pic, struct rp_why *why, struct rp_buf *b,
		    size_t nrows);
/* The whole page, with the picture laid out in it */
void rp_print_html(struct rp_why *why, struct rp_picture *pic, FILE *out);

#endif
