#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A long night: the flight recorder is armed, all sorts of traffic goes on for
# FLIGHT_SECONDS (3600), routes, rules and links that concern none of it come and go,
# and late in it one route is deleted.  In the morning the buffer is frozen at the
# first that failed for it, and the reader says who had deleted the route.
. "${0%/*}/lib.sh"

seconds=${FLIGHT_SECONDS:-3600}
planted=$((seconds * 9 / 10))
errors=EHOSTUNREACH,ENETUNREACH

hi() { ip -n rp-h "$@"; }
ask() { in_netns rp-h "${0%/*}/ask" "$@"; }
stat() { sed -n "s/^$1 //p" "$RP_DEBUGFS/stats"; }
now() { read -r uptime _ </proc/uptime; echo "${uptime%.*}"; }

# What does not fail: datagrams, and now and then a connection and a question
packets()
{
	ask udp 10.0.1.2 count 1000000 every 200 >/dev/null &
	jobs+=($!)
	ask udp 10.0.2.2 mark 1 count 1000000 every 500 >/dev/null &
	jobs+=($!)
	ask udp 198.51.100.7 count 1000000 every 300 >/dev/null &
	jobs+=($!)
	in_netns rp-h ping -q -i 1 10.0.2.2 >/dev/null &
	jobs+=($!)
	while :; do
		ask tcp 10.0.1.2
		hi route get 203.0.113.9
		sleep 7.$RANDOM
	done >/dev/null 2>&1 &
	jobs+=($!)
}

# What concerns none of that
changes()
{
	local i

	for ((i = 0; ; i++)); do
		hi route add "192.0.2.$((i % 200))/32" via 10.0.1.2
		hi rule add pref $((1000 + i % 50)) to 192.0.2.0/24 lookup $((100 + i % 50))
		hi link add rp-other type dummy
		hi addr add 192.0.2.253/30 dev rp-other
		hi link set rp-other up
		sleep 9.$RANDOM
		hi link del rp-other
		hi rule del pref $((1000 + i % 50))
		hi route del "192.0.2.$((i % 200))/32"
	done >/dev/null 2>&1 &
	jobs+=($!)
}

# The reader's word on what it waited for, of all that is in the buffer
why() { routeprobe why "$@" error "$errors" 2>/dev/null; }
each() { why --json | jq -r 'select(.kind == "why") | '"$1" | sort -u; }

plan 8
at_exit network_down
at_exit unload_module
network_up || exit 1
in_netns rp-a "${0%/*}/tcp_peer" server 10.0.1.2 8080 &
jobs=($!)
hi route add 198.51.100.0/24 via 10.0.1.2
hi route add 203.0.113.0/24 via 10.0.2.2
ip -n rp-a route add local 198.51.100.0/24 dev lo
load_module 'freeze="error '$errors'"' freeze_after=200 || exit 1
needs ip_route_output_key_hash_rcu fib_table_lookup

began=$(now)
packets
changes
sleep $planted
check_equal "for $planted s nothing has failed" armed "$(stat freeze_state)"
before=$(stat recorded)
hi route del 198.51.100.0/24
sleep $((seconds - planted))
kill "${jobs[@]}"
wait "${jobs[@]}" 2>/dev/null

check_equal "in the morning it is frozen" frozen "$(stat freeze_state)"
check "since the failure" test "$(($(stat freeze_time_ns) / 1000000000))" -lt $((began + planted + 60))
check "it was a night of work: $(stat recorded) records until then" \
	test "$(stat recorded)" -gt $((seconds * 5))
check "most came before the failure" test "$before" -gt $(($(stat recorded) * 9 / 10))
check_equal "one sort of failure is there" "no-route ENETUNREACH" "$(each '.origin + " " + .verdict')"
check_equal "and its cause" "route-del 198.51.100.0/24 ip" \
	"$(each '.cause | [.event, .dst, .comm] | join(" ")')"
check "which routeprobe says in words" \
	grep -q "198.51.100.0/24 .* removed from table main by ip" <(why)
note "$(why)"
finish
