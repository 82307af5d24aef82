/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_FIB_CONFIG_H
#define RP_FIB_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <routeprobe.h>

/* A rule with all that it selects by; 0, or an empty name: by anything */
struct rp_fib_rule {
	struct rp_rule rule;
	union rp_addr dst, src;
	uint8_t family;
	uint8_t dst_len, src_len, tos, proto;
	bool invert;
	uint32_t mark, mask;
	char iif[RP_NAME_LEN], oif[RP_NAME_LEN];
	uint32_t uid_start, uid_end;
	uint32_t sport_start, sport_end, dport_start, dport_end;
	uint32_t goto_priority;		/* of FR_ACT_GOTO */
	uint32_t suppress_len;		/* prefixes up to this are no answer, ~0: all are one */
	uint32_t suppress_group;	/* nor those by a device of this group, ~0: by any */
	bool partial;			/* an event told of it, and not of all that it selects by */
	bool guessed;			/* it may be another one that shows the same */
};

/* A device as a snapshot has it */
struct rp_fib_link {
	uint32_t index, master, group, flags;
	uint32_t mtu;			/* 0: not known */
	uint32_t vrf_table;		/* 0: it is no VRF */
	char name[RP_NAME_LEN];
};

/* A sysctl that routing goes by, and its value; @index: whose, of RP_SCOPE_DEV */
struct rp_fib_setting {
	uint32_t index;
	int32_t value;
	uint8_t family;
	uint8_t id;			/* enum rp_setting_id */
	uint8_t scope;			/* enum rp_setting_scope */
};

/*
 * Who wants to know what is configured: each rule, each leg of each route as an event would
 * tell of it, each device
 */
struct rp_fib_visitor {
	void (*route)(void *ctx, const struct rp_record *leg);
	void (*rule)(void *ctx, uint32_t netns, const struct rp_fib_rule *rule);
	void *ctx;
	/* Or NULL */
	void (*link)(void *ctx, uint32_t netns, const struct rp_fib_link *link);
	void (*setting)(void *ctx, uint32_t netns, const struct rp_fib_setting *setting);
	/* In place of all these: objects as they stand; false if it is none that we write */
	bool (*object)(void *ctx, const json_t *object);
};

/* Of one object of a snapshot; false if it is none that we write. */
bool rp_fib_config(const struct rp_fib_visitor *v, const json_t *object);

#endif
