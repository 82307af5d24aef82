#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The filter in the kernel: each word keeps what it says, and the whole story of it;
# a bad one changes nothing; and whatever it keeps, every call is accounted for.
. "${0%/*}/lib.sh"

probe=ip_route_output_key_hash_rcu
decisions=' \(output\|input\)'

filter() { echo "$1" >"$RP_PARAMETERS/filter"; }
made() { awk '/_made/ { n += $2 } END { print n }' "$RP_DEBUGFS/stats"; }
ask() { ip -n rp-h route get "$@" >/dev/null 2>&1; }
traffic() { in_netns "$1" "${0%/*}/traffic" sendto 2001 "${3:-1}" "$2" >/dev/null; }
index() { ip -n rp-h -o link show dev "$1" | cut -d: -f1; }
log_tail() { dmesg | grep 'routeprobe: filter: ' | tail -n 1 | sed 's/.*routeprobe: //'; }

# What keeps an IPv6 link going, such as its own address, comes when it likes.
seen() { grep "$about" "$RP_DEBUGFS/events" | grep -v ' \(local \|multicast \)\?\(fe80\|ff0.\):'; }

# decided COMMAND...: how many decisions it leaves in the buffer, and other records; if
# $about is set, only of lines with it.
about=
decided()
{
	local before after

	before=$(seen)
	"$@"
	after=$(seen)
	decided=$(($(printf %s "$after" | grep -c "$decisions: ") -
		   $(printf %s "$before" | grep -c "$decisions: ")))
	others=$(($(printf %s "$after" | grep -vc "$decisions: ") -
		  $(printf %s "$before" | grep -vc "$decisions: ")))
}

# keeps FILTER WHAT / NOT-THIS: two questions for `ip route get`
keeps()
{
	local words=$1 what=() yes

	shift
	while [ "$1" != / ]; do
		what+=("$1")
		shift
	done
	shift
	filter "$words"
	decided ask "${what[@]}"
	yes=$decided
	decided ask "$@"
	check_equal "$words: ${what[*]}, not $*" "1, 0 0" "$yes, $decided $others"
}

# Who asks is known before it does.
by_pid()
{
	local pid others_

	mkfifo "$dir/go"
	(read -r _ <"$dir/go"; exec ip -n rp-h route get 10.0.1.7 >/dev/null) &
	pid=$!
	filter "pid $pid"
	decided ask 10.0.1.7
	others_=$decided
	decided eval "echo >$dir/go; wait $pid"
	echo "$decided $others_"
}

# The steps are over before a source is chosen.
by_chosen_source()
{
	local chosen

	filter "from 10.0.1.1"
	decided ask 10.0.1.7
	chosen=$decided
	decided ask 10.0.2.7
	echo "$chosen $decided"
}

by_comm()
{
	local ip

	filter "comm ip"
	decided ask 10.0.1.7
	ip=$decided
	decided traffic rp-h 10.0.1.2
	echo "$ip $decided"
}

# One in each namespace, which may also say that it belongs to groups
by_netns()
{
	local h about='> 10\.0\.1\.7 '

	filter "netns $(netns_inode rp-h)"
	decided ask 10.0.1.7
	h=$decided
	decided eval "ip -n rp-a route get 10.0.1.7 >/dev/null"
	echo "$h $decided $others"
}

# A task is not the owner of what a softirq does in its time.
bystander()
{
	filter "comm traffic"
	decided traffic rp-a 10.0.2.2
	grep -c 'softirq.* > 10\.0\.2\.2[: ]' "$RP_DEBUGFS/events"
}

# A change is kept, whatever is asked of flows, but not that of another namespace.
changes()
{
	filter "to 192.0.2.1 dport 1 comm nobody error EACCES"
	ip -n rp-h route add 192.0.2.0/24 dev ha
	grep -c " ip.* change: insert .* 192.0.2.0/24 " "$RP_DEBUGFS/events"
	filter "netns $(netns_inode rp-a)"
	ip -n rp-h route add 192.0.3.0/24 dev ha
	grep -c " ip.* change: insert .* 192.0.3.0/24 " "$RP_DEBUGFS/events"
}

# steps DESTINATION: of the decisions of a flow, as the reader joins them
steps()
{
	routeprobe report --json -d to "$1" 2>/dev/null |
		jq -c 'select(.steps) | [.kind, .verdict, [.steps[] | [.probe, .depth, .verdict]]]' |
		tail -n 1
}

# same_story NAME WORDS DESTINATION [OPTION]...: the story is the same with a filter as without
same_story()
{
	local name=$1 words=$2 to=$3 before

	shift 3
	filter ""
	ask "$to" "$@"
	before=$(steps "$to")
	filter "$words"
	ask "$to" "$@"
	check_equal "$name: $words: the whole story" "$before" "$(steps "$to")"
}

# alone WORDS DESTINATION [OPTION]...: the walk over the rules, and the three that it passed
# as one record, without a filter, with it, and with one that keeps no other namespace
alone()
{
	local words=$1 filter counts=()

	shift
	for filter in "" "$words" "netns 1"; do
		filter "$filter"
		ask "$@"
		counts+=("$(grep -c " \(lookup\|rules*\): .* > $1 " "$RP_DEBUGFS/events")")
	done
	check_equal "$words: steps without a decision" "2 4 4" "${counts[*]}"
}

# A task that asks N times when it is told so: its calls are where those before were.
start_asking()
{
	# shellcheck disable=SC2016 # for the shell in the namespace
	coproc in_netns rp-h taskset -c 0 bash -c 'while read -r n; do
		for ((; n; n--)); do : 3<>/dev/udp/10.0.1.2/9; done
		echo; done'
}

ask_again() { echo "$1" >&"${COPROC[1]}" && read -r _ <&"${COPROC[0]}"; }

stop_asking()
{
	eval "exec ${COPROC[1]}>&-"
	wait "$COPROC_PID"
}

# covered_after WORDS: decisions that a filter did not keep cover no lookup of later ones.
covered_after()
{
	local probe=fib_table_lookup recorded filtered

	filter "$1"
	ask_again 100
	echo $probe >"$RP_PARAMETERS/probes"
	filter ""
	recorded=$(counter 6)
	filtered=$(counter 7)
	ask_again 100
	check_equal "$1: what was not kept covers no later lookup" "1 0" \
		"$(($(counter 6) - recorded >= 100)) $(($(counter 7) - filtered))"
	echo "$usual" >"$RP_PARAMETERS/probes"
}

# refused WORDS LOG-LINE
refused()
{
	local before

	before=$(cat "$RP_PARAMETERS/filter")
	if filter "$1" 2>/dev/null; then
		fail "\"$1\" is refused"
		return
	fi
	check_equal "\"$1\" is refused, with a word, and changes nothing" "$2; $before" \
		"$(log_tail); $(cat "$RP_PARAMETERS/filter")"
}

# counter COLUMN: of the file probes, for that one
counter() { awk -F'\t' -v column="$1" -v probe="$probe" '$2 == probe { print $column }' "$RP_DEBUGFS/probes"; }

# Two processes under filters that come and go; CALLS is what the kernel saw of them.
count_calls()
{
	local words before

	before=$(kernel_counted)
	"${0%/*}/traffic" -c 0 sendto 2001 10000 127.0.0.1 127.0.0.2 >/dev/null &
	"${0%/*}/traffic" -c 1 sendto 2002 10000 127.0.0.1 127.0.0.2 >/dev/null &
	while [ "$(jobs -rp)" ]; do
		for words in "to 127.0.0.1" "" "error any" "sport 2002 oif lo" "comm traffic"; do
			filter "$words"
			replaced=$((replaced + 1))
		done
	done
	wait
	calls=$(($(kernel_counted) - before))
}

not_loaded()
{
	if load_module "$1" 2>/dev/null; then
		unload_module
		return 1
	fi
	[ ! -e "$RP_DEBUGFS" ]
}

words="known are a prefix first, then to from oif iif mark uid ipproto sport dport tos family"
words+=" netns pid comm error"
dir=$(mktemp -d)
replaced=0

plan 58
at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
network_up || exit 1
in_netns rp-h sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
ip -n rp-h route add unreachable 198.51.100.1
ip -n rp-h route add prohibit 198.51.100.2

check "insmod refuses a bad filter" not_loaded 'filter="too 10.0.0.1"'
check_equal "and says why" "filter: unknown filter word \"too\"; $words" "$(log_tail)"
load_module 'filter="to 10.0.1.0/24 netns 1"' || exit 1
needs ip_route_output_key_hash_rcu ip_route_input_slow fib_table_lookup
check_equal "insmod takes a filter" "to 10.0.1.0/24 netns 1" "$(cat "$RP_PARAMETERS/filter")"
check_equal "stats has it" "to 10.0.1.0/24 netns 1" \
	"$(sed -n 's/^filter //p' "$RP_DEBUGFS/stats" | head -n 1)"
check "status has it" eval "routeprobe status | grep -q '^filter  *to 10.0.1.0/24 netns 1$'"

keeps "to 10.0.1.0/24" 10.0.1.7 / 10.0.2.7
keeps "10.0.1.7" 10.0.1.7 / 10.0.1.8
keeps "to 10.0.1.8 to 10.0.1.7" 10.0.1.7 / 10.0.1.9
keeps "from 10.0.1.1" 10.0.1.7 from 10.0.1.1 / 10.0.1.7 from 10.0.2.1
check_equal "from: the source chosen" "1 0" "$(by_chosen_source)"
keeps "oif ha" 10.0.1.7 / 10.0.2.7
keeps "oif ha" 10.0.1.7 oif ha / 10.0.2.7 oif hb
keeps "oif $(index ha)" 10.0.1.7 / 10.0.2.7
keeps "iif ha" 10.0.2.7 from 10.0.1.2 iif ha / 10.0.1.7 from 10.0.2.2 iif hb
keeps "iif $(index ha)" 10.0.2.7 from 10.0.1.2 iif ha / 10.0.1.7 from 10.0.2.2 iif hb
keeps "mark 0x15" 10.0.1.7 mark 0x15 / 10.0.1.7 mark 0x16
keeps "mark 0x10/0xf0" 10.0.1.7 mark 0x15 / 10.0.1.7 mark 0x25
keeps "uid 1000" 10.0.1.7 uid 1000 / 10.0.1.7 uid 1001
keeps "ipproto tcp" 10.0.1.7 ipproto tcp / 10.0.1.7 ipproto udp
keeps "sport 53" 10.0.1.7 ipproto udp sport 53 dport 80 / 10.0.1.7 ipproto udp sport 80 dport 53
keeps "dport 53" 10.0.1.7 ipproto udp sport 80 dport 53 / 10.0.1.7 ipproto udp sport 53 dport 80
keeps "tos 0x10" 10.0.1.7 tos 0x10 / 10.0.1.7
keeps "to 10.0.1.0/24 dport 53 mark 7" 10.0.1.7 ipproto udp dport 53 mark 7 / \
	10.0.1.7 ipproto udp dport 53 mark 8
keeps "error any" 203.0.113.1 / 10.0.1.7
keeps "error ENETUNREACH" 203.0.113.1 / 10.0.1.7
keeps "error EHOSTUNREACH,13" 198.51.100.1 / 10.0.1.7
keeps "error 1,EACCES" 198.51.100.2 / 10.0.1.7
keeps "to 203.0.113.0/24 error any" 203.0.113.1 / 10.0.1.7
keeps "error any to 198.51.0.0/16" 198.51.100.1 / 203.0.113.1

check_equal "pid" "1 0" "$(by_pid)"
check_equal "comm" "1 0" "$(by_comm)"
check_equal "netns" "1 0 0" "$(by_netns)"
check_equal "a bystander owns nothing" 0 "$(bystander)"
check_equal "changes are kept, but those elsewhere" "1 0" "$(changes | xargs)"

in_netns rp-h sh -c 'echo 1 >/proc/sys/net/ipv4/conf/ha/rp_filter'
reason=EXDEV
! grep -q ' IP_RPFILTER$' "$RP_DEBUGFS/reasons" || reason+=,ip_rpfilter
keeps "error $reason" 10.0.2.7 from 10.0.2.9 iif ha / 10.0.2.7 from 10.0.1.9 iif ha
in_netns rp-h sh -c 'echo 0 >/proc/sys/net/ipv4/conf/ha/rp_filter'

same_story "asked" "dport 53" 10.0.1.21 ipproto udp dport 53
same_story "received" "dport 53 iif ha" 10.0.2.21 from 10.0.1.2 iif ha ipproto udp dport 53
same_story "failed" "error any" 203.0.113.21
same_story "refused" "error EHOSTUNREACH" 198.51.100.1
ip -n rp-h rule add pref 100 fwmark 9 lookup 100
ip -n rp-h rule add pref 200 to 198.51.100.21 prohibit
same_story "with rules" "mark 9 netns $(netns_inode rp-h)" 10.0.1.22 mark 9
same_story "with rules" "from 10.0.1.1" 10.0.1.23
same_story "by a rule" "error EACCES" 198.51.100.21
same_story "failed, with rules" "error ENETUNREACH" 203.0.113.22

# A step that finds nothing knows its namespace from its rule alone.
usual=$(cat "$RP_PARAMETERS/probes")
echo lookup >"$RP_PARAMETERS/probes"
alone "netns $(netns_inode rp-h)" 203.0.113.23
alone "iif ha" 203.0.113.24 from 10.0.1.2 iif ha
alone "oif ha" 203.0.113.25 oif ha
echo "$usual" >"$RP_PARAMETERS/probes"

# A namespace that has had rules covers nothing: a new one.
network_down && network_up || exit 1
start_asking
covered_after "to 192.0.2.1"
covered_after "error any"
stop_asking

refused "via 10.0.0.1" "filter: unknown filter word \"via\"; $words"
refused "to 10.0.0.256" 'filter: "10.0.0.256" is no value for "to"; it wants PREFIX'
refused "to" 'filter: "to" needs a value: PREFIX'
refused "netns rp-h" 'filter: "rp-h" is no value for "netns"; it wants INODE'
filter "to 10.0.0.0/8"
filter ""
check_equal "nothing is no filter" "" "$(cat "$RP_PARAMETERS/filter")"

# What is given up has taken the place of the oldest.
echo 64 >"$RP_PARAMETERS/records_per_cpu"
traffic rp-h 10.0.1.2 100
filter "error any"
traffic rp-h 10.0.1.2 10
check_equal "what is held can be read" "$(awk '/_held/ { n += $2 } END { print n }' "$RP_DEBUGFS/stats")" \
	"$(grep -vc '^#' "$RP_DEBUGFS/events")"

unload_module
network_down
load_module maxactive=1 probes=$probe && kernel_counts $probe || exit 1
count_calls
note "$calls calls, $(counter 6) recorded, $(counter 7) filtered, $(counter 8) missed, $replaced filters"
check_equal "recorded, filtered and missed are all" "$calls" \
	$(($(counter 6) + $(counter 7) + $(counter 8)))
check "some were filtered" test "$(counter 7)" -gt 0
check "and some recorded" test "$(counter 6)" -gt 0
check_equal "every record is in a ring, or was" "$(counter 6)" "$(made)"
finish
