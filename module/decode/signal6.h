/* SPDX-License-Identifier: GPL-2.0 */
/* What of a row that both families share is IPv6's. */
#ifndef _RP_SIGNAL6_H
#define _RP_SIGNAL6_H

#include "call.h"

/* nf_hook_slow() */
unsigned int rp_enter_hook6(struct rp_call *call);
unsigned int rp_enter_dropped6(struct rp_call *call);

#endif
