// SPDX-License-Identifier: GPL-2.0
/* How records become stories. */
#include "stories.h"

TEST_F(story, nests)
{
	ADD(rec(RP_KIND_LOOKUP, 40, 50));
	ADD(rec(RP_KIND_RULE, 30, 60));
	ADD(rec(RP_KIND_LOOKUP, 72, 75));
	ADD(rec(RP_KIND_RULE, 70, 80));
	ADD(rec(RP_KIND_SUPPRESS, 81, 82));
	ADD(rec(RP_KIND_RULES, 20, 90));
	ADD(rec(RP_KIND_OUTPUT, 15, 100));
	ADD(rec(RP_KIND_OUTPUT_FLOW, 10, 110));
	END();
	EXPECT_STREQ("flow@10(output@15(rules@20(rule@30(lookup@40) rule@70(lookup@72) suppress@81)))",
		     self->out.text);
	EXPECT_EQ(0, self->st.outside);
}

TEST_F(story, input_with_validate)
{
	ADD(rec(RP_KIND_LOOKUP, 20, 30));
	ADD(rec(RP_KIND_LOOKUP, 42, 48));
	ADD(rec(RP_KIND_VALIDATE, 40, 50));
	ADD(rec(RP_KIND_INPUT, 10, 60));
	END();
	EXPECT_STREQ("input@10(lookup@20 validate@40(lookup@42))", self->out.text);
}

TEST_F(story, change_with_lookup)
{
	ADD(rec(RP_KIND_LOOKUP, 20, 30));
	ADD(rec(RP_KIND_CHANGE, 10, 60));
	END();
	EXPECT_STREQ("change@10(lookup@20)", self->out.text);
}

/* The second output is IPsec's: part of the same decision. */
TEST_F(story, ipsec)
{
	struct rp_record second = rec(RP_KIND_OUTPUT, 40, 50);

	second.caller = 1;
	ADD(rec(RP_KIND_LOOKUP, 22, 24));
	ADD(rec(RP_KIND_OUTPUT, 20, 30));
	ADD(rec(RP_KIND_LOOKUP, 42, 44));
	ADD(second);
	ADD(rec(RP_KIND_OUTPUT_FLOW, 10, 60));
	END();
	EXPECT_STREQ("flow@10(output@20(lookup@22) output@40(lookup@42))", self->out.text);
}

/* A decision is a story of its own, and told what it was made for. */
TEST_F(story, within_signals)
{
	ADD(rec(RP_KIND_LOOKUP, 42, 44));
	ADD(rec(RP_KIND_OUTPUT, 40, 50));
	ADD(rec(RP_KIND_ICMP_OUT, 30, 60));
	ADD(rec(RP_KIND_LINK_FAILURE, 20, 70));
	ADD(rec(RP_KIND_OUTPUT, 80, 81));
	ADD(rec(RP_KIND_OUTPUT_FLOW, 104, 106));
	ADD(rec(RP_KIND_REROUTE, 102, 108));
	ADD(rec(RP_KIND_NETFILTER, 100, 110));
	END();
	EXPECT_STREQ("failure@20(icmp-out@30) output@40^icmp-out(lookup@42) output@80 netfilter@100(reroute@102) flow@104^reroute",
		     self->out.text);
	EXPECT_EQ(0, self->st.outside);
}

/* A change is told the outermost, and what another task does is within nothing. */
TEST_F(story, within_events)
{
	struct rp_record other = rec(RP_KIND_CHANGE, 42, 44);

	other.tid = 8;
	ADD(rec(RP_KIND_EVENT, 32, 34));
	ADD(other);
	ADD(rec(RP_KIND_CHANGE, 30, 50));
	ADD(rec(RP_KIND_LINK_EVENT, 25, 55));
	ADD(rec(RP_KIND_LINK_EVENT, 20, 60));
	ADD(rec(RP_KIND_CHANGE, 70, 80));
	END();
	EXPECT_STREQ("link@20 link@25^link change@30^link(event@32) change@42 change@70",
		     self->out.text);
}

/* A packet in the middle of a task's decision, on its CPU */
TEST_F(story, softirq_in_task)
{
	struct rp_record in = rec(RP_KIND_LOOKUP, 30, 40);

	in.context = RP_CONTEXT_SOFTIRQ;
	ADD(rec(RP_KIND_LOOKUP, 22, 24));
	ADD(in);
	in.kind = RP_KIND_INPUT;
	in.time_ns = 25;
	in.duration_ns = 20;
	ADD(in);
	ADD(rec(RP_KIND_LOOKUP, 50, 52));
	ADD(rec(RP_KIND_OUTPUT, 20, 60));
	END();
	EXPECT_STREQ("output@20(lookup@22 lookup@50) input@25(lookup@30)", self->out.text);
}

TEST_F(story, tasks_apart)
{
	struct rp_record other = rec(RP_KIND_LOOKUP, 30, 40);

	other.tid = 8;
	ADD(other);
	ADD(rec(RP_KIND_OUTPUT, 20, 60));
	END();
	EXPECT_STREQ("output@20", self->out.text);
	EXPECT_EQ(1, self->st.outside);
}

TEST_F(story, idle_tasks_apart)
{
	struct rp_record idle = rec(RP_KIND_LOOKUP, 30, 40);

	idle.tid = 0;
	idle.cpu = 1;
	ADD(idle);
	idle = rec(RP_KIND_OUTPUT, 20, 60);
	idle.tid = 0;
	ADD(idle);
	END();
	EXPECT_STREQ("output@20", self->out.text);
}

/* With PREEMPT_RT or threaded NAPI two softirqs may take turns on one CPU. */
TEST_F(story, softirqs_of_one_cpu)
{
	struct rp_record a = rec(RP_KIND_LOOKUP, 22, 26), b = rec(RP_KIND_LOOKUP, 24, 28);

	a.context = RP_CONTEXT_SOFTIRQ;
	b.context = RP_CONTEXT_SOFTIRQ;
	b.tid = 8;
	ADD(a);
	ADD(b);
	a.kind = RP_KIND_INPUT;
	a.time_ns = 20;
	a.duration_ns = 20;
	ADD(a);
	b.kind = RP_KIND_INPUT;
	b.time_ns = 21;
	b.duration_ns = 29;
	ADD(b);
	END();
	EXPECT_STREQ("input@20(lookup@22) input@21(lookup@24)", self->out.text);
}

/* The idle tasks of all CPUs share tid 0, so their softirqs go by CPU. */
TEST_F(story, idle_softirqs_apart)
{
	struct rp_record r = rec(RP_KIND_LOOKUP, 30, 40);

	r.context = RP_CONTEXT_SOFTIRQ;
	r.tid = 0;
	r.cpu = 1;
	ADD(r);
	r = rec(RP_KIND_INPUT, 20, 60);
	r.context = RP_CONTEXT_SOFTIRQ;
	r.tid = 0;
	ADD(r);
	END();
	EXPECT_STREQ("input@20", self->out.text);
}

TEST_F(story, migrates)
{
	struct rp_record away = rec(RP_KIND_LOOKUP, 30, 40);

	away.cpu = 3;
	ADD(away);
	ADD(rec(RP_KIND_OUTPUT, 20, 60));
	END();
	EXPECT_STREQ("output@20(lookup@30)", self->out.text);
}

TEST_F(story, ties)
{
	ADD(rec(RP_KIND_LOOKUP, 20, 20));
	ADD(rec(RP_KIND_OUTPUT, 20, 20));
	ADD(rec(RP_KIND_LOOKUP, 20, 20));
	ADD(rec(RP_KIND_OUTPUT, 20, 20));
	END();
	EXPECT_STREQ("output@20(lookup@20) output@20(lookup@20)", self->out.text);
}

TEST_F(story, siblings_are_no_parts)
{
	ADD(rec(RP_KIND_LOOKUP, 20, 30));
	ADD(rec(RP_KIND_OUTPUT, 10, 40));
	ADD(rec(RP_KIND_LOOKUP, 42, 44));
	ADD(rec(RP_KIND_OUTPUT, 50, 60));
	END();
	EXPECT_STREQ("output@10(lookup@20) output@50", self->out.text);
	EXPECT_EQ(1, self->st.outside);
}

TEST_F(story, ordered_by_beginning)
{
	struct rp_record slow = rec(RP_KIND_INPUT, 10, 90);

	slow.context = RP_CONTEXT_SOFTIRQ;
	ADD(rec(RP_KIND_CHANGE, 20, 30));
	ADD(rec(RP_KIND_CHANGE, 40, 50));
	ADD(slow);
	END();
	EXPECT_STREQ("input@10 change@20 change@40", self->out.text);
}

/* Of many CPUs and tasks, long ones and short ones */
TEST_F(story, ordered_by_beginning_when_many_run)
{
	uint64_t seed = 1, begin;
	unsigned int i;

	for (i = 0; i < 20000; i++) {
		struct rp_record r;

		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		begin = 50 * US * (i + 100) - seed % 8 * (seed >> 32) % (900 * US);
		r = rec(RP_KIND_INPUT, begin, 50 * US * (i + 100));
		r.tid = 1 + i;
		rp_story_add(&self->st, &r);
		rp_story_advance(&self->st, 50 * US * (i + 100));
	}
	EXPECT_LT(0, self->out.stories);
	END();
	EXPECT_EQ(20000, self->out.stories);
	EXPECT_EQ(0, self->out.disorder);
}

/* Held back for the window, and no longer */
TEST_F(story, leaves_in_time)
{
	ADD(rec(RP_KIND_CHANGE, 20, 30));
	rp_story_advance(&self->st, 399 * MS);
	EXPECT_EQ(0, self->out.stories);
	rp_story_advance(&self->st, 401 * MS);
	EXPECT_EQ(1, self->out.stories);
}

/* Whoever called an output, an output-flow may enclose it. */
TEST_F(story, output_waits)
{
	struct rp_record r = rec(RP_KIND_OUTPUT, 20, 30);

	r.caller = 1;
	ADD(r);
	EXPECT_EQ(0, self->st.nready);
	ADD(rec(RP_KIND_OUTPUT_FLOW, 10, 40));
	EXPECT_EQ(1, self->st.nready);
	END();
	EXPECT_STREQ("flow@10(output@20)", self->out.text);
}

/* A later decision of the lane shows that nothing enclosed the earlier. */
TEST_F(story, certain_by_a_later_one)
{
	ADD(rec(RP_KIND_LOOKUP, 20, 30));
	EXPECT_EQ(0, self->st.outside);
	ADD(rec(RP_KIND_OUTPUT_FLOW, 40, 50));
	EXPECT_EQ(1, self->st.outside);
}

TEST_F(story, lost_parts)
{
	rp_story_gap(&self->st, 0, 15, 35);
	ADD(rec(RP_KIND_OUTPUT, 10, 20));
	ADD(rec(RP_KIND_CHANGE, 36, 40));
	rp_story_gap(&self->st, 1, 45, 50);
	ADD(rec(RP_KIND_CHANGE, 44, 60));
	END();
	/* The last has nothing inside, so its parts may be CPU 1's. */
	EXPECT_STREQ("output@10! change@36 change@44!", self->out.text);
}

TEST_F(story, lost_on_another_cpu)
{
	struct rp_record away = rec(RP_KIND_LOOKUP, 20, 30);

	ADD(rec(RP_KIND_LOOKUP, 20, 30));
	rp_story_gap(&self->st, 1, 15, 35);
	ADD(rec(RP_KIND_CHANGE, 10, 40));
	away.cpu = 1;
	away.time_ns = 120;
	rp_story_gap(&self->st, 1, 110, 125);
	ADD(away);
	ADD(rec(RP_KIND_CHANGE, 105, 140));
	END();
	EXPECT_STREQ("change@10(lookup@20) change@105!(lookup@120)", self->out.text);
}

TEST_F(story, many_gaps_are_not_forgotten)
{
	uint64_t i;

	for (i = 0; i < 100; i++)
		rp_story_gap(&self->st, 0, 100 * i + 10, 100 * i + 20);
	ADD(rec(RP_KIND_CHANGE, 11, 12));
	ADD(rec(RP_KIND_CHANGE, 5011, 5012));
	ADD(rec(RP_KIND_CHANGE, 9911, 9912));
	ADD(rec(RP_KIND_CHANGE, 9930, 9940));
	END();
	EXPECT_STREQ("change@11! change@5011! change@9911! change@9930", self->out.text);
}

TEST_F(story, output_flow_without_output)
{
	self->st.expect_output = true;
	ADD(rec(RP_KIND_OUTPUT_FLOW, 10, 20));
	END();
	EXPECT_STREQ("flow@10!", self->out.text);
}

TEST_F(story, output_without_its_flow)
{
	self->st.expect_flow = true;
	ADD(rec(RP_KIND_OUTPUT, 10, 20));
	END();
	EXPECT_STREQ("output@10!", self->out.text);
}

TEST_F(story, all_shows_the_rest)
{
	self->st.all = true;
	ADD(rec(RP_KIND_LOOKUP, 10, 20));
	END();
	EXPECT_STREQ("lookup@10", self->out.text);
	EXPECT_EQ(1, self->st.outside);
}

TEST_F(story, unknown_kinds)
{
	ADD(rec(__RP_KIND_MAX, 10, 20));
	ADD(rec(255, 10, 20));
	END();
	EXPECT_EQ(2, self->st.unknown);
	EXPECT_EQ(0, self->out.stories);
}

/* A million records that nothing ever encloses, and time that stands still */
TEST_F(story, memory_is_bounded)
{
	unsigned int i;

	for (i = 0; i < 1000000; i++) {
		struct rp_record r = rec(i % 2 ? RP_KIND_LOOKUP : RP_KIND_OUTPUT, 10, 20);

		r.tid = i % 1000;
		rp_story_add(&self->st, &r);
		ASSERT_LE(self->st.nodes, 7 << 13);
	}
	END();
	EXPECT_EQ(0, self->st.nodes);
	EXPECT_EQ(500000, self->out.stories);
}

TEST_HARNESS_MAIN
