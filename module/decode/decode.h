/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The entry and decode functions that the rows of table.c name.  See struct
 * rp_probe_desc for what each has to do.  Rows may share an entry function when
 * it finds the same in their arguments.
 */
#ifndef _RP_DECODE_H
#define _RP_DECODE_H

#include "probe.h"

struct fib_nh_common;
struct flowi4;

/*
 * The key of the call of ip_route_output_key_hash_rcu() that this CPU is in, of
 * those whose record will tell what its only lookup that matches has found.  A task
 * that left the CPU meanwhile makes it be forgotten too soon, or too late: then a
 * record says twice what another does, or one that is part of no decision lacks.
 */
DECLARE_PER_CPU(const struct flowi4 *, rp_output_key);

#define RP_ENTER(name)	\
	bool rp_enter_##name(struct rp_call *call, struct pt_regs *regs)
#define RP_DECODE(name)	\
	void rp_decode_##name(const struct rp_call *call, unsigned long ret, struct rp_record *rec)
#define RP_KEEP(name)	\
	bool rp_keep_##name(const struct rp_call *call, unsigned long ret)

RP_ENTER(output_key);
RP_DECODE(output_key);
bool rp_failed_output(unsigned long ret);
int rp_on_entry_output_key(struct kretprobe_instance *ri, struct pt_regs *regs);
int rp_on_return_output_key(struct kretprobe_instance *ri, struct pt_regs *regs);
RP_ENTER(output_flow);
RP_DECODE(output_flow);
RP_ENTER(input_slow);
RP_DECODE(input_slow);
RP_ENTER(validate_source);
RP_DECODE(validate_source);

void rp_trace_table_lookup(void *data, u32 tb_id, const struct flowi4 *flp,
			   const struct fib_nh_common *nhc, int err);
RP_DECODE(table_lookup);
RP_ENTER(rule_action);
int rp_on_pre_rule_action(struct kprobe *kp, struct pt_regs *regs);
RP_DECODE(rule_action);
RP_ENTER(rule_suppress);
RP_DECODE(rule_suppress);
RP_ENTER(rules_lookup);
int rp_on_entry_rules_lookup(struct kretprobe_instance *ri, struct pt_regs *regs);
int rp_on_return_rules_lookup(struct kretprobe_instance *ri, struct pt_regs *regs);
RP_KEEP(rules);
RP_DECODE(rules_lookup);

RP_ENTER(change);
RP_DECODE(table_insert);
RP_DECODE(table_delete);
RP_DECODE(table_flush);
RP_ENTER(fib_event);
RP_DECODE(fib_event);

RP_ENTER(netdev_event);
RP_ENTER(inetaddr_event);
RP_ENTER(rule_event);
RP_DECODE(rule_event);
RP_ENTER(nexthop_notify);
RP_ENTER(remove_nexthop);
RP_DECODE(event);

RP_ENTER(icmp_unreach);
RP_DECODE(icmp_unreach);
RP_ENTER(icmp_send);
RP_ENTER(link_failure);
RP_DECODE(link_failure);
RP_ENTER(hook_slow);
RP_KEEP(failure);
RP_ENTER(route_me_harder);
RP_ENTER(update_pmtu);
RP_ENTER(do_redirect);
RP_DECODE(do_redirect);
RP_DECODE(errno);
RP_DECODE(none);

RP_ENTER(sk_dst_check);
RP_DECODE(sk_dst_check);

#endif
