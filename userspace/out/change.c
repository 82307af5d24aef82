// SPDX-License-Identifier: GPL-2.0
/* A change as JSON: what it was, who made it and when. */
#include <routeprobe.h>

#include "fib/names.h"
#include "lib/addr.h"
#include "lib/names.h"
#include "out/change.h"
#include "source/source.h"
#include "why/cause.h"
#include "why/history.h"
#include "words/format.h"
#include "words/json.h"
#include "words/print.h"

void rp_json_who(struct rp_buf *b, const struct rp_record *rec)
{
	struct rp_name name;

	if (rec->context == RP_CONTEXT_TASK)
		rp_json_task(b, rec);
	else
		rp_json_string(b, "context", rp_names_context(rec->context, &name));
}

void rp_json_time(struct rp_print *p, struct rp_buf *b, const char *monotonic,
		  const char *realtime, uint64_t time_ns)
{
	rp_json_number(b, monotonic, time_ns);
	rp_json_number(b, realtime, rp_session_realtime(&p->src->session, time_ns));
}

void rp_json_change(struct rp_print *p, struct rp_buf *b, uint32_t netns,
		    const struct rp_past *past)
{
	const struct rp_record *rec = &past->rec, *root = &past->root;
	struct rp_route route = rec->route;
	uint64_t before = rp_fib_at(p->fib, root->time_ns);
	struct rp_text part;
	struct rp_name error;

	route.dst = rp_addr_prefix(&route.dst, route.dst_len);
	rp_json_string(b, "event", rp_cause_name(past));
	if (root->err)
		rp_json_string(b, "error", rp_names_error(root->err, NULL, &error));
	if (rp_cause_is_route(rec) || rec->kind == RP_KIND_ADDR_EVENT)
		rp_json_string(b, "dst", rp_format_prefix(&part, rec->family, &route));
	if (root->kind != RP_KIND_RULE_EVENT)
		rp_json_dev(p, b, "dev", netns,
			    root->route.oif ? root->route.oif : rec->route.oif,
			    *root->route.dev ? root->route.dev : rec->route.dev);
	if (root->kind == RP_KIND_LINK_EVENT && root->change.op == RP_CHANGE_MASTER &&
	    root->change.count)
		rp_json_dev(p, b, "master", netns, root->change.count, NULL);
	rp_json_table(p, b, rec->kind == RP_KIND_RULE_EVENT ? rec->rule.table :
		      rec->route.table);
	if (root->kind == RP_KIND_RA_EVENT)
		rp_json_string(b, "from", rp_format_gateway(&part, &root->route));
	if (root->kind == RP_KIND_RULE_EVENT)
		rp_json_rule(p, b, &root->rule);
	if (root->kind == RP_KIND_SYSCTL_EVENT)
		rp_json_setting(p, b, netns, root);
	rp_json_who(b, root);
	rp_json_time(p, b, "time_ns", "realtime_ns", root->time_ns);
	rp_fib_at(p->fib, before);
}
