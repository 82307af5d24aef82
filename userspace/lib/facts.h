/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_LIB_FACTS_H
#define RP_LIB_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers to names, where a number is used again: a name is valid for a span of time.
 * What is known are facts, each of one moment; a span goes from fact to fact.
 */
enum rp_facts_how {
	RP_FACTS_SEEN,		/* it had the name, for how long is not known */
	RP_FACTS_NAMED,		/* it got the name */
	RP_FACTS_ENDED,		/* until then it had the name, or none */
};

struct rp_fact {
	uint64_t key;
	uint64_t time_ns;
	uint32_t name;		/* where it is in the names, 0: none */
	uint32_t how;		/* enum rp_facts_how */
};

/* All zero: none */
struct rp_facts {
	struct rp_fact *facts;
	size_t count, size;
	size_t sorted;		/* of them, by key and time */
	uint64_t last_ns;	/* of the newest of them all, */
	bool mixed;		/* and whether an older one came after it */
	bool full;		/* of what cannot be forgotten */
	uint64_t begin_ns;	/* what was before is forgotten */
	char *names;
	size_t names_len, names_size;
};

/* When a number was used for one thing: nothing is concluded from what was known outside. */
struct rp_life {
	uint64_t from_ns, until_ns;
};

void rp_facts_add(struct rp_facts *s, uint64_t key, uint64_t time_ns, enum rp_facts_how how,
		  const char *name);
/*
 * The name at a moment, UINT64_MAX: now.  NULL where there is none, or where it may have
 * been one or another.
 */
const char *rp_facts_get(struct rp_facts *s, uint64_t key, uint64_t at_ns,
			 const struct rp_life *life);
/* From which fact to which, of spans where each fact is an end */
struct rp_life rp_facts_life(struct rp_facts *s, uint64_t key, uint64_t at_ns);
const char *rp_facts_name(const struct rp_facts *s, const struct rp_fact *fact);
void rp_facts_clear(struct rp_facts *s);

#endif
