// SPDX-License-Identifier: GPL-2.0
/*
 * A namespace with what a snapshot has.  The kernel makes routes by itself as devices and
 * addresses come; those that the snapshot lacks go again.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "fib/config.h"
#include "fib/sandbox_inner.h"
#include "lib/names.h"
#include "lib/util.h"

#define RP_BOX_LACKS_TOLD	5
#define RP_BOX_DUMP_SIZE	32768	/* what the kernel fills at most */

int rp_box_send(struct rp_box *b, struct nlmsghdr *nlh, mnl_cb_t cb, void *data)
{
	char buf[RP_BOX_DUMP_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	unsigned int portid = mnl_socket_get_portid(b->nl);
	ssize_t n;
	int more;

	nlh->nlmsg_seq = ++b->seq;
	if (mnl_socket_sendto(b->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(b->nl, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		more = mnl_cb_run(buf, n, b->seq, portid, cb, data);
	} while (more > 0);
	return more < 0 ? -errno : 0;
}

/* ---- one kind of objects after the other ---- */

static bool rp_box_is_ours(const struct rp_box *b, const json_t *object)
{
	uint32_t netns;

	return rp_fib_number(object, "netns", &netns) && netns == b->s->netns;
}

void rp_box_lack(struct rp_box *b, const char *kind, const json_t *object, int err)
{
	json_t *copy;
	char *text;

	if (b->lacks++ >= RP_BOX_LACKS_TOLD)
		return;
	copy = json_copy((json_t *)object);
	json_object_del(copy, "netns");
	text = json_dumps(copy, JSON_COMPACT);
	rp_util_warn("the sandbox lacks %s %s: %s", kind, text,
		     err ? strerror(-err) : "it is damaged");
	free(text);
	json_decref(copy);
}

struct rp_box_pass {
	struct rp_box *b;
	const char *kind;
	void (*take)(struct rp_box *b, const char *kind, const json_t *object);
};

static bool rp_box_object(void *ctx, const json_t *line)
{
	struct rp_box_pass *pass = ctx;
	const json_t *object = json_object_get(line, pass->kind);

	if (json_is_object(object) && rp_box_is_ours(pass->b, object))
		pass->take(pass->b, pass->kind, object);
	return true;
}

/* @only: what lines begin with that are read at all, or NULL; returns how many are damaged. */
static int rp_box_read(struct rp_box *b, struct rp_box_pass *pass, const char *only)
{
	struct rp_fib_visitor v = { .object = rp_box_object, .ctx = pass };
	int bad;

	b->fib.visitor = &v;
	b->fib.only = only;
	bad = rp_fib_read(&b->fib, b->s->snapshot);
	b->fib.only = NULL;
	b->fib.visitor = NULL;
	return bad;
}

void rp_box_each(struct rp_box *b, const char *kind,
		 void (*take)(struct rp_box *b, const char *kind, const json_t *object))
{
	struct rp_box_pass pass = { b, kind, take };
	char begun[32];

	snprintf(begun, sizeof(begun), "{\"%s\":", kind);
	rp_box_read(b, &pass, begun);
}

/* The same for what there is here already */
static int rp_box_each_here(struct rp_box *b, const char *kind,
			    void (*take)(struct rp_box *b, const char *kind,
					 const json_t *object))
{
	struct rp_box_pass pass = { b, kind, take };
	struct rp_fib_visitor v = { .object = rp_box_object, .ctx = &pass };
	int failed;

	b->fib.visitor = &v;
	failed = rp_fib_here(&b->fib, b->s->netns);
	b->fib.visitor = NULL;
	return failed ? rp_util_err("what the sandbox has of itself cannot be read: %s",
				    strerror(errno)) : 0;
}

/* ---- addresses, routes and rules ---- */

static void rp_box_add(struct rp_box *b, const char *kind, const json_t *object,
		       struct nlmsghdr *nlh)
{
	int err = nlh ? rp_box_send(b, nlh, NULL, NULL) : 0;

	/* Some the kernel has made by itself. */
	if ((err && err != -EEXIST) || !nlh)
		rp_box_lack(b, kind, object, err);
}

static void rp_box_address(struct rp_box *b, const char *kind, const json_t *object)
{
	rp_box_add(b, kind, object, rp_message_address(b->message, &b->devs, object));
}

static void rp_box_see_rule(struct rp_box *b, const char *kind, const json_t *object)
{
	(void)kind;
	b->has_family[rp_box_family(rp_message_family(object))] = true;
}

/* All lines, so that damaged ones are seen, too */
static int rp_box_see(struct rp_box *b)
{
	struct rp_box_pass pass = { b, "rule", rp_box_see_rule };
	int bad = rp_box_read(b, &pass, NULL);

	if (bad)
		rp_util_warn("the sandbox lacks what %d damaged lines of the snapshot say", bad);
	return b->has_family[0] || b->has_family[1] ? 0 :
	       rp_util_err("the snapshot has no rules of this network namespace");
}

static void rp_box_rule(struct rp_box *b, const char *kind, const json_t *object)
{
	rp_box_add(b, kind, object, rp_message_rule(b->message, &b->devs, object));
}

/* What the kernel tells apart two routes by */
static const char *rp_box_route_key(struct rp_buf *key, const json_t *object)
{
	static const char *const keys[] = {
		"type", "dst", "dstlen", "from", "srclen", "tos", "table", "metric", "gateway",
		"oif", "nexthops", "nhid", "prefsrc", "scope",
	};
	const json_t *value;
	char *text;
	size_t i;

	key->len = 0;
	for (i = 0; i < RP_ARRAY_SIZE(keys); i++) {
		value = json_object_get(object, keys[i]);
		text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
		rp_buf_text(key, text ? text : "-");
		rp_buf_char(key, ' ');
		free(text);
	}
	rp_buf_char(key, '\0');
	return key->data;
}

static bool rp_box_is_of_kernel(const json_t *object)
{
	uint32_t protocol;

	return rp_fib_number(object, "protocol", &protocol) && protocol == RTPROT_KERNEL;
}

static void rp_box_keep(struct rp_box *b, const char *kind, const json_t *object)
{
	struct rp_buf key = { 0 };

	(void)kind;
	if (rp_box_is_of_kernel(object))
		rp_tally_get(&b->kept, rp_box_route_key(&key, object));
	rp_buf_exit(&key);
}

static void rp_box_later(struct rp_box *b, const json_t *object)
{
	b->later = rp_util_grow(b->later, b->nlater + 1, sizeof(*b->later));
	b->later[b->nlater++] = json_deep_copy(object);
}

/* As the snapshot would name the devices */
static void rp_box_translate(const struct rp_box *b, json_t *object)
{
	uint32_t oif;

	if (rp_fib_number(object, "oif", &oif))
		json_object_set_new(object, "oif",
				    json_integer(rp_message_theirs(&b->devs, oif)));
}

static void rp_box_extra_route(struct rp_box *b, const char *kind, const json_t *object)
{
	struct rp_buf key = { 0 };

	(void)kind;
	if (!b->has_family[rp_box_family(rp_message_family(object))])
		return;
	rp_box_later(b, object);
	object = b->later[b->nlater - 1];
	rp_box_translate(b, (json_t *)object);
	if (rp_tally_find(&b->kept, rp_box_route_key(&key, object)))
		json_decref(b->later[--b->nlater]);
	rp_buf_exit(&key);
}

static void rp_box_extra_rule(struct rp_box *b, const char *kind, const json_t *object)
{
	(void)kind;
	if (b->has_family[rp_box_family(rp_message_family(object))])
		rp_box_later(b, object);
}

static void rp_box_forget(struct rp_box *b)
{
	size_t i;

	for (i = 0; i < b->nlater; i++)
		json_decref(b->later[i]);
	b->nlater = 0;
}

/* Deletes what is remembered. */
static void rp_box_delete(struct rp_box *b, unsigned int type,
			  struct nlmsghdr *(*make)(void *buf, const struct rp_message_devs *devs,
						   const json_t *object))
{
	struct nlmsghdr *nlh;
	size_t i;

	for (i = 0; i < b->nlater; i++) {
		nlh = make(b->message, &b->devs, b->later[i]);
		if (!nlh)
			continue;
		nlh->nlmsg_type = type;
		nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
		rp_box_send(b, nlh, NULL, NULL);
	}
	rp_box_forget(b);
}

/* What is tried again: one request for an object */
typedef int (*rp_box_add_fn)(struct rp_box *b, const json_t *object);

static int rp_box_send_new(struct rp_box *b, struct nlmsghdr *nlh)
{
	int err = nlh ? rp_box_send(b, nlh, NULL, NULL) : -EINVAL;

	return err == -EEXIST ? 0 : err;
}

static int rp_box_add_nexthop(struct rp_box *b, const json_t *object)
{
	return rp_box_send_new(b, rp_message_nexthop(b->message, &b->devs, object));
}

/* A route without some of its keys */
static int rp_box_add_less(struct rp_box *b, const json_t *object, const char *const *keys)
{
	json_t *copy = json_copy((json_t *)object);
	int err;

	for (; *keys; keys++)
		json_object_del(copy, *keys);
	err = rp_box_send_new(b, rp_message_route(b->message, &b->devs, copy));
	json_decref(copy);
	return err;
}

/* By its next hop object; or by what the kernel told of that, where there is none. */
static int rp_box_add_route(struct rp_box *b, const json_t *object)
{
	static const char *const hops[] = { "gateway", "via", "oif", "nexthops", NULL };
	static const char *const id[] = { "nhid", NULL };

	if (!json_object_get(object, "nhid"))
		return rp_box_send_new(b, rp_message_route(b->message, &b->devs, object));
	return rp_box_add_less(b, object, hops) ? rp_box_add_less(b, object, id) : 0;
}

/* What led to a gateway may have gone since. */
static int rp_box_add_onlink(struct rp_box *b, const json_t *object, rp_box_add_fn add)
{
	json_t *copy = json_deep_copy(object), *hop;
	size_t i;
	int err;

	json_object_set_new(copy, "flags", json_integer(RTNH_F_ONLINK));
	json_array_foreach(json_object_get(copy, "nexthops"), i, hop)
		json_object_set_new(hop, "flags", json_integer(RTNH_F_ONLINK));
	err = add(b, copy);
	json_decref(copy);
	return err;
}

/* A gateway may need a route that comes later, a group one of its next hops. */
static void rp_box_try_nexthop(struct rp_box *b, const char *kind, const json_t *object)
{
	(void)kind;
	/* Those of a bridge's table lead to no route. */
	if (!json_object_get(object, "fdb") && rp_box_add_nexthop(b, object))
		rp_box_later(b, object);
}

static void rp_box_try_route(struct rp_box *b, const char *kind, const json_t *object)
{
	(void)kind;
	if (rp_box_add_route(b, object))
		rp_box_later(b, object);
}

static void rp_box_retry(struct rp_box *b, rp_box_add_fn add, bool onlink)
{
	size_t i, left, before;

	do {
		before = b->nlater;
		for (i = left = 0; i < before; i++) {
			if (onlink ? rp_box_add_onlink(b, b->later[i], add) : add(b, b->later[i]))
				b->later[left++] = b->later[i];
			else
				json_decref(b->later[i]);
		}
		b->nlater = left;
	} while (left && left < before);
}

static void rp_box_insist(struct rp_box *b, const char *kind, rp_box_add_fn add)
{
	size_t i;

	rp_box_retry(b, add, false);
	rp_box_retry(b, add, true);
	rp_box_retry(b, add, false);
	for (i = 0; i < b->nlater; i++)
		rp_box_lack(b, kind, b->later[i], add(b, b->later[i]));
	rp_box_forget(b);
}

/* ---- all of it ---- */

int rp_box_build(struct rp_box *b)
{
	if (rp_box_see(b) || rp_box_try_links(b))
		return -1;
	rp_box_begin_settings();
	rp_box_make_links(b);
	rp_box_settings(b);
	rp_box_each(b, "address", rp_box_address);
	rp_box_each(b, "route", rp_box_keep);
	if (rp_box_each_here(b, "route", rp_box_extra_route))
		return -1;
	rp_box_delete(b, RTM_DELROUTE, rp_message_route);
	rp_box_each(b, "nexthop", rp_box_try_nexthop);
	rp_box_insist(b, "nexthop", rp_box_add_nexthop);
	rp_box_each(b, "route", rp_box_try_route);
	rp_box_insist(b, "route", rp_box_add_route);
	if (rp_box_each_here(b, "rule", rp_box_extra_rule))
		return -1;
	rp_box_delete(b, RTM_DELRULE, rp_message_rule);
	rp_box_each(b, "rule", rp_box_rule);
	rp_box_lower_links(b);
	if (b->lacks > RP_BOX_LACKS_TOLD)
		rp_util_warn("the sandbox lacks %u more", b->lacks - RP_BOX_LACKS_TOLD);
	return 0;
}
