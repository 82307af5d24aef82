/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_SNAPSHOT_H
#define RP_FIB_SNAPSHOT_H

#include <stdint.h>

#include <jansson.h>

struct nlmsghdr;
struct rp_fib;

/* The namespace that this process is in; without a file its names are wanted only. */
int rp_fib_ask(struct rp_fib *fib, uint32_t netns);
/* And when that was: now */
void rp_fib_write_asked(struct rp_fib *fib);
/* One object of a snapshot into its file, if there is one; takes @object. */
void rp_fib_write(struct rp_fib *fib, const char *kind, json_t *object);

/* IPv4 sysctls of a device that an RTM_NEWLINK tells of */
void rp_fib_settings_dev(struct rp_fib *fib, uint32_t netns, const struct nlmsghdr *nlh);
/* And those of all devices, of devices to come, and of the namespace that this thread is in */
void rp_fib_settings(struct rp_fib *fib, uint32_t netns);

#endif
