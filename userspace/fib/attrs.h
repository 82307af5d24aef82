/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_ATTRS_H
#define RP_FIB_ATTRS_H

#include <stdint.h>

enum rp_fib_type {
	RP_FIB_U8, RP_FIB_U16, RP_FIB_U32, RP_FIB_DEV, RP_FIB_IP, RP_FIB_VIA, RP_FIB_TEXT,
};

/* An attribute of the routing netlink, and what it is called in a snapshot */
struct rp_fib_attr {
	uint16_t attr;
	enum rp_fib_type type;
	const char *key;	/* NULL: there are no more */
};

extern const struct rp_fib_attr rp_fib_link_attrs[];
extern const struct rp_fib_attr rp_fib_address_attrs[];
extern const struct rp_fib_attr rp_fib_rule_attrs[];
extern const struct rp_fib_attr rp_fib_route_attrs[];
extern const struct rp_fib_attr rp_fib_nexthop_attrs[];

#endif
