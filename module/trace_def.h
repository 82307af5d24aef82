/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The trace events, in events/routeprobe/ of tracefs:
 *
 *   decision	a packet got a route, or an error: kinds of RP_KINDS_DECISION
 *   failure	the same, of an error alone, so that others cost nothing
 *   change	the FIB, or what it is made of, was changed: RP_KINDS_CHANGE, RP_KINDS_EVENT
 *   signal	RP_KINDS_SIGNAL
 *
 * Numbers and units are those of struct rp_record, but that "error" is a positive errno,
 * which histograms can show, "reason" what is a drop reason instead, and that addresses are
 * struct sockaddr_in or _in6, which %pIS prints.  What is not known is 0, as is the table
 * of a decision without a route.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM routeprobe

#if !defined(_RP_TRACE_DEF_H) || defined(TRACE_HEADER_MULTI_READ)
#define _RP_TRACE_DEF_H

#include <linux/in6.h>
#include <linux/tracepoint.h>

#include "routeprobe_words.h"
#include "uapi/routeprobe.h"

#define RP_TRACE_SOCKADDR	sizeof(struct sockaddr_in6)

int rp_trace_listen(void);
void rp_trace_leave(void);
void rp_trace_addr(void *sockaddr, u8 family, const void *addr, __be16 port);
void rp_trace_gateway(void *sockaddr, const struct rp_record *rec);

/* perf and trace-cmd read the formats and do not know the enums. */
#define RP_TRACE_ENUM_KIND(id, name)	TRACE_DEFINE_ENUM(RP_KIND_##id);
#define RP_TRACE_ENUM_VERDICT(id, name)	TRACE_DEFINE_ENUM(RP_VERDICT_##id);
#define RP_TRACE_ENUM_CONTEXT(id, name)	TRACE_DEFINE_ENUM(RP_CONTEXT_##id);
#define RP_TRACE_ENUM_CHANGE(id, name)	TRACE_DEFINE_ENUM(RP_CHANGE_##id);
#define RP_TRACE_ENUM_SETTING(id, name)	TRACE_DEFINE_ENUM(RP_SETTING_##id);
RP_KINDS(RP_TRACE_ENUM_KIND, RP_TRACE_ENUM_KIND)
RP_VERDICTS(RP_TRACE_ENUM_VERDICT, RP_TRACE_ENUM_VERDICT)
RP_CONTEXTS(RP_TRACE_ENUM_CONTEXT, RP_TRACE_ENUM_CONTEXT)
RP_CHANGES(RP_TRACE_ENUM_CHANGE, RP_TRACE_ENUM_CHANGE)
RP_SETTINGS(RP_TRACE_ENUM_SETTING, RP_TRACE_ENUM_SETTING)

#define RP_TRACE_KIND(id, name)		{ RP_KIND_##id, name },
#define RP_TRACE_KIND_LAST(id, name)	{ RP_KIND_##id, name }
#define RP_TRACE_VERDICT(id, name)	{ RP_VERDICT_##id, name },
#define RP_TRACE_VERDICT_LAST(id, name)	{ RP_VERDICT_##id, name }
#define RP_TRACE_CONTEXT(id, name)	{ RP_CONTEXT_##id, name },
#define RP_TRACE_CONTEXT_LAST(id, name)	{ RP_CONTEXT_##id, name }
#define RP_TRACE_CHANGE(id, name)	{ RP_CHANGE_##id, name },
#define RP_TRACE_CHANGE_LAST(id, name)	{ RP_CHANGE_##id, name }
#define RP_TRACE_SETTING(id, name)	{ RP_SETTING_##id, name },
#define RP_TRACE_SETTING_LAST(id, name)	{ RP_SETTING_##id, name }
#define rp_trace_kind(value)	\
	__print_symbolic(value, RP_KINDS(RP_TRACE_KIND, RP_TRACE_KIND_LAST))
#define rp_trace_verdict(value)	\
	__print_symbolic(value, RP_VERDICTS(RP_TRACE_VERDICT, RP_TRACE_VERDICT_LAST))
#define rp_trace_context(value)	\
	__print_symbolic(value, RP_CONTEXTS(RP_TRACE_CONTEXT, RP_TRACE_CONTEXT_LAST))
#define rp_trace_op(value)	\
	__print_symbolic(value, RP_CHANGES(RP_TRACE_CHANGE, RP_TRACE_CHANGE_LAST))
#define rp_trace_sysctl(value)	\
	__print_symbolic(value, { RP_SETTING_NONE, "none" },	\
			 RP_SETTINGS(RP_TRACE_SETTING, RP_TRACE_SETTING_LAST))

DECLARE_EVENT_CLASS(rp_decision,

	TP_PROTO(const struct rp_record *rec),

	TP_ARGS(rec),

	TP_STRUCT__entry(
		__field(u64, duration_ns)
		__field(u32, netns)
		__field(int, error)
		__field(int, reason)
		__field(u32, mark)
		__field(u32, uid)
		__field(u32, iif)
		__field(u32, oif)
		__field(u32, table)
		__field(u16, sport)
		__field(u16, dport)
		__field(u8, family)
		__field(u8, kind)
		__field(u8, verdict)
		__field(u8, context)
		__field(u8, proto)
		__field(u8, tos)
		__field(u8, type)
		__field(u8, dst_len)
		__array(u8, saddr, RP_TRACE_SOCKADDR)
		__array(u8, daddr, RP_TRACE_SOCKADDR)
		__array(u8, dst, RP_TRACE_SOCKADDR)
		__array(u8, gateway, RP_TRACE_SOCKADDR)
		__array(u8, prefsrc, RP_TRACE_SOCKADDR)
		__array(char, dev, RP_NAME_LEN)
	),

	TP_fast_assign(
		__entry->duration_ns = rec->duration_ns;
		__entry->netns = rec->netns;
		__entry->error = rec->err < 0 ? -rec->err : 0;
		__entry->reason = rec->err > 0 ? rec->err : 0;
		__entry->mark = rec->flow.mark;
		__entry->uid = rec->flow.uid;
		__entry->iif = rec->flow.iif;
		__entry->oif = rec->flow.oif;
		__entry->table = rec->route.table;
		__entry->sport = ntohs(rec->flow.sport);
		__entry->dport = ntohs(rec->flow.dport);
		__entry->family = rec->family;
		__entry->kind = rec->kind;
		__entry->verdict = rec->verdict;
		__entry->context = rec->context;
		__entry->proto = rec->flow.proto;
		__entry->tos = rec->flow.tos;
		__entry->type = rec->route.type;
		__entry->dst_len = rec->route.dst_len;
		rp_trace_addr(__entry->saddr, rec->family, &rec->flow.src, rec->flow.sport);
		rp_trace_addr(__entry->daddr, rec->family, &rec->flow.dst, rec->flow.dport);
		rp_trace_addr(__entry->dst, rec->family, &rec->route.dst, 0);
		rp_trace_gateway(__entry->gateway, rec);
		rp_trace_addr(__entry->prefsrc, rec->family, &rec->route.prefsrc, 0);
		memcpy(__entry->dev, rec->route.dev, RP_NAME_LEN);
	),

	TP_printk("%s %s error=%d reason=%d netns=%u proto=%u %pISpc > %pISpc mark=%#x uid=%u iif=%u oif=%u table=%u route=%pISc/%u via=%pISc dev=%s src=%pISc context=%s duration_ns=%llu",
		  rp_trace_kind(__entry->kind), rp_trace_verdict(__entry->verdict),
		  __entry->error, __entry->reason, __entry->netns, __entry->proto,
		  __entry->saddr, __entry->daddr, __entry->mark, __entry->uid,
		  __entry->iif, __entry->oif,
		  __entry->table, __entry->dst, __entry->dst_len, __entry->gateway,
		  __entry->dev, __entry->prefsrc, rp_trace_context(__entry->context),
		  __entry->duration_ns)
);

DEFINE_EVENT_FN(rp_decision, decision,
	TP_PROTO(const struct rp_record *rec),
	TP_ARGS(rec),
	rp_trace_listen, rp_trace_leave);

DEFINE_EVENT_FN(rp_decision, failure,
	TP_PROTO(const struct rp_record *rec),
	TP_ARGS(rec),
	rp_trace_listen, rp_trace_leave);

TRACE_EVENT_FN(change,

	TP_PROTO(const struct rp_record *rec),

	TP_ARGS(rec),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(int, error)
		__field(u32, table)
		__field(u32, metric)
		__field(u32, priority)
		__field(u32, count)
		__field(u32, oif)
		__field(int, before)
		__field(int, after)
		__field(u8, family)
		__field(u8, kind)
		__field(u8, op)
		__field(u8, sysctl)
		__field(u8, type)
		__field(u8, dst_len)
		__array(u8, dst, RP_TRACE_SOCKADDR)
		__array(u8, gateway, RP_TRACE_SOCKADDR)
		__array(u8, prefsrc, RP_TRACE_SOCKADDR)
		__array(char, dev, RP_NAME_LEN)
	),

	TP_fast_assign(
		const bool rule = rec->has & RP_HAS_RULE;
		const bool sysctl = rec->has & RP_HAS_SETTING;

		__entry->netns = rec->netns;
		__entry->error = rec->err < 0 ? -rec->err : 0;
		__entry->table = rule ? rec->rule.table : rec->route.table;
		__entry->metric = rec->route.metric;
		__entry->priority = rule ? rec->rule.priority : 0;
		__entry->count = rec->has & RP_HAS_CHANGE ? rec->change.count : 0;
		__entry->oif = rec->route.oif;
		__entry->family = rec->family;
		__entry->kind = rec->kind;
		__entry->op = rule ? rec->rule.op :
			      rec->has & RP_HAS_CHANGE ? rec->change.op : RP_CHANGE_NONE;
		__entry->sysctl = sysctl ? rec->setting.id : RP_SETTING_NONE;
		__entry->before = sysctl ? rec->setting.before : 0;
		__entry->after = sysctl ? rec->setting.after : 0;
		__entry->type = rec->route.type;
		__entry->dst_len = rec->route.dst_len;
		rp_trace_addr(__entry->dst, rec->family, &rec->route.dst, 0);
		rp_trace_gateway(__entry->gateway, rec);
		rp_trace_addr(__entry->prefsrc, rec->family, &rec->route.prefsrc, 0);
		memcpy(__entry->dev, rec->route.dev, RP_NAME_LEN);
	),

	TP_printk("%s %s error=%d netns=%u table=%u route=%pISc/%u metric=%u via=%pISc dev=%s src=%pISc priority=%u count=%u sysctl=%s before=%d after=%d",
		  rp_trace_kind(__entry->kind), rp_trace_op(__entry->op), __entry->error,
		  __entry->netns, __entry->table, __entry->dst, __entry->dst_len,
		  __entry->metric, __entry->gateway, __entry->dev, __entry->prefsrc,
		  __entry->priority, __entry->count, rp_trace_sysctl(__entry->sysctl),
		  __entry->before, __entry->after),

	rp_trace_listen, rp_trace_leave
);

TRACE_EVENT_FN(signal,

	TP_PROTO(const struct rp_record *rec),

	TP_ARGS(rec),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(int, error)
		__field(int, reason)
		__field(u32, info)
		__field(u8, family)
		__field(u8, kind)
		__field(u8, context)
		__field(u8, proto)
		__field(u8, type)
		__field(u8, code)
		__field(u8, hook)
		__array(u8, saddr, RP_TRACE_SOCKADDR)
		__array(u8, daddr, RP_TRACE_SOCKADDR)
		__array(u8, from, RP_TRACE_SOCKADDR)
	),

	TP_fast_assign(
		__entry->netns = rec->netns;
		__entry->error = rec->err < 0 ? -rec->err : 0;
		__entry->reason = rec->err > 0 ? rec->err : 0;
		__entry->info = rec->signal.info;
		__entry->family = rec->family;
		__entry->kind = rec->kind;
		__entry->context = rec->context;
		__entry->proto = rec->flow.proto;
		__entry->type = rec->signal.type;
		__entry->code = rec->signal.code;
		__entry->hook = rec->signal.hook;
		rp_trace_addr(__entry->saddr, rec->family, &rec->flow.src, rec->flow.sport);
		rp_trace_addr(__entry->daddr, rec->family, &rec->flow.dst, rec->flow.dport);
		rp_trace_addr(__entry->from, rec->family, &rec->signal.from, 0);
	),

	TP_printk("%s error=%d reason=%d netns=%u proto=%u %pISpc > %pISpc icmp=%u/%u info=%u hook=%u from=%pISc context=%s",
		  rp_trace_kind(__entry->kind), __entry->error, __entry->reason,
		  __entry->netns, __entry->proto, __entry->saddr, __entry->daddr,
		  __entry->type, __entry->code, __entry->info, __entry->hook,
		  __entry->from, rp_trace_context(__entry->context)),

	rp_trace_listen, rp_trace_leave
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_def
#include <trace/define_trace.h>
