// SPDX-License-Identifier: GPL-2.0
/* Texts that are counted. */
#include <stdlib.h>

#include <kselftest_harness.h>

#include "lib/tally.h"

struct word {
	const char *key;
	unsigned int times;
};

TEST(tally_keeps_each_text_once)
{
	struct rp_tally t;
	struct word *word, **list;
	char key[16];
	unsigned int i;

	rp_tally_init(&t, sizeof(*word));
	for (i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "%03u", i * 7 % 1000);
		word = rp_tally_get(&t, key);
		word->times++;
	}
	ASSERT_EQ(1000, t.count);
	list = rp_tally_sorted(&t);
	for (i = 0; i < t.count; i++) {
		snprintf(key, sizeof(key), "%03u", i);
		EXPECT_STREQ(key, list[i]->key);
		EXPECT_EQ(100, list[i]->times);
		EXPECT_EQ(list[i], rp_tally_find(&t, key));
	}
	EXPECT_EQ(NULL, rp_tally_find(&t, "1000"));
	t.max = 1000;
	for (i = 0; i < 100; i++)
		EXPECT_EQ(NULL, rp_tally_get(&t, "1000"));
	EXPECT_LE(t.nslots, 4096);
	EXPECT_NE(NULL, rp_tally_get(&t, "999"));
	free(list);
	rp_tally_exit(&t, NULL);
}

TEST_HARNESS_MAIN
