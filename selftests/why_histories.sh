#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whom does the reader blame, for failures at the end of random histories?  The history is
# played again without the changes that were named: then the same question must be answered,
# or refused otherwise (or for want of a route, and with one it would be answered).  If
# several were named, all of them must be needed.  Without any one of the changes that came
# after them, it must still be refused: nobody newer did it, unless it and one before are
# nothing together.  And where no change was named, though there were some, it must still be
# refused without any one of them.  A command that failed changed nothing, and is not played
# again.
#
# The seeds are those that once found something, and some others; random ones if asked for.
# Those that begin with 6: are of IPv6, with v: of IPv4 with a VRF, with n: with next hop
# objects.
#
# HISTORIES_SEED="N...": those seeds, as they are printed.  HISTORIES=N: so many random ones,
# of IPv6 HISTORIES6=N, with a VRF HISTORIES_VRF=N, with next hop objects HISTORIES_NH=N.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# A device that is as it is to be changes nothing, and nobody could tell that it did not.
# shellcheck disable=SC2016 # for awk
emit_program='
function emit(s, file,   w, what) {
	if (split(s, w, " ") >= 4 && w[1] == "link") {
		what = w[4] ~ /master/ ? w[3] " master" : w[3]
		if ((what in state ? state[what] : w[4] ~ /master/ ? "nomaster" : "up") == w[4]) return
		state[what] = w[4]
	}
	print s >file
}'

# Lines for `ip -batch`: what was there before, what changes, and the question
# shellcheck disable=SC2016 # for awk
history_program='
function pick(words,   n, list) { n = split(words, list, " "); return list[int(rand() * n) + 1] }
function chance(percent) { return rand() * 100 < percent }
function prefix() { return pick("203.0.113.0/24 203.0.113.0/24 203.0.113.0/28 203.0.113.8/32 198.51.100.0/24 default default") }
function table() { return pick(vrf ? "main main 10 10 100" : "main main main 100 101") }
function route(   words) {
	words = prefix() " table " table() (chance(25) ? " metric " pick("10 20") : "") (chance(5) ? " tos 0x10" : "")
	if (objects && chance(50)) return words " nhid " pick("1 2 3")
	if (chance(30)) return pick("unreachable prohibit blackhole throw") " " words
	if (chance(10)) return words " nexthop via 10.0.1.2 dev ha nexthop via 10.0.2.2 dev hb"
	return words " via 10.0." pick("1.2 2.2")
}
function rule() {
	return "pref " pick("90 100 110 120") " " pick("from|all to|203.0.113.0/28 fwmark|1 fwmark|2 uidrange|0-0 from|10.0.1.0/24 ipproto|tcp not|fwmark|1 not|to|203.0.113.8 iif|lo") \
		" " (chance(75) ? "lookup " table() (chance(10) ? " suppress_prefixlength " pick("0 24") : "") : \
		     chance(20) ? "goto " pick("110 120 32766") : pick("prohibit unreachable blackhole nop"))
}
function line(   s) {
	if (vrf && chance(20))
		s = "link set hb " pick("master|red master|red nomaster")
	else if (objects && chance(25))
		s = "nexthop " pick("del|id|1 del|id|2 replace|id|1|via|10.0.2.2|dev|hb replace|id|1|via|10.0.1.2|dev|ha replace|id|2|blackhole add|id|3|group|1/2 replace|id|2|via|10.0.2.2|dev|hb")
	else if (chance(55))
		s = "route " (chance(50) && nroutes ? "del " routes[int(rand() * nroutes)] : pick("add add replace append prepend") " " (routes[nroutes++] = route()))
	else if (chance(70))
		s = "rule " (chance(45) && nrules ? "del " rules[int(rand() * nrules)] : "add " (rules[nrules++] = rule()))
	else if (chance(60))
		s = "link set " pick("ha hb hb") " " pick("down up up")
	else
		s = "addr " pick("add add del") " 10.0.2." pick("1 7") "/24 dev hb"
	gsub(/\|/, " ", s)
	return s
}
BEGIN {
	srand(seed)
	print "route add default via 10.0.1.2" >before
	for (i = 0; i < 6; i++) emit(line(), before)
	for (i = 0; i < 7; i++) emit(line(), changes)
	if (chance(20))
		print "route get 10.0.1.1 from " pick("203.0.113.8 203.0.113.9 198.51.100.1") " iif ha" >question
	else
		print "route get " pick("203.0.113.8 203.0.113.9 203.0.113.77 198.51.100.1 192.0.2.1 10.0.2.9") (chance(30) ? " mark " pick("1 2") : "") (chance(15) ? " from 10.0.1.1" : "") \
			(vrf && chance(40) ? " oif " pick("hb red") : "") >question
}'

# The same of IPv6, where links that go down lose their addresses
# shellcheck disable=SC2016 # for awk
history_program6='
function pick(words,   n, list) { n = split(words, list, " "); return list[int(rand() * n) + 1] }
function chance(percent) { return rand() * 100 < percent }
function prefix() { return pick("2001:db8:9::/64 2001:db8:9::/64 2001:db8:9::/80 2001:db8:9::8 2001:db8:7::/48 default default") }
function table() { return pick("main main main 100 101") }
function route(   words) {
	words = prefix() " table " table() (chance(25) ? " metric " pick("10 20") : "")
	if (chance(30)) return pick("unreachable prohibit blackhole throw") " " words
	if (chance(10)) return words " nexthop via 2001:db8:1::2 dev ha nexthop via 2001:db8:2::2 dev hb"
	if (chance(15)) return words " dev " pick("ha hb")
	return words " via 2001:db8:" pick("1::2 2::2")
}
function rule() {
	return "pref " pick("90 100 110 120") " " pick("from|all to|2001:db8:9::/80 fwmark|1 fwmark|2 uidrange|0-0 from|2001:db8:1::/64 ipproto|tcp not|fwmark|1 not|to|2001:db8:9::8 iif|lo") \
		" " (chance(75) ? "lookup " table() (chance(10) ? " suppress_prefixlength " pick("0 64") : "") : \
		     chance(20) ? "goto " pick("110 120 32766") : pick("prohibit unreachable blackhole nop"))
}
function line(   s) {
	if (chance(55))
		s = "route " (chance(50) && nroutes ? "del " routes[int(rand() * nroutes)] : pick("add add replace append prepend") " " (routes[nroutes++] = route()))
	else if (chance(70))
		s = "rule " (chance(45) && nrules ? "del " rules[int(rand() * nrules)] : "add " (rules[nrules++] = rule()))
	else if (chance(60))
		s = "link set " pick("ha hb hb") " " pick("down up up")
	else
		s = "addr " pick("add add del") " 2001:db8:2::" pick("1 7") "/64 dev hb"
	if (s ~ /^addr add/) s = s " nodad"
	gsub(/\|/, " ", s)
	return s
}
BEGIN {
	srand(seed)
	print "route add default via 2001:db8:1::2" >before
	for (i = 0; i < 6; i++) emit(line(), before)
	for (i = 0; i < 7; i++) emit(line(), changes)
	if (chance(20))
		print "route get " pick("2001:db8:9::8 2001:db8:7::1") " from 2001:db8:1::2 iif ha" >question
	else
		print "route get " pick("2001:db8:9::8 2001:db8:9::9 2001:db8:9:0:1::1 2001:db8:7::1 2001:db8:5::1 2001:db8:2::9") (chance(30) ? " mark " pick("1 2") : "") (chance(15) ? " from 2001:db8:1::1" : "") >question
}'

# of $family, with a VRF if $vrf, and next hop objects if $objects
network()
{
	local a=10.0.1.1/24 b=10.0.2.1/24

	[ "$family" = -4 ] || a="2001:db8:1::1/64 nodad" b="2001:db8:2::1/64 nodad"
	cat <<-END
		link add ha type dummy
		link add hb type dummy
		${vrf:+link add red type vrf table 10}
		${vrf:+link set red up}
		addr add $a dev ha
		addr add $b dev hb
		link set ha up
		link set hb up
		link set lo up
		${objects:+nexthop add id 1 via 10.0.1.2 dev ha}
		${objects:+nexthop add id 2 via 10.0.2.2 dev hb}
	END
}

# As the last route of all: where it would be answered if there were any.  Its device is up,
# or it is the one that was demanded.
last_resort()
{
	echo "link add hz type dummy"
	echo "link set hz up"
	if [ "$family" = -4 ]; then
		echo "addr add 10.9.9.9/32 dev hz"
		[[ $question != *" oif hb"* ]] || echo "route add default dev hb table 253 metric 1"
	else
		echo "addr add 2001:db8:f::9/128 dev hz nodad"
		echo "rule add pref 32767 lookup 253"
	fi
	echo "route add default dev hz table 253"
}

# For sh -c, before a command: packets must come in by the way back
# shellcheck disable=SC2016 # for the shell there
strict='echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter; exec "$@"'

# What the kernel says to the question, in one word, of what ip(8) said to all
answer()
{
	local line said=

	while IFS= read -r line; do
		case $line in
		"RTNETLINK answers: "*) said=${line#*: } ;;
		Error*|Command*|Cannot*|"") ;;
		*) said=ok ;;
		esac
	done
	echo "$said"
}

# play [NUMBER...]: the whole history, but for some of its changes, and $resort; then the
# answer
resort=
play()
{
	local i without=" $* "

	{
		echo "$begun"
		for i in "${!made[@]}"; do
			[[ $without = *" $((i + 1)) "* ]] || echo "${made[i]}"
		done
		echo "$resort"
		echo "$question"
	} >"$dir/played"
	unshare -n sh -c "$strict" - ip "$family" -force -batch "$dir/played" 2>&1 | answer
}

rescued()
{
	local resort

	resort=$(last_resort)
	[ "$(play "$@")" = ok ]
}

# The numbers of the changes that were named, by the processes that made them
named()
{
	local cause pid i

	cause=$(sed -n '/^{"kind":"why"/{s/.*"cause":{\(.*\)},"next":.*/\1/p;q}' "$dir/json")
	while [[ $cause =~ '"pid":'([0-9]+)(.*) ]]; do
		pid=${BASH_REMATCH[1]} cause=${BASH_REMATCH[2]}
		for i in "${!pids[@]}"; do
			[ "${pids[i]}" != "$pid" ] || echo $((i + 1))
		done
	done | sort -nu
}

# The change before that took away what this one brings back as it was, or brought what this
# one takes away: the two are no cause.
undone()
{
	awk -v n="$1" '
	{ line[NR] = $0; rest[NR] = $1; for (i = 3; i <= NF; i++) rest[NR] = rest[NR] " " $i
	  took[NR] = $2 == "del" }
	$1 == "link" { rest[NR] = $1 " " $3 ($4 ~ /master/ ? " master" : "")
	  took[NR] = $4 == "nomaster" || $4 == "down" }
	END { for (i = n - 1; i > 0; i--)
		if (took[i] != took[n] && rest[i] == rest[n]) { print i; exit } }' \
		<(printf '%s\n' "${made[@]}")
}

# As a command that is recorded: one process for each change, so that it can be named
if [ "${1-}" = recorded ]; then
	dir=$2 family=$3
	while read -r -a line; do
		ip "$family" -n rp-h "${line[@]}" 2>/dev/null &
		pid=$!
		wait $pid && echo $pid >>"$dir/pids" && echo "${line[*]}" >>"$dir/made"
	done <"$dir/changes"
	ip "$family" -n rp-h -force -batch "$dir/question" 2>&1 | answer >"$dir/answer"
	exit
fi

# One that is answered has nothing to be named for, and need not be recorded.
begin()
{
	local program=$history_program

	family=-4 vrf='' objects=''
	case $1 in
	6:*)	family=-6 program=$history_program6 ;;
	v:*)	vrf=1 ;;
	n:*)	objects=1 ;;
	esac
	awk -v seed="${1#?:}" -v vrf="$vrf" -v objects="$objects" -v before="$dir/before" -v changes="$dir/changes" \
		-v question="$dir/question" "$emit_program$program"
	begun=$(network; cat "$dir/before")
	question=$(<"$dir/question")
	mapfile -t made <"$dir/changes"
	[ "$(play)" != ok ]
}

failures=0 blamed=0 wrong=0 missed=0
history()
{
	local seed=$1 failed after i count last others undone
	local begun question family vrf objects
	local -a who made pids

	begin "$seed" || return 0
	ip netns del rp-h 2>/dev/null
	rm -rf "$dir/r"
	: >"$dir/pids"
	: >"$dir/made"
	echo "$begun" >"$dir/begun"
	ip netns add rp-h && in_netns rp-h sh -c "$strict" - \
		ip "$family" -force -batch "$dir/begun" >/dev/null 2>&1
	routeprobe record -o "$dir/r" -- "$0" recorded "$dir" "$family" 2>"$dir/footer"
	failed=$(<"$dir/answer")
	[ "$failed" != ok ] || return 0
	failures=$((failures + 1))
	mapfile -t made <"$dir/made"
	mapfile -t pids <"$dir/pids"
	routeprobe why -i "$dir/r" --json netns rp-h >"$dir/json" 2>/dev/null
	mapfile -t who < <(named)
	count=${#made[@]}
	last=0
	if [ "${#who[@]}" != 0 ]; then
		blamed=$((blamed + 1))
		last=${who[-1]}
		after=$(play "${who[@]}")
		[ "$after" != "$failed" ] || rescued "${who[@]}" ||
			suspect "$seed" "without what was named, ${who[*]}, it is $failed as well"
	fi
	[ "${#who[@]}" -lt 2 ] || for i in "${who[@]}"; do
		mapfile -t others < <(printf '%s\n' "${who[@]}" | grep -vx "$i")
		[ "$(play "${others[@]}")" != ok ] ||
			suspect "$seed" "${who[*]} were named, but without ${others[*]} it works"
	done
	for ((i = last + 1; i <= count; i++)); do
		[ "$(play "$i")" = ok ] || continue
		undone=$(undone "$i")
		[ -z "$undone" ] || [ "$(play "$undone" "$i")" = ok ] || continue
		if [ "$last" != 0 ]; then
			suspect "$seed" "${who[*]} was named, but without $i it works"
		else
			missed=$((missed + 1))
			note "seed $seed: no change was named, but without $i it works"
			show
			return
		fi
	done
}

suspect()
{
	wrong=$((wrong + 1))
	note "seed $1: $2"
	show
}

show()
{
	note "$(cat "$dir/before"; echo ---; cat -n "$dir/made"; cat "$dir/question" "$dir/answer" 2>/dev/null)"
	note "$(jq -r 'select(.kind == "why") | .summary' "$dir/json")"
}

# One for each kind of wrong blame that was found
found_something=(426909 562251 754724 175475 981255 75778 890570 489647 v:968923 v:775061 v:713134 v:836522 v:630601 v:56964)
seeds=()
if [ "${HISTORIES_SEED-}" ]; then
	read -ra seeds <<<"$HISTORIES_SEED"
else
	[ "${HISTORIES-}${HISTORIES6-}${HISTORIES_VRF-}${HISTORIES_NH-}" ] || seeds+=("${found_something[@]}" {1..16} 6:{1..8} v:{1..8} n:{1..8})
	mapfile -t -O "${#seeds[@]}" seeds < <(shuf -i 0-999999 -n "${HISTORIES:-0}"
		shuf -i 0-999999 -n "${HISTORIES6:-0}" | sed 's/^/6:/'
		shuf -i 0-999999 -n "${HISTORIES_VRF:-0}" | sed 's/^/v:/'
		shuf -i 0-999999 -n "${HISTORIES_NH:-0}" | sed 's/^/n:/')
fi
plan 2
dir=$(mktemp -d) && at_exit "rm -rf $dir"
at_exit "ip netns del rp-h 2>/dev/null"
at_exit unload_module
load_module || exit 1
[ -d /sys/module/dummy ] || modprobe dummy
tried=0
for seed in "${seeds[@]}"; do
	history "$seed"
	[ $((++tried % 50)) != 0 ] ||
		note "$tried tried, $failures failures, $blamed named, $wrong wrongly, $missed not"
	[ "${#seeds[@]}" != 1 ] || show
done
note "${#seeds[@]} histories, $failures failures, of $blamed the cause was named, wrongly $wrong times, and $missed times not"
check_equal "whoever was named did it" 0 "$wrong"
check "a cause is named of nine in ten: $missed missed" \
	test $((10 * missed)) -le $((blamed + missed))
finish
