// SPDX-License-Identifier: GPL-2.0
/*
 * peer PEER.BPF.O FILE: record what BPF tells of each decision, until interrupted.
 * Nobody wakes it, it looks ten times a second.  Its last line is
 * "MADE RECEIVED LOST".
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "peer.h"

static volatile sig_atomic_t interrupted;
static unsigned long long received;

static void interrupt(int signal)
{
	interrupted = signal;
}

static int keep(void *file, void *event, size_t size)
{
	if (!fwrite(event, size, 1, file))
		err(1, "write");
	received++;
	return 0;
}

static unsigned long long counted(int map, unsigned int which)
{
	int cpus = libbpf_num_possible_cpus(), cpu;
	unsigned long long each[cpus], sum = 0;

	if (bpf_map_lookup_elem(map, &which, each))
		err(1, "peer_counts");
	for (cpu = 0; cpu < cpus; cpu++)
		sum += each[cpu];
	return sum;
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	struct bpf_program *program;
	struct ring_buffer *ring;
	struct bpf_object *bpf;
	FILE *file;
	int map;

	if (argc != 3)
		errx(2, "usage: peer PEER.BPF.O FILE");
	file = fopen(argv[2], "w");
	bpf = bpf_object__open_file(argv[1], NULL);
	if (!file || !bpf || bpf_object__load(bpf))
		err(1, "%s, %s", argv[1], argv[2]);
	map = bpf_object__find_map_fd_by_name(bpf, "peer_ring");
	ring = ring_buffer__new(map, keep, file, NULL);
	if (!ring)
		err(1, "peer_ring");
	setvbuf(file, NULL, _IOFBF, 1 << 16);
	signal(SIGINT, interrupt);
	bpf_object__for_each_program(program, bpf)
		if (!bpf_program__attach(program))
			err(1, "%s", bpf_program__name(program));
	fprintf(stderr, "recording into %s\n", argv[2]);
	while (!interrupted) {
		ring_buffer__consume(ring);
		nanosleep(&pause, NULL);
	}
	ring_buffer__consume(ring);
	if (fclose(file))
		err(1, "%s", argv[2]);
	map = bpf_object__find_map_fd_by_name(bpf, "peer_counts");
	fprintf(stderr, "%llu %llu %llu\n", counted(map, 0), received, counted(map, 1));
	return 0;
}
