// SPDX-License-Identifier: GPL-2.0
/* status and hist: the module's own files */
#include "live.h"

TEST_F(live, status_as_json)
{
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_OK, RUN(status));
	HAS(self->out, "{\"kind\":\"status\",\"module\":\"0.1.0\",\"contract\":\"3.0\",");
	HAS(self->out, "\"stats\":{\"enable\":\"1\",\"records_per_cpu\":\"4096\"}}\n");
	HAS(self->out, "{\"kind\":\"probe\",\"id\":3,\"probe\":\"fib_table_lookup\",\"group\":\"lookup\",\"state\":\"armed\",\"hook\":\"-\",\"recorded\":9,\"filtered\":1,\"missed\":0,\"use\":\"tables\"}\n");
}

static const char hist[] =
	"#id\tname\tbelow_ns:calls...\n"
	"1\tip_route_output_key_hash_rcu\t 1024:10 4096:5\n"
	"2\tip_route_output_flow\t\n"
	"3\tfib_table_lookup\t 512:1 549755813888:1\n";

TEST_F(live, hist)
{
	rp_fake_write(&self->fake, "hist", hist);
	EXPECT_EQ(RP_EXIT_OK, RUN(hist));
	EXPECT_EQ(0, strncmp(self->out,
			     "ip_route_output_key_hash_rcu: 15 calls\n"
			     "  below     1.02 us           10 ########################################\n"
			     "  below     2.05 us            0\n"
			     "  below     4.10 us            5 ####################\n"
			     "fib_table_lookup: 2 calls\n"
			     "  below      512 ns            1 ####", 250)) TH_LOG("%s", self->out);
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_OK, RUN(hist));
	EXPECT_STREQ("{\"kind\":\"hist\",\"probe\":\"ip_route_output_key_hash_rcu\",\"calls\":15,\"buckets\":[{\"below_ns\":1024,\"calls\":10},{\"below_ns\":4096,\"calls\":5}]}\n"
		     "{\"kind\":\"hist\",\"probe\":\"fib_table_lookup\",\"calls\":2,\"buckets\":[{\"below_ns\":512,\"calls\":1},{\"below_ns\":549755813888,\"calls\":1}]}\n",
		     self->out);
}

TEST_F(live, hist_is_recorded)
{
	char *words[] = { self->copy.dir };

	rp_fake_write(&self->fake, "hist", hist);
	self->options.words = words;
	self->options.nwords = 1;
	EXPECT_EQ(RP_EXIT_OK, RUN(dump));
	self->options.input = self->copy.dir;
	self->options.nwords = 0;
	EXPECT_EQ(RP_EXIT_OK, RUN(hist));
	HAS(self->out, "ip_route_output_key_hash_rcu: 15 calls\n");
}

TEST_F(live, hist_damaged)
{
	static const char * const bad[] = {
		"1\n", "1\tname\n", "1\tname\t 1000:1\n", "1\tname\t 0:1\n", "1\tname\t 1024\n",
		"1\tname\t 1024:\n", "1\tname\t 1024:0\n", "1\tname\t 1024:-1\n", "\n",
	};
	char path[128];
	size_t i;

	snprintf(path, sizeof(path), "%s/hist", self->fake.dir);
	unlink(path);
	EXPECT_EQ(RP_EXIT_DAMAGED, RUN(hist));
	HAS(self->err, "hist: No such file or directory\n");
	for (i = 0; i < RP_ARRAY_SIZE(bad); i++) {
		rp_fake_write(&self->fake, "hist", bad[i]);
		EXPECT_EQ(RP_EXIT_DAMAGED, RUN(hist)) TH_LOG("%s", bad[i]);
		HAS(self->err, "hist: a line is no histogram\n");
		EXPECT_STREQ("", self->out);
	}
}

TEST_F(live, status)
{
	EXPECT_EQ(RP_EXIT_OK, RUN(status));
	HAS(self->out, "module                         routeprobe 0.1.0, contract 3.0\n");
	HAS(self->out, "records_per_cpu                4096\n");
	HAS(self->out, "ip_route_output_key_hash_rcu   output    armed          -                     5            0            2  routes of packets sent\n");
	HAS(self->out, "fib4_rule_action               lookup    absent ENOENT  -                     0            0            0  without it: rules\n");
}

TEST_F(live, newer_module)
{
	rp_fake_write(&self->fake, "version", "routeprobe 4.0\nabi 4.0\nrecord 512\n");
	EXPECT_EQ(RP_EXIT_ERROR, RUN(status));
	HAS(self->err, "the module (routeprobe 4.0) speaks contract 4.0, this reader (routeprobe 0.1.0) speaks 3.0: upgrade the reader\n");
	EXPECT_STREQ("", self->out);
}

TEST_F(live, older_module)
{
	rp_fake_write(&self->fake, "version", "routeprobe 0.1.0\nabi 2.0\nrecord 192\n");
	EXPECT_EQ(RP_EXIT_ERROR, RUN(status));
	HAS(self->err, "the module (routeprobe 0.1.0) speaks contract 2.0, this reader (routeprobe 0.1.0) speaks 3.0: upgrade the module\n");
	EXPECT_STREQ("", self->out);
}

TEST_F(live, no_directory)
{
	self->options.dir = "/nonexistent";
	EXPECT_EQ(RP_EXIT_ERROR, RUN(status));
	EXPECT_STREQ("routeprobe: /nonexistent: No such file or directory\n", self->err);
}

TEST_HARNESS_MAIN
