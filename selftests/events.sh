#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The file events: what cat and tail -f make of it, while it grows and when it
# overflows; and that no file gives a kernel address away.
. "${0%/*}/lib.sh"

events=$RP_DEBUGFS/events
out=$(mktemp)
ask() { ip route get "127.0.0.$1" >/dev/null; }

# follows NAME COMMAND...: it must show what happens after it was started.
follows()
{
	local name=$1 pid try

	shift
	"$@" >"$out" 2>&1 &
	pid=$!
	sleep 1
	ask 77
	for ((try = 0; try < 50; try++)); do
		grep -q "to 127.0.0.77" "$out" && break
		sleep 0.1
	done
	kill "$pid"
	wait "$pid" 2>/dev/null
	check "$name follows" grep -q "to 127.0.0.77" "$out"
}

# Two lines in time order: the lookup returns before the decision that asked.
one_decision()
{
	ask 5
	grep "to 127.0.0.5 " $events | sed 's/.* netns [0-9]* \([a-z_]*\): .*/\1/' | paste -sd' '
}

traffic_forever()
{
	while :; do
		"${0%/*}/traffic" sendto 2001 5000 127.0.0.1 >/dev/null
	done
}

# cat must come to an end although there is always more.
cat_ends()
{
	local pid status

	traffic_forever &
	pid=$!
	timeout 60 cat "$events" >"$out"
	status=$?
	kill "$pid"
	wait "$pid" 2>/dev/null
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

no_address() { ! grep -aEl 'ffff[89a-f][0-9a-f]{11}' "$RP_DEBUGFS"/[ceps]*; }

plan 8
at_exit "rm -f $out"
at_exit unload_module
load_module records_per_cpu=64 || exit 1

check_equal "a decision in the order of returns" \
	"fib_table_lookup ip_route_output_key_hash_rcu" "$(one_decision)"
check_equal "reading again says the same" "$(cat $events)" "$(cat $events)"
follows "tail -f" tail -f $events
follows "tail -f of busybox" busybox tail -f $events
follows "tail -n 0 -f" tail -n 0 -f $events
check "cat comes to an end under traffic" cat_ends
check "an overflow is told" overflow
sysctl() { echo "$2" >/proc/sys/kernel/"$1"; }
sysctl kptr_restrict 2
check "no file holds a kernel address" no_address
finish
