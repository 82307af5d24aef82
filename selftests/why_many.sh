#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many failures in one recording, some at the same time, while other traffic passes:
# each has a line of its own that says where it came from and what caused it, and no
# change is blamed for what it did not do.
# shellcheck source=why_lib.sh
. "${0%/*}/why_lib.sh"

# failure NUMBER CHANGE PROBE EXPECTED: as of row.  Those with the same number happen at
# the same time.
numbers=() changes=() probes=() expected=()
failure()
{
	numbers+=("$1")
	changes+=("$2")
	probes+=("$3")
	expected+=("$4")
}

# What was there before; neighbours are given up soon.
many_before()
{
	impatient ha
	impatient hb
	in_netns rp-b sh -c "echo 100 >/proc/sys/net/ipv4/neigh/bh/retrans_time_ms"
	set_h ip_forward 1
	set_a ip_forward 1
	ai route add default via 10.0.1.1
	ai route add unreachable 203.0.113.1
	ai link add far type dummy
	ai link set far up
	ai route add 203.0.113.2 dev far
	bi route add 10.0.1.0/24 via 10.0.2.1
	hi link add d0 type dummy
	hi link set d0 up
	hi addr add 10.7.0.1/24 dev d0
	hi link add d1 type dummy
	hi link set d1 up
	hi addr add 10.7.1.1/24 dev d1
	hi route add 192.0.2.0/24 via 10.0.1.2
	hi route add 198.51.100.8 via 10.0.1.2
	hi route add 198.51.100.13 via 10.0.1.2
	hi route add 198.51.100.14 via 10.0.1.2
	hi route add 198.51.100.15 via 10.0.1.2
	hi route add 198.51.100.16 via 10.7.0.2
	hi route add 198.51.100.17 via 10.0.1.2
	hi route add 198.51.100.18 via 10.0.1.2
	hi route add 198.51.100.20 via 10.7.1.2
	hi route add 203.0.113.0/24 via 10.0.1.2
	bi route add 198.51.100.20 via 10.0.2.1
	bi route add unreachable 198.51.100.17
	nft_h add table ip t
	nft_h add chain ip t o '{ type filter hook output priority 0; }'
	nft_h add chain ip t r '{ type route hook output priority 0; }'
	nft_h add rule ip t r ip daddr 198.51.100.14 meta mark set 14
}

many()
{
	failure 1 "" \
		"udp 198.51.100.1" "no-route app"
	failure 2 "hi route add unreachable 198.51.100.2" \
		"tcp 198.51.100.2" "route-type app route.type unreachable < route-add dst 198.51.100.2 comm ip"
	failure 3 "hi route add prohibit 198.51.100.3" \
		"udp 198.51.100.3" "route-type app route.type prohibit < route-add dst 198.51.100.3 comm ip"
	failure 4 "hi route add blackhole 198.51.100.4" \
		"udp 198.51.100.4" "route-type app route.type blackhole < route-add dst 198.51.100.4 comm ip"
	failure 5 "hi route add throw 192.0.2.5" \
		"tcp 192.0.2.5" "route-type app route.type throw < route-add dst 192.0.2.5 comm ip"
	failure 6 "hi rule add pref 600 to 198.51.100.6 prohibit" \
		"tcp 198.51.100.6" "rule app rule.priority 600 < rule-add rule.priority 600 comm ip"
	failure 7 "hi rule add pref 700 to 198.51.100.7 uidrange 1000-1000 blackhole" \
		"udp 198.51.100.7 uid 1000" "rule app rule.priority 700 < rule-add rule.priority 700 comm ip"
	failure 8 "hi route del 198.51.100.8" \
		"udp 198.51.100.8" "no-route app < route-del dst 198.51.100.8 comm ip"
	failure 9 "" \
		"tcp 10.0.1.50" "neighbour app gateway 10.0.1.50 dev ha"
	failure 10 "hi route add 198.51.100.10 via 10.0.1.51" \
		"tcp 198.51.100.10" "neighbour app gateway 10.0.1.51 dev ha < route-add dst 198.51.100.10 comm ip"
	failure 11 "" \
		"tcp 203.0.113.1" "icmp app from 10.0.1.2 icmp.code 1"
	failure 12 "" \
		"tcp 203.0.113.2 ttl 1" "ttl app from 10.0.1.2"
	failure 13 "nft_h add rule ip t o ip daddr 198.51.100.13 drop" \
		"udp 198.51.100.13" "netfilter app hook output"
	failure 14 "hi rule add pref 1400 fwmark 14 unreachable" \
		"udp 198.51.100.14" "reroute app inner rule < rule-add rule.priority 1400 comm ip"
	failure 15 "" \
		"udp 198.51.100.15 from 1.2.3.4 freebind 1" "pre-check app check source"
	failure 16 "hi link set d0 down" \
		"udp 198.51.100.16" "no-route app < link-down dev d0 dst 198.51.100.16 comm ip"
	failure 16 "bi route add prohibit 198.51.100.16" \
		"rp-b udp 198.51.100.16" "route-type app route.type prohibit < route-add dst 198.51.100.16 comm ip"
	failure 17 "hi rule add pref 1700 to 198.51.100.17 unreachable" \
		"tcp 198.51.100.17" "rule app rule.priority 1700 < rule-add rule.priority 1700 comm ip"
	failure 17 "" \
		"rp-b tcp 198.51.100.17" "route-type app route.type unreachable"
	failure 18 "hi route del 198.51.100.18" \
		"udp 198.51.100.18" "no-route app < route-del dst 198.51.100.18 comm ip"
	failure 18 "bi route add unreachable 198.51.100.18" \
		"rp-b udp 198.51.100.18" "route-type app < route-add dst 198.51.100.18 comm ip"
	failure 19 "" \
		"tcp 10.0.1.52" "neighbour app gateway 10.0.1.52 dev ha"
	failure 19 "" \
		"rp-b tcp 10.0.2.52" "neighbour app gateway 10.0.2.52 dev bh"
	failure 20 "hi addr del 10.7.1.1/24 dev d1" \
		"udp 198.51.100.20" "no-route app < addr-del dev d1 dst 198.51.100.20 comm ip"
	failure 20 "bi route del 198.51.100.20" \
		"rp-b udp 198.51.100.20" "no-route app < route-del dst 198.51.100.20 comm ip"
}

# Changes first, and then failures, so that the newest change is that of another.
blame_before()
{
	set_h ip_forward 1
	ai route add 10.0.2.0/24 via 10.0.1.1
	bi route add 10.0.1.0/24 via 10.0.2.1
	hi route add 203.0.113.0/24 via 10.0.1.2
	hi route add 198.51.100.0/24 via 10.0.2.2
	bi route add 203.0.113.0/24 via 10.0.2.1
	bi route add 192.0.2.0/24 via 10.0.2.1
}

blame()
{
	failure 0 "hi route del 203.0.113.0/24; hi rule add pref 500 to 198.51.100.0/24 prohibit; bi route del 192.0.2.0/24; ai route add unreachable 203.0.113.0/24" \
		"udp 203.0.113.5" "no-route app < route-del dst 203.0.113.0/24 comm ip"
	failure 1 "" \
		"udp 198.51.100.5" "rule app rule.priority 500 < rule-add rule.priority 500 comm ip"
	failure 2 "" \
		"udp 192.0.2.5" "no-route app"
	failure 3 "" \
		"rp-b udp 192.0.2.5" "no-route app < route-del dst 192.0.2.0/24 comm ip"
	failure 4 "" \
		"rp-b udp 198.51.100.5" "no-route app"
	failure 5 "" \
		"rp-a udp 203.0.113.5" "route-type app < route-add dst 203.0.113.0/24 comm ip"
}

# Traffic that is well, on its way out, in and through
background()
{
	nsenter --net=/run/netns/rp-h -- ping -q -i 0.02 10.0.1.2 >/dev/null &
	nsenter --net=/run/netns/rp-a -- ping -q -i 0.02 10.0.2.2 >/dev/null &
	nsenter --net=/run/netns/rp-b -- ping -q -i 0.02 10.0.2.1 >/dev/null &
}

# happen NUMBER: one failure.
happen()
{
	row_dir=$dir/$1
	mkdir -p "$row_dir"
	eval "${changes[$1]}" && eval "ask ${probes[$1]}"
}

# As a command that is recorded: all, one after the other but for those at the same time
happen_all()
{
	local i pids=() last=

	background
	sleep 0.5
	for i in "${!numbers[@]}"; do
		if [ "${numbers[i]}" != "$last" ] && [ ${#pids[@]} -gt 0 ]; then
			wait "${pids[@]}"
			pids=()
		fi
		last=${numbers[i]}
		happen "$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	# shellcheck disable=SC2046 # a list of words
	kill $(jobs -p)
}

# named GROUP NUMBER: the line of one failure.
named()
{
	local i=$2 netns=rp-h words want

	eval "words=(${probes[i]})"
	case ${words[0]} in
	rp-*)	netns=${words[0]}
		words=("${words[@]:1}") ;;
	esac
	row_dir=$dir/$i
	echo ok >"$row_dir/get"
	read -ra want <<<"${expected[i]}"
	weigh "$1 ${numbers[i]}, $netns: ${words[*]}" "$dir/r" "$netns" "${words[1]}" "${want[@]}"
}

group()
{
	local i all failed

	dir=$(mktemp -d "$rows/XXXXXX")
	network_down && network_up && "$1_before" || exit 1
	"$1"
	routeprobe record -o "$dir/r" -- "$0" happen "$1" "$dir" 2>"$dir/log"
	routeprobe why -i "$dir/r" --json >"$dir/json" 2>>"$dir/log"
	all=$(printf '%s\n' "${probes[@]}")
	for i in "${!numbers[@]}"; do
		named "$1" "$i"
	done
	judge
	all=$(grep -cv '^rp-a' <<<"$all")
	# A namespace without a name is of a test before, as long as its TCP tries on.
	failed=$(jq -r 'select(.kind == "why") | .netns.name' "$dir/json" | grep -c '^rp-[hb]$')
	[ "$all" = "$failed" ] || note "$(cat "$dir/log" "$dir/json")"
	check "$1: nothing else is said to have failed: $failed of $all" \
		test "$failed" -le "$all" -a $((all - failed)) -le "$(missed_in "$dir/json")"
}

# Who follows is told soon, and once.
live()
{
	local follower said=0

	routeprobe why -f netns rp-h to 198.51.100.21 >"$dir/live" 2>>"$dir/log" &
	follower=$!
	in_netns rp-h "${0%/*}/ask" udp 198.51.100.21 >>"$dir/log" 2>&1
	wait_for 10 grep -q 'no-route .* 198.51.100.21' "$dir/live"
	check_equal "live: a failure is told" 0 $?
	kill -INT "$follower"
	wait "$follower" || said=$?
	check_equal "live: ^C ends it" 0 "$said"
	check_equal "live: it was told once" 1 "$(grep -c '^[0-9]' "$dir/live")"
}

if [ "${1-}" = happen ]; then
	dir=$3
	"$2"
	happen_all
	exit
fi

plan 38
weigh_here
at_exit network_down
at_exit unload_module
load_module probes=$usual,netfilter,ipsec || exit 1
group blame
numbers=() changes=() probes=() expected=()
group many
live
routeprobe why -i "$dir/r" >"$dir/lines"
unload_module
check_equal "many: a line each" "$(jq -r 'select(.kind == "why") | .kind' "$dir/json" | wc -l)" \
	"$(grep -c '^[0-9]' "$dir/lines")"
routeprobe why -i "$dir/r" --json >"$dir/offline"
check "many: the recording says the same without the module" cmp "$dir/json" "$dir/offline"
finish
