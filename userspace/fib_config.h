/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_CONFIG_H
#define RP_FIB_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <routeprobe.h>

/* Who wants to know what is configured: each rule, and each leg of each route */
struct rp_fib_visitor {
	void (*route)(void *ctx, uint32_t netns, const struct rp_route *leg);
	void (*rule)(void *ctx, uint32_t netns, const struct rp_rule *rule);
	void *ctx;
};

/* Of one object of a snapshot; false if it is none that we write. */
bool rp_fib_config(const struct rp_fib_visitor *v, const json_t *object);

#endif
