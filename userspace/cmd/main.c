// SPDX-License-Identifier: GPL-2.0
/* routeprobe: the program. */
#include <stdio.h>
#include <unistd.h>

#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	/* A message is written at once, whole; what is no terminal takes what is much. */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	return rp_cmd_line(argc, argv);
}
