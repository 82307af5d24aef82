// SPDX-License-Identifier: GPL-2.0
/* What is said to who waits, and that others are not bothered. */
#include <fcntl.h>
#include <unistd.h>

#include "lib/progress.h"
#include "line.h"

#define SECOND	1000000000LL

TEST(is_due)
{
	struct rp_progress p = { .out = stderr, .start_ns = 5 * SECOND };

	EXPECT_FALSE(rp_progress_is_due(&p, 5 * SECOND));
	EXPECT_FALSE(rp_progress_is_due(&p, 6 * SECOND - 1));
	EXPECT_TRUE(rp_progress_is_due(&p, 6 * SECOND));
	EXPECT_FALSE(rp_progress_is_due(&p, 6 * SECOND + SECOND / 10));
	EXPECT_TRUE(rp_progress_is_due(&p, 6 * SECOND + SECOND / 5));
	p.out = NULL;
	EXPECT_FALSE(rp_progress_is_due(&p, 9 * SECOND));
}

TEST(words)
{
	struct rp_progress p = { .out = NULL };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	p.out = out;
	rp_progress_show(&p, 421, 1000);
	rp_progress_show(&p, 1234567, 0);
	rp_progress_end(&p);
	rp_progress_end(&p);
	fclose(out);
	EXPECT_STREQ("\r\033[K42 %\r\033[K1234567 records\r\033[K", text);
	free(text);
}

/* stderr as a terminal, or not */
TEST(is_for_terminals)
{
	int saved = dup(STDERR_FILENO), pty = posix_openpt(O_RDWR | O_NOCTTY), end;
	int null = open("/dev/null", O_WRONLY);
	struct rp_progress p;

	if (pty < 0 || grantpt(pty) || unlockpt(pty))
		SKIP(return, "no terminal to be had");
	end = open(ptsname(pty), O_RDWR | O_NOCTTY);
	ASSERT_LE(0, end);
	dup2(end, STDERR_FILENO);
	rp_progress_init(&p, true);
	EXPECT_EQ(stderr, p.out);
	rp_progress_init(&p, false);
	EXPECT_EQ(NULL, p.out);
	dup2(null, STDERR_FILENO);
	rp_progress_init(&p, true);
	dup2(saved, STDERR_FILENO);
	EXPECT_EQ(NULL, p.out);
	close(pty);
	close(end);
	close(null);
	close(saved);
}

TEST_HARNESS_MAIN
