// SPDX-License-Identifier: GPL-2.0
/*
 * Names that are valid for a time, held to a list that is searched from its beginning.  An
 * input is steps of four bytes: what to do, a number, a time, a name.  Facts come in their order,
 * but for those before the first question.
 */
#include <string.h>

#include "fuzz.h"
#include "lib/facts.h"

#define FUZZ_FACTS	512

static struct fuzz_fact {
	unsigned int key, time, how;
	const char *name;
} fuzz_facts[FUZZ_FACTS];

/* The newest fact up to a moment, or the oldest behind it; of one moment the last, or first */
static const struct fuzz_fact *fuzz_find(size_t count, unsigned int key, unsigned int at,
					 bool behind)
{
	const struct fuzz_fact *found = NULL, *f;

	for (f = fuzz_facts; f < fuzz_facts + count; f++) {
		if (f->key != key || (behind ? f->time <= at : f->time > at))
			continue;
		if (!found || (behind ? f->time < found->time : f->time >= found->time))
			found = f;
	}
	return found;
}

static const char *fuzz_name(size_t count, unsigned int key, unsigned int at)
{
	const struct fuzz_fact *before = fuzz_find(count, key, at, false);
	const struct fuzz_fact *after = fuzz_find(count, key, at, true);
	const char *next = NULL;

	if (after && after->how != RP_FACTS_NAMED && *after->name)
		next = after->name;
	if (!before || before->how == RP_FACTS_ENDED)
		return next;
	if (next && before->time != at && strcmp(before->name, next))
		return NULL;
	return before->name;
}

/* Of one number at one moment there is one fact, or which of them counts is by chance. */
static bool fuzz_is_there(size_t count, unsigned int key, unsigned int time)
{
	const struct fuzz_fact *f = fuzz_find(count, key, time, false);

	return f && f->time == time;
}

int rp_fuzz_one(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a", "b", "eth0", "" };
	const struct rp_life always = { 0, UINT64_MAX };
	struct rp_facts facts = { 0 };
	const char *got, *wanted;
	unsigned int key, time, now = 0;
	bool asked = false;
	size_t count = 0;

	for (; size >= 4; size -= 4, data += 4) {
		struct fuzz_fact *f = &fuzz_facts[count];

		key = data[1] % 8;
		time = data[2] * 8;
		if (data[0] % 4 < 3 && asked) {
			now += data[2] % 4;
			time = now;
		}
		if (data[0] % 4 < 3 && count < FUZZ_FACTS && !fuzz_is_there(count, key, time)) {
			*f = (struct fuzz_fact) { key, time, data[0] % 4, names[data[3] % 4] };
			rp_facts_add(&facts, key, time, f->how, f->name);
			count += f->how == RP_FACTS_ENDED || *f->name;
			now = time > now ? time : now;
			continue;
		}
		asked = true;
		got = rp_facts_get(&facts, key, time, &always);
		wanted = fuzz_name(count, key, time);
		/* Between two times that it was seen another one tells nothing, and is not kept. */
		FUZZ_MUST(got ? wanted && !strcmp(got, wanted) :
			  !wanted || fuzz_is_there(count, key, time));
	}
	rp_facts_clear(&facts);
	return 0;
}
