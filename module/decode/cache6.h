/* SPDX-License-Identifier: GPL-2.0 */
/* What of the rows for sockets, which both families share, is IPv6's. */
#ifndef _RP_CACHE6_H
#define _RP_CACHE6_H

#include "call.h"
#include "uapi/routeprobe.h"

unsigned int rp_enter_cache6(struct rp_call *call);
void rp_decode_cache6(unsigned long ret, struct rp_record *rec);

#endif
