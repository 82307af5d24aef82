#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is recorded when an error does not come from the FIB: each record of the
# group signal, as the file events has it, on the network of lib.sh.
. "${0%/*}/lib.sh"

hi() { ip -n rp-h "$@"; }
traffic=${0%/*}/traffic
lines() { wc -l <"$RP_DEBUGFS/events"; }
inode() { stat -L -c %i "/run/netns/$1"; }

# recorded SINCE SYMBOL...: the lines of these probes in rp-h, sorted, but for what
# differs each time.  nf_send_unreach() is left by a jump or by a return, which
# is the compiler's choice.
recorded()
{
	local since=$1

	shift
	tail -n "+$((since + 1))" "$RP_DEBUGFS/events" |
		grep -E " netns $(inode rp-h) ($(IFS='|'; echo "$*")): " |
		sed -E "s/.* netns [0-9]* ([a-z0-9_]+:)/\1/; s/ in [0-9]+ns / /; s/\+0x.*//
			s/by (nf_send_unreach|nft_reject_inet_eval)$/by reject/" |
		LC_ALL=C sort
}

# says NAME EXPECTED SYMBOLS COMMAND...: what these probes record while it runs,
# and a moment longer, must be EXPECTED.
says()
{
	local name=$1 expected=$2 symbols=$3 since said try

	shift 3
	# shellcheck disable=SC2086 # a list of words
	needs $symbols
	since=$(lines)
	"$@" >/dev/null 2>&1
	for ((try = 0; try < 60; try++)); do
		# shellcheck disable=SC2086
		said=$(recorded "$since" $symbols)
		[ "$(wc -l <<<"$said")" -lt "$(wc -l <<<"$expected")" ] || [ -z "$said" ] || break
		sleep 0.1
	done
	check_equal "$name" "$expected" "$said"
	needs
}

# A packet of our own, and one of A's that we are to forward.
out() { in_netns rp-h "$traffic" sendto 2001 1 "$1"; }
from_a() { in_netns rp-a "$traffic" sendto 2002 1 "$1"; }
ours() { echo "to $1 from 10.0.1.1${2:+ iif $2} uid 0 ipproto 17 sport 2001 dport 10000"; }
theirs() { echo "to $1 from 10.0.1.2 iif $ha uid 0 ipproto 17 sport 2002 dport 10000"; }

received()
{
	says "an ICMP error from the neighbour" \
		"icmp_unreach: $(ours 10.0.1.2 "$ha") icmp 3/3 sent by 10.0.1.2 => none by icmp_rcv" \
		icmp_unreach out 10.0.1.2
	says "an ICMP error about a ping has its type" \
		"icmp_unreach: to 198.51.100.1 from 10.0.1.1 iif $ha uid 0 ipproto 1 type 8 code 0 icmp 3/1 sent by 10.0.1.2 => none by icmp_rcv" \
		icmp_unreach in_netns rp-h ping -c 1 -W 1 198.51.100.1
}

neighbour()
{
	says "the neighbour does not answer" \
		"ipv4_link_failure: $(ours 10.0.1.77) => none via 10.0.1.77 dev ha by arp_error_report" \
		ipv4_link_failure out 10.0.1.77
	says "the gateway does not answer" \
		"icmp_unreach: $(ours 203.0.113.1 1) icmp 3/1 sent by 10.0.1.1 => none by icmp_rcv
ipv4_link_failure: $(ours 203.0.113.1) => none via 10.0.1.99 dev ha by arp_error_report" \
		"ipv4_link_failure icmp_unreach" out 203.0.113.1
}

forward()
{
	says "forwarded, but there is no route" \
		"__icmp_send: $(theirs 192.0.2.1) icmp 3/0 => none by ip_error" \
		__icmp_send from_a 192.0.2.1
	says "forwarded, but the route prohibits" \
		"__icmp_send: $(theirs 192.0.2.2) icmp 3/13 => none by ip_error" \
		__icmp_send from_a 192.0.2.2
	says "forwarded, but its time is over" \
		"__icmp_send: to 10.0.2.2 from 10.0.1.2 iif $ha uid 0 ipproto 1 type 8 code 0 icmp 11/0 => none by ip_forward" \
		__icmp_send in_netns rp-a ping -c 1 -t 1 -W 1 10.0.2.2
	hi link set hb mtu 1300
	says "forwarded, but too large" \
		"__icmp_send: to 10.0.2.2 from 10.0.1.2 iif $ha uid 0 ipproto 1 type 8 code 0 icmp 3/4 mtu 1300 => none by ip_forward" \
		__icmp_send in_netns rp-a ping -c 1 -M "do" -s 1400 -W 1 10.0.2.2
}

ruleset() { in_netns rp-h nft "flush ruleset; add table $1 t; $2"; }
counters() { awk -F'\t' '$2 == "nf_hook_slow" { print $6, $7 }' "$RP_DEBUGFS/probes"; }

# passed RECORDED FILTERED, of counters() before, and what they are now.
passed() { [ "$3 $(($4 > $2))" = "$1 1" ]; }

netfilter()
{
	local before

	ruleset inet "add chain inet t out { type filter hook output priority 0; }
		add chain inet t in { type filter hook input priority 0; }
		add chain inet t through { type filter hook forward priority 0; }
		add rule inet t out udp dport 10000 ip daddr 10.0.1.3 drop
		add rule inet t out udp dport 10000 ip daddr 10.0.1.4 reject with icmp type admin-prohibited
		add rule inet t in udp dport 10000 ip daddr 10.0.1.1 drop
		add rule inet t through udp dport 10000 ip daddr 10.0.2.2 drop"
	says "netfilter drops what we send" \
		"nf_hook_slow: $(ours 10.0.1.3) hook 3 => error err -1 by __ip_local_out" \
		nf_hook_slow out 10.0.1.3
	says "netfilter rejects it" \
		"__icmp_send: $(ours 10.0.1.4) icmp 3/13 => none by reject
icmp_unreach: $(ours 10.0.1.4 1) icmp 3/13 sent by 10.0.1.1 => none by icmp_rcv
nf_hook_slow: $(ours 10.0.1.4) hook 3 => error err -1 by __ip_local_out" \
		"__icmp_send nf_hook_slow icmp_unreach" out 10.0.1.4
	says "netfilter drops what comes in" \
		"nf_hook_slow: $(theirs 10.0.1.1) hook 1 => error err -1 by ip_local_deliver" \
		nf_hook_slow from_a 10.0.1.1
	says "netfilter drops what goes through" \
		"nf_hook_slow: $(theirs 10.0.2.2) hook 2 => error err -1 by ip_forward" \
		nf_hook_slow from_a 10.0.2.2
	needs nf_hook_slow
	before=$(counters)
	out 10.0.1.2 >/dev/null
	# shellcheck disable=SC2046 disable=SC2086 # four numbers
	check "what netfilter lets pass leaves no record, but is counted" \
		passed $before $(counters)
	needs
}

reroute()
{
	ruleset ip "add chain ip t out { type route hook output priority -150; }
		add rule ip t out udp dport 10000 meta mark set 1"
	hi rule add pref 100 fwmark 1 lookup 100
	hi route add default via 10.0.2.2 table 100
	says "netfilter asks again for a marked packet" \
		"ip_route_me_harder: to 10.0.1.2 from 10.0.1.1 mark 0x1 uid 0 ipproto 17 sport 2001 dport 10000 => hit by nf_route_table_hook4" \
		ip_route_me_harder out 10.0.1.2
	hi route replace unreachable default table 100
	says "and there is no route" \
		"ip_route_me_harder: to 10.0.1.2 from 10.0.1.1 mark 0x1 uid 0 ipproto 17 sport 2001 dport 10000 => error err -113 by nf_route_table_hook4
nf_hook_slow: $(ours 10.0.1.2) hook 3 => error err -113 by __ip_local_out" \
		"ip_route_me_harder nf_hook_slow" out 10.0.1.2
	hi rule del pref 100
}

plan 15
at_exit network_down
at_exit unload_module
load_module && network_up || exit 1
ha=$(hi -j link show ha | jq '.[0].ifindex')
echo 1 | in_netns rp-h tee /proc/sys/net/ipv4/ip_forward >/dev/null
echo 1 | in_netns rp-a tee /proc/sys/net/ipv4/ip_forward >/dev/null
hi route add 198.51.100.0/24 via 10.0.1.2
hi route add 203.0.113.0/24 via 10.0.1.99
hi route add prohibit 192.0.2.2
ip -n rp-a route add default via 10.0.1.1
ip -n rp-a route add unreachable 198.51.100.0/24
ip -n rp-b route add default via 10.0.2.1
received
neighbour
forward
netfilter
reroute
finish
