// SPDX-License-Identifier: GPL-2.0
/* What one record leaves out because another has it. */
#include "stories.h"

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
