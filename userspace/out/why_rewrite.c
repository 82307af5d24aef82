// SPDX-License-Identifier: GPL-2.0
/* What netfilter changed of a packet, in words. */
#include <arpa/inet.h>
#include <stdio.h>

#include "lib/addr.h"
#include "out/why_words.h"
#include "why/blame.h"
#include "why/why.h"
#include "words/format.h"

static void rp_rewrite_add(struct rp_text *t, const char *what, const char *before,
			   const char *after)
{
	rp_format_add(t, "%s%s %s => %s", t->len ? ", " : "", what, before, after);
}

static void rp_rewrite_add_ip(struct rp_text *t, const char *what, unsigned int family,
			      const union rp_addr *before, const union rp_addr *after)
{
	struct rp_text from, to;

	if (!rp_rewrite_is_ip(before, after))
		return;
	rp_format_ip(&from, family, before);
	rp_rewrite_add(t, what, from.text, rp_format_ip(&to, family, after));
}

static void rp_rewrite_add_port(struct rp_text *t, const char *what, __be16 before, __be16 after)
{
	char from[8], to[8];

	if (!rp_rewrite_is_port(before, after))
		return;
	snprintf(from, sizeof(from), "%u", ntohs(before));
	snprintf(to, sizeof(to), "%u", ntohs(after));
	rp_rewrite_add(t, what, from, to);
}

static void rp_rewrite_add_bits(struct rp_text *t, const char *what, uint32_t before,
				uint32_t after)
{
	char from[16], to[16];

	if (before == after)
		return;
	snprintf(from, sizeof(from), "%#x", before);
	snprintf(to, sizeof(to), "%#x", after);
	rp_rewrite_add(t, what, from, to);
}

const char *rp_rewrite_format(struct rp_text *t, const struct rp_rewrite *rewrite,
			      unsigned int family)
{
	const struct rp_flow *before = &rewrite->before, *after = &rewrite->after;

	t->len = 0;
	t->text[0] = '\0';
	if (!rp_rewrite_is_any(rewrite))
		return t->text;
	rp_rewrite_add_ip(t, "src", family, &before->src, &after->src);
	rp_rewrite_add_ip(t, "dst", family, &before->dst, &after->dst);
	rp_rewrite_add_port(t, "sport", before->sport, after->sport);
	rp_rewrite_add_port(t, "dport", before->dport, after->dport);
	rp_rewrite_add_bits(t, "mark", before->mark, after->mark);
	rp_rewrite_add_bits(t, "tos", before->tos & RP_SEARCH_TOS, after->tos & RP_SEARCH_TOS);
	return t->text;
}
