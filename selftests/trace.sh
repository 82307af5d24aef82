#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The trace events, as tracefs, trace-cmd and, where there are any, perf and bpftrace see
# them: as many as records, of either family, in words; and a module that listeners hold.
. "${0%/*}/lib.sh"

events=$tracing/events/routeprobe
calls=7

# What there is of a kind, in `events` and in the trace
records() { grep -c " $1: " "$RP_DEBUGFS/events"; }
traced() { grep -c " $1: " "$tracing/trace"; }
listen() { echo "$2" >"$events/$1/enable"; }
send() { "${0%/*}/traffic" sendto 3001 "$calls" "$1" >/dev/null; }

setup()
{
	ip link add rp-t type dummy && ip addr add 10.9.0.1/24 dev rp-t &&
	ip addr add 2001:db8:9::1/64 dev rp-t nodad && ip link set rp-t up &&
	ip route add unreachable 198.51.100.0/24 &&
	load_module probes=output,input,change,signal
}

cleanup()
{
	echo 0 >"$tracing/events/enable"
	ip route del unreachable 198.51.100.0/24
	ip link del rp-t
} 2>/dev/null

check_counts()
{
	echo >"$tracing/trace"
	listen decision 1 && listen failure 1 && listen change 1
	before=$(records output) changes=$(records '\(change\|event\)')
	send 10.9.0.2
	send 198.51.100.1
	ip route add 203.0.113.0/24 dev rp-t
	ip route del 203.0.113.0/24
	listen decision 0 && listen failure 0 && listen change 0
	check_equal "a decision for each record" \
		$(($(records output) - before)) "$(traced decision)"
	check_equal "a failure for each that failed" "$calls" "$(traced failure)"
	check_equal "a change for each record of one" \
		$(($(records '\(change\|event\)') - changes)) "$(traced change)"
	check_equal "the failure in words" "output error error=113 proto=17 198.51.100.1:10000" \
		"$(sed -n 's/.* failure: \(output error error=[0-9]*\) reason=0 netns=[0-9]* \(proto=[0-9]*\) .* > \([0-9.:]*\) mark.*/\1 \2 \3/p' \
			"$tracing/trace" | head -n 1)"
	check_equal "and the change" "change insert error=0 table=254 route=203.0.113.0/24" \
		"$(sed -n 's/.* change: \(change insert error=0\) netns=[0-9]* \(table=[0-9]* route=[0-9./]*\) .*/\1 \2/p' "$tracing/trace")"
}

check_ipv6()
{
	echo >"$tracing/trace"
	listen decision 1
	ip -6 route get 2001:db8:9::2 >/dev/null
	listen decision 0
	check "IPv6 has its addresses" grep -q \
		'decision: output hit error=0 .* > \[\?2001:db8:9::2.* table=254 route=2001:db8:9::/64 .*dev=rp-t' "$tracing/trace"
}

# Since Linux 6.14 what refuses a packet that came in is a drop reason, and no errno.
check_reason()
{
	echo >"$tracing/trace"
	listen failure 1
	ip route get 10.9.0.1 from 10.9.0.1 iif rp-t >/dev/null 2>&1
	listen failure 0
	check "a failure has its error, or its drop reason" grep -q \
		'failure: input error error=\([1-9][0-9]* reason=0\|0 reason=[1-9]\)' "$tracing/trace"
}

check_sysctl()
{
	echo >"$tracing/trace"
	listen change 1
	sysctl -qw net.ipv4.conf.rp-t.rp_filter=2
	listen change 0
	check "a sysctl is a change, too" grep -q \
		'change: sysctl-event none error=0 .* dev=rp-t .* sysctl=rp_filter before=0 after=2' \
		"$tracing/trace"
	check "whose device's addresses are none, not invalid" \
		grep -q 'sysctl-event .* route=0.0.0.0/0 .* via=0.0.0.0 ' "$tracing/trace"
}

check_filter()
{
	echo >"$tracing/trace"
	echo 'error == 113' >"$events/decision/filter"
	listen decision 1
	send 10.9.0.2
	send 198.51.100.1
	listen decision 0
	echo 0 >"$events/decision/filter"
	check_equal "a filter of tracefs keeps the failures" "$calls" "$(traced decision)"
}

check_histogram()
{
	local name="a histogram counts them"

	if [ ! -e "$events/failure/hist" ]; then
		skip "$name" "this kernel has no histograms of events"
		return
	fi
	echo 'hist:keys=error,table' >"$events/failure/trigger"
	send 198.51.100.1
	check_equal "$name" "$calls" \
		"$(sed -n 's/.*error: *113.*hitcount: *\([0-9]*\).*/\1/p' "$events/failure/hist")"
	echo '!hist:keys=error,table' >"$events/failure/trigger"
}

check_held()
{
	echo traceon >"$events/failure/trigger"
	check_equal "who has a trigger set holds the module" \
		"rmmod: ERROR: Module routeprobe is in use" "$(rmmod routeprobe 2>&1)"
	echo '!traceon' >"$events/failure/trigger"
}

# trace-cmd may record nothing of a command that ends before its recorders have begun: this
# one waits until each has its buffer open.
check_trace_cmd()
{
	local dir

	dir=$(mktemp -d)
	# shellcheck disable=SC2016 # for the inner shell
	trace-cmd record -q -o "$dir/trace.dat" -e routeprobe:failure -e routeprobe:decision \
		bash -c '. "$1"
			recorders() { ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c "/trace_pipe_raw$"; }
			all_began() { [ "$(recorders)" -ge "$(nproc)" ]; }
			wait_for 20 all_began && "$2" sendto 3002 "$3" 198.51.100.1' \
		bash "${0%/*}/lib.sh" "${0%/*}/traffic" "$calls" >/dev/null 2>"$dir/said"
	trace-cmd report -q -i "$dir/trace.dat" >"$dir/report" 2>>"$dir/said"
	check_equal "trace-cmd reports them in the same words" "$calls" \
		"$(grep -c 'failure:.*output error error=113 .*198.51.100.1:100' "$dir/report")"
	[ "$ktap_failed" = 0 ] || note "$(cat "$dir/said" "$dir/report")"
	rm -r "$dir"
}

check_bpftrace()
{
	command -v bpftrace >/dev/null || return
	bpftrace -c "${0%/*}/traffic sendto 3003 $calls 198.51.100.1" \
		-e 'tracepoint:routeprobe:failure { @[comm, args->error] = count(); }' \
		>/tmp/bpftrace.out 2>&1
	check_equal "bpftrace counts them by a field" "@[traffic, 113]: $calls" \
		"$(grep '^@' /tmp/bpftrace.out)"
}

check_perf()
{
	command -v perf >/dev/null || return
	perf stat -x, -e routeprobe:failure -a -o /tmp/perf.out \
		"${0%/*}/traffic" sendto 3004 "$calls" 198.51.100.1 >/dev/null
	check_equal "perf stat counts them" "$calls" \
		"$(sed -n 's/^\([0-9]*\),.*routeprobe:failure.*/\1/p' /tmp/perf.out)"
	perf record -q -a -o /tmp/perf.data -e routeprobe:failure \
		"${0%/*}/traffic" sendto 3005 "$calls" 198.51.100.1 >/dev/null
	check_equal "perf script has the words" "$calls" \
		"$(perf script -i /tmp/perf.data 2>/dev/null |
			grep -c 'routeprobe:failure: output error error=113 ')"
}

tests=16
! command -v bpftrace >/dev/null || tests=$((tests + 1))
! command -v perf >/dev/null || tests=$((tests + 2))
plan "$tests"
at_exit unload_module
at_exit cleanup
setup || exit 1
check "nobody listens at first" grep -q '^0$' "$events/enable"
check_counts
check_ipv6
check_reason
check_sysctl
check_filter
check_histogram
check_held
check_trace_cmd
check_bpftrace
check_perf
check "without listeners it goes" unload_module
check "and its events with it" test ! -e "$events"
finish
