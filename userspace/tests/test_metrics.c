// SPDX-License-Identifier: GPL-2.0
/* What why -f --metrics writes for Prometheus. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"
#include "out/metrics.h"
#include "why/why.h"

#define MS	1000000ULL

FIXTURE(metrics) {
	struct rp_fake fake;
	struct rp_options options;
	char path[128];
	char *text, *out, *err;
};

FIXTURE_SETUP(metrics)
{
	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_write(&self->fake, "probes",
		      "1\tdecides\toutput\toutput\tarmed\t5\t1\t2\t-\t-\n"
		      "5\tlooks\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
		      "6\tchanges\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n"
		      "7\tabsent\trule\tlookup\tabsent:2\t0\t0\t0\t-\t-\n");
	rp_fake_write(&self->fake, "hist", "1\tdecides\t 256:3 512:4 2048:1\n5\tlooks\t 256:9\n");
	rp_fake_write(&self->fake, "stats",
		      "enable 1\nfreeze_state off\ncpu0_held 3\ncpu1_held 4\n");
	snprintf(self->path, sizeof(self->path), "%s/routeprobe.prom", self->fake.dir);
	self->options = (struct rp_options) {
		.dir = self->fake.dir, .metrics = self->path, .follow = true,
	};
}

FIXTURE_TEARDOWN(metrics)
{
	rp_fake_remove(&self->fake);
	free(self->text);
	free(self->out);
	free(self->err);
}

static int run_why(void *arg)
{
	return rp_cmd_why(arg);
}

#define RUN() rp_fake_run(run_why, &self->options, &self->out, &self->err)
#define HAS(text_) do {							\
	const char *has_ = (text_);					\
									\
	EXPECT_TRUE(!!strstr(self->text, has_))				\
		TH_LOG("%s: %s", has_, self->text);			\
} while (0)

/* No route in table main */
static void add_failed(struct rp_fake *f, uint64_t time_ns, const char *dst)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, time_ns, time_ns + 100000);

	rp_fake_flow(&rec, NULL, dst);
	rp_fake_add_no_route(f, rec);
}

static void add_change(struct rp_fake *f, uint64_t time_ns)
{
	struct rp_record rec = rp_fake_record(RP_KIND_EVENT, time_ns, time_ns + 1000);

	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = RP_CHANGE_DELETE;
	rp_fake_add(f, rec);
}

/* Interrupts the reader when its file is there. */
static pid_t interrupt_later(const char *path)
{
	pid_t pid = fork();
	int tries;

	if (pid)
		return pid;
	for (tries = 0; tries < 3000 && access(path, R_OK); tries++)
		usleep(10000);
	kill(getppid(), SIGINT);
	_exit(0);
}

TEST_F(metrics, counts)
{
	pid_t pid;

	add_change(&self->fake, 1500 * MS);
	add_failed(&self->fake, 2000 * MS, "203.0.113.1");
	add_failed(&self->fake, 2500 * MS, "203.0.113.1");
	add_failed(&self->fake, 2600 * MS, "198.51.100.1");
	pid = interrupt_later(self->path);
	EXPECT_EQ(RP_EXIT_OK, RUN()) TH_LOG("%s", self->err);
	waitpid(pid, NULL, 0);
	self->text = rp_util_read(AT_FDCWD, self->path, 1 << 20);
	ASSERT_TRUE(!!self->text);
	HAS("\n# TYPE routeprobe_failures_total counter\n");
	HAS("routeprobe_failures_total{origin=\"no-route\",verdict=\"ENETUNREACH\",cause=\"route-del\",family=\"inet\"} 2\n");
	HAS("routeprobe_failures_total{origin=\"no-route\",verdict=\"ENETUNREACH\",cause=\"\",family=\"inet\"} 1\n");
	HAS("\nrouteprobe_all_failures_total 3\n");
	HAS("\nrouteprobe_decisions_total 4\n");
	HAS("\nrouteprobe_lost_records_total 0\n");
	HAS("\nrouteprobe_missed_calls_total 2\n");
	HAS("\nrouteprobe_recorded_calls_total 5\n");
	HAS("\nrouteprobe_filtered_calls_total 1\n");
	HAS("\nrouteprobe_recording 1\n");
	HAS("\nrouteprobe_frozen 0\n");
	HAS("\nrouteprobe_held_records 7\n");
	HAS("\nrouteprobe_probes{armed=\"yes\"} 3\nrouteprobe_probes{armed=\"no\"} 1\n");
	HAS("kernel=\"6.1.0-test\"} 1\n");
	HAS("\nrouteprobe_call_seconds_bucket{function=\"decides\",le=\"0.000000256\"} 3\n");
	HAS("\nrouteprobe_call_seconds_bucket{function=\"decides\",le=\"0.000001024\"} 7\n");
	HAS("\nrouteprobe_call_seconds_bucket{function=\"decides\",le=\"0.000004096\"} 8\n");
	HAS("\nrouteprobe_call_seconds_bucket{function=\"decides\",le=\"+Inf\"} 8\n");
	HAS("\nrouteprobe_call_seconds_count{function=\"decides\"} 8\n");
	EXPECT_TRUE(!strstr(self->text, "\"looks\""));
}

TEST_F(metrics, needs_follow)
{
	self->options.follow = false;
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_STREQ("routeprobe: --metrics goes with -f: what is counted once does not grow\n",
		     self->err);
}

TEST_F(metrics, no_folder)
{
	self->options.metrics = "/no/such/folder/routeprobe.prom";
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_STREQ("routeprobe: /no/such/folder/routeprobe.prom: No such file or directory\n",
		     self->err);
}

/* However many kinds of failures there are, series stay few. */
TEST_F(metrics, bounded)
{
	static struct rp_record rec = { .family = AF_INET };
	static struct rp_why_group group;
	static struct rp_why why;
	struct rp_decision d = { .rec = &rec };
	struct rp_metrics m;
	int i;

	group.origin.word = RP_ORIGIN_UNKNOWN;
	rp_metrics_init(&m, &why, self->path);
	for (i = 1; i <= 2 * RP_METRICS_KINDS; i++) {
		group.origin.err = i;
		rp_metrics_failure(&m, &group, &d);
	}
	EXPECT_EQ(RP_METRICS_KINDS, m.failures.count);
	EXPECT_EQ(RP_METRICS_KINDS, m.others);
	rp_metrics_exit(&m);
}

/* What has been forgotten is counted anew. */
TEST_F(metrics, forget)
{
	struct rp_wanted wanted = { .dir = self->fake.dir };
	struct rp_why why;

	add_failed(&self->fake, 2000 * MS, "203.0.113.1");
	add_failed(&self->fake, 2001 * MS, "203.0.113.2");
	ASSERT_EQ(0, rp_why_open(&why, &wanted, true, false));
	while (rp_reading_step(&why.reading))
		;
	rp_reading_drain(&why.reading);
	EXPECT_EQ(2, why.groups.count);
	rp_why_forget(&why);
	EXPECT_EQ(0, why.groups.count);
	EXPECT_NE(0, why.groups.max);
	rp_why_close(&why);
}

TEST_HARNESS_MAIN
