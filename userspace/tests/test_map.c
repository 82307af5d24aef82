// SPDX-License-Identifier: GPL-2.0
/* Numbers with names */
#include <stdio.h>
#include <string.h>

#include <kselftest_harness.h>

#include "lib/map.h"

TEST(replaces)
{
	struct rp_map map = { 0 };

	EXPECT_EQ(NULL, rp_map_get(&map, 7));
	rp_map_set(&map, 7, "a");
	rp_map_set(&map, UINT64_MAX, "last");
	rp_map_set(&map, 7, "b\033[m");
	EXPECT_STREQ("b?[m", rp_map_get(&map, 7));
	EXPECT_STREQ("last", rp_map_get(&map, UINT64_MAX));
	EXPECT_EQ(NULL, rp_map_get(&map, 0));
	EXPECT_EQ(2, map.count);
	EXPECT_STREQ("b?[m", map.entries[0].name);
	rp_map_clear(&map);
	EXPECT_EQ(NULL, rp_map_get(&map, 7));
}

/* In the worst order, and more than are kept: 14 s when it was sorted */
TEST(many)
{
	struct rp_map map = { 0 };
	unsigned int i;

	for (i = 300000; i; i--)
		rp_map_set(&map, i, "name");
	EXPECT_EQ(1 << 18, map.count);
	EXPECT_STREQ("name", rp_map_get(&map, 300000));
	EXPECT_STREQ("name", rp_map_get(&map, 300001 - (1 << 18)));
	EXPECT_EQ(NULL, rp_map_get(&map, 300000 - (1 << 18)));
	rp_map_clear(&map);
}

TEST_HARNESS_MAIN
