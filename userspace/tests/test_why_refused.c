// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: who refused to send what had a route. */
#include <kselftest_harness.h>

#include "lib/addr.h"
#include "why_scene.h"

FIXTURE(why) {
	struct scene s;
};

FIXTURE_SETUP(why)
{
	make_scene(&self->s);
	rp_fake_write(&self->s.fake, "reasons",
		      "40 NEIGH_CREATEFAIL\n41 BPF_CGROUP_EGRESS\n42 TC_EGRESS\n");
}

FIXTURE_TEARDOWN(why)
{
	end_scene(&self->s);
}

#define LINK(index, name, mtu) "{\"link\":{" NS ",\"ifindex\":" #index ",\"ifname\":\"" name \
	"\",\"mtu\":" #mtu "}}\n"
#define VIA_HA	",\"gateway\":\"10.0.1.2\",\"oif\":7,\"scope\":0"
#define VIA_HB	",\"gateway\":\"10.0.2.2\",\"oif\":8,\"scope\":0"

/* In place of the snapshot that every scene has */
static void know(struct scene *s, const char *routes)
{
	rp_fake_write(&s->fake, "fib.json", "{\"netns\":{\"inode\":4026532001,\"name\":\"blue\"}}\n"
		      COVERED LINK(7, "ha", 1500) LINK(8, "hb", 9000));
	configure(s, routes);
}

/* A call that asked for its way, and then was told that it wants to send too much */
static void add_too_large_for(struct scene *s, unsigned int mtu, unsigned int pmtu)
{
	struct rp_record rec = output(s, "203.0.113.5", 0), refused;

	rec.flow.dport = htons(9);
	rec.flow.proto = IPPROTO_UDP;
	rec.has |= RP_HAS_RTABLE;
	rec.route.oif = 7;
	if (pmtu)
		rec.has |= RP_HAS_CACHED;
	rec.cached.pmtu = pmtu;
	rp_fake_add(&s->fake, rec);
	refused = inside(s, RP_KIND_REFUSED, 200, 300);
	rp_fake_flow(&refused, NULL, "203.0.113.5");
	refused.flow.iif = 0;
	refused.flow.dport = 0;
	refused.flow.proto = IPPROTO_UDP;
	refused.has |= RP_HAS_SIGNAL;
	refused.signal.info = mtu;
	refused.err = -EMSGSIZE;
	refused.verdict = RP_VERDICT_ERROR;
	rp_fake_add(&s->fake, refused);
}

static void add_too_large(struct scene *s, unsigned int mtu)
{
	add_too_large_for(s, mtu, 0);
}

static void add_replace(struct scene *s, unsigned int mtu, const char *gateway, const char *dev)
{
	struct rp_record rec = by(next(s, RP_KIND_CHANGE), 812, "ip"), event;

	event = by(inside(s, RP_KIND_EVENT, 10, 20), 812, "ip");
	event = on_route(event, RP_CHANGE_INSERT, RT_TABLE_MAIN, "203.0.113.0", 24, gateway);
	strcpy(event.route.dev, dev);
	event.route.oif = strcmp(dev, "ha") ? 8 : 7;
	event.route.scope = 0;
	event.change.mtu = mtu;
	rp_fake_add(&s->fake, event);
	rec = on_route(rec, RP_CHANGE_INSERT, RT_TABLE_MAIN, "203.0.113.0", 24, gateway);
	rec.change.nlflags = NLM_F_REPLACE;
	rec.route.scope = 0;
	rp_fake_add(&s->fake, rec);
}

static void add_mtu(struct scene *s, unsigned int before, unsigned int mtu)
{
	struct rp_record rec = by(next(s, RP_KIND_LINK_EVENT), 813, "ip");

	rec = link_event(rec, RP_CHANGE_MTU, 7, "ha");
	rec.family = 0;
	rec.change.count = before;
	rec.change.mtu = mtu;
	rp_fake_add(&s->fake, rec);
}

TEST_F(why, mtu_of_a_route_that_was_replaced)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	add_replace(&self->s, 1000, "10.0.1.2", "ha");
	add_too_large(&self->s, 1000);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "mtu");
	SAYS(0, "verdict", "EMSGSIZE");
	SAYS(0, "told", "1");
	SAYS(0, "flow.dport", "9");
	SAYS(0, "limit.by", "route");
	SAYS(0, "limit.mtu", "1000");
	SAYS(0, "route.dst", "203.0.113.0/24");
	SAYS(0, "dev", "ha");
	SAYS(0, "cause.event", "route-replace");
	SAYS(0, "cause.pid", "812");
	SAYS(0, "summary", "203.0.113.0/24 has an mtu of 1000, and the packet may not be fragmented; 203.0.113.0/24 via 10.0.1.2 dev ha replaced in table main by ip[812] 0.010 s earlier");
}

TEST_F(why, mtu_of_a_route_that_always_was)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA ",\"mtu\":1000"));
	add_replace(&self->s, 1000, "10.0.1.2", "ha");
	add_mtu(&self->s, 9000, 1500);
	add_too_large(&self->s, 1000);
	RUN();
	FOUND(1);
	SAYS(0, "limit.by", "route");
	SAYS(0, "cause.event", "");
}

/* What is replaced by the same has no event, and the request does not tell its mtu. */
TEST_F(why, mtu_of_a_route_that_was_replaced_by_the_same)
{
	struct rp_record rec;

	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA ",\"protocol\":3,\"mtu\":1000"));
	rec = on_route(next(&self->s, RP_KIND_CHANGE), RP_CHANGE_INSERT, RT_TABLE_MAIN,
		       "203.0.113.0", 24, "10.0.1.2");
	rec.change.nlflags = NLM_F_REPLACE;
	rec.route.oif = 0;
	rec.route.nh_count = 0;
	rec.route.scope = 0;
	rec.route.protocol = 3;
	ADD(by(rec, 812, "ip"));
	add_too_large(&self->s, 1000);
	RUN();
	FOUND(1);
	SAYS(0, "limit.by", "route");
	SAYS(0, "dev", "ha");
	SAYS(0, "cause.event", "");
}

/* That traffic passed, or that it is asked for its way, does not mean that all was well. */
TEST_F(why, mtu_of_a_device)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	ADD(output(&self->s, "203.0.113.5", 0));
	add_mtu(&self->s, 1500, 1280);
	add_too_large(&self->s, 1280);
	add_too_large(&self->s, 1280);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "mtu");
	SAYS(0, "times", "2");
	SAYS(0, "limit.by", "device");
	SAYS(0, "cause.event", "link-mtu");
	SAYS(0, "cause.pid", "813");
	SAYS(0, "next", "ip -n blue link show ha");
	SAYS(0, "summary", "ha has an mtu of 1280, and the packet may not be fragmented; ha given another mtu, 1500 => 1280, by ip[813] 0.010 s earlier");
}

/* More room is no cause. */
TEST_F(why, mtu_of_a_device_that_grew)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	add_mtu(&self->s, 1280, 1400);
	add_too_large(&self->s, 1400);
	RUN();
	FOUND(1);
	SAYS(0, "limit.by", "device");
	SAYS(0, "cause.event", "");
}

/* The way went by another device before, which has more room. */
TEST_F(why, mtu_of_another_device)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HB));
	add_replace(&self->s, 0, "10.0.1.2", "ha");
	add_too_large(&self->s, 1500);
	RUN();
	FOUND(1);
	SAYS(0, "limit.by", "device");
	SAYS(0, "dev", "ha");
	SAYS(0, "cause.event", "route-replace");
}

TEST_F(why, mtu_of_nobody)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	add_replace(&self->s, 1000, "10.0.1.2", "ha");
	add_too_large(&self->s, 900);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "mtu");
	SAYS(0, "limit.by", "");
	SAYS(0, "cause.event", "");
	SAYS(0, "summary", "the mtu is 900, it is not known whose, and the packet may not be fragmented");
}

/* It could not be sent before the route had an MTU, either. */
TEST_F(why, mtu_of_none)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	add_replace(&self->s, 1000, "10.0.1.2", "ha");
	add_too_large(&self->s, 0);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "mtu");
	SAYS(0, "limit.mtu", "");
	SAYS(0, "cause.event", "");
	SAYS(0, "summary", "no packet can be that large");
}

/* Who was told by an ICMP error, and then by his own socket, was told once. */
TEST_F(why, mtu_of_a_path)
{
	struct rp_record rec;

	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	ADD(output(&self->s, "203.0.113.5", 0));
	rec = signal_of(&self->s, RP_KIND_EXCEPTION, 3, 4, "10.0.1.2");
	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.5");
	rec.has |= RP_HAS_SIGNAL;
	rec.signal.info = 1000;
	ADD(rec);
	add_too_large_for(&self->s, 1000, 1000);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "icmp");
	SAYS(0, "times", "1");
}

/* Afterwards a route came that has even less room. */
TEST_F(why, mtu_of_a_path_and_of_a_route)
{
	struct rp_record rec;

	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	ADD(output(&self->s, "203.0.113.5", 0));
	rec = signal_of(&self->s, RP_KIND_EXCEPTION, 3, 4, "10.0.1.2");
	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.5");
	rec.has |= RP_HAS_SIGNAL;
	rec.signal.info = 1000;
	ADD(rec);
	add_replace(&self->s, 900, "10.0.1.2", "ha");
	add_too_large(&self->s, 900);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "icmp");
	SAYS(1, "origin", "mtu");
	SAYS(1, "cause.event", "route-replace");
}

/* It was learned before all that is recorded. */
TEST_F(why, mtu_of_a_path_from_before)
{
	know(&self->s, KNOWN("203.0.113.0", 24, "unicast", VIA_HA));
	add_too_large_for(&self->s, 1000, 1000);
	RUN();
	FOUND(1);
	SAYS(0, "limit.by", "learned");
}

static void add_dropped(struct scene *s, const char *dst, int reason, unsigned int proto)
{
	struct rp_record rec = next(s, RP_KIND_REFUSED);

	rp_fake_flow(&rec, NULL, dst);
	rec.flow.iif = 0;
	rec.flow.proto = proto;
	rec.err = reason;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_add(&s->fake, rec);
}

TEST_F(why, cgroup)
{
	add_dropped(&self->s, "10.0.1.2", 41, IPPROTO_UDP);
	add_dropped(&self->s, "10.0.1.2", 41, IPPROTO_TCP);
	RUN();
	FOUND(2);
	SAYS(0, "origin", "policy");
	SAYS(0, "verdict", "EPERM");
	SAYS(0, "told", "1");
	SAYS(0, "cause.event", "");
	SAYS(0, "next", "bpftool cgroup tree");
	SAYS(0, "summary", "a route is there, but a BPF program of the cgroup refuses to send");
	SAYS(1, "told", "0");
}

TEST_F(why, filter_of_tc)
{
	add_dropped(&self->s, "10.0.1.2", 42, IPPROTO_UDP);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "policy");
	SAYS(0, "verdict", "drop");
	SAYS(0, "drop_reason", "TC_EGRESS");
	SAYS(0, "told", "0");
	SAYS(0, "summary", "a route is there, but a filter of tc on the device refuses to send");
}

TEST_F(why, neighbour_table)
{
	add_dropped(&self->s, "10.0.1.2", 40, IPPROTO_UDP);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour-table");
	SAYS(0, "verdict", "ENOBUFS");
	SAYS(0, "told", "0");
	SAYS(0, "next", "ip netns exec blue sysctl net.ipv4.neigh.default.gc_thresh3");
}

/* ip6_finish_output2() has another error for it. */
TEST_F(why, neighbour_table_of_ipv6)
{
	add_dropped(&self->s, "2001:db8::2", 40, IPPROTO_UDP);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour-table");
	SAYS(0, "verdict", "EINVAL");
	SAYS(0, "told", "1");
	SAYS(0, "next", "ip netns exec blue sysctl net.ipv6.neigh.default.gc_thresh3");
}

/* A reason that has no name here is not taken for another. */
TEST_F(why, dropped_for_no_name)
{
	add_dropped(&self->s, "10.0.1.2", 99, IPPROTO_UDP);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "unknown");
	SAYS(0, "verdict", "drop");
}

TEST_HARNESS_MAIN
