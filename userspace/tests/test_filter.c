// SPDX-License-Identifier: GPL-2.0
/* Filter words: which are good, and what they keep. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "fib/names.h"
#include "filter_words.h"
#include "lib/map.h"
#include "lib/util.h"
#include "story/decision.h"
#include "story/filter.h"
#include "story/story.h"

struct words {
	const char *text;
	int argc;
	char *argv[16];
	char copy[256];
};

static void split(struct words *w, const char *text)
{
	char *rest = w->copy, *word;

	memset(w, 0, sizeof(*w));
	snprintf(w->copy, sizeof(w->copy), "%s", text);
	while ((word = strsep(&rest, " ")))
		if (*word)
			w->argv[w->argc++] = word;
}

struct parsed {
	const char *text;
	struct rp_filter filter;
};

/* As the kernel of the source has them */
static struct rp_map_entry known_reasons[] = {
	{ 16, (char *)"IP_RPFILTER" }, { 77, (char *)"IP_LOCALNET" },
};
static const struct rp_map reasons = {
	.entries = known_reasons, .count = RP_ARRAY_SIZE(known_reasons),
};

static int run_parse(void *arg)
{
	struct parsed *p = arg;
	struct words w;

	split(&w, p->text);
	return rp_filter_parse(&p->filter, &reasons, w.argc, w.argv);
}

TEST(good_words)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(accepted); i++) {
		struct parsed p = { .text = accepted[i] };
		char *out, *err;

		EXPECT_EQ(0, rp_fake_run(run_parse, &p, &out, &err)) TH_LOG("%s", accepted[i]);
		EXPECT_STREQ("", err);
		free(out);
		free(err);
	}
}

TEST(bad_words)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(refused); i++) {
		struct parsed p = { .text = refused[i].text };
		char *out, *err;

		EXPECT_EQ(-1, rp_fake_run(run_parse, &p, &out, &err))
			TH_LOG("%s", refused[i].text);
		EXPECT_NE(NULL, strstr(err, refused[i].says))
			TH_LOG("%s: %s", refused[i].text, err);
		EXPECT_EQ('\0', strchr(err, '\n')[1]);
		free(out);
		free(err);
	}
}

/* What each filter says of a failed output, a change and a flush */
static const struct {
	const char *text;
	bool output, change, flush;
} matches[] = {
	{ "",				true,	true,	true },
	{ "203.0.113.1",		true,	true,	true },
	{ "to 203.0.0.0/16",		true,	true,	true },
	{ "to 203.0.113.128/25",	false,	true,	true },
	{ "to 203.0.114.1",		false,	false,	true },
	{ "to 10.0.0.1 to 203.0.113.1",	true,	true,	true },
	{ "from 10.0.1.1",		true,	true,	true },
	{ "from 10.0.1.2",		false,	true,	true },
	{ "oif ha",			true,	true,	true },
	{ "oif 7",			true,	true,	true },
	{ "oif hb",			false,	false,	true },
	{ "iif lo",			true,	true,	true },
	{ "iif ha",			false,	true,	true },
	{ "mark 0x11",			true,	true,	true },
	{ "mark 0x1/0xf",		true,	true,	true },
	{ "mark 0x1",			false,	true,	true },
	{ "uid 1000",			true,	true,	true },
	{ "uid 0",			false,	true,	true },
	{ "ipproto udp",		true,	true,	true },
	{ "ipproto tcp",		false,	true,	true },
	{ "tos 0x10",			true,	true,	true },
	{ "tos 0",			false,	true,	true },
	{ "dport 53",			true,	true,	true },
	{ "sport 53",			false,	true,	true },
	{ "netns blue",			true,	true,	true },
	{ "netns 4026532001",		true,	true,	true },
	{ "netns red",			false,	false,	false },
	{ "pid 7",			true,	true,	true },
	{ "pid 8",			false,	false,	false },
	{ "comm app",			true,	true,	true },
	{ "comm ap",			false,	false,	false },
	{ "error any",			true,	true,	false },
	{ "error EHOSTUNREACH",		true,	false,	false },
	{ "error 17,EHOSTUNREACH",	true,	true,	false },
	{ "error ENETUNREACH",		false,	false,	false },
};

static bool keeps(const char *text, const struct rp_record *rec)
{
	struct rp_node node = { .rec = *rec };
	struct rp_decision d;
	struct rp_filter f;
	struct rp_fib fib;
	struct words w;
	bool kept;

	TAILQ_INIT(&node.inner);
	split(&w, text);
	if (rp_filter_parse(&f, &reasons, w.argc, w.argv))
		abort();
	rp_fib_init(&fib);
	rp_fib_name_netns(&fib, RP_FAKE_NETNS, "blue");
	rp_fib_name_link(&fib, RP_FAKE_NETNS, 7, "ha");
	rp_decision_make(&d, &node);
	kept = rp_filter_match(&f, &d, &fib);
	rp_fib_exit(&fib);
	return kept;
}

TEST(keeps_what_matches)
{
	struct rp_record output = rp_fake_record(RP_KIND_OUTPUT, 10, 20);
	struct rp_record change = rp_fake_record(RP_KIND_CHANGE, 10, 20);
	struct rp_record flush;
	size_t i;

	rp_fake_flow(&output, "10.0.1.1", "203.0.113.1");
	output.flow.oif = 7;
	output.flow.mark = 0x11;
	output.flow.tos = 0x10;
	output.flow.uid = 1000;
	output.err = -EHOSTUNREACH;
	rp_fake_route(&change, RT_TABLE_MAIN, "203.0.113.0", 24, NULL, "ha");
	change.has |= RP_HAS_CHANGE;
	change.change.op = RP_CHANGE_INSERT;
	change.err = -EEXIST;
	flush = change;
	flush.change.op = RP_CHANGE_FLUSH;
	flush.change.count = 1;
	memset(&flush.route, 0, sizeof(flush.route));
	flush.err = 0;

	for (i = 0; i < RP_ARRAY_SIZE(matches); i++) {
		EXPECT_EQ(matches[i].output, keeps(matches[i].text, &output))
			TH_LOG("output: %s", matches[i].text);
		EXPECT_EQ(matches[i].change, keeps(matches[i].text, &change))
			TH_LOG("change: %s", matches[i].text);
		EXPECT_EQ(matches[i].flush, keeps(matches[i].text, &flush))
			TH_LOG("flush: %s", matches[i].text);
	}
}

/* 16 is a reason here and an errno there. */
TEST(drop_reason)
{
	struct rp_record input = rp_fake_record(RP_KIND_INPUT, 10, 20);

	input.err = 16;
	EXPECT_TRUE(keeps("error any", &input));
	EXPECT_TRUE(keeps("error IP_RPFILTER", &input));
	EXPECT_TRUE(keeps("error EXDEV,ip_rpfilter", &input));
	EXPECT_FALSE(keeps("error IP_LOCALNET", &input));
	EXPECT_FALSE(keeps("error EBUSY", &input));
	EXPECT_FALSE(keeps("error 16", &input));
	input.err = -EBUSY;
	EXPECT_TRUE(keeps("error 16", &input));
	EXPECT_FALSE(keeps("error IP_RPFILTER", &input));
}

/* The task of a softirq is a bystander. */
TEST(bystander)
{
	struct rp_record input = rp_fake_record(RP_KIND_INPUT, 10, 20);

	input.context = RP_CONTEXT_SOFTIRQ;
	EXPECT_FALSE(keeps("pid 7", &input));
	EXPECT_FALSE(keeps("comm app", &input));
}

/* A source that was left to the kernel is the one it chose. */
TEST(chosen_source)
{
	struct rp_record output = rp_fake_record(RP_KIND_OUTPUT, 10, 20);

	rp_fake_flow(&output, NULL, "203.0.113.1");
	output.has |= RP_HAS_RTABLE;
	inet_pton(AF_INET, "10.0.1.1", &output.route.prefsrc);
	EXPECT_TRUE(keeps("from 10.0.1.0/24", &output));
	EXPECT_FALSE(keeps("from 10.0.2.0/24", &output));
}

TEST_HARNESS_MAIN
