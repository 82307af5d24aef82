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

shown() { grep -c " output: .* > 127.0.0.$1 " "$out"; }

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
	grep "> 192.0.2.5 " $events | sed 's/.* \([a-z-]*\): .*/\1/' | paste -sd' '
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

# polls COMMANDS: what poll() says of the open file F before each read, and whether the
# read then had anything.  COMMANDS in perl may call poll_read() and read_all().
polls()
{
	perl -e '
		open(F, "<", $ARGV[0]) or die;
		sub poll_read {
			my $set = "";
			vec($set, fileno(F), 1) = 1;
			my $ready = select($set, undef, undef, 0) ? "ready" : "not ready";
			my $got = sysread(F, my $bytes, 65536);
			print $ready, $got ? ", bytes\n" : ", nothing\n";
			return $got;
		}
		# up to the end, but without the read() that says so
		sub read_all {
			my ($left, $got) = ((split " ", `wc -c $ARGV[0]`)[0]);
			$left -= $got while $left > 0 && ($got = sysread(F, my $bytes, $left));
		}
		sub ask { system("ip route get 127.0.0.30 >/dev/null") }
	'"$1" $events
}

made_on_cpu0() { awk '$1 == "cpu0_made" { print $2 }' "$RP_DEBUGFS/stats"; }

# What was told and what was shown of CPU 0 is what it made, in one open file.
loss_is_exact()
{
	local before lost shown

	echo 0 >"$RP_PARAMETERS/enable"
	exec 3<"$events"
	cat <&3 >/dev/null
	before=$(made_on_cpu0)
	echo 1 >"$RP_PARAMETERS/enable"
	"${0%/*}/traffic" -c 0 sendto 2001 500 127.0.0.1 >/dev/null
	echo 0 >"$RP_PARAMETERS/enable"
	cat <&3 >"$out"
	exec 3<&-
	echo 1 >"$RP_PARAMETERS/enable"
	lost=$(sed -n 's/^# cpu0: \([0-9]*\) records lost,.*/\1/p' "$out")
	shown=$(grep -c '^[0-9.]* cpu0 ' "$out")
	echo "$before made before, $lost lost, $shown shown, $(made_on_cpu0) made"
	[ "$lost" -gt 0 ] && [ $((before + lost + shown)) = "$(made_on_cpu0)" ]
}

# Of two CPUs that were both at it, each record at the time of its return
# Again and again, as two processors of a guest may take turns.
in_order()
{
	local i

	echo 16384 >"$RP_PARAMETERS/records_per_cpu"
	for ((i = 0; i < 20; i++)); do
		"${0%/*}/traffic" -c 0 sendto 2001 500 127.0.0.1 >/dev/null &
		"${0%/*}/traffic" -c 1 sendto 2002 500 127.0.0.1 >/dev/null
		wait $!
	done
	awk '!/^#/ && split($1, began, ".") {
		ended = began[1] * 1e9 + began[2]
		if (match($0, / in [0-9.]+us/))
			ended += int(substr($0, RSTART + 4) * 1000 + .5)
		early += ended < last
		last = ended
		turns += $2 != cpu
		cpu = $2
	}
	END {
		print early + 0 " out of order, " turns " turns"
		exit early || turns < 10
	}' "$events" || return
	echo 64 >"$RP_PARAMETERS/records_per_cpu"
}

# Where the kernel looks whether there is more for a reader on CPU 1, which is to be left
# alone: "CPU" lines.
tick_cpus()
{
	local allowed=/sys/devices/virtual/workqueue/cpumask
	local event=$tracing/events/workqueue/workqueue_execute_start/enable before

	read -r before <$allowed
	echo 1 >$allowed
	echo >$tracing/trace
	echo 1 >"$event"
	taskset -c 1 timeout 1 tail -f "$events" >/dev/null
	echo 0 >"$event"
	echo "$before" >$allowed
	sed -nE 's/.*\[0*([0-9]+)\].*: function rp_tick .*/\1/p' $tracing/trace | sort -u
}

no_address() { ! grep -aEl 'ffff[89a-f][0-9a-f]{11}' "$RP_DEBUGFS"/[ceprs]*; }

plan 16
at_exit "rm -f $out"
at_exit unload_module
load_module records_per_cpu=64 enable=0 || exit 1

check_equal "poll() waits for the first record" "not ready, nothing" "$(polls poll_read)"
echo 1 >"$RP_PARAMETERS/enable"
needs ip_route_output_key_hash_rcu
check_equal "and is ready with it" "ready, bytes" "$(polls 'ask; poll_read')"
check_equal "at the end it waits again" "not ready, nothing" "$(polls 'read_all; poll_read')"
check_equal "and then for what comes, not for an end-of-file" "ready, bytes" \
	"$(polls 'read_all; ask; poll_read')"
check_equal "after a seek to the oldest it is ready" "ready, bytes" \
	"$(polls 'read_all; poll_read; sysseek(F, 0, 0); poll_read' | tail -n 1)"
needs

needs fib_table_lookup ip_route_output_key_hash_rcu
check_equal "a decision in the order of returns" \
	"lookup output" "$(one_decision)"
needs
check_equal "reading again says the same" "$(cat $events)" "$(cat $events)"
needs ip_route_output_key_hash_rcu
follows tail -f $events
follows busybox tail -f $events
follows tail -n 0 -f $events
needs
check "a reading comes to an end under traffic" reading_ends
check "an overflow is told" overflow
check "and what was lost is counted exactly" loss_is_exact
check "records of two CPUs are in the order of returns" in_order
check_equal "an isolated CPU is left alone by the reader's tick" 0 "$(tick_cpus)"
sysctl() { echo "$2" >/proc/sys/kernel/"$1"; }
sysctl kptr_restrict 2
check "no file holds a kernel address" no_address
finish
