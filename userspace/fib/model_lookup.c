// SPDX-License-Identifier: GPL-2.0
/* The way of a flow through the rules: fib_rules_lookup(). */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "fib/model_inner.h"

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

static enum rp_model_step rp_model_ask(struct rp_model *m, const struct rp_model_query *q,
				       uint32_t table, struct rp_model_answer *a)
{
	return q->family == AF_INET6 ? rp_model_ask_table6(m, q, table, a) :
				       rp_model_ask_table(m, q, table, 0, a);
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
	return rp_model_ask(m, q, table, a);
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
	bool jumped = false, suppressed = false;
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
		if (by == RP_MODEL_FITS && a->rule->rule.action == FR_ACT_TO_TBL)
			suppressed = a->word == RP_MODEL_FOUND;
		rp_model_pass(a, a->rule, by);
	}
	a->rule = NULL;
	/* fib6_rule_suppress() lets go of a route that is the result if nothing follows. */
	return suppressed && q->family == AF_INET6 ? RP_STEP_LOST : RP_STEP_NEXT;
}

/* Without rules of its own: IPv6 has no table default. */
static enum rp_model_step rp_model_walk_two(struct rp_model *m, const struct rp_model_query *q,
					    struct rp_model_answer *a)
{
	enum rp_model_step step = rp_model_ask_table6(m, q, RT_TABLE_LOCAL, a);

	return step == RP_STEP_NEXT ? rp_model_ask_table6(m, q, RT_TABLE_MAIN, a) : step;
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

static void rp_model_lookup_there(struct rp_model *m, const struct rp_model_query *q,
				  struct rp_model_answer *a)
{
	const struct rp_model_netns *netns = rp_model_netns(m, q->netns, q->family);
	enum rp_model_step step;

	memset(a, 0, sizeof(*a));
	if (!rp_model_covers(m, q->netns, q->family))
		return;
	if (q->unmerged || netns->unmerged)
		step = rp_model_walk_rules(m, q, a);
	else if (q->family == AF_INET6)
		step = rp_model_walk_two(m, q, a);
	else
		step = rp_model_walk_merged(m, q, a);
	if (step == RP_STEP_DONE)
		return;
	a->word = step == RP_STEP_LOST ? RP_MODEL_UNKNOWN : RP_MODEL_NONE;
	a->err = -ENETUNREACH;
	a->rule = NULL;
	a->nhops = 0;
	a->table = 0;
	memset(&a->route, 0, sizeof(a->route));
}

/* Local and main are one table until there are rules. */
size_t rp_model_losers(struct rp_model *m, const struct rp_model_query *q,
		       const struct rp_model_answer *won,
		       struct rp_model_loser losers[RP_MODEL_LOSERS])
{
	const struct rp_model_netns *netns = rp_model_netns(m, q->netns, q->family);
	bool merged = !q->unmerged && netns && !netns->unmerged && won->table != RT_TABLE_DEFAULT;

	if (won->word != RP_MODEL_FOUND && won->word != RP_MODEL_ROUTE_REJECTS)
		return 0;
	if (q->family == AF_INET6)
		return rp_model_losers6(m, q, won, losers);
	return rp_model_losers4(m, q, merged ? RT_TABLE_LOCAL : 0, won, losers);
}

/* Without some changes that device was a port of another VRF, or of none. */
static bool rp_model_is_elsewhere(const struct rp_model *m, const struct rp_model_query *q,
				  uint32_t *vrf)
{
	const struct rp_model_query as_is = { .netns = q->netns, .family = q->family,
					      .at_ns = q->at_ns };
	uint32_t port = q->nundo ? rp_model_port(q->flow) : 0;

	if (!port)
		return false;
	*vrf = rp_model_vrf_at(m, q, port);
	return *vrf != rp_model_vrf_at(m, &as_is, port);
}

/* Who demands a device has it, and any destination on its link; see rp_model_leg_fits(). */
static void rp_model_take_on_link(const struct rp_model_query *q, struct rp_model_answer *a)
{
	const struct rp_model_leg leg = { .oif = q->flow->oif };

	if (q->family != AF_INET || a->word == RP_MODEL_UNKNOWN || a->word == RP_MODEL_FOUND ||
	    q->flow->iif > 1 || !q->flow->oif || q->flow->l3mdev)
		return;
	a->word = RP_MODEL_FOUND;
	a->err = 0;
	a->nhops = 0;
	rp_model_add_hop(a, &leg);
	a->route = (struct rp_route) { .type = RTN_UNICAST, .oif = leg.oif, .nh_count = 1 };
}

void rp_model_lookup(struct rp_model *m, const struct rp_model_query *query,
		     struct rp_model_answer *a)
{
	struct rp_model_query q = *query;
	struct rp_flow flow;
	uint32_t vrf;

	if (!rp_model_is_elsewhere(m, query, &vrf)) {
		rp_model_lookup_there(m, query, a);
		return;
	}
	flow = *query->flow;
	flow.l3mdev = vrf;
	q.flow = &flow;
	q.walked = false;
	q.nmatched = 0;
	rp_model_lookup_there(m, &q, a);
	rp_model_take_on_link(&q, a);
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
