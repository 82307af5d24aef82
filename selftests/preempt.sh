#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Lookups of tasks that are preempted in the middle and go on on another CPU, and
# packets that are received outside of softirqs: each step is told, with its rule,
# and no packet is charged to whoever happened to carry it.  What a kernel that
# preempts makes of a state kept per CPU is seen here only, as on PREEMPT_RT or with
# preempt=full.
. "${0%/*}/lib.sh"

count=600 packets=200
dir=${2:-$(mktemp -d)}
hopper=${0%/*}/hopper traffic=${0%/*}/traffic

destinations=(10.0.1.2 10.0.2.2 203.0.113.7 10.0.1.1 192.0.2.1 192.0.2.2 198.51.100.1
	      198.51.100.4 8.8.8.8)

routes_up()
{
	in_netns rp-h sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' &&
	ip -n rp-a route add default via 10.0.1.1 &&
	ip -n rp-h -batch - <<-END
		route add 203.0.113.0/24 via 10.0.2.2
		route add unreachable 198.51.100.1
		route add throw 198.51.100.4
		route add default via 10.0.2.2 table 100
		rule add pref 800 to 192.0.2.1 unreachable
		rule add pref 801 to 192.0.2.2 prohibit
		rule add pref 1000 fwmark 1 lookup 100
	END
}

# The first packet to a neighbour makes lookups of its own: let it be gone.
resolve_neighbours()
{
	in_netns rp-h ping -c 1 10.0.1.2 && in_netns rp-h ping -c 1 10.0.2.2 &&
	in_netns rp-a ping -c 1 10.0.1.1
}

# inside COMMAND...: a process of that number, unlike with in_netns
inside() { exec nsenter --net=/run/netns/rp-h -- "$@"; }

# Three senders hop between CPUs, and on each something more urgent asks too.
hops()
{
	local cpu senders=() others=()

	for ((cpu = 0; cpu < $(nproc); cpu++)); do
		inside "$hopper" burst "$cpu" $((3000 + cpu)) 8.8.8.8 198.51.100.1 203.0.113.7 &
		others+=($!)
	done
	inside "$traffic" sendto 2001 "$count" "${destinations[@]}" & senders+=($!)
	inside "$traffic" -m 1 sendto 2002 "$count" "${destinations[@]}" & senders+=($!)
	inside "$traffic" connect 2003 "$count" "${destinations[@]}" & senders+=($!)
	"$hopper" hop "${senders[@]}" &
	wait "${senders[@]}" $!
	kill "${others[@]}"
} >/dev/null

# record LOAD FILTER...: what was decided meanwhile, in $dir/json
record()
{
	rm -rf "$dir/recording"
	routeprobe record -o "$dir/recording" -- "$0" "$1" "$dir" 2>"$dir/footer"
	routeprobe report -i "$dir/recording" -a --json "${@:2}" >"$dir/json" 2>>"$dir/footer"
	note "$(cat "$dir/footer")"
}

missed() { sed -n '$s/.* \([0-9]*\) missed by probes.*/\1/p' "$dir/footer"; }

# Each lookup, and whether it stands below its rule or in no decision at all.
looked_up()
{
	jq -r 'if .kind == "lookup" then . + {"is": "in no decision"}
	       else .steps as $steps | range($steps | length) as $i | $steps[$i]
	         | select(.kind == "lookup")
	         | if $i > 0 and $steps[$i - 1].kind == "rule" and $steps[$i - 1].depth == .depth - 1
		   then . + {"is": "below its rule"} else . + {"is": "without rule"} end end
	       | select(.flow.sport >= 2001 and .flow.sport <= 2003)
	       | "\(.is): table \(.table)"' "$dir/json"
}

# The steps of each output, behind all that they depend on.
told()
{
	jq -r 'select(.kind == "output" and .flow.sport >= 2001 and .flow.sport <= 2003)
	       | "\(.flow.sport) \(.flow.dst) \(.flow.src // "*"): \(.verdict) "
		 + ([.steps[]? | "\(.kind) \(.rule.priority // "-") \(.table // "-") \(.verdict)"]
		    | join(", "))' "$dir/json"
}

# few NAME FILE TOTAL: lines of FILE are what is wrong, and only missed probes excuse it.
few()
{
	local wrong

	wrong=$(wc -l <"$2")
	[ "$wrong" = 0 ] || note "$(sort "$2" | uniq -c | sort -rn | head -n 20)"
	if [ "$wrong" -le "$(missed)" ] && [ "$3" -gt 0 ]; then
		pass "$1: $3"
	else
		note "$wrong of $3, and $(missed) missed by probes"
		fail "$1"
	fi
}

while_hopping()
{
	record hops comm traffic
	looked_up >"$dir/looked_up"
	grep -v '^below its rule' "$dir/looked_up" >"$dir/wrong"
	few "lookups of tasks that hop have their rule" "$dir/wrong" "$(wc -l <"$dir/looked_up")"
	told >"$dir/told"
	# What is told of a flow most often is right, all else is wrong.
	sort "$dir/told" | uniq -c | sort -rn | awk '{
		n = $1; key = $2 " " $3 " " $4
		if (key in seen) while (n--) print
		seen[key] = 1 }' >"$dir/wrong"
	few "decisions on a destination are told alike" "$dir/wrong" "$(wc -l <"$dir/told")"
	check_equal "no decision is missing" $((3 * count)) \
		"$(jq -r 'select(.kind == "output" and .flow.sport >= 2001 and .flow.sport <= 2003)
			| "\(.flow.sport) \(.flow.dport)"' "$dir/json" | sort -u | wc -l)"
	check "nothing is lost" grep -q ' 0 lost, [0-9]* missed' "$dir/footer"
}

# ---- packets that no softirq receives ----

# A veth polls when its peer segments nothing and it is to merge what it receives.
threaded_up()
{
	ip netns exec rp-h test -e /sys/class/net/ha/threaded &&
	in_netns rp-a "$hopper" offload ah tso off &&
	in_netns rp-h "$hopper" offload ha gro on &&
	ip netns exec rp-h sh -c 'echo 1 >/sys/class/net/ha/threaded' &&
	wait_for 5 napi_thread
}

napi_thread() { pgrep '^napi/ha'; }
napi_ran()
{
	awk '/ctxt_switches/ { n += $2 } END { print n }' \
		"/proc/$(napi_thread | head -n 1)/status"
}

tun_up()
{
	{ [ -d /sys/class/misc/tun ] || modprobe tun; } &&
	ip -n rp-h -batch - <<-END
		tuntap add dev tun0 mode tun
		addr add 10.0.3.1/24 dev tun0
		link set tun0 up
	END
}

# The thread goes on when the sender is done.
from_veth()
{
	in_netns rp-a "$traffic" sendto 2004 "$packets" 10.0.2.2 203.0.113.7 >/dev/null
	sleep 1
}

from_tun() { in_netns rp-h "$hopper" tun tun0 2005 "$packets" 10.0.3.2 10.0.2.2 203.0.113.7; }

# charged NAME LOAD SPORT: to no task
charged()
{
	record "$2" sport "$3"
	check_equal "$1" "$packets softirq -" \
		"$(jq -r 'select(.kind == "input" and .netns.name == "rp-h")
			  | "\(.context) \(.comm // "-")"' "$dir/json" |
			sort | uniq -c | sed 's/^ *//')"
}

packets_received()
{
	local before name="packets received by a thread are charged to no task"

	if threaded_up >/dev/null; then
		before=$(napi_ran)
		charged "$name" from_veth 2004
		check "the thread received them" test "$(napi_ran)" -gt "$before"
	else
		skip "$name" "a veth has no thread here"
		skip "the thread received them" "a veth has no thread here"
	fi
	name="packets written into a tun are charged to no task"
	if tun_up 2>/dev/null; then
		charged "$name" from_tun 2005
	else
		skip "$name" "no tun here"
	fi
}

case ${1-} in
hops|from_veth|from_tun) "$1"; exit ;;
esac

plan 8
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
load_module records_per_cpu=65536 && network_up && routes_up
check "the neighbours answer" resolve_neighbours
needs ip_route_output_key_hash_rcu ip_route_input_slow fib_table_lookup fib4_rule_action \
	fib_rules_lookup
while_hopping
packets_received
finish
