#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Failures that people reported, made small, and beside them what must not be blamed:
# changes that changed nothing, and what came before all was well.  See why_lib.sh for
# what a row says; "times" and "told" count one failing call once.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

default="hi route add default via 10.0.1.2"
other="ai addr add 10.9.9.9/32 dev lo"
know_h="ai neigh replace 10.0.1.1 lladdr \$(mac rp-h ha) dev ah"
# What the recorded flow does once, and is not looked at
try() { in_netns rp-h "${0%/*}/ask" "$@" >/dev/null; }
try_a() { in_netns rp-a "${0%/*}/ask" "$@" >/dev/null; }

# Nothing that a lookup finds is another afterwards.
nothing_changed()
{
	local lease="hi addr del 10.0.1.1/24 dev ha; hi addr add 10.0.1.1/24 dev ha"

	row "a table that no rule asks" \
		"set_h conf/ha/rp_filter 1; $other; $know_h; hi route add default via 10.0.2.2; hi route add 10.9.9.0/25 via 10.0.1.2 table 501" \
		"hi route add 10.9.9.0/24 via 10.0.2.2 table 500; hi route del 10.9.9.0/25 table 501" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" "rp-filter refused:EXDEV:IP_RPFILTER back.dev hb back.table main times 1"
	row "a rule that is refreshed, after its table changed" \
		"$default; hi route add default via 10.0.2.2 table 75; hi rule add pref 75 lookup 75" \
		"try udp 203.0.113.5; hi route replace unreachable default table 75; hi rule del pref 75; hi rule add pref 75 lookup 75" \
		"udp 203.0.113.5" "route-type both route.dst default table 75 times 1 told 1 < route-replace dst default table 75 comm ip"
	row "a rule that is refreshed, and its table always refused" \
		"$default; hi route add unreachable default table 75; hi rule add pref 75 lookup 75" \
		"hi rule del pref 75; hi rule add pref 75 lookup 75" \
		"udp 203.0.113.5" "route-type both table 75"
	row "a rule that is refreshed with its twin beside it" \
		"$default; hi rule add pref 75 to 203.0.113.0/24 prohibit" \
		"hi rule add pref 75 to 203.0.113.0/24 prohibit protocol 5; hi rule del pref 75" \
		"udp 203.0.113.5" "rule both rule.priority 75"
	row "a route that is replaced by the same" "hi route add unreachable 203.0.113.0/24" \
		"hi route replace unreachable 203.0.113.0/24" \
		"udp 203.0.113.5" "route-type both route.dst 203.0.113.0/24"
	row "a route that refuses is deleted and added again" "hi route add prohibit 203.0.113.0/24" \
		"hi route del prohibit 203.0.113.0/24; hi route add prohibit 203.0.113.0/24" \
		"udp 203.0.113.5" "route-type both route.dst 203.0.113.0/24"
	row "a route of another destination that comes and goes" "" \
		"hi route add 203.0.113.64/26 via 10.0.1.2; hi route del 203.0.113.64/26" \
		"udp 203.0.113.5" "no-route both"
	row "a lease is renewed, and the gateway never answered" \
		"impatient ha; hi route add default via 10.0.1.51" \
		"$lease; hi route add default via 10.0.1.51" \
		"tcp 203.0.113.9" "neighbour app gateway 10.0.1.51 dev ha times 1"
	row "a lease is renewed, all is well, and the gateway dies" \
		"impatient ha; $default; ai addr add 203.0.113.9/32 dev lo" \
		"$lease; $default; try tcp 203.0.113.9; ai addr del 10.0.1.2/24 dev ah; hi neigh flush dev ha" \
		"tcp 203.0.113.9" "neighbour app gateway 10.0.1.2 dev ha times 1"
	row "a lease is renewed, and a source is still ours" "" "$lease" \
		"get 10.0.2.1 from 10.0.1.1 iif hb" "martian refused:EINVAL:IP_LOCAL_SOURCE"
	row "an address comes and goes, and the destination never was ours" \
		"ai route add default via 10.0.1.1" \
		"hi addr add 10.0.1.5/24 dev ha; hi addr del 10.0.1.5/24 dev ha" \
		"rp-a udp 10.0.2.2" "forward get inner forwarding-off"
}

# What changed is not what it came of.
others_changed()
{
	row "a longer route is deleted, the default route before it" \
		"$default; hi route add 203.0.113.0/28 via 10.0.1.2" \
		"hi route del default; hi route del 203.0.113.0/28" \
		"udp 203.0.113.77" "no-route both < route-del dst default comm ip"
	row "a rule goes that led to an empty table" \
		"$default; hi rule add pref 100 lookup 100" \
		"hi route del default; hi rule del pref 100" \
		"udp 203.0.113.5" "no-route both < route-del dst default comm ip"
	row "a rule for others comes" "$default; hi route add unreachable default table 100" \
		"hi route del default; hi rule add pref 100 from 10.0.2.0/24 lookup 100" \
		"udp 203.0.113.5" "no-route both < route-del dst default comm ip"
	row "a worse route goes, where the better one refuses" \
		"hi route add unreachable 203.0.113.0/24 metric 10; hi route add 203.0.113.0/24 via 10.0.1.2 metric 20" \
		"hi route del 203.0.113.0/24 metric 20" \
		"udp 203.0.113.5" "route-type both route.metric 10"
	row "a link goes down and up, its route went before" "hi route add 203.0.113.0/24 via 10.0.1.2" \
		"hi route del 203.0.113.0/24; hi link set ha down; hi link set ha up" \
		"udp 203.0.113.5" "no-route both < route-del dst 203.0.113.0/24 comm ip"
	row "a route comes, and its link goes down before it was used" "" \
		"hi route add 203.0.113.0/24 via 10.0.2.2; hi link set hb down" \
		"udp 203.0.113.5" "no-route both < link-down dev hb dst 203.0.113.0/24 comm ip"
	row "a route goes, and then the last address of its device" \
		"hi route add unreachable default; hi route add 203.0.113.0/24 via 10.0.2.2" \
		"hi route del 203.0.113.0/24; hi addr del 10.0.2.1/24 dev hb" \
		"udp 203.0.113.5" "route-type both route.dst default < route-del dst 203.0.113.0/24 comm ip"
	row "a device joins a bridge, and is set down by the same program" \
		"hi link add br0 type bridge; hi route add 203.0.113.0/24 via 10.0.2.2" \
		"printf '%s\n' 'link set hb master br0' 'link set hb down' | hi -batch -" \
		"udp 203.0.113.5" "no-route both < link-down dev hb dst 203.0.113.0/24 comm ip"
	row "only both together did it" "$default; hi route add default via 10.0.2.2 metric 9" \
		"hi route del default metric 9; hi route del default" \
		"udp 203.0.113.5" "no-route both < route-del dst default comm ip"
}

# What would have helped
nearly()
{
	row "a mark that is not set" "$default table 1; hi rule add pref 101 fwmark 0x2 lookup 1" "" \
		"udp 203.0.113.9" "no-route both near.rule.priority 101 near.selector fwmark times 1 told 1"
	row "a mark that is not set, and a table that could not help" \
		"hi rule add pref 101 fwmark 0x2 lookup 1" "" \
		"udp 203.0.113.9" "no-route both near -"
	row "a rule for another user" "$default table 1; hi rule add pref 101 uidrange 1000-1999 lookup 1" "" \
		"udp 203.0.113.9 uid 2000" "no-route both near.selector uidrange"
	row "a rule from another source, and of another mark" \
		"$default table 1; hi rule add pref 101 from 10.0.2.0/24 fwmark 1 lookup 1" "" \
		"udp 203.0.113.9" "no-route both near -"
	row "a default route that a rule suppresses" \
		"$default; hi rule add pref 700 lookup main suppress_prefixlength 0; hi rule del pref 32766" "" \
		"udp 203.0.113.9" "no-route both near.rule.priority 700 near.selector suppress"
}

# Packets that come in, the way back, and our own addresses
received()
{
	row "the way back is asked without the packet's mark" \
		"$default; hi route add default dev hb table 52; hi rule add pref 5210 fwmark 0x80000/0xff0000 lookup main; ai addr add 203.0.113.5/32 dev lo; set_h conf/ha/rp_filter 1; $know_h; nft_h add table ip m; nft_h add chain ip m pre '{ type filter hook prerouting priority -150; }'; nft_h add rule ip m pre iif ha ip saddr 203.0.113.5 meta mark set 0x80000" \
		"hi rule add pref 5270 lookup 52" \
		"rp-a udp 10.0.1.1 from 203.0.113.5" \
		"rp-filter refused:EXDEV:IP_RPFILTER flow.mark 524288 back.rule.priority 5270 back.table 52 back.dev hb near.rule.priority 5210 < rule-add rule.priority 5270 comm ip"
	row "rp_filter is switched on" \
		"$other; $know_h; hi route add default via 10.0.2.2" "set_h conf/ha/rp_filter 1" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" \
		"rp-filter refused:EXDEV:IP_RPFILTER back.dev hb < sysctl sysctl net.ipv4.conf.ha.rp_filter before 0 after 1 comm sh"
	row "rp_filter is switched on, and was on for all devices" \
		"set_h conf/all/rp_filter 1; $other; $know_h; hi route add default via 10.0.2.2" \
		"set_h conf/ha/rp_filter 1" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" "rp-filter refused:EXDEV:IP_RPFILTER back.dev hb"
	row "forwarding is switched off" "set_h ip_forward 1; ai route add default via 10.0.1.1" \
		"set_h ip_forward 0" \
		"rp-a udp 10.0.2.2" "forward get inner forwarding-off < sysctl sysctl net.ipv4.ip_forward before 1 after 0 comm sh"
	row "loopback addresses may not come in any more" \
		"set_h conf/ha/route_localnet 1" "set_h conf/ha/route_localnet 0" \
		"get 127.0.0.1 from 10.0.1.2 iif ha" "martian refused:EINVAL:IP_LOCALNET < sysctl sysctl net.ipv4.conf.ha.route_localnet comm sh"
	row "our own addresses may not come in any more" \
		"set_h conf/hb/accept_local 1" "set_h conf/hb/accept_local 0" \
		"get 10.0.2.1 from 10.0.1.1 iif hb" "martian refused:EINVAL:IP_LOCAL_SOURCE < sysctl sysctl net.ipv4.conf.hb.accept_local before 1 after 0 comm sh"
	row "the mark is not used for the way back any more" \
		"$default; hi route add default dev hb table 52; hi rule add pref 5210 fwmark 0x80000/0xff0000 lookup main; hi rule add pref 5270 lookup 52; ai addr add 203.0.113.5/32 dev lo; set_h conf/ha/rp_filter 1; set_h conf/all/src_valid_mark 1; $know_h; nft_h add table ip m; nft_h add chain ip m pre '{ type filter hook prerouting priority -150; }'; nft_h add rule ip m pre iif ha ip saddr 203.0.113.5 meta mark set 0x80000" \
		"set_h conf/all/src_valid_mark 0" \
		"rp-a udp 10.0.1.1 from 203.0.113.5" \
		"rp-filter refused:EXDEV:IP_RPFILTER flow.mark 524288 back.table 52 < sysctl sysctl net.ipv4.conf.all.src_valid_mark before 1 after 0 comm sh"
	row "routes without a carrier are ignored from now on" \
		"hi route add 203.0.113.0/24 via 10.0.1.2; ai link set ah down; until_linkdown ha" \
		"set_h conf/ha/ignore_routes_with_linkdown 1" \
		"udp 203.0.113.5" "no-route both < sysctl sysctl net.ipv4.conf.ha.ignore_routes_with_linkdown before 0 after 1 comm sh"
	row "routes without a carrier were ignored before" \
		"hi route add 203.0.113.0/24 via 10.0.1.2; set_h conf/ha/ignore_routes_with_linkdown 1; ai link set ah down; until_linkdown ha" \
		"set_h conf/all/ignore_routes_with_linkdown 1" \
		"udp 203.0.113.5" "no-route both"
	row "loose, and the last way back goes" \
		"set_h conf/ha/rp_filter 2; $other; $know_h; hi route add default via 10.0.2.2" \
		"try_a udp 10.0.1.1 from 10.9.9.9; hi route del default" \
		"rp-a udp 10.0.1.1 from 10.9.9.9" "rp-filter refused:EXDEV:IP_RPFILTER < route-del dst default comm ip"
	row "rules are asked before the table local" \
		"hi rule add pref 100 from 10.0.1.0/24 lookup 1; $default table 1; ai route add 10.0.2.0/24 via 10.0.1.1; $know_h" \
		"hi rule add pref 100 lookup local; hi rule del pref 0" \
		"rp-a udp 10.0.2.1" "forward get inner own-address rule.priority 100 < rule-del rule.priority 0 comm ip"
	row "an address of ours goes, and is still asked for" \
		"hi addr add 10.0.2.9/24 dev hb; ai route add 10.0.2.0/24 via 10.0.1.1" \
		"hi addr del 10.0.2.9/24 dev hb" \
		"rp-a udp 10.0.2.9" "forward get inner own-address < addr-del dev hb comm ip"
}

# Routes that are there, and lead nowhere; and some that only look like it
nowhere()
{
	local gre="hi link add gre1 type gre local 10.0.1.1 remote 10.0.1.2 ttl 64; hi addr add 172.16.9.1/30 dev gre1; hi link set gre1 up; ai link add gre1 type gre local 10.0.1.2 remote 10.0.1.1 ttl 64; ai addr add 172.16.9.2/30 dev gre1; ai link set gre1 up; sleep 1"

	row "the loopback device is down, UDP" "" "hi link set lo down" \
		"udp 127.0.0.1" "device ENETDOWN dev lo times 1 told 0 < link-down dev lo comm ip"
	row "the loopback device is down, TCP to an own address" "" "hi link set lo down" \
		"tcp 10.0.1.1 wait 800" "device ENETDOWN dev lo times 1 told 0 < link-down dev lo comm ip"
	row "the loopback device was down" "" "hi link set lo down; hi link set lo up" \
		"ping 10.0.1.1" "-"
	row "a tunnel that is well writes its MTU into routes" "$gre" "" \
		"ping 172.16.9.2" "-"
	row "a WireGuard device without a peer, UDP" \
		"hi link add wg0 type wireguard; hi addr add 10.66.66.1/24 dev wg0; hi link set wg0 up" "" \
		"udp 10.66.66.3" "device sent:EHOSTUNREACH asked output times 1 told 1"
	row "a WireGuard device without a peer, TCP" \
		"hi link add wg0 type wireguard; hi addr add 10.66.66.1/24 dev wg0; hi link set wg0 up" "" \
		"tcp 10.66.66.3" "device app asked output times 1"
	row "a blackhole of a daemon is uncovered" \
		"hi link add cali1 type dummy; hi link set cali1 up; hi route add 10.244.0.5 dev cali1; hi route add blackhole 10.244.0.0/26 proto bird" \
		"try udp 10.244.0.5; hi link del cali1" \
		"udp 10.244.0.5" "route-type both route.dst 10.244.0.0/26 route.protocol bird < link-del dev cali1 dst 10.244.0.5 comm ip"
	row "a device becomes a port of a bridge" \
		"$default; hi link add br0 type bridge; hi link set br0 up; impatient ha" \
		"try udp 10.0.1.2; hi link set ha master br0; hi neigh flush dev ha" \
		"tcp 203.0.113.9" "neighbour app gateway 10.0.1.2 dev ha < master dev ha master br0 comm ip"
	row "a device was a port of a bridge for a time" \
		"$default; hi link add br0 type bridge; hi link set br0 up; impatient ha" \
		"hi link set ha master br0; hi link set ha nomaster; ai addr del 10.0.1.2/24 dev ah; hi neigh flush dev ha" \
		"tcp 203.0.113.9" "neighbour app gateway 10.0.1.2 dev ha"
	row "a network of the same prefix, and nobody in it" \
		"$default; hi link add br-1 type bridge" \
		"try udp 10.99.3.4; hi addr add 10.99.0.1/16 dev br-1; hi link set br-1 up; sleep 0.3; impatient br-1" \
		"tcp 10.99.3.4" "neighbour app dev br-1 < addr-add dev br-1 dst 10.99.0.0/16 comm ip"
}

cases()
{
	tell_drop_reasons
	nothing_changed
	others_changed
	nearly
	received
	nowhere
}

run_cases "$@"
