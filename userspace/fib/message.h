/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_MESSAGE_H
#define RP_FIB_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct nlmsghdr;

#define RP_MESSAGE_MAX	(1 << 16)	/* of what a line of a snapshot can say */

/* Devices that got another number than the snapshot has for them */
struct rp_message_devs {
	struct rp_message_dev {
		uint32_t theirs, ours;
	} *pairs;
	size_t count;
};

uint32_t rp_message_ours(const struct rp_message_devs *devs, uint32_t theirs);
uint32_t rp_message_theirs(const struct rp_message_devs *devs, uint32_t ours);

/* As an object of a snapshot says by "family", or its addresses by their looks */
unsigned int rp_message_family(const json_t *object);

/*
 * The reverse of a snapshot: what to send to the routing netlink, so that there is what an
 * object of the snapshot shows.  @buf has RP_MESSAGE_MAX bytes.  NULL: it is none that we
 * write.  Type and flags of the message fit for adding.
 */
struct nlmsghdr *rp_message_address(void *buf, const struct rp_message_devs *devs,
				    const json_t *object);
struct nlmsghdr *rp_message_rule(void *buf, const struct rp_message_devs *devs,
				 const json_t *object);
struct nlmsghdr *rp_message_nexthop(void *buf, const struct rp_message_devs *devs,
				    const json_t *object);
struct nlmsghdr *rp_message_route(void *buf, const struct rp_message_devs *devs,
				  const json_t *object);
/*
 * A device of a kind that needs nothing else, with the number it has in the snapshot unless
 * @index is 0.  A VRF has a table.
 */
struct nlmsghdr *rp_message_link(void *buf, const json_t *object, const char *kind,
				 uint32_t index);

#endif
