// SPDX-License-Identifier: GPL-2.0
/*
 * Out of a cgroup no packet may go any more, by a BPF program that says so of each.
 *
 *	deny CGROUP
 *
 * CGROUP is a directory of cgroup2, with which the program goes.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	int ret = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	if (ret < 0)
		err(1, "bpf");
	return ret;
}

static int load(void)
{
	static const struct bpf_insn refuse[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_SKB;
	attr.expected_attach_type = BPF_CGROUP_INET_EGRESS;
	attr.insns = (uintptr_t)refuse;
	attr.insn_cnt = sizeof(refuse) / sizeof(*refuse);
	attr.license = (uintptr_t)"GPL";
	return bpf(BPF_PROG_LOAD, &attr);
}

static void attach(int prog, int cgroup)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.attach_type = BPF_CGROUP_INET_EGRESS;
	attr.target_fd = cgroup;
	attr.attach_bpf_fd = prog;
	bpf(BPF_PROG_ATTACH, &attr);
}

int main(int argc, char **argv)
{
	int cgroup;

	if (argc != 2)
		errx(2, "usage: deny CGROUP");
	cgroup = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cgroup < 0)
		err(1, "%s", argv[1]);
	attach(load(), cgroup);
	return 0;
}
