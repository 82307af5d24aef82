// SPDX-License-Identifier: GPL-2.0
/* Crafted records for routeprobe why, and what it says of them */
#include <stdio.h>

#include "lib/addr.h"
#include "why_scene.h"

static const char probes[] =
	"1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
	"2\tb\toutput-flow\toutput\tarmed\t0\t0\t0\t-\t-\n"
	"3\tc\tinput\tinput\tarmed\t0\t0\t0\t-\t-\n"
	"4\td\trule\tlookup\tarmed\t0\t0\t0\t-\t-\n"
	"5\te\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
	"6\tf\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"7\tg\trule-event\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"8\th\taddr-event\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"9\ti\tlink-event\tchange\tarmed\t0\t0\t0\t-\t-\n"
	"10\tj\ticmp-in\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"11\tk\ticmp-out\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"12\tl\tlink-failure\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"13\tm\tnetfilter\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"14\tn\treroute\tsignal\tarmed\t0\t0\t0\t-\t-\n"
	"15\ta6\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
	"16\te6\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
	"17\tf6\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n";

static const char callers[] =
	"6 arp_error_report+0x1/0x2\n"
	"7 __ip_queue_xmit+0x1/0x2\n"
	"8 ip_error+0x1/0x2\n"
	"9 nf_send_unreach+0x1/0x2 [nf_reject_ipv4]\n"
	"10 __ip4_datagram_connect+0x1/0x2\n"
	"11 ip6_datagram_dst_update+0x1/0x2\n"
	"12 tcp_v4_connect+0x1/0x2\n";

void make_scene(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	rp_fake_make(&s->fake);
	rp_fake_session(&s->fake, "");
	rp_fake_write(&s->fake, "probes", probes);
	rp_fake_append(&s->fake, "callers", callers, strlen(callers));
	s->options = (struct rp_options) { .input = s->fake.dir, .json = true };
	s->now = 1000 * MS;
}

void end_scene(struct scene *s)
{
	size_t i;

	rp_fake_remove(&s->fake);
	for (i = 0; i < s->nfound; i++)
		json_decref(s->found[i]);
	free(s->out);
	free(s->err);
}

static int run_why(void *arg)
{
	return rp_cmd_why(arg);
}

int run(struct scene *s)
{
	char *text, *line, *rest;
	const char *kind;
	json_t *o;
	int status = rp_fake_run(run_why, &s->options, &s->out, &s->err);

	text = strdup(s->out);
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		o = json_loads(line, 0, NULL);
		kind = o ? json_string_value(json_object_get(o, "kind")) : "";
		if ((!strcmp(kind, "why") || !strcmp(kind, "moved")) &&
		    s->nfound < RP_ARRAY_SIZE(s->found))
			s->found[s->nfound++] = o;
		else
			json_decref(o);
	}
	free(text);
	return status;
}

const char *get(const json_t *o, const char *path)
{
	static char number[32];
	char name[64];
	size_t len;

	for (; o && *path; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		snprintf(name, sizeof(name), "%.*s", (int)len, path);
		o = json_object_get(o, name);
	}
	if (json_is_string(o))
		return json_string_value(o);
	if (json_is_true(o))
		return "true";
	if (!json_is_integer(o))
		return "";
	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(o));
	return number;
}

struct rp_record next(struct scene *s, unsigned int kind)
{
	s->now += 10 * MS;
	return rp_fake_record(kind, s->now, s->now + 100000);
}

struct rp_record inside(struct scene *s, unsigned int kind,
			unsigned int from, unsigned int to)
{
	return rp_fake_record(kind, s->now + from * 1000ULL, s->now + to * 1000ULL);
}

struct rp_record by(struct rp_record rec, unsigned int tid, const char *comm)
{
	rec.tid = tid;
	rec.tgid = tid;
	memset(rec.comm, 0, sizeof(rec.comm));
	strcpy(rec.comm, comm);
	return rec;
}

void add_lookup(struct scene *s, const struct rp_record *outer,
		unsigned int table, int err)
{
	struct rp_record rec = *outer;

	rec.kind = RP_KIND_LOOKUP;
	rec.time_ns += 10000;
	rec.duration_ns = 1000;
	rec.has = RP_HAS_FLOW;
	rec.err = err;
	rec.verdict = err == -EAGAIN ? RP_VERDICT_NEXT : RP_VERDICT_REJECT;
	rec.route.table = table;
	rp_fake_add(&s->fake, rec);
}

struct rp_record output(struct scene *s, const char *dst, int err)
{
	struct rp_record rec = next(s, RP_KIND_OUTPUT);

	rp_fake_flow(&rec, NULL, dst);
	rec.err = err;
	rec.verdict = err ? RP_VERDICT_ERROR : RP_VERDICT_HIT;
	return rec;
}

void add_no_route(struct scene *s, const char *dst, uint32_t netns)
{
	struct rp_record rec = output(s, dst, -ENETUNREACH);

	rec.netns = netns;
	add_lookup(s, &rec, RT_TABLE_MAIN, -EAGAIN);
	rp_fake_add(&s->fake, rec);
}

void add_rejected(struct scene *s, const char *dst, int err)
{
	struct rp_record rec = output(s, dst, err);

	add_lookup(s, &rec, RT_TABLE_MAIN, err);
	rp_fake_add(&s->fake, rec);
}

struct rp_record on_route(struct rp_record rec, unsigned int op, unsigned int table,
			  const char *prefix, unsigned int len, const char *gateway)
{
	rp_fake_route(&rec, table, prefix, len, gateway, "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = op;
	return rec;
}

void add_change(struct scene *s, unsigned int op, const char *prefix,
		unsigned int len, unsigned int type)
{
	struct rp_record rec = by(next(s, RP_KIND_CHANGE), 812, "ip"), event;

	event = by(inside(s, RP_KIND_EVENT, 10, 20), 812, "ip");
	event = on_route(event, op, RT_TABLE_MAIN, prefix, len, NULL);
	event.route.type = type;
	rp_fake_add(&s->fake, event);
	rec = on_route(rec, op, RT_TABLE_MAIN, prefix, len, NULL);
	rec.route.type = type;
	rp_fake_add(&s->fake, rec);
}

struct rp_record link_event(struct rp_record rec, unsigned int op, unsigned int oif,
			    const char *dev)
{
	rec.has |= RP_HAS_ROUTE | RP_HAS_CHANGE;
	rec.route.oif = oif;
	strcpy(rec.route.dev, dev);
	rec.change.op = op;
	return rec;
}

struct rp_record addr_event(struct rp_record rec, unsigned int op, const char *addr,
			    unsigned int len)
{
	rec = link_event(rec, op, 7, "ha");
	rp_addr_parse(&rec.route.prefsrc, rec.family, addr);
	rec.route.dst = rp_addr_prefix(&rec.route.prefsrc, len);
	rec.route.dst_len = len;
	return rec;
}

void add_flush(struct scene *s, struct rp_record root, const char *prefix,
	       unsigned int len)
{
	struct rp_record flush = inside(s, RP_KIND_CHANGE, 20, 60), event;

	event = inside(s, RP_KIND_EVENT, 30, 40);
	event = on_route(event, RP_CHANGE_DELETE, RT_TABLE_MAIN, prefix, len, "10.0.1.2");
	rp_fake_add(&s->fake, by(event, 812, "ip"));
	flush.has = RP_HAS_CHANGE;
	flush.route.table = RT_TABLE_MAIN;
	flush.change.op = RP_CHANGE_FLUSH;
	flush.change.count = 1;
	rp_fake_add(&s->fake, by(flush, 812, "ip"));
	rp_fake_add(&s->fake, by(root, 812, "ip"));
}

struct rp_record signal_of(struct scene *s, unsigned int kind,
			   unsigned int type, unsigned int code, const char *from)
{
	struct rp_record rec = next(s, kind);

	rp_fake_flow(&rec, "10.0.1.1", "203.0.113.1");
	rec.has |= RP_HAS_SIGNAL;
	rec.context = RP_CONTEXT_SOFTIRQ;
	rec.signal.type = type;
	rec.signal.code = code;
	if (from)
		inet_pton(AF_INET, from, &rec.signal.from.v4);
	return rec;
}

void configure(struct scene *s, const char *text)
{
	rp_fake_append(&s->fake, "fib.json", text, strlen(text));
}

struct rp_record rule(struct rp_record rec, unsigned int priority, unsigned int action,
		      unsigned int table)
{
	rec.has = RP_HAS_RULE;
	rec.rule.priority = priority;
	rec.rule.action = action;
	rec.rule.table = table;
	return rec;
}

struct rp_record input(struct scene *s, const char *src, int err)
{
	struct rp_record rec = next(s, RP_KIND_INPUT);

	rp_fake_flow(&rec, src, "10.0.2.2");
	rec.flow.iif = 7;
	rec.err = err;
	rec.context = RP_CONTEXT_SOFTIRQ;
	return rec;
}

void add_source_check(struct scene *s, const struct rp_record *rec)
{
	struct rp_record step = *rec;

	step.kind = RP_KIND_VALIDATE;
	step.time_ns += 20000;
	step.duration_ns = 1000;
	rp_fake_add(&s->fake, step);
}

struct rp_record forwarded(struct scene *s, int err)
{
	struct rp_record rec = input(s, "10.0.1.2", err);

	rec.has |= RP_HAS_DST_ERROR;
	return rec;
}
