// SPDX-License-Identifier: GPL-2.0
/* Failures as entries of systemd's journal, with fields to ask for. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <routeprobe.h>

#include "lib/names.h"
#include "lib/util.h"
#include "out/journal.h"
#include "out/why_words.h"
#include "source/source.h"
#include "why/cause.h"
#include "why/why.h"
#include "words/format.h"

#define RP_JOURNAL_PATIENCE_MS	1000

/* Each entry goes by itself: what is gone when the journal comes back is the address. */
static int rp_journal_connect(struct rp_journal *j)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(j->path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, j->path);
	if (j->fd >= 0)
		close(j->fd);
	j->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (j->fd < 0)
		return -errno;
	return connect(j->fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

int rp_journal_open(struct rp_journal *j, const char *path)
{
	int err;

	*j = (struct rp_journal) { .path = path, .fd = -1 };
	err = rp_journal_connect(j);
	if (!err)
		return 0;
	if (j->fd >= 0)
		close(j->fd);
	return rp_util_err("the journal cannot be reached: %s: %s", path, strerror(-err));
}

void rp_journal_close(struct rp_journal *j)
{
	if (j->unsent)
		rp_util_warn("%llu failures were not sent: the journal was down, or full",
			     (unsigned long long)j->unsent);
	close(j->fd);
	rp_buf_exit(&j->entry);
}

/* A line each: an end of line in a value of others would begin a field of theirs. */
static void rp_journal_field(struct rp_buf *b, const char *name, const char *value)
{
	if (!*value)
		return;
	rp_buf_text(b, name);
	rp_buf_char(b, '=');
	for (; *value; value++)
		rp_buf_char(b, (unsigned char)*value < ' ' ? '?' : *value);
	rp_buf_char(b, '\n');
}

static void rp_journal_number(struct rp_buf *b, const char *name, uint64_t value)
{
	char text[RP_DIGITS_MAX + 1] = "";

	rp_digits(text, value);
	rp_journal_field(b, name, text);
}

static void rp_journal_entry(struct rp_buf *b, struct rp_why *why,
			     const struct rp_why_group *group)
{
	struct rp_fib *fib = &why->reading.fib;
	char summary[RP_WHY_SUMMARY_LEN], message[2 * RP_WHY_SUMMARY_LEN];
	struct rp_text flow, part;
	int err = group->origin.err;
	struct rp_name name;
	const char *verdict;

	verdict = rp_names_error(err, rp_source_reason(&why->reading.src, err), &name);
	rp_format_flow(&flow, fib, group->d.netns, group->flow.family, &group->flow.flow,
		       group->flow.kind);
	rp_why_format_summary(summary, why, group);
	snprintf(message, sizeof(message), "%s: %s: %s", flow.text, verdict, summary);
	b->len = 0;
	rp_journal_field(b, "MESSAGE", message);
	rp_journal_field(b, "PRIORITY", "4");
	rp_journal_field(b, "SYSLOG_IDENTIFIER", "routeprobe");
	rp_journal_field(b, "ROUTEPROBE_ORIGIN", rp_origin_name(group->origin.word));
	rp_journal_field(b, "ROUTEPROBE_VERDICT", verdict);
	rp_journal_field(b, "ROUTEPROBE_NETNS", rp_format_netns(&part, fib, group->d.netns));
	rp_journal_field(b, "ROUTEPROBE_OWNER", rp_format_owner(&part, group->d.rec));
	rp_journal_field(b, "ROUTEPROBE_FAMILY",
			 group->flow.family == AF_INET6 ? "inet6" : "inet");
	rp_journal_field(b, "ROUTEPROBE_FLOW", flow.text);
	rp_journal_field(b, "ROUTEPROBE_WHY", summary);
	if (group->cause.rec.kind)
		rp_journal_field(b, "ROUTEPROBE_CAUSE", rp_cause_name(&group->cause));
	rp_journal_number(b, "ROUTEPROBE_TIMES", group->times);
	rp_why_format_next(&part, why, group);
	rp_journal_field(b, "ROUTEPROBE_NEXT", part.text);
}

static bool rp_journal_try(const struct rp_journal *j)
{
	return send(j->fd, j->entry.data, j->entry.len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/*
 * Its socket holds ten entries (net.unix.max_dgram_qlen), and a change of a route makes
 * hundreds of failures at once.  But the rings go on: a journal that hangs is waited for
 * once.
 */
static bool rp_journal_has_room(struct rp_journal *j)
{
	struct pollfd socket = { .fd = j->fd, .events = POLLOUT };

	j->stuck = j->stuck || poll(&socket, 1, RP_JOURNAL_PATIENCE_MS) != 1;
	return !j->stuck;
}

void rp_journal_send(struct rp_journal *j, struct rp_why *why, const struct rp_why_group *group)
{
	bool sent;

	rp_journal_entry(&j->entry, why, group);
	do
		sent = rp_journal_try(j) ||
		       (errno != EAGAIN && !rp_journal_connect(j) && rp_journal_try(j));
	while (!sent && errno == EAGAIN && rp_journal_has_room(j));
	if (sent)
		j->stuck = false;
	else
		j->unsent++;
}
