#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sysctls that routing goes by: each write is an event with the old value, the new one, the
# device, the namespace and who wrote it.
#
# The network is that of lib.sh.
. "${0%/*}/lib.sh"

# write NETNS FILE VALUE: of /proc/sys/net, by a task of its own
write() { in_netns "$1" sh -c "echo $3 >/proc/sys/net/$2"; }

# What was written last: the event without who, where and how long
told() { grep ' sysctl-event: ' $RP_DEBUGFS/events | tail -n 1 | sed 's/.* sysctl-event: //; s/ in [0-9].*//'; }

events() { grep -c ' sysctl-event: ' $RP_DEBUGFS/events; }

# row FILE BEFORE AFTER NAME
row()
{
	write rp-h "$1" "$2"
	write rp-h "$1" "$3"
	check_equal "$4 is told when it is written" "$4 $2 => $3" "$(told)"
}

# What two events in their order say by JSON, of the namespace too
json()
{
	routeprobe report --json 2>/dev/null |
		jq -r 'select(.kind == "sysctl-event") | [.netns.name, .family, .sysctl, .before, .after, .verdict] | join(" ")' |
		tail -n 2 | paste -sd,
}

plan 21
check "the network is there" network_up
at_exit network_down
check "the module loads" load_module
at_exit unload_module
needs proc_sys_write
ip -n rp-h link add ha.5 type dummy

row ipv4/conf/ha/rp_filter 0 1 net.ipv4.conf.ha.rp_filter
row ipv4/conf/all/src_valid_mark 0 1 net.ipv4.conf.all.src_valid_mark
row ipv4/conf/default/accept_local 1 0 net.ipv4.conf.default.accept_local
row ipv4/conf/ha.5/route_localnet 0 1 net.ipv4.conf.ha/5.route_localnet
row ipv4/conf/hb/forwarding 0 1 net.ipv4.conf.hb.forwarding
row ipv4/conf/hb/ignore_routes_with_linkdown 0 1 net.ipv4.conf.hb.ignore_routes_with_linkdown
row ipv4/ip_forward 1 0 net.ipv4.ip_forward
row ipv4/conf/all/forwarding 0 1 net.ipv4.ip_forward
row ipv6/conf/hb/disable_ipv6 0 1 net.ipv6.conf.hb.disable_ipv6
row ipv6/conf/ha/accept_ra 1 2 net.ipv6.conf.ha.accept_ra
row ipv6/conf/all/forwarding 0 1 net.ipv6.conf.all.forwarding
row ipv6/fib_multipath_hash_policy 0 1 net.ipv6.fib_multipath_hash_policy
row ipv4/fib_multipath_hash_policy 0 1 net.ipv4.fib_multipath_hash_policy
row ipv4/tcp_l3mdev_accept 0 1 net.ipv4.tcp_l3mdev_accept

write rp-h ipv4/conf/ha/rp_filter x 2>/dev/null
check_equal "what the kernel refuses has its error" "net.ipv4.conf.ha.rp_filter 1 => EINVAL" "$(told)"

before=$(events)
in_netns rp-h cat /proc/sys/net/ipv4/conf/ha/rp_filter /proc/sys/net/ipv4/ip_forward >/dev/null
write rp-h ipv4/conf/ha/log_martians 1
check_equal "reading, and other sysctls, are none" "$before" "$(events)"

pid=$(in_netns rp-h sh -c 'echo $$; echo 1 >/proc/sys/net/ipv4/conf/ha/accept_local')
check "who wrote it is told, and where" \
	grep -q " sh\[$pid\] netns $(netns_inode rp-h) sysctl-event: net.ipv4.conf.ha.accept_local 0 => 1" \
	$RP_DEBUGFS/events

write rp-a ipv4/conf/ah/rp_filter 2
write rp-h ipv6/conf/ha/disable_ipv6 1
check_equal "the reader has it as JSON" \
	"rp-a inet net.ipv4.conf.ah.rp_filter 0 2 ok,rp-h inet6 net.ipv6.conf.ha.disable_ipv6 0 1 ok" \
	"$(json)"

check "the reader tells it in a line" \
	grep -q ' rp-h .* sysctl-event *ok .* net.ipv6.conf.ha.disable_ipv6 0 => 1 ' \
	<(routeprobe report 2>/dev/null)
finish
