/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WHY_SCENE_H
#define WHY_SCENE_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/in_route.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd/cmd.h"
#include "fake.h"
#include "lib/util.h"

#define MS		1000000ULL
#define OTHER_NETNS	(RP_FAKE_NETNS + 1)

/* Numbers of the file "callers".  From CALLER_OWN on they are a test's own. */
enum {
	CALLER_ARP = 6, CALLER_XMIT, CALLER_IP_ERROR, CALLER_REJECT, CALLER_DATAGRAM,
	CALLER_DATAGRAM6, CALLER_TCP, CALLER_OWN,
};

/* A recording in the making, and what is said of it */
struct scene {
	struct rp_fake fake;
	struct rp_options options;
	uint64_t now;		/* when the next thing happens */
	char *out, *err;
	json_t *found[16];	/* the objects of kind why or moved */
	size_t nfound;
};

void make_scene(struct scene *s);
void end_scene(struct scene *s);
int run(struct scene *s);

/* "cause.event" of an object: its string, or ""; numbers as text */
const char *get(const json_t *o, const char *path);

/* What happens next takes 100 us, and begins 10 ms after what was before. */
struct rp_record next(struct scene *s, unsigned int kind);
/* Inside what next() gave last, from @from to @to us */
struct rp_record inside(struct scene *s, unsigned int kind,
			unsigned int from, unsigned int to);
struct rp_record by(struct rp_record rec, unsigned int tid, const char *comm);
void add_lookup(struct scene *s, const struct rp_record *outer,
		unsigned int table, int err);
struct rp_record output(struct scene *s, const char *dst, int err);
void add_no_route(struct scene *s, const char *dst, uint32_t netns);
void add_rejected(struct scene *s, const char *dst, int err);
struct rp_record on_route(struct rp_record rec, unsigned int op, unsigned int table,
			  const char *prefix, unsigned int len, const char *gateway);
/* A command changes a table: the request, and the event in it */
void add_change(struct scene *s, unsigned int op, const char *prefix,
		unsigned int len, unsigned int type);
struct rp_record link_event(struct rp_record rec, unsigned int op, unsigned int oif,
			    const char *dev);
struct rp_record addr_event(struct rp_record rec, unsigned int op, const char *addr,
			    unsigned int len);
/* Routes of main die in a flush inside @root */
void add_flush(struct scene *s, struct rp_record root, const char *prefix,
	       unsigned int len);
struct rp_record signal_of(struct scene *s, unsigned int kind,
			   unsigned int type, unsigned int code, const char *from);
void configure(struct scene *s, const char *text);
struct rp_record rule(struct rp_record rec, unsigned int priority, unsigned int action,
		      unsigned int table);
struct rp_record input(struct scene *s, const char *src, int err);
void add_source_check(struct scene *s, const struct rp_record *rec);
struct rp_record forwarded(struct scene *s, int err);

/* ---- for tests whose fixture has a scene s; kselftest_harness.h comes first ---- */

#define RUN() do {							\
	int status_ = run(&self->s);					\
									\
	ASSERT_EQ(RP_EXIT_OK, status_) TH_LOG("%s", self->s.err);	\
} while (0)
#define FOUND(n) do {							\
	size_t wanted_ = (n);						\
									\
	ASSERT_EQ(wanted_, self->s.nfound) TH_LOG("%s", self->s.out);	\
} while (0)
#define SAYS(n, path, value) do {					\
	const char *said_ = get(self->s.found[n], path);		\
									\
	EXPECT_STREQ(value, said_) TH_LOG("%s", self->s.out);		\
} while (0)

#define ADD(r)	rp_fake_add(&self->s.fake, (r))

/* In what the snapshot knows */
#define NS	"\"netns\":4026532001"
#define COVERED	"{\"rule\":{" NS ",\"table\":255,\"action\":\"to_tbl\"}}\n"
#define KNOWN(prefix, len, type, more) "{\"route\":{" NS ",\"table\":254,\"dst\":\"" prefix \
	"\",\"dstlen\":" #len ",\"type\":\"" type "\"" more "}}\n"

#endif
