/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_SOURCE_STACK_H
#define RP_SOURCE_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A kernel stack: return addresses by name, the innermost first */
struct rp_stack {
	uint32_t id;
	bool cut;		/* there are more */
	size_t count;		/* 0: nobody can tell */
	char **frames;		/* "udp_sendmsg+0x12/0x400" */
};

/* What the file "stacks" says, by id */
struct rp_stacks {
	struct rp_stack **entries;
	size_t count;
};

/* Adds what it does not have yet; @text is changed. */
void rp_stacks_parse(struct rp_stacks *s, char *text);
/* NULL: not known */
const struct rp_stack *rp_stacks_get(const struct rp_stacks *s, uint32_t id);
/* One that nobody can tell, lest it be asked for again */
void rp_stacks_forget(struct rp_stacks *s, uint32_t id);
void rp_stacks_clear(struct rp_stacks *s);

#endif
