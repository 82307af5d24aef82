// SPDX-License-Identifier: GPL-2.0
/*
 * One thread that does the same thing over and over, each time with one routing
 * decision or two, and says what CPU time that took it.
 *
 *	load KIND COUNT ADDRESS
 *
 *	sendto		a datagram from an unconnected UDP socket
 *	send		the same from a connected one, which asks for no route: whoever
 *			forwards it does
 *	connect		connect() of a UDP socket, and back
 *	getroute	RTM_GETROUTE, as `ip route get` does
 *
 * A tenth of COUNT comes before, uncounted.  Prints nanoseconds.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in to = { .sin_family = AF_INET };
static const struct sockaddr *const sa = (const struct sockaddr *)&to;

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
	udp = new_socket(AF_INET, SOCK_DGRAM, 0);
}

static void open_connected(void)
{
	open_udp();
	if (connect(udp, sa, sizeof(to)))
		err(1, "connect");
}

/* That there is no route is as good an answer as any. */
static void do_sendto(void)
{
	if (sendto(udp, "", 1, 0, sa, sizeof(to)) < 0 && errno != EHOSTUNREACH)
		err(1, "sendto");
}

static void do_send(void)
{
	if (send(udp, "", 1, 0) < 0)
		err(1, "send");
}

/* With a port of its own to keep: to look for one would cost more than the rest. */
static void open_bound(void)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(2000) };

	open_udp();
	if (bind(udp, (struct sockaddr *)&from, sizeof(from)))
		err(1, "bind");
}

static void do_connect(void)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (connect(udp, sa, sizeof(to)) || connect(udp, &nobody, sizeof(nobody)))
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
		struct in_addr dst;
	} request = {
		.head = { sizeof(request), RTM_GETROUTE, NLM_F_REQUEST, 0, 0 },
		.route = { .rtm_family = AF_INET, .rtm_dst_len = 32 },
		.attr = { RTA_LENGTH(sizeof(request.dst)), RTA_DST },
		.dst = to.sin_addr,
	};
	char answer[1024];

	if (send(netlink, &request, sizeof(request), 0) < 0 ||
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
};

static long long cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
	size_t kind = 0;
	long count, i;
	long long start = 0;

	if (argc != 4)
		errx(2, "usage: load KIND COUNT ADDRESS");
	while (strcmp(kinds[kind].name, argv[1]))
		if (++kind == sizeof(kinds) / sizeof(*kinds))
			errx(2, "\"%s\" is none of sendto, send, connect, getroute", argv[1]);
	count = atol(argv[2]);
	to.sin_port = htons(9);
	if (inet_pton(AF_INET, argv[3], &to.sin_addr) != 1)
		errx(2, "\"%s\" is not an IPv4 address", argv[3]);

	kinds[kind].begin();
	for (i = -count / 10; i < count; i++) {
		if (!i)
			start = cpu_ns();
		kinds[kind].operation();
	}
	printf("%lld\n", cpu_ns() - start);
	return 0;
}
