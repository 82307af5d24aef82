// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a sandbox: a child in a network namespace of its own, which ends with it.  It
 * has a user namespace of its own, too, where that is allowed, and so no right outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fib/sandbox_inner.h"
#include "lib/util.h"

#define RP_SANDBOX_MAP_MAX	4096	/* bytes of a map of ids */

/* What is told to a child that waits for its ids */
struct rp_sandbox_pipes {
	int up[2], down[2];
};

/* ---- ids: those that we have ourselves, or ours alone as root ---- */

static int rp_sandbox_write(pid_t pid, const char *file, const char *text)
{
	char path[64];
	int fd, failed;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	failed = write(fd, text, strlen(text)) < 0;
	close(fd);
	return failed ? -1 : 0;
}

/* "0 0 4294967295": the same numbers inside as out here, whatever they are further out */
static int rp_sandbox_map_all(pid_t pid, const char *file)
{
	char path[32], text[RP_SANDBOX_MAP_MAX] = "";
	unsigned long long inside, outside, count;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fscanf(f, "%llu %llu %llu", &inside, &outside, &count) == 3)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%llu %llu %llu\n",
			 inside, inside, count);
	fclose(f);
	return rp_sandbox_write(pid, file, text);
}

static int rp_sandbox_map_one(pid_t pid, const char *file, unsigned int id)
{
	char text[32];

	snprintf(text, sizeof(text), "0 %u 1\n", id);
	return rp_sandbox_write(pid, file, text);
}

static int rp_sandbox_map(pid_t pid)
{
	if (!rp_sandbox_map_all(pid, "uid_map") && !rp_sandbox_map_all(pid, "gid_map"))
		return 0;
	rp_sandbox_write(pid, "setgroups", "deny");
	return rp_sandbox_map_one(pid, "uid_map", geteuid()) ||
	       rp_sandbox_map_one(pid, "gid_map", getegid()) ? -1 : 0;
}

/* ---- the child ---- */

static bool rp_sandbox_is_apart(const struct stat *home)
{
	struct stat st;

	return !stat("/proc/self/ns/net", &st) &&
	       (st.st_ino != home->st_ino || st.st_dev != home->st_dev);
}

/* A byte that is told to the parent: 'u', there are ids to map; 'n', there are not */
static int rp_sandbox_enter(const struct rp_sandbox_pipes *pipes, const struct stat *home)
{
	char how = 'u', go;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		how = 'n';
		if (unshare(CLONE_NEWNET))
			return rp_util_err("no network namespace for the sandbox: %s%s",
					   strerror(errno),
					   errno == EPERM ? "; it takes root here" : "");
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(pipes->up[1], &how, 1) != 1 || read(pipes->down[0], &go, 1) != 1)
		return -1;
	if (!rp_sandbox_is_apart(home))
		return rp_util_err("the sandbox is no other network namespace than ours");
	return 0;
}

/* What it prints is said, and is no output of ours. */
static void rp_sandbox_exec(const struct rp_sandbox *s, const struct stat *home)
{
	static const char *const places[] = { "/usr/sbin/ip", "/sbin/ip", "/bin/ip" };
	int input = s->input ? fileno(s->input) : open("/dev/null", O_RDONLY | O_CLOEXEC);
	size_t i;

	if (s->input)
		lseek(input, 0, SEEK_SET);
	if (dup2(input, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
	    !rp_sandbox_is_apart(home))
		_exit(127);
	execvp(s->command[0], s->command);
	for (i = 0; errno == ENOENT && !strchr(s->command[0], '/') &&
	     i < RP_ARRAY_SIZE(places); i++)
		execv(places[i], s->command);
	if (errno == ENOENT)
		rp_util_err("%s is not installed: whatif needs iproute2", s->command[0]);
	else
		rp_util_err("%s: %s", s->command[0], strerror(errno));
	fflush(stderr);
	_exit(127);
}

static int rp_sandbox_command(const struct rp_sandbox *s, const struct stat *home)
{
	pid_t pid;
	int status;

	fflush(stderr);
	pid = rp_util_fork();
	if (pid < 0)
		return -1;
	if (!pid)
		rp_sandbox_exec(s, home);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

static enum rp_sandbox_result rp_sandbox_work(struct rp_box *b, const struct stat *home)
{
	if (rp_box_build(b))
		return RP_SANDBOX_IMPOSSIBLE;
	rp_box_ask(b, b->s->before);
	if (!b->s->command)
		return RP_SANDBOX_DONE;
	if (rp_sandbox_command(b->s, home))
		return RP_SANDBOX_REFUSED;
	rp_box_settle(b);
	rp_box_ask(b, b->s->after);
	return RP_SANDBOX_DONE;
}

static enum rp_sandbox_result rp_sandbox_child(struct rp_sandbox *s,
					       const struct rp_sandbox_pipes *pipes,
					       const struct stat *home)
{
	struct rp_box b = { .s = s };

	if (rp_sandbox_enter(pipes, home))
		return RP_SANDBOX_IMPOSSIBLE;
	b.nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!b.nl || mnl_socket_bind(b.nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		rp_util_err("netlink: %s", strerror(errno));
		return RP_SANDBOX_IMPOSSIBLE;
	}
	b.message = rp_util_alloc(1, RP_MESSAGE_MAX);
	rp_fib_init(&b.fib);
	rp_tally_init(&b.kept, sizeof(const char *));
	return rp_sandbox_work(&b, home);
}

/* ---- the parent ---- */

static void rp_sandbox_close_pipes(struct rp_sandbox_pipes *pipes)
{
	close(pipes->up[0]);
	close(pipes->down[1]);
}

/* Ids first, if there are any to be mapped; then it goes on. */
static enum rp_sandbox_result rp_sandbox_watch(pid_t pid, struct rp_sandbox_pipes *pipes)
{
	char how = 0;
	int status;

	if (read(pipes->up[0], &how, 1) == 1) {
		if (how == 'u' && rp_sandbox_map(pid))
			rp_util_err("no ids for the sandbox: %s", strerror(errno));
		else if (write(pipes->down[1], &how, 1) != 1)
			rp_util_err("the sandbox is gone");
	}
	rp_sandbox_close_pipes(pipes);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return RP_SANDBOX_IMPOSSIBLE;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	rp_util_err("the sandbox was killed by signal %d", WTERMSIG(status));
	return RP_SANDBOX_IMPOSSIBLE;
}

/* Shared with the child */
static int rp_sandbox_map_answers(struct rp_sandbox *s)
{
	size_t size = (2 * s->count + 1) * sizeof(*s->before);

	s->before = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->before == MAP_FAILED) {
		s->before = NULL;
		return rp_util_err("no memory for %zu answers", s->count);
	}
	s->after = s->before + s->count;
	return 0;
}

static int rp_sandbox_pipe(struct rp_sandbox_pipes *pipes)
{
	if (pipe2(pipes->up, O_CLOEXEC))
		return rp_util_err("pipe: %s", strerror(errno));
	if (!pipe2(pipes->down, O_CLOEXEC))
		return 0;
	close(pipes->up[0]);
	close(pipes->up[1]);
	return rp_util_err("pipe: %s", strerror(errno));
}

enum rp_sandbox_result rp_sandbox_run(struct rp_sandbox *s)
{
	struct rp_sandbox_pipes pipes;
	enum rp_sandbox_result result;
	struct stat home;
	pid_t pid;

	if (stat("/proc/self/ns/net", &home)) {
		rp_util_err("/proc/self/ns/net: %s", strerror(errno));
		return RP_SANDBOX_IMPOSSIBLE;
	}
	if (rp_sandbox_map_answers(s) || rp_sandbox_pipe(&pipes))
		return RP_SANDBOX_IMPOSSIBLE;
	fflush(stdout);
	fflush(stderr);
	pid = rp_util_fork();
	if (!pid) {
		rp_sandbox_close_pipes(&pipes);
		result = rp_sandbox_child(s, &pipes, &home);
		fflush(stderr);
		_exit(result);
	}
	close(pipes.up[1]);
	close(pipes.down[0]);
	if (pid > 0)
		return rp_sandbox_watch(pid, &pipes);
	rp_sandbox_close_pipes(&pipes);
	return RP_SANDBOX_IMPOSSIBLE;
}

void rp_sandbox_close(struct rp_sandbox *s)
{
	if (s->before)
		munmap(s->before, (2 * s->count + 1) * sizeof(*s->before));
	s->before = NULL;
	s->after = NULL;
}
