#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The file events: what cat and tail -f make of it, while it grows and when it
# overflows; and that no file gives a kernel address away.
. "${0%/*}/lib.sh"

events=$RP_DEBUGFS/events
out=$(mktemp)
number=20	# the last address that was asked for
ask() { ip route get "127.0.0.$1" >/dev/null; }

shown() { grep -c "ip_route_output_key_hash_rcu: to 127.0.0.$1 " "$out"; }

# follows COMMAND...: it must show what happens after it was started, each line
# once, and have nothing else to say.
follows()
{
	local pid try i counts=

	"$@" >"$out" 2>&1 &
	pid=$!
	sleep 1
	for i in 1 2 3; do
		ask $((number + i))
		for ((try = 0; try < 50; try++)); do
			[ "$(shown $((number + i)))" = 0 ] || break
			sleep 0.1
		done
	done
	kill "$pid"
	wait "$pid" 2>/dev/null
	for i in 1 2 3; do
		counts="$counts $(shown $((number + i)))"
	done
	check_equal "$*: each line once, and no other" " 1 1 1, 0" \
		"$counts, $(grep -c '^[^0-9]' "$out")"
	number=$((number + 3))
}

# Two lines in time order: the lookup fails before the decision that asked.
one_decision()
{
	ip route get 192.0.2.5 2>/dev/null
	grep "to 192.0.2.5 " $events | sed 's/.* \([a-z0-9_]*\): to .*/\1/' | paste -sd' '
}

traffic_forever()
{
	while :; do
		"${0%/*}/traffic" sendto "$1" 20000 127.0.0.1 >/dev/null
	done
}

# A reading comes to an end although there is always more, faster than it reads.
# The ring is large enough for that: two emulated CPUs take turns.
reading_ends()
{
	local pids status

	echo 4096 >"$RP_PARAMETERS/records_per_cpu"
	traffic_forever 2001 &
	pids=$!
	traffic_forever 2002 &
	pids="$pids $!"
	sleep 1		# until they are under way
	timeout 60 dd if="$events" bs=512 status=none >"$out"
	status=$?
	# shellcheck disable=SC2086 # a list of numbers
	{
		kill $pids
		wait $pids 2>/dev/null
	}
	echo 64 >"$RP_PARAMETERS/records_per_cpu"
	return "$status"
}

# From one open file: a little, then after an overflow the rest.
overflow()
{
	ask 1
	{
		head -c 1 >/dev/null
		"${0%/*}/traffic" -c 0 sendto 2001 500 127.0.0.1 >/dev/null
		cat
	} <"$events" | grep -m 1 '^# cpu0: [0-9]* records lost'
}

no_address() { ! grep -aEl 'ffff[89a-f][0-9a-f]{11}' "$RP_DEBUGFS"/[ceprs]*; }

plan 8
at_exit "rm -f $out"
at_exit unload_module
load_module records_per_cpu=64 || exit 1

needs fib_table_lookup ip_route_output_key_hash_rcu
check_equal "a decision in the order of returns" \
	"fib_table_lookup ip_route_output_key_hash_rcu" "$(one_decision)"
needs
check_equal "reading again says the same" "$(cat $events)" "$(cat $events)"
needs ip_route_output_key_hash_rcu
follows tail -f $events
follows busybox tail -f $events
follows tail -n 0 -f $events
needs
check "a reading comes to an end under traffic" reading_ends
check "an overflow is told" overflow
sysctl() { echo "$2" >/proc/sys/kernel/"$1"; }
sysctl kptr_restrict 2
check "no file holds a kernel address" no_address
finish
