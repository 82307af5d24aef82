#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest whose nanoseconds are instructions: what each load costs without
# any tracer, and with each of many.  Prints fields separated by tabs:
#
#	cost LOAD TOOL PATH READER      nanoseconds per operation
#	events TOOL MADE RECEIVED LOST BYTES MEMORY
#	curve AXIS N COST ADDED			nanoseconds per decision
#	read COMMAND EVENTS SECONDS		of user time
#
# PATH is CPU of the thread that does the operations, READER of the tool's own
# processes.  The events are those of all loads together; MEMORY in KiB, taken
# before the first.  A dash stands for what there is not.
#
# usage: guest.sh [TOOL]...
. "${0%/*}/../lib.sh"

here=${0%/*}
tracing=/sys/kernel/tracing
out=/tmp/bench
count=${COUNT:-50000}

# ---- the loads ----

# LOAD, the kind and the address for bench/load, and the namespace.  LOADS chooses some.
loads()
{
	cat <<-END
	sendto		sendto		198.51.100.1	host
	connect		connect		198.51.100.1	host
	getroute	getroute	198.51.100.1	host
	failing		sendto		203.0.113.1	host
	forwarded	send		198.51.100.1	client
	sendto-10	sendto		198.51.100.1	host-10
	forwarded-10	send		198.51.100.1	client-10
	sendto6		sendto		2001:db8:9::1	host
	failing6	sendto		2001:db8:8::1	host
	forwarded6	send		2001:db8:9::1	client
	sendto6-10	sendto		2001:db8:9::1	host-10
	END
}

no_doubt()
{
	nsenter --net="/run/netns/$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.accept_dad=0
}

# network SUFFIX: a host with a device that swallows all, and a client whose packets
# are to go there.  Who is next to whom is known from the start, as asking makes
# lookups too, and no address is in doubt, or the first loads would have fewer to choose from.
network()
{
	local host="ip -n host$1" client="ip -n client$1"

	ip netns add "host$1" && ip netns add "client$1" &&
	no_doubt "host$1" && no_doubt "client$1" &&
	$host link add sink type dummy &&
	$host addr add 10.0.1.1/24 dev sink &&
	$host link set sink up &&
	$host neigh add 10.0.1.2 lladdr 02:00:00:00:00:01 dev sink &&
	$host route add 198.51.100.0/24 via 10.0.1.2 &&
	$host route add unreachable 203.0.113.0/24 &&
	$host addr add 2001:db8:1::1/64 dev sink nodad &&
	$host neigh add 2001:db8:1::2 lladdr 02:00:00:00:00:01 dev sink &&
	$host route add 2001:db8:9::/64 via 2001:db8:1::2 &&
	$host route add unreachable 2001:db8:8::/64 &&
	$host link add inside address 02:00:00:00:00:02 type veth \
		peer name outside netns "client$1" &&
	$host link set inside up &&
	$host addr add 10.0.2.1/24 dev inside &&
	$client link set outside up &&
	$client addr add 10.0.2.2/24 dev outside &&
	$client neigh add 10.0.2.1 lladdr 02:00:00:00:00:02 dev outside &&
	$client route add default via 10.0.2.1 &&
	$host addr add 2001:db8:2::1/64 dev inside nodad &&
	$client addr add 2001:db8:2::2/64 dev outside nodad &&
	$client neigh add 2001:db8:2::1 lladdr 02:00:00:00:00:02 dev outside &&
	$client route add 2001:db8:9::/64 via 2001:db8:2::1 &&
	nsenter --net="/run/netns/host$1" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
}

# Each rule matches, and sends to a table that has no answer.  A namespace that ever
# had a rule of its own remains slower: so these have one for themselves.
rules()
{
	local i

	for ((i = 1; i <= 10; i++)); do
		ip -n host-10 rule add pref "$i" lookup "$i" &&
		ip -n host-10 route add 192.0.2.0/24 dev sink table "$i" &&
		ip -6 -n host-10 rule add pref "$i" lookup "$i" &&
		ip -n host-10 route add 2001:db8:7::/64 dev sink table "$i" || return
	done
}

# load KIND ADDRESS NETNS: prints nanoseconds.
load() { nsenter --net="/run/netns/$3" -- "$here/load" "$1" "$count" "$2"; }

# ---- the tool's processes ----

# family PID: with all that it started.
family()
{
	local child

	[ ! -d "/proc/$1" ] || echo "$1"
	for child in $(pgrep -P "$1"); do family "$child"; done
}

# cpu_ns PID...
cpu_ns()
{
	local pid

	for pid; do cat "/proc/$pid"/task/*/schedstat; done 2>/dev/null |
		awk '{ n += $1 } END { printf "%d\n", n }'
}

free_kib() { awk '/^MemFree/ { print $2 }' /proc/meminfo; }

# each TOOL: all loads, while the tool runs, whose process is $tool if it has one.
each()
{
	local name kind address netns path before after pids=()

	[ -z "${tool-}" ] || read -ra pids <<<"$(family "$tool" | xargs)"
	while read -r name kind address netns; do
		[[ " ${LOADS:-$name} " == *" $name "* ]] || continue
		before=$(cpu_ns "${pids[@]}")
		path=$(load "$kind" "$address" "$netns") || exit 1
		[ -z "${tool-}" ] || sleep 0.3	# let it read the rest
		after=$(cpu_ns "${pids[@]}")
		# the reader sees what warms up, too
		printf 'cost\t%s\t%s\t%s\t%s\n' "$name" "$1" $((path / count)) \
			$(((after - before) / (count + count / 10)))
	done < <(loads)
}

# events TOOL MADE RECEIVED LOST BYTES MEMORY
events() { (IFS=$'\t'; echo "events	$*"); }

# start COMMAND...: in the background as $tool; what it says goes to $out/said.
start()
{
	rm -rf "$out"
	mkdir -p "$out"
	echo 3 >/proc/sys/vm/drop_caches
	free=$(free_kib)
	: >"$out/said"
	"$@" >"$out/printed" 2>"$out/said" &
	tool=$!
}

# attached COMMAND...: waits until it succeeds, a minute at most.
attached()
{
	local tries=0

	until "$@"; do
		sleep 0.2
		if [ $((tries += 1)) -gt 300 ] || [ ! -d "/proc/$tool" ]; then
			echo "bench: never attached: $*" >&2
			cat "$out/said" >&2
			return 1
		fi
	done
	sleep 0.5
	memory=$((free - $(free_kib)))
}

stop()
{
	kill -INT "$tool"
	wait "$tool"
	tool=
}

# ---- routeprobe ----

stats() { awk -v key="$1" '$1 ~ key { n += $2 } END { print n }' "$RP_DEBUGFS/stats"; }

# routeprobe_with NAME RECORDER PARAMETER...: RECORDER is "record", or "-" for none.
routeprobe_with()
{
	local name=$1 recorder=$2 recorded rest lost bytes

	shift 2
	free=$(free_kib)
	load_module "$@" || return
	memory=$((free - $(free_kib)))
	if [ "$recorder" = record ]; then
		start routeprobe record -o "$out/recording"
		free=$((free + memory))
		attached grep -q "recording into" "$out/said" || return
		each "$name"
		stop
		read -r recorded rest lost rest < <(tail -n 1 "$out/said")
		bytes=$(cat "$out"/recording/packed* | wc -c)
		events "$name" "$(stats '_made$')" "$recorded" "$lost" \
			$((recorded ? bytes / recorded : 0)) "$memory"
	else
		each "$name"
		events "$name" "$(stats '_made$')" - - 256 "$memory"
	fi
	unload_module
}

# ---- floors ----

floor()
{
	insmod "$here/floor.ko" mechanism="$1" || return
	each "empty $1"
	events "empty $1" "$(cat /sys/module/floor/parameters/hits)" - - - -
	rmmod floor
}

# ---- the peers ----

functions=(ip_route_output_key_hash_rcu fib_table_lookup)

# As people do who trace a function: its arguments, and what it returned.
kprobe_events()
{
	local f

	for f in "${functions[@]}"; do
		echo "p:bench/$f $f arg1=%di arg2=%si arg3=%dx"
		echo "r:bench/${f}_return $f ret=\$retval"
	done >>"$tracing/kprobe_events"
}

kprobe_events_gone()
{
	echo 0 >"$tracing/events/bench/enable"
	echo >"$tracing/kprobe_events"
}

# All of them are armed: four, or as many as it is told.
kprobes_on()
{
	[ "$(grep -cE "(${functions[0]}|${functions[1]})\+.*\[FTRACE\]" /sys/kernel/debug/kprobes/list)" = "${1-4}" ] &&
		! grep -q DISABLED /sys/kernel/debug/kprobes/list
}

kprobe_hits() { awk '{ n += $2 } END { print n }' "$tracing/kprobe_profile"; }

# ring KEY...: counters of the kernel's trace buffer, added up.
ring()
{
	local key

	for key; do
		sed -n "s/^$key: //p" "$tracing"/per_cpu/cpu*/stats
	done | awk '{ n += $1 } END { print n }'
}

# It reads whole pages, and what is on the last one when it ends.
peer_trace_cmd()
{
	local made received lost

	kprobe_events
	start trace-cmd record -e bench -o "$out/dat"
	attached kprobes_on || return
	each trace-cmd
	made=$(kprobe_hits)
	received=$(ring "read events" entries)
	lost=$(ring overrun "dropped events")
	stop
	events trace-cmd "$made" "$received" "$lost" \
		$(($(sed -n 's/.*(\([0-9]*\) uncompressed).*/\1/p' "$out/printed" "$out/said") / made)) "$memory"
	kprobe_events_gone
}

# perf_start COMMAND...: perf says when it is attached, if asked.
perf_start()
{
	local ack

	rm -f /tmp/control /tmp/ack
	mkfifo /tmp/control /tmp/ack
	start perf "$@" -D -1 --control fifo:/tmp/control,/tmp/ack
	echo enable >/tmp/control
	read -r ack </tmp/ack
	attached test "$ack" = ack
}

# perf_with NAME COMMAND...
perf_with()
{
	local name=$1

	shift
	perf_start "$@" || return
	each "$name"
	stop
}

# perf_received FILE: samples, as it says at the end.
perf_received() { sed -n 's/.*(\([0-9]*\) samples.*/\1/p' "$out/said"; }

peer_perf_probes()
{
	local made

	kprobe_events
	perf_with "perf record, probes" record -a -e 'bench:*' -o "$out/data" || return
	made=$(kprobe_hits)
	events "perf record, probes" "$made" "$(perf_received)" - \
		$(($(stat -c %s "$out/data") / made)) "$memory"
	kprobe_events_gone
}

peer_perf_tracepoint()
{
	perf_with "perf record, tracepoint" record -a -e fib:fib_table_lookup -o "$out/data" || return
	events "perf record, tracepoint" - "$(perf_received)" - \
		$(($(stat -c %s "$out/data") / $(perf_received))) "$memory"
}

peer_perf_stat()
{
	perf_with "perf stat" stat -a -e fib:fib_table_lookup || return
	events "perf stat" - "$(awk '/fib:fib_table_lookup/ { gsub(",", "", $1); print $1 }' "$out/said")" \
		- - "$memory"
}

# bpftrace_with NAME PROGRAM [PROBES]
bpftrace_with()
{
	start bpftrace -e "$2"
	attached kprobes_on "${3-4}" || return
	each "$1"
	stop
	events "$1" - "$(wc -l <"$out/printed")" \
		"$(awk '/^Lost/ { n += $2 } END { print n + 0 }' "$out/said" "$out/printed")" - "$memory"
}

peer_bpftrace()
{
	bpftrace_with bpftrace '
		kprobe:ip_route_output_key_hash_rcu { printf("%s %d net %llx fl4 %llx\n", comm, pid, arg0, arg1); }
		kretprobe:ip_route_output_key_hash_rcu { printf("%s %d ret %llx\n", comm, pid, retval); }
		kprobe:fib_table_lookup { printf("%s %d table %llx fl4 %llx\n", comm, pid, arg0, arg1); }
		kretprobe:fib_table_lookup { printf("%s %d ret %d\n", comm, pid, retval); }'
}

peer_bpftrace_errors()
{
	bpftrace_with "bpftrace, errors only" '
		kprobe:ip_route_output_key_hash_rcu { @key[tid] = arg1; }
		kretprobe:ip_route_output_key_hash_rcu /(uint64)retval > (uint64)-4096/ { printf("%s %d ret %d\n", comm, pid, retval); }
		kprobe:fib_table_lookup { @fl4[tid] = arg1; }
		kretprobe:fib_table_lookup /(int32)retval < 0/ { printf("%s %d ret %d\n", comm, pid, retval); }'
}

# The one that is written for nothing else, and knows the most.
peer_bpf()
{
	local made received lost

	start "$here/peer" "$here/peer.bpf.o" "$out/data"
	attached grep -q "recording into" "$out/said" || return
	each "BPF fentry+fexit"
	stop
	read -r made received lost < <(tail -n 1 "$out/said")
	events "BPF fentry+fexit" "$made" "$received" "$lost" \
		$(($(stat -c %s "$out/data") / received)) "$memory"
}

# ---- curves: what is added to a decision, by how much there is of something ----

# point AXIS N COUNT NETNS DECISIONS LOAD-ARGUMENT...: with the probes off, and on.
point()
{
	local axis=$1 n=$2 ops=$3 netns=$4 decisions=$5 off on

	shift 5
	off=$(nsenter --net="/run/netns/$netns" -- "$here/load" sendto "$ops" "$@") &&
	echo 1 >"$RP_PARAMETERS/enable" &&
	on=$(nsenter --net="/run/netns/$netns" -- "$here/load" sendto "$ops" "$@") &&
	echo 0 >"$RP_PARAMETERS/enable" || exit 1
	printf 'curve\t%s\t%s\t%s\t%s\n' "$axis" "$n" $((off / ops / decisions)) \
		$(((on - off) / ops / decisions))
}

curve_routes()
{
	local n have=0

	network -routes || exit 1
	for n in 10 100 1000 10000 100000 1000000; do
		nsenter --net=/run/netns/host-routes -- \
			"$here/routes" $have $((n - have)) 10.0.1.2 sink || exit 1
		have=$n
		point routes $n "$ops" host-routes 1 11.0.0.7
	done
	ip netns del host-routes
	ip netns del client-routes
}

curve_rules()
{
	local i n have=0

	network -rules || exit 1
	for n in 1 10 100 1000; do
		for ((i = have + 1; i <= n; i++)); do
			echo "rule add pref $i lookup $((i + 1000))"
			echo "route add 192.0.2.0/24 dev sink table $((i + 1000))"
		done | ip -n host-rules -batch - || exit 1
		have=$n
		point rules $n $((ops * 10 / (n + 9))) host-rules 1 198.51.100.1
	done
	ip netns del host-rules
	ip netns del client-rules
}

curve_namespaces()
{
	local n

	for n in 1 10 100 500; do
		point namespaces $n $((ops > 2 * n ? ops : 2 * n)) host 1 198.51.100.1 netns $n
	done
}

# Needs a guest of more than one processor, where a nanosecond is one of this machine,
# which may be doing something else: so the median of many.  Without KVM the processors
# take turns.
curve_cpus()
{
	local n i turns

	for ((n = 1; n <= $(nproc); n++)); do
		turns=$n
		! grep -q kvm-clock /sys/devices/system/clocksource/clocksource0/available_clocksource || turns=1
		for ((i = 0; i < 15; i++)); do
			point cpus $n "$ops" host $turns 198.51.100.1 cpus $n
		done | sort -n -t $'\t' -k 5 | sed -n 8p
	done
}

curves()
{
	local axis ops=$((count / 10))

	load_module enable=0 || exit 1
	for axis; do "curve_$axis"; done
	unload_module
}

# ---- what it takes to show the same events ----

# reading NAME EVENTS COMMAND...: the user time of a command that shows so many
reading()
{
	local name=$1 events=$2 TIMEFORMAT=%U

	shift 2
	printf 'read\t%s\t%s\t%s\n' "$name" "$events" \
		"$({ time "$@" >/dev/null 2>"$out/said"; } 2>&1)"
}

some_events()
{
	load sendto 198.51.100.1 host >/dev/null
	sleep 0.3	# let it read the rest
}

read_routeprobe()
{
	local events rest

	start routeprobe record -o "$out/recording"
	attached grep -q "recording into" "$out/said" || return
	some_events
	stop
	read -r events rest < <(tail -n 1 "$out/said")
	reading "routeprobe report" "$events" routeprobe report -i "$out/recording"
	reading "routeprobe report -d" "$events" routeprobe report -d -i "$out/recording"
	reading "routeprobe report -j" "$events" routeprobe report -j -i "$out/recording"
	reading "routeprobe why" "$events" routeprobe why -i "$out/recording"
}

read_trace_cmd()
{
	local events

	start trace-cmd record -e routeprobe:decision -o "$out/dat"
	attached grep -q 1 "$tracing/events/routeprobe/decision/enable" || return
	some_events
	events=$(ring "read events" entries)
	stop
	reading "trace-cmd report" "$events" trace-cmd report -i "$out/dat"
}

read_perf()
{
	perf_start record -a -e routeprobe:decision -o "$out/data" || return
	some_events
	stop
	reading "perf script" "$(perf_received)" perf script -i "$out/data"
}

# ---- all of it ----

tool_base() { each nothing; }
tool_modes()
{
	routeprobe_with "routeprobe, disarmed" - enable=0
	routeprobe_with routeprobe record
	routeprobe_with "routeprobe, kprobes" record hook=kprobe
	routeprobe_with "routeprobe, not read" -
	routeprobe_with "routeprobe, all probes" record probes=all
	routeprobe_with "routeprobe, failures only" record 'filter="error any"'
	routeprobe_with "routeprobe, failures, kprobes" record 'filter="error any"' hook=kprobe
	routeprobe_with "routeprobe, filtered out" record 'filter="to 192.0.2.1"'
}
# What it costs to record, and no more: for work on that alone
tool_record() { routeprobe_with routeprobe record; }
tool_stacks()
{
	routeprobe_with "routeprobe, stacks" record stacks=1
	routeprobe_with "routeprobe, stacks of decisions" record stacks=1 \
		probes=ip_route_output_key_hash_rcu,ip_route_input_slow
	bpftrace_with "bpftrace, kstack" '
		kprobe:ip_route_output_key_hash_rcu { @[kstack] = count(); }' 1
}
tool_floors()
{
	local mechanism

	for mechanism in tracepoint ftrace wrapper kprobe kretprobe; do floor $mechanism; done
}
tool_peers()
{
	peer_bpf
	peer_trace_cmd
	peer_perf_tracepoint
	peer_perf_probes
	peer_perf_stat
	peer_bpftrace
	peer_bpftrace_errors
}
tool_readers()
{
	load_module || exit 1
	read_routeprobe
	read_trace_cmd
	read_perf
	unload_module
}
tool_curves() { curves routes rules namespaces; }
tool_cpus() { curves cpus; }
tool_again() { each "nothing, again"; }

modprobe -a veth dummy && network "" && network -10 && rules || exit 1
load sendto 198.51.100.1 host >/dev/null	# warms up
[ $# -gt 0 ] || set -- base modes stacks floors peers again readers curves
for word; do "tool_$word"; done
