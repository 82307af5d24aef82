#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Refused by this host's own routes, rules, addresses and links; see why_lib.sh for
# what a row says.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

default="hi route add default via 10.0.1.2"
static="hi route add 203.0.113.0/24 via 10.0.1.2"

# What the type of the route says, or that there is none
types()
{
	row "no route" "" "" \
		"udp 198.51.100.1" "no-route both"
	row "no route, of TCP" "" "" \
		"tcp 198.51.100.1" "no-route both"
	row "no route, of ping" "" "" \
		"ping 198.51.100.1" "no-route both"
	row "no route, of ip route get" "" "" \
		"get 198.51.100.1" "no-route both"
	row "an unreachable route" "" "hi route add unreachable 198.51.100.1" \
		"udp 198.51.100.1" "route-type both route.type unreachable route.dst 198.51.100.1 < route-add dst 198.51.100.1 table main comm ip"
	row "an unreachable route that was there before" "$default; hi route add unreachable 198.51.100.0/24" "" \
		"tcp 198.51.100.1" "route-type both route.dst 198.51.100.0/24 route.derived true"
	row "a prohibiting route" "" "hi route add prohibit 198.51.100.2" \
		"tcp 198.51.100.2" "route-type both route.type prohibit < route-add dst 198.51.100.2 comm ip"
	row "a blackhole" "" "hi route add blackhole 198.51.100.3" \
		"udp 198.51.100.3" "route-type both route.type blackhole < route-add dst 198.51.100.3 comm ip"
	row "a throw route, with nothing after its table" "$default" "hi route add throw 198.51.100.4" \
		"udp 198.51.100.4" "route-type both route.type throw < route-add dst 198.51.100.4 comm ip"
	row "a blackhole in the table local" "$default" "hi route add table local blackhole 198.51.100.5" \
		"udp 198.51.100.5" "route-type both table local route.dst 198.51.100.5 < route-add table local comm ip"
	row "an unreachable default route, of less preference" "" "hi route add unreachable default metric 4278198272" \
		"udp 198.51.100.6" "route-type both route.dst default route.metric 4278198272 < route-add dst default comm ip"
	row "the more specific one refuses, not the default route" \
		"$default; hi route add prohibit 198.51.0.0/16" "hi route add unreachable 198.51.100.0/24" \
		"udp 198.51.100.7" "route-type both route.dst 198.51.100.0/24 < route-add dst 198.51.100.0/24"
	row "no failure, none said" "$default" "" \
		"udp 198.51.100.8" "-"
}

# Routes that came, went, and were replaced
changes()
{
	row "the default route is deleted" "$default" "hi route del default" \
		"udp 198.51.100.1" "no-route both < route-del dst default table main comm ip"
	row "a route is replaced by one that refuses" "$static" "hi route replace unreachable 203.0.113.0/24" \
		"udp 203.0.113.5" "route-type both < route-replace dst 203.0.113.0/24 comm ip"
	row "a table is flushed" "hi route add default via 10.0.2.2 table 100; hi rule add pref 100 fwmark 1 lookup 100" \
		"hi route flush table 100" \
		"udp 198.51.100.1 mark 1" "no-route both < route-del dst default table 100 comm ip"
	row "a route that was not accepted" "" "hi route add 203.0.113.0/24 via 192.0.2.254 dev ha; true" \
		"udp 203.0.113.5" "no-route both"
	row "a route of another destination is no cause" "$default; $static" \
		"hi route del 203.0.113.0/24; hi route del default" \
		"udp 198.51.100.1" "no-route both < route-del dst default comm ip"
	row "the cause is the newest of two" "$default; $static" \
		"hi route del default; hi route del 203.0.113.0/24" \
		"udp 203.0.113.5" "no-route both < route-del dst 203.0.113.0/24 comm ip"
	row "gone and come back is no failure" "$default" "hi route del default; $default" \
		"udp 198.51.100.1" "-"
}

# Links, addresses and devices that took routes along
links()
{
	row "a link is set down" "$static" "hi link set ha down" \
		"udp 203.0.113.5" "no-route both < link-down dev ha dst 203.0.113.0/24 comm ip"
	row "a link is set down: its connected route" "" "hi link set ha down" \
		"tcp 10.0.1.2" "no-route both < link-down dev ha dst 10.0.1.0/24 comm ip"
	row "a link is set down and up: a static route stays away" "$static" \
		"hi link set ha down; hi link set ha up" \
		"udp 203.0.113.5" "no-route both < link-down dev ha dst 203.0.113.0/24 comm ip"
	row "a link is set down and up: its connected route is back" "" \
		"hi link set ha down; hi link set ha up" \
		"ping 10.0.1.2" "-"
	row "a link is set down: our address on it answers on" "" "hi link set ha down" \
		"ping 10.0.1.1" "-"
	row "carrier is lost, and routes with it" "$static; set_h conf/ha/ignore_routes_with_linkdown 1" \
		"ai link set ah down; until_linkdown ha" \
		"udp 203.0.113.5" "no-route both < carrier-down dev ha"
	row "carrier is lost, and another route takes over" \
		"$static; hi route add default via 10.0.2.2; set_h conf/ha/ignore_routes_with_linkdown 1" \
		"ai link set ah down; until_linkdown ha" \
		"udp 203.0.113.5" "-"
	row "an address is removed, and a static route with it" "$static" "hi addr del 10.0.1.1/24 dev ha" \
		"udp 203.0.113.5" "no-route both < addr-del dev ha dst 203.0.113.0/24 comm ip"
	row "an address is removed, and the other one of its network" "hi addr add 10.0.1.5/24 dev ha" \
		"hi addr del 10.0.1.1/24 dev ha" \
		"tcp 10.0.1.2" "no-route both < addr-del dev ha dst 10.0.1.0/24 comm ip"
	row "a device is deleted" "hi link add d0 type dummy; hi addr add 10.7.0.1/24 dev d0; hi link set d0 up; hi route add 203.0.113.0/24 via 10.7.0.2" \
		"hi link del d0" \
		"udp 203.0.113.5" "no-route both < link-del dev d0 dst 203.0.113.0/24 comm ip"
	row "a device is moved to another namespace" "$static" "hi link set ha netns rp-b" \
		"udp 203.0.113.5" "no-route both < link-del dev ha dst 203.0.113.0/24 comm ip"
	row "metrics: the next best route refuses" \
		"hi route add 203.0.113.0/24 via 10.0.1.2 metric 10; hi route add unreachable 203.0.113.0/24 metric 20" \
		"hi link set ha down" \
		"udp 203.0.113.5" "route-type both route.metric 20 < link-down dev ha dst 203.0.113.0/24 comm ip"
	row "metrics: the next best route leads there" \
		"hi route add 203.0.113.0/24 via 10.0.1.2 metric 10; hi route add 203.0.113.0/24 via 10.0.2.2 metric 20" \
		"hi link set ha down" \
		"udp 203.0.113.5" "-"
	row "a multipath route loses its legs" \
		"hi route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2" \
		"hi link set ha down; hi link set hb down" \
		"udp 203.0.113.5" "no-route both < link-down dev hb dst 203.0.113.0/24 comm ip"
	row "a multipath route loses one leg" \
		"hi route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2" \
		"hi link set ha down" \
		"udp 203.0.113.5" "-"
	row "a multipath route whose legs all have no carrier" \
		"hi route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2; set_h conf/all/ignore_routes_with_linkdown 1" \
		"ai link set ah down; bi link set bh down; until_linkdown ha; until_linkdown hb" \
		"udp 203.0.113.5" "no-route both < carrier-down"
	row "tos: a route for one kind of service" \
		"$default; hi route add unreachable 203.0.113.0/24 tos 0x10" "" \
		"udp 203.0.113.5 tos 0x10" "route-type both route.tos 16"
	row "tos: others take another route" \
		"$default; hi route add unreachable 203.0.113.0/24 tos 0x10" "" \
		"udp 203.0.113.5 tos 0x08" "-"
}

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
	row "a rule by source address, whose table throws" \
		"hi route add throw default table 100" \
		"hi rule add pref 600 from 10.0.2.1 lookup 100" \
		"udp 198.51.100.1 from 10.0.2.1" "route-type both route.type throw table 100 < rule-add rule.priority 600"
	row "an empty table is passed over" "" "hi rule add pref 900 fwmark 2 lookup 200" \
		"udp 198.51.100.1 mark 2" "no-route both"
	row "goto skips the rule that would have helped" \
		"$default; hi rule add pref 300 to 192.0.2.0/24 prohibit; hi rule add pref 200 lookup main" \
		"hi rule add pref 100 to 192.0.2.0/24 goto 300" \
		"udp 192.0.2.9" "rule both rule.priority 300 < rule-add rule.priority 100"
	row "a rule that does nothing is passed over" \
		"$default; hi rule add pref 90 to 192.0.2.0/24 nop" "hi rule add pref 91 to 192.0.2.0/24 unreachable" \
		"udp 192.0.2.9" "rule both rule.priority 91 < rule-add rule.priority 91"
	row "default routes are suppressed" "$default; hi rule del pref 32766; hi rule add pref 32767 lookup main" \
		"hi rule add pref 700 lookup main suppress_prefixlength 0; hi rule del pref 32767 lookup main" \
		"udp 198.51.100.1" "no-route both < rule-del rule.priority 32767"
	row "routes by a group of interfaces are suppressed" "$default; hi link set ha group 7" \
		"hi rule add pref 700 lookup main suppress_ifgroup 7; hi rule del pref 32766" \
		"udp 198.51.100.1" "no-route both < rule-del rule.priority 32766"
	row "all rules are deleted" "$default" "hi rule flush; hi rule del pref 0; true" \
		"udp 198.51.100.1" "no-route both < rule-del"
}

# Nexthop objects
nexthops()
{
	row "a nexthop object is deleted" "hi nexthop add id 1 via 10.0.1.2 dev ha; hi route add 203.0.113.0/24 nhid 1" \
		"hi nexthop del id 1" \
		"udp 203.0.113.5" "no-route both < nexthop-del dst 203.0.113.0/24 comm ip"
	row "a nexthop object is a blackhole" "hi nexthop add id 2 blackhole" \
		"hi route add 203.0.113.0/24 nhid 2" \
		"udp 203.0.113.5" "route-type both route.type blackhole < route-add dst 203.0.113.0/24 comm ip"
	row "a nexthop object is made a blackhole" "hi nexthop add id 1 via 10.0.1.2 dev ha; hi route add 203.0.113.0/24 nhid 1" \
		"hi nexthop replace id 1 blackhole" \
		"udp 203.0.113.5" "route-type both < nexthop-add comm ip"
	row "a nexthop group loses its last leg" \
		"hi nexthop add id 1 via 10.0.1.2 dev ha; hi nexthop add id 2 via 10.0.2.2 dev hb; hi nexthop add id 3 group 1/2; hi route add 203.0.113.0/24 nhid 3" \
		"hi link set ha down; hi link set hb down" \
		"udp 203.0.113.5" "no-route both < link-down dev hb dst 203.0.113.0/24 comm ip"
	row "a nexthop group loses one leg" \
		"hi nexthop add id 1 via 10.0.1.2 dev ha; hi nexthop add id 2 via 10.0.2.2 dev hb; hi nexthop add id 3 group 1/2; hi route add 203.0.113.0/24 nhid 3" \
		"hi link set ha down" \
		"udp 203.0.113.5" "-"
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

# A socket that had a route already
connected()
{
	row "a connected socket: an unreachable route comes" "$static" "" \
		"udp 203.0.113.5 connected 1 count 2 then 'ip -n rp-h route add unreachable 203.0.113.5'" \
		"route-type both < route-add dst 203.0.113.5 comm ip"
	row "a connected socket: its link goes down" "$static" "" \
		"udp 203.0.113.5 connected 1 count 2 then 'ip -n rp-h link set ha down'" \
		"no-route both < link-down dev ha dst 203.0.113.0/24 comm ip"
	row "a connected socket: its address goes away" "$static" "" \
		"udp 203.0.113.5 connected 1 count 2 then 'ip -n rp-h addr del 10.0.1.1/24 dev ha'" \
		"pre-check both check source < addr-del dev ha comm ip"
	row "a connected socket: there is another route" "$static; hi route add default via 10.0.2.2" "" \
		"udp 203.0.113.5 connected 1 count 2 then 'ip -n rp-h route del 203.0.113.0/24'" \
		"-"
}

cases()
{
	types
	changes
	links
	rules
	nexthops
	vrfs
	checks
	connected
}

run_cases "$@"
