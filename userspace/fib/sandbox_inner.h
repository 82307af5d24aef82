/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_SANDBOX_INNER_H
#define RP_FIB_SANDBOX_INNER_H

#include <libmnl/libmnl.h>

#include "fib/message.h"
#include "fib/names.h"
#include "fib/sandbox.h"
#include "lib/buf.h"
#include "lib/map.h"
#include "lib/tally.h"

/* The namespace that this process is in by now */
struct rp_box {
	struct rp_sandbox *s;
	struct mnl_socket *nl;
	unsigned int seq;
	struct rp_fib fib;		/* through which the snapshot is read */
	struct rp_message_devs devs;
	struct rp_map vrfs;		/* by the numbers of the snapshot */
	struct rp_map names;		/* of devices here, by their numbers */
	struct rp_tally kept;		/* routes of the kernel that the snapshot has, too */
	json_t **later;			/* objects that are to be added, or deleted, in the end */
	size_t nlater;
	bool has_family[2];		/* the snapshot has rules of: IPv4, IPv6 */
	bool has_settings[2];		/* and sysctls of them, which are as it has them */
	unsigned int lacks;		/* that could not be made as in the snapshot */
	char *message;			/* RP_MESSAGE_MAX bytes */
};

/* Sends one request; 0 or a negative errno, and what is answered to @cb */
int rp_box_send(struct rp_box *b, struct nlmsghdr *nlh, mnl_cb_t cb, void *data);

/* Reads the snapshot for all objects of a kind. */
void rp_box_each(struct rp_box *b, const char *kind,
		 void (*take)(struct rp_box *b, const char *kind, const json_t *object));
/* Tells that an object is not here; @err is a negative errno, 0: it is damaged. */
void rp_box_lack(struct rp_box *b, const char *kind, const json_t *object, int err);

/* ---- devices ---- */

/* Some systems let users have namespaces, and no right in them: -1 with a message */
int rp_box_try_links(struct rp_box *b);
/* All are up until all routes are there: some die only then. */
void rp_box_make_links(struct rp_box *b);
void rp_box_lower_links(struct rp_box *b);

/* ---- sysctls: before there is a device, and then ---- */

void rp_box_begin_settings(void);
void rp_box_settings(struct rp_box *b);

/* ---- all of it ---- */

/* Makes what the snapshot has; -1 with a message if it cannot be begun. */
int rp_box_build(struct rp_box *b);
/* Carriers take a moment, of which the FIB hears only then. */
void rp_box_settle(struct rp_box *b);
void rp_box_ask(struct rp_box *b, struct rp_sandbox_answer *answers);

static inline unsigned int rp_box_family(unsigned int family)
{
	return family == AF_INET6;
}

#endif
