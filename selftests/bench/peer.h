/* SPDX-License-Identifier: GPL-2.0 */
/* What the peer by BPF tells of a decision: the facts of routeprobe's record. */
#ifndef PEER_H
#define PEER_H

/* The key, as asked. */
struct peer_key {
	unsigned int src, dst;
	int oif, iif;
	unsigned int mark, uid;
	unsigned short sport, dport;
	unsigned char proto, tos, scope;
};

struct peer_event {
	unsigned long long time_ns;
	unsigned long long duration_ns;
	unsigned long long pid_tgid;
	unsigned int netns;
	int err;
	struct peer_key key;
	/* what was found */
	unsigned int table, metric, prefix, gw, prefsrc;
	int oif;
	unsigned char prefixlen, type, route_type, scope, protocol, gw_family;
	unsigned long long dev[2];
	char comm[16];
};

#endif
