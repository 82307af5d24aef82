// SPDX-License-Identifier: GPL-2.0
/* Filters as people type them who know other tools. */
#include <unistd.h>

#include "lib/services.h"
#include "line.h"

LINE_FIXTURE(line);

static const char services[] =
	"# comment\n"
	"http\t80/tcp www # WorldWideWeb\n"
	"domain 53/tcp\ndomain 53/udp\n"
	"odd 7/udp\nodd 8/tcp strange\n";

FIXTURE_SETUP(line)
{
	struct rp_record rec = line_output("203.0.113.1", 1000, 1300);
	static char path[128];

	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "services", services);
	snprintf(path, sizeof(path), "%s/services", self->fake.dir);
	rp_services_file = path;
	rec.flow.l3mdev = 7;
	rec.flow.mark = 5;
	rp_fake_add(&self->fake, rec);
	/* By rule 1000 and table 100, TCP to port 80 */
	rec = rp_fake_record(RP_KIND_RULE, 2010, 2090);
	rec.has |= RP_HAS_RULE;
	rec.rule.priority = 1000;
	rec.rule.table = 100;
	rec.rule.action = 1;
	rp_fake_add(&self->fake, rec);
	rec = line_output("203.0.113.2", 2000, 2300);
	rec.flow.proto = IPPROTO_TCP;
	rec.flow.dport = htons(80);
	rec.has |= RP_HAS_RULE;
	rec.rule.priority = 1000;
	rec.rule.table = 100;
	rec.rule.action = 1;
	rec.route.table = 100;
	rec.route.oif = 9;
	strcpy(rec.route.dev, "hb");
	rp_fake_add(&self->fake, rec);
	rec = rp_fake_record(RP_KIND_CHANGE, 3000, 3100);
	rec.change.op = RP_CHANGE_INSERT;
	rp_fake_route(&rec, 100, "10.0.0.0", 8, "10.0.1.2", "hb");
	rec.route.oif = 9;
	rp_fake_add(&self->fake, rec);
}

FIXTURE_TEARDOWN(line)
{
	rp_services_file = "/etc/services";
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

#define FIRST	"udp * > 203.0.113.1:53"
#define SECOND	"tcp * > 203.0.113.2:80"
#define CHANGE	"10.0.0.0/8 via"

/* Which of the three lines a filter keeps */
static const struct {
	const char *text;
	bool first, second, change;
} kept[] = {
	{ "dst 203.0.113.1",		true,	false,	false },
	{ "dport http",			false,	true,	true },
	{ "dport www",			false,	true,	true },
	{ "dport domain",		true,	false,	true },
	{ "dport domain proto tcp",	false,	false,	true },
	{ "proto udp",			true,	false,	true },
	{ "src 10.9.9.9",		false,	false,	true },
	{ "fwmark 5",			true,	false,	true },
	{ "dev ha",			true,	false,	false },
	{ "dev hb",			false,	true,	true },
	{ "dev 9",			false,	true,	true },
	{ "dev lo",			true,	true,	false },
	{ "table main",			true,	false,	false },
	{ "table 254",			true,	false,	false },
	{ "table uplink",		false,	true,	true },
	{ "lookup 100",			false,	true,	true },
	{ "table main table 100",	true,	true,	true },
	{ "rule 1000",			false,	true,	true },
	{ "pref 1001",			false,	false,	true },
	{ "vrf ha",			true,	false,	true },
	{ "not to 203.0.113.1",		false,	true,	true },
	{ "not 203.0.113.1",		false,	true,	true },
	{ "203.0.113.0/24 not dport domain", false, true, false },
	{ "not dport domain not dport http", false, false, true },
	{ "not table main",		false,	true,	true },
	{ "not table 100",		true,	false,	true },
	{ "not error any",		true,	true,	true },
	{ "not netns blue",		false,	false,	false },
	{ "netns blue not dev hb",	true,	false,	true },
};

TEST_F(line, keeps)
{
	char copy[128], *argv[LINE_WORDS_MAX], *rest, *word;
	size_t i, n;

	for (i = 0; i < RP_ARRAY_SIZE(kept); i++) {
		snprintf(copy, sizeof(copy), "%s", kept[i].text);
		n = 0;
		argv[n++] = "routeprobe";
		argv[n++] = "report";
		argv[n++] = self->fake.dir;
		for (rest = copy; (word = strsep(&rest, " ")); )
			argv[n++] = word;
		argv[n] = NULL;
		free(self->out);
		free(self->err);
		EXPECT_EQ(RP_EXIT_OK, rp_fake_run(line_run, argv, &self->out, &self->err))
			TH_LOG("%s: %s", kept[i].text, self->err);
		EXPECT_EQ(kept[i].first, !!strstr(self->out, FIRST)) TH_LOG("%s", kept[i].text);
		EXPECT_EQ(kept[i].second, !!strstr(self->out, SECOND))
			TH_LOG("%s", kept[i].text);
		EXPECT_EQ(kept[i].change, !!strstr(self->out, CHANGE))
			TH_LOG("%s", kept[i].text);
	}
}

TEST_F(line, refused)
{
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "dport", "https"));
	HAS(self->err, "\"https\" is no value for \"dport\"; it wants ");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "not"));
	HAS(self->err, "\"not\" needs a word and its value");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "not", "dport"));
	HAS(self->err, "\"dport\" needs a value");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "table"));
	HAS(self->err, "\"table\" needs a value: NAME or N");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "rule", "first"));
	HAS(self->err, "\"first\" is no value for \"rule\"; it wants PRIORITY");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("report", self->fake.dir, "through", "10.0.0.1"));
	HAS(self->err, "unknown filter word \"through\"; known are a prefix first, then to ");
	HAS(self->err, " vrf not\n");
	/* What goes on to the module is what the module knows. */
	EXPECT_EQ(RP_EXIT_ERROR, LINE("freeze", "table", "100"));
	HAS(self->err, "\"table\" is a word that the reader alone knows");
	EXPECT_EQ(RP_EXIT_ERROR, LINE("freeze", "error any not dport 53"));
	HAS(self->err, "\"not\" is a word that the reader alone knows");
}

/* Of two protocols with other ports the one that is asked for, else the first */
TEST(services_by_protocol)
{
	char path[] = "/tmp/routeprobe-services-XXXXXX";
	int fd = mkstemp(path);
	uint32_t port = 0;

	ASSERT_LE(0, fd);
	ASSERT_EQ((ssize_t)strlen(services), write(fd, services, strlen(services)));
	close(fd);
	rp_services_file = path;
	EXPECT_TRUE(rp_services_port("odd", NULL, &port));
	EXPECT_EQ(7, port);
	EXPECT_TRUE(rp_services_port("odd", "tcp", &port));
	EXPECT_EQ(8, port);
	EXPECT_TRUE(rp_services_port("strange", NULL, &port));
	EXPECT_EQ(8, port);
	EXPECT_FALSE(rp_services_port("http", "udp", &port));
	EXPECT_FALSE(rp_services_port("WorldWideWeb", NULL, &port));
	unlink(path);
	EXPECT_FALSE(rp_services_port("odd", NULL, &port));
	rp_services_file = "/etc/services";
}

TEST_F(line, names_that_nothing_has)
{
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "oif", "nosuch"));
	HAS(self->err, ": no device \"nosuch\" is known\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("why", self->fake.dir, "netns", "nosuch"));
	HAS(self->err, ": no network namespace \"nosuch\" is known\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("top", self->fake.dir, "not", "table", "nosuch"));
	HAS(self->err, ": no table \"nosuch\" is known\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("stacks", self->fake.dir, "vrf", "4"));
	HAS(self->err, ": no device \"4\" is known\n");
	EXPECT_EQ(RP_EXIT_OK, LINE("report", self->fake.dir, "iif", "lo", "oif", "7", "netns",
				   "4026532001", "table", "77", "dev", "ha", "table", "uplink"));
	EXPECT_EQ(NULL, strstr(self->err, "known"));
}

TEST_HARNESS_MAIN
