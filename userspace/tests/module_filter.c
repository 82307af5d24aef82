// SPDX-License-Identifier: GPL-2.0
/* The parser of the module's filters, as it stands there, without a kernel. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "../../module/error.h"
#include "../../module/filter.h"
#include "filter_words.h"

static char log_text[1024];
static unsigned int log_lines;

void pr_err(const char *fmt, ...)
{
	va_list ap;

	log_lines++;
	va_start(ap, fmt);
	vsnprintf(log_text, sizeof(log_text), fmt, ap);
	va_end(ap);
}

static int parse(struct rp_filter *f, const char *text)
{
	char *words = strdup(text);	/* so that each overrun is seen */
	int err;

	memset(f, 0, sizeof(*f));
	*log_text = '\0';
	log_lines = 0;
	err = rp_filter_parse(f, "filter", words);
	free(words);
	return err;
}

TEST(good_words)
{
	struct rp_filter f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(accepted); i++) {
		EXPECT_EQ(0, parse(&f, accepted[i])) TH_LOG("%s", accepted[i]);
		EXPECT_EQ(0, log_lines) TH_LOG("%s: %s", accepted[i], log_text);
	}
}

TEST(bad_words)
{
	struct rp_filter f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(-EINVAL, parse(&f, refused[i].text)) TH_LOG("%s", refused[i].text);
		EXPECT_EQ(1, log_lines);
		EXPECT_EQ(0, strncmp(log_text, "filter: ", 8)) TH_LOG("%s", log_text);
		EXPECT_NE(NULL, strstr(log_text, refused[i].says))
			TH_LOG("%s: %s", refused[i].text, log_text);
	}
}

/* Unlike the reader, the module does not know the names of namespaces. */
TEST(namespaces_have_numbers)
{
	struct rp_filter f;

	EXPECT_EQ(-EINVAL, parse(&f, "netns blue"));
	EXPECT_EQ(0, parse(&f, "netns 4026532001"));
	EXPECT_EQ(4026532001U, f.terms[0].value);
}

TEST(blanks_do_not_matter)
{
	struct rp_filter f;

	EXPECT_EQ(0, parse(&f, "  \t to  10.0.0.1\n pid\t7 "));
	EXPECT_EQ(2, f.terms_count);
	EXPECT_EQ(1U << RP_FILTER_TO | 1U << RP_FILTER_PID, f.words);
	EXPECT_EQ(7, f.terms[1].value);
	EXPECT_EQ(0, parse(&f, " \t\n"));
	EXPECT_EQ(0, f.words);
}

/* Does the only term let this flow through? */
static bool lets_through(const char *text, const struct rp_flow *flow)
{
	struct rp_filter f;
	u32 word;

	if (parse(&f, text) || f.terms_count != 1)
		return false;
	memcpy(&word, (const char *)flow + 4 * f.terms[0].at, sizeof(word));
	return !((word ^ f.terms[0].value) & f.terms[0].mask);
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
		.dst = inet_addr("192.0.2.1"), .src = inet_addr("10.1.2.3"),
		.mark = 0x12345678, .uid = 1000, .proto = 17, .tos = 0x10,
		.scope = 0x5a, .flags = 0xa5, .sport = htons(53), .dport = htons(8080),
		.oif = 5, .iif = 6, .l3mdev = 7,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		EXPECT_EQ(fields[i].match, lets_through(fields[i].text, &flow))
			TH_LOG("%s", fields[i].text);
}

TEST(devices_have_names_and_numbers)
{
	struct rp_filter f;

	EXPECT_EQ(0, parse(&f, "oif eth0 iif 12"));
	EXPECT_STREQ("eth0", f.terms[0].name);
	EXPECT_EQ(0, f.terms[0].mask);
	EXPECT_STREQ("12", f.terms[1].name);
	EXPECT_EQ(12, f.terms[1].value);
	EXPECT_EQ(~0U, f.terms[1].mask);
}

TEST(errors_are_as_records_have_them)
{
	struct rp_filter f;

	EXPECT_EQ(0, parse(&f, "error EHOSTUNREACH,13,ip_rpfilter error any"));
	EXPECT_TRUE(f.error_any);
	EXPECT_EQ(0, f.terms_count);
	EXPECT_EQ(3, f.errors_count);
	EXPECT_EQ(-EHOSTUNREACH, f.errors[0]);
	EXPECT_EQ(-EACCES, f.errors[1]);
	EXPECT_EQ(16, f.errors[2]);
	EXPECT_STREQ("IP_RPFILTER", rp_error_reason(16));
	EXPECT_EQ(NULL, rp_error_reason(17));
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

static void repeat(char *text, size_t size, const char *word, unsigned int times)
{
	size_t len = 0;

	while (times--)
		len += snprintf(text + len, size - len, "%s", word);
}

TEST(room_is_counted)
{
	char text[1024] = "error 1";
	struct rp_filter f;

	repeat(text, sizeof(text), "pid 1 ", RP_FILTER_TERMS);
	EXPECT_EQ(0, parse(&f, text));
	repeat(text, sizeof(text), "pid 1 ", RP_FILTER_TERMS + 1);
	EXPECT_EQ(-EINVAL, parse(&f, text));
	EXPECT_NE(NULL, strstr(log_text, "\"pid\" is one value too many; allowed are 32"));

	strcpy(text, "error 1");
	repeat(text + 7, sizeof(text) - 7, ",1", RP_FILTER_ERRORS - 1);
	EXPECT_EQ(0, parse(&f, text));
	repeat(text + 7, sizeof(text) - 7, ",1", RP_FILTER_ERRORS);
	EXPECT_EQ(-EINVAL, parse(&f, text));
}

TEST_HARNESS_MAIN
