/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __NET_NET_NAMESPACE_H
#define __NET_NET_NAMESPACE_H

extern struct net {
	struct {
		unsigned int inum;
	} ns;
} init_net;

#endif
