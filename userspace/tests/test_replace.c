// SPDX-License-Identifier: GPL-2.0
/* Files that are replaced as a whole, or stay as they were. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "lib/replace.h"
#include "lib/utf8.h"
#include "lib/util.h"

FIXTURE(replace) {
	struct rp_fake fake;
	char path[128];
	char *out, *err;
	size_t nfiles;
};

static size_t count_files(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n;

	for (n = 0; readdir(d); n++)
		;
	closedir(d);
	return n;
}

FIXTURE_SETUP(replace)
{
	rp_fake_make(&self->fake);
	rp_fake_write(&self->fake, "page", "old");
	snprintf(self->path, sizeof(self->path), "%s/page", self->fake.dir);
	self->nfiles = count_files(self->fake.dir);
	self->out = NULL;
	self->err = NULL;
}

FIXTURE_TEARDOWN(replace)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static char *content(const char *path)
{
	return rp_util_read(AT_FDCWD, path, 1 << 16);
}

#define HAS(text) do {							\
	char *content_ = content(self->path);				\
									\
	EXPECT_STREQ(text, content_);					\
	free(content_);							\
	EXPECT_EQ(self->nfiles, count_files(self->fake.dir));		\
} while (0)

static int write_new(void *arg)
{
	struct rp_replace r;

	if (rp_replace_open(&r, arg))
		return 1;
	fputs("new and longer", r.out);
	return rp_replace_commit(&r) ? 2 : 0;
}

#define WRITE(path)	rp_fake_run(write_new, (void *)(path), &self->out, &self->err)

TEST_F(replace, whole)
{
	struct stat st;
	mode_t mask = umask(027);

	EXPECT_EQ(0, WRITE(self->path));
	umask(mask);
	HAS("new and longer");
	stat(self->path, &st);
	EXPECT_EQ(0640, st.st_mode & 07777);
}

TEST_F(replace, stdout_too)
{
	EXPECT_EQ(0, WRITE("-"));
	EXPECT_STREQ("new and longer", self->out);
}

/* A disk that is full, for a file of nine bytes */
TEST_F(replace, full)
{
	struct rlimit old, nine = { 9, RLIM_INFINITY };
	struct rp_replace r;
	int status;

	signal(SIGXFSZ, SIG_IGN);
	ASSERT_EQ(0, rp_replace_open(&r, self->path));
	fputs("new and longer", r.out);
	getrlimit(RLIMIT_FSIZE, &old);
	nine.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &nine);
	status = rp_replace_commit(&r);
	setrlimit(RLIMIT_FSIZE, &old);
	EXPECT_EQ(-1, status);
	HAS("old");
}

TEST_F(replace, no_directory)
{
	EXPECT_EQ(1, WRITE("/no/such/page"));
	EXPECT_STREQ("routeprobe: /no/such/page: No such file or directory\n", self->err);
}

TEST_F(replace, no_file)
{
	EXPECT_EQ(1, WRITE("/dev/null"));
	EXPECT_STREQ("routeprobe: /dev/null is there, and no file that could be replaced\n",
		     self->err);
	free(self->out);
	free(self->err);
	EXPECT_EQ(1, WRITE(self->fake.dir));
	EXPECT_NE(NULL, strstr(self->err, "no file that"));
}

/* Where a link leads is not touched: it may be another's. */
TEST_F(replace, link)
{
	char name[160];
	char *text;

	snprintf(name, sizeof(name), "%s/link", self->fake.dir);
	ASSERT_EQ(0, symlink(self->path, name));
	self->nfiles++;
	EXPECT_EQ(0, WRITE(name));
	HAS("old");
	text = content(name);
	EXPECT_STREQ("new and longer", text);
	free(text);
}

TEST_F(replace, trying)
{
	EXPECT_EQ(0, rp_replace_try(self->path));
	HAS("old");
}

TEST(utf8)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "a", 1 }, { "\xc3\xa9", 2 }, { "\xe2\x82\xac", 3 }, { "\xf0\x9f\x98\x80", 4 },
		{ "\xc3", 0 }, { "\xc0\x80", 0 }, { "\xed\xa0\x80", 0 }, { "\x80", 0 },
		{ "\xf4\x90\x80\x80", 0 }, { "\xff", 0 }, { "", 0 },
	};
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(cases); i++)
		EXPECT_EQ(cases[i].len, rp_utf8_len((const unsigned char *)cases[i].text,
						    strlen(cases[i].text)));
}

TEST_HARNESS_MAIN
