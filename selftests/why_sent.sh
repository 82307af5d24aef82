#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that have a route and are not sent: they are too large, or somebody on the way out
# refuses them.  See why_lib.sh for what a row says.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

default="hi route add default via 10.0.1.2"
net="hi route add 203.0.113.0/24 via 10.0.1.2"
large="df 1 size 1300"
try() { in_netns rp-h "${0%/*}/ask" "$@" >/dev/null; }

sizes()
{
	row "a route gets an mtu" "$net" "try udp 203.0.113.5 $large; hi route replace 203.0.113.0/24 via 10.0.1.2 mtu 1000" \
		"udp 203.0.113.5 $large" "mtu app limit.by route limit.mtu 1000 route.dst 203.0.113.0/24 dev ha times 1 told 1 < route-replace dst 203.0.113.0/24 comm ip"
	row "a route gets an mtu that is locked" "$net" "hi route replace 203.0.113.0/24 via 10.0.1.2 mtu lock 1000" \
		"udp 203.0.113.5 $large" "mtu app limit.by route < route-replace dst 203.0.113.0/24 comm ip"
	row "a route has had an mtu" "$net mtu 1000" "hi route replace 203.0.113.0/24 via 10.0.1.2 mtu 1000" \
		"udp 203.0.113.5 $large" "mtu app limit.by route limit.mtu 1000"
	row "a route has had an mtu, and a shorter one comes" "$net mtu 1000" "$default mtu 900" \
		"udp 203.0.113.5 $large" "mtu app limit.by route limit.mtu 1000"
	row "a longer route with an mtu comes" "$net" "hi route add 203.0.113.0/28 via 10.0.1.2 mtu 1000" \
		"udp 203.0.113.5 $large" "mtu app limit.by route route.dst 203.0.113.0/28 < route-add dst 203.0.113.0/28 comm ip"
	row "a longer route without an mtu goes" "$net mtu 1000; hi route add 203.0.113.0/28 via 10.0.1.2" "hi route del 203.0.113.0/28" \
		"udp 203.0.113.5 $large" "mtu app limit.by route route.dst 203.0.113.0/24 < route-del dst 203.0.113.0/28 comm ip"
	row "a connected socket, and a route gets an mtu" "$net" "" \
		"udp 203.0.113.5 $large connected 1 count 2 then 'ip -n rp-h route replace 203.0.113.0/24 via 10.0.1.2 mtu 1000'" \
		"mtu app limit.by route times 2 told 2 < route-replace dst 203.0.113.0/24 comm ip"
	row "a device gets another mtu" "$net" "try udp 203.0.113.5 $large; hi link set ha mtu 1280" \
		"udp 203.0.113.5 $large" "mtu app limit.by device limit.mtu 1280 dev ha times 1 told 1 < link-mtu dev ha comm ip"
	row "a device has had another mtu, which is raised" "$net; hi link set ha mtu 1200" "hi link set ha mtu 1280" \
		"udp 203.0.113.5 $large" "mtu app limit.by device limit.mtu 1280"
	row "a device has had another mtu, and another one gets one" "$net; hi link set ha mtu 1280" "hi link set hb mtu 1200" \
		"udp 203.0.113.5 $large" "mtu app limit.by device dev ha"
	row "a route leads to a device with another mtu" "$net; hi link set hb mtu 1280" "hi route replace 203.0.113.0/24 via 10.0.2.2" \
		"udp 203.0.113.5 $large" "mtu app limit.by device dev hb < route-replace dst 203.0.113.0/24 comm ip"
	row "a rule leads to a table with a small mtu" "$net; hi route add default via 10.0.1.2 mtu 1000 table 100" "hi rule add pref 100 to 203.0.113.0/24 lookup 100" \
		"udp 203.0.113.5 $large" "mtu app limit.by route table 100 < rule-add rule.priority 100 comm ip"
	row "a packet that no MTU has room for, and a route gets one" "$net" "hi route replace 203.0.113.0/24 via 10.0.1.2 mtu 1000" \
		"udp 203.0.113.5 size 65510" "mtu app times 1 told 1"
	row "a packet that may be fragmented" "$net mtu 1000" "" \
		"udp 203.0.113.5 size 1300" "-"
}

sizes6()
{
	local net6="network6_up; hi -6 route add 2001:db8:9::/64 via 2001:db8:1::2"

	row "IPv6: a route gets an mtu" "$net6" "hi -6 route replace 2001:db8:9::/64 via 2001:db8:1::2 mtu 1281" \
		"udp 2001:db8:9::9 $large" "mtu app limit.by route limit.mtu 1281 route.dst 2001:db8:9::/64 times 1 told 1 < route-replace dst 2001:db8:9::/64 comm ip"
	row "IPv6: a route has had an mtu" "$net6 mtu 1281" "hi -6 route replace 2001:db8:9::/64 via 2001:db8:1::2 mtu 1281" \
		"udp 2001:db8:9::9 $large" "mtu app limit.by route"
	row "IPv6: a device gets another mtu" "$net6" "hi link set ha mtu 1282" \
		"udp 2001:db8:9::9 $large" "mtu app limit.by device limit.mtu 1282 dev ha < link-mtu dev ha comm ip"
	row "IPv6: a packet that no MTU has room for, and a device gets another" "$net6" "hi link set ha mtu 1282" \
		"udp 2001:db8:9::9 size 65530" "mtu app times 1 told 1"
}

# A task that may not send: the row's own, which changes nothing else
policy()
{
	row "a BPF program of the cgroup refuses, UDP" "" "denied" \
		"udp 10.0.1.2" "policy app times 1 told 1"
	row "a BPF program of the cgroup refuses, TCP" "" "denied" \
		"tcp 10.0.1.2 wait 500" "policy EPERM told 0"
	row "a BPF program of the cgroup refuses, and a route changed" "$net" "hi route replace 203.0.113.0/24 via 10.0.1.2 metric 5; denied" \
		"udp 203.0.113.5" "policy app"
	full "the neighbour table is full"
}

# Of all namespaces
thresh() { echo "$1" >/proc/sys/net/ipv4/neigh/default/gc_thresh3; }
cgroup=/tmp/routeprobe-cgroup
denied() { "${0%/*}/deny" "$cgroup/denied" && echo $$ >"$cgroup/denied/cgroup.procs"; }

# full NAME: a program sends to one neighbour after the other.  There is room for the first
# ones if others, of whatever namespace, are old enough to be let go of.
full()
{
	local dst said told=0

	# shellcheck disable=SC2254,SC2053 # a pattern
	[[ $1 == ${row_only:-*} ]] || return
	network_down && network_up && thresh 0 || exit 1
	for dst in 10.0.1.{64..79}; do
		[[ $(in_netns rp-h "${0%/*}/ask" udp "$dst" recverr 1) != *ENOBUFS* ]] ||
			told=$((told + 1))
	done
	thresh 1024
	said=$(routeprobe why --json netns rp-h to 10.0.1.64/26 2>/dev/null |
		jq -s 'map(select(.origin == "neighbour-table" and .verdict == "ENOBUFS").times) | add')
	note "told $told times, known of $said"
	check "$1" test "$told" -gt 0 -a "$told" = "$said"
}

cases()
{
	sizes
	sizes6
	judge
	needs kfree_skb
	mkdir -p "$cgroup" && mount -t cgroup2 none "$cgroup" && mkdir "$cgroup/denied"
	at_exit "thresh 1024; rmdir $cgroup/denied; umount $cgroup; rmdir $cgroup"
	policy
}

run_cases "$@"
