#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What routeprobe top counts, against witnesses that are not ours: how often a
# program asked, what `ip route get` says of each destination, and what `ip route`
# and `ip rule` show as configured.
. "${0%/*}/lib.sh"

dir=${2:-$(mktemp -d)}
traffic=${0%/*}/traffic
legs=(203.0.113.1 203.0.113.2 203.0.113.3 203.0.113.4 203.0.113.5 203.0.113.6)

hi() { ip -n rp-h "$@"; }

routes_up()
{
	hi route add 10.1.0.0/16 via 10.0.1.2 &&
	hi route add 10.2.0.0/16 via 10.0.2.2 metric 7 &&
	hi route add 10.3.0.0/16 via 10.0.2.2 &&
	hi route add 10.4.0.0/16 via inet6 fe80::1 dev hb &&
	hi route add 203.0.113.0/24 nexthop via 10.0.1.2 nexthop via 10.0.2.2 weight 3 &&
	hi route add unreachable 198.51.100.1 &&
	hi route add prohibit 198.51.100.2 &&
	hi route add default via 10.0.2.2 table 100 &&
	hi route add default via 10.0.2.2 table 200
}

# send SPORT COUNT DST...
send() { "$traffic" sendto "$@" >>"$dir/told"; }

# All of them in one process' turns, each with a port of its own
load()
{
	send 2001 30 10.1.0.1 && send 2002 20 10.2.0.1 && send 2003 60 "${legs[@]}" &&
	send 2004 15 198.51.100.1
}

# top KEY ARGUMENT...: rows of what was sent, as JSON, into the file KEY; run by what
# is in BEFORE
before=()
top()
{
	local key=$1

	shift
	"${before[@]}" routeprobe top --json "$@" netns rp-h sport 2001 sport 2002 sport 2003 \
		sport 2004 sport 2005 >"$dir/$key" 2>>"$dir/log"
}

# counted NAME EXPECTED KEY FILTER: the sum of hits of the rows that FILTER selects.
# A call that a probe missed is no hit; that is rare, and not what is tested here.
counted()
{
	local got missed

	got=$(jq -s "[.[] | select(.kind == \"top\") | select($4) | .hits] | add // 0" "$dir/$3")
	missed=$(jq 'select(.kind == "end") | .missed' "$dir/$3")
	if [ "$2" != "$got" ] && [ "$missed" -gt 0 ]; then
		skip "$1" "$got of $2, $missed calls missed by probes"
	else
		check_equal "$1" "$2" "$got"
	fi
}

# How many of what was sent to the legs should have gone by device DEV
expected_by()
{
	local dst n=0

	for dst in "${legs[@]}"; do
		[ "$(hi -j route get "$dst" | jq -r '.[0].dev')" != "$1" ] || n=$((n + 10))
	done
	echo $n
}

# PREFIX DEV of each leg in main that ip shows, and of each row that was never hit
shown_by_ip()
{
	{ hi -j route show table main; hi -j -6 route show table main; } | jq -r '.[] | select((.type // "unicast") == "unicast")
		| .dst as $dst | (.nexthops // [.])[] | "\($dst) \(.dev)"' | sort
}

never()
{
	jq -r 'select(.kind == "top" and .table == "main" and .route.type == "unicast")
		| select('"$2"') | "\(.route.dst) \(.dev)"' "$dir/$1" | sort
}

# The rows that nothing was sent to; the kernel may choose one leg for all.
unused()
{
	local dev

	shown_by_ip | grep -E '^(10\.(0|3|4)\.|fe80:)'
	for dev in ha hb; do
		[ "$(expected_by $dev)" != 0 ] || echo "203.0.113.0/24 $dev"
	done
}

by_route()
{
	in_netns rp-h routeprobe record -o "$dir/a" -- "$0" load "$dir" 2>>"$dir/log"
	top a.route -i "$dir/a"
	counted "a route's hits" 30 a.route '.route.dst == "10.1.0.0/16" and .dev == "ha"'
	counted "a route with a metric" 20 a.route \
		'.route.dst == "10.2.0.0/16" and .route.metric == 7 and .gateway == "10.0.2.2"'
	counted "one leg of a multipath route" "$(expected_by ha)" a.route \
		'.route.dst == "203.0.113.0/24" and .dev == "ha"'
	counted "its other leg" "$(expected_by hb)" a.route \
		'.route.dst == "203.0.113.0/24" and .dev == "hb"'
	counted "refusals, as often as the program was told" \
		"$(awk '$4 == 113' "$dir/told" | wc -l)" a.route \
		'.match == "(unreachable route)" and .failed == .hits'
	counted "a program's name" 125 a.route '.comm == "traffic" and .owned == .hits'
	check_equal "rows are all legs that ip shows, hit or not" "$(shown_by_ip)" "$(never a.route true)"
	check_equal "never hit are those that nothing was sent to" "$(unused | sort)" \
		"$(never a.route '.hits == 0')"
	check_equal "a refusing route is not said to be unused" "0 null" "$(jq -r '
		select(.route.type == "unreachable" or .route.type == "prohibit") | .hits' \
		"$dir/a.route" | sort | xargs)"
	check_equal "a gateway of the other family" "fe80::1" \
		"$(jq -r 'select(.route.dst == "10.4.0.0/16") | .via.host' "$dir/a.route")"
}

by_the_rest()
{
	top a.flow -i "$dir/a" --by flow
	counted "a flow" 30 a.flow '.flow.dst == "10.1.0.1" and .asked == "output"'
	top a.verdict -i "$dir/a" --by verdict
	counted "a verdict" 15 a.verdict '.verdict == "EHOSTUNREACH"'
	top a.caller -i "$dir/a" --by caller
	counted "a caller" 125 a.caller '.caller == "udp_sendmsg"'
	top a.rule -i "$dir/a" --by rule
	counted "no rule, as there are none but the kernel's" 125 a.rule '.rule | not'
}

load_marked() { "$traffic" -m 1 sendto 2005 25 10.1.0.1 >/dev/null && load; }

by_rule()
{
	hi rule add pref 1000 fwmark 1 lookup 100
	hi rule add pref 1001 fwmark 2 lookup 200
	in_netns rp-h routeprobe record -o "$dir/b" -- "$0" load_marked "$dir" 2>>"$dir/log"
	top b.rule -i "$dir/b" --by rule
	counted "a rule's hits" 25 b.rule '.rule.priority == 1000 and .rule.table == "100"'
	counted "the rule of table main" 125 b.rule '.rule.priority == 32766'
	check_equal "rules are all that ip shows" \
		"$({ hi -j rule show; hi -j -6 rule show; } | jq -r '.[].priority' | sort)" \
		"$(jq -r 'select(.kind == "top") | .rule.priority' "$dir/b.rule" | sort)"
	check_equal "a rule that never decided" "0" \
		"$(jq 'select(.rule.priority == 1001) | .hits' "$dir/b.rule")"
	top b.table -i "$dir/b" --by table
	counted "a table" 25 b.table '.table == "100"'
}

# What the buffer holds, and what comes until it is interrupted
live()
{
	top live
	counted "live: both loads are in the buffer" 60 live \
		'.route.dst == "10.1.0.0/16" and .dev == "ha"'
	check_equal "live: what is configured now is told" "$(shown_by_ip)" "$(never live true)"
	before=(timeout --preserve-status -s INT 5)
	top follow -f &
	sleep 2
	in_netns rp-h "$traffic" sendto 2001 40 10.1.0.1 >/dev/null
	wait $!
	check_equal "live: an interrupt ends it in good order" 0 $?
	counted "live: and what came is counted too" 100 follow \
		'.route.dst == "10.1.0.0/16" and .dev == "ha"'
}

# As a command that is recorded, with a directory
if [ $# = 2 ]; then
	"$1"
	exit
fi

plan 23
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
load_module records_per_cpu=65536 && network_up && routes_up || exit 1
in_netns rp-h ping -c 1 10.0.1.2 >/dev/null && in_netns rp-h ping -c 1 10.0.2.2 >/dev/null
needs ip_route_output_key_hash_rcu fib_table_lookup fib4_rule_action fib_rules_lookup
by_route
by_the_rest
by_rule
live
[ "$ktap_failed" = 0 ] || note "$(cat "$dir/log")"
finish
