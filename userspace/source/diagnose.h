/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_DIAGNOSE_H
#define RP_SOURCE_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>

struct rp_source;

/* Both say on one line what is wrong and what mends it, and return -1. */
int rp_trouble_open(const char *dir, const char *file, bool recording);
int rp_trouble_version(const struct rp_source *src);

/* "none", "integrity", "confidentiality", or "unknown" */
void rp_trouble_lockdown(char *buf, size_t size);

/* The command that undoes what silences kprobes; NULL: nothing does */
const char *rp_trouble_silence(void);

#endif
