#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kernel lockdown, as on any machine with Secure Boot: a module that was let in
# goes on working, its files can be read and its parameters written.
#
# Lockdown ends with the boot and keeps unsigned modules out: this test must be
# the last one.
. "${0%/*}/lib.sh"

lockdown=/sys/kernel/security/lockdown
parameter() { echo "$2" >"$RP_PARAMETERS/$1"; }
events_grow() { ip route get 127.0.0.9 && grep -q "> 127.0.0.9 " "$RP_DEBUGFS/events"; }


readable()
{
	local file

	for file in "$RP_DEBUGFS"/*; do
		cat "$file" >/dev/null || return
	done
}

mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
[ -w $lockdown ] || skip_all "this kernel has no lockdown"

plan 13
at_exit unload_module
load_module || exit 1
for level in integrity confidentiality; do
	echo $level >$lockdown
	check "$level is in force" grep -q "\[$level\]" $lockdown
	check "$level: every file can be read" readable
	check "$level: events tells of lookups" events_grow
	check "$level: probes can be disarmed" parameter enable 0
	check "$level: and armed again" parameter enable 1
	check "$level: the reader says so" eval "routeprobe status | grep -q 'lockdown.*$level'"
done
unload_module
check "an unsigned module is kept out" eval '! load_module'
finish
