// SPDX-License-Identifier: GPL-2.0
/* What a filter keeps of a recording, as another recording */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "line.h"
#include "source/source.h"

FIXTURE(extract) {
	struct rp_fake fake;
	const char *argv[LINE_WORDS_MAX + 1];
	char *out, *err;
	char to[96];
};

#define DAY	86400000000000ULL
#define EACH_CPU	"\"each_cpu\":[{\"cpu\":0,\"begin\":0},{\"cpu\":1,\"begin\":0}]"

/* On two CPUs, with a loss on the first between its two decisions */
FIXTURE_SETUP(extract)
{
	struct rp_record rec, inner = rp_fake_record(RP_KIND_LOOKUP, DAY + 1010, DAY + 1090);

	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, EACH_CPU);
	snprintf(self->to, sizeof(self->to), "%s-part", self->fake.dir);
	rp_fake_flow(&inner, NULL, "203.0.113.1");
	inner.verdict = RP_VERDICT_NEXT;
	rp_fake_add(&self->fake, inner);
	rp_fake_add(&self->fake, line_output("203.0.113.1", DAY + 1000, DAY + 1300));
	rec = rp_fake_record(RP_KIND_CHANGE, DAY + 2000, DAY + 2100);
	rec.change.op = RP_CHANGE_INSERT;
	rec.cpu = 1;
	rp_fake_route(&rec, RT_TABLE_MAIN, "10.0.0.0", 8, "10.0.1.2", "ha");
	rp_fake_add(&self->fake, rec);
	rec = line_output("203.0.113.2", DAY + 3000, DAY + 3300);
	rec.seq = 8;
	rp_fake_add(&self->fake, rec);
	rec = line_output("203.0.113.3", DAY + 4000, DAY + 4300);
	rec.cpu = 1;
	rp_fake_add(&self->fake, rec);
}

FIXTURE_TEARDOWN(extract)
{
	char name[512];
	DIR *d = opendir(self->to);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		snprintf(name, sizeof(name), "%s/%s", self->to, entry->d_name);
		unlink(name);
	}
	if (d)
		closedir(d);
	rmdir(self->to);
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

TEST_F(extract, keeps_decisions_and_changes)
{
	char *before;

	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "--output", self->to,
				   "to", "203.0.113.1"));
	EXPECT_STREQ("", self->out);
	EXPECT_STREQ("", self->err);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", "-d", self->fake.dir, "to", "203.0.113.1"));
	before = strdup(self->out);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", "-d", self->to, "to", "203.0.113.1"));
	EXPECT_STREQ(before, self->out);
	HAS(self->out, "lookup ");
	free(before);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->to, "-o", "verdict,flow"));
	EXPECT_STREQ("VERDICT      FLOW\n"
		     "ok           udp * > 203.0.113.1:53\n"
		     "ok           10.0.0.0/8 via 10.0.1.2 dev ha added to table main\n",
		     self->out);
	HAS(self->err, "3 records, 2 decisions, 0 lost, ");
}

/* What is left out is no loss, and what was lost stays lost. */
TEST_F(extract, loss)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir));
	HAS(self->err, "5 records, 4 decisions (1 incomplete), 5 lost (cpu0 5), ");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "--output", self->to, "to",
				   "203.0.113.2", "to", "203.0.113.3"));
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->to));
	HAS(self->err, "3 records, 3 decisions (1 incomplete), 5 lost (cpu0 5), ");
	HAS(self->out, "> 203.0.113.2:53");
	HAS(self->out, "> 203.0.113.3:53");
	EXPECT_EQ(NULL, strstr(self->out, "203.0.113.1"));
}

/* Every command reads it, and it can be cut again. */
TEST_F(extract, every_command)
{
	char again[128], remove[160];
	struct stat st;

	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "--output", self->to));
	EXPECT_EQ(0, stat(self->to, &st));
	EXPECT_EQ(0700, st.st_mode & 0777);
	EXPECT_EQ(0, LINE("diff", self->fake.dir, self->to));
	HAS(self->err, "0 flows differ");
	EXPECT_EQ(RP_EXIT_OK, LINE("top", self->to));
	EXPECT_EQ(RP_EXIT_OK, LINE("why", self->to));
	EXPECT_EQ(RP_EXIT_OK, LINE("stacks", self->to));
	EXPECT_EQ(RP_EXIT_OK, LINE("hist", self->to));
	snprintf(again, sizeof(again), "%s/again", self->to);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->to, "--output", again, "not", "error", "any"));
	EXPECT_EQ(0, LINE("diff", self->to, again));
	snprintf(remove, sizeof(remove), "rm -r %s", again);
	EXPECT_EQ(0, system(remove));
}

TEST_F(extract, nothing)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "--output", self->to, "pid", "1"));
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->to));
	HAS(self->err, "1 records, 1 decisions, 0 lost");
	EXPECT_EQ(NULL, strstr(self->out, "203.0.113"));
}

/* A file of a recording that is emptied, and one where nobody says how many there were */
TEST_F(extract, missing_records)
{
	rp_fake_session(&self->fake, EACH_CPU ",\"records\":5");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir));
	rp_fake_write(&self->fake, "packed1", "");
	EXPECT_EQ(RP_EXIT_DAMAGED, LINE("report", self->fake.dir));
	HAS(self->err, ": 2 of 5 records are missing\n");
	EXPECT_EQ(RP_EXIT_DAMAGED, LINE("report", self->fake.dir, "--output", self->to));
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->to));
	rp_fake_session(&self->fake, "");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir));
}

/* Where it is not known what was there before, as in a dump */
TEST_F(extract, of_a_dump)
{
	rp_fake_session(&self->fake, "");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "--output", self->to));
	EXPECT_STREQ("", self->err);
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->to));
	HAS(self->err, "5 records, 4 decisions (1 incomplete), 5 lost (cpu0 5), ");
}

TEST_F(extract, refused)
{
	struct stat st;

	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", "--dir", self->fake.dir, "--output", self->to));
	HAS(self->err, "--output writes a part of a recording: name one with -i");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "--output", self->to, "-j"));
	HAS(self->err, "--output writes records, and no lines");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "--output", self->to, "via"));
	EXPECT_EQ(-1, stat(self->to, &st));
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "--output", self->fake.dir));
	HAS(self->err, " is not empty: name another directory");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("why", self->fake.dir, "--output", self->to));
	HAS(self->err, "why takes no option --output");
	/* A recording that is damaged gives one of what is whole. */
	rp_fake_append(&self->fake, "packed1", "x", 1);
	EXPECT_EQ(RP_EXIT_DAMAGED, LINE("report", self->fake.dir, "--output", self->to));
	HAS(self->err, "the last record is cut off");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->to));
}

TEST_HARNESS_MAIN
