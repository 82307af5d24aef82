#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two CPUs decide as fast as they can, one with success and one without, while a
# recording is made: several times what the buffer holds as it comes, in bursts that it
# holds, and no decision is lost.  What is made while the reader stands still is, and it
# says how many to the last one.  What was recorded, passed over and missed is together
# what the kernel's own probe saw.
. "${0%/*}/lib.sh"

probe=ip_route_output_key_hash_rcu
burst=1500
bursts=10
count=$((burst * bursts))
dir=$(mktemp -d)

# column NUMBER: of the file probes, for the output probe
column() { awk -F'\t' -v n="$1" -v probe=$probe '$2 == probe { print $n }' "$RP_DEBUGFS/probes"; }

accounted() { echo $(($(column 6) + $(column 7) + $(column 8))); }
made() { awk '/_made/ { n += $2 } END { print n }' "$RP_DEBUGFS/stats"; }

# said WORD: the number before it in the last line that the recorder printed
said() { sed -n "\$s/.* \([0-9]*\) $1.*/\1/p" <(sed 's/^/ /' "$dir/said"); }

# received PORT: decisions in the recording
received()
{
	routeprobe report -i "$dir/all" sport "$1" 2>/dev/null | grep -c '\] *output '
}

both_cpus()
{
	local i

	for ((i = 0; i < bursts; i++)); do
		in_netns rp-h "${0%/*}/traffic" -c 0 sendto 2001 $burst 10.0.1.2 >/dev/null &
		in_netns rp-h "${0%/*}/traffic" -c 1 sendto 2002 $burst 198.51.100.1 >/dev/null
		wait $!
		sleep 0.5	# the reader has nothing else to do
	done
}

# start_recording NAME: $recorder is its process
start_recording()
{
	: >"$dir/said"
	routeprobe record -o "$dir/$1" 2>>"$dir/said" &
	recorder=$!
	wait_for 20 grep -q "recording into" "$dir/said"
}

stop_recording()
{
	kill -INT $recorder
	wait $recorder
	note "$(tail -n 1 "$dir/said")"
}

plan 7
[ -d /sys/devices/system/cpu/cpu1 ] || skip_all "there is one CPU only"
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
load_module && network_up && ip -n rp-h route add unreachable 198.51.100.1 || exit 1
in_netns rp-h ping -qc 1 10.0.1.2 >/dev/null
needs $probe
kernel_counts $probe || exit 1

counted=$(kernel_counted) accounted=$(accounted) missed=$(column 8)
start_recording all
both_cpus
stop_recording
missed=$(($(column 8) - missed))
check_equal "the reader kept up" 0 "$(said lost)"
sent=$(received 2001) failed=$(received 2002)
note "$sent of $count that were sent, $failed of $count that failed, $missed missed by the probe"
check "no decision is received twice" test "$sent" -le $count -a "$failed" -le $count
check "every decision is received, or was missed by the probe" \
	test $((2 * count - sent - failed)) -le "$missed"
check_equal "recorded, passed over and missed are all calls" $(($(kernel_counted) - counted)) \
	$(($(accounted) - accounted))

made=$(made)
start_recording some
kill -STOP $recorder
both_cpus
kernel_counted >/dev/null	# ksoftirqd may be behind with the answers
kill -CONT $recorder
stop_recording
made=$(($(made) - made))
check "a reader that stands still loses records" test "$(said lost)" -gt 0
check_equal "and says how many" "$made" $(($(said records) + $(said lost)))
check_equal "the recording says the same" "$(said lost)" \
	"$(jq '[.each_cpu[].lost] | add' "$dir/some/session.json")"
finish
