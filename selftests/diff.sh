#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# routeprobe diff against `ip route get`: two recordings of the same traffic, before
# and after a change of routes and rules, in a namespace that was made anew, so that
# it has the same name and another number.
. "${0%/*}/lib.sh"

dir=${2:-$(mktemp -d)}
destinations=(10.0.1.2 10.0.2.2 10.0.1.1 10.1.0.1 10.2.0.1 10.3.0.1 10.4.0.1 10.5.0.1 10.6.0.1
	      10.7.0.1)

hi() { ip -n rp-h "$@"; }

routes_up()
{
	local n

	for n in 1 2 3 4 5 6; do
		hi route add 10.$n.0.0/16 via 10.0.1.2 || return
	done
	hi addr add 10.0.1.9/24 dev ha &&
	in_netns rp-h ping -c 1 10.0.1.2 >/dev/null && in_netns rp-h ping -c 1 10.0.2.2 >/dev/null
}

# Of 10.1.0.0/16 nothing, of the others each in a way of its own
routes_change()
{
	hi route replace 10.2.0.0/16 via 10.0.2.2 &&
	hi route del 10.3.0.0/16 &&
	hi route replace unreachable 10.4.0.0/16 &&
	hi route add 10.5.0.0/16 via 10.0.2.2 table 100 &&
	hi rule add pref 1000 to 10.5.0.0/16 lookup 100 &&
	hi route replace 10.6.0.0/16 via 10.0.1.2 src 10.0.1.9
}

load() { "${0%/*}/traffic" sendto 2001 $((3 * ${#destinations[@]})) "${destinations[@]}" >/dev/null; }

# DST VERDICT GATEWAY DEV SOURCE of every destination, into the file $1.ip, and a
# recording $1
record()
{
	local dst said

	for dst in "${destinations[@]}"; do
		if said=$(hi -j route get "$dst" 2>&1); then
			said=$(jq -r '.[0] | "ok \(.gateway // "-") \(.dev) \(.prefsrc)"' <<<"$said")
		else
			case $said in
			*"Network is unreachable"*) said="ENETUNREACH - - -" ;;
			*"No route to host"*)	    said="EHOSTUNREACH - - -" ;;
			esac
		fi
		echo "$dst $said"
	done | sort >"$dir/$1.ip"
	in_netns rp-h routeprobe record -o "$dir/$1" -- "$0" load "$dir" 2>>"$dir/log"
}

# differ STATUS ARGUMENT...: run routeprobe diff, which must exit with STATUS
differ()
{
	local name=$1 status=$2 ended=0

	shift 2
	routeprobe diff --json "$@" netns rp-h sport 2001 >"$dir/diff" 2>>"$dir/log" || ended=$?
	check_equal "$name" "$status" "$ended"
}

# DST, and what A and B were answered, of each flow that differs
said()
{
	jq -r 'def answer: [.verdict, .gateway // "-", .dev // "-", .prefsrc // "-"] | join(" ");
	       select(.kind == "diff") | "\(.flow.dst) \(.a | map(answer) | join(",")) \(.b | map(answer) | join(","))"' \
		"$dir/diff" | sort -u
}

# fields DST: what differs of a destination's flows
fields() { jq -r "select(.flow.dst == \"$1\") | .differs | join(\" \")" "$dir/diff" | sort -u; }

# As a command that is recorded, with a directory
if [ $# = 2 ]; then
	"$1"
	exit
fi

plan 12
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
load_module records_per_cpu=65536 && network_up && routes_up || exit 1
needs ip_route_output_key_hash_rcu fib_table_lookup fib4_rule_action fib_rules_lookup
record a
record again
differ "the same traffic twice differs in nothing" 0 "$dir/a" "$dir/again"
check_equal "and yet all flows were compared" $((3 * ${#destinations[@]})) \
	"$(jq 'select(.kind == "summary") | .same' "$dir/diff")"

# As long as somebody is in there, its number is not given away.
nsenter --net=/run/netns/rp-h -- sleep 600 &
at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
sleep 0.5
before=$(netns_inode rp-h)
network_down
network_up && routes_up && routes_change || exit 1
check "the namespace has another number" test "$(netns_inode rp-h)" != "$before"
record b
differ "a change of routes makes differences" 1 "$dir/a" "$dir/b"
check_equal "flows that differ, and their answers, are what ip route get says" \
	"$(join "$dir/a.ip" "$dir/b.ip" | awk '$2 " " $3 " " $4 " " $5 != $6 " " $7 " " $8 " " $9')" \
	"$(said)"
check_equal "another gateway" "hop source" "$(fields 10.2.0.1)"
check_equal "no route any more" "verdict table route hop source" "$(fields 10.3.0.1)"
check_equal "a route that refuses" "verdict route hop source" "$(fields 10.4.0.1)"
check_equal "another rule" "rule table hop source" "$(fields 10.5.0.1)"
check_equal "another source" "source" "$(fields 10.6.0.1)"

rm -r "$dir/again"
differ "a recording that is not there is trouble" 2 "$dir/a" "$dir/again"
truncate -s -1 "$dir"/b/packed0
truncate -s -1 "$dir"/b/packed1
differ "so is one that is damaged" 2 "$dir/a" "$dir/b"
[ "$ktap_failed" = 0 ] || note "$(cat "$dir/log" "$dir"/*.ip; said)"
finish
