// SPDX-License-Identifier: GPL-2.0
/* The words of `ip route get` and `ip rule` as a filter over decisions. */
#include <stdlib.h>
#include <string.h>

#include <routeprobe_words.h>

#include "fib/names.h"
#include "lib/map.h"
#include "lib/names.h"
#include "lib/util.h"
#include "story/decision.h"
#include "story/filter.h"
#include "story/story.h"

/* A change concerns a prefix if one lies within the other. */
static bool rp_filter_match_change_to(const struct rp_term *t, const struct rp_record *rec)
{
	const union rp_addr *dst = &rec->route.dst;
	union rp_addr mask;

	rp_words_mask(&mask, rec->route.dst_len);
	return (!t->family || t->family == rec->family) &&
	       !((dst->w[0] ^ t->value[0]) & t->mask[0] & mask.w[0]) &&
	       !((dst->w[1] ^ t->value[1]) & t->mask[1] & mask.w[1]);
}

/* Of a flush the routes that are named; those that are not may be any. */
static bool rp_filter_match_flush(const struct rp_term *t,
				  const struct rp_node *node)
{
	const struct rp_node *inner;
	unsigned int named = 0;

	TAILQ_FOREACH(inner, &node->inner, link) {
		if (inner->rec.kind != RP_KIND_EVENT)
			continue;
		if (rp_filter_match_change_to(t, &inner->rec))
			return true;
		named++;
	}
	return named < node->rec.change.count;
}

static bool rp_filter_match_to(const struct rp_term *t,
			       const struct rp_decision *d, struct rp_fib *fib)
{
	(void)fib;
	if (rp_decision_is_flush(d->rec))
		return rp_filter_match_flush(t, d->node);
	if (rp_decision_is_change(d->rec))
		return rp_filter_match_change_to(t, d->rec);
	return d->flow && rp_term_matches(t, d->rec->family, d->flow);
}

/* The source asked for or, where none was, the one that was chosen */
static bool rp_filter_match_from(const struct rp_term *t,
				 const struct rp_decision *d, struct rp_fib *fib)
{
	struct rp_flow flow;

	(void)fib;
	if (!d->flow)
		return false;
	flow = *d->flow;
	if (!(flow.src.w[0] | flow.src.w[1]) && d->rtable &&
	    rp_decision_kind(d->rec) == RP_KIND_OUTPUT)
		flow.src = d->rtable->prefsrc;
	return rp_term_matches(t, d->rec->family, &flow);
}

static bool rp_filter_is_dev(const struct rp_term *t, struct rp_fib *fib,
			     uint32_t netns, uint32_t index, const char *dev)
{
	const char *name;

	if (dev && *dev && !strncmp(dev, t->name, RP_NAME_LEN))
		return true;
	if (!index)
		return false;
	if (t->is_number && t->number == index)
		return true;
	name = rp_fib_link(fib, netns, index);
	return name && !strcmp(name, t->name);
}

/* The device demanded or the one chosen */
static bool rp_filter_match_oif(const struct rp_term *t,
				const struct rp_decision *d, struct rp_fib *fib)
{
	const struct rp_route *out = d->rtable ? d->rtable : d->route;

	if (rp_decision_is_change(d->rec)) {
		out = &d->rec->route;
		if (rp_decision_is_flush(d->rec) || (!out->oif && !*out->dev))
			return true;
	}
	if (d->flow && rp_filter_is_dev(t, fib, d->netns, d->flow->oif, NULL))
		return true;
	return out && rp_filter_is_dev(t, fib, d->netns, out->oif, out->dev);
}

static bool rp_filter_match_iif(const struct rp_term *t,
				const struct rp_decision *d, struct rp_fib *fib)
{
	return d->flow && rp_filter_is_dev(t, fib, d->netns, d->flow->iif, NULL);
}

static bool rp_filter_match_flow(const struct rp_term *t, const struct rp_decision *d,
				 struct rp_fib *fib)
{
	(void)fib;
	return d->flow && rp_term_matches(t, d->rec->family, d->flow);
}

/* What the link does concerns both. */
static bool rp_filter_match_family(const struct rp_term *t, const struct rp_decision *d,
				   struct rp_fib *fib)
{
	(void)fib;
	return !d->rec->family || t->family == d->rec->family;
}

static bool rp_filter_match_netns(const struct rp_term *t,
				  const struct rp_decision *d, struct rp_fib *fib)
{
	char clean[sizeof(t->name)];	/* as names are that are known */
	const char *name;

	if (t->is_number && t->number == d->netns)
		return true;
	name = rp_fib_netns(fib, d->netns);
	rp_util_clean(clean, sizeof(clean), t->name, sizeof(t->name));
	return name && !strcmp(name, clean);
}

/* Elsewhere the task is a bystander. */
static bool rp_filter_has_owner(const struct rp_decision *d)
{
	return d->rec->context == RP_CONTEXT_TASK;
}

static bool rp_filter_match_pid(const struct rp_term *t,
				const struct rp_decision *d, struct rp_fib *fib)
{
	(void)fib;
	return rp_filter_has_owner(d) && d->rec->tgid == t->number;
}

static bool rp_filter_match_comm(const struct rp_term *t,
				 const struct rp_decision *d, struct rp_fib *fib)
{
	char comm[RP_NAME_LEN + 1];

	(void)fib;
	rp_util_clean(comm, sizeof(comm), d->rec->comm, RP_NAME_LEN);
	return rp_filter_has_owner(d) && !strncmp(comm, t->name, RP_NAME_LEN - 1);
}

static const struct {
	bool flow;	/* about the packet: says nothing against a change */
	bool (*match)(const struct rp_term *t, const struct rp_decision *d,
		      struct rp_fib *fib);
} rp_filter_words[__RP_WORD_MAX] = {
	[RP_WORD_TO]		= { false,	rp_filter_match_to },
	[RP_WORD_FROM]		= { true,	rp_filter_match_from },
	[RP_WORD_OIF]		= { false,	rp_filter_match_oif },
	[RP_WORD_IIF]		= { true,	rp_filter_match_iif },
	[RP_WORD_MARK]		= { true,	rp_filter_match_flow },
	[RP_WORD_UID]		= { true,	rp_filter_match_flow },
	[RP_WORD_IPPROTO]	= { true,	rp_filter_match_flow },
	[RP_WORD_SPORT]		= { true,	rp_filter_match_flow },
	[RP_WORD_DPORT]		= { true,	rp_filter_match_flow },
	[RP_WORD_TOS]		= { true,	rp_filter_match_flow },
	[RP_WORD_FAMILY]	= { false,	rp_filter_match_family },
	[RP_WORD_NETNS]		= { false,	rp_filter_match_netns },
	[RP_WORD_PID]		= { false,	rp_filter_match_pid },
	[RP_WORD_COMM]		= { false,	rp_filter_match_comm },
};

void rp_filter_usage(void)
{
	unsigned int i;

	for (i = 0; i < __RP_WORD_MAX; i++)
		printf("  %-8s %s\n", rp_words_name(i), rp_words_wants(i));
}

/* @ctx: the drop reasons of the source, NULL: none are known */
static bool rp_filter_error_value(const void *ctx, const char *name, __s32 *err)
{
	const struct rp_map *reasons = ctx;
	size_t i;

	if (rp_names_errno_value(name, err)) {
		*err = -*err;
		return true;
	}
	for (i = 0; reasons && i < reasons->count; i++)
		if (!strcasecmp(reasons->entries[i].name, name)) {
			*err = reasons->entries[i].key;
			return true;
		}
	return false;
}

/* As one text, in lines: an argument may have blanks, as a task's name has. */
static char *rp_filter_join(int argc, char *const *argv)
{
	size_t len = 1;
	char *text;
	int i;

	for (i = 0; i < argc; i++)
		len += strlen(argv[i]) + 1;
	text = rp_util_alloc(1, len);
	for (i = 0; i < argc; i++) {
		if (i)
			strcat(text, "\n");
		strcat(text, argv[i]);
	}
	return text;
}

static int rp_filter_parse_side(struct rp_filter *f, const struct rp_words_side *side, int argc,
				char *const *argv)
{
	char *text = rp_filter_join(argc, argv);
	char message[256];
	int err;

	memset(f, 0, sizeof(*f));
	err = rp_words_parse(&f->words, side, text, message, sizeof(message));
	free(text);
	return err ? rp_util_err("%s", message) : 0;
}

int rp_filter_parse(struct rp_filter *f, const struct rp_map *reasons, int argc,
		    char *const *argv)
{
	const struct rp_words_side side = {
		.error = rp_filter_error_value, .ctx = reasons, .separators = "\n",
		.netns_names = true,
	};

	return rp_filter_parse_side(f, &side, argc, argv);
}

int rp_filter_check(const struct rp_map *reasons, int argc, char *const *argv)
{
	const struct rp_words_side side = {
		.error = rp_filter_error_value, .ctx = reasons, .separators = " \t\n",
	};
	struct rp_filter f;

	return rp_filter_parse_side(&f, &side, argc, argv);
}

static bool rp_filter_match_term(const struct rp_term *t, const struct rp_decision *d,
				 struct rp_fib *fib)
{
	if (rp_filter_words[t->word].flow && rp_decision_is_change(d->rec))
		return true;
	return rp_filter_words[t->word].match(t, d, fib);
}

bool rp_filter_match(const struct rp_filter *f, const struct rp_decision *d,
		     struct rp_fib *fib)
{
	const struct rp_term *t, *end = f->words.terms + f->words.terms_count;
	uint32_t open = f->words.given & ~(1U << RP_WORD_ERROR);

	if (f->words.given & 1U << RP_WORD_ERROR && !rp_words_error(&f->words, d->rec))
		return false;
	for (t = f->words.terms; open && t < end; t++)
		if (open & 1U << t->word && rp_filter_match_term(t, d, fib))
			open &= ~(1U << t->word);
	return !open;
}
