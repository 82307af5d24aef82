// SPDX-License-Identifier: GPL-2.0
/* Of crafted records: one family takes over from the other. */
#include <kselftest_harness.h>

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>

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

#define SERVER6	"2001:db8::1"
#define SERVER4	"198.51.100.1"

/* A task connects to port 443 of a host. */
static struct rp_record tcp(struct scene *s, const char *dst, int err)
{
	struct rp_record rec = output(s, dst, err);

	rec.flow.proto = IPPROTO_TCP;
	rec.flow.dport = htons(443);
	return rec;
}

static void add(struct scene *s, struct rp_record rec)
{
	bool six = rec.family == AF_INET6;

	if (rec.err) {
		add_lookup(s, &rec, RT_TABLE_MAIN, -EAGAIN);
	} else {
		rp_fake_route(&rec, RT_TABLE_MAIN, six ? "::" : "0.0.0.0", 0,
			      six ? "fe80::2" : "10.0.1.2", "ha");
		rec.has |= RP_HAS_RTABLE;
	}
	rp_fake_add(&s->fake, rec);
}

#define FAILS(dst)	add(&self->s, tcp(&self->s, dst, -ENETUNREACH))
#define WORKS(dst)	add(&self->s, tcp(&self->s, dst, 0))
#define LATER(ms)	(self->s.now += (ms) * MS)
#define NOTHING(n) do {							\
	SAYS(n, "takeover.times", "");					\
	EXPECT_EQ(NULL, strstr(get(self->s.found[n], "summary"), "took over"));	\
} while (0)

TEST_F(why, ipv4_takes_over)
{
	FAILS(SERVER6);
	LATER(241);
	WORKS(SERVER4);
	RUN();
	FOUND(1);
	SAYS(0, "times", "1");
	SAYS(0, "origin", "no-route");
	SAYS(0, "summary", "no route in table main; IPv6 failed (no-route), IPv4 took over after 251 ms");
	SAYS(0, "takeover.family", "inet");
	SAYS(0, "takeover.dst", SERVER4);
	SAYS(0, "takeover.times", "1");
	SAYS(0, "takeover.after_ns", "251000000");
}

TEST_F(why, ipv6_takes_over)
{
	FAILS(SERVER4);
	WORKS(SERVER6);
	RUN();
	FOUND(1);
	SAYS(0, "summary", "no route in table main; IPv4 failed (no-route), IPv6 took over after 10 ms");
	SAYS(0, "takeover.family", "inet6");
}

/* A proxy goes to many hosts by either family. */
TEST_F(why, other_family_was_in_use)
{
	WORKS("198.51.100.7");
	FAILS(SERVER6);
	WORKS(SERVER4);
	LATER(10000);
	FAILS(SERVER4);
	WORKS(SERVER6);
	RUN();
	FOUND(2);
	NOTHING(0);
	SAYS(1, "takeover.times", "1");
}

/* What a filter leaves out has taken over all the same. */
TEST_F(why, family_left_out)
{
	char *words[] = { "family", "inet6", NULL };

	self->s.options.words = words;
	self->s.options.nwords = 2;
	FAILS(SERVER6);
	WORKS(SERVER4);
	RUN();
	FOUND(1);
	SAYS(0, "takeover.times", "1");
}

/* Each time is a failure, and not each had an end as good. */
TEST_F(why, some_are_taken_over)
{
	FAILS(SERVER6);
	WORKS(SERVER4);
	LATER(3000);
	FAILS(SERVER6);
	LATER(3000);
	FAILS(SERVER6);
	LATER(10);
	WORKS(SERVER4);
	WORKS(SERVER4);
	RUN();
	FOUND(1);
	SAYS(0, "times", "3");
	SAYS(0, "takeover.times", "2");
	SAYS(0, "summary", "no route in table main; IPv6 failed (no-route), IPv4 took over 2 of 3 times, after 20 ms");
}

/* An error comes back from another host, for a packet whose task is known. */
static void add_error(struct scene *s, const char *dst)
{
	struct rp_record rec = next(s, RP_KIND_ICMP_IN);

	rp_fake_flow(&rec, strchr(dst, ':') ? "2001:db8::2" : "10.0.1.1", dst);
	rec.flow.proto = IPPROTO_TCP;
	rec.flow.dport = htons(443);
	rec.has |= RP_HAS_SIGNAL;
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.signal.type = rec.family == AF_INET6 ? ICMPV6_DEST_UNREACH : ICMP_DEST_UNREACH;
	rp_addr_parse(&rec.signal.from, rec.family,
		      rec.family == AF_INET6 ? "2001:db8::ff" : "10.0.1.2");
	rp_fake_add(&s->fake, rec);
}

TEST_F(why, error_comes_back)
{
	WORKS(SERVER6);
	add_error(&self->s, SERVER6);
	WORKS(SERVER6);		/* a socket tells of the error later */
	WORKS(SERVER4);
	RUN();
	FOUND(1);
	SAYS(0, "origin", "icmp");
	SAYS(0, "summary", "icmp no-route from 2001:db8::ff; IPv6 failed (icmp), IPv4 took over after 20 ms");
}

/* Two tasks sent to the same: it is not known whose it was. */
TEST_F(why, error_of_one_of_two)
{
	WORKS(SERVER6);
	add(&self->s, by(tcp(&self->s, SERVER6, 0), 8, "other"));
	add_error(&self->s, SERVER6);
	WORKS(SERVER4);
	add(&self->s, by(tcp(&self->s, SERVER4, 0), 8, "other"));
	RUN();
	FOUND(1);
	NOTHING(0);
}

TEST_F(why, another_task)
{
	FAILS(SERVER6);
	add(&self->s, by(tcp(&self->s, SERVER4, 0), 8, "other"));
	RUN();
	FOUND(1);
	NOTHING(0);
}

TEST_F(why, another_service)
{
	struct rp_record rec;

	FAILS(SERVER6);
	rec = tcp(&self->s, SERVER4, 0);
	rec.flow.dport = htons(80);
	add(&self->s, rec);
	rec = tcp(&self->s, SERVER4, 0);
	rec.flow.proto = IPPROTO_UDP;
	add(&self->s, rec);
	rec = tcp(&self->s, SERVER4, 0);
	rec.netns = OTHER_NETNS;
	add(&self->s, rec);
	RUN();
	FOUND(1);
	NOTHING(0);
}

TEST_F(why, worked_before)
{
	WORKS(SERVER4);
	FAILS(SERVER6);
	RUN();
	FOUND(1);
	NOTHING(0);
}

TEST_F(why, worked_much_later)
{
	FAILS(SERVER6);
	LATER(2000);
	WORKS(SERVER4);
	RUN();
	FOUND(1);
	NOTHING(0);
}

TEST_F(why, both_fail)
{
	FAILS(SERVER6);
	FAILS(SERVER4);
	RUN();
	FOUND(2);
	NOTHING(0);
	NOTHING(1);
}

/* There is a way, but nobody at its end. */
TEST_F(why, fails_afterwards)
{
	struct rp_record rec;

	FAILS(SERVER6);
	FAILS(SERVER6);
	WORKS(SERVER4);
	LATER(3100);
	rec = next(&self->s, RP_KIND_LINK_FAILURE);
	rp_fake_flow(&rec, "10.0.1.1", SERVER4);
	rec.flow.proto = IPPROTO_TCP;
	rec.flow.dport = htons(443);
	rp_fake_route(&rec, 0, "0.0.0.0", 0, "10.0.1.2", "ha");
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.caller = CALLER_ARP;
	ADD(rec);
	RUN();
	FOUND(2);
	SAYS(0, "times", "2");
	NOTHING(0);
	SAYS(1, "origin", "neighbour");
	NOTHING(1);
}

/* The first address of the other family is refused, too, and the second one does. */
TEST_F(why, second_takes_over)
{
	FAILS(SERVER6);
	WORKS(SERVER4);
	add_error(&self->s, SERVER4);
	WORKS("198.51.100.2");
	RUN();
	FOUND(2);
	SAYS(0, "takeover.dst", "198.51.100.2");
	SAYS(0, "takeover.times", "1");
	SAYS(1, "origin", "icmp");
	NOTHING(1);
}

/* Another address of the same family does. */
TEST_F(why, same_family_works)
{
	FAILS(SERVER6);
	WORKS("2001:db8:1::1");
	WORKS(SERVER4);
	RUN();
	FOUND(1);
	NOTHING(0);
}

/* ip(8) only asks. */
TEST_F(why, nobody_sends)
{
	const char *more = "13 inet_rtm_getroute+0x1/0x2\n";
	struct rp_record rec;

	rp_fake_append(&self->s.fake, "callers", more, strlen(more));
	FAILS(SERVER6);
	rec = tcp(&self->s, SERVER4, 0);
	rec.caller = CALLER_OWN;
	add(&self->s, rec);
	RUN();
	FOUND(1);
	NOTHING(0);
}

TEST_HARNESS_MAIN
