#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# routeprobe against three witnesses that are not ours, in one run: the errno
# that each operation of thousands got, `ip route get fibmatch` for its table,
# prefix and device, and the kernel's own tracepoint for every single lookup.
# Not about the same: the same, or the difference is in the loss counters.  And
# the reader's model of the FIB against all decisions.
. "${0%/*}/lib.sh"

count=400
dir=${2:-$(mktemp -d)}

hi() { ip -n rp-h "$@"; }

# Destinations of every kind: connected, by gateway, by metric, local,
# broadcast, refused by a route in each way, and with no route of their own.
destinations=(10.0.1.2 10.0.2.2 203.0.113.7 10.0.1.1 10.0.1.255 192.0.2.1 192.0.2.2
	      192.0.2.3 198.51.100.1 198.51.100.2 198.51.100.3 198.51.100.4 8.8.8.8)
forwarded=(10.0.2.2 203.0.113.7 198.51.100.1 198.51.100.2 8.8.8.8)

routes_up()
{
	in_netns rp-h sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' &&
	ip -n rp-a route add default via 10.0.1.1 &&
	ip -n rp-b route add default via 10.0.2.1 &&
	hi route add 203.0.113.0/24 via 10.0.2.2 metric 10 &&
	hi route add 203.0.113.0/24 via 10.0.1.2 metric 20 &&
	hi route add unreachable 198.51.100.1 &&
	hi route add prohibit 198.51.100.2 &&
	hi route add blackhole 198.51.100.3 &&
	hi route add throw 198.51.100.4 &&
	hi route add default via 10.0.2.2 table 100
}

rules_up()
{
	hi rule add pref 800 to 192.0.2.1 unreachable &&
	hi rule add pref 801 to 192.0.2.2 prohibit &&
	hi rule add pref 802 to 192.0.2.3 blackhole &&
	hi rule add pref 1000 fwmark 1 lookup 100
}

# The first packet to a neighbour makes lookups of its own: let it be gone.
resolve_neighbours()
{
	in_netns rp-h ping -c 1 10.0.1.2 && in_netns rp-h ping -c 1 10.0.2.2 &&
	in_netns rp-a ping -c 1 10.0.1.1 && in_netns rp-b ping -c 1 10.0.2.1
}

trace_start()
{
	echo 32768 >$tracing/buffer_size_kb
	echo "sport >= 2001 && sport <= 2005" >$tracing/events/fib/fib_table_lookup/filter
	echo >$tracing/trace
	echo 1 >$tracing/events/fib/fib_table_lookup/enable
}

trace_stop()
{
	echo 0 >$tracing/events/fib/fib_table_lookup/enable
	cat $tracing/trace
	grep -h overrun $tracing/per_cpu/cpu*/stats >"$dir/overruns"
	echo >$tracing/trace
}

# errno_of WHAT-IP-SAID
errno_of()
{
	case $1 in
	*"No route to host"*) echo 113 ;;
	*"Network is unreachable"*) echo 101 ;;
	*"Permission denied"*) echo 13 ;;
	*"Invalid argument"*) echo 22 ;;
	*) echo "$1" ;;
	esac
}

ask_ip()
{
	local port=10000 dst said

	for dst in "${destinations[@]}" "${destinations[@]}"; do
		said=$(hi route get "$dst" ipproto udp sport 2005 dport $port 2>&1) && said=0
		echo "2005 $port $dst $(errno_of "$said")"
		port=$((port + 1))
	done
}

# Datagrams with and without mark, connects, datagrams that rp-h has to forward,
# and `ip route get`, on two CPUs at once.
load()
{
	local traffic=${0%/*}/traffic

	in_netns rp-h "$traffic" -c 0 sendto 2001 $count "${destinations[@]}" >"$dir/app.2001" &
	in_netns rp-h "$traffic" -c 1 -m 1 sendto 2002 $count "${destinations[@]}" \
		>"$dir/app.2002" &
	in_netns rp-h "$traffic" -c 0 connect 2003 $count "${destinations[@]}" >"$dir/app.2003" &
	in_netns rp-a "$traffic" -c 1 sendto 2004 $count "${forwarded[@]}" >"$dir/app.2004" &
	ask_ip >"$dir/app.2005"
	wait
}

# What `ip route get` says of DST with ARGS: "ERRNO TABLE PREFIX DEV", of a
# refusal the errno alone.  With fibmatch it names the route, without it the
# device: lo for an address of our own.  As long as local and main are merged it
# says that the routes of both stand in main; `ip route show` knows better.
route_get()
{
	local dst=$1 said

	shift
	if said=$(hi -j -d -N route get fibmatch "$dst" "$@" 2>&1); then
		jq -rs '.[1][0].dev as $dev | .[0][0]
			| (if .type == "1" then .table // "254" else "255" end) as $table
			| [0, $table, .dst, $dev] | join(" ")' \
			<<<"$said $(hi -j route get "$dst" "$@")"
		return
	fi
	errno_of "$said"
}

# SPORT DPORT DST ERRNO [TABLE PREFIX DEV]: what each operation was told, with
# what `ip route get` says of its destination where it was told nothing else.
# A connect() that succeeds asks twice: for a source address, then with it.
witnessed()
{
	local dst said

	for dst in "${destinations[@]}"; do
		said=$(route_get "$dst")
		printf '%s\n' "2001 $dst $said" "2003 $dst $said" "2005 $dst $said"
		echo "2002 $dst $(route_get "$dst" mark 1)"
	done >"$dir/get"
	for dst in "${forwarded[@]}"; do
		echo "2004 $dst $(route_get "$dst" from 10.0.1.2 iif ha)"
	done >>"$dir/get"
	awk 'NR == FNR { key = $1 " " $2; $1 = $2 = ""; sub(/^ +/, ""); get[key] = $0; next }
	     { said = get[$1 " " $3]; split(said, field)
	       # who has a packet forwarded is told nothing of what becomes of it
	       if ($4 != ($1 == 2004 ? 0 : field[1])) said = "ip route get said " said " not " $4
	       for (i = ($1 == 2003 && $4 == 0); i >= 0; i--) print $1, $2, $3, said }' \
		"$dir/get" "$dir"/app.* | sort
}

# The same lines from routeprobe's decisions.  For a packet that it forwards
# rp-h makes one of kind input; the ICMP error that it may answer with makes
# another of kind output, with the packet's ports.
decided()
{
	jq -r 'def number: {"ok": 0, "EACCES": 13, "EINVAL": 22, "ENETUNREACH": 101,
			    "EHOSTUNREACH": 113}[.] // .;
	       def id: {"main": 254, "local": 255, "default": 253}[.] // .;
	       select(.netns.name == "rp-h" and .flow.sport >= 2001 and .flow.sport <= 2005
		      and .kind == if .flow.sport == 2004 then "input" else "output" end)
	       | [.flow.sport, .flow.dport, .flow.dst, (.verdict | number)]
		 + if .verdict == "ok" then [(.table | id), .route.dst, .dev] else [] end
	       | join(" ")' "$dir/json" | sort
}

# TABLE PROTO SRC/SPORT DST/DPORT ERR of every lookup, by the tracepoint and by
# routeprobe.  The tracepoint names the table that was asked, routeprobe the one
# that the match belongs to; 255 is a
# part of 254 until there are rules.
traced()
{
	awk '/ fib_table_lookup: / {
		sub(/.* fib_table_lookup: /, "")
		print $2, $8, $9, $11, $NF }' "$dir/trace" | sort
}

looked_up()
{
	jq -r --argjson local "$1" '
	       def id: {"main": 254, "local": $local, "default": 253}[.] // .;
	       def err: if .verdict == "hit" then 0 elif .verdict == "next" then -11
			else {"EACCES": -13, "EINVAL": -22, "EHOSTUNREACH": -113}[.error] end;
	       def proto: {"udp": 17, "tcp": 6, "icmp": 1}[. // "0"] // .;
	       (if .kind == "lookup" then . else .steps[]? | select(.kind == "lookup") end)
	       | select(.flow.sport >= 2001 and .flow.sport <= 2005)
	       | "\(.table | id) \(.flow.ipproto | proto) \(.flow.src // "0.0.0.0")/\(.flow.sport) \(.flow.dst)/\(.flow.dport) \(err)"' \
		"$dir/json" | sort
}

# Whether the reader's model of the FIB gives the kernel's answer
modelled() { jq -r 'select(.model) | [.model, .time_ns, .flow.dst] | join(" ")' "$dir/json"; }

# Calls that a probe missed, as when an interrupt came while it ran: rare, and
# each takes one line away, or what stands on it.
missed() { sed -n '$s/.* \([0-9]*\) missed by probes.*/\1/p' "$dir/footer"; }

# equal NAME FILE-A FILE-B: the first differences are shown.
equal()
{
	if [ ! -s "$2" ]; then
		fail "$1: there is nothing to compare"
	elif diff "$2" "$3" >"$dir/diff"; then
		pass "$1: $(wc -l <"$2") lines"
	elif [ "$(grep -c '^<' "$dir/diff")" -le "$(missed)" ] &&
	     [ "$(grep -c '^>' "$dir/diff")" -le "$(missed)" ]; then
		note "$(cat "$dir/diff")"
		pass "$1: $(wc -l <"$2") lines, but for $(missed) missed by probes"
	else
		note "$(wc -l <"$2") and $(wc -l <"$3") lines; < witness, > routeprobe"
		note "$(head -n 20 "$dir/diff")"
		fail "$1"
	fi
}

# round NAME TABLE: where the tracepoint sees matches of the table local.
round()
{
	local name=$1 local_table=$2

	rm -rf "${dir:?}"/*
	trace_start
	routeprobe record -o "$dir/recording" -- "$0" load "$dir" 2>"$dir/footer"
	trace_stop >"$dir/trace"
	routeprobe report -i "$dir/recording" -a -d --json >"$dir/json" 2>>"$dir/footer"
	note "$(cat "$dir/footer")"

	witnessed >"$dir/witnessed"
	decided >"$dir/decided"
	equal "$name: every operation's decision" "$dir/witnessed" "$dir/decided"
	traced >"$dir/traced"
	looked_up "$local_table" >"$dir/looked_up"
	equal "$name: every lookup of the tracepoint" "$dir/traced" "$dir/looked_up"
	modelled >"$dir/modelled"
	sed s/differs/same/ "$dir/modelled" >"$dir/agreed"
	equal "$name: every answer of the model" "$dir/agreed" "$dir/modelled"
	check_equal "$name: the tracepoint lost nothing" 0 \
		"$(awk '{ n += $NF } END { print n }' "$dir/overruns")"
	check "$name: routeprobe lost nothing, $(missed) missed by probes" grep -q ' 0 lost, [0-9]* missed' "$dir/footer"
}

if [ "${1-}" = load ]; then
	load
	exit
fi

plan 11
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
load_module records_per_cpu=65536 && network_up && routes_up
check "the neighbours answer" resolve_neighbours
needs ip_route_output_key_hash_rcu ip_route_output_flow ip_route_input_slow fib_table_lookup \
	fib4_rule_action fib4_rule_suppress fib_rules_lookup
round "without rules" 254
rules_up
round "with rules" 255
finish
