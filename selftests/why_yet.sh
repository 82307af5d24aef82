#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What routeprobe why does not say right yet: each row goes to one of the other why_*.sh
# when it does.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

router="hi route add 203.0.113.0/24 via 10.0.1.2; set_a ip_forward 1"
far="ai link add far mtu 1000 type dummy; ai link set far up; ai route add 203.0.113.0/24 dev far"

cases()
{
	row "a nexthop object is deleted" "hi nexthop add id 1 via 10.0.1.2 dev ha; hi route add 203.0.113.0/24 nhid 1" \
		"hi nexthop del id 1" \
		"udp 203.0.113.5" "no-route both < nexthop-del dst 203.0.113.0/24 comm ip"
	row "a nexthop group loses its last leg" \
		"hi nexthop add id 1 via 10.0.1.2 dev ha; hi nexthop add id 2 via 10.0.2.2 dev hb; hi nexthop add id 3 group 1/2; hi route add 203.0.113.0/24 nhid 3" \
		"hi link set ha down; hi link set hb down" \
		"udp 203.0.113.5" "no-route both < link-down dev hb dst 203.0.113.0/24 comm ip"
	row "a redirect leads to a gateway that does not answer" \
		"impatient ha; set_h neigh/ha/delay_first_probe_time 1; $router; ai route add 203.0.113.0/24 via 10.0.1.9; ai neigh add 10.0.1.9 lladdr 02:00:00:00:00:09 dev ah; hi neigh add 10.0.1.9 lladdr 02:00:00:00:00:09 dev ha nud stale" "" \
		"udp 203.0.113.5 connected 1 recverr 1 count 12 every 300" "neighbour app gateway 10.0.1.9 from 10.0.1.2"
	row "a router says: too big" "$router; $far" "" \
		"udp 203.0.113.5 df 1 size 1300 count 3" "icmp app from 10.0.1.2 icmp.code 4 icmp.mtu 1000"
}

run_cases "$@"
