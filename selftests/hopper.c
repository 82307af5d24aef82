// SPDX-License-Identifier: GPL-2.0
/*
 * What makes trouble for preempt.sh.
 *
 *	hopper hop PID...		send these tasks from CPU to CPU, until the
 *					last is gone
 *	hopper burst CPU SPORT DST...	ask for routes there, above all that has no
 *					real-time priority, in short bursts, until killed
 *	hopper offload DEV gro|tso on|off
 *	hopper tun DEV SPORT COUNT SRC DST...	write datagrams into a tun device
 *
 * The destination ports of the last count up from 10000.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST_DPORT	10000
#define BURST		2
#define PRIORITY_BURST	50
#define PRIORITY_HOP	60	/* so that it can take a burst's prey away */

static int number(const char *word, long min, long max)
{
	char *end;
	long value = strtol(word, &end, 0);

	if (end == word || *end || value < min || value > max)
		errx(2, "\"%s\" is not a number from %ld to %ld", word, min, max);
	return value;
}

static struct in_addr address(const char *word)
{
	struct in_addr to;

	if (inet_pton(AF_INET, word, &to) != 1)
		errx(2, "\"%s\" is not an IPv4 address", word);
	return to;
}

static void real_time(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		err(1, "SCHED_FIFO");
}

static int move(int pid, int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	return sched_setaffinity(pid, sizeof(cpus), &cpus);
}

/* Not in step with anything: half to one and a half times as long. */
static void doze(long microseconds)
{
	struct timespec time = {
		.tv_nsec = (microseconds / 2 + random() % microseconds) * 1000,
	};

	nanosleep(&time, NULL);
}

static int hop(int argc, char **argv)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), left = argc, turn, i;

	real_time(PRIORITY_HOP);
	for (turn = 0; left; turn++) {
		for (left = 0, i = 0; i < argc; i++)
			left += !move(number(argv[i], 1, 0x7fffffff), (turn + i) % cpus);
		doze(1000);
	}
	return 0;
}

static int burst(int argc, char **argv)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;
	unsigned int sent = 0;

	if (fd < 0)
		err(1, "socket");
	if (move(0, number(argv[0], 0, CPU_SETSIZE - 1)))
		err(1, "CPU %s", argv[0]);
	from.sin_port = htons(number(argv[1], 1, 65535));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)))
		err(1, "bind to port %s", argv[1]);
	real_time(PRIORITY_BURST);
	for (;;) {
		for (i = 0; i < BURST; i++) {
			to.sin_addr = address(argv[2 + sent % (argc - 2)]);
			to.sin_port = htons(FIRST_DPORT + sent++ % 50000);
			/* what becomes of it does not matter, that it was looked up does */
			if (sendto(fd, "", 1, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to)) < 0)
				continue;
		}
		doze(10000);
	}
}

static int offload(int argc, char **argv)
{
	struct ethtool_value value = { .data = !strcmp(argv[argc - 1], "on") };
	struct ifreq ifr = { .ifr_data = (void *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	value.cmd = strcmp(argv[1], "gro") ? ETHTOOL_STSO : ETHTOOL_SGRO;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", argv[0]);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &ifr))
		err(1, "%s: %s %s", argv[0], argv[1], argv[2]);
	return 0;
}

static uint16_t checksum(const void *data, size_t bytes)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; bytes; bytes -= sizeof(*word))
		sum += *word++;
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static int tun(int argc, char **argv)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	struct {
		struct iphdr ip;
		struct udphdr udp;
	} packet = { .ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP } };
	int count = number(argv[2], 1, 50000), fd = open("/dev/net/tun", O_RDWR), i;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", argv[0]);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		err(1, "%s", argv[0]);
	packet.ip.tot_len = htons(sizeof(packet));
	packet.ip.saddr = address(argv[3]).s_addr;
	packet.udp.source = htons(number(argv[1], 1, 65535));
	packet.udp.len = htons(sizeof(packet.udp));
	for (i = 0; i < count; i++) {
		packet.ip.daddr = address(argv[4 + i % (argc - 4)]).s_addr;
		packet.ip.check = 0;
		packet.ip.check = checksum(&packet.ip, sizeof(packet.ip));
		packet.udp.dest = htons(FIRST_DPORT + i);
		if (write(fd, &packet, sizeof(packet)) != sizeof(packet))
			err(1, "write to %s", argv[0]);
	}
	return 0;
}

static const struct {
	const char *name;
	int least;	/* arguments */
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "hop", 1, hop },
	{ "burst", 3, burst },
	{ "offload", 3, offload },
	{ "tun", 5, tun },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(argv[1], commands[i].name) && argc - 2 >= commands[i].least)
			return commands[i].run(argc - 2, argv + 2);
	errx(2, "usage: hopper hop|burst|offload|tun ARGUMENT...");
}
