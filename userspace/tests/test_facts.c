// SPDX-License-Identifier: GPL-2.0
/* Names that are valid for a time. */
#include <stdio.h>

#include <kselftest_harness.h>

#include "lib/facts.h"

#define ALWAYS	(&(const struct rp_life) { 0, UINT64_MAX })
#define AT(t)	rp_facts_get(&facts, 7, t, ALWAYS)

TEST(one_name)
{
	struct rp_facts facts = { 0 };

	EXPECT_EQ(NULL, AT(5));
	rp_facts_add(&facts, 7, 10, RP_FACTS_SEEN, "a");
	EXPECT_STREQ("a", AT(5));
	EXPECT_STREQ("a", AT(10));
	EXPECT_STREQ("a", AT(UINT64_MAX));
	EXPECT_EQ(NULL, rp_facts_get(&facts, 8, 10, ALWAYS));
	rp_facts_clear(&facts);
}

TEST(used_again)
{
	struct rp_facts facts = { 0 };

	rp_facts_add(&facts, 7, 40, RP_FACTS_SEEN, "b");
	rp_facts_add(&facts, 7, 20, RP_FACTS_ENDED, "a");
	EXPECT_STREQ("a", AT(5));
	EXPECT_STREQ("a", AT(19));
	EXPECT_STREQ("b", AT(20));
	EXPECT_STREQ("b", AT(41));
	rp_facts_add(&facts, 7, 50, RP_FACTS_ENDED, "");
	EXPECT_STREQ("b", AT(49));
	EXPECT_EQ(NULL, AT(50));
	rp_facts_clear(&facts);
}

/* When it got its other name is told, or is not. */
TEST(renamed)
{
	struct rp_facts facts = { 0 };

	rp_facts_add(&facts, 7, 10, RP_FACTS_SEEN, "a");
	rp_facts_add(&facts, 7, 90, RP_FACTS_SEEN, "b");
	EXPECT_STREQ("a", AT(10));
	EXPECT_EQ(NULL, AT(50));
	EXPECT_STREQ("b", AT(90));
	rp_facts_add(&facts, 7, 50, RP_FACTS_NAMED, "b");
	EXPECT_STREQ("a", AT(49));
	EXPECT_STREQ("b", AT(50));
	EXPECT_STREQ("b", AT(89));
	rp_facts_clear(&facts);
}

/* What was known of a number before its namespace went is of another one. */
TEST(lives)
{
	struct rp_facts facts = { 0 }, ends = { 0 };
	struct rp_life life;

	rp_facts_add(&facts, 7, 10, RP_FACTS_SEEN, "a");
	rp_facts_add(&facts, 7, 40, RP_FACTS_SEEN, "b");
	rp_facts_add(&ends, 1, 30, RP_FACTS_ENDED, "");
	life = rp_facts_life(&ends, 1, 20);
	EXPECT_EQ(0, life.from_ns);
	EXPECT_EQ(30, life.until_ns);
	EXPECT_STREQ("a", rp_facts_get(&facts, 7, 20, &life));
	life = rp_facts_life(&ends, 1, 35);
	EXPECT_EQ(30, life.from_ns);
	EXPECT_EQ(UINT64_MAX, life.until_ns);
	EXPECT_STREQ("b", rp_facts_get(&facts, 7, 35, &life));
	rp_facts_clear(&facts);
	rp_facts_clear(&ends);
}

/* What is asked again and again for months takes no more room. */
TEST(seen_again)
{
	struct rp_facts facts = { 0 };
	unsigned int i;

	for (i = 1; i < 1000000; i++) {
		rp_facts_add(&facts, i % 4, i, RP_FACTS_SEEN, i % 4 ? "eth0" : "wan0");
		if (i % 5 == 0)
			EXPECT_STREQ("eth0", rp_facts_get(&facts, 1, i / 2, ALWAYS));
	}
	EXPECT_STREQ("wan0", rp_facts_get(&facts, 0, 500000, ALWAYS));
	EXPECT_GT(16, facts.count);
	EXPECT_GT(4096, facts.names_size);
	rp_facts_clear(&facts);
}

/* Too many: what is forgotten has no name, and never that of something else. */
TEST(forgotten)
{
	struct rp_facts facts = { 0 };
	char name[16];
	uint64_t i;

	for (i = 1; i < 2000000; i++) {
		snprintf(name, sizeof(name), "dev%llu", (unsigned long long)i);
		rp_facts_add(&facts, 7, 10 * i, RP_FACTS_ENDED, name);
	}
	EXPECT_GE(1U << 19, facts.count);
	EXPECT_EQ(NULL, AT(25));
	EXPECT_STREQ("dev1999999", AT(19999985));
	EXPECT_EQ(NULL, AT(19999990));
	rp_facts_clear(&facts);
}

/* All at once, in the worst order: a snapshot of 260,000 devices and more */
TEST(many)
{
	struct rp_facts facts = { 0 };
	unsigned int i;

	for (i = 1000000; i; i--)
		rp_facts_add(&facts, i, 10, RP_FACTS_SEEN, "eth0");
	EXPECT_STREQ("eth0", rp_facts_get(&facts, 1000000 - 260000, 20, ALWAYS));
	EXPECT_EQ(NULL, rp_facts_get(&facts, 7, 20, ALWAYS));
	rp_facts_clear(&facts);
}

TEST_HARNESS_MAIN
