// SPDX-License-Identifier: GPL-2.0
/* What IPv6 outputs leave to the output-flow around them, as if each had its own record. */
#include <errno.h>
#include <string.h>

#include <kselftest_harness.h>
#include <linux/rtnetlink.h>

#include "fake.h"
#include "lib/addr.h"
#include "story/story.h"

#define SOURCE	"2001:db8::7"
#define ROOM	512

FIXTURE(folded) {
	struct rp_story st;
	char text[ROOM];
};

/* kind, verdict, error, '+' where a source is, and the length of the prefix, if it is known */
static void print_steps(char *text, size_t size, const struct rp_node *node)
{
	static const char verdicts[] = "-hnre";
	const struct rp_node *inner;
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%u%c%d%s", len ? " " : "", node->rec.kind,
		 verdicts[node->rec.verdict], node->rec.err,
		 rp_addr_is_any(&node->rec.flow.src) ? "" : "+");
	len = strlen(text);
	if (node->rec.has & RP_HAS_ROUTE)
		snprintf(text + len, size - len, "/%u", node->rec.route.dst_len);
	else if (node->rec.kind == RP_KIND_LOOKUP)
		snprintf(text + len, size - len, "@%u", node->rec.route.table);
	if (node->rec.has & RP_HAS_FOLDED)
		strncat(text, "?", size - strlen(text) - 1);
	TAILQ_FOREACH(inner, &node->inner, link)
		print_steps(text, size, inner);
}

static void emit(void *ctx, const struct rp_node *node)
{
	print_steps(ctx, ROOM, node);
}

FIXTURE_SETUP(folded)
{
	self->text[0] = '\0';
	rp_story_init(&self->st);
	self->st.window_ns = 1000;
	self->st.emit = emit;
	self->st.ctx = self->text;
	self->st.steps6 = (struct rp_steps) { .lookup = 33, .output = 29 };
}

FIXTURE_TEARDOWN(folded)
{
	rp_story_exit(&self->st);
}

static struct rp_record asked(unsigned int kind, uint64_t begin, uint64_t end, int err)
{
	struct rp_record rec = rp_fake_record(kind, begin, end);

	rp_fake_flow(&rec, NULL, "2001:db8:9::1");
	rec.err = err;
	rec.verdict = err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	return rec;
}

/* An output-flow that tells of @outputs, the last of which said @last */
static struct rp_record flow(int err, unsigned int outputs, int last)
{
	struct rp_record rec = asked(RP_KIND_OUTPUT_FLOW, 10, 90, err);

	rec.has |= RP_HAS_FOLDED;
	rec.folded.outputs = outputs;
	rec.folded.err = last;
	rp_addr_parse(&rec.route.prefsrc, AF_INET6, SOURCE);
	return rec;
}

static void route(struct rp_record *rec, unsigned int type)
{
	rp_fake_route(rec, RT_TABLE_MAIN, "2001:db8:9::", 64, NULL, "eth0");
	rec->route.type = type;
}

#define ADD(r) do { struct rp_record r_ = (r); rp_story_add(&self->st, &r_); } while (0)
#define SAYS(expected) do {					\
	rp_story_advance(&self->st, UINT64_MAX);		\
	EXPECT_STREQ(expected, self->text);			\
} while (0)

TEST_F(folded, found)
{
	struct rp_record rec = flow(0, 1, 0);

	self->st.expect_output = true;
	route(&rec, RTN_UNICAST);
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	SAYS("7h0/64 6h0/64 1h0/64");
}

/* A source is chosen after the first, and with it the other is asked. */
TEST_F(folded, no_route)
{
	struct rp_record rec = flow(-ENETUNREACH, 2, -ENETUNREACH);

	rec.folded.first_err = -ENETUNREACH;
	rec.folded.missed = 3;
	ADD(rec);
	SAYS("7e-101 6e-101 1n-11@254 6e-101+ 1n-11+@254");
}

/* The first was refused by something that is not known: nothing is said of tables. */
TEST_F(folded, found_with_a_source)
{
	struct rp_record rec = flow(0, 2, 0);

	rec.folded.first_err = -ENETUNREACH;
	route(&rec, RTN_UNICAST);
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	SAYS("7h0/64 6e-101 6h0+/64 1h0+/64");
}

TEST_F(folded, rejected)
{
	struct rp_record rec = flow(-EHOSTUNREACH, 1, -EHOSTUNREACH);

	route(&rec, RTN_UNREACHABLE);
	ADD(rec);
	SAYS("7e-113 6e-113/64 1r-113/64");
}

/* Nothing says that it was a lookup which failed where none missed. */
TEST_F(folded, refused_by_what_is_not_recorded)
{
	ADD(flow(-ENETUNREACH, 1, -ENETUNREACH));
	SAYS("7e-101 6e-101");
}

/* A route was found, and then no address to send from, or IPsec refused. */
TEST_F(folded, failed_after_the_route)
{
	struct rp_record rec = flow(-EADDRNOTAVAIL, 1, 0);

	route(&rec, RTN_UNICAST);
	rec.has |= RP_HAS_RTABLE;
	ADD(rec);
	SAYS("7e-99 6h0/64 1h0/64");
}

/* Rules have records; those of the first output are without a source. */
TEST_F(folded, each_its_rules)
{
	struct rp_record rec = flow(-ENETUNREACH, 2, -EACCES);
	struct rp_record rules = asked(RP_KIND_RULES, 30, 40, -EACCES);

	rec.folded.first_err = -ENETUNREACH;
	ADD(asked(RP_KIND_RULES, 20, 25, -ESRCH));
	rp_addr_parse(&rules.flow.src, AF_INET6, SOURCE);
	ADD(rules);
	ADD(rec);
	SAYS("7e-101 6e-101 4e-3 6e-13+ 4e-13+");
}

/* It went on elsewhere between its two outputs, so one has a record. */
TEST_F(folded, one_of_two)
{
	struct rp_record second = asked(RP_KIND_OUTPUT, 40, 50, 0), rec = flow(0, 1, -ENETUNREACH);

	rp_addr_parse(&second.flow.src, AF_INET6, SOURCE);
	route(&second, RTN_UNICAST);
	route(&rec, RTN_UNICAST);
	rec.has |= RP_HAS_RTABLE;
	rec.folded.missed = 1;
	ADD(second);
	ADD(rec);
	SAYS("7h0/64 6e-101 1n-11@254 6h0+/64 1h0+/64");
}

/* One outside of an output-flow */
TEST_F(folded, output_alone)
{
	struct rp_record rec = asked(RP_KIND_OUTPUT, 10, 20, -ENETUNREACH);

	rec.has |= RP_HAS_FOLDED;
	rec.folded.missed = 1;
	ADD(rec);
	SAYS("6e-101? 1n-11@254");
}

TEST_F(folded, nobody_watches_lookups)
{
	struct rp_record rec = flow(-ENETUNREACH, 1, -ENETUNREACH);

	self->st.steps6.lookup = 0;
	rec.folded.missed = 1;
	ADD(rec);
	SAYS("7e-101 6e-101");
}

/* Of a damaged recording */
TEST_F(folded, any_number)
{
	struct rp_record rec = flow(0, 255, -1);

	rec.folded.missed = 255;
	ADD(rec);
	SAYS("7h0 6h0 1n-11@254 6e-1+ 1n-11+@254");
}

TEST_HARNESS_MAIN
