/* SPDX-License-Identifier: GPL-2.0 */
/* How a probe is attached to the kernel, and let go of. */
#ifndef _RP_ATTACH_H
#define _RP_ATTACH_H

#include <linux/kprobes.h>
#include <linux/types.h>

#include "detour.h"
#include "probe.h"

struct tracepoint;

/* One registration of a row.  Whoever calls the functions below keeps it to itself. */
struct rp_attached {
	const struct rp_row *row;
	const char *hook;	/* as the file "probes" has it, NULL: not attached */
	struct kretprobe krp;	/* of a kprobe only the kprobe in it */
	struct tracepoint *tp;
	struct rp_detour_ops detour;
	bool detoured;
	u64 missed;		/* all calls that rp_attach_missed() knows of, */
	unsigned int seen_no_instance;	/* in this registration these of them */
	unsigned long seen_passed_over;
};

void rp_attach_say_lack(void);
int rp_attach(struct rp_attached *at, const struct rp_row *row, unsigned int maxactive,
	      enum rp_hook hook);
void rp_detach(struct rp_attached *const *at, unsigned int count);
u64 rp_attach_missed(struct rp_attached *at);

#endif
