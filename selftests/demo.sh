#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The incident that routeprobe was written for: a TCP connection whose route
# goes away.  Runs in a guest; `make demo` boots one.
#
#	rp-h  ha 10.0.1.1 ---- ah 10.0.1.2  rp-a  lo 203.0.113.1, the server
#
# rp-h is the host under test, and reaches the server by a static route.  Then the same in
# IPv6, whose default route came with a router advertisement: a program that has both
# addresses goes on in IPv4, and what took IPv6 away is a sysctl.
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")" || exit 1
exec 2>&1

server=203.0.113.1
server6=2001:db8:203::1
log=$(mktemp)		# what the application says
report=$(mktemp)	# what routeprobe says
at_exit "rm -f $log $report"
seen=0
reported=1		# the header

heading() { printf '\n== %s\n\n' "$*"; }

# show COMMAND...: the command as one would type it, and what it says.
show()
{
	echo "# $*"
	"$@" || :
}

# background PROGRAM...: until the demo ends.  A function would leave its child.
background()
{
	"$@" &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
}

# What the application was told since the last time, and what was decided.
both_views()
{
	echo "The application:"
	tail -n +$((seen + 1)) "$log" | sed 's/^/  /'
	seen=$(wc -l <"$log")
	echo
	echo "# routeprobe report to $server"
	routeprobe report to "$server" >"$report" 2>"$report.end" || exit 1
	head -n 1 "$report"
	tail -n +$((reported + 1)) "$report"
	reported=$(wc -l <"$report")
}

# From line $1 of the log and $2 of the report: the incident in numbers.
numbers()
{
	local asked failed told

	asked=$(tail -n +"$2" "$report" | awk '$4 == "output" && $6 == "tcp"' | wc -l)
	failed=$(tail -n +"$2" "$report" |
		awk '$4 == "output" && $6 == "tcp" && $5 != "ok"' | wc -l)
	told=$(tail -n +"$1" "$log" | grep -vc 'send: ok .*SO_ERROR: 0 .*ESTABLISHED')
	echo
	echo "=> The change: $(tail -n +"$2" "$report" | grep -m 1 ' change ' | tr -s ' ')"
	echo "=> $asked routes were asked for, $failed times there was none;" \
		"the application was told $told times."
}

has_default6() { ip -n rp-h -6 route show default | grep -q ra; }

# Takes datagrams of both families and answers none
listen_to_all()
{
	# shellcheck disable=SC2016 # for perl
	background nsenter --net=/run/netns/rp-a -- perl -e '
		use Socket qw(:all);
		socket(S, AF_INET6, SOCK_DGRAM, 0) or die;
		bind(S, pack_sockaddr_in6(8080, inet_pton(AF_INET6, "::"))) or die;
		sleep 600;'
}

# As a program does that has both addresses of a name: the next one when one fails
dual_stack()
{
	echo "The application:"
	echo "    send to $server6, else to $server, port 8080:" \
		"$(in_netns rp-h ./ask udp "$server6" dport 8080 else "$server")"
}

at_exit network_down
at_exit unload_module
network_up || exit 1
ip -n rp-a addr add "$server/32" dev lo
ip -n rp-h route add 203.0.113.0/24 via 10.0.1.2

heading "A program in rp-h is connected to $server and sends twice a second"
load_module || exit 1
background nsenter --net=/run/netns/rp-a -- ./tcp_peer server "$server" 8080
sleep 0.5
background nsenter --net=/run/netns/rp-h -- ./tcp_peer client "$server" 8080 60 >"$log"
sleep 1.2
both_views

heading "(a) The far side loses its link. The route stays, packets are lost"
show ip -n rp-a link set ah down
sleep 2.5
show ip -n rp-h route get "$server"
both_views

heading "    The link comes back"
show ip -n rp-a link set ah up
sleep 3
both_views

heading "(b) The address is removed, as ifdown does. The route goes with it"
from_log=$((seen + 1))
from_report=$((reported + 1))
show ip -n rp-h addr del 10.0.1.1/24 dev ha
sleep 6
show ip -n rp-h route get "$server"
both_views
numbers $from_log $from_report
echo "   $(cat "$report.end")"

heading "Why?"
show routeprobe why to "$server" ipproto tcp 2>/dev/null

heading "(c) The host has IPv6 by a router that advertises itself, and turns forwarding on"
in_netns rp-a sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'	# it is a router
ip -n rp-h addr add 10.0.1.1/24 dev ha
ip -n rp-h route add 203.0.113.0/24 via 10.0.1.2
ip -n rp-h addr add 2001:db8:1::1/64 dev ha nodad
ip -n rp-a addr add 2001:db8:1::2/64 dev ah nodad
ip -n rp-a addr add "$server6/128" dev lo
listen_to_all
advertise 1800
wait_for 10 has_default6 || exit 1
dual_stack
show nsenter --net=/run/netns/rp-h -- sysctl -w net.ipv6.conf.all.forwarding=1
dual_stack

heading "Why?"
show routeprobe why -6 to "$server6" 2>/dev/null

# The same as a page, which the host takes out of all this
routeprobe why --html - not comm ip 2>/dev/null
