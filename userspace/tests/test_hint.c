// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines from memory of ip, tcpdump, perf, journalctl and git: each works, or says
 * what to type instead.
 */
#include "line.h"

LINE_FIXTURE(line);

FIXTURE_SETUP(line)
{
	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_add(&self->fake, line_output("203.0.113.1", 1000, 1300));
}

FIXTURE_TEARDOWN(line)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

/* @R stands for the recording; what is to be said is in out where it works, else in err. */
static const struct {
	const char *text;
	bool works;
	const char *says;
} typed[] = {
	{ "report -i @R dev ha table main",	true,	"> 203.0.113.1:53" },
	{ "report -i @R dst 203.0.113.0/24 proto udp", true, "> 203.0.113.1:53" },
	{ "report @R -o time,flow -t date",	true,	"1970-01-01 00:00:00.000001 udp" },
	{ "report -j -i @R not error any",	true,	"\"verdict\":\"ok\"" },
	{ "-4 -i @R src any",			true,	"> 203.0.113.1:53" },
	{ "@R 203.0.113.1",			true,	"> 203.0.113.1:53" },
	{ "top -i @R -n 10 --by table",		true,	"main" },
	{ "diff @R @R",				true,	"" },
	{ "report --help",			true,	"Usage:" },
	{ "log",		false,	"\"log\" is no command: routeprobe report" },
	{ "route get 203.0.113.1", false, "\"route\" is no command: routeprobe report to " },
	{ "show",		false,	"\"show\" is no command: routeprobe report" },
	{ "help list",		false,	"\"list\" is no command: routeprobe report" },
	{ "monitor",		false,	"\"monitor\" is no command: routeprobe watch" },
	{ "blame 203.0.113.1",	false,	"\"blame\" is no command: routeprobe why" },
	{ "script -i @R",	false,	"\"script\" is no command: routeprobe report -d" },
	{ "-br -i @R",		false,	"-br is no option: -o chooses columns" },
	{ "report @R -br",	false,	"-br is no option: -o chooses columns" },
	{ "-s",			false,	"-s is no option: routeprobe top counts" },
	{ "report @R --since=yesterday", false, "--since=yesterday is no option: -t date" },
	{ "report @R -p 22",	false,	"-p is no option: the filter words pid N" },
	{ "report @R -f",	false,	"report takes no option --follow: routeprobe watch" },
	{ "report @R -n 5",	false,	"report takes no option --rows: routeprobe report | head" },
	{ "-n blue report",	false,
	  "report takes no option --rows: routeprobe report | head, or the " },
	{ "annotate",		false,	"\"annotate\" is no command: routeprobe report -d" },
	{ "bisect start",	false,	"\"bisect\" is no command: routeprobe diff A B" },
	{ "link show ha",	false,	"\"link\" is no command: routeprobe report dev NAME" },
	{ "neigh",		false,	"\"neigh\" is no command: routeprobe why" },
	{ "why -b",		false,	"-b is no option: nothing: what the buffer" },
	{ "report @R --stdio",	false,	"--stdio is no option: nothing: it prints lines" },
	{ "report @R type unreachable", false, "unknown filter word \"type\": error EHOSTUNREACH" },
	{ "report @R failed",	false,	"unknown filter word \"failed\": error any" },
	{ "record -g",		false,	"-g is no option: routeprobe stacks --graph" },
	{ "report @R port 53",	false,	"unknown filter word \"port\": dport N, or sport N" },
	{ "report @R host 203.0.113.1",	false, "unknown filter word \"host\": to ADDRESS" },
	{ "report @R to 203.0.113.1 and dport 53", false,
	  "unknown filter word \"and\": all words must match anyway" },
	{ "report @R src any dst host 203.0.113.1", true, "> 203.0.113.1:53" },
	{ "report @R dst net 203.0.113.0/24 dst port 53", true, "> 203.0.113.1:53" },
	{ "report @R not src port domain",	true,	"> 203.0.113.1:53" },
	{ "report @R dport = :53",		true,	"> 203.0.113.1:53" },
	{ "top @R dport eq :domain",		true,	"203.0.113.1/24" },
	{ "rule list",	false,	"\"rule\" is no command: routeprobe report rule PRIORITY, or " },
	{ "rule add fwmark 1 lookup 100", false,
	  "\"rule\" is no command: routeprobe whatif -- ip ARGS, which shows what it would do" },
	{ "route del 203.0.113.0/24", false, "\"route\" is no command: routeprobe whatif -- ip " },
	{ "netns exec blue id",	false,	"\"netns\" is no command: routeprobe report netns NAME" },
	{ "vrf show",		false,	"\"vrf\" is no command: routeprobe report vrf NAME" },
	{ "-4 ro get 203.0.113.1", false, "\"ro\" is no command: routeprobe report to ADDRESS" },
	{ "ip route",		false,	"\"ip\" is no command: routeprobe whatif -- ip ARGS" },
	{ "perf record",	false,	"\"perf\" is no command: routeprobe record" },
	{ "record -F 99 -a",	false,	"-F is no option: nothing: each decision is recorded" },
	{ "record -p 7",	false,	"-p is no option: nothing: all tasks are" },
	{ "report @R --tid 7",	false,	"--tid is no option: the filter word pid N" },
	{ "grep EHOSTUNREACH",	false,	"\"grep\" is no command: routeprobe report and filter" },
	{ "diff --stat @R @R",	false,	"--stat is no option: nothing: the last line counts" },
	{ "status -s",		false,	"-s is no option: nothing: it has all counters" },
	{ "-fu sshd",		false,	"-fu is no option: the filter words uid N or comm NAME" },
	{ "-n 20",		false,	"watch takes no option --rows: routeprobe report | tail" },
	{ "report @R -o json",	false,	"\"json\" is no column: -j" },
	{ "report @R _PID=7",	false,	"unknown filter word \"_PID=7\": a word and its" },
	{ "-vvv -s0",		false,	"-vvv is no option: -d shows the steps" },
	{ "report @R -s0",	false,	"-s0 is no option: routeprobe top counts" },
	{ "host 203.0.113.1",	false,
	  "\"host\" is neither a command nor a filter word: to ADDRESS, or from ADDRESS" },
	{ "tcp port 80",	false,	"is neither a command nor a filter word: ipproto tcp" },
	{ "state established",	false,	"\"state\" is no command: ss has sockets" },
	{ "report @R via 10.0.1.2", false,
	  "unknown filter word \"via\": routeprobe top --by route" },
	{ "report @R blackhole", false,	"unknown filter word \"blackhole\": error EINVAL" },
	{ "-i eth0 port 53",	false,	"eth0: No such file or directory: -i reads a recording; " },
	{ "rport",		false,	"\"rport\" is neither a command (watch, " },
	{ "report @R --sinec",	false,	"--sinec is no option; see routeprobe --help" },
	{ "report @R -o",	false,	"-o needs a value" },
};

TEST_F(line, works_or_says_what_does)
{
	char copy[128], *argv[LINE_WORDS_MAX], *rest, *word;
	size_t i, n;
	int status;

	for (i = 0; i < RP_ARRAY_SIZE(typed); i++) {
		snprintf(copy, sizeof(copy), "%s", typed[i].text);
		n = 0;
		argv[n++] = "routeprobe";
		for (rest = copy; (word = strsep(&rest, " ")); )
			argv[n++] = strcmp(word, "@R") ? word : self->fake.dir;
		argv[n] = NULL;
		free(self->out);
		free(self->err);
		status = rp_fake_run(line_run, argv, &self->out, &self->err);
		EXPECT_EQ(typed[i].works, status == RP_EXIT_OK) TH_LOG("%s", typed[i].text);
		HAS(typed[i].works ? self->out : self->err, typed[i].says);
		if (!typed[i].works)
			EXPECT_STREQ("", self->out);
	}
}

/* One line that ends, also where a recording is made */
TEST_F(line, record_as_json)
{
	char to[96], remove[128], says[256];

	snprintf(to, sizeof(to), "%s-copy", self->fake.dir);
	EXPECT_EQ(RP_EXIT_OK, LINE("record", "--dir", self->fake.dir, "-o", to, "-j", "--",
				   "true"));
	snprintf(says, sizeof(says), "{\"kind\":\"record\",\"recording\":\"%s\",\"records\":", to);
	HAS(self->out, says);
	HAS(self->out, "\"complete\":true}\n");
	snprintf(remove, sizeof(remove), "rm -r %s", to);
	EXPECT_EQ(0, system(remove));
}

TEST_HARNESS_MAIN
