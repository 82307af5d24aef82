// SPDX-License-Identifier: GPL-2.0
/* What routeprobe stacks makes of crafted records: whole outputs compared. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"
#include "source/stack.h"

static const char stacks_text[] =
	"17 3\n udp_sendmsg+0x12/0x400\n __sys_sendto+0x20/0x30\n do_syscall_64+0x5d/0x90\n\n"
	"18 3\n fib_rules_lookup+0x9/0x10\n __fib_lookup+0x6b/0xb0\n"
	" ip_route_output_key_hash_rcu+0x2ea/0x8e0\n udp_sendmsg+0x12/0x400\n"
	" __sys_sendto+0x20/0x30\n do_syscall_64+0x5d/0x90\n\n"
	"19 1\n tunnel_xmit+0x1/0x2 [vxlan]\n ...\n\n"
	"40 1\n ip_route_me_harder+0x8/0x90\n ...\n\n"
	"41 1\n nf_reroute+0x8/0x90\n ip_output+0x2/0x3\n\n"
	"70 1\n udp_sendmsg+0x16/0x400\n __sys_sendto+0x20/0x30\n do_syscall_64+0x5d/0x90\n\n";

FIXTURE(stacks) {
	struct rp_fake fake;
	struct rp_options options;
	char *out, *err;
};

FIXTURE_SETUP(stacks)
{
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "probes",
		      "1\tip_route_output_key_hash_rcu\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
		      "2\tfib_table_lookup\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
		      "3\tip_route_me_harder\treroute\tsignal\tarmed\t0\t0\t0\t-\t-\n"
		      "4\tfib_table_insert\tchange\tchange\tarmed\t0\t0\t0\t-\t-\n");
	rp_fake_write(&self->fake, "stacks", stacks_text);
	self->options = (struct rp_options) { .input = self->fake.dir };
	self->out = NULL;
	self->err = NULL;
}

FIXTURE_TEARDOWN(stacks)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static int run_stacks(void *arg)
{
	return rp_cmd_stacks(arg);
}

#define RUN() rp_fake_run(run_stacks, &self->options, &self->out, &self->err)
#define AGAIN() do { free(self->out); free(self->err); } while (0)
#define HAS(text, words) do {						\
	const char *in_ = (text), *has_ = (words);			\
									\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("%s: %s", has_, in_);	\
} while (0)

/* One to @dst that began in this microsecond, with a lookup inside */
static void add(struct rp_fake *f, uint64_t us, uint32_t stack, const char *dst,
		unsigned int duration_ns)
{
	struct rp_record rec = rp_fake_record(RP_KIND_LOOKUP, us * 1000 + 10, us * 1000 + 60);

	rec.probe = 2;
	rec.stack = stack == 17 ? 18 : 0;
	rec.route.table = 254;
	rp_fake_add(f, rec);
	rec = rp_fake_record(RP_KIND_OUTPUT, us * 1000, us * 1000 + duration_ns);
	rec.probe = 1;
	rec.stack = stack;
	rp_fake_flow(&rec, NULL, dst);
	rp_fake_add(f, rec);
}

static void add_change(struct rp_fake *f, uint64_t us)
{
	struct rp_record rec = rp_fake_record(RP_KIND_CHANGE, us * 1000, us * 1000 + 900);

	rec.probe = 4;
	rec.stack = 41;
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = RP_CHANGE_INSERT;
	rp_fake_route(&rec, 254, "10.9.0.0", 16, NULL, "ha");
	rp_fake_add(f, rec);
}

static void add_all(struct rp_fake *f)
{
	add(f, 1, 17, "10.9.9.9", 100);
	add(f, 3, 17, "10.9.9.9", 300);
	add(f, 5, 19, "10.8.8.8", 700);
	add(f, 7, 70, "10.9.9.9", 200);
	add(f, 9, 0, "10.8.8.8", 100);
	add(f, 11, 99, "10.8.8.8", 100);
	add_change(f, 13);
}

TEST_F(stacks, most_first)
{
	add_all(&self->fake);
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("       2 ip_route_output_key_hash_rcu\n"
		     "             (no stack)\n\n"
		     "       2 ip_route_output_key_hash_rcu\n"
		     "             udp_sendmsg+0x12/0x400\n"
		     "             __sys_sendto+0x20/0x30\n"
		     "             do_syscall_64+0x5d/0x90\n\n"
		     "       1 ip_route_output_key_hash_rcu\n"
		     "             tunnel_xmit+0x1/0x2 [vxlan]\n"
		     "             ...\n\n"
		     "       1 ip_route_output_key_hash_rcu\n"
		     "             udp_sendmsg+0x16/0x400\n"
		     "             __sys_sendto+0x20/0x30\n"
		     "             do_syscall_64+0x5d/0x90\n\n", self->out);
	HAS(self->err, "2 of 6 have no stack: ");
	HAS(self->err, "13 records, 7 decisions (6 shown)");
}

TEST_F(stacks, folded_by_function)
{
	add_all(&self->fake);
	self->options.folded = true;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("do_syscall_64;__sys_sendto;udp_sendmsg;ip_route_output_key_hash_rcu 3\n"
		     "(no stack);ip_route_output_key_hash_rcu 2\n"
		     "...;tunnel_xmit;ip_route_output_key_hash_rcu 1\n", self->out);
}

TEST_F(stacks, of_a_flow)
{
	char *words[] = { "10.9.9.9" };

	add_all(&self->fake);
	self->options.folded = true;
	self->options.nwords = 1;
	self->options.words = words;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("do_syscall_64;__sys_sendto;udp_sendmsg;ip_route_output_key_hash_rcu 3\n",
		     self->out);
	EXPECT_EQ(NULL, strstr(self->err, "no stack"));
}

TEST_F(stacks, of_all_and_the_first_rows)
{
	add_all(&self->fake);
	self->options.folded = true;
	self->options.all = true;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, "\nip_output;nf_reroute;fib_table_insert 1\n");
	AGAIN();
	self->options.rows = "1";
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("do_syscall_64;__sys_sendto;udp_sendmsg;ip_route_output_key_hash_rcu 3\n",
		     self->out);
}

TEST_F(stacks, json)
{
	add_all(&self->fake);
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, "{\"kind\":\"stack\",\"count\":2,\"probe\":\"ip_route_output_key_hash_rcu\",\"frames\":[],\"cut\":false}\n");
	HAS(self->out, "\"count\":2,\"probe\":\"ip_route_output_key_hash_rcu\",\"frames\":[\"udp_sendmsg+0x12/0x400\",\"__sys_sendto+0x20/0x30\",\"do_syscall_64+0x5d/0x90\"],\"cut\":false}\n");
	HAS(self->out, "\"frames\":[\"tunnel_xmit+0x1/0x2 [vxlan]\"],\"cut\":true}\n");
	HAS(self->out, "{\"kind\":\"end\",\"records\":13,");
}

/* Of the calls inside, only the frames that lead there from the call around them */
TEST_F(stacks, graph_of_the_longest)
{
	char *words[] = { "10.9.9.9" };
	const char *tree;

	add_all(&self->fake);
	self->options.graph = true;
	self->options.nwords = 1;
	self->options.words = words;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, "TIME ");
	HAS(self->out, "00:00:00.000003 ");
	tree = strstr(self->out, "                do_syscall_64+");
	ASSERT_NE(NULL, tree);
	EXPECT_STREQ("                do_syscall_64+0x5d/0x90\n"
		     "                 __sys_sendto+0x20/0x30\n"
		     "                  udp_sendmsg+0x12/0x400\n"
		     "       0.300 us    ip_route_output_key_hash_rcu  output: hit\n"
		     "                    __fib_lookup+0x6b/0xb0\n"
		     "                     fib_rules_lookup+0x9/0x10\n"
		     "       0.050 us       fib_table_lookup  lookup main: hit\n", tree);
	AGAIN();
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, "{\"kind\":\"graph\",\"call\":{\"frames\":[\"do_syscall_64+0x5d/0x90\",\"__sys_sendto+0x20/0x30\",\"udp_sendmsg+0x12/0x400\"],\"probe\":\"ip_route_output_key_hash_rcu\",\"duration_ns\":300,\"calls\":[{\"frames\":[\"__fib_lookup+0x6b/0xb0\",\"fib_rules_lookup+0x9/0x10\"],\"probe\":\"fib_table_lookup\",\"duration_ns\":50,\"calls\":[]}]}}\n");
}

TEST_F(stacks, graph_without_a_stack_or_a_decision)
{
	self->options.graph = true;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("", self->out);
	AGAIN();
	add(&self->fake, 9, 0, "10.8.8.8", 100);
	EXPECT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, "\n       0.100 us ip_route_output_key_hash_rcu  output: hit\n"
		       "       0.050 us  fib_table_lookup  lookup main: hit\n");
	HAS(self->err, "1 of 1 have no stack: ");
}

/* A kernel that cannot see beyond a probed function: its stack goes on there. */
static void add_within(struct rp_fake *f, unsigned int outer_probe)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, 2000, 3000);

	rec.probe = 1;
	rec.stack = 40;
	rp_fake_flow(&rec, NULL, "10.9.9.9");
	rp_fake_add(f, rec);
	rec = rp_fake_record(RP_KIND_REROUTE, 1000, 4000);
	rec.probe = outer_probe;
	rec.stack = 41;
	rp_fake_flow(&rec, NULL, "10.9.9.9");
	rp_fake_add(f, rec);
}

TEST_F(stacks, goes_on_in_the_call_around)
{
	add_within(&self->fake, 3);
	self->options.folded = true;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("ip_output;nf_reroute;ip_route_me_harder;ip_route_output_key_hash_rcu 1\n",
		     self->out);
	AGAIN();
	self->options.folded = false;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("       1 ip_route_output_key_hash_rcu\n"
		     "             ip_route_me_harder+0x8/0x90\n"
		     "             nf_reroute+0x8/0x90\n"
		     "             ip_output+0x2/0x3\n\n", self->out);
}

TEST_F(stacks, goes_on_nowhere_else)
{
	add_within(&self->fake, 4);
	self->options.folded = true;
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("...;ip_route_me_harder;ip_route_output_key_hash_rcu 1\n", self->out);
}

#define REFUSED(words) do {						\
	EXPECT_EQ(RP_EXIT_ERROR, RUN());				\
	EXPECT_STREQ("", self->out);					\
	EXPECT_STREQ("routeprobe: " words "\n", self->err);		\
	AGAIN();							\
	self->options = (struct rp_options) { .input = self->fake.dir };\
	self->out = NULL;						\
	self->err = NULL;						\
} while (0)

TEST_F(stacks, what_cannot_be)
{
	char *words[] = { "stack" };

	self->options.follow = true;
	REFUSED("a recording does not grow: -f and -i do not go together");
	self->options.folded = true;
	self->options.graph = true;
	REFUSED("--folded and --graph do not go together");
	self->options.folded = true;
	self->options.json = true;
	REFUSED("--folded and --json do not go together");
	self->options.graph = true;
	self->options.rows = "3";
	REFUSED("--graph shows one decision: it takes no -n");
	self->options.rows = "3x";
	REFUSED("\"3x\" is no number of rows");
	self->options.nwords = 1;
	self->options.words = words;
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	HAS(self->err, "unknown filter word \"stack\"");
}

/* A damaged recording */
TEST_F(stacks, not_there_or_not_whole)
{
	add(&self->fake, 1, 17, "10.9.9.9", 100);
	rp_fake_write(&self->fake, "stacks",
		      "x 1\n lost\n17\n\n17 1\n a\x1b[31m+0x1/0x2\n17 1\n other\n"
		      " stray\n-1 2\n no\n0 1\n none\n99999999999 1\n big");
	EXPECT_EQ(RP_EXIT_OK, RUN());
	EXPECT_STREQ("       1 ip_route_output_key_hash_rcu\n"
		     "             a?[31m+0x1/0x2\n\n", self->out);
	AGAIN();
	rp_fake_write(&self->fake, "stacks", "");
	EXPECT_EQ(RP_EXIT_OK, RUN());
	HAS(self->out, "(no stack)");
	HAS(self->err, "1 of 1 have no stack: ");
}

TEST(table_is_found_by_id)
{
	char text[] = "9 1\n nine\n\n3 1\n three\n\n5 1\n five\n ...\n";
	char more[] = "5 1\n again\n\n7 1\n seven\n";
	struct rp_stacks s = { 0 };

	rp_stacks_parse(&s, text);
	rp_stacks_forget(&s, 7);
	EXPECT_EQ(4, s.count);
	EXPECT_EQ(0, rp_stacks_get(&s, 7)->count);
	rp_stacks_parse(&s, more);
	EXPECT_EQ(4, s.count);
	EXPECT_STREQ("seven", rp_stacks_get(&s, 7)->frames[0]);
	EXPECT_STREQ("five", rp_stacks_get(&s, 5)->frames[0]);
	EXPECT_TRUE(rp_stacks_get(&s, 5)->cut);
	EXPECT_EQ(1, rp_stacks_get(&s, 5)->count);
	EXPECT_FALSE(rp_stacks_get(&s, 9)->cut);
	EXPECT_EQ(NULL, rp_stacks_get(&s, 4));
	EXPECT_EQ(NULL, rp_stacks_get(&s, 10));
	rp_stacks_clear(&s);
}

TEST_HARNESS_MAIN
