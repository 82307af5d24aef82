// SPDX-License-Identifier: GPL-2.0
/* What people type who know ip(8) or tcpdump(8), in the words of the filter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <routeprobe_words.h>

#include "lib/services.h"
#include "lib/util.h"
#include "story/plain.h"

static const struct {
	const char *alias, *name;
} rp_plain_aliases[] = {
	{ "dst",	"to" },
	{ "src",	"from" },
	{ "proto",	"ipproto" },
	{ "fwmark",	"mark" },
	{ "dsfield",	"tos" },
	{ "pref",	"rule" },
	{ "priority",	"rule" },
	{ "lookup",	"table" },
};

static const struct {
	const char *word, *instead;
} rp_plain_hints[] = {
	{ "host",	"to ADDRESS, or from ADDRESS" },
	{ "net",	"to PREFIX, or from PREFIX" },
	{ "port",	"dport N, or sport N" },
	{ "tcp",	"ipproto tcp" },
	{ "udp",	"ipproto udp" },
	{ "icmp",	"ipproto icmp" },
	{ "ip",		"family inet" },
	{ "ip6",	"family inet6" },
	{ "and",	"all words must match anyway" },
	{ "or",		"a word that is given twice matches with either value" },
	{ "user",	"uid N" },
	{ "task",	"comm NAME, or pid N" },
	{ "namespace",	"netns NAME" },
	{ "type",	"error EHOSTUNREACH, EACCES or EINVAL, which such routes make of it" },
	{ "scope",	"to PREFIX: a route's scope is none of a flow" },
	{ "metric",	"routeprobe top --by route has it" },
	{ "failed",	"error any, or routeprobe why" },
	{ "drop",	"error any, or error and the name of a drop reason" },
	{ "up",		"routeprobe report dev NAME" },
	{ "prio",	"rule PRIORITY" },
	{ "order",	"rule PRIORITY" },
	{ "via",	"routeprobe top --by route has it" },
	{ "unreachable", "error EHOSTUNREACH" },
	{ "prohibit",	"error EACCES" },
	{ "blackhole",	"error EINVAL" },
	{ "icmp6",	"ipproto ipv6-icmp" },
	{ "sctp",	"ipproto sctp" },
	{ "group",	"uid N, as sockets have no group" },
	{ "interface",	"dev NAME" },
	{ "since",	"-t date shows when, and routeprobe freeze keeps what led to an event" },
};

const char *rp_plain_hint(const char *word)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_plain_hints); i++)
		if (!strcmp(rp_plain_hints[i].word, word))
			return rp_plain_hints[i].instead;
	return strchr(word, '=') ? "a word and its value have a blank between, as in pid N" : NULL;
}

const char *rp_plain_name(const char *name)
{
	size_t i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_plain_aliases); i++)
		if (!strcmp(rp_plain_aliases[i].alias, name))
			return rp_plain_aliases[i].name;
	return name;
}

const char *rp_plain_alias(unsigned int i, const char **name)
{
	if (i >= RP_ARRAY_SIZE(rp_plain_aliases))
		return NULL;
	*name = rp_plain_aliases[i].name;
	return rp_plain_aliases[i].alias;
}

static void rp_plain_add(struct rp_plain *p, const char *word)
{
	size_t size = strlen(word) + 1;

	p->argv = rp_util_grow(p->argv, p->argc + 1, sizeof(*p->argv));
	p->argv[p->argc] = rp_util_alloc(1, size);
	memcpy(p->argv[p->argc++], word, size);
}

static bool rp_plain_is_one(const char *word, const char *a, const char *b, const char *c)
{
	return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c);
}

/* "src host ADDRESS" of tcpdump and "dport = :22" of ss are as good without. */
static bool rp_plain_is_noise(const char *before, const char *word)
{
	if (rp_plain_is_one(before, "dst", "src", "src"))
		return rp_plain_is_one(word, "host", "net", "port");
	return rp_plain_is_one(before, "dport", "sport", "sport") &&
	       rp_plain_is_one(word, "=", "==", "eq");
}

static void rp_plain_replace(char **word, const char *by)
{
	size_t size = strlen(by) + 1;

	if (by == *word)
		return;
	free(*word);
	*word = rp_util_alloc(1, size);
	memcpy(*word, by, size);
}

static void rp_plain_word(struct rp_plain *p, const char *word)
{
	char **before = p->argc ? &p->argv[p->argc - 1] : NULL;

	if (!before || !rp_plain_is_noise(*before, word))
		rp_plain_add(p, word);
	else if (!strcmp(word, "port"))
		rp_plain_replace(before, !strcmp(*before, "dst") ? "dport" : "sport");
}

static bool rp_plain_is_prefix(const char *word)
{
	unsigned int i;

	for (i = 0; i < __RP_WORD_MAX; i++)
		if (!strcmp(rp_words_name(i), word))
			return false;
	return rp_words_begin(word);
}

/* Words and their values take turns, but for a first prefix, and "not". */
static int rp_plain_next(const struct rp_plain *p, int i)
{
	if (!strcmp(p->argv[i], "not") || (!i && rp_plain_is_prefix(*p->argv)))
		return i + 1;
	return i + 2;
}

/* Of the first protocol that is asked for, as a service may have another port by each */
static const char *rp_plain_proto(const struct rp_plain *p)
{
	int i;

	for (i = 0; i + 1 < p->argc; i = rp_plain_next(p, i))
		if (!strcmp(p->argv[i], "ipproto") &&
		    (!strcmp(p->argv[i + 1], "tcp") || !strcmp(p->argv[i + 1], "udp")))
			return p->argv[i + 1];
	return NULL;
}

static void rp_plain_value(const struct rp_plain *p, const char *name, char **value)
{
	char number[16];
	uint32_t port;

	if (!strcmp(name, "ipproto") && (!strcmp(*value, "icmpv6") || !strcmp(*value, "icmp6")))
		rp_plain_replace(value, "ipv6-icmp");
	if (strcmp(name, "sport") && strcmp(name, "dport"))
		return;
	if (**value == ':')
		memmove(*value, *value + 1, strlen(*value));
	if ((*value)[strspn(*value, "0123456789")] == '\0' ||
	    !rp_services_port(*value, rp_plain_proto(p), &port))
		return;
	snprintf(number, sizeof(number), "%u", port);
	rp_plain_replace(value, number);
}

static void rp_plain_translate(struct rp_plain *p)
{
	int i;

	for (i = 0; i < p->argc; i = rp_plain_next(p, i))
		rp_plain_replace(&p->argv[i], rp_plain_name(p->argv[i]));
	for (i = 0; i + 1 < p->argc; i = rp_plain_next(p, i))
		rp_plain_value(p, p->argv[i], &p->argv[i + 1]);
}

void rp_plain_make(struct rp_plain *p, int argc, char *const *argv)
{
	int i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < argc; i++)
		rp_plain_word(p, argv[i]);
	rp_plain_translate(p);
}

void rp_plain_split(struct rp_plain *p, int argc, char *const *argv)
{
	char *copy, *rest, *word;
	int i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < argc; i++) {
		copy = strdup(argv[i]);
		rest = copy;
		while (copy && (word = strsep(&rest, " \t\n")))
			if (*word)
				rp_plain_word(p, word);
		free(copy);
	}
	rp_plain_translate(p);
}

void rp_plain_free(struct rp_plain *p)
{
	int i;

	for (i = 0; i < p->argc; i++)
		free(p->argv[i]);
	free(p->argv);
	memset(p, 0, sizeof(*p));
}
