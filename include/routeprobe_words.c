// SPDX-License-Identifier: GPL-2.0
/*
 * The words of a filter, for the module and for the reader: see routeprobe_words.h.
 * Nothing here allocates, or needs more of its side than functions of strings.
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/icmp.h>
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/stddef.h>
#include <linux/string.h>
#else
#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define NOKPROBE_SYMBOL(name)
#define BIT(n)			(1UL << (n))
#endif

#include "routeprobe_words.h"

/* ---- values ---- */

/* Decimal or 0x; no sign, no blank, nothing behind it, no octal surprise. */
bool rp_words_number(const char *text, __u32 max, __u32 *number)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	unsigned int base = 10;
	__u64 sum = 0;

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
			value -= 6;	/* upper case */
		if (value >= base)
			return false;
		sum = sum * base + value;
		if (sum > max)
			return false;
	}
	*number = sum;
	return true;
}

/* Both families as the C library's inet_pton() has them: four decimal parts, or RFC 5952. */
static bool rp_words_address(const char *text, __u8 family, union rp_addr *addr)
{
#ifdef __KERNEL__
	const char *end;

	if (family == AF_INET6)
		return in6_pton(text, -1, addr->b, -1, &end) && !*end;
	for (end = text; *end; end++)	/* in4_pton() takes 010 */
		if (*end == '0' && end[1] >= '0' && end[1] <= '9' &&
		    (end == text || end[-1] == '.'))
			return false;
	return in4_pton(text, -1, addr->b, -1, &end) && !*end;
#else
	return inet_pton(family, text, addr->b) == 1;
#endif
}

/* The mask of a prefix of @len bits, of either family. */
void rp_words_mask(union rp_addr *mask, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < sizeof(mask->b); i++, len -= len < 8 ? len : 8)
		mask->b[i] = len < 8 ? 0xff00 >> len : 0xff;
}

/* "ADDRESS", "ADDRESS/LEN", "default", "any" or "all" */
static bool rp_words_prefix(struct rp_term *t, const char *text)
{
	union rp_addr addr = { .w = { 0, 0 } }, mask;
	const char *slash = strchr(text, '/');
	char start[sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")];
	size_t n = slash ? (size_t)(slash - text) : strlen(text);
	__u32 most, len;

	t->family = 0;
	if (!strcmp(text, "default") || !strcmp(text, "any") || !strcmp(text, "all"))
		return true;
	if (n >= sizeof(start))
		return false;
	memcpy(start, text, n);
	start[n] = '\0';
	t->family = strchr(start, ':') ? AF_INET6 : AF_INET;
	most = t->family == AF_INET6 ? 128 : 32;
	len = most;
	if (!rp_words_address(start, t->family, &addr) ||
	    (slash && !rp_words_number(slash + 1, most, &len)))
		return false;
	rp_words_mask(&mask, len);
	t->mask[0] = mask.w[0];
	t->mask[1] = mask.w[1];
	t->value[0] = addr.w[0];
	t->value[1] = addr.w[1];
	return true;
}

static bool rp_words_set_to(struct rp_term *t, const char *value)
{
	t->at = offsetof(struct rp_flow, dst) / sizeof(__u64);
	return rp_words_prefix(t, value);
}

static bool rp_words_set_from(struct rp_term *t, const char *value)
{
	t->at = offsetof(struct rp_flow, src) / sizeof(__u64);
	return rp_words_prefix(t, value);
}

/* One field of a flow, which crosses no word: of the last two words it may be in either. */
static void rp_words_field(struct rp_term *t, size_t offset, const void *value, const void *mask,
			   size_t size)
{
	size_t last = sizeof(struct rp_flow) / sizeof(__u64) - 2;

	t->at = offset / sizeof(__u64) < last ? offset / sizeof(__u64) : last;
	offset -= t->at * sizeof(__u64);
	memcpy((char *)t->value + offset, value, size);
	memcpy((char *)t->mask + offset, mask, size);
}

static const __u32 rp_words_all_bits = ~0U;

static bool rp_words_set_mark(struct rp_term *t, const char *value)
{
	const char *slash = strchr(value, '/');
	__u32 mark, mask = ~0U;
	char number[16];
	size_t n = slash ? (size_t)(slash - value) : strlen(value);

	if (n >= sizeof(number))
		return false;
	memcpy(number, value, n);
	number[n] = '\0';
	if (!rp_words_number(number, ~0U, &mark) ||
	    (slash && !rp_words_number(slash + 1, ~0U, &mask)))
		return false;
	rp_words_field(t, offsetof(struct rp_flow, mark), &mark, &mask, sizeof(mark));
	return true;
}

static bool rp_words_set_uid(struct rp_term *t, const char *value)
{
	if (!rp_words_number(value, ~0U, &t->number))
		return false;
	rp_words_field(t, offsetof(struct rp_flow, uid), &t->number, &rp_words_all_bits,
		       sizeof(t->number));
	return true;
}

static bool rp_words_byte(struct rp_term *t, size_t offset, __u32 number)
{
	__u8 byte = number;

	rp_words_field(t, offset, &byte, &rp_words_all_bits, sizeof(byte));
	return true;
}

static const char *const rp_words_ipprotos[256] = { RP_IPPROTO_NAMES };

static bool rp_words_set_ipproto(struct rp_term *t, const char *value)
{
	__u32 number;

	for (number = 0; number < ARRAY_SIZE(rp_words_ipprotos); number++)
		if (rp_words_ipprotos[number] && !strcmp(rp_words_ipprotos[number], value))
			break;
	if (number == ARRAY_SIZE(rp_words_ipprotos) && !rp_words_number(value, 255, &number))
		return false;
	return rp_words_byte(t, offsetof(struct rp_flow, proto), number);
}

static bool rp_words_set_tos(struct rp_term *t, const char *value)
{
	__u32 number;

	return rp_words_number(value, 255, &number) &&
	       rp_words_byte(t, offsetof(struct rp_flow, tos), number);
}

/* Nothing of the flow, but what rp_term_matches() asks of every term */
static bool rp_words_set_family(struct rp_term *t, const char *value)
{
	t->family = !strcmp(value, "inet") ? AF_INET : !strcmp(value, "inet6") ? AF_INET6 : 0;
	return t->family;
}

static bool rp_words_port(struct rp_term *t, size_t offset, const char *value)
{
	__u32 number;
	__be16 port;

	if (!rp_words_number(value, 65535, &number))
		return false;
	port = htons(number);
	rp_words_field(t, offset, &port, &rp_words_all_bits, sizeof(port));
	return true;
}

static bool rp_words_set_sport(struct rp_term *t, const char *value)
{
	return rp_words_port(t, offsetof(struct rp_flow, sport), value);
}

static bool rp_words_set_dport(struct rp_term *t, const char *value)
{
	return rp_words_port(t, offsetof(struct rp_flow, dport), value);
}

/* What is a number may be a name, too. */
static bool rp_words_set_name(struct rp_term *t, const char *value)
{
	if (!*value || strlen(value) >= sizeof(t->name))
		return false;
	memcpy(t->name, value, strlen(value));
	t->is_number = rp_words_number(value, ~0U, &t->number);
	return true;
}

static bool rp_words_set_dev(struct rp_term *t, const char *value)
{
	return strlen(value) < RP_NAME_LEN && rp_words_set_name(t, value);
}

static bool rp_words_set_number(struct rp_term *t, const char *value)
{
	t->is_number = rp_words_number(value, ~0U, &t->number);
	return t->is_number;
}

/* As much of it as a task can have. */
static bool rp_words_set_comm(struct rp_term *t, const char *value)
{
	memcpy(t->name, value, strnlen(value, RP_NAME_LEN - 1));
	return *value;
}

/* ---- words ---- */

static const struct {
	const char *name;
	const char *wants;
	bool (*set)(struct rp_term *t, const char *value);
} rp_words_table[__RP_WORD_MAX] = {
	[RP_WORD_TO]		= { "to",	"PREFIX",	rp_words_set_to },
	[RP_WORD_FROM]		= { "from",	"PREFIX",	rp_words_set_from },
	[RP_WORD_OIF]		= { "oif",	"DEV",		rp_words_set_dev },
	[RP_WORD_IIF]		= { "iif",	"DEV",		rp_words_set_dev },
	[RP_WORD_MARK]		= { "mark",	"N[/MASK]",	rp_words_set_mark },
	[RP_WORD_UID]		= { "uid",	"N",		rp_words_set_uid },
	[RP_WORD_IPPROTO]	= { "ipproto",	"NAME or N (0 to 255)", rp_words_set_ipproto },
	[RP_WORD_SPORT]		= { "sport",	"N (0 to 65535)", rp_words_set_sport },
	[RP_WORD_DPORT]		= { "dport",	"N (0 to 65535)", rp_words_set_dport },
	[RP_WORD_TOS]		= { "tos",	"N (0 to 255)",	rp_words_set_tos },
	[RP_WORD_FAMILY]	= { "family",	"inet or inet6", rp_words_set_family },
	[RP_WORD_NETNS]		= { "netns",	"NAME or INODE", rp_words_set_name },
	[RP_WORD_PID]		= { "pid",	"N",		rp_words_set_number },
	[RP_WORD_COMM]		= { "comm",	"NAME",		rp_words_set_comm },
	[RP_WORD_ERROR]		= {
		"error",
		"any, or errors like EHOSTUNREACH,13 or drop reasons by the names in the file \"reasons\""
	},
};

const char *rp_words_name(unsigned int word)
{
	return rp_words_table[word].name;
}

const char *rp_words_wants(unsigned int word)
{
	return rp_words_table[word].wants;
}

static int rp_words_find(const char *name)
{
	int word;

	for (word = 0; word < __RP_WORD_MAX; word++)
		if (!strcmp(rp_words_table[word].name, name))
			return word;
	return -EINVAL;
}

static bool rp_words_is_prefix(const char *word)
{
	struct rp_term t;

	return rp_words_prefix(&t, word);
}

/* Could this word begin a filter? */
bool rp_words_begin(const char *word)
{
	return rp_words_find(word) >= 0 || rp_words_is_prefix(word);
}

static int rp_words_unknown(const char *word, char *message, size_t size)
{
	char list[128] = "";
	size_t i, len = 0;

	for (i = 0; i < __RP_WORD_MAX; i++)
		len += snprintf(list + len, sizeof(list) - len, " %s", rp_words_table[i].name);
	snprintf(message, size, "unknown filter word \"%.64s\"; known are a prefix first, then%s",
		 word, list);
	return -EINVAL;
}

static bool rp_words_add_errors(struct rp_words *w, const struct rp_words_side *side, char *value)
{
	char *name;

	while ((name = strsep(&value, ","))) {
		__u32 number;
		__s32 err;

		if (!strcmp(name, "any")) {
			w->error_any = true;
			continue;
		}
		if (rp_words_number(name, 4095, &number) && number)
			err = -(__s32)number;
		else if (!side->error(side->ctx, name, &err))
			return false;
		if (w->errors_count == RP_WORDS_ERRORS)
			return false;
		w->errors[w->errors_count++] = err;
	}
	return true;
}

static bool rp_words_set(struct rp_words *w, const struct rp_words_side *side, int word,
			 char *value)
{
	struct rp_term *t = &w->terms[w->terms_count];

	if (word == RP_WORD_ERROR)
		return rp_words_add_errors(w, side, value);
	t->word = word;
	if (word == RP_WORD_NETNS && !side->netns_names && !rp_words_set_number(t, value))
		return false;
	if (!rp_words_table[word].set(t, value))
		return false;
	w->terms_count++;
	return true;
}

static int rp_words_add(struct rp_words *w, const struct rp_words_side *side, int word,
			char *value, char *message, size_t size)
{
	const char *name = rp_words_table[word].name, *wants = rp_words_table[word].wants;
	char said[64];

	if (word == RP_WORD_NETNS && !side->netns_names)
		wants = "INODE";
	if (!value) {
		snprintf(message, size, "\"%s\" needs a value: %s", name, wants);
		return -EINVAL;
	}
	if (w->terms_count == RP_WORDS_TERMS) {
		snprintf(message, size, "\"%s\" is one value too many; allowed are %u", name,
			 RP_WORDS_TERMS);
		return -EINVAL;
	}
	snprintf(said, sizeof(said), "%s", value);	/* errors are cut out of it */
	if (!rp_words_set(w, side, word, value)) {
		snprintf(message, size, "\"%s\" is no value for \"%s\"; it wants %s", said, name,
			 wants);
		return -EINVAL;
	}
	w->given |= BIT(word);
	return 0;
}

/* The next word; more than one separator is none. */
static char *rp_words_next(const struct rp_words_side *side, char **text)
{
	char *word;

	do {
		word = strsep(text, side->separators);
	} while (word && !*word);
	return word;
}

/**
 * rp_words_parse() - understand the words of a filter
 * @w: all zero; of no use after an error
 * @side: who parses
 * @text: words, as @side separates them; is taken apart.  A first prefix means "to".
 * @message: one line without its end, which names the word at fault
 * @size: of @message
 *
 * Return: 0, or -EINVAL and a message.
 */
int rp_words_parse(struct rp_words *w, const struct rp_words_side *side, char *text,
		   char *message, size_t size)
{
	char *name = rp_words_next(side, &text);
	int err = 0;

	if (name && rp_words_is_prefix(name)) {
		err = rp_words_add(w, side, RP_WORD_TO, name, message, size);
		name = rp_words_next(side, &text);
	}
	for (; name && !err; name = rp_words_next(side, &text)) {
		int word = rp_words_find(name);

		if (word < 0)
			return rp_words_unknown(name, message, size);
		err = rp_words_add(w, side, word, rp_words_next(side, &text), message, size);
	}
	return err;
}

/* ---- error ---- */

/* As icmp_err_convert[] in net/ipv4/icmp.c has it, for ICMP_DEST_UNREACH. */
static const __u8 rp_words_unreach[] = {
	ENETUNREACH, EHOSTUNREACH, ENOPROTOOPT, ECONNREFUSED, EMSGSIZE, EOPNOTSUPP,
	ENETUNREACH, EHOSTDOWN, ENONET, ENETUNREACH, EHOSTUNREACH, ENETUNREACH, EHOSTUNREACH,
	EHOSTUNREACH, EHOSTUNREACH, EHOSTUNREACH,
};

/* As icmpv6_err_convert() in net/ipv6/icmp.c has it, for ICMPV6_DEST_UNREACH. */
static const __u8 rp_words_unreach6[] = {
	ENETUNREACH, EACCES, EHOSTUNREACH, EHOSTUNREACH, ECONNREFUSED, EACCES, EACCES,
};

enum { RP_WORDS_ICMP6_UNREACH = 1, RP_WORDS_ICMP6_TOO_BIG, RP_WORDS_ICMP6_TIME };

/* What an ICMP error, or a next hop's silence, means to who sent the packet; 0: nothing. */
static int rp_words_signal_err(const struct rp_record *rec)
{
	const __u8 type = rec->signal.type, code = rec->signal.code;

	if (rec->kind == RP_KIND_LINK_FAILURE)
		return -EHOSTUNREACH;
	if (rec->kind != RP_KIND_ICMP_IN && rec->kind != RP_KIND_ICMP_OUT)
		return 0;
	if (rec->family == AF_INET6)
		return type == RP_WORDS_ICMP6_TOO_BIG ? -EMSGSIZE :
		       type == RP_WORDS_ICMP6_TIME ? -EHOSTUNREACH :
		       type == RP_WORDS_ICMP6_UNREACH && code < ARRAY_SIZE(rp_words_unreach6) ?
		       -(int)rp_words_unreach6[code] : -EPROTO;
	if (type == ICMP_TIME_EXCEEDED)
		return -EHOSTUNREACH;
	if (type == ICMP_PARAMETERPROB)
		return -EPROTO;
	return type == ICMP_DEST_UNREACH && code < ARRAY_SIZE(rp_words_unreach) ?
	       -(int)rp_words_unreach[code] : 0;
}
NOKPROBE_SYMBOL(rp_words_signal_err);

/**
 * rp_words_error() - does a record answer to the word "error"?
 * @w: the filter's words, with that one
 * @rec: all of it
 *
 * A step does if it did not find a route, whatever is asked for: of such steps a
 * decision's error is made.  A signal does by the error that the sender of the packet
 * gets, and by any if it has none, as it may be another's.  A socket's look at its own
 * route never does, nor does what is learned of a path: a tunnel writes its own MTU for
 * each destination, and who is told of an error is told by the ICMP error.
 */
bool rp_words_error(const struct rp_words *w, const struct rp_record *rec)
{
	int err = rec->err ? rec->err : rp_words_signal_err(rec);
	unsigned int i;

	if (rec->kind == RP_KIND_CACHE || rec->kind == RP_KIND_EXCEPTION)
		return false;
	if (RP_KIND_BIT(rec->kind) & RP_KINDS_STEP)
		return rec->verdict != RP_VERDICT_HIT;
	if (w->error_any && (rec->err || (RP_KIND_BIT(rec->kind) & RP_KINDS_SIGNAL &&
					  rec->verdict == RP_VERDICT_NONE)))
		return true;
	for (i = 0; i < w->errors_count; i++)
		if (err == w->errors[i])
			return true;
	return false;
}
NOKPROBE_SYMBOL(rp_words_error);
