// SPDX-License-Identifier: GPL-2.0
/*
 * Many routes, fast: to 11.0.0.0/32 and the addresses that follow, by way of a gateway.
 *
 *	routes FIRST COUNT GATEWAY DEVICE
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH	200

struct request {
	struct nlmsghdr head;
	struct rtmsg route;
	struct rtattr dst_attr;
	in_addr_t dst;
	struct rtattr gateway_attr;
	in_addr_t gateway;
	struct rtattr oif_attr;
	unsigned int oif;
};

static void fill(struct request *r, long n, in_addr_t gateway, unsigned int oif)
{
	*r = (struct request) {
		.head = { sizeof(*r), RTM_NEWROUTE, NLM_F_REQUEST | NLM_F_CREATE, 0, 0 },
		.route = {
			.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN,
			.rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST,
		},
		.dst_attr = { RTA_LENGTH(sizeof(r->dst)), RTA_DST },
		.dst = htonl(0x0b000000 + n),
		.gateway_attr = { RTA_LENGTH(sizeof(r->gateway)), RTA_GATEWAY },
		.gateway = gateway,
		.oif_attr = { RTA_LENGTH(sizeof(r->oif)), RTA_OIF },
		.oif = oif,
	};
}

/* Errors are answered, and the last request is in any case. */
int main(int argc, char **argv)
{
	static struct request batch[BATCH];
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
	} answer;
	long n, end, i;
	in_addr_t gateway;
	unsigned int oif;
	int fd;

	if (argc != 5)
		errx(2, "usage: routes FIRST COUNT GATEWAY DEVICE");
	n = atol(argv[1]);
	end = n + atol(argv[2]);
	gateway = inet_addr(argv[3]);
	oif = if_nametoindex(argv[4]);
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (fd < 0 || !oif)
		err(1, "%s", argv[4]);
	while (n < end) {
		for (i = 0; i < BATCH && n < end; i++)
			fill(&batch[i], n++, gateway, oif);
		if (n == end)
			batch[i - 1].head.nlmsg_flags |= NLM_F_ACK;
		if (send(fd, batch, i * sizeof(*batch), 0) < 0)
			err(1, "send");
	}
	if (recv(fd, &answer, sizeof(answer), 0) < 0)
		err(1, "recv");
	if (answer.error.error)
		errx(1, "%s", strerror(-answer.error.error));
	return 0;
}
