// SPDX-License-Identifier: GPL-2.0
/* routeprobe whatif: what an ip command would do to the flows that were recorded. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/ip.h"
#include "count/whatif.h"
#include "lib/buf.h"
#include "lib/util.h"
#include "words/format.h"

/* ---- which namespace ---- */

static int rp_whatif_several(struct rp_whatif *w, const uint32_t *list, size_t count)
{
	struct rp_buf names = { 0 };
	struct rp_text name;
	size_t i;

	for (i = 0; i < count; i++) {
		if (i)
			rp_buf_text(&names, ", ");
		rp_buf_text(&names, rp_format_netns(&name, &w->reading.fib, list[i]));
	}
	rp_buf_char(&names, '\0');
	rp_util_err("there are flows in several network namespaces (%s): pick one by the filter word netns, or by ip -n",
		    names.data);
	rp_buf_exit(&names);
	return -1;
}

static bool rp_whatif_is_named(struct rp_whatif *w, uint32_t netns, const char *wanted)
{
	const char *name = rp_fib_netns(&w->reading.fib, netns);

	return name && !strcmp(name, wanted);
}

/* Without -n, ip runs where one stands: taken to be the first namespace, if it has flows. */
static int rp_whatif_pick(struct rp_whatif *w, const char *name, uint32_t *netns)
{
	size_t count, i;
	uint32_t *list = rp_whatif_namespaces(w, &count);
	int bad = 0;

	for (i = 0; i < count; i++)
		if (rp_whatif_is_named(w, list[i], name ? name : "init"))
			break;
	if (!count)
		bad = rp_util_err("nothing to ask for: no decision about a flow passed the filter");
	else if (i == count && name)
		bad = rp_util_err("%s: no decision of this network namespace passed the filter",
				  name);
	else if (i == count && count > 1)
		bad = rp_whatif_several(w, list, count);
	else
		*netns = list[i < count ? i : 0];
	free(list);
	return bad;
}

/* ---- its snapshot ---- */

struct rp_whatif_seen {
	uint32_t netns;
	bool is_there;
};

static void rp_whatif_see_rule(void *ctx, uint32_t netns, const struct rp_fib_rule *rule)
{
	struct rp_whatif_seen *seen = ctx;

	(void)rule;
	seen->is_there |= netns == seen->netns;
}

static void rp_whatif_see_route(void *ctx, const struct rp_record *leg)
{
	(void)ctx;
	(void)leg;
}

/* A file of the recording, if it has the namespace */
static FILE *rp_whatif_open_file(struct rp_whatif *w, const char *name, uint32_t netns)
{
	int fd = rp_util_open(w->reading.src.dirfd, name);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	struct rp_whatif_seen seen = { .netns = netns };
	const struct rp_fib_visitor v = {
		.route = rp_whatif_see_route, .rule = rp_whatif_see_rule, .ctx = &seen,
	};
	struct rp_fib fib;

	if (!file)
		return NULL;
	rp_fib_init(&fib);
	fib.visitor = &v;
	fib.only = "{\"rule\":";
	rp_fib_read(&fib, file);
	rp_fib_exit(&fib);
	if (seen.is_there)
		return file;
	fclose(file);
	return NULL;
}

static FILE *rp_whatif_live(void)
{
	FILE *file = tmpfile();
	struct rp_fib fib;

	if (!file)
		return NULL;
	rp_fib_init(&fib);
	rp_fib_snapshot(&fib, file);
	rp_fib_exit(&fib);
	return file;
}

/* The newest state that is known, to which the newest decisions belong */
static FILE *rp_whatif_snapshot(struct rp_whatif *w, uint32_t netns)
{
	struct rp_text name;
	FILE *file;

	if (!w->reading.src.recording)
		return rp_whatif_live();
	file = rp_whatif_open_file(w, "names.json", netns);
	if (file)
		return file;
	file = rp_whatif_open_file(w, "fib.json", netns);
	if (file)
		rp_util_warn("%s has no snapshot of its end: the sandbox is as the box was in the beginning",
			     w->reading.src.dir);
	else
		rp_util_err("%s has no snapshot of network namespace %s", w->reading.src.dir,
			    rp_format_netns(&name, &w->reading.fib, netns));
	return file;
}

/* ---- the command ---- */

static int rp_whatif_ask(struct rp_whatif *w, const struct rp_ip *ip, bool all)
{
	enum rp_sandbox_result result;
	FILE *snapshot;
	uint32_t netns = 0;

	rp_whatif_read(w);
	if (rp_whatif_pick(w, ip->netns, &netns))
		return RP_DIFF_TROUBLE;
	snapshot = rp_whatif_snapshot(w, netns);
	if (!snapshot)
		return RP_DIFF_TROUBLE;
	result = rp_whatif_run(w, snapshot, netns, ip->argv, ip->input);
	fclose(snapshot);
	if (result == RP_SANDBOX_REFUSED)
		rp_util_err("%s: failed in the sandbox, so nothing is said", ip->text);
	if (result != RP_SANDBOX_DONE)
		return RP_DIFF_TROUBLE;
	rp_print_whatif(w, all);
	if (rp_print_finish(&w->print, &w->reading) || w->left_out)
		return RP_DIFF_TROUBLE;
	return w->counts[RP_WHATIF_STAYS] + w->counts[RP_WHATIF_UNSURE] == w->sandbox.count &&
	       !w->shifting ? RP_DIFF_SAME : RP_DIFF_DIFFERENT;
}

static int rp_whatif_command(struct rp_ip *ip, const struct rp_options *o)
{
	int i;

	if (o->batch && o->command)
		return rp_util_err("a command and --batch do not go together");
	if (o->batch)
		return rp_ip_batch(ip, o->batch);
	if (o->command)
		return rp_ip_command(ip, o->command);
	for (i = 0; i < o->nwords; i++)
		if (!strcmp(o->words[i], "ip"))
			return rp_util_err("ip and what follows it stand behind --: routeprobe whatif -- ip route del default");
	return rp_util_err("whatif needs a command: routeprobe whatif -- ip route del default");
}

int rp_cmd_whatif(const struct rp_options *o)
{
	struct rp_wanted wanted = {
		.dir = o->input ? o->input : o->dir,
		.recording = o->input,
		.nwords = o->nwords, .words = o->words,
	};
	struct rp_ip ip = { NULL };
	struct rp_whatif w;
	int status = RP_DIFF_TROUBLE;

	if (!rp_whatif_command(&ip, o) && !rp_whatif_open(&w, &wanted, o->json)) {
		status = rp_whatif_ask(&w, &ip, o->all);
		rp_whatif_close(&w);
	}
	rp_ip_close(&ip);
	return status;
}
