# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the host-side scripts share: where things are and how they speak; and,
# in two files of their own, Debian's packages and the table of kernels.
# Sourced by ../setup, ../check and the scripts beside this file; nothing here
# runs in the guest.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=$top/.cache
mkdir -p "$cache"
unset MAKEFLAGS MAKELEVEL

# Words for the user go to stderr: stdout belongs to results and to CMD.
say() { echo "${0##*/}: $*" >&2; }

# Exit status 125 is the machinery's own failure, see vm/run.
die() { say "$*"; exit 125; }

# One script at a time changes the cache; whoever holds the lock passes it on.
lock_cache()
{
	[ "${RP_CACHE_LOCKED-}" ] && return
	exec 9>"$cache/lock"
	flock 9
	export RP_CACHE_LOCKED=1
}

# module_sources DIR: the module's sources in a build directory of their own,
# as links, so that objects for one kernel never meet those for another.
module_sources()
{
	local file

	[ ! -L "$1/include" ] || rm "$1/include"
	mkdir -p "$1"/module/{decode,files} "$1/include/uapi"
	ln -sfn "$top/Kbuild" "$1/Kbuild"
	find "$1/module" "$1/include" -xtype l -delete
	for file in "$top"/{module,include}/{,*/}*.[ch]; do
		ln -sfn "$file" "$1/${file#"$top"/}"
	done
}

# in_buildroot DIR COMMAND...: COMMAND in the root file system DIR, where this
# tree has the path that it has here.
in_buildroot()
{
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -euc 'mkdir -p "$2$1"; mount --rbind "$1" "$2$1"
		mount --rbind /dev "$2/dev"; mount -t proc proc "$2/proc"
		root=$2; shift 2
		exec chroot "$root" /usr/bin/env -i HOME=/ LC_ALL=C.UTF-8 \
			PATH=/usr/sbin:/usr/bin "$@"' sh "$top" "$@"
}

# shellcheck source=apt.sh
. "$top/selftests/vm/apt.sh"
# shellcheck source=kernels.sh
. "$top/selftests/vm/kernels.sh"
