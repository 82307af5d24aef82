// SPDX-License-Identifier: GPL-2.0
/* What a picture of failures holds, and where: lanes, marks and arrows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <routeprobe.h>

#include "fib/names.h"
#include "lib/util.h"
#include "out/picture.h"
#include "why/why.h"

#define RP_PICTURE_KEY_LEN	64
#define RP_PICTURE_WORKED_MAX	256	/* lanes of which it is known what worked */
#define RP_PICTURE_MOMENT_NS	1000	/* the shortest */

void rp_picture_init(struct rp_picture *pic, struct rp_fib *fib)
{
	memset(pic, 0, sizeof(*pic));
	pic->fib = fib;
	pic->moment_ns = RP_PICTURE_MOMENT_NS;
	rp_tally_init(&pic->worked, sizeof(struct rp_picture_worked));
	pic->worked.max = RP_PICTURE_WORKED_MAX;
	rp_tally_init(&pic->marks, sizeof(struct rp_picture_mark));
	rp_tally_init(&pic->arrows, sizeof(struct rp_picture_arrow));
	pic->arrows.max = RP_PICTURE_ARROWS;
}

void rp_picture_exit(struct rp_picture *pic)
{
	rp_tally_exit(&pic->worked, NULL);
	rp_tally_exit(&pic->marks, NULL);
	rp_tally_exit(&pic->arrows, NULL);
	free(pic->groups);
}

/* ---- what worked ---- */

/* An inode at a moment is a namespace's, until that is gone. */
static struct rp_picture_netns rp_picture_netns(const struct rp_picture *pic, uint32_t inode,
						uint64_t time_ns)
{
	uint64_t before = rp_fib_at(pic->fib, time_ns);
	struct rp_picture_netns netns = { inode, rp_fib_life(pic->fib, inode).until_ns };

	rp_fib_at(pic->fib, before);
	return netns;
}

static void rp_picture_worked_key(char key[RP_PICTURE_KEY_LEN],
				  const struct rp_picture_netns *netns, unsigned int lane)
{
	snprintf(key, RP_PICTURE_KEY_LEN, "%u %llu %u", netns->inode,
		 (unsigned long long)netns->until_ns, lane);
}

static struct rp_picture_worked *rp_picture_times(struct rp_picture *pic,
						  const struct rp_picture_netns *netns,
						  enum rp_picture_lane lane)
{
	char key[RP_PICTURE_KEY_LEN];

	rp_picture_worked_key(key, netns, lane);
	return rp_tally_get(&pic->worked, key);
}

/* Each moment becomes as long as two. */
static void rp_picture_stretch(struct rp_picture *pic)
{
	struct rp_picture_worked **all = rp_tally_list(&pic->worked);
	size_t i, at;

	for (i = 0; i < pic->worked.count; i++) {
		uint32_t *times = all[i]->times;

		for (at = 0; at < RP_PICTURE_MOMENTS / 2; at++)
			times[at] = times[2 * at] + times[2 * at + 1];
		memset(times + at, 0, at * sizeof(*times));
	}
	free(all);
	pic->moment_ns *= 2;
}

static enum rp_picture_lane rp_picture_lane_of(unsigned int kind)
{
	return kind == RP_KIND_INPUT ? RP_PICTURE_INPUT : RP_PICTURE_OUTPUT;
}

void rp_picture_add(struct rp_picture *pic, const struct rp_decision *d)
{
	struct rp_picture_netns netns = rp_picture_netns(pic, d->netns, d->rec->time_ns);
	enum rp_picture_lane lane = rp_picture_lane_of(rp_decision_kind(d->rec));
	struct rp_picture_worked *worked = rp_picture_times(pic, &netns, lane);
	uint64_t since;

	if (!pic->begin_ns)
		pic->begin_ns = d->rec->time_ns;
	since = d->rec->time_ns > pic->begin_ns ? d->rec->time_ns - pic->begin_ns : 0;
	while (since / pic->moment_ns >= RP_PICTURE_MOMENTS)
		rp_picture_stretch(pic);
	if (worked)
		worked->times[since / pic->moment_ns]++;
}

uint64_t rp_picture_column_ns(const struct rp_picture *pic)
{
	uint64_t ns = (pic->until_ns - pic->from_ns) / RP_PICTURE_COLUMNS;

	return ns ? ns : 1;
}

/* Moments that are longer than a column are in several. */
uint64_t rp_picture_worked(const struct rp_picture *pic, unsigned int lane,
			   unsigned int column)
{
	uint64_t each = rp_picture_column_ns(pic), from = pic->from_ns + column * each;
	uint64_t until = from + each - 1, sum = 0, at, last;
	const struct rp_picture_worked *worked;
	char key[RP_PICTURE_KEY_LEN];

	rp_picture_worked_key(key, &pic->netns[lane / RP_PICTURE_LANES], lane % RP_PICTURE_LANES);
	worked = rp_tally_find(&pic->worked, key);
	if (!worked || until < pic->begin_ns)
		return 0;
	at = from > pic->begin_ns ? (from - pic->begin_ns) / pic->moment_ns : 0;
	last = (until - pic->begin_ns) / pic->moment_ns;
	for (; at <= last && at < RP_PICTURE_MOMENTS; at++)
		sum += worked->times[at];
	return sum;
}

/* ---- what failed, and why ---- */

static struct rp_picture_netns rp_picture_cause_netns(const struct rp_picture *pic,
						      const struct rp_why_group *group)
{
	const struct rp_record *root = &group->cause.root;

	return rp_picture_netns(pic, root->netns ? root->netns : group->d.netns, root->time_ns);
}

static void rp_picture_span(struct rp_picture *pic)
{
	const struct rp_why_group *group;
	uint64_t margin;
	size_t i;

	pic->from_ns = UINT64_MAX;
	for (i = 0; i < pic->ngroups; i++) {
		group = pic->groups[i];
		if (group->first_ns < pic->from_ns)
			pic->from_ns = group->first_ns;
		if (group->cause.rec.kind && group->cause.root.time_ns < pic->from_ns)
			pic->from_ns = group->cause.root.time_ns;
		if (group->last_ns > pic->until_ns)
			pic->until_ns = group->last_ns;
	}
	if (!pic->ngroups)
		pic->from_ns = pic->until_ns;
	margin = (pic->until_ns - pic->from_ns) / 16 + RP_NSEC_PER_SEC / 1000;
	pic->from_ns -= pic->from_ns < margin ? pic->from_ns : margin;
	pic->until_ns += margin;
}

static unsigned int rp_picture_column(const struct rp_picture *pic, uint64_t time_ns)
{
	uint64_t column;

	if (time_ns < pic->from_ns)
		return 0;
	column = (time_ns - pic->from_ns) / rp_picture_column_ns(pic);
	return column < RP_PICTURE_COLUMNS ? column : RP_PICTURE_COLUMNS - 1;
}

/* Which namespace of the picture, pic->nnetns: none */
static size_t rp_picture_find(const struct rp_picture *pic, const struct rp_picture_netns *netns)
{
	size_t i;

	for (i = 0; i < pic->nnetns; i++)
		if (pic->netns[i].inode == netns->inode &&
		    pic->netns[i].until_ns == netns->until_ns)
			break;
	return i;
}

/* False: there is no room for its namespace. */
static bool rp_picture_lane(struct rp_picture *pic, struct rp_picture_netns netns,
			    enum rp_picture_lane lane, unsigned int *number)
{
	size_t i = rp_picture_find(pic, &netns);

	if (i == RP_PICTURE_NETNS)
		return false;
	if (i == pic->nnetns)
		pic->netns[pic->nnetns++] = netns;
	*number = i * RP_PICTURE_LANES + lane;
	return true;
}

static void rp_picture_key(char key[RP_PICTURE_KEY_LEN], enum rp_picture_shape shape,
			   unsigned int lane, unsigned int column)
{
	snprintf(key, RP_PICTURE_KEY_LEN, "%u %03u %03u", shape, lane, column);
}

/* Marks are kept in the order in which they are drawn: what matters most comes last. */
static struct rp_picture_mark *rp_picture_mark(struct rp_picture *pic,
					       enum rp_picture_shape shape,
					       unsigned int lane, unsigned int column)
{
	struct rp_picture_mark *mark;
	char key[RP_PICTURE_KEY_LEN];

	rp_picture_key(key, shape, lane, column);
	mark = rp_tally_get(&pic->marks, key);
	mark->shape = shape;
	mark->lane = lane;
	mark->column = column;
	return mark;
}

static void rp_picture_arrow(struct rp_picture *pic, const struct rp_why_group *group,
			     unsigned int from_lane, unsigned int from_column,
			     const struct rp_picture_mark *to)
{
	struct rp_picture_arrow *arrow;
	char key[RP_PICTURE_KEY_LEN];

	snprintf(key, sizeof(key), "%03u %03u %03u %03u", to->lane, to->column, from_lane,
		 from_column);
	arrow = rp_tally_get(&pic->arrows, key);
	if (!arrow) {
		pic->more_arrows += group->times;
		return;
	}
	if (!arrow->count)
		arrow->group = group;
	arrow->from_lane = from_lane;
	arrow->from_column = from_column;
	arrow->to_lane = to->lane;
	arrow->to_column = to->column;
	arrow->count += group->times;
}

static void rp_picture_cause(struct rp_picture *pic, const struct rp_why_group *group,
			     const struct rp_picture_mark *failure)
{
	unsigned int column = rp_picture_column(pic, group->cause.root.time_ns), lane;
	struct rp_picture_mark *mark;

	if (!rp_picture_lane(pic, rp_picture_cause_netns(pic, group), RP_PICTURE_CHANGES, &lane)) {
		pic->more_arrows += group->times;
		return;
	}
	mark = rp_picture_mark(pic, RP_PICTURE_CAUSE, lane, column);
	if (!mark->past)
		mark->past = &group->cause;
	mark->count += group->times;
	rp_picture_arrow(pic, group, lane, column, failure);
}

static void rp_picture_failure(struct rp_picture *pic, size_t row)
{
	const struct rp_why_group *group = pic->groups[row];
	struct rp_picture_mark *mark;
	unsigned int lane, last;

	if (!rp_picture_lane(pic, rp_picture_netns(pic, group->d.netns, group->first_ns),
			     rp_picture_lane_of(group->flow.kind), &lane)) {
		pic->far_failures += group->times;
		return;
	}
	mark = rp_picture_mark(pic, RP_PICTURE_FAILURE, lane,
			       rp_picture_column(pic, group->first_ns));
	if (!mark->group) {
		mark->group = group;
		mark->row = row;
	}
	mark->count += group->times;
	last = rp_picture_column(pic, group->last_ns);
	if (last > mark->last)
		mark->last = last;
	if (group->cause.rec.kind)
		rp_picture_cause(pic, group, mark);
}

static bool rp_picture_is_cause(const struct rp_picture *pic, unsigned int lane,
				unsigned int column, uint64_t time_ns)
{
	const struct rp_picture_mark *mark;
	char key[RP_PICTURE_KEY_LEN];

	rp_picture_key(key, RP_PICTURE_CAUSE, lane, column);
	mark = rp_tally_find(&pic->marks, key);
	return mark && mark->past->root.time_ns == time_ns;
}

/* Changes that caused nothing, but happened meanwhile where something failed */
static void rp_picture_change(struct rp_picture *pic, const struct rp_past *past)
{
	uint64_t time_ns = past->root.time_ns;
	struct rp_picture_netns netns = rp_picture_netns(pic, past->root.netns, time_ns);
	struct rp_picture_mark *mark;
	unsigned int column;
	size_t i = rp_picture_find(pic, &netns);

	if (time_ns < pic->from_ns || time_ns > pic->until_ns || i == pic->nnetns) {
		pic->far_changes++;
		return;
	}
	column = rp_picture_column(pic, time_ns);
	if (rp_picture_is_cause(pic, i * RP_PICTURE_LANES, column, time_ns))
		return;
	mark = rp_picture_mark(pic, RP_PICTURE_CHANGE, i * RP_PICTURE_LANES, column);
	if (!mark->past)
		mark->past = past;
	mark->count++;
}

/* What came of one change is in the history one by one. */
static void rp_picture_changes(struct rp_picture *pic, const struct rp_history *h)
{
	const struct rp_past *past, *before = NULL;
	uint64_t n;

	for (n = rp_history_forgotten(h); n < h->count; n++, before = past) {
		past = &h->past[n % h->max];
		if (!before || before->root.time_ns != past->root.time_ns)
			rp_picture_change(pic, past);
	}
}

void rp_picture_layout(struct rp_picture *pic, const struct rp_why *why)
{
	size_t i;

	pic->groups = rp_why_sorted(why);
	pic->ngroups = why->groups.count;
	rp_picture_span(pic);
	for (i = 0; i < pic->ngroups; i++)
		rp_picture_failure(pic, i);
	rp_picture_changes(pic, &why->memory.history);
}
