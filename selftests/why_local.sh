#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Refused by this host's own routes, or for want of one; see why_lib.sh for what a row
# says.
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
		"udp 203.0.113.5" "no-route both < route-refused error ENETUNREACH dst 203.0.113.0/24 comm ip"
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
		"hi route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2; set_h conf/ha/ignore_routes_with_linkdown 1; set_h conf/hb/ignore_routes_with_linkdown 1" \
		"ai link set ah down; bi link set bh down; until_linkdown ha; until_linkdown hb" \
		"udp 203.0.113.5" "no-route both < carrier-down"
	row "tos: a route for one kind of service" \
		"$default; hi route add unreachable 203.0.113.0/24 tos 0x10" "" \
		"udp 203.0.113.5 tos 0x10" "route-type both route.tos 16"
	row "tos: others take another route" \
		"$default; hi route add unreachable 203.0.113.0/24 tos 0x10" "" \
		"udp 203.0.113.5 tos 0x08" "-"
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
	connected
}

run_cases "$@"
