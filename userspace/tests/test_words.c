// SPDX-License-Identifier: GPL-2.0
/* The words of a filter, as both sides parse them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include <routeprobe_words.h>

#include "filter_words.h"
#include "lib/names.h"
#include "lib/util.h"
#include "words/format.h"

static char message[256];

static bool find_error(const void *ctx, const char *name, __s32 *err)
{
	(void)ctx;
	if (!strcasecmp(name, "IP_RPFILTER")) {
		*err = 16;
		return true;
	}
	if (!rp_names_errno_value(name, err))
		return false;
	*err = -*err;
	return true;
}

/* As the module, which does not know the names of namespaces */
static const struct rp_words_side side = { .error = find_error, .separators = " \t\n" };

static int parse(struct rp_words *w, const char *text)
{
	char *words = strdup(text);	/* so that each overrun is seen */
	int err;

	memset(w, 0, sizeof(*w));
	*message = '\0';
	err = rp_words_parse(w, &side, words, message, sizeof(message));
	free(words);
	return err;
}

TEST(good_words)
{
	struct rp_words f;
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(accepted); i++) {
		EXPECT_EQ(0, parse(&f, accepted[i])) TH_LOG("%s", accepted[i]);
		EXPECT_STREQ("", message);
	}
}

TEST(bad_words)
{
	struct rp_words f;
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(-EINVAL, parse(&f, refused[i].text)) TH_LOG("%s", refused[i].text);
		EXPECT_NE(NULL, strstr(message, refused[i].says))
			TH_LOG("%s: %s", refused[i].text, message);
	}
}

/* Unlike the reader, the module does not know the names of namespaces. */
TEST(namespaces_have_numbers)
{
	struct rp_words f;

	EXPECT_EQ(-EINVAL, parse(&f, "netns blue"));
	EXPECT_EQ(0, parse(&f, "netns 4026532001"));
	EXPECT_EQ(4026532001U, f.terms[0].number);
}

TEST(blanks_do_not_matter)
{
	struct rp_words f;

	EXPECT_EQ(0, parse(&f, "  \t to  10.0.0.1\n pid\t7 "));
	EXPECT_EQ(2, f.terms_count);
	EXPECT_EQ(1U << RP_WORD_TO | 1U << RP_WORD_PID, f.given);
	EXPECT_EQ(7, f.terms[1].number);
	EXPECT_EQ(0, parse(&f, " \t\n"));
	EXPECT_EQ(0, f.given);
}

/* Does the only term let this flow through? */
static bool lets_through(const char *text, const struct rp_flow *flow, __u8 family)
{
	struct rp_words f;

	return !parse(&f, text) && f.terms_count == 1 &&
	       rp_term_matches(&f.terms[0], family, flow);
}

static const struct {
	char text[24];
	bool match;
} fields[] = {
	{ "to 192.0.2.1",	true }, { "to 192.0.2.2",	false },
	{ "192.0.2.0/31",	true }, { "192.0.2.2/31",	false },
	{ "to 192.0.2.255/24",	true }, { "to 0.0.0.0/0",	true },
	{ "from 10.1.2.3",	true }, { "from 10.0.0.0/15",	true },
	{ "from 10.1.0.0/23",	false }, { "from any",		true },
	{ "mark 0x12345678",	true }, { "mark 0x78/0xff",	true },
	{ "mark 0x78",		false }, { "uid 1000",		true },
	{ "uid 1001",		false }, { "ipproto udp",	true },
	{ "ipproto 17",		true }, { "ipproto tcp",	false },
	{ "sport 53",		true }, { "sport 8080",		false },
	{ "dport 8080",		true }, { "dport 53",		false },
	{ "tos 0x10",		true }, { "tos 16",		true },
	{ "tos 17",		false },
};

TEST(fields_are_where_the_flow_has_them)
{
	struct rp_flow flow = {
		.dst.v4 = inet_addr("192.0.2.1"), .src.v4 = inet_addr("10.1.2.3"),
		.mark = 0x12345678, .uid = 1000, .proto = 17, .tos = 0x10,
		.scope = 0x5a, .flags = 0xa5, .sport = htons(53), .dport = htons(8080),
		.oif = 5, .iif = 6, .l3mdev = 7,
	};
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(fields); i++)
		EXPECT_EQ(fields[i].match, lets_through(fields[i].text, &flow, AF_INET))
			TH_LOG("%s", fields[i].text);
}

TEST(prefixes_of_both_families)
{
	struct rp_flow flow = { .oif = 0 }, v4 = { .dst.v4 = inet_addr("192.0.2.1") };

	inet_pton(AF_INET6, "2001:db8:7::1", flow.dst.b);
	EXPECT_TRUE(lets_through("to 2001:db8::/32", &flow, AF_INET6));
	EXPECT_TRUE(lets_through("2001:db8:7::1", &flow, AF_INET6));
	EXPECT_TRUE(lets_through("to 2001:db8:7::/127", &flow, AF_INET6));
	EXPECT_FALSE(lets_through("to 2001:db8:7::/128", &flow, AF_INET6));
	EXPECT_FALSE(lets_through("to 2001:db9::/32", &flow, AF_INET6));
	EXPECT_FALSE(lets_through("to 0.0.0.0/0", &flow, AF_INET6));
	EXPECT_FALSE(lets_through("to ::/0", &v4, AF_INET));
	EXPECT_TRUE(lets_through("to default", &flow, AF_INET6));
	EXPECT_TRUE(lets_through("to default", &v4, AF_INET));
	EXPECT_FALSE(lets_through("to 2001:db8::/129", &flow, AF_INET6));
}

TEST(devices_have_names_and_numbers)
{
	struct rp_words f;

	EXPECT_EQ(0, parse(&f, "oif eth0 iif 12"));
	EXPECT_STREQ("eth0", f.terms[0].name);
	EXPECT_FALSE(f.terms[0].is_number);
	EXPECT_STREQ("12", f.terms[1].name);
	EXPECT_TRUE(f.terms[1].is_number);
	EXPECT_EQ(12, f.terms[1].number);
}

TEST(errors_are_as_records_have_them)
{
	struct rp_words f;

	EXPECT_EQ(0, parse(&f, "error EHOSTUNREACH,13,ip_rpfilter error any"));
	EXPECT_TRUE(f.error_any);
	EXPECT_EQ(0, f.terms_count);
	EXPECT_EQ(3, f.errors_count);
	EXPECT_EQ(-EHOSTUNREACH, f.errors[0]);
	EXPECT_EQ(-EACCES, f.errors[1]);
	EXPECT_EQ(16, f.errors[2]);
}

static void repeat(char *text, size_t size, const char *word, unsigned int times)
{
	size_t len = 0;

	while (times--)
		len += snprintf(text + len, size - len, "%s", word);
}

TEST(room_is_counted)
{
	char text[1024] = "error 1";
	struct rp_words f;

	repeat(text, sizeof(text), "pid 1 ", RP_WORDS_TERMS);
	EXPECT_EQ(0, parse(&f, text));
	repeat(text, sizeof(text), "pid 1 ", RP_WORDS_TERMS + 1);
	EXPECT_EQ(-EINVAL, parse(&f, text));
	EXPECT_NE(NULL, strstr(message, "\"pid\" is one value too many; allowed are 32"));

	strcpy(text, "error 1");
	repeat(text + 7, sizeof(text) - 7, ",1", RP_WORDS_ERRORS - 1);
	EXPECT_EQ(0, parse(&f, text));
	repeat(text + 7, sizeof(text) - 7, ",1", RP_WORDS_ERRORS);
	EXPECT_EQ(-EINVAL, parse(&f, text));
}

/* Which records of a kind and an error "error EHOSTUNREACH" and "error any" keep */
static const struct {
	__u8 kind, family, verdict, type, code;
	__s32 err;
	bool named, any;
} records[] = {
	{ RP_KIND_OUTPUT, AF_INET, RP_VERDICT_ERROR, 0, 0, -EHOSTUNREACH, true, true },
	{ RP_KIND_OUTPUT, AF_INET, RP_VERDICT_ERROR, 0, 0, -ENETUNREACH, false, true },
	{ RP_KIND_OUTPUT, AF_INET, RP_VERDICT_HIT, 0, 0, 0, false, false },
	{ RP_KIND_LOOKUP, AF_INET, RP_VERDICT_NEXT, 0, 0, -EAGAIN, true, true },
	{ RP_KIND_LOOKUP, AF_INET, RP_VERDICT_HIT, 0, 0, 0, false, false },
	{ RP_KIND_LINK_FAILURE, AF_INET, RP_VERDICT_NONE, 0, 0, 0, true, true },
	{ RP_KIND_ICMP_IN, AF_INET, RP_VERDICT_NONE, 3, 1, 0, true, true },
	{ RP_KIND_ICMP_IN, AF_INET, RP_VERDICT_NONE, 3, 3, 0, false, true },
	{ RP_KIND_ICMP_OUT, AF_INET, RP_VERDICT_NONE, 11, 0, 0, true, true },
	{ RP_KIND_ICMP_IN, AF_INET6, RP_VERDICT_NONE, 1, 3, 0, true, true },
	{ RP_KIND_ICMP_IN, AF_INET6, RP_VERDICT_NONE, 1, 0, 0, false, true },
	{ RP_KIND_ICMP_IN, AF_INET6, RP_VERDICT_NONE, 3, 0, 0, true, true },
	{ RP_KIND_NETFILTER, AF_INET, RP_VERDICT_ERROR, 0, 0, -EPERM, false, true },
	{ RP_KIND_REROUTE, AF_INET, RP_VERDICT_HIT, 0, 0, 0, false, false },
	{ RP_KIND_ICMP_IN, AF_INET, RP_VERDICT_NONE, 12, 0, 0, false, true },
	{ RP_KIND_CACHE, AF_INET, RP_VERDICT_NEXT, 0, 0, 0, false, false },
	{ RP_KIND_CACHE, AF_INET, RP_VERDICT_ERROR, 0, 0, -EHOSTUNREACH, false, false },
};

TEST(errors_of_records)
{
	struct rp_words named, any;
	size_t i;

	ASSERT_EQ(0, parse(&named, "error EHOSTUNREACH"));
	ASSERT_EQ(0, parse(&any, "error any"));
	for (i = 0; i < RP_ARRAY_SIZE(records); i++) {
		struct rp_record rec = {
			.kind = records[i].kind, .family = records[i].family,
			.verdict = records[i].verdict, .err = records[i].err,
		};

		rec.signal.type = records[i].type;
		rec.signal.code = records[i].code;
		EXPECT_EQ(records[i].named, rp_words_error(&named, &rec)) TH_LOG("row %zu", i);
		EXPECT_EQ(records[i].any, rp_words_error(&any, &rec)) TH_LOG("row %zu", i);
	}
}

TEST(words_of_commands_are_quoted)
{
	static const char * const words[][2] = {
		{ "eth0.100", "eth0.100" }, { "$(id>x)", "'$(id>x)'" }, { "", "''" },
		{ "it's", "'it'\\''s'" }, { "a b;c", "'a b;c'" }, { "?", "'?'" },
		{ "~root", "'~root'" },
	};
	struct rp_text t;
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(words); i++) {
		t.len = 0;
		rp_format_quoted(&t, words[i][0]);
		EXPECT_STREQ(words[i][1], t.text);
	}
}

TEST_HARNESS_MAIN
