#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reader where it is usually typed: in a namespace by `ip netns exec`, which has a
# /sys of its own without debugfs; by words as people type them; and when the clock is set.
. "${0%/*}/lib.sh"

in_namespace() { ip netns exec rp-h routeprobe "$@" 2>/dev/null; }
lines() { in_namespace report -o flow "$@" | tail -n +2; }

dir=$(mktemp -d)
plan 9
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
network_up || exit 1
load_module || exit 1
in_netns rp-h "${0%/*}/traffic" sendto 2001 1 10.0.1.2
in_netns rp-h ip route get 10.0.2.2 >/dev/null
check "status in a namespace" in_namespace status
check "a report in a namespace" test "$(lines to 10.0.1.2 ipproto udp | wc -l)" -ge 1
check_equal "a word of the reader" 0 "$(lines table main to 10.0.1.2 dev hb netns rp-h | wc -l)"
check "and its opposite" test "$(lines to 10.0.1.2 not dev hb | wc -l)" -ge 1
check "freeze in a namespace" in_namespace freeze
check "thaw in a namespace" in_namespace thaw
check "a dump, and a part of it" eval "in_namespace dump $dir/all &&
	routeprobe report $dir/all --output $dir/part to 10.0.1.2"
check_equal "has the same decisions" \
	"$(routeprobe report "$dir/all" -o verdict,flow,hop to 10.0.1.2 2>/dev/null)" \
	"$(routeprobe report "$dir/part" -o verdict,flow,hop to 10.0.1.2 2>/dev/null)"

# As after a suspend: CLOCK_MONOTONIC does not see the hour that was slept.
sleeper()
{
	routeprobe record -o "$dir/slept" -- sh -c "
		ip netns exec rp-h ${0%/*}/traffic sendto 2001 1 10.0.1.2
		date -s @\$((\$(date +%s) + 3700)) >/dev/null
		until [ \"\$(jq '.clocks | length' $dir/slept/session.json)\" = 2 ]; do :; done
		ip netns exec rp-h ${0%/*}/traffic sendto 2001 1 10.0.1.2
		date -s @\$((\$(date +%s) - 3700)) >/dev/null" 2>/dev/null
}
sleeper
check_equal "hours between the times of day before and after the clock was set" 1 \
	"$(routeprobe report -i "$dir/slept" --json to 10.0.1.2 ipproto udp 2>/dev/null |
	   jq -s 'map(.realtime_ns | numbers) | (max - min) / 3600000000000 | floor')"
finish
