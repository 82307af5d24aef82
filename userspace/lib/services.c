// SPDX-License-Identifier: GPL-2.0
/* Ports by their names, as services(5) has them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/services.h"
#include "lib/util.h"

#define RP_SERVICES_BLANKS	" \t\r\n"

const char *rp_services_file = "/etc/services";

/* "NAME PORT/PROTO ALIAS...": is it this one? */
static bool rp_services_line(char *line, const char *name, const char *proto, uint32_t *port)
{
	char *word, *slash, *rest;
	uint64_t number;
	bool found;

	line[strcspn(line, "#")] = '\0';
	word = strtok_r(line, RP_SERVICES_BLANKS, &rest);
	if (!word)
		return false;
	found = !strcmp(word, name);
	word = strtok_r(NULL, RP_SERVICES_BLANKS, &rest);
	slash = word ? strchr(word, '/') : NULL;
	if (!slash)
		return false;
	*slash = '\0';
	if ((proto && strcmp(slash + 1, proto)) || !rp_util_u64(word, UINT16_MAX, &number))
		return false;
	*port = number;
	while (!found && (word = strtok_r(NULL, RP_SERVICES_BLANKS, &rest)))
		found = !strcmp(word, name);
	return found;
}

bool rp_services_port(const char *name, const char *proto, uint32_t *port)
{
	FILE *f = fopen(rp_services_file, "re");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	while (f && !found && getline(&line, &size, f) > 0)
		found = rp_services_line(line, name, proto, port);
	free(line);
	if (f)
		fclose(f);
	return found;
}
