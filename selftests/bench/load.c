// SPDX-License-Identifier: GPL-2.0
/*
 * One thread that does the same thing over and over, each time with one routing
 * decision or two, and says what CPU time that took it.
 *
 *	load KIND COUNT ADDRESS [netns N | cpus N]
 *
 *	sendto		a datagram from an unconnected UDP socket
 *	send		the same from a connected one, which asks for no route: whoever
 *			forwards it does
 *	connect		connect() of a UDP socket, and back
 *	getroute	RTM_GETROUTE, as `ip route get` does
 *
 * A tenth of COUNT comes before, uncounted.  Prints nanoseconds.
 *
 *	netns N		sendto from N namespaces in turn, made for it, where there is no
 *			route to anywhere
 *	cpus N		on each of N processors; what it took all of them, not CPU time
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static union {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} to;

static socklen_t to_len;

static void set_address(const char *text)
{
	if (inet_pton(AF_INET, text, &to.v4.sin_addr) == 1) {
		to.any.sa_family = AF_INET;
		to_len = sizeof(to.v4);
	} else if (inet_pton(AF_INET6, text, &to.v6.sin6_addr) == 1) {
		to.any.sa_family = AF_INET6;
		to_len = sizeof(to.v6);
	} else {
		errx(2, "\"%s\" is not an address", text);
	}
	to.v4.sin_port = htons(9);	/* the same place in both */
}

static int new_socket(int domain, int type, int protocol)
{
	int fd = socket(domain, type, protocol);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static int udp = -1;

static void open_udp(void)
{
	udp = new_socket(to.any.sa_family, SOCK_DGRAM, 0);
}

static void open_connected(void)
{
	open_udp();
	if (connect(udp, &to.any, to_len))
		err(1, "connect");
}

/* That there is no route is as good an answer as any. */
static void do_sendto(void)
{
	if (sendto(udp, "", 1, 0, &to.any, to_len) < 0 && errno != EHOSTUNREACH &&
	    errno != ENETUNREACH)
		err(1, "sendto");
}

static int *sockets;		/* one per namespace */
static long namespaces;

static void open_namespaces(void)
{
	long i;

	sockets = calloc(namespaces, sizeof(*sockets));
	for (i = 0; i < namespaces; i++) {
		if (!sockets || unshare(CLONE_NEWNET))
			err(1, "namespace %ld", i);
		open_udp();
		sockets[i] = udp;
	}
}

static void do_next_namespace(void)
{
	static long next;

	udp = sockets[next++ % namespaces];
	do_sendto();
}

static void do_send(void)
{
	if (send(udp, "", 1, 0) < 0)
		err(1, "send");
}

/* With a port of its own to keep: to look for one would cost more than the rest. */
static void open_bound(void)
{
	struct sockaddr_in6 from = {
		.sin6_family = to.any.sa_family,
		.sin6_port = htons(2000),
	};

	open_udp();
	if (bind(udp, (struct sockaddr *)&from, to_len))
		err(1, "bind");
}

static void do_connect(void)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (connect(udp, &to.any, to_len) || connect(udp, &nobody, sizeof(nobody)))
		err(1, "connect");
}

static int netlink = -1;

static void open_netlink(void)
{
	netlink = new_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

static void do_getroute(void)
{
	struct {
		struct nlmsghdr head;
		struct rtmsg route;
		struct rtattr attr;
		struct in6_addr dst;
	} request = {
		.head = { sizeof(request), RTM_GETROUTE, NLM_F_REQUEST, 0, 0 },
		.route = { .rtm_family = AF_INET6, .rtm_dst_len = 128 },
		.attr = { RTA_LENGTH(sizeof(request.dst)), RTA_DST },
		.dst = to.v6.sin6_addr,
	};
	char answer[1024];

	if (to.any.sa_family == AF_INET) {
		request.head.nlmsg_len -= sizeof(to.v6.sin6_addr) - sizeof(to.v4.sin_addr);
		request.route.rtm_family = AF_INET;
		request.route.rtm_dst_len = 32;
		request.attr.rta_len = RTA_LENGTH(sizeof(to.v4.sin_addr));
		memcpy(&request.dst, &to.v4.sin_addr, sizeof(to.v4.sin_addr));
	}

	if (send(netlink, &request, request.head.nlmsg_len, 0) < 0 ||
	    recv(netlink, answer, sizeof(answer), 0) < 0)
		err(1, "RTM_GETROUTE");
}

static const struct {
	const char *name;
	void (*begin)(void);
	void (*operation)(void);
} kinds[] = {
	{ "sendto", open_udp, do_sendto },
	{ "send", open_connected, do_send },
	{ "connect", open_bound, do_connect },
	{ "getroute", open_netlink, do_getroute },
	{ "netns", open_namespaces, do_next_namespace },
};

static long long now_ns(int clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void run_on(int cpu, size_t kind, long count, int ready, int go)
{
	cpu_set_t set;
	char byte = 0;
	long i;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", cpu);
	kinds[kind].begin();
	for (i = 0; i < count / 10; i++)
		kinds[kind].operation();
	if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) < 0)
		err(1, "pipe");
	for (i = 0; i < count; i++)
		kinds[kind].operation();
	exit(0);
}

/* From when all are ready to when all are done */
static long long run_on_all(long cpus, size_t kind, long count)
{
	int ready[2], go[2], status;
	long long start;
	char byte;
	long i;

	if (pipe(ready) || pipe(go))
		err(1, "pipe");
	for (i = 0; i < cpus; i++) {
		if (fork())
			continue;
		close(go[1]);
		run_on(i, kind, count, ready[1], go[0]);
	}
	for (i = 0; i < cpus; i++)
		if (read(ready[0], &byte, 1) != 1)
			err(1, "pipe");
	start = now_ns(CLOCK_MONOTONIC);
	close(go[1]);
	for (i = 0; i < cpus; i++)
		if (wait(&status) < 0 || status)
			errx(1, "a child failed");
	return now_ns(CLOCK_MONOTONIC) - start;
}

int main(int argc, char **argv)
{
	size_t kind = 0;
	long count, i, cpus = 0;
	long long start = 0;

	if (argc == 6 && !strcmp(argv[4], "netns"))
		namespaces = atol(argv[5]);
	else if (argc == 6 && !strcmp(argv[4], "cpus"))
		cpus = atol(argv[5]);
	else if (argc != 4)
		errx(2, "usage: load KIND COUNT ADDRESS [netns N | cpus N]");
	if (namespaces)
		argv[1] = "netns";
	while (strcmp(kinds[kind].name, argv[1]))
		if (++kind == sizeof(kinds) / sizeof(*kinds))
			errx(2, "\"%s\" is none of sendto, send, connect, getroute", argv[1]);
	count = atol(argv[2]);
	set_address(argv[3]);

	if (cpus) {
		printf("%lld\n", run_on_all(cpus, kind, count));
		return 0;
	}
	kinds[kind].begin();
	for (i = -count / 10; i < count; i++) {
		if (!i)
			start = now_ns(CLOCK_THREAD_CPUTIME_ID);
		kinds[kind].operation();
	}
	printf("%lld\n", now_ns(CLOCK_THREAD_CPUTIME_ID) - start);
	return 0;
}
