// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a recording for programs that are to look at what the reader makes of it: a
 * route goes, and then as many failures as are wanted, each of another destination.
 * Prints where it is.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"

#define MS	1000000ULL

static const char probes[] =
	"1\ta\toutput\toutput\tarmed\t0\t0\t0\t-\t-\n"
	"5\te\tlookup\tlookup\tarmed\t0\t0\t0\t-\t-\n"
	"6\tf\tevent\tchange\tarmed\t0\t0\t0\t-\t-\n";

static void add_change(struct rp_fake *f, uint64_t time_ns)
{
	struct rp_record rec = rp_fake_record(RP_KIND_EVENT, time_ns, time_ns + 1000);

	rp_fake_route(&rec, RT_TABLE_MAIN, "10.0.0.0", 8, "192.0.2.1", "ha");
	rec.has |= RP_HAS_CHANGE;
	rec.change.op = RP_CHANGE_DELETE;
	rec.tid = 812;
	rec.tgid = 812;
	memset(rec.comm, 0, sizeof(rec.comm));
	strcpy(rec.comm, "<ip>");
	rp_fake_add(f, rec);
}

static void add_failure(struct rp_fake *f, uint64_t time_ns, unsigned int number)
{
	struct rp_record rec = rp_fake_record(RP_KIND_OUTPUT, time_ns, time_ns + 100000);
	char dst[16];

	snprintf(dst, sizeof(dst), "10.%u.%u.1", number >> 8 & 0xff, number & 0xff);
	rp_fake_flow(&rec, NULL, dst);
	rp_fake_add_no_route(f, rec);
}

int main(int argc, char **argv)
{
	unsigned int failures = argc > 1 ? strtoul(argv[1], NULL, 10) : 1, i;
	struct rp_fake fake;

	rp_fake_make(&fake);
	rp_fake_session(&fake, "");
	rp_fake_write(&fake, "probes", probes);
	add_change(&fake, 1000 * MS);
	for (i = 0; i < failures; i++)
		add_failure(&fake, (2000 + i) * MS, i);
	puts(fake.dir);
	free(fake.packs);
	return 0;
}
