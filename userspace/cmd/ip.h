/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RP_CMD_IP_H
#define RP_CMD_IP_H

#include <stdio.h>

/* An `ip` command that is to run in a sandbox */
struct rp_ip {
	char **argv;
	char *text;		/* as it was typed */
	const char *netns;	/* that it names by -n, or NULL */
	FILE *input;		/* several of them, for `ip -batch -`; or NULL */
};

/*
 * Takes the words of a command, or what a file holds ("-": stdin).  What could leave the
 * sandbox, or is none of ip's routing, is refused; -1 with a message.
 */
int rp_ip_command(struct rp_ip *ip, char *const *words);
int rp_ip_batch(struct rp_ip *ip, const char *file);
void rp_ip_close(struct rp_ip *ip);

#endif
