// SPDX-License-Identifier: GPL-2.0
/*
 * The model of the FIB against the kernel of this machine: over random snapshots both must
 * answer random questions alike.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "fake.h"
#include "fib/sandbox.h"
#include "lib/addr.h"
#include "why/memory.h"

#define ROUNDS		12
#define QUESTIONS	64

/* ---- a snapshot by chance ---- */

static unsigned int chance(unsigned int n) { return rand() % n; }

#define PICK(list)	((list)[chance(sizeof(list) / sizeof(*(list)))])

static const char *const prefixes[] = {
	"203.0.113.0/24", "203.0.113.0/28", "203.0.113.8/32", "198.51.100.0/24",
	"198.51.0.0/16", "0.0.0.0/0",
};
static const char *const hops[] = {
	"\"gateway\":\"10.0.1.2\",\"oif\":7", "\"gateway\":\"10.0.2.2\",\"oif\":9",
};
static const unsigned int tables[] = { 254, 254, 100, 101 };

static void line(FILE *f, const char *kind, const char *format, ...)
{
	va_list args;

	fprintf(f, "{\"%s\":{\"netns\":%u,", kind, RP_FAKE_NETNS);
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	fputs("}}\n", f);
}

static void add_route(FILE *f, const char *prefix, unsigned int table, unsigned int metric)
{
	static const char *const types[] = { "unreachable", "prohibit", "blackhole", "throw" };
	const char *slash = strchr(prefix, '/');
	char head[160];

	snprintf(head, sizeof(head),
		 "\"table\":%u,\"dst\":\"%.*s\",\"dstlen\":%s,\"metric\":%u,\"scope\":0,\"protocol\":3",
		 table, (int)(slash - prefix), prefix, slash + 1, metric);
	if (chance(4) == 0)
		line(f, "route", "%s,\"type\":\"%s\"", head, PICK(types));
	else if (chance(3) == 0)
		line(f, "route", "%s,\"type\":\"unicast\",\"nexthops\":[{%s,\"weight\":1},{%s,\"weight\":1}]",
		     head, hops[0], hops[1]);
	else
		line(f, "route", "%s,\"type\":\"unicast\",%s", head, PICK(hops));
}

/* In the order of their priorities, as the kernel has them */
static void add_rule(FILE *f, unsigned int priority)
{
	static const char *const selectors[] = {
		"", "\"src\":\"10.0.1.0\",\"srclen\":24,", "\"dst\":\"203.0.113.0\",\"dstlen\":28,",
		"\"fwmark\":1,\"fwmask\":4294967295,", "\"fwmark\":2,\"fwmask\":15,",
		"\"ipproto\":17,", "\"dport_start\":50,\"dport_end\":60,",
		"\"flags\":2,\"fwmark\":1,\"fwmask\":1,", "\"oif\":\"hb\",", "\"iif\":\"lo\",",
	};
	static const char *const actions[] = { "prohibit", "unreachable", "nop" };
	const char *selector = PICK(selectors);

	if (chance(5) == 0)
		line(f, "rule", "%s\"priority\":%u,\"action\":\"%s\"", selector, priority,
		     PICK(actions));
	else
		line(f, "rule", "%s\"priority\":%u,\"action\":\"to_tbl\",\"table\":%u%s", selector,
		     priority, PICK(tables), chance(5) ? "" : ",\"suppress_prefixlen\":0");
}

static void add_device(FILE *f, unsigned int index, const char *name, const char *net)
{
	line(f, "link", "\"ifindex\":%u,\"ifname\":\"%s\",\"flags\":69699", index, name);
	line(f, "address", "\"ifindex\":%u,\"prefixlen\":24,\"local\":\"%s.1\",\"address\":\"%s.1\"",
	     index, net, net);
	line(f, "route",
	     "\"type\":\"unicast\",\"table\":254,\"dst\":\"%s.0\",\"dstlen\":24,\"scope\":253,\"protocol\":2,\"oif\":%u,\"prefsrc\":\"%s.1\"",
	     net, index, net);
	line(f, "route",
	     "\"type\":\"local\",\"table\":255,\"dst\":\"%s.1\",\"dstlen\":32,\"scope\":254,\"protocol\":2,\"oif\":%u,\"prefsrc\":\"%s.1\"",
	     net, index, net);
}

static char *make_snapshot(void)
{
	static const unsigned int own[] = { 254, 100, 101 };
	char *text = NULL;
	size_t size, i, j;
	FILE *f = open_memstream(&text, &size);

	add_device(f, 7, "ha", "10.0.1");
	add_device(f, 9, "hb", "10.0.2");
	line(f, "rule", "\"priority\":0,\"action\":\"to_tbl\",\"table\":255");
	for (i = 0; i < 5; i++)
		if (chance(3))
			add_rule(f, 100 + 10 * i);
	line(f, "rule", "\"priority\":32766,\"action\":\"to_tbl\",\"table\":254");
	line(f, "rule", "\"priority\":32767,\"action\":\"to_tbl\",\"table\":253");
	for (i = 0; i < sizeof(own) / sizeof(*own); i++)
		for (j = 0; j < sizeof(prefixes) / sizeof(*prefixes); j++)
			if (chance(2))
				add_route(f, prefixes[j], own[i], chance(2) ? 0 : 10);
	fclose(f);
	return text;
}

static void ask(struct rp_sandbox_question *q)
{
	static const char *const destinations[] = {
		"203.0.113.8", "203.0.113.9", "203.0.113.77", "198.51.100.1", "198.51.7.1",
		"192.0.2.1", "10.0.1.9", "10.0.2.1",
	};
	static const char *const sources[] = { "10.0.1.1", "10.0.2.1" };
	static const unsigned int marks[] = { 0, 0, 1, 2, 18 };

	*q = (struct rp_sandbox_question) { .family = AF_INET };
	rp_addr_parse(&q->flow.dst, AF_INET, PICK(destinations));
	if (chance(3) == 0)
		rp_addr_parse(&q->flow.src, AF_INET, PICK(sources));
	q->flow.iif = 1;
	q->flow.mark = PICK(marks);
	q->flow.proto = chance(2) ? IPPROTO_UDP : IPPROTO_TCP;
	q->flow.dport = htons(chance(2) ? 53 : 80);
	q->flow.sport = htons(40000);
}

/* ---- what the two say ---- */

static bool has_hop(const struct rp_sandbox_answer *a, const struct rp_model_hop *hop)
{
	unsigned int i;

	for (i = 0; i < a->nhops && i < RP_SANDBOX_HOPS; i++)
		if (a->hops[i].oif == hop->oif && a->hops[i].gw_family == hop->gw_family &&
		    !memcmp(a->hops[i].gw, hop->gw, sizeof(hop->gw)))
			return true;
	return false;
}

static bool agree(const struct rp_model_answer *m, const struct rp_sandbox_answer *a)
{
	unsigned int i;

	if (m->word != RP_MODEL_FOUND)
		return a->err == (m->word == RP_MODEL_NONE ? -ENETUNREACH : m->err);
	/* A route to ourselves leads through lo, whatever device has the address. */
	if (a->err || a->type != m->route.type)
		return false;
	for (i = 0; i < m->nhops && a->type != RTN_LOCAL; i++)
		if (!has_hop(a, &m->hops[i]))
			return false;
	return a->type == RTN_LOCAL || a->nhops == m->nhops;
}

static bool ignore(void *ctx, const struct rp_decision *d)
{
	(void)ctx;
	(void)d;
	return false;
}

static void dump(const struct rp_sandbox_question *q, const struct rp_model_answer *m,
		 const struct rp_sandbox_answer *a)
{
	struct rp_addr_text dst, src;

	fprintf(stderr, "%s from %s mark %u proto %u dport %u: model %u %d type %u hops %u, kernel %d type %u hops %u\n",
		rp_addr_format(&dst, &q->flow.dst, AF_INET),
		rp_addr_format(&src, &q->flow.src, AF_INET), q->flow.mark, q->flow.proto,
		ntohs(q->flow.dport), m->word, m->err, m->route.type, m->nhops, a->err, a->type,
		a->nhops);
}

/* How many answers differ, and how many the model has none to */
static void compare(struct rp_fake *fake, FILE *snapshot, unsigned int *differ,
		    unsigned int *unknown)
{
	struct rp_sandbox_question questions[QUESTIONS];
	struct rp_sandbox s = { .snapshot = snapshot, .netns = RP_FAKE_NETNS,
				.questions = questions, .count = QUESTIONS };
	struct rp_wanted wanted = { .dir = fake->dir, .recording = true, .take = ignore };
	struct rp_model_answer answer;
	struct rp_model_query q;
	struct rp_reading reading;
	struct rp_memory memory;
	unsigned int i;

	for (i = 0; i < QUESTIONS; i++)
		ask(&questions[i]);
	if (rp_sandbox_run(&s) || rp_memory_open(&memory, &reading, &wanted))
		abort();
	for (i = 0; i < QUESTIONS; i++) {
		q = (struct rp_model_query) { .netns = RP_FAKE_NETNS, .family = AF_INET,
					      .flow = &questions[i].flow, .at_ns = 1000 };
		rp_model_lookup(&memory.history.model, &q, &answer);
		*unknown += answer.word == RP_MODEL_UNKNOWN;
		if (answer.word == RP_MODEL_UNKNOWN || agree(&answer, &s.before[i]))
			continue;
		dump(&questions[i], &answer, &s.before[i]);
		++*differ;
	}
	rp_memory_close(&memory);
	rp_reading_close(&reading);
	rp_sandbox_close(&s);
}

TEST(model_and_kernel)
{
	unsigned int seed, differ = 0, unknown = 0, before;
	struct rp_fake fake;
	FILE *snapshot;
	char *text;

	if (!rp_fake_can_unshare())
		SKIP(return, "no network namespace is allowed here");
	for (seed = 1; seed <= ROUNDS; seed++) {
		before = differ;
		srand(seed);
		text = make_snapshot();
		rp_fake_make(&fake);
		rp_fake_session(&fake, "");
		rp_fake_write(&fake, "fib.json", text);
		snapshot = tmpfile();
		fputs(text, snapshot);
		compare(&fake, snapshot, &differ, &unknown);
		EXPECT_EQ(before, differ) TH_LOG("seed %u:\n%s", seed, text);
		fclose(snapshot);
		rp_fake_remove(&fake);
		free(text);
	}
	EXPECT_GT(ROUNDS * QUESTIONS / 4, unknown);
}

TEST_HARNESS_MAIN
