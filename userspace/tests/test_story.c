// SPDX-License-Identifier: GPL-2.0
/* How records become stories. */
#include <errno.h>
#include <string.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "story/story.h"

#define US	1000ULL
#define MS	(1000 * US)

/* What came out, as text: kind@time(inner ...), '!' where incomplete, ^span */
struct out {
	char text[1024];
	int stories;
	uint64_t last_ns;	/* when the newest began, */
	int disorder;		/* and how many before the one before them */
};

static void print_node(struct out *out, const struct rp_node *node)
{
	static const char * const kinds[] = {
		[RP_KIND_LOOKUP] = "lookup", [RP_KIND_SUPPRESS] = "suppress",
		[RP_KIND_RULE] = "rule", [RP_KIND_RULES] = "rules",
		[RP_KIND_VALIDATE] = "validate", [RP_KIND_OUTPUT] = "output",
		[RP_KIND_OUTPUT_FLOW] = "flow", [RP_KIND_INPUT] = "input",
		[RP_KIND_CHANGE] = "change", [RP_KIND_EVENT] = "event",
		[RP_KIND_LINK_EVENT] = "link", [RP_KIND_NETFILTER] = "netfilter",
		[RP_KIND_REROUTE] = "reroute", [RP_KIND_ICMP_OUT] = "icmp-out",
		[RP_KIND_LINK_FAILURE] = "failure",
	};
	size_t len = strlen(out->text);
	const struct rp_node *inner;

	snprintf(out->text + len, sizeof(out->text) - len, "%s%s@%llu%s%s%s",
		 len && out->text[len - 1] != '(' ? " " : "",
		 kinds[node->rec.kind],
		 (unsigned long long)node->rec.time_ns, node->incomplete ? "!" : "",
		 node->within ? "^" : "", node->within ? kinds[node->within->kind] : "");
	if (TAILQ_EMPTY(&node->inner))
		return;
	strcat(out->text, "(");
	TAILQ_FOREACH(inner, &node->inner, link)
		print_node(out, inner);
	strcat(out->text, ")");
}

static void emit(void *ctx, const struct rp_node *node)
{
	struct out *out = ctx;

	out->stories++;
	out->disorder += node->rec.time_ns < out->last_ns;
	out->last_ns = node->rec.time_ns;
	if (strlen(out->text) < 900)
		print_node(out, node);
}

static const char *caller(void *ctx, uint32_t id)
{
	(void)ctx;
	return id == 2 ? "ip_route_output_flow" : id == 1 ? "inet_rtm_getroute" : NULL;
}

FIXTURE(story) {
	struct rp_story st;
	struct out out;
};

FIXTURE_SETUP(story)
{
	memset(&self->out, 0, sizeof(self->out));
	rp_story_init(&self->st);
	self->st.window_ns = 200 * MS;
	self->st.emit = emit;
	self->st.caller = caller;
	self->st.ctx = &self->out;
}

FIXTURE_TEARDOWN(story)
{
	rp_story_exit(&self->st);
}

static struct rp_record rec(unsigned int kind, uint64_t begin, uint64_t end)
{
	struct rp_record r = rp_fake_record(kind, begin, end);

	r.caller = 2;
	return r;
}

#define ADD(r) do { struct rp_record r_ = (r); rp_story_add(&self->st, &r_); } while (0)
#define END() rp_story_advance(&self->st, UINT64_MAX)

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
		ASSERT_LE(self->st.nodes, 65536);
	}
	END();
	EXPECT_EQ(0, self->st.nodes);
	EXPECT_EQ(500000, self->out.stories);
}

/* ---- what one record leaves out because another has it ---- */

static struct rp_record asked(unsigned int kind, uint64_t begin, uint64_t end, unsigned int verdict)
{
	struct rp_record r = rec(kind, begin, end);

	r.verdict = verdict;
	r.has = RP_HAS_FLOW;
	return r;
}

static struct rp_record found(unsigned int kind, uint64_t begin, uint64_t end)
{
	struct rp_record r = asked(kind, begin, end, RP_VERDICT_HIT);

	rp_fake_route(&r, 254, "198.51.100.0", 24, "10.0.1.2", "eth0");
	r.has |= RP_HAS_ROUTE;
	return r;
}

/* The steps: kind, verdict, error and the length of the prefix, if it is known */
static void print_steps(char *text, size_t size, const struct rp_node *node)
{
	static const char verdicts[] = "-hnre";
	const struct rp_node *inner;
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%u%c%d", len ? " " : "", node->rec.kind,
		 verdicts[node->rec.verdict], node->rec.err);
	len = strlen(text);
	if (node->rec.has & RP_HAS_ROUTE)
		snprintf(text + len, size - len, "/%u", node->rec.route.dst_len);
	TAILQ_FOREACH(inner, &node->inner, link)
		print_steps(text, size, inner);
}

static void emit_steps(void *ctx, const struct rp_node *node)
{
	struct out *out = ctx;

	out->stories++;
	out->disorder += node->rec.time_ns < out->last_ns;
	out->last_ns = node->rec.time_ns;
	print_steps(out->text, sizeof(out->text), node);
}

TEST_F(story, output_tells_its_lookup)
{
	self->st.emit = emit_steps;
	self->st.steps.lookup = 3;
	ADD(found(RP_KIND_OUTPUT, 10, 20));
	END();
	EXPECT_STREQ("6h0/24 1h0/24", self->out.text);
}

TEST_F(story, output_tells_no_lookup_that_nobody_watches)
{
	self->st.emit = emit_steps;
	ADD(found(RP_KIND_OUTPUT, 10, 20));
	END();
	EXPECT_STREQ("6h0/24", self->out.text);
}

TEST_F(story, output_without_a_route_tells_no_lookup)
{
	self->st.emit = emit_steps;
	self->st.steps.lookup = 3;
	ADD(asked(RP_KIND_OUTPUT, 10, 20, RP_VERDICT_HIT));
	END();
	EXPECT_STREQ("6h0", self->out.text);
}

TEST_F(story, the_lookup_after_the_failed_ones)
{
	struct rp_record failed = asked(RP_KIND_LOOKUP, 12, 12, RP_VERDICT_NEXT);

	self->st.emit = emit_steps;
	self->st.steps.lookup = 3;
	failed.err = -EAGAIN;
	ADD(failed);
	ADD(found(RP_KIND_OUTPUT, 10, 20));
	END();
	EXPECT_STREQ("6h0/24 1n-11 1h0/24", self->out.text);
}

/* A lookup in the table of a rule tells of both. */
static struct rp_record ruled(uint64_t time, unsigned int verdict)
{
	struct rp_record r = asked(RP_KIND_LOOKUP, time, time, verdict);

	r.has |= RP_HAS_RULE;
	r.rule.priority = 32766;
	r.err = verdict == RP_VERDICT_NEXT ? -EAGAIN : 0;
	return r;
}

TEST_F(story, lookups_tell_their_rules)
{
	struct rp_record no_table = asked(RP_KIND_RULE, 14, 14, RP_VERDICT_NEXT);
	struct rp_record refuses = asked(RP_KIND_RULE, 18, 18, RP_VERDICT_REJECT);

	self->st.emit = emit_steps;
	self->st.steps.lookup = 3;
	no_table.err = -EAGAIN;
	refuses.err = -EACCES;
	ADD(ruled(13, RP_VERDICT_NEXT));
	ADD(no_table);
	ADD(ruled(15, RP_VERDICT_HIT));
	ADD(refuses);
	ADD(found(RP_KIND_RULES, 11, 19));
	ADD(found(RP_KIND_OUTPUT, 10, 20));
	END();
	EXPECT_STREQ("6h0/24 4h0/24 3n-11 1n-11 3n-11 3h0 1h0/24 3r-13", self->out.text);
}

/* Rules that were passed share a record; each is a step, as if it had its own. */
TEST_F(story, passed_rules_are_steps)
{
	struct rp_record passed = asked(RP_KIND_RULE, 14, 14, RP_VERDICT_NEXT);

	self->st.emit = emit_steps;
	self->st.steps.lookup = 3;
	passed.err = -EAGAIN;
	passed.has |= RP_HAS_PASSED;
	passed.passed_count = 3;
	passed.passed[0] = (struct rp_passed) { .priority = 1, .table = 255, .asked = 1 };
	passed.passed[1] = (struct rp_passed) { .priority = 2, .table = 7 };
	passed.passed[2] = (struct rp_passed) { .priority = 3, .table = 8, .asked = 1 };
	ADD(passed);
	ADD(ruled(15, RP_VERDICT_HIT));
	ADD(found(RP_KIND_RULES, 11, 19));
	ADD(found(RP_KIND_OUTPUT, 10, 20));
	END();
	EXPECT_STREQ("6h0/24 4h0/24 3n-11 1n-11 3n-11 3n-11 1n-11 3h0 1h0/24", self->out.text);
}

/* Of a damaged recording */
TEST_F(story, no_more_are_passed_than_a_record_holds)
{
	struct rp_record passed = asked(RP_KIND_RULE, 14, 14, RP_VERDICT_NEXT);

	passed.has |= RP_HAS_PASSED;
	passed.passed_count = 255;
	ADD(passed);
	EXPECT_EQ(RP_PASSED_MAX, self->st.nodes);
}

TEST_F(story, a_match_that_was_taken_back_is_not_the_one)
{
	struct rp_record suppress = found(RP_KIND_SUPPRESS, 14, 15);

	self->st.emit = emit_steps;
	self->st.steps.lookup = 3;
	self->st.steps.suppress = 5;
	suppress.rule.suppressed = 1;
	suppress.verdict = RP_VERDICT_NEXT;
	suppress.route.dst_len = 0;
	ADD(ruled(13, RP_VERDICT_HIT));
	ADD(suppress);
	ADD(ruled(17, RP_VERDICT_HIT));
	ADD(found(RP_KIND_RULES, 11, 19));
	ADD(found(RP_KIND_OUTPUT, 10, 20));
	END();
	EXPECT_STREQ("6h0/24 4h0/24 3h0 1h0/0 2n0/0 3h0 1h0/24 2h0/24", self->out.text);
}

TEST_HARNESS_MAIN
