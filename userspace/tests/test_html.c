// SPDX-License-Identifier: GPL-2.0
/* The page that why --html writes of crafted records. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/buf.h"
#include "lib/util.h"
#include "out/markup.h"
#include "out/picture.h"

#define MS	1000000ULL

FIXTURE(html) {
	struct rp_fake fake;
	struct rp_options options;
	char path[128];
	char *page, *out, *err;
};

FIXTURE_SETUP(html)
{
	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "probes",
		      "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
		      "5\te\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
		      "6\tf\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n");
	snprintf(self->path, sizeof(self->path), "%s/page.html", self->fake.dir);
	self->options = (struct rp_options) { .input = self->fake.dir, .html = self->path };
}

FIXTURE_TEARDOWN(html)
{
	rp_fake_remove(&self->fake);
	free(self->page);
	free(self->out);
	free(self->err);
}

static int run_why(void *arg)
{
	return rp_cmd_why(arg);
}

#define RUN() rp_fake_run(run_why, &self->options, &self->out, &self->err)

/* Writes the page and reads it. */
#define PAGE() do {							\
	int status_ = RUN();						\
									\
	ASSERT_EQ(RP_EXIT_OK, status_) TH_LOG("%s", self->err);		\
	self->page = rp_util_read(AT_FDCWD, self->path, 1 << 24);	\
	ASSERT_TRUE(!!self->page);					\
} while (0)
#define HAS(text)	EXPECT_TRUE(!!strstr(self->page, (text)))
#define LACKS(text)	EXPECT_FALSE(!!strstr(self->page, (text)))

static struct rp_record output(uint64_t time_ns, const char *dst, int err)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, time_ns, time_ns + 100000);

	rp_fake_flow(&rec, NULL, dst);
	rec.err = err;
	rec.verdict = err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	return rec;
}

static void add_worked(struct rp_fake *f, uint64_t time_ns, const char *dst)
{
	struct rp_record rec = output(time_ns, dst, 0);

	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	rp_fake_add(f, rec);
}

/* No route in table main */
static void add_failed(struct rp_fake *f, uint64_t time_ns, const char *dst, uint32_t netns)
{
	struct rp_record rec = output(time_ns, dst, -ENETUNREACH);

	rec.netns = netns;
	rp_fake_add_no_route(f, rec);
}

/* A route goes, by a task of any name. */
static void add_change(struct rp_fake *f, uint64_t time_ns, const char *comm)
{
	struct rp_record rec = rp_fake_record(RP_KIND_EVENT, time_ns, time_ns + 1000);

	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = RP_CHANGE_DELETE;
	rec.tid = 812;
	rec.tgid = 812;
	memset(rec.comm, 0, sizeof(rec.comm));
	memcpy(rec.comm, comm, strnlen(comm, sizeof(rec.comm)));
	rp_fake_add(f, rec);
}

/* The two numbers of the only element that begins so, with some text between them */
static bool find_point(const char *page, const char *begin, const char *between,
		       unsigned int at[2])
{
	const char *found = strstr(page, begin);
	char *rest;

	if (!found || strstr(found + 1, begin))
		return false;
	at[0] = strtoul(found + strlen(begin), &rest, 10);
	if (strncmp(rest, between, strlen(between)))
		return false;
	at[1] = strtoul(rest + strlen(between), NULL, 10);
	return true;
}

/* Where the only arrow begins and ends */
static bool find_arrow(const char *page, unsigned int from[2], unsigned int to[2])
{
	static const char begin[] = "<path class=\"arrow\" marker-end=\"url(#head)\" d=\"M";
	const char *arrow = strstr(page, begin), *end;

	if (!find_point(page, begin, " ", from))
		return false;
	arrow += strlen(begin);
	for (end = arrow + strcspn(arrow, "\""); end[-1] != ' '; end--)
		;
	to[1] = strtoul(end, NULL, 10);
	for (end--; end[-1] != ' '; end--)
		;
	to[0] = strtoul(end, NULL, 10);
	return true;
}

TEST_F(html, arrow)
{
	unsigned int from[2], to[2], cause[2], failure[2];

	add_worked(&self->fake, 1000 * MS, "203.0.113.1");
	add_change(&self->fake, 1500 * MS, "ip");
	add_failed(&self->fake, 2000 * MS, "203.0.113.1", RP_FAKE_NETNS);
	add_failed(&self->fake, 2500 * MS, "203.0.113.1", RP_FAKE_NETNS);
	PAGE();
	HAS("<h1>routeprobe: 2 failures of 1 kind</h1>");
	ASSERT_TRUE(find_arrow(self->page, from, to));
	ASSERT_TRUE(find_point(self->page, "<path class=\"cause\" d=\"M", " ", cause));
	ASSERT_TRUE(find_point(self->page, "<circle class=\"failure\" cx=\"", "\" cy=\"", failure));

	EXPECT_EQ(from[0], cause[0]);
	EXPECT_EQ(from[1], cause[1] + 7);
	EXPECT_EQ(to[0], failure[0]);
	EXPECT_EQ(to[1], failure[1] - 6);
	EXPECT_LT(cause[0], failure[0]);
	/* the lanes of changes and of output */
	EXPECT_EQ(from[1] + 64, failure[1]);

	HAS("<a href=\"#f1\"><title>2 times: ENETUNREACH ");
	HAS("dev ha is gone from table main</text>");
	HAS("<tr id=\"f1\">");
	HAS("203.0.113.0/24 via 10.0.1.2 dev ha removed from table main by ip[812] 0.500 s earlier");
	HAS("<code>ip -n blue route get 203.0.113.1 ipproto udp dport 53</code>");
}

TEST_F(html, worked)
{
	unsigned int at[2];

	add_failed(&self->fake, 1000 * MS, "198.51.100.1", RP_FAKE_NETNS);
	add_worked(&self->fake, 1500 * MS, "203.0.113.1");
	add_failed(&self->fake, 2000 * MS, "198.51.100.1", RP_FAKE_NETNS);
	PAGE();
	ASSERT_TRUE(find_point(self->page, "<rect class=\"worked\" x=\"", "\" y=\"", at));
	EXPECT_LT(500, at[0]);
	EXPECT_GT(700, at[0]);
	LACKS("class=\"arrow\"");
	LACKS("class=\"cause\"");
}

TEST_F(html, hostile_names)
{
	rp_fake_write(&self->fake, "fib.json",
		      "{\"netns\":{\"inode\":4026532001,\"name\":\"<script>\\\"'&\\u202e\"}}\n");
	add_change(&self->fake, 1500 * MS, "<b>\xff\x1b\"");
	add_failed(&self->fake, 2000 * MS, "203.0.113.1", RP_FAKE_NETNS);
	PAGE();
	LACKS("<script");
	LACKS("<b>");
	LACKS("\xff");
	LACKS("\xe2\x80\xae");
	HAS("&lt;script&gt;");
	HAS("&lt;b&gt;");
}

/* Numbers of what is there, and of what is not */
TEST_F(html, bounds)
{
	static const size_t most_marks = RP_PICTURE_COLUMNS;
	size_t circles = 0, rows = 0;
	const char *at;
	char dst[16];
	unsigned int i;

	for (i = 0; i < 1500; i++) {
		snprintf(dst, sizeof(dst), "198.51.%u.%u", i / 250, i % 250 + 1);
		add_failed(&self->fake, (1000 + i) * MS, dst, RP_FAKE_NETNS);
	}
	PAGE();
	for (at = self->page; (at = strstr(at, "<circle")); at++)
		circles++;
	for (at = self->page; (at = strstr(at, "<tr id=\"f")); at++)
		rows++;
	EXPECT_GE(most_marks, circles);
	EXPECT_EQ(1000, rows);
	HAS("<h1>routeprobe: 1500 failures of 1500 kinds</h1>");
	HAS("<td class=\"number\">500<td>failures of kinds for which the table is too short");
}

TEST_F(html, namespaces)
{
	unsigned int i;

	for (i = 0; i < RP_PICTURE_NETNS + 3; i++)
		add_failed(&self->fake, (1000 + i) * MS, "198.51.100.1", RP_FAKE_NETNS + i);
	PAGE();
	HAS("<td class=\"number\">3<td>failures in namespaces for which the picture is too small");
}

TEST_F(html, nothing_failed)
{
	add_worked(&self->fake, 1000 * MS, "203.0.113.1");
	PAGE();
	HAS("<h1>routeprobe: 0 failures of 0 kinds</h1>");
	LACKS("<svg");
}

TEST_F(html, details)
{
	self->options.details = true;
	add_failed(&self->fake, 1000 * MS, "198.51.100.1", RP_FAKE_NETNS);
	PAGE();
	HAS("<details><summary>evidence</summary><pre>");
}

TEST_F(html, to_stdout)
{
	self->options.html = "-";
	add_failed(&self->fake, 1000 * MS, "198.51.100.1", RP_FAKE_NETNS);
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_EQ(0, strncmp(self->out, "<!DOCTYPE html>\n", 16));
	EXPECT_NE(NULL, strstr(self->out, "</html>\n"));
}

TEST_F(html, refused)
{
	self->options.html = "/no/such/page";
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_STREQ("routeprobe: /no/such/page: No such file or directory\n", self->err);
}

TEST_F(html, refused_with_json)
{
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_NE(NULL, strstr(self->err, "--html and -j do not go together"));
}

TEST(markup)
{
	static const struct {
		const char *text, *markup;
	} cases[] = {
		{ "a b\xc3\xa9", "a b\xc3\xa9" },
		{ "<&>\"'", "&lt;&amp;&gt;&quot;&#39;" },
		{ "\xff\n\x7f", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc2\x85", "\xef\xbf\xbd" },
		{ "x\xe2\x81\xa6y", "x\xef\xbf\xbdy" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
	};
	struct rp_buf b = { NULL, 0, 0 };
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(cases); i++) {
		b.len = 0;
		rp_markup(&b, "<%u %llu>%s", 1, 2ULL, cases[i].text);
		rp_buf_char(&b, '\0');
		EXPECT_EQ(0, strncmp("<1 2>", b.data, 5));
		EXPECT_STREQ(cases[i].markup, b.data + 5);
	}
	rp_buf_exit(&b);
}

TEST_HARNESS_MAIN
