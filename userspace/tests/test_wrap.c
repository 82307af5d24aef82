// SPDX-License-Identifier: GPL-2.0
/* Lines on a terminal: what is longer than it is wide goes on below, and nothing is cut. */
#include <sys/wait.h>

#include "line.h"
#include "lib/addr.h"
#include "lib/buf.h"
#include "lib/wrap.h"
#include "why_scene.h"

/* @len of what a terminal shows of a line */
static size_t columns_of(const char *line, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		if (line[i] == '\033')
			i += strcspn(line + i, "m");
		else if (line[i] == '\t')
			n = (n / 8 + 1) * 8;
		else
			n += ((unsigned char)line[i] & 0xc0) != 0x80;
	}
	return n;
}

static char *wrapped(const char *line, size_t width, size_t hang, bool message)
{
	struct rp_buf b = { 0 };

	rp_wrap_line(&b, line, strlen(line), width, hang, message);
	rp_buf_char(&b, '\0');
	return b.data;
}

#define WRAPS(to, line, ...) do {					\
	char *text_ = wrapped(line, __VA_ARGS__);			\
									\
	EXPECT_STREQ(to, text_);					\
	free(text_);							\
} while (0)

TEST(breaks_at_words)
{
	WRAPS("one two three four", "one two three four", 20, 0, false);
	WRAPS("one two three four\n    five", "one two three four five", 20, 0, false);
	WRAPS("  one two three four\n      five", "  one two three four   five", 20, 0, false);
	/* padding at the end of a line is none, and what is shorter stays as it is */
	WRAPS("one                \xc3\xa4", "one                \xc3\xa4", 20, 0, false);
	WRAPS("one\n    two", "one                                   two", 20, 0, false);
	WRAPS("\tone two three four\n            five", "\tone two three four five", 30, 0, false);
}

TEST(goes_on_below_a_column)
{
	WRAPS("12:00:00 one two three four five six\n         seven",
	      "12:00:00 one two three four five six seven", 40, 9, false);
	/* unless there is no room to speak of */
	WRAPS("12:00:00 one two three four five six\n    seven",
	      "12:00:00 one two three four five six seven", 40, 30, false);
}

TEST(moves_what_is_long_and_cuts_nothing)
{
	WRAPS("flow of\n  2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
	      "flow of 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 40, 0, false);
	WRAPS("flow of\n2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff\n    and more",
	      "flow of 2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff and more", 28, 0, false);
	WRAPS("one two three [--color WHEN\n    and what not so that it is\n    long]",
	      "one two three [--color WHEN and what not so that it is long]", 30, 0, false);
	WRAPS("one two three\n    [--color WHEN]\n    [-o LIST]", "one two three [--color WHEN] [-o LIST]",
	      27, 0, false);
}

TEST(colors_take_no_room)
{
	WRAPS("\033[35mone two three\033[0m four", "\033[35mone two three\033[0m four",
	      20, 0, false);
	WRAPS("\033[35mone two three four\n    five\033[0m", "\033[35mone two three four five\033[0m",
	      20, 0, false);
}

TEST(commands_go_on_as_a_shell_has_it)
{
	WRAPS("    # ip route get \\\n        203.0.113.1 mark 0x1",
	      "    # ip route get 203.0.113.1 mark 0x1", 30, 0, false);
	WRAPS("    # ip netns exec \\\n        'a name of mine' id",
	      "    # ip netns exec 'a name of mine' id", 30, 0, false);
}

TEST(what_is_to_be_typed_stays_whole)
{
	WRAPS("routeprobe: \"log\" is no command:\n    routeprobe report DIR",
	      "routeprobe: \"log\" is no command: routeprobe report DIR", 40, 0, true);
	/* what has no room in a line of its own goes on where it is */
	WRAPS("routeprobe: \"log\" is no command: routeprobe\n    report DIR, or whatever else helps",
	      "routeprobe: \"log\" is no command: routeprobe report DIR, or whatever else helps",
	      46, 0, true);
}

/* ---- commands ---- */

FIXTURE(terminal) {
	struct scene s;
	struct rp_fake other;
	char *out, *err, *shown;
};

static void long_names(struct rp_record *rec)
{
	rec->family = AF_INET6;
	rp_addr_parse(&rec->flow.src, AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666");
	rp_addr_parse(&rec->flow.dst, AF_INET6, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
	rec->flow.proto = IPPROTO_TCP;
	rec->flow.sport = htons(59268);
	rec->flow.dport = htons(8080);
	rec->flow.mark = 0x10000;
	rec->flow.uid = 1000;
}

FIXTURE_SETUP(terminal)
{
	struct rp_record rec;

	memset(self, 0, sizeof(*self));
	make_scene(&self->s);
	rp_fake_write(&self->s.fake, "hist", "1\tfib_rule\t1:75\n");
	rp_fake_add(&self->s.fake, line_output("203.0.113.1", 1000, 1300));
	add_change(&self->s, RP_CHANGE_DELETE, "203.0.113.0", 24, RTN_UNICAST);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	rec = output(&self->s, "203.0.113.9", -ENETUNREACH);
	long_names(&rec);
	rp_fake_add(&self->s.fake, rec);
	rp_fake_make(&self->other);
	rp_fake_session(&self->other, "");
	rp_fake_add(&self->other, line_output("203.0.113.1", 1000, 1300));
}

FIXTURE_TEARDOWN(terminal)
{
	end_scene(&self->s);
	rp_fake_remove(&self->other);
	free(self->out);
	free(self->err);
	free(self->shown);
}

static bool has_word(const char *text, const char *word, size_t len)
{
	const char *at = text;

	while ((at = strstr(at, word))) {
		if ((at == text || strchr(" \t\n", at[-1])) && strchr(" \t\n", at[len]))
			return true;
		at++;
	}
	return false;
}

/* Lines end where the terminal does, unless they are one word. */
static const char *too_long(char *text, size_t width)
{
	char *line;

	while ((line = strsep(&text, "\n")))
		if (columns_of(line, strlen(line)) > width &&
		    strpbrk(line + strspn(line, " "), " "))
			return line;
	return NULL;
}

/* A word that was not printed where nobody counts columns: cut off, or made up */
static const char *not_whole(char *text, const char *out, const char *err)
{
	char *word;

	while ((word = strsep(&text, " \t\n")))
		if (*word && strcmp(word, "\\") && !has_word(out, word, strlen(word)) &&
		    !has_word(err, word, strlen(word)))
			return word;
	return NULL;
}

TEST_F(terminal, fits_whatever_the_command)
{
	char *d = self->s.fake.dir, *copy;
	char *lines[][8] = {
		{ "routeprobe", "help" }, { "routeprobe", "help", "report" },
		{ "routeprobe", "help", "why" }, { "routeprobe", "help", "freeze" },
		{ "routeprobe", "-V" }, { "routeprobe", "nonsense" }, { "routeprobe", "route" },
		{ "routeprobe", "report", "--nonsense" }, { "routeprobe", "report", "-n", "3" },
		{ "routeprobe", "report", "port", "3" }, { "routeprobe", "report", "-o", "x" },
		{ "routeprobe", "report", "-i", "/nonexistent" },
		{ "routeprobe", "why", "--html", "x", "-f" },
		{ "routeprobe", "report", d }, { "routeprobe", "report", "-d", d },
		{ "routeprobe", "report", d, "-o", "time,flow,caller" },
		{ "routeprobe", "report", "-d", "-t", "date", d },
		{ "routeprobe", "why", d }, { "routeprobe", "why", "-d", d },
		{ "routeprobe", "why", "-t", "date", d },
		{ "routeprobe", "why", d, "203.0.113.1" }, { "routeprobe", "why", d, "192.0.2.1" },
		{ "routeprobe", "why", self->other.dir, "203.0.113.1" },
		{ "routeprobe", "why", "moved", "-d", d },
		{ "routeprobe", "top", d }, { "routeprobe", "top", d, "--by", "flow" },
		{ "routeprobe", "diff", "-a", d, self->other.dir },
		{ "routeprobe", "stacks", d }, { "routeprobe", "stacks", "--graph", d },
		{ "routeprobe", "hist", d }, { "routeprobe", "status", "--dir", d },
	};
	static const size_t widths[] = { 80, 60, 132, 200 };
	const char *wrong;
	char **argv;
	size_t i, w;
	int status;

	for (i = 0; i < RP_ARRAY_SIZE(lines) * RP_ARRAY_SIZE(widths); i++) {
		argv = lines[i / RP_ARRAY_SIZE(widths)];
		w = widths[i % RP_ARRAY_SIZE(widths)];
		free(self->out);
		free(self->err);
		free(self->shown);
		status = rp_fake_run(line_run, argv, &self->out, &self->err);
		EXPECT_EQ(status, rp_fake_run_at(w, line_run, argv, &self->shown));
		EXPECT_STRNE("", self->shown);
		copy = strdup(self->shown);
		wrong = too_long(copy, w);
		EXPECT_EQ(NULL, wrong) TH_LOG("%zu: %s", w, wrong);
		free(copy);
		copy = strdup(self->shown);
		wrong = not_whole(copy, self->out, self->err);
		EXPECT_EQ(NULL, wrong) TH_LOG("%zu, %s: %s", w, argv[1], wrong);
		free(copy);
	}
}

/* What programs read is theirs, whatever it is printed to. */
TEST_F(terminal, leaves_programs_alone)
{
	char *d = self->s.fake.dir;
	char *lines[][8] = {
		{ "routeprobe", "report", "-j", d }, { "routeprobe", "why", "-j", d },
		{ "routeprobe", "top", "-j", d }, { "routeprobe", "stacks", "--folded", d },
	};
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(lines); i++) {
		free(self->out);
		free(self->err);
		free(self->shown);
		rp_fake_run(line_run, lines[i], &self->out, &self->err);
		rp_fake_run_at(40, line_run, lines[i], &self->shown);
		HAS(self->shown, self->out);
	}
}

TEST_F(terminal, numbers_stand_below_their_title)
{
	char *argv[] = { "routeprobe", "status", "--dir", self->s.fake.dir, NULL };

	EXPECT_EQ(RP_EXIT_OK, rp_fake_run_at(80, line_run, argv, &self->shown));
	HAS(self->shown, "\nPROBE                          STATE              RECORDED       MISSED\n"
	    "a                              armed                     0            0\n    -\n");
}

TEST_F(terminal, why_goes_on_below)
{
	char *argv[] = { "routeprobe", "why", self->s.fake.dir, "203.0.113.1", NULL };

	EXPECT_EQ(RP_EXIT_OK, rp_fake_run_at(80, line_run, argv, &self->shown));
	HAS(self->shown, "LAST             TIMES VERDICT      FLOW\n");
	HAS(self->shown, " 1 ENETUNREACH  udp * > 203.0.113.1:53\n    no route in table main; ");
	HAS(self->shown, "\n        ip[812] 0.010 s earlier\n    # ip ");
}

TEST_HARNESS_MAIN
