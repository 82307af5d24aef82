// SPDX-License-Identifier: GPL-2.0
/* Sysctls: their names, and how a change of one is told. */
#include <string.h>
#include <sys/socket.h>

#include <kselftest_harness.h>

#include "fib/names.h"
#include "lib/util.h"
#include "story/decision.h"
#include "story/story.h"
#include "words/format.h"
#include "words/setting.h"

static const struct {
	unsigned int family;
	enum rp_setting_id id;
	enum rp_setting_scope scope;
	const char *dev, *name;
} rows[] = {
	{ AF_INET, RP_SETTING_FORWARDING, RP_SCOPE_ALL, "", "net.ipv4.ip_forward" },
	{ AF_INET6, RP_SETTING_FORWARDING, RP_SCOPE_ALL, "", "net.ipv6.conf.all.forwarding" },
	{ AF_INET, RP_SETTING_FORWARDING, RP_SCOPE_DEFAULT, "",
	  "net.ipv4.conf.default.forwarding" },
	{ AF_INET, RP_SETTING_RP_FILTER, RP_SCOPE_DEV, "eth0.7",
	  "net.ipv4.conf.eth0/7.rp_filter" },
	{ AF_INET, RP_SETTING_RP_FILTER, RP_SCOPE_DEV, "", "net.ipv4.conf.if9.rp_filter" },
	{ AF_INET6, RP_SETTING_HASH_POLICY, RP_SCOPE_NETNS, "",
	  "net.ipv6.fib_multipath_hash_policy" },
	{ AF_INET, __RP_SETTING_MAX, RP_SCOPE_ALL, "", "net.ipv4.conf.all.16" },
};

TEST(names)
{
	struct rp_record rec;
	struct rp_text text;
	struct rp_fib fib;
	size_t i;

	rp_fib_init(&fib);
	for (i = 0; i < RP_ARRAY_SIZE(rows); i++) {
		memset(&rec, 0, sizeof(rec));
		rec.family = rows[i].family;
		rec.setting.id = rows[i].id;
		rec.setting.scope = rows[i].scope;
		rec.route.oif = 9;
		strcpy(rec.route.dev, rows[i].dev);
		EXPECT_STREQ(rows[i].name, rp_format_setting(&text, &fib, 1, &rec));
	}
	rp_fib_exit(&fib);
}

TEST(changes)
{
	struct rp_node node = { .rec = { .kind = RP_KIND_SYSCTL_EVENT, .family = AF_INET,
		.has = RP_HAS_ROUTE | RP_HAS_SETTING,
		.setting = { .before = 0, .after = 1, .id = RP_SETTING_FORWARDING,
			     .scope = RP_SCOPE_ALL } } };
	struct rp_decision d = { .rec = &node.rec, .node = &node };
	struct rp_text text;
	struct rp_fib fib;

	rp_fib_init(&fib);
	EXPECT_STREQ("net.ipv4.ip_forward 0 => 1", rp_format_change(&text, &fib, &d));
	node.rec.err = -22;
	EXPECT_STREQ("net.ipv4.ip_forward 0", rp_format_change(&text, &fib, &d));
	rp_fib_exit(&fib);
}

TEST_HARNESS_MAIN
