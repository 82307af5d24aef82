// SPDX-License-Identifier: GPL-2.0
/* Devices: what they were when, and what died with them. */
#include <linux/if.h>

#include "fib/model_inner.h"

void rp_model_know_link(struct rp_model *m, uint32_t netns, const struct rp_fib_link *its)
{
	struct rp_model_link *link = rp_model_get_link(m, netns, its->index);

	if (link->known)
		return;
	link->link = *its;
	link->known = true;
}

void rp_model_flush(struct rp_model *m, const struct rp_record *rec, unsigned int told,
		    const struct rp_record *root)
{
	struct rp_model_link *link;

	if (rec->change.count <= told || root->kind == RP_KIND_LINK_EVENT ||
	    !root->route.oif || rp_model_is_full(m))
		return;
	link = rp_model_get_link(m, rec->netns, root->route.oif);
	rp_model_add_version(m, &link->unsure, &link->unsure_first, rec->time_ns, root);
}

void rp_model_link_event(struct rp_model *m, const struct rp_record *rec,
			 const struct rp_record *root)
{
	struct rp_model_link *link;

	if (rp_model_is_full(m))
		return;
	link = rp_model_get_link(m, rec->netns, rec->route.oif);
	if (rec->family == AF_INET6) {
		if (rec->change.op == RP_CHANGE_DISABLE)
			rp_model_add_version(m, &link->unsure, &link->unsure_first, rec->time_ns,
					     root);
		return;
	}
	rp_model_add_version(m, &link->newest, &link->first, rec->time_ns, root)->state =
		rec->change.op;
}

enum rp_change_op rp_model_link_state(const struct rp_model *m, const struct rp_model_query *q,
				      uint32_t index)
{
	const struct rp_model_link *link = rp_model_link(m, q->netns, index);
	const struct rp_model_version *v;

	if (!link)
		return RP_CHANGE_NONE;
	v = rp_model_version_at(m, q, link->newest);
	if (v)
		return v->state;
	if (!link->known || (link->newest &&
			     rp_model_first(m, link->first)->from_ns <= m->snapshot_ns))
		return RP_CHANGE_NONE;
	if (!(link->link.flags & IFF_UP))
		return RP_CHANGE_DOWN;
	return link->link.flags & IFF_RUNNING ? RP_CHANGE_UP : RP_CHANGE_CARRIER_DOWN;
}
