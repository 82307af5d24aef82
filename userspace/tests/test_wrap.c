// SPDX-License-Identifier: GPL-2.0
/* Lines on a terminal: what is longer than it is wide goes on below, and nothing is cut. */
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "lib/buf.h"
#include "lib/wrap.h"

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

TEST_HARNESS_MAIN
