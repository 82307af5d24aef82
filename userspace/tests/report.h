/* SPDX-License-Identifier: GPL-2.0 */
/* What report prints of a recording, in tests: a fixture "report", and records for it. */
#ifndef RP_REPORT_H
#define RP_REPORT_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"

#define HEADER \
	"TIME            NETNS      OWNER             KIND   VERDICT      FLOW                                       RULE  TABLE   ROUTE              NEXT HOP                               CALLER\n"

FIXTURE(report) {
	struct rp_fake fake;
	struct rp_options options;
	char *out, *err;
};

FIXTURE_SETUP(report)
{
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	self->options = (struct rp_options) { .input = self->fake.dir };
	self->out = NULL;
	self->err = NULL;
}

FIXTURE_TEARDOWN(report)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static inline int rp_run_report(void *arg)
{
	return rp_cmd_report(arg);
}

#define RUN() rp_fake_run(rp_run_report, &self->options, &self->out, &self->err)

static inline struct rp_record good_output(uint64_t begin, uint64_t end)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, begin, end);

	rp_fake_flow(&rec, NULL, "203.0.113.1");
	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	inet_pton(AF_INET, "10.0.1.1", &rec.route.prefsrc.v4);
	return rec;
}

static inline struct rp_record table_lookup(uint64_t begin, uint64_t end, unsigned int table,
					    int err)
{
	struct rp_record rec = rp_fake_record(RP_KIND_LOOKUP, begin, end);

	rp_fake_flow(&rec, NULL, "203.0.113.1");
	rec.route.table = table;
	rec.err = err;
	rec.netns = 0;
	rec.caller = 2;
	rec.probe = 3;
	rec.verdict = err == -EAGAIN ? RP_VERDICT_NEXT : RP_VERDICT_REJECT;
	if (err)
		return rec;
	rp_fake_route(&rec, table, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.verdict = RP_VERDICT_HIT;
	return rec;
}

static inline void forget(const struct rp_fake *fake, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", fake->dir, name);
	unlink(path);
}

#endif
