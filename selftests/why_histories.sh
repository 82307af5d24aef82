#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whom does the reader blame, for failures at the end of random histories?  The history is
# played again without the change that was named: then the same question must be answered,
# or refused otherwise.  Without any one of the changes that came after the named one, it
# must still be refused as it was: nobody newer did it.  And where no change was named,
# though there were some, it must still be refused without any one of them.  A command that
# failed changed nothing, and is not played again.
#
# HISTORIES_SEED=N: one with that seed, as it is printed.  HISTORIES=N: so many.
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# Lines for `ip -batch`: what was there before (of SETUP), and what changes
# shellcheck disable=SC2016 # for awk
history_program='
function pick(words,   n, list) { n = split(words, list, " "); return list[int(rand() * n) + 1] }
function chance(percent) { return rand() * 100 < percent }
function prefix() { return pick("203.0.113.0/24 203.0.113.0/28 203.0.113.8/32 198.51.100.0/24 default") }
function table() { return pick("main main main 100 101") }
function route() {
	if (chance(30)) return pick("unreachable prohibit blackhole throw") " " prefix() " table " table()
	return prefix() " via 10.0." pick("1.2 2.2") " table " table()
}
function rule() {
	return "pref " pick("90 100 110 120") " " pick("from|all to|203.0.113.0/28 fwmark|1 fwmark|2 uidrange|0-0 from|10.0.1.0/24 ipproto|tcp") \
		" " (chance(85) ? "lookup " table() : pick("prohibit unreachable"))
}
function line(   s) {
	if (chance(60)) {
		s = "route " (chance(50) && nroutes ? "del " routes[int(rand() * nroutes)] : pick("add add replace") " " (routes[nroutes++] = route()))
	} else if (chance(80)) {
		s = "rule " (chance(45) && nrules ? "del " rules[int(rand() * nrules)] : "add " (rules[nrules++] = rule()))
	} else {
		s = "link set hb " pick("down up")
	}
	gsub(/\|/, " ", s)
	return s
}
BEGIN {
	srand(seed)
	print "route add default via 10.0.1.2" >before
	for (i = 0; i < 6; i++) print line() >before
	for (i = 0; i < 7; i++) print line() >changes
	print "get " pick("203.0.113.8 203.0.113.9 203.0.113.77 198.51.100.1 192.0.2.1") (chance(30) ? " mark " pick("1 2") : "") >question
}'

# What the kernel says to the question, in one word
answer()
{
	local said

	# shellcheck disable=SC2046 # a list of words
	said=$(ip -n rp-h route $(<"$dir/question") 2>&1)
	case $said in
	RTNETLINK*) echo "${said##*: }" ;;
	*)	echo "ok" ;;
	esac
}

# play [NUMBER]: the whole history, but for one of its changes; then the answer
play()
{
	network_down && network_up || exit 1
	ip -n rp-h -force -batch "$dir/before" >/dev/null 2>&1
	sed "${1:+$1d}" "$dir/made" >"$dir/played"
	ip -n rp-h -force -batch "$dir/played" >/dev/null 2>&1
	answer
}

# The number of the change that was named, by the process that made it; 0: none
named()
{
	local pid

	pid=$(jq -r 'select(.kind == "why") | .cause.pid // 0' "$dir/json" | head -n 1)
	awk -v pid="${pid:-0}" '$1 == pid { n = NR } END { print n + 0 }' "$dir/pids"
}

# As a command that is recorded: one process for each change, so that it can be named
if [ "${1-}" = recorded ]; then
	dir=$2
	while read -r -a line; do
		ip -n rp-h "${line[@]}" 2>/dev/null &
		pid=$!
		wait $pid && echo $pid >>"$dir/pids" && echo "${line[*]}" >>"$dir/made"
	done <"$dir/changes"
	answer >"$dir/answer"
	exit
fi

failures=0 blamed=0 wrong=0 missed=0
history()
{
	local seed=$1 failed number after i count

	rm -rf "$dir/r"
	: >"$dir/pids"
	: >"$dir/made"
	awk -v seed="$seed" -v before="$dir/before" -v changes="$dir/changes" \
		-v question="$dir/question" "$history_program"
	network_down && network_up || exit 1
	ip -n rp-h -force -batch "$dir/before" >/dev/null 2>&1
	routeprobe record -o "$dir/r" -- "$0" recorded "$dir" 2>"$dir/footer"
	failed=$(<"$dir/answer")
	[ "$failed" != ok ] || return 0
	failures=$((failures + 1))
	routeprobe why -i "$dir/r" --json netns rp-h >"$dir/json" 2>/dev/null
	number=$(named)
	count=$(wc -l <"$dir/made")
	if [ "$number" != 0 ]; then
		blamed=$((blamed + 1))
		after=$(play "$number")
		if [ "$after" = "$failed" ]; then
			suspect "$seed" "without the change that was named, $number, it is $failed as well"
		fi
	fi
	for ((i = number + 1; i <= count; i++)); do
		after=$(play "$i")
		if [ "$after" = ok ] && [ "$number" != 0 ]; then
			suspect "$seed" "$number was named, but without $i it works"
		elif [ "$after" = ok ]; then
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
	note "$(cat "$dir/before"; echo ---; cat -n "$dir/made"; cat "$dir/question" "$dir/answer")"
	note "$(jq -r 'select(.kind == "why") | .summary' "$dir/json")"
}

plan 2
dir=$(mktemp -d) && at_exit "rm -rf $dir"
at_exit network_down
at_exit unload_module
load_module || exit 1
if [ "${HISTORIES_SEED-}" ]; then
	history "$HISTORIES_SEED"
	show
	finish
fi
for ((n = 0; n < ${HISTORIES:-20}; n++)); do
	history "$RANDOM"
done
note "$failures failures, of $blamed the cause was named, wrongly $wrong times, and $missed times not"
check_equal "whoever was named did it" 0 "$wrong"
check "a cause is named in most cases: $missed of $failures missed" test $((10 * (missed - 1))) -le "$failures"
finish
