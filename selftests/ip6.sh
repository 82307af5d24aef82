#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6: what routeprobe says of decisions that find a way, as `ip -6 route get` has it, and
# of those that fail, as the application is told; see why_lib.sh for what a row says.
#
# The network is that of lib.sh with both families.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

default="hi -6 route add default via 2001:db8:1::2"

six() { network6_up && set_six icmp/ratelimit 0; }

# What a decision found, and what `ip -6 route get` does: gateway, device, metric, source.
found_program='[.gateway // "-", .dev // "-", (.metric // .route.metric // 0 | tostring), .prefsrc // "-"] | join(" ")'

# seen NAME BEFORE KIND PROBE: the application is told of no error, and the decision, which
# is of this kind, is what `ip -6 route get` says.  Of input nothing has a source, and one
# that was asked for is not told by `ip route get`.
seen()
{
	local name=$1 before=$2 kind=$3 probe=$4 words get said

	# shellcheck disable=SC2254,SC2053 # a pattern
	[[ $name == ${row_only:-*} ]] || return
	network_down && network_up || exit 1
	row_dir=$(mktemp -d "$rows/XXXXXX")
	eval "$before" >>"$row_dir/log" 2>&1 || echo "before: failed" >>"$row_dir/log"
	routeprobe record -o "$row_dir/r" -- "$0" row "$row_dir" "" "$probe" >>"$row_dir/log" 2>&1
	read -ra words < <(eval "get_words $probe")
	get=$(ip -6 -j -n rp-h route get "${words[@]}" 2>>"$row_dir/log" | jq -r ".[] | $found_program")
	said=$(routeprobe report -i "$row_dir/r" --json -6 netns rp-h to "${words[0]}" \
		2>>"$row_dir/log" | jq -r "select(.kind == \"$kind\" and .verdict == \"ok\" and
			(.comm == \"ask\" or .kind == \"input\")) | $found_program" | sort -u)
	case $kind:${words[*]} in
	input:*) get="${get% *} -" ;;
	*from*)	get="${get% *} ${words[2]}" ;;
	esac
	[ "$get" = "$said" ] || note "$(cat "$row_dir/log")"
	check_equal "$name" "ok $get" "$(<"$row_dir/app") $said"
	rm -r "$row_dir/r"
}

ways()
{
	seen "a packet to a neighbour" six output "udp 2001:db8:1::2"
	seen "a packet by a gateway" "six; $default" output "udp 2001:db8:9::1"
	seen "a packet of a connected socket" "six; $default" output "udp 2001:db8:9::1 connected 1"
	seen "a packet from an address of another device" "six; $default" output \
		"udp 2001:db8:9::1 from 2001:db8:2::1"
	seen "a packet to ourselves" six output "udp 2001:db8:1::1"
	seen "a packet by a rule" \
		"six; $default; hi -6 route add default via 2001:db8:2::2 table 100; hi -6 rule add fwmark 1 lookup 100" \
		output "udp 2001:db8:9::1 mark 1"
	seen "a route with a source of its own" "six; $default src 2001:db8:2::1" output "udp 2001:db8:9::1"
	seen "a link-local address with its device" \
		"six; wait_for 10 has_link_local rp-a ah; wait_for 10 has_link_local rp-h ha" output \
		"udp \$(link_local rp-a ah)%ha"
	seen "a forwarded packet" "six; set_six conf/all/forwarding 1" input "rp-a udp 2001:db8:2::2"
	seen "a received packet" six input "rp-a udp 2001:db8:1::1"
}

# What the type of the route says, or that there is none
types()
{
	row "no route" six "" \
		"udp 2001:db8:9::1" "no-route both table -"
	row "no route, of TCP" six "" \
		"tcp 2001:db8:9::1" "no-route both"
	row "no route, of ip route get" six "" \
		"get 2001:db8:9::1" "no-route both"
	row "an unreachable route" "six; $default" "hi -6 route add unreachable 2001:db8:9::1" \
		"udp 2001:db8:9::1" "route-type both route.type unreachable route.dst 2001:db8:9::1 < route-add dst 2001:db8:9::1 table main comm ip"
	row "an unreachable route that was there before" "six; $default; hi -6 route add unreachable 2001:db8:9::/48" "" \
		"tcp 2001:db8:9::1" "route-type both route.dst 2001:db8:9::/48"
	row "a prohibiting route" "six; $default" "hi -6 route add prohibit 2001:db8:9::/64" \
		"tcp 2001:db8:9::1" "route-type both route.type prohibit < route-add dst 2001:db8:9::/64 comm ip"
	row "a blackhole" "six; $default" "hi -6 route add blackhole 2001:db8:9::/64" \
		"udp 2001:db8:9::1" "route-type both route.type blackhole < route-add dst 2001:db8:9::/64 comm ip"
	row "a route is replaced by one that refuses" "six; hi -6 route add 2001:db8:9::/64 via 2001:db8:1::2" \
		"hi -6 route replace unreachable 2001:db8:9::/64" \
		"udp 2001:db8:9::1" "route-type both < route-replace dst 2001:db8:9::/64 comm ip"
	row "a rule that prohibits" "six; $default" "hi -6 rule add pref 100 to 2001:db8:9::/64 prohibit" \
		"udp 2001:db8:9::1" "rule both rule.priority 100 rule.action prohibit < rule-add rule.priority 100 comm ip"
	row "a rule that is unreachable" "six; $default" "hi -6 rule add pref 100 fwmark 7 unreachable" \
		"udp 2001:db8:9::1 mark 7" "rule both rule.action unreachable < rule-add rule.priority 100 comm ip"
	row "a rule of IPv4 is nothing to IPv6" "six; $default" "hi rule add pref 100 prohibit" \
		"udp 2001:db8:9::1" "-"
	row "a table of a rule refuses" "six; $default; hi -6 route add unreachable default table 100" \
		"hi -6 rule add pref 100 to 2001:db8:9::/64 lookup 100" \
		"udp 2001:db8:9::1" "route-type both table 100 < rule-add rule.priority 100 comm ip"
}

# No more way to where no row sends
is_lost() { ! hi -6 route get 2001:db8:8::1; }
has_default() { [ "$(hi -6 route show default)" ]; }
advertised() { advertise 1800 && wait_for 10 has_default; }
withdrawn() { advertise 0 && wait_for 10 eval "! has_default"; }

# What went, and what took it along
changes()
{
	row "the default route is deleted" "six; $default" "hi -6 route del default" \
		"udp 2001:db8:9::1" "no-route both < route-del dst default table main comm ip"
	row "the better of two routes is deleted" "six; $default; hi -6 route add default via 2001:db8:2::2 metric 2048" \
		"hi -6 route del default via 2001:db8:1::2" \
		"udp 2001:db8:9::1" "-"
	row "the route of IPv4 is deleted" "six; $default; hi route add default via 10.0.1.2" \
		"hi route del default" \
		"udp 2001:db8:9::1" "-"
	row "a link is set down" "six; $default" "hi link set ha down" \
		"udp 2001:db8:9::1" "no-route both < link-down dev ha dst default comm ip"
	row "a link is set down: its connected route" six "hi link set ha down" \
		"tcp 2001:db8:1::2" "no-route both < link-down dev ha dst 2001:db8:1::/64 comm ip"
	row "a link with many routes is set down" "six; many 4096 5096" "hi link set ha down" \
		"udp 2001:db8:13e8::1" "no-route both < link-down dev ha dst 2001:db8:13e8::/64 comm ip"
	row "an address is removed, and its network with it" six "hi addr del 2001:db8:1::1/64 dev ha" \
		"udp 2001:db8:1::2" "no-route both < addr-del dev ha dst 2001:db8:1::/64 comm ip"
	row "IPv6 is switched off for a device" "six; $default" "set_six conf/ha/disable_ipv6 1" \
		"udp 2001:db8:9::1" "no-route both < sysctl sysctl net.ipv6.conf.ha.disable_ipv6 dev ha dst default comm sh"
	row "forwarding is switched on, and what a router advertised goes" "six; advertised" \
		"set_six conf/all/forwarding 1" \
		"udp 2001:db8:9::1" "no-route both < sysctl sysctl net.ipv6.conf.all.forwarding dst default comm sh"
	row "forwarding is switched on, and a route of ours deleted" "six; $default" \
		"set_six conf/all/forwarding 1; hi -6 route del default" \
		"udp 2001:db8:9::1" "no-route both < route-del dst default table main comm ip"
	row "IPv6 is switched off for another device" "six; $default" \
		"set_six conf/hb/disable_ipv6 1; hi -6 route del default" \
		"udp 2001:db8:9::1" "no-route both < route-del dst default table main comm ip"
	row "IPv6 was off for a while" "six; $default" \
		"set_six conf/ha/disable_ipv6 1; set_six conf/ha/disable_ipv6 0; add_address rp-h 2001:db8:1::1 ha; $default; hi -6 route del default" \
		"udp 2001:db8:9::1" "no-route both < route-del dst default table main comm ip"
	row "a device gets a small MTU" "six; $default" "hi link set ha mtu 1200" \
		"udp 2001:db8:9::1" "no-route both < disable-ipv6 dev ha dst default comm ip"
	row "a device is deleted" "six; $default" "hi link del ha" \
		"udp 2001:db8:9::1" "no-route both < link-del dev ha dst default comm ip"
	row "a router withdraws itself" "six; advertised" withdrawn \
		"udp 2001:db8:9::1" "no-route both < router-advertisement dev ha dst default"
	row "a rule is deleted" \
		"six; hi -6 route add default via 2001:db8:2::2 table 100; hi -6 rule add pref 100 fwmark 1 lookup 100" \
		"hi -6 rule del pref 100" \
		"udp 2001:db8:9::1 mark 1" "no-route both < rule-del rule.priority 100 comm ip"
	row "the rule of the main table is deleted" "six; $default; hi -6 rule add pref 100 fwmark 7 lookup 100" \
		"hi -6 rule del pref 32766" \
		"udp 2001:db8:9::1" "no-route both < rule-del rule.priority 32766 comm ip"
	row "the rule of the main table is deleted, and there is no other" "six; $default" \
		"hi -6 rule del pref 32766" \
		"udp 2001:db8:9::1" "-"
	row "an own address is removed" "six; $default; hi addr add 2001:db8:5::1/128 dev ha; hi -6 route add unreachable 2001:db8:5::/64" \
		"hi addr del 2001:db8:5::1/128 dev ha" \
		"udp 2001:db8:5::1" "route-type both route.dst 2001:db8:5::/64 < addr-del dev ha dst 2001:db8:5::1 comm ip"
	row "an own address is removed, and nothing is left" six \
		"hi addr del 2001:db8:1::1/64 dev ha" \
		"tcp 2001:db8:1::1" "no-route both < addr-del dev ha dst 2001:db8:1::1 comm ip"
	row "a longer route leads to nobody" "six; $default" \
		"hi -6 route add 2001:db8:9::/64 via 2001:db8:1::99" \
		"udp 2001:db8:9::1 recverr 1 wait 4000" "neighbour app gateway 2001:db8:1::99 dev ha < route-add dst 2001:db8:9::/64 comm ip"
	row "a route goes and comes back, and another goes" "six; $default; hi -6 route add 2001:db8:9::/64 via 2001:db8:1::2" \
		"hi -6 route del default; $default; hi -6 route del 2001:db8:9::/64; hi -6 route add unreachable 2001:db8:9::/64" \
		"udp 2001:db8:9::1" "route-type both < route-add dst 2001:db8:9::/64 comm ip"
	row "a route of another source goes" "six; $default from 2001:db8:2::1; $default from 2001:db8:1::/64" \
		"hi -6 route del default from 2001:db8:2::1; hi -6 route del default from 2001:db8:1::/64; hi -6 route add default from 2001:db8:3::1 dev ha" \
		"udp 2001:db8:9::1 from 2001:db8:1::1" "no-route both < route-del dst default comm ip"
	row "a rule for the source that was asked for" "six; $default" \
		"hi -6 rule add pref 100 from 2001:db8:1::1 prohibit" \
		"udp 2001:db8:9::1 from 2001:db8:1::1" "rule both rule.priority 100 < rule-add rule.priority 100 comm ip"
	row "a rule for a source is none for what is yet to be chosen" "six; $default" \
		"hi -6 rule add pref 100 from 2001:db8:1::1 prohibit" \
		"udp 2001:db8:9::1" "-"
	row "both legs of a route go" "six; hi -6 route add default nexthop via 2001:db8:1::2 nexthop via 2001:db8:2::2" \
		"hi -6 route del default via 2001:db8:2::2 dev hb; hi link set ha down" \
		"udp 2001:db8:9::1" "no-route both < link-down dev ha dst default comm ip"
	row "a route's time is over" "six; $default expires 2" \
		"wait_for 20 is_lost" \
		"udp 2001:db8:9::1" "expired both route.dst default route.derived true"
	row "a router's time is over" "six; advertise 2; wait_for 10 has_default" \
		"wait_for 20 is_lost" \
		"udp 2001:db8:9::1" "expired both route.dst default"
	row "a route's time is over, and then another goes" "six; $default expires 2; hi -6 route add 2001:db8:9::/64 via 2001:db8:1::2" \
		"wait_for 20 is_lost; hi -6 route del 2001:db8:9::/64" \
		"udp 2001:db8:9::1" "no-route both < route-del dst 2001:db8:9::/64 comm ip"
	row "no address is left to send from" "six; hi link set hb down; hi addr del 2001:db8:1::1/64 dev ha; hi addr flush dev ha scope link" \
		"hi link set lo down; hi addr flush dev lo" \
		"udp 2001:db8:9::1" "source other"
}

# A takes datagrams of both families, and answers none, until the row ends.
hear()
{
	# shellcheck disable=SC2016 # for perl
	nsenter --net=/run/netns/rp-a -- perl -e '
		use Socket qw(:all);
		socket(S, AF_INET6, SOCK_DGRAM, 0) or die;
		bind(S, pack_sockaddr_in6(8080, inet_pton(AF_INET6, "::"))) or die;
		sleep;' &
	row_server=$!
	wait_for 10 eval "in_netns rp-a ss -Hlun | grep -q :8080"
}

# A is a router that has no way.
route_of_a()
{
	in_netns rp-a sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding' &&
	ai -6 route add unreachable 2001:db8:9::/64
}

# A program that has both addresses of a name
families()
{
	row "IPv4 takes over" "six; serve; $default" "hi -6 route del default" \
		"tcp 2001:db8:9::1 else 10.0.1.2" "no-route both times 1 takeover.family inet takeover.dst 10.0.1.2 takeover.times 1 < route-del dst default comm ip"
	row "IPv4 takes over from what another host refuses" "six; hear; $default; route_of_a" "" \
		"udp 2001:db8:9::1 recverr 1 count 2 else 10.0.1.2" "icmp app from 2001:db8:1::2 takeover.dst 10.0.1.2"
	row "IPv6 takes over" "six; hear" "" \
		"udp 203.0.113.1 else 2001:db8:1::2" "no-route both takeover.family inet6 takeover.dst 2001:db8:1::2"
	row "IPv4 has a way, but nobody listens" six "" \
		"udp 2001:db8:9::1 else 10.0.1.2" "no-route both takeover -"
	row "IPv4 has no way either" six "" \
		"udp 2001:db8:9::1 else 203.0.113.1" "no-route both takeover -"
}

# Packets that got no further than the next host, or us
others()
{
	row "a neighbour that does not answer" six "" \
		"udp 2001:db8:1::99 recverr 1 wait 4000" "neighbour app gateway 2001:db8:1::99 dev ha"
	row "not forwarded, as there is no route" "six; set_six conf/all/forwarding 1" "" \
		"rp-a udp 2001:db8:9::1" "forward get inner no-route icmp.name no-route"
	row "not forwarded, as a route prohibits" "six; set_six conf/all/forwarding 1" \
		"hi -6 route add prohibit 2001:db8:9::/64" \
		"rp-a udp 2001:db8:9::1" "forward get inner route-type route.dst 2001:db8:9::/64 < route-add dst 2001:db8:9::/64 comm ip"
	row "not forwarded, as forwarding is off" six "" \
		"rp-a udp 2001:db8:2::2" "forward EINVAL inner forwarding-off"
	row "a link-local address by a device that is down" "six; hi link set hb down" "" \
		"udp fe80::1%hb" "no-route both"
}

# Destinations of the records that were made in rp-h after line SINCE of the events
destinations()
{
	tail -n "+$(($1 + 1))" "$RP_DEBUGFS/events" | grep " netns $(netns_inode rp-h) " |
		sed -nE 's/.* (output|output-flow|lookup): .*> \[?([0-9a-f:.]+)\]?:8080 .*/\2/p' |
		sort -u | paste -sd' '
}

# parameter NAME VALUE: of the module
parameter() { echo "$2" >"$RP_PARAMETERS/$1"; }

# chosen NAME FILTER EXPECTED: of packets to three hosts, those that the module records
chosen()
{
	local since dst

	# shellcheck disable=SC2254,SC2053 # a pattern
	[[ $1 == ${row_only:-*} ]] || return
	network_down && network_up && six && parameter filter "$2" || exit 1
	since=$(wc -l <"$RP_DEBUGFS/events")
	for dst in 10.0.1.2 2001:db8:1::2 2001:db8:9::1; do
		in_netns rp-h "${0%/*}/ask" udp "$dst" >/dev/null
	done
	parameter filter ""
	check_equal "$1" "$3" "$(destinations "$since")"
}

# many FIRST LAST: routes of prefixes of these numbers
many()
{
	local i

	for ((i = $1; i <= $2; i++)); do
		printf 'route add 2001:db8:%x::/64 via 2001:db8:1::2\n' "$i"
	done | ip -6 -n rp-h -batch -
}

# flooded NAME ROUTES: a device takes as many along, more than a buffer holds; all of them are
# counted, and what happened before is still there.
flooded()
{
	local routes new left_out

	# shellcheck disable=SC2254,SC2053 # a pattern
	[[ $1 == ${row_only:-*} ]] || return
	network_down && network_up && six && many 4096 $((4095 + $2)) || exit 1
	in_netns rp-h "${0%/*}/ask" udp 2001:db8:ffff::1 >/dev/null
	routes=$(hi -6 route show table all dev ha | wc -l)
	hi link set ha down
	new=$(sed -n '/2001:db8:ffff::1/,$p' "$RP_DEBUGFS/events" |
		grep " netns $(netns_inode rp-h) ")
	left_out=$(sed -n 's/.* link-event: down .* and \([0-9]*\) more routes died.*/\1/p' <<<"$new")
	check_equal "$1" "$routes" $(($(grep -cE ' event: delete .*:.*/.* dev ha' <<<"$new") + left_out))
}

freeze_state() { awk '$1 == "freeze_state" { print $2 }' "$RP_DEBUGFS/stats"; }

# frozen NAME WORDS EXPECTED: is it, after a failure of IPv4, and then after one of IPv6?
frozen()
{
	local before

	# shellcheck disable=SC2254,SC2053 # a pattern
	[[ $1 == ${row_only:-*} ]] || return
	network_down && network_up && six && parameter freeze "$2" || exit 1
	in_netns rp-h "${0%/*}/ask" udp 198.51.100.1 >/dev/null
	before=$(freeze_state)
	in_netns rp-h "${0%/*}/ask" udp 2001:db8:9::1 >/dev/null
	check_equal "$1" "$3" "$before, $(freeze_state)"
	parameter freeze off
}

filters()
{
	chosen "a filter by an address of IPv6" "to 2001:db8:9::/64" "2001:db8:9::1"
	chosen "a filter by its family" "family inet6" "2001:db8:1::2 2001:db8:9::1"
	chosen "a filter by the other family" "family inet" "10.0.1.2"
	chosen "a filter by a source that is yet to be chosen" "from 2001:db8:1::1" \
		"2001:db8:1::2 2001:db8:9::1"
	chosen "a filter by an error" "error ENETUNREACH" "2001:db8:9::1"
	frozen "a failure of IPv6 freezes" "error ENETUNREACH family inet6" "armed, ending"
}

cases()
{
	ways
	types
	changes
	families
	others
	filters
	flooded "what led to it is still there when 20,000 routes die" 20000
}

run_cases "$@"
