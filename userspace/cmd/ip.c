// SPDX-License-Identifier: GPL-2.0
/* The commands of `ip` that whatif runs. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/ip.h"
#include "lib/buf.h"
#include "lib/util.h"

#define RP_IP_BLANKS	" \t\n"

/* Objects, and how many letters it takes at least for ip to choose them */
static const struct {
	const char *name;
	size_t letters;
} rp_ip_objects[] = {
	{ "route",	1 },
	{ "rule",	2 },
	{ "address",	1 },
	{ "link",	1 },
	{ "nexthop",	3 },
};

static bool rp_ip_is_object(const char *word)
{
	size_t len = strlen(word), i;

	for (i = 0; i < RP_ARRAY_SIZE(rp_ip_objects); i++)
		if (len >= rp_ip_objects[i].letters &&
		    !strncmp(word, rp_ip_objects[i].name, len))
			return true;
	return false;
}

/* A device that is put elsewhere would leave the sandbox for the box. */
static int rp_ip_check_word(const char *word)
{
	if (strstr(word, "netns"))
		return rp_util_err("\"%s\": nothing leaves the sandbox; to take a device away: ip link del DEV",
				   word);
	return 0;
}

static int rp_ip_check_object(const char *word)
{
	if (word && rp_ip_is_object(word))
		return 0;
	return rp_util_err("%s%s%s: whatif runs ip route, rule, addr, link and nexthop",
			   word ? "\"" : "ip alone", word ? word : "", word ? "\"" : "");
}

static bool rp_ip_is_ip(const char *word)
{
	const char *slash = strrchr(word, '/');

	return !strcmp(slash ? slash + 1 : word, "ip");
}

/* How many words an option is, of those that make a difference here; 0: it is none */
static int rp_ip_option(struct rp_ip *ip, char *const *words, bool *passed_on)
{
	static const char *const families[] = { "-f", "-family", "--family" };
	static const char *const namespaces[] = { "-n", "-netns", "--netns" };
	size_t i;

	*passed_on = true;
	if (!strcmp(words[0], "-4") || !strcmp(words[0], "-6"))
		return 1;
	for (i = 0; i < RP_ARRAY_SIZE(families); i++)
		if (!strcmp(words[0], families[i]) && words[1])
			return 2;
	for (i = 0; i < RP_ARRAY_SIZE(namespaces); i++) {
		if (strcmp(words[0], namespaces[i]) || !words[1])
			continue;
		ip->netns = words[1];
		*passed_on = false;
		return 2;
	}
	return 0;
}

static char *rp_ip_text(const char *first, char *const *words)
{
	struct rp_buf text = { 0 };

	rp_buf_text(&text, first);
	for (; *words; words++) {
		rp_buf_char(&text, ' ');
		rp_buf_text(&text, *words);
	}
	rp_buf_char(&text, '\0');
	return text.data;
}

int rp_ip_command(struct rp_ip *ip, char *const *words)
{
	int count = 0, n, i = 0, taken;
	bool passed_on;

	if (!words[0] || !rp_ip_is_ip(words[0]))
		return rp_util_err("%s%s%s behind --: whatif runs ip, as in -- ip route del default",
				   words[0] ? "\"" : "nothing", words[0] ? words[0] : "",
				   words[0] ? "\"" : "");
	while (words[count])
		count++;
	ip->text = rp_ip_text(words[0], &words[1]);
	ip->argv = rp_util_alloc(count + 1, sizeof(*ip->argv));
	ip->argv[i++] = words[0];
	for (n = 1; words[n] && *words[n] == '-'; n += taken) {
		taken = rp_ip_option(ip, &words[n], &passed_on);
		if (!taken)
			return rp_util_err("\"%s\": of ip's options whatif takes -4, -6, -f FAMILY and -n NETNS",
					   words[n]);
		if (passed_on) {
			memcpy(&ip->argv[i], &words[n], taken * sizeof(*words));
			i += taken;
		}
	}
	if (rp_ip_check_object(words[n]))
		return -1;
	for (; words[n]; n++) {
		if (rp_ip_check_word(words[n]))
			return -1;
		ip->argv[i++] = words[n];
	}
	return 0;
}

/* Quotes and continued lines could hide a word. */
static int rp_ip_check_line(char *line, const char *file, unsigned int number)
{
	char *rest, *word;
	int bad = 0;

	if (strpbrk(line, "\\\"'"))
		return rp_util_err("%s:%u: quotes and backslashes are not taken", file, number);
	line[strcspn(line, "#")] = '\0';
	word = strtok_r(line, RP_IP_BLANKS, &rest);
	if (!word)
		return 0;
	bad = rp_ip_check_object(word);
	for (; word && !bad; word = strtok_r(NULL, RP_IP_BLANKS, &rest))
		bad = rp_ip_check_word(word);
	if (bad)
		rp_util_err("that was %s:%u", file, number);
	return bad;
}

static int rp_ip_copy(struct rp_ip *ip, FILE *from, const char *file)
{
	unsigned int number = 0;
	size_t size = 0;
	char *line = NULL;
	int bad = 0;

	while (!bad && getline(&line, &size, from) > 0) {
		fputs(line, ip->input);
		bad = rp_ip_check_line(line, file, ++number);
	}
	free(line);
	if (!bad && (ferror(from) || fflush(ip->input)))
		bad = rp_util_err("%s: %s", file, strerror(errno));
	if (!bad && !number)
		bad = rp_util_err("%s: no command", file);
	return bad;
}

int rp_ip_batch(struct rp_ip *ip, const char *file)
{
	static const char *const words[] = { "ip", "-batch", "-" };
	char *const named[] = { (char *)file, NULL };
	bool is_stdin = !strcmp(file, "-");
	FILE *from = is_stdin ? stdin : fopen(file, "re");
	size_t i;
	int bad;

	if (!from)
		return rp_util_err("%s: %s", file, strerror(errno));
	ip->input = tmpfile();
	bad = ip->input ? rp_ip_copy(ip, from, file) :
			  rp_util_err("no temporary file: %s", strerror(errno));
	if (!is_stdin)
		fclose(from);
	ip->text = rp_ip_text("ip -batch", named);
	ip->argv = rp_util_alloc(RP_ARRAY_SIZE(words) + 1, sizeof(*ip->argv));
	for (i = 0; i < RP_ARRAY_SIZE(words); i++)
		ip->argv[i] = (char *)words[i];
	return bad;
}

void rp_ip_close(struct rp_ip *ip)
{
	free(ip->argv);
	free(ip->text);
	if (ip->input)
		fclose(ip->input);
}
