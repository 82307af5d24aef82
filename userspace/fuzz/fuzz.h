/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What every fuzzer has: one input; and, if it wants, what comes first */
int rp_fuzz_one(const uint8_t *data, size_t size);
int rp_fuzz_init(int *argc, char ***argv);

/* What must hold, whatever the input */
#define FUZZ_MUST(what)	do { if (!(what)) abort(); } while (0)

#endif
