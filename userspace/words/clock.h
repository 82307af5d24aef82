/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_CLOCK_H
#define RP_WORDS_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/session.h"
#include "words/format.h"

enum rp_clock_form {
	RP_CLOCK_TIME,		/* 09:05:07.000001 */
	RP_CLOCK_DATE,		/* 2026-11-26 09:05:07.000001 */
	RP_CLOCK_RELATIVE,	/* seconds since the first line, */
	RP_CLOCK_DELTA,		/* or the one before */
};

/* The column of time; all zero but for the session at the beginning */
struct rp_clock {
	enum rp_clock_form form;
	const struct rp_session *session;	/* whose clocks tell the time of day */
	uint64_t since_ns;	/* what a relative time counts from */
	bool began;
};

/* "time", "date", "relative" or "delta"; -1 if @word is none, as is said */
int rp_clock_choose(struct rp_clock *c, const char *word);
/* The words of the above, NULL behind the last */
const char *rp_clock_word(unsigned int form);
size_t rp_clock_width(const struct rp_clock *c);
/* Of the next line, that is of @time_ns by CLOCK_MONOTONIC */
const char *rp_clock_format(struct rp_text *t, struct rp_clock *c, uint64_t time_ns);
/* A time of CLOCK_REALTIME: "09:05:07.000001" */
const char *rp_clock_time(struct rp_text *t, int64_t realtime_ns);
/* As RFC 3339 has it: "2026-11-26T09:05:07.000001Z" */
const char *rp_clock_utc(struct rp_text *t, int64_t realtime_ns);

#endif
