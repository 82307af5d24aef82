#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Other tools on the functions that we probe: kprobe events at the entry and at the
# return (perf probe), the function and the function graph tracer (trace-cmd), and
# bpftrace where there is one.  Who asked is named as without them, every call is
# recorded, and who comes or goes first makes no difference.
. "${0%/*}/lib.sh"

functions="ip_route_output_key_hash_rcu ip_route_output_key_hash ip_route_output_flow ip_route_input_slow fib_validate_source fib_rules_lookup"
calls=20

# ---- the tools: NAME_on and NAME_off ----

probe_events()
{
	local function

	for function in $functions; do
		echo "$1:routeprobe_test/${1}_$function $function" || return
	done >>"$tracing/kprobe_events"
	echo 1 >"$tracing/events/routeprobe_test/enable"
}

no_probe_events()
{
	local function

	echo 0 >"$tracing/events/routeprobe_test/enable"
	for function in $functions; do
		echo "-:routeprobe_test/${1}_$function" || return
	done >>"$tracing/kprobe_events"
}

kprobe_on() { probe_events p; }
kprobe_off() { no_probe_events p; }
kretprobe_on() { probe_events r; }
kretprobe_off() { no_probe_events r; }

tracer()
{
	# shellcheck disable=SC2086 # a list of words
	printf '%s\n' $functions >"$tracing/set_ftrace_filter" &&
	echo "$1" >"$tracing/current_tracer"
}

no_tracer()
{
	echo nop >"$tracing/current_tracer" && echo >"$tracing/set_ftrace_filter"
}

function_on() { tracer function; }
function_off() { no_tracer; }
function_graph_on() { tracer function_graph; }
function_graph_off() { no_tracer; }

bpftrace_on()
{
	bpftrace -e 'kretfunc:ip_route_output_key_hash_rcu { @a = count(); }
		kfunc:fib_rules_lookup { @b = count(); }
		kretprobe:ip_route_output_key_hash_rcu { @c = count(); }' >/tmp/bpftrace.out 2>&1 &
	bpftrace=$!
	wait_for 30 grep -q Attaching /tmp/bpftrace.out && sleep 1
}

bpftrace_off() { kill -INT "$bpftrace"; wait "$bpftrace"; }

tools()
{
	echo kprobe kretprobe
	for tool in function function_graph; do
		! grep -qw "$tool" "$tracing/available_tracers" || echo "$tool"
	done
	! command -v bpftrace >/dev/null || echo bpftrace
}

# ---- what is the same with and without them ----

# "N calls by NAME" for each function that asked, while some ask
asked()
{
	local before

	before=$(wc -l <"$RP_DEBUGFS/events")
	"${0%/*}/traffic" sendto 2001 "$calls" 198.51.100.1 >/dev/null
	ip route get 198.51.100.1 >/dev/null
	tail -n "+$((before + 1))" "$RP_DEBUGFS/events" |
		sed -n 's/.* output: .* > 198\.51\.100\.1.* by \([a-z_0-9]*\)+.*/\1/p' |
		sort | uniq -c | xargs
}

# Where a trampoline stands in place of the caller's address, the kernel's unwinder does not
# get behind all of them (before 5.15: any; later: of both tracers at once).  Then nobody is
# named, but never somebody else.
may_be_nobody()
{
	case $1.$2 in
	function_graph.kprobe) return ;;
	kretprobe.*|function_graph.*) ;;
	*) return 1 ;;
	esac
	[ "$(printf '%s\n' 5.15 "$(uname -r)" | sort -V | head -n 1)" != 5.15 ]
}

# check_beside TOOL ORDER HOOK
check_beside()
{
	local seen

	seen=$(beside "$@" | xargs)
	if may_be_nobody "$1" "$3"; then
		case "$seen" in
		"$alone"|"1 inet_rtm_getroute $alone") seen="$alone $alone" ;;
		esac
	fi
	check_equal "hook=$3 beside $1 that came $2 us" "$alone $alone" "$seen"
}

# beside TOOL ORDER HOOK: what is asked then
beside()
{
	local tool=$1

	case $2 in
	after)	load_module hook="$3" && "${tool}_on" ;;
	before)	"${tool}_on" && load_module hook="$3" ;;
	esac || return
	asked
	case $2 in
	after)	"${tool}_off" && asked && unload_module ;;
	before)	unload_module && "${tool}_off" && echo "$alone" ;;
	esac
}

lives()
{
	local i tool

	for ((i = 0; i < lives; i++)); do
		for tool in $tools; do
			"${tool}_on" || return
			[ $((RANDOM % 2)) = 0 ] || load_module probes=output,lookup,input || return
			"${tool}_off" || return
			unload_module
		done
	done
}

tools=$(tools | xargs)
lives=${LIVES:-3}
plan $((1 + 4 * $(wc -w <<<"$tools") + 2))
at_exit unload_module
at_exit "echo nop >$tracing/current_tracer"
ip link set lo up
ip link add rp-sink type dummy
at_exit "ip link del rp-sink"
ip addr add 10.9.0.1/24 dev rp-sink
ip link set rp-sink up
ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:01 dev rp-sink
ip route add 198.51.100.0/24 via 10.9.0.2

load_module
# Where nothing else tells who asked for a route, the record of ipsec does, and not this one.
asker=udp_sendmsg
! grep -q $'\tipsec\tarmed\t' "$RP_DEBUGFS/probes" || asker=ip_route_output_flow
alone=$(asked)
check_equal "alone" "1 inet_rtm_getroute $calls $asker" "$alone"
unload_module
for tool in $tools; do
	for order in after before; do
		for hook in auto kprobe; do
			check_beside "$tool" "$order" "$hook"
		done
	done
done
check "$lives times each, coming and going" lives
check_equal "no kprobe is left" 0 "$(wc -l </sys/kernel/debug/kprobes/list)"
finish
