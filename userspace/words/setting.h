/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_WORDS_SETTING_H
#define RP_WORDS_SETTING_H

#include <stdint.h>

#include <routeprobe.h>

#include "words/format.h"

struct rp_fib;

/* As sysctl(8) has it: "net.ipv4.conf.eth0.rp_filter" */
const char *rp_format_setting(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			      const struct rp_record *rec);

struct rp_fib_setting;
const char *rp_format_sysctl(struct rp_text *t, struct rp_fib *fib, uint32_t netns,
			     const struct rp_fib_setting *setting);

#endif
