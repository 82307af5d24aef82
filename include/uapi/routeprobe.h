/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * routeprobe: the contract between the module and its readers.
 *
 * The module writes one struct rp_record into a per-CPU ring for each call of
 * a probed kernel function, unless another record covers that call (see
 * "Records left out").  It copies and counts; it does not interpret.  A reader
 * works out from these records what a routing decision was made of and why it
 * failed.
 *
 * Directory
 * =========
 *
 * All files are in the debugfs directory "routeprobe", read-only, mode 0400.
 * A recording made by `routeprobe record` is a directory with the same files,
 * so one parser reads both; only cpuN is stored packed, as packedN.
 *
 *   version    "key value" lines: routeprobe VERSION, abi MAJOR.MINOR,
 *              record BYTES, kernel RELEASE.  Read this first.  A reader
 *              refuses another MAJOR.  A new MINOR only adds files, keys, ids
 *              and values; a reader passes over those it does not know.
 *   probes     one line per probe, tab-separated: id, name, kind, group,
 *              state, recorded, filtered, missed, hook, use.  The first line
 *              starts with '#' and names the columns.  kind is a name from
 *              the comments of enum rp_kind.  state is "armed"; "blind":
 *              armed, but a test lookup at arming did not pass it; "off"; or
 *              "absent:ERRNO", ERRNO being the positive error of the last
 *              attempt to arm it.  hook is how the probe is attached:
 *              wrapper, ftrace, kretprobe, kprobe, tracepoint, or "-" when it
 *              is not.  use says what is lost without the probe.
 *   hist       one line per probe: id, tab, name, tab, and " BELOW:CALLS" for
 *              each power of two BELOW of nanoseconds: CALLS took less than
 *              BELOW, and at least half of it.  Counts recorded calls since
 *              the module was loaded.  The last power, 2^39, includes longer
 *              calls.
 *   callers    "ID SYMBOL+OFFSET/SIZE [MODULE]" lines: what rp_record.caller
 *              stands for.  Grows while probes fire; an id never changes its
 *              address.  "?" stands for a caller that the kernel can no
 *              longer name.
 *   stacks     what rp_record.stack stands for, with stacks=1.  For each
 *              stack a line "ID RECORDS", one line " SYMBOL+OFFSET/SIZE
 *              [MODULE]" per return address, the caller of the probed
 *              function first, and an empty line.  " ..." means that outer
 *              frames are missing: the stack was too deep, or (before 5.15)
 *              the unwinder stopped at another probed function.  The stack of
 *              a softirq ends with what calls softirqs.  Grows while probes
 *              fire.  An id never changes its stack and is not reused after
 *              stacks=0, which empties the file.
 *   reasons    "NUMBER NAME" lines: the drop reasons of this kernel, for
 *              rp_record.err above 0.  The numbers differ between kernels.
 *              Empty on a kernel without drop reasons, which uses errnos.
 *   stats      "key value" lines: the settings in force and all counters,
 *              which start at 0 when the module is loaded.  A value may be
 *              empty or contain blanks, such as that of filter.  recorded +
 *              filtered + missed is the number of calls, while there are
 *              buffers.  freeze_state is off, armed, ending or frozen; in the
 *              last two freeze_time_ns is when the trigger came, and
 *              freeze_cpu and freeze_seq name the record that was the
 *              trigger, unless a user froze the rings.  stacks_held counts
 *              stacks, stacks_no_room records without one because the table
 *              was full; both restart with stacks=1.
 *   cpuN       the ring of CPU N as records, see below.
 *   events     all rings as text, for people; its form is no contract.
 *
 * cpuN
 * ====
 *
 * read() returns whole records, oldest first, as many as fit, and 0 when the
 * newest has been read; a later read() returns what has come since.  Each
 * open file has its own position and starts at the oldest record held.
 * lseek(0, SEEK_SET) returns to the oldest record; lseek(0, SEEK_END) moves
 * past the newest and returns its number; any other seek is EINVAL.  poll()
 * reports POLLIN at most 100 ms after a record was made.  read() of less than
 * one record is EINVAL.
 *
 * The ring overwrites its oldest records.  A reader that is too slow can count
 * exactly how many it lost, because rp_record.seq of one CPU is 1, 2, 3, ...
 * without a gap.  The numbering continues across enable=0 and changes of
 * records_per_cpu, and ends with the module.
 *
 * Records of one CPU are in the order in which the probed functions returned
 * or, for kinds recorded at a moment (lookup, rule), were called: time_ns +
 * duration_ns never decreases from one to the next.  CLOCK_MONOTONIC is one
 * clock for all CPUs, so merging by that sum orders all of them.
 *
 * packedN
 * =======
 *
 * Each record of cpuN as a delta: against the previous record in the same
 * slot, slot being rp_record.probe % RP_PACKED_SLOTS.  A packed record is, in
 * order:
 *
 *   - one byte: the slot, and perhaps RP_PACKED_TIMES and RP_PACKED_WORDS
 *   - the times.  Without RP_PACKED_TIMES two numbers of four bytes: time_ns
 *     less that of the previous record in the file (0 before the first), which
 *     may be negative, and duration_ns.  With it time_ns and duration_ns
 *   - with RP_PACKED_WORDS, a 32-bit mask, not 0, and in order the words of
 *     eight bytes that differ: bit I is set if the word at byte 8 * I follows
 *
 * All other words are those of the previous record in the slot (zero before
 * the first), except seq (bit 0): without that word it is one more than the
 * seq of the previous record in the file.
 *
 * Conventions
 * ===========
 *
 * Integers are in host byte order, except __be16 and __be32 fields and the
 * bytes of addresses, which are in network order.  A recording notes its byte
 * order in the file "session.json".  What the kernel did not fill is zero, except
 * the bytes after the NUL of a name; rp_record.has says which parts are
 * valid.  There is no implicit padding, and no kernel address in a record.
 */
#ifndef _UAPI_ROUTEPROBE_H
#define _UAPI_ROUTEPROBE_H

#include <linux/types.h>

#define RP_ABI_MAJOR	3
#define RP_ABI_MINOR	0

#define RP_NAME_LEN	16	/* TASK_COMM_LEN, IFNAMSIZ */
#define RP_EVENTS_MAX	256	/* see "Records left out" */
#define RP_PACKED_SLOTS	64	/* see packedN above */
#define RP_PACKED_TIMES	(1 << 6)
#define RP_PACKED_WORDS	(1 << 7)

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
	RP_PROBE_IP_ROUTE_USE_HINT,
	RP_PROBE_IP_MC_VALIDATE_SOURCE,
	RP_PROBE_IP6_ROUTE_OUTPUT_FLAGS,
	RP_PROBE_IP6_DST_LOOKUP_FLOW,
	RP_PROBE_FIB6_RULE_LOOKUP,
	RP_PROBE_IP6_FORWARD,
	RP_PROBE_FIB6_TABLE_LOOKUP,
	RP_PROBE_FIB6_RULE_ACTION,
	RP_PROBE_FIB6_RULE_SUPPRESS,
	RP_PROBE_FIB6_ADD,
	RP_PROBE_FIB6_DEL,
	RP_PROBE_IP6_ROUTE_ADD,
	RP_PROBE_IP6_ROUTE_DEL,
	RP_PROBE_ADDRCONF_NOTIFY,
	RP_PROBE_RT6_DISABLE_IP,
	RP_PROBE_IPV6_DEL_ADDR,
	RP_PROBE_ICMPV6_NOTIFY,
	RP_PROBE_ICMP6_SEND,
	RP_PROBE_IP6_LINK_FAILURE,
	RP_PROBE___IP6_RT_UPDATE_PMTU,
	RP_PROBE_RT6_DO_REDIRECT,
	RP_PROBE_IP6_ROUTE_ME_HARDER,
	RP_PROBE_NDISC_ROUTER_DISCOVERY,
	RP_PROBE_PROC_SYS_WRITE,
	RP_PROBE_IP_LOCAL_ERROR,
	RP_PROBE_IPV6_LOCAL_ERROR,
	RP_PROBE_KFREE_SKB,
	__RP_PROBE_MAX
};

/*
 * What a record is about.  Append only.  The name in the file "probes" is the
 * first word of each comment; the rest says which parts may be valid.
 */
enum rp_kind {
	RP_KIND_NONE,
	RP_KIND_LOOKUP,		/* lookup: one table was asked. flow; of route the table and the
				 * next hop, the prefix being in the enclosing record, but of
				 * AF_INET6 all, also if it rejects; rule, if a rule asked the
				 * table
				 */
	RP_KIND_SUPPRESS,	/* suppress: a match of a rule with suppress; does it stand?
				 * rule, route
				 */
	RP_KIND_RULE,		/* rule: a matching rule was carried out. flow, rule; no verdict
				 * if the rule names a table.  Or several, flow, passed
				 */
	RP_KIND_RULES,		/* rules: the walk over all rules. flow, rule, route */
	RP_KIND_VALIDATE,	/* validate: may this source come in here? flow */
	RP_KIND_OUTPUT,		/* output: a route for a packet to send. flow, route, rtable,
				 * cached
				 */
	RP_KIND_OUTPUT_FLOW,	/* output-flow: the same for a socket, after IPsec, and of AF_INET6
				 * with a source chosen. flow, rtable, cached
				 */
	RP_KIND_INPUT,		/* input: a route for a received packet. flow, route, rtable; of
				 * AF_INET6 cached
				 */
	RP_KIND_CHANGE,		/* change: a request to change the FIB. route, change */
	RP_KIND_EVENT,		/* event: a route came or went, for any reason. route, change */
	RP_KIND_RULE_EVENT,	/* rule-event: a policy rule came or went. flow, rule */
	RP_KIND_NEXTHOP_EVENT,	/* nexthop-event: a next hop object came or went. route, change */
	RP_KIND_ADDR_EVENT,	/* addr-event: an address came or went. route, change */
	RP_KIND_LINK_EVENT,	/* link-event: a device changed its state. route, change */
	RP_KIND_CACHE,		/* cache: may a socket keep its route? flow, rtable, cached */
	RP_KIND_EXCEPTION,	/* exception: a PMTU or gateway for one destination was received;
				 * it was learned if a lookup is inside. flow, route, signal
				 */
	RP_KIND_ICMP_IN,	/* icmp-in: an ICMP error was received. flow, signal */
	RP_KIND_ICMP_OUT,	/* icmp-out: this host is to send an ICMP error. flow, signal */
	RP_KIND_LINK_FAILURE,	/* link-failure: a next hop does not answer. flow, route */
	RP_KIND_NETFILTER,	/* netfilter: a hook refused a packet. flow, signal */
	RP_KIND_REROUTE,	/* reroute: netfilter changed a packet. flow */
	RP_KIND_FORWARD,	/* forward: a packet was not for this host, which does not forward
				 * that family. flow
				 */
	RP_KIND_RA_EVENT,	/* ra-event: an IPv6 router advertised itself: gw, behind oif and
				 * dev, and its lifetime as a router. route, change
				 */
	RP_KIND_SYSCTL_EVENT,	/* sysctl-event: a sysctl was written that routing goes by, or
				 * could not be, see err. route, setting
				 */
	RP_KIND_REFUSED,	/* refused: a packet that has a route is not sent: it is larger than
				 * the MTU and may not be cut, or is dropped for a reason, see err.
				 * flow, signal
				 */
	__RP_KIND_MAX
};

/*
 * Classes of kinds.  A kind is in exactly one, but for cache, which is in
 * none: it repeats what a socket knows.
 *
 * decision   a packet got a route, or an error.
 * step       part of a decision, with a flow of its own.
 * change     what was asked of the FIB.
 * event      what became of the FIB, and why.
 * signal     an error, or news about a path, that is not the FIB's.
 */
#define RP_KIND_BIT(kind)	(1U << (kind))
#define RP_KINDS_DECISION						\
	(RP_KIND_BIT(RP_KIND_OUTPUT) | RP_KIND_BIT(RP_KIND_OUTPUT_FLOW) | \
	 RP_KIND_BIT(RP_KIND_INPUT))
#define RP_KINDS_STEP							\
	(RP_KIND_BIT(RP_KIND_LOOKUP) | RP_KIND_BIT(RP_KIND_SUPPRESS) |	\
	 RP_KIND_BIT(RP_KIND_RULE) | RP_KIND_BIT(RP_KIND_RULES) |	\
	 RP_KIND_BIT(RP_KIND_VALIDATE))
#define RP_KINDS_CHANGE		RP_KIND_BIT(RP_KIND_CHANGE)
#define RP_KINDS_EVENT							\
	(RP_KIND_BIT(RP_KIND_EVENT) | RP_KIND_BIT(RP_KIND_RULE_EVENT) |	\
	 RP_KIND_BIT(RP_KIND_NEXTHOP_EVENT) |				\
	 RP_KIND_BIT(RP_KIND_ADDR_EVENT) | RP_KIND_BIT(RP_KIND_LINK_EVENT) | \
	 RP_KIND_BIT(RP_KIND_RA_EVENT) | RP_KIND_BIT(RP_KIND_SYSCTL_EVENT))
#define RP_KINDS_SIGNAL							\
	(RP_KIND_BIT(RP_KIND_EXCEPTION) | RP_KIND_BIT(RP_KIND_ICMP_IN) | \
	 RP_KIND_BIT(RP_KIND_ICMP_OUT) | RP_KIND_BIT(RP_KIND_LINK_FAILURE) | \
	 RP_KIND_BIT(RP_KIND_NETFILTER) | RP_KIND_BIT(RP_KIND_REROUTE) | \
	 RP_KIND_BIT(RP_KIND_FORWARD) | RP_KIND_BIT(RP_KIND_REFUSED))

/*
 * Records left out
 * ================
 *
 * A call that another record covers counts as "filtered" and has no record:
 *
 * - lookup, if it found the route of the output around it, in a namespace
 *   that never had rules of its own: the output record names table, prefix
 *   and next hop.  Not if output was armed after the decision began.  AF_INET6:
 *   the same of an input; and a lookup before it in the table local, which
 *   found nothing.  Where the record of the output has folded, or an output-flow
 *   has it in place of an output: also one that found a route which rejects,
 *   and is named there, and one in the table main that found nothing.
 * - output, of AF_INET6, in an output-flow for the same flow that has folded.
 * - rule, if a lookup in its table follows: that record carries the rule.
 * - both, if that table had no answer or does not exist: up to RP_PASSED_MAX
 *   rules that were passed so, one after the other, are one record of kind
 *   rule, made before the next record of the walk or when the walk ends.  If
 *   lookups or rules are not armed, each rule is recorded at once, without a
 *   verdict.
 * - suppress, for a rule without suppress_*.
 * - input, and all of its steps, for the packets by which IPv6 runs a link:
 *   neighbour and router discovery, redirects, and multicast listener reports.
 * - netfilter, for a packet that was not refused; forward, for one that this
 *   host forwards, or refuses for another reason, as icmp-out tells.
 * - refused, for a packet by which a socket searches for the MTU of a path
 *   (IP_PMTUDISC_PROBE), and for one that is dropped for any reason but
 *   BPF_CGROUP_EGRESS, TC_EGRESS, and NEIGH_CREATEFAIL.
 * - cache, for a socket without a route; icmp-out, for a packet without one,
 *   or that an IPv6 multicast is unreachable: the kernel then does nothing.
 * - event, for an IPv6 route that dies of a device, after RP_EVENTS_MAX others in
 *   the same link-event, which counts it.
 * - link-event, for a change that the FIB ignores, and of AF_INET6 for one of
 *   which no route dies; event, rule-event and
 *   nexthop-event, for notifications about anything else; sysctl-event, for a
 *   sysctl that is not of enum rp_setting_id, and for a write that the kernel
 *   is to try again.
 *
 * If output-flow is not armed, rp_record.caller of an output is the caller of
 * ip_route_output_flow(), where the kernel's unwinder (ORC) can tell it.
 */

/* rp_record.context: where the probed function ran. */
enum rp_context {
	RP_CONTEXT_TASK,	/* on behalf of the task named in the record */
	RP_CONTEXT_SOFTIRQ,	/* for a packet or timer, the task being a bystander: a softirq,
				 * a kernel thread with softirqs disabled (threaded NAPI), or what
				 * a system call receives (tun, busy polling)
				 */
	RP_CONTEXT_HARDIRQ,
	__RP_CONTEXT_MAX
};

/* rp_record.verdict */
enum rp_verdict {
	RP_VERDICT_NONE,
	RP_VERDICT_HIT,		/* found, accepted, done */
	RP_VERDICT_NEXT,	/* nothing here, ask the next table or rule: no match, a throw
				 * route (both -EAGAIN), or a suppressed match
				 */
	RP_VERDICT_REJECT,	/* a route or rule of type unreachable, prohibit or blackhole;
				 * err says which
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
#define RP_HAS_DST_ERROR (1 << 5)	/* err is dst_entry.error: the function returned success,
					 * the packet will be refused
					 */
#define RP_HAS_SIGNAL	(1 << 6)	/* rp_record.signal */
#define RP_HAS_CACHED	(1 << 7)	/* rp_record.cached */
#define RP_HAS_PASSED	(1 << 8)	/* rp_record.passed, in place of route and what follows */
#define RP_HAS_SETTING	(1 << 9)	/* rp_record.setting */
#define RP_HAS_FOLDED	(1 << 10)	/* rp_record.folded */

/* An address of the record's family; of AF_INET the first four bytes, the others zero. */
union rp_addr {
	__u8	b[16];
	__be32	v4;
	__u64	w[2];		/* to compare and to copy */
};

/*
 * The key as asked: copied when the function was entered, since callees
 * rewrite source, device and tos in place.  From struct flowi4
 * (include/net/flow.h).  For input and validate, whose functions build the key
 * inside, from the arguments and the packet.
 *
 * For signals it is the affected packet: for icmp-in and exception the one
 * inside the ICMP error, which this host or one behind it had sent.  iif is
 * then where the packet came in, 0 if it was made here; for icmp-in where the
 * ICMP error came in.  uid is that of the packet's socket, if it has one here.
 *
 * For cache it is the socket's, of the family that it sends.  For rule-event it
 * holds the selectors that struct fib_rule shows for every family: oif, iif,
 * mark, proto, and the ports when they are no range; ~0: a device that does not
 * exist, 0: any.
 */
struct rp_flow {
	union rp_addr dst;
	union rp_addr src;	/* 0: the kernel is to choose one */
	__u32	oif;		/* device index demanded, 0: any */
	__u32	iif;		/* device index; 1 (lo) for output */
	__u32	l3mdev;		/* index of the VRF device, 0: none */
	__u32	mark;
	__u32	uid;		/* in the initial user namespace */
	__be32	label;		/* AF_INET6: the 20 bits of the flow label */
	__be16	dport;		/* for ICMP type and code, as in union flowi_uli; 0: */
	__be16	sport;		/* unknown, or a protocol without ports */
	__u8	tos;		/* the whole byte, as the caller set it */
	__u8	scope;		/* AF_INET: RT_SCOPE_*, narrower matches only */
	__u8	proto;		/* IPPROTO_*, 0: unknown */
	__u8	flags;		/* FLOWI_FLAG_* */
};

/*
 * What was found, from struct fib_result, fib_info and fib_nh_common
 * (include/net/ip_fib.h) and struct rtable (include/net/route.h); for AF_INET6
 * from struct fib6_info and struct rt6_info (include/net/ip6_fib.h).  A rejected
 * IPv4 lookup has no route: the kernel returns before it fills one.  A rejected
 * IPv6 decision has the route that rejects, without a next hop; and none if it
 * was a rule, or if nothing matched.
 *
 * For change: what was asked for, from struct fib_config, or fib6_config.  For addr-event
 * prefsrc is the address, dst and dst_len the prefix that it (or its peer) is
 * in.  For nexthop-event nhid, gw, oif and dev, type if it is RTN_BLACKHOLE,
 * and for a group nh_count.  For link-event and sysctl-event oif and dev.  For link-failure gw is
 * the next hop that does not answer, behind oif and dev.  For exception gw is
 * the gateway received.
 */
struct rp_route {
	union rp_addr dst;	/* the prefix that matched, see dst_len */
	union rp_addr prefsrc;	/* the source chosen: of AF_INET in an output, of AF_INET6 in an
				 * output-flow; else the route's
				 */
	__u8	gw[16];		/* next hop address, 4 or 16 bytes by gw_family */
	char	dev[RP_NAME_LEN];
	__u32	table;		/* of the route itself (fib_info.fib_tb_id), else of the table
				 * asked: merged local and main are told apart
				 */
	__u32	metric;
	__u8	dst_len;
	__u8	nh_sel;		/* leg of a multipath route, from 0; AF_INET6: unknown, 0 */
	__u8	type;		/* RTN_* */
	__u8	scope;		/* AF_INET: RT_SCOPE_* */
	__u32	oif;		/* device index of the next hop */
	__u32	nhid;		/* next hop object, 0: none */
	__u32	rt_flags;	/* AF_INET: RTCF flags of the rtable; AF_INET6: RTF flags, among
				 * them the router preference, also of a route without rtable
				 */
	__u8	protocol;	/* RTPROT_* */
	__u8	gw_family;	/* AF_INET, AF_INET6, 0: no gateway */
	__u8	nh_flags;	/* RTNH_F_*: dead, linkdown, onlink */
	union {
		__u8	tos;		/* AF_INET */
		__u8	src_len;	/* AF_INET6: `from` of the route, a prefix of flow.src,
					 * which change and event have for it too
					 */
	};
	__u16	nh_weight;	/* as `ip route` shows it: from 1; 0: the leg is unknown */
	__u8	rt_type;	/* RTN_* of the rtable; AF_INET6: of the route */
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

/* A rule whose table had no answer, so that the next rule was tried. */
struct rp_passed {
	__u32	priority;
	__u32	table;		/* the one asked */
	__u8	asked;		/* 0: there is no such table */
	__u8	l3mdev;		/* the rule does not name the table, which is the VRF's */
	__u16	reserved;
};

#define RP_PASSED_MAX	10

/* rp_change.op */
enum rp_change_op {
	RP_CHANGE_NONE,
	RP_CHANGE_INSERT,	/* a route was added, replaced or appended, see nlflags; kind
				 * event: lookups of its prefix find it from now on
				 */
	RP_CHANGE_DELETE,	/* kind event: and no other takes its place; of AF_INET6 there
				 * may be others of the prefix, each with events of its own
				 */
	RP_CHANGE_FLUSH,	/* dead routes of one table were dropped, see count */
	RP_CHANGE_UP,		/* a device was set up */
	RP_CHANGE_DOWN,		/* or down; nexthop-event: its object went with that */
	RP_CHANGE_CARRIER_UP,	/* a device that is up got its carrier */
	RP_CHANGE_CARRIER_DOWN,	/* or lost it; repeated when something else of the device
				 * changed; nexthop-event: as with down
				 */
	RP_CHANGE_MASTER,	/* a device joined or left a VRF, a bridge, a bond or the like;
				 * of AF_INET6 only a VRF
				 */
	RP_CHANGE_DISABLE,	/* IPv6 was switched off for a device that is up: by the sysctl
				 * disable_ipv6, or by an MTU below 1280
				 */
	RP_CHANGE_ADVERTISE,	/* kind ra-event */
	RP_CHANGE_MTU,		/* a device got another MTU, see mtu; count was the one before */
	__RP_CHANGE_MAX
};

struct rp_change {
	__u32	count;		/* routes flushed; link-event, RP_CHANGE_MASTER: index of the
				 * master, 0: the device has none any more, or it is of AF_INET6;
				 * link-event of AF_INET6: routes that died in it and have no event
				 */
	__u32	nlflags;	/* NLM_F_REPLACE, NLM_F_EXCL, NLM_F_APPEND, ... */
	__u32	expires_s;	/* lifetime of the route or address, 0: no limit; ra-event: of
				 * the router, 0: it is none any more
				 */
	__u8	op;
	__u8	reserved[3];
	__u32	mtu;		/* kind event: the route's own, 0: it has none; link-event,
				 * RP_CHANGE_MTU: the device's
				 */
};

/* From a packet; for icmp-out from the arguments of __icmp_send() or icmp6_send(). */
struct rp_signal {
	union rp_addr from;	/* icmp-in and exception: who sent the ICMP error; 0: nobody */
	__u32	info;		/* icmp-in, icmp-out: the next hop's MTU, where type and code
				 * carry one; exception: the PMTU received, 0: a gateway;
				 * refused: the MTU that the packet is too large for, 0: it is
				 * too large for any, or was dropped
				 */
	__u8	type;		/* ICMP_DEST_UNREACH, ...; AF_INET6: ICMPV6_DEST_UNREACH, ... */
	__u8	code;
	__u8	hook;		/* netfilter: NF_INET_LOCAL_OUT, ... */
	__u8	reserved;
};

/*
 * rp_setting.id: what is below /proc/sys/net/ipv4 or ipv6, by the record's family.  Append
 * only; names are in the comments.
 */
enum rp_setting_id {
	RP_SETTING_NONE,
	RP_SETTING_FORWARDING,		/* forwarding; of all IPv4 devices ip_forward, too */
	RP_SETTING_RP_FILTER,		/* rp_filter */
	RP_SETTING_ROUTE_LOCALNET,	/* route_localnet */
	RP_SETTING_SRC_VALID_MARK,	/* src_valid_mark */
	RP_SETTING_ACCEPT_LOCAL,	/* accept_local */
	RP_SETTING_IGNORE_LINKDOWN,	/* ignore_routes_with_linkdown */
	RP_SETTING_DISABLE_IPV6,	/* disable_ipv6 */
	RP_SETTING_ACCEPT_RA,		/* accept_ra */
	RP_SETTING_ACCEPT_RA_DEFRTR,	/* accept_ra_defrtr */
	RP_SETTING_FORCE_FORWARDING,	/* force_forwarding, since 6.17 */
	RP_SETTING_HASH_POLICY,		/* fib_multipath_hash_policy */
	RP_SETTING_USE_NEIGH,		/* fib_multipath_use_neigh */
	RP_SETTING_TCP_L3MDEV,		/* tcp_l3mdev_accept */
	RP_SETTING_UDP_L3MDEV,		/* udp_l3mdev_accept */
	RP_SETTING_RAW_L3MDEV,		/* raw_l3mdev_accept */
	__RP_SETTING_MAX
};

/* rp_setting.scope: whose it is. */
enum rp_setting_scope {
	RP_SCOPE_NETNS,		/* of the namespace */
	RP_SCOPE_ALL,		/* conf/all */
	RP_SCOPE_DEFAULT,	/* conf/default: of devices to come */
	RP_SCOPE_DEV,		/* of the device, see route */
	__RP_SCOPE_MAX
};

/* A sysctl as it was when it was written, and afterwards. */
struct rp_setting {
	__s32	before;
	__s32	after;
	__u8	id;		/* enum rp_setting_id */
	__u8	scope;		/* enum rp_setting_scope */
	__u8	reserved[2];
};

/* What a route exception, or an IPv6 route with a lifetime, says. */
struct rp_cached {
	__u32	pmtu;		/* of the exception in use, 0: none */
	__u32	expires_s;	/* seconds left, 0: no limit */
};

/* What was asked in an output or output-flow of AF_INET6, and has no record of its own. */
struct rp_folded {
	struct rp_cached cached;	/* as rp_record.cached, see RP_HAS_CACHED */
	__s32	err;		/* output-flow: of the last output, which route tells of */
	__s32	first_err;	/* output-flow: of the output before, which had no source yet */
	__u8	outputs;	/* output-flow: how many outputs; 0: they have their own records */
	__u8	missed;		/* bit 0: for the last output, or for this one, the table main had
				 * no match; bit 1: for the output before it
				 */
	__u8	reserved[6];
};

struct rp_record {
	__u64	seq;		/* of this CPU, from 1 without a gap */
	__u64	time_ns;	/* entry of the function, CLOCK_MONOTONIC */
	__u64	duration_ns;	/* until its return, with all that ran meanwhile; 0 for lookup
				 * and rule, which are recorded at a moment
				 */
	__u32	tid;		/* in the initial PID namespace */
	__u32	tgid;
	__u32	netns;		/* inode number, as `lsns -t net` shows it, 0: unknown */
	__u16	caller;		/* line of the file "callers", 0: unknown, or table was full */
	__u16	cpu;
	char	comm[RP_NAME_LEN];
	__s32	err;		/* 0, a negative errno, or above 0 a drop reason: a number of
				 * the file "reasons", or one of a subsystem with its own list,
				 * which is not there
				 */
	__u32	stack;		/* of the file "stacks", 0: none was taken, or table was full */
	__u8	probe;		/* enum rp_probe_id */
	__u8	family;		/* AF_INET, AF_INET6; 0: link-event, but for what IPv6 makes of
				 * a device, which is another with AF_INET6
				 */
	__u8	kind;		/* enum rp_kind */
	__u8	context;	/* enum rp_context */
	__u8	verdict;	/* enum rp_verdict */
	__u8	passed_count;	/* of passed, the others are zero */
	__u16	has;		/* RP_HAS_* */

	struct rp_flow flow;
	union {
		struct {
			struct rp_route route;
			union {
				struct rp_rule rule;
				struct rp_change change;
				struct rp_signal signal;
				struct rp_cached cached;
				struct rp_folded folded;
				struct rp_setting setting;
			};
		};
		struct rp_passed passed[RP_PASSED_MAX];
	};
};

#endif /* _UAPI_ROUTEPROBE_H */
