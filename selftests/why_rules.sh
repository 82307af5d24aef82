#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Refused by rules, by nexthop objects, in a VRF, or by what is checked before a lookup
# and after it; see why_lib.sh for what a row says.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

default="hi route add default via 10.0.1.2"

# Rules by what they select and do
rules()
{
	row "a rule that is unreachable" "$default" "hi rule add pref 800 to 192.0.2.1 unreachable" \
		"udp 192.0.2.1" "rule both rule.priority 800 rule.action unreachable < rule-add rule.priority 800 comm ip"
	row "a rule that prohibits" "$default" "hi rule add pref 801 to 192.0.2.2 prohibit" \
		"tcp 192.0.2.2" "rule both rule.priority 801 < rule-add rule.priority 801 comm ip"
	row "a rule that is a blackhole" "$default; hi rule add pref 802 to 192.0.2.3 blackhole" "" \
		"udp 192.0.2.3" "rule both rule.priority 802"
	row "a mark leads to a table that refuses" \
		"$default; hi route add unreachable default table 100" \
		"hi rule add pref 1000 fwmark 1 lookup 100" \
		"udp 198.51.100.1 mark 1" "route-type both rule.priority 1000 table 100 route.dst default < rule-add rule.priority 1000 comm ip"
	row "another mark does not" \
		"$default; hi route add unreachable default table 100" \
		"hi rule add pref 1000 fwmark 1 lookup 100" \
		"udp 198.51.100.1 mark 2" "-"
	row "the rule of a mark is deleted" \
		"hi route add default via 10.0.2.2 table 100; hi rule add pref 1000 fwmark 1 lookup 100" \
		"hi rule del pref 1000" \
		"udp 198.51.100.1 mark 1" "no-route both < rule-del rule.priority 1000 comm ip"
	row "a rule by uid" "$default" "hi rule add pref 50 uidrange 1000-1999 prohibit" \
		"udp 198.51.100.1 uid 1000" "rule both rule.priority 50 < rule-add rule.priority 50"
	row "a rule by uid: others pass" "$default" "hi rule add pref 50 uidrange 1000-1999 prohibit" \
		"udp 198.51.100.1 uid 2000" "-"
	row "a rule by protocol and port" "$default; hi route add prohibit default table 102" \
		"hi rule add pref 500 ipproto udp dport 53 lookup 102" \
		"udp 198.51.100.1 dport 53" "route-type both rule.priority 500 table 102 < rule-add rule.priority 500"
	row "a rule by source port" "$default" "hi rule add pref 501 sport 7000-7009 prohibit" \
		"udp 198.51.100.1 sport 7005" "rule both rule.priority 501 < rule-add rule.priority 501"
	row "a rule by source address, whose table throws, and nothing else has a route" \
		"hi route add throw default table 100" \
		"hi rule add pref 600 from 10.0.2.1 lookup 100" \
		"udp 198.51.100.1 from 10.0.2.1" "no-route both"
	row "an empty table is passed over" "" "hi rule add pref 900 fwmark 2 lookup 200" \
		"udp 198.51.100.1 mark 2" "no-route both"
	# Where a rule goes to is told by no event, but by the snapshot of the end
	row "goto skips the rule that would have helped" \
		"$default; hi rule add pref 300 to 192.0.2.0/24 prohibit; hi rule add pref 200 lookup main" \
		"hi rule add pref 100 to 192.0.2.0/24 goto 300" \
		"udp 192.0.2.9" "rule both rule.priority 300 < rule-add rule.priority 100 comm ip"
	row "a rule that does nothing is passed over" \
		"$default; hi rule add pref 90 to 192.0.2.0/24 nop" "hi rule add pref 91 to 192.0.2.0/24 unreachable" \
		"udp 192.0.2.9" "rule both rule.priority 91 < rule-add rule.priority 91"
	row "default routes are suppressed" "$default; hi rule del pref 32766; hi rule add pref 32767 lookup main" \
		"hi rule add pref 700 lookup main suppress_prefixlength 0; hi rule del pref 32767 lookup main" \
		"udp 198.51.100.1" "no-route both < rule-del rule.priority 32767"
	row "routes by a group of interfaces are suppressed" "$default; hi link set ha group 7" \
		"hi rule add pref 700 lookup main suppress_ifgroup 7; hi rule del pref 32766" \
		"udp 198.51.100.1" "no-route both < rule-del rule.priority 32766"
	row "the rule of the table main is deleted" "$default; hi rule add pref 1000 fwmark 1 lookup 100" \
		"hi rule del pref 32766" \
		"udp 198.51.100.1" "no-route both < rule-del rule.priority 32766 comm ip"
}

# Nexthop objects
nexthops()
{
	row "a nexthop object is a blackhole" "hi nexthop add id 2 blackhole" \
		"hi route add 203.0.113.0/24 nhid 2" \
		"udp 203.0.113.5" "route-type both route.type blackhole < route-add dst 203.0.113.0/24 comm ip"
	row "a nexthop object is made a blackhole" "hi nexthop add id 1 via 10.0.1.2 dev ha; hi route add 203.0.113.0/24 nhid 1" \
		"hi nexthop replace id 1 blackhole" \
		"udp 203.0.113.5" "route-type both < nexthop-add comm ip"
	row "a nexthop group loses one leg" \
		"hi nexthop add id 1 via 10.0.1.2 dev ha; hi nexthop add id 2 via 10.0.2.2 dev hb; hi nexthop add id 3 group 1/2; hi route add 203.0.113.0/24 nhid 3" \
		"hi link set ha down" \
		"udp 203.0.113.5" "-"
	row "a nexthop object is deleted" "hi nexthop add id 1 via 10.0.1.2 dev ha; hi route add 203.0.113.0/24 nhid 1" \
		"hi nexthop del id 1" \
		"udp 203.0.113.5" "no-route both < nexthop-del dst 203.0.113.0/24 comm ip"
	row "a nexthop group loses its last leg" \
		"hi nexthop add id 1 via 10.0.1.2 dev ha; hi nexthop add id 2 via 10.0.2.2 dev hb; hi nexthop add id 3 group 1/2; hi route add 203.0.113.0/24 nhid 3" \
		"hi link set ha down; hi link set hb down" \
		"udp 203.0.113.5" "no-route both < link-down dev hb dst 203.0.113.0/24 comm ip"
}

# VRFs
vrfs()
{
	local red="hi link add red type vrf table 10; hi link set red up"

	row "a VRF's unreachable default route" "$default; $red; hi link set ha master red" \
		"hi route add vrf red unreachable default metric 4278198272" \
		"udp 198.51.100.1 oif red" "route-type both table 10 route.dst default < route-add dst default table 10 comm ip"
	row "a VRF without it leaks into the table main" "$red; hi link set ha master red; hi route add default via 10.0.2.2" "" \
		"udp 198.51.100.1 oif red" "-"
	row "a VRF with no route" "$red; hi link set ha master red" "" \
		"udp 198.51.100.1 oif red" "no-route both"
	row "a device gets a VRF as its master" "$default; $red" "hi link set ha master red" \
		"udp 198.51.100.1" "no-route both < master dev ha dst default comm ip"
	row "the route is in the VRF, the socket is not" "$red; hi link set ha master red; hi route add vrf red default via 10.0.1.2" "" \
		"udp 198.51.100.1" "no-route both"
}

# Refused before a lookup, or in spite of one
checks()
{
	row "a source that is not ours" "$default" "" \
		"udp 198.51.100.1 from 1.2.3.4 freebind 1" "pre-check both check source"
	row "the source address goes away under a socket" "$default; hi addr add 10.0.2.9/32 dev lo" "" \
		"udp 198.51.100.1 from 10.0.2.9 count 2 then 'ip -n rp-h addr del 10.0.2.9/32 dev lo'" \
		"pre-check both check source < addr-del dst 10.0.2.9 comm ip"
	row "the device asked for is down" "" "hi link set hb down" \
		"udp 10.0.1.2 oif hb" "pre-check both check device < link-down dev hb comm ip"
	row "a loopback source may not leave the host" "$default" "" \
		"udp 198.51.100.1 from 127.0.0.1" "pre-check both"
	row "neighbours only, and this is none" "$default" "" \
		"udp 203.0.113.5 dontroute 1" "no-route app"
	row "neighbours only, and this is one" "" "" \
		"udp 10.0.1.255 dontroute 1 broadcast 1" "-"
	row "TCP to a broadcast address" "" "" \
		"tcp 10.0.1.255" "route-type app route.type broadcast"
	row "TCP to a multicast address" "$default" "" \
		"tcp 239.1.1.1" "route-type app"
	row "broadcast, with no route" "" "" \
		"udp 255.255.255.255 broadcast 1" "no-route both"
	row "broadcast, allowed" "$default" "" \
		"udp 255.255.255.255 broadcast 1" "-"
	row "multicast, with no route" "" "" \
		"udp 239.1.1.1" "no-route both"
	row "multicast, with no route but a device" "" "" \
		"udp 239.1.1.1 mcastif ha" "-"
	row "multicast, unreachable" "$default" "hi route add unreachable 239.0.0.0/8" \
		"udp 239.1.1.1" "route-type both route.dst 239.0.0.0/8 < route-add dst 239.0.0.0/8 comm ip"
}

cases()
{
	rules
	nexthops
	vrfs
	checks
}

run_cases "$@"
