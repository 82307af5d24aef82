// SPDX-License-Identifier: GPL-2.0
/* Addresses of both families. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "lib/addr.h"

static union rp_addr addr(unsigned int family, const char *text)
{
	union rp_addr a;

	if (!rp_addr_parse(&a, family, text))
		memset(&a, 0xff, sizeof(a));
	return a;
}

static bool is_in(unsigned int family, const char *prefix, unsigned int len,
		  const char *text)
{
	union rp_addr p = addr(family, prefix), a = addr(family, text);

	return rp_addr_covers(&p, len, &a);
}

TEST(covers)
{
	EXPECT_TRUE(is_in(AF_INET, "0.0.0.0", 0, "203.0.113.1"));
	EXPECT_TRUE(is_in(AF_INET, "10.0.0.0", 8, "10.255.0.1"));
	EXPECT_FALSE(is_in(AF_INET, "10.0.0.0", 9, "10.255.0.1"));
	EXPECT_FALSE(is_in(AF_INET, "10.0.0.1", 32, "10.0.0.2"));
	EXPECT_TRUE(is_in(AF_INET, "10.0.0.2", 32, "10.0.0.2"));
	EXPECT_TRUE(is_in(AF_INET6, "::", 0, "2001:db8::1"));
	EXPECT_TRUE(is_in(AF_INET6, "2001:db8::", 64, "2001:db8::ffff:0:0:1"));
	EXPECT_FALSE(is_in(AF_INET6, "2001:db8::", 65, "2001:db8::ffff:0:0:1"));
	EXPECT_FALSE(is_in(AF_INET6, "2001:db8::", 128, "2001:db8::1"));
	EXPECT_TRUE(is_in(AF_INET6, "2001:db8::1", 128, "2001:db8::1"));
}

TEST(prefix)
{
	union rp_addr a = addr(AF_INET6, "2001:db8:ffff:ffff:ffff::1");
	union rp_addr p = rp_addr_prefix(&a, 41), expected = addr(AF_INET6, "2001:db8:ff80::");

	EXPECT_TRUE(rp_addr_equal(&p, &expected));
	p = rp_addr_prefix(&a, 0);
	EXPECT_TRUE(rp_addr_is_any(&p));
	p = rp_addr_prefix(&a, 255);
	EXPECT_TRUE(rp_addr_equal(&p, &a));
}

TEST(text)
{
	struct rp_addr_text t;
	union rp_addr a;

	memset(&a, 0xff, sizeof(a));
	EXPECT_TRUE(rp_addr_parse(&a, AF_INET, "192.0.2.1"));
	EXPECT_EQ(0, a.b[4] | a.w[1]);
	EXPECT_STREQ("192.0.2.1", rp_addr_format(&t, &a, AF_INET));
	EXPECT_STREQ("192.0.2.1", rp_addr_format(&t, &a, 77));
	EXPECT_FALSE(rp_addr_parse(&a, AF_INET, "::1"));
	EXPECT_FALSE(rp_addr_parse(&a, AF_INET6, "192.0.2.1"));
	EXPECT_TRUE(rp_addr_parse(&a, AF_INET6, "2001:DB8:0::1"));
	EXPECT_STREQ("2001:db8::1", rp_addr_format(&t, &a, AF_INET6));
	EXPECT_TRUE(rp_addr_parse(&a, AF_INET6, "::ffff:192.0.2.1"));
	EXPECT_STREQ("::ffff:192.0.2.1", rp_addr_format(&t, &a, AF_INET6));
}

TEST(hash)
{
	union rp_addr a = addr(AF_INET6, "2001:db8::1"), b = addr(AF_INET6, "2001:db8::2");

	EXPECT_EQ(rp_addr_hash(&a, 1), rp_addr_hash(&a, 1));
	EXPECT_NE(rp_addr_hash(&a, 1), rp_addr_hash(&a, 2));
	EXPECT_NE(rp_addr_hash(&a, 1), rp_addr_hash(&b, 1));
}

/* Few words that are not zero, so that there are rows of zeroes of every length */
TEST(format_as_inet_ntop)
{
	struct rp_addr_text got;
	char wanted[INET6_ADDRSTRLEN];
	union rp_addr a;
	unsigned int i, n;

	srand(1);
	for (i = 0; i < 100000; i++) {
		memset(&a, 0, sizeof(a));
		for (n = rand() % 9; n; n--)
			a.b[rand() % 16] = rand() % 3 ? rand() : 0xff;
		if (!(i % 16))
			memcpy(a.b, (const uint8_t[12]) { [10] = 0xff, [11] = 0xff }, 12);
		inet_ntop(AF_INET6, &a, wanted, sizeof(wanted));
		ASSERT_STREQ(wanted, rp_addr_format(&got, &a, AF_INET6));
		inet_ntop(AF_INET, &a, wanted, sizeof(wanted));
		ASSERT_STREQ(wanted, rp_addr_format(&got, &a, AF_INET));
	}
}

TEST_HARNESS_MAIN
