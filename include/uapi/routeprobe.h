/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * routeprobe: the contract of the module and whoever reads it.
 *
 * The module puts one struct rp_record into a per-CPU ring for every call of a
 * probed kernel function that no other record tells of.  It copies and counts, it
 * never interprets:
 * what a routing decision was made of, and why it failed, is worked out by
 * the reader from these records.
 *
 * Directory
 * =========
 *
 * Everything is below the debugfs directory "routeprobe", mode 0400, read
 * only.  A recording made by `routeprobe record` is a directory of the same
 * files, so one parser reads both; but of cpuN it has the records packed, in packedN.
 *
 *   version    "key value" lines: routeprobe VERSION, abi MAJOR.MINOR,
 *              record BYTES, kernel RELEASE.  Read this first.  A reader
 *              refuses another MAJOR; a new MINOR only adds files, keys, ids and
 *              values, which a reader passes over.
 *   probes     one line per probe, fields separated by one tab:
 *              id, name, kind, group, state, recorded, filtered, missed, use.
 *              The first line starts with '#' and names the columns.
 *              kind is a name from the comment of enum rp_kind; state is
 *              "armed", "off" or "absent:ERRNO" (ERRNO positive, from
 *              arming it); use says what is lost without it.
 *   hist       one line per probe: id, tab, name, tab, and " BELOW:CALLS" for each
 *              power of two BELOW of nanoseconds such that there were CALLS that
 *              took less, and not less than half of it.  Of recorded calls, since the
 *              module was loaded.  The last power that there is, 2^39, counts
 *              longer ones too.
 *   callers    "ID SYMBOL+OFFSET/SIZE [MODULE]" lines: what rp_record.caller
 *              stands for.  Grows while probes fire, an id never changes its
 *              address.  A caller that the kernel can no longer name is "?".
 *   stacks     what rp_record.stack stands for, with stacks=1.  Of each stack a line
 *              "ID RECORDS", a line " SYMBOL+OFFSET/SIZE [MODULE]" for each return
 *              address, beginning with the caller of the probed function, and an empty
 *              line.  A line " ..." says that there are more further out, as where a
 *              kernel before 5.15 finds another probed function under way.  A symbol
 *              that the kernel can no longer name is "?".  The stack of a softirq
 *              ends with what calls softirqs.  Grows while probes fire; an id never
 *              changes its stack, nor comes back after stacks=0, which empties the
 *              file.
 *   reasons    "NUMBER NAME" lines: the drop reasons of this kernel, what
 *              rp_record.err above 0 stands for.  Numbers change from kernel
 *              to kernel.  Empty on a kernel whose headers list none: it
 *              returns errnos.
 *   stats      "key value" lines: the settings in force and every counter.
 *              Counters start at 0 when the module is loaded.  A value may be
 *              empty or hold blanks, as that of filter.  Calls
 *              made are recorded + filtered + missed, while there are buffers.
 *              freeze_state is off, armed, ending or frozen; in the last two
 *              freeze_time_ns is when that began, and freeze_cpu and freeze_seq
 *              are the record that did it, unless somebody asked.
 *              stacks_held is how many there are, stacks_no_room how many records
 *              have none because the table was full; both begin anew with stacks=1.
 *   cpuN       the ring of CPU N as records, see below.
 *   events     all rings as text, for people; its form is no contract.
 *
 * cpuN
 * ====
 *
 * read() returns whole records, oldest first, as many as fit, and 0 when the
 * newest has been read; a later read() returns what has come since.  Each
 * open file has its own cursor and starts at the oldest record still held.
 * lseek(0, SEEK_SET) goes back to the oldest, lseek(0, SEEK_END) past the
 * newest, whose number it returns; any other seek is EINVAL.  poll() reports
 * POLLIN when a record is there, at most 100 ms late.  read() of less than one
 * record is EINVAL.
 *
 * The ring overwrites: a reader that is too slow loses the oldest records
 * and can count exactly how many, because rp_record.seq of one CPU is
 * 1, 2, 3, ... without a gap.  It goes on across enable=0 and changes of
 * records_per_cpu, and ends with the module.
 *
 * Records of one CPU are in the order in which the probed functions
 * returned, or, of kinds that are told at once (lookup, rule), were called:
 * time_ns + duration_ns never decreases from one to the next.
 * CLOCK_MONOTONIC is one clock for all CPUs, so merging by that sum orders
 * all of them.
 *
 * packedN
 * =======
 *
 * Of each record of cpuN what differs from the last one of the same probe, or of another
 * whose id has the same remainder by RP_PACKED_LAST, in words of eight bytes: a 32-bit
 * number, of which bits 0 to 23 say which words follow, bit I for the word at byte
 * 8 * I, and bits 24 to 31 are that remainder; and these words in their order.  The
 * others are as in that last record, which before the first has all zero, but for seq
 * (bit 0): it is greater by one than that of the record before in the file.
 *
 * Conventions
 * ===========
 *
 * Integers are in host byte order but for fields of type __be16 and __be32
 * and the bytes of addresses, which are in network order.  A recording
 * carries its byte order in the file "session".  What the kernel did not
 * fill is zero, but for what stands behind the NUL of a name, and rp_record.has
 * says which parts hold anything.  There is no implicit padding, and nothing in a
 * record is a kernel address.
 */
#ifndef _UAPI_ROUTEPROBE_H
#define _UAPI_ROUTEPROBE_H

#include <linux/types.h>

#define RP_ABI_MAJOR	2
#define RP_ABI_MINOR	0

#define RP_NAME_LEN	16	/* TASK_COMM_LEN, IFNAMSIZ */
#define RP_PACKED_LAST	32	/* see packedN above */

/*
 * Probe ids.  Append only, never reuse one: recordings outlive the module.
 * Readers take id, name and kind from the file "probes", not from here.
 */
enum rp_probe_id {
	RP_PROBE_NONE,
	RP_PROBE_IP_ROUTE_OUTPUT_KEY_HASH_RCU,
	RP_PROBE_IP_ROUTE_OUTPUT_FLOW,
	RP_PROBE_FIB_TABLE_LOOKUP,
	RP_PROBE_FIB4_RULE_ACTION,
	RP_PROBE_FIB4_RULE_SUPPRESS,
	RP_PROBE_FIB_RULES_LOOKUP,
	RP_PROBE_IP_ROUTE_INPUT_SLOW,
	RP_PROBE_FIB_VALIDATE_SOURCE,
	RP_PROBE_FIB_TABLE_INSERT,
	RP_PROBE_FIB_TABLE_DELETE,
	RP_PROBE_FIB_TABLE_FLUSH,
	RP_PROBE_CALL_FIB4_NOTIFIERS,
	RP_PROBE_ICMP_UNREACH,
	RP_PROBE___ICMP_SEND,
	RP_PROBE_IPV4_LINK_FAILURE,
	RP_PROBE_NF_HOOK_SLOW,
	RP_PROBE_IP_ROUTE_ME_HARDER,
	RP_PROBE_FIB_NETDEV_EVENT,
	RP_PROBE_FIB_INETADDR_EVENT,
	RP_PROBE_CALL_FIB_NOTIFIERS,
	RP_PROBE_NEXTHOP_NOTIFY,
	RP_PROBE_REMOVE_NEXTHOP,
	RP_PROBE_SK_DST_CHECK,
	RP_PROBE___SK_DST_CHECK,
	RP_PROBE___IP_RT_UPDATE_PMTU,
	RP_PROBE___IP_DO_REDIRECT,
	__RP_PROBE_MAX
};

/*
 * What a record is about.  Append only.  The name in the file "probes" is
 * the first word of each comment; the rest says which parts may be there.
 */
enum rp_kind {
	RP_KIND_NONE,
	RP_KIND_LOOKUP,		/* lookup: one table was asked. flow, and of route the table and
				 * the next hop: the prefix is what encloses it found; rule, when
				 * it was that one's table: no record of kind rule tells of it
				 */
	RP_KIND_SUPPRESS,	/* suppress: may the match stand, of a rule that takes some back?
				 * rule, route
				 */
	RP_KIND_RULE,		/* rule: a matching rule was carried out, that has no table, or
				 * one that is not there. flow, rule; no verdict when it has one,
				 * and nobody watches lookups
				 */
	RP_KIND_RULES,		/* rules: the walk over all rules. flow, rule, route */
	RP_KIND_VALIDATE,	/* validate: may this source come in here? flow */
	RP_KIND_OUTPUT,		/* output: a route for a packet to send. flow, route, rtable,
				 * pmtu.  Where there are no custom rules it stands also for the
				 * lookup that found its route, which counts as filtered
				 */
	RP_KIND_OUTPUT_FLOW,	/* output-flow: the same for a socket, after IPsec. flow, rtable,
				 * pmtu
				 */
	RP_KIND_INPUT,		/* input: a route for a packet received. flow, route, rtable */
	RP_KIND_CHANGE,		/* change: the FIB was changed, or not. route, change */
	RP_KIND_EVENT,		/* event: an entry came or went, asked for or not. route, change */
	RP_KIND_RULE_EVENT,	/* rule-event: a policy rule came or went. flow, rule */
	RP_KIND_NEXTHOP_EVENT,	/* nexthop-event: a next hop object came or went. route, change */
	RP_KIND_ADDR_EVENT,	/* addr-event: an address came or went. route, change */
	RP_KIND_LINK_EVENT,	/* link-event: a device changed its state. route, change */
	RP_KIND_CACHE,		/* cache: may a socket keep its route? flow, rtable, pmtu */
	RP_KIND_EXCEPTION,	/* exception: a PMTU or a gateway for one destination was heard
				 * of; and learned, if a table was asked for that inside.
				 * flow, route, signal
				 */
	RP_KIND_ICMP_IN,	/* icmp-in: an ICMP error came in. flow, signal */
	RP_KIND_ICMP_OUT,	/* icmp-out: this host is to send an ICMP error. flow, signal */
	RP_KIND_LINK_FAILURE,	/* link-failure: a next hop does not answer. flow, route */
	RP_KIND_NETFILTER,	/* netfilter: a hook refused a packet. flow, signal */
	RP_KIND_REROUTE,	/* reroute: a packet that netfilter changed. flow */
	__RP_KIND_MAX
};

/* rp_record.context: where the probed function ran. */
enum rp_context {
	RP_CONTEXT_TASK,	/* on behalf of the task named in the record */
	RP_CONTEXT_SOFTIRQ,	/* a packet or a timer; the task is a bystander */
	RP_CONTEXT_HARDIRQ,
	__RP_CONTEXT_MAX
};

/* rp_record.verdict */
enum rp_verdict {
	RP_VERDICT_NONE,
	RP_VERDICT_HIT,		/* found, accepted, done */
	RP_VERDICT_NEXT,	/* nothing here, ask the next table or rule: no match,
				 * a throw route (both -EAGAIN), or a suppressed match
				 */
	RP_VERDICT_REJECT,	/* a route or rule that says no: unreachable,
				 * prohibit, blackhole; err says which
				 */
	RP_VERDICT_ERROR,	/* any other failure, see err */
	__RP_VERDICT_MAX
};

/* rp_record.has */
#define RP_HAS_FLOW	(1 << 0)	/* rp_record.flow */
#define RP_HAS_ROUTE	(1 << 1)	/* rp_record.route but for its rtable part */
#define RP_HAS_RTABLE	(1 << 2)	/* route.rt_type, rt_flags, dev, oif, prefsrc */
#define RP_HAS_RULE	(1 << 3)	/* rp_record.rule */
#define RP_HAS_CHANGE	(1 << 4)	/* rp_record.change */
#define RP_HAS_DST_ERROR (1 << 5)	/* err is dst_entry.error: the function returned
					 * success, the packet will be refused
					 */
#define RP_HAS_SIGNAL	(1 << 6)	/* rp_record.signal */
#define RP_HAS_PMTU	(1 << 7)	/* rp_record.pmtu */

/*
 * The key as asked: copied when the function was entered, since callees
 * rewrite source, device and tos in place.  From struct flowi4
 * (include/net/flow.h); for kind input, and for validate, from the arguments
 * and the packet, because the kernel builds the key inside.  For the kinds of
 * signals it is the packet's that suffered: of icmp-in and exception the one inside the
 * ICMP error, so a packet that this host, or one behind it, had sent.  Its iif is
 * then where the packet came in, 0: it was made here, and of icmp-in where the ICMP
 * error came in; its uid that of its socket, if it has one here.  For cache it is the
 * socket's.  For rule-event it holds the selectors of the rule
 * that a struct fib_rule shows to all: oif, iif, mark, proto, and the ports when
 * they are no range; ~0: a device that is not there, 0: any.
 */
struct rp_flow {
	__be32	dst;
	__be32	src;		/* 0: the kernel is to choose one */
	__u32	oif;		/* device index demanded, 0: any */
	__u32	iif;		/* device index; 1 (lo) for output */
	__u32	l3mdev;		/* index of the VRF device, 0: none */
	__u32	mark;
	__u32	uid;		/* in the initial user namespace */
	__be16	dport;		/* for ICMP type and code, as in union flowi_uli; 0: */
	__be16	sport;		/* unknown, or a protocol without ports */
	__u8	tos;		/* the whole byte, as the caller set it */
	__u8	scope;		/* RT_SCOPE_*: narrower matches only */
	__u8	proto;		/* IPPROTO_*, 0: unknown */
	__u8	flags;		/* FLOWI_FLAG_* */
};

/*
 * What was found, from struct fib_result, fib_info and fib_nh_common
 * (include/net/ip_fib.h) and struct rtable (include/net/route.h).  A lookup
 * that was rejected has no route: the kernel returns before it fills one.
 * For kind change: what was asked for, from struct fib_config.  For addr-event
 * prefsrc is the address, dst and dst_len the prefix that it, or its peer, is in; for
 * nexthop-event nhid, gw, oif and dev, type if it is RTN_BLACKHOLE, and of a group
 * nh_count; for link-event oif and dev; for link-failure gw is the next hop that does
 * not answer, behind oif and dev; for exception gw is the gateway told.
 */
struct rp_route {
	__u32	table;		/* of the route itself (fib_info.fib_tb_id), else of
				 * the table asked: merged local and main are told apart
				 */
	__u32	metric;
	__be32	dst;		/* the prefix that matched, */
	__u8	dst_len;	/* and its length */
	__u8	nh_sel;		/* leg of a multipath route, from 0 */
	__u8	type;		/* RTN_* */
	__u8	scope;		/* RT_SCOPE_* */
	__u32	oif;		/* device index of the next hop */
	__be32	prefsrc;	/* kind output: the source chosen; else the route's */
	__u32	nhid;		/* next hop object, 0: none */
	__u32	rt_flags;	/* RTCF_* */
	__u8	gw[16];		/* next hop address, 4 or 16 bytes by gw_family */
	char	dev[RP_NAME_LEN];
	__u8	protocol;	/* RTPROT_* */
	__u8	gw_family;	/* AF_INET, AF_INET6, 0: no gateway */
	__u8	nh_flags;	/* RTNH_F_*: dead, linkdown, onlink */
	__u8	tos;
	__u16	nh_weight;	/* as `ip route` shows it: from 1 */
	__u8	rt_type;	/* RTN_* of the rtable */
	__u8	nh_count;	/* legs of the route, 255: that many or more */
};

/* From struct fib_rule (include/net/fib_rules.h). */
struct rp_rule {
	__u32	priority;
	__u32	table;		/* the rule's own; 0 with l3mdev: the VRF's */
	__u8	action;		/* FR_ACT_* */
	__u8	l3mdev;
	__u8	suppressed;	/* kind suppress: the match was taken back */
	__u8	op;		/* kind rule-event: enum rp_change_op */
};

/* rp_change.op */
enum rp_change_op {
	RP_CHANGE_NONE,
	RP_CHANGE_INSERT,	/* a route was added, replaced or appended, see nlflags;
				 * kind event: it is what lookups of its prefix find now
				 */
	RP_CHANGE_DELETE,	/* kind event: and no other takes its place */
	RP_CHANGE_FLUSH,	/* dead routes of one table were dropped, see count */
	RP_CHANGE_UP,		/* a device was set up, */
	RP_CHANGE_DOWN,		/* or down; kind nexthop-event: its object is gone for that */
	RP_CHANGE_CARRIER_UP,	/* a device that is up got its carrier, */
	RP_CHANGE_CARRIER_DOWN,	/* or lost it; also said anew when something else of the
				 * device changed; kind nexthop-event: as with down
				 */
	RP_CHANGE_MASTER,	/* a device got or left a VRF */
	__RP_CHANGE_MAX
};

struct rp_change {
	__u32	count;		/* routes flushed */
	__u32	nlflags;	/* NLM_F_REPLACE, NLM_F_EXCL, NLM_F_APPEND, ... */
	__u8	op;
	__u8	reserved[3];
};

/* From a packet; for icmp-out from the arguments of __icmp_send(). */
struct rp_signal {
	__be32	from;		/* icmp-in and exception: who sent the ICMP error; 0: nobody */
	__u32	info;		/* icmp-in, icmp-out: the next hop's MTU, where type and
				 * code say so; exception: the PMTU told, 0: a gateway
				 */
	__u8	type;		/* ICMP_DEST_UNREACH, ICMP_TIME_EXCEEDED, ... */
	__u8	code;
	__u8	hook;		/* netfilter: NF_INET_LOCAL_OUT, ... */
	__u8	reserved;
};

struct rp_record {
	__u64	seq;		/* of this CPU, from 1 without a gap */
	__u64	time_ns;	/* entry of the function, CLOCK_MONOTONIC */
	__u64	duration_ns;	/* until its return, with all that ran meanwhile; 0 for kinds
				 * lookup and rule, which are told at a moment
				 */
	__u32	caller;		/* line of the file "callers", 0: not told, or table was full;
				 * kind output, when output-flow is off: who asked that one
				 */
	__u32	netns;		/* inode number, as `lsns -t net` shows it, 0: unknown */
	__u32	tid;		/* in the initial PID namespace */
	__u32	tgid;
	char	comm[RP_NAME_LEN];
	__s32	err;		/* 0, a negative errno, or above 0 a drop reason: a
				 * number of the file "reasons", or one of a part of the
				 * kernel that keeps its own, which is not there
				 */
	__u32	stack;		/* of the file "stacks", 0: none was taken, or the table
				 * was full
				 */
	__u16	probe;		/* enum rp_probe_id */
	__u16	cpu;
	__u8	kind;		/* enum rp_kind */
	__u8	context;	/* enum rp_context */
	__u8	verdict;	/* enum rp_verdict */
	__u8	has;		/* RP_HAS_* */

	struct rp_flow flow;
	struct rp_route route;
	union {
		struct rp_rule rule;
		struct rp_change change;
		struct rp_signal signal;
		__u32 pmtu;	/* of the route exception in use */
	};
};

#endif /* _UAPI_ROUTEPROBE_H */
