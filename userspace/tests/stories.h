/* SPDX-License-Identifier: GPL-2.0 */
/* Stories of crafted records, as text: a fixture "story", and what adds to it. */
#ifndef STORIES_H
#define STORIES_H

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

static inline void print_node(struct out *out, const struct rp_node *node)
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

static inline void emit(void *ctx, const struct rp_node *node)
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

static inline struct rp_record rec(unsigned int kind, uint64_t begin, uint64_t end)
{
	struct rp_record r = rp_fake_record(kind, begin, end);

	r.caller = 2;
	return r;
}

#define ADD(r) do { struct rp_record r_ = (r); rp_story_add(&self->st, &r_); } while (0)
#define END() rp_story_advance(&self->st, UINT64_MAX)

#endif
