/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _RP_ERROR_H
#define _RP_ERROR_H

#include <linux/types.h>

/* Drop reasons of this kernel: those below have a name, or none. */
unsigned int rp_error_reasons(void);
const char *rp_error_reason(unsigned int reason);

bool rp_error_number(const char *name, s32 *err);

#endif
