/* SPDX-License-Identifier: GPL-2.0 */
/* Which steps of an IPv6 decision need no record of their own. */
#ifndef _RP_RULES6_H
#define _RP_RULES6_H

#include <linux/icmpv6.h>
#include <linux/in6.h>
#include <linux/kprobes.h>
#include <linux/types.h>
#include <net/ndisc.h>

#include "call.h"
#include "fill6.h"
#include "uapi/routeprobe.h"

/* Whether these have records: an input, the walk over the rules, the lookup in a table. */
extern bool rp_rules6_have_inputs, rp_rules6_have_walks, rp_rules6_have_lookups;

/* fib_rules_lookup(), which both families share, for IPv6 */
unsigned int rp_rules6_enter(struct rp_call *call);
void rp_rules6_decode(const struct rp_call *call, unsigned long ret, struct rp_record *rec);
void rp_rules6_record_passed(struct rp_call *call);

/* Neighbour and router discovery, redirects, multicast listeners: what keeps a link going. */
static nokprobe_inline bool rp_is_link_chatter(const struct rp_flow *flow)
{
	const u8 type = ntohs(flow->dport) >> 8;

	if (flow->proto != IPPROTO_ICMPV6)
		return false;
	return (type >= ICMPV6_MGM_QUERY && type <= ICMPV6_MGM_REDUCTION) ||
	       (type >= NDISC_ROUTER_SOLICITATION && type <= NDISC_REDIRECT) ||
	       type == ICMPV6_MLD2_REPORT;
}

#endif
