#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is recorded when an error does not come from the FIB, and of what changes the
# FIB: each record as the file events has it, on the network of lib.sh.
. "${0%/*}/lib.sh"

hi() { ip -n rp-h "$@"; }
traffic=${0%/*}/traffic
lines() { wc -l <"$RP_DEBUGFS/events"; }

# kinds SYMBOL...: what these probes record, as a pattern
kinds()
{
	awk -F'\t' -v wanted=" $* " 'index(wanted, " " $2 " ") { print $3 }' \
		"$RP_DEBUGFS/probes" | sort -u | paste -sd'|'
}

# recorded SINCE SYMBOL...: the lines of these probes in rp-h, sorted, but for what
# differs each time.  nf_send_unreach() is left by a jump or by a return, which
# is the compiler's choice; and so is who calls those that tell of changes, and the hooks.
recorded()
{
	local since=$1

	shift
	tail -n "+$((since + 1))" "$RP_DEBUGFS/events" |
		grep -E " netns $(netns_inode rp-h) ($(kinds "$@")): " |
		sed -E "s/.* netns [0-9]* ([a-z-]+:)/\1/; s/ in [0-9.]+us//; s/\+0x.*//
			s/by (nf_send_unreach|nft_reject_inet_eval)$/by reject/
			/^(.*-event|netfilter): /s/ by .*//
			/^cache: /s/:[0-9]+ > / > /" |
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

# tells NAME LINE SYMBOL COMMAND...: while it runs, or a moment later, there is
# LINE, perhaps among others.
tells()
{
	local name=$1 line=$2 symbol=$3 since said try

	shift 3
	needs "$symbol"
	since=$(lines)
	"$@" >/dev/null 2>&1
	for ((try = 0; try < 50; try++)); do
		said=$(recorded "$since" "$symbol")
		if grep -Fxq "$line" <<<"$said"; then
			said=$line
			break
		fi
		sleep 0.1
	done
	check_equal "$name" "$line" "$said"
	needs
}

# A packet of our own, and one of A's that we are to forward.
out() { in_netns rp-h "$traffic" sendto 2001 1 "$1"; }
from_a() { in_netns rp-a "$traffic" sendto 2002 1 "$1"; }
ours() { echo "udp 10.0.1.1:2001 > $1:10000${2:+ iif $2}"; }
theirs() { echo "udp 10.0.1.2:2002 > $1:10000 iif $ha"; }

received()
{
	says "an ICMP error from the neighbour" \
		"icmp-in: $(ours 10.0.1.2 "$ha") => icmp 3/3 port-unreachable from 10.0.1.2 by icmp_rcv" \
		icmp_unreach out 10.0.1.2
	says "an ICMP error about a ping has its type" \
		"icmp-in: icmp 8/0 10.0.1.1 > 198.51.100.1 iif $ha => icmp 3/1 host-unreachable from 10.0.1.2 by icmp_rcv" \
		icmp_unreach in_netns rp-h ping -c 1 -W 1 198.51.100.1
}

neighbour()
{
	says "the neighbour does not answer" \
		"link-failure: $(ours 10.0.1.77) => no answer from 10.0.1.77 dev ha by arp_error_report" \
		ipv4_link_failure out 10.0.1.77
	says "the gateway does not answer" \
		"icmp-in: $(ours 203.0.113.1) => icmp 3/1 host-unreachable from 10.0.1.1 by icmp_rcv
link-failure: $(ours 203.0.113.1) => no answer from 10.0.1.99 dev ha by arp_error_report" \
		"ipv4_link_failure icmp_unreach" out 203.0.113.1
}

forward()
{
	says "forwarded, but there is no route" \
		"icmp-out: $(theirs 192.0.2.1) => icmp 3/0 net-unreachable by ip_error" \
		__icmp_send from_a 192.0.2.1
	says "forwarded, but the route prohibits" \
		"icmp-out: $(theirs 192.0.2.2) => icmp 3/13 admin-prohibited by ip_error" \
		__icmp_send from_a 192.0.2.2
	says "forwarded, but its time is over" \
		"icmp-out: icmp 8/0 10.0.1.2 > 10.0.2.2 iif $ha => icmp 11/0 ttl-exceeded by ip_forward" \
		__icmp_send in_netns rp-a ping -c 1 -t 1 -W 1 10.0.2.2
	hi link set hb mtu 1300
	says "forwarded, but too large" \
		"icmp-out: icmp 8/0 10.0.1.2 > 10.0.2.2 iif $ha => icmp 3/4 frag-needed mtu 1300 by ip_forward" \
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
		"netfilter: $(ours 10.0.1.3) => EPERM hook output" \
		nf_hook_slow out 10.0.1.3
	says "netfilter rejects it" \
		"icmp-in: $(ours 10.0.1.4) => icmp 3/13 admin-prohibited from 10.0.1.1 by icmp_rcv
icmp-out: $(ours 10.0.1.4) => icmp 3/13 admin-prohibited by reject
netfilter: $(ours 10.0.1.4) => EPERM hook output" \
		"__icmp_send nf_hook_slow icmp_unreach" out 10.0.1.4
	says "netfilter drops what comes in" \
		"netfilter: $(theirs 10.0.1.1) => EPERM hook input" \
		nf_hook_slow from_a 10.0.1.1
	says "netfilter drops what goes through" \
		"netfilter: $(theirs 10.0.2.2) => EPERM hook forward" \
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
		"reroute: $(ours 10.0.1.2) mark 0x1 => ok by nf_route_table_hook4" \
		ip_route_me_harder out 10.0.1.2
	hi route replace unreachable default table 100
	says "and there is no route" \
		"netfilter: $(ours 10.0.1.2) => EHOSTUNREACH hook output
reroute: $(ours 10.0.1.2) mark 0x1 => EHOSTUNREACH by nf_route_table_hook4" \
		"ip_route_me_harder nf_hook_slow" out 10.0.1.2
	hi rule del pref 100
}

# What changes the FIB.
link() { echo "link-event: $1 dev $2"; }

# with_it NAME LATER SYMBOL OP PREFIX COMMAND...: what COMMAND makes SYMBOL tell contains
# in time the end of the route; if LATER, that may also come after.  Of nested calls,
# as of a next hop that was all of a group, the outermost counts.
with_it()
{
	local name=$1 later=$2 symbol=$3 op=$4 prefix=$5 since

	shift 5
	needs "$symbol" call_fib4_notifiers
	since=$(lines)
	"$@"
	# shellcheck disable=SC2016 # awk's own
	check "$name" awk -v since="$since" -v outer=" $(kinds "$symbol"): $op " -v later="$later" \
		-v inner=" event: delete $prefix " '
		function lasted() { return match($0, / in [0-9.]+us/) ? substr($0, RSTART + 4) / 1e6 : 0 }
		NR <= since { next }
		index($0, inner) { died = $1 }
		index($0, outer) && (!began || $1 < began) { began = $1; ended = $1 + lasted() }
		END { exit !(began && began <= died && (died <= ended || later)) }
		' "$RP_DEBUGFS/events"
	needs
}

rules()
{
	says "a rule is added" \
		"rule-event: insert rule 700 fwmark 0x7 iif $ha ipproto udp dport 53 lookup 300" \
		call_fib_notifiers \
		hi rule add pref 700 iif ha fwmark 7 ipproto udp dport 53 lookup 300
	says "a rule is deleted" \
		"rule-event: delete rule 700 fwmark 0x7 iif $ha ipproto udp dport 53 lookup 300" \
		call_fib_notifiers hi rule del pref 700
	says "the rules of IPv6 are told as such" \
		"rule-event: insert rule 701 prohibit
rule-event: insert rule 702 lookup 300 for IPv6" call_fib_notifiers \
		eval "hi -6 rule add pref 702 lookup 300; hi rule add pref 701 prohibit"
	hi -6 rule del pref 702
	hi rule del pref 701
}

addresses()
{
	says "an address is added" \
		"addr-event: insert 10.0.9.1/24 dev hb" \
		fib_inetaddr_event hi addr add 10.0.9.1/24 dev hb
	with_it "an address goes, and its routes with it" "" fib_inetaddr_event "delete 10.0.9.1/24" 10.0.9.0/24 \
		hi addr del 10.0.9.1/24 dev hb
}

nexthops()
{
	local both="nexthop_notify remove_nexthop"

	says "a next hop object is added" \
		"nexthop-event: insert id 10 via 10.0.2.2 dev hb" \
		"$both" hi nexthop add id 10 via 10.0.2.2 dev hb
	says "but not twice; it is replaced" \
		"nexthop-event: insert id 10 via 10.0.2.3 dev hb" \
		"$both" eval "hi nexthop add id 10 via 10.0.2.9 dev hb
			hi nexthop replace id 10 via 10.0.2.3 dev hb"
	says "a group of them" "nexthop-event: insert id 20" \
		"$both" hi nexthop add id 20 group 10
	hi route add 203.0.114.0/24 nhid 10
	# Newer kernels leave the flush to the caller, who removes several at once.
	with_it "a next hop object goes, and its routes with it" 1 remove_nexthop delete \
		203.0.114.0/24 hi nexthop del id 10
	hi nexthop add id 11 via 10.0.2.2 dev hb
	says "a link that goes down takes its next hops along" \
		"nexthop-event: down id 11 via 10.0.2.2 dev hb" \
		"$both" hi link set hb down
	tells "a device is set up" "$(link up hb)" fib_netdev_event hi link set hb up
}

links()
{
	with_it "a device is set down, and its routes with it" "" fib_netdev_event down 10.0.2.0/24 \
		hi link set hb down
	hi link set hb up
	wait_for 20 both_carriers
	tells "a device loses its carrier" "$(link carrier-down hb)" fib_netdev_event \
		ip -n rp-b link set bh down
	tells "a device gets its carrier" "$(link carrier-up hb)" fib_netdev_event \
		ip -n rp-b link set bh up
	[ -d /sys/module/vrf ] || modprobe vrf
	hi link add vrf0 type vrf table 500
	with_it "a device gets a master, and loses its routes" "" \
		fib_netdev_event master 10.0.2.0/24 hi link set hb master vrf0
	tells "a device goes" "$(link delete vrf0)" fib_netdev_event hi link del vrf0
}

# What is learned for one destination, and used from then on.
exceptions()
{
	tells "a path MTU is learned" \
		"exception: icmp 10.0.1.1 > 198.51.101.1 => mtu 1200 by __ipv4_sk_update_pmtu" \
		__ip_rt_update_pmtu \
		in_netns rp-h ping -c 1 -W 1 -M "do" -s 1400 198.51.101.1
	hi route get 198.51.101.1 >/dev/null
	check "and used" grep " output: .* > 198.51.101.1 .* mtu 1200 " \
		"$RP_DEBUGFS/events"
	tells "a gateway is learned" \
		"exception: udp 10.0.1.1 > 203.0.115.1 => icmp 5/1 redirect via 10.0.1.3 dev ha from 10.0.1.2 by ipv4_sk_redirect" \
		__ip_do_redirect out 203.0.115.1
}

# A connected socket, in this shell's place: what is sent twice, and after a change.
cache()
{
	echo all >"$RP_PARAMETERS/probes"
	says "a socket uses its route again, and once more" \
		"cache: udp 10.0.1.1 > 10.0.1.2:10000 => dev ha by udp_sendmsg
cache: udp 10.0.1.1 > 10.0.1.2:10000 => stale by udp_sendmsg" \
		sk_dst_check in_netns rp-h bash -c 'exec 3<>/dev/udp/10.0.1.2/10000
			echo >&3; ip route add 192.0.2.77 dev hb; echo >&3'
}

plan 35
at_exit network_down
at_exit unload_module
load_module probes=$usual,netfilter,ipsec && network_up || exit 1
ha=$(hi -j link show ha | jq '.[0].ifindex')
echo 1 | in_netns rp-h tee /proc/sys/net/ipv4/ip_forward >/dev/null
echo 1 | in_netns rp-a tee /proc/sys/net/ipv4/ip_forward >/dev/null
hi route add 198.51.100.0/24 via 10.0.1.2
hi route add 203.0.113.0/24 via 10.0.1.99
hi route add prohibit 192.0.2.2
# Behind A there is a link with a smaller MTU, and a gateway that is nearer to us.
[ -d /sys/module/dummy ] || modprobe dummy
hi route add 198.51.101.0/24 via 10.0.1.2
hi route add 203.0.115.0/24 via 10.0.1.2
ip -n rp-a link add d0 mtu 1200 up type dummy
ip -n rp-a route add 198.51.101.0/24 dev d0
ip -n rp-a route add 203.0.115.0/24 via 10.0.1.3
ip -n rp-a route add default via 10.0.1.1
ip -n rp-a route add unreachable 198.51.100.0/24
ip -n rp-b route add default via 10.0.2.1
received
neighbour
forward
netfilter
reroute
rules
addresses
nexthops
exceptions
links
cache
finish
