// SPDX-License-Identifier: GPL-2.0
/* routeprobe record: the options, and the command that is to be recorded. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/recorder.h"
#include "lib/progress.h"
#include "lib/util.h"
#include "source/stop.h"

/* As env(1) and timeout(1) have it */
enum rp_record_exit {
	RP_RECORD_FAILED	= 125,	/* the command was not started */
	RP_RECORD_NOT_RUN	= 126,
	RP_RECORD_NOT_FOUND	= 127,
};

struct rp_child {
	pid_t pid;	/* 0: there is none */
	int go;		/* closed: it may start; a byte: it must not */
	bool over;
	int status;
};

/* Waits until the recording runs. */
static void rp_record_exec(int go, char **argv)
{
	char cancel;

	if (read(go, &cancel, 1) != 0)
		_exit(RP_RECORD_FAILED);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	rp_util_err("%s: %s", argv[0], strerror(errno));
	_exit(errno == ENOENT ? RP_RECORD_NOT_FOUND : RP_RECORD_NOT_RUN);
}

static int rp_record_fork(struct rp_child *child, char **argv)
{
	int fds[2];

	memset(child, 0, sizeof(*child));
	child->go = -1;
	if (!argv[0])
		return 0;
	if (pipe2(fds, O_CLOEXEC))
		return rp_util_err("pipe: %s", strerror(errno));
	child->pid = rp_util_fork();
	if (child->pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	if (!child->pid) {
		close(fds[1]);
		rp_record_exec(fds[0], argv);
	}
	close(fds[0]);
	child->go = fds[1];
	return 0;
}

static void rp_record_cancel(struct rp_child *child)
{
	if (!child->pid)
		return;
	if (write(child->go, "", 1) < 0)
		kill(child->pid, SIGKILL);
	close(child->go);
	waitpid(child->pid, NULL, 0);
}

static bool rp_record_is_over(struct rp_child *child)
{
	if (child->pid && !child->over)
		child->over = waitpid(child->pid, &child->status, WNOHANG) != 0;
	return child->over;
}

/* Of a command that was killed, what a shell makes of it */
static int rp_record_status(const struct rp_child *child, int status)
{
	if (!child->pid || !child->over)
		return status;
	if (WIFSIGNALED(child->status))
		return 128 + WTERMSIG(child->status);
	return WEXITSTATUS(child->status) ? WEXITSTATUS(child->status) : status;
}

/*
 * A terminal sends SIGINT to the command as well, and then what the command
 * does of it is recorded too.  Any other signal is passed on.
 */
static bool rp_record_go_on(struct rp_child *child)
{
	static bool passed_on;
	int sig = rp_stop_signal();

	if (rp_record_is_over(child))
		return false;
	if (!sig)
		return true;
	if (!child->pid)
		return false;
	if (!passed_on && (sig != SIGINT || !isatty(STDIN_FILENO)))
		kill(child->pid, sig);
	passed_on = true;
	return true;
}

/* Those that were asked for, one after the other: DIR.1, DIR.2, ... */
struct rp_dumps {
	pid_t pid;	/* of the one that is being made, or 0 */
	unsigned int count;
};

static void rp_record_dump(const struct rp_recorder *rec, struct rp_dumps *dumps)
{
	char name[4096];

	if (dumps->pid && !waitpid(dumps->pid, NULL, WNOHANG))
		return;
	dumps->pid = 0;
	if (!rp_stop_dump_wanted())
		return;
	snprintf(name, sizeof(name), "%s.%u", rec->to.path, ++dumps->count);
	dumps->pid = rp_recorder_fork();
	if (!dumps->pid)
		_exit(rp_recorder_dump(rec->src.dir, name, RP_DUMP_TOLD));
	if (dumps->pid < 0)
		dumps->pid = 0;
}

/* A command may write to the terminal, too. */
static void rp_record_tell(const struct rp_recorder *rec, struct rp_progress *progress)
{
	if (progress->out && rp_progress_is_due(progress, rp_util_now(CLOCK_MONOTONIC)))
		rp_progress_show(progress, rp_source_records(&rec->src), 0);
}

static int rp_record_run(struct rp_recorder *rec, struct rp_child *child, enum rp_dump_say say)
{
	struct rp_progress progress;
	struct rp_dumps dumps = { 0 };
	bool failed = false;
	int64_t n;

	rp_progress_init(&progress, !child->pid);
	if (child->pid)
		close(child->go);
	while (rp_record_go_on(child)) {
		n = failed ? 0 : rp_recorder_copy(rec);
		failed |= n < 0;
		rp_record_dump(rec, &dumps);
		if (failed && !child->pid)
			break;
		rp_record_tell(rec, &progress);
		rp_stop_pace(n > 0 ? n : 0, rec->wanted);
	}
	rp_progress_end(&progress);
	if (dumps.pid)
		waitpid(dumps.pid, NULL, 0);
	return rp_recorder_finish(rec, failed, say);
}

int rp_cmd_record(const struct rp_options *o)
{
	struct rp_recorder rec;
	struct rp_child child;
	char name[64];
	int status;

	rp_recorder_name(name, sizeof(name));
	rp_stop_init();
	rp_stop_init_dump();
	signal(SIGPIPE, SIG_IGN);
	/* Before anything is open that a command must not inherit */
	if (rp_record_fork(&child, o->words))
		return RP_RECORD_FAILED;
	if (rp_recorder_start(&rec, o->dir, o->output ? o->output : name, o->words)) {
		rp_record_cancel(&child);
		return child.pid ? RP_RECORD_FAILED : RP_EXIT_ERROR;
	}
	status = rp_record_run(&rec, &child, o->json ? RP_RECORD_JSON : RP_DUMP_TOLD);
	rp_recorder_close(&rec);
	return rp_record_status(&child, status);
}
