// SPDX-License-Identifier: GPL-2.0
/*
 * A record as one line of text:
 *
 *	TIME cpuN TASK[TGID] netns N KIND: ASKED => ANSWER in TIME by CALLER
 *
 * It is for people, so it leaves out what is no news, such as the namespace that the
 * machine began with.  What failed has the name of its error behind the arrow.
 */
#include <linux/errno.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/net_namespace.h>

#include "error.h"
#include "files/phrase.h"
#include "files/symbol.h"
#include "files/text.h"
#include "routeprobe_words.h"
#include "uapi/routeprobe.h"

static const struct rp_names rp_text_kinds = RP_NAMES(RP_KIND_NAMES);
static const struct rp_names rp_text_contexts = RP_NAMES(RP_CONTEXT_NAMES);
static const struct rp_names rp_text_ops = RP_NAMES(RP_CHANGE_NAMES);
static const struct rp_names rp_text_tables = RP_NAMES(RP_TABLE_NAMES);
static const struct rp_names rp_text_hooks = RP_NAMES(RP_HOOK_NAMES);
static const struct rp_names rp_text_nl_flags = RP_NAMES(RP_NL_FLAG_NAMES);
static const struct rp_names rp_text_icmp = RP_NAMES(RP_ICMP_NAMES);
static const struct rp_names rp_text_icmp_unreach = RP_NAMES(RP_ICMP_UNREACH_NAMES);
static const struct rp_names rp_text_icmp_exceeded = RP_NAMES(RP_ICMP_EXCEEDED_NAMES);
static const struct rp_names rp_text_icmpv6 = RP_NAMES(RP_ICMPV6_NAMES);
static const struct rp_names rp_text_icmpv6_unreach = RP_NAMES(RP_ICMPV6_UNREACH_NAMES);

/* Tasks and devices call themselves as they like, also by what a terminal obeys: %*pE. */
static void rp_text_head(struct seq_file *m, const struct rp_record *rec)
{
	seq_printf(m, "%llu.%09llu cpu%u", rec->time_ns / NSEC_PER_SEC,
		   rec->time_ns % NSEC_PER_SEC, rec->cpu);
	if (rec->context == RP_CONTEXT_TASK)
		seq_printf(m, " %*pE[%u]", (int)strnlen(rec->comm, RP_NAME_LEN), rec->comm,
			   rec->tgid);
	else
		rp_phrase_name(m, "", &rp_text_contexts, rec->context);
	if (!rec->netns)
		seq_puts(m, " netns ?");
	else if (rec->netns != init_net.ns.inum)
		seq_printf(m, " netns %u", rec->netns);
	rp_phrase_name(m, "", &rp_text_kinds, rec->kind);
	seq_putc(m, ':');
}

static void rp_text_change(struct seq_file *m, const struct rp_record *rec)
{
	rp_phrase_name(m, "", &rp_text_ops, rec->change.op);
	rp_phrase_flags(m, &rp_text_nl_flags, rec->change.nlflags);
	if (rec->change.op == RP_CHANGE_FLUSH)
		seq_printf(m, " %u route%s", rec->change.count, rec->change.count == 1 ? "" : "s");
	rp_phrase_route(m, rec);
	if (rec->change.mtu)
		seq_printf(m, " mtu %u", rec->change.mtu);
	if (rec->change.expires_s)
		seq_printf(m, " expires %usec", rec->change.expires_s);
}

/* Where no address tells it */
static void rp_text_family(struct seq_file *m, const struct rp_record *rec)
{
	if (rec->family == AF_INET6)
		seq_puts(m, " for IPv6");
}

/* What was asked, or what changed */
static void rp_text_asked(struct seq_file *m, const struct rp_record *rec)
{
	switch (rec->kind) {
	case RP_KIND_CHANGE:
	case RP_KIND_EVENT:
		rp_text_change(m, rec);
		break;
	case RP_KIND_RULE_EVENT:
		rp_phrase_name(m, "", &rp_text_ops, rec->rule.op);
		rp_phrase_rule(m, rec);
		rp_text_family(m, rec);
		break;
	case RP_KIND_NEXTHOP_EVENT:
		rp_phrase_name(m, "", &rp_text_ops, rec->change.op);
		rp_phrase_nexthop(m, rec);
		break;
	case RP_KIND_ADDR_EVENT:
		rp_phrase_name(m, "", &rp_text_ops, rec->change.op);
		rp_phrase_address(m, rec);
		break;
	case RP_KIND_RA_EVENT:
		rp_phrase_name(m, "", &rp_text_ops, rec->change.op);
		rp_phrase_hop(m, rec);
		seq_printf(m, " lifetime %usec", rec->change.expires_s);
		break;
	case RP_KIND_SYSCTL_EVENT:
		rp_phrase_setting(m, rec);
		break;
	case RP_KIND_LINK_EVENT:
		rp_phrase_name(m, "", &rp_text_ops, rec->change.op);
		rp_phrase_hop(m, rec);
		rp_text_family(m, rec);
		if (rec->change.op == RP_CHANGE_MTU)
			seq_printf(m, " %u => %u", rec->change.count, rec->change.mtu);
		if (rec->family == AF_INET6 && rec->change.count)
			seq_printf(m, ", and %u more routes died", rec->change.count);
		break;
	default:
		if (rec->has & RP_HAS_FLOW)
			rp_phrase_flow(m, rec);
		if (rec->has & RP_HAS_RULE && rec->kind != RP_KIND_RULES)
			rp_phrase_rule(m, rec);
		if (rec->has & RP_HAS_PASSED)
			rp_phrase_passed(m, rec);
	}
}

/* "next" says already that the error is EAGAIN. */
static void rp_text_err(struct seq_file *m, const struct rp_record *rec)
{
	const char *name = rp_error_name(rec->err);

	if (!rec->err || (rec->verdict == RP_VERDICT_NEXT && rec->err == -EAGAIN))
		return;
	if (rec->err > 0)
		seq_puts(m, " drop");
	if (name)
		seq_printf(m, " %s", name);
	else
		seq_printf(m, " %d", rec->err);
	if (rec->has & RP_HAS_DST_ERROR)
		seq_puts(m, " (dst)");
}

static const char *rp_text_icmp_name(u8 family, u8 type, u8 code)
{
	if (family == AF_INET6 && type == ICMPV6_DEST_UNREACH)
		return rp_phrase_find(&rp_text_icmpv6_unreach, code);
	if (family == AF_INET6)
		return rp_phrase_find(&rp_text_icmpv6, type);
	if (type == ICMP_DEST_UNREACH)
		return rp_phrase_find(&rp_text_icmp_unreach, code);
	if (type == ICMP_TIME_EXCEEDED)
		return rp_phrase_find(&rp_text_icmp_exceeded, code);
	return rp_phrase_find(&rp_text_icmp, type);
}

static void rp_text_heard(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_signal *signal = &rec->signal;
	const char *name = rp_text_icmp_name(rec->family, signal->type, signal->code);

	if (signal->type)
		seq_printf(m, " icmp %u/%u", signal->type, signal->code);
	if (signal->type && name)
		seq_printf(m, " %s", name);
	if (signal->info)
		seq_printf(m, " mtu %u", signal->info);
	rp_phrase_hop(m, rec);
	if (!rp_phrase_is_zero(&signal->from)) {
		seq_puts(m, " from ");
		rp_phrase_addr(m, rec->family, &signal->from);
	}
}

/* What happened to a packet, or was heard of its path */
static void rp_text_signal(struct seq_file *m, const struct rp_record *rec)
{
	switch (rec->kind) {
	case RP_KIND_NETFILTER:
		rp_phrase_name(m, "hook ", &rp_text_hooks, rec->signal.hook);
		break;
	case RP_KIND_LINK_FAILURE:
		seq_puts(m, " no answer");
		if (rec->route.gw_family) {
			seq_puts(m, " from ");
			rp_phrase_addr(m, rec->route.gw_family, rec->route.gw);
		}
		rp_phrase_dev(m, rec);
		break;
	case RP_KIND_REROUTE:
		if (!rec->err)
			seq_puts(m, " ok");
		break;
	case RP_KIND_FORWARD:
		seq_puts(m, " forwarding is off");
		break;
	default:
		rp_text_heard(m, rec);
	}
}

/* Why the next table or rule is asked; for a socket, why its route is looked up again */
static void rp_text_next(struct seq_file *m, const struct rp_record *rec)
{
	bool rule = rec->has & RP_HAS_RULE;

	if (rec->kind == RP_KIND_CACHE)
		seq_puts(m, " stale");
	else if (rule && rec->rule.suppressed)
		seq_puts(m, " suppressed");
	else if (rec->kind == RP_KIND_LOOKUP && !(rule && rec->rule.table))
		rp_phrase_name(m, "next after table ", &rp_text_tables, rec->route.table);
	else
		seq_puts(m, " next");
}

static void rp_text_reject(struct seq_file *m, int err)
{
	if (err == -EHOSTUNREACH)
		seq_puts(m, " unreachable");
	else if (err == -EACCES)
		seq_puts(m, " prohibit");
	else if (err == -EINVAL)
		seq_puts(m, " blackhole");
}

/* What a decision, or a step of one, came to */
static void rp_text_found(struct seq_file *m, const struct rp_record *rec)
{
	bool rule = rec->kind == RP_KIND_RULES && rec->has & RP_HAS_RULE;
	bool route = rec->has & (RP_HAS_ROUTE | RP_HAS_RTABLE) || rec->route.table;

	if (rec->verdict == RP_VERDICT_NEXT) {
		rp_text_next(m, rec);
		route = rec->has & RP_HAS_ROUTE;
	} else if (rec->verdict == RP_VERDICT_REJECT && rec->kind == RP_KIND_LOOKUP &&
		   !(rec->has & RP_HAS_ROUTE)) {
		rp_text_reject(m, rec->err);
	} else if (rec->verdict == RP_VERDICT_HIT && !route && !rule) {
		seq_puts(m, " ok");
	}
	if (rule)
		rp_phrase_rule(m, rec);
	if (rule && route)
		seq_putc(m, ',');
	if (route)
		rp_phrase_route(m, rec);
}

static void rp_text_answer(struct seq_file *m, const struct rp_record *rec)
{
	unsigned int kind = RP_KIND_BIT(rec->kind);

	if (kind & RP_KINDS_EVENT ? !rec->err : !rec->verdict && !(kind & RP_KINDS_SIGNAL))
		return;
	seq_puts(m, " =>");
	rp_text_err(m, rec);
	if (kind & RP_KINDS_SIGNAL)
		rp_text_signal(m, rec);
	else if (kind & RP_KINDS_CHANGE && !rec->err)
		seq_puts(m, " ok");
	else if (!(kind & (RP_KINDS_CHANGE | RP_KINDS_EVENT)))
		rp_text_found(m, rec);
}

void rp_text_record(struct seq_file *m, const struct rp_record *rec)
{
	rp_text_head(m, rec);
	rp_text_asked(m, rec);
	rp_text_answer(m, rec);
	if (rec->duration_ns)
		seq_printf(m, " in %llu.%03lluus", rec->duration_ns / NSEC_PER_USEC,
			   rec->duration_ns % NSEC_PER_USEC);
	if (rec->caller) {
		seq_puts(m, " by ");
		rp_symbol_caller(m, rec->caller);
	}
	if (rec->stack)
		seq_printf(m, " stack %u", rec->stack);
	seq_putc(m, '\n');
}
