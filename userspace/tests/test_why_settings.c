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

TEST_HARNESS_MAIN
