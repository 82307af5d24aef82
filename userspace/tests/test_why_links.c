// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: which device, or address, that changed caused a failure. */
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

TEST_F(why, cause_link_down)
{
	struct rp_record root = next(&self->s, RP_KIND_LINK_EVENT);

	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-down");
	SAYS(0, "cause.dev", "ha");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	SAYS(0, "summary", "no route in table main; ha set down by ip[812] 0.010 s earlier: 203.0.113.0/24 went with it");
}

TEST_F(why, cause_addr_del)
{
	struct rp_record root = next(&self->s, RP_KIND_ADDR_EVENT);

	add_flush(&self->s, addr_event(root, RP_CHANGE_DELETE, "10.0.1.1", 24), "203.0.113.0", 24);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "addr-del");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	SAYS(0, "summary", "no route in table main; address 10.0.1.1/24 removed from ha by ip[812] 0.010 s earlier: 203.0.113.0/24 went with it");
}

/* What is down stays down when it leaves its master. */
TEST_F(why, cause_link_down_and_no_port_any_more)
{
	struct rp_record rec = by(next(&self->s, RP_KIND_LINK_EVENT), 812, "ip");

	ADD(link_event(rec, RP_CHANGE_DOWN, 7, "ha"));
	rec = by(next(&self->s, RP_KIND_LINK_EVENT), 813, "ip");
	ADD(link_event(rec, RP_CHANGE_MASTER, 7, "ha"));
	rec = output(&self->s, "203.0.113.1", -ENETUNREACH);
	rec.flow.oif = 7;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "check", "device");
	SAYS(0, "cause.event", "link-down");
	SAYS(0, "cause.pid", "812");
}

/* And what was set up there since is another matter. */
TEST_F(why, cause_link_down_and_up)
{
	struct rp_record rec = by(next(&self->s, RP_KIND_LINK_EVENT), 812, "ip");

	ADD(link_event(rec, RP_CHANGE_DOWN, 7, "ha"));
	rec = by(next(&self->s, RP_KIND_LINK_EVENT), 812, "ip");
	ADD(link_event(rec, RP_CHANGE_UP, 7, "ha"));
	rec = by(next(&self->s, RP_KIND_LINK_EVENT), 813, "ip");
	ADD(link_event(rec, RP_CHANGE_MASTER, 7, "ha"));
	rec = output(&self->s, "203.0.113.1", -ENETUNREACH);
	rec.flow.oif = 7;
	ADD(rec);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

static void add_silent_port(struct scene *s, uint32_t master)
{
	struct rp_record rec = by(next(s, RP_KIND_LINK_EVENT), 812, "ip");

	rec = link_event(rec, RP_CHANGE_MASTER, 7, "ha");
	rec.change.count = master;
	rp_fake_add(&s->fake, rec);
	rec = signal_of(s, RP_KIND_LINK_FAILURE, 0, 0, NULL);
	rec.has = RP_HAS_FLOW;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "10.0.1.2", "ha");
	rp_fake_add(&s->fake, rec);
}

/* Its address stayed where it was, and nobody answers there. */
TEST_F(why, cause_port_of_a_bridge)
{
	configure(&self->s, "{\"link\":{" NS ",\"ifindex\":9,\"ifname\":\"br0\"}}\n");
	add_silent_port(&self->s, 9);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "cause.event", "master");
	SAYS(0, "cause.master", "br0");
	EXPECT_NE(NULL, strstr(get(self->s.found[0], "summary"),
			       "; ha given another master, br0, by ip[812] "));
}

/* A device joins a master, and is set down by the same task at once. */
static void add_join_and_down(struct scene *s)
{
	struct rp_record rec;

	configure(s, COVERED KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7"));
	rec = link_event(by(next(s, RP_KIND_LINK_EVENT), 812, "networkd"), RP_CHANGE_MASTER, 7,
			 "ha");
	rec.change.count = 9;
	rp_fake_add(&s->fake, rec);
	rec = link_event(next(s, RP_KIND_LINK_EVENT), RP_CHANGE_DOWN, 7, "ha");
	add_flush(s, rec, "203.0.113.0", 24);
	rec = link_event(by(next(s, RP_KIND_LINK_EVENT), 812, "networkd"), RP_CHANGE_UP, 7, "ha");
	rp_fake_add(&s->fake, rec);
	add_no_route(s, "203.0.113.1", RP_FAKE_NETNS);
}

TEST_F(why, cause_port_of_a_vrf)
{
	configure(&self->s, "{\"link\":{" NS ",\"ifindex\":9,\"ifname\":\"red\",\"vrf_table\":10}}\n");
	add_join_and_down(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "master");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	EXPECT_EQ(NULL, strstr(get(self->s.found[0], "summary"), "together"));
}

/* The VRF came during the recording, and the snapshot of the end has it. */
TEST_F(why, cause_port_of_a_new_vrf)
{
	rp_fake_write(&self->s.fake, "names.json",
		      "{\"link\":{" NS ",\"ifindex\":9,\"ifname\":\"red\",\"vrf_table\":10}}\n");
	add_join_and_down(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "master");
}

/* Who joins a bridge is not set down by that. */
TEST_F(why, cause_down_after_a_bridge)
{
	configure(&self->s, "{\"link\":{" NS ",\"ifindex\":9,\"ifname\":\"br0\"}}\n");
	add_join_and_down(&self->s);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-down");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	EXPECT_EQ(NULL, strstr(get(self->s.found[0], "summary"), "together"));
}

/* Who removes a device sets it down: that is one change. */
TEST_F(why, cause_link_del_is_one)
{
	struct rp_record rec;

	configure(&self->s, COVERED KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7"));
	rec = link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_DOWN, 7, "ha");
	add_flush(&self->s, rec, "203.0.113.0", 24);
	rec = link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_DELETE, 7, "ha");
	ADD(by(rec, 812, "ip"));
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-del");
	SAYS(0, "cause.dst", "203.0.113.0/24");
	EXPECT_EQ(NULL, strstr(get(self->s.found[0], "summary"), "together"));
	EXPECT_EQ(NULL, strstr(self->s.out, "\"with\""));
}

/* A port of a VRF is set down, and its socket asks for it. */
static void add_port_down(struct scene *s, const char *routes)
{
	struct rp_record rec;

	configure(s, COVERED "{\"rule\":{" NS ",\"priority\":1000,\"l3mdev\":1,\"action\":\"to_tbl\"}}\n");
	configure(s, "{\"link\":{" NS ",\"ifindex\":8,\"ifname\":\"hb\",\"master\":9}}\n");
	configure(s, "{\"link\":{" NS ",\"ifindex\":9,\"ifname\":\"red\",\"vrf_table\":10}}\n");
	configure(s, routes);
	rec = link_event(next(s, RP_KIND_LINK_EVENT), RP_CHANGE_DOWN, 8, "hb");
	rp_fake_add(&s->fake, by(rec, 812, "ip"));
	rec = output(s, "203.0.113.1", -ENETUNREACH);
	rec.flow.oif = 8;
	rp_fake_add(&s->fake, rec);
}

TEST_F(why, cause_port_down)
{
	add_port_down(&self->s, "{\"route\":{" NS ",\"table\":10,\"dst\":\"0.0.0.0\",\"dstlen\":0,\"oif\":8,\"type\":\"unicast\"}}\n");
	RUN();
	FOUND(1);
	SAYS(0, "check", "device");
	SAYS(0, "cause.event", "link-down");
}

/* Up, it would have no route either. */
TEST_F(why, no_cause_in_a_port_without_a_route)
{
	add_port_down(&self->s, "");
	RUN();
	FOUND(1);
	SAYS(0, "check", "device");
	SAYS(0, "cause.event", "");
}

TEST_F(why, no_cause_in_leaving_a_master)
{
	add_silent_port(&self->s, 0);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "");
}

/* The network of an address comes when its device is set up, @later_ms after it. */
static void add_network(struct scene *s, unsigned int later_ms)
{
	struct rp_record rec = by(next(s, RP_KIND_ADDR_EVENT), 812, "ip"), event;

	configure(s, COVERED KNOWN("0.0.0.0", 0, "unicast", ",\"oif\":8"));
	rp_fake_add(&s->fake, addr_event(rec, RP_CHANGE_INSERT, "203.0.0.9", 16));
	s->now += later_ms * MS;
	rec = link_event(by(next(s, RP_KIND_LINK_EVENT), 813, "ip"), RP_CHANGE_UP, 7, "ha");
	event = by(inside(s, RP_KIND_EVENT, 10, 20), 813, "ip");
	event = on_route(event, RP_CHANGE_INSERT, RT_TABLE_MAIN, "203.0.0.0", 16, NULL);
	event.route.protocol = RTPROT_KERNEL;
	rp_addr_parse(&event.route.prefsrc, AF_INET, "203.0.0.9");
	rp_fake_add(&s->fake, event);
	rp_fake_add(&s->fake, rec);
	rec = signal_of(s, RP_KIND_LINK_FAILURE, 0, 0, NULL);
	rec.has = RP_HAS_FLOW;
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "203.0.113.1", "ha");
	rp_fake_add(&s->fake, rec);
}

TEST_F(why, cause_address_and_up)
{
	add_network(&self->s, 0);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour");
	SAYS(0, "cause.event", "addr-add");
	SAYS(0, "cause.dst", "203.0.0.0/16");
	EXPECT_NE(NULL, strstr(get(self->s.found[0], "summary"),
			       "; address 203.0.0.9/16 added to ha by ip[812] 0.020 s earlier: "));
	EXPECT_NE(NULL, strstr(get(self->s.found[0], "summary"), ": 203.0.0.0/16 came with it"));
}

TEST_F(why, cause_up_long_after_the_address)
{
	add_network(&self->s, 60000);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-up");
	SAYS(0, "cause.pid", "813");
}

/* The route is there, its links are not: both legs have to be without carrier. */
TEST_F(why, carrier)
{
	configure(&self->s, COVERED
		  KNOWN("198.51.100.0", 24, "unicast", ",\"nexthops\":[{\"oif\":7},{\"oif\":8}]")
		  KNOWN("203.0.113.0", 24, "unicast", ",\"oif\":7"));
	ADD(link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_CARRIER_DOWN, 7, "ha"));
	add_no_route(&self->s, "198.51.100.1", RP_FAKE_NETNS);
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	ADD(link_event(next(&self->s, RP_KIND_LINK_EVENT), RP_CHANGE_CARRIER_DOWN, 8, "hb"));
	add_no_route(&self->s, "198.51.100.2", RP_FAKE_NETNS);
	RUN();
	FOUND(3);
	SAYS(0, "cause.event", "");
	SAYS(1, "origin", "no-route");
	SAYS(1, "cause.event", "carrier-down");
	SAYS(1, "cause.dev", "ha");
	SAYS(1, "route.dst", "203.0.113.0/24");
	SAYS(1, "summary", "no route in table main whose link has a carrier, though there is 203.0.113.0/24 (derived); ha lost its carrier 0.020 s earlier");
	SAYS(2, "cause.event", "carrier-down");
	SAYS(2, "cause.dev", "hb");
}

/* A device that is removed is set down first, by the same task. */
TEST_F(why, cause_link_del)
{
	struct rp_record root = next(&self->s, RP_KIND_LINK_EVENT);

	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	root = next(&self->s, RP_KIND_LINK_EVENT);
	ADD(by(link_event(root, RP_CHANGE_DELETE, 7, "ha"), 812, "ip"));
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-del");
	SAYS(0, "cause.dst", "203.0.113.0/24");
}

TEST_F(why, cause_link_del_by_another)
{
	struct rp_record root = next(&self->s, RP_KIND_LINK_EVENT);

	add_flush(&self->s, link_event(root, RP_CHANGE_DOWN, 7, "ha"), "203.0.113.0", 24);
	root = next(&self->s, RP_KIND_LINK_EVENT);
	ADD(by(link_event(root, RP_CHANGE_DELETE, 7, "ha"), 813, "ip"));
	add_no_route(&self->s, "203.0.113.1", RP_FAKE_NETNS);
	RUN();
	FOUND(1);
	SAYS(0, "cause.event", "link-down");
}

TEST_HARNESS_MAIN
