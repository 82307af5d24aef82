/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_COMPLETE_H
#define RP_CMD_COMPLETE_H

#include <stdbool.h>

/* Prints what may follow @word and begins so; false if it takes no value that is known. */
bool rp_complete_value(const char *word, const char *begun);

#endif
