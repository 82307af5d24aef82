#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Load and unload again and again, while two processes ask for routes without a
# pause and readers come and go in the middle of whatever happens.  A reader
# holds the module: rmmod is then refused, and tried again.  Arming takes most of a
# life: all probes have every fifth one, and between only those that the processes hit.
. "${0%/*}/lib.sh"

lives=${LIVES:-15}
jobs_started=

# background COMMAND...: until the test ends, and behind insmod and rmmod when
# processors are scarce.
background()
{
	(renice -n 19 $BASHPID && exec 2>&- && "$@") >/dev/null &
	jobs_started="$jobs_started $!"
}

stop_background()
{
	local job

	for job in $jobs_started; do
		kill "$job" 2>/dev/null
		wait "$job" 2>/dev/null
	done
	jobs_started=
}

ask_forever()
{
	while :; do
		"${0%/*}/traffic" -c "$1" "$2" "$3" 1000 127.0.0.1 192.0.2.1
	done
}

read_forever()
{
	while :; do
		timeout 1 cat "$RP_DEBUGFS/$1" >/dev/null
		sleep 0.05
	done
}

follow_and_die()
{
	while :; do
		timeout -s KILL 0.2 tail -f "$RP_DEBUGFS/events" >/dev/null
		sleep 0.1
	done
}

one_life()
{
	local try groups=output,lookup

	[ $((life % 5)) != 0 ] || groups=all
	load_module records_per_cpu=1024 probes=$groups || return
	sleep "0.0$((RANDOM % 10))"
	for ((try = 0; try < 200; try++)); do
		rmmod routeprobe 2>/dev/null && return
		refused=$((refused + 1))
		sleep 0.02
	done
	note "rmmod was refused $try times in a row"
	return 1
}

next_life()
{
	load_module && ip route get 127.0.0.1 &&
	grep -q "> 127.0.0.1 " "$RP_DEBUGFS/events"
}

plan 4
at_exit unload_module
at_exit stop_background
background ask_forever 0 sendto 2001
background ask_forever 1 connect 2002
background read_forever events
background read_forever cpu1
background read_forever stats
background follow_and_die

refused=0
for ((life = 0; life < lives; life++)); do
	one_life || break
done
check_equal "$lives lives under traffic" "$lives" "$life"
note "rmmod was refused $refused times, because a reader held the module"
stop_background

check "no debugfs directory is left" test ! -e "$RP_DEBUGFS"
check_equal "no kprobe is left" 0 "$(wc -l </sys/kernel/debug/kprobes/list)"
check "the next life is as good as the first" next_life
finish
