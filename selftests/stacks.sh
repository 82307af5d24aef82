#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kernel stacks: that they are the kernel's own, that each record has its own, and what
# `routeprobe stacks` makes of them.
. "${0%/*}/lib.sh"

here=${0%/*}
dir=$(mktemp -d)

set_stacks() { echo "$1" >"$RP_PARAMETERS/stacks"; }
stat_of() { awk -v key="$1" '$1 == key { print $2 }' "$RP_DEBUGFS/stats"; }

# "CALLER ID" of each record that has a caller; 0 where there is no stack
from_events()
{
	awk '!/^#/ {
		for (i = NF; i && $i != "by"; i--) ;
		if (i && $(i + 1) != "?")
			print $(i + 1), $(NF - 1) == "stack" ? $NF : 0
	}' "$RP_DEBUGFS/events"
}

# "ID RECORDS FIRST-FRAME" of each stack that a record has
from_stacks()
{
	awk '/^[0-9]/ { id = $1; records = $2; getline; if (records) print id, records, $1 }' \
		"$RP_DEBUGFS/stacks" | sort
}

counted_from_events() { from_events | awk '{ n[$2 " " $1]++ } END { for (i in n) {
	split(i, part); print part[1], n[i], part[2] } }' | sort; }

# What the kernel says of a sendto(), by a probe of its own: functions from __sys_sendto()
# on, as on arm64 the kernel leaves out who called the probed one.
kernels_stack()
{
	echo 'p:rp_stack/flow ip_route_output_flow' >"$tracing/kprobe_events" &&
	echo 1 >"$tracing/options/stacktrace" &&
	echo 1 >"$tracing/events/rp_stack/enable" || return
	"$here/traffic" sendto 2009 1 127.0.0.1 >/dev/null
	echo 0 >"$tracing/events/rp_stack/enable"
	echo 0 >"$tracing/options/stacktrace"
	# The trace may have lost the name of who asked, but nobody else sends here.
	awk '/ => __sys_sendto$/ { on = 1 } !/ => / { if (on) exit } on { print $2 }' \
		"$tracing/trace"
	echo >"$tracing/kprobe_events"
	echo >"$tracing/trace"
}

# of FLOW-WORD...: functions of the one stack that there is, or all that are
our_stack()
{
	routeprobe stacks --json "$@" 2>/dev/null |
		jq -r 'select(.kind == "stack") | .frames[] | sub("\\+.*"; "")'
}

# Rows without those of single frames: each is "COUNT PROBE FIRST-FRAME"
rows() { routeprobe stacks --json "$@" 2>/dev/null | jq -r 'select(.kind == "stack")
	| "\(.count) \(.probe) \(.frames[0])"'; }

# Frames behind the one that calls softirqs
behind_softirqs()
{
	awk '/^$/ { softirq = 0 }
		softirq { print; found = 1 }
		/^ (handle_softirqs|__do_softirq)[.+]/ { softirq = 1; some = 1 }
		END { if (!some) print "no softirq" }' "$RP_DEBUGFS/stacks"
}

# Few packets, or softirqs keep a slow machine from ending a grace period.
ask_on_cpu()
{
	while :; do
		"$here/traffic" -c "$1" connect "200$1" 1000 127.0.0.1
		"$here/traffic" -c "$1" sendto "300$1" 20 127.0.0.1
	done >/dev/null
}

# Stacks come and go while two CPUs have calls under way.
switch_under_load()
{
	local cpu i senders=()

	for cpu in 0 1; do
		ask_on_cpu "$cpu" &
		senders+=($!)
	done
	for ((i = 0; i < 12; i++)); do
		set_stacks $((i % 2)) || break
		sleep 0.05
	done
	set_stacks 1
	sleep 0.3
	[ "$(stat_of stacks_held)" -gt 2 ] || i=0
	rmmod routeprobe || i=0
	kill "${senders[@]}"
	wait "${senders[@]}" 2>/dev/null
	[ "$i" = 12 ]
}

plan 22
at_exit "rm -rf $dir"
at_exit unload_module
load_module || exit 1

"$here/traffic" sendto 2001 20 127.0.0.1 >/dev/null
check_equal "without stacks=1 there are none" "0 0" \
	"$(from_events | awk '{ n += $2 } END { print n + 0 }') $(wc -c <"$RP_DEBUGFS/stacks")"
unload_module
load_module stacks=1 probes=all
"$here/traffic" -c 0 sendto 2001 20 127.0.0.1 >/dev/null
"$here/traffic" -c 1 connect 2002 10 127.0.0.1 >/dev/null
ip route get 127.0.0.1 >/dev/null
ip link add rp-dummy type dummy
ip link set rp-dummy up
ip addr add 10.9.9.1/24 dev rp-dummy
ip link del rp-dummy
echo 0 >"$RP_PARAMETERS/enable"

check_equal "each record has a stack" "" "$(from_events | awk '!$2')"
check "many are told apart" test "$(from_stacks | wc -l)" -gt 15
check_equal "each stack is that of its records' caller, and counts them" \
	"$(counted_from_events)" "$(from_stacks)"
check_equal "nothing was without room" 0 "$(stat_of stacks_no_room)"
check "stats counts them" test "$(stat_of stacks_held)" -ge "$(from_stacks | wc -l)"
check_equal "the stack of a softirq ends there" "" "$(behind_softirqs)"

said=$(kernels_stack)
check "the kernel knows the way to a sendto's decision" test -n "$said"
check_equal "and ours is the same, to the end" "$said" "$(our_stack sport 2001 | sed -n '/^__sys_sendto$/,$p')"

check_equal "each decision is counted" "20 ip_route_output_flow udp_sendmsg" \
	"$(rows sport 2001 | sed 's/+.*//')"
check_equal "from two places, two rows" 2 "$(rows sport 2002 | wc -l)"
check_equal "-n shows the first" "$(rows | head -n 1)" "$(rows -n 1)"
folded=$(our_stack sport 2001 | tac | paste -sd';')
check_equal "folded, the outermost first" "$folded;ip_route_output_flow 20" \
	"$(routeprobe stacks --folded sport 2001 2>/dev/null)"
longest=$(routeprobe report --json sport 2001 2>/dev/null | jq -s 'map(select(.kind == "output").duration_ns) | max')
check_equal "the graph is of the longest" "$longest" \
	"$(routeprobe stacks --graph --json sport 2001 2>/dev/null | jq 'select(.kind == "graph").call.duration_ns')"
check_equal "each call that was probed is in the graph" \
	"ip_route_output_flow ip_route_output_key_hash_rcu" \
	"$(routeprobe stacks --graph sport 2001 2>/dev/null | awk '$2 == "us" { print $3 }' | xargs)"

check "changes are counted with -a" grep -q "fib_table_insert fib_magic" <(rows -a)

routeprobe dump "$dir/dump" 2>/dev/null
check_equal "a recording has them" "$(rows)" "$(rows -i "$dir/dump")"

ids=$(from_stacks | awk '{ print $1 }' | sort -n | tail -n 1)
set_stacks 0
check_equal "stacks=0 forgets them" 0 "$(wc -c <"$RP_DEBUGFS/stacks")"
check "the reader says what is not there" grep -q "have no stack" \
	<(routeprobe stacks sport 2001 2>&1 >/dev/null)
set_stacks 1
echo 1 >"$RP_PARAMETERS/enable"
"$here/traffic" sendto 2003 5 127.0.0.1 >/dev/null
check "no number comes back" test "$(from_stacks | awk '{ print $1 }' | sort -n | head -n 1)" -gt "$ids"
check_equal "old records are not told new stacks" "" "$(our_stack sport 2001)"
check "they come and go, and the module too, under load" switch_under_load
finish
