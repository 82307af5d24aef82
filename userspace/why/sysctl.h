/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WHY_SYSCTL_H
#define RP_WHY_SYSCTL_H

#include <stdbool.h>

#include "fib/config.h"

struct rp_origin;
struct rp_past;
struct rp_search;

#define RP_SYSCTL_MAX	2

/* The sysctls in force that a failure came of */
struct rp_sysctls {
	struct rp_fib_setting all[RP_SYSCTL_MAX];
	unsigned int count;
};

void rp_sysctls_find(struct rp_sysctls *sysctls, const struct rp_search *s,
		     const struct rp_origin *o);
/* The newest write of one of them without which this would not have failed, or NULL */
const struct rp_past *rp_sysctls_cause(const struct rp_search *s, const struct rp_origin *o);
/* What rp_filter was where a packet came in; -1: not known */
int rp_sysctls_rp_filter(const struct rp_search *s);

#endif
