// SPDX-License-Identifier: GPL-2.0
/* The words of `ip route get` and `ip rule` as a filter over decisions. */
#include <stdlib.h>
#include <string.h>

#include <routeprobe_words.h>

#include "fib/names.h"
#include "lib/map.h"
#include "lib/names.h"
#include "lib/util.h"
#include "lib/wrap.h"
#include "story/decision.h"
#include "story/filter.h"
#include "story/plain.h"
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

/* A device on either side */
static bool rp_filter_match_dev(const struct rp_term *t, const struct rp_decision *d,
				struct rp_fib *fib)
{
	return rp_filter_match_oif(t, d, fib) || rp_filter_match_iif(t, d, fib);
}

static bool rp_filter_match_vrf(const struct rp_term *t, const struct rp_decision *d,
				struct rp_fib *fib)
{
	return d->flow && rp_filter_is_dev(t, fib, d->netns, d->flow->l3mdev, NULL);
}

/* What a link or an address does is of no table. */
static bool rp_filter_match_table(const struct rp_term *t, const struct rp_decision *d,
				  struct rp_fib *fib)
{
	const struct rp_record *rec = d->rec;
	uint32_t table = rec->kind == RP_KIND_RULE_EVENT ? rec->rule.table :
			 rp_decision_is_change(rec) ? rec->route.table : d->table;
	const char *name = rp_fib_table(fib, table);

	if (!table)
		return rp_decision_is_change(rec);
	return (t->is_number && t->number == table) || (name && !strcmp(name, t->name));
}

static bool rp_filter_match_rule(const struct rp_term *t, const struct rp_decision *d,
				 struct rp_fib *fib)
{
	(void)fib;
	if (d->rec->kind == RP_KIND_RULE_EVENT)
		return d->rec->rule.priority == t->number;
	if (rp_decision_is_change(d->rec))
		return true;
	return d->rule && d->rule->rule.priority == t->number;
}

/* What a word says of a change */
enum rp_filter_says {
	RP_FILTER_ALL,		/* as of anything else */
	RP_FILTER_SOME,		/* nothing against it when negated: it may concern others, too */
	RP_FILTER_NOTHING,	/* as it is about the packet */
};

static const struct {
	enum rp_filter_says says;
	bool (*match)(const struct rp_term *t, const struct rp_decision *d,
		      struct rp_fib *fib);
} rp_filter_words[__RP_FILTER_WORDS] = {
	[RP_WORD_TO]		= { RP_FILTER_SOME, rp_filter_match_to },
	[RP_WORD_FROM]		= { RP_FILTER_NOTHING, rp_filter_match_from },
	[RP_WORD_OIF]		= { RP_FILTER_SOME, rp_filter_match_oif },
	[RP_WORD_IIF]		= { RP_FILTER_NOTHING, rp_filter_match_iif },
	[RP_WORD_MARK]		= { RP_FILTER_NOTHING, rp_filter_match_flow },
	[RP_WORD_UID]		= { RP_FILTER_NOTHING, rp_filter_match_flow },
	[RP_WORD_IPPROTO]	= { RP_FILTER_NOTHING, rp_filter_match_flow },
	[RP_WORD_SPORT]		= { RP_FILTER_NOTHING, rp_filter_match_flow },
	[RP_WORD_DPORT]		= { RP_FILTER_NOTHING, rp_filter_match_flow },
	[RP_WORD_TOS]		= { RP_FILTER_NOTHING, rp_filter_match_flow },
	[RP_WORD_FAMILY]	= { RP_FILTER_ALL, rp_filter_match_family },
	[RP_WORD_NETNS]		= { RP_FILTER_ALL, rp_filter_match_netns },
	[RP_WORD_PID]		= { RP_FILTER_ALL, rp_filter_match_pid },
	[RP_WORD_COMM]		= { RP_FILTER_ALL, rp_filter_match_comm },
	[RP_WORD_DEV]		= { RP_FILTER_SOME, rp_filter_match_dev },
	[RP_WORD_TABLE]		= { RP_FILTER_SOME, rp_filter_match_table },
	[RP_WORD_RULE]		= { RP_FILTER_SOME, rp_filter_match_rule },
	[RP_WORD_VRF]		= { RP_FILTER_NOTHING, rp_filter_match_vrf },
};

/* The words that the reader has beside those of the module */
static const struct {
	const char *name, *wants;
} rp_filter_own[] = {
	[RP_WORD_DEV - __RP_WORD_MAX]	= { "dev",	"DEV, as oif or iif" },
	[RP_WORD_TABLE - __RP_WORD_MAX]	= { "table",	"NAME or N" },
	[RP_WORD_RULE - __RP_WORD_MAX]	= { "rule",	"PRIORITY" },
	[RP_WORD_VRF - __RP_WORD_MAX]	= { "vrf",	"DEV" },
};

const char *rp_filter_word(unsigned int i)
{
	if (i < __RP_WORD_MAX)
		return rp_words_name(i);
	if (i < __RP_FILTER_WORDS)
		return rp_filter_own[i - __RP_WORD_MAX].name;
	return i == __RP_FILTER_WORDS ? "not" : NULL;
}

static unsigned int rp_filter_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < __RP_FILTER_WORDS && strcmp(rp_filter_word(i), name); i++)
		;
	return i;
}

bool rp_filter_begin(const char *word)
{
	return rp_words_begin(word) || !strcmp(word, "not") ||
	       rp_filter_find(rp_plain_name(word)) < __RP_FILTER_WORDS;
}

/* Where texts stand */
#define RP_FILTER_HELP	11

void rp_filter_usage(FILE *out)
{
	const char *alias, *name;
	unsigned int i;

	rp_wrap_hang(out, RP_FILTER_HELP);
	for (i = 0; i < __RP_WORD_MAX; i++)
		fprintf(out, "  %-8s %s\n", rp_words_name(i), rp_words_wants(i));
	for (i = 0; i < RP_ARRAY_SIZE(rp_filter_own); i++)
		fprintf(out, "  %-8s %s\n", rp_filter_own[i].name, rp_filter_own[i].wants);
	fprintf(out, "  %-8s WORD VALUE: the opposite\n", "not");
	rp_wrap_hang(out, 0);
	for (i = 0; (alias = rp_plain_alias(i, &name)); i++)
		fprintf(out, "%s%s for %s", i ? ", " : "Also ", alias, name);
	fputc('\n', out);
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

static int rp_filter_parse_side(struct rp_words *w, const struct rp_words_side *side, int argc,
				char *const *argv)
{
	char *text = rp_filter_join(argc, argv);
	char message[256];
	int err;

	err = rp_words_parse(w, side, text, message, sizeof(message));
	free(text);
	return err ? rp_util_err("%s", message) : 0;
}

/* Words of the module, sorted: those that must match, and those that must not */
struct rp_filter_sorted {
	int argc[2];
	char **argv[2];
};

static void rp_filter_sort(struct rp_filter_sorted *sorted, bool not, char *word)
{
	char ***argv = &sorted->argv[not];

	if (!word)
		return;
	*argv = rp_util_grow(*argv, sorted->argc[not] + 1, sizeof(**argv));
	(*argv)[sorted->argc[not]++] = word;
}

static int rp_filter_unknown(const char *word)
{
	const char *hint = rp_plain_hint(word);
	char list[256] = "";
	unsigned int i;

	if (hint)
		return rp_util_err("unknown filter word \"%s\": %s", word, hint);
	for (i = 0; i <= __RP_FILTER_WORDS; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), " %s",
			 rp_filter_word(i));
	return rp_util_err("unknown filter word \"%.64s\"; known are a prefix first, then%s",
			   word, list);
}

/* A word of the reader's own */
static int rp_filter_add(struct rp_words *w, unsigned int word, const char *value)
{
	struct rp_term *t = &w->terms[w->terms_count];
	const char *name = rp_filter_word(word);
	bool number = value && rp_words_number(value, UINT32_MAX, &t->number);
	size_t max = word == RP_WORD_TABLE ? sizeof(t->name) : RP_NAME_LEN;

	if (!value)
		return rp_util_err("\"%s\" needs a value: %s", name,
				   rp_filter_own[word - __RP_WORD_MAX].wants);
	if (w->terms_count == RP_WORDS_TERMS)
		return rp_util_err("\"%s\" is one value too many; allowed are %u", name,
				   RP_WORDS_TERMS);
	if (!*value || strlen(value) >= max || (word == RP_WORD_RULE && !number))
		return rp_util_err("\"%s\" is no value for \"%s\"; it wants %s", value, name,
				   rp_filter_own[word - __RP_WORD_MAX].wants);
	t->word = word;
	t->is_number = number;
	memcpy(t->name, value, strlen(value));
	w->terms_count++;
	w->given |= 1U << word;
	return 0;
}

/* The word at @i, with its value; returns where the next is, or -1. */
static int rp_filter_take(struct rp_filter *f, struct rp_filter_sorted *sorted,
			  const struct rp_plain *p, int i)
{
	bool not = !strcmp(p->argv[i], "not");
	char *name, *value;
	unsigned int word;

	if (not && ++i == p->argc)
		return rp_util_err("\"not\" needs a word and its value");
	name = p->argv[i];
	value = i + 1 < p->argc ? p->argv[i + 1] : NULL;
	word = rp_filter_find(name);
	if (word == __RP_FILTER_WORDS && rp_words_begin(name) && (not || !i)) {
		rp_filter_sort(sorted, not, (char *)rp_words_name(RP_WORD_TO));
		rp_filter_sort(sorted, not, name);
		return i + 1;
	}
	if (word == __RP_FILTER_WORDS)
		return rp_filter_unknown(name);
	if (word < __RP_WORD_MAX) {
		rp_filter_sort(sorted, not, name);
		rp_filter_sort(sorted, not, value);
	} else if (rp_filter_add(not ? &f->nots : &f->words, word, value)) {
		return -1;
	}
	return i + 2;
}

int rp_filter_parse(struct rp_filter *f, const struct rp_map *reasons, int argc,
		    char *const *argv)
{
	const struct rp_words_side side = {
		.error = rp_filter_error_value, .ctx = reasons, .separators = "\n",
		.netns_names = true,
	};
	struct rp_filter_sorted sorted = { 0 };
	struct rp_plain plain;
	int i = 0, err = 0;

	memset(f, 0, sizeof(*f));
	rp_plain_make(&plain, argc, argv);
	while (i >= 0 && i < plain.argc)
		i = rp_filter_take(f, &sorted, &plain, i);
	if (i < 0 || rp_filter_parse_side(&f->words, &side, sorted.argc[0], sorted.argv[0]) ||
	    rp_filter_parse_side(&f->nots, &side, sorted.argc[1], sorted.argv[1]))
		err = -1;
	free(sorted.argv[0]);
	free(sorted.argv[1]);
	rp_plain_free(&plain);
	return err;
}

/* What only the reader can tell is none of the module's words. */
static int rp_filter_refuse_own(const struct rp_plain *p)
{
	unsigned int word;
	int i;

	for (i = 0; i < p->argc; i++) {
		word = rp_filter_find(p->argv[i]);
		if ((word >= __RP_WORD_MAX && word < __RP_FILTER_WORDS) ||
		    !strcmp(p->argv[i], "not"))
			return rp_util_err("\"%s\" is a word that the reader alone knows, and not the module",
					   p->argv[i]);
		if (i || word < __RP_WORD_MAX)
			i++;	/* its value may be any word */
	}
	return 0;
}

int rp_filter_check(const struct rp_map *reasons, const struct rp_plain *p)
{
	const struct rp_words_side side = {
		.error = rp_filter_error_value, .ctx = reasons, .separators = " \t\n",
	};
	struct rp_words w = { 0 };

	if (rp_filter_refuse_own(p))
		return -1;
	return rp_filter_parse_side(&w, &side, p->argc, p->argv);
}

static bool rp_filter_match_term(const struct rp_term *t, const struct rp_decision *d,
				 struct rp_fib *fib)
{
	if (rp_filter_words[t->word].says == RP_FILTER_NOTHING && rp_decision_is_change(d->rec))
		return true;
	return rp_filter_words[t->word].match(t, d, fib);
}

/* Does any of what must not match do so? */
static bool rp_filter_match_nots(const struct rp_words *w, const struct rp_decision *d,
				 struct rp_fib *fib)
{
	const struct rp_term *t;

	if (w->given & 1U << RP_WORD_ERROR && rp_words_error(w, d->rec))
		return true;
	for (t = w->terms; t < w->terms + w->terms_count; t++) {
		if (rp_filter_words[t->word].says != RP_FILTER_ALL &&
		    rp_decision_is_change(d->rec))
			continue;
		if (rp_filter_words[t->word].match(t, d, fib))
			return true;
	}
	return false;
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
	return !open && !(f->nots.given && rp_filter_match_nots(&f->nots, d, fib));
}
