/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_SETTINGS_H
#define RP_WHY_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fib/config.h"

struct rp_history;
struct rp_past;

/* Sysctls of a snapshot: a hash table; of a device only those that are not 0 */
struct rp_settings {
	struct rp_settings_entry *entries;
	size_t count, size;
};

void rp_settings_exit(struct rp_settings *settings);
void rp_settings_know(struct rp_settings *settings, uint32_t netns,
		      const struct rp_fib_setting *setting);

/*
 * Sets the value that a sysctl had, as if the write @undo had not been, and *by to the last
 * write before; NULL: none is known.  False if the value is not known.
 */
bool rp_settings_at(const struct rp_history *h, uint32_t netns, struct rp_fib_setting *setting,
		    uint64_t time_ns, const struct rp_past *undo, const struct rp_past **by);

#endif
