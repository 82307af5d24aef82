// SPDX-License-Identifier: GPL-2.0
/* Fires the trace events of a record. */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "trace.h"

#define CREATE_TRACE_POINTS
#include "trace_def.h"

DEFINE_STATIC_KEY_FALSE(rp_trace_on);

/*
 * Who listens holds the module: the kernel warns of a trigger that outlives its event.
 * Context: as tracepoint_add_func() calls it, which then switches a static branch itself.
 */
int rp_trace_listen(void)
{
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	static_branch_inc(&rp_trace_on);
	return 0;
}

/*
 * The module may go before this has returned, but not its text: whoever listens by an
 * event holds event_mutex, which trace_module_remove_events() wants first, and BPF holds
 * a reference of its own.
 */
void rp_trace_leave(void)
{
	static_branch_dec(&rp_trace_on);
	module_put(THIS_MODULE);
}

/* @sockaddr has room for either family.  What has none, as a device, is told as 0.0.0.0. */
void rp_trace_addr(void *sockaddr, u8 family, const void *addr, __be16 port)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = port };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = port };

	if (family == AF_INET6) {
		memcpy(&in6.sin6_addr, addr, sizeof(in6.sin6_addr));
		memcpy(sockaddr, &in6, sizeof(in6));
	} else {
		memcpy(&in.sin_addr, addr, sizeof(in.sin_addr));
		memset(sockaddr, 0, RP_TRACE_SOCKADDR);
		memcpy(sockaddr, &in, sizeof(in));
	}
}

/* Of a route without a next hop zeroes, as any address of the record's family. */
void rp_trace_gateway(void *sockaddr, const struct rp_record *rec)
{
	rp_trace_addr(sockaddr, rec->route.gw_family ?: rec->family, rec->route.gw, 0);
}

void rp_trace(const struct rp_record *rec)
{
	unsigned int kind = RP_KIND_BIT(rec->kind);

	if (kind & RP_KINDS_DECISION) {
		trace_decision(rec);
		if (rec->err)
			trace_failure(rec);
	} else if (kind & (RP_KINDS_CHANGE | RP_KINDS_EVENT)) {
		trace_change(rec);
	} else if (kind & RP_KINDS_SIGNAL) {
		trace_signal(rec);
	}
}
