// SPDX-License-Identifier: GPL-2.0
/*
 * What changed, newest first, by what it is about: a prefix, a device, an address,
 * or the rules of a namespace.  The oldest are forgotten when there are too many.
 */
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "fib/config.h"
#include "lib/util.h"
#include "story/decision.h"
#include "story/story.h"
#include "why/history.h"

#define RP_HISTORY_BUCKETS	(1 << 16)
#define RP_HISTORY_STEPS	1024	/* of a chain that is looked through */
#define RP_HISTORY_KNOWN_MAX	(1 << 21)	/* legs of a snapshot */
#define RP_HISTORY_SOON_NS	RP_NSEC_PER_SEC

enum rp_history_about {
	RP_ABOUT_ROUTE = 1, RP_ABOUT_LINK, RP_ABOUT_ADDR, RP_ABOUT_RULES, RP_ABOUT_NEXTHOP,
	RP_ABOUT_SETTING, RP_ABOUT_REFUSED, RP_ABOUT_FLOOD, RP_ABOUT_MTU,
};

static uint64_t rp_history_key(enum rp_history_about about, uint32_t netns, uint32_t what)
{
	return rp_addr_mix(netns, (uint64_t)about << 32 | what);
}

static uint64_t rp_history_key_addr(enum rp_history_about about, uint32_t netns,
				    unsigned int family, const union rp_addr *addr,
				    unsigned int len)
{
	return rp_addr_hash(addr, rp_history_key(about, netns, family << 8 | len));
}

static unsigned int rp_history_family(unsigned int family)
{
	return family == AF_INET6;
}

bool rp_history_has_length(const struct rp_history *h, unsigned int family,
			   unsigned int len)
{
	return rp_addr_has_length(&h->lengths[rp_history_family(family)], len);
}

void rp_history_init(struct rp_history *h)
{
	memset(h, 0, sizeof(*h));
	h->max = RP_HISTORY_MAX;
	rp_model_init(&h->model, NULL);
	h->buckets = rp_util_alloc(RP_HISTORY_BUCKETS, sizeof(*h->buckets));
}

void rp_history_exit(struct rp_history *h)
{
	free(h->past);
	free(h->buckets);
	rp_model_exit(&h->model);
	rp_settings_exit(&h->settings);
	memset(h, 0, sizeof(*h));
}

uint64_t rp_history_forgotten(const struct rp_history *h)
{
	return h->count > h->max ? h->count - h->max : 0;
}

static void rp_history_put(struct rp_history *h, uint64_t key,
			   const struct rp_record *rec, const struct rp_record *root)
{
	uint64_t *bucket = &h->buckets[key % RP_HISTORY_BUCKETS];
	struct rp_past *past;

	if (h->count == h->size && h->size < h->max) {
		h->size = h->size ? 2 * h->size : 64;
		if (h->size > h->max)
			h->size = h->max;
		h->past = rp_util_grow(h->past, h->size, sizeof(*h->past));
	}
	past = &h->past[h->count % h->max];
	*past = (struct rp_past) { *rec, *root, key, *bucket };
	*bucket = ++h->count;
}

static bool rp_history_adds(const struct rp_record *rec)
{
	return rec->change.op == RP_CHANGE_INSERT;
}

/*
 * The routes of a next hop object that is replaced are told anew after it, and since 7.3
 * those of one that is gone die after it, no longer inside.  The task that did it does so
 * before it does anything else.  A route that it adds itself comes with a change.
 */
static struct rp_record rp_history_root(const struct rp_history *h,
					const struct rp_record *rec,
					const struct rp_record *root)
{
	bool added = rp_history_adds(rec);
	const struct rp_past *object;

	if (!rec->route.nhid || rp_story_is_event(root) ||
	    (added && root->kind == RP_KIND_CHANGE))
		return *root;
	object = rp_history_of_nexthop(h, rec->netns, rec->route.nhid, rec->time_ns);
	if (!object || object->rec.netns != rec->netns || object->rec.tid != rec->tid ||
	    object->rec.route.nhid != rec->route.nhid ||
	    rp_history_adds(&object->rec) != added ||
	    rec->time_ns - object->rec.time_ns > RP_HISTORY_SOON_NS)
		return *root;
	return object->root;
}

/* @request: the change that @rec is an event of, itself, or NULL */
static void rp_history_put_route(struct rp_history *h, const struct rp_record *rec,
				 const struct rp_record *request,
				 const struct rp_record *root)
{
	const struct rp_record its = rp_history_root(h, rec, root);

	if (rec->kind == RP_KIND_EVENT)
		rp_model_event(&h->model, rec, request, &its);
	rp_addr_add_length(&h->lengths[rp_history_family(rec->family)], rec->route.dst_len);
	rp_history_put(h, rp_history_key_addr(RP_ABOUT_ROUTE, rec->netns, rec->family,
					      &rec->route.dst, rec->route.dst_len),
		       rec, &its);
}

/* Nothing changed by it, but something would have. */
static void rp_history_put_refused(struct rp_history *h, const struct rp_record *rec)
{
	const struct rp_route *route = &rec->route;
	union rp_addr dst;

	if (route->dst_len > rp_addr_bits(rec->family))
		return;
	dst = rp_addr_prefix(&route->dst, route->dst_len);
	rp_history_put(h, rp_history_key_addr(RP_ABOUT_REFUSED, rec->netns, rec->family, &dst,
					      route->dst_len), rec, rec);
}

/*
 * A change of a table tells what was asked for; what lookups find then, the events
 * inside it tell, where any are recorded.
 */
static void rp_history_add_change(struct rp_history *h, const struct rp_node *node,
				  const struct rp_record *root, bool events)
{
	const struct rp_node *inner;
	unsigned int told = 0;

	TAILQ_FOREACH(inner, &node->inner, link) {
		if (inner->rec.kind != RP_KIND_EVENT)
			continue;
		rp_history_put_route(h, &inner->rec, &node->rec, root);
		told++;
	}
	if (rp_decision_is_flush(&node->rec))
		rp_model_flush(&h->model, &node->rec, told, root);
	if (rp_decision_is_flush(&node->rec))
		return;
	rp_model_request(&h->model, &node->rec, root);
	if (node->rec.err) {
		rp_history_put_refused(h, &node->rec);
		return;
	}
	if (events)
		return;
	rp_model_untold(&h->model, node->rec.family);
	rp_history_put_route(h, &node->rec, &node->rec, root);
}

/*
 * Next hop objects hear of a device before the FIB does: what dies of one that is gone
 * with its device dies of the device.
 */
static struct rp_record rp_history_event(const struct rp_record *rec)
{
	struct rp_record event = *rec;

	if (rec->kind == RP_KIND_NEXTHOP_EVENT && (rec->change.op == RP_CHANGE_DOWN ||
						   rec->change.op == RP_CHANGE_CARRIER_DOWN))
		event.kind = RP_KIND_LINK_EVENT;
	return event;
}

static bool rp_history_is_link(const struct rp_past *past, const struct rp_record *rec)
{
	return past && past->rec.netns == rec->netns && past->rec.route.oif == rec->route.oif;
}

/* Which master a device joined last, or is to have had when it left one */
static uint32_t rp_history_master(const struct rp_history *h, const struct rp_past *past)
{
	const struct rp_record *rec = &past->rec;
	unsigned int looks;

	for (looks = 0; past; past = rp_history_older(h, past)) {
		if (rp_history_is_link(past, rec) && past->rec.change.op == RP_CHANGE_MASTER &&
		    past->rec.change.count)
			return past->rec.change.count;
		if (++looks == RP_HISTORY_LOOKS)
			return 0;
	}
	return rp_model_known_master(&h->model, rec->netns, rec->route.oif);
}

/* Who has a device join a VRF, or leave it, has it set down and up again: cycle_netdev() */
static struct rp_record rp_history_link_root(const struct rp_history *h,
					     const struct rp_record *rec)
{
	const struct rp_past *past;

	past = rp_history_of_link(h, rec->netns, rec->route.oif, rec->time_ns);
	if (!rp_history_is_link(past, rec) || past->root.change.op != RP_CHANGE_MASTER ||
	    past->rec.tid != rec->tid ||
	    (rec->change.op != RP_CHANGE_DOWN && rec->change.op != RP_CHANGE_UP) ||
	    rec->time_ns - past->root.time_ns > RP_HISTORY_SOON_NS ||
	    !rp_model_is_vrf(&h->model, rec->netns, rp_history_master(h, past)))
		return *rec;
	return past->root;
}

void rp_history_add(struct rp_history *h, const struct rp_node *node, bool events)
{
	const struct rp_record *rec = &node->rec, *root = rec;
	struct rp_record event;

	if (node->within && rp_story_is_event(node->within))
		root = node->within;
	event = rp_history_event(root);
	if (event.kind == RP_KIND_LINK_EVENT)
		event = rp_history_link_root(h, &event);
	root = &event;
	switch (rec->kind) {
	case RP_KIND_CHANGE:
		rp_history_add_change(h, node, root, events);
		break;
	case RP_KIND_EVENT:
		rp_history_put_route(h, rec, NULL, root);
		break;
	case RP_KIND_LINK_EVENT:
		if (rec->change.op == RP_CHANGE_MTU) {
			rp_history_put(h, rp_history_key(RP_ABOUT_MTU, rec->netns,
							 rec->route.oif), rec, root);
			break;
		}
		rp_model_link_event(&h->model, rec, root);
		/* What IPv6 makes of it is told besides, and contains what died of it. */
		if (rec->family == AF_INET6 && rec->change.count)
			rp_history_put(h, rp_history_key(RP_ABOUT_FLOOD, rec->netns,
							 rec->route.oif), rec, root);
		if (rec->family == AF_INET6)
			break;
		rp_history_put(h, rp_history_key(RP_ABOUT_LINK, rec->netns,
						 rec->route.oif), rec, root);
		break;
	case RP_KIND_ADDR_EVENT:
		rp_model_addr_event(&h->model, rec, root);
		rp_history_put(h, rp_history_key_addr(RP_ABOUT_ADDR, rec->netns,
						      rec->family, &rec->route.prefsrc, 0),
			       rec, root);
		break;
	case RP_KIND_NEXTHOP_EVENT:
		rp_model_nexthop_event(&h->model, rec);
		rp_history_put(h, rp_history_key(RP_ABOUT_NEXTHOP, rec->netns,
						 rec->route.nhid), rec, root);
		break;
	case RP_KIND_RA_EVENT:
		rp_model_advertised(&h->model, rec);
		break;
	case RP_KIND_RULE_EVENT:
		rp_model_rule_event(&h->model, rec);
		rp_history_put(h, rp_history_key(RP_ABOUT_RULES, rec->netns, rec->family),
			       rec, root);
		break;
	case RP_KIND_SYSCTL_EVENT:
		if (!rec->err)
			rp_history_put(h, rp_history_key(RP_ABOUT_SETTING, rec->netns,
							 rec->family << 8 | rec->setting.id),
				       rec, rec);
		break;
	default:
		break;
	}
}

/* From a number on, the first that is about @key, and not after @time_ns */
static const struct rp_past *rp_history_find(const struct rp_history *h, uint64_t number,
					     uint64_t key, uint64_t time_ns)
{
	const struct rp_past *past;
	unsigned int steps;

	for (steps = 0; number > rp_history_forgotten(h) && steps < RP_HISTORY_STEPS;
	     steps++) {
		past = &h->past[(number - 1) % h->max];
		if (past->key == key && past->rec.time_ns <= time_ns)
			return past;
		number = past->older;
	}
	return NULL;
}

static const struct rp_past *rp_history_newest(const struct rp_history *h, uint64_t key,
					       uint64_t time_ns)
{
	return rp_history_find(h, h->buckets[key % RP_HISTORY_BUCKETS], key, time_ns);
}

const struct rp_past *rp_history_older(const struct rp_history *h,
				       const struct rp_past *past)
{
	return rp_history_find(h, past->older, past->key, UINT64_MAX);
}

const struct rp_past *rp_history_of_route(const struct rp_history *h, uint32_t netns,
					  unsigned int family, const union rp_addr *dst,
					  unsigned int len, uint64_t time_ns)
{
	union rp_addr prefix = rp_addr_prefix(dst, len);

	return rp_history_newest(h, rp_history_key_addr(RP_ABOUT_ROUTE, netns, family,
							&prefix, len), time_ns);
}

const struct rp_past *rp_history_of_refused(const struct rp_history *h, uint32_t netns,
					    unsigned int family, const union rp_addr *dst,
					    unsigned int len, uint64_t time_ns)
{
	union rp_addr prefix = rp_addr_prefix(dst, len);

	return rp_history_newest(h, rp_history_key_addr(RP_ABOUT_REFUSED, netns, family,
							&prefix, len), time_ns);
}

const struct rp_past *rp_history_of_link(const struct rp_history *h, uint32_t netns,
					 uint32_t index, uint64_t time_ns)
{
	return rp_history_newest(h, rp_history_key(RP_ABOUT_LINK, netns, index), time_ns);
}

const struct rp_past *rp_history_of_mtu(const struct rp_history *h, uint32_t netns,
					uint32_t index, uint64_t time_ns)
{
	const struct rp_past *past;

	past = rp_history_newest(h, rp_history_key(RP_ABOUT_MTU, netns, index), time_ns);
	return past && past->rec.netns == netns && past->rec.route.oif == index ? past : NULL;
}

uint32_t rp_history_mtu(const struct rp_history *h, uint32_t netns, uint32_t index,
			uint64_t time_ns)
{
	const struct rp_past *past = rp_history_of_mtu(h, netns, index, UINT64_MAX), *next = NULL;
	unsigned int looks;

	for (looks = 0; past; next = past, past = rp_history_older(h, past)) {
		if (past->rec.time_ns <= time_ns)
			return past->rec.change.mtu;
		if (++looks == RP_HISTORY_LOOKS)
			return 0;
	}
	return next ? next->rec.change.count : rp_model_known_mtu(&h->model, netns, index);
}

uint32_t rp_history_vrf(const struct rp_history *h, uint32_t netns, uint32_t index,
			uint64_t time_ns)
{
	const struct rp_past *past = rp_history_of_link(h, netns, index, time_ns);
	uint32_t master = rp_model_known_master(&h->model, netns, index);
	unsigned int looks;

	for (looks = 0; past; past = rp_history_older(h, past)) {
		if (looks++ == RP_HISTORY_LOOKS)
			return 0;
		if (past->rec.netns != netns || past->rec.route.oif != index ||
		    past->rec.change.op != RP_CHANGE_MASTER)
			continue;
		master = past->rec.change.count;
		break;
	}
	return rp_model_is_vrf(&h->model, netns, master) ? master : 0;
}

const struct rp_past *rp_history_of_addr(const struct rp_history *h, uint32_t netns,
					 unsigned int family, const union rp_addr *addr,
					 uint64_t time_ns)
{
	return rp_history_newest(h, rp_history_key_addr(RP_ABOUT_ADDR, netns, family,
							addr, 0), time_ns);
}

const struct rp_past *rp_history_of_nexthop(const struct rp_history *h, uint32_t netns,
					    uint32_t nhid, uint64_t time_ns)
{
	return rp_history_newest(h, rp_history_key(RP_ABOUT_NEXTHOP, netns, nhid), time_ns);
}

const struct rp_past *rp_history_of_rules(const struct rp_history *h, uint32_t netns,
					  unsigned int family, uint64_t time_ns)
{
	return rp_history_newest(h, rp_history_key(RP_ABOUT_RULES, netns, family), time_ns);
}

const struct rp_past *rp_history_of_setting(const struct rp_history *h, uint32_t netns,
					    unsigned int family, unsigned int id,
					    uint64_t time_ns)
{
	return rp_history_newest(h, rp_history_key(RP_ABOUT_SETTING, netns, family << 8 | id),
				 time_ns);
}

/* Of several of one prefix the first counts: the kernel gives them in its order. */
void rp_history_route(struct rp_history *h, const struct rp_record *leg)
{
	if (h->model.nlegs >= RP_HISTORY_KNOWN_MAX || leg->route.dst_len > RP_ADDR_LEN_MAX) {
		h->snapshot = false;
		h->model.snapshot = false;
		return;
	}
	rp_addr_add_length(&h->lengths[rp_history_family(leg->family)], leg->route.dst_len);
	rp_model_know_route(&h->model, leg);
}

void rp_history_rule(struct rp_history *h, uint32_t netns, const struct rp_fib_rule *rule)
{
	rp_model_know_rule(&h->model, netns, rule, false);
}

bool rp_history_is_whole(const struct rp_history *h, uint32_t netns, unsigned int family)
{
	return !rp_history_forgotten(h) && h->snapshot &&
	       rp_model_knows(&h->model, netns, family);
}

bool rp_history_leg(const struct rp_history *h, uint32_t netns, unsigned int family,
		    struct rp_route *route)
{
	return rp_model_known_leg(&h->model, netns, family, route);
}

static enum rp_history_state rp_history_in_snapshot(const struct rp_history *h,
						    uint32_t netns, unsigned int family,
						    struct rp_route *route)
{
	if (!rp_history_is_whole(h, netns, family))
		return RP_HISTORY_UNKNOWN;
	return rp_history_leg(h, netns, family, route) ? RP_HISTORY_PRESENT : RP_HISTORY_ABSENT;
}

/* IPv6 has several routes for one prefix, and an event tells of one. */
static enum rp_history_state rp_history_at6(const struct rp_history *h, uint32_t netns,
					    struct rp_route *route, uint64_t time_ns)
{
	switch (rp_model_first6(&h->model, netns, time_ns, route)) {
	case RP_MODEL_PRESENT:
		return RP_HISTORY_PRESENT;
	case RP_MODEL_ABSENT:
		return RP_HISTORY_ABSENT;
	default:
		return RP_HISTORY_UNKNOWN;
	}
}

/* Did routes by its device die after it came, which no event names? */
static bool rp_history_may_be_gone(const struct rp_history *h, const struct rp_past *past,
				   uint64_t time_ns)
{
	const struct rp_past *flood;

	flood = rp_history_newest(h, rp_history_key(RP_ABOUT_FLOOD, past->rec.netns,
						    past->rec.route.oif), time_ns);
	return flood && flood->rec.netns == past->rec.netns &&
	       flood->rec.route.oif == past->rec.route.oif &&
	       flood->rec.time_ns > past->rec.time_ns;
}

/*
 * The last change before that moment says it.  Else the first one after it does, if
 * it came before the snapshot and is a removal: it tells what was removed.
 */
enum rp_history_state rp_history_at(const struct rp_history *h, uint32_t netns,
				    unsigned int family, struct rp_route *route,
				    uint64_t time_ns)
{
	const struct rp_past *past, *after = NULL;
	bool before = false, came;
	unsigned int looks;

	if (family == AF_INET6 && rp_model_covers(&h->model, netns, family))
		return rp_history_at6(h, netns, route, time_ns);
	past = rp_history_of_route(h, netns, family, &route->dst, route->dst_len, UINT64_MAX);
	for (looks = 0; past; past = rp_history_older(h, past)) {
		if (looks++ == RP_HISTORY_LOOKS)
			return RP_HISTORY_UNKNOWN;
		if (past->rec.netns != netns || past->rec.family != family ||
		    past->rec.route.table != route->table ||
		    past->rec.route.tos != route->tos)
			continue;
		before = past->rec.time_ns <= time_ns;
		if (before)
			break;
		if (past->rec.time_ns <= h->snapshot_ns)
			after = past;
	}
	if (!before)
		past = after;
	if (!past)
		return rp_history_in_snapshot(h, netns, family, route);
	came = past->rec.change.op == RP_CHANGE_INSERT;
	/* One of several of this prefix that IPv6 may have, of other metrics or devices */
	if (before && !came && family == AF_INET6)
		return RP_HISTORY_UNKNOWN;
	if (before && family == AF_INET6 && rp_history_may_be_gone(h, past, time_ns))
		return RP_HISTORY_UNKNOWN;
	if (before != came)
		return before ? RP_HISTORY_ABSENT : RP_HISTORY_UNKNOWN;
	*route = past->rec.route;
	return RP_HISTORY_PRESENT;
}
