// SPDX-License-Identifier: GPL-2.0
/*
 * The words of a filter, which are those of the reader: see there what they mean.
 * Nothing here needs a kernel to run in, so that it can be tested without one.
 */
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "error.h"
#include "filter.h"
#include "routeprobe_names.h"

/* Decimal or 0x; no sign, no blank, nothing behind it, no octal surprise. */
static bool rp_filter_number(const char *text, u32 max, u32 *number)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned int base = 10;
	u64 sum = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		const char *digit = strchr(digits, *text);
		unsigned int value;

		if (!digit)
			return false;
		value = digit - digits;
		if (value > 15)
			value -= 6;
		if (value >= base)
			return false;
		sum = sum * base + value;
		if (sum > max)
			return false;
	}
	*number = sum;
	return true;
}

/* One field of a flow, of up to four bytes, none of which crosses a u32. */
static void rp_filter_field(struct rp_filter_term *t, size_t offset, const void *value,
			    const void *mask, size_t size)
{
	t->at = offset / sizeof(u32);
	memcpy((char *)&t->value + offset % sizeof(u32), value, size);
	memcpy((char *)&t->mask + offset % sizeof(u32), mask, size);
}

static const u32 rp_filter_all_bits = ~0U;

/* A dotted quad, in network order. */
static bool rp_filter_address(char *text, u8 addr[4])
{
	u32 number;
	int i;

	for (i = 0; i < 4; i++) {
		char *part = strsep(&text, ".");

		if (!part || (part[0] == '0' && part[1]) || !rp_filter_number(part, 255, &number))
			return false;
		addr[i] = number;
	}
	return !text;
}

/* "ADDRESS", "ADDRESS/LEN", "default", "any" or "all" */
static bool rp_filter_prefix(char *text, __be32 *prefix, __be32 *mask)
{
	char *addr = strsep(&text, "/");
	u32 len = 32;

	*prefix = 0;
	*mask = 0;
	if (!text && (!strcmp(addr, "default") || !strcmp(addr, "any") || !strcmp(addr, "all")))
		return true;
	if (!rp_filter_address(addr, (u8 *)prefix) || (text && !rp_filter_number(text, 32, &len)))
		return false;
	*mask = htonl(len ? ~0U << (32 - len) : 0);
	return true;
}

static bool rp_filter_set_to(struct rp_filter_term *t, char *value)
{
	__be32 prefix, mask;

	if (!rp_filter_prefix(value, &prefix, &mask))
		return false;
	rp_filter_field(t, offsetof(struct rp_flow, dst), &prefix, &mask, sizeof(prefix));
	return true;
}

static bool rp_filter_set_from(struct rp_filter_term *t, char *value)
{
	__be32 prefix, mask;

	if (!rp_filter_prefix(value, &prefix, &mask))
		return false;
	rp_filter_field(t, offsetof(struct rp_flow, src), &prefix, &mask, sizeof(prefix));
	return true;
}

static bool rp_filter_set_dev(struct rp_filter_term *t, char *value)
{
	if (!*value || strlen(value) >= RP_NAME_LEN)
		return false;
	memcpy(t->name, value, strlen(value));
	if (rp_filter_number(value, ~0U, &t->value))
		t->mask = ~0U;
	return true;
}

static bool rp_filter_set_mark(struct rp_filter_term *t, char *value)
{
	char *number = strsep(&value, "/");
	u32 mark, mask = ~0U;

	if (!rp_filter_number(number, ~0U, &mark) ||
	    (value && !rp_filter_number(value, ~0U, &mask)))
		return false;
	rp_filter_field(t, offsetof(struct rp_flow, mark), &mark, &mask, sizeof(mark));
	return true;
}

static bool rp_filter_set_uid(struct rp_filter_term *t, char *value)
{
	u32 uid;

	if (!rp_filter_number(value, ~0U, &uid))
		return false;
	rp_filter_field(t, offsetof(struct rp_flow, uid), &uid, &rp_filter_all_bits, sizeof(uid));
	return true;
}

static const char *const rp_filter_ipprotos[256] = { RP_IPPROTO_NAMES };

static bool rp_filter_set_ipproto(struct rp_filter_term *t, char *value)
{
	u32 number;
	u8 proto;

	for (number = 0; number < ARRAY_SIZE(rp_filter_ipprotos); number++)
		if (rp_filter_ipprotos[number] && !strcmp(rp_filter_ipprotos[number], value))
			break;
	if (number == ARRAY_SIZE(rp_filter_ipprotos) && !rp_filter_number(value, 255, &number))
		return false;
	proto = number;
	rp_filter_field(t, offsetof(struct rp_flow, proto), &proto, &rp_filter_all_bits,
			sizeof(proto));
	return true;
}

static bool rp_filter_port(char *value, __be16 *port)
{
	u32 number;

	if (!rp_filter_number(value, 65535, &number))
		return false;
	*port = htons(number);
	return true;
}

static bool rp_filter_set_sport(struct rp_filter_term *t, char *value)
{
	__be16 port;

	if (!rp_filter_port(value, &port))
		return false;
	rp_filter_field(t, offsetof(struct rp_flow, sport), &port, &rp_filter_all_bits,
			sizeof(port));
	return true;
}

static bool rp_filter_set_dport(struct rp_filter_term *t, char *value)
{
	__be16 port;

	if (!rp_filter_port(value, &port))
		return false;
	rp_filter_field(t, offsetof(struct rp_flow, dport), &port, &rp_filter_all_bits,
			sizeof(port));
	return true;
}

static bool rp_filter_set_tos(struct rp_filter_term *t, char *value)
{
	u32 number;
	u8 tos;

	if (!rp_filter_number(value, 255, &number))
		return false;
	tos = number;
	rp_filter_field(t, offsetof(struct rp_flow, tos), &tos, &rp_filter_all_bits, sizeof(tos));
	return true;
}

static bool rp_filter_set_number(struct rp_filter_term *t, char *value)
{
	return rp_filter_number(value, ~0U, &t->value);
}

/* As much of it as a task can have. */
static bool rp_filter_set_comm(struct rp_filter_term *t, char *value)
{
	memcpy(t->name, value, strnlen(value, RP_NAME_LEN - 1));
	return *value;
}

static bool rp_filter_add_errors(struct rp_filter *f, char *value)
{
	char *name;

	while ((name = strsep(&value, ","))) {
		u32 number;
		s32 err;

		if (!strcmp(name, "any")) {
			f->error_any = true;
			continue;
		}
		if (rp_filter_number(name, 4095, &number) && number)
			err = -number;
		else if (!rp_error_number(name, &err))
			return false;
		if (f->errors_count == RP_FILTER_ERRORS)
			return false;
		f->errors[f->errors_count++] = err;
	}
	return true;
}

static const struct {
	const char *name;
	const char *allowed;
	bool (*set)(struct rp_filter_term *t, char *value);
} rp_filter_words[__RP_FILTER_WORDS] = {
	[RP_FILTER_TO]		= { "to",	"PREFIX",	rp_filter_set_to },
	[RP_FILTER_FROM]	= { "from",	"PREFIX",	rp_filter_set_from },
	[RP_FILTER_OIF]		= { "oif",	"DEV",		rp_filter_set_dev },
	[RP_FILTER_IIF]		= { "iif",	"DEV",		rp_filter_set_dev },
	[RP_FILTER_MARK]	= { "mark",	"N[/MASK]",	rp_filter_set_mark },
	[RP_FILTER_UID]		= { "uid",	"N",		rp_filter_set_uid },
	[RP_FILTER_IPPROTO]	= { "ipproto",	"NAME or N (0 to 255)", rp_filter_set_ipproto },
	[RP_FILTER_SPORT]	= { "sport",	"N (0 to 65535)", rp_filter_set_sport },
	[RP_FILTER_DPORT]	= { "dport",	"N (0 to 65535)", rp_filter_set_dport },
	[RP_FILTER_TOS]		= { "tos",	"N (0 to 255)",	rp_filter_set_tos },
	[RP_FILTER_NETNS]	= { "netns",	"INODE",	rp_filter_set_number },
	[RP_FILTER_PID]		= { "pid",	"N",		rp_filter_set_number },
	[RP_FILTER_COMM]	= { "comm",	"NAME",		rp_filter_set_comm },
	[RP_FILTER_ERROR]	= {
		"error",
		"any, or errors like EHOSTUNREACH,13 or drop reasons by the names in the file \"reasons\""
	},
};

static int rp_filter_find(const char *name)
{
	int word;

	for (word = 0; word < __RP_FILTER_WORDS; word++)
		if (!strcmp(rp_filter_words[word].name, name))
			return word;
	return -EINVAL;
}

static int rp_filter_unknown(const char *parameter, const char *word)
{
	char list[128] = "";
	size_t i, len = 0;

	for (i = 0; i < __RP_FILTER_WORDS; i++)
		len += snprintf(list + len, sizeof(list) - len, " %s", rp_filter_words[i].name);
	pr_err("%s: \"%s\" is no filter word; allowed are a prefix first, then%s\n", parameter,
	       word, list);
	return -EINVAL;
}

static int rp_filter_add(struct rp_filter *f, const char *parameter, int word, char *value)
{
	const char *name = rp_filter_words[word].name, *allowed = rp_filter_words[word].allowed;
	char said[64];

	if (!value) {
		pr_err("%s: \"%s\" needs a value: %s\n", parameter, name, allowed);
		return -EINVAL;
	}
	if (f->terms_count == RP_FILTER_TERMS) {
		pr_err("%s: \"%s\" is one value too many; allowed are %u\n", parameter, name,
		       RP_FILTER_TERMS);
		return -EINVAL;
	}
	snprintf(said, sizeof(said), "%s", value);	/* what takes it apart cuts it */
	f->terms[f->terms_count].word = word;
	if (word == RP_FILTER_ERROR ? !rp_filter_add_errors(f, value) :
	    !rp_filter_words[word].set(&f->terms[f->terms_count], value)) {
		pr_err("%s: \"%s\" is no value for \"%s\"; allowed: %s\n", parameter, said, name,
		       allowed);
		return -EINVAL;
	}
	f->terms_count += word != RP_FILTER_ERROR;
	f->words |= 1U << word;
	return 0;
}

/* The next word; more than one blank is none. */
static char *rp_filter_next(char **words)
{
	char *word;

	do {
		word = strsep(words, " \t\n");
	} while (word && !*word);
	return word;
}

static bool rp_filter_is_prefix(const char *word)
{
	char text[sizeof("255.255.255.255/32")];
	__be32 prefix, mask;

	if (strlen(word) >= sizeof(text))
		return false;
	memcpy(text, word, strlen(word) + 1);
	return rp_filter_prefix(text, &prefix, &mask);
}

/**
 * rp_filter_parse() - understand the words of a filter
 * @f: all zero; of no use after an error
 * @parameter: whose value the words are, for the log
 * @words: separated by blanks; is taken apart.  A first prefix means "to".
 *
 * Return: 0, or -EINVAL, with one line in the log that names the word at fault.
 */
int rp_filter_parse(struct rp_filter *f, const char *parameter, char *words)
{
	char *name = rp_filter_next(&words);
	int err = 0;

	if (name && rp_filter_is_prefix(name)) {
		err = rp_filter_add(f, parameter, RP_FILTER_TO, name);
		name = rp_filter_next(&words);
	}
	for (; name && !err; name = rp_filter_next(&words)) {
		int word = rp_filter_find(name);

		if (word < 0)
			return rp_filter_unknown(parameter, name);
		err = rp_filter_add(f, parameter, word, rp_filter_next(&words));
	}
	return err;
}
