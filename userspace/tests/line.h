/* SPDX-License-Identifier: GPL-2.0 */
/* Command lines in tests: a fixture "line" with a recording, and what runs words of it. */
#ifndef RP_LINE_H
#define RP_LINE_H

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"

#define LINE_WORDS_MAX	24

#define LINE_FIXTURE(name)			\
	FIXTURE(name) {				\
		struct rp_fake fake;		\
		const char *argv[LINE_WORDS_MAX + 1];	\
		char *out, *err;		\
	}

static inline int line_run(void *arg)
{
	char **argv = arg;
	int argc;

	for (argc = 0; argv[argc]; argc++)
		;
	return rp_cmd_line(argc, argv);
}

/* Runs the words behind the program's name. */
#define LINE(...) ({							\
	const char *words_[] = { "routeprobe", __VA_ARGS__, NULL };	\
									\
	free(self->out);						\
	free(self->err);						\
	memcpy(self->argv, words_, sizeof(words_));			\
	rp_fake_run(line_run, self->argv, &self->out, &self->err);	\
})

#define HAS(text, words) do {						\
	const char *in_ = (text), *has_ = (words);			\
									\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("%s: %s", has_, in_);	\
} while (0)

/* An output to @dst by table main, from then to then */
static inline struct rp_record line_output(const char *dst, uint64_t begin_ns, uint64_t end_ns)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, begin_ns, end_ns);

	rp_fake_flow(&rec, NULL, dst);
	rp_fake_route(&rec, RT_TABLE_MAIN, dst, 24, "10.0.1.2", "ha");
	rec.has |= RP_HAS_RTABLE;
	rec.route.rt_type = RTN_UNICAST;
	return rec;
}

#endif
