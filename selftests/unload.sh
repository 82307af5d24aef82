#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Load and unload again and again, while two processes ask for routes without a
# pause, readers come and go in the middle of whatever happens, and so do other tools on
# the same functions: kprobe events and tracers, and perf, bpftrace and trace-cmd where
# there are any and LIVES is more than 15, as each of their lives takes a minute here.
# A reader holds the module: rmmod is then refused, and tried again.  Arming takes most of
# a life: all probes have every fifth one, and between only those that the processes hit.
. "${0%/*}/lib.sh"

lives=${LIVES:-15}
jobs_started=

# background COMMAND...: until the test ends, and behind insmod and rmmod when
# processors are scarce.
background()
{
	(renice -n 19 $BASHPID && exec 2>&- && "$@") >/dev/null &
	jobs_started="$jobs_started $!"
}

stop_background()
{
	local job

	for job in $jobs_started; do
		kill "$job" 2>/dev/null
		wait "$job" 2>/dev/null
	done
	jobs_started=
}

ask_forever()
{
	while :; do
		"${0%/*}/traffic" -c "$1" "$2" "$3" 1000 127.0.0.1 192.0.2.1
	done
}

read_forever()
{
	while :; do
		timeout 1 cat "$RP_DEBUGFS/$1" >/dev/null
		sleep 0.05
	done
}

follow_and_die()
{
	while :; do
		timeout -s KILL 0.2 tail -f "$RP_DEBUGFS/events" >/dev/null
		sleep 0.1
	done
}

# ---- other tools, one after the other: each attaches, is hit, and goes ----

functions="ip_route_output_key_hash_rcu ip_route_output_flow fib_table_lookup"

probe_events()
{
	local function

	for function in $functions; do
		echo "p:rp_unload/$function $function"
		echo "r:rp_unload/${function}_return $function"
	done >>"$tracing/kprobe_events" &&
	echo 1 >"$tracing/events/rp_unload/enable" && sleep 0.2
	no_probe_events
}

no_probe_events()
{
	local event

	[ -d "$tracing/events/rp_unload" ] || return 0
	echo 0 >"$tracing/events/rp_unload/enable"
	for event in "$tracing"/events/rp_unload/*/; do
		event=${event%/}
		echo "-:rp_unload/${event##*/}"
	done >>"$tracing/kprobe_events"
}

tracer()
{
	# shellcheck disable=SC2086 # a list of words
	printf '%s\n' $functions >"$tracing/set_ftrace_filter" &&
	echo "$1" >"$tracing/current_tracer" && sleep 0.2
	echo nop >"$tracing/current_tracer" && echo >"$tracing/set_ftrace_filter"
}

tool_function() { tracer function; }
tool_function_graph() { tracer function_graph; }
tool_trace_cmd() { trace-cmd record -q -e fib -o /tmp/unload.dat sleep 0.2; }
tool_probe_events() { probe_events; }

tool_perf()
{
	perf probe -q -a rp_unload_perf=ip_route_output_key_hash_rcu \
		-a 'rp_unload_perf_return=ip_route_output_key_hash_rcu%return'
	perf record -q -a -e 'probe:rp_unload_perf*' -e fib:fib_table_lookup -o /tmp/unload.perf \
		sleep 0.2
	perf probe -q -d 'rp_unload_perf*'
}

tool_bpftrace()
{
	bpftrace -c "$(command -v sleep) 0.2" -e 'kretfunc:ip_route_output_key_hash_rcu { @a = count(); }
		kfunc:fib_table_lookup { @b = count(); }
		kretprobe:ip_route_output_flow { @c = count(); }'
}

tools()
{
	local tool

	echo probe_events
	for tool in function function_graph; do
		! grep -qw "$tool" "$tracing/available_tracers" || echo "$tool"
	done
	[ "$lives" -gt 15 ] || return 0
	for tool in perf bpftrace trace_cmd; do
		! command -v "${tool/_/-}" >/dev/null || echo "$tool"
	done
}

# Each that came to its end leaves a line.
tools_forever()
{
	local tool

	while :; do
		for tool in $(tools); do
			"tool_$tool" >"/tmp/unload.$tool" 2>&1 && echo "$tool" >>/tmp/unload.tools
			sleep 0.1
		done
	done
}

# One that was cut short has left something.
no_tools()
{
	echo nop >"$tracing/current_tracer"
	[ ! -e "$tracing/set_ftrace_filter" ] || echo >"$tracing/set_ftrace_filter"
	no_probe_events
	! command -v perf >/dev/null || perf probe -q -d 'rp_unload_perf*'
}

each_tool()
{
	local tool

	for tool in $(tools); do
		grep -qsx "$tool" /tmp/unload.tools || return
	done
}

one_life()
{
	local try groups=output,lookup

	[ $((life % 5)) != 0 ] || groups=all
	load_module records_per_cpu=1024 probes=$groups || return
	sleep "0.0$((RANDOM % 10))"
	for ((try = 0; try < 200; try++)); do
		rmmod routeprobe 2>/dev/null && return
		refused=$((refused + 1))
		sleep 0.02
	done
	note "rmmod was refused $try times in a row"
	return 1
}

next_life()
{
	load_module && ip route get 127.0.0.1 &&
	grep -q "> 127.0.0.1 " "$RP_DEBUGFS/events"
}

plan 5
at_exit unload_module
at_exit no_tools
at_exit stop_background
rm -f /tmp/unload.tools
background ask_forever 0 sendto 2001
background ask_forever 1 connect 2002
background read_forever events
background read_forever cpu1
background read_forever stats
background follow_and_die
# Not behind the others: they would not get as far as to attach.
tools_forever >/dev/null 2>&1 &
jobs_started="$jobs_started $!"

refused=0
for ((life = 0; life < lives; life++)); do
	one_life || break
done
check_equal "$lives lives under traffic" "$lives" "$life"
note "rmmod was refused $refused times, because a reader held the module"
wait_for 300 each_tool
stop_background
no_tools 2>/dev/null

check "each other tool came and went" each_tool
note "$(sort /tmp/unload.tools | uniq -c | xargs)"
check "no debugfs directory is left" test ! -e "$RP_DEBUGFS"
check_equal "no kprobe is left" 0 "$(wc -l </sys/kernel/debug/kprobes/list)"
check "the next life is as good as the first" next_life
finish
