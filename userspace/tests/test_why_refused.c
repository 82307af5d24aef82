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

static void add_dropped(struct scene *s, int reason, unsigned int proto)
{
	struct rp_record rec = next(s, RP_KIND_REFUSED);

	rp_fake_flow(&rec, "10.0.1.1", "10.0.1.2");
	rec.flow.iif = 0;
	rec.flow.proto = proto;
	rec.err = reason;
	rec.verdict = RP_VERDICT_ERROR;
	rp_fake_add(&s->fake, rec);
}

TEST_F(why, cgroup)
{
	add_dropped(&self->s, 41, IPPROTO_UDP);
	add_dropped(&self->s, 41, IPPROTO_TCP);
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
	add_dropped(&self->s, 42, IPPROTO_UDP);
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
	add_dropped(&self->s, 40, IPPROTO_UDP);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "neighbour-table");
	SAYS(0, "verdict", "ENOBUFS");
	SAYS(0, "told", "1");
	SAYS(0, "next", "ip netns exec blue sysctl net.ipv4.neigh.default.gc_thresh3");
}

/* A reason that has no name here is not taken for another. */
TEST_F(why, dropped_for_no_name)
{
	add_dropped(&self->s, 99, IPPROTO_UDP);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "unknown");
	SAYS(0, "verdict", "drop");
}

TEST_HARNESS_MAIN
