#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reader's model of the FIB against the kernel, for IPv4: see model_lib.sh.
# shellcheck source=model_lib.sh
. "${0%/*}/model_lib.sh"

# As lines of `ip -batch`: a change, and then questions, STEPS times
# shellcheck disable=SC2016 # for awk
history_program='
function pick(words,   n, list) { n = split(words, list, " "); return list[int(rand() * n) + 1] }
function chance(percent) { return rand() * 100 < percent }
function prefix() { return pick("203.0.113.0/24 203.0.113.0/28 203.0.113.8/32 198.51.100.0/24 198.51.0.0/16 default") }
function table() { return pick("main main 100 101 102") }
function hop() { return pick("ha hb") == "ha" ? "via 10.0.1.2 dev ha" : "via 10.0.2.2 dev hb" }
function route(   words) {
	words = prefix() " table " table() (chance(40) ? " metric " pick("10 20") : "") \
		(chance(15) ? " tos 0x10" : "")
	if (chance(65)) return words " " hop()
	if (chance(60)) return pick("unreachable prohibit blackhole throw") " " words
	return words " nexthop via 10.0.1.2 dev ha nexthop via 10.0.2.2 dev hb"
}
function selector() {
	if (chance(20)) return ""
	return pick("from|10.0.1.0/24 from|10.0.2.1 to|203.0.113.0/28 to|198.51.100.0/24 fwmark|1 fwmark|2/0xf tos|0x10 iif|lo oif|hb uidrange|1000-1999 ipproto|udp dport|53 sport|1000-2000 not|fwmark|1")
}
function action() {
	if (chance(80)) return "lookup " table() (chance(15) ? " suppress_prefixlength " pick("0 24") : "")
	if (chance(30)) return "goto " pick("120 140 32766")
	return pick("unreachable prohibit blackhole nop")
}
function rule(   s) {
	s = selector()
	gsub(/\|/, " ", s)
	return "pref " pick("90 100 100 110 120 140") " " s " " action()
}
function change() {
	if (chance(55)) return "route " pick("add add append replace replace del") " " route()
	if (chance(10)) return "route flush table " pick("100 101 102")
	if (chance(70)) return chance(55) || !nrules ? "rule add " (rules[nrules++] = rule()) \
			: "rule del " rules[int(rand() * nrules)]
	if (chance(50)) return "link set hb " pick("down up up")
	return "addr " pick("add add del") " 10.0.2." pick("1 7") "/24 dev hb"
}
function question() {
	return "route get " pick("203.0.113.8 203.0.113.9 203.0.113.77 198.51.100.1 198.51.7.1 192.0.2.1 10.0.1.2 10.0.2.2 10.0.2.7 10.0.1.1") \
		(chance(25) ? " mark " pick("1 2 18") : "") (chance(15) ? " tos 0x10" : "") \
		(chance(15) ? " from " pick("10.0.1.1 10.0.2.1") : "") (chance(15) ? " uid " pick("1000 1999 2000") : "") \
		(chance(15) ? " ipproto udp sport " pick("1000 3000") " dport " pick("53 54") : "")
}
BEGIN {
	srand(seed)
	for (i = 0; i < steps; i++) {
		print change()
		for (j = 0; j < 3; j++) print question()
	}
}'

prepare() { ip -n rp-h route add default via 10.0.1.2; }

# A goto that came and went may hide most of one history, but not of all.
hold_model -4 28871 12152 16546
