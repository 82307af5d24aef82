#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What routeprobe whatif says of IPv6; see whatif_lib.sh.
# shellcheck source=whatif_lib.sh
. "${0%/*}/whatif_lib.sh"

destinations=(2001:db8:1::2 2001:db8:2::2 2001:db8:1::1 2001:db8:6::1 2001:db8:7::1
	      2001:db8:7::2 2001:db8:8::1 2001:db8:9::1)
enough=18

# Two defaults, a rule by mark, a VRF, two next hops, a route that refuses, and one of the
# other family, which is to stay
configure()
{
	network6_up &&
	ip -6 -n rp-h -batch - <<-END &&
		route add default via 2001:db8:1::2
		route add default via 2001:db8:2::2 metric 2048
		route add 2001:db8:7::/64 nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2
		route add prohibit 2001:db8:6::/64
		route add 2001:db8:8::/64 via 2001:db8:2::2 table 100
		rule add pref 1000 fwmark 7/0xf lookup 100
		link add vred type vrf table 10
		link add hd type dummy
		link set hd master vred
		addr add 2001:db8:a::1/64 dev hd nodad
		link set vred up
		link set hd up
		route add 2001:db8:b::/64 via 2001:db8:a::2 table 10
	END
	hi route add 203.0.113.0/24 via 10.0.1.2 &&
	set_six conf/all/forwarding 1 &&
	in_netns rp-h ping -c 1 2001:db8:1::2 >/dev/null &&
	in_netns rp-h ping -c 1 2001:db8:2::2 >/dev/null
}

# As a command that is recorded: what is sent, and what is forwarded
load()
{
	local ask=${0%/*}/ask dst dport

	for dport in 8080 8081; do
		for dst in "${destinations[@]}" 203.0.113.1; do
			"$ask" udp "$dst" dport "$dport"
		done
	done >/dev/null
	{
		"$ask" udp 2001:db8:8::7 mark 7
		"$ask" udp 2001:db8:9::7 from 2001:db8:2::1
		"$ask" udp 2001:db8:b::1 oif vred
		nsenter --net=/run/netns/rp-a "$ask" udp 2001:db8:2::2
		nsenter --net=/run/netns/rp-a "$ask" udp 2001:db8:9::9
	} >/dev/null
}

[ $# = 2 ] || plan 21
begin_whatif "$@"
needs ip6_route_output_flags fib6_rule_lookup
record a
whatif a -- ip -6 route show
check_equal "what changes nothing changes nothing" "0 " "$? $(effects)"
note "$(tail -n 3 "$dir/a.err")"
check "and of most flows that is sure" \
	test "$(jq 'select(.effect == "stays") | .kind' "$dir/a.json" | wc -l)" -gt $enough
printf '%s\n' "route del default via 2001:db8:1::2" "route del default via 2001:db8:2::2" \
	>"$dir/batch"

multipath="moves 2001:db8:7::1 moves 2001:db8:7::2"
by_default=(2001:db8:8::1 2001:db8:9::1 2001:db8:9::7 2001:db8:9::9)
round "a default goes" "${by_default[*]/#/moves }" -- ip -6 route del default via 2001:db8:1::2
whatif a -- ip -6 route show
check "it would not be what was said of another" test "$(surprises b)"
again
round "both defaults go" "${by_default[*]/#/fails }" -b "$dir/batch"
again
round "a rule by mark goes" "moves 2001:db8:8::7" -- ip -6 rule del pref 1000
again
round "a rule refuses" "fails 2001:db8:9::1" -- ip -6 rule add pref 900 to 2001:db8:9::1 prohibit
again
round "a next hop goes" "$multipath" -- ip -6 route replace 2001:db8:7::/64 via 2001:db8:1::2
again
round "a refusal goes" "works 2001:db8:6::1" -- ip -6 route del prohibit 2001:db8:6::/64
again
round "a route of a VRF goes" "moves 2001:db8:b::1" -- ip -6 route del 2001:db8:b::/64 table 10
again
round "an address goes" "moves 2001:db8:2::2 moves 2001:db8:8::7" -- ip addr del 2001:db8:2::1/64 dev hb
again
round "a device goes down" \
	"moves 2001:db8:2::1 moves 2001:db8:2::2 $multipath moves 2001:db8:8::7" -- ip link set hb down
[ "$ktap_failed" = 0 ] || note "$(cat "$dir/log")"
finish
