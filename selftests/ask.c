// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the kernel for one destination as an application would, and says what
 * the application was told.
 *
 *	ask udp|tcp DST [WORD VALUE]...
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

#define MAX_SIZE	1400

enum word { FROM, OIF, MARK, UID, TOS, SPORT, DPORT, CONNECTED, RECVERR, DONTROUTE,
	    FREEBIND, BROADCAST, MCASTIF, TTL, DF, SIZE, COUNT, EVERY, WAIT, THEN };

static const char *const words[] = {
	[FROM] = "from", [OIF] = "oif", [MARK] = "mark", [UID] = "uid", [TOS] = "tos",
	[SPORT] = "sport", [DPORT] = "dport", [CONNECTED] = "connected",
	[RECVERR] = "recverr", [DONTROUTE] = "dontroute", [FREEBIND] = "freebind",
	[BROADCAST] = "broadcast", [MCASTIF] = "mcastif", [TTL] = "ttl", [DF] = "df",
	[SIZE] = "size", [COUNT] = "count", [EVERY] = "every", [WAIT] = "wait",
	[THEN] = "then",
};

#define WORDS (sizeof(words) / sizeof(*words))

static const char *values[WORDS];

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

static struct sockaddr_in address(const char *host, int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (host && inet_pton(AF_INET, host, &sin.sin_addr) != 1)
		errx(2, "\"%s\" is not an IPv4 address", host);
	return sin;
}

static void say(int error)
{
	static const char *before = "";

	printf("%s%s", before, error ? strerrorname_np(error) : "ok");
	before = " ";
}

static void finish(void)
{
	putchar('\n');
	exit(0);
}

static void option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		err(1, "socket option %d of level %d", name, level);
}

static int open_socket(int type)
{
	struct sockaddr_in from = address(values[FROM], number(SPORT, 0));
	int fd;

	if (setresuid(-1, number(UID, 0), -1))
		err(1, "uid");
	fd = socket(AF_INET, type, 0);
	if (fd < 0)
		err(1, "socket");
	if (seteuid(0))
		err(1, "uid 0");
	if (values[OIF] && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, values[OIF],
				      strlen(values[OIF])))
		err(1, "oif %s", values[OIF]);
	if (values[MCASTIF]) {
		struct ip_mreqn mreq = { .imr_ifindex = if_nametoindex(values[MCASTIF]) };

		if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq)))
			err(1, "mcastif %s", values[MCASTIF]);
	}
	if (values[MARK])
		option(fd, SOL_SOCKET, SO_MARK, number(MARK, 0));
	if (values[DONTROUTE])
		option(fd, SOL_SOCKET, SO_DONTROUTE, 1);
	if (values[BROADCAST])
		option(fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (values[TOS])
		option(fd, IPPROTO_IP, IP_TOS, number(TOS, 0));
	if (values[TTL])
		option(fd, IPPROTO_IP, IP_TTL, number(TTL, 0));
	if (values[RECVERR])
		option(fd, IPPROTO_IP, IP_RECVERR, 1);
	if (values[FREEBIND])
		option(fd, IPPROTO_IP, IP_FREEBIND, 1);
	if (values[DF])
		option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	if ((values[FROM] || values[SPORT]) &&
	    bind(fd, (struct sockaddr *)&from, sizeof(from))) {
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
static void connect_tcp(int fd, const struct sockaddr_in *to)
{
	struct pollfd poll_for = { .fd = fd, .events = POLLOUT };
	int error = 0;

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)))
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

static void send_all(int fd, const struct sockaddr_in *to, int count)
{
	static const char buf[MAX_SIZE];
	size_t size = number(SIZE, 1);
	int i;

	if (size > sizeof(buf))
		errx(2, "size: more than %d", MAX_SIZE);
	for (i = 0; i < count; i++) {
		if (i)
			pause_ms(number(EVERY, 200));
		say(sendto(fd, buf, size, MSG_NOSIGNAL, (const struct sockaddr *)to,
			   to ? sizeof(*to) : 0) < 0 ? errno : 0);
		if (!i && to)
			then();
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in to;
	int fd, tcp, i;

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
	to = address(argv[2], number(DPORT, 8080));
	fd = open_socket(tcp ? SOCK_STREAM | SOCK_NONBLOCK : SOCK_DGRAM | SOCK_NONBLOCK);

	if (tcp) {
		connect_tcp(fd, &to);
		then();
		send_all(fd, NULL, number(COUNT, 0));
	} else if (values[CONNECTED]) {
		if (connect(fd, (struct sockaddr *)&to, sizeof(to))) {
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
