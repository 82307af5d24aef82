// SPDX-License-Identifier: GPL-2.0
/* The names of errors that the module knows, as they stand there, without a kernel. */
#include <errno.h>
#include <string.h>

#include <kselftest_harness.h>

#include "../../module/error.h"

void pr_err(const char *fmt, ...)
{
	(void)fmt;
}

TEST(reasons_have_names)
{
	s32 err;

	EXPECT_TRUE(rp_error_number("ip_rpfilter", &err));
	EXPECT_EQ(16, err);
	EXPECT_STREQ("IP_RPFILTER", rp_error_reason(16));
	EXPECT_EQ(NULL, rp_error_reason(17));
	EXPECT_FALSE(rp_error_number("ENOTHING", &err));
}

/* The C library knows them all, too. */
TEST(every_errno_has_its_name)
{
	int number, known = 0;
	s32 err;

	for (number = 1; number < 4096; number++) {
		const char *name = strerrorname_np(number);

		if (!name)
			continue;
		EXPECT_TRUE(rp_error_number(name, &err)) TH_LOG("%s", name);
		EXPECT_EQ(-number, err);
		known++;
	}
	EXPECT_LT(100, known);
}

TEST_HARNESS_MAIN
