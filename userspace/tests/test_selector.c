// SPDX-License-Identifier: GPL-2.0
/* Which selector of a rule did not match, in words */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "fib/names.h"
#include "lib/addr.h"
#include "lib/util.h"
#include "words/format.h"
#include "words/selector.h"

static struct rp_fib_rule rule(void)
{
	struct rp_fib_rule r = { .family = AF_INET, .mark = 2, .mask = UINT32_MAX, .tos = 0x10,
				 .src_len = 24, .dst_len = 32, .proto = IPPROTO_TCP,
				 .uid_start = 1000, .uid_end = 1999, .sport_start = 7,
				 .sport_end = 7, .dport_start = 50, .dport_end = 60,
				 .iif = "hb", .oif = "hc" };

	rp_addr_parse(&r.src, AF_INET, "10.0.1.0");
	rp_addr_parse(&r.dst, AF_INET, "192.0.2.1");
	return r;
}

TEST(selectors)
{
	static const struct {
		enum rp_model_selector by;
		const char *name, *text;
	} rows[] = {
		{ RP_MODEL_MARK, "fwmark", "fwmark 0x2, flow has none" },
		{ RP_MODEL_IIF, "iif", "iif hb, flow has ha" },
		{ RP_MODEL_OIF, "oif", "oif hc, flow has none" },
		{ RP_MODEL_L3MDEV, "l3mdev", "l3mdev, flow is in no VRF" },
		{ RP_MODEL_UID, "uidrange", "uidrange 1000-1999, flow has 0" },
		{ RP_MODEL_FROM, "from", "from 10.0.1.0/24, flow has none" },
		{ RP_MODEL_TO, "to", "to 192.0.2.1, flow has 203.0.113.1" },
		{ RP_MODEL_TOS, "tos", "tos 0x10, flow has 0x00" },
		{ RP_MODEL_PROTO, "ipproto", "ipproto tcp, flow has udp" },
		{ RP_MODEL_SPORT, "sport", "sport 7, flow has 0" },
		{ RP_MODEL_DPORT, "dport", "dport 50-60, flow has 70" },
		{ RP_MODEL_NOT, "not", "not, and flow has it" },
	};
	struct rp_flow flow = { .iif = 7, .proto = IPPROTO_UDP, .dport = htons(70) };
	struct rp_fib_rule r = rule();
	struct rp_text t;
	struct rp_fib fib;
	size_t i;

	rp_fib_init(&fib);
	rp_fib_name_link(&fib, RP_FAKE_NETNS, 7, "ha");
	rp_addr_parse(&flow.dst, AF_INET, "203.0.113.1");
	for (i = 0; i < RP_ARRAY_SIZE(rows); i++) {
		EXPECT_STREQ(rows[i].name, rp_selector_name(rows[i].by));
		EXPECT_STREQ(rows[i].text, rp_format_selector(&t, &fib, RP_FAKE_NETNS, &r,
							      rows[i].by, &flow));
	}
	EXPECT_EQ(NULL, rp_selector_name(RP_MODEL_FITS));
	EXPECT_EQ(NULL, rp_selector_name(RP_MODEL_NOT_KNOWN));
	rp_fib_exit(&fib);
}

/* A mask, another mark, and a flow that has something */
TEST(values)
{
	struct rp_fib_rule r = rule();
	struct rp_flow flow = { .mark = 0x1f, .iif = 1 };
	struct rp_text t;
	struct rp_fib fib;

	rp_fib_init(&fib);
	r.mask = 0xff;
	EXPECT_STREQ("fwmark 0x2/0xff, flow has 0x1f",
		     rp_format_selector(&t, &fib, RP_FAKE_NETNS, &r, RP_MODEL_MARK, &flow));
	rp_addr_parse(&flow.src, AF_INET, "10.0.2.1");
	EXPECT_STREQ("from 10.0.1.0/24, flow has 10.0.2.1",
		     rp_format_selector(&t, &fib, RP_FAKE_NETNS, &r, RP_MODEL_FROM, &flow));
	EXPECT_STREQ("iif hb, flow has lo",
		     rp_format_selector(&t, &fib, RP_FAKE_NETNS, &r, RP_MODEL_IIF, &flow));
	EXPECT_STREQ("its selectors are not recorded",
		     rp_format_selector(&t, &fib, RP_FAKE_NETNS, &r, RP_MODEL_SOME, &flow));
	rp_fib_exit(&fib);
}

TEST_HARNESS_MAIN
