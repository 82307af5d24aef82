/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_STORY_ABSENT_H
#define RP_STORY_ABSENT_H

struct rp_fib;
struct rp_filter;

/* Warns of each name in a filter that nothing in @fib has; @where it was looked for. */
void rp_absent_warn(const struct rp_filter *f, const struct rp_fib *fib, const char *where);

#endif
