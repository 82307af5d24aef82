// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the kernel for one destination as an application would, and says what
 * the application was told.
 *
 *	ask udp|tcp DST [WORD VALUE]...
 *
 * DST is of IPv4 or IPv6, and may have the device of a link-local address: fe80::1%eth0.
 *
 * Words of `ip route get`, with its meaning:
 *	from oif mark uid tos sport dport
 * and what a socket can have besides:
 *	connected 1	UDP: connect() first, then send()
 *	recverr 1	hear of every ICMP error
 *	dontroute 1	neighbours only
 *	freebind 1	a source that is not ours
 *	broadcast 1	may send to a broadcast address
 *	mcastif DEV	where multicast goes
 *	ttl N		of the packets
 *	df 1		never fragment
 *	size N		bytes to send (default: 1)
 *	count N		how often to send (default: 1 of UDP, 0 of TCP)
 *	every MS	between two sends (default: 200)
 *	wait MS		for a connection, and for an error after the last send
 *			(default: 5000 of TCP, 0 of UDP)
 *	then COMMAND	runs once the socket is connected or has sent once
 *	else DST	is tried next if that fails, by the same process
 *
 * A line on stdout: "ok" or the error's name for connect(), for each send and
 * for the error that was pending at the end; "silence" if connect() had no
 * answer in time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_SIZE	65536

enum word { FROM, OIF, MARK, UID, TOS, SPORT, DPORT, CONNECTED, RECVERR, DONTROUTE,
	    FREEBIND, BROADCAST, MCASTIF, TTL, DF, SIZE, COUNT, EVERY, WAIT, THEN, ELSE };

static const char *const words[] = {
	[FROM] = "from", [OIF] = "oif", [MARK] = "mark", [UID] = "uid", [TOS] = "tos",
	[SPORT] = "sport", [DPORT] = "dport", [CONNECTED] = "connected",
	[RECVERR] = "recverr", [DONTROUTE] = "dontroute", [FREEBIND] = "freebind",
	[BROADCAST] = "broadcast", [MCASTIF] = "mcastif", [TTL] = "ttl", [DF] = "df",
	[SIZE] = "size", [COUNT] = "count", [EVERY] = "every", [WAIT] = "wait",
	[THEN] = "then", [ELSE] = "else",
};

#define WORDS (sizeof(words) / sizeof(*words))

static const char *values[WORDS];
static int tcp;
static int said;	/* the error that was told last */

static void try(const char *host);

static int number(enum word word, int otherwise)
{
	char *end;
	long n;

	if (!values[word])
		return otherwise;
	errno = 0;
	n = strtol(values[word], &end, 0);
	if (errno || end == values[word] || *end || n < 0 || n > 0x7fffffff)
		errx(2, "%s: \"%s\" is not a number", words[word], values[word]);
	return n;
}

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t size_of(const union address *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in);
}

static union address address6(const char *host, int port)
{
	union address a = { .in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) } };
	size_t len = host ? strcspn(host, "%") : 0;
	char text[INET6_ADDRSTRLEN];

	if (!host)
		return a;
	snprintf(text, sizeof(text), "%.*s", (int)len, host);
	if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) != 1)
		errx(2, "\"%s\" is not an IPv6 address", host);
	if (host[len]) {
		a.in6.sin6_scope_id = if_nametoindex(host + len + 1);
		if (!a.in6.sin6_scope_id)
			err(2, "%s", host);
	}
	return a;
}

static union address address(int family, const char *host, int port)
{
	union address a = { .in = { .sin_family = AF_INET, .sin_port = htons(port) } };

	if (family == AF_INET6)
		return address6(host, port);
	if (host && inet_pton(AF_INET, host, &a.in.sin_addr) != 1)
		errx(2, "\"%s\" is not an IPv4 address", host);
	return a;
}

static void say(int error)
{
	static const char *before = "";

	printf("%s%s", before, error ? strerrorname_np(error) : "ok");
	before = " ";
	said = error;
}

static void finish(void)
{
	const char *next = values[ELSE];

	values[ELSE] = NULL;
	if (said && next)
		try(next);
	putchar('\n');
	exit(0);
}

static void option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		err(1, "socket option %d of level %d", name, level);
}

/* What both families have, by different names */
static void option_of(int fd, int family, int name, int name6, int value)
{
	option(fd, family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
	       family == AF_INET6 ? name6 : name, value);
}

static void multicast_from(int fd, int family, const char *dev)
{
	struct ip_mreqn mreq = { .imr_ifindex = if_nametoindex(dev) };

	if (family == AF_INET6)
		option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, mreq.imr_ifindex);
	else if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq)))
		err(1, "mcastif %s", dev);
}

static int open_socket(int family, int type)
{
	union address from = address(family, values[FROM], number(SPORT, 0));
	int fd;

	if (setresuid(-1, number(UID, 0), -1))
		err(1, "uid");
	fd = socket(family, type, 0);
	if (fd < 0)
		err(1, "socket");
	if (seteuid(0))
		err(1, "uid 0");
	if (values[OIF] && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, values[OIF],
				      strlen(values[OIF])))
		err(1, "oif %s", values[OIF]);
	if (values[MCASTIF])
		multicast_from(fd, family, values[MCASTIF]);
	if (values[MARK])
		option(fd, SOL_SOCKET, SO_MARK, number(MARK, 0));
	if (values[DONTROUTE])
		option(fd, SOL_SOCKET, SO_DONTROUTE, 1);
	if (values[BROADCAST])
		option(fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (values[TOS])
		option_of(fd, family, IP_TOS, IPV6_TCLASS, number(TOS, 0));
	if (values[TTL])
		option_of(fd, family, IP_TTL, IPV6_UNICAST_HOPS, number(TTL, 0));
	if (values[RECVERR])
		option_of(fd, family, IP_RECVERR, IPV6_RECVERR, 1);
	if (values[FREEBIND])
		option_of(fd, family, IP_FREEBIND, IPV6_FREEBIND, 1);
	if (values[DF])
		option_of(fd, family, IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, IP_PMTUDISC_DO);
	if ((values[FROM] || values[SPORT]) &&
	    bind(fd, &from.sa, size_of(&from))) {
		say(errno);
		finish();
	}
	return fd;
}

static int pending(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
		err(1, "SO_ERROR");
	return error;
}

static void pause_ms(int ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

/* The command may want a terminal's signals and an uid of its own: plain sh. */
static void then(void)
{
	if (values[THEN] && system(values[THEN]))
		errx(1, "then: '%s' failed", values[THEN]);
}

/*
 * tcp_v4_err() wakes who polls for what it put into the error queue before it sets the
 * socket's error: until then the socket has neither, and is not writable.
 */
static void connect_tcp(int fd, const union address *to)
{
	struct pollfd poll_for = { .fd = fd, .events = POLLOUT };
	int error = 0;

	if (connect(fd, &to->sa, size_of(to)))
		error = errno;
	if (error == EINPROGRESS) {
		do {
			int ready = poll(&poll_for, 1, number(WAIT, 5000));

			if (ready < 0)
				err(1, "poll");
			if (!ready) {
				printf("silence");
				finish();
			}
			error = pending(fd);
		} while (!error && !(poll_for.revents & POLLOUT));
	}
	say(error);
	if (error)
		finish();
}

static void send_all(int fd, const union address *to, int count)
{
	static const char buf[MAX_SIZE];
	size_t size = number(SIZE, 1);
	int i;

	if (size > sizeof(buf))
		errx(2, "size: more than %d", MAX_SIZE);
	for (i = 0; i < count; i++) {
		if (i)
			pause_ms(number(EVERY, 200));
		say(sendto(fd, buf, size, MSG_NOSIGNAL, to ? &to->sa : NULL,
			   to ? size_of(to) : 0) < 0 ? errno : 0);
		if (!i && to)
			then();
	}
}

static void try(const char *host)
{
	int family = strchr(host, ':') ? AF_INET6 : AF_INET;
	union address to = address(family, host, number(DPORT, 8080));
	int fd = open_socket(family, tcp ? SOCK_STREAM | SOCK_NONBLOCK :
					   SOCK_DGRAM | SOCK_NONBLOCK);

	if (tcp) {
		connect_tcp(fd, &to);
		then();
		send_all(fd, NULL, number(COUNT, 0));
	} else if (values[CONNECTED]) {
		if (connect(fd, &to.sa, size_of(&to))) {
			say(errno);
			finish();
		}
		say(0);
		then();
		send_all(fd, NULL, number(COUNT, 1));
	} else {
		send_all(fd, &to, number(COUNT, 1));
	}
	if (tcp ? number(COUNT, 0) > 0 : !!values[WAIT]) {
		pause_ms(number(WAIT, 0));
		say(pending(fd));
	}
	finish();
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 3 || argc % 2 == 0 || (strcmp(argv[1], "udp") && strcmp(argv[1], "tcp")))
		errx(2, "usage: ask udp|tcp DST [WORD VALUE]...");
	for (i = 3; i < argc; i += 2) {
		size_t word = 0;

		while (word < WORDS && strcmp(words[word], argv[i]))
			word++;
		if (word == WORDS)
			errx(2, "unknown word \"%s\"", argv[i]);
		values[word] = argv[i + 1];
	}
	tcp = !strcmp(argv[1], "tcp");
	try(argv[2]);
}
