// SPDX-License-Identifier: GPL-2.0
/*
 * What to keep.  A call is asked when it is entered, by its flow, its task and its
 * namespace, and what is refused then costs nothing more; and once more when it
 * returns, if there are words that want to know the answer.
 *
 *  - Words that differ must all match, of one word any value.  A word about what a
 *    call does not know does not match.
 *  - A filter chooses decisions: what happens inside one that was let in is let in
 *    too, as its steps have other flows (a source is validated by the way back) and
 *    do not know all.  Elsewhere a step is asked for itself.
 *  - "error" keeps every step that did not find a route, whichever errors it names,
 *    as they are what a decision's error is made of; and every signal that has no
 *    error of its own, as it may be another's.
 *  - Changes are kept, but for those of another namespace than "netns" asks for: the
 *    task and the route of a change are not those of the flow that it hits.
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/kprobes.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "error.h"
#include "filter.h"

static nokprobe_inline bool rp_filter_is_decision(u8 kind)
{
	return RP_KIND_BIT(kind) & RP_KINDS_DECISION;
}

static nokprobe_inline bool rp_filter_is_step(u8 kind)
{
	return RP_KIND_BIT(kind) & RP_KINDS_STEP;
}

static nokprobe_inline bool rp_filter_is_change(u8 kind)
{
	return RP_KIND_BIT(kind) & (RP_KINDS_CHANGE | RP_KINDS_EVENT);
}

/* A socket's look at its own route is treated as one. */
static nokprobe_inline bool rp_filter_is_signal(u8 kind)
{
	return RP_KIND_BIT(kind) & (RP_KINDS_SIGNAL | RP_KIND_BIT(RP_KIND_CACHE));
}

/* Words that cannot be answered at entry, or not always. */
#define RP_FILTER_LATE	(BIT(RP_WORD_FROM) | BIT(RP_WORD_OIF) | BIT(RP_WORD_ERROR))

/* Words that a flow answers, and nothing else. */
#define RP_FILTER_PLAIN								\
	(BIT(RP_WORD_TO) | BIT(RP_WORD_MARK) | BIT(RP_WORD_UID) |		\
	 BIT(RP_WORD_IPPROTO) | BIT(RP_WORD_SPORT) | BIT(RP_WORD_DPORT) |	\
	 BIT(RP_WORD_TOS) | BIT(RP_WORD_FAMILY))

/* What is in force, NULL: everything is kept. */
struct rp_filter __rcu *rp_filter;

bool rp_filter_nested;

/*
 * Calls under way that were let in, by task and context, where the outermost has a
 * mark.  The table is no larger than that it is looked at with one miss of the cache;
 * a call that finds no room has no mark, and its steps are asked for themselves.
 */
#define RP_FILTER_BUCKETS	128
#define RP_FILTER_WAYS		4

static unsigned long rp_filter_marks[RP_FILTER_BUCKETS][RP_FILTER_WAYS];

/* A task is aligned to more than there are contexts. */
static unsigned long rp_filter_key(u8 context)
{
	return (unsigned long)current | context;
}
NOKPROBE_SYMBOL(rp_filter_key);

static unsigned long *rp_filter_find_mark(unsigned long key, unsigned long wanted)
{
	unsigned long *bucket = rp_filter_marks[hash_long(key, ilog2(RP_FILTER_BUCKETS))];
	int way;

	for (way = 0; way < RP_FILTER_WAYS; way++)
		if (READ_ONCE(bucket[way]) == wanted)
			return &bucket[way];
	return NULL;
}
NOKPROBE_SYMBOL(rp_filter_find_mark);

/* NULL: it has one from a call around this one, or there is no room. */
static unsigned long *rp_filter_mark(u8 context)
{
	unsigned long key = rp_filter_key(context);
	unsigned long *mark;

	if (rp_filter_find_mark(key, key))
		return NULL;
	mark = rp_filter_find_mark(key, 0);
	if (!mark || cmpxchg(mark, 0, key))
		return NULL;
	return mark;
}
NOKPROBE_SYMBOL(rp_filter_mark);

/**
 * rp_filter_leave() - the call that has this mark is over
 * @mark: from rp_filter_enter()
 * @context: enum rp_context
 *
 * Only this task, in this context, could have taken the place again.
 */
void rp_filter_leave(unsigned long *mark, u8 context)
{
	if (READ_ONCE(*mark) == rp_filter_key(context))
		WRITE_ONCE(*mark, 0);
}
NOKPROBE_SYMBOL(rp_filter_leave);

/* Calls whose probe is gone do not return to us. */
void rp_filter_forget(void)
{
	unsigned long *mark = rp_filter_marks[0];
	int i;

	for (i = 0; i < RP_FILTER_BUCKETS * RP_FILTER_WAYS; i++)
		WRITE_ONCE(mark[i], 0);
}

/* By number, or by the name that it has now, in the namespace of the call. */
static bool rp_filter_dev(const struct rp_term *t, const struct net *net, u32 index)
{
	const struct net_device *dev;
	bool same;

	if (!index)
		return false;
	if (t->is_number && t->number == index)
		return true;
	if (!net)
		return false;

	rcu_read_lock();
	dev = dev_get_by_index_rcu((struct net *)net, index);
	same = dev && !strncmp(dev->name, t->name, RP_NAME_LEN);
	rcu_read_unlock();
	return same;
}
NOKPROBE_SYMBOL(rp_filter_dev);

/* Elsewhere than in a task the task is a bystander. */
static bool rp_filter_asks(const struct rp_term *t, u8 context, u8 family,
			   const struct net *net, const struct rp_flow *flow)
{
	switch (t->word) {
	case RP_WORD_COMM:
		return context == RP_CONTEXT_TASK &&
		       !strncmp(current->comm, t->name, RP_NAME_LEN - 1);
	case RP_WORD_PID:
		return context == RP_CONTEXT_TASK && current->tgid == t->number;
	case RP_WORD_NETNS:
		return net && net->ns.inum == t->number;
	case RP_WORD_IIF:
		return flow && rp_filter_dev(t, net, flow->iif);
	case RP_WORD_FROM:		/* none: to be chosen */
		return flow && (!(flow->src.w[0] | flow->src.w[1]) ||
				rp_term_matches(t, family, flow));
	case RP_WORD_OIF:
		return true;		/* or not: to be seen at the return */
	default:
		return flow && rp_term_matches(t, family, flow);
	}
}
NOKPROBE_SYMBOL(rp_filter_asks);

static bool rp_filter_lets_in(const struct rp_filter *f, u8 kind, u8 context, u8 family,
			      const struct net *net, const struct rp_flow *flow)
{
	const struct rp_term *t, *end = f->words.terms + f->words.terms_count;
	u32 open = f->words.given & RP_FILTER_AT_ENTRY;

	if (rp_filter_is_change(kind))
		open &= BIT(RP_WORD_NETNS);
	for (t = f->words.terms; open && t < end; t++)
		if (open & BIT(t->word) && rp_filter_asks(t, context, family, net, flow))
			open &= ~BIT(t->word);
	return !open;
}
NOKPROBE_SYMBOL(rp_filter_lets_in);

static noinline bool rp_filter_enter_slow(const struct rp_filter *f, u8 kind, u8 context,
					  u8 family, const struct net *net,
					  const struct rp_flow *flow, unsigned long **mark)
{
	if (!rp_filter_lets_in(f, kind, context, family, net, flow)) {
		if (rp_filter_is_decision(kind) && !READ_ONCE(rp_filter_nested))
			return false;
		return (!flow && rp_filter_is_signal(kind)) ||	/* rp_filter_pass() sees it */
		       rp_filter_find_mark(rp_filter_key(context), rp_filter_key(context));
	}
	if (rp_filter_is_decision(kind))
		*mark = rp_filter_mark(context);
	return true;
}
NOKPROBE_SYMBOL(rp_filter_enter_slow);

/**
 * rp_filter_enter() - may this call be kept?
 * @kind: enum rp_kind
 * @context: enum rp_context
 * @family: of the flow
 * @net: its namespace, NULL: unknown
 * @flow: as it was asked, NULL: it has none
 * @mark: to be handed to rp_filter_leave() when the call returns, if that is not NULL
 */
bool rp_filter_enter(u8 kind, u8 context, u8 family, const struct net *net,
		     const struct rp_flow *flow, unsigned long **mark)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	if (!f)
		return true;
	return rp_filter_enter_slow(f, kind, context, family, net, flow, mark);
}
NOKPROBE_SYMBOL(rp_filter_enter);

/*
 * The source asked for, else the one chosen; of a step its decision was asked.  IPv6 chooses
 * it after the output, and the output-flow around that tells it.
 */
static bool rp_filter_from(const struct rp_term *t, const struct rp_record *rec)
{
	struct rp_flow flow = { .src = rec->flow.src };

	if (rp_filter_is_step(rec->kind))
		return true;
	if (!(flow.src.w[0] | flow.src.w[1]) && rec->family == AF_INET6 &&
	    rec->kind == RP_KIND_OUTPUT)
		return true;
	if (!(flow.src.w[0] | flow.src.w[1]) &&
	    rec->has & (RP_HAS_RTABLE | RP_HAS_FOLDED) && rec->kind != RP_KIND_INPUT)
		flow.src = rec->route.prefsrc;
	return rp_term_matches(t, rec->family, &flow);
}
NOKPROBE_SYMBOL(rp_filter_from);

/* The device demanded or chosen; a step may have found none. */
static bool rp_filter_oif(const struct rp_term *t, const struct net *net,
			  const struct rp_record *rec)
{
	if (rp_filter_dev(t, net, rec->flow.oif))
		return true;
	if (!(rec->has & (RP_HAS_ROUTE | RP_HAS_RTABLE)))
		return rp_filter_is_step(rec->kind);
	return (t->is_number && t->number == rec->route.oif) ||
	       !strncmp(rec->route.dev, t->name, RP_NAME_LEN);
}
NOKPROBE_SYMBOL(rp_filter_oif);

static bool rp_filter_answers(const struct rp_term *t, const struct net *net,
			      const struct rp_record *rec)
{
	return t->word == RP_WORD_FROM ? rp_filter_from(t, rec) : rp_filter_oif(t, net, rec);
}
NOKPROBE_SYMBOL(rp_filter_answers);

static bool rp_filter_lets_out(const struct rp_filter *f, const struct net *net,
			       const struct rp_record *rec)
{
	const struct rp_term *t, *end = f->words.terms + f->words.terms_count;
	u32 open = f->words.given & (BIT(RP_WORD_FROM) | BIT(RP_WORD_OIF));

	for (t = f->words.terms; open && t < end; t++)
		if (open & BIT(t->word) && rp_filter_answers(t, net, rec))
			open &= ~BIT(t->word);
	return !open;
}
NOKPROBE_SYMBOL(rp_filter_lets_out);

static bool rp_filter_lets_by(const struct rp_filter *f, const struct net *net,
			      const struct rp_record *rec)
{
	return rp_filter_lets_out(f, net, rec) &&
	       rp_filter_lets_in(f, rec->kind, rec->context, rec->family, net,
				 rec->has & RP_HAS_FLOW ? &rec->flow : NULL);
}
NOKPROBE_SYMBOL(rp_filter_lets_by);

/**
 * rp_filter_pass() - is what became of a call that was let in worth a record?
 * @net: its namespace, NULL: unknown
 * @rec: all of it
 *
 * A call that was under way when the filter was changed may have been let in by
 * another.
 */
bool rp_filter_pass(const struct net *net, const struct rp_record *rec)
{
	const struct rp_filter *f = rcu_dereference_sched(rp_filter);

	if (!f || rp_filter_is_change(rec->kind))
		return true;
	if (f->words.given & BIT(RP_WORD_ERROR) && !rp_words_error(&f->words, rec) &&
	    rec->verdict != RP_VERDICT_NONE)
		return false;
	if (rp_filter_is_signal(rec->kind))
		return rp_filter_lets_by(f, net, rec);
	return !(f->words.given & RP_FILTER_LATE) || rp_filter_lets_out(f, net, rec);
}
NOKPROBE_SYMBOL(rp_filter_pass);

/* Is it a decision or a signal that matches?  Nothing else does. */
bool rp_filter_match(const struct rp_filter *f, const struct net *net, const struct rp_record *rec)
{
	if (rp_filter_is_step(rec->kind) || rp_filter_is_change(rec->kind) ||
	    rec->kind == RP_KIND_CACHE)
		return false;
	if (f->words.given & BIT(RP_WORD_ERROR) && !rp_words_error(&f->words, rec))
		return false;
	return rp_filter_lets_by(f, net, rec);
}
NOKPROBE_SYMBOL(rp_filter_match);

static bool rp_filter_error_number(const void *ctx, const char *name, s32 *err)
{
	return rp_error_number(name, err);
}

static const struct rp_words_side rp_filter_side = {
	.error = rp_filter_error_number, .separators = " \t\n",
};

/* A word that the flow answers, and that has one value: who does not match is refused. */
static const struct rp_term *rp_filter_first(const struct rp_words *w)
{
	unsigned int i, j;

	for (i = 0; i < w->terms_count; i++) {
		if (!(BIT(w->terms[i].word) & RP_FILTER_PLAIN))
			continue;
		for (j = 0; j < w->terms_count; j++)
			if (j != i && w->terms[j].word == w->terms[i].word)
				break;
		if (j == w->terms_count)
			return &w->terms[i];
	}
	return NULL;
}

/* Where and how a struct flowi4 shows what @t says; its tos differs between kernels. */
static void rp_filter_set_quick(struct rp_filter_quick *quick, const struct rp_term *t)
{
	struct rp_flow flow[2] = { };
	struct flowi4 fl4[2] = { };
	unsigned int i;

	if (t->family == AF_INET6)
		return;
	memcpy((u64 *)&flow[0] + t->at, t->value, sizeof(t->value));
	memcpy((u64 *)&flow[1] + t->at, t->mask, sizeof(t->mask));
	for (i = 0; i < 2; i++) {
		fl4[i].daddr = flow[i].dst.v4;
		fl4[i].flowi4_mark = flow[i].mark;
		fl4[i].flowi4_uid = KUIDT_INIT(flow[i].uid);
		fl4[i].flowi4_proto = flow[i].proto;
		fl4[i].fl4_dport = flow[i].dport;
		fl4[i].fl4_sport = flow[i].sport;
	}
	for (i = 0; i < sizeof(fl4[0]) / sizeof(u64); i++) {
		if (!((u64 *)&fl4[1])[i])
			continue;
		quick->value = ((u64 *)&fl4[0])[i];
		quick->mask = ((u64 *)&fl4[1])[i];
		quick->at = i * sizeof(u64);
	}
}

/**
 * rp_filter_new() - a filter from the value of a parameter
 * @parameter: whose value it is, for the log
 * @val: words
 *
 * Context: may sleep.
 * Return: the filter, to be freed by kfree(); NULL when there are no words; -EINVAL,
 * and a line in the log says why; -ENOMEM.
 */
struct rp_filter *rp_filter_new(const char *parameter, const char *val)
{
	struct rp_filter *f;
	char message[256];
	char *words;
	int err;

	val = skip_spaces(val);
	if (!*val)
		return NULL;
	f = kzalloc(struct_size(f, text, strlen(val) + 1), GFP_KERNEL);
	words = kstrdup(val, GFP_KERNEL);
	if (f && words) {
		memcpy(f->text, val, strlen(val) + 1);
		strreplace(strim(f->text), '\n', ' ');
		err = rp_words_parse(&f->words, &rp_filter_side, words, message, sizeof(message));
		if (err)
			pr_err("%s: %s\n", parameter, message);
		f->first = rp_filter_first(&f->words);
		if (f->first)
			rp_filter_set_quick(&f->quick, f->first);
	} else {
		err = -ENOMEM;
	}
	kfree(words);
	if (!err)
		return f;
	kfree(f);
	return ERR_PTR(err);
}

/* Puts @f in force, which may be NULL.  Context: may sleep; one at a time. */
void rp_filter_replace(struct rp_filter __rcu **where, struct rp_filter *f)
{
	f = rcu_replace_pointer(*where, f, true);
	synchronize_rcu();	/* handlers run with preemption off */
	kfree(f);
}
