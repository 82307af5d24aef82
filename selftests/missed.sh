#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing is lost without being counted: of a kretprobe with one instance for all calls of
# ip_route_output_key_hash_rcu() many are missed, and what was recorded and what was
# missed is together what the kernel's own kprobe saw.
. "${0%/*}/lib.sh"

probe=ip_route_output_key_hash_rcu

# counter COLUMN: of the file probes, for that one
counter() { awk -F'\t' -v column="$1" -v probe=$probe '$2 == probe { print $column }' "$RP_DEBUGFS/probes"; }

# Two processes, each on a CPU of its own; CALLS is what the kernel saw of them.
count_calls()
{
	local before

	before=$(kernel_counted)
	"${0%/*}/traffic" -c 0 sendto 2001 10000 127.0.0.1 127.0.0.2 >/dev/null &
	"${0%/*}/traffic" -c 1 sendto 2002 10000 127.0.0.1 127.0.0.2 >/dev/null
	wait $!
	calls=$(($(kernel_counted) - before))
}

plan 6
at_exit unload_module
load_module && needs $probe && unload_module
load_module probes=$probe maxactive=1 hook=kprobe || load_module || exit 1
kernel_counts $probe || exit 1
count_calls
recorded=$(counter 6) missed=$(counter 8)
note "$calls calls, $recorded recorded, $missed missed"
check_equal "one instance: recorded and missed are all" "$calls" $((recorded + missed))
check "one instance is not enough" test "$missed" -gt 0
check "and yet records were made" test "$recorded" -gt 0

echo 64 >"$RP_PARAMETERS/maxactive"
check_equal "counts go on when the probe is armed anew" "$recorded $missed" \
	"$(counter 6) $(counter 8)"
count_calls
check_equal "enough instances: recorded and missed are all" "$calls" \
	$(($(counter 6) - recorded + $(counter 8) - missed))
check_equal "every record is in a ring, or was" "$(counter 6)" \
	"$(awk '/_made/ { n += $2 } END { print n }' "$RP_DEBUGFS/stats")"
finish
