#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that come in, for this host or to be forwarded, and are refused: A asks, or
# `ip route get` does with a device of arrival; see why_lib.sh for what a row says.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

# A's other address, and the way back to it by B
other="ai addr add 10.9.9.9/32 dev lo"
back="hi route add 10.9.9.0/24 via 10.0.2.2"
know_h="ai neigh replace 10.0.1.1 lladdr \$(mac rp-h ha) dev ah"

sources()
{
	row "rp_filter: the way back is another" "set_h conf/ha/rp_filter 1; $other; $back; $know_h" "" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" "rp-filter refused:EXDEV:IP_RPFILTER"
	row "rp_filter: a route changed the way back" "set_h conf/ha/rp_filter 1; hi route add 10.9.9.0/24 via 10.0.1.2; $other; $know_h" \
		"hi route replace 10.9.9.0/24 via 10.0.2.2" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" "rp-filter refused:EXDEV:IP_RPFILTER < route-replace dst 10.9.9.0/24 comm ip"
	row "rp_filter: loose, and any way back will do" "set_h conf/ha/rp_filter 2; $other; $back; $know_h" "" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" "-"
	row "rp_filter: loose, and there is no way back" "set_h conf/ha/rp_filter 2; $other; $know_h" "" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" "rp-filter refused:EXDEV:IP_RPFILTER"
	row "rp_filter: of ARP" "set_h conf/ha/rp_filter 1; $other; $back; set_a neigh/ah/retrans_time_ms 100" "" \
		"rp-a tcp 10.0.1.1 from 10.9.9.9" "rp-filter refused:EXDEV:IP_RPFILTER"
	row "a source of the network 127.0.0.0/8" "" "" \
		"get 10.0.1.1 from 127.0.0.5 iif ha" "martian refused:EINVAL:IP_LOCALNET"
	row "a source that is our own" "" "" \
		"get 10.0.1.1 from 10.0.1.1 iif ha" "martian refused:EINVAL:IP_LOCAL_SOURCE"
	row "a source that is multicast" "" "" \
		"get 10.0.1.1 from 224.0.0.5 iif ha" "martian refused:EINVAL:IP_INVALID_SOURCE"
	row "a destination of the network 127.0.0.0/8" "" "" \
		"get 127.0.0.5 from 10.0.1.2 iif ha" "martian refused:EINVAL:IP_LOCALNET"
	row "a source of our own, really sent" "ai addr add 10.0.1.1/32 dev lo; ai route add 10.0.2.1 via 10.0.1.77; ai neigh add 10.0.1.77 lladdr \$(mac rp-h ha) dev ah" "" \
		"rp-a udp 10.0.2.1 from 10.0.1.1" "martian refused:EINVAL:IP_LOCAL_SOURCE"
}

forwarding()
{
	local to_h="ai route add default via 10.0.1.1"
	local on="set_h ip_forward 1; $to_h"

	row "forwarding is off" "$to_h" "" \
		"rp-a udp 10.0.2.2" "forward get inner forwarding-off"
	row "forwarding finds no route" "$on" "" \
		"rp-a tcp 203.0.113.9" "forward both inner no-route icmp.code 0"
	row "forwarding finds an unreachable route" "$on" "hi route add unreachable 203.0.113.1" \
		"rp-a tcp 203.0.113.1" "forward both inner route-type route.dst 203.0.113.1 icmp.code 1 < route-add dst 203.0.113.1 comm ip"
	row "forwarding finds a prohibiting route" "$on" "hi route add prohibit 203.0.113.2" \
		"rp-a tcp 203.0.113.2" "forward get inner route-type route.dst 203.0.113.2 icmp.code 13 < route-add dst 203.0.113.2 comm ip"
	row "forwarding finds a blackhole" "$on" "hi route add blackhole 203.0.113.3" \
		"rp-a tcp 203.0.113.3 wait 1500" "forward get inner route-type route.dst 203.0.113.3 < route-add dst 203.0.113.3 comm ip"
	row "forwarding is prohibited by a rule" "$on" "hi rule add pref 400 iif ha to 10.0.2.0/24 prohibit" \
		"rp-a tcp 10.0.2.2" "forward get inner rule rule.priority 400 < rule-add rule.priority 400 comm ip"
	row "forwarding loses the link" "$on; hi route add 203.0.113.0/24 via 10.0.2.2" "hi link set hb down" \
		"rp-a tcp 203.0.113.9" "forward both inner no-route < link-down dev hb dst 203.0.113.0/24 comm ip"
	row "forwarding to a neighbour that does not answer" "$on; impatient hb" "" \
		"rp-a tcp 10.0.2.50" "neighbour app gateway 10.0.2.50 dev hb"
	row "forwarding a packet that has no time left" "$on" "" \
		"rp-a tcp 10.0.2.2 ttl 1" "ttl app icmp.type 11"
	row "forwarding is filtered" "$on; nft_h add table inet t; nft_h add chain inet t f '{ type filter hook forward priority 0; }'" \
		"nft_h add rule inet t f drop" \
		"rp-a udp 10.0.2.2" "netfilter EPERM hook forward"
	row "forwarding is well" "$on; bi route add default via 10.0.2.1" "" \
		"rp-a udp 10.0.2.2" "-"
	row "input is filtered" "nft_h add table inet t; nft_h add chain inet t i '{ type filter hook input priority 0; }'" \
		"nft_h add rule inet t i udp dport 8080 drop" \
		"rp-a udp 10.0.1.1" "netfilter EPERM hook input"
}

cases()
{
	tell_drop_reasons
	sources
	forwarding
}

run_cases "$@"
