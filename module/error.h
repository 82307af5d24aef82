/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_ERROR_H
#define _RP_ERROR_H

#include <linux/types.h>

/* Drop reasons of this kernel: those below have a name, or none. */
unsigned int rp_error_reasons(void);
const char *rp_error_reason(unsigned int reason);

/* Of rp_record.err: "EHOSTUNREACH", or of a reason "IP_RPFILTER"; NULL: it has none. */
const char *rp_error_name(s32 err);
bool rp_error_number(const char *name, s32 *err);

#endif
