// SPDX-License-Identifier: GPL-2.0
/*
 * Asks the kernel for routes, as fast as it can, and says what it was told.
 *
 * Each operation has a pair of ports of its own, so that the decision it caused
 * can be told from all others: SPORT is the process's, the destination port
 * counts up from 10000.
 *
 *	traffic [-c CPU] [-m MARK] KIND SPORT COUNT DST...
 *
 *	sendto		one datagram from an unconnected UDP socket, as soon as its
 *			send buffer has room
 *	connect		connect() of a new UDP socket
 *
 * The destinations are taken in turn.  A line per operation goes to stdout:
 *
 *	SPORT DPORT DST ERRNO
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_DPORT	10000
#define MAX_COUNT	50000

struct traffic {
	int sport;
	int mark;
};

static int open_socket(const struct traffic *t)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(t->sport) };
	int one = 1;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)))
		err(1, "SO_BROADCAST");
	if (t->mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &t->mark, sizeof(t->mark)))
		err(1, "SO_MARK %d", t->mark);
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)))
		err(1, "bind to port %d", t->sport);
	return fd;
}

static int do_sendto(const struct traffic *t, const struct sockaddr_in *to)
{
	static int fd = -1;

	if (fd < 0)
		fd = open_socket(t);
	if (sendto(fd, "", 1, 0, (const struct sockaddr *)to, sizeof(*to)) >= 0)
		return 0;
	return errno;
}

static int do_connect(const struct traffic *t, const struct sockaddr_in *to)
{
	int fd = open_socket(t);
	int error = 0;

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)))
		error = errno;
	close(fd);
	return error;
}

static const struct {
	const char *name;
	int (*operation)(const struct traffic *t, const struct sockaddr_in *to);
} kinds[] = {
	{ "sendto", do_sendto },
	{ "connect", do_connect },
};

static int number(const char *what, const char *word, long min, long max)
{
	char *end;
	long value = strtol(word, &end, 0);

	if (end == word || *end || value < min || value > max)
		errx(2, "%s: \"%s\" is not a number from %ld to %ld", what, word, min, max);
	return value;
}

static void pin(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "CPU %d", cpu);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct traffic t = { };
	size_t kind = 0;
	int count, opt, i;

	while ((opt = getopt(argc, argv, "c:m:")) != -1) {
		if (opt == 'c')
			pin(number("-c", optarg, 0, CPU_SETSIZE - 1));
		else if (opt == 'm')
			t.mark = number("-m", optarg, 1, 0x7fffffff);
		else
			return 2;
	}
	argv += optind;
	argc -= optind;
	if (argc < 4)
		errx(2, "usage: traffic [-c CPU] [-m MARK] KIND SPORT COUNT DST...");
	while (kind < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[kind].name, argv[0]))
		kind++;
	if (kind == sizeof(kinds) / sizeof(*kinds))
		errx(2, "\"%s\" is neither sendto nor connect", argv[0]);
	t.sport = number("SPORT", argv[1], 1, 65535);
	count = number("COUNT", argv[2], 1, MAX_COUNT);

	for (i = 0; i < count; i++) {
		const char *dst = argv[3 + i % (argc - 3)];

		if (inet_pton(AF_INET, dst, &to.sin_addr) != 1)
			errx(2, "\"%s\" is not an IPv4 address", dst);
		to.sin_port = htons(FIRST_DPORT + i);
		printf("%d %d %s %d\n", t.sport, FIRST_DPORT + i, dst,
		       kinds[kind].operation(&t, &to));
	}
	return 0;
}
