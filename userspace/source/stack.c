// SPDX-License-Identifier: GPL-2.0
/* Kernel stacks by their ids, as the file "stacks" of the contract has them. */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "source/stack.h"

#define RP_STACKS_MAX		(1 << 16)
#define RP_STACK_FRAMES_MAX	256
#define RP_STACK_FRAME_LEN	128

/* Where @id is, or where it belongs */
static size_t rp_stacks_find(const struct rp_stacks *s, uint32_t id)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->entries[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct rp_stack *rp_stacks_at(const struct rp_stacks *s, size_t i, uint32_t id)
{
	return i < s->count && s->entries[i]->id == id ? s->entries[i] : NULL;
}

/* NULL: it is there already, or there is no room. */
static struct rp_stack *rp_stacks_add(struct rp_stacks *s, uint32_t id)
{
	size_t i = rp_stacks_find(s, id);
	struct rp_stack *stack = rp_stacks_at(s, i, id);

	if (stack)
		return stack->count ? NULL : stack;
	if (s->count == RP_STACKS_MAX)
		return NULL;
	stack = rp_util_alloc(1, sizeof(*stack));
	stack->id = id;
	s->entries = rp_util_grow(s->entries, s->count + 1, sizeof(*s->entries));
	memmove(&s->entries[i + 1], &s->entries[i], (s->count++ - i) * sizeof(*s->entries));
	s->entries[i] = stack;
	return stack;
}

static void rp_stack_add_frame(struct rp_stack *stack, const char *name)
{
	char *frame;

	if (!strcmp(name, "...") || stack->count == RP_STACK_FRAMES_MAX) {
		stack->cut = true;
		return;
	}
	frame = rp_util_alloc(1, RP_STACK_FRAME_LEN);
	rp_util_clean(frame, RP_STACK_FRAME_LEN, name, SIZE_MAX);
	stack->frames = rp_util_grow(stack->frames, stack->count + 1, sizeof(frame));
	stack->frames[stack->count++] = frame;
}

/* "ID RECORDS", then frames that begin with a blank, up to what does not */
void rp_stacks_parse(struct rp_stacks *s, char *text)
{
	struct rp_stack *stack = NULL;
	const char *key, *value;
	uint64_t id;
	char *line;

	while (text && *text) {
		line = strsep(&text, "\n");
		if (*line == ' ') {
			if (stack)
				rp_stack_add_frame(stack, line + 1);
			continue;
		}
		stack = NULL;
		if (rp_util_keyval(line, &key, &value) &&
		    rp_util_u64(key, UINT32_MAX, &id) && id)
			stack = rp_stacks_add(s, id);
	}
}

const struct rp_stack *rp_stacks_get(const struct rp_stacks *s, uint32_t id)
{
	return rp_stacks_at(s, rp_stacks_find(s, id), id);
}

void rp_stacks_forget(struct rp_stacks *s, uint32_t id)
{
	rp_stacks_add(s, id);
}

void rp_stacks_clear(struct rp_stacks *s)
{
	size_t i, n;

	for (i = 0; i < s->count; i++) {
		for (n = 0; n < s->entries[i]->count; n++)
			free(s->entries[i]->frames[n]);
		free(s->entries[i]->frames);
		free(s->entries[i]);
	}
	free(s->entries);
	memset(s, 0, sizeof(*s));
}
