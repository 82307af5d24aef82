// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: sysctls as causes. */
#include <kselftest_harness.h>

#include "lib/addr.h"
#include "why_scene.h"

FIXTURE(why) {
	struct scene s;
};

FIXTURE_SETUP(why)
{
	make_scene(&self->s);
}

FIXTURE_TEARDOWN(why)
{
	end_scene(&self->s);
}

static struct rp_record sysctl(struct scene *s, unsigned int id, unsigned int scope, int before,
			       int after)
{
	struct rp_record rec = by(next(s, RP_KIND_SYSCTL_EVENT), 900, "dockerd");

	rec.family = AF_INET6;
	rec.verdict = RP_VERDICT_HIT;
	rec.has = RP_HAS_ROUTE | RP_HAS_SETTING;
	rec.setting.id = id;
	rec.setting.scope = scope;
	rec.setting.before = before;
	rec.setting.after = after;
	return rec;
}

/* The default route of IPv6 goes inside @root, or by itself. */
static void add_default_gone(struct scene *s, const struct rp_record *root)
{
	struct rp_record rec = root ? inside(s, RP_KIND_EVENT, 20, 40) :
				      next(s, RP_KIND_EVENT);

	if (root) {
		rec.tid = root->tid;
		rec.tgid = root->tgid;
	}
	rec.family = AF_INET6;
	rec.has = RP_HAS_ROUTE | RP_HAS_CHANGE;
	rec.verdict = RP_VERDICT_HIT;
	rec.change.op = RP_CHANGE_DELETE;
	rec.route.table = RT_TABLE_MAIN;
	rec.route.type = RTN_UNICAST;
	rp_fake_add(&s->fake, rec);
	if (root)
		rp_fake_add(&s->fake, *root);
}

/* What went with it has its cause in the sysctl, whatever else is between. */
TEST_F(why, what_went_with_a_sysctl)
{
	struct rp_record rec = sysctl(&self->s, RP_SETTING_FORWARDING, RP_SCOPE_ALL, 0, 1);

	add_default_gone(&self->s, &rec);
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "no-route");
	SAYS(0, "cause.event", "sysctl");
	SAYS(0, "cause.sysctl", "net.ipv6.conf.all.forwarding");
	SAYS(0, "cause.before", "0");
	SAYS(0, "cause.after", "1");
	SAYS(0, "cause.comm", "dockerd");
	SAYS(0, "cause.dst", "default");
	self->s.options.json = false;
	ASSERT_EQ(RP_EXIT_OK, run(&self->s));
	EXPECT_NE(NULL, strstr(self->s.out,
			       "; net.ipv6.conf.all.forwarding 0 => 1 by dockerd[900] "));
	EXPECT_NE(NULL, strstr(self->s.out, " s earlier: default went with it"));
}

/* Of a device that is named */
TEST_F(why, a_sysctl_of_a_device)
{
	struct rp_record rec = sysctl(&self->s, RP_SETTING_DISABLE_IPV6, RP_SCOPE_DEV, 0, 1);

	rec.route.oif = 7;
	add_default_gone(&self->s, &rec);
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "sysctl");
	SAYS(0, "cause.sysctl", "net.ipv6.conf.ha.disable_ipv6");
	SAYS(0, "cause.dev", "ha");
}

/* One of which nothing went is innocent, though it came last. */
TEST_F(why, an_innocent_sysctl)
{
	add_default_gone(&self->s, NULL);
	ADD(sysctl(&self->s, RP_SETTING_FORWARDING, RP_SCOPE_ALL, 0, 1));
	add_no_route(&self->s, "2001:db8::1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "route-del");
}

/* ---- of IPv4, which decide about what comes in ---- */

#define SETTING(more)	"{\"setting\":{" NS more "}}\n"
#define ALL(more)	SETTING(",\"conf\":\"all\"," more)
#define DEV(more)	SETTING(",\"ifindex\":7," more)
#define BOTH(name, all, dev)	ALL("\"" name "\":" #all) DEV("\"" name "\":" #dev)

static void write_sysctl(struct scene *s, unsigned int id, unsigned int scope, int before,
			 int after)
{
	struct rp_record rec = sysctl(s, id, scope, before, after);

	rec.family = AF_INET;
	if (scope == RP_SCOPE_DEV)
		rec.route.oif = 7;
	rp_fake_add(&s->fake, rec);
}

static void refuse(struct scene *s, const char *src, const char *dst, int err, uint32_t mark,
		   bool back)
{
	struct rp_record rec = input(s, src, err), step;

	rp_addr_parse(&rec.flow.dst, AF_INET, dst);
	rec.flow.mark = mark;
	step = rec;
	step.kind = RP_KIND_LOOKUP;
	step.time_ns += 20200;
	step.duration_ns = 0;
	step.err = 0;
	step.verdict = RP_VERDICT_HIT;
	step.has = RP_HAS_FLOW | RP_HAS_ROUTE;
	step.flow.dst = rec.flow.src;
	step.flow.src = rec.flow.dst;
	step.flow.mark = 0;
	step.flow.iif = 1;
	step.route = (struct rp_route) { .table = RT_TABLE_MAIN, .oif = 8, .type = RTN_UNICAST };
	if (back)
		rp_fake_add(&s->fake, step);
	add_source_check(s, &rec);
	rp_fake_add(&s->fake, rec);
}

static void refuse_back(struct scene *s)
{
	refuse(s, "10.9.9.9", "10.0.1.1", -EXDEV, 0, true);
}

#define TELLS(text) do {							\
	const char *summary_ = get(self->s.found[0], "summary");		\
										\
	EXPECT_NE(NULL, strstr(summary_, text)) TH_LOG("%s", summary_);		\
} while (0)

#define HAS_SETTING(name, number)						\
	EXPECT_NE(NULL, strstr(self->s.out, "[{\"sysctl\":\"" name "\",\"value\":" #number "}]"))

/* The higher of the two counts. */
TEST_F(why, strict_by_all)
{
	configure(&self->s, BOTH("rp_filter", 1, 0));
	refuse_back(&self->s);
	RUN();
	FOUND(1);
	TELLS(", as net.ipv4.conf.all.rp_filter is 1 (strict)");
	HAS_SETTING("net.ipv4.conf.all.rp_filter", 1);
	SAYS(0, "cause.event", "");
}

TEST_F(why, loose_by_the_device)
{
	configure(&self->s, BOTH("rp_filter", 1, 2));
	refuse_back(&self->s);
	RUN();
	FOUND(1);
	TELLS(", as net.ipv4.conf.ha.rp_filter is 2 (loose)");
}

/* Of a device that came later nothing is known. */
TEST_F(why, not_known_of_the_device)
{
	configure(&self->s, ALL("\"rp_filter\":1"));
	refuse_back(&self->s);
	RUN();
	FOUND(1);
	EXPECT_EQ(NULL, strstr(get(self->s.found[0], "summary"), "rp_filter is"));
}

TEST_F(why, rp_filter_was_switched_on)
{
	configure(&self->s, BOTH("rp_filter", 0, 0));
	write_sysctl(&self->s, RP_SETTING_RP_FILTER, RP_SCOPE_DEV, 0, 1);
	refuse_back(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "sysctl");
	SAYS(0, "cause.sysctl", "net.ipv4.conf.ha.rp_filter");
	TELLS(", as net.ipv4.conf.ha.rp_filter is 1 (strict); net.ipv4.conf.ha.rp_filter 0 => 1 by dockerd[900] ");
}

TEST_F(why, rp_filter_was_made_strict)
{
	configure(&self->s, BOTH("rp_filter", 2, 1));
	write_sysctl(&self->s, RP_SETTING_RP_FILTER, RP_SCOPE_ALL, 2, 1);
	refuse_back(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "cause.sysctl", "net.ipv4.conf.all.rp_filter");
}

/* It was strict by the other one all the time. */
TEST_F(why, innocent_rp_filter)
{
	configure(&self->s, BOTH("rp_filter", 1, 0));
	write_sysctl(&self->s, RP_SETTING_RP_FILTER, RP_SCOPE_DEV, 0, 1);
	refuse_back(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

/* Loose would not have let in what nobody knows a way back to. */
TEST_F(why, innocent_without_a_way_back)
{
	configure(&self->s, BOTH("rp_filter", 2, 0));
	write_sysctl(&self->s, RP_SETTING_RP_FILTER, RP_SCOPE_ALL, 2, 1);
	refuse(&self->s, "10.9.9.9", "10.0.1.1", -EXDEV, 0, false);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

#define MARKED									\
	COVERED "{\"rule\":{" NS ",\"priority\":100,\"table\":100,\"action\":\"to_tbl\",\"fwmark\":2,\"fwmask\":4294967295}}\n" \
	"{\"rule\":{" NS ",\"priority\":32766,\"table\":254,\"action\":\"to_tbl\"}}\n" \
	KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":8")				\
	"{\"route\":{" NS ",\"table\":100,\"dst\":\"0.0.0.0\",\"dstlen\":0,\"type\":\"unicast\",\"oif\":7}}\n"

TEST_F(why, the_mark_was_not_used_any_more)
{
	configure(&self->s, MARKED BOTH("rp_filter", 1, 0) BOTH("src_valid_mark", 1, 0));
	write_sysctl(&self->s, RP_SETTING_SRC_VALID_MARK, RP_SCOPE_ALL, 1, 0);
	refuse(&self->s, "10.9.9.9", "10.0.1.1", -EXDEV, 2, true);
	RUN();
	FOUND(1);
	TELLS(" and net.ipv4.conf.ha.src_valid_mark is 0 (rule 100 ");
	SAYS(0, "cause.sysctl", "net.ipv4.conf.all.src_valid_mark");
}

/* With the mark it would have been the same. */
TEST_F(why, innocent_src_valid_mark)
{
	configure(&self->s, MARKED BOTH("rp_filter", 1, 0) BOTH("src_valid_mark", 1, 0));
	write_sysctl(&self->s, RP_SETTING_SRC_VALID_MARK, RP_SCOPE_ALL, 1, 0);
	refuse(&self->s, "10.9.9.9", "10.0.1.1", -EXDEV, 3, true);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

TEST_F(why, loopback_came_in)
{
	configure(&self->s, BOTH("route_localnet", 0, 1));
	write_sysctl(&self->s, RP_SETTING_ROUTE_LOCALNET, RP_SCOPE_DEV, 1, 0);
	refuse(&self->s, "10.0.1.2", "127.0.0.1", -EINVAL, 0, false);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "martian");
	TELLS("10.0.1.2 > 127.0.0.1 cannot come in by ha, as net.ipv4.conf.ha.route_localnet is 0;");
	SAYS(0, "cause.sysctl", "net.ipv4.conf.ha.route_localnet");
}

TEST_F(why, an_own_source_came_in)
{
	configure(&self->s, COVERED BOTH("accept_local", 0, 0)
		  "{\"route\":{" NS ",\"table\":255,\"dst\":\"10.0.1.7\",\"dstlen\":32,\"oif\":7,\"type\":\"local\"}}\n");
	refuse(&self->s, "10.0.1.7", "10.0.1.1", -EINVAL, 0, false);
	RUN();
	FOUND(1);
	TELLS(", as net.ipv4.conf.ha.accept_local is 0");
	SAYS(0, "cause.event", "");
}

/* Who writes that of all devices writes that of each. */
TEST_F(why, forwarding_was_switched_off)
{
	configure(&self->s, DEV("\"forwarding\":1"));
	write_sysctl(&self->s, RP_SETTING_FORWARDING, RP_SCOPE_ALL, 1, 0);
	ADD(forwarded(&self->s, -EHOSTUNREACH));
	RUN();
	FOUND(1);
	SAYS(0, "inner", "forwarding-off");
	SAYS(0, "cause.sysctl", "net.ipv4.ip_forward");
	HAS_SETTING("net.ipv4.conf.ha.forwarding", 0);
}

/* It was off for that device before. */
TEST_F(why, innocent_forwarding)
{
	configure(&self->s, DEV("\"forwarding\":0"));
	write_sysctl(&self->s, RP_SETTING_FORWARDING, RP_SCOPE_ALL, 1, 0);
	ADD(forwarded(&self->s, -EHOSTUNREACH));
	RUN();
	FOUND(1);
	SAYS(0, "inner", "forwarding-off");
	SAYS(0, "cause.event", "");
}

TEST_F(why, own_sources_may_not_come_in_any_more)
{
	configure(&self->s, COVERED BOTH("accept_local", 0, 1)
		  "{\"route\":{" NS ",\"table\":255,\"dst\":\"10.0.1.7\",\"dstlen\":32,\"oif\":7,\"type\":\"local\"}}\n");
	write_sysctl(&self->s, RP_SETTING_ACCEPT_LOCAL, RP_SCOPE_DEV, 1, 0);
	refuse(&self->s, "10.0.1.7", "10.0.1.1", -EINVAL, 0, false);
	RUN();
	FOUND(1);
	SAYS(0, "cause.sysctl", "net.ipv4.conf.ha.accept_local");
	SAYS(0, "cause.before", "1");
	SAYS(0, "cause.comm", "dockerd");
}

/* ---- and what is sent ---- */

#define ROUTED	COVERED KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7")

static void add_no_carrier(struct scene *s)
{
	rp_fake_add(&s->fake, link_event(next(s, RP_KIND_LINK_EVENT), RP_CHANGE_CARRIER_DOWN, 7,
					 "ha"));
}

TEST_F(why, links_without_a_carrier_were_ignored)
{
	configure(&self->s, ROUTED BOTH("ignore_routes_with_linkdown", 0, 0));
	add_no_carrier(&self->s);
	write_sysctl(&self->s, RP_SETTING_IGNORE_LINKDOWN, RP_SCOPE_ALL, 0, 1);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.sysctl", "net.ipv4.conf.all.ignore_routes_with_linkdown");
	TELLS("though there is 203.0.113.0/24 (derived), as net.ipv4.conf.all.ignore_routes_with_linkdown is 1; net.ipv4.conf.all.ignore_routes_with_linkdown 0 => 1 by dockerd[900] ");
	HAS_SETTING("net.ipv4.conf.all.ignore_routes_with_linkdown", 1);
}

/* Linux 5.10 goes by what the device itself has. */
TEST_F(why, links_of_all_devices_were_not_ignored)
{
	configure(&self->s, ROUTED BOTH("ignore_routes_with_linkdown", 0, 0));
	rp_fake_write(&self->s.fake, "version",
		      "routeprobe 0.1.0\nabi 3.0\nrecord 256\nkernel 5.10.0-46-cloud-amd64\n");
	add_no_carrier(&self->s);
	write_sysctl(&self->s, RP_SETTING_IGNORE_LINKDOWN, RP_SCOPE_ALL, 0, 1);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.sysctl", "");
}

/* The carrier had gone before all that is recorded. */
TEST_F(why, links_that_had_no_carrier_were_ignored)
{
	configure(&self->s, COVERED KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":8")
		  "{\"link\":{" NS ",\"ifindex\":8,\"ifname\":\"hb\",\"flags\":1}}\n"
		  ALL("\"ignore_routes_with_linkdown\":0")
		  SETTING(",\"ifindex\":8,\"ignore_routes_with_linkdown\":0"));
	write_sysctl(&self->s, RP_SETTING_IGNORE_LINKDOWN, RP_SCOPE_ALL, 0, 1);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.sysctl", "net.ipv4.conf.all.ignore_routes_with_linkdown");
	TELLS("whose link has a carrier, though there is 203.0.113.0/24 (derived), as ");
}

/* It was so before the carrier went, or by the other one all the time. */
TEST_F(why, innocent_ignoring)
{
	configure(&self->s, ROUTED BOTH("ignore_routes_with_linkdown", 0, 0));
	write_sysctl(&self->s, RP_SETTING_IGNORE_LINKDOWN, RP_SCOPE_ALL, 0, 1);
	add_no_carrier(&self->s);
	write_sysctl(&self->s, RP_SETTING_IGNORE_LINKDOWN, RP_SCOPE_DEV, 0, 1);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "carrier-down");
}

static void add_silence(struct scene *s, const char *gateway)
{
	struct rp_record rec = signal_of(s, RP_KIND_LINK_FAILURE, 0, 0, NULL);

	rec.has = RP_HAS_FLOW;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, gateway, "ha");
	rp_fake_add(&s->fake, rec);
}

#define WAYS	KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":7,\"gateway\":\"10.0.1.2\"")
#define OTHER_WAY KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":8,\"metric\":9,\"gateway\":\"10.0.2.2\"")

/* There would be another way, if that without a carrier was passed over. */
TEST_F(why, links_without_a_carrier_are_used)
{
	configure(&self->s, COVERED WAYS OTHER_WAY BOTH("ignore_routes_with_linkdown", 0, 1));
	add_no_carrier(&self->s);
	write_sysctl(&self->s, RP_SETTING_IGNORE_LINKDOWN, RP_SCOPE_DEV, 1, 0);
	add_silence(&self->s, "10.0.1.2");
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "cause.sysctl", "net.ipv4.conf.ha.ignore_routes_with_linkdown");
}

TEST_F(why, innocent_without_another_way)
{
	configure(&self->s, COVERED WAYS BOTH("ignore_routes_with_linkdown", 0, 1));
	add_no_carrier(&self->s);
	write_sysctl(&self->s, RP_SETTING_IGNORE_LINKDOWN, RP_SCOPE_DEV, 1, 0);
	add_silence(&self->s, "10.0.1.2");
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "carrier-down");
}

#define LEGS	KNOWN("0.0.0.0", 0, "unicast",						\
		      ",\"nexthops\":[{\"oif\":7,\"gateway\":\"10.0.1.2\"},"		\
		      "{\"oif\":8,\"gateway\":\"10.0.2.2\"}]")

TEST_F(why, legs_that_do_not_answer_are_used)
{
	configure(&self->s, COVERED LEGS SETTING(",\"fib_multipath_use_neigh\":1"));
	write_sysctl(&self->s, RP_SETTING_USE_NEIGH, RP_SCOPE_NETNS, 1, 0);
	add_silence(&self->s, "10.0.1.2");
	RUN();
	FOUND(1);
	SAYS(0, "cause.sysctl", "net.ipv4.fib_multipath_use_neigh");
	SAYS(0, "cause.before", "1");
}

/* Of one leg, and what nobody has come to know from then */
TEST_F(why, innocent_use_neigh)
{
	configure(&self->s, COVERED WAYS SETTING(",\"fib_multipath_use_neigh\":1"));
	write_sysctl(&self->s, RP_SETTING_USE_NEIGH, RP_SCOPE_NETNS, 1, 0);
	write_sysctl(&self->s, RP_SETTING_HASH_POLICY, RP_SCOPE_NETNS, 0, 1);
	add_silence(&self->s, "10.0.1.2");
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

TEST_F(why, a_damaged_setting)
{
	configure(&self->s, ALL("\"rp_filter\":\"x\""));
	add_no_route(&self->s, "192.0.2.1", RP_FAKE_NETNS);
	EXPECT_EQ(RP_EXIT_DAMAGED, run(&self->s));
}

TEST_HARNESS_MAIN
