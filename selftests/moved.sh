#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Flows that get another way without failing: which change moved each, and what brought it
# back.
#
# The network is that of lib.sh.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

hi() { ip -n rp-h "$@"; }
try() { in_netns rp-h "${0%/*}/ask" udp 203.0.113.5 >/dev/null; }

# Other addresses of a network stay where its first one goes.
promote() { in_netns rp-h sh -c 'echo 1 >/proc/sys/net/ipv4/conf/ha/promote_secondaries'; }

if [ "${1-}" = recorded ]; then
	eval "$2"
	exit
fi

# row NAME BEFORE HISTORY EXPECTED...: of each move of the flow what differs, the change
# that moved it, and that which brought it back
row()
{
	local name=$1 before=$2 history=$3 said

	shift 3
	network_down && network_up || exit 1
	rm -rf "$dir/r"
	eval "$before" >"$dir/log" 2>&1
	routeprobe record -o "$dir/r" -- "$0" recorded "$history" >>"$dir/log" 2>&1
	routeprobe why moved -i "$dir/r" --json netns rp-h to 203.0.113.5 >"$dir/json" 2>>"$dir/log"
	said=$(jq -r 'select(.kind == "moved") | [(.differs | join("+")), .times, .cause.event // "-",
		.back.cause.event // "-"] | join(" ")' "$dir/json")
	[ "$said" = "$(printf '%s\n' "$@")" ] || note "$(cat "$dir/log" "$dir/json")"
	check_equal "$name" "$(printf '%s\n' "$@")" "$said"
}

one="hi route add default via 10.0.1.2 metric 10"
two="hi route add default via 10.0.2.2 metric 20"

plan 9
dir=$(mktemp -d) && at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
load_module || exit 1
row "a failover that worked, and its end" "$one; $two" \
	"try; hi link set ha down; try; hi link set ha up; $one; try" \
	"hop+source 1 link-down route-add"
row "a rule that leads elsewhere for a time" "$one; hi route add default via 10.0.2.2 table 100" \
	"try; hi rule add pref 100 lookup 100; try; hi rule del pref 100; try" \
	"rule+table+hop+source 1 rule-add rule-del"
row "a path that flaps" "$one" \
	"for i in 1 2 3; do try; hi route add 203.0.113.0/24 via 10.0.2.2; try; hi route del 203.0.113.0/24; done" \
	"route+hop+source 3 route-add -"
row "a next hop that is replaced" "$one" "try; hi route replace default via 10.0.2.2 metric 10; try" \
	"hop+source 1 route-replace -"
row "a source that goes" "promote; hi addr add 10.0.1.7/24 dev ha; $one" \
	"try; hi addr del 10.0.1.1/24 dev ha; $one; try" \
	"source 1 addr-del -"
row "a source that a route says" "hi addr add 10.0.1.7/24 dev ha; $one" \
	"try; hi route replace default via 10.0.1.2 metric 10 src 10.0.1.7; try" \
	"source 1 route-replace -"
row "what is replaced by the same" "$one" "try; hi route replace default via 10.0.1.2 metric 10; try"
row "what failed between" "$one" \
	"try; hi route del default; try; hi route add default via 10.0.2.2; try"
routeprobe why moved "$dir/r" netns rp-h >"$dir/text" 2>/dev/null
check_equal "without moves there are no lines" "" "$(cat "$dir/text")"
finish
