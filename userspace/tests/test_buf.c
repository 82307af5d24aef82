// SPDX-License-Identifier: GPL-2.0
/* Text that grows. */
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "lib/buf.h"

TEST(digits_are_those_of_printf)
{
	const uint64_t numbers[] = { 0, 9, 10, 99, 100, 101, 1000, 65535, 4294967295U,
				     9999999999999999999ULL, UINT64_MAX };
	char wanted[32], got[RP_DIGITS_MAX + 1];
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)numbers[i]);
		got[rp_digits(got, numbers[i])] = '\0';
		EXPECT_STREQ(wanted, got);
	}
}

TEST(columns_are_those_of_printf)
{
	struct rp_buf b = { 0 };

	rp_buf_column(&b, 6, "short");
	rp_buf_char(&b, '|');
	rp_buf_column(&b, 6, "longer one");
	rp_buf_char(&b, '|');
	rp_buf_column(&b, 0, "");
	rp_buf_zeroes(&b, 3, 7);
	rp_buf_char(&b, '|');
	rp_buf_zeroes(&b, 3, 1234);
	rp_buf_char(&b, '|');
	rp_buf_number(&b, 42);
	rp_buf_char(&b, '\0');
	EXPECT_STREQ("short |longer one|007|1234|42", b.data);
	rp_buf_exit(&b);
	EXPECT_EQ(NULL, b.data);
}

TEST(grows_and_is_empty_when_it_was_handed_on)
{
	struct rp_buf b = { 0 };
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	for (i = 0; i < 5000; i++)
		rp_buf_text(&b, "0123456789");
	EXPECT_EQ(50000, b.len);
	rp_buf_flush(&b, out);
	EXPECT_EQ(0, b.len);
	rp_buf_flush(&b, out);
	fclose(out);
	ASSERT_EQ(50000, size);
	for (i = 0; i < size; i++)
		ASSERT_EQ('0' + i % 10, text[i]);
	free(text);
	rp_buf_exit(&b);
}

TEST_HARNESS_MAIN
