// SPDX-License-Identifier: GPL-2.0
/* Rules: which there were when, and what of them fits a flow: net/core/fib_rules.c. */
#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "fib/model_inner.h"
#include "fib/names.h"
#include "lib/addr.h"
#include "lib/util.h"

/* Bits of a tos that rules go by: since Linux 6.12, and before */
#define RP_MODEL_TOS_BITS	0xfc
#define RP_MODEL_TOS_BITS_OLD	0x1c

#define RP_MODEL_RULES_MAX	(1U << 14)

static bool rp_model_is_default(const struct rp_rule *rule)
{
	return rule->action == FR_ACT_TO_TBL && !rule->l3mdev &&
	       ((!rule->priority && rule->table == RT_TABLE_LOCAL) ||
		(rule->priority == 32766 && rule->table == RT_TABLE_MAIN) ||
		(rule->priority == 32767 && rule->table == RT_TABLE_DEFAULT));
}

static void rp_model_cover(struct rp_model *m, uint32_t netns, unsigned int family,
			   bool unmerged)
{
	struct rp_model_netns *its = rp_model_netns(m, netns, family);

	if (!its) {
		m->netns = rp_util_grow(m->netns, m->nnetns + 1, sizeof(*m->netns));
		its = &m->netns[m->nnetns++];
		*its = (struct rp_model_netns) { .netns = netns, .family = family };
	}
	its->unmerged |= unmerged;
}

static bool rp_model_rules_equal(const struct rp_fib_rule *a, const struct rp_fib_rule *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Rules stand in the kernel's order, and those that came later behind their like. */
static bool rp_model_is_behind(const struct rp_model_rule *rule, uint32_t netns,
			       unsigned int family, uint64_t priority)
{
	if (rule->netns != netns)
		return rule->netns > netns;
	if (rule->rule.family != family)
		return rule->rule.family > family;
	return rule->rule.rule.priority >= priority;
}

/* The first rule of a namespace with this priority or a higher one */
static size_t rp_model_lower(const struct rp_model *m, uint32_t netns, unsigned int family,
			     uint64_t priority)
{
	size_t low = 0, high = m->nrules, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (rp_model_is_behind(&m->rules[middle], netns, family, priority))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static struct rp_model_rule *rp_model_range(const struct rp_model *m, uint32_t netns,
					    unsigned int family, uint64_t first, uint64_t end,
					    size_t *count)
{
	size_t low = rp_model_lower(m, netns, family, first);

	*count = rp_model_lower(m, netns, family, end) - low;
	return m->rules ? &m->rules[low] : NULL;
}

struct rp_model_rule *rp_model_rules(const struct rp_model *m, uint32_t netns,
				     unsigned int family, size_t *count)
{
	return rp_model_range(m, netns, family, 0, 1ULL << 32, count);
}

static struct rp_model_rule *rp_model_like(const struct rp_model *m, uint32_t netns,
					   unsigned int family, uint32_t priority, size_t *count)
{
	return rp_model_range(m, netns, family, priority, priority + 1ULL, count);
}

/* With more it is no model any more: nobody asks it, and nothing has to be found. */
static bool rp_model_has_overflowed(const struct rp_model *m)
{
	return m->nrules == RP_MODEL_RULES_MAX && !m->snapshot;
}

static struct rp_model_rule *rp_model_add_rule(struct rp_model *m, uint32_t netns,
					       const struct rp_fib_rule *rule)
{
	struct rp_model_rule *its;
	size_t at;

	if (m->nrules == RP_MODEL_RULES_MAX) {
		m->snapshot = false;
		return NULL;
	}
	at = rp_model_lower(m, netns, rule->family, rule->rule.priority + 1ULL);
	m->rules = rp_util_grow(m->rules, m->nrules + 1, sizeof(*m->rules));
	its = &m->rules[at];
	memmove(its + 1, its, (m->nrules - at) * sizeof(*its));
	memset(its, 0, sizeof(*its));
	its->netns = netns;
	its->rule = *rule;
	its->order = ++m->nrules;
	return its;
}

/* The two snapshots have the same rule as often as it is there twice. */
static struct rp_model_rule *rp_model_same_rule(struct rp_model *m, uint32_t netns,
						const struct rp_fib_rule *rule)
{
	size_t count, i;
	struct rp_model_rule *its = rp_model_like(m, netns, rule->family, rule->rule.priority,
						  &count);

	for (i = 0; i < count; i++)
		if (!its[i].end && its[i].start && rp_model_rules_equal(&its[i].rule, rule))
			return &its[i];
	return NULL;
}

void rp_model_know_rule(struct rp_model *m, uint32_t netns, const struct rp_fib_rule *rule,
			bool end)
{
	struct rp_model_rule *its = NULL;

	if (rp_model_has_overflowed(m))
		return;
	if (end)
		its = rp_model_same_rule(m, netns, rule);
	if (!its)
		its = rp_model_add_rule(m, netns, rule);
	if (!its)
		return;
	if (end)
		its->end = true;
	else
		its->start = true;
	its->rule.guessed = !its->start;
	if (!end)
		rp_model_cover(m, netns, rule->family, !rp_model_is_default(&rule->rule));
}

const struct rp_fib_rule *rp_model_known_rule(const struct rp_model *m, uint32_t netns,
					      unsigned int family, const struct rp_rule *rule,
					      const struct rp_fib_rule *after)
{
	size_t count, i;
	struct rp_model_rule *its = rp_model_like(m, netns, family, rule->priority, &count);

	for (i = 0; i < count; i++)
		if (its[i].start && (!after || &its[i].rule > after) &&
		    its[i].rule.rule.table == rule->table &&
		    its[i].rule.rule.action == rule->action)
			return &its[i].rule;
	return NULL;
}

enum rp_model_state rp_model_rule_at(const struct rp_model *m, const struct rp_model_query *q,
				     const struct rp_model_rule *rule)
{
	const struct rp_model_version *v = rp_model_version_at(m, q, rule->newest);

	if (v)
		return v->state;
	v = rp_model_first(m, rule->first);
	if (v)
		return v->state == RP_MODEL_PRESENT ? RP_MODEL_ABSENT : RP_MODEL_PRESENT;
	return rule->start ? RP_MODEL_PRESENT : RP_MODEL_ABSENT;
}

/* ---- events ---- */

static bool rp_model_is_dev(const struct rp_model *m, uint32_t netns, const char *name,
			    uint32_t index)
{
	const char *dev;

	if (!*name || !index)
		return !*name == !index;
	dev = rp_fib_link(m->fib, netns, index);
	return !dev || !strncmp(dev, name, RP_NAME_LEN);
}

/* The port that an event shows: none of a range */
static bool rp_model_is_port(uint32_t start, uint32_t end, __be16 port)
{
	return port ? start == end && start == ntohs(port) : start != end || !start;
}

/* Can an event be about the rule, by what it shows? */
static bool rp_model_is_about(const struct rp_model *m, const struct rp_model_rule *its,
			      const struct rp_record *rec)
{
	const struct rp_fib_rule *rule = &its->rule;

	return rule->rule.priority == rec->rule.priority &&
	       rule->rule.table == rec->rule.table && rule->rule.action == rec->rule.action &&
	       rule->rule.l3mdev == rec->rule.l3mdev && rule->mark == rec->flow.mark &&
	       rule->proto == rec->flow.proto &&
	       rp_model_is_dev(m, its->netns, rule->iif, rec->flow.iif) &&
	       rp_model_is_dev(m, its->netns, rule->oif, rec->flow.oif) &&
	       rp_model_is_port(rule->sport_start, rule->sport_end, rec->flow.sport) &&
	       rp_model_is_port(rule->dport_start, rule->dport_end, rec->flow.dport);
}

static void rp_model_name(char name[RP_NAME_LEN], const struct rp_model *m, uint32_t netns,
			  uint32_t index)
{
	const char *dev = index ? rp_fib_link(m->fib, netns, index) : NULL;

	snprintf(name, RP_NAME_LEN, "%s", dev ? dev : "");
}

/* What an event shows of a rule that no snapshot has */
static struct rp_fib_rule rp_model_shown(const struct rp_model *m, const struct rp_record *rec)
{
	const struct rp_flow *by = &rec->flow;
	struct rp_fib_rule rule;

	memset(&rule, 0, sizeof(rule));
	rule.rule = rec->rule;
	rule.rule.op = 0;
	rule.family = rec->family;
	rule.mark = by->mark;
	rule.mask = by->mark ? UINT32_MAX : 0;
	rule.proto = by->proto;
	rule.uid_end = UINT32_MAX;
	rule.sport_start = ntohs(by->sport);
	rule.sport_end = by->sport ? rule.sport_start : UINT32_MAX;
	rule.dport_start = ntohs(by->dport);
	rule.dport_end = by->dport ? rule.dport_start : UINT32_MAX;
	rule.suppress_len = UINT32_MAX;
	rule.suppress_group = UINT32_MAX;
	rule.partial = true;
	rp_model_name(rule.iif, m, rec->netns, by->iif);
	rp_model_name(rule.oif, m, rec->netns, by->oif);
	return rule;
}

/* The rule that came or went: of several that it may be, one that stayed, or did not */
static struct rp_model_rule *rp_model_of_event(struct rp_model *m, const struct rp_record *rec,
					       bool came)
{
	const struct rp_model_query now = { .at_ns = UINT64_MAX };
	struct rp_model_rule *rules, *found = NULL;
	size_t count, i;

	rules = rp_model_like(m, rec->netns, rec->family, rec->rule.priority, &count);
	for (i = 0; i < count; i++) {
		if (!rp_model_is_about(m, &rules[i], rec) ||
		    (rp_model_rule_at(m, &now, &rules[i]) == RP_MODEL_PRESENT) == came)
			continue;
		if (rules[i].end == came)
			return &rules[i];
		if (!found)
			found = &rules[i];
	}
	return found;
}

/*
 * Read live, the snapshot is of the end, and what it has was there before, unless an
 * event says that it came.
 */
void rp_model_rule_event(struct rp_model *m, const struct rp_record *rec)
{
	bool came = rec->rule.op == RP_CHANGE_INSERT;
	struct rp_model_rule *its;
	struct rp_fib_rule shown;

	if (rp_model_has_overflowed(m))
		return;
	its = rp_model_of_event(m, rec, came);
	if (!its && came && rec->time_ns <= m->snapshot_ns)
		its = rp_model_of_event(m, rec, false);
	if (!its) {
		shown = rp_model_shown(m, rec);
		its = rp_model_add_rule(m, rec->netns, &shown);
	}
	if (!its || rp_model_is_full(m))
		return;
	rp_model_add_version(m, &its->newest, &its->first, rec->time_ns, rec)->state =
		came ? RP_MODEL_PRESENT : RP_MODEL_ABSENT;
	/* IPv6 asks both tables until there is a rule besides, even if theirs are gone. */
	if (rp_model_netns(m, rec->netns, rec->family) && (came || rec->family == AF_INET))
		rp_model_cover(m, rec->netns, rec->family, true);
}

/* ---- does it fit? ---- */

static bool rp_model_dev_fits(const struct rp_model *m, uint32_t netns, const char *name,
			      uint32_t index)
{
	const char *dev = *name ? rp_fib_link(m->fib, netns, index) : NULL;

	return !*name || (dev && !strncmp(dev, name, RP_NAME_LEN));
}

static bool rp_model_in(uint32_t value, uint32_t start, uint32_t end)
{
	return value >= start && value <= end;
}

static bool rp_model_tos_fits(unsigned int family, uint8_t wanted, uint8_t tos)
{
	return !wanted || wanted == (tos & RP_MODEL_TOS_BITS) ||
	       (family == AF_INET && wanted == (tos & RP_MODEL_TOS_BITS_OLD));
}

/* IPv6 chooses the source after the route, and asks again with it only if there was none. */
static bool rp_model_from_fits(const struct rp_model_query *q, const struct rp_fib_rule *rule)
{
	if (q->family == AF_INET6 && rule->src_len && rp_addr_is_any(&q->flow->src))
		return false;
	return rp_addr_covers(&rule->src, rule->src_len, &q->flow->src);
}

static unsigned int rp_model_bit(bool fits, enum rp_model_selector selector)
{
	return fits ? 0 : 1U << selector;
}

/* All selectors that do not fit, as bits, whatever `not` says */
static unsigned int rp_model_misfits(const struct rp_model *m, const struct rp_model_query *q,
				     const struct rp_fib_rule *rule)
{
	const struct rp_flow *flow = q->flow;
	bool iif = rp_model_dev_fits(m, q->netns, rule->iif, flow->iif);
	bool oif = rp_model_dev_fits(m, q->netns, rule->oif, flow->oif);
	bool mark = !((flow->mark ^ rule->mark) & rule->mask);
	bool uid = rp_model_in(flow->uid, rule->uid_start, rule->uid_end);
	bool from = rp_model_from_fits(q, rule);
	bool to = rp_addr_covers(&rule->dst, rule->dst_len, &flow->dst);
	bool proto = !rule->proto || rule->proto == flow->proto;
	bool sport = rp_model_in(ntohs(flow->sport), rule->sport_start, rule->sport_end);
	bool dport = rp_model_in(ntohs(flow->dport), rule->dport_start, rule->dport_end);

	return rp_model_bit(iif, RP_MODEL_IIF) | rp_model_bit(oif, RP_MODEL_OIF) |
	       rp_model_bit(mark, RP_MODEL_MARK) | rp_model_bit(uid, RP_MODEL_UID) |
	       rp_model_bit(!rule->rule.l3mdev || flow->l3mdev, RP_MODEL_L3MDEV) |
	       rp_model_bit(from, RP_MODEL_FROM) | rp_model_bit(to, RP_MODEL_TO) |
	       rp_model_bit(rp_model_tos_fits(q->family, rule->tos, flow->tos), RP_MODEL_TOS) |
	       rp_model_bit(proto, RP_MODEL_PROTO) | rp_model_bit(sport, RP_MODEL_SPORT) |
	       rp_model_bit(dport, RP_MODEL_DPORT);
}

static bool rp_model_is_matched(const struct rp_model_query *q, const struct rp_rule *rule)
{
	size_t i;

	for (i = 0; i < q->nmatched; i++)
		if (q->matched[i].priority == rule->priority &&
		    q->matched[i].table == rule->table && q->matched[i].action == rule->action)
			return true;
	return false;
}

/*
 * Is it recorded whether the flow matched the rule?  Of goto and nop it never is.  One with
 * the priority of the rule that decided may stand before it or behind; as things were, it
 * makes no difference.
 */
static bool rp_model_is_witnessed(const struct rp_model_query *q, const struct rp_rule *rule)
{
	if (rule->action == FR_ACT_GOTO || rule->action == FR_ACT_NOP)
		return false;
	return rp_model_is_matched(q, rule) ||
	       (q->walked && (rule->priority < q->walked_to ||
			      (rule->priority == q->walked_to && !q->nundo)));
}

/* Is there no other that looks the same, which the flow may have matched instead? */
static bool rp_model_is_alone(const struct rp_model *m, const struct rp_model_query *q,
			      const struct rp_rule *rule)
{
	const struct rp_model_query as_is = { .netns = q->netns, .at_ns = q->at_ns };
	struct rp_model_rule *its;
	size_t count, i, n = 0;

	its = rp_model_like(m, q->netns, q->family, rule->priority, &count);
	for (i = 0; i < count; i++)
		n += its[i].rule.rule.table == rule->table &&
		     its[i].rule.rule.action == rule->action &&
		     rp_model_rule_at(m, &as_is, &its[i]) == RP_MODEL_PRESENT;
	return n < 2;
}

enum rp_model_selector rp_model_known_match(const struct rp_model *m,
					    const struct rp_model_query *q,
					    const struct rp_rule *rule)
{
	if (!rp_model_is_matched(q, rule))
		return RP_MODEL_SOME;
	return rp_model_is_alone(m, q, rule) ? RP_MODEL_FITS : RP_MODEL_NOT_KNOWN;
}

/*
 * Whether a rule that only an event showed fits, the flow's own way through the rules can
 * tell and nothing else: not all of its selectors are shown, nor is `not`.  That way is
 * right where the selectors may be another rule's, too.
 */
enum rp_model_selector rp_model_mismatch(const struct rp_model *m,
					 const struct rp_model_query *q,
					 const struct rp_fib_rule *rule)
{
	unsigned int misfits = rp_model_misfits(m, q, rule);
	enum rp_model_selector misfit = misfits ? __builtin_ctz(misfits) : RP_MODEL_FITS;

	if (rule->invert)
		misfit = misfits ? RP_MODEL_FITS : RP_MODEL_NOT;
	if ((rule->partial || rule->guessed) && rp_model_is_witnessed(q, &rule->rule)) {
		if (!rp_model_is_matched(q, &rule->rule))
			return misfit == RP_MODEL_FITS || rule->partial ? RP_MODEL_SOME : misfit;
		if (rp_model_is_alone(m, q, &rule->rule))
			return RP_MODEL_FITS;
	}
	if (rule->rule.action == FR_ACT_NOP)
		return RP_MODEL_SOME;	/* whether it matches is all one */
	return rule->partial ? RP_MODEL_NOT_KNOWN : misfit;
}

bool rp_model_is_near(const struct rp_model *m, const struct rp_model_query *q,
		      const struct rp_fib_rule *rule)
{
	unsigned int misfits = rp_model_misfits(m, q, rule);

	return !rule->partial && (rule->invert ? !misfits : misfits && !(misfits & (misfits - 1)));
}
