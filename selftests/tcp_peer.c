// SPDX-License-Identifier: GPL-2.0
/*
 * One end of a TCP connection, to show what an application sees while the
 * route under it goes away.
 *
 * usage: tcp_peer server ADDRESS PORT
 *        tcp_peer client ADDRESS PORT SECONDS
 *
 * The server takes one client at a time and throws away what it sends.  The
 * client sends twice a second and prints what it is told: the result of
 * send(), the pending error and the state of the socket, and how much of what
 * it sent nobody has acknowledged.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SENDS_PER_SECOND	2

static const char usage[] =
	"usage: tcp_peer server ADDRESS PORT | tcp_peer client ADDRESS PORT SECONDS";

static long parse_number(const char *word, long max)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(word, &end, 10);
	if (errno || *end || n < 1 || n > max)
		errx(2, "not a number from 1 to %ld: '%s'", max, word);
	return n;
}

static struct sockaddr_in parse_address(const char *host, const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, host, &sin.sin_addr) != 1)
		errx(2, "not an IPv4 address: '%s'", host);
	sin.sin_port = htons(parse_number(port, 65535));
	return sin;
}

static int tcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static void serve(struct sockaddr_in *sin)
{
	int fd = tcp_socket(), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)sin, sizeof(*sin)))
		err(1, "bind");
	if (listen(fd, 1))
		err(1, "listen");
	for (;;) {
		int client = accept(fd, NULL, NULL);
		char buf[256];

		if (client < 0)
			err(1, "accept");
		while (read(client, buf, sizeof(buf)) > 0)
			;
		close(client);
	}
}

static const char *state_name(unsigned int state)
{
	switch (state) {
	case TCP_ESTABLISHED: return "ESTABLISHED";
	case TCP_CLOSE_WAIT:  return "CLOSE_WAIT";
	case TCP_CLOSE:       return "CLOSED";
	default:	      return "closing";
	}
}

static void tell(int fd, int tenths, ssize_t sent, int send_errno)
{
	struct tcp_info info = { 0 };
	int pending = 0, queued = 0;
	socklen_t len = sizeof(info);

	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len);
	len = sizeof(pending);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &pending, &len);
	ioctl(fd, SIOCOUTQ, &queued);

	printf("%3d.%d s  send: %-4s  SO_ERROR: %-4s  %-11s  %3d bytes in the queue\n",
	       tenths / 10, tenths % 10, sent < 0 ? strerror(send_errno) : "ok",
	       pending ? strerror(pending) : "0", state_name(info.tcpi_state), queued);
	fflush(stdout);
}

static void run_client(struct sockaddr_in *sin, long seconds)
{
	struct timespec pause = { .tv_nsec = 1000000000 / SENDS_PER_SECOND };
	int fd = tcp_socket(), one = 1;
	int i;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(fd, (struct sockaddr *)sin, sizeof(*sin)))
		err(1, "connect");
	for (i = 0; i < seconds * SENDS_PER_SECOND; i++) {
		ssize_t sent = send(fd, "hello\n", 6, MSG_NOSIGNAL);

		tell(fd, i * 10 / SENDS_PER_SECOND, sent, errno);
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in sin;

	if (argc < 4)
		errx(2, usage);
	sin = parse_address(argv[2], argv[3]);
	if (argc == 4 && !strcmp(argv[1], "server"))
		serve(&sin);
	else if (argc == 5 && !strcmp(argv[1], "client"))
		run_client(&sin, parse_number(argv[4], 3600));
	else
		errx(2, usage);
	return 0;
}
