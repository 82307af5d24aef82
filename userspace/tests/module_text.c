// SPDX-License-Identifier: GPL-2.0
/* The lines of the file events, as the module writes them, without a kernel. */
#include <ctype.h>
#include <linux/fib_rules.h>
#include <linux/icmp.h>
#include <linux/if_addr.h>
#include <linux/in_route.h>
#include <linux/ipv6_route.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/route.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include <stdarg.h>
#include <string.h>

#include <kselftest_harness.h>

#include "../../module/files/symbol.h"
#include "../../module/files/text.h"
#include "routeprobe.h"

struct net init_net = { { 4026531840U } };

void pr_err(const char *fmt, ...)
{
	(void)fmt;
}

void rp_symbol_caller(struct seq_file *m, unsigned int id)
{
	seq_printf(m, "caller%u+0x1/0x2", id);
}

/* ---- seq_printf() with what text.c uses of the kernel's formats ---- */

static void add(struct seq_file *m, const char *text)
{
	m->count += snprintf(m->text + m->count, sizeof(m->text) - m->count, "%s", text);
}

static void add_char(struct seq_file *m, char c)
{
	const char text[2] = { c };

	add(m, text);
}

/* %pI4, %pI6c, and with a length %*pE */
static const char *add_pointer(struct seq_file *m, const char *fmt, const void *p, int len)
{
	const unsigned char *bytes = p;
	char text[INET6_ADDRSTRLEN];

	if (!strncmp(fmt, "I6c", 3)) {
		add(m, inet_ntop(AF_INET6, p, text, sizeof(text)));
		return fmt + 3;
	}
	if (!strncmp(fmt, "I4", 2)) {
		add(m, inet_ntop(AF_INET, p, text, sizeof(text)));
		return fmt + 2;
	}
	for (; len; len--, bytes++) {
		if (isprint(*bytes)) {
			add_char(m, *bytes);
			continue;
		}
		snprintf(text, sizeof(text), "\\%03o", *bytes);
		add(m, text);
	}
	return fmt + 1;
}

static void add_number(struct seq_file *m, char how, int width, unsigned long long value)
{
	char text[32];

	if (how == 'x')
		snprintf(text, sizeof(text), "%0*llx", width, value);
	else if (how == 'd')
		snprintf(text, sizeof(text), "%d", (int)value);
	else
		snprintf(text, sizeof(text), "%0*llu", width, value);
	add(m, text);
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	while (*fmt) {
		bool is_long = false;
		int width = 0;

		if (*fmt != '%') {
			add_char(m, *fmt++);
			continue;
		}
		for (fmt++; isdigit(*fmt); fmt++)
			width = 10 * width + *fmt - '0';
		if (*fmt == '*') {
			width = va_arg(ap, int);
			fmt++;
		}
		for (; *fmt == 'l'; fmt++)
			is_long = true;
		switch (*fmt++) {
		case 's':
			add(m, va_arg(ap, const char *));
			break;
		case 'c':
			add_char(m, va_arg(ap, int));
			break;
		case 'p':
			fmt = add_pointer(m, fmt, va_arg(ap, const void *), width);
			break;
		default:
			add_number(m, fmt[-1], width, is_long ?
				   va_arg(ap, unsigned long long) : va_arg(ap, unsigned int));
		}
	}
	va_end(ap);
}

/* ---- rows: a record, its addresses as text, and what is said of it ---- */

struct row {
	const char *says;	/* behind "KIND: " */
	struct rp_record rec;
	const char *src, *dst, *to, *from, *gw, *prefsrc;
};

static void put(void *to, const char *text)
{
	if (text && inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, to) != 1)
		abort();
}

static const char *line(const struct row *row)
{
	static struct seq_file m;
	struct rp_record rec = row->rec;

	rec.family = rec.family ?: AF_INET;
	rec.netns = rec.netns ?: init_net.ns.inum;
	rec.time_ns = 1000000002;
	put(&rec.flow.src, row->src);
	put(&rec.flow.dst, row->dst);
	put(&rec.route.dst, row->to);
	put(&rec.route.prefsrc, row->prefsrc);
	put(rec.route.gw, row->gw);
	if (row->from)
		put(&rec.signal.from, row->from);
	if (row->gw)
		rec.route.gw_family = strchr(row->gw, ':') ? AF_INET6 : AF_INET;
	memset(&m, 0, sizeof(m));
	rp_text_record(&m, &rec);
	return m.text;
}

static const char *says(const struct row *row)
{
	static const char head[] = "1.000000002 cpu0 [0] ";
	const char *text = line(row);

	return strncmp(text, head, strlen(head)) ? text : text + strlen(head);
}

#define OUTPUT_HAS	(RP_HAS_FLOW | RP_HAS_ROUTE | RP_HAS_RTABLE)
#define UDP		.flow.proto = IPPROTO_UDP
#define PORTS(s, d)	.flow.sport = __builtin_bswap16(s), .flow.dport = __builtin_bswap16(d)
#define ROUTE(t, p, s)	.route.table = (t), .route.protocol = RTPROT_##p,	\
			.route.scope = RT_SCOPE_##s
#define HIT		.verdict = RP_VERDICT_HIT
#define FAILS(e)	.verdict = RP_VERDICT_ERROR, .err = -(e)

static const struct row decisions[] = {
	{ "output: udp * > 198.51.100.1:53 => default via 10.0.0.254 dev eth0 table main proto dhcp src 10.0.0.1 metric 100\n",
	  { .kind = RP_KIND_OUTPUT, .has = OUTPUT_HAS, HIT, UDP, PORTS(0, 53), .flow.iif = 1,
	    ROUTE(254, DHCP, UNIVERSE), .route.metric = 100, .route.type = RTN_UNICAST,
	    .route.rt_type = RTN_UNICAST, .route.dev = "eth0", .route.oif = 2,
	    .route.nh_count = 1, .route.nh_weight = 1 }, .dst = "198.51.100.1",
	    .gw = "10.0.0.254", .prefsrc = "10.0.0.1" },
	{ "output: tcp 10.0.0.1:5000 > 10.0.0.1:80 uid 1000 tos 0x10 => local 10.0.0.1 dev lo table local proto kernel scope host src 10.0.0.1\n",
	  { .kind = RP_KIND_OUTPUT, .has = OUTPUT_HAS, HIT, .flow.proto = IPPROTO_TCP,
	    PORTS(5000, 80), .flow.uid = 1000, .flow.tos = 0x10, .flow.iif = 1,
	    ROUTE(255, KERNEL, HOST), .route.type = RTN_LOCAL, .route.dst_len = 32,
	    .route.rt_type = RTN_LOCAL, .route.rt_flags = RTCF_LOCAL, .route.dev = "lo" },
	    .src = "10.0.0.1", .dst = "10.0.0.1", .to = "10.0.0.1", .prefsrc = "10.0.0.1" },
	{ "output: udp * > 239.1.1.1 => default as multicast dev eth0 table main local\n",
	  { .kind = RP_KIND_OUTPUT, .has = OUTPUT_HAS, HIT, UDP, ROUTE(254, BOOT, UNIVERSE),
	    .route.rt_type = RTN_MULTICAST, .route.rt_flags = RTCF_MULTICAST | RTCF_LOCAL,
	    .route.dev = "eth0" }, .dst = "239.1.1.1" },
	{ "output: udp *:5000 > 192.0.2.1 oif 3 vrf 4 mark 0x2 scope link flags 0x1 => ENETUNREACH\n",
	  { .kind = RP_KIND_OUTPUT, .has = RP_HAS_FLOW, FAILS(ENETUNREACH), UDP, PORTS(5000, 0),
	    .flow.oif = 3, .flow.l3mdev = 4, .flow.mark = 2, .flow.scope = RT_SCOPE_LINK,
	    .flow.flags = 1, .flow.uid = UINT32_MAX }, .dst = "192.0.2.1" },
	{ "output: icmp 8/0 * > 192.0.2.1 => 192.0.2.0/24 nhid 7 via inet6 fe80::1 dev eth1 table 100 proto 99 leg 2/3 weight 5 linkdown redirected mtu 1400 expires 60sec\n",
	  { .kind = RP_KIND_OUTPUT, .has = OUTPUT_HAS | RP_HAS_CACHED, HIT,
	    .flow.proto = IPPROTO_ICMP, PORTS(0, ICMP_ECHO << 8), .route.table = 100,
	    .route.type = RTN_UNICAST, .route.protocol = 99, .route.dst_len = 24, .route.nhid = 7,
	    .route.dev = "eth1", .route.nh_sel = 1, .route.nh_count = 3, .route.nh_weight = 5,
	    .route.nh_flags = RTNH_F_LINKDOWN, .route.rt_type = RTN_UNICAST,
	    .route.rt_flags = RTCF_REDIRECTED, .cached = { 1400, 60 } }, .dst = "192.0.2.1",
	    .to = "192.0.2.0", .gw = "fe80::1" },
	{ "output: tcp [2001:db8::1]:5000 > [2001:db8::2]:443 flowlabel 0x12345 => 2001:db8::/64 from 2001:db8::1/48 dev eth0 table main proto ra src 2001:db8::1 metric 1024 cache\n",
	  { .kind = RP_KIND_OUTPUT, .family = AF_INET6, .has = OUTPUT_HAS, HIT,
	    .flow.proto = IPPROTO_TCP, PORTS(5000, 443), ROUTE(254, RA, UNIVERSE),
	    .route.type = RTN_UNICAST, .flow.label = __builtin_bswap32(0x12345),
	    .route.metric = 1024, .route.dst_len = 64, .route.src_len = 48, .route.dev = "eth0",
	    .route.rt_type = RTN_UNICAST, .route.rt_flags = RTF_CACHE }, .src = "2001:db8::1",
	    .dst = "2001:db8::2", .to = "2001:db8::", .prefsrc = "2001:db8::1" },
	{ "output: ipv6-icmp 128/0 * > 2001:db8::2 => default via fe80::1 dev if9 table main\n",
	  { .kind = RP_KIND_OUTPUT, .family = AF_INET6, .has = RP_HAS_FLOW | RP_HAS_ROUTE, HIT,
	    .flow.proto = IPPROTO_ICMPV6, PORTS(0, 128 << 8), ROUTE(254, BOOT, UNIVERSE),
	    .route.oif = 9 }, .dst = "2001:db8::2", .gw = "fe80::1" },
	{ "output-flow: udp 10.0.0.1:5000 > 10.0.0.255 => broadcast dev eth0 src 10.0.0.1 local\n",
	  { .kind = RP_KIND_OUTPUT_FLOW, .has = RP_HAS_FLOW | RP_HAS_RTABLE, HIT, UDP,
	    PORTS(5000, 0), .route.rt_type = RTN_BROADCAST, .route.dev = "eth0",
	    .route.rt_flags = RTCF_BROADCAST | RTCF_LOCAL }, .src = "10.0.0.1",
	    .dst = "10.0.0.255", .prefsrc = "10.0.0.1" },
	{ "input: tcp 10.0.0.2:1 > 10.0.0.1:2 iif 1 => EHOSTUNREACH (dst)\n",
	  { .kind = RP_KIND_INPUT, .has = RP_HAS_FLOW | RP_HAS_DST_ERROR, FAILS(EHOSTUNREACH),
	    .flow.proto = IPPROTO_TCP, PORTS(1, 2), .flow.iif = 1 }, .src = "10.0.0.2",
	    .dst = "10.0.0.1" },
	{ "input: 10.0.0.2 > 10.0.0.1 iif 3 => drop IP_RPFILTER\n",
	  { .kind = RP_KIND_INPUT, .has = RP_HAS_FLOW, .verdict = RP_VERDICT_ERROR, .err = 16,
	    .flow.iif = 3 }, .src = "10.0.0.2", .dst = "10.0.0.1" },
	{ "input: 10.0.0.2 > 10.0.0.1 iif 3 => drop 65537\n",
	  { .kind = RP_KIND_INPUT, .has = RP_HAS_FLOW, .verdict = RP_VERDICT_ERROR, .err = 65537,
	    .flow.iif = 3 }, .src = "10.0.0.2", .dst = "10.0.0.1" },
	{ "cache: udp 10.0.0.1 > 10.0.0.2:53 => dev eth0\n",
	  { .kind = RP_KIND_CACHE, .has = RP_HAS_FLOW | RP_HAS_RTABLE, HIT, UDP, PORTS(0, 53),
	    .route.rt_type = RTN_UNICAST, .route.dev = "eth0" }, .src = "10.0.0.1",
	    .dst = "10.0.0.2" },
	{ "cache: udp 10.0.0.1 > 10.0.0.2:53 => stale\n",
	  { .kind = RP_KIND_CACHE, .has = RP_HAS_FLOW, .verdict = RP_VERDICT_NEXT, UDP,
	    PORTS(0, 53) }, .src = "10.0.0.1", .dst = "10.0.0.2" },
};

#define STEP_HAS	(RP_HAS_FLOW | RP_HAS_RULE)
#define RULE(p, t)	.rule = { .priority = (p), .table = (t), .action = FR_ACT_TO_TBL }
#define REFUSES(p, a)	.rule = { .priority = (p), .action = FR_ACT_##a }
#define NEXT		.verdict = RP_VERDICT_NEXT, .err = -EAGAIN
#define REJECTS(e)	.verdict = RP_VERDICT_REJECT, .err = -(e)

static const struct row steps[] = {
	{ "lookup: * > 192.0.2.1 => next after table main\n",
	  { .kind = RP_KIND_LOOKUP, .has = RP_HAS_FLOW, NEXT, .route.table = 254 },
	    .dst = "192.0.2.1" },
	{ "lookup: * > 192.0.2.1 rule 0 lookup local => next\n",
	  { .kind = RP_KIND_LOOKUP, .has = STEP_HAS, NEXT, .route.table = 255, RULE(0, 255) },
	    .dst = "192.0.2.1" },
	{ "lookup: * > 192.0.2.1 rule 1000 lookup [l3mdev-table] => next after table 10\n",
	  { .kind = RP_KIND_LOOKUP, .has = STEP_HAS, NEXT, .route.table = 10,
	    .rule = { .priority = 1000, .action = FR_ACT_TO_TBL, .l3mdev = 1 } },
	    .dst = "192.0.2.1" },
	{ "lookup: * > 192.0.2.1 rule 32766 lookup main => via 10.0.0.2 dev eth0 table main\n",
	  { .kind = RP_KIND_LOOKUP, .has = STEP_HAS, HIT, .route.table = 254, .route.dev = "eth0",
	    .route.nh_weight = 1, RULE(32766, 254) }, .dst = "192.0.2.1", .gw = "10.0.0.2" },
	{ "lookup: * > 192.0.2.1 => EHOSTUNREACH unreachable table main\n",
	  { .kind = RP_KIND_LOOKUP, .has = RP_HAS_FLOW, REJECTS(EHOSTUNREACH),
	    .route.table = 254 }, .dst = "192.0.2.1" },
	{ "lookup: * > 192.0.2.1 => EACCES prohibit table 10\n",
	  { .kind = RP_KIND_LOOKUP, .has = RP_HAS_FLOW, REJECTS(EACCES), .route.table = 10 },
	    .dst = "192.0.2.1" },
	{ "lookup: * > 192.0.2.1 => EINVAL blackhole table default\n",
	  { .kind = RP_KIND_LOOKUP, .has = RP_HAS_FLOW, REJECTS(EINVAL), .route.table = 253 },
	    .dst = "192.0.2.1" },
	{ "lookup: * > 2001:db8::1 => EACCES prohibit 2001:db8::/32 table main\n",
	  { .kind = RP_KIND_LOOKUP, .family = AF_INET6, .has = RP_HAS_FLOW | RP_HAS_ROUTE,
	    REJECTS(EACCES), ROUTE(254, BOOT, UNIVERSE), .route.type = RTN_PROHIBIT,
	    .route.dst_len = 32 }, .dst = "2001:db8::1", .to = "2001:db8::" },
	{ "suppress: rule 100 lookup main => suppressed default via 10.0.0.2 dev eth0 table main\n",
	  { .kind = RP_KIND_SUPPRESS, .has = RP_HAS_RULE | RP_HAS_ROUTE,
	    .verdict = RP_VERDICT_NEXT, ROUTE(254, BOOT, UNIVERSE), .route.dev = "eth0",
	    .rule = { .priority = 100, .table = 254, .action = FR_ACT_TO_TBL, .suppressed = 1 } },
	    .gw = "10.0.0.2" },
	{ "suppress: rule 100 lookup main => 192.0.2.0/24 dev eth0 table main\n",
	  { .kind = RP_KIND_SUPPRESS, .has = RP_HAS_RULE | RP_HAS_ROUTE, HIT,
	    ROUTE(254, BOOT, UNIVERSE), .route.dst_len = 24, .route.dev = "eth0",
	    RULE(100, 254) }, .to = "192.0.2.0" },
	{ "rule: * > 192.0.2.1 rule 100 prohibit => EACCES\n",
	  { .kind = RP_KIND_RULE, .has = STEP_HAS, REJECTS(EACCES), REFUSES(100, PROHIBIT) },
	    .dst = "192.0.2.1" },
	{ "rule: * > 192.0.2.1 rule 100 lookup 300 (no such table), rule 101 l3mdev lookup 10 => next\n",
	  { .kind = RP_KIND_RULE, .has = RP_HAS_FLOW | RP_HAS_PASSED, NEXT, .passed_count = 2,
	    .passed = { { .priority = 100, .table = 300 },
			{ .priority = 101, .table = 10, .asked = 1, .l3mdev = 1 } } },
	    .dst = "192.0.2.1" },
	{ "rule: * > 192.0.2.1 rule 100 lookup 300\n",
	  { .kind = RP_KIND_RULE, .has = STEP_HAS, RULE(100, 300) }, .dst = "192.0.2.1" },
	{ "rules: * > 192.0.2.1 => rule 100 lookup 300, 192.0.2.0/24 dev eth0 table 300\n",
	  { .kind = RP_KIND_RULES, .has = STEP_HAS | RP_HAS_ROUTE, HIT, RULE(100, 300),
	    ROUTE(300, BOOT, UNIVERSE), .route.dst_len = 24, .route.dev = "eth0" },
	    .dst = "192.0.2.1", .to = "192.0.2.0" },
	{ "rules: * > 192.0.2.1 => ESRCH\n",
	  { .kind = RP_KIND_RULES, .has = RP_HAS_FLOW, FAILS(ESRCH) }, .dst = "192.0.2.1" },
	{ "validate: 10.0.0.2 > 10.0.0.1 iif 3 => ok\n",
	  { .kind = RP_KIND_VALIDATE, .has = RP_HAS_FLOW, HIT, .flow.iif = 3 }, .src = "10.0.0.2",
	    .dst = "10.0.0.1" },
	{ "validate: 10.0.0.2 > 10.0.0.1 iif 3 => EXDEV\n",
	  { .kind = RP_KIND_VALIDATE, .has = RP_HAS_FLOW, FAILS(EXDEV), .flow.iif = 3 },
	    .src = "10.0.0.2", .dst = "10.0.0.1" },
};

#define CHANGE(o, ...)	.has = RP_HAS_ROUTE | RP_HAS_CHANGE,	\
			.change = { .op = RP_CHANGE_##o, __VA_ARGS__ }

#define SETTING(i, s, from, to)	.has = RP_HAS_ROUTE | RP_HAS_SETTING,	\
			.setting = { .id = RP_SETTING_##i, .scope = RP_SCOPE_##s,	\
				     .before = (from), .after = (to) }

static const struct row changes[] = {
	{ "change: insert excl create unreachable 192.0.2.0/24 table main proto static metric 5 => EEXIST\n",
	  { .kind = RP_KIND_CHANGE, FAILS(EEXIST), ROUTE(254, STATIC, UNIVERSE),
	    CHANGE(INSERT, .nlflags = NLM_F_EXCL | NLM_F_CREATE), .route.type = RTN_UNREACHABLE,
	    .route.dst_len = 24, .route.metric = 5 }, .to = "192.0.2.0" },
	{ "change: insert replace create 192.0.2.0/24 tos 0x10 table main 2 legs => ok\n",
	  { .kind = RP_KIND_CHANGE, HIT, ROUTE(254, BOOT, UNIVERSE), .route.tos = 0x10,
	    CHANGE(INSERT, .nlflags = NLM_F_REPLACE | NLM_F_CREATE), .route.dst_len = 24,
	    .route.nh_count = 2 }, .to = "192.0.2.0" },
	{ "change: delete 192.0.2.1 table 300 => ESRCH\n",
	  { .kind = RP_KIND_CHANGE, FAILS(ESRCH), ROUTE(300, UNSPEC, NOWHERE), CHANGE(DELETE),
	    .route.dst_len = 32 }, .to = "192.0.2.1" },
	{ "change: flush 1 route table main => ok\n",
	  .rec = { .kind = RP_KIND_CHANGE, HIT, .has = RP_HAS_CHANGE, .route.table = 254,
	    .change = { .op = RP_CHANGE_FLUSH, .count = 1 } } },
	{ "event: insert 2001:db8::/64 dev eth0 table main proto ra expires 1800sec\n",
	  { .kind = RP_KIND_EVENT, .family = AF_INET6, HIT, ROUTE(254, RA, UNIVERSE),
	    CHANGE(INSERT, .expires_s = 1800), .route.dst_len = 64, .route.dev = "eth0" },
	    .to = "2001:db8::" },
	{ "event: delete default via fe80::2 dev eth0 table main proto ra metric 1024 pref low\n",
	  { .kind = RP_KIND_EVENT, .family = AF_INET6, HIT, ROUTE(254, RA, UNIVERSE),
	    CHANGE(DELETE), .route.metric = 1024, .route.dev = "eth0",
	    .route.rt_flags = RTF_PREF(3) }, .gw = "fe80::2" },
	{ "event: delete broadcast 10.0.0.255 dev eth0 table local proto kernel scope link src 10.0.0.1 dead linkdown\n",
	  { .kind = RP_KIND_EVENT, HIT, ROUTE(255, KERNEL, LINK), CHANGE(DELETE),
	    .route.type = RTN_BROADCAST, .route.dst_len = 32, .route.dev = "eth0",
	    .route.nh_flags = RTNH_F_DEAD | RTNH_F_LINKDOWN }, .to = "10.0.0.255",
	    .prefsrc = "10.0.0.1" },
	{ "rule-event: insert rule 700 fwmark 0x7 iif 3 oif [detached] ipproto udp dport 53 lookup 300\n",
	  .rec = { .kind = RP_KIND_RULE_EVENT, .has = STEP_HAS, HIT, UDP, PORTS(0, 53),
	    .flow.mark = 7, .flow.iif = 3, .flow.oif = UINT32_MAX, .rule = { .priority = 700,
	    .table = 300, .action = FR_ACT_TO_TBL, .op = RP_CHANGE_INSERT } } },
	{ "rule-event: delete rule 702 prohibit for IPv6\n",
	  .rec = { .kind = RP_KIND_RULE_EVENT, .family = AF_INET6, .has = STEP_HAS, HIT,
	    .rule = { .priority = 702, .action = FR_ACT_PROHIBIT, .op = RP_CHANGE_DELETE } } },
	{ "rule-event: insert rule 701 blackhole => EOPNOTSUPP\n",
	  .rec = { .kind = RP_KIND_RULE_EVENT, .has = STEP_HAS, FAILS(EOPNOTSUPP),
	    .rule = { .priority = 701, .action = FR_ACT_BLACKHOLE, .op = RP_CHANGE_INSERT } } },
	{ "nexthop-event: insert id 10 via 10.0.0.2 dev eth0 onlink\n",
	  { .kind = RP_KIND_NEXTHOP_EVENT, HIT, CHANGE(INSERT), .route.nhid = 10,
	    .route.dev = "eth0", .route.nh_flags = RTNH_F_ONLINK }, .gw = "10.0.0.2" },
	{ "nexthop-event: delete id 11 blackhole\n",
	  .rec = { .kind = RP_KIND_NEXTHOP_EVENT, HIT, CHANGE(DELETE), .route.nhid = 11,
	    .route.type = RTN_BLACKHOLE } },
	{ "nexthop-event: insert id 20 3 legs\n",
	  .rec = { .kind = RP_KIND_NEXTHOP_EVENT, HIT, CHANGE(INSERT), .route.nhid = 20,
	    .route.nh_count = 3 } },
	{ "addr-event: insert 10.0.0.1/23 dev eth0\n",
	  { .kind = RP_KIND_ADDR_EVENT, HIT, CHANGE(INSERT), .route.dst_len = 23,
	    .route.dev = "eth0" }, .to = "10.0.0.0", .prefsrc = "10.0.0.1" },
	{ "addr-event: delete 10.0.2.1 peer 10.0.0.0/23 dev eth0\n",
	  { .kind = RP_KIND_ADDR_EVENT, HIT, CHANGE(DELETE), .route.dst_len = 23,
	    .route.dev = "eth0" }, .to = "10.0.0.0", .prefsrc = "10.0.2.1" },
	{ "addr-event: insert 2001:db8::1/128 dev lo\n",
	  { .kind = RP_KIND_ADDR_EVENT, .family = AF_INET6, HIT, CHANGE(INSERT),
	    .route.dst_len = 128, .route.dev = "lo" }, .to = "2001:db8::1",
	    .prefsrc = "2001:db8::1" },
	{ "ra-event: advertise via fe80::2 dev eth0 lifetime 0sec\n",
	  { .kind = RP_KIND_RA_EVENT, .family = AF_INET6, HIT, CHANGE(ADVERTISE),
	    .route.dev = "eth0" }, .gw = "fe80::2" },
	{ "link-event: disable dev eth0 for IPv6\n",
	  .rec = { .kind = RP_KIND_LINK_EVENT, .family = AF_INET6, HIT, CHANGE(DISABLE),
	    .route.dev = "eth0", .route.oif = 2 } },
	{ "link-event: down dev eth0 for IPv6, and 19744 more routes died\n",
	  .rec = { .kind = RP_KIND_LINK_EVENT, .family = AF_INET6, HIT,
	    CHANGE(DOWN, .count = 19744), .route.dev = "eth0", .route.oif = 2 } },
	{ "sysctl-event: net.ipv4.conf.eth0/7.rp_filter 0 => 1\n",
	  .rec = { .kind = RP_KIND_SYSCTL_EVENT, HIT, SETTING(RP_FILTER, DEV, 0, 1),
	    .route.dev = "eth0.7", .route.oif = 2 } },
	{ "sysctl-event: net.ipv4.ip_forward 1 => 0\n",
	  .rec = { .kind = RP_KIND_SYSCTL_EVENT, HIT, SETTING(FORWARDING, ALL, 1, 0) } },
	{ "sysctl-event: net.ipv6.conf.all.forwarding 0 => EINVAL\n",
	  .rec = { .kind = RP_KIND_SYSCTL_EVENT, .family = AF_INET6, FAILS(EINVAL),
	    SETTING(FORWARDING, ALL, 0, 0) } },
	{ "sysctl-event: net.ipv6.conf.default.accept_ra 1 => 2\n",
	  .rec = { .kind = RP_KIND_SYSCTL_EVENT, .family = AF_INET6, HIT,
	    SETTING(ACCEPT_RA, DEFAULT, 1, 2) } },
	{ "sysctl-event: net.ipv4.fib_multipath_hash_policy 1 => 1\n",
	  .rec = { .kind = RP_KIND_SYSCTL_EVENT, HIT, SETTING(HASH_POLICY, NETNS, 1, 1) } },
	{ "link-event: mtu dev eth0 1500 => 1280\n",
	  .rec = { .kind = RP_KIND_LINK_EVENT, HIT, CHANGE(MTU, .count = 1500, .mtu = 1280),
	    .route.dev = "eth0", .route.oif = 2 } },
	{ "link-event: carrier-down dev eth0\n",
	  .rec = { .kind = RP_KIND_LINK_EVENT, HIT, CHANGE(CARRIER_DOWN), .route.dev = "eth0",
	    .route.oif = 2 } },
};

#define SIGNAL_HAS	(RP_HAS_FLOW | RP_HAS_SIGNAL)
#define ICMP(t, c, ...)	.signal = { .type = (t), .code = (c), __VA_ARGS__ }

static const struct row signals[] = {
	{ "exception: tcp 10.0.0.1:1 > 192.0.2.1:2 => mtu 1400\n",
	  { .kind = RP_KIND_EXCEPTION, .has = SIGNAL_HAS, .flow.proto = IPPROTO_TCP, PORTS(1, 2),
	    .flow.iif = 1, .signal.info = 1400 }, .src = "10.0.0.1", .dst = "192.0.2.1" },
	{ "exception: 10.0.0.1 > 192.0.2.1 => icmp 5/1 redirect via 10.0.0.3 dev eth0 from 10.0.0.2\n",
	  { .kind = RP_KIND_EXCEPTION, .has = SIGNAL_HAS | RP_HAS_ROUTE, ICMP(ICMP_REDIRECT, 1),
	    .route.dev = "eth0" }, .src = "10.0.0.1", .dst = "192.0.2.1", .gw = "10.0.0.3",
	    .from = "10.0.0.2" },
	{ "icmp-in: udp 10.0.0.1:1 > 192.0.2.1:2 iif 3 => icmp 3/4 frag-needed mtu 1300 from 10.0.0.2\n",
	  { .kind = RP_KIND_ICMP_IN, .has = SIGNAL_HAS, UDP, PORTS(1, 2), .flow.iif = 3,
	    ICMP(ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, .info = 1300) }, .src = "10.0.0.1",
	    .dst = "192.0.2.1", .from = "10.0.0.2" },
	{ "icmp-out: udp 10.0.0.1:1 > 192.0.2.1:2 iif 3 => icmp 3/1 host-unreachable\n",
	  { .kind = RP_KIND_ICMP_OUT, .has = SIGNAL_HAS, UDP, PORTS(1, 2), .flow.iif = 3,
	    ICMP(ICMP_DEST_UNREACH, ICMP_HOST_UNREACH) }, .src = "10.0.0.1", .dst = "192.0.2.1" },
	{ "icmp-out: 10.0.0.1 > 192.0.2.1 => icmp 11/0 ttl-exceeded\n",
	  { .kind = RP_KIND_ICMP_OUT, .has = SIGNAL_HAS, ICMP(ICMP_TIME_EXCEEDED, ICMP_EXC_TTL) },
	    .src = "10.0.0.1", .dst = "192.0.2.1" },
	{ "icmp-out: 2001:db8::1 > 2001:db8::2 => icmp 1/3 addr-unreachable\n",
	  { .kind = RP_KIND_ICMP_OUT, .family = AF_INET6, .has = SIGNAL_HAS, ICMP(1, 3) },
	    .src = "2001:db8::1", .dst = "2001:db8::2" },
	{ "icmp-out: 2001:db8::1 > 2001:db8::2 => icmp 2/0 packet-too-big mtu 1280\n",
	  { .kind = RP_KIND_ICMP_OUT, .family = AF_INET6, .has = SIGNAL_HAS,
	    ICMP(2, 0, .info = 1280) }, .src = "2001:db8::1", .dst = "2001:db8::2" },
	{ "icmp-in: 10.0.0.1 > 192.0.2.1 => icmp 3/77\n",
	  { .kind = RP_KIND_ICMP_IN, .has = SIGNAL_HAS, ICMP(ICMP_DEST_UNREACH, 77) },
	    .src = "10.0.0.1", .dst = "192.0.2.1" },
	{ "link-failure: 10.0.0.1 > 192.0.2.1 => no answer from 10.0.0.99 dev eth0\n",
	  { .kind = RP_KIND_LINK_FAILURE, .has = RP_HAS_FLOW | RP_HAS_ROUTE,
	    .route.dev = "eth0" }, .src = "10.0.0.1", .dst = "192.0.2.1", .gw = "10.0.0.99" },
	{ "netfilter: udp 10.0.0.1 > 192.0.2.1:53 => EPERM hook output\n",
	  { .kind = RP_KIND_NETFILTER, .has = SIGNAL_HAS, FAILS(EPERM), UDP, PORTS(0, 53),
	    .signal.hook = NF_INET_LOCAL_OUT }, .src = "10.0.0.1", .dst = "192.0.2.1" },
	{ "reroute: 10.0.0.1 > 192.0.2.1 mark 0x1 => ok\n",
	  { .kind = RP_KIND_REROUTE, .has = RP_HAS_FLOW, HIT, .flow.mark = 1 }, .src = "10.0.0.1",
	    .dst = "192.0.2.1" },
	{ "reroute: 10.0.0.1 > 192.0.2.1 => EHOSTUNREACH\n",
	  { .kind = RP_KIND_REROUTE, .has = RP_HAS_FLOW, FAILS(EHOSTUNREACH) }, .src = "10.0.0.1",
	    .dst = "192.0.2.1" },
	{ "forward: 2001:db8::1 > 2001:db8:1::1 iif 3 => EINVAL forwarding is off\n",
	  { .kind = RP_KIND_FORWARD, .family = AF_INET6, .has = RP_HAS_FLOW, FAILS(EINVAL),
	    .flow.iif = 3 }, .src = "2001:db8::1", .dst = "2001:db8:1::1" },
	{ "refused: udp 10.0.0.1:1 > 192.0.2.1:53 => EMSGSIZE mtu 1000\n",
	  { .kind = RP_KIND_REFUSED, .has = SIGNAL_HAS, FAILS(EMSGSIZE), UDP, PORTS(1, 53),
	    .signal.info = 1000 }, .src = "10.0.0.1", .dst = "192.0.2.1" },
	{ "refused: udp 10.0.0.1:1 > 192.0.2.1:53 => drop 7\n",
	  { .kind = RP_KIND_REFUSED, .has = RP_HAS_FLOW, .verdict = RP_VERDICT_ERROR, .err = 7,
	    UDP, PORTS(1, 53) }, .src = "10.0.0.1", .dst = "192.0.2.1" },
};

static const struct {
	const struct row *rows;
	size_t n;
} groups[] = {
	{ decisions, ARRAY_SIZE(decisions) }, { steps, ARRAY_SIZE(steps) },
	{ changes, ARRAY_SIZE(changes) }, { signals, ARRAY_SIZE(signals) },
};

TEST(each_kind_says_what_was_asked_and_the_answer)
{
	unsigned int kinds = 0;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		for (j = 0; j < groups[i].n; j++) {
			const struct row *row = &groups[i].rows[j];

			EXPECT_STREQ(row->says, says(row));
			kinds |= RP_KIND_BIT(row->rec.kind);
		}
	EXPECT_EQ(RP_KIND_BIT(__RP_KIND_MAX) - RP_KIND_BIT(RP_KIND_NONE + 1), kinds);
}

/* What all lines begin and end with */
static const struct row frames[] = {
	{ "1.000000002 cpu3 curl[77] netns 4026532001 reroute: * > 10.0.0.1 => ok in 1.234us by caller5+0x1/0x2 stack 6\n",
	  { .kind = RP_KIND_REROUTE, .has = RP_HAS_FLOW, HIT, .cpu = 3, .comm = "curl",
	    .tgid = 77, .netns = 4026532001U, .duration_ns = 1234, .caller = 5, .stack = 6 },
	    .dst = "10.0.0.1" },
	{ "1.000000002 cpu0 softirq reroute: * > 10.0.0.1 => ok in 2000000.005us\n",
	  { .kind = RP_KIND_REROUTE, .has = RP_HAS_FLOW, HIT, .context = RP_CONTEXT_SOFTIRQ,
	    .comm = "bystander", .tgid = 77, .duration_ns = 2000000005 }, .dst = "10.0.0.1" },
	{ "1.000000002 cpu0 sixteen bytes on[0] link-event: up dev a\\033b\n",
	  .rec = { .kind = RP_KIND_LINK_EVENT, HIT, CHANGE(UP), .comm = "sixteen bytes on",
	    .route.dev = "a\033b" } },
	{ "1.000000002 cpu0 \\012forged[0] link-event: up dev 16 bytes, no NUL\n",
	  .rec = { .kind = RP_KIND_LINK_EVENT, HIT, CHANGE(UP), .comm = "\nforged",
	    .route.dev = "16 bytes, no NUL" } },
};

TEST(all_lines_begin_and_end_alike)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(frames); i++)
		EXPECT_STREQ(frames[i].says, line(&frames[i]));
}

/* A lookup that found nothing has none, and that is not the one that is left out. */
TEST(an_unknown_namespace_is_told)
{
	struct rp_record rec = { .kind = RP_KIND_RULES, .family = AF_INET };
	struct seq_file m = { };

	rp_text_record(&m, &rec);
	EXPECT_STREQ("0.000000000 cpu0 [0] netns ? rules:\n", m.text);
}

/* Whatever a record holds */
TEST(numbers_without_a_name_stay_numbers)
{
	struct rp_record rec;
	struct seq_file m;
	unsigned int kind;

	for (kind = 0; kind < 32; kind++) {
		memset(&rec, 0xff, sizeof(rec));
		memset(&m, 0, sizeof(m));
		rec.kind = kind;
		rec.verdict = kind % 6;
		rp_text_record(&m, &rec);
		EXPECT_EQ('\n', m.text[m.count - 1]);
	}
}

TEST_HARNESS_MAIN
