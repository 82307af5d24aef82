// SPDX-License-Identifier: GPL-2.0
/* The way of a flow through rules and tables: fib_rules_lookup(), fib_table_lookup(). */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fib/model_inner.h"
#include "fib/names.h"
#include "lib/addr.h"

#define RP_MODEL_SAME	32	/* routes of one prefix and table */
#define RP_MODEL_STEPS	1024	/* of a chain that is looked through */
/* The bits of a tos that routes go by: since Linux 6.12, and before */
#define RP_MODEL_TOS_BITS	0xfc
#define RP_MODEL_TOS_BITS_OLD	0x1c

/* What one step of the way came to */
enum rp_model_step {
	RP_STEP_NEXT,		/* nothing here */
	RP_STEP_DONE,
	RP_STEP_LOST,		/* too little is known */
};

/* ---- one table ---- */

static bool rp_model_for_flow(const struct rp_model_query *q,
			      const struct rp_model_route *route,
			      const struct rp_model_version *v)
{
	uint8_t tos = q->flow->tos;

	return (!route->tos || route->tos == (tos & RP_MODEL_TOS_BITS) ||
		route->tos == (tos & RP_MODEL_TOS_BITS_OLD)) &&
	       v->scope >= q->flow->scope;
}

static int rp_model_reject(const struct rp_model_version *v)
{
	switch (v->type) {
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT:
		return -EACCES;
	case RTN_THROW:
		return -EAGAIN;
	default:
		return 0;
	}
}

/* The newest time before the moment that a device was set down, or removed; 0: never */
static uint64_t rp_model_down_ns(const struct rp_model *m, const struct rp_model_query *q,
				 const struct rp_model_link *link)
{
	const struct rp_model_version *v;
	unsigned int steps = 0;
	uint32_t number;

	for (number = link->newest; number && steps < RP_MODEL_STEPS; number = v->older) {
		steps++;
		v = &m->versions[number - 1];
		if (v->from_ns <= q->at_ns && !rp_model_is_undone(q, m->roots[v->root - 1].id) &&
		    (v->state == RP_CHANGE_DOWN || v->state == RP_CHANGE_DELETE))
			return v->from_ns;
	}
	return 0;
}

/*
 * A route dies with its device.  Of several legs one can come back.  Local routes stay when
 * their device is set down; events tell if they went.
 */
static bool rp_model_leg_alive(struct rp_model *m, const struct rp_model_query *q,
			       const struct rp_model_version *v, const struct rp_model_leg *leg)
{
	const struct rp_model_link *link = rp_model_link(m, q->netns, leg->oif);
	enum rp_change_op state;

	if (!link || v->type == RTN_LOCAL)
		return true;
	state = rp_model_link_state(m, q, leg->oif);
	if (q->ignore_linkdown && state == RP_CHANGE_CARRIER_DOWN)
		return false;
	if (v->nall > 1)
		return state != RP_CHANGE_DOWN && state != RP_CHANGE_DELETE;
	return rp_model_down_ns(m, q, link) <= v->from_ns;
}

static bool rp_model_leg_fits(const struct rp_model_query *q, const struct rp_model_leg *leg)
{
	return !q->flow->oif || q->flow->l3mdev || q->flow->oif == leg->oif;
}

static void rp_model_add_hop(struct rp_model_answer *a, const struct rp_model_leg *leg)
{
	struct rp_model_hop *hop;

	if (a->nhops == RP_MODEL_HOPS)
		return;
	hop = &a->hops[a->nhops++];
	hop->oif = leg->oif;
	hop->gw_family = leg->gw_family;
	memcpy(hop->gw, leg->gw, sizeof(hop->gw));
}

static void rp_model_found(struct rp_model_answer *a, const struct rp_model_route *route,
			   const struct rp_model_version *v)
{
	a->table = route->table;
	a->route = (struct rp_route) {
		.dst = route->dst, .dst_len = route->len, .table = route->table,
		.tos = route->tos, .metric = route->metric, .type = v->type,
		.scope = v->scope, .protocol = v->protocol, .nhid = v->nhid,
		.prefsrc = v->prefsrc, .nh_count = v->nall,
	};
	if (!a->nhops)
		return;
	a->route.oif = a->hops[0].oif;
	a->route.gw_family = a->hops[0].gw_family;
	memcpy(a->route.gw, a->hops[0].gw, sizeof(a->route.gw));
}

/* Routes by a device died since, and this may be one of them. */
static bool rp_model_is_unsure(const struct rp_model *m, const struct rp_model_query *q,
			       const struct rp_model_version *v)
{
	const struct rp_model_version *unsure;
	const struct rp_model_link *link;
	unsigned int i;

	for (i = 0; i < v->nlegs; i++) {
		link = rp_model_link(m, q->netns, m->legs[v->leg + i].oif);
		unsure = link ? rp_model_version_at(m, q, link->unsure) : NULL;
		if (unsure && unsure->from_ns > v->from_ns)
			return true;
	}
	return false;
}

/* As in fib_table_lookup(): does this route answer? */
static enum rp_model_step rp_model_try(struct rp_model *m, const struct rp_model_query *q,
				       const struct rp_model_route *route,
				       const struct rp_model_version *v,
				       struct rp_model_answer *a)
{
	unsigned int i;

	a->nhops = 0;
	a->err = rp_model_reject(v);
	if (a->err) {
		rp_model_found(a, route, v);
		a->word = RP_MODEL_ROUTE_REJECTS;
		return RP_STEP_DONE;
	}
	for (i = 0; i < v->nlegs; i++)
		if (rp_model_leg_alive(m, q, v, &m->legs[v->leg + i]) &&
		    rp_model_leg_fits(q, &m->legs[v->leg + i]))
			rp_model_add_hop(a, &m->legs[v->leg + i]);
	if (!a->nhops)
		return v->nlegs < v->nall ? RP_STEP_LOST : RP_STEP_NEXT;
	rp_model_found(a, route, v);
	a->word = RP_MODEL_FOUND;
	return RP_STEP_DONE;
}

/* The routes of one prefix in a table, the higher tos and the lower metric first */
static size_t rp_model_leaf(const struct rp_model *m, const struct rp_model_query *q,
			    uint32_t table, unsigned int len,
			    const struct rp_model_route *leaf[RP_MODEL_SAME])
{
	union rp_addr dst = rp_addr_prefix(&q->flow->dst, len);
	const struct rp_model_route *route = NULL;
	size_t n = 0, i;

	while (n < RP_MODEL_SAME && (route = rp_model_prefix(m, q, &dst, len, route))) {
		if (route->table != table)
			continue;
		for (i = n++; i && rp_model_is_first(route, leaf[i - 1]); i--)
			leaf[i] = leaf[i - 1];
		leaf[i] = route;
	}
	return n;
}

static enum rp_model_step rp_model_ask_prefix(struct rp_model *m,
					      const struct rp_model_query *q, uint32_t table,
					      unsigned int len, struct rp_model_answer *a)
{
	const struct rp_model_route *leaf[RP_MODEL_SAME];
	size_t n = rp_model_leaf(m, q, table, len, leaf), i;
	const struct rp_model_version *v;
	enum rp_model_state state;
	enum rp_model_step step;

	for (i = 0; i < n; i++) {
		state = rp_model_route_at(m, q, leaf[i], &v);
		if (state == RP_MODEL_NOT_TOLD)
			return RP_STEP_LOST;
		if (state == RP_MODEL_ABSENT || !rp_model_for_flow(q, leaf[i], v))
			continue;
		if (i && rp_model_is_unsure(m, q, v))
			return RP_STEP_LOST;
		step = rp_model_try(m, q, leaf[i], v, a);
		if (step != RP_STEP_NEXT)
			return step;
	}
	return RP_STEP_NEXT;
}

/* @with: a table that is part of it, and comes first where the prefix is the same; 0: none */
static enum rp_model_step rp_model_ask_table(struct rp_model *m,
					     const struct rp_model_query *q, uint32_t table,
					     uint32_t with, struct rp_model_answer *a)
{
	enum rp_model_step step;
	int len;

	for (len = rp_addr_bits(q->family); len >= 0; len--) {
		if (!(m->lengths >> len & 1))
			continue;
		step = with ? rp_model_ask_prefix(m, q, with, len, a) : RP_STEP_NEXT;
		if (step == RP_STEP_NEXT)
			step = rp_model_ask_prefix(m, q, table, len, a);
		if (step == RP_STEP_DONE && a->err == -EAGAIN)
			return RP_STEP_NEXT;	/* thrown */
		if (step != RP_STEP_NEXT)
			return step;
	}
	return RP_STEP_NEXT;
}

/* ---- all rules ---- */

static const struct rp_model_link *rp_model_vrf(const struct rp_model *m,
						const struct rp_model_query *q)
{
	return rp_model_link(m, q->netns, q->flow->l3mdev);
}

/* What a rule suppresses is not told by events, but that it did is recorded. */
static const struct rp_rule *rp_model_witness(const struct rp_model_query *q,
					      const struct rp_fib_rule *rule)
{
	size_t i;

	for (i = 0; i < q->nmatched && (rule->partial || rule->guessed); i++)
		if (q->matched[i].priority == rule->rule.priority &&
		    q->matched[i].table == rule->rule.table &&
		    q->matched[i].action == rule->rule.action)
			return &q->matched[i];
	return NULL;
}

static bool rp_model_is_suppressed(const struct rp_model *m, const struct rp_model_query *q,
				   const struct rp_fib_rule *rule,
				   const struct rp_model_answer *a)
{
	const struct rp_model_link *link = rp_model_link(m, q->netns, a->route.oif);
	const struct rp_rule *witness = rp_model_witness(q, rule);

	if (a->word != RP_MODEL_FOUND)
		return false;
	if (witness && (!q->nundo || rule->partial))
		return witness->suppressed;
	if (rule->suppress_len != UINT32_MAX && a->route.dst_len <= rule->suppress_len)
		return true;
	return rule->suppress_group != UINT32_MAX && link && link->known &&
	       link->link.group == rule->suppress_group;
}

static enum rp_model_step rp_model_ask_rule_table(struct rp_model *m,
						  const struct rp_model_query *q,
						  const struct rp_fib_rule *rule,
						  struct rp_model_answer *a)
{
	const struct rp_model_link *vrf = rule->rule.l3mdev ? rp_model_vrf(m, q) : NULL;
	uint32_t table = rule->rule.table;

	if (rule->rule.l3mdev) {
		if (!vrf || !vrf->link.vrf_table)
			return RP_STEP_LOST;
		table = vrf->link.vrf_table;
	}
	return rp_model_ask_table(m, q, table, 0, a);
}

static enum rp_model_step rp_model_carry_out(struct rp_model *m,
					     const struct rp_model_query *q,
					     const struct rp_fib_rule *rule,
					     struct rp_model_answer *a)
{
	static const int errors[] = {
		[FR_ACT_BLACKHOLE]	= -EINVAL,
		[FR_ACT_UNREACHABLE]	= -ENETUNREACH,
		[FR_ACT_PROHIBIT]	= -EACCES,
	};
	const struct rp_rule *witness;
	enum rp_model_step step;

	switch (rule->rule.action) {
	case FR_ACT_TO_TBL:
		step = rp_model_ask_rule_table(m, q, rule, a);
		break;
	case FR_ACT_NOP:
		return RP_STEP_NEXT;
	case FR_ACT_BLACKHOLE:
	case FR_ACT_UNREACHABLE:
	case FR_ACT_PROHIBIT:
		a->word = RP_MODEL_RULE_REJECTS;
		a->err = errors[rule->rule.action];
		step = RP_STEP_DONE;
		break;
	default:
		return RP_STEP_LOST;
	}
	if (step != RP_STEP_DONE)
		return step;
	witness = rp_model_witness(q, rule);
	if (witness && witness->op)
		return RP_STEP_LOST;	/* two rules that look alike, and which is which? */
	return rp_model_is_suppressed(m, q, rule, a) ? RP_STEP_NEXT : RP_STEP_DONE;
}

/* Passed over, or without an answer.  Of too many the last are told. */
static void rp_model_pass(struct rp_model_answer *a, const struct rp_fib_rule *rule,
			  enum rp_model_selector by)
{
	if (a->npassed == RP_MODEL_PASSED) {
		memmove(a->passed, a->passed + 1, sizeof(a->passed) - sizeof(a->passed[0]));
		a->npassed--;
	}
	a->passed[a->npassed++] = (struct rp_model_passed) {
		rule, by, by == RP_MODEL_FITS && a->word == RP_MODEL_FOUND,
	};
}

/* Where the walk goes on after a rule that fits and leads elsewhere in the list */
static size_t rp_model_goto(const struct rp_model_rule *rules, size_t count, size_t at,
			    const struct rp_model *m, const struct rp_model_query *q)
{
	uint32_t target = rules[at].rule.goto_priority;
	size_t i;

	for (i = at + 1; i < count; i++)
		if (rules[i].rule.rule.priority == target &&
		    rp_model_rule_at(m, q, &rules[i]) == RP_MODEL_PRESENT)
			return i;
	return at + 1;		/* there is none: it does nothing */
}

/*
 * Where a goto leads to no event tells, nor what it selects by; and that it led somewhere is
 * never recorded.  Which rules the flow matched behind it is: it may have been led past others.
 */
static bool rp_model_may_jump(const struct rp_fib_rule *rule, enum rp_model_selector by)
{
	return rule->rule.action == FR_ACT_GOTO &&
	       (rule->guessed || (rule->partial && (by == RP_MODEL_FITS ||
						    by == RP_MODEL_NOT_KNOWN)));
}

/* It came once and stayed, and nothing that it may be taken for was ever there. */
static bool rp_model_is_sure(const struct rp_model *m, const struct rp_model_rule *rules,
			     size_t count, size_t at)
{
	const struct rp_rule *its = &rules[at].rule.rule, *other;
	size_t i;

	if (!rules[at].end || m->versions[rules[at].newest - 1].older)
		return false;
	for (i = 0; i < count; i++) {
		other = &rules[i].rule.rule;
		if (i != at && other->priority == its->priority &&
		    other->action == its->action && other->table == its->table)
			return false;
	}
	return true;
}

static enum rp_model_step rp_model_walk_rules(struct rp_model *m,
					      const struct rp_model_query *q,
					      struct rp_model_answer *a)
{
	enum rp_model_selector by;
	struct rp_model_rule *rules;
	enum rp_model_state state;
	enum rp_model_step step;
	bool jumped = false;
	size_t count, i;

	rules = rp_model_rules(m, q->netns, q->family, &count);
	for (i = 0; i < count; i++) {
		state = rp_model_rule_at(m, q, &rules[i]);
		if (state == RP_MODEL_NOT_TOLD)
			return RP_STEP_LOST;
		if (state == RP_MODEL_ABSENT)
			continue;
		a->rule = &rules[i].rule;
		a->word = RP_MODEL_NONE;
		by = jumped ? rp_model_known_match(m, q, &a->rule->rule) :
			      rp_model_mismatch(m, q, a->rule);
		if (rp_model_may_jump(a->rule, by) &&
		    !(q->nundo && rules[i].newest && rp_model_is_sure(m, rules, count, i))) {
			if (!q->walked || q->nundo)
				return RP_STEP_LOST;
			jumped = true;
			by = RP_MODEL_SOME;
		}
		if (by == RP_MODEL_NOT_KNOWN)
			return RP_STEP_LOST;
		if (by == RP_MODEL_FITS && a->rule->rule.action == FR_ACT_GOTO) {
			i = rp_model_goto(rules, count, i, m, q) - 1;
			continue;
		}
		step = by == RP_MODEL_FITS ? rp_model_carry_out(m, q, a->rule, a) : RP_STEP_NEXT;
		if (step != RP_STEP_NEXT)
			return step;
		rp_model_pass(a, a->rule, by);
	}
	a->rule = NULL;
	return RP_STEP_NEXT;
}

/* The table default is asked last, if it is there: then its answer counts. */
static enum rp_model_step rp_model_walk_merged(struct rp_model *m,
					       const struct rp_model_query *q,
					       struct rp_model_answer *a)
{
	struct rp_model_answer other = { .word = RP_MODEL_NONE };
	enum rp_model_step step;

	step = rp_model_ask_table(m, q, RT_TABLE_MAIN, RT_TABLE_LOCAL, a);
	if (step == RP_STEP_LOST || (step == RP_STEP_DONE && a->word == RP_MODEL_FOUND))
		return step;
	if (rp_model_ask_table(m, q, RT_TABLE_DEFAULT, 0, &other) != RP_STEP_DONE)
		return step;
	*a = other;
	return RP_STEP_DONE;
}

void rp_model_lookup(struct rp_model *m, const struct rp_model_query *q,
		     struct rp_model_answer *a)
{
	const struct rp_model_netns *netns = rp_model_netns(m, q->netns, q->family);
	enum rp_model_step step;

	memset(a, 0, sizeof(*a));
	if (!rp_model_covers(m, q->netns, q->family))
		return;
	step = q->unmerged || netns->unmerged ?
	       rp_model_walk_rules(m, q, a) : rp_model_walk_merged(m, q, a);
	if (step == RP_STEP_DONE)
		return;
	a->word = step == RP_STEP_LOST ? RP_MODEL_UNKNOWN : RP_MODEL_NONE;
	a->err = -ENETUNREACH;
	a->rule = NULL;
	a->nhops = 0;
	a->table = 0;
	memset(&a->route, 0, sizeof(a->route));
}

bool rp_model_would(struct rp_model *m, const struct rp_model_query *q,
		    const struct rp_fib_rule *rule, bool unsuppressed,
		    struct rp_model_answer *a)
{
	memset(a, 0, sizeof(*a));
	a->rule = rule;
	return rule->rule.action == FR_ACT_TO_TBL &&
	       rp_model_ask_rule_table(m, q, rule, a) == RP_STEP_DONE &&
	       a->word == RP_MODEL_FOUND &&
	       (unsuppressed || !rp_model_is_suppressed(m, q, rule, a));
}

bool rp_model_has(struct rp_model *m, const struct rp_model_query *q, uint32_t table,
		  const union rp_addr *dst, unsigned int len, struct rp_route *found)
{
	union rp_addr prefix = rp_addr_prefix(dst, len);
	const struct rp_model_route *route = NULL;
	const struct rp_model_version *v;
	struct rp_model_answer a = { .nhops = 0 };

	while ((route = rp_model_prefix(m, q, &prefix, len, route))) {
		if (route->table != table ||
		    rp_model_route_at(m, q, route, &v) != RP_MODEL_PRESENT)
			continue;
		rp_model_add_hop(&a, &m->legs[v->leg]);
		rp_model_found(&a, route, v);
		*found = a.route;
		return true;
	}
	return false;
}

/* ---- what may have changed an answer ---- */

static uint64_t rp_model_thing(enum rp_model_thing what, uint64_t number)
{
	return (uint64_t)what << 56 | number;
}

/* What came or went, as an event tells it */
static void rp_model_tell(const struct rp_model *m, const struct rp_model_version *v,
			  const struct rp_model_route *route, struct rp_record *rec)
{
	struct rp_model_answer a = { .nhops = 0 };
	const char *dev;

	if (v->nlegs)
		rp_model_add_hop(&a, &m->legs[v->leg]);
	rp_model_found(&a, route, v);
	dev = m->fib ? rp_fib_link(m->fib, rec->netns, a.route.oif) : NULL;
	if (rec->route.oif == a.route.oif && *rec->route.dev)
		memcpy(a.route.dev, rec->route.dev, sizeof(a.route.dev));
	else if (dev)
		snprintf(a.route.dev, sizeof(a.route.dev), "%s", dev);
	rec->kind = RP_KIND_EVENT;
	rec->family = route->family;
	rec->time_ns = v->from_ns;
	rec->has = RP_HAS_ROUTE | RP_HAS_CHANGE;
	rec->route = a.route;
	rec->change = (struct rp_change) {
		.op = v->state == RP_MODEL_PRESENT ? RP_CHANGE_INSERT : RP_CHANGE_DELETE,
	};
}

/* A ring in order of time would be no faster: they are few. */
static void rp_model_offer(const struct rp_model *m, const struct rp_model_version *v,
			   uint64_t thing, struct rp_model_change *changes, size_t *n)
{
	const struct rp_model_root *root = &m->roots[v->root - 1];
	size_t i = *n;

	if (i == RP_MODEL_CHANGES) {
		if (changes[i - 1].time_ns >= v->from_ns)
			return;
		i--;
	} else {
		++*n;
	}
	for (; i && changes[i - 1].time_ns < v->from_ns; i--)
		changes[i] = changes[i - 1];
	changes[i] = (struct rp_model_change) {
		.id = root->id, .time_ns = v->from_ns, .thing = thing, .rec = root->rec,
		.root = &root->rec,
	};
	if (thing >> 56 == RP_MODEL_A_ROUTE)
		rp_model_tell(m, v, &m->routes[thing & 0xffffffff], &changes[i].rec);
}

static void rp_model_offer_all(const struct rp_model *m, const struct rp_model_query *q,
			       uint32_t newest, uint64_t since_ns, uint64_t thing,
			       struct rp_model_change *changes, size_t *n)
{
	const struct rp_model_version *v;

	unsigned int steps, offered = 0;

	for (steps = 0; newest && steps < RP_MODEL_STEPS && offered < RP_MODEL_CHANGES;
	     steps++, newest = v->older) {
		v = &m->versions[newest - 1];
		if (v->from_ns <= since_ns)
			return;
		if (v->from_ns > q->at_ns)
			continue;
		rp_model_offer(m, v, thing, changes, n);
		offered++;
	}
}

static void rp_model_offer_links(const struct rp_model *m, const struct rp_model_query *q,
				 uint32_t number, uint64_t since_ns,
				 struct rp_model_change *changes, size_t *n)
{
	const struct rp_model_version *v = number ? &m->versions[number - 1] : NULL;
	const struct rp_model_link *link;
	unsigned int i;

	for (i = 0; v && i < v->nlegs; i++) {
		link = rp_model_link(m, q->netns, m->legs[v->leg + i].oif);
		if (link)
			rp_model_offer_all(m, q, link->newest, since_ns,
					   rp_model_thing(RP_MODEL_A_LINK, link - m->links),
					   changes, n);
	}
}

static bool rp_model_is_one(const struct rp_model_change *a, const struct rp_model_change *b)
{
	return a->id == b->id && a->thing == b->thing && a->time_ns == b->time_ns;
}

/* Several routes may go by one device. */
static size_t rp_model_unique(struct rp_model_change *changes, size_t n)
{
	size_t i, j, kept = 0;

	for (i = 0; i < n; i++) {
		for (j = 0; j < kept && !rp_model_is_one(&changes[j], &changes[i]); j++)
			;
		if (j == kept)
			changes[kept++] = changes[i];
	}
	return kept;
}

static void rp_model_offer_prefix(const struct rp_model *m, const struct rp_model_query *q,
				  unsigned int len, uint64_t since_ns,
				  struct rp_model_change *changes, size_t *n)
{
	union rp_addr dst = rp_addr_prefix(&q->flow->dst, len);
	const struct rp_model_route *route = NULL;

	while ((route = rp_model_prefix(m, q, &dst, len, route))) {
		rp_model_offer_all(m, q, route->newest, since_ns,
				   rp_model_thing(RP_MODEL_A_ROUTE, route - m->routes),
				   changes, n);
		rp_model_offer_links(m, q, route->known, since_ns, changes, n);
		rp_model_offer_links(m, q, route->newest, since_ns, changes, n);
	}
}

size_t rp_model_changes(struct rp_model *m, const struct rp_model_query *q, uint64_t since_ns,
			struct rp_model_change *changes)
{
	struct rp_model_rule *rules;
	size_t count, i, n = 0;
	unsigned int len;

	rules = rp_model_rules(m, q->netns, q->family, &count);
	for (i = 0; i < count; i++)
		rp_model_offer_all(m, q, rules[i].newest, since_ns,
				   rp_model_thing(RP_MODEL_A_RULE, rules[i].order), changes, &n);
	for (len = 0; len <= rp_addr_bits(q->family) && len < 64; len++)
		if (m->lengths >> len & 1)
			rp_model_offer_prefix(m, q, len, since_ns, changes, &n);
	return rp_model_unique(changes, n);
}
