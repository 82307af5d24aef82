/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A crafted recording with a snapshot, and what routeprobe whatif says of it: a fixture
 * "whatif", and the words of snapshots.
 */
#ifndef WHATIF_H
#define WHATIF_H

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "cmd/cmd.h"
#include "fake.h"

#define NS			"\"netns\":4026532001"
#define LINK(index, name, flags, more)							\
	"{\"link\":{" NS ",\"ifindex\":" #index ",\"flags\":" flags			\
	",\"ifname\":\"" name "\",\"mtu\":1500" more "}}\n"
#define ADDRESS(index, address, len)							\
	"{\"address\":{" NS ",\"ifindex\":" #index ",\"prefixlen\":" #len ",\"scope\":0,"	\
	"\"address\":\"" address "\",\"local\":\"" address "\",\"flags\":128}}\n"
#define RULE(priority, table, more)							\
	"{\"rule\":{" NS ",\"priority\":" #priority ",\"table\":" #table			\
	",\"srclen\":0,\"dstlen\":0,\"tos\":0,\"flags\":0,\"action\":\"to_tbl\"" more "}}\n"
#define ROUTE(type, table, dst, len, scope, protocol, more)				\
	"{\"route\":{" NS ",\"table\":" #table ",\"dst\":\"" dst "\",\"dstlen\":" #len	\
	",\"tos\":0,\"scope\":" #scope ",\"protocol\":" #protocol ",\"flags\":0"		\
	",\"type\":\"" type "\"" more "}}\n"
#define DEV(index)	",\"oif\":" #index
#define VIA(gw, index)	",\"gateway\":\"" gw "\"" DEV(index)
#define SRC(address)	",\"prefsrc\":\"" address "\""
#define UP		"69699"	/* up and with a carrier, */
#define NO_CARRIER	"4099"	/* up and without, */
#define DOWN		"4098"	/* down */

#define HEAD									\
	"{\"netns\":{\"inode\":4026532001,\"name\":\"blue\"}}\n"		\
	"{\"table\":{\"id\":100,\"name\":\"uplink\"}}\n"

#define SETTING(whose, values)	"{\"setting\":{" NS "," whose "," values "}}\n"
#define SETTINGS								\
	SETTING("\"conf\":\"all\"", "\"forwarding\":1,\"rp_filter\":0")		\
	SETTING("\"conf\":\"default\"", "\"forwarding\":1,\"rp_filter\":0")

#define DEVICES									\
	LINK(1, "lo", "65609", "")						\
	LINK(7, "ha", UP, "")							\
	LINK(9, "hb", UP, "")							\
	ADDRESS(1, "127.0.0.1", 8)						\
	ADDRESS(7, "10.0.1.1", 24)						\
	ADDRESS(9, "10.0.2.1", 24)

#define RULES	RULE(0, 255, "") RULE(32766, 254, "") RULE(32767, 253, "")

#define CONNECTED								\
	ROUTE("unicast", 254, "10.0.1.0", 24, 253, 2, DEV(7) SRC("10.0.1.1"))	\
	ROUTE("unicast", 254, "10.0.2.0", 24, 253, 2, DEV(9) SRC("10.0.2.1"))	\
	ROUTE("local", 255, "10.0.1.1", 32, 254, 2, DEV(7) SRC("10.0.1.1"))	\
	ROUTE("local", 255, "10.0.2.1", 32, 254, 2, DEV(9) SRC("10.0.2.1"))	\
	ROUTE("broadcast", 255, "10.0.1.255", 32, 253, 2, DEV(7) SRC("10.0.1.1"))

#define DEFAULTS								\
	ROUTE("unicast", 254, "0.0.0.0", 0, 0, 3, VIA("10.0.1.2", 7))		\
	ROUTE("unicast", 254, "0.0.0.0", 0, 0, 3, VIA("10.0.2.2", 9) ",\"metric\":100")

FIXTURE(whatif) {
	struct rp_fake fake;
	struct rp_options options;
	char *out, *err;
};

FIXTURE_SETUP(whatif)
{
	rp_fake_make(&self->fake);
	rp_fake_session(&self->fake, "");
	rp_fake_write(&self->fake, "names.json", HEAD DEVICES RULES CONNECTED DEFAULTS);
	self->options = (struct rp_options) { .input = self->fake.dir };
	self->out = NULL;
	self->err = NULL;
	if (!rp_fake_can_unshare())
		SKIP(return, "no network namespace is allowed here");
}

FIXTURE_TEARDOWN(whatif)
{
	rp_fake_remove(&self->fake);
	free(self->out);
	free(self->err);
}

static inline int run_whatif(void *arg)
{
	return rp_cmd_whatif(arg);
}

/* `routeprobe whatif -- ARGS...` of the recording */
#define RUN(...) ({								\
	char *argv_[] = { __VA_ARGS__, NULL };					\
										\
	free(self->out);							\
	free(self->err);							\
	self->options.command = argv_;						\
	rp_fake_run(run_whatif, &self->options, &self->out, &self->err);	\
})
#define DEL_DEFAULT	"route", "del", "default", "via", "10.0.1.2"
#define ADD_OTHER	"route", "add", "192.0.2.0/24", "via", "10.0.2.2"
#define HAS(text, words) do {							\
	const char *in_ = (text), *has_ = (words);				\
										\
	EXPECT_NE(NULL, strstr(in_, has_)) TH_LOG("no \"%s\" in:\n%s", has_, in_);\
} while (0)

static inline struct rp_record output(uint64_t us, const char *src, const char *dst)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, us * 1000, us * 1000 + 500);

	rp_fake_flow(&rec, src, dst);
	rec.flow.proto = IPPROTO_UDP;
	rec.flow.dport = htons(53);
	rec.flow.sport = htons(40000 + us);
	return rec;
}

static inline struct rp_record way(struct rp_record rec, const char *prefix, unsigned int len,
				   const char *gateway, unsigned int oif, const char *source)
{
	rp_fake_route(&rec, RT_TABLE_MAIN, prefix, len, gateway, oif == 7 ? "ha" : "hb");
	rec.route.oif = oif;
	rec.route.type = RTN_UNICAST;
	rec.route.rt_type = RTN_UNICAST;
	rec.has |= RP_HAS_RTABLE;
	if (source)
		inet_pton(AF_INET, source, &rec.route.prefsrc.v4);
	return rec;
}

static inline struct rp_record refused(struct rp_record rec, int err)
{
	rec.err = err;
	rec.verdict = RP_VERDICT_ERROR;
	return rec;
}

static inline struct rp_record by_default(uint64_t us, const char *dst)
{
	return way(output(us, NULL, dst), "0.0.0.0", 0, "10.0.1.2", 7, "10.0.1.1");
}

static inline void snapshot(struct rp_fake *fake, const char *text)
{
	rp_fake_write(fake, "names.json", text);
}

static inline struct rp_record input(uint64_t us, const char *src, const char *dst)
{
	struct rp_record rec = output(us, src, dst);

	rec.kind = RP_KIND_INPUT;
	rec.flow.iif = 7;
	rec.flow.uid = UINT32_MAX;
	return rec;
}

#endif
