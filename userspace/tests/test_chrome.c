// SPDX-License-Identifier: GPL-2.0
/* The trace that report --chrome writes of crafted records. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include <jansson.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"

#define MS	1000000ULL

FIXTURE(chrome) {
	struct rp_fake fake;
	struct rp_options options;
	json_t *trace, *events;
	char *out, *err;
};

FIXTURE_SETUP(chrome)
{
	memset(self, 0, sizeof(*self));
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "probes",
		      "1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
		      "5\te\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
		      "6\tf\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n");
	self->options = (struct rp_options) { .input = self->fake.dir, .chrome = "-" };
}

FIXTURE_TEARDOWN(chrome)
{
	json_decref(self->trace);
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static int run_report(void *arg)
{
	return rp_cmd_report(arg);
}

#define RUN() rp_fake_run(run_report, &self->options, &self->out, &self->err)

#define TRACE() do {							\
	int status_ = RUN();						\
									\
	ASSERT_EQ(RP_EXIT_OK, status_) TH_LOG("%s", self->err);		\
	self->trace = json_loads(self->out, 0, NULL);			\
	ASSERT_TRUE(!!self->trace) TH_LOG("%s", self->out);		\
	self->events = json_object_get(self->trace, "traceEvents");	\
	ASSERT_TRUE(json_is_array(self->events));			\
} while (0)

static const char *text_of(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	return text ? text : "";
}

static double number_of(const json_t *event, const char *key)
{
	return json_number_value(json_object_get(event, key));
}

/* Number @n, from 0, of a phase and a category ("": any); NULL: there are not so many */
static json_t *find(const json_t *events, const char *phase, const char *cat, size_t n)
{
	json_t *event;
	size_t i;

	json_array_foreach(events, i, event)
		if (!strcmp(text_of(event, "ph"), phase) &&
		    (!*cat || !strcmp(text_of(event, "cat"), cat)) && !n--)
			return event;
	return NULL;
}

/* Is it on the same track, and inside in time? */
static bool is_inside(const json_t *inner, const json_t *outer)
{
	return number_of(inner, "pid") == number_of(outer, "pid") &&
	       number_of(inner, "tid") == number_of(outer, "tid") &&
	       number_of(inner, "ts") >= number_of(outer, "ts") &&
	       number_of(inner, "ts") + number_of(inner, "dur") <=
	       number_of(outer, "ts") + number_of(outer, "dur");
}

static void add_change(struct rp_fake *f, uint64_t time_ns, const char *comm)
{
	struct rp_record rec = rp_fake_record(RP_KIND_EVENT, time_ns, time_ns + 1000);

	rp_fake_route(&rec, RT_TABLE_MAIN, "203.0.113.0", 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = RP_CHANGE_DELETE;
	rec.tid = 812;
	rec.tgid = 812;
	memset(rec.comm, 0, sizeof(rec.comm));
	strcpy(rec.comm, comm);
	rp_fake_add(f, rec);
}

/* No route in table main */
static void add_failed(struct rp_fake *f, uint64_t time_ns, unsigned int context)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, time_ns, time_ns + 100000);

	rp_fake_flow(&rec, NULL, "203.0.113.1");
	rec.context = context;
	rp_fake_add_no_route(f, rec);
}

TEST_F(chrome, slices)
{
	json_t *decision, *step;

	add_failed(&self->fake, 2000 * MS, RP_CONTEXT_TASK);
	TRACE();
	decision = find(self->events, "X", "decision", 0);
	ASSERT_TRUE(!!decision);
	EXPECT_STREQ("output udp * > 203.0.113.1:53", text_of(decision, "name"));
	EXPECT_EQ(2000000, number_of(decision, "ts"));
	EXPECT_EQ(100, number_of(decision, "dur"));
	EXPECT_EQ(7, number_of(decision, "tid"));
	EXPECT_STREQ("ENETUNREACH", text_of(json_object_get(decision, "args"), "verdict"));
	EXPECT_STREQ("no-route", text_of(json_object_get(decision, "args"), "origin"));
	step = find(self->events, "X", "step", 0);
	ASSERT_TRUE(!!step);
	EXPECT_STREQ("lookup main", text_of(step, "name"));
	EXPECT_EQ(2000010.5, number_of(step, "ts"));
	EXPECT_TRUE(is_inside(step, decision));
	EXPECT_TRUE(!find(self->events, "X", "decision", 1));
}

/* From inside the change to inside what failed for it, as Perfetto wants it */
TEST_F(chrome, arrow)
{
	json_t *from, *to;

	add_change(&self->fake, 1500 * MS, "ip");
	add_failed(&self->fake, 2000 * MS, RP_CONTEXT_TASK);
	TRACE();
	from = find(self->events, "s", "cause", 0);
	to = find(self->events, "f", "cause", 0);
	ASSERT_TRUE(from && to);
	EXPECT_EQ(number_of(from, "id"), number_of(to, "id"));
	EXPECT_STREQ("route-del", text_of(from, "name"));
	EXPECT_STREQ("e", text_of(to, "bp"));
	EXPECT_TRUE(is_inside(from, find(self->events, "X", "change", 0)));
	EXPECT_TRUE(is_inside(to, find(self->events, "X", "decision", 0)));
	EXPECT_TRUE(!find(self->events, "s", "cause", 1));
}

TEST_F(chrome, instant)
{
	json_t *change;

	add_change(&self->fake, 1500 * MS, "ip");
	TRACE();
	change = find(self->events, "i", "change", 0);
	ASSERT_TRUE(!!change);
	EXPECT_STREQ("p", text_of(change, "s"));
	EXPECT_EQ(1500000, number_of(change, "ts"));
	EXPECT_TRUE(!find(self->events, "s", "", 0));
}

/* Each has a name once, whoever chose it. */
TEST_F(chrome, tracks)
{
	json_t *event;

	add_change(&self->fake, 1500 * MS, "\"\n\xff\\");
	add_failed(&self->fake, 2000 * MS, RP_CONTEXT_SOFTIRQ);
	add_failed(&self->fake, 2001 * MS, RP_CONTEXT_SOFTIRQ);
	TRACE();
	event = find(self->events, "M", "", 0);
	EXPECT_STREQ("process_name", text_of(event, "name"));
	EXPECT_STREQ("blue", text_of(json_object_get(event, "args"), "name"));
	EXPECT_STREQ("thread_name", text_of(find(self->events, "M", "", 1), "name"));
	event = find(self->events, "M", "", 2);
	EXPECT_STREQ("(softirq) cpu0", text_of(json_object_get(event, "args"), "name"));
	EXPECT_EQ(10000000, number_of(event, "tid"));
	EXPECT_TRUE(!find(self->events, "M", "", 3));
}

TEST_F(chrome, nothing)
{
	TRACE();
	EXPECT_EQ(0, json_array_size(self->events));
}

TEST_F(chrome, refused)
{
	self->options.chrome = "/no/such/trace";
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_TRUE(!!strstr(self->err, "/no/such/trace: No such file or directory\n"));
}

TEST_F(chrome, refused_with_json)
{
	self->options.json = true;
	EXPECT_EQ(RP_EXIT_ERROR, RUN());
	EXPECT_TRUE(!!strstr(self->err, "--chrome and -j do not go together"));
}

TEST_HARNESS_MAIN
