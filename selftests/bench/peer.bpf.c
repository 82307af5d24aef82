// SPDX-License-Identifier: GPL-2.0
/*
 * The strongest peer that we can write: BPF where the function that decides is
 * entered and left, a ring buffer, and no wakeups.  Of the kernel's structures here
 * stands only what is read; where that is libbpf finds in the kernel's BTF.
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "peer.h"

#define MAX_ERRNO	4095
#define DEPTH		4	/* a task, and who interrupts it */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

struct flowi_common {
	int flowic_oif, flowic_iif;
	unsigned int flowic_mark;
	unsigned char flowic_tos, flowic_scope, flowic_proto;
	struct {
		unsigned int val;
	} flowic_uid;
};

/* The newest kernels have this in place of flowic_tos. */
struct flowi_common___dscp {
	unsigned char flowic_dscp;
};

union flowi_uli {
	struct {
		unsigned short dport, sport;
	} ports;
};

struct flowi4 {
	struct flowi_common __fl_common;
	unsigned int saddr, daddr;
	union flowi_uli uli;
};

struct net_device {
	char name[16];
	int ifindex;
};

struct dst_entry {
	struct net_device *dev;
};

struct rtable {
	struct dst_entry dst;
	unsigned short rt_type;
	unsigned char rt_gw_family;
	unsigned int rt_gw4;
};

struct fib_table {
	unsigned int tb_id;
};

struct fib_info {
	unsigned char fib_protocol;
	unsigned int fib_priority;
};

struct fib_result {
	unsigned int prefix;
	unsigned char prefixlen, type, scope;
	struct fib_info *fi;
	struct fib_table *table;
};

#pragma clang attribute pop

/* Calls that have not returned, those that interrupted others above these. */
struct peer_calls {
	unsigned int depth;
	struct peer_call {
		unsigned long long time_ns;
		struct peer_key key;
	} call[DEPTH];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, unsigned int);
	__type(value, struct peer_calls);
} peer_calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 24);
} peer_ring SEC(".maps");

/* Made, and lost */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, unsigned int);
	__type(value, unsigned long long);
} peer_counts SEC(".maps");

static __always_inline void peer_count(unsigned int which)
{
	unsigned long long *count = bpf_map_lookup_elem(&peer_counts, &which);

	if (count)
		*count += 1;
}

/* The verifier forgets that the depth was compared: the mask it sees. */
static __always_inline struct peer_call *peer_call(struct peer_calls *calls, unsigned int depth)
{
	if (depth >= DEPTH)
		return NULL;
	barrier_var(depth);
	return &calls->call[depth & (DEPTH - 1)];
}

static __always_inline void peer_asked(struct peer_key *key, struct flowi4 *fl4)
{
	struct flowi_common *common = &fl4->__fl_common;

	key->src = fl4->saddr;
	key->dst = fl4->daddr;
	key->oif = common->flowic_oif;
	key->iif = common->flowic_iif;
	key->mark = common->flowic_mark;
	key->uid = common->flowic_uid.val;
	key->sport = fl4->uli.ports.sport;
	key->dport = fl4->uli.ports.dport;
	key->proto = common->flowic_proto;
	key->scope = common->flowic_scope;
	if (bpf_core_field_exists(common->flowic_tos))
		key->tos = common->flowic_tos;
	else
		key->tos = ((struct flowi_common___dscp *)common)->flowic_dscp;
}

SEC("fentry/ip_route_output_key_hash_rcu")
int BPF_PROG(peer_entry, struct net *net, struct flowi4 *fl4)
{
	unsigned int zero = 0;
	struct peer_calls *calls = bpf_map_lookup_elem(&peer_calls, &zero);
	struct peer_call *call;

	if (!calls)
		return 0;
	call = peer_call(calls, calls->depth++);
	if (!call)
		return 0;
	peer_asked(&call->key, fl4);
	call->time_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline void peer_found(struct peer_event *e, struct fib_result *res,
				       struct rtable *rt)
{
	struct net_device *dev = rt->dst.dev;
	struct fib_info *fi = res->fi;

	e->table = res->table->tb_id;
	e->prefix = res->prefix;
	e->prefixlen = res->prefixlen;
	e->type = res->type;
	e->scope = res->scope;
	e->protocol = fi->fib_protocol;
	e->metric = fi->fib_priority;
	e->route_type = rt->rt_type;
	e->gw_family = rt->rt_gw_family;
	e->gw = rt->rt_gw4;
	e->oif = dev->ifindex;
	e->dev[0] = *(const unsigned long long *)&dev->name[0];
	e->dev[1] = *(const unsigned long long *)&dev->name[8];
}

SEC("fexit/ip_route_output_key_hash_rcu")
int BPF_PROG(peer_exit, struct net *net, struct flowi4 *fl4, struct fib_result *res,
	     const void *skb, struct rtable *rt)
{
	unsigned int zero = 0;
	struct peer_calls *calls = bpf_map_lookup_elem(&peer_calls, &zero);
	struct peer_event *e;
	struct peer_call *call;

	if (!calls || !calls->depth)
		return 0;
	call = peer_call(calls, --calls->depth);
	if (!call)
		return 0;
	peer_count(0);
	e = bpf_ringbuf_reserve(&peer_ring, sizeof(*e), 0);
	if (!e) {
		peer_count(1);
		return 0;
	}
	e->time_ns = call->time_ns;
	e->duration_ns = bpf_ktime_get_ns() - e->time_ns;
	e->pid_tgid = bpf_get_current_pid_tgid();
	e->netns = net->ns.inum;
	e->key = call->key;
	e->prefsrc = fl4->saddr;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	if ((unsigned long)rt >= (unsigned long)-MAX_ERRNO) {
		e->err = (long)rt;
		e->oif = 0;
	} else {
		e->err = 0;
		peer_found(e, res, rt);
	}
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
	return 0;
}

char _license[] SEC("license") = "GPL";
