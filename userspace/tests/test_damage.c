// SPDX-License-Identifier: GPL-2.0
/* What report makes of recordings that are damaged, hostile, or of another reader. */
#include "report.h"
#include "source/pack.h"

TEST_F(report, hostile_name)
{
	struct rp_record rec = good_output(1000, 1300);

	memcpy(rec.comm, "\033[2J\xff\xfe\nabcdefghij", sizeof(rec.comm));
	rp_fake_add(&self->fake, rec);
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->out, " ?[2J???abcdefghi[7]"));
}

/* What is whole is shown, the rest is named, and the exit status says so. */
#define DAMAGED(decisions, words) do {					\
	ASSERT_EQ(RUN(), RP_EXIT_DAMAGED);				\
	EXPECT_NE(NULL, strstr(self->err, words)) TH_LOG("%s", self->err); \
	EXPECT_NE(NULL, strstr(self->err, decisions " decisions"))	\
		TH_LOG("%s", self->err);				\
} while (0)

TEST_F(report, cut_off)
{
	rp_fake_add(&self->fake, good_output(1000, 1300));
	rp_fake_append(&self->fake, "packed0", "\307half of it", 11);
	DAMAGED("1", "packed0: after 1 records: the last record is cut off");
}

TEST_F(report, garbage)
{
	char garbage[1000];

	rp_fake_add(&self->fake, good_output(1000, 1300));
	memset(garbage, 0xa5, sizeof(garbage));
	rp_fake_append(&self->fake, "packed1", garbage, sizeof(garbage));
	DAMAGED("1", "packed1: after 0 records: ");
}

TEST_F(report, seq_backwards)
{
	struct rp_record rec = good_output(1000, 1300);

	rec.seq = 9;
	rp_fake_add(&self->fake, rec);
	rec.seq = 8;
	rp_fake_add(&self->fake, rec);
	DAMAGED("1", "sequence numbers go backwards");
}

TEST_F(report, time_backwards)
{
	rp_fake_add(&self->fake, good_output(2000, 2300));
	rp_fake_add(&self->fake, good_output(1000, 1300));
	DAMAGED("1", "time goes backwards");
}

TEST_F(report, endless_duration)
{
	rp_fake_add(&self->fake, good_output(1000, 1300));
	rp_fake_add(&self->fake, good_output(2000, 1000));
	DAMAGED("1", "a duration is impossible");
}

TEST_F(report, other_cpu)
{
	struct rp_record rec __attribute__((aligned(RP_PACK_ALIGN))) = good_output(1000, 1300);
	struct rp_pack pack = { 0 };
	char packed[RP_PACK_MAX];

	rec.seq = 1;
	rec.cpu = 3;
	rp_fake_append(&self->fake, "packed0", packed, rp_pack(&pack, packed, &rec, 1));
	DAMAGED("0", "a record of another CPU");
}

TEST_F(report, newer_kind)
{
	rp_fake_add(&self->fake, rp_fake_record(200, 1000, 1100));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "1 records of a newer kind were passed over"));
}

/* A new value of a later minor is no damage: what comes behind it is read. */
TEST_F(report, newer_context)
{
	struct rp_record rec = good_output(1000, 1300);

	rec.context = 9;
	rp_fake_add(&self->fake, rec);
	rp_fake_add(&self->fake, good_output(2000, 2300));
	ASSERT_EQ(RUN(), RP_EXIT_OK);
	EXPECT_NE(NULL, strstr(self->err, "1 decisions"));
	EXPECT_NE(NULL, strstr(self->err, "1 records of a newer kind were passed over"));
}

TEST_F(report, missing_cpu)
{
	forget(&self->fake, "packed1");
	rp_fake_add(&self->fake, good_output(1000, 1300));
	DAMAGED("1", "packed1: missing");
}

TEST_F(report, fifo_and_link)
{
	char path[128];

	rp_fake_add(&self->fake, good_output(1000, 1300));
	snprintf(path, sizeof(path), "%s/packed2", self->fake.dir);
	ASSERT_EQ(0, mkfifo(path, 0600));
	DAMAGED("1", "packed2: not a plain file");
	free(self->out);
	free(self->err);
	unlink(path);
	ASSERT_EQ(0, symlink("packed0", path));
	DAMAGED("1", "packed2: Too many levels of symbolic links");
}

TEST_F(report, unreadable_reasons)
{
	char path[128];

	rp_fake_add(&self->fake, good_output(1000, 1300));
	forget(&self->fake, "reasons");
	snprintf(path, sizeof(path), "%s/reasons", self->fake.dir);
	ASSERT_EQ(0, mkfifo(path, 0600));
	DAMAGED("1", "reasons: Wrong medium type");
}

TEST_F(report, unfinished)
{
	rp_fake_session(&self->fake,
			"\"complete\":false,\"ended\":\"No space left on device\"");
	rp_fake_add(&self->fake, good_output(1000, 1300));
	DAMAGED("1", "was not finished: No space left on device");
}

/* Of routes and rules report reads no more than whether they are whole. */
TEST_F(report, damaged_routes)
{
	rp_fake_write(&self->fake, "fib.json",
		      "{\"route\":{\"dst\":\"10.0.0.0\",\"via\":{\"a\":[\"}{\\\"\"]}}}\n"
		      "{\"rule\":{\"priority\":0}}\n"
		      "{\"route\":{\"dst\":\"10.0.0.0\"}\n"
		      "{\"route\":{\"dst\":\"10.0.0.0\"}} {\n"
		      "{\"rule\":{\"priority\":\n"
		      "{\"setting\":{\"a\":\"b}}\n"
		      "{\"address\":{\"a\":\"\001\"}}\n"
		      "{\"route\":{\"dst\":\"10.0.0.0\"}}");
	rp_fake_add(&self->fake, good_output(1000, 1300));
	DAMAGED("1", "fib.json: 6 lines are damaged");
}

TEST_F(report, damaged_names)
{
	rp_fake_write(&self->fake, "fib.json", "{\"netns\":7}\nno JSON\n[]\n{}\n{}");
	rp_fake_add(&self->fake, good_output(1000, 1300));
	/* An empty object is none, but a line without an end is. */
	DAMAGED("1", "fib.json: 4 lines are damaged");
	EXPECT_NE(NULL, strstr(self->out, " 4026532001 app[7]"));
}

#define REFUSED(words) do {						\
	ASSERT_EQ(RUN(), RP_EXIT_ERROR);				\
	EXPECT_STREQ("", self->out);					\
	EXPECT_NE(NULL, strstr(self->err, words)) TH_LOG("%s", self->err); \
	EXPECT_STREQ("\n", strchr(self->err, '\n'));			\
} while (0)

TEST_F(report, big_endian)
{
	rp_fake_session(&self->fake, "\"byte_order\":\"big\"");
	REFUSED("recorded on a big-endian machine");
}

TEST_F(report, newer_contract)
{
	rp_fake_write(&self->fake, "version", "routeprobe 9.1\nabi 4.3\nrecord 512\n");
	REFUSED("the recording (routeprobe 9.1) speaks contract 4.3, this reader (routeprobe 0.1.0) speaks 3.0: upgrade the reader");
}

TEST_F(report, older_contract)
{
	rp_fake_write(&self->fake, "version", "routeprobe 0.0.1\nabi 2.0\nrecord 192\n");
	REFUSED("the recording (routeprobe 0.0.1) speaks contract 2.0, this reader (routeprobe 0.1.0) speaks 3.0: read it with the reader it was recorded with");
}

TEST_F(report, no_contract)
{
	rp_fake_write(&self->fake, "version", "routeprobe 0.0.1\nabi 0.9\nrecord 192\n");
	REFUSED("names no contract");
}

TEST_F(report, other_record_size)
{
	rp_fake_write(&self->fake, "version", "routeprobe 0.1.0\nabi 3.0\nrecord 128\n");
	REFUSED("records of 128 bytes, contract 3 has 256");
}

TEST_F(report, newer_minor)
{
	rp_fake_write(&self->fake, "version", "routeprobe 0.9\nabi 3.7\nrecord 256\nmore x\n");
	rp_fake_add(&self->fake, good_output(1000, 1300));
	EXPECT_EQ(RUN(), RP_EXIT_OK);
}

TEST_F(report, foreign)
{
	self->options.input = "/proc/self";
	REFUSED("is not a recording of routeprobe: it has no file \"version\"");
}

TEST_F(report, absent)
{
	self->options.input = "/nonexistent";
	REFUSED("/nonexistent: No such file or directory");
}

TEST_F(report, bad_filter)
{
	char *words[2] = { "through", "10.0.0.1" };

	self->options.words = words;
	self->options.nwords = 2;
	REFUSED("unknown filter word \"through\"; known are a prefix first, then to from oif iif mark");
}

TEST_F(report, unknown_error)
{
	char *words[2] = { "error", "IP_NOTHING" };

	self->options.words = words;
	self->options.nwords = 2;
	REFUSED("\"IP_NOTHING\" is no value for \"error\"; it wants any, or errors like");
}

TEST_HARNESS_MAIN
