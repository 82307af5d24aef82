// SPDX-License-Identifier: GPL-2.0
/* Sysctls that routing goes by: what they were when, from snapshot and writes. */
#include <stdlib.h>
#include <sys/socket.h>

#include "lib/addr.h"
#include "lib/util.h"
#include "why/history.h"
#include "why/settings.h"

/* No id: all others of this device are known to be 0. */
struct rp_settings_entry {
	uint32_t netns;
	bool used;
	struct rp_fib_setting setting;
};

void rp_settings_exit(struct rp_settings *settings)
{
	free(settings->entries);
	*settings = (struct rp_settings) { .count = 0 };
}

static uint64_t rp_settings_hash(uint32_t netns, const struct rp_fib_setting *s)
{
	return rp_addr_mix((uint64_t)netns << 32 | s->index,
			   s->family << 16 | s->id << 8 | s->scope) >> 16;
}

static bool rp_settings_is_same(const struct rp_fib_setting *a, const struct rp_fib_setting *b)
{
	return a->index == b->index && a->family == b->family && a->id == b->id &&
	       a->scope == b->scope;
}

/* Its place, used or not */
static struct rp_settings_entry *rp_settings_find(const struct rp_settings *settings,
						  uint32_t netns,
						  const struct rp_fib_setting *setting)
{
	size_t i = rp_settings_hash(netns, setting);
	struct rp_settings_entry *entry;

	if (!settings->size)
		return NULL;
	for (;; i++) {
		entry = &settings->entries[i & (settings->size - 1)];
		if (!entry->used || (entry->netns == netns &&
				     rp_settings_is_same(&entry->setting, setting)))
			return entry;
	}
}

static void rp_settings_grow(struct rp_settings *settings)
{
	struct rp_settings old = *settings;
	size_t i;

	settings->size = old.size ? 2 * old.size : 64;
	settings->entries = rp_util_alloc(settings->size, sizeof(*settings->entries));
	for (i = 0; i < old.size; i++)
		if (old.entries[i].used)
			*rp_settings_find(settings, old.entries[i].netns,
					  &old.entries[i].setting) = old.entries[i];
	free(old.entries);
}

static void rp_settings_put(struct rp_settings *settings, uint32_t netns,
			    const struct rp_fib_setting *setting)
{
	struct rp_settings_entry *entry;

	if (settings->count >= settings->size / 2)
		rp_settings_grow(settings);
	entry = rp_settings_find(settings, netns, setting);
	settings->count += !entry->used;
	*entry = (struct rp_settings_entry) { netns, true, *setting };
}

static struct rp_fib_setting rp_settings_whole(const struct rp_fib_setting *setting)
{
	return (struct rp_fib_setting) { .index = setting->index, .family = setting->family,
					 .scope = setting->scope };
}

void rp_settings_know(struct rp_settings *settings, uint32_t netns,
		      const struct rp_fib_setting *setting)
{
	struct rp_fib_setting whole = rp_settings_whole(setting);

	if (setting->scope == RP_SCOPE_DEV)
		rp_settings_put(settings, netns, &whole);
	if (setting->scope != RP_SCOPE_DEV || setting->value)
		rp_settings_put(settings, netns, setting);
}

static bool rp_settings_known(const struct rp_settings *settings, uint32_t netns,
			      struct rp_fib_setting *setting)
{
	struct rp_fib_setting whole = rp_settings_whole(setting);
	const struct rp_settings_entry *entry = rp_settings_find(settings, netns, setting);

	if (entry && entry->used) {
		setting->value = entry->setting.value;
		return true;
	}
	if (setting->scope == RP_SCOPE_DEV)
		entry = rp_settings_find(settings, netns, &whole);
	setting->value = 0;
	return entry && entry->used;
}

static bool rp_settings_is_of(const struct rp_past *past, uint32_t netns,
			      const struct rp_fib_setting *setting)
{
	const struct rp_setting *its = &past->rec.setting;

	return past->rec.netns == netns && past->rec.family == setting->family &&
	       its->id == setting->id && its->scope == setting->scope &&
	       (its->scope != RP_SCOPE_DEV || past->rec.route.oif == setting->index);
}

/* Who writes the forwarding of all devices writes that of each one. */
static bool rp_settings_is_of_each(const struct rp_past *past, uint32_t netns,
				   const struct rp_fib_setting *setting)
{
	struct rp_fib_setting all = *setting;

	all.scope = RP_SCOPE_ALL;
	return setting->id == RP_SETTING_FORWARDING && setting->scope != RP_SCOPE_ALL &&
	       rp_settings_is_of(past, netns, &all);
}

bool rp_settings_at(const struct rp_history *h, uint32_t netns, struct rp_fib_setting *setting,
		    uint64_t time_ns, const struct rp_past *undo, const struct rp_past **by)
{
	const struct rp_past *past, *after = NULL;
	unsigned int looks;
	bool each;

	*by = NULL;
	past = rp_history_of_setting(h, netns, setting->family, setting->id, UINT64_MAX);
	for (looks = 0; past; past = rp_history_older(h, past)) {
		if (looks++ == RP_HISTORY_LOOKS)
			return false;
		each = rp_settings_is_of_each(past, netns, setting);
		if (!each && !rp_settings_is_of(past, netns, setting))
			continue;
		if (past->rec.time_ns <= time_ns && past != undo) {
			*by = past;
			setting->value = past->rec.setting.after;
			return true;
		}
		if (each && past->rec.time_ns <= h->snapshot_ns)
			return false;
		if (!each)
			after = past;
	}
	if (!after)
		return rp_settings_known(&h->settings, netns, setting);
	setting->value = after->rec.setting.before;
	return true;
}
