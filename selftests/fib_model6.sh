#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The reader's model of the FIB against the kernel, for IPv6: see model_lib.sh.
# shellcheck source=model_lib.sh
. "${0%/*}/model_lib.sh"

# shellcheck disable=SC2016,SC2034 # for awk, and for model_lib.sh
history_program='
function pick(words,   n, list) { n = split(words, list, " "); return list[int(rand() * n) + 1] }
function chance(percent) { return rand() * 100 < percent }
function prefix() {
	return pick("2001:db8:9::/64 2001:db8:9::/64 2001:db8:9::8/126 2001:db8:9::8/128 2001:db8:a::/64 2001:db8:8::/46 default")
}
function table() { return pick("main main 100 101 102") }
function from() { return " from " pick("2001:db8:1::/64 2001:db8:1::/64 2001:db8:1::1 2001:db8:2::/64") }
function hop() {
	return pick("via|2001:db8:1::2|dev|ha via|2001:db8:1::3|dev|ha via|2001:db8:2::2|dev|hb via|2001:db8:2::3|dev|hb")
}
function route(   words) {
	words = prefix() (chance(15) ? from() : "") " table " table() \
		(chance(40) ? " metric " pick("10 20") : "") \
		(chance(15) ? " pref " pick("low medium high") : "") (chance(10) ? " expires " pick("1 3") : "")
	if (chance(15)) return words " dev " pick("ha hb")
	if (chance(10)) return words " nhid " pick("1 2 3 10")
	if (chance(55)) return words " " hop()
	if (chance(60)) return pick("unreachable prohibit blackhole throw") " " words
	return words " nexthop " hop() " nexthop " hop()
}
function selector() {
	if (chance(20)) return ""
	return pick("from|2001:db8:1::/64 from|2001:db8:2::1 to|2001:db8:9::/64 to|2001:db8:a::/48 fwmark|1 fwmark|2/0xf tos|0x10 iif|lo oif|hb uidrange|1000-1999 ipproto|udp dport|53 sport|1000-2000 not|fwmark|1")
}
function action() {
	if (chance(80)) return "lookup " table() (chance(15) ? " suppress_prefixlength " pick("0 64") : "")
	if (chance(30)) return "goto " pick("120 140 32766")
	return pick("unreachable prohibit blackhole nop")
}
function rule() { return "pref " pick("90 100 100 110 120 140") " " selector() " " action() }
function change() {
	if (chance(65)) return "route " pick("add add append append replace replace change del") " " route()
	if (chance(10)) return "route flush table " pick("100 101 102")
	if (chance(60)) return chance(55) || !nrules ? "rule add " (rules[nrules++] = rule()) \
			: "rule del " rules[int(rand() * nrules)]
	if (chance(15)) return "nexthop " pick("add replace") " id " pick("1|via|2001:db8:1::2|dev|ha 1|via|2001:db8:1::3|dev|ha 2|via|2001:db8:2::2|dev|hb 3|blackhole 10|group|1/2 10|group|1")
	if (chance(10)) return "nexthop del id " pick("1 2 10")
	if (chance(40)) return "link set hb " pick("down up up")
	return "addr " pick("add add del") " 2001:db8:2::" pick("1 7") "/64 dev hb nodad"
}
function question() {
	return "route get " pick("2001:db8:9::8 2001:db8:9::9 2001:db8:9::77 2001:db8:a::1 2001:db8:b::1 2001:db8:f::1 2001:db8:1::2 2001:db8:2::2 2001:db8:2::7 2001:db8:1::1 fe80::9") \
		(chance(25) ? " mark " pick("1 2 18") : "") (chance(15) ? " tos 0x10" : "") \
		(chance(30) ? " from " pick("2001:db8:1::1 2001:db8:2::1") : chance(15) ? " from 2001:db8:1::2 iif ha" : "") (chance(15) ? " uid " pick("1000 1999 2000") : "") \
		(chance(15) ? " oif " pick("ha hb") : "") \
		(chance(15) ? " ipproto udp sport " pick("1000 3000") " dport " pick("53 54") : "")
}
BEGIN {
	srand(seed)
	for (i = 0; i < steps; i++) {
		line = change()
		gsub(/\|/, " ", line)
		print line
		for (j = 0; j < 3; j++) print question()
	}
}'

prepare() { network6_up && ip -6 -n rp-h route add default via 2001:db8:1::2; }

hold_model -6 1 2 3
