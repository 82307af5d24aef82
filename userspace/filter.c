// SPDX-License-Identifier: GPL-2.0
/* The words of `ip route get` and `ip rule` as a filter over decisions. */
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "decision.h"
#include "fib.h"
#include "filter.h"
#include "map.h"
#include "names.h"
#include "story.h"
#include "util.h"

struct rp_filter_word {
	const char *name;
	const char *allowed;
	bool flow;	/* about the packet: says nothing against a change */
	bool (*parse)(struct rp_filter_term *t, const char *value);
	bool (*match)(const struct rp_filter_term *t, const struct rp_decision *d,
		      struct rp_fib *fib);
};

static bool rp_filter_parse_prefix(struct rp_filter_term *t, const char *value)
{
	unsigned int len;
	uint32_t addr;

	if (!rp_util_prefix(value, &addr, &len))
		return false;
	t->value = addr;
	t->mask = len;
	return true;
}

static bool rp_filter_parse_name(struct rp_filter_term *t, const char *value)
{
	if (!*value || strlen(value) >= sizeof(t->text))
		return false;
	strcpy(t->text, value);
	t->has_value = rp_util_u64(value, UINT32_MAX, &t->value);
	return true;
}

/* A device's name, as long as the kernel lets it be */
static bool rp_filter_parse_dev(struct rp_filter_term *t, const char *value)
{
	return strlen(value) < RP_NAME_LEN && rp_filter_parse_name(t, value);
}

static bool rp_filter_parse_u32(struct rp_filter_term *t, const char *value)
{
	return rp_util_u64(value, UINT32_MAX, &t->value);
}

static bool rp_filter_parse_port(struct rp_filter_term *t, const char *value)
{
	return rp_util_u64(value, UINT16_MAX, &t->value);
}

static bool rp_filter_parse_tos(struct rp_filter_term *t, const char *value)
{
	return rp_util_u64(value, UINT8_MAX, &t->value);
}

static bool rp_filter_parse_mark(struct rp_filter_term *t, const char *value)
{
	const char *slash = strchr(value, '/');
	char number[16];

	t->mask = UINT32_MAX;
	if (!slash)
		return rp_filter_parse_u32(t, value);
	if ((size_t)(slash - value) >= sizeof(number))
		return false;
	memcpy(number, value, slash - value);
	number[slash - value] = '\0';
	return rp_util_u64(number, UINT32_MAX, &t->value) &&
	       rp_util_u64(slash + 1, UINT32_MAX, &t->mask);
}

static bool rp_filter_parse_ipproto(struct rp_filter_term *t, const char *value)
{
	unsigned int number;

	if (!rp_names_ipproto_value(value, &number))
		return false;
	t->value = number;
	return true;
}

static bool rp_filter_error_value(const struct rp_map *reasons, const char *name,
				  int *err)
{
	size_t i;

	if (rp_names_errno_value(name, err)) {
		*err = -*err;
		return true;
	}
	for (i = 0; i < reasons->count; i++)
		if (!strcasecmp(reasons->entries[i].name, name)) {
			*err = reasons->entries[i].key;
			return true;
		}
	return false;
}

static bool rp_filter_parse_error(struct rp_filter_term *t, const char *value)
{
	char text[256], *rest = text, *name;
	int err;

	if (strlen(value) >= sizeof(text))
		return false;
	strcpy(text, value);
	while ((name = strsep(&rest, ","))) {
		if (!strcmp(name, "any")) {
			t->any = true;
			continue;
		}
		if (t->nerrors == RP_ARRAY_SIZE(t->errors) ||
		    !rp_filter_error_value(t->reasons, name, &err))
			return false;
		t->errors[t->nerrors++] = err;
	}
	return true;
}

/* A change concerns a prefix if one lies within the other. */
static bool rp_filter_match_change_to(const struct rp_filter_term *t,
				      const struct rp_route *route)
{
	unsigned int len = route->dst_len < t->mask ? route->dst_len : t->mask;

	return rp_util_covers(route->dst, len, t->value);
}

/* Of a flush the routes that are named; those that are not may be any. */
static bool rp_filter_match_flush(const struct rp_filter_term *t,
				  const struct rp_node *node)
{
	const struct rp_node *inner;
	unsigned int named = 0;

	TAILQ_FOREACH(inner, &node->inner, link) {
		if (inner->rec.kind != RP_KIND_EVENT)
			continue;
		if (rp_filter_match_change_to(t, &inner->rec.route))
			return true;
		named++;
	}
	return named < node->rec.change.count;
}

static bool rp_filter_match_to(const struct rp_filter_term *t,
			       const struct rp_decision *d, struct rp_fib *fib)
{
	(void)fib;
	if (rp_decision_is_flush(d->rec))
		return rp_filter_match_flush(t, d->node);
	if (rp_decision_is_change(d->rec))
		return rp_filter_match_change_to(t, &d->rec->route);
	return d->flow && rp_util_covers(t->value, t->mask, d->flow->dst);
}

/* The source asked for or, where none was, the one that was chosen */
static bool rp_filter_match_from(const struct rp_filter_term *t,
				 const struct rp_decision *d, struct rp_fib *fib)
{
	uint32_t src = d->flow ? d->flow->src : 0;

	(void)fib;
	if (!src && d->rtable && rp_decision_kind(d->rec) == RP_KIND_OUTPUT)
		src = d->rtable->prefsrc;
	return d->flow && rp_util_covers(t->value, t->mask, src);
}

static bool rp_filter_is_dev(const struct rp_filter_term *t, struct rp_fib *fib,
			     uint32_t netns, uint32_t index, const char *dev)
{
	const char *name;

	if (dev && *dev && !strncmp(dev, t->text, RP_NAME_LEN))
		return true;
	if (!index)
		return false;
	if (t->has_value && t->value == index)
		return true;
	name = rp_fib_link(fib, netns, index);
	return name && !strcmp(name, t->text);
}

/* The device demanded or the one chosen */
static bool rp_filter_match_oif(const struct rp_filter_term *t,
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

static bool rp_filter_match_iif(const struct rp_filter_term *t,
				const struct rp_decision *d, struct rp_fib *fib)
{
	return d->flow && rp_filter_is_dev(t, fib, d->netns, d->flow->iif, NULL);
}

#define RP_FILTER_FLOW(word, value_of_flow)				\
	static bool rp_filter_match_##word(const struct rp_filter_term *t, \
					   const struct rp_decision *d,	\
					   struct rp_fib *fib)		\
	{								\
		(void)fib;						\
		return d->flow && (value_of_flow) == t->value;		\
	}

RP_FILTER_FLOW(uid, d->flow->uid)
RP_FILTER_FLOW(ipproto, d->flow->proto)
RP_FILTER_FLOW(sport, ntohs(d->flow->sport))
RP_FILTER_FLOW(dport, ntohs(d->flow->dport))
RP_FILTER_FLOW(tos, d->flow->tos)

static bool rp_filter_match_mark(const struct rp_filter_term *t,
				 const struct rp_decision *d, struct rp_fib *fib)
{
	(void)fib;
	return d->flow && !((d->flow->mark ^ t->value) & t->mask);
}

static bool rp_filter_match_netns(const struct rp_filter_term *t,
				  const struct rp_decision *d, struct rp_fib *fib)
{
	const char *name;

	if (t->has_value && t->value == d->netns)
		return true;
	name = rp_fib_netns(fib, d->netns);
	return name && !strcmp(name, t->text);
}

/* Elsewhere the task is a bystander. */
static bool rp_filter_has_owner(const struct rp_decision *d)
{
	return d->rec->context == RP_CONTEXT_TASK;
}

static bool rp_filter_match_pid(const struct rp_filter_term *t,
				const struct rp_decision *d, struct rp_fib *fib)
{
	(void)fib;
	return rp_filter_has_owner(d) && d->rec->tgid == t->value;
}

static bool rp_filter_match_comm(const struct rp_filter_term *t,
				 const struct rp_decision *d, struct rp_fib *fib)
{
	char comm[RP_NAME_LEN + 1];

	(void)fib;
	rp_util_clean(comm, sizeof(comm), d->rec->comm, RP_NAME_LEN);
	return rp_filter_has_owner(d) && !strncmp(comm, t->text, RP_NAME_LEN - 1);
}

static bool rp_filter_match_error(const struct rp_filter_term *t,
				  const struct rp_decision *d, struct rp_fib *fib)
{
	size_t i;

	(void)fib;
	if (t->any && d->rec->err)
		return true;
	for (i = 0; i < t->nerrors; i++)
		if (d->rec->err == t->errors[i])
			return true;
	return false;
}

static const struct rp_filter_word rp_filter_words[] = {
	{ "to",		"PREFIX",	false,
	  rp_filter_parse_prefix,	rp_filter_match_to },
	{ "from",	"PREFIX",	true,
	  rp_filter_parse_prefix,	rp_filter_match_from },
	{ "oif",	"DEV",		false,
	  rp_filter_parse_dev,		rp_filter_match_oif },
	{ "iif",	"DEV",		true,
	  rp_filter_parse_dev,		rp_filter_match_iif },
	{ "mark",	"N[/MASK]",	true,
	  rp_filter_parse_mark,		rp_filter_match_mark },
	{ "uid",	"N",		true,
	  rp_filter_parse_u32,		rp_filter_match_uid },
	{ "ipproto",	"NAME or N (0 to 255)",	true,
	  rp_filter_parse_ipproto,	rp_filter_match_ipproto },
	{ "sport",	"N (0 to 65535)", true,
	  rp_filter_parse_port,		rp_filter_match_sport },
	{ "dport",	"N (0 to 65535)", true,
	  rp_filter_parse_port,		rp_filter_match_dport },
	{ "tos",	"N (0 to 255)",	true,
	  rp_filter_parse_tos,		rp_filter_match_tos },
	{ "netns",	"NAME or INODE", false,
	  rp_filter_parse_name,		rp_filter_match_netns },
	{ "pid",	"N",		false,
	  rp_filter_parse_u32,		rp_filter_match_pid },
	{ "comm",	"NAME",		false,
	  rp_filter_parse_name,		rp_filter_match_comm },
	{ "error",	"any, or errors like EHOSTUNREACH,13 or drop reasons by the names in the file \"reasons\"",
	  false,
	  rp_filter_parse_error,	rp_filter_match_error },
};

static const struct rp_filter_word *rp_filter_find(const char *name)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_filter_words); i++)
		if (!strcmp(rp_filter_words[i].name, name))
			return &rp_filter_words[i];
	return NULL;
}

void rp_filter_usage(void)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_filter_words); i++)
		printf("  %-8s %s\n", rp_filter_words[i].name,
		       rp_filter_words[i].allowed);
}

static int rp_filter_unknown(const char *word)
{
	char list[256] = "";
	size_t i, len = 0;

	for (i = 0; i < RP_ARRAY_SIZE(rp_filter_words); i++)
		len += snprintf(list + len, sizeof(list) - len, " %s",
				rp_filter_words[i].name);
	return rp_util_err("\"%s\" is no filter word; allowed are a prefix first, then%s",
			   word, list);
}

/* A first word that is an address means "to". */
static bool rp_filter_is_address(const char *word)
{
	unsigned int len;
	uint32_t addr;

	return rp_util_prefix(word, &addr, &len);
}

bool rp_filter_begins(const char *word)
{
	return rp_filter_find(word) || rp_filter_is_address(word);
}

static int rp_filter_add(struct rp_filter *f, const struct rp_map *reasons,
			 const struct rp_filter_word *word, const char *value)
{
	struct rp_filter_term *t;

	f->terms = rp_util_grow(f->terms, f->count + 1, sizeof(*t));
	t = &f->terms[f->count];
	memset(t, 0, sizeof(*t));
	t->word = word;
	t->reasons = reasons;
	if (!value)
		return rp_util_err("\"%s\" needs a value: %s", word->name,
				   word->allowed);
	if (!word->parse(t, value))
		return rp_util_err("\"%s\" is no value for \"%s\"; allowed: %s",
				   value, word->name, word->allowed);
	f->count++;
	return 0;
}

int rp_filter_parse(struct rp_filter *f, const struct rp_map *reasons, int argc,
		    char *const *argv)
{
	const struct rp_filter_word *word;
	int i = 0;

	memset(f, 0, sizeof(*f));
	if (argc && rp_filter_is_address(argv[0])) {
		if (rp_filter_add(f, reasons, rp_filter_find("to"), argv[0]))
			goto err_free;
		i = 1;
	}
	for (; i < argc; i += 2) {
		word = rp_filter_find(argv[i]);
		if (!word) {
			rp_filter_unknown(argv[i]);
			goto err_free;
		}
		if (rp_filter_add(f, reasons, word, i + 1 < argc ? argv[i + 1] : NULL))
			goto err_free;
	}
	return 0;

err_free:
	rp_filter_free(f);
	return -1;
}

void rp_filter_free(struct rp_filter *f)
{
	free(f->terms);
	memset(f, 0, sizeof(*f));
}

static bool rp_filter_match_term(const struct rp_filter_term *t,
				 const struct rp_decision *d, struct rp_fib *fib)
{
	if (t->word->flow && rp_decision_is_change(d->rec))
		return true;
	return t->word->match(t, d, fib);
}

/* Does any term with the word of the term @i match? */
static bool rp_filter_match_word(const struct rp_filter *f, size_t i,
				 const struct rp_decision *d, struct rp_fib *fib)
{
	size_t j;

	for (j = 0; j < f->count; j++)
		if (f->terms[j].word == f->terms[i].word &&
		    rp_filter_match_term(&f->terms[j], d, fib))
			return true;
	return false;
}

bool rp_filter_match(const struct rp_filter *f, const struct rp_decision *d,
		     struct rp_fib *fib)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (!rp_filter_match_word(f, i, d, fib))
			return false;
	return true;
}
