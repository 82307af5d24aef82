// SPDX-License-Identifier: GPL-2.0
/*
 * A record as one line of text, in the words of `ip route`: the question, an
 * arrow, the answer.
 */
#include <linux/in.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/socket.h>
#include <linux/time64.h>

#include "caller.h"
#include "compat.h"
#include "error.h"
#include "probe.h"
#include "routeprobe_names.h"
#include "files/text.h"

static const char *const rp_context_names[] = { RP_CONTEXT_NAMES };
static const char *const rp_verdict_names[] = { RP_VERDICT_NAMES };
static const char *const rp_change_names[] = { RP_CHANGE_NAMES };

void rp_text_reasons(struct seq_file *m)
{
	unsigned int reason;

	for (reason = 0; reason < rp_error_reasons(); reason++)
		if (rp_error_reason(reason))
			seq_printf(m, "%u %s\n", reason, rp_error_reason(reason));
}

/*
 * The name of a return address, never the address itself.  %pB prints the bare number
 * when no symbol is near, as for the code of a module that is gone.
 */
static void rp_text_symbol(struct seq_file *m, unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN] = "";

	if (addr)
		snprintf(name, sizeof(name), "%pB", (void *)addr);
	if (!name[0] || strstarts(name, "0x"))
		seq_putc(m, '?');
	else
		seq_puts(m, name);
}

void rp_text_caller(struct seq_file *m, unsigned int id)
{
	rp_text_symbol(m, id ? rp_caller_addr(id) : 0);
}

/* A return address is never the beginning of a function, but for a trampoline's. */
static bool rp_text_is_trampoline(unsigned long addr)
{
	char name[KSYM_SYMBOL_LEN];

	snprintf(name, sizeof(name), "%pS", (void *)addr);
	return strstarts(name + strspn(name, "_"), "kretprobe_trampoline+0x0/");
}

/**
 * rp_text_frames() - a stack, one frame a line
 * @m: where to
 * @frames: return addresses, the innermost first
 * @count: how many
 * @cut: there were more
 *
 * An unwinder that does not know of return probes ends at the trampoline of one.
 */
void rp_text_frames(struct seq_file *m, const unsigned long *frames, unsigned int count,
		    bool cut)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (RP_COMPAT_STACK_AT_ENTRY && rp_text_is_trampoline(frames[i])) {
			cut = true;
			break;
		}
		seq_putc(m, ' ');
		rp_text_symbol(m, frames[i]);
		seq_putc(m, '\n');
	}
	if (cut)
		seq_puts(m, " ...\n");
}

static void rp_text_flow(struct seq_file *m, const struct rp_flow *flow)
{
	seq_printf(m, " to %pI4 from %pI4", &flow->dst, &flow->src);
	if (flow->oif)
		seq_printf(m, " oif %u", flow->oif);
	if (flow->iif)
		seq_printf(m, " iif %u", flow->iif);
	if (flow->l3mdev)
		seq_printf(m, " l3mdev %u", flow->l3mdev);
	if (flow->mark)
		seq_printf(m, " mark 0x%x", flow->mark);
	seq_printf(m, " uid %u", flow->uid);
	if (flow->tos)
		seq_printf(m, " tos 0x%x", flow->tos);
	if (flow->scope)
		seq_printf(m, " scope %u", flow->scope);
	if (flow->proto)
		seq_printf(m, " ipproto %u", flow->proto);
	if (flow->proto == IPPROTO_ICMP)
		seq_printf(m, " type %u code %u", ntohs(flow->dport) >> 8,
			   ntohs(flow->dport) & 0xff);
	else if (flow->sport || flow->dport)
		seq_printf(m, " sport %u dport %u", ntohs(flow->sport), ntohs(flow->dport));
	if (flow->flags)
		seq_printf(m, " flags 0x%x", flow->flags);
}

static void rp_text_route(struct seq_file *m, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;

	if (route->table)
		seq_printf(m, " table %u", route->table);
	if (rec->has & RP_HAS_ROUTE && route->table)
		seq_printf(m, " %pI4/%u type %u scope %u proto %u metric %u", &route->dst,
			   route->dst_len, route->type, route->scope, route->protocol,
			   route->metric);
	else if (route->dst_len)
		seq_printf(m, " %pI4/%u", &route->dst, route->dst_len);
	if (route->gw_family == AF_INET)
		seq_printf(m, " via %pI4", route->gw);
	else if (route->gw_family == AF_INET6)
		seq_printf(m, " via inet6 %pI6c", route->gw);
	if (route->dev[0])
		seq_printf(m, " dev %s", route->dev);
	else if (route->oif)
		seq_printf(m, " oif %u", route->oif);
	if (route->prefsrc)
		seq_printf(m, " src %pI4", &route->prefsrc);
	if (route->nh_count > 1)
		seq_printf(m, " leg %u/%u weight %u", route->nh_sel + 1, route->nh_count,
			   route->nh_weight);
	if (route->nhid)
		seq_printf(m, " nhid %u", route->nhid);
	if (route->nh_flags)
		seq_printf(m, " nhflags 0x%x", route->nh_flags);
	if (rec->has & RP_HAS_RTABLE)
		seq_printf(m, " rttype %u rtflags 0x%x", route->rt_type, route->rt_flags);
	if (rec->has & RP_HAS_PMTU)
		seq_printf(m, " pmtu %u", rec->pmtu);
}

static void rp_text_rule(struct seq_file *m, const struct rp_rule *rule)
{
	if (rule->op)
		seq_printf(m, " %s", rp_change_names[rule->op]);
	seq_printf(m, " pref %u action %u", rule->priority, rule->action);
	if (rule->l3mdev)
		seq_puts(m, " l3mdev");
	else
		seq_printf(m, " lookup %u", rule->table);
	if (rule->suppressed)
		seq_puts(m, " suppressed");
}

static void rp_text_change(struct seq_file *m, const struct rp_change *change)
{
	seq_printf(m, " %s", rp_change_names[change->op]);
	if (change->op == RP_CHANGE_FLUSH)
		seq_printf(m, " %u routes", change->count);
	if (change->nlflags)
		seq_printf(m, " nlflags 0x%x", change->nlflags);
}

static void rp_text_signal(struct seq_file *m, u8 kind, const struct rp_signal *signal)
{
	if (kind == RP_KIND_NETFILTER)
		seq_printf(m, " hook %u", signal->hook);
	else if (signal->type)
		seq_printf(m, " icmp %u/%u", signal->type, signal->code);
	if (signal->info)
		seq_printf(m, " mtu %u", signal->info);
	if (signal->from)
		seq_printf(m, " sent by %pI4", &signal->from);
}

static void rp_text_err(struct seq_file *m, const struct rp_record *rec)
{
	const char *reason = rec->err > 0 ? rp_error_reason(rec->err) : NULL;

	if (reason)
		seq_printf(m, " drop %s", reason);
	else if (rec->err > 0)
		seq_printf(m, " drop %d", rec->err);
	else if (rec->err)
		seq_printf(m, " err %d", rec->err);
	if (rec->has & RP_HAS_DST_ERROR)
		seq_puts(m, " in dst");
}

void rp_text_record(struct seq_file *m, const struct rp_record *rec)
{
	u32 nsec;
	u64 sec = div_u64_rem(rec->time_ns, NSEC_PER_SEC, &nsec);

	seq_printf(m, "%llu.%09u cpu%u %s", sec, nsec, rec->cpu, rp_context_names[rec->context]);
	if (rec->context == RP_CONTEXT_TASK)
		seq_printf(m, " %s[%u]", rec->comm, rec->tgid);
	if (rec->netns)
		seq_printf(m, " netns %u", rec->netns);
	seq_printf(m, " %s:", rp_probe_descs[rec->probe].symbol);

	if (rec->has & RP_HAS_FLOW)
		rp_text_flow(m, &rec->flow);
	if (rec->has & RP_HAS_RULE)
		rp_text_rule(m, &rec->rule);
	if (rec->has & RP_HAS_CHANGE)
		rp_text_change(m, &rec->change);
	if (rec->has & RP_HAS_SIGNAL)
		rp_text_signal(m, rec->kind, &rec->signal);

	seq_printf(m, " => %s", rp_verdict_names[rec->verdict]);
	rp_text_err(m, rec);
	rp_text_route(m, rec);

	seq_printf(m, " in %lluns by ", rec->duration_ns);
	rp_text_caller(m, rec->caller);
	if (rec->stack)
		seq_printf(m, " stack %u", rec->stack);
	seq_putc(m, '\n');
}
