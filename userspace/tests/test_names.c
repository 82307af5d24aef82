// SPDX-License-Identifier: GPL-2.0
/* Numbers that are used again: of what goes by one, each command tells the name of its time. */
#include <fcntl.h>

#include <kselftest_harness.h>

#include "why_scene.h"

FIXTURE(names) {
	struct scene s;
};

FIXTURE_SETUP(names)
{
	make_scene(&self->s);
	self->s.options.json = false;
}

FIXTURE_TEARDOWN(names)
{
	end_scene(&self->s);
}

#define NETNS		"{\"netns\":{\"inode\":4026532001,\"name\":"
#define LINK(n, name)	"{\"link\":{\"netns\":4026532001,\"ifindex\":" #n ",\"ifname\":\"" name "\"}}\n"

/* A flow by a device that only its number tells */
static void add_flow(struct scene *s, const char *dst, int err)
{
	struct rp_record rec = output(s, dst, err);

	rec.flow.oif = 7;
	if (err) {
		add_lookup(s, &rec, RT_TABLE_MAIN, -EAGAIN);
	} else {
		rp_fake_route(&rec, RT_TABLE_MAIN, dst, 24, NULL, "");
		rec.has |= RP_HAS_RTABLE;
		rec.route.rt_type = RTN_UNICAST;
	}
	rp_fake_add(&s->fake, rec);
}

static void add_link(struct scene *s, unsigned int op, unsigned int oif, const char *dev)
{
	struct rp_record rec = link_event(next(s, RP_KIND_LINK_EVENT), op, oif, dev);

	rec.family = AF_UNSPEC;
	rec.probe = 9;
	rp_fake_add(&s->fake, rec);
}

/* blue with ha, and behind it green, with the same numbers and gb */
static void reuse(struct scene *s, int err)
{
	rp_fake_write(&s->fake, "names.json", NETNS "\"green\"}}\n" LINK(7, "gb"));
	add_flow(s, "203.0.113.1", err);
	add_link(s, RP_CHANGE_DELETE, 7, "ha");
	add_link(s, RP_CHANGE_DELETE, 1, "lo");
	add_flow(s, "203.0.114.1", err);
	add_link(s, RP_CHANGE_UP, 7, "gb");
	add_flow(s, "203.0.114.1", err);
}

static int run_report(void *arg)
{
	return rp_cmd_report(arg);
}

static int run_top(void *arg)
{
	return rp_cmd_top(arg);
}

static int run_why(void *arg)
{
	return rp_cmd_why(arg);
}

static int run_diff(void *arg)
{
	return rp_cmd_diff(arg);
}

#define PRINT(what, result) do {						\
	int status_;								\
										\
	free(self->s.out);							\
	free(self->s.err);							\
	status_ = rp_fake_run(run_##what, &self->s.options, &self->s.out, &self->s.err); \
	ASSERT_EQ(result, status_) TH_LOG("%s", self->s.err);			\
} while (0)

static unsigned int times(const char *text, const char *what)
{
	unsigned int n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

#define TIMES(n, what)								\
	EXPECT_EQ((unsigned int)(n), times(self->s.out, what)) TH_LOG("%s: %s", what, self->s.out)

TEST_F(names, in_report)
{
	char *words[] = { "netns", "green", "to", "203.0.112.0/20" };

	reuse(&self->s, 0);
	PRINT(report, RP_EXIT_OK);
	TIMES(1, " blue       app[7]            output ok           udp * > 203.0.113.1:53 oif ha");
	TIMES(2, " green      app[7]            output ok           udp * > 203.0.114.1:53 oif gb");
	self->s.options.json = true;
	PRINT(report, RP_EXIT_OK);
	TIMES(3, "\"name\":\"green\"},\"context\"");
	TIMES(3, "\"name\":\"blue\"},\"context\"");
	self->s.options.json = false;
	self->s.options.words = words;
	self->s.options.nwords = 4;
	PRINT(report, RP_EXIT_OK);
	TIMES(2, " > 203.0.114.1:53 oif gb");
	TIMES(0, "203.0.113.1");
}

TEST_F(names, in_top)
{
	self->s.options.by = "flow";
	reuse(&self->s, 0);
	PRINT(top, RP_EXIT_OK);
	TIMES(1, " blue       app 100%              output udp * > 203.0.113.1:53 oif ha");
	TIMES(1, " green      app 100%              output udp * > 203.0.114.1:53 oif gb");
}

TEST_F(names, in_why)
{
	reuse(&self->s, -ENETUNREACH);
	PRINT(why, RP_EXIT_OK);
	TIMES(1, " blue       app[7]                 1 ");
	TIMES(1, "udp * > 203.0.113.1:53 oif ha");
	TIMES(1, " ip -n blue route get 203.0.113.1 oif ha ");
	TIMES(1, " green      app[7]                 2 ");
	TIMES(1, "udp * > 203.0.114.1:53 oif gb");
	TIMES(1, " ip -n green route get 203.0.114.1 oif gb ");
}

TEST_F(names, in_diff)
{
	char *words[2] = { self->s.fake.dir, self->s.fake.dir };
	struct scene other;

	make_scene(&other);
	add_flow(&other, "203.0.113.1", 0);
	words[1] = other.fake.dir;
	reuse(&self->s, 0);
	self->s.options = (struct rp_options) { .words = words, .nwords = 2, .all = true };
	PRINT(diff, RP_DIFF_SAME);
	EXPECT_NE(NULL, strstr(self->s.err, "0 flows differ, 1 do not, 1 only in A, 0 only in B"))
		TH_LOG("%s", self->s.err);
	TIMES(1, "green output udp * > 203.0.114.1:53 oif gb: only in A");
	end_scene(&other);
}

TEST_F(names, in_a_trace)
{
	reuse(&self->s, -ENETUNREACH);
	self->s.options.chrome = "-";
	PRINT(report, RP_EXIT_OK);
	TIMES(1, "\"args\":{\"name\":\"blue\"}");
	TIMES(1, "\"args\":{\"name\":\"green\"}");
	TIMES(1, "203.0.113.1:53 oif ha");
	TIMES(2, "203.0.114.1:53 oif gb");
}

TEST_F(names, in_a_page)
{
	char path[128], *page;

	snprintf(path, sizeof(path), "%s/page.html", self->s.fake.dir);
	reuse(&self->s, -ENETUNREACH);
	self->s.options.html = path;
	PRINT(why, RP_EXIT_OK);
	page = rp_util_read(AT_FDCWD, path, 1 << 24);
	ASSERT_NE(NULL, page);
	EXPECT_EQ(1, times(page, "<td>blue<td>"));
	EXPECT_EQ(1, times(page, "<td>green<td>"));
	EXPECT_EQ(1, times(page, ">blue output<")) TH_LOG("%s", page);
	EXPECT_EQ(1, times(page, ">green output<"));
	EXPECT_EQ(2, times(page, "203.0.113.1:53 oif ha"));
	EXPECT_EQ(2, times(page, "203.0.114.1:53 oif gb"));
	free(page);
}

/* Live, names are those of now, and what the buffer holds is older. */
TEST_F(names, live)
{
	reuse(&self->s, 0);
	self->s.options = (struct rp_options) { .dir = self->s.fake.dir };
	PRINT(report, RP_EXIT_OK);
	TIMES(1, "203.0.113.1:53 oif ha");
	TIMES(2, "203.0.114.1:53 oif gb");
}

TEST_HARNESS_MAIN
