// SPDX-License-Identifier: GPL-2.0
/* The packets that report --pcapng writes of crafted records. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"

#define MS	1000000ULL
#define BLOCKS	8

struct block {
	uint32_t type, len;
	const unsigned char *body;
};

FIXTURE(pcapng) {
	struct rp_fake fake;
	struct rp_options options;
	char path[128], *out, *err;
	unsigned char file[8192];
	size_t len;
	struct block blocks[BLOCKS];
	unsigned int nblocks;
};

FIXTURE_SETUP(pcapng)
{
	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "probes",
		      "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
		      "5\te\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
		      "6\tf\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n");
	snprintf(self->path, sizeof(self->path), "%s/packets", self->fake.dir);
	self->options = (struct rp_options) { .input = self->fake.dir, .pcapng = self->path };
}

FIXTURE_TEARDOWN(pcapng)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static int run_report(void *arg)
{
	return rp_cmd_report(arg);
}

#define RUN() rp_fake_run(run_report, &self->options, &self->out, &self->err)

static uint32_t word(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* Of whole blocks, with their length at both ends, and nothing else */
#define PACKETS() do {								\
	FILE *in_;								\
	size_t at_ = 0;								\
										\
	ASSERT_EQ(RP_EXIT_OK, RUN()) TH_LOG("%s", self->err);			\
	in_ = fopen(self->path, "r");						\
	ASSERT_TRUE(!!in_);							\
	self->len = fread(self->file, 1, sizeof(self->file), in_);		\
	fclose(in_);								\
	while (at_ < self->len) {						\
		struct block b_ = { word(self->file + at_), word(self->file + at_ + 4),	\
				    self->file + at_ + 8 };			\
										\
		ASSERT_EQ(0, b_.len % 4);					\
		ASSERT_LE(at_ + b_.len, self->len);				\
		EXPECT_EQ(b_.len, word(self->file + at_ + b_.len - 4));		\
		ASSERT_LT(self->nblocks, BLOCKS);				\
		self->blocks[self->nblocks++] = b_;				\
		at_ += b_.len;							\
	}									\
	ASSERT_GT(self->nblocks, 0);						\
	EXPECT_EQ(0x0a0d0d0a, self->blocks[0].type);				\
	EXPECT_EQ(0x1a2b3c4d, word(self->blocks[0].body));			\
} while (0)

/* Behind the fields of an enhanced packet block */
static const unsigned char *packet(const struct block *b)
{
	return b->body + 20;
}

static bool holds(const struct block *b, const char *text)
{
	return memmem(b->body, b->len - 12, text, strlen(text));
}

/* Of a packet whose length is a multiple of four; NULL: not among its options */
static const unsigned char *option(const struct block *b, unsigned int code, unsigned int *len)
{
	const unsigned char *at = packet(b) + word(b->body + 12);
	unsigned int its;

	for (; at < b->body + b->len - 12; at += 4 + (*len + 3) / 4 * 4) {
		its = word(at) & 0xffff;
		*len = word(at) >> 16;
		if (its == code)
			return at + 4;
	}
	return NULL;
}

static void add_failed(struct rp_fake *f, uint64_t time_ns)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, time_ns, time_ns + 100000);

	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rp_fake_add_no_route(f, rec);
}

TEST_F(pcapng, ipv4)
{
	static const unsigned char header[] = { 0x45, 0, 0, 28, 0, 0, 0, 0, 64, IPPROTO_UDP };
	static const unsigned char rest[] = { 10, 0, 1, 1, 203, 0, 113, 1, 0, 0, 0, 53, 0, 8 };
	const unsigned char *ip, *comment;
	unsigned int len;
	uint32_t sum = 0;
	int i;

	add_failed(&self->fake, 2000 * MS);
	PACKETS();
	ASSERT_EQ(3, self->nblocks);
	EXPECT_EQ(1, self->blocks[1].type);
	EXPECT_EQ(101, self->blocks[1].body[0]);
	EXPECT_TRUE(holds(&self->blocks[1], "blue"));
	EXPECT_EQ(6, self->blocks[2].type);
	EXPECT_EQ(0, word(self->blocks[2].body));
	EXPECT_EQ(28, word(self->blocks[2].body + 12));
	EXPECT_EQ(28, word(self->blocks[2].body + 16));
	ip = packet(&self->blocks[2]);
	EXPECT_EQ(0, memcmp(ip, header, sizeof(header)));
	EXPECT_EQ(0, memcmp(ip + 12, rest, sizeof(rest)));
	for (i = 0; i < 20; i += 2)
		sum += ip[i] << 8 | ip[i + 1];
	EXPECT_EQ(0xffff, (sum & 0xffff) + (sum >> 16));
	comment = option(&self->blocks[2], 1, &len);
	ASSERT_TRUE(!!comment);
	EXPECT_EQ(0, memcmp(comment, "output ENETUNREACH for app[7] from ", 35));
	EXPECT_TRUE(!!memmem(comment, len, "no route in table main", 22));
	ASSERT_TRUE(!!option(&self->blocks[2], 2, &len));
	EXPECT_EQ(4, len);
	EXPECT_EQ(2, word(option(&self->blocks[2], 2, &len)));
	EXPECT_TRUE(!!option(&self->blocks[2], 0, &len));
}

/* With the source that was chosen, and the type and code of ICMP */
TEST_F(pcapng, ipv6)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT_FLOW, 2000 * MS, 2001 * MS);
	const unsigned char *ip;
	unsigned char src[16];

	rec.family = AF_INET6;
	rec.has |= RP_HAS_FLOW | RP_HAS_ROUTE | RP_HAS_RTABLE;
	inet_pton(AF_INET6, "2001:db8::1", rec.flow.dst.b);
	inet_pton(AF_INET6, "2001:db8::2", rec.route.prefsrc.b);
	inet_pton(AF_INET6, "2001:db8::2", src);
	rec.flow.proto = IPPROTO_ICMPV6;
	((unsigned char *)&rec.flow.dport)[0] = 128;
	rec.flow.label = htonl(0x12345);
	rp_fake_add(&self->fake, rec);
	PACKETS();
	ASSERT_EQ(3, self->nblocks);
	ip = packet(&self->blocks[2]);
	EXPECT_EQ(48, word(self->blocks[2].body + 12));
	EXPECT_EQ(htonl(0x60012345), word(ip));
	EXPECT_EQ(8, ip[5]);
	EXPECT_EQ(IPPROTO_ICMPV6, ip[6]);
	EXPECT_EQ(0, memcmp(ip + 8, src, sizeof(src)));
	EXPECT_EQ(0, memcmp(ip + 24, rec.flow.dst.b, sizeof(src)));
	EXPECT_EQ(128, ip[40]);
}

/* The cause stands in the packet of its failure, and in no other. */
TEST_F(pcapng, cause)
{
	struct rp_record rec = rp_fake_record(RP_KIND_EVENT, 1500 * MS, 1501 * MS);
	unsigned int len;

	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = RP_CHANGE_DELETE;
	rp_fake_add(&self->fake, rec);
	add_failed(&self->fake, 2000 * MS);
	rec = rp_fake_record(RP_KIND_INPUT, 2100 * MS, 2101 * MS);
	rp_fake_flow(&rec, "10.0.1.2", "10.0.1.1");
	rp_fake_add(&self->fake, rec);
	PACKETS();
	ASSERT_EQ(4, self->nblocks);
	EXPECT_TRUE(holds(&self->blocks[2], "203.0.113.0/24 via 10.0.1.2 dev ha removed"));
	EXPECT_FALSE(holds(&self->blocks[3], "removed"));
	ASSERT_TRUE(!!option(&self->blocks[3], 2, &len));
	EXPECT_EQ(1, word(option(&self->blocks[3], 2, &len)));
}

TEST_F(pcapng, nothing)
{
	PACKETS();
	EXPECT_EQ(1, self->nblocks);
}

TEST_F(pcapng, refused)
{
	self->options.pcapng = "/no/such/packets";
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_TRUE(!!strstr(self->err, "/no/such/packets: No such file or directory\n"));
}

TEST_F(pcapng, refused_with_another_form)
{
	self->options.chrome = "-";
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_TRUE(!!strstr(self->err, "--chrome and --pcapng do not go together"))
		TH_LOG("%s", self->err);
}

TEST_HARNESS_MAIN
