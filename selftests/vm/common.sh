# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the host-side scripts share: where things are, how they speak, apt, and
# the table of kernels.  Sourced by ../setup, ../check and the scripts beside
# this file; nothing here runs in the guest.

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

# The kernels that -k can name, and the Debian package that stands for each.
kernels="cloud generic"

kernel_package()
{
	case $1 in
	cloud)	 echo linux-image-cloud-amd64 ;;
	generic) echo linux-image-amd64 ;;
	*)	 die "unknown kernel '$1'; known are: $kernels" ;;
	esac
}

# Run apt quietly; with old or missing package lists, fetch them and try again.
apt_get()
{
	local log=$cache/apt.log

	DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends "$@" \
		>"$log" 2>&1 </dev/null && return
	apt_update
	DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends "$@" \
		>"$log" 2>&1 </dev/null && return
	tail -n 5 "$log" >&2
	return 1
}

apt_update()
{
	say "reading the package lists"
	apt-get update >"$cache/apt.log" 2>&1 ||
		die "apt-get update failed: $(tail -n 1 "$cache/apt.log")"
}

# apt_install PACKAGE...: those that are missing, and not a word otherwise.
apt_install()
{
	local package missing=()

	for package; do
		[ "$(dpkg-query -Wf '${db:Status-Status}' "$package" \
			2>/dev/null)" = installed ] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] ||
		die "missing, and only root can install: ${missing[*]}"
	say "installing ${missing[*]}"
	apt_get install "${missing[@]}" || die "cannot install ${missing[*]}"
}

# module_sources DIR: the module's sources in a build directory of their own,
# as links, so that objects for one kernel never meet those for another.
module_sources()
{
	local file

	mkdir -p "$1/module"
	ln -sfn "$top/Kbuild" "$1/Kbuild"
	ln -sfn "$top/include" "$1/include"
	find "$1/module" -xtype l -delete
	for file in "$top"/module/*.[ch]; do
		ln -sfn "$file" "$1/module/"
	done
}
