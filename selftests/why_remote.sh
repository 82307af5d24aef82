#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A route was found, and still nothing gets there: neighbours, ICMP errors, netfilter,
# IPsec, and TCP that says nothing; see why_lib.sh for what a row says.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

static="hi route add 203.0.113.0/24 via 10.0.1.2"
# A router for 203.0.113.0/24 that knows nothing more
router="$static; set_a ip_forward 1"

neighbours()
{
	row "a neighbour does not answer, TCP" "impatient ha" "" \
		"tcp 10.0.1.50" "neighbour app gateway 10.0.1.50 dev ha"
	row "a neighbour does not answer, UDP that asks for errors" "impatient ha" "" \
		"udp 10.0.1.50 recverr 1 count 4" "neighbour app gateway 10.0.1.50 dev ha"
	row "a neighbour does not answer, UDP that is not told" "impatient ha" "" \
		"udp 10.0.1.50 wait 800" "neighbour EHOSTUNREACH gateway 10.0.1.50 dev ha"
	row "a neighbour does not answer, ping" "impatient ha" "" \
		"ping 10.0.1.50" "neighbour app gateway 10.0.1.50 dev ha"
	row "a gateway does not answer" "impatient ha" "hi route add 203.0.113.0/24 via 10.0.1.51" \
		"tcp 203.0.113.5" "neighbour app gateway 10.0.1.51 dev ha < route-add dst 203.0.113.0/24 comm ip"
	row "a route is replaced, and its gateway does not answer" "impatient ha; $static" \
		"hi route replace 203.0.113.0/24 via 10.0.1.51" \
		"tcp 203.0.113.5" "neighbour app gateway 10.0.1.51 < route-replace dst 203.0.113.0/24 comm ip"
	row "a gateway that is on link only by name" "impatient ha" \
		"hi route add 203.0.113.0/24 via 192.0.2.254 dev ha onlink" \
		"tcp 203.0.113.5" "neighbour app gateway 192.0.2.254 < route-add dst 203.0.113.0/24"
	row "a gateway of the other family does not answer" "set_h neigh/ha/retrans_time_ms 100; in_netns rp-h sh -c 'echo 100 >/proc/sys/net/ipv6/neigh/ha/retrans_time_ms'; sleep 2" \
		"hi route add 203.0.113.0/24 via inet6 fe80::dead dev ha" \
		"tcp 203.0.113.5" "neighbour app via.host fe80::dead dev ha < route-add dst 203.0.113.0/24"
	row "a wrong mask makes the destination a neighbour" "impatient hb" \
		"hi addr add 10.0.0.9/8 dev hb" \
		"tcp 10.5.5.5" "neighbour app gateway 10.5.5.5 dev hb < addr-add dev hb dst 10.0.0.0/8 comm ip"
	row "a macvlan device does not hear its parent" "impatient ha; hi link add mv link ha type macvlan mode bridge; hi link set mv netns rp-b; bi addr add 10.0.1.77/24 dev mv; bi link set mv up" "" \
		"tcp 10.0.1.77" "neighbour app gateway 10.0.1.77 dev ha"
	row "the device asked for makes it a neighbour, without a route" "impatient hb" "" \
		"tcp 198.51.100.1 oif hb" "neighbour app gateway 198.51.100.1 dev hb"
	row "carrier is lost" "impatient ha" "ai link set ah down; until_linkdown ha" \
		"tcp 10.0.1.2" "neighbour app gateway 10.0.1.2 dev ha < carrier-down dev ha"
	row "carrier is lost, UDP is not told" "impatient ha; $static" "ai link set ah down; until_linkdown ha" \
		"udp 203.0.113.5 wait 800" "neighbour EHOSTUNREACH gateway 10.0.1.2 dev ha < carrier-down dev ha"
	row "the neighbour's address goes away" "impatient ha" "ai addr del 10.0.1.2/24 dev ah" \
		"tcp 10.0.1.2" "neighbour app gateway 10.0.1.2 dev ha"
}

icmp()
{
	local quiet="for n in rp-a rp-b; do in_netns \$n sh -c 'cd /proc/sys/net/ipv4; echo 0 >conf/all/send_redirects; echo 0 >conf/default/send_redirects; echo 1 >ip_forward'; done"
	local far="ai link add far mtu 1000 type dummy; ai link set far up; ai route add 203.0.113.0/24 dev far"

	row "a router says: host unreachable, TCP" "$router; ai route add unreachable 203.0.113.1" "" \
		"tcp 203.0.113.1" "icmp app from 10.0.1.2 icmp.type 3 icmp.code 1"
	row "a router says: filtered, TCP" "$router; ai route add prohibit 203.0.113.1" "" \
		"tcp 203.0.113.1" "icmp app from 10.0.1.2 icmp.code 13"
	row "a router says: net unreachable, TCP" "$router" "" \
		"tcp 203.0.113.1" "icmp app from 10.0.1.2 icmp.code 0"
	row "a router says: net unreachable, ping" "$router" "" \
		"ping 203.0.113.1" "icmp app from 10.0.1.2 icmp.code 0"
	row "a router says: host unreachable, UDP that asks for errors" "$router; ai route add unreachable 203.0.113.1" "" \
		"udp 203.0.113.1 recverr 1 wait 500" "icmp app from 10.0.1.2 icmp.code 1"
	row "a router says: host unreachable, UDP that is not told" "$router; ai route add unreachable 203.0.113.1" "" \
		"udp 203.0.113.1 wait 500" "icmp EHOSTUNREACH from 10.0.1.2 icmp.code 1"
	row "a router says: filtered, connected UDP" "$router; ai route add prohibit 203.0.113.1" "" \
		"udp 203.0.113.1 connected 1 wait 500" "icmp app from 10.0.1.2 icmp.code 13"
	row "a host says: no such port" "" "" \
		"udp 10.0.1.2 connected 1 wait 500" "icmp app from 10.0.1.2 icmp.code 3"
	row "a router says: time exceeded" "$router; $far" "" \
		"tcp 203.0.113.5 ttl 1" "ttl app from 10.0.1.2 icmp.type 11"
	row "a router says: too big" "$router; $far" "" \
		"udp 203.0.113.5 df 1 size 1300 count 3" "icmp app from 10.0.1.2 icmp.code 4 icmp.mtu 1000"
	# Redirects would use up what ICMP errors a second are allowed
	row "a routing loop of two routers" \
		"$router; $quiet; ai link add ax type veth peer name bx netns rp-b; ai addr add 10.0.3.1/24 dev ax; ai link set ax up; bi addr add 10.0.3.2/24 dev bx; bi link set bx up; ai route add 203.0.113.0/24 via 10.0.3.2; bi route add default via 10.0.3.1" "" \
		"tcp 203.0.113.5" "ttl app icmp.type 11"
	row "a redirect leads to a gateway that does not answer" \
		"impatient ha; set_h neigh/ha/delay_first_probe_time 1; $router; ai route add 203.0.113.0/24 via 10.0.1.9; ai neigh add 10.0.1.9 lladdr 02:00:00:00:00:09 dev ah; hi neigh add 10.0.1.9 lladdr 02:00:00:00:00:09 dev ha nud stale" "" \
		"udp 203.0.113.5 connected 1 recverr 1 count 12 every 300" "neighbour app gateway 10.0.1.9 from 10.0.1.2"
	row "a router sends it back to us" "$router; set_h ip_forward 1; ai route add 203.0.113.0/24 via 10.0.1.1" "" \
		"tcp 203.0.113.5 wait 1500" "martian dropped:EINVAL:IP_LOCAL_SOURCE"
}

netfilter()
{
	local out="nft_h add table inet t; nft_h add chain inet t o '{ type filter hook output priority 0; }'"
	local in="nft_a add table inet t; nft_a add chain inet t i '{ type filter hook input priority 0; }'"
	local route="nft_h add table ip t; nft_h add chain ip t o '{ type route hook output priority 0; }'"
	local nat="nft_h add table ip t; nft_h add chain ip t o '{ type nat hook output priority -100; }'"

	row "output is rejected, UDP" "$out" "nft_h add rule inet t o ip daddr 10.0.1.2 udp dport 8080 reject with icmp type host-unreachable" \
		"udp 10.0.1.2" "netfilter app hook output icmp.code 1"
	row "output is rejected, TCP" "$out" "nft_h add rule inet t o ip daddr 10.0.1.2 tcp dport 8080 reject with icmp type host-unreachable" \
		"tcp 10.0.1.2" "netfilter app hook output icmp.code 1"
	row "output is dropped, UDP" "$out" "nft_h add rule inet t o ip daddr 10.0.1.2 drop" \
		"udp 10.0.1.2" "netfilter app hook output"
	row "output is dropped, TCP" "$out" "nft_h add rule inet t o ip daddr 10.0.1.2 drop" \
		"tcp 10.0.1.2 wait 1500" "netfilter EPERM hook output"
	row "the neighbour's firewall rejects" "$in; nft_a add rule inet t i tcp dport 8080 reject with icmp type host-prohibited" "" \
		"tcp 10.0.1.2" "icmp app from 10.0.1.2 icmp.code 10"
	row "the neighbour's firewall says: net unreachable" "$in; nft_a add rule inet t i tcp dport 8080 reject with icmp type net-unreachable" "" \
		"tcp 10.0.1.2" "icmp app from 10.0.1.2 icmp.code 0"
	row "a mark set on the way out leads to no route, UDP" \
		"$route; nft_h add rule ip t o ip daddr 10.0.1.2 meta mark set 1; hi route add unreachable default table 100" \
		"hi rule add pref 1000 fwmark 1 lookup 100" \
		"udp 10.0.1.2" "reroute app inner route-type rule.priority 1000 rewrite.before.flow.mark - rewrite.after.flow.mark 1 typed EHOSTUNREACH < rule-add rule.priority 1000 comm ip"
	row "a mark set on the way out leads to no route, TCP" \
		"$route; nft_h add rule ip t o ip daddr 10.0.1.2 meta mark set 1; hi rule add pref 1000 fwmark 1 prohibit" "" \
		"tcp 10.0.1.2 wait 1500" "reroute EACCES inner rule rule.priority 1000 rewrite.after.flow.mark 1 typed EACCES"
	row "a destination changed on the way out has no route" \
		"$nat; nft_h add rule ip t o ip daddr 10.0.1.2 dnat to 198.51.100.1" "" \
		"udp 10.0.1.2" "reroute app inner no-route rewrite.before.flow.dst 10.0.1.2 rewrite.after.flow.dst 198.51.100.1 typed ENETUNREACH"
	row "a mark set on the way out leads to nobody" \
		"impatient ha; $route; nft_h add rule ip t o ip daddr 203.0.113.9 meta mark set 2; hi route add default via 10.0.1.2; hi route add default via 10.0.1.51 table 100" \
		"hi rule add pref 1000 fwmark 2 lookup 100" \
		"tcp 203.0.113.9" "neighbour app gateway 10.0.1.51 rewrite.before.flow.mark - rewrite.after.flow.mark 2 < rule-add rule.priority 1000 comm ip"
	row "a destination and a mark are changed on the way out" \
		"$nat; nft_h add rule ip t o ip daddr 10.0.1.2 meta mark set 2 dnat to 198.51.100.1; hi route add unreachable default table 100; hi route add default via 10.0.1.2" \
		"hi rule add pref 1000 fwmark 2 lookup 100" \
		"udp 10.0.1.2" "reroute app inner route-type rewrite.before.flow.dst 10.0.1.2 rewrite.after.flow.dst 198.51.100.1 rewrite.after.flow.mark 2 typed EHOSTUNREACH < rule-add rule.priority 1000 comm ip"
}

ipsec()
{
	row "an IPsec policy blocks" "" "hi xfrm policy add dir out dst 10.0.1.2/32 action block" \
		"udp 10.0.1.2" "xfrm app"
}

# An established connection: the application is told nothing for minutes.
silence()
{
	local tcp="tcp 10.0.1.2 count 8 every 300 then"

	row "an established connection: an unreachable route comes" "serve" "" \
		"$tcp 'ip -n rp-h route add unreachable 10.0.1.2/32'" \
		"route-type get route.dst 10.0.1.2 < route-add dst 10.0.1.2 comm ip"
	row "an established connection: its link goes down" "serve" "" \
		"$tcp 'ip -n rp-h link set ha down'" "no-route get < link-down dev ha comm ip"
	row "an established connection: its address goes away" "serve" "" \
		"$tcp 'ip -n rp-h addr del 10.0.1.1/24 dev ha'" "pre-check get check source < addr-del dev ha dst 10.0.1.0/24 comm ip"
	row "an established connection: carrier is lost" "impatient ha; serve" "" \
		"$tcp 'ip -n rp-a link set ah down'" "neighbour app dev ha < carrier-down dev ha"
	row "an established connection that is well" "serve" "" \
		"$tcp true" "-"
}

cases()
{
	tell_drop_reasons
	neighbours
	icmp
	netfilter
	ipsec
	silence
}

run_cases "$@"
