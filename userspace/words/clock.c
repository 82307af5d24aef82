// SPDX-License-Identifier: GPL-2.0
/* When something was, as a person wants to read it. */
#include <string.h>
#include <time.h>

#include "lib/buf.h"
#include "lib/util.h"
#include "words/clock.h"

static const struct {
	const char *word;
	size_t width;
} rp_clock_forms[] = {
	[RP_CLOCK_TIME]		= { "time",	15 },
	[RP_CLOCK_DATE]		= { "date",	26 },
	[RP_CLOCK_RELATIVE]	= { "relative",	15 },
	[RP_CLOCK_DELTA]	= { "delta",	15 },
};

int rp_clock_choose(struct rp_clock *c, const char *word)
{
	unsigned int form;

	for (form = 0; form < RP_ARRAY_SIZE(rp_clock_forms); form++) {
		if (strcmp(rp_clock_forms[form].word, word))
			continue;
		c->form = form;
		return 0;
	}
	return rp_util_err("\"%s\" is no way to show times: time, date, relative or delta",
			   word);
}

const char *rp_clock_word(unsigned int form)
{
	return form < RP_ARRAY_SIZE(rp_clock_forms) ? rp_clock_forms[form].word : NULL;
}

size_t rp_clock_width(const struct rp_clock *c)
{
	return rp_clock_forms[c->form].width;
}

struct rp_clock_second {
	time_t second;
	char text[64];
};

/* The same for many records, and localtime_r() takes longer than all else. */
static const char *rp_clock_second(struct rp_clock_second *last, time_t second)
{
	struct tm tm;

	if (*last->text && second == last->second)
		return last->text;
	if (!localtime_r(&second, &tm))
		memset(&tm, 0, sizeof(tm));
	strftime(last->text, sizeof(last->text), "%Y-%m-%d %H:%M:%S", &tm);
	last->second = second;
	return last->text;
}

/* ".000001": a million in front keeps the zeroes behind it. */
static void rp_clock_fraction(struct rp_text *t, uint64_t ns)
{
	struct rp_text digits = { "", 0 };

	rp_format_number(&digits, 1000000 + ns / 1000);
	digits.text[0] = '.';
	rp_format_put(t, digits.text);
}

/* The second, and what is left of @ns */
static time_t rp_clock_split(int64_t *ns)
{
	time_t second = *ns / RP_NSEC_PER_SEC;

	*ns %= RP_NSEC_PER_SEC;
	if (*ns < 0) {
		*ns += RP_NSEC_PER_SEC;
		second--;
	}
	return second;
}

static void rp_clock_absolute(struct rp_text *t, enum rp_clock_form form, int64_t ns)
{
	static struct rp_clock_second last;
	time_t second = rp_clock_split(&ns);

	rp_format_put(t, rp_clock_second(&last, second) +
			 (form == RP_CLOCK_DATE ? 0 : strlen("2026-11-26 ")));
	rp_clock_fraction(t, ns);
}

/* What began earlier may come later, as a decision is told of when it is over. */
static void rp_clock_elapsed(struct rp_text *t, const struct rp_clock *c, uint64_t time_ns)
{
	bool before = time_ns < c->since_ns;
	uint64_t ns = before ? c->since_ns - time_ns : time_ns - c->since_ns;
	char seconds[RP_DIGITS_MAX + 1];

	seconds[rp_digits(seconds, ns / RP_NSEC_PER_SEC)] = '\0';
	rp_format_add(t, "%*s%s", 8 - (int)strlen(seconds), before ? "-" : "", seconds);
	rp_clock_fraction(t, ns % RP_NSEC_PER_SEC);
}

const char *rp_clock_format(struct rp_text *t, struct rp_clock *c, uint64_t time_ns)
{
	if (!c->began)
		c->since_ns = time_ns;
	c->began = true;
	t->len = 0;
	t->text[0] = '\0';
	if (c->form == RP_CLOCK_TIME || c->form == RP_CLOCK_DATE)
		rp_clock_absolute(t, c->form, rp_session_realtime(c->session, time_ns));
	else
		rp_clock_elapsed(t, c, time_ns);
	if (c->form == RP_CLOCK_DELTA)
		c->since_ns = time_ns;
	return t->text;
}

const char *rp_clock_time(struct rp_text *t, int64_t realtime_ns)
{
	t->len = 0;
	t->text[0] = '\0';
	rp_clock_absolute(t, RP_CLOCK_TIME, realtime_ns);
	return t->text;
}

const char *rp_clock_utc(struct rp_text *t, int64_t realtime_ns)
{
	time_t second = rp_clock_split(&realtime_ns);
	struct tm tm;

	if (!gmtime_r(&second, &tm))
		memset(&tm, 0, sizeof(tm));
	t->len = strftime(t->text, sizeof(t->text), "%Y-%m-%dT%H:%M:%S", &tm);
	rp_clock_fraction(t, realtime_ns);
	rp_format_put(t, "Z");
	return t->text;
}
