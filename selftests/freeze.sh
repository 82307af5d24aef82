#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The flight recorder: what stops the buffer and what does not, that exactly so many
# records come after, that what led there stays and all is accounted for; and that
# dumps, by command or by signal, disturb nobody.
. "${0%/*}/lib.sh"

freeze() { echo "$1" >"$RP_PARAMETERS/freeze"; }
stat() { sed -n "s/^$1 //p" "$RP_DEBUGFS/stats"; }
made() { awk '/_made/ { n += $2 } END { print n }' "$RP_DEBUGFS/stats"; }
ask() { ip -n rp-h route get "$@" >/dev/null 2>&1; }
traffic() { in_netns rp-h "${0%/*}/traffic" "$@" >/dev/null; }
log_tail() { dmesg | grep 'routeprobe: freeze' | tail -n 1 | sed 's/.*routeprobe: //'; }
counters() { awk -F'\t' '/^[0-9]/ { n += $6 + $7 + $8 } END { print n }' "$RP_DEBUGFS/probes"; }

# after WORDS COMMAND...: the state that it leaves
after()
{
	freeze "$1"
	shift
	"$@" >/dev/null 2>&1
	stat freeze_state
}

# The decision that the record named in stats is of
culprit()
{
	routeprobe report --json 2>/dev/null | jq -r --argjson time "$(stat freeze_time_ns)" \
		'select(.time_ns + .duration_ns == $time) | .verdict + " " + .flow.dst'
}

# Records that returned after the one that matched
records_after()
{
	awk -v time="$(stat freeze_time_ns)" '
		split($1, t, ".") == 2 {
			ended = t[1] * 1e9 + t[2]
			if (match($0, / in [0-9.]+us/))
				ended += int(substr($0, RSTART + 4) * 1000 + .5)
			n += ended > time
		}
		END { print n + 0 }' "$RP_DEBUGFS/events"
}

# One process on each CPU, and one failure in the middle
mixed_traffic()
{
	traffic -c 0 sendto 2001 3000 10.0.1.2 &
	traffic -c 1 sendto 2002 3000 10.0.2.2 &
	sleep 0.3
	ask 203.0.113.1
	wait
}

refused()
{
	local before

	before=$(cat "$RP_PARAMETERS/$1")
	if echo "$2" >"$RP_PARAMETERS/$1" 2>/dev/null; then
		fail "$1=$2 is refused"
	else
		check_equal "$1=$2 is refused, with a word, and changes nothing" "$3; $before" \
			"$(log_tail); $(cat "$RP_PARAMETERS/$1")"
	fi
}

# A change, a failure hours before anybody looks, and the traffic of those hours
night()
{
	ip -n rp-h route add 198.51.100.0/24 via 10.0.1.2
	traffic sendto 2001 20 198.51.100.1
	freeze "error ENETUNREACH to 198.51.100.0/24"
	ip -n rp-h route del 198.51.100.0/24
	traffic sendto 2001 20 198.51.100.1
	traffic sendto 2001 5000 10.0.1.2
	routeprobe report --json to 198.51.100.1 netns rp-h 2>/dev/null |
		jq -r 'select(.kind == "change" or .kind == "output") |
			[.kind, .event // .verdict] | join(" ")' | uniq | head -n 4 | paste -sd,
}

# While a recorder records: a dump is a whole recording, and the recorder goes on.
signalled()
{
	local pid

	routeprobe record -o "$dir/long" 2>/dev/null &
	pid=$!
	wait_for 20 test -s "$dir/long/fib.json"
	ask 10.0.1.31
	kill -USR1 $pid
	wait_for 20 grep -qs '"complete": true' "$dir/long.1/session.json"
	ask 10.0.1.32
	kill -USR1 $pid
	wait_for 20 grep -qs '"complete": true' "$dir/long.2/session.json"
	kill -INT $pid
	wait $pid || return
	for d in long.1 long.2 long; do
		routeprobe report -i "$dir/$d" --json 2>/dev/null |
			jq -r '.flow.dst // empty' | grep -c '^10\.0\.1\.3[12]$'
	done | paste -sd' '
}

dir=$(mktemp -d)
plan 40
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
network_up || exit 1
load_module 'freeze="error any"' freeze_after=7 || exit 1
needs ip_route_output_key_hash_rcu fib_table_lookup

check_equal "insmod takes a condition" "error any 7 armed" \
	"$(cat "$RP_PARAMETERS/freeze") $(stat freeze_after) $(stat freeze_state)"
ask 203.0.113.1
check_equal "a failure ends it" ending "$(stat freeze_state)"
check_equal "and is named" "ENETUNREACH 203.0.113.1" "$(culprit)"
for _ in 1 2 3 4 5 6 7 8; do ask 10.0.1.2; done
check_equal "a few records later it is frozen" frozen "$(stat freeze_state)"
check_equal "exactly so many" 7 "$(records_after)"
before="$(made) $(wc -l <"$RP_DEBUGFS/events")"
counted=$(counters)
traffic sendto 2001 100 10.0.1.2
check_equal "then no record is made" "$before" "$(made) $(wc -l <"$RP_DEBUGFS/events")"
check "but calls are counted" test "$(counters)" -ge $((counted + 200))
check_equal "all of them as filtered" "$(made)" "$(stat recorded)"
check "status says so" eval "routeprobe status | grep -q '^freeze_state  *frozen$'"

check "thaw" routeprobe thaw
check_equal "it waits again for the same" "error any armed" \
	"$(cat "$RP_PARAMETERS/freeze") $(stat freeze_state)"
check_equal "and forgot the former" "" "$(stat freeze_time_ns)$(stat freeze_seq)"
ask 10.0.1.2
check "records are made" test "$(made)" -gt "${before% *}"

echo 0 >"$RP_PARAMETERS/freeze_after"
check_equal "with nothing after it, the failure is the last" "frozen 0" \
	"$(after "error any" ask 203.0.113.1) $(records_after)"
echo 100 >"$RP_PARAMETERS/freeze_after"
check_equal "two CPUs: one failure ends it" frozen "$(after "error any" mixed_traffic)"
# The other CPU may have read the clock for one record, and then seen, or not, that it ends.
n=$(records_after)
check "so many on both, but for one that was being made: $n" test "$n" -ge 99 -a "$n" -le 101

check_equal "another error does not" armed "$(after "error EACCES" ask 203.0.113.1)"
check_equal "another flow does not" armed "$(after "error any to 10.0.0.0/8" ask 203.0.113.1)"
check_equal "success can" ending "$(after "to 10.0.1.7" ask 10.0.1.7)"
in_netns rp-h sh -c 'echo 100 >/proc/sys/net/ipv4/neigh/ha/retrans_time_ms'
check_equal "nor does a neighbour that does not answer end what waits for another error" armed \
	"$(after "error ENETUNREACH" in_netns rp-h ping -c 1 -W 2 10.0.1.50)"
# The neighbour refuses to route the ARP request, as it does not forward: that is not meant.
check_equal "but what waits for its error" ending \
	"$(after "error EHOSTUNREACH netns $(netns_inode rp-h)" in_netns rp-h ping -c 1 -W 2 10.0.1.51)"
check_equal "a change that failed does not" armed \
	"$(after "error any" ip -n rp-h route add 10.0.1.0/24 dev ha proto kernel scope link src 10.0.1.1)"
ip -n rp-h rule add pref 100 fwmark 1 lookup 100
check_equal "a table without an answer does not" armed "$(after "error any" ask 10.0.1.7)"
ip -n rp-h rule del pref 100
check_equal "a filter does not hide it" ending \
	"$(echo "to 10.0.0.0/8" >"$RP_PARAMETERS/filter"; after "comm ip to 10.0.1.7" ask 10.0.1.7)"
check_equal "what is filtered out ends nothing" armed "$(after "error any" ask 203.0.113.1)"
echo >"$RP_PARAMETERS/filter"

check_equal "the night: what led to it is there in the morning" \
	"change insert,output ok,change delete,output ENETUNREACH" "$(night)"
check "freeze off" routeprobe freeze off
check_equal "nothing is waited for" "off off" "$(cat "$RP_PARAMETERS/freeze") $(stat freeze_state)"
check "freeze at once" routeprobe freeze
before=$(made)
ask 10.0.1.7
check_equal "it is frozen at once" "frozen $before off" \
	"$(stat freeze_state) $(made) $(cat "$RP_PARAMETERS/freeze")"
check "dump what is frozen" routeprobe dump "$dir/frozen"
check_equal "all of it" "$(wc -l <"$RP_DEBUGFS/events")" \
	"$(jq .records "$dir/frozen/session.json")"
check "a dump overwrites nothing" eval "! routeprobe dump $dir/frozen 2>/dev/null"
check "freeze until" routeprobe freeze error EHOSTUNREACH
check_equal "the words are in force" "error EHOSTUNREACH armed" \
	"$(cat "$RP_PARAMETERS/freeze") $(stat freeze_state)"
check "words that the module refuses are refused" eval "! routeprobe freeze errors any 2>/dev/null"
refused freeze "errors any" "freeze: unknown filter word \"errors\"; known are a prefix first, then to from oif iif mark uid ipproto sport dport tos family netns pid comm error"
refused freeze_after -1 'freeze_after: "-1" is not a number from 0 to 1048576'

freeze off
routeprobe freeze off
check_equal "SIGUSR1 dumps from a recorder that goes on" "1 2 2" "$(signalled)"
unload_module
check "frozen, the module goes" eval 'load_module freeze=now && unload_module'
finish
